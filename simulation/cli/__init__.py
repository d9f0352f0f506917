"""The door: the verbs of the command line. Heavy imports wait until a verb needs them.

- common: what verbs share: how packages are loaded, the scenario chosen, how bad input is refused
- plotting: plot
- means: what verbs of many runs share: where runs are kept and who lives them
- running: run, check, schema
- asking: mechanisms, break-even, reserve
- judging: screen, asking
- studying: ensemble, sensitivity
- deciding: robust, optimise
- churn: churn
- comparing: compare, explain
- evidence: parameters, odd, validate
- auditing: audit
- benching: bench
- calibrating: calibrate
- serving: serve, classroom
- app: the command itself, and its verbs in order
"""
