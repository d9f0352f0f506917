"""Which policy is best if nobody can say which world we live in, and where does it pay?

- robustness: policies across worlds: expected, at worst, by regret; criteria
- prim: the patient rule induction method: boxes made smaller slice by slice
- discovery: under which conditions a policy pays or loses
- words: robust choice in words
- figures: its figures: policies across worlds, and where a policy pays
- answer: the same with tables and a record of what was asked
- question: its options, and how it is asked
"""
