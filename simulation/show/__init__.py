"""Who sees it.

- drawing: the parts that figures are made of
- figures: the figures of a run
- sections: the report's tables: parties, groups, naive against simulated, principles
- break_even_words: break-even and frontier in words and as a table on the terminal
- break_even_sheet: the same as figures, tables and a record of what was asked
- answer_files: what every folder of an answer holds
- number_words: the model's numbers in plain words
- robust_words: robust choice in words and as a table on the terminal
- robust_figures: its figures: policies across worlds, and where a policy pays
- robust_sheet: the same with tables and a record of what was asked
- optimise_words: a front in words and as a table on the terminal
- optimise_sheet: the same as a figure, a table and a record of what was asked
- reserve_sheet: the backlash reserve as a figure and a table
- report: (+ report.html) one page that opens offline and leads with the answer
- passport_sheet: every number, what it rests on and what it moves
- odd: (+ odd.md) the ODD+D protocol of the model
- terminal: progress, the answer and a small table
- waiting: how many runs, how long, how far
"""
