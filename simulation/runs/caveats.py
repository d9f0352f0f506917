"""What to bear in mind about an answer: what it rests on, what its intervals cover, what the model leaves out."""

from simulation.runs.formats import listed
from simulation.scenario.drawn import drawn_alone, drawn_together
from simulation.scenario.schema import Scenario

_EXTRAPOLATION = "An extrapolation, not a forecast: "
_RESTS_ON = "the rules rest on surveys and on reactions observed elsewhere."
_NO_CASE = (
    "no public case of a grocer selling card data to an outside health insurer, with sales before and after, is known; "
    "grocers that price their own car insurance by the card come nearest."
)

CAVEAT = f"{_EXTRAPOLATION}{_RESTS_ON} Intervals cover what was drawn, not what the model leaves out."
"""What holds of every answer, whatever was asked."""

_OF_INSURERS = "the insurer's other business, what a raised premium does to health, "
NOT_MODELLED = (
    f"Suits other than class actions, employees and investors, {_OF_INSURERS}price wars between grocers, new stores, "
    "inflation, and habits of thought that change over years. "
    "Shoppers are households that decide alone, hear from a few acquaintances within their market, and never "
    "move. The rival is one grocer, the regulator one authority, and each acts by a few fixed rules."
)
"""All that the model leaves out."""


def caveat(scenario: Scenario) -> str:
    """Return what to bear in mind about a run: what it rests on, and what its intervals cover."""
    known = _NO_CASE if _goes_to_insurers(scenario) else _RESTS_ON
    return f"{_EXTRAPOLATION}{known} {_covered(scenario)}"


def not_modelled(scenario: Scenario) -> str:
    """Return what the model leaves out, as far as a scenario comes near it."""
    return NOT_MODELLED if _goes_to_insurers(scenario) else NOT_MODELLED.replace(_OF_INSURERS, "")


def _goes_to_insurers(scenario: Scenario) -> bool:
    recipients = (
        getattr(action, name, None)
        for actions in scenario.policies.values()
        for action in actions
        for name in ("recipient", "to_recipient", "to")
    )
    return "insurer" in recipients


def _covered(scenario: Scenario) -> str:
    drawn = _drawn(scenario)
    if scenario.replicates == 1:
        other = " and its numbers are one draw of many" if drawn else ""
        return f"One replicate cannot tell how far chance carries{other}."
    if not drawn:
        return "The intervals cover chance alone: no number was drawn."
    return f"The intervals cover {listed(['chance', *drawn])}, not what the model leaves out."


def drawn_in_words(scenario: Scenario) -> str:
    """Return what a scenario's replicates draw anew, and how; "" if nothing."""
    return listed(_drawn(scenario))


def _drawn(scenario: Scenario) -> list[str]:
    named, together, alone = scenario.uncertain.ranges, drawn_together(scenario), drawn_alone(scenario)
    found = ["the number drawn from its range" if len(named) == 1 else f"the {len(named)} numbers drawn from ranges"]
    found = found if named else []
    if together:
        found.append(f"{len(together)} guesses drawn jointly from {_SETS[scenario.uncertain.others]}")
    if len(alone) > len(named):
        found.append(f"{len(alone) - len(named)} guesses each drawn from its plausible range")
    return found


_SETS = {
    "evidence": "the evidence set, as far as observed reactions tell",
    "low_reaction": "the fifth of the evidence set with the weakest reactions",
    "high_reaction": "the fifth of the evidence set with the strongest reactions",
}
