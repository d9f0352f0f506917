"""The door: the verbs of the command line. Heavy imports wait until a verb needs them.

- speaking: how verbs are heard: characters that a terminal lacks, readers that have gone
- stopping: how a command is stopped by a signal
- common: what verbs share: how packages are loaded, the scenario chosen, how bad input is refused
- plotting: plot, report
- showing: what a question shows: how far it is, then words, tables, notes and where everything is
- questions: every question is a verb
- written: how a run's tables are written, and what they hold of single shoppers
- beginning: scenarios, new
- living: a run as the command line asks for it: lived, answered, written
- running: run, check, schema
- evidence: mechanisms, parameters, odd, validate
- auditing: audit
- benching: bench
- calibrating: calibrate
- fitting: fit
- serving: serve, classroom
- documentation: docs
- app: the command itself, and its verbs in order
"""
