"""What a measure is, and measures of a kind by name, as many as there are when they are asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from simulation.runs.readings import Floats, Readable, Series


@dataclass(frozen=True)
class Measure:
    """Something that is read off a run.

    Parameters
    ----------
    name
        What it is called in files and options.
    title
        What stands above a figure of it.
    unit
        Such as dollars, share, people.
    meaning
        What it is, in a clause.
    text
        Writes a value for people.
    more_is_better
        Whether the retailer's customers, or whoever it is about, would rather have more of it; None where that depends.
    weekly
        Reads it week by week from weekly totals; None for what has no weeks.
    columns
        The totals that `weekly` reads.
    total
        Reads one number a replicate and policy off an outcome; None for what is only shown by week.
    line
        The name under which every run of a study keeps it week by week.
    studied
        Whether every run of a study keeps its total.
    """

    name: str
    title: str
    unit: str
    meaning: str
    text: Callable[[float], str]
    more_is_better: bool | None = None
    weekly: Callable[[Series], Floats] | None = None
    columns: tuple[str, ...] = ()
    total: Callable[[Readable], Floats] | None = None
    line: str | None = None
    studied: bool = False
    so_far: bool = False
    """Whether `weekly` is read against the baseline's, twin by twin."""

    def of(self, outcome: Readable) -> Floats:
        """Return the total of every replicate and policy. Shape (replicates, policies)."""
        if self.total is None:
            raise ValueError(f"'{self.name}' is read by week only")
        return self.total(outcome)

    def by_week(self, outcome: Readable) -> Floats:
        """Return it week by week. Shape (replicates, weeks, policies)."""
        if self.weekly is None:
            raise ValueError(f"'{self.name}' has no weeks")
        return np.moveaxis(self.weekly(outcome.series), -1, 1)


class Known(Mapping[str, Measure]):
    """Measures by name, or by another key, those that are of a kind, among all that there are."""

    def __init__(
        self,
        every: Callable[[], Iterable[Measure]],
        kept: Callable[[Measure], bool],
        key: Callable[[Measure], str | None],
    ) -> None:
        self._every, self._kept, self._key = every, kept, key

    def _all(self) -> dict[str, Measure]:
        return {str(self._key(each)): each for each in self._every() if self._kept(each)}

    def __getitem__(self, name: str) -> Measure:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def refusing_shapes(measure: Measure) -> Callable[[Readable], Floats]:
    """Return a measure's reader of totals, which refuses what is not one number a replicate and policy."""

    def read(outcome: Readable) -> Floats:
        found = np.asarray(measure.total(outcome), np.float64) if measure.total else np.empty(0)
        if found.shape != outcome.value().shape:
            raise ValueError(f"the measure '{measure.name}' must return one number a replicate and policy")
        return found

    return read
