"""What the model rests on, and how it is held to it.

- calibration: card transactions in, a population out, and how well it fits
- attitudes: what shoppers say and what they do, fitted together
- unfitted_facts: facts of shopping in weeks that nothing was fitted to
- invariance: results per head do not depend on size or on the split of markets
- passport: where every number acts and what it moves
- validate: (+ validation.yaml) the model against what it was not fitted to
- effect_measures: what the effects of mechanisms are measured by
- mechanisms: (+ mechanisms.yaml) each mechanism of the case, shown by a pair of scenarios
- fitting: what is not known, fitted to reactions that were observed
- validation_table: what validation found
- validation_page: fit and validation as a page of Markdown
- passport_sheet: every number, what it rests on and what it moves
- odd: (+ odd.md) the ODD+D protocol of the model
- bench: how fast, how large, compared with what
- audit: what the program promises, and the checks
"""
