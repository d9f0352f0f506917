# %% [markdown]
# # A first run
# A grocer is offered money for its card data. We read the shipped scenario, make it small, run it, and ask two
# questions of what comes out: what is the deal worth, and how sure are we?

# %%
from pathlib import Path

import numpy as np

from simulation.runs.headline import headline
from simulation.runs.measures import MEASURES
from simulation.runs.run import run_scenario
from simulation.scenario.reading import read_scenario

here = Path.cwd()
root = next(folder for folder in (here, *here.parents) if (folder / "scenarios" / "shopsense_ifa.yaml").exists())
scenario = read_scenario(root / "scenarios" / "shopsense_ifa.yaml").with_changes(shoppers=3000, replicates=6)
print(scenario.title, "-", scenario.question)

# %% [markdown]
# The first policy is the baseline. Every other policy is lived by the *same* shoppers with the *same* luck, so that a
# difference is what the policy did, not who happened to be drawn.

# %%
outcome = run_scenario(scenario)
for clause in headline(outcome).clauses:
    print("-", clause)

# %% [markdown]
# Each replicate has its own luck and its own draw of ten guesses. The spread below is therefore both: chance, and not
# knowing. A median alone would hide the replicates in which a newspaper tells the story.

# %%
difference = outcome.difference()
for place, policy in enumerate(outcome.policies):
    if place:
        print(f"{policy:16s}", np.round(np.sort(difference[:, place]) / 1000).astype(int), "thousand dollars")

# %% [markdown]
# Twins are the same to the bit until their policy acts. Here that is week 27: before it, nothing differs at all.

# %%
trust = MEASURES["trust"].by_week(outcome)
before, after = trust[:, :26], trust[:, 26:]
assert (before == before[..., :1]).all()
assert not (after == after[..., :1]).all()

# %% [markdown]
# Next: `churn_curves.py` draws the curves, `own_shopper.py` changes what a shopper does.
