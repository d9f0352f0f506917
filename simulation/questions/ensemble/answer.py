"""An ensemble as words, tables and figures."""

from collections.abc import Callable
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from simulation.questions.answer import Answer
from simulation.questions.ensemble.ensemble import Ensemble
from simulation.questions.ensemble.variance import PARTS, error_of_median, losing, share_intervals, twins_pay
from simulation.questions.ensemble.words import (
    MEANINGS,
    difference_in_words,
    enough_in_words,
    parts_in_words,
    sized,
    twins_in_words,
)
from simulation.runs.caveats import CAVEAT
from simulation.runs.formats import dollars
from simulation.runs.measures import LINES, STUDIED
from simulation.runs.outcome import DEFINITIONS
from simulation.show.drawing import (
    COLOURS,
    DASHES,
    STYLE,
    Picture,
    blank,
    label_ends,
    smoothed,
    whole_percent,
    write_caption,
)
from simulation.show.fan_charts import Fan, fan_picture
from simulation.show.tables import Column, Row, Table, frame_of

if TYPE_CHECKING:
    import pandas

_HATCHES = ("", "///")
_PART_COLOURS = (COLOURS[1], COLOURS[2])


def of_ensemble(found: Ensemble, wanted: float | None) -> Answer:
    """Return how far outcomes spread, what of that is chance, and how sure the means are."""
    others = range(1, len(found.policies))
    return Answer(
        question="ensemble",
        title=f"{found.scenario.title}: value against {found.policies[0]}",
        asked={
            "numbers": list(found.draws[0]),
            "draws": len(found.draws),
            "replicates_of_each": found.replicates,
            "standard_error_wanted": wanted,
        },
        said=(
            *(difference_in_words(found, policy) for policy in others),
            *(parts_in_words(*each) for each in zip(found.policies[1:], found.splits(), strict=True)),
            enough_in_words(found, wanted),
        ),
        found=found,
        tables=(
            _spread(found),
            Table("draws", lambda: draws(found)),
            Table("summary", lambda: summary(found)),
            Table("variance", lambda: variance(found)),
        ),
        draw=lambda: pictures(found),
        notes=(sized(found), twins_in_words(found), *(f"{name}: {what}." for name, what in _DEFINED.items()), CAVEAT),
    )


_DEFINED = {"Difference": DEFINITIONS["difference"], **{name.capitalize(): what for name, what in MEANINGS.items()}}


def _spread(found: Ensemble) -> Table:
    """Return a row a policy: where the spread of its difference comes from, for people."""
    rows = zip(found.policies[1:], found.splits(), strict=True)
    columns = (
        Column("policy", itemgetter("policy"), left=True),
        *(Column(name, _share_of(place)) for place, name in enumerate(PARTS)),
        Column("standard deviation", lambda row: dollars(row["parts"].total ** 0.5)),
    )
    return Table("", lambda: frame_of(("policy", "parts"), rows), columns, "Where the spread comes from")


def _share_of(place: int) -> Callable[[Row], str]:
    return lambda row: f"{row['parts'].shares[place]:.0%}" if row["parts"].total else ""


# --- tables -------------------------------------------------------------------------------------------------------


def draws(found: Ensemble) -> "pandas.DataFrame":
    """Return one row a draw, replicate and policy: the numbers drawn, and every measure of the run."""
    import pandas as pd

    shape = (len(found.draws), found.replicates, len(found.policies))
    draw, replicate, policy = np.indices(shape).reshape(3, -1)
    columns: dict[str, Any] = {"draw": draw, "replicate": replicate, "policy": np.array(found.policies)[policy]}
    for address in found.draws[0]:
        columns[address] = np.array([numbers[address] for numbers in found.draws])[draw]
    columns |= {name: found.measure(name).ravel() for name in STUDIED}
    columns["difference"] = found.difference().ravel()
    return pd.DataFrame(columns)


def summary(found: Ensemble) -> "pandas.DataFrame":
    """Return one row a policy: its difference in value in dollars, with the errors of what is estimated."""
    import pandas as pd

    return pd.DataFrame([_summary(found, policy) for policy in range(1, len(found.policies))])


def _summary(found: Ensemble, policy: int) -> dict[str, object]:
    table, values = found.difference()[..., policy], found.measure()
    tenth, middle, ninetieth = np.quantile(table, [0.1, 0.5, 0.9])
    share, low, high = losing(table)
    return {
        "policy": found.policies[policy],
        "mean": table.mean(),
        "mean_error": found.splits()[policy - 1].error,
        "median": middle,
        "median_error": error_of_median(table, found.scenario.seed),
        "tenth": tenth,
        "ninetieth": ninetieth,
        "loses": share,
        "loses_low": low,
        "loses_high": high,
        "variance_without_twins_ratio": twins_pay(values[..., policy], values[..., 0]),
    }


def variance(found: Ensemble) -> "pandas.DataFrame":
    """Return one row a measure, policy and part of the variance: its share, with a 95 % interval."""
    import pandas as pd

    rows = []
    for measure in STUDIED:
        for place, parts in enumerate(found.splits(measure), 1):
            if parts.total:
                ends = share_intervals(found.difference(measure)[..., place], found.scenario.seed)
                rows += [
                    (measure, found.policies[place], part, share, low, high, share * parts.total)
                    for part, share, (low, high) in zip(PARTS, parts.shares, ends, strict=True)
                ]
    header = ("measure", "policy", "part", "share", "share_low", "share_high", "variance")
    return pd.DataFrame(rows, columns=list(header))


# --- figures ------------------------------------------------------------------------------------------------------


def pictures(found: Ensemble) -> list[Picture]:
    """Return the figures of an ensemble."""
    with mpl.rc_context(STYLE):
        return [_scree(found), _parts(found), *_fans(found)]


def _fans(found: Ensemble) -> list[Picture]:
    size, everybody, others = _size(found), found.policies, found.policies[1:]
    use, trust, staying = (LINES[name] for name in ("card_use", "trust", "staying"))
    card_use = smoothed(found.line("card_use"))
    fans = (
        Fan("fan_card_use", use.title, f"A mean over 13 weeks. {size}", card_use, whole_percent),
        Fan("fan_trust", trust.title, f"Trust: {trust.meaning}. {size}", found.line("trust"), trust.text),
        Fan("fan_staying", staying.title, f"Kaplan-Meier estimate. {size}", found.line("staying"), whole_percent),
    )
    lost = f"What has been gained or lost so far against {everybody[0]}"
    gained = Fan("fan_difference", lost, f"{_SO_FAR} {size}", found.gained()[..., 1:], _signed, alike=False, first=1)
    return [*(fan_picture(fan, everybody) for fan in fans), fan_picture(gained, others)]


_SO_FAR = "Value less the baseline's, twin by twin, discounted and added up week by week."


def _signed(amount: float) -> str:
    return dollars(amount, signed=True)


def _size(found: Ensemble) -> str:
    draws = f"{len(found.draws)} draws of {len(found.draws[0])} numbers"
    return f"{found.scenario.simulated}, {draws}, each simulated with {found.replicates} sets of random numbers."


def _scree(found: Ensemble) -> Picture:
    """Draw every policy's differences from the worst run to the best."""
    title = f"Value against {found.policies[0]}: every run, from the worst to the best"
    figure, axes = blank(title)
    axes.set_position((0.12, 0.24, 0.64, 0.62))
    axes.set_title(title, pad=18)  # clear of a name at the upper end of a line
    table, ends = found.difference(), []
    for place, name in enumerate(found.policies[1:], 1):
        ordered = np.sort(table[..., place], axis=None)
        along, colour = (np.arange(ordered.size) + 0.5) / ordered.size, COLOURS[place % len(COLOURS)]
        axes.plot(along, ordered, color=colour, linestyle=DASHES[place % len(DASHES)], linewidth=2)
        ends.append((float(ordered[-1]), name, colour))
    axes.axhline(0, color=COLOURS[0], linewidth=1)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.set_xlabel("share of runs that do worse")
    axes.yaxis.set_major_formatter(lambda value, _: dollars(value, signed=True))
    label_ends(axes, ends)
    caption = f"Difference: {DEFINITIONS['difference']}. {_size(found)} An extrapolation, not a forecast."
    write_caption(figure, caption)
    alt = "; ".join(difference_in_words(found, place) for place in range(1, len(found.policies)))
    return Picture("scree", figure, caption, alt)


def _parts(found: Ensemble) -> Picture:
    """Draw where the variance of each policy's difference comes from."""
    rows, splits = len(found.policies) - 1, found.splits()
    height = 2.3 + 0.5 * rows
    figure = Figure(figsize=(8.4, height), dpi=160)
    axes = figure.add_axes((0.2, 1.35 / height, 0.76, 0.5 * rows / height))
    for row, parts in enumerate(splits):
        left = 0.0
        for place, share in enumerate(parts.shares if parts.total else ()):
            axes.barh(row, share, left=left, height=0.62, color=_PART_COLOURS[place], hatch=_HATCHES[place],
                      edgecolor="white", linewidth=0, label=PARTS[place] if row == 0 else None)  # fmt: skip
            if share > 0.05:  # noqa: PLR2004 # narrower than its label
                axes.text(left + share / 2, row, f"{share:.0%}", ha="center", va="center", fontsize=9,
                          bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5, "alpha": 0.85})  # fmt: skip
            left += share
    axes.set_yticks(range(rows), found.policies[1:])
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.tick_params(axis="y", length=0)
    figure.text(0.02, 1 - 0.28 / height, "Where the spread of the difference comes from", fontsize=13, weight="bold")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, frameon=False, fontsize=9.5, borderaxespad=0.2)
    meanings = "; ".join(f"{name}: {meaning}" for name, meaning in MEANINGS.items())
    caption = f"Shares of the variance of the difference in value. {meanings[0].upper()}{meanings[1:]}. {_size(found)}"
    write_caption(figure, caption)
    alt = " ".join(parts_in_words(*each) for each in zip(found.policies[1:], splits, strict=True))
    return Picture("variance", figure, caption, alt)
