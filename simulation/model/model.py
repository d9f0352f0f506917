"""LoyaltyModel: a scenario's policies lived side by side, week by week, by the same shoppers with the same luck."""

from collections.abc import Sequence
from typing import Any, Literal

import mesa
import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import keys_of_week
from simulation.behaviour.parameters import numbers
from simulation.model.accounts import Accounts
from simulation.model.agents import Agents
from simulation.model.authorities import Court, DataBuyer, Regulator
from simulation.model.columns import Columns
from simulation.model.institutions import Retailer, Rival
from simulation.model.ledger import TRUST_UNIT, Ledger, Measure
from simulation.model.press import Press
from simulation.model.shards import Host, Shards, Terms
from simulation.model.shopper import Shopper
from simulation.scenario.policies import compile_timeline
from simulation.scenario.population import Lives, Shoppers, market_bounds, opening_columns
from simulation.scenario.schema import Scenario
from simulation.scenario.timeline import Timeline

Engine = Literal["columns", "agents"]

INSTITUTIONS = {"data_buyer": DataBuyer, "press": Press, "regulator": Regulator, "court": Court, "rival": Rival}
"""Those that act of their own accord if the scenario lets them, by name, in the order in which they act."""

COLLECTED = {
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

    `overrides` replaces numbers by address, after the scenario's own. `hosts` hold the columns, if there are any, in
    place of this process. `ledger.weekly` holds the books.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        replicate: int = 0,
        engine: Engine = "columns",
        threads: int = 1,
        shopper: type[Shopper] = Shopper,
        overrides: dict[str, float] | None = None,
        hosts: Sequence[Host] = (),
    ) -> None:
        super().__init__(rng=0)  # Mesa's own generator is never drawn from
        self.case, self.replicate, self.week = scenario, replicate, 0  # Mesa has a `scenario` of its own
        self.numbers = numbers({**scenario.overrides, **(overrides or {})})
        self.policies = tuple(scenario.policies)
        self._compile_policies()
        self.keys = self.opening_keys = keys_of_week(scenario.seed, replicate, 0)
        practices = len(scenario.practice_names)
        self.ledger = Ledger(scenario.weeks, len(self.policies), len(scenario.markets), practices)
        self.accounts = Accounts(scenario.weeks, len(self.policies))
        self.totals = np.zeros(
            (len(self.policies), len(Measure)), np.int64
        )  # of the latest week, zeros before the first
        self.engine = self._open(engine, threads, shopper, hosts)
        for policy in range(len(self.policies)):
            for institution in (Retailer, *INSTITUTIONS.values()):
                institution(self, policy)
        # Mesa numbers agents by model in a table of their class, which would hold every model to the end.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        self.datacollector = mesa.DataCollector(model_reporters=self._reporters())

    def _compile_policies(self) -> None:
        scenario, names = self.case, self.case.practice_names
        markets = tuple(scenario.markets)
        self.actions = tuple((*actions, *scenario.events) for actions in scenario.policies.values())
        compiled = [compile_timeline(each, scenario.weeks, markets, names, self.numbers) for each in self.actions]
        self.levers = np.stack([timeline.levers for timeline in compiled], axis=1)
        self.practices = np.stack([timeline.practices for timeline in compiled], axis=1)
        self.timelines = tuple(
            Timeline(self.levers[:, policy], self.practices[:, policy], markets, names, each.started_by)
            for policy, each in enumerate(compiled)
        )

    def _open(
        self, engine: Engine, threads: int, shopper: type[Shopper], hosts: Sequence[Host]
    ) -> Columns | Agents | Shards:
        scenario, replicate = self.case, self.replicate
        bounds = market_bounds(scenario.population.shoppers, list(scenario.markets.values()))
        policies = len(self.policies)
        if engine == "agents":
            people, lives = opening_columns(bounds, policies, self.numbers, scenario.seed, replicate)
            return Agents(self, shopper, people, lives, bounds, self.numbers, scenario.seed, replicate)
        if hosts:
            return Shards(hosts, Terms(bounds, (), policies, self.numbers, scenario.seed, replicate, threads))
        return Columns(bounds, policies, self.numbers, scenario.seed, replicate, threads)

    def step(self) -> None:
        """Live one week: institutions act on last week's ledger, then all shoppers on last week's talk.

        Raises ValueError after the scenario's last week.
        """
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

    def run(self) -> "LoyaltyModel":
        """Live all remaining weeks of the scenario."""
        while self.week < self.case.weeks:
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
            for name, measure in COLLECTED.items():
                column = name if len(self.policies) == 1 else f"{name} [{policy}]"
                reporters[column] = _reporter(number, measure)
        return reporters


def _reporter(policy: int, measure: Any) -> Any:
    def report(model: LoyaltyModel) -> Any:
        return measure(model.totals[policy])

    return report
