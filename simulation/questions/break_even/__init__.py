"""At what fee, exposure risk or period of secrecy does the deal stop paying?

- break_even: the fee, hazard, secrecy or other number at which a policy stops paying
- words: break-even and frontier in words and as a table on the terminal
- answer: the same as figures, tables and a record of what was asked
"""
