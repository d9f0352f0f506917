"""The run in one page, its figures and plots.

- balance_figures: who gained and who was harmed; naive against simulated
- sections: the report's tables: parties, groups, naive against simulated, principles
- plot_lines: what can be plotted of a run's results, and the lines of its tables
- plotting: any line of a run's results as a figure
- drawn_numbers: which drawn numbers a result leans on
- tipping_points: what would have to be true for a policy to pay
- drivers: what an answer hangs on, in words, and what to do next
- board: (+ board.html, board.css) what a board reads: two printed pages, in words and cells
- terminal: the same answer on a terminal
- board_figures: the two figures of the first page
- world_swings: how far each policy moves with the numbers that replicates drew
- figures: the figures of a run
- figure_tables: the table under each figure of the report
- report: (+ report.html) one page that opens offline and leads with the answer
- slides: (+ slides.html) the board's two pages as a deck
- answers: (+ answers.html) what else has been asked, as a section of the report
"""
