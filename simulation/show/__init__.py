"""Who sees it.

- drawing: the parts that figures are made of
- figures: the figures of a run
- report: (+ report.html) one page that opens offline and leads with the answer
- terminal: progress, the answer and a small table
"""
