"""Policies and scenario files side by side: measures, differences twin by twin, and what they are due to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.questions.compare.attribution import Attribution, all_replicates, attribution_of, attribution_table
from simulation.questions.compare.causes import Causes
from simulation.questions.compare.differences import Change, differences, other_order
from simulation.runs.event_history import Diary, keep_diary
from simulation.runs.lived import outcome_of
from simulation.runs.measures import MEASURES
from simulation.runs.outcome import spread
from simulation.runs.tasks import Arrays, Carrier, Progress, Work, carry_out
from simulation.scenario.drawn import drawn_numbers
from simulation.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas

Floats = NDArray[np.float64]

COMPARED = {
    **{name: MEASURES[name] for name in ("card_use", "churn", "patrons", "members")},
    **{f"{name}_dollars": MEASURES[name] for name in ("revenue", "value")},
}
"""What is set side by side, by the names of columns: headline measures, patrons and active members at the end."""


@dataclass(frozen=True)
class Compared:
    """One scenario file's part in a comparison: differences by first cause, and by what first moved feelings.

    `values` holds what is set side by side, each of shape (replicates, policies).
    """

    name: str
    scenario: Scenario
    values: Mapping[str, Floats]
    attribution: Attribution
    by_feelings: Attribution

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies' names; the first is the baseline."""
        return tuple(self.scenario.policies)


@dataclass(frozen=True)
class Comparison:
    """Scenario files side by side; the first policy of each is its baseline.

    `changes` is what the second of two files asks otherwise than the first, as they are written.
    """

    files: tuple[Compared, ...]
    changes: tuple[Change, ...] = ()

    @property
    def rows(self) -> tuple[tuple[int, int], ...]:
        """Every policy as (file, policy), in the order in which they stand."""
        return tuple((file, policy) for file, each in enumerate(self.files) for policy in range(len(each.policies)))

    def label(self, file: int, policy: int) -> str:
        """Return a policy's name, with its file's where there are several."""
        name = self.files[file].policies[policy]
        return name if len(self.files) == 1 else f"{self.files[file].name}: {name}"

    def values(self, measure: str, file: int, policy: int) -> Floats:
        """Return a measure of one policy. Shape (replicates,)."""
        return self.files[file].values[measure][:, policy]

    def paired(self, measure: str, one: tuple[int, int], other: tuple[int, int]) -> Floats:
        """Return how much higher a measure is under `other`, twin by twin, for the replicates that both have."""
        ends = [self.values(measure, *row) for row in (one, other)]
        shared = min(map(len, ends))
        return ends[1][:shared] - ends[0][:shared]

    def why_no_twins(self, file: int, other: int) -> str:
        """Return in what two files differ so that their shoppers are not twins; "" if they are."""
        return why_no_twins(self.files[file].scenario, self.files[other].scenario)


def compare(
    scenarios: Mapping[str, Scenario], written: Mapping[str, Scenario] | None = None, carry: Carrier = carry_out
) -> Comparison:
    """Run scenarios, by name, and return their policies side by side, with what the differences are due to.

    `written` are the scenarios as they stand in their files, where those to run have been made smaller. `carry`
    simulates the replicates.
    """
    asked = list((written or scenarios).values())
    changes = differences(asked[0], asked[1]) if len(asked) == 2 else ()  # noqa: PLR2004
    works = [Comparing(each, replicate) for each in scenarios.values() for replicate in range(each.replicates)]
    found = iter(carry(works))
    parts = {name: [next(found) for _ in range(each.replicates)] for name, each in scenarios.items()}
    return Comparison(tuple(_joined(name, scenarios[name], each) for name, each in parts.items()), changes)


def _joined(name: str, scenario: Scenario, parts: Sequence[Compared]) -> Compared:
    """Return the replicates of a scenario, each compared by itself, as one."""
    values = {measure: np.concatenate([each.values[measure] for each in parts]) for measure in COMPARED}
    first, moved = ([getattr(each, split) for each in parts] for split in ("attribution", "by_feelings"))
    return Compared(name, scenario, values, all_replicates(first), all_replicates(moved))


class Comparing(Work[Compared]):
    """One replicate, simulated beside a diary and a search for causes."""

    def live(self, threads: int, progress: Progress) -> Compared:
        """Return what the replicate comes to."""
        found: list[Causes] = []

        def each_week(diary: Diary) -> None:
            if not found:
                found.append(Causes(diary))
            found[0].note(diary)
            progress(1)

        diary = keep_diary(self.scenario, self.replicate, threads, each_week)
        outcome = outcome_of(diary.model)
        values = {name: measure.of(outcome) for name, measure in COMPARED.items()}
        causes = (found[0].first, found[0].moved)
        return Compared("", self.scenario, values, *(attribution_of(diary, each) for each in causes))

    def packed(self, found: Compared) -> Arrays:
        """Return values, and both ways of splitting, by name."""
        splits = {"first": found.attribution.counts, "moved": found.by_feelings.counts}
        return {**found.values, **splits, "opening_patrons": found.attribution.opening_patrons}

    def unpacked(self, arrays: Arrays) -> Compared:
        """Return them from arrays by name."""
        policies, patrons = tuple(self.scenario.policies), arrays["opening_patrons"]
        splits = (Attribution(policies, arrays[name], patrons) for name in ("first", "moved"))
        return Compared("", self.scenario, {name: arrays[name] for name in COMPARED}, *splits)


def why_no_twins(one: Scenario, other: Scenario) -> str:
    """Return in what two scenarios differ so that their shoppers are not twins; "" if they are."""
    parts = {
        "seed": (one.seed, other.seed),
        "shoppers": (one.population.shoppers, other.population.shoppers),
        "households of the chain": (one.chain.households, other.chain.households),
        "weeks": (one.weeks, other.weeks),
        "markets": (_shares(one), _shares(other)),
    }
    return "; ".join(f"{name} {first} and {second}" for name, (first, second) in parts.items() if first != second)


def _shares(scenario: Scenario) -> str:
    return ", ".join(f"{name} {share}" for name, share in scenario.markets.items())


def caveats(comparison: Comparison) -> Iterator[str]:
    """Yield what to bear in mind about pairs of files: no twins, other numbers, other luck, fewer replicates.

    The files are taken as they have been simulated.
    """
    for one, other in combinations(range(len(comparison.files)), 2):
        names = " and ".join(comparison.files[place].name for place in (one, other))
        scenarios = comparison.files[one].scenario, comparison.files[other].scenario
        if reason := comparison.why_no_twins(one, other):
            yield f"{names} are not twins ({reason}): they stand side by side, without paired differences."
            continue
        if _other_numbers(*scenarios):
            yield f"{names} live the same luck under other numbers: a paired difference holds what these change, too."
        yield from (f"{names}: {words}." for words in other_order(*scenarios))
        counts = [scenario.replicates for scenario in scenarios]
        if counts[0] != counts[1]:
            yield f"{names} have {counts[0]} and {counts[1]} replicates: the first {min(counts)} are paired."


def _other_numbers(one: Scenario, other: Scenario) -> bool:
    shared = range(min(one.replicates, other.replicates))
    return any(
        {**one.overrides, **drawn_numbers(one, place)} != {**other.overrides, **drawn_numbers(other, place)}
        for place in shared
    )


# --- tables -------------------------------------------------------------------------------------------------------


def side_by_side(comparison: Comparison) -> "pandas.DataFrame":
    """Return one row a policy: median, 10 % and 90 % of every measure, and of its difference from the own baseline."""
    import pandas as pd

    rows = []
    for file, policy in comparison.rows:
        each = comparison.files[file]
        row: dict[str, str | float] = {"file": each.name, "policy": each.policies[policy]}
        for measure in COMPARED:
            row |= _spread_of(measure, comparison.values(measure, file, policy))
            row |= _spread_of(f"{measure}_difference", comparison.paired(measure, (file, 0), (file, policy)))
        rows.append(row)
    return pd.DataFrame(rows)


def pairs(comparison: Comparison) -> "pandas.DataFrame":
    """Return one row a measure and pair of policies with twins: how much higher it is under the other."""
    import pandas as pd

    rows = []
    for one, other in combinations(comparison.rows, 2):
        if one[0] != other[0] and comparison.why_no_twins(one[0], other[0]):
            continue
        for measure in COMPARED:
            found = comparison.paired(measure, one, other)
            ends = {"one": comparison.label(*one), "other": comparison.label(*other), "measure": measure}
            shares = {"mean": found.mean(), "higher_in": (found > 0).mean(), "replicates": len(found)}
            rows.append(ends | _spread_of("difference", found) | shares)
    return pd.DataFrame(rows)


def attributed(comparison: Comparison) -> "pandas.DataFrame":
    """Return the attributions of all files: one row a file, way of splitting, policy, replicate, cause and group."""
    import pandas as pd

    parts = [
        attribution_table(found).assign(file=each.name, split_by=by)
        for each in comparison.files
        for by, found in (("first cause", each.attribution), ("first feeling", each.by_feelings))
    ]
    table = pd.concat(parts, ignore_index=True)
    return table[["file", "split_by", *table.columns[:-2]]]


def _spread_of(name: str, values: Floats) -> dict[str, float]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), spread(values), strict=True))
