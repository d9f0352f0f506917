"""The door: the verbs of the command line. Heavy imports wait until a verb needs them.

- choosing: what verbs share: the scenario chosen, and how bad input is refused
- running: run, check, schema
- asking: mechanisms, break-even, reserve
- evidence: parameters, odd
- deciding: robust, optimise
- door: the command itself, and its verbs in order
"""
