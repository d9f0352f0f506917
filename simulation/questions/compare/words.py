"""A comparison in words: what is asked otherwise, policies side by side, and why more shoppers left."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulation.questions.compare.attribution import Attribution
from simulation.questions.compare.causes import Cause
from simulation.questions.compare.comparison import Compared, Comparison, caveats
from simulation.runs.outcome import spread

Floats = NDArray[np.float64]

DID = {
    Cause.NONE: "never felt differently from the twin",
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
    Cause.ADS: "were first shown advertising",
}
"""What those did first whose lives were set apart by a cause."""

NOTE = (
    "First cause: what first set a shopper's life apart from the twin's; what came later may have weighed more. "
    "Left (net): opening patrons who left at least once, less those of their twins who did. Tables: means over "
    "replicates, which add up to the difference of the books, brought to the chain's size; patrons and members at the "
    "end, sales of all weeks."
)

_GROSS = {
    "left_only_here": "left only here",
    "left_only_there": "only under the baseline",
    "left_earlier": "under both but here earlier",
    "left_later": "under both but here later",
}


def left_because_of(found: Attribution, policy: int) -> str:
    """Return in words how many more opening patrons left under a policy, and by which first causes."""
    name, baseline = found.policies[policy], found.policies[0]
    if not found.by_cause("living_differently")[:, policy].any():
        return f"'{name}' changes nobody's life compared with '{baseline}'."
    each = found.left_per_10_000()[:, policy]
    total, parts = float(each.sum(axis=1).mean()), each.mean(axis=0)
    more = f"loses {amount(abs(total))} {'more' if total >= 0 else 'fewer'} patrons per 10,000 than '{baseline}'"
    head = f"'{name}' {more}{_interval(each.sum(axis=1))}. Of these, "
    if not parts.any():
        return f"Under '{name}' as many patrons left as under '{baseline}', cause by cause{_gross(found, policy)}."
    return f"{head}{_shares(parts, total)}{_gross(found, policy)}."


def by_feelings(each: Compared, policy: int) -> str:
    """Return what first moved the feelings of those who left; "" where that is what came first anyway."""
    first, moved = (found.left_per_10_000()[:, policy].mean(axis=0) for found in (each.attribution, each.by_feelings))
    if (first == moved).all():
        return ""
    return f"By what first changed their feelings, even if something else came before: {_shares(moved, moved.sum())}."


def _shares(parts: Floats, total: float) -> str:
    causes = sorted((cause for cause in Cause if parts[cause]), key=lambda cause: -abs(parts[cause]))
    return ", ".join(_share(DID[cause], float(parts[cause]), total) for cause in causes)


def _share(did: str, part: float, total: float) -> str:
    """Return a part in words: as a share of the total where it points the same way, else as a number of its own."""
    if part * total > 0 and abs(part) <= abs(total):
        percent = round(100 * part / total)
        return f"{percent or 'under 1'} % {did}"
    return f"{amount(part, signed=True)} {did}"


def amount(value: float, signed: bool = False) -> str:
    """Return a number of people, with a sign if asked for."""
    if value == 0:
        return "0"
    digits = f"{value:{'+' if signed else ''},.{0 if abs(value) >= 10 else 1}f}"  # noqa: PLR2004
    return digits.replace("-", "−")


def _interval(values: Floats) -> str:
    if len(values) == 1:
        return " (one replicate, so no interval)"
    _, low, high = spread(values)
    return f" (80 % of replicates: {amount(low, True)} to {amount(high, True)})"


def _gross(found: Attribution, policy: int) -> str:
    """Return the gross numbers behind the net one, per 10,000 opening patrons, as a clause; "" if there are none."""
    patrons, said = found.opening_patrons.sum(axis=(1, 2)), []
    for measure, words in _GROSS.items():
        each = found.by_cause(measure)[:, policy].sum(axis=1) * 10_000 / np.maximum(1, patrons)
        if each.any():
            said.append(f"{amount(float(each.mean()))} {words}")
    return f"; in all {', '.join(said)}" if said else ""


def in_words(comparison: Comparison) -> list[str]:
    """Return everything that is said of a comparison, line by line."""
    policies = [_of_policy(comparison, file, policy) for file, policy in comparison.rows if policy > 0]
    return [*_asked_otherwise(comparison), *_simulated(comparison), *caveats(comparison), *policies]


def _simulated(comparison: Comparison) -> Iterator[str]:
    """Yield how large each file has been simulated, which may not be what it says."""
    for each in comparison.files:
        case, where = each.scenario, f"{each.name}: " if len(comparison.files) > 1 else ""
        replicates = "1 replicate" if case.replicates == 1 else f"{case.replicates} replicates"
        size = f"{case.simulated}, {case.weeks} weeks, {replicates}"
        yield f"{where}simulated with {size}; medians, in brackets 10 to 90 % of replicates."


def _of_policy(comparison: Comparison, file: int, policy: int) -> str:
    each = comparison.files[file]
    where = f"{each.name}: " if len(comparison.files) > 1 else ""
    return f"{where}{left_because_of(each.attribution, policy)} {by_feelings(each, policy)}".strip()


def _asked_otherwise(comparison: Comparison) -> Iterator[str]:
    if len(comparison.files) != 2:  # noqa: PLR2004
        return
    one, other = (each.name for each in comparison.files)
    changes = comparison.changes
    yield f"{other} {'differs from' if changes else 'asks the same as'} {one}{':' if changes else '.'}"
    yield from (f"  • {change}" for change in changes)
