"""Would asking shoppers first change the decision, and what is that worth?

- survey: what asking shoppers first is worth, beside not asking and knowing everything
- answer: what asking first is worth in words, tables and figures
- question: its options, and how it is asked
"""
