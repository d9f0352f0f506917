"""What one shopper feels and does.

- states: how many practices there can be, what a card can be, how a shopper comes to know of a practice
- operating_system: what each kind of operating system does in its own way
- caching: where things are kept that take long to make
- process_lock: one process makes what others wait for
- shipped: data that ship with the program as YAML, read once and kept as JSON
- spelling: the right name that is nearest to a wrong one
- sources: which source files a file runs on, and a hash of them
- compiling: how a rule is compiled, said once
- arithmetic: exponential, logarithm and their kin, the same bits on every machine
- draws: every random number, and the list of purposes
- rules: how a shopper hears, feels and talks: pure scalar functions
- choices: how a shopper decides and shops: pure scalar functions
- fingerprints: what a user's function comes to, as text
- rebuilding: compiled functions once more, around others
- own_rules: a user's own rules: checked, and compiled as the shipped ones are
- exposure: how a practice comes out, and what press, regulator and court make of it: pure scalar functions
- network: who hears whom: an implicit small world within a market, nothing stored
- plugins: what other people's packages add: found by their entry points, or given in Python
- parameters: (+ parameters.yaml) every number with unit, range, source, grade and meaning
"""
