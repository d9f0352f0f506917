"""Facts of shopping in weeks that nothing was fitted to: who comes back, who stays heavy, who is lost first.

All are read off weekly trips and spend of households; a window is halved where an earlier and a later part are needed.
"""

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

GAPS = (1, 2, 4, 8)
"""Empty weeks in a row after which the chance of a trip in the next week is taken."""

_TOP, _HALF = 0.9, 0.5  # of households by spend
_LATE = 8  # weeks at the end of a window


def unfitted_facts(trips: Counts, spend: Floats) -> dict[str, float]:
    """Return the facts of a window by name; both arguments of shape (households, weeks)."""
    middle = trips.shape[1] // 2
    early, late = trips[:, :middle], trips[:, middle:]
    rank = _ranks(spend[:, :middle].sum(axis=1))
    came = early.sum(axis=1) > 0
    return {
        "trips in a week": float(trips.mean()),
        "dollars in a week": float(spend.mean()),
        **{f"return after {gap} empty weeks": chance_of_return(trips > 0, gap) for gap in GAPS},
        "heaviest tenth stays heaviest": _staying_top(rank, _ranks(spend[:, middle:].sum(axis=1))),
        "later trips per earlier trip": _slope(early.sum(axis=1), late.mean(axis=1) * middle),
        "lightest half gone quiet": _gone_quiet(trips, came & (rank < _HALF)),
        "heaviest tenth gone quiet": _gone_quiet(trips, came & (rank >= _TOP)),
    }


def chance_of_return(active: NDArray[np.bool_], gap: int) -> float:
    """Return the chance of a trip in the week after exactly so many empty weeks behind a trip."""
    weeks = active.shape[1]
    waited = [
        (active[:, week] & ~active[:, week + 1 : week + 1 + gap].any(axis=1), active[:, week + 1 + gap])
        for week in range(weeks - gap - 1)
    ]
    waiting = sum(int(who.sum()) for who, _ in waited)
    return sum(int((who & back).sum()) for who, back in waited) / max(1, waiting)


def _ranks(totals: Floats) -> Floats:
    """Return the rank of each household, from 0 up to 1; ties stand in the order of rows."""
    order = np.argsort(totals, kind="stable")
    ranks = np.empty(totals.size)
    ranks[order] = (np.arange(totals.size) + 0.5) / totals.size
    return ranks


def _staying_top(before: Floats, after: Floats) -> float:
    return float((after[before >= _TOP] >= _TOP).mean())


def _slope(before: Counts, after: Floats) -> float:
    """Return how much more is to be expected later of one more trip earlier: below 1, heavy shoppers fall back."""
    return float(np.cov(before, after)[0, 1] / before.var(ddof=1))


def _gone_quiet(trips: Counts, who: NDArray[np.bool_]) -> float:
    """Return the share of some households that do not come in the last weeks of the window."""
    return float((trips[who][:, -_LATE:].sum(axis=1) == 0).mean())
