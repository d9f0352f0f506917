"""An ensemble in words."""

import numpy as np

from simulation.questions.ensemble.ensemble import Ensemble
from simulation.questions.ensemble.variance import PARTS, Split, error_of_median, losing, twins_pay
from simulation.runs.caveats import drawn_in_words
from simulation.runs.formats import dollars

MEANINGS = {
    "not knowing": "variance between draws of the numbers",
    "chance": "variance between replicates with the same numbers, which differ in their random numbers alone",
}
"""What each part of the variance means."""


def difference_in_words(found: Ensemble, policy: int) -> str:
    """Return what a policy differs by: mean, median, spread, how often it loses, each with how sure that is."""
    table = found.difference()[..., policy]
    name, parts = found.policies[policy], found.splits()[policy - 1]
    if not parts.total:
        return f"{name} changes nothing."
    share, low, high = losing(table)
    mean = f"mean {dollars(float(table.mean()), True)} (standard error {dollars(parts.error)})"
    middle = float(np.median(table))
    median = f"median {dollars(middle, True)} ({dollars(error_of_median(table, found.scenario.seed))})"
    tenth, ninetieth = (dollars(float(end), True) for end in np.quantile(table, [0.1, 0.9]))
    loses = f"loses in {share:.0%} of runs (95 %: {low:.0%} to {high:.0%})"
    return f"{name}: {mean}, {median}; 80 % lie between {tenth} and {ninetieth}; it {loses}."


def parts_in_words(name: str, parts: Split) -> str:
    """Return where the variance of a policy's difference comes from."""
    if not parts.total:
        return f"{name}: nothing varies."
    order = np.argsort(parts.shares)[::-1]
    said = ", ".join(f"{PARTS[place]} {parts.shares[place]:.0%}" for place in order)
    return f"{name}: {said} of the variance."


def enough_in_words(found: Ensemble, wanted: float | None) -> str:
    """Return how well the worst-known mean is known, and what would halve its error or what was asked for."""
    parts = max(found.splits(), key=lambda each: each.error)
    runs = len(found.draws) * found.replicates
    doubled, chanceless = parts.error_at(2 * parts.draws, parts.replicates), parts.error_at(parts.draws, 10**9)
    said = f"The least well known mean has a standard error of {dollars(parts.error)} from {runs:,} runs"
    if wanted is not None:
        said += f", {'within' if found.error <= wanted else 'still above'} the {dollars(wanted)} asked for"
    return (
        f"{said}. Twice as many draws would reduce it to {dollars(doubled)}; unlimited replicates of these draws would "
        f"leave {dollars(chanceless)}."
    )


def sized(found: Ensemble) -> str:
    """Return how many draws, replicates and shoppers stand behind the numbers."""
    scenario = found.scenario
    draws = f"{len(found.draws)} draws of {drawn_in_words(scenario)}, each with {found.replicates} replicates"
    return f"{draws}; {scenario.simulated}, {scenario.weeks} weeks."


def twins_in_words(found: Ensemble) -> str:
    """Return, for each policy, how much twins save."""
    values = found.measure()
    times = [
        f"{name} {_times(twins_pay(values[..., place], values[..., 0]))}"
        for place, name in enumerate(found.policies)
        if place
    ]
    return f"Without twins, the variance of a difference at the same numbers would be larger: {', '.join(times)}."


def _times(ratio: float) -> str:
    return f"{ratio:,.0f} times" if np.isfinite(ratio) else "infinitely many times: twins do not differ by chance"
