"""What is asked.

- practices: data flows and the like, and how far each departs from its context
- policies: what a retailer can do; a timeline compiles to one row of levers a week
- problems: what is wrong with a file, and where
- schema: the scenario as frozen, validated models
- wording: the validator's findings in plain words
- reading: YAML in, Scenario out, or every error with its line
- changes: a scenario with what the command line changes
- opening: tables and shares that the opening columns are drawn from
- population: from numbers to starting columns
"""
