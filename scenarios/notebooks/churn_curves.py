# %% [markdown]
# # Churn curves
# Churn here is a change of main store, not a silence: a household that stays away for two months usually comes back.
# We write a policy of our own, run it, draw churn, and question the picture.

# %%
import aislefour as a4

sale = a4.ShareData(week=10, recipient="insurer", consent="none", fee_per_member_year=0.5)
story = a4.PressStory(week=40, about="share_data", reach=0.6)
case = a4.read("shopsense_ifa").with_changes(policies=[], shoppers=4_000, weeks=156, replicates=4)
run = a4.run(case.with_policy("the sale comes out", [sale, story]))

# %% [markdown]
# One line a policy, with the range of the replicates around it. Most of the fall has nothing to do with data: one
# patron in six changes the main store in a year anyway.

# %%
figure = run.plot("churn")
figure.axes[0].axvline(40, color="grey", linestyle=":")
figure

# %% [markdown]
# By how the practice became known. Those who heard of it from an acquaintance had to have one who talked.

# %%
run.plot("churn", by="heard_by", policies=["the sale comes out"])

# %% [markdown]
# The same from the table of shoppers, by hand: of those who opened as patrons, who had left by the end, and how many
# more than among their twins?

# %%
patrons = run.shoppers[run.shoppers["opening_patron"] == 1]
gone = patrons["left_week"].notna().groupby(patrons["policy"], observed=True).mean()
extra = float(gone["the sale comes out"] - gone["status quo"])
print(f"{extra:.1%} of patrons left because of it")
assert 0 < extra < 0.2
