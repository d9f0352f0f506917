"""Optimising a policy's levers toward several aims at once: the front of what nothing tried beats in every aim.

The search is the tree-structured Parzen estimator for several aims of optuna (Ozaki and others, GECCO 2020), asked
for batches of a constant size, so that what it tries does not depend on how many processes live the runs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import Purpose, keys_of_week
from simulation.behaviour.parameters import parameters
from simulation.questions.optimise.levers import Lever, Point, Value, side_by_side
from simulation.runs.bootstrap import chance_correlation, rank_correlations
from simulation.runs.measures import MEASURES
from simulation.runs.sampling import World, tasks_of, worlds
from simulation.runs.tasks import Task
from simulation.scenario.drawn import drawn_addresses
from simulation.scenario.schema import Scenario

Floats = NDArray[np.float64]
Wanted = Literal["maximize", "minimize"]
Lived = Callable[[Sequence[Task]], Mapping[str, Floats]]
"""What lives tasks and returns every measure; shape (worlds, policies)."""

BATCH = 12
"""So many trials are chosen at once, before their results are known."""

_SIDE_BY_SIDE = 60  # policies in one run
_OFTEN = 0.01  # how often chance alone may give the strongest rank correlation that is told


@dataclass(frozen=True)
class Aim:
    """What is wanted more of, or less: a measure kept of every run, or its difference from the baseline's."""

    measure: str
    against_baseline: bool
    meaning: str

    @property
    def wanted(self) -> Wanted:
        """Whether more of it is wanted, or less."""
        return "maximize" if MEASURES[self.measure].more_is_better else "minimize"


AIMS: Mapping[str, Aim] = {
    "value": Aim("value", True, "discounted value less the baseline's, dollars"),
    "trust": Aim("trust", False, "mean trust in the last week, 0 to 1"),
    "harm": Aim("harm", False, MEASURES["harm"].meaning),
}
"""What can be optimised for."""


def aims_of(names: Sequence[str]) -> tuple[str, ...]:
    """Return the aims named, two at least; raises ValueError in plain words."""
    for name in names:
        if name not in AIMS:
            raise ValueError(f"aims: there is no aim called '{name}'; known here: {', '.join(AIMS)}")
    if len(set(names)) < max(2, len(names)):
        raise ValueError(f"aims: name two aims at least, each once; known here: {', '.join(AIMS)}")
    return tuple(names)


@dataclass(frozen=True)
class Option:
    """A way to set the levers, and how it does by each aim: in the worlds searched, and in fresh ones."""

    name: str
    point: Point
    searched: Floats  # (aims,)
    fresh: Floats  # (worlds, aims)

    @property
    def mean(self) -> Floats:
        """How it does in fresh worlds on average. Shape (aims,)."""
        return np.asarray(self.fresh.mean(axis=0))


@dataclass(frozen=True)
class Front:
    """What a search has found: options that no trial beats in every aim, beside the policy itself and the baseline."""

    policy: str
    baseline: str
    aims: tuple[str, ...]
    levers: tuple[Lever, ...]
    trials: int
    worlds: int
    fresh_worlds: Sequence[World]
    options: tuple[Option, ...]
    own: Option
    nothing: Option


def runs_of(trials: int, searched: int, fresh: int) -> int:
    """Return how many runs a search takes, if one run holds the whole front."""
    return (ceil(trials / BATCH) + 1) * searched + fresh


def first_tasks(
    scenario: Scenario, policy: str, levers: Sequence[Lever], aims: Sequence[str], trials: int, searched: int
) -> list[Task]:
    """Return the tasks of the first batch: what a search will surely live."""
    found: list[Task] = []

    def note(points: Sequence[Point]) -> Floats:
        found.extend(tasks_of(side_by_side(scenario, policy, points), _worlds(scenario, searched)))
        return np.zeros((len(points), len(aims)))

    search(levers, [AIMS[aim].wanted for aim in aims], note, min(trials, BATCH), seed_of(scenario))
    return found


def optimise(
    scenario: Scenario,
    policy: str,
    levers: Sequence[Lever],
    aims: Sequence[str],
    live: Lived,
    trials: int = 96,
    searched: int = 16,
    fresh: int = 64,
) -> Front:
    """Return the front of a policy's levers: searched in some worlds, lived again in fresh ones.

    Every trial is lived in the same worlds, each with luck of its own. The front is chosen by the worlds searched; how
    its options do in fresh worlds is the figure to go by, since the search has fitted them to the others.
    """
    every = _worlds(scenario, searched + fresh)

    def lived(points: Sequence[Point], first: int, last: int) -> Floats:
        tasks = tasks_of(side_by_side(scenario, policy, points), every[first:last], first=first)
        return _readings(live(tasks), aims)

    def score(points: Sequence[Point]) -> Floats:
        return np.asarray(lived(points, 0, searched)[:, 1:].mean(axis=0))

    points, values = search(levers, [AIMS[aim].wanted for aim in aims], score, trials, seed_of(scenario))
    kept = undominated(values, [AIMS[aim].wanted for aim in aims])
    shown = [{}, *(points[place] for place in kept)]
    again = _in_parts(lambda part: lived(part, searched, searched + fresh), shown)
    own, nothing = score([{}])[0], np.zeros(len(aims))
    names = ("baseline", "own policy", *(f"trial {place + 1}" for place in kept))
    found = (nothing, own, *values[kept])
    options = [
        Option(name, point, before, after)
        for name, point, before, after in zip(names, ({}, *shown), found, again.transpose(1, 0, 2), strict=True)
    ]
    options[2:] = sorted(options[2:], key=lambda option: -_signs(aims)[0] * option.mean[0])
    return Front(
        policy, next(iter(scenario.policies)), tuple(aims), tuple(levers), trials, searched, every[searched:],
        tuple(options[2:]), options[1], options[0],
    )  # fmt: skip


def _worlds(scenario: Scenario, count: int) -> list[dict[str, float]]:
    return worlds(scenario, drawn_addresses(scenario), count)


def seed_of(scenario: Scenario) -> int:
    """Return the seed of the search, by the scenario's."""
    return int(keys_of_week(scenario.seed, 0, 0)[Purpose.OPTIMISING] >> np.uint64(33))


def _readings(measures: Mapping[str, Floats], aims: Sequence[str]) -> Floats:
    """Return how every policy does by each aim, the baseline first. Shape (worlds, policies, aims)."""
    columns = []
    for aim in (AIMS[name] for name in aims):
        values = measures[aim.measure]
        columns.append(values - values[:, :1] if aim.against_baseline else values)
    return np.stack(columns, axis=2)


def _in_parts(lived: Callable[[Sequence[Point]], Floats], points: Sequence[Point]) -> Floats:
    """Return readings of more policies than one run holds, the baseline once. Shape (worlds, policies, aims)."""
    parts = [lived(points[start : start + _SIDE_BY_SIDE]) for start in range(0, len(points), _SIDE_BY_SIDE)]
    return np.concatenate([parts[0], *(part[:, 1:] for part in parts[1:])], axis=1)


# --- the search ---------------------------------------------------------------------------------------------------


def search(
    levers: Sequence[Lever],
    wanted: Sequence[Wanted],
    score: Callable[[Sequence[Point]], Floats],
    trials: int,
    seed: int,
) -> tuple[list[dict[str, Value]], Floats]:
    """Return all points tried and their scores, shape (trials, aims); `score` is called with a batch of points.

    Raises ValueError where the scores are not finite.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(directions=list(wanted), sampler=optuna.samplers.TPESampler(seed=seed))
    spaces = {lever.name: _space(lever) for lever in levers}
    points: list[dict[str, Value]] = []
    found: list[Floats] = []
    while len(points) < trials:
        asked = [study.ask(spaces) for _ in range(min(BATCH, trials - len(points)))]
        batch = [dict(trial.params) for trial in asked]
        scores = score(batch)
        for trial, values in zip(asked, scores, strict=True):
            study.tell(trial, [float(value) for value in values])
        points += batch
        found += list(scores)
    return points, np.array(found)


def _space(lever: Lever) -> Any:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if lever.choices:
        return CategoricalDistribution(lever.choices)
    if lever.whole:
        return IntDistribution(round(lever.low), round(lever.high))
    return FloatDistribution(lever.low, lever.high)


def undominated(values: Floats, wanted: Sequence[Wanted]) -> list[int]:
    """Return the places of rows that no other row beats: at least as good in all aims, better in one.

    Of equal rows the first is kept. In order of the first aim, the best first.
    """
    better = values * np.array([1.0 if want == "maximize" else -1.0 for want in wanted])
    kept = [place for place, row in enumerate(better) if not _beaten(better, place, row)]
    return sorted(kept, key=lambda place: -better[place, 0])


def _beaten(better: Floats, place: int, row: Floats) -> bool:
    as_good = (better >= row).all(axis=1)
    equal = (better == row).all(axis=1)
    return bool((as_good & ~equal).any() or equal[:place].any())


# --- reading a front ----------------------------------------------------------------------------------------------


def standing(front: Front) -> list[Option]:
    """Return the options that the baseline does not equal or beat in every aim in fresh worlds; all if none is left."""
    signs = _signs(front.aims)
    left = [option for option in front.options if (signs * option.mean > signs * front.nothing.mean).any()]
    return left or list(front.options)


def ends(front: Front) -> dict[str, Option]:
    """Return the standing option that does best by each aim in fresh worlds."""
    signs = _signs(front.aims)
    return {
        aim: max(standing(front), key=lambda option: signs[place] * option.mean[place])
        for place, aim in enumerate(front.aims)
    }


def middle(front: Front) -> Option:
    """Return the standing option whose distance from the best, in parts of the span, is least in its worst aim."""
    options = standing(front)
    better = np.array([option.mean for option in options]) * _signs(front.aims)
    span = np.maximum(better.max(axis=0) - better.min(axis=0), 1e-12)
    return options[int(np.argmin(((better.max(axis=0) - better) / span).max(axis=1)))]


def _signs(aims: Sequence[str]) -> Floats:
    return np.array([1.0 if AIMS[aim].wanted == "maximize" else -1.0 for aim in aims])


def leans_on(front: Front, option: Option) -> dict[str, float]:
    """Return the guesses with which an option's first aim rises and falls over fresh worlds, as rank correlations.

    Only numbers graded assumption that the worlds differ in, and only where chance would give any of them so much one
    time in a hundred; the strongest first.
    """
    count, known = len(front.fresh_worlds), parameters()
    guesses = [address for address in front.fresh_worlds[0] if known[address].unfitted.grade == "assumption"]
    drawn = np.array([[world[address] for world in front.fresh_worlds] for address in guesses]).reshape(-1, count)
    found = dict(zip(guesses, rank_correlations(drawn, option.fresh[None, :, 0])[:, 0].tolist(), strict=True))
    least = chance_correlation(count, len(found), _OFTEN)
    telling = [address for address, size in found.items() if abs(size) > least]
    return {address: found[address] for address in sorted(telling, key=lambda address: -abs(found[address]))}
