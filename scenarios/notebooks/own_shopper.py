# %% [markdown]
# # A shopper of one's own
# The agents engine makes every household a `mesa.Agent`. Override one method and the rest of the model goes on around
# it: institutions, talk, ledger. It is about a thousand times slower than the compiled columns, and gives the same
# numbers to the bit as long as nothing is overridden.

# %%
from typing import Any

import aislefour as a4
from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.model.shopper import Shopper

exposed = [
    a4.ShareData(week=4, recipient="insurer", consent="none", fee_per_member_year=0.5),
    a4.PressStory(week=8, about="share_data", reach=0.9),
    a4.Respond(week=14, about="share_data", stop=True),
]
scenario = a4.read("shopsense_ifa").with_changes(policies=[], shoppers=400, weeks=104, seed=5)
scenario = scenario.with_policy("exposed, then stopped", exposed)

# %% [markdown]
# The model lets lost trust come back slowly. What if it never did? Trust is moved in `feel`; we let the household feel
# as usual, and keep the lowest trust it has ever had.


# %%
class Unforgiving(Shopper):
    """A household whose trust never rises."""

    def feel(self, week: Any) -> None:
        """Feel as others do, but keep the lowest trust so far."""
        before = self.trust
        super().feel(week)
        self.trust = min(before, self.trust)


# %%
usual = LoyaltyModel(scenario, engine="agents").run()
columns = LoyaltyModel(scenario).run()
assert (usual.ledger.weekly == columns.ledger.weekly).all(), "the two engines agree to the bit"

grim = LoyaltyModel(scenario, engine="agents", shopper=Unforgiving).run()
lowest = usual.lives.trust[1].mean(), grim.lives.trust[1].mean()
print(f"mean trust at the end: {lowest[0]:.3f} as usual, {lowest[1]:.3f} without forgiving")
assert lowest[1] < lowest[0]

# %% [markdown]
# Does it cost the grocer patrons? The ledger says so in whole people.

# %%
left = {
    name: int(model.ledger.weekly[:, 1, ..., Measure.LEFT].sum()) for name, model in (("usual", usual), ("grim", grim))
}
print(left)
assert left["grim"] >= left["usual"]
