"""The door: the verbs of the command line. Heavy imports wait until a verb needs them.

- speaking: how verbs are heard: characters that a terminal lacks, readers that have gone
- stopping: how a command is stopped by a signal
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
- serving: serve, classroom
- door: the command itself, and its verbs in order
"""
