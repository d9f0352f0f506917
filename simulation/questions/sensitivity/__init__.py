"""Which assumptions does the answer hang on?

- indices: which numbers any answer hangs on: screening, shares of the variance, swings
- sensitivity: which numbers a policy's difference hangs on
- words: what an answer hangs on, in words and as tables on the terminal
- answer: the same as words, tables and figures
- question: its options, and how it is asked
"""
