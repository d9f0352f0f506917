"""LoyaltyModel: a simulation as a model of Mesa's, its institutions and, if wanted, its shoppers as Mesa's agents."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, get_args

import mesa
import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.own_rules import OwnRules
from simulation.behaviour.parameters import shipped_part
from simulation.behaviour.spelling import unknown
from simulation.model.agents import Agents
from simulation.model.institutions import Actor, Institution
from simulation.model.ledger import TRUST_UNIT, Measure
from simulation.model.press import FirstStory
from simulation.model.shards import Host
from simulation.model.shopper import Shopper
from simulation.model.simulation import Engine, ShopperEngine, Simulation, refuse_wrong_counts, totals_of
from simulation.scenario.population import opening_columns
from simulation.scenario.schema import Scenario

Institution.__bases__ = (Actor, mesa.Agent)  # where there is a model of Mesa's, its institutions are Mesa's agents

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


class LoyaltyModel(Simulation, mesa.Model):
    """A `Simulation` with Mesa's habits: agents, data collector, batch runs; the same numbers.

    `engine` is columns (compiled, for any size) or agents (each shopper a Mesa agent, of the kind `shopper`). `rng` is
    what Mesa calls a seed and goes before the scenario's. Everything else is as `Simulation` takes it.
    Raises ValueError for what is not known.
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
        mesa.Model.__init__(self, rng=0)  # Mesa's own generator is never drawn from
        _refuse_wrong(engine, shopper)
        refuse_wrong_counts(rng=(rng or 0, 0))
        self._shopper = shopper if engine == "agents" else None
        super().__init__(
            scenario if rng is None else scenario.with_changes(seed=int(rng)),
            replicate=replicate,
            threads=threads,
            overrides=overrides,
            hosts=hosts,
            rules=rules,
            policies=policies,
            first_stories=first_stories,
        )
        # Mesa numbers agents by model in a table of their class, which would hold every model to the end.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        self._collected = 0  # weeks
        self._collector = mesa.DataCollector(model_reporters=self._reporters())

    def join(self, institution: Institution) -> None:
        """Register an institution as one of the model's agents."""
        mesa.Agent.__init__(institution, self)

    def _open(self, threads: int, hosts: Sequence[Host]) -> ShopperEngine:
        if self._shopper is None or hosts:
            return super()._open(threads, hosts)
        where = shipped_part(self.numbers), self.case.seed, self.replicate
        people, lives = opening_columns(self.bounds, len(self.policies), *where)
        return Agents(self, self._shopper, people, lives, self.bounds, *where)

    @property
    def datacollector(self) -> mesa.DataCollector:
        """Mesa's data collector, with a row for each week so far."""
        ledger = self.ledger
        for week in range(self._collected + 1, self.lived + 1):
            self._collector.collect(_AsOf(self, week, totals_of(ledger, week)))
        self._collected = self.lived
        return self._collector

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


def _refuse_wrong(engine: str, shopper: type[Shopper]) -> None:
    if engine not in get_args(Engine):
        raise ValueError(unknown("engine", engine, get_args(Engine)))
    if shopper is not Shopper and engine != "agents":
        raise ValueError(f"{shopper.__name__} would not be used: only engine='agents' has shoppers of a kind")
