"""What is asked.

- practices: data flows and the like, and how far each departs from its context
- timeline: dated actions as one row of levers a week
- flows: what a retailer can do with card data toward other firms
- offers: what it can do with card data itself: rewards, offers, tiers, prices
- responses: what it can do about what it has done: promise, ask, read out, answer
- events: what happens to it: stories, leaks, laws, boycotts, a rival's moves
- policies: all of these as a policy's list, compiled
- evidence_set: (+ evidence_set.csv.gz) weighted draws of all guesses, and the named sets that replicates draw from
- uncertain: what a file calls uncertain: a set, and single numbers drawn beside it
- problems: what is wrong with a file, and where
- checks: what one field alone cannot tell
- wording: the validator's findings in plain words
- strictly: plain data from Python, held to what a file is held to
- amending: plain data with weeks cut off, or numbers set
- shown: a scenario in a line, and as a small table
- sizes: how many households are simulated, and for how many they stand
- schema: the scenario as frozen, validated models
- guard: what a scenario has no need of and is refused
- parsing: YAML text in, data out, or every error with the place of its key
- shipped_files: files that come with the program, by name: scenarios, cases, notebooks
- documents: other files than scenarios, checked against a model
- population_file: numbers of shopping that a scenario takes from beside it
- reading: YAML in, Scenario out, or every error with its line
- covering: points of the unit cube that cover it evenly
- drawn: what a replicate does not know: its uncertain numbers
- opening: tables and shares that the opening columns are drawn from
- population: from numbers to starting columns
"""
