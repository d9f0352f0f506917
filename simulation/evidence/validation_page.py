"""Fit and validation as a page of Markdown: what was fitted, what was not, signs, and what size does not change."""

from collections.abc import Iterable, Iterator, Sequence

from simulation.evidence.attitudes import SAID, asked
from simulation.evidence.invariance import Sameness
from simulation.evidence.mechanisms import Effect
from simulation.evidence.validate import Verdict

_INTRODUCTION = """# Fit and validation
Made by `aislefour validate --markdown`, in about a minute. Checks that the model fails are shown with the others.

## Fitted
Shopping is fitted to Complete Journey, weeks 2-27 (one of its two releases calls the data simulated):
`python -m simulation.evidence.calibration.calibrate` prints that fit fact by fact, and `tests/test_baseline.py` holds
a status quo of five years to within 5 % of the measured year. What people say is fitted to Pew Research Center 2016 by
`python -m simulation.evidence.attitudes`:
"""

_LATER = """
## Not fitted: shopping in later weeks
Distance: how far the model lies from what was observed, as a multiple of the tolerance; above 1 it fails.
"""

_SIGNS = """
## Not fitted: the sign of every mechanism
Each is a pair of small scenarios that differ in it alone. Effect: x 1.1 means that the measure is 1.1 times as large
with the difference as without it, +0.07 that it is larger by 0.07.
"""

_SAME = """
## What does not change
Per household, of a sale that the press exposes: neither how many are simulated nor how they are divided into markets
may matter. Errors: the difference, in its standard errors.
"""


def page(verdicts: Sequence[Verdict], effects: Sequence[Effect], samenesses: Sequence[Sameness]) -> str:
    """Return the page, ending in a line break."""
    alike = ("measure", "against 10,000 shoppers in one market", "usual", "here", "errors")
    parts = [
        _INTRODUCTION,
        *_table(("answer", "observed", "model", "standard errors apart"), _said()),
        _LATER,
        *_table(("fact", "says", "observed", "model", "tolerance", "distance", ""), map(_verdict, verdicts)),
        _SIGNS,
        *_table(("row", "mechanism", "says", "must lie within", "effect", ""), map(_effect, effects)),
        _SAME,
        *_table(alike, map(_same, samenesses)),
    ]
    return "\n".join(parts) + "\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for cells in (heads, ["---"] * len(heads), *rows):
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _said() -> Iterator[tuple[str, ...]]:
    found = asked({})
    for share in SAID:
        here = found[share.name]
        yield share.name, f"{share.observed:.0%}", f"{here:.1%}", f"{(here - share.observed) / share.error:+.1f}"


def _verdict(verdict: Verdict) -> tuple[str, ...]:
    check = verdict.check
    numbers = (f"{check.observed:.4g}", f"{verdict.found:.3g}", f"{check.tolerance:.2g}", f"{verdict.distance:+.1f}")
    return check.name, check.says, *numbers, "pass" if verdict.passes else "**fails**"


def _effect(effect: Effect) -> tuple[str, ...]:
    pair, (low, high) = effect.pair, effect.pair.between
    size = f"x {effect.size:.2g}" if pair.ratio else f"{effect.size:+.2g}"
    return pair.row, pair.name, pair.says, f"{low:g} to {high:g}", size, "pass" if effect.passes else "**fails**"


def _same(each: Sameness) -> tuple[str, ...]:
    return each.measure, each.claim, f"{each.usual:.4g}", f"{each.here:.4g}", f"{each.distance:+.1f}"
