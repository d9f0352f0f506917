"""What is not known, fitted to reactions that were observed.

- episodes: (+ ../episodes/) reactions that were observed, as data, with the band that each must meet
- in_model_survey: what shoppers would answer: would you mind, would you stop, have you stopped
- episode_readings: an episode lived once, and the figures that are read off its weeks
- guesses: where a value lies in its plausible range, and independent draws of all guesses
- fitting: where draws are made next, and what each weighs
- fit_batches: draws lived by all episodes, batch by batch, on any executor
- fit: a fit from nothing, wave after wave
- set_making: weighted draws of all guesses as a set, and its file
- fit_findings: what a fit says: what is met, which episode pins which number, what cannot be met
- probes: how reactions must behave where no episode shows it
- fit_checks: a set of draws lived again, with other luck
- answer: a fit, and the check of a set, on the terminal and as files
- adopting: a fit becomes what the program ships
"""
