"""The figures of who gained and who was harmed, and of the spreadsheet's promise beside what came of it."""

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulation.runs.formats import dollars
from simulation.runs.naive_return import naive_in_words
from simulation.runs.outcome import Outcome
from simulation.runs.parties import groups, table_of_parties
from simulation.runs.return_sheet import return_sheet
from simulation.scenario.population import GROUPS
from simulation.show.drawing import COLOURS, Picture, finished

_HATCHES = ("", "///", "...", "xxx", "\\\\")
_WIDEST = 22


def gains_and_harms(outcome: Outcome) -> Picture:
    """Draw what each party gained against the baseline, and beside it whom harm is to be expected for."""
    others = outcome.policies[1:]
    found, harmful = table_of_parties(outcome), harm_per_thousand(outcome)
    figure, (money, harm) = _two_panels("Who gained, and who was harmed", len(others) * len(found))
    for place, party in enumerate(found):
        middle, low, high = np.array(found[party])[1:].T.reshape(3, -1)
        _bars(money, middle, place, len(found), party.value, (low, high))
    for place, group in enumerate(GROUPS):
        _bars(harm, [harmful[policy, group] for policy in others], place, len(GROUPS), group)
    money.axvline(0, color=COLOURS[0], linewidth=1)
    money.xaxis.set_major_formatter(lambda value, _: dollars(value, signed=True))
    money.set_xlabel("against the baseline, undiscounted")
    harm.set_xlabel("harmful events per 1,000 shoppers")
    _name_rows((money, harm), others)
    caption = (
        "Left: median and 10-90 % of what each party receives less what it pays, against the baseline. Right: harmful "
        "events to be expected over all weeks, means over replicates; they rest on guesses."
    )
    alt = "; ".join(
        f"{policy}: " + ", ".join(f"{party.value} {dollars(found[party][place][0], True)}" for party in found)
        for place, policy in enumerate(outcome.policies)
        if place
    )
    return finished("gains_and_harms", figure, money, outcome, caption, alt or "only one policy")


def harm_per_thousand(outcome: Outcome) -> dict[tuple[str, str], float]:
    """Return harmful events to be expected per thousand shoppers, by policy and group; means over replicates."""
    table = groups(outcome)
    means = table[table["grouping"] == "group"].groupby(["policy", "label"], observed=True).mean(numeric_only=True)
    each = 1000 * means["harmful_events"] / means["households"].clip(lower=1)
    return {(policy, group): float(each[policy, group]) for policy in outcome.policies for group in GROUPS}


def naive_and_simulated(outcome: Outcome) -> Picture:
    """Draw what a spreadsheet without a model of behaviour promises of each policy, and what came of it."""
    others = outcome.policies[1:]
    figure, (axes,) = _panels("The spreadsheet's promise, and what came of it", 2 * len(others), 1)
    totals = [promise_and_outcome(outcome, place) for place in range(1, len(outcome.policies))]
    for place, name in enumerate(("naive", "simulated")):
        _bars(axes, [each[place] for each in totals], place, 2, name)
    axes.axvline(0, color=COLOURS[0], linewidth=1)
    axes.xaxis.set_major_formatter(lambda value, _: dollars(value, signed=True))
    axes.set_xlabel("extra return over all weeks, undiscounted, mean over replicates")
    _name_rows((axes,), others)
    caption = f"Naive: {naive_in_words(outcome)}. Simulated: the same policy with shoppers who react."
    pairs = zip(others, totals, strict=True)
    alt = "; ".join(f"{name}: naive {dollars(one, True)}, simulated {dollars(two, True)}" for name, (one, two) in pairs)
    return finished("naive_and_simulated", figure, axes, outcome, caption, alt or "only one policy")


def promise_and_outcome(outcome: Outcome, place: int) -> tuple[float, float]:
    """Return a policy's naive and simulated extra return, dollars."""
    lines = return_sheet(outcome, place)
    return sum(line.naive for line in lines), sum(line.simulated for line in lines)


def _two_panels(title: str, bars: int) -> tuple[Figure, Sequence[Axes]]:
    return _panels(title, bars, 2)


def _panels(title: str, bars: int, count: int) -> tuple[Figure, Sequence[Axes]]:
    """Return a figure with panels side by side, high enough for so many bars, and room for names and a caption."""
    height = 2.6 + 0.24 * max(4, bars)
    figure = Figure(figsize=(8.4, height), dpi=160)
    width = 0.76 / count - 0.04
    bottom, top = 1.3 / height, 1.05 / height
    axes = [figure.add_axes((0.2 + place * (width + 0.06), bottom, width, 1 - bottom - top)) for place in range(count)]
    figure.text(0.02, 1 - 0.3 / height, title, fontsize=13, fontweight="bold", va="center")
    return figure, axes


def _bars(
    axes: Axes,
    values: Sequence[float] | np.ndarray,
    place: int,
    of: int,
    name: str,
    ends: tuple[np.ndarray, np.ndarray] | None = None,
) -> None:
    """Draw one of several bars a policy, with its range if there is one."""
    heights = np.arange(len(values)) + (place - (of - 1) / 2) * 0.8 / of
    look = {"color": COLOURS[place + 1], "hatch": _HATCHES[place], "edgecolor": "white", "linewidth": 0.5}
    axes.barh(heights, values, 0.8 / of, label=name, **look)  # type: ignore[arg-type] # colours, hatches
    if ends is not None:
        axes.hlines(heights, *ends, color=COLOURS[0], linewidth=1)


def _name_rows(panels: Sequence[Axes], policies: Sequence[str]) -> None:
    for axes in panels:
        axes.set_ylim(len(policies) - 0.4, -0.6)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.locator_params(axis="x", nbins=4)
        axes.tick_params(labelsize=9)
        axes.xaxis.label.set_fontsize(9)
        if axes.containers:
            axes.legend(fontsize=8.5, frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0, 1))
    panels[0].set_yticks(range(len(policies)), [textwrap.fill(name, _WIDEST) for name in policies])
