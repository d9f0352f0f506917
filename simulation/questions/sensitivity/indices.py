"""Which numbers an answer hangs on: screening, shares of the variance, and swings of single numbers.

Chance is one more thing that is not known: every point lives with a luck, and the share of the variance that is
chance is estimated beside those of the numbers. Needs SALib (extra `study`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import Purpose, keys_of_week, word_of
from simulation.runs.estimates import Estimate, standard_error

Floats = NDArray[np.float64]
Measured = Callable[[Sequence[Mapping[str, float]], Sequence[int]], Floats]

CHANCE, REST = "chance", "the other numbers"
_LEVELS = 4  # of each number in a screening
_LUCKS = 1_024  # kinds of luck to draw from
_SEED_BITS = 32


@dataclass(frozen=True)
class Question:
    """What varies, and what is measured of it.

    `ends` are the low and high end of every number by name, `grades` how good they are known, `at` turns a point of
    the unit cube into numbers; `measured` returns one value for each set of numbers lived with each luck.
    """

    ends: Mapping[str, tuple[float, float]]
    grades: Mapping[str, str]
    at: Callable[[Floats], Mapping[str, float]]
    measured: Measured
    seed: int

    @property
    def names(self) -> tuple[str, ...]:
        """The numbers that vary."""
        return tuple(self.ends)

    def values(self, points: Floats, luck: Sequence[int]) -> Floats:
        """Return what is measured at points of the unit cube. Shape (points,)."""
        return np.asarray(self.measured([self.at(point) for point in points], luck), dtype=np.float64)


@dataclass(frozen=True)
class Screened:
    """Morris's elementary effects of each number: what it changes over its whole range, others being anywhere.

    `influence` is the mean size (mu*), `error` half its 95 % interval, `spread` the standard deviation (sigma): large
    where the effect depends on other numbers. `agreeing` says how many of the first few both halves of the
    trajectories name.
    """

    names: tuple[str, ...]
    influence: Floats
    error: Floats
    spread: Floats
    agreeing: int

    def first(self, few: int) -> tuple[str, ...]:
        """Return the names of the most influential, the strongest first."""
        order = np.argsort(-self.influence, kind="stable")
        return tuple(self.names[place] for place in order[:few] if self.influence[place] > 0)


@dataclass(frozen=True)
class Share:
    """The share of the variance that comes from something alone, and with all that it takes part in (Sobol).

    Errors are half the width of 95 % intervals; estimates from few samples may lie below 0 or above 1.
    """

    name: str
    alone: float
    alone_error: float
    total: float
    total_error: float


@dataclass(frozen=True)
class Shares:
    """Shares of the variance by grade of the numbers and by number, chance among both; `deviation` of one run."""

    by_grade: tuple[Share, ...]
    by_number: tuple[Share, ...]
    deviation: float


@dataclass(frozen=True)
class Swing:
    """The measure at both ends of one number, everything else as in a run; means over the same replicates."""

    name: str
    ends: tuple[float, float]
    low: float
    high: float
    moved: Estimate  # from the low to the high end, replicate by replicate


# --- screening ----------------------------------------------------------------------------------------------------


def screening(question: Question, trajectories: int, few: int) -> Screened:
    """Return each number's influence by Morris's method; every trajectory has a luck of its own.

    Raises ValueError if there are too few trajectories.
    """
    from SALib.sample import morris

    if trajectories < 2:  # noqa: PLR2004
        raise ValueError("screening needs 2 trajectories or more")
    problem, seed = _problem(question.names), seed_of(question.seed, 0)
    points = morris.sample(problem, trajectories, num_levels=_LEVELS, seed=seed)
    luck = np.repeat(np.arange(trajectories), len(question.names) + 1)
    values = question.values(points, luck.tolist())
    whole = _effects(problem, points, values, seed)
    return Screened(
        question.names,
        np.asarray(whole["mu_star"], dtype=np.float64),
        np.asarray(whole["mu_star_conf"], dtype=np.float64),
        np.asarray(whole["sigma"], dtype=np.float64),
        _agreeing(problem, points, values, few),
    )


def _agreeing(problem: dict[str, Any], points: Floats, values: Floats, few: int) -> int:
    """Return how many of the first few are named by both halves of the trajectories."""
    length = problem["num_vars"] + 1
    half = len(values) // length // 2 * length
    firsts = []
    for part in (slice(None, half), slice(half, 2 * half)):
        steps = np.diff(values[part].reshape(-1, length), axis=1)
        moved = np.diff(points[part].reshape(-1, length, length - 1), axis=1).argmax(axis=2)
        sizes = np.zeros(length - 1)
        np.add.at(sizes, moved, np.abs(steps))
        firsts.append(set(np.argsort(-sizes, kind="stable")[:few].tolist()))
    return len(firsts[0] & firsts[1])


def _effects(problem: dict[str, Any], points: Floats, values: Floats, seed: int) -> Any:
    from SALib.analyze import morris

    return morris.analyze(problem, points, values, num_levels=_LEVELS, seed=seed)


# --- shares of the variance ---------------------------------------------------------------------------------------


def shares(question: Question, few: Sequence[str], samples: int) -> Shares:
    """Return the shares of the variance by grade, and by number for the few named.

    All numbers vary at all times, so the shares are of the whole variance. `samples` is a power of 2. Raises
    ValueError where it is not, and where nothing varies.
    """
    if samples < 2 or samples & (samples - 1):  # noqa: PLR2004
        raise ValueError(f"{samples} samples fill the ranges unevenly; choose a power of 2, such as 32, 64 or 128")
    by_grade = _grouped(question, [question.grades[name] for name in question.names])
    by_number = _grouped(question, [name if name in few else REST for name in question.names])
    points = [_saltelli(problem, samples, question.seed) for problem in (by_grade, by_number)]
    every = np.concatenate(points)
    values = question.values(every[:, :-1], (every[:, -1] * _LUCKS).astype(np.int64).tolist())
    if np.ptp(values) == 0:
        raise ValueError("nothing that is varied changes what is measured")
    grade, number = np.split(values, [len(points[0])])
    deviation = float(np.std(_independent(by_grade, grade)))
    return Shares(
        _indices(by_grade, grade, question.seed), _indices(by_number, number, question.seed), deviation=deviation
    )


def runs_of_shares(question: Question, few: int, samples: int) -> int:
    """Return how many runs the shares take: both kinds share the two samples that they are made of."""
    grades = len(set(question.grades.values()))
    rest = len(question.names) > few
    return samples * (2 + grades + few + rest + 1)


def _grouped(question: Question, groups: Sequence[str]) -> dict[str, Any]:
    """Return a problem in which numbers move in groups, and luck is one more."""
    return _problem((*question.names, CHANCE)) | {"groups": [*groups, CHANCE]}


def _saltelli(problem: dict[str, Any], samples: int, seed: int) -> Floats:
    from SALib.sample import sobol

    return np.asarray(sobol.sample(problem, samples, calc_second_order=False, seed=seed_of(seed, 1)))


def _indices(problem: dict[str, Any], values: Floats, seed: int) -> tuple[Share, ...]:
    from SALib.analyze import sobol

    found = sobol.analyze(problem, values, calc_second_order=False, seed=seed_of(seed, 2))
    columns = (found[name].tolist() for name in ("S1", "S1_conf", "ST", "ST_conf"))
    return tuple(Share(*row) for row in zip(_groups(problem), *columns, strict=True))


def _groups(problem: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(problem["groups"]))


def _independent(problem: dict[str, Any], values: Floats) -> Floats:
    """Return the values at the points that have nothing in common: the first and last of each sample."""
    rows = values.reshape(-1, len(_groups(problem)) + 2)
    return rows[:, [0, -1]].ravel()


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def seed_of(seed: int, part: int) -> int:
    """Return a seed, never 0, for a part of a study that uses a generator of its own."""
    key = keys_of_week(seed, 0, 0)[Purpose.STUDY]
    return (int(word_of(key, 100 + part)) >> _SEED_BITS) | 1


# --- single numbers -----------------------------------------------------------------------------------------------


def swings(question: Question, few: Sequence[str], replicates: int) -> tuple[Estimate, list[Swing]]:
    """Return the measure with everything as in a run, and at both ends of each of the few numbers named."""
    worlds: list[dict[str, float]] = [{}, *({name: end} for name in few for end in question.ends[name])]
    every = [world for world in worlds for _ in range(replicates)]
    values = question.measured(every, list(range(replicates)) * len(worlds))
    usual, *ends = np.asarray(values).reshape(-1, replicates)
    return _mean(usual), [
        Swing(name, question.ends[name], float(low.mean()), float(high.mean()), _mean(high - low))
        for name, low, high in zip(few, ends[::2], ends[1::2], strict=True)
    ]


def _mean(values: Floats) -> Estimate:
    """Return the mean over replicates and its standard error, if there are several."""
    return Estimate(float(values.mean()), standard_error(values) if values.size > 1 else None)
