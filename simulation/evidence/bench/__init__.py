"""How fast, how large, compared with what.

- cases: the weeks that the benchmark times
- goals: what a benchmark has read, and the ratios that it should reach
- speed: how fast a case is lived, in place
- limits: what the machine allows
- bench: how fast, how large, compared with what
- sheet: the benchmark as lines, a table and a figure
"""
