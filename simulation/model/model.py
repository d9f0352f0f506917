"""LoyaltyModel: a scenario's policies lived side by side, week by week, by the same shoppers with the same luck."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Literal, get_args

import mesa
import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.compiling import refuse_replaced
from simulation.behaviour.draws import keys_of_week
from simulation.behaviour.own_rules import OwnRules
from simulation.behaviour.parameters import numbers
from simulation.behaviour.spelling import unknown
from simulation.model.accounts import Accounts
from simulation.model.agents import Agents
from simulation.model.authorities import Court, DataBuyer, Regulator
from simulation.model.columns import Columns
from simulation.model.institutions import Retailer, Rival
from simulation.model.ledger import TRUST_UNIT, Ledger, Measure
from simulation.model.press import FirstStory, Press
from simulation.model.rule_sets import SHIPPED, rule_set
from simulation.model.shards import Host, Shards, Terms
from simulation.model.shopper import Shopper
from simulation.scenario.drawn import drawn_numbers
from simulation.scenario.policies import compile_timeline
from simulation.scenario.population import Lives, Shoppers, market_bounds, opening_columns
from simulation.scenario.schema import Scenario
from simulation.scenario.timeline import Timeline

Engine = Literal["columns", "agents"]

INSTITUTIONS = {"data_buyer": DataBuyer, "press": Press, "regulator": Regulator, "court": Court, "rival": Rival}
"""Those that act of their own accord if the scenario lets them, by name, in the order in which they act."""

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
        self.keys = self.opening_keys = keys_of_week(scenario.seed, replicate, 0)
        practices = len(scenario.practice_names)
        self.ledger = Ledger(scenario.weeks, len(self.policies), len(scenario.markets), practices)
        self.accounts = Accounts(scenario.weeks, len(self.policies))
        self.totals = np.zeros(
            (len(self.policies), len(Measure)), np.int64
        )  # of the latest week, zeros before the first
        self.rule_set = rule_set(rules)
        self.engine = self._open(engine, threads, shopper, hosts)
        for policy in range(len(self.policies)):
            for institution in (Retailer, *INSTITUTIONS.values()):
                institution(self, policy)
        # Mesa numbers agents by model in a table of their class, which would hold every model to the end.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        self.datacollector = mesa.DataCollector(model_reporters=self._reporters())

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

    def step(self) -> None:
        """Live one week: institutions act on last week's ledger, then all shoppers on last week's talk.

        `running`, by which Mesa knows when to stop, is false after the scenario's last week. Raises ValueError beyond
        it, and if a shipped rule was replaced from outside.
        """
        refuse_replaced()
        if self.week == self.case.weeks:
            raise ValueError(f"the scenario ends with week {self.week}; give it more weeks to go on")
        self.week += 1
        self.keys = keys_of_week(self.case.seed, self.replicate, self.week)
        for institution in (Retailer, *(INSTITUTIONS[name] for name in INSTITUTIONS if name in self.case.institutions)):
            self.agents_by_type[institution].do("act")
        levers, practices = self.levers[self.week - 1], self.practices[self.week - 1]
        self.engine.step(self.week, levers, practices, self.ledger.open_week())
        self.ledger.close_week(self.week - 1, levers, practices, self.numbers)
        self.totals = self.ledger.weekly[self.week - 1].sum(axis=(1, 2))
        for institution in (Retailer, DataBuyer, Press, Rival):
            self.agents_by_type[institution].do("book")
        self.datacollector.collect(self)
        self.running = self.week < self.case.weeks

    def run(self) -> "LoyaltyModel":
        """Live all remaining weeks of the scenario."""
        while self.running:
            self.step()
        return self

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
