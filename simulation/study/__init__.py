"""What follows from it.

- outcome: what a run has produced, in memory, and the measures read off it
- parties: who gains and who loses: every party's account, every group of shoppers
- headline: the answer: one sentence and one row a policy
- leaning: which drawn numbers a result leans on
- runs: one scenario, all its replicates, on threads or processes
- provenance: which sources and packages made a result
- findings: what a study keeps of a run
- plan: many runs: resumable, kept one by one, on any executor
- waiting: how long a plan of runs will take
- extras: packages that only some studies need
- worlds: values for what nobody knows, spread evenly over their ranges
- estimates: what a crossed design tells: means with their errors, variance split into not knowing and chance
- ensemble: draws of numbers, each lived with the same luck
- sensitivity: which numbers any answer hangs on: screening, shares of the variance, swings
- influence: which numbers a policy's difference hangs on
- unfitted_facts: facts of shopping in weeks that nothing was fitted to
- invariance: results per head do not depend on size or on the split of markets
- passport: where every number acts and what it moves
- attitudes: what shoppers say and what they do, fitted together
- validate: (+ validation.yaml) the model against what it was not fitted to
- diary: what happened to each shopper and when, under every policy
- survival: survival analysis in weeks: Kaplan-Meier, restricted mean, log-rank, competing risks
- churn_definitions: what churn can mean, and what one replicate tells of it
- churn: churn by policy, definition and stratum, against the same shoppers under the baseline
- churn_tables: a churn study as tables, and its verdict under each definition
<<<<<<< HEAD
=======
- causes: what first set each shopper's life apart from the twin's
- attribution: differences split by first cause, segment and tier, to the last cent
- comparison: policies and scenario files side by side
- second_life: one shopper's two lives, lived again by agents beside the columns
- picks: which shopper's lives tell most
- story: two lives in words

>>>>>>> compare
- return_sheet: the naive five-year return beside the simulated one
- resampling: how far a mean over few replicates may lie from that over many
- varying: a policy lived again with some of its numbers changed
- break_even: the fee, hazard, secrecy or other number at which a policy stops paying
- reserve: what exposure now would cost, beside the income so far
- roles: who is at the table, and how votes become a policy
- asking: what asking shoppers first is worth, beside not asking and knowing everything
- standards: what a principle can ask of an outcome: a closed list of measures
- conditions: what a principle demands of a policy's text, of laws and of its outcome
- principles: (+ principles.yaml) principles as data, read or refused with line and column
- screening: policies screened against principles, and what each principle costs
- yardsticks: what the effects of mechanisms are measured by
- mechanisms: (+ mechanisms.yaml) each mechanism of the case, shown by a pair of scenarios
- tables: what each column of the result tables means
- folders: a folder of results, written whole
- writing: a table as a CSV file, fast
- results: a run's results as files
- shopping_facts: what shopping looks like, observed or simulated
- shopping_process: the shopping process apart from the engines, for many households at once
- calibrate: the shopping process fitted to card transactions
- transaction_rows: card transactions as rows of text, chunk by chunk, from CSV or Parquet
- transaction_values: the texts of transactions as days, cents and keys, and what is wrong with them
- transactions: card transactions reduced to baskets, every row used or counted
- goodness_of_fit: a population fitted to transactions, and how near the model comes to them
"""
