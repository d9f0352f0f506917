"""What one shopper feels and does.

- states: how many practices there can be, what a card can be, how a shopper comes to know of a practice
- caching: where things are kept that take long to make
- compiling: how a rule is compiled, said once
- arithmetic: exponential, logarithm and their kin, the same bits on every machine
- draws: every random number, and the list of purposes
- rules: how a shopper hears, feels and talks: pure scalar functions
- choices: how a shopper decides and shops: pure scalar functions
- exposure: how a practice comes out, and what press, regulator and court make of it: pure scalar functions
- network: who hears whom: an implicit small world within a market, nothing stored
- parameters: (+ parameters.yaml) every number with unit, range, source, grade and meaning
"""
