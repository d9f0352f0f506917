"""LoyaltyModel: a scenario's policies lived side by side, week by week, by the same shoppers with the same luck."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, Literal, get_args

import mesa
import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.compiling import refuse_replaced
from simulation.behaviour.draws import first_uniforms, keys_of_weeks
from simulation.behaviour.own_rules import OwnRules
from simulation.behaviour.parameters import numbers
from simulation.behaviour.spelling import unknown
from simulation.model.accounts import Accounts
from simulation.model.agenda import Agenda
from simulation.model.agents import Agents
from simulation.model.authorities import Court, DataBuyer, Regulator
from simulation.model.books import Books
from simulation.model.columns import Columns
from simulation.model.institutions import Institution, Retailer, Rival
from simulation.model.ledger import TRUST_UNIT, Ledger, Measure
from simulation.model.press import FirstStory, Press
from simulation.model.rule_sets import SHIPPED, rule_set
from simulation.model.shards import Host, Shards, Terms
from simulation.model.shopper import Shopper
from simulation.model.weeks import precision_of_offers
from simulation.scenario.drawn import drawn_numbers
from simulation.scenario.policies import compile_timeline
from simulation.scenario.population import Lives, Shoppers, market_bounds, opening_columns
from simulation.scenario.schema import Scenario
from simulation.scenario.timeline import Timeline

Engine = Literal["columns", "agents"]

INSTITUTIONS = {"data_buyer": DataBuyer, "press": Press, "regulator": Regulator, "court": Court, "rival": Rival}
"""Those that act of their own accord if the scenario lets them, by name, in the order in which they act."""

_WITHOUT_A_STOP = 13
"""The most weeks that are lived in one go: in between, progress is told, and a run can be stopped."""

COLLECTED: Mapping[str, Callable[[NDArray[np.int64]], int | float]] = {
    "patrons": lambda totals: int(totals[Measure.PATRONS]),
    "members": lambda totals: int(totals[Measure.MEMBERS]),
    "aware": lambda totals: int(totals[Measure.AWARE]),
    "trust": lambda totals: float(totals[Measure.TRUST] / TRUST_UNIT / totals[Measure.SHOPPERS]),
    "sales_cents": lambda totals: int(totals[Measure.SALES]),
    "carded_sales_cents": lambda totals: int(totals[Measure.CARDED_SALES]),
    "contribution_cents": lambda totals: int(totals[Measure.CONTRIBUTION]),
}
"""The weekly measures of the data collector, by name."""


class LoyaltyModel(mesa.Model):
    """One replicate of a scenario under all its policies, the first of which is the baseline.

    A replicate draws what the scenario calls uncertain; `overrides` go before that and before the scenario's own
    numbers, by address. `rng` is what Mesa calls a seed and goes before the scenario's. `hosts` hold the columns, if
    there are any, in place of this process. `rules` are functions of the user's own in the place of shipped ones, by
    name, such as `{"log_odds_of_changing_store": mine}`: the same arguments, the same kinds of numbers, nothing random.
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
        engine: Engine = "columns",
        threads: int = 1,
        shopper: type[Shopper] = Shopper,
        overrides: Mapping[str, float] | None = None,
        hosts: Sequence[Host] = (),
        rng: int | None = None,
        rules: OwnRules | None = None,
        policies: Sequence[str] | None = None,
        first_stories: Mapping[str, FirstStory | None] | None = None,
    ) -> None:
        super().__init__(rng=0)  # Mesa's own generator is never drawn from
        _refuse_wrong(replicate, engine, threads, shopper, rng)
        scenario = scenario if rng is None else scenario.with_changes(seed=int(rng))
        self.case, self.replicate, self.week = scenario, replicate, 0  # Mesa has a `scenario` of its own
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
        self.rule_set = rule_set(rules)
        self.engine = self._open(engine, threads, shopper, hosts)
        self.lived = self._collected = 0  # weeks
        self._agendas = [Agenda(self._found(policy)) for policy in range(len(self.policies))]
        # Mesa numbers agents by model in a table of their class, which would hold every model to the end.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        self._collector = mesa.DataCollector(model_reporters=self._reporters())

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

    def _open(
        self, engine: Engine, threads: int, shopper: type[Shopper], hosts: Sequence[Host]
    ) -> Columns | Agents | Shards:
        scenario, replicate = self.case, self.replicate
        bounds = market_bounds(scenario.population.shoppers, list(scenario.markets.values()))
        policies = len(self.policies)
        if hosts and self.rule_set is not SHIPPED:
            raise ValueError("rules of your own are lived by in this process; leave out the hosts")
        if engine == "agents":
            people, lives = opening_columns(bounds, policies, self.numbers, scenario.seed, replicate)
            return Agents(self, shopper, people, lives, bounds, self.numbers, scenario.seed, replicate)
        if hosts:
            return Shards(hosts, Terms(bounds, (), policies, self.numbers, scenario.seed, replicate, threads))
        return Columns(bounds, policies, self.numbers, scenario.seed, replicate, threads, rule_set=self.rule_set)

    def _found(self, policy: int) -> list[Institution]:
        """Return a policy's institutions that act, in the order in which they do."""
        there = {"retailer": Retailer, **INSTITUTIONS}
        founded = {name: kind(self, policy) for name, kind in there.items()}
        return [each for name, each in founded.items() if name in {"retailer", *self.case.institutions}]

    def step(self) -> None:
        """Live one week: institutions act on last week's ledger, then all shoppers on last week's talk.

        `running`, by which Mesa knows when to stop, is false after the scenario's last week. Raises ValueError beyond
        it, and if a shipped rule was replaced from outside.
        """
        refuse_replaced()
        if self.week == self.case.weeks:
            raise ValueError(f"the scenario ends with week {self.week}; give it more weeks to go on")
        self._ask_everybody()
        self._live_on(self.week + 1)

    def run(self, progress: Callable[[int], None] | None = None) -> "LoyaltyModel":
        """Live all remaining weeks of the scenario; `progress` is called with the number of weeks just lived.

        It comes to what stepping from week to week comes to, only sooner.
        """
        refuse_replaced()
        self._ask_everybody()
        live_on = self._live_on if type(self).step is LoyaltyModel.step else self._step_on
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
        stop = min(last + 1, self.week + _WITHOUT_A_STOP, *(agenda.next_week for agenda in self._agendas))
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
        levers, practices = (np.ascontiguousarray(each[weeks].swapaxes(1, 2)) for each in (self.levers, self.practices))
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
        return self._totals_of(self.ledger, self.lived)

    def counted(self) -> NDArray[np.int64]:
        """Return `totals` without what follows from what was counted, where that has not been booked."""
        return self._totals_of(self.books.ledger, self.lived)

    @staticmethod
    def _totals_of(ledger: Ledger, week: int) -> NDArray[np.int64]:
        totals: NDArray[np.int64] = ledger.weekly[max(0, week - 1)].sum(axis=(1, 2))
        return totals

    @property
    def datacollector(self) -> mesa.DataCollector:
        """Mesa's data collector, with a row for each week so far."""
        ledger = self.ledger
        for week in range(self._collected + 1, self.lived + 1):
            self._collector.collect(_AsOf(self, week, self._totals_of(ledger, week)))
        self._collected = self.lived
        return self._collector

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

    def _reporters(self) -> dict[str, Any]:
        reporters = {}
        for number, policy in enumerate(self.policies):
            for name in COLLECTED:
                column = name if len(self.policies) == 1 else f"{name} [{policy}]"
                reporters[column] = partial(_collected, policy=number, name=name)
        return reporters


class _AsOf:
    """A model as it was after a week, as far as what is collected is concerned."""

    def __init__(self, model: LoyaltyModel, week: int, totals: NDArray[np.int64]) -> None:
        self._model, self.steps, self.time, self.totals = model, week, week, totals

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)


def _collected(model: LoyaltyModel, policy: int, name: str) -> int | float:
    return COLLECTED[name](model.totals[policy])


def _refuse_wrong(replicate: int, engine: str, threads: int, shopper: type[Shopper], rng: int | None) -> None:
    if engine not in get_args(Engine):
        raise ValueError(unknown("engine", engine, get_args(Engine)))
    if shopper is not Shopper and engine != "agents":
        raise ValueError(f"{shopper.__name__} would not be used: only engine='agents' has shoppers of a kind")
    for name, value, least in (("replicate", replicate, 0), ("threads", threads, 1), ("rng", rng or 0, 0)):
        if not isinstance(value, int | np.integer) or value < least:
            raise ValueError(f"{name} must be a whole number from {least} on, not {value!r}")


def _refuse_unlived(named: Iterable[str], known: Iterable[str], whose: str) -> None:
    """Raise ValueError for the first policy that is not among those known."""
    known = tuple(known)
    for name in named:
        if name not in known:
            raise ValueError(f"{unknown('policy', name, known)} ({whose})")
