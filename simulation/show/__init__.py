"""Who sees it.

- drawing: the parts that figures are made of
- figures: the figures of a run
- sections: the report's tables: parties, groups, naive against simulated, principles
- break_even_words: break-even and frontier in words and as a table on the terminal
- break_even_sheet: the same as figures, tables and a record of what was asked
- screening_sheet: policies before principles in words, tables and a figure
- asking_sheet: what asking first is worth in words, tables and figures
- fans: fans of weekly lines, a panel a policy
- ensemble_words: an ensemble in words and as tables on the terminal
- ensemble_sheet: the same as figures, tables and a record of what was asked
- sensitivity_words: what an answer hangs on, in words and as tables on the terminal
- sensitivity_sheet: the same as figures, tables and a record of what was asked
- churn_words: churn in words and small tables
- churn_figures: the figures of a churn study
- churn_sheet: churn as figures, tables and a record
- comparison_words: a comparison on the terminal
- comparison_sheet: a comparison as figures and tables
- life_sheet: one shopper's two lives as a picture, a story and a table
- reserve_sheet: the backlash reserve as a figure and a table
- calibration_sheet: a calibration as files, as a figure and on the terminal
- report: (+ report.html) one page that opens offline and leads with the answer
- passport_sheet: every number, what it rests on and what it moves
- odd: (+ odd.md) the ODD+D protocol of the model
- validation_table: what validation found
- terminal: progress, the answer and a small table
"""
