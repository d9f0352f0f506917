"""A class decides, watches and argues.

- questions: what a class can be asked to foresee
- case: a case for a class, as a file
- consequences: what comes of every course in every world, computed once
"""
