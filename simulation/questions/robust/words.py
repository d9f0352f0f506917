"""Robust choice in words."""

from collections.abc import Sequence

from simulation.questions.robust.discovery import DENSE, FEWEST_HITS, Discovery, Limit, Tally
from simulation.questions.robust.robustness import CRITERIA, Robustness, chosen_by, lead
from simulation.runs.caveats import drawn_in_words
from simulation.runs.formats import dollars, listed
from simulation.runs.sampling import World, clipped_count
from simulation.scenario.drawn import drawn_addresses, drawn_together
from simulation.scenario.schema import Scenario
from simulation.show.parameter_words import amount_of, meaning_of, name_of

_LESS_WELL = 0.1  # by which density and coverage may fall in held-out worlds without a word

COLUMNS = {
    "expected": "mean difference from the baseline over all worlds",
    "10-90 %": "one world in ten lies below this range and one in ten above it",
    "worst 10 %": "mean over the worst tenth of worlds",
    "most regret": "how much more the best policy earns, in the world where that is most",
    "best": "share of worlds in which no policy earns more",
    "loses": "share of worlds in which it earns less than the baseline",
}
"""What stands in the table of policies."""


def criteria_in_words(found: Robustness) -> list[str]:
    """Return which policies each criterion puts first, and whether the criteria agree."""
    chosen = {name: chosen_by(found, name) for name in CRITERIA}
    said = [
        f"{name} ({CRITERIA[name].meaning}): {listed(policies)}{_chance(found) if name == 'expected value' else ''}"
        for name, policies in chosen.items()
    ]
    if len({tuple(policies) for policies in chosen.values()}) == 1:
        return [*said, f"All {len(chosen)} criteria agree here. None of them is the right one in general."]
    return [
        *said,
        "The criteria disagree, because they weigh risk differently. None of them is the right one in general; those "
        "who bear the risk should choose.",
    ]


def _chance(found: Robustness) -> str:
    ahead = lead(found)
    if ahead is None:
        return ""
    verdict = "within chance" if ahead.within_chance else "more than chance"
    return f", ahead of {ahead.second} by {dollars(ahead.dollars)} a world, {verdict}"


def discovery_in_words(found: Discovery) -> list[str]:
    """Return where a policy pays or loses, in how many worlds that is so, and in how many held-out ones."""
    verb = "pays" if found.pays else "loses"
    if found.box is None or found.found is None or found.fresh is None:
        return [_without_limits(found, verb)]
    conditions = listed([limit_in_words(limit) for limit in found.box.limits])
    rule = f"'{found.policy}' {verb} {_how_often(found)} where {conditions}"
    return [
        f"{rule}: inside these limits in {_of(found.found, True)} worlds, outside in {_of(found.found, False)}.",
        f"In held-out worlds, which were not used to find the limits: inside in {_of(found.fresh, True)}, outside in "
        f"{_of(found.fresh, False)}.{_less_well(found.found, found.fresh)}",
    ]


def _without_limits(found: Discovery, verb: str) -> str:
    if found.hits == 0:
        return f"'{found.policy}' {verb} in none of the {found.worlds} worlds."
    few = (
        "too few to look for limits"
        if found.hits < FEWEST_HITS
        else "no limits on these numbers separate them from the others"
    )
    return f"'{found.policy}' {verb} in {found.hits} of {found.worlds} worlds; {few}."


def _how_often(found: Discovery) -> str:
    if all(each is not None and each.outside_hits == 0 for each in (found.found, found.fresh)):
        return "only"
    return "as a rule" if found.found is not None and found.found.density >= DENSE else "more often"


def _of(tally: Tally, inside: bool) -> str:
    hits, count = (tally.inside_hits, tally.inside) if inside else (tally.outside_hits, tally.outside)
    return f"{hits} of {count}"


def _less_well(found: Tally, fresh: Tally) -> str:
    if fresh.inside == 0:
        return " None of them lies inside, so the rule is untested."
    worse = fresh.density < found.density - _LESS_WELL or fresh.coverage < found.coverage - _LESS_WELL
    return " The rule is less accurate there; rely on these figures rather than on the first." if worse else ""


def how_lived(scenario: Scenario, worlds: Sequence[World], replicates: int, same_luck: bool) -> list[str]:
    """Return how the worlds were made and lived, which decides what may be concluded."""
    times = "once" if replicates == 1 else f"{replicates} times and averaged"
    luck = (
        "the same random numbers for all, so that findings hold for these alone"
        if same_luck
        else "its own random numbers"
    )
    varied = "one number" if len(worlds[0]) == 1 else f"{len(worlds[0])} numbers"
    clipped = clipped_count(scenario, worlds)
    return [
        f"{len(worlds):,} worlds differ in {varied}. {_drawn_how(scenario, worlds[0])} Each world was simulated "
        f"{times}, with {luck} and {scenario.simulated}; amounts are those of all of them.",
        *([f"In {clipped} worlds two segments were clipped, to be no more than everybody."] if clipped else []),
    ]


def _drawn_how(scenario: Scenario, world: World) -> str:
    """Return how the numbers of a world came about, and whether others were drawn beside them."""
    beside = set(drawn_addresses(scenario)) - set(world)
    if set(world) & set(drawn_together(scenario)):
        return f"They are made as a run's replicates are: {drawn_in_words(scenario)}."
    others = f" The {len(beside)} others that the scenario draws were drawn anew for each world." if beside else ""
    return f"Each is spread evenly over its range.{others}"


def meanings(scenario: Scenario, discoveries: Sequence[Discovery]) -> list[str]:
    """Return what the numbers that limits are named for mean."""
    boxes = [each.box for each in discoveries if each.box is not None]
    addresses = dict.fromkeys(limit.address for box in boxes for limit in box.limits)
    return [meaning_of(scenario, address) for address in addresses]


def limit_in_words(limit: Limit) -> str:
    """Return what a box asks of a number, such as "'story reach' lies below 28 % of shoppers"."""
    name, address = f"'{name_of(limit.address)}' lies", limit.address
    if limit.low is not None and limit.high is not None:
        return f"{name} between {_bare(address, limit.low)} and {amount_of(address, limit.high)}"
    if limit.high is not None:
        return f"{name} below {amount_of(address, limit.high)}"
    return f"{name} above {amount_of(address, limit.low or 0.0)}"


def _bare(address: str, value: float) -> str:
    """Return the first of two values with one unit."""
    return f"{100 * value:.3g}" if "%" in amount_of(address, value) else f"{value:.3g}"
