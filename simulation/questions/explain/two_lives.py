"""One shopper's two lives, week by week: lived a second time by agents of the plain engine beside the columns.

The agents read the same levers and the same talk of the same acquaintances, so that each week they must end up as the
columns do, to the bit; what they do on the way is written down.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import choices, rules
from simulation.behaviour.draws import Purpose
from simulation.behaviour.states import Source
from simulation.model.agents import acquaintances, state_at, terms_of, traits_at
from simulation.model.columns import Columns
from simulation.model.model import LoyaltyModel
from simulation.model.shopper import Shopper
from simulation.model.terms import Terms, Week
from simulation.scenario.opening import week_shapes
from simulation.scenario.population import market_bounds
from simulation.scenario.schema import Scenario

DECISIONS = {"card": Purpose.CARD, "store": Purpose.STORE, "swipe": Purpose.SWIPE}
"""What is decided by log-odds against the week's luck, and the stream that the luck comes from."""


class OutOfStepError(RuntimeError):
    """The second life is not the first: a defect of the program, never of a scenario."""


@dataclass(frozen=True)
class News:
    """What a shopper has learned: the practice, how, and from which acquaintances if from any."""

    practice: str
    source: Source
    neighbours: tuple[int, ...] = ()
    far: tuple[int, ...] = ()


@dataclass(frozen=True)
class Moment:
    """One week of one life. Log-odds and luck by decision: a shopper acts if luck lies below; money in cents."""

    week: int
    news: tuple[News, ...]
    felt: dict[str, float]
    trust: float
    resignation: float
    grievance: float
    log_odds: dict[str, float]
    luck: dict[str, float]
    patron: int
    card: int
    opted_in: int
    opted_out: int
    flows: int
    trips: int
    cents: int
    swiped: int
    rewards: int
    partner_rewards: int
    events: int


@dataclass(frozen=True)
class TwoLives:
    """A shopper under the baseline and under another policy, who is the same person with the same luck."""

    scenario: Scenario
    policies: tuple[str, str]
    shopper: int
    market: str
    traits: Terms
    openings: tuple[Terms, Terms]
    lives: tuple[tuple[Moment, ...], tuple[Moment, ...]]

    def bought(self, life: int) -> NDArray[np.int64]:
        """Return what was bought so far, week by week, in cents."""
        return np.cumsum([moment.cents for moment in self.lives[life]], dtype=np.int64)


class Witness(Shopper):
    """A shopper who remembers what came up on the way through a week."""

    near: frozenset[int]
    names: tuple[str, ...]

    def live(self, week: Week) -> None:
        """Live the week and keep it as a moment."""
        self.learned: list[News] = []
        self.log_odds: dict[str, float] = {}
        super().live(week)
        luck = {name: float(choices.log_odds(self.luck(week, of))) for name, of in DECISIONS.items()}
        states = {name: getattr(self, name) for name in Moment.__annotations__ if hasattr(self, name)}
        felt = {self.names[k]: felt for k, felt in self.felt.items() if felt > 0}
        self.moment = Moment(**states | {"week": week.number, "news": tuple(self.learned), "luck": luck, "felt": felt})

    def source_of_hearing(self, week: Week, k: int, practice: Terms, told: int) -> int:
        """Note how news of a practice comes, and from whom, if it is news."""
        source = super().source_of_hearing(week, k, practice, told)
        if source and not rules.bit(self.aware, k):
            heard = source == Source.WORD_OF_MOUTH
            telling = [each for each in self.acquaintances if heard and rules.bit(week.talk[each], k)]
            near = tuple(each for each in dict.fromkeys(telling) if each in self.near)
            far = tuple(each for each in dict.fromkeys(telling) if each not in self.near)
            self.learned.append(News(self.names[k], Source(source), near, far))
        return source

    def log_odds_of_changing_card(self, week: Week) -> float:
        """Note the log-odds."""
        return self._noted("card", super().log_odds_of_changing_card(week))

    def log_odds_of_changing_store(self, week: Week) -> float:
        """Note the log-odds."""
        return self._noted("store", super().log_odds_of_changing_store(week))

    def log_odds_of_swiping(self, week: Week) -> float:
        """Note the log-odds."""
        return self._noted("swipe", super().log_odds_of_swiping(week))

    def _noted(self, decision: str, log_odds: float) -> float:
        self.log_odds[decision] = log_odds
        return log_odds


def two_lives(
    scenario: Scenario,
    policy: str,
    shopper: int,
    replicate: int = 0,
    threads: int = 1,
    progress: Callable[[int], None] | None = None,
) -> TwoLives:
    """Return the two lives of a shopper, by number, under the baseline and a policy.

    Raises ValueError for an unknown policy or shopper, OutOfStepError if the engines should ever disagree.
    """
    place = place_of(scenario, policy)
    if not 0 <= shopper < scenario.population.shoppers:
        raise ValueError(
            f"there is no shopper {shopper}; they are numbered from 0 to {scenario.population.shoppers - 1}"
        )
    model = LoyaltyModel(scenario, replicate=replicate, threads=threads)
    again = _Again(model, shopper, (0, place))
    openings, traits = again.states(), traits_at(model.people, again.column)
    moments = []
    while model.week < scenario.weeks:
        model.step()
        moments.append(again.live())
        if progress:
            progress(1)
    names, (here, there) = tuple(scenario.policies), zip(*moments, strict=True)
    market = tuple(scenario.markets)[again.market]
    return TwoLives(scenario, (names[0], policy), shopper, market, traits, openings, (tuple(here), tuple(there)))


def place_of(scenario: Scenario, policy: str) -> int:
    """Return where a policy stands that is not the baseline; raises ValueError naming those there are."""
    others = list(scenario.policies)[1:]
    if policy not in others:
        known = ", ".join(others) or "none"
        raise ValueError(f"there is no policy called '{policy}' to set beside the baseline; known here: {known}")
    return 1 + others.index(policy)


class _Again:
    """The witnesses of one shopper's lives under some policies, kept in step with a model."""

    def __init__(self, model: LoyaltyModel, number: int, policies: tuple[int, int]) -> None:
        people, lives, case = model.people, model.lives, model.case
        self.model, self.column = model, int(np.flatnonzero(people.number == number)[0])
        bounds = market_bounds(case.population.shoppers, list(case.markets.values()))
        self.market = int(np.searchsorted(bounds, number, side="right")) - 1
        self.numbers, self.shapes = terms_of(model.numbers), week_shapes(model.numbers)
        near, far = acquaintances(number, bounds, self.numbers, model.opening_keys[Purpose.ACQUAINTANCE])
        traits = traits_at(people, self.column)
        self.witnesses = []
        for policy in policies:
            state = state_at(lives, policy, self.column)
            witness = Witness(model, policy, self.column, traits, state, near + far)
            witness.near, witness.names = frozenset(near), case.practice_names
            self.witnesses.append(witness)

    def states(self) -> tuple[Terms, Terms]:
        """Return what has become of the shopper in the columns."""
        lives = self.model.lives
        one, other = (state_at(lives, witness.policy, self.column) for witness in self.witnesses)
        return one, other

    def live(self) -> tuple[Moment, Moment]:
        """Live the week that the model has just lived, and see that it was the same."""
        for witness, state in zip(self.witnesses, self.states(), strict=True):
            witness.live(self._week(witness))
            self._agree(witness, state)
        one, other = (witness.moment for witness in self.witnesses)
        return one, other

    def _week(self, witness: Witness) -> Week:
        model, engine, heard = self.model, self.model.engine, witness.acquaintances
        if not isinstance(engine, Columns):
            raise TypeError("a second life is lived beside the columns engine")
        levers, practices = (
            rows[model.week - 1, witness.policy, self.market] for rows in (model.levers, model.practices)
        )
        talk = dict(zip(heard, engine.talk_before(model.week, heard)[witness.policy].tolist(), strict=True))
        terms = [terms_of(row) for row in practices]
        return Week(model.week, model.keys, terms_of(levers), terms, self.numbers, self.shapes, talk)

    def _agree(self, witness: Witness, state: Terms) -> None:
        apart: list[Any] = [name for name, value in state.items() if value != getattr(witness, name)]
        if apart:
            raise OutOfStepError(
                f"week {self.model.week}: the second life of shopper {witness.number} under "
                f"'{self.model.policies[witness.policy]}' differs from the first in {', '.join(apart)}; "
                "nothing was written, because an explanation of another life would be none"
            )
