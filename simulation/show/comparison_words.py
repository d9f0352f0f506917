"""A comparison in words: what is asked otherwise, policies side by side, and why more shoppers left."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from simulation.study.attribution import Attribution
from simulation.study.causes import Cause
from simulation.study.comparison import Comparison, caveats
from simulation.study.headline import CAVEAT, dollars
from simulation.study.outcome import spread

DID = {
    Cause.PRESS: "first heard of it from the press",
    Cause.NOTICE: "first read of it in a notice",
    Cause.EXPERIENCE: "first noticed it themselves",
    Cause.WORD_OF_MOUTH: "first heard of it from acquaintances",
    Cause.NEIGHBOUR: "first noticed that others pay less",
    Cause.PRICE: "first paid another price",
    Cause.BENEFIT: "first lost or gained a benefit, or noticed being left out of one",
    Cause.REWARD: "were first rewarded for letting data flow",
    Cause.OFFERS: "were first sent other offers",
    Cause.RIVAL: "were first drawn, or no longer drawn, by the rival",
    Cause.GOODWILL: "were first moved by a promise, an apology, a gift or changed terms",
}
"""What those did first whose lives were set apart by a cause."""

NOTE = (
    "First causes: what first set a shopper's life apart from the twin's; what came later may have weighed more. "
    "Of 10,000 opening patrons, means over replicates, which add up."
)


def left_because_of(found: Attribution, policy: int) -> str:
    """Return in words how many more opening patrons left under a policy, and by which first causes."""
    name, baseline = found.policies[policy], found.policies[0]
    if not found.by_cause("living_differently")[:, policy].any():
        return f"Under '{name}' nobody lives otherwise than under '{baseline}'."
    each = found.left_per_10_000()[:, policy]
    total, parts = float(each.sum(axis=1).mean()), each.mean(axis=0)
    more = f"{_amount(abs(total))} {'more' if total >= 0 else 'fewer'} patrons lost per 10,000"
    head = f"Of {more} under '{name}' than under '{baseline}'{_interval(each.sum(axis=1))}, "
    causes = sorted((cause for cause in Cause if parts[cause]), key=lambda cause: -abs(parts[cause]))
    if not causes:
        return f"Under '{name}' as many patrons left as under '{baseline}', cause by cause; {_gross(found, policy)}."
    said = ", ".join(_share(DID[cause], float(parts[cause]), total) for cause in causes)
    return f"{head}{said}; {_gross(found, policy)}."


def _share(did: str, part: float, total: float) -> str:
    """Return a part in words: as a share of the total where it points the same way, else as a number of its own."""
    if part * total > 0 and abs(part) <= abs(total):
        return f"{part / total:.0%} {did}".replace("%", " %")
    return f"{_amount(part, signed=True)} {did}"


def _amount(value: float, signed: bool = False) -> str:
    digits = f"{value:{'+' if signed else ''}.{0 if abs(value) >= 10 else 1}f}"  # noqa: PLR2004
    return digits.replace("-", "−")


def _interval(values: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> str:
    if len(values) == 1:
        return " (one replicate, so no interval)"
    _, low, high = spread(values)
    return f" (80 % of replicates: {_amount(low, True)} to {_amount(high, True)})"


def _gross(found: Attribution, policy: int) -> str:
    """Return the gross numbers behind the net one, per 10,000 opening patrons."""
    patrons = found.opening_patrons.sum(axis=(1, 2))
    measures = ("left_only_here", "left_only_there", "left_earlier", "left_later")
    only, spared, earlier, later = (
        float((found.by_cause(name)[:, policy].sum(axis=1) * 10_000 / patrons).mean()) for name in measures
    )
    return (
        f"in all {_amount(only)} left only here and {_amount(spared)} only under the baseline, "
        f"{_amount(earlier)} left earlier and {_amount(later)} later than the twin"
    )


def show_comparison(comparison: Comparison, paths: Sequence[Path]) -> None:
    """Print what is asked otherwise, the policies side by side, and what their differences are due to."""
    console = Console(highlight=False)
    for line in _asked_otherwise(comparison):
        console.print(line, markup=False, soft_wrap=True)
    console.print(_table(comparison))
    for note in caveats(comparison):
        console.print(note, markup=False, soft_wrap=True)
    for each in comparison.files:
        for policy in range(1, len(each.outcome.policies)):
            where = f"{each.name}: " if len(comparison.files) > 1 else ""
            console.print(f"\n{where}{left_because_of(each.attribution, policy)}", markup=False, soft_wrap=True)
    console.print(f"\n{NOTE}\n{CAVEAT}", style="dim", markup=False)
    console.print("\n" + "\n".join(map(str, paths)), markup=False, soft_wrap=True)


def _asked_otherwise(comparison: Comparison) -> Iterator[str]:
    if len(comparison.files) != 2:  # noqa: PLR2004
        return
    one, other = (each.name for each in comparison.files)
    changes = comparison.changes()
    yield f"\n{other} asks {'otherwise than' if changes else 'the same as'} {one}{':' if changes else '.'}"
    yield from (f"  • {change}" for change in changes)


def _table(comparison: Comparison) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0), title_justify="left")
    table.add_column("policy")
    for name in ("card use", "churn", "patrons at end", "value", "against own baseline", *_first_column(comparison)):
        table.add_column(name, justify="right")
    for file, policy in comparison.rows:
        table.add_row(comparison.label(file, policy), *_cells(comparison, file, policy))
    return table


def _first_column(comparison: Comparison) -> tuple[str, ...]:
    return () if len(comparison.files) == 1 else (f"against {comparison.label(0, 0)}",)


def _cells(comparison: Comparison, file: int, policy: int) -> tuple[str, ...]:
    card_use, churn, patrons, value = (
        float(np.median(comparison.values(name, file, policy)))
        for name in ("card_use", "churn", "patrons", "value_dollars")
    )
    cells = (f"{card_use:.1%}", f"{churn:.1%}", f"{patrons:,.0f}", dollars(value, digits=4))
    own = "baseline" if policy == 0 else _paired(comparison, (file, 0), (file, policy))
    if len(comparison.files) == 1:
        return (*cells, own)
    first = "no twins" if comparison.why_no_twins(0, file) else _paired(comparison, (0, 0), (file, policy))
    return (*cells, own, first if (file, policy) != (0, 0) else "")


def _paired(comparison: Comparison, one: tuple[int, int], other: tuple[int, int]) -> str:
    found = comparison.paired("value_dollars", one, other)
    middle, low, high = spread(found)
    interval = f" ({dollars(low, True)} to {dollars(high, True)})" if len(found) > 1 else ""
    return f"{dollars(middle, True)}{interval}"
