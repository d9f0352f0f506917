"""A fit on the terminal and as files: the set, the figures, the numbers, and a report in plain words."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from simulation.behaviour.parameters import parameters
from simulation.evidence.fitting.episodes import Episode
from simulation.evidence.fitting.fit import Fit
from simulation.evidence.fitting.fit_batches import programs
from simulation.evidence.fitting.fit_findings import (
    LeftOut,
    Narrowed,
    Predicted,
    leave_one_out,
    narrowed,
    predictions,
    set_of,
    shares,
    why_missed,
)
from simulation.evidence.fitting.fitting import effective
from simulation.evidence.fitting.probes import Probed
from simulation.evidence.fitting.set_making import as_file
from simulation.runs.folders import write_answer, write_rows
from simulation.scenario.evidence_set import EvidenceSet

SET_FILE, NUMBERS_FILE = "evidence_set.csv.gz", "numbers.csv"
WANTED_MET, WANTED_TOUCHED = 0.85, 0.90
"""The shares of figures that a set should meet at its median, and of bands that its interval should touch."""

_FIGURES = ("episode", "figure", "kind", "observed", "low", "high", "p10", "median", "p90", "met", "touched")
_NUMBERS = (
    "number",
    "range from",
    "range to",
    "p10",
    "median",
    "p90",
    "spread gone",
    "shift in ranges",
    "spoken of",
    "pinned by",
)
_LEFT_OUT = (*_FIGURES, "effective draws")


def said_of(rows: Sequence[Predicted]) -> str:
    """Return in a sentence how many figures are met and touched."""
    met, touched = shares(rows)
    fitted = sum(row.measured.kind == "fit" for row in rows)
    return (
        f"{met:.0%} of {fitted} figures lie in their bands at the set's median (wanted: {WANTED_MET:.0%}); its 10-90 % "
        f"interval touches {touched:.0%} of the bands (wanted: {WANTED_TOUCHED:.0%})."
    )


def is_good(rows: Sequence[Predicted], probes: Sequence[Probed]) -> bool:
    """Return whether enough figures are met and touched, and every probe holds."""
    met, touched = shares(rows)
    return met >= WANTED_MET and touched >= WANTED_TOUCHED and all(each.holds for each in probes)


def show_fit(found: Fit) -> None:
    """Print what a fit meets and what it misses, with the reason."""
    rows = predictions(found.episodes, found.figures, found.weights)
    console = Console(highlight=False)
    console.print(said_of(rows), markup=False, soft_wrap=True)
    for row in rows:
        if not row.is_met:
            said = f"{row.episode}: {row.measured.name}: {_in_words(row)}; {why_missed(found, row)}."
            console.print(said, markup=False, soft_wrap=True)


def show_check(
    held: EvidenceSet,
    rows: Sequence[Predicted],
    left_out: Sequence[LeftOut],
    asked: tuple[float, float],
    probes: Sequence[Probed],
) -> None:
    """Print what a set predicts when it is lived again, and each episode as the others predict it.

    `asked` are the shares who would mind a leak, and who say that they would stop.
    """
    console = Console(highlight=False)
    console.print(_origin(held), markup=False, soft_wrap=True)
    console.print(said_of(rows), markup=False, soft_wrap=True)
    console.print(_figures_table(rows))
    alone = [row for each in left_out for row in each.predicted]
    met, touched = shares(alone)
    console.print(
        f"Each episode predicted by the fit to all others: {met:.0%} of figures met, {touched:.0%} of bands touched.",
        markup=False,
        soft_wrap=True,
    )
    console.print(_left_out_table(left_out))
    said = f"Asked about a leak, {asked[0]:.0%} would mind, and {asked[1]:.0%} say that they would stop."
    console.print(said, markup=False, soft_wrap=True)
    console.print(_probes_table(probes))


def write_fit(found: Fit, folder: Path, record: Mapping[str, Any]) -> list[Path]:
    """Write the set, all tables and the report whole; return the paths. Raises ResultsError if that cannot be."""
    held, rows, numbers = set_of(found), predictions(found.episodes, found.figures, found.weights), narrowed(found)
    left_out = leave_one_out(held, found.episodes)

    def fill(fresh: Path) -> None:
        (fresh / SET_FILE).write_bytes(as_file(held))
        write_rows(fresh / "figures.csv", _FIGURES, map(_figure, rows))
        write_rows(fresh / NUMBERS_FILE, _NUMBERS, map(_number, numbers))
        write_rows(
            fresh / "left_out.csv",
            _LEFT_OUT,
            ((*_figure(row), each.effective) for each in left_out for row in each.predicted),
        )
        (fresh / "report.md").write_text(page(found, held, rows, numbers, left_out), encoding="utf-8")

    return write_answer(folder, record, fill)


def page(
    found: Fit,
    held: EvidenceSet,
    rows: Sequence[Predicted],
    numbers: Sequence[Narrowed],
    left_out: Sequence[LeftOut],
) -> str:
    """Return the report as a page of Markdown, ending in a line break."""
    spoken = [row for row in numbers if row.is_spoken_of]
    silent = [row.address for row in numbers if not row.is_spoken_of]
    missed = [row for row in rows if not row.is_met]
    alone = [row for each in left_out for row in each.predicted]
    least = numbers[0].least
    made = (
        f"{len(found.points):,} draws of {len(found.addresses)} guesses, of which {effective(found.weights):.0f} count "
        f"in effect; {len(held.weights)} make the set. {len(found.active)} guesses move any figure by themselves."
    )
    parts = [
        "# A fit to observed reactions\n",
        f"{said_of(rows)}\n\n{made}\n",
        "## What the set predicts\n",
        *_markdown(_FIGURES, map(_figure, rows)),
        "\n## What is missed, and why\n",
        *(f"- {row.episode}: {row.measured.name}: {_in_words(row)}; {why_missed(found, row)}." for row in missed),
        "\n## Which episode pins which number\n",
        f"{len(spoken)} of {len(numbers)} guesses are spoken of: their spread or their middle has moved by {least:.0%} "
        "of the range or more, which chance would not bring about. Behind each episode stands by how much both move "
        "without it.\n",
        *_markdown(_NUMBERS, map(_number, spoken)),
        "\n## Each episode, predicted by the fit to all others\n",
        f"{said_of(alone)}\n",
        *_markdown(_LEFT_OUT, ((*_figure(row), each.effective) for each in left_out for row in each.predicted)),
        f"\n## What nothing observed speaks of\n\n{len(silent)} guesses: {', '.join(silent)}.",
    ]
    return "\n".join(parts) + "\n"


def _origin(held: EvidenceSet) -> str:
    """Say from how many draws a set was made, and whether the program is still the one that made it."""
    made = held.made_from
    said = (
        f"The set was made from {made.get('draws', '?')} draws, of which {effective(held.weights):.0f} count in effect."
    )
    return said if made.get("sources") == programs() else f"{said} The program has changed since."


def _in_words(row: Predicted) -> str:
    measured = row.measured
    band = f"observed {measured.observed:.3g} ({measured.low:.3g} to {measured.high:.3g})"
    return f"{band}, predicted {row.middle:.3g} ({row.low:.3g} to {row.high:.3g})"


def _figure(row: Predicted) -> tuple[object, ...]:
    measured = row.measured
    observed = (measured.observed, measured.low, measured.high)
    said = ("yes" if row.is_met else "no", "yes" if row.touches else "no")
    return (row.episode, measured.name, measured.kind, *observed, row.low, row.middle, row.high, *said)


def _number(row: Narrowed) -> tuple[object, ...]:
    pins = "; ".join(f"{name} {amount:.2f}" for name, amount in row.pinned_by)
    ends, told = parameters()[row.address].unfitted.range, "yes" if row.is_spoken_of else "no"
    return (row.address, *map(float, ends), row.low, row.middle, row.high, row.narrowing, row.shift, told, pins)


def _markdown(heads: Sequence[str], rows: Iterator[tuple[object, ...]]) -> Iterator[str]:
    for cells in (heads, ["---"] * len(heads), *rows):
        yield "| " + " | ".join(f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in cells) + " |"


def _table(*heads: str) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for place, name in enumerate(heads):
        table.add_column(name, justify="right" if place else "left", no_wrap=place > 0)
    return table


def _figures_table(rows: Sequence[Predicted]) -> Table:
    table = _table("figure", "observed", "band", "median", "10 to 90 %", "")
    for row in rows:
        measured = row.measured
        table.add_row(
            f"{row.episode}: {measured.name}",
            f"{measured.observed:.3g}",
            f"{measured.low:.3g} to {measured.high:.3g}",
            f"{row.middle:.3g}",
            f"{row.low:.3g} to {row.high:.3g}",
            "" if row.is_met else "touched" if row.touches else "MISSED",
        )
    return table


def _left_out_table(left_out: Sequence[LeftOut]) -> Table:
    table = _table("episode left out", "figures met", "bands touched", "effective draws")
    for each in left_out:
        met, touched = sum(row.is_met for row in each.predicted), sum(row.touches for row in each.predicted)
        count = len(each.predicted)
        table.add_row(each.episode, f"{met} of {count}", f"{touched} of {count}", f"{each.effective:.0f}")
    return table


def _probes_table(probes: Sequence[Probed]) -> Table:
    table = _table("probe", "wanted", "median", "")
    for each in probes:
        wanted = f"{each.probe.low:.3g} to {each.probe.high:.3g}"
        said = "" if each.holds else "FAILED"
        table.add_row(f"{each.probe.name}: {each.probe.says}", wanted, f"{each.found:.3g}", said)
    return table


def record_of(found: Fit, episodes: Sequence[Episode], command: str) -> dict[str, Any]:
    """Return what was asked and what was found, to be kept beside the files."""
    rows = predictions(found.episodes, found.figures, found.weights)
    met, touched = shares(rows)
    return {
        "question": "fit",
        "command": command,
        "episodes": [each.name for each in episodes],
        "draws": len(found.points),
        "effective_draws": effective(found.weights),
        "met": met,
        "touched": touched,
        "set": dict(set_of(found).made_from),
    }
