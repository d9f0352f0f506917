"""Which terms trade value against trust and harm?

- levers: terms of a policy that may be set otherwise
- search: settings of a policy's terms that nothing tried beats in every aim
- words: a front in words
- answer: the same as a figure, a table and a record of what was asked
- question: its options, and how it is asked
"""
