"""What each policy owes to its own terms: every number in its actions moved down and up, all else as it is written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from simulation.model.accounts import Flow
from simulation.model.ledger import Measure
from simulation.runs.estimates import times
from simulation.runs.outcome import Outcome
from simulation.runs.readings import YEAR
from simulation.runs.run import run_scenario
from simulation.runs.variants import EVIDENCE, FEE, observed
from simulation.scenario.schema import Scenario, as_data, data_with_policies, scenario_type
from simulation.scenario.timeline import Action

Floats = NDArray[np.float64]

SHOPPERS, REPLICATES = 2_000, 16
"""How small the run is in which terms are moved, at most: twins share their luck, so that few tell by how much."""

_SIDE_BY_SIDE = 60  # twins in one run
_DATES = ("week", "until", "counter_from")


@dataclass(frozen=True)
class Term:
    """A number in a policy's actions, and the values it is moved to.

    `place` is its action's among the policy's. `given` is None for a fee that is left to bidders. `evidence` is the
    address of the number whose range the ends are; "" where they are half and double of what is written.
    """

    policy: str
    place: int
    action: str
    name: str
    given: float | None
    ends: tuple[float, float]
    evidence: str = ""


@dataclass(frozen=True)
class TermSwing:
    """A policy's value less the baseline's with a term at its low end, as written, at its high end; dollars.

    `differences` has shape (replicates, 3). `settled` is the term as it was in the run: for a fee left to bidders,
    what they paid on average.
    """

    term: Term
    settled: float
    differences: Floats

    @property
    def means(self) -> tuple[float, float, float]:
        """The mean differences: at the low end, as written, at the high end."""
        low, given, high = self.differences.mean(axis=0).tolist()
        return low, given, high

    @property
    def swing(self) -> float:
        """How far the mean moves between the least and the most of the three."""
        return float(np.ptp(self.means))

    @property
    def errors(self) -> tuple[float, float]:
        """The standard errors of both moves, down and up, the same luck compared; nan for one replicate."""
        moves, count = self.differences[:, [0, 2]] - self.differences[:, [1]], len(self.differences)
        errors = moves.std(axis=0, ddof=1) / np.sqrt(count) if count > 1 else np.full(2, np.nan)
        return float(errors[0]), float(errors[1])

    @property
    def error(self) -> float:
        """The standard error of the greater of both moves; nan for one replicate."""
        low, given, high = self.means
        return self.errors[int(abs(high - given) > abs(low - given))]

    @property
    def is_distinguishable(self) -> bool:
        """Whether either move lies further from zero than its 95 % interval reaches, as far as replicates tell."""
        low, given, high = self.means
        if len(self.differences) == 1:
            return True
        reach = times(len(self.differences))
        return any(abs(end - given) > reach * error for end, error in zip((low, high), self.errors, strict=True))

    @property
    def turns(self) -> bool:
        """Whether moving the term turns a gain into a loss, or a loss into a gain."""
        low, given, high = self.means
        return self.is_distinguishable and min(low * given, high * given) < 0


@dataclass(frozen=True)
class TermSwings:
    """All terms moved, policy by policy, those that matter most first, in a run of so many shoppers and replicates.

    Amounts are those of so many `households`. `unmoved` are terms that contradict the rest of the policy at an end.
    """

    swings: tuple[TermSwing, ...]
    unmoved: tuple[Term, ...]
    baseline: str
    shoppers: int
    replicates: int
    households: float

    def anchored(self, means: Mapping[str, float], households: float) -> "TermSwings":
        """Return the same moves about each policy's mean in a larger run, for its households.

        A small run tells well by how much a term moves a mean, for twins share their luck, but not the mean itself.
        """
        scale = households / self.households
        swings = tuple(_about(each, means[each.term.policy], scale) for each in self.swings)
        return replace(self, swings=swings, households=households)


def _about(swing: TermSwing, mean: float, scale: float) -> TermSwing:
    """Return the moves scaled, and shifted so that the mean as written is the one given."""
    scaled = swing.differences * scale
    return replace(swing, differences=scaled + (mean - scaled[:, 1].mean()))


def households_of(outcome: Outcome) -> float:
    """Return for how many households an outcome's amounts stand."""
    return float(outcome.weekly(Measure.SHOPPERS)[0, 0, 0])


def terms_of(scenario: Scenario, policies: Sequence[str] | None = None) -> list[Term]:
    """Return every number in the actions of the policies named, of all but the baseline if none are."""
    named = list(scenario.policies)[1:] if policies is None else policies
    return [
        term
        for policy in named
        for place, action in enumerate(scenario.policies[policy])
        for term in _terms_in(policy, place, action, scenario.weeks)
    ]


def move_terms(
    scenario: Scenario, policies: Sequence[str] | None = None, run: Callable[[Scenario], Outcome] = run_scenario
) -> TermSwings:
    """Return each policy's value against the baseline with each of its terms at either end.

    The policies as written and all that differ by one term are lived side by side, by the same shoppers with the same
    luck, in a run that is small beside the scenario's own. `run` gives the outcome of a scenario.
    """
    small, order = _small(scenario), list(scenario.policies)
    terms = terms_of(small, policies)
    movable = [term for term in terms if all(_is_possible(small, term, end) for end in term.ends)]
    share = max(1, _SIDE_BY_SIDE // 2)
    parts = [movable[start : start + share] for start in range(0, len(movable), share)]
    lived = [(part, run(_side_by_side(small, part))) for part in parts]
    swings = [swing for part, outcome in lived for swing in _read(outcome, part)]
    return TermSwings(
        tuple(sorted(swings, key=lambda each: (order.index(each.term.policy), -each.swing))),
        tuple(term for term in terms if term not in movable),
        next(iter(scenario.policies)),
        small.population.shoppers,
        small.replicates,
        households_of(lived[0][1]) if lived else float(small.population.shoppers),
    )


def _small(scenario: Scenario) -> Scenario:
    shoppers, replicates = scenario.population.shoppers, scenario.replicates
    return scenario.with_changes(shoppers=min(SHOPPERS, shoppers), replicates=min(REPLICATES, replicates))


# --- which terms, and how far ---------------------------------------------------------------------------------------


def _terms_in(policy: str, place: int, action: Action, weeks: int) -> Iterator[Term]:
    for name in type(action).model_fields:
        given = getattr(action, name)
        if name == FEE and given is None:
            yield Term(policy, place, _verb(action), name, None, observed(name), EVIDENCE[name])
        elif name in action.model_fields_set and _is_amount(given) and given:
            evidence = EVIDENCE.get(name, "")
            ends = observed(name) if evidence else _half_and_double(action, name, weeks)
            yield Term(policy, place, _verb(action), name, float(given), ends, evidence)


def _verb(action: Action) -> str:
    return str(getattr(action, "do", ""))


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _half_and_double(action: Action, name: str, weeks: int) -> tuple[float, float]:
    """Return half and double of a term, the latter cut off where the term or the run must end."""
    given = getattr(action, name)
    most = float(weeks) if name in _DATES else _most(action, name)
    low, high = given / 2, min(2.0 * given, most)
    return (max(1.0, float(round(low))), float(round(high))) if isinstance(given, int) else (low, high)


def _most(action: Action, name: str) -> float:
    bounds = [each.le for each in type(action).model_fields[name].metadata if hasattr(each, "le")]
    return float(min(bounds, default=np.inf))


# --- living them ----------------------------------------------------------------------------------------------------


def _side_by_side(scenario: Scenario, terms: Sequence[Term]) -> Scenario:
    """Return the scenario with the baseline, the policies as written, and two twins a term: moved down, moved up."""
    data, baseline = as_data(scenario), next(iter(scenario.policies))
    written = {name: data["policies"][name] for name in (baseline, *_policies(terms))}
    twins = {
        f"term {place} moved {way}": _actions(data, term, end)
        for place, term in enumerate(terms)
        for way, end in zip(("down", "up"), term.ends, strict=True)
    }
    return scenario_type().model_validate(data_with_policies(scenario, written | twins))


def _policies(terms: Sequence[Term]) -> list[str]:
    return list(dict.fromkeys(term.policy for term in terms))


def _read(outcome: Outcome, terms: Sequence[Term]) -> Iterator[TermSwing]:
    """Yield what the twins of each term have come to."""
    differences, policies = outcome.difference(), _policies(terms)
    for place, term in enumerate(terms):
        own, down = 1 + policies.index(term.policy), 1 + len(policies) + 2 * place
        settled = _fee_paid(outcome, own) if term.given is None else term.given
        yield TermSwing(term, settled, differences[:, [down, own, down + 1]])


def _fee_paid(outcome: Outcome, policy: int) -> float:
    """Return what was paid for a record and year, on average."""
    years = outcome.weekly(Measure.SHARED)[..., policy].sum() / YEAR
    return float(outcome.flow(Flow.FEES)[..., policy].sum() / 100 / years) if years else 0.0


def _actions(data: dict[str, Any], term: Term, value: float) -> list[dict[str, Any]]:
    """Return a policy's actions with one term at another value."""
    actions = [dict(action) for action in data["policies"][term.policy]]
    whole = isinstance(actions[term.place].get(term.name), int)
    actions[term.place][term.name] = int(value) if whole else value
    return actions


def _is_possible(scenario: Scenario, term: Term, value: float) -> bool:
    """Return whether a policy with a term at another value contradicts nothing."""
    data, baseline = as_data(scenario), next(iter(scenario.policies))
    policies = {baseline: data["policies"][baseline], term.policy: _actions(data, term, value)}
    try:
        scenario_type().model_validate(data_with_policies(scenario, policies))
    except ValidationError:
        return False
    return True
