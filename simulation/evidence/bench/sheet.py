"""The benchmark on the terminal, as a table of readings and as a figure."""

import csv
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from simulation.evidence.bench.bench import ALL_PEERS
from simulation.evidence.bench.goals import GOALS, Reading
from simulation.runs.folders import write_whole
from simulation.runs.provenance import versions
from simulation.show.drawing import COLOURS
from simulation.show.lettering import make_legible

MARK = "bench.csv"


def machine() -> str:
    """Return the processor, the number of them, and the versions that speed depends on."""
    known = versions()
    named = ", ".join(f"{name} {known[name]}" for name in ("python", "mesa", "numba", "numpy"))
    return f"{_processor()}, {os.cpu_count()} processors; {named}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def bench_lines(readings: Sequence[Reading]) -> list[str]:
    """Return the benchmark as lines of text: readings by measure, then the ratios with what was aimed at."""
    lines = [machine()]
    for measure in dict.fromkeys(reading.measure for reading in readings):
        own = [reading for reading in readings if reading.measure == measure]
        lines += ["", f"{measure} (median, least, most)"]
        for case in dict.fromkeys(reading.case for reading in own):
            values = [reading.value for reading in own if reading.case == case]
            unit = next(reading.unit for reading in own if reading.case == case)
            lines.append(f"  {case:36s}{_three(values)}  {unit}")
    return [*lines, "", "ratios within each round (median, least, most; goal)", *_goal_lines(readings)]


def _goal_lines(readings: Sequence[Reading]) -> list[str]:
    lines = []
    for goal in GOALS:
        ratios = goal.ratios(readings)
        if ratios:
            aim = f"{'at least' if goal.at_least else 'at most'} {goal.goal:g}"
            verdict = "met" if goal.is_met(median(ratios)) else "missed"
            lines.append(f"  {goal.name:58s}{_three(ratios)}  {aim}: {verdict}")
        else:
            lines.append(f"  {goal.name:58s}not measured here")
    return lines


def _three(values: Sequence[float]) -> str:
    return "".join(f"{value:>10.3g}" for value in (median(values), min(values), max(values)))


def write_bench(readings: Sequence[Reading], folder: Path) -> list[Path]:
    """Write readings, ratios and a figure, whole or not at all; return what stands in the folder."""

    def fill(fresh: Path) -> None:
        with (fresh / MARK).open("w", newline="", encoding="utf-8") as stream:
            table = csv.writer(stream, lineterminator="\n")
            table.writerow(("measure", "case", "round", "value", "unit"))
            table.writerows((each.measure, each.case, each.round, f"{each.value:.6g}", each.unit) for each in readings)
        (fresh / "bench.txt").write_text("\n".join(bench_lines(readings)) + "\n", encoding="utf-8")
        figure = bench_figure(readings)
        make_legible(figure)
        for suffix in ("png", "svg"):
            figure.savefig(fresh / f"bench.{suffix}", metadata={"Date": None} if suffix == "svg" else None)

    return write_whole(folder, MARK, fill)


def bench_figure(readings: Sequence[Reading]) -> Any:
    """Return speeds as bars on a logarithmic scale, the plain versions in another colour, as a matplotlib figure."""
    from matplotlib.figure import Figure

    speeds = [reading for reading in readings if reading.measure == "speed"]
    cases = list(dict.fromkeys(reading.case for reading in speeds))
    middles = [median([reading.value for reading in speeds if reading.case == case]) for case in cases]
    figure = Figure(figsize=(8, 0.3 * len(cases) + 1.2), layout="constrained", dpi=150)
    axes = figure.subplots()
    ours = [case not in (*ALL_PEERS, "agents") for case in cases]
    bars = axes.barh(cases, middles, color=[COLOURS[1 if own else 2] for own in ours])
    for bar, own in zip(bars, ours, strict=True):
        bar.set_hatch("" if own else "///")
    axes.bar_label(bars, [f"{value:.2g}" for value in middles], padding=3, fontsize=8)
    axes.set_xscale("log")
    axes.set_xlim(min(middles) / 3, max(middles) * 4)
    axes.invert_yaxis()
    axes.set_xlabel("shopper-weeks of one policy a second (columns engine plain, others hatched)")
    axes.spines[["top", "right"]].set_visible(False)
    return figure
