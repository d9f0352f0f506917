# %% [markdown]
# # Churn curves
# Churn here is a change of main store, not a silence: a household that stays away for two months usually comes back.
# We write a run's tables, draw churn from them, and question the picture.

# %%
import tempfile
from pathlib import Path

import pandas as pd

from simulation.report.plotting import plot
from simulation.runs.results import write_results
from simulation.runs.run import run_scenario
from simulation.scenario.schema import scenario_type

sale = {"week": 10, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}
story = {"week": 40, "do": "press_story", "about": "share_data", "reach": 0.6}
scenario = scenario_type().model_validate({
    "title": "A sale comes out", "question": "Who leaves?", "weeks": 156, "replicates": 4, "seed": 11,
    "population": {"shoppers": 4000},
    "policies": {"status quo": [], "sale exposed": [sale, story]},
})  # fmt: skip
folder = Path(tempfile.mkdtemp()) / "run"
write_results(run_scenario(scenario), folder)

# %% [markdown]
# One line a policy, with the range of the replicates around it. Most of the fall has nothing to do with data: one
# patron in six changes the main store in a year anyway.

# %%
figure = plot(folder, what="churn")
figure.axes[0].axvline(40, color="grey", linestyle=":")
figure

# %% [markdown]
# By how the practice became known. Those who heard of it from an acquaintance had to have one who talked.

# %%
plot(folder, what="churn", by="heard_by", policies=["sale exposed"])

# %% [markdown]
# The same from the table of shoppers, by hand: of those who opened as patrons, who had left by the end, and how many
# more than among their twins?

# %%
shoppers = pd.read_csv(folder / "shoppers.csv")
patrons = shoppers[shoppers["opening_patron"] == 1]
gone = patrons.assign(gone=patrons["left_week"].notna()).pivot_table(index="policy", values="gone", aggfunc="mean")
extra = float(gone.loc["sale exposed", "gone"] - gone.loc["status quo", "gone"])
print(f"{extra:.1%} of patrons left because of it")
assert 0 < extra < 0.2
