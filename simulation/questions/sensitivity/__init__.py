"""Which assumptions does the answer hang on?

- indices: which numbers any answer hangs on: screening, shares of the variance, swings
- sensitivity: which numbers a policy's difference hangs on
- words: what an answer hangs on, in words and as tables on the terminal
- figures: tornado, shares of the variance, screening
- answer: the same with tables and a record of what was asked
- question: its options, and how it is asked
"""
