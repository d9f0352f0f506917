"""What follows from it.

- outcome: what a run has produced, in memory, and the measures read off it
- parties: who gains and who loses: every party's account, every group of shoppers
- headline: the answer: one sentence and one row a policy
- runs: one scenario, all its replicates, on threads or processes
- provenance: which sources and packages made a result
- findings: what a study keeps of a run
- plan: many runs: resumable, kept one by one, on any executor
- passport: where every number acts and what it moves
- diary: what happened to each shopper and when, under every policy
- return_sheet: the naive five-year return beside the simulated one
- resampling: how far a mean over few replicates may lie from that over many
- varying: a policy lived again with some of its numbers changed
- break_even: the fee, hazard, secrecy or other number at which a policy stops paying
- reserve: what exposure now would cost, beside the income so far
- roles: who is at the table, and how votes become a policy
- principles: principles a policy is screened against, and what each one costs
- yardsticks: what the effects of mechanisms are measured by
- mechanisms: (+ mechanisms.yaml) each mechanism of the case, shown by a pair of scenarios
- tables: what each column of the result tables means
- folders: a folder of results, written whole
- results: a run's results as files
- shopping_facts: what shopping looks like, observed or simulated
- calibrate: the shopping process fitted to card transactions
"""
