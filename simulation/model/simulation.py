"""A scenario's policies lived side by side, week by week, by the same shoppers with the same luck."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Literal, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.compiling import refuse_replaced
from simulation.behaviour.draws import first_uniforms, keys_of_weeks
from simulation.behaviour.own_rules import OwnRules
from simulation.behaviour.parameters import numbers, shipped_part
from simulation.behaviour.spelling import unknown
from simulation.model.accounts import Accounts
from simulation.model.acting import INSTITUTIONS, own_institutions
from simulation.model.agenda import Agenda
from simulation.model.blocks import Crowd
from simulation.model.books import Books
from simulation.model.columns import Columns
from simulation.model.institutions import Institution, Retailer
from simulation.model.kinds import Floats, Whole
from simulation.model.ledger import Ledger
from simulation.model.press import FirstStory
from simulation.model.rule_sets import SHIPPED, rule_set, rules_of
from simulation.model.shards import Host, ScatteredCrowd, Shards, Terms
from simulation.model.weeks import precision_of_offers
from simulation.scenario.drawn import drawn_numbers
from simulation.scenario.policies import compile_timeline
from simulation.scenario.population import Lives, Shoppers, market_bounds
from simulation.scenario.schema import Scenario
from simulation.scenario.timeline import Timeline, shipped_levers

Engine = Literal["columns", "agents"]
Kind = TypeVar("Kind", bound=Institution)

_WITHOUT_A_STOP, _SHOPPER_WEEKS = 13, 2_000_000
"""The most weeks that are lived in one go, or shopper-weeks if that is more of them: less than a tenth of a second.

In between, progress is told, and a run can be stopped.
"""


class ShopperEngine(Protocol):
    """What the shoppers live in."""

    def live(
        self, first: int, levers: NDArray[np.void], practices: NDArray[np.void], totals: Whole, seen: Floats
    ) -> None:
        """Advance all shoppers by some weeks, from week `first` on."""

    @property
    def crowd(self) -> Crowd | ScatteredCrowd:
        """The shoppers and what has become of them."""


class Simulation:
    """One replicate of a scenario under all its policies, the first of which is the baseline.

    A replicate draws what the scenario calls uncertain; `overrides` go before that and before the scenario's own
    numbers, by address. `hosts` hold the columns, if there are any, in place of this process. `rules` are functions of
    the user's own in the place of shipped ones, by name, such as `{"log_odds_of_changing_store": mine}`: the same
    arguments, the same kinds of numbers, nothing random.
    `policies` are those of the scenario that are lived, all if left out; each lives the same whatever the others are.
    `first_stories` say for some of them, by name, which story the press finds out first, in place of luck; None for
    none at all. Stories that are planned, and what follows the first, are as ever.
    `ledger.weekly` holds the books. Raises ValueError for what is not known.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        replicate: int = 0,
        threads: int = 1,
        overrides: Mapping[str, float] | None = None,
        hosts: Sequence[Host] = (),
        rules: OwnRules | None = None,
        policies: Sequence[str] | None = None,
        first_stories: Mapping[str, FirstStory | None] | None = None,
    ) -> None:
        refuse_wrong_counts(replicate=(replicate, 0), threads=(threads, 1))
        self.case, self.replicate, self.week = scenario, replicate, 0  # Mesa's models have a `scenario` of their own
        self.running = True
        self.overrides = {**drawn_numbers(scenario, replicate), **(overrides or {})}
        self.numbers = numbers({**scenario.overrides, **self.overrides})
        self.policies = tuple(scenario.policies) if policies is None else tuple(policies)
        self.first_stories = dict(first_stories or {})
        _refuse_unlived(self.policies, scenario.policies, "the scenario's")
        _refuse_unlived(self.first_stories, self.policies, "those lived")
        self._compile_policies()
        self._keys = keys_of_weeks(scenario.seed, replicate, range(scenario.weeks + 1))
        self.keys = self.opening_keys = self._keys[0]
        self._luck: dict[int, NDArray[np.float64]] = {}  # by purpose, once it has been asked for
        self.books = Books(self.levers, self.practices, self.numbers)
        self.seen = np.zeros((len(self.policies), 2))  # what the retailer sees: NOW and AT_FIRST
        self.rule_set = rule_set({**rules_of(scenario.rules), **(rules or {})})
        self.engine = self._open(threads, hosts)
        self.lived = 0  # weeks
        self._most_weeks = max(_WITHOUT_A_STOP, _SHOPPER_WEEKS // (scenario.population.shoppers * len(self.policies)))
        self._agendas = [Agenda(self._found(policy)) for policy in range(len(self.policies))]

    def _compile_policies(self) -> None:
        scenario = self.case
        self._named = markets, names = tuple(scenario.markets), scenario.practice_names
        self.actions = tuple((*scenario.policies[name], *scenario.events) for name in self.policies)
        how = scenario.weeks, markets, names, self.numbers, scenario.households_per_shopper
        compiled = [compile_timeline(each, *how) for each in self.actions]
        self.levers = np.stack([timeline.levers for timeline in compiled], axis=1)
        self.practices = np.stack([timeline.practices for timeline in compiled], axis=1)
        self.started_by = [timeline.started_by for timeline in compiled]

    def timeline(self, policy: int) -> Timeline:
        """Return all weeks of a policy, to be read or rewritten: a view of the model's own levers and practices."""
        rows = self.levers[:, policy], self.practices[:, policy]
        return Timeline(*rows, *self._named, self.case.households_per_shopper, self.started_by[policy])

    def _open(self, threads: int, hosts: Sequence[Host]) -> ShopperEngine:
        """Return what the shoppers live in."""
        if hosts and self.rule_set is not SHIPPED:
            raise ValueError("rules of your own are lived by in this process; leave out the hosts")
        opening = self.bounds, len(self.policies), shipped_part(self.numbers), self.case.seed, self.replicate
        if hosts:
            return Shards(hosts, Terms(self.bounds, (), *opening[1:], threads))
        return Columns(*opening, threads, rule_set=self.rule_set)

    @property
    def bounds(self) -> NDArray[np.int64]:
        """The number of each market's first shopper, and one beyond the last. Shape (markets + 1,)."""
        return market_bounds(self.case.population.shoppers, list(self.case.markets.values()))

    def _found(self, policy: int) -> list[Institution]:
        """Return a policy's institutions that act, in the order in which they do."""
        acting: set[str] = {"retailer", *self.case.institutions}
        own = {name: kind for name, kind in own_institutions().items() if name in acting}
        there: dict[str, type[Institution]] = {"retailer": Retailer, **INSTITUTIONS, **own}
        founded = {name: kind(self, policy) for name, kind in there.items()}
        return [each for name, each in founded.items() if name in acting]

    def institutions(self, kind: type[Kind]) -> list[Kind]:
        """Return the institutions of a kind, one for each policy that has one, in the order of policies."""
        return [
            each
            for each in chain.from_iterable(agenda.institutions for agenda in self._agendas)
            if isinstance(each, kind)
        ]

    def join(self, institution: Institution) -> None:
        """Take note of an institution as soon as it is there; nothing is to be noted here."""

    def step(self) -> None:
        """Live one week: institutions act on last week's ledger, then all shoppers on last week's talk.

        `running` is false after the scenario's last week. Raises ValueError beyond
        it, and if a shipped rule was replaced from outside.
        """
        refuse_replaced()
        if self.week == self.case.weeks:
            raise ValueError(f"the scenario ends with week {self.week}; give it more weeks to go on")
        self._ask_everybody()
        self._live_on(self.week + 1)

    def run(self, progress: Callable[[int], None] | None = None) -> Self:
        """Live all remaining weeks of the scenario; `progress` is called with the number of weeks just lived.

        It comes to what stepping from week to week comes to, only sooner.
        """
        refuse_replaced()
        self._ask_everybody()
        live_on = self._live_on if type(self).step is Simulation.step else self._step_on
        while self.running:
            began = self.week
            live_on(self.case.weeks)
            if progress:
                progress(self.week - began)
        return self

    def _step_on(self, last: int) -> None:
        self.step()  # that of a user's own

    def _live_on(self, last: int) -> None:
        """Live a week, and go on without a stop through those up to `last` in which no institution can act."""
        self.week += 1
        self.keys = self._keys[self.week]
        self._fit_offers()
        for agenda in self._agendas:
            agenda.act(self.week)
        stop = min(last + 1, self.week + self._most_weeks, *(agenda.next_week for agenda in self._agendas))
        self._live(max(stop, self.week + 1))
        for institution in chain.from_iterable(agenda.institutions for agenda in self._agendas):
            institution.book()
        self.running = self.week < self.case.weeks

    def _ask_everybody(self) -> None:
        for agenda in self._agendas:
            agenda.ask_everybody()

    def _live(self, stop: int) -> None:
        """Let the shoppers live all weeks before `stop`, from this one on."""
        weeks = slice(self.week - 1, stop - 1)
        rows = shipped_levers(self.levers[weeks]), self.practices[weeks]
        levers, practices = (np.ascontiguousarray(each.swapaxes(1, 2)) for each in rows)
        sheets = self.books.ledger.sheets(len(levers))
        self.engine.live(self.week, levers, practices, sheets, self.seen)
        self.levers["offer_precision"][weeks] = levers["offer_precision"].swapaxes(1, 2)
        self.books.ledger.count(self.week - 1, sheets, practices, self.numbers)
        self.week = self.lived = stop - 1

    def _fit_offers(self) -> None:
        for policy, (seen, at_first) in enumerate(self.seen.tolist()):
            if at_first:
                self.levers["offer_precision"][self.week - 1, policy] = precision_of_offers(seen, at_first)

    def luck_of(self, purpose: int) -> NDArray[np.float64]:
        """Return each week's uniform number of a purpose, an institution's luck. Shape (weeks,)."""
        if purpose not in self._luck:
            self._luck[purpose] = first_uniforms(self._keys[1:, purpose])
        return self._luck[purpose]

    @property
    def ledger(self) -> Ledger:
        """The ledger, booked up to the latest week."""
        return self.books.draw_up(self.lived).ledger

    @property
    def accounts(self) -> Accounts:
        """The accounts, booked up to the latest week."""
        return self.books.draw_up(self.lived).accounts

    @property
    def totals(self) -> NDArray[np.int64]:
        """The latest week's totals, zeros before the first. Shape (policies, measures)."""
        return totals_of(self.ledger, self.lived)

    def counted(self) -> NDArray[np.int64]:
        """Return `totals` without what follows from what was counted, where that has not been booked."""
        return totals_of(self.books.ledger, self.lived)

    @property
    def people(self) -> Shoppers:
        """The shoppers as columns, copied."""
        return self.engine.crowd.people_columns()

    @property
    def lives(self) -> Lives:
        """What has become of the shoppers under each policy, as columns, copied."""
        return self.engine.crowd.lives_columns()

    @property
    def exposed_week(self) -> NDArray[np.int64]:
        """The first week in which a story ran under each policy, 0 where none has so far. Shape (policies,)."""
        ran = (self.practices[: self.week]["press"] > 0).any(axis=(2, 3))
        return np.where(ran.any(axis=0), ran.argmax(axis=0) + 1, 0)


def totals_of(ledger: Ledger, week: int) -> NDArray[np.int64]:
    """Return a week's totals over markets and segments, zeros in week 0. Shape (policies, measures)."""
    totals: NDArray[np.int64] = ledger.weekly[max(0, week - 1)].sum(axis=(1, 2))
    return totals


def refuse_wrong_counts(**counts: tuple[object, int]) -> None:
    """Raise ValueError for the first, by name, that is no whole number from its least on."""
    for name, (value, least) in counts.items():
        if not isinstance(value, int | np.integer) or value < least:
            raise ValueError(f"{name} must be a whole number from {least} on, not {value!r}")


def _refuse_unlived(named: Iterable[str], known: Iterable[str], whose: str) -> None:
    """Raise ValueError for the first policy that is not among those known."""
    known = tuple(known)
    for name in named:
        if name not in known:
            raise ValueError(f"{unknown('policy', name, known)} ({whose})")
