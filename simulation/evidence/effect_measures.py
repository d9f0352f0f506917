"""What the effects of mechanisms are measured by: each reads one number off a finished model, for its second policy."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.states import Card
from simulation.model.accounts import Flow, Party, balances, place_of
from simulation.model.books import BuyersBook
from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.questions.reserve.reserve import backlash_reserve
from simulation.questions.screen.principles import shipped_principles
from simulation.questions.screen.screening import screen
from simulation.runs.lived import outcome_of
from simulation.runs.readings import YEAR
from simulation.runs.return_sheet import return_sheet
from simulation.runs.roles import policy_points, rankings
from simulation.scenario.population import GROUPS

Yardstick = Callable[[LoyaltyModel], float]

_POLICY = 1
_TOP, _UPPER, _MIDDLE = 0.9, 0.7, 0.5  # spend ranks
_STORY = 20  # the week in which stories break in the pairs
_QUARTER, _MONTH_OF_STORY = 13, slice(_STORY - 1, _STORY + 3)
_SENSITIVE = 0.5


def _week(model: LoyaltyModel, measure: Measure, policy: int = _POLICY) -> NDArray[np.int64]:
    """Return a measure week by week, all markets and cells together."""
    weeks: NDArray[np.int64] = model.ledger.weekly[:, policy, ..., measure].sum(axis=(1, 2))
    return weeks


def _last_year(measure: Measure) -> Yardstick:
    return lambda model: float(_week(model, measure)[-YEAR:].mean())


def _total(measure: Measure) -> Yardstick:
    return lambda model: float(_week(model, measure).sum())


def _paid(flow: Flow | str) -> Yardstick:
    return lambda model: float(model.accounts.weekly[:, _POLICY, place_of(flow)].sum()) / 100


def _account(party: Party) -> Yardstick:
    return lambda model: float(balances(model.accounts.weekly, party)[:, _POLICY].sum()) / 100


def _trust_where(which: Callable[[LoyaltyModel], NDArray[np.bool_]]) -> Yardstick:
    return lambda model: float(model.lives.trust[_POLICY][which(model)].mean())


def _kept(model: LoyaltyModel, measure: Measure, at: int = -1) -> float:
    """Return what is left of a measure after the story, as a share of what it was the week before."""
    weeks = _week(model, measure)
    return float(weeks[at] / max(1, weeks[_STORY - 2]))


def _lost(model: LoyaltyModel, measure: Measure, weeks: slice) -> float:
    """Return the share of the baseline's measure that the policy is short of in some weeks."""
    return float(1 - _week(model, measure)[weeks].sum() / _week(model, measure, 0)[weeks].sum())


def _gap_in_cards(model: LoyaltyModel) -> float:
    holds, minds = model.lives.card[_POLICY] != Card.NEVER, model.people.sensitivity > _SENSITIVE
    return float(holds[minds].mean() - holds[~minds].mean())


def _swipes_kept(model: LoyaltyModel) -> float:
    """Return what is left, two weeks after the story, of the carded share of trips."""
    share = _week(model, Measure.CARDED_TRIPS) / np.maximum(1, _week(model, Measure.TRIPS))
    return float(share[_STORY + 1] / share[_STORY - 4 : _STORY - 1].mean())


def _buyer(model: LoyaltyModel) -> BuyersBook:
    return model.books.draw_up(model.week).buyers[_POLICY]


def _misjudged(model: LoyaltyModel) -> float:
    return float(_buyer(model).misjudged.sum() / _buyer(model).judged.sum())


def _by_group(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return sums for the others and for the vulnerable."""
    sums: NDArray[np.float64] = cells.reshape(-1, len(GROUPS)).sum(axis=0)
    return sums


def _harm_ratio(model: LoyaltyModel) -> float:
    harmed = _by_group(model.ledger.harms[_POLICY].sum(axis=1))
    flowing = _by_group(model.ledger.weekly[:, _POLICY, ..., Measure.SHARED].sum(axis=(0, 1)))
    each = harmed / flowing
    return float(each[1] / each[0])


def _awareness_gap(model: LoyaltyModel) -> float:
    people, aware = model.people, model.lives.aware[_POLICY] != 0
    return float(aware[people.vulnerable == 1].mean() - aware[people.vulnerable == 0].mean())


def _redemption_gap(model: LoyaltyModel) -> float:
    weekly = model.ledger.weekly[:, _POLICY].sum(axis=(0, 1)).reshape(3, 3, len(GROUPS), -1).sum(axis=(0, 2))
    share = weekly[:, Measure.REDEEMED] / np.maximum(1, weekly[:, Measure.OFFERS])
    return float(share[2] - share[0])


def _insured_less_patrons(model: LoyaltyModel) -> float:
    insured = model.case.population.shoppers * float(model.numbers["insurer_market_share"])
    patrons = _week(model, Measure.PATRONS)[-1] / _week(model, Measure.PATRONS, 0)[-1]
    return float(_buyer(model).insured_lost / insured - (1 - patrons))


def _mended(model: LoyaltyModel) -> float:
    """Return how much of the trust lost at the lowest is back at the end, as a share of opening trust."""
    trust = _week(model, Measure.TRUST) / _week(model, Measure.TRUST, 0)
    return float((trust[-1] - trust.min()) / (1 - trust.min()))


def _grievance_of_the_knowing(model: LoyaltyModel) -> float:
    knowing = model.lives.aware[_POLICY] != 0
    kept = model.lives.trust[_POLICY][knowing] / model.people.opening_trust[knowing]
    return float(np.maximum(0, 1 - kept).mean())


def _swipes_of_the_heaviest(model: LoyaltyModel) -> float:
    weekly = model.ledger.weekly[_STORY:, _POLICY].sum(axis=(0, 1)).reshape(3, 3, len(GROUPS), -1).sum(axis=(0, 2))
    return float(weekly[2, Measure.CARDED_TRIPS] / weekly[2, Measure.TRIPS])


def _simulated_less_naive(model: LoyaltyModel) -> float:
    return sum(line.difference for line in return_sheet(outcome_of(model), _POLICY))


def _reserve_less_income(model: LoyaltyModel) -> float:
    policy = model.policies[_POLICY]
    if not model.case.policies[policy]:
        return 0.0
    reserve = backlash_reserve(model.case, policy)
    return float(reserve.cost[0, 1] - reserve.earned[0, 1])


def _principles_kept(model: LoyaltyModel) -> float:
    found = screen(outcome_of(model), _POLICY, shipped_principles())
    return float(sum(finding.passes for finding in found))


def _points_by_the_advocate(model: LoyaltyModel) -> float:
    ranked, policy = rankings(outcome_of(model)), model.policies[_POLICY]
    loud = policy_points(ranked, {"consumer advocate": 10.0})[policy]
    return loud - policy_points(ranked)[policy]


YARDSTICKS: dict[str, Yardstick] = {
    "carded sales": _last_year(Measure.CARDED_SALES),
    "offers redeemed": _total(Measure.REDEEMED),
    "members": _last_year(Measure.MEMBERS),
    "patrons": lambda model: _kept(model, Measure.PATRONS),
    "members whose data flows": lambda model: float(_week(model, Measure.SHARED)[-1]),
    "share of members whose data flows": lambda model: float(
        _week(model, Measure.SHARED)[-1] / _week(model, Measure.MEMBERS)[-1]
    ),
    "consent debt, share of members": lambda model: float(
        _week(model, Measure.CONSENT_DEBT)[-YEAR:].sum() / _week(model, Measure.MEMBERS)[-YEAR:].sum()
    ),
    "week of the first story": lambda model: float(model.exposed_week[_POLICY] or model.case.weeks + 1),
    "shoppers aware": lambda model: float((model.lives.aware[_POLICY] != 0).mean()),
    "shoppers opted in": _last_year(Measure.OPTED_IN),
    "shoppers opted out": _last_year(Measure.OPTED_OUT),
    "trust": _trust_where(lambda model: np.ones(model.people.number.size, bool)),
    "trust of the lighter shoppers": _trust_where(lambda model: model.people.spend_rank < _TOP),
    "trust of the heavier shoppers": _trust_where(lambda model: model.people.spend_rank > _MIDDLE),
    "trust from rank 0.7 to 0.9": _trust_where(
        lambda model: (model.people.spend_rank >= _UPPER) & (model.people.spend_rank < _TOP)
    ),
    "trust of those without a card": _trust_where(lambda model: model.lives.card[_POLICY] != Card.ACTIVE),
    "trust of card holders": _trust_where(lambda model: model.lives.card[_POLICY] == Card.ACTIVE),
    "trust of those who know": _trust_where(lambda model: model.lives.aware[_POLICY] != 0),
    "share of the lost trust that is back": _mended,
    "grievance of those who know": _grievance_of_the_knowing,
    "fees": _paid(Flow.FEES),
    "fees per member-year": lambda model: (
        _paid(Flow.FEES)(model) / (float(_week(model, Measure.MEMBERS).sum()) / YEAR) if model.actions[_POLICY] else 0.0
    ),
    "fines": _paid(Flow.FINES),
    "what brands pay for advertising": _paid("media_income"),
    "fees of the paid tier": _paid("paid_tier_fees"),
    "settlements": _paid(Flow.SETTLEMENTS),
    "goods not stolen": _paid("theft_avoided"),
    "premiums raised": _paid(Flow.PREMIUMS),
    "the rival's account": _account(Party.RIVAL),
    "the public's account": _account(Party.PUBLIC),
    "share of those flagged who are misjudged": _misjudged,
    "harmful events": lambda model: float(model.ledger.harms[_POLICY].sum()) / 1e6,
    "harm to the vulnerable against that to others": _harm_ratio,
    "awareness of the vulnerable less that of others": _awareness_gap,
    "patrons kept less swipes kept, two weeks after the story": lambda model: (
        _kept(model, Measure.PATRONS, _STORY + 1) - _swipes_kept(model)
    ),
    "patrons at the end against the twin's": lambda model: -_lost(model, Measure.PATRONS, slice(-1, None)),
    "trips lost in the last quarter": lambda model: _lost(model, Measure.TRIPS, slice(-_QUARTER, None)),
    "trips lost in the month of the story": lambda model: _lost(model, Measure.TRIPS, _MONTH_OF_STORY),
    "first cards taken in the month of the story": lambda model: float(
        _week(model, Measure.ENROLLED)[_MONTH_OF_STORY].sum()
    ),
    "cards held by the sensitive less those held by others": _gap_in_cards,
    "members kept less swipes kept, two weeks after the story": lambda model: (
        _kept(model, Measure.MEMBERS, _STORY + 1) / _kept(model, Measure.PATRONS, _STORY + 1) - _swipes_kept(model)
    ),
    "precision of offers": lambda model: float(model.levers[-1, _POLICY]["offer_precision"].min()),
    "share of insured people lost less share of patrons lost": _insured_less_patrons,
    "redemption of the heavy less that of the light": _redemption_gap,
    "swipes of the heaviest": _swipes_of_the_heaviest,
    "simulated less naive return": _simulated_less_naive,
    "reserve less income, in week 20": _reserve_less_income,
    "principles kept": _principles_kept,
    "points gained when the advocate's vote counts ten times": _points_by_the_advocate,
}
"""What can be measured, by name."""
