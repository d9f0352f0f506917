"""The figures of a churn study: who is still there, by policy and stratum; by which cause; by which definition."""

import textwrap
from dataclasses import dataclass
from math import ceil
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from simulation.questions.churn.churn import AWARENESS, ChurnStudy, Cohort
from simulation.questions.churn.definitions import CAUSES, DEFINITIONS
from simulation.questions.churn.survival import Incidence
from simulation.questions.churn.tables import Verdict, incidence, verdicts
from simulation.questions.churn.words import at_landmark, defined, in_words, legend, of_what, points, sized, span_of
from simulation.runs.readings import YEAR
from simulation.show.drawing import (
    COLOURS,
    DASHES,
    STYLE,
    Picture,
    blank,
    label_ends,
    mark_dates,
    mark_years,
    whole_percent,
    write_caption,
    write_table_under,
)

_TITLE, _LOWER_TITLE = 60, 76  # letters in a line of a title
_BETWEEN = 0.62  # inches, of the panels
_LETTERS, _LINES, _ROWS_A_LINE = 128, 3, 0.7  # of a caption: to a line, that fit anyway, and rows of a table for more
_FOREST = (0.2, 0.235, 0.56, 0.695)  # of the figure: left, bottom, width, height
_SPREAD = 0.75  # of a row, over which policies under one definition are spread


def pictures(study: ChurnStudy) -> list[Picture]:
    """Return all figures of a study: by policy, by stratum, by cause, by definition."""
    with mpl.rc_context(STYLE):
        drawn = [by_policy(study), *(by_stratum(study, grouping) for grouping in study.groupings), by_cause(study)]
        return [*drawn, by_definition(study)] if len(study.policies) > 1 else drawn


@dataclass(frozen=True)
class _Line:
    """A cohort as it is drawn: what it is called, its place among the colours, whether its twins are drawn as well."""

    cohort: Cohort
    name: str
    place: int
    with_twins: bool

    @property
    def colour(self) -> str:
        return _colour(self.place)

    @property
    def dash(self) -> Any:
        return DASHES[self.place % len(DASHES)]


def by_policy(study: ChurnStudy) -> Picture:
    """Draw who is still there under each policy, and how many more have churned than under the baseline."""
    lines = [_Line(study.cohort(policy), policy, place, False) for place, policy in enumerate(study.policies)]
    title = f"Still there: not yet churned ('{study.definition.name}')"
    caption = f"Kaplan-Meier estimate. {defined(study)} {_bands(study)} {sized(study)}."
    return _curves(study, "survival", title, f"than under '{study.policies[0]}'", lines, caption)


def by_stratum(study: ChurnStudy, grouping: str) -> Picture:
    """Draw who is still there in each stratum under the chosen policy, and the same shoppers under the baseline."""
    own = [each for each in study.strata if (each.grouping, each.policy) == (grouping, study.policy)]
    lines = [_Line(cohort, cohort.stratum, place, True) for place, cohort in enumerate(own, 1)]
    landmark = f" {at_landmark(study)}" if grouping == AWARENESS else ""
    caption = (
        f"Kaplan-Meier estimate under '{study.policy}'; dashed above: the same shoppers under '{study.policies[0]}'. "
        f"{defined(study)}{landmark} {_bands(study)} {sized(study)}."
    )
    than = f"under '{study.policy}' than under '{study.policies[0]}'"
    return _curves(study, f"by_{grouping}", f"Still there, by {grouping}", than, lines, caption)


def _curves(study: ChurnStudy, name: str, title: str, than: str, lines: list[_Line], caption: str) -> Picture:
    """Draw curves above, differences from the baseline below, and a table of those at risk under them."""
    figure, upper, lower = _panels(title, f"More churn {than}, in points", len(lines) + 1 + _rows_for(caption))
    for line in lines:
        _draw_curve(upper, line)
        _draw_differences(lower, line)
    _finish_upper(upper, lines)
    for axes in (upper, lower):
        axes.set_xlim(0, study.scenario.weeks)
        mark_years(axes, study.scenario.weeks)
        mark_dates(axes, study.scenario.policies.values() if name == "survival" else [_actions(study)])
    upper.set_xlabel("")
    ends = [(_end(line), f"{line.name} {_end(line):.1%}", line.colour) for line in lines]
    label_ends(upper, ends)
    label_ends(lower, [_end_of_difference(line) for line in lines])
    write_table_under(lower, "At risk:", [(line.name, line.colour, _at_risk(line.cohort)) for line in lines])
    return _finished(name, figure, caption, "Still there: " + "; ".join(text for _, text, _ in ends))


def _bands(study: ChurnStudy) -> str:
    below = "80 % of replicates" if study.scenario.replicates > 1 else "none, with one replicate"
    return f"Bands above: 95 %, log-log, chance alone; below: {below}. The upper axis does not start at 0."


def _actions(study: ChurnStudy) -> Any:
    return study.scenario.policies[study.policy]


def _end_of_difference(line: _Line) -> tuple[float, str, str]:
    more = 100 * line.cohort.gone.mean
    return more, f"{line.name} {points(more / 100)}", line.colour


def _panels(title: str, below: str, rows: int) -> tuple[Figure, Axes, Axes]:
    """Return a figure of two panels of one size, with room for some rows below."""
    figure, lower = blank("", rows)
    (width, height), (left, bottom, wide, high) = figure.get_size_inches(), lower.get_position().bounds
    taller = height + high * height + _BETWEEN
    figure.set_size_inches(width, taller)
    high, bottom = high * height / taller, bottom * height / taller
    lower.set_position((left, bottom, wide, high))
    lower.set_title(textwrap.fill(below, _LOWER_TITLE), fontsize=11)
    upper = figure.add_axes((left, bottom + high + _BETWEEN / taller, wide, high))
    upper.set_title(textwrap.fill(title, _TITLE))
    return figure, upper, lower


def _rows_for(caption: str) -> int:
    """Return how many rows of a table take the room that a longer caption needs."""
    return max(0, ceil(_ROWS_A_LINE * (len(textwrap.wrap(caption, _LETTERS)) - _LINES)))


def _draw_curve(axes: Axes, line: _Line) -> None:
    curve, weeks, dash = line.cohort.curve, _weeks(line.cohort), DASHES[0] if line.with_twins else line.dash
    if line.with_twins:
        twins = line.cohort.twins.curve.estimate
        axes.step(weeks, twins, where="post", color=line.colour, linestyle=DASHES[1], linewidth=1.5)
    axes.fill_between(weeks, curve.low, curve.high, step="post", color=line.colour, alpha=0.13, linewidth=0)
    axes.step(weeks, curve.estimate, where="post", color=line.colour, linestyle=dash, linewidth=2)


def _draw_differences(axes: Axes, line: _Line) -> None:
    weeks, more = _weeks(line.cohort), 100 * line.cohort.more
    low, high = np.quantile(more, [0.1, 0.9], axis=0)
    axes.fill_between(weeks, low, high, step="post", color=line.colour, alpha=0.13, linewidth=0)
    axes.step(weeks, more.mean(axis=0), where="post", color=line.colour, linestyle=line.dash, linewidth=2)


def _finish_upper(axes: Axes, lines: list[_Line]) -> None:
    lowest = min(float(np.nanmin(line.cohort.curve.low)) for line in lines)
    axes.set_ylim(max(0.0, lowest - 0.03), 1.0)
    axes.yaxis.set_major_formatter(FuncFormatter(whole_percent))


def _weeks(cohort: Cohort) -> Any:
    return np.arange(cohort.start, cohort.horizon + 1)


def _end(line: _Line) -> float:
    return float(line.cohort.curve.estimate[-1])


def _at_risk(cohort: Cohort) -> dict[int, float]:
    """Return how many are at risk at the start and then every year, or every quarter of a short run."""
    every = YEAR if cohort.horizon >= 2 * YEAR else YEAR // 4
    weeks = [week for week in range(0, cohort.horizon + 1, every) if week >= cohort.start + every // 2]
    return {week: float(cohort.curve.at_risk[week - cohort.start]) for week in (cohort.start, *weeks)}


def by_cause(study: ChurnStudy) -> Picture:
    """Draw the cumulative incidence of each cause, under the chosen policy and the baseline."""
    baseline, own = (incidence(study, policy) for policy in (study.policies[0], study.policy))
    compared = study.policy != study.policies[0]
    caption = _about_causes(study, compared)
    figure, axes = blank("Lost first by which cause", _rows_for(caption))
    ends = []
    for place, cause in enumerate(CAUSES):
        share, usual = (float(found.estimate[place, -1]) for found in (own, baseline))
        if compared:
            _draw_incidence(axes, baseline, place, band=False)
        _draw_incidence(axes, own, place, band=True)
        more = f", {points(share - usual)}" if compared else ""
        ends.append((share, f"{cause} {share:.1%}{more}", _colour(place + 1)))
    axes.set_xlim(0, study.scenario.weeks)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(FuncFormatter(whole_percent))
    mark_years(axes, study.scenario.weeks)
    mark_dates(axes, [_actions(study)])
    label_ends(axes, ends)
    alt = "; ".join(text for _, text, _ in ends)
    return _finished("incidence", figure, caption, f"After {span_of(study)}: {alt}")


def _about_causes(study: ChurnStudy, compared: bool) -> str:
    against = f"; dashed, and the points from there: the same shoppers under '{study.policies[0]}'" if compared else ""
    return (
        f"Cumulative incidence (Aalen-Johansen) under '{study.policy}'{against}. At risk: opening patrons with an "
        "active card; only what comes first counts, so that who gives up the card first no longer counts as leaving, "
        "and the causes and those still there add up to 100 %. Dropped: put away or cancelled; left for a rival: "
        f"changed the main store. Bands: 95 %, chance alone. {sized(study)}."
    )


def _draw_incidence(axes: Axes, found: Incidence, place: int, band: bool) -> None:
    weeks, colour = np.arange(found.at_risk.size), _colour(place + 1)
    if band:
        axes.fill_between(
            weeks, found.low[place], found.high[place], step="post", color=colour, alpha=0.13, linewidth=0
        )
    dash = DASHES[0] if band else DASHES[1]
    axes.step(weeks, found.estimate[place], where="post", color=colour, linestyle=dash, linewidth=2)


def by_definition(study: ChurnStudy) -> Picture:
    """Draw each policy's difference from the baseline under each definition."""
    names, policies = list(DEFINITIONS), study.policies
    figure, axes = blank("Does the answer depend on what is called churn?", len(names))
    axes.set_position(_FOREST)
    for verdict in verdicts(study):
        row = -names.index(verdict.cohort.definition.name)
        place = policies.index(verdict.cohort.policy)
        _draw_verdict(axes, verdict, row + _SPREAD * (0.5 - place / len(policies)), _colour(place))
    axes.axvline(0, color=COLOURS[0], linewidth=1)
    axes.set_ylim(0.4 - len(names), 0.7)
    shares = [f"{name}\n({study.cohort(policies[0], name).gone.value:.0%})" for name in names]
    axes.set_yticks(range(0, -len(names), -1), shares, fontsize=9)
    axes.set_xlabel(f"more churn than under '{policies[0]}', in points")
    label_ends(axes, [(0.9 - 0.5 * place, f"● {name}", _colour(place)) for place, name in enumerate(policies[1:], 1)])
    caption = (
        f"Difference in the share that churns in {span_of(study)}, from the same shoppers under '{policies[0]}' (whose "
        f"own share stands under each name). Dot: mean; bar: {of_what(study)}. Hollow: the verdict (more, less, or the "
        f"bar holds 0) differs from that under '{study.definition.name}'. {legend()} {sized(study)}."
    )
    return _finished("definitions", figure, caption, " ".join(in_words(study)[2:]))


def _draw_verdict(axes: Axes, verdict: Verdict, row: float, colour: str) -> None:
    low, high = (100 * end for end in verdict.cohort.gone.interval)
    face = colour if verdict.holds else "white"
    axes.plot([low, high], [row, row], color=colour, linewidth=4, alpha=0.35, solid_capstyle="butt")
    axes.plot([100 * verdict.cohort.gone.mean], [row], "o", color=colour, markerfacecolor=face, markersize=5.5)


def _colour(place: int) -> str:
    return COLOURS[place % len(COLOURS)]


def _finished(name: str, figure: Figure, caption: str, alt: str) -> Picture:
    write_caption(figure, caption)
    return Picture(name, figure, caption, alt)
