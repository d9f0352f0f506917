"""Break-even and frontier in words."""

from collections.abc import Iterable, Sequence

import numpy as np

from simulation.behaviour.parameters import parameters
from simulation.questions.break_even.break_even import BreakEvenCurve, Frontier
from simulation.runs.formats import dollars, plain
from simulation.runs.outcome import spread
from simulation.runs.variants import Axis

_FEW = 20  # replicates, below which their number itself is a caveat


def in_words(found: BreakEvenCurve) -> list[str]:
    """Return the answer as sentences: where it breaks even on average, how sure that is, what it is worth now."""
    sentences = [_on_average(found), *_how_sure(found), *_replicates(found), *_at_its_own(found), *_observed(found)]
    return [*sentences, *_few(len(found.difference))]


def _on_average(found: BreakEvenCurve) -> str:
    mean, along = found.difference.mean(axis=0), f"Along {found.axis.label}"
    if np.isnan(found.on_average):
        what, (low, high) = "gains" if mean[0] > 0 else "loses", map(plain, found.values[[0, -1]])
        return f"{along}, '{found.policy}' {what} on average at every value tried, from {low} to {high}."
    side = "above" if mean[-1] > mean[0] else "below"
    again = f"; the mean changes sign {found.times} times, and the first is meant" if found.times > 1 else ""
    return (
        f"{along}, '{found.policy}' breaks even at {plain(found.on_average)} on average, and pays {side} that{again}."
    )


def _how_sure(found: BreakEvenCurve) -> list[str]:
    if len(found.difference) == 1:
        return ["One replicate, so no interval."]
    low, high = (_end(end, found.values) for end in found.interval)
    resamples = f"In 80 % of resamples of the {len(found.difference)} replicates"
    return [f"{resamples} the point at which the mean breaks even lies from {low} to {high}."]


def _end(end: float, values: Iterable[float]) -> str:
    if np.isfinite(end):
        return plain(end)
    return f"above {plain(max(values))}" if end > 0 else f"below {plain(min(values))}"


def _replicates(found: BreakEvenCurve) -> list[str]:
    met = found.crossings[~np.isnan(found.crossings)]
    if not met.size or len(found.difference) == 1:
        return []
    middle, low, high = map(plain, spread(met))
    return [
        f"Taken one by one, {met.size} of {len(found.difference)} replicates break even between the values tried: "
        f"median {middle}, 80 % from {low} to {high}."
    ]


def _at_its_own(found: BreakEvenCurve) -> list[str]:
    own, values = found.axis.own, found.values
    if own is not None and own[0] < own[1]:
        return [f"Its own values lie from {plain(own[0])} to {plain(own[1])}."]
    if own is None or not values[0] <= own[0] <= values[-1]:
        return []
    worth = float(np.interp(own[0], values, found.difference.mean(axis=0)))
    return [f"At its own value, {plain(own[0])}, it is worth {dollars(worth, True)} on average."]


def _observed(found: BreakEvenCurve) -> list[str]:
    """Return whether it pays over the whole range of what has been observed, over part of it, or nowhere in it."""
    if found.axis.evidence is None:
        return []
    low, high = found.axis.evidence
    ends = max(low, float(found.values[0])), min(high, float(found.values[-1]))
    said = f"{evidence_in_words(found.axis)} from {plain(low)} to {plain(high)}"
    if not ends[0] < ends[1]:
        return [f"{said}: beyond the values tried."]
    inside = found.values[(found.values > ends[0]) & (found.values < ends[1])]
    mean = np.interp([ends[0], *inside, ends[1]], found.values, found.difference.mean(axis=0))
    pays = "pays throughout" if mean.min() > 0 else "loses throughout" if mean.max() < 0 else "pays in part"
    return [
        f"{said}; there it {pays}: {dollars(float(mean[0]), True)} at {plain(ends[0])}, "
        f"{dollars(float(mean[-1]), True)} at {plain(ends[1])}."
    ]


def evidence_in_words(axis: Axis) -> str:
    """Return what the range of a number's evidence is: what has been observed of a term, what is plausible else."""
    return "What is held plausible for it lies" if axis.number in parameters() else "What has been observed lies"


def _few(replicates: int) -> list[str]:
    return [f"{replicates} replicates are few: ask for more before leaning on a digit."] if replicates < _FEW else []


def frontier_in_words(found: Frontier) -> list[str]:
    """Return the frontier as sentences: how much of what was tried pays, and where it breaks even."""
    paying, tried = int((found.mean > 0).sum()), found.mean.size
    line = found.line(found.mean)
    places = sorted({0, _nearest(found.against), len(line) - 1})
    told = "; ".join(f"at {plain(found.against.values[place])} {_breaks_even(found, line, place)}" for place in places)
    return [
        f"On average '{found.policy}' pays in {paying} of {tried} pairs tried.",
        f"Along {found.axis.label}, by {found.against.label}: {told}.",
        *_place_in_words(found),
        *_ranges(found),
        *_few(len(found.difference)),
    ]


def _place_in_words(found: Frontier) -> list[str]:
    """Return what it is worth where the policy itself stands, if it stands at one place among those tried."""
    axes = (found.axis, found.against)
    if any(each.own is None or each.own[0] < each.own[1] for each in axes):
        return []
    here, there = (each.own[0] for each in axes if each.own)
    if not all(each.values[0] <= own <= each.values[-1] for each, own in zip(axes, (here, there), strict=True)):
        return []
    along = [np.interp(here, found.axis.values, column) for column in found.mean.T]
    worth = float(np.interp(there, found.against.values, along))
    return [f"At its own {plain(here)} and {plain(there)} it is worth {dollars(worth, True)} on average."]


def _ranges(found: Frontier) -> list[str]:
    return [
        f"{evidence_in_words(axis)} from {plain(axis.evidence[0])} to {plain(axis.evidence[1])} ({axis.name})."
        for axis in (found.axis, found.against)
        if axis.evidence
    ]


def _nearest(axis: Axis) -> int:
    """Return the place of the value nearest to the policy's own, or of the middle one."""
    return len(axis.values) // 2 if axis.own is None else int(np.argmin(np.abs(axis.values - np.mean(axis.own))))


def _breaks_even(found: Frontier, line: Sequence[float] | np.ndarray, place: int) -> str:
    if not np.isnan(line[place]):
        return f"it breaks even at {plain(float(line[place]))}"
    return "it pays throughout" if found.mean[0, place] > 0 else "it loses throughout"
