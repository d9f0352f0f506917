"""Policies screened against principles: in words, as tables, as a figure and as a record."""

import shutil
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from rich.table import Table

from simulation.show.drawing import COLOURS, STYLE, Picture, blank, write_caption
from simulation.show.figures import save
from simulation.show.screen import Screen
from simulation.show.sections import price_in_words, tail_in_words
from simulation.study.folders import write_answer, write_rows
from simulation.study.headline import CAVEAT, dollars
from simulation.study.outcome import Outcome
from simulation.study.principles import Principle
from simulation.study.provenance import origin
from simulation.study.screening import Finding, Price, prices, screen

_ROW = 0.46  # inches a principle


@dataclass(frozen=True)
class Screening:
    """Every policy before every principle, and what each principle costs."""

    outcome: Outcome
    principles: Sequence[Principle]
    findings: dict[str, list[Finding]]  # by policy
    prices: list[Price]


def screening_of(outcome: Outcome, principles: Sequence[Principle]) -> Screening:
    """Return how all policies of an outcome stand before principles."""
    found = {name: screen(outcome, place, principles) for place, name in enumerate(outcome.policies)}
    return Screening(outcome, principles, found, prices(outcome, principles))


def in_words(found: Screening) -> list[str]:
    """Return one sentence a policy: how many principles it keeps, and which it breaks."""
    return [_sentence(policy, findings) for policy, findings in found.findings.items()]


def _sentence(policy: str, findings: Sequence[Finding]) -> str:
    broken = [finding.principle for finding in findings if not finding.passes]
    if not broken:
        return f"'{policy}' keeps all {len(findings)} principles."
    return (
        f"'{policy}' keeps {len(findings) - len(broken)} of {len(findings)} principles and breaks: {', '.join(broken)}."
    )


def show_screening(found: Screening, paths: Sequence[Path]) -> None:
    """Print how each policy stands, the evidence against it, and what each principle costs."""
    console = Screen(highlight=False)
    console.print("\n" + "\n".join(in_words(found)), markup=False, soft_wrap=True)
    for policy, findings in found.findings.items():
        against = [finding for finding in findings if not finding.passes]
        if against:
            console.print(f"\n{policy}", markup=False, style="bold")
        for finding in against:
            console.print(f"  {finding.principle}: {finding.evidence}", markup=False, soft_wrap=True)
    console.print(_table(found))
    console.print(CAVEAT, style="dim", markup=False)
    console.print("\n" + "\n".join(map(str, paths)), markup=False, soft_wrap=True)


def _table(found: Screening) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for name in (
        "\nprinciple",
        "price of keeping it\n(80 % of resamples)",
        "the worst tenth of\nbreaking it",
        "\nkept best by",
    ):
        table.add_column(name, justify="left" if "p" in name[:2] or "kept" in name else "right")
    for priced in found.prices:
        table.add_row(priced.principle, price_in_words(priced), tail_in_words(priced), priced.best or "")
    return table


# --- files --------------------------------------------------------------------------------------------------------


def write_screening(found: Screening, folder: Path, principles_file: Path) -> list[Path]:
    """Write findings and prices as tables, a figure, the principles and a record; replaces earlier ones there whole."""
    record = {"said": in_words(found), "answer": [asdict(each) for each in found.prices], "caveat": CAVEAT}

    def fill(fresh: Path) -> None:
        save(picture(found), fresh)
        header = ("policy", "principle", "passes", "evidence")
        write_rows(fresh / "findings.csv", header, _finding_rows(found))
        write_rows(fresh / "prices.csv", _PRICE_COLUMNS, _price_rows(found))
        shutil.copyfile(principles_file, fresh / "principles.yaml")

    return write_answer(folder, record | origin(found.outcome.scenario, found.outcome.command), fill)


def _finding_rows(found: Screening) -> Iterator[tuple[object, ...]]:
    for policy, findings in found.findings.items():
        yield from ((policy, each.principle, int(each.passes), each.evidence) for each in findings)


_PRICE_COLUMNS = (
    "principle", "sentence", "source", "kept_by", "kept_best_by", "price_dollars", "price_low_dollars",
    "price_high_dollars", "broken_best_by", "worst_tenth_of_breaking_dollars",
)  # fmt: skip


def _price_rows(found: Screening) -> Iterator[tuple[str, ...]]:
    for principle, priced in zip(found.principles, found.prices, strict=True):
        said = (principle.name, principle.sentence, principle.source, "; ".join(priced.keeps), priced.best or "")
        amounts = (_cents(each) for each in (priced.price, priced.low, priced.high))
        yield (*said, *amounts, priced.breaks or "", _cents(priced.tail))


def _cents(amount: float | None) -> str:
    return "" if amount is None else f"{amount:.2f}"


# --- figure -------------------------------------------------------------------------------------------------------


def picture(found: Screening) -> Picture:
    """Return what keeping each principle costs on average, beside what breaking it costs in the worst tenth."""
    with mpl.rc_context(STYLE):
        figure, axes = blank("What it costs to keep a principle, and to break it")
        height = 1.9 + _ROW * len(found.prices)
        figure.set_size_inches(8.4, height)
        axes.set_position((0.14, 1.25 / height, 0.53, 1 - 1.8 / height))
        for place, priced in enumerate(found.prices):
            _draw_price(axes, place, priced)
        axes.axvline(0, color=COLOURS[0], linewidth=1)
        axes.set_ylim(len(found.prices) - 0.5, -0.6)
        axes.set_yticks(range(len(found.prices)), [textwrap.shorten(each.principle, 16) for each in found.prices])
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(lambda value, place: dollars(value))
        axes.set_xlabel("cost, discounted")
        replicates = found.outcome.scenario.replicates
        caption = (
            "Blue dot: price of keeping, the mean value that the best policy which keeps it forgoes; bar: 80 % of "
            f"resamples of {replicates} replicates. Orange cross: cost of breaking, the worst tenth of replicates of "
            "the best policy that breaks it, against the baseline. An extrapolation, not a forecast."
        )
        write_caption(figure, caption)
        return Picture("prices", figure, caption, " ".join(in_words(found)))


def _draw_price(axes: Axes, place: int, priced: Price) -> None:
    if priced.price is not None and priced.low is not None and priced.high is not None:
        ends = [priced.low, priced.high]
        axes.plot(ends, [place, place], color=COLOURS[1], linewidth=8, alpha=0.3, solid_capstyle="butt")
        axes.plot([priced.price], [place], "o", color=COLOURS[1], markersize=8)
    if priced.tail is not None:
        axes.plot([-priced.tail], [place], "x", color=COLOURS[2], markersize=9, markeredgewidth=2.5)
    kept = f"kept by {', '.join(priced.keeps)}" if priced.keeps else "no policy keeps it"
    axes.annotate(
        textwrap.fill(textwrap.shorten(kept, 84, placeholder=" …"), 42), (1.02, place),
        xycoords=("axes fraction", "data"), va="center", fontsize=8, color="#444444",
    )  # fmt: skip
