# %% [markdown]
# # A first run
# A grocer is offered money for its card data. We take the scenario that comes with the program, make it small, run it,
# and ask two questions of what comes out: what is the deal worth, and how sure are we?

# %%
import aislefour as a4

case = a4.read("shopsense_ifa").with_changes(shoppers=3_000, replicates=6)
case

# %% [markdown]
# The first policy is the baseline. Under every other policy the *same* shoppers live with the *same* random numbers, so
# that a difference is what the policy did, not who happened to be drawn.

# %%
run = a4.run(case)
run

# %% [markdown]
# Each replicate has its own random numbers and its own draw of all that nobody knows. The spread below comes from
# both. A median alone would hide the replicates in which a newspaper tells the story.

# %%
run.difference("value").round(-3)

# %% [markdown]
# Twins are the same to the bit until their policy acts. Here that is week 27: before it, nothing differs at all.

# %%
by_week = run.weekly.pivot_table(
    index="week", columns="policy", values="contribution_cents", aggfunc="sum", observed=True
)
differs = by_week.ne(by_week["status quo"], axis=0).any(axis=1)
assert not differs[:26].any() and differs[26:].any()

# %% [markdown]
# At which fee does the deal stop paying? A question is asked of the scenario; it runs what it needs.

# %%
a4.ask(case, a4.BreakEven("fee_per_member_year", policy="quiet sale", tried=5))

# %% [markdown]
# Next: `churn_curves.py` draws the curves, `own_shopper.py` changes what a shopper does.
