"""What an answer hangs on, in words, and what to do about it: ask, pilot, measure, run more."""

from dataclasses import dataclass

import numpy as np

from simulation.behaviour.parameters import parameters
from simulation.evidence.passport_sheet import GRADE_MEANINGS
from simulation.report.drawn_numbers import FEWEST_REPLICATES, all_leanings, by_chance, leanings, worlds
from simulation.report.tipping_points import Split
from simulation.runs.acting import acting
from simulation.runs.formats import dollars, listed
from simulation.runs.headline import Headline, Row
from simulation.runs.outcome import Outcome
from simulation.runs.secrecy import Secrecy
from simulation.runs.statement import in_100, in_words, secrecy_of, span_in_words
from simulation.scenario.drawn import drawn_together, spread_of
from simulation.scenario.schema import Scenario
from simulation.show.parameter_words import amount_of, name_of

_MOST = 3
_FROM_A_SOURCE = ("measured", "quoted")
_HAZARD = "world.press_hazard_per_year"


@dataclass(frozen=True)
class Driver:
    """A drawn number that a policy's worth goes with."""

    address: str
    words: str

    @property
    def name(self) -> str:
        """The number's name, and whether a source gives its size."""
        known = "from a source" if parameters()[self.address].grade in _FROM_A_SOURCE else "an assumption"
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
    share = " (80 % of draws)" if of_a_set else ""
    worth = "less" if size < 0 else "more"
    return (
        f"{name_of(address).capitalize()}: {number.meaning.rstrip('.')}. The higher it is, the {worth} the policy is "
        f"worth (rank correlation {_signed(size)}). Varied from {low} to {high}{share}. Evidence: "
        f"{GRADE_MEANINGS[number.grade]}."
    )


def _signed(size: float) -> str:
    return f"{size:+.2f}".replace("-", "−")


def hangs_on(outcome: Outcome, row: Row, drivers: tuple[Driver, ...]) -> tuple[str, ...]:
    """Return what a policy's worth hangs on: whether it comes out, then drawn numbers, or why none is named."""
    return (*_story(row, outcome.scenario), *([each.words for each in drivers] or [_no_drivers(outcome, row.policy)]))


def driven_by(row: Row, scenario: Scenario, drivers: tuple[Driver, ...]) -> str:
    """Return what a policy's worth hangs on most, by name; nothing where nothing is known to matter."""
    story = ["whether the press exposes it"] if secrecy_of(row, scenario) else []
    return listed([*story, *(each.name for each in drivers)])


def _story(row: Row, scenario: Scenario) -> tuple[str, ...]:
    """Return what coming out makes of a policy, and what its chance rests on; nothing where none can come out."""
    known, hazard = secrecy_of(row, scenario), parameters()[_HAZARD]
    if known is None:
        return ()
    secret, told = (in_words(each) for each in (known.if_secret, known.if_exposed))
    return (
        f"Whether the press exposes it: {secret} if it stays secret, {told} if not. The chance of exposure is based on "
        f"{hazard.source} ({hazard.grade}: {GRADE_MEANINGS[hazard.grade]}).",
    )


def _no_drivers(outcome: Outcome, about: str) -> str:
    """Return why no number is named, and which come nearest."""
    drawn = len(outcome.replicates[0].overrides)
    if not drawn:
        return "Every number was held fixed, so the run cannot show which of them matter."
    if len(outcome.replicates) < FEWEST_REPLICATES:
        return "There are too few replicates to show which numbers matter."
    place = outcome.policies.index(about) - 1
    found = {each.address: each.correlations[place] for each in all_leanings(outcome)}
    ordered = sorted(found, key=lambda address: -abs(found[address]))
    near = acting(outcome.scenario, ordered, _MOST, about)
    nearest = listed([f"{name_of(address)} ({_signed(found[address])})" for address in near])
    return (
        f"None of the {drawn} numbers that were varied is correlated with the answer more strongly than chance alone "
        f"would produce among so many (rank correlation {by_chance(outcome):.2f}). The closest are {nearest}; "
        f"{_more_would_show(outcome)}."
    )


def _more_would_show(outcome: Outcome) -> str:
    """Return whether more replicates could name a number: the rows of the evidence set are few."""
    if not drawn_together(outcome.scenario):
        return "more replicates may show more"
    few = f"the replicates amount to {worlds(outcome)} different worlds of the evidence set"
    return f"{few}, so that more of them would show little more"


def condition_in_words(row: Row, split: Split, scenario: Scenario) -> str:
    """Return in a sentence what would have to be true for a policy to pay."""
    known = secrecy_of(row, scenario)
    if known is None or split.same == split.of:
        return _number(split) or _as_it_went(row, split)
    if known.verdict == "loses even if secret":
        return f"It would have to earn {dollars(-known.if_secret.value)} more while it stays secret." + _also(split)
    if known.verdict == "gains even if exposed":
        return "Nothing: it gains on average even if it is exposed." + _also(split)
    point = known.break_even_chance
    below = in_100(point.value) if point else ""
    span = span_in_words(scenario.weeks)
    return (
        f"The chance of exposure within {span} would have to be below about {below}; the model puts it at "
        f"{in_100(known.chance.value)}.{_scaled(known)}{_also(split)}"
    )


def _scaled(known: Secrecy) -> str:
    """Return where it turns if the chances of all worlds rise or fall alike; nothing if they never do."""
    if (point := known.break_even_if_scaled) is None:
        return ""
    return f" If the risk is scaled alike in every world, that point is {in_100(point.value)}."


def _also(split: Split) -> str:
    return f" {said}" if (said := _number(split)) else ""


def _number(split: Split) -> str:
    """Return the drawn number that tells paying from losing; "" if none does better than chance."""
    if not split.is_beyond_chance:
        return ""
    side = "below" if split.below else "above"
    edge = amount_of(split.address, split.edge)
    return (
        f"It tends to pay where {name_of(split.address)} is {side} {edge}; this holds in {split.of - split.wrong} of "
        f"{split.of} replicates."
    )


def _as_it_went(row: Row, split: Split) -> str:
    if split.same == split.of:
        return "It changes nothing, whatever is assumed."
    if split.paid in (0, split.of):
        paid = "paid in every replicate" if split.paid else "paid in no replicate"
        return f"It {paid}, whatever was assumed."
    return f"It paid in {split.paid} of {split.of} replicates; no single assumption explains which."


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
        said = f"'{best.policy}' asks for consent first and gains {dollars(best.difference_mean.value)} on average."
        return Step("Ask", f"{said} This depends on how many agree: survey a sample before signing (aislefour asking).")
    return Step("Ask", "Survey a sample of shoppers before signing; aislefour asking shows what that is worth.")


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
    return Step("Pilot", f"Start in {smallest} ({share} of shoppers), but a news story would reach all markets.")


def _measure(headline: Headline, scenario: Scenario, about: str, drivers: tuple[Driver, ...]) -> Step | None:
    row = next(row for row in headline.rows if row.policy == about)
    known = secrecy_of(row, scenario)
    if known and known.break_even_chance:
        turns = in_100(known.break_even_chance.value)
        said = f"Estimate how likely '{about}' is to be exposed: who would know of it, and who might tell."
        return Step("Measure", f"{said} Above a chance of about {turns} it stops paying.")
    if drivers:
        return Step("Measure", f"Find out more about the {name_of(drivers[0].address)}: the answer depends on it most.")
    return None


def _run(headline: Headline) -> Step | None:
    pairs = headline.ranking.pairs if headline.ranking else ()
    needed = [pair.replicates_needed for pair in pairs if pair.replicates_needed]
    if not needed:
        return None
    most = int(np.min(needed))
    return Step(
        "Run", f"About {most:,} replicates would settle the closest undecided pair (aislefour run --until-ranked)."
    )
