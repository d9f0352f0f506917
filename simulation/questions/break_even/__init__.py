"""At what fee, exposure risk or period of secrecy does the deal stop paying?

- break_even: the fee, hazard, secrecy or other number at which a policy stops paying
- words: break-even and frontier in words
- answer: the same as words, tables and figures
- question: its options, and how it is asked
"""
