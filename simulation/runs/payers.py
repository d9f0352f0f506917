"""Who pays for a policy: every party's account against the first policy's, in numbers and in words.

Means over replicates, weighted by the chance of exposure where first stories were split off; the retailer's is its
value, discounted, and the others' are not.
"""

from collections.abc import Collection, Mapping

from simulation.model.accounts import Party
from simulation.runs.estimates import Estimate, mean
from simulation.runs.formats import dollars, listed
from simulation.runs.outcome import Outcome
from simulation.scenario.drawn import size_of_block

Accounts = Mapping[Party, tuple[Estimate, ...]]
"""By party: what each policy leaves it beyond what the first does, dollars."""

_MEASURES = {
    Party.RETAILER: "value",
    Party.SHOPPERS: "shoppers_account",
    Party.DATA_BUYER: "data_buyer",
    Party.RIVAL: "rival",
    Party.PUBLIC: "public",
}


PARTY_NAMES = {Party.RETAILER: "retailer (value, discounted)"}
"""What heads a party's amounts, where that is more than its name."""


def accounts_against_the_first(outcome: Outcome) -> Accounts:
    """Return every party's account; others than retailer and shoppers are left out where no policy moves them."""
    always, size = (Party.RETAILER, Party.SHOPPERS), size_of_block(outcome.scenario)
    found = {party: outcome.lives(name).by_replicate() for party, name in _MEASURES.items()}
    moved = {party: values - values[:, :1] for party, values in found.items()}
    return {
        party: tuple(mean(column, size) for column in values.T)
        for party, values in moved.items()
        if party in always or values.any()
    }


def who_pays(outcome: Outcome, policy: int) -> tuple[str, ...]:
    """Return in sentences who gains and who loses by a policy, and whether the buyer of its data would buy."""
    accounts = {party: means[policy] for party, means in accounts_against_the_first(outcome).items()}
    buyers = {each.recipient for each in outcome.sharing(policy) if each.fee_per_member_year != 0.0}
    return paid_in_words(accounts, outcome.policies[policy], buyers)


def paid_in_words(accounts: Mapping[Party, Estimate], policy: str, buyers: Collection[str]) -> tuple[str, ...]:
    """Return who gains and who loses by a policy, and whether its buyers, named by what they are, would buy."""
    others = {party: known for party, known in accounts.items() if party != Party.RETAILER}
    losing: dict[Party, Estimate] = {party: known for party, known in others.items() if known.value < 0.0}
    gaining: dict[Party, Estimate] = {party: known for party, known in others.items() if known.value > 0.0}
    parts = [_moved(some, verb) for some, verb in ((losing, "lose"), (gaining, "gain")) if some]
    if not parts:
        return (f"'{policy}' changes nobody's account but the retailer's.",)
    buyer = _buyer(accounts.get(Party.DATA_BUYER, Estimate(0.0)), buyers)
    return f"Under '{policy}' {'; '.join(parts)}.", *buyer


def _moved(some: Mapping[Party, Estimate], verb: str) -> str:
    """Return who loses or gains, as a clause: the first with the verb, the others after it."""
    names = [party.value if party == Party.SHOPPERS else f"the {party.value}" for party in some]
    verb = verb if Party.SHOPPERS in some else f"{verb}s"
    first, *more = (f"{name} {_amount(known)}" for name, known in zip(names, some.values(), strict=True))
    return listed([first.replace(names[0], f"{names[0]} {verb}", 1), *more])


def _amount(known: Estimate) -> str:
    error = f" ± {dollars(known.error, digits=2)}" if known.error else ""
    return f"{dollars(abs(known.value))}{error}{'' if known.is_distinguishable else ' (not distinguishable from zero)'}"


def _buyer(account: Estimate, buyers: Collection[str]) -> tuple[str, ...]:
    """Return whether the buyer gains by the deal as it is priced; nothing if nobody pays for data."""
    if not buyers:
        return ()
    if set(buyers) != {"insurer"}:
        return ("What a buyer other than an insurer earns with the data is not modelled.",)
    if account.error is None:
        return ("So few replicates do not tell whether the buyer gains from the deal.",)
    if not account.is_distinguishable:
        return ("At this price it is not clear whether the buyer gains from the deal.",)
    if account.value <= 0.0:
        return ("At this price the buyer loses by the deal and has no reason to buy.",)
    return ("At this price the buyer gains from the deal and has a reason to buy.",)
