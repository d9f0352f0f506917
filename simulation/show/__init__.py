"""Who sees it.

- drawing: the parts that figures are made of
- figures: the figures of a run
- sections: the report's tables: parties, groups, naive against simulated, principles
- reserve_sheet: the backlash reserve as a figure and a table
- calibration_sheet: a calibration as files, as a figure and on the terminal
- report: (+ report.html) one page that opens offline and leads with the answer
- passport_sheet: every number, what it rests on and what it moves
- odd: (+ odd.md) the ODD+D protocol of the model
- validation_table: what validation found
- terminal: progress, the answer and a small table
"""
