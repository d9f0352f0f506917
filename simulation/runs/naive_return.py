"""What a policy's terms would bring if shoppers stayed as they are: a spreadsheet on the baseline's sales."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from simulation.model.accounts import Counted, own_flows
from simulation.model.ledger import Measure
from simulation.model.scoring import worth_of_a_record
from simulation.runs.outcome import Outcome, Replicate
from simulation.runs.readings import YEAR
from simulation.scenario.flows import ShareData
from simulation.scenario.policies import compile_timeline
from simulation.scenario.population import CELLS, GROUPS, TIERS, TIERS_FROM
from simulation.scenario.practices import PRACTICE, Mode, Scope
from simulation.scenario.timeline import Timeline

Floats = NDArray[np.float64]

STATED_TAKE_UP = 0.47
"""Share who call a grocery card whose data is sold acceptable (Pew Research Center 2016): what a survey promises."""

_FROM, _UP_TO = np.array((0.0, *TIERS_FROM)), np.array((*TIERS_FROM, 1.0))  # of the spend rank, by tier
_HEAVIER = 0.5  # spend rank from which personal prices lie above the usual one


@dataclass(frozen=True)
class Naive:
    """The naive sheet of one policy over the baseline, signs as the retailer's, and what it counts on.

    Dollars of the chain over all weeks, undiscounted, means over replicates.
    """

    fees: float = 0.0
    rewards: float = 0.0
    prices: float = 0.0  # what is bought, sold at other prices
    insight: float = 0.0
    offers: float = 0.0
    answering: float = 0.0  # what is answered for on a date
    member_years: float = 0.0  # of data passed on, more than under the baseline
    offers_sent: float = 0.0
    sales: float = 0.0
    carded_sales: float = 0.0
    rewarded: bool = False  # whether the retailer pays those who let data flow


def naive_return(outcome: Outcome, policy: int) -> Naive:
    """Return what a policy's terms and dates bring if everybody stays, and takes part who says so."""
    fees, by_retailer, member_years = _contracts(outcome, policy)
    fees_before, by_retailer_before, years_before = _contracts(outcome, 0)
    each = np.mean([_without_contracts(outcome, policy, *which) for which in _each(outcome)], axis=0)
    each *= outcome.per_shopper
    names = [field.name for field in fields(Naive) if field.name not in ("fees", "member_years", "rewarded")]
    found = dict(zip(names, each.tolist(), strict=True))
    found["rewards"] -= by_retailer - by_retailer_before
    return Naive(fees=fees - fees_before, member_years=member_years - years_before, rewarded=by_retailer > 0, **found)


def naive_in_words(outcome: Outcome) -> str:
    """Return what a naive sheet takes for granted, as far as it matters to these policies."""
    shared = [action for place in range(1, len(outcome.policies)) for action in outcome.sharing(place)]
    said = f"shoppers stay and buy as under {outcome.policies[0]}, at each policy's own prices and rewards"
    if any(action.consent != "opt_in" for action in shared):
        said += "; all members' data is passed on"
    if any(action.consent == "opt_in" for action in shared):
        said += f"; where consent is asked, that of {STATED_TAKE_UP:.0%} of members is, as a survey promises"
    return said


def naive_payments(outcome: Outcome, policy: int) -> dict[str, float]:
    """Return what the payments of single policies and plug-ins would come to over the baseline, by name.

    Dollars of the chain over all weeks, undiscounted, a mean over replicates; those alone that follow from what is
    counted.
    """
    both = [outcome.once(_payments, each) for each in (policy, 0)]
    return {name: amount - both[1][name] for name, amount in both[0].items()}


def _payments(outcome: Outcome, policy: int) -> dict[str, float]:
    """Return what a plan's payments come to on the baseline's people and purchases, by name."""
    counted = [_counted_on(outcome, policy, *which) for which in _each(outcome)]
    scale, found = outcome.per_shopper / 100 / len(counted), {}
    for name, flow in own_flows().items():
        if flow.cents is not None:
            paid = [flow.cents(each) for each in counted if not flow.lever or each.levers[flow.lever].any()]
            found[name] = scale * sum(float(each.sum()) for each in paid)
    return found


def _each(outcome: Outcome) -> Iterable[tuple[Replicate, NDArray[np.void]]]:
    """Return each replicate and its numbers."""
    return zip(outcome.replicates, outcome.numbers, strict=True)


def _counted_on(outcome: Outcome, policy: int, replicate: Replicate, p: NDArray[np.void]) -> Counted:
    """Return the baseline's people and purchases under a plan's terms; who says so takes part."""
    plan, by_market = _planned(outcome, policy, p), replicate.weekly[:, 0].sum(axis=2)
    asked = np.where(plan.practices["consent"] == Mode.OPT_IN, STATED_TAKE_UP, 1.0) * plan.practices["running"]
    pays = np.where(plan.levers["tier_threshold"] < 1.0, 1.0 - plan.levers["tier_threshold"], 0.0)
    asked *= np.where(plan.practices["scope"] == Scope.PAYING_A_FEE, pays[..., None], 1.0)
    concerned = (by_market[..., Measure.MEMBERS, None] * asked).astype(np.int64)
    dearer = _price_with_card(plan.levers) / _price_with_card(_planned(outcome, 0, p).levers)
    by_market[..., Measure.CARDED_SALES] = by_market[..., Measure.CARDED_SALES] * dearer + 0.5
    return Counted(plan.levers, plan.practices, by_market.sum(axis=1), p, by_market, concerned)


def _price_with_card(levers: NDArray[np.void]) -> Floats:
    """Return what members pay as a multiple of the usual price, personal prices apart."""
    return np.asarray(levers["shelf_price"] * (1.0 - levers["member_saving"]))


# --- contracts ----------------------------------------------------------------------------------------------------


def _contracts(outcome: Outcome, policy: int) -> tuple[float, float, float]:
    """Return fees, the retailer's rewards and member-years if the baseline's members take part who say they would.

    Whose data goes to several firms counts once among the member-years; a flow that is started anew counts once, too.
    """
    members = outcome.weekly(Measure.MEMBERS)[..., 0].mean(axis=0)
    carded = outcome.weekly(Measure.CARDED_SALES)[..., 0].mean(axis=0) / 100
    markets = np.array(list(outcome.scenario.markets.values()))
    flows = _flows(outcome, policy)
    fees, rewards, taking_part = flows[:, 0].sum(axis=0), flows[:, 1].sum(axis=0), flows[:, 2].max(axis=0)
    by_year = members / YEAR
    return float(by_year @ fees @ markets), float(carded @ rewards @ markets), float(by_year @ taking_part @ markets)


def _flows(outcome: Outcome, policy: int) -> Floats:
    """Return each flow's fee, retailer's reward and share taking part; a first row of none.

    Shape (1 + flows, 3, weeks, markets).
    """
    names = outcome.scenario.markets
    shape = (3, outcome.scenario.weeks, len(names))
    flows: dict[str, Floats] = {"": np.zeros(shape)}
    for action in sorted(outcome.sharing(policy), key=lambda each: each.week):
        share = STATED_TAKE_UP if action.consent == "opt_in" else 1.0
        by_retailer = action.reward if action.reward_paid_by == "retailer" else 0.0
        terms = share * np.array([_offered(outcome, action), by_retailer, 1.0])
        here = [place for place, name in enumerate(names) if action.markets is None or name in action.markets]
        flow = flows.setdefault(action.name, np.zeros(shape))
        for place in here:
            flow[:, action.weeks, place] = terms[:, None]
    return np.stack(list(flows.values()))


def _offered(outcome: Outcome, action: ShareData) -> float:
    return fee_offered(action, outcome.numbers[0])


def fee_offered(action: ShareData, p: NDArray[np.void]) -> float:
    """Return the fee in the contract, or what bidders who are all alike would pay for what a record is worth."""
    if action.fee_per_member_year is not None:
        return action.fee_per_member_year
    terms = np.zeros(1, PRACTICE)
    action.set_terms(terms, p)
    share = 1.0 if p["possible_buyers"] > 1 else float(p["paid_by_a_lone_buyer"])
    return float(terms["auctioned"][0]) * worth_of_a_record(terms[0], p) * share


# --- prices, rewards, offers, answers -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Baseline:
    """One replicate's baseline: people, and purchases at usual prices in cents. Shape (weeks, markets, tiers)."""

    members: Floats
    others: Floats  # patrons without an active card
    on_card: Floats
    off_card: Floats


def _without_contracts(outcome: Outcome, policy: int, replicate: Replicate, p: NDArray[np.void]) -> Floats:
    """Return all of the sheet but contracts, in the order of `Naive`: dollars and counts of the simulated shoppers."""
    before, after = (_planned(outcome, each, p) for each in (0, policy))
    baseline = _baseline(replicate, before)
    one, other = (_terms_on(baseline, plan, p) for plan in (before, after))
    sheet = other - one
    sheet[-3:] = other[-3:]  # what is counted on is no difference
    return sheet


def _planned(outcome: Outcome, policy: int, p: NDArray[np.void]) -> Timeline:
    scenario = outcome.scenario
    actions = (*scenario.policies[outcome.policies[policy]], *scenario.events)
    named = tuple(scenario.markets), scenario.practice_names
    return compile_timeline(actions, scenario.weeks, *named, p, scenario.households_per_shopper)


def _baseline(replicate: Replicate, before: Timeline) -> _Baseline:
    tier = np.arange(CELLS) // len(GROUPS) % len(TIERS)
    cells = replicate.weekly[:, 0].astype(np.float64)
    by_tier = np.stack([cells[:, :, tier == each].sum(axis=2) for each in range(len(TIERS))], axis=2)
    carded, members = by_tier[..., Measure.CARDED_SALES], by_tier[..., Measure.MEMBERS]
    with_card, without = _prices(before)
    off_card = (by_tier[..., Measure.SALES] - carded) / without
    return _Baseline(members, by_tier[..., Measure.PATRONS] - members, carded / with_card, off_card)


def _prices(plan: Timeline) -> tuple[Floats, Floats]:
    """Return prices with and without the card as multiples of the usual ones, at the middle of each tier."""
    rank, rows = (_FROM + _UP_TO) / 2, plan.practices
    shelf, saving, dispersion, cap = (
        plan.levers[name][..., None] for name in ("shelf_price", "member_saving", "price_dispersion", "price_cap")
    )
    asked = (rows["scope"] == Scope.PAYING_MORE) & (rows["running"] > 0) & (rows["consent"] == Mode.OPT_IN)
    agreed = np.where(asked.any(axis=2), STATED_TAKE_UP, 1.0)[..., None]
    personal = 1.0 + agreed * np.minimum(cap, dispersion * (2.0 * rank - 1.0))
    return shelf * (1.0 - saving) * personal, shelf + np.zeros(len(TIERS))


def _terms_on(baseline: _Baseline, plan: Timeline, p: NDArray[np.void]) -> Floats:
    """Return what a plan's terms come to on the baseline's people and purchases."""
    levers = plan.levers
    with_card, without = _prices(plan)
    carded = baseline.on_card * with_card / 100
    sales = float((carded + baseline.off_card * without / 100).sum())
    rewards = float((carded * _reward_rate(levers)).sum())
    sent = float((baseline.members * levers["offers"][..., None]).sum())
    bought = float((baseline.members * levers["data_cost"][..., None]).sum()) / YEAR
    answers = sum(float(levers[name].sum()) for name in ("payment", "fine", "exit_fee"))
    answers += sum(_paid_to_each(baseline, plan, what) for what in ("compensation", "settlement"))
    on_card = float((carded * (1.0 - levers["card_refused"][..., None])).sum())
    insight, offers = float(p["data_income"]) * on_card, float(p["offer_cost"]) * sent + bought
    return np.array([-rewards, sales, insight, -offers, -answers, sent, sales, on_card])


def _reward_rate(levers: NDArray[np.void]) -> Floats:
    """Return the share of carded spend given back, by tier."""
    rate, cut, bonus, gift = (levers[n][..., None] for n in ("reward_rate", "tier_cut", "tier_bonus", "gift_rate"))
    top = _share_above(levers["tier_threshold"])
    return rate * (1.0 - cut * (1.0 - top)) + bonus * top + gift


def _share_above(rank: Floats) -> Floats:
    """Return which share of each tier lies above a spend rank. Shape (..., tiers)."""
    return np.clip((_UP_TO - rank[..., None]) / (_UP_TO - _FROM), 0.0, 1.0)


def _paid_to_each(baseline: _Baseline, plan: Timeline, what: str) -> float:
    """Return the dollars that dated answers or suits would pay, were the baseline's people those concerned."""
    each = plan.practices[what].max(axis=1)
    return sum(
        float(each[week, practice] * _concerned(baseline, plan, practice)[: week + 1].max())
        for week, practice in zip(*np.nonzero(each), strict=True)
    )


def _concerned(baseline: _Baseline, plan: Timeline, practice: int) -> Floats:
    """Return how many a practice would concern, week by week. Shape (weeks,)."""
    rows, members = plan.practices[:, :, practice], baseline.members
    asked = np.where(rows["consent"] == Mode.OPT_IN, STATED_TAKE_UP, 1.0)[..., None]
    above = _share_above(plan.levers["tier_threshold"])
    by_scope = {
        Scope.SHARED_RECORDS: members * asked,
        Scope.MEMBERS: members,
        Scope.BELOW_A_TIER: members * (1.0 - above),
        Scope.PAYING_MORE: members * asked * _share_above(np.full(rows.shape, _HEAVIER)),
        Scope.TWO_PRICES: baseline.others,
        Scope.SENSED: members + baseline.others,
        Scope.MERGED: members * asked,
        Scope.PAYING_A_FEE: members * above,
        Scope.LOSING_THE_CARD: members,
    }
    people = np.select([rows["scope"][..., None] == scope for scope in by_scope], list(by_scope.values()), 0.0)
    taken: Floats = np.floor((people * (rows["running"] * rows["share"])[..., None]).sum(axis=(1, 2)) + 0.5)
    return taken
