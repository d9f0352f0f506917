"""Does a policy break our principles, and what does each cost?

- measures: what a principle can ask of an outcome: a closed list of measures
- conditions: what a principle demands of a policy's text, of laws and of its outcome
- principles: (+ principles.yaml) principles as data, read or refused with line and column
- screening: policies screened against principles, and what each principle costs
- answer: policies before principles in words, tables and a figure
- question: its options, and how it is asked
"""
