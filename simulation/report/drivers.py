"""What an answer hangs on, in words, and what to do about it: ask, pilot, measure, run more."""

from dataclasses import dataclass

import numpy as np

from simulation.behaviour.parameters import parameters
from simulation.evidence.passport_sheet import GRADE_MEANINGS
from simulation.report.drawn_numbers import FEWEST_REPLICATES, all_leanings, by_chance, leanings
from simulation.report.tipping_points import Split
from simulation.runs.formats import dollars, listed
from simulation.runs.headline import Headline, Row
from simulation.runs.outcome import Outcome
from simulation.runs.statement import in_100, secrecy_of, span_in_words
from simulation.scenario.drawn import drawn_together, spread_of
from simulation.scenario.schema import Scenario
from simulation.show.parameter_words import amount_of, name_of

_MOST = 3
_FROM_A_SOURCE = ("measured", "quoted")
_HAZARD = "world.press_hazard_per_year"
_CHANCE = 0.1  # an edge that shuffled luck finds more often than this is not told


@dataclass(frozen=True)
class Driver:
    """A drawn number that a policy's worth goes with."""

    address: str
    words: str

    @property
    def name(self) -> str:
        """The number's name, and whether a source gives its size."""
        known = "a figure from a source" if parameters()[self.address].grade in _FROM_A_SOURCE else "a guess"
        return f"{name_of(self.address)} ({known})"


def drivers_of(outcome: Outcome, about: str) -> tuple[Driver, ...]:
    """Return the three numbers that a policy's worth goes with most, of those that do more than by chance."""
    place, least = outcome.policies.index(about) - 1, by_chance(outcome)
    found = [(each.correlations[place], each.address) for each in leanings(outcome)]
    told = sorted((each for each in found if abs(each[0]) >= least), key=lambda each: -abs(each[0]))
    return tuple(Driver(address, _driver(outcome.scenario, address, size)) for size, address in told[:_MOST])


def _driver(scenario: Scenario, address: str, size: float) -> str:
    number, of_a_set = parameters()[address], address in drawn_together(scenario)
    low, high = (amount_of(address, end) for end in spread_of(scenario, address))
    drawn = "80 % of its draws lie" if of_a_set else "Drawn"
    worth = "less" if size < 0 else "more"
    return (
        f"{name_of(address).capitalize()}: {number.meaning.rstrip('.')}. The higher it is, the {worth} the policy is "
        f"worth (rank correlation {_signed(size)}). {drawn} from {low} to {high}; known as: "
        f"{GRADE_MEANINGS[number.grade]}."
    )


def _signed(size: float) -> str:
    return f"{size:+.2f}".replace("-", "−")


def hangs_on(outcome: Outcome, row: Row, drivers: tuple[Driver, ...]) -> tuple[str, ...]:
    """Return what a policy's worth hangs on: whether it comes out, then drawn numbers, or why none is named."""
    return (*_story(row, outcome.scenario), *([each.words for each in drivers] or [_no_drivers(outcome, row.policy)]))


def driven_by(row: Row, scenario: Scenario, drivers: tuple[Driver, ...]) -> str:
    """Return what a policy's worth hangs on most, by name; nothing where nothing is known to matter."""
    story = ["whether it comes out"] if secrecy_of(row, scenario) else []
    return listed([*story, *(each.name for each in drivers)])


def _story(row: Row, scenario: Scenario) -> tuple[str, ...]:
    """Return what coming out makes of a policy, and what its chance rests on; nothing where none can come out."""
    known, hazard = secrecy_of(row, scenario), parameters()[_HAZARD]
    if known is None:
        return ()
    secret, told = (dollars(each.value, True) for each in (known.if_secret, known.if_exposed))
    return (
        f"Whether it comes out: {secret} if it stays secret, {told} if not. The chance of that rests on "
        f"{hazard.source} ({hazard.grade}: {GRADE_MEANINGS[hazard.grade]}).",
    )


def _no_drivers(outcome: Outcome, about: str) -> str:
    """Return why no number is named, and which come nearest."""
    drawn = len(outcome.replicates[0].overrides)
    if not drawn:
        return "No number was drawn, so that none can be told to matter."
    if len(outcome.replicates) < FEWEST_REPLICATES:
        return "Too few replicates tell which numbers matter."
    place = outcome.policies.index(about) - 1
    found = sorted(all_leanings(outcome), key=lambda each: -abs(each.correlations[place]))[:_MOST]
    nearest = listed([f"{name_of(each.address)} ({_signed(each.correlations[place])})" for each in found])
    return (
        f"Numbers: of the {drawn} that were drawn, none goes with the answer more closely than the strongest of so "
        f"many would by chance (a rank correlation of {by_chance(outcome):.2f}). Nearest come {nearest}; more "
        "replicates may tell."
    )


def condition_in_words(row: Row, split: Split, scenario: Scenario) -> str:
    """Return in a sentence what would have to be true for a policy to pay."""
    known = secrecy_of(row, scenario)
    if known is None or split.same == split.of:
        return _number(split) or _as_it_went(row, split)
    if known.verdict == "loses even if secret":
        return f"It would have to earn {dollars(-known.if_secret.value)} more while nothing comes out." + _also(split)
    if known.verdict == "gains even if exposed":
        return "Nothing: it gains on average even if it comes out." + _also(split)
    point = known.break_even_chance
    below = in_100(point.value) if point else ""
    span = span_in_words(scenario.weeks)
    return (
        f"The chance that it comes out within {span} would have to be below about {below}; the model's is "
        f"{in_100(known.chance.value)}.{_also(split)}"
    )


def _also(split: Split) -> str:
    return f" {said}" if (said := _number(split)) else ""


def _number(split: Split) -> str:
    """Return the drawn number that tells paying from losing; "" if none does better than chance."""
    if not split.address or split.by_chance > _CHANCE:
        return ""
    side = "below" if split.below else "above"
    edge = amount_of(split.address, split.edge)
    return (
        f"It pays where {name_of(split.address)} lies {side} {edge}, right in {split.of - split.wrong} of {split.of} "
        "replicates."
    )


def _as_it_went(row: Row, split: Split) -> str:
    if split.same == split.of:
        return "Nothing would: it changes nothing."
    if split.paid in (0, split.of):
        paid = "paid in every replicate" if split.paid else "paid in no replicate"
        return f"It {paid}: nothing that was drawn turns it round."
    return f"It paid in {split.paid} of {split.of} replicates, and no drawn number tells which."


@dataclass(frozen=True)
class Step:
    """Something to do next: a verb, and the rest of the sentence."""

    verb: str
    words: str


def steps_of(outcome: Outcome, headline: Headline, about: str, drivers: tuple[Driver, ...]) -> tuple[Step, ...]:
    """Return what to do next, as far as the run shows it."""
    scenario = outcome.scenario
    found = (_ask(outcome, headline), _pilot(scenario), _measure(headline, scenario, about, drivers), _run(headline))
    return tuple(step for step in found if step)


def _ask(outcome: Outcome, headline: Headline) -> Step | None:
    shared = {name: outcome.sharing(place) for place, name in enumerate(outcome.policies) if outcome.sharing(place)}
    if not shared:
        return None
    asking = {name for name, flows in shared.items() if all(each.consent == "opt_in" for each in flows)}
    best = next((row for row in _resolved(headline) if row.policy in asking), None)
    if best:
        said = f"'{best.policy}' asks first and is shown to gain {dollars(best.difference_mean.value)} on average."
        return Step("Ask", f"{said} It rests on how many take part: ask a sample before signing (aislefour asking).")
    return Step("Ask", "What shoppers say before a deal, and whether it would change it: aislefour asking.")


def _resolved(headline: Headline) -> list[Row]:
    """Return the policies that are shown to be worth more than the first."""
    ranking, first = headline.ranking, headline.rows[0].policy
    if ranking is None:
        return []
    gaining = [row for row in headline.rows[1:] if row.difference_mean.value > 0.0]
    return [row for row in gaining if ranking.pair(row.policy, first).resolved]


def _pilot(scenario: Scenario) -> Step | None:
    if len(scenario.markets) == 1:
        return None
    smallest = min(scenario.markets, key=lambda name: scenario.markets[name])
    share = f"{scenario.markets[smallest]:.0%}"
    return Step("Pilot", f"Try it in {smallest} ({share} of shoppers) first; a story does not stop at its border.")


def _measure(headline: Headline, scenario: Scenario, about: str, drivers: tuple[Driver, ...]) -> Step | None:
    row = next(row for row in headline.rows if row.policy == about)
    known = secrecy_of(row, scenario)
    if known and known.break_even_chance:
        turns = in_100(known.break_even_chance.value)
        said = f"How likely '{about}' is to come out: who would know, and who would tell. The answer turns at {turns}."
        return Step("Measure", said)
    if drivers:
        return Step("Measure", f"{name_of(drivers[0].address).capitalize()}: the answer goes with it most.")
    return None


def _run(headline: Headline) -> Step | None:
    pairs = headline.ranking.pairs if headline.ranking else ()
    needed = [pair.replicates_needed for pair in pairs if pair.replicates_needed]
    if not needed:
        return None
    most = int(np.min(needed))
    return Step(
        "Run", f"The nearest of the ties would be told by about {most:,} replicates (aislefour run --until-ranked)."
    )
