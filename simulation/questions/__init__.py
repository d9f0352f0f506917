"""One folder a question: what is worked out, words, figures, answer, question.

- answer: what a question has brought to light
- ask: what every question has in common
- catalogue: all questions in their order; a folder for each stands before it, whose docstring says what is asked
"""
