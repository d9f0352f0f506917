"""Policies screened against principles: in words, as tables and as a figure."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from operator import itemgetter

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from simulation.questions.answer import Answer
from simulation.questions.screen.screening import Finding, Price, Screening
from simulation.runs.caveats import caveat
from simulation.runs.formats import dollars
from simulation.show.drawing import COLOURS, STYLE, Picture, blank, write_caption
from simulation.show.tables import Column, Table, frame_of

_ROW = 0.46  # inches a principle


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


def of_screening(found: Screening, principles: str) -> Answer:
    """Return how each policy stands before each principle, and what each principle costs.

    `principles` is the text of the file that they were read from, a copy to start one's own from.
    """
    return Answer(
        question="screen",
        title="Policies before principles",
        asked={"principles": [each.name for each in found.principles], "policies": list(found.findings)},
        said=tuple(in_words(found)),
        found=found,
        tables=(_prices(found), _against(found), _findings(found)),
        draw=lambda: [picture(found)],
        values={"prices": [asdict(each) for each in found.prices]},
        notes=(caveat(found.outcome.scenario),),
        texts={"principles.yaml": principles},
    )


# --- tables -------------------------------------------------------------------------------------------------------


def _findings(found: Screening) -> Table:
    """Return a row a policy and principle, for the file."""
    header = ("policy", "principle", "passes", "evidence")
    return Table("findings", lambda: frame_of(header, _finding_rows(found)))


def _against(found: Screening) -> Table:
    """Return a row for each principle that a policy breaks, with the evidence, for people."""
    names = ("policy", "principle", "evidence")
    columns = tuple(Column(name, itemgetter(name), left=True) for name in names)
    rows = (
        (policy, each.principle, each.evidence)
        for policy, findings in found.findings.items()
        for each in findings
        if not each.passes
    )
    return Table("", lambda: frame_of(names, rows), columns, "Broken, and by which evidence")


def _finding_rows(found: Screening) -> Iterator[tuple[object, ...]]:
    for policy, findings in found.findings.items():
        yield from ((policy, each.principle, int(each.passes), each.evidence) for each in findings)


_PRICE_COLUMNS = (
    "principle", "sentence", "source", "kept_by", "kept_best_by", "price_dollars", "price_low_dollars",
    "price_high_dollars", "broken_best_by", "worst_tenth_of_breaking_dollars",
)  # fmt: skip


def _prices(found: Screening) -> Table:
    """Return a row a principle: what keeping it costs, what breaking it costs at worst, which policy keeps it best."""
    by_name = {each.principle: each for each in found.prices}
    columns = (
        Column("principle", itemgetter("principle"), left=True),
        Column("price of keeping it (80 % of resamples)", lambda row: price_in_words(by_name[row["principle"]])),
        Column("the worst tenth of breaking it", lambda row: tail_in_words(by_name[row["principle"]])),
        Column("kept best by", itemgetter("kept_best_by"), left=True),
    )
    digits = {name: "%.2f" for name in _PRICE_COLUMNS if name.endswith("dollars")}
    return Table("prices", lambda: frame_of(_PRICE_COLUMNS, _price_rows(found)), columns, digits=digits)


def _price_rows(found: Screening) -> Iterator[tuple[object, ...]]:
    for principle, priced in zip(found.principles, found.prices, strict=True):
        said = (principle.name, principle.sentence, principle.source, "; ".join(priced.keeps), priced.best or "")
        yield (*said, priced.price, priced.low, priced.high, priced.breaks or "", priced.tail)


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


def price_in_words(priced: Price) -> str:
    """Return what a principle costs, with its interval."""
    if priced.price is None or priced.low is None or priced.high is None:
        return "no policy keeps it"
    if priced.low == priced.high == priced.price:
        return dollars(priced.price)
    return f"{dollars(priced.price)} ({dollars(priced.low)} to {dollars(priced.high)})"


def tail_in_words(priced: Price) -> str:
    """Return what breaking a principle comes to in the worst tenth of replicates."""
    return "no policy breaks it" if priced.tail is None else dollars(priced.tail, True)
