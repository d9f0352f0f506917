"""How much of the spread is chance, and how much comes from parameters?

- variance: what draws lived several times tell: means with their errors, variance split into not knowing and chance
- ensemble: draws of numbers, each lived with luck of its own
- words: an ensemble in words and as tables on the terminal
- answer: the same as words, tables and figures
- question: its options, and how it is asked
"""
