"""Robust choice as figures, tables and a record of what was asked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from simulation.show.answer_files import MARK, write_record, write_table
from simulation.show.drawing import COLOURS, STYLE, Picture, write_caption
from simulation.show.figures import save
from simulation.show.number_words import name_of
from simulation.show.robust_words import criteria_in_words, discovery_in_words
from simulation.study.discovery import Discovery, Limit, hit
from simulation.study.folders import write_whole
from simulation.study.headline import CAVEAT, dollars
from simulation.study.robustness import CRITERIA, Robustness, Score, chosen_by, scores

_HITS, _MISSES = (COLOURS[1], "o"), (COLOURS[2], "x")
_GREY = "#444444"


@dataclass(frozen=True)
class Sheet:
    """All that is written about a robust choice."""

    found: Robustness
    fresh: Robustness
    discoveries: Sequence[Discovery]
    notes: Sequence[str]


def write_robustness(sheet: Sheet, folder: Path, origin: dict[str, Any]) -> list[Path]:
    """Write figures, tables and a record to a folder, replacing earlier answers there whole; return the paths."""

    def fill(fresh: Path) -> None:
        for picture in pictures(sheet):
            save(picture, fresh)
        _write_tables(sheet, fresh)
        said = [
            *criteria_in_words(sheet.found),
            *(line for each in sheet.discoveries for line in discovery_in_words(each)),
        ]
        write_record(fresh, {"said": said, "notes": list(sheet.notes), "caveat": CAVEAT, **origin})

    return write_whole(folder, MARK, fill)


# --- tables -------------------------------------------------------------------------------------------------------


def _write_tables(sheet: Sheet, folder: Path) -> None:
    names = [each.name for each in fields(Score)]
    write_table(folder / "policies.csv", names, (list(vars(score).values()) for score in scores(sheet.found)))
    write_table(
        folder / "criteria.csv", ("criterion", "policy", "standing_dollars", "first", "meaning"), _criteria(sheet.found)
    )
    parts = ((sheet.found, "limits"), (sheet.fresh, "check"))
    addresses = list(sheet.found.worlds[0])
    write_table(folder / "worlds.csv", ("world", "used_for", *addresses), _worlds(parts, addresses))
    header = ("world", "used_for", "policy", "difference_dollars", "regret_dollars")
    write_table(folder / "policies_by_worlds.csv", header, _lives(parts))
    header = ("policy", "looked_for", "number", "above", "below", "quasi_p", *_COUNTS)
    write_table(folder / "conditions.csv", header, (row for each in sheet.discoveries for row in _conditions(each)))


_COUNTS = (
    "inside",
    "inside_hits",
    "outside",
    "outside_hits",
    *(f"fresh_{name}" for name in ("inside", "inside_hits", "outside", "outside_hits")),
)


def _criteria(found: Robustness) -> Iterator[tuple[object, ...]]:
    for name, criterion in CRITERIA.items():
        first = chosen_by(found, name)
        for policy, standing in zip(found.policies, criterion.standing(found).tolist(), strict=True):
            yield name, policy, standing, int(policy in first), criterion.meaning


def _worlds(parts: Sequence[tuple[Robustness, str]], addresses: Sequence[str]) -> Iterator[tuple[object, ...]]:
    rows = [(world, used) for part, used in parts for world in part.worlds]
    for place, (world, used) in enumerate(rows):
        yield place, used, *(world[address] for address in addresses)


def _lives(parts: Sequence[tuple[Robustness, str]]) -> Iterator[tuple[object, ...]]:
    rows = [(part, place, used) for part, used in parts for place in range(len(part.worlds))]
    for number, (part, place, used) in enumerate(rows):
        for policy, name in enumerate(part.policies):
            yield number, used, name, f"{part.difference[place, policy]:.2f}", f"{part.regret[place, policy]:.2f}"


def _conditions(found: Discovery) -> Iterator[tuple[object, ...]]:
    if found.box is None or found.found is None or found.fresh is None:
        return
    counts = (*vars(found.found).values(), *vars(found.fresh).values())
    for limit in found.box.limits:
        looked_for = "pays" if found.pays else "loses"
        yield found.policy, looked_for, limit.address, limit.low, limit.high, limit.quasi_p, *counts


# --- figures ------------------------------------------------------------------------------------------------------


def pictures(sheet: Sheet) -> list[Picture]:
    """Return the figure of policies and one of each policy for which limits were found."""
    with mpl.rc_context(STYLE):
        boxes = [(place, each) for place, each in enumerate(sheet.discoveries, 1) if each.box is not None]
        return [_policies(sheet.found), *(_conditions_of(sheet, each, place) for place, each in boxes)]


def _policies(found: Robustness) -> Picture:
    rows = len(found.policies)
    figure = Figure(figsize=(8.4, 2.6 + 0.5 * rows), dpi=160)
    height = 0.5 * rows / (2.6 + 0.5 * rows)
    value, regret = (
        figure.add_axes((left, 1.35 / (2.6 + 0.5 * rows), width, height + 0.05))
        for left, width in ((0.19, 0.44), (0.69, 0.29))
    )
    for row, score in enumerate(scores(found)):
        _draw_value(value, row, score)
        _draw_regret(regret, row, score)
    _rows(value, list(found.policies), f"value less that of {found.policies[0]}")
    _rows(regret, [""] * rows, "regret")
    value.axvline(0, color=COLOURS[0], linewidth=1)
    regret.set_xlim(left=0)
    value.set_title(f"Policies across {len(found.worlds)} worlds")
    _legends(value, regret)
    caption = (
        "Value: what the retailer receives less what it pays, discounted. Regret: by how much the best policy of a "
        "world earns more than this one. Worlds are as likely as each other by construction, not by knowledge."
    )
    write_caption(figure, caption)
    alt = "; ".join(
        f"{each.policy}: mean {dollars(each.expected, True)}, largest regret {dollars(each.regret_max)}"
        for each in scores(found)
    )
    return Picture("policies", figure, caption, alt)


def _draw_value(axes: Axes, row: int, score: Score) -> None:
    colour = COLOURS[row % len(COLOURS)]
    axes.plot([score.low, score.high], [row, row], color=colour, linewidth=9, alpha=0.25, solid_capstyle="butt")
    for place, marker in ((score.expected, "x"), (score.worst_tenth, "<"), (score.worst, "|")):
        axes.plot([place], [row], marker, color=colour, markersize=8, markeredgewidth=2, linestyle="none")


def _draw_regret(axes: Axes, row: int, score: Score) -> None:
    colour = COLOURS[row % len(COLOURS)]
    for place, marker in ((score.regret_mean, "x"), (score.regret_max, "|")):
        axes.plot(
            [place], [row], marker, color=colour, markersize=8, markeredgewidth=2, linestyle="none", clip_on=False
        )


def _rows(axes: Axes, names: list[str], label: str) -> None:
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(lambda value, place: dollars(value))
    axes.set_xlabel(label)


def _legends(value: Axes, regret: Axes) -> None:
    marks = {"mean": "x", "mean of the worst tenth": "<", "worst world": "|"}
    handles = [
        Line2D([], [], color=_GREY, marker=mark, linestyle="none", label=name, markersize=7, markeredgewidth=1.8)
        for name, mark in marks.items()
    ]
    handles.append(Line2D([], [], color=_GREY, linewidth=7, alpha=0.3, label="10 to 90 % of worlds"))
    value.figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.18, 0.12), ncols=4, frameon=False, fontsize=8.5
    )
    regret.set_title("most regret |, mean ×", fontsize=9.5, fontweight="normal")


def _conditions_of(sheet: Sheet, found: Discovery, number: int) -> Picture:
    assert found.box is not None  # only such are drawn
    across, upward = _two_axes(found.box.limits, list(sheet.found.worlds[0]))
    figure = Figure(figsize=(8.4, 6.2), dpi=160)
    axes = figure.add_axes((0.11, 0.24, 0.86, 0.68))
    verb = "pays" if found.pays else "loses"
    for part, filled in ((sheet.found, True), (sheet.fresh, False)):
        _draw_worlds(axes, part, hit(part, found.policy, found.pays), (across, upward), filled)
    _draw_box(axes, [_limit(found.box.limits, address) for address in (across, upward)])
    axes.set_xlabel(_axis(across))
    axes.set_ylabel(_axis(upward))
    axes.set_title(f"Where {found.policy} {verb}")
    _legend(axes, verb)
    caption = (
        " ".join(discovery_in_words(found))
        + " Each point is a world; the frame shows the limits on the two numbers drawn."
    )
    write_caption(figure, caption)
    slug = re.sub(r"\W+", "_", found.policy).strip("_")
    return Picture(f"conditions_{number}_{slug}", figure, caption, caption)


def _two_axes(limits: Sequence[Limit], addresses: Sequence[str]) -> tuple[str, str]:
    """Return the two most telling numbers; the first other one if only one is limited."""
    names = [limit.address for limit in limits]
    names += [address for address in addresses if address not in names]
    return (names[0], names[1]) if len(names) > 1 else (names[0], names[0])


def _draw_worlds(axes: Axes, part: Robustness, hits: Any, ends: tuple[str, str], filled: bool) -> None:
    points = np.array([[world[address] for address in ends] for world in part.worlds])
    for shown, (colour, marker) in ((hits, _HITS), (~hits, _MISSES)):
        face = colour if filled else "none"
        alpha = 0.85 if filled else 0.5
        style: dict[str, Any] = {"facecolors": face, "edgecolors": colour} if marker == "o" else {"color": colour}
        axes.scatter(*points[shown].T, s=26 if filled else 18, marker=marker, linewidths=1.1, alpha=alpha, **style)


def _limit(limits: Sequence[Limit], address: str) -> tuple[float | None, float | None]:
    return next(((each.low, each.high) for each in limits if each.address == address), (None, None))


def _draw_box(axes: Axes, limits: Sequence[tuple[float | None, float | None]]) -> None:
    axes.margins(0.02)
    seen = [axes.get_xlim(), axes.get_ylim()]
    corners = [
        [low if own is None else own for low, own in zip(ends, limit, strict=True)]
        for ends, limit in zip(seen, limits, strict=True)
    ]
    (left, right), (bottom, top) = corners
    axes.set_xlim(*seen[0])
    axes.set_ylim(*seen[1])
    axes.add_patch(
        Rectangle(
            (left, bottom),
            right - left,
            top - bottom,
            fill=True,
            facecolor="#0072B214",
            edgecolor=COLOURS[0],
            linewidth=2,
        )
    )


def _axis(address: str) -> str:
    from simulation.behaviour.parameters import parameters

    return f"{name_of(address)} ({parameters()[address].unit})"


def _legend(axes: Axes, verb: str) -> None:
    other = {"pays": "does not pay", "loses": "does not lose"}[verb]
    handles = [
        Line2D([], [], color=_HITS[0], marker="o", linestyle="none", label=verb),
        Line2D([], [], color=_MISSES[0], marker="x", linestyle="none", label=other),
        Line2D(
            [],
            [],
            color=_HITS[0],
            marker="o",
            markerfacecolor="none",
            linestyle="none",
            alpha=0.6,
            label=f"{verb}, fresh world",
        ),
        Line2D(
            [],
            [],
            color=_MISSES[0],
            marker="x",
            linestyle="none",
            alpha=0.5,
            markersize=5,
            label=f"{other}, fresh world",
        ),
    ]
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(-0.02, -0.12), ncols=4, frameon=False, fontsize=9)
