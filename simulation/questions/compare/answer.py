"""A comparison as words, tables and figures: left because of, by first cause, and by segment and tier."""

from collections.abc import Callable, Iterator
from operator import itemgetter

import numpy as np

from simulation.questions.answer import Answer
from simulation.questions.compare.attribution import MEASURES
from simulation.questions.compare.causes import MEANINGS, Cause
from simulation.questions.compare.comparison import Comparison, attributed, pairs, side_by_side
from simulation.questions.compare.figures import pictures
from simulation.questions.compare.words import NOTE, amount, in_words
from simulation.runs.caveats import CAVEAT
from simulation.runs.formats import dollars, percent
from simulation.runs.outcome import spread
from simulation.runs.provenance import origin
from simulation.show.tables import Column, Row, Table, frame_of

_TABLES = {
    "comparison.csv": "a row a policy: median, 10 % (low) and 90 % (high) over replicates of each measure, and of its "
    "difference from the file's own baseline, twin by twin",
    "pairs.csv": "a row a measure and pair of policies with twins: by how much it is higher under the other, and in "
    "which share of replicates",
    "attribution.csv": "a row a policy, replicate, cause, segment and tier in which anybody is, split by the first "
    "cause and again by what first moved feelings: differences from the baseline in whole simulated people and "
    "their whole cents",
    "changes.csv": "of two files: what the second asks otherwise than the first",
}


def of_comparison(comparison: Comparison) -> Answer:
    """Return policies side by side, twin by twin, and why more shoppers left under each."""
    import pandas as pd

    changes = Table("changes", lambda: pd.DataFrame(map(vars, comparison.changes), columns=["where", "what"]))
    attributions = (_attributed(comparison, file, policy) for file, policy in comparison.rows if policy > 0)
    return Answer(
        question="compare",
        title="Policies side by side",
        asked={each.name: origin(each.scenario, "") for each in comparison.files},
        said=tuple(in_words(comparison)),
        found=comparison,
        tables=(
            _side_by_side(comparison),
            *attributions,
            Table("pairs", lambda: pairs(comparison)),
            Table("attribution", lambda: attributed(comparison)),
            *([changes] if len(comparison.files) == 2 else []),  # noqa: PLR2004
        ),
        draw=lambda: pictures(comparison),
        notes=(NOTE, CAVEAT),
        values={
            "causes": {cause.name.lower(): meaning for cause, meaning in MEANINGS.items()},
            "measures": MEASURES,
            "tables": _TABLES,
        },
    )


# --- tables -------------------------------------------------------------------------------------------------------


def _side_by_side(comparison: Comparison) -> Table:
    """Return a row a file and policy: measures, and differences from the own baseline and from the first file."""
    several = len(comparison.files) > 1
    places = dict(zip(((each, policy) for each, policy in _named(comparison)), comparison.rows, strict=True))

    def at(row: Row) -> tuple[int, int]:
        return places[row["file"], row["policy"]]

    columns = [Column("policy", lambda row: comparison.label(*at(row)), left=True)]
    columns += [Column(head, _median_of(comparison, at, *how)) for head, how in _MEASURED.items()]
    columns.append(Column("against the own baseline", lambda row: _against_own(comparison, at(row))))
    if several:
        first = comparison.files[0].name
        columns.append(Column(f"against the same in {first}", lambda row: _against_first(comparison, at(row))))
    return Table("comparison", lambda: side_by_side(comparison), tuple(columns))


_MEASURED: dict[str, tuple[str, Callable[[float], str]]] = {
    "card use": ("card_use", percent),
    "churn": ("churn", percent),
    "value": ("value_dollars", lambda value: dollars(value, digits=4)),
}


def _named(comparison: Comparison) -> Iterator[tuple[str, str]]:
    for file, policy in comparison.rows:
        yield comparison.files[file].name, comparison.files[file].policies[policy]


def _median_of(
    comparison: Comparison, at: Callable[[Row], tuple[int, int]], measure: str, write: Callable[[float], str]
) -> Callable[[Row], str]:
    return lambda row: write(float(np.median(comparison.values(measure, *at(row)))))


def _against_own(comparison: Comparison, place: tuple[int, int]) -> str:
    return "baseline" if place[1] == 0 else _paired(comparison, (place[0], 0), place)


def _against_first(comparison: Comparison, place: tuple[int, int]) -> str:
    """Return how much more a policy is worth than that of the same name in the first file, if they have twins."""
    file, policy = place
    names = comparison.files[0].policies
    name = comparison.files[file].policies[policy]
    if file == 0 or name not in names:
        return ""
    twins = not comparison.why_no_twins(0, file)
    return _paired(comparison, (0, names.index(name)), place) if twins else "no twins"


def _paired(comparison: Comparison, one: tuple[int, int], other: tuple[int, int]) -> str:
    found = comparison.paired("value_dollars", one, other)
    middle, low, high = spread(found)
    interval = f" ({dollars(low, True)} to {dollars(high, True)})" if len(found) > 1 else ""
    return f"{dollars(middle, True)}{interval}"


def _attributed(comparison: Comparison, file: int, policy: int) -> Table:
    """Return what each first cause comes to under a policy, and all together: means over replicates, for people."""
    counts, scale = comparison.files[file].attribution.counts, comparison.files[file].scenario.households_per_shopper
    means = scale * counts[:, policy].sum(axis=(2, 3)).mean(axis=0)
    rows = [(cause.name.lower().replace("_", " "), *means[cause]) for cause in Cause if means[cause, 1]]
    columns = (
        Column("first cause", itemgetter("cause"), left=True),
        Column("live differently", lambda row: f"{row['living_differently']:,.0f}"),
        *(Column(head, _people(name)) for head, name in _PEOPLE.items()),
        *(Column(head, _cents(name)) for head, name in _MONEY.items()),
    )
    names = ("cause", *MEASURES)
    everything = [*rows, ("all together", *means.sum(axis=0))]
    title = f"{comparison.label(file, policy)}: differences from the baseline by first cause"
    return Table("", lambda: frame_of(names, iter(everything)), columns, title)


_PEOPLE = {"left (net)": "left", "patrons": "patrons", "members": "members"}
_MONEY = {"sales": "sales_cents", "on the card": "carded_sales_cents"}


def _people(name: str) -> Callable[[Row], str]:
    return lambda row: amount(row[name], signed=True)


def _cents(name: str) -> Callable[[Row], str]:
    return lambda row: dollars(row[name] / 100, signed=True)
