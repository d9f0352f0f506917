"""One run and its measures; many runs: sampled, kept, handed out, written.

- formats: how numbers are written for people
- measures: what is read off a run: each measure once, with its words, by week and in total
- outcome: what a run has produced, in memory, and the measures read off it
- parties: who gains and who loses: every party's account, every group of shoppers
- naive_return: what terms would bring if shoppers stayed as they are
- return_sheet: the naive five-year return beside the simulated one
- headline: the answer: one sentence and one row a policy
- extras: packages that only some studies need
- room: how much memory this process may take
- memory: what a run takes of the machine's memory
- provenance: which sources and packages made a result
- executors: where runs are carried out: threads, processes, a cluster
- run: one scenario, all its replicates, on threads or processes
- findings: what a study keeps of a run
- tasks: many runs: resumable, kept one by one, on any executor
- sharding: one population over many workers
- sampling: values for what nobody knows, spread evenly over their ranges
- bootstrap: how far a mean over few replicates may lie from that over many
- variants: a policy lived again with some of its numbers changed
- event_history: what happened to each shopper and when, under every policy
- folders: a folder of results, written whole
- csv_tables: a table as a CSV file, fast
- columns: what each column of the result tables means
- results: a run's results as files
- roles: who is at the table, and how votes become a policy
- duration: how long a plan of runs will take
- runner: what carries out runs: by which means, where finished ones are kept, who is told how far it is
"""
