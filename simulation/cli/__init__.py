"""The door: the verbs of the command line. Heavy imports wait until a verb needs them.

- choosing: what verbs share: how packages are loaded, the scenario chosen, how bad input is refused
- plotting: plot
- carrying: what verbs of many runs share: where runs are kept and who lives them
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
- fitting: fit
- serving: serve, classroom
- door: the command itself, and its verbs in order
"""
