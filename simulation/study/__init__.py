"""What follows from it.

- outcome: what a run has produced, in memory, and the measures read off it
- parties: who gains and who loses: every party's account, every group of shoppers
- headline: the answer: one sentence and one row a policy
- runs: one scenario, all its replicates, on threads or processes
- provenance: which sources and packages made a result
- findings: what a study keeps of a run
- plan: many runs: resumable, kept one by one, on any executor
- unfitted_facts: facts of shopping in weeks that nothing was fitted to
- passport: where every number acts and what it moves
- attitudes: what shoppers say and what they do, fitted together
- validate: (+ validation.yaml) the model against what it was not fitted to
- diary: what happened to each shopper and when, under every policy
- return_sheet: the naive five-year return beside the simulated one
- break_even: the fee, hazard or other number at which a policy stops paying
- reserve: what exposure now would cost, beside the income so far
- roles: who is at the table, and how votes become a policy
- principles: principles a policy is screened against, and what each one costs
- yardsticks: what the effects of mechanisms are measured by
- mechanisms: (+ mechanisms.yaml) each mechanism of the case, shown by a pair of scenarios
- tables: what each column of the result tables means
- results: a run's results as files
- shopping_facts: what shopping looks like, observed or simulated
- shopping_process: the shopping process apart from the engines, for many households at once
- calibrate: the shopping process fitted to card transactions
- transaction_rows: card transactions as rows of text, chunk by chunk, from CSV or Parquet
- transactions: card transactions reduced to baskets, every row used or counted
- goodness_of_fit: a population fitted to transactions, and how near the model comes to them
"""
