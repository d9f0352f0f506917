"""A Pareto front in words: its ends, a middle, and no winner."""

from simulation.questions.optimise.levers import Value
from simulation.questions.optimise.search import AIMS, Front, Option, ends, leans_on, middle, standing
from simulation.runs.estimates import standard_error
from simulation.runs.formats import dollars, listed
from simulation.scenario.schema import Scenario
from simulation.show.parameter_words import name_of

WARNING = (
    "An optimiser finds whatever the model rewards, including its guesses, and goes to the limit of a range if nothing "
    "in the model opposes it, for instance to a fee that no buyer has to accept. Read a Pareto front as a list of "
    "questions, not as a plan."
)


def superlative(aim: str) -> str:
    """Return what the best by an aim has, such as "least harm"."""
    return f"{'most' if AIMS[aim].wanted == 'maximize' else 'least'} {aim}"


def reading(aim: str, value: float) -> str:
    """Return how an option does by an aim, in figures."""
    if aim == "value":
        return dollars(value, signed=True)
    return f"{value:.3f}" if aim == "trust" else f"{value:,.3g}"


def settings(option: Option) -> str:
    """Return how an option sets the levers."""
    return ", ".join(f"{name} {spelled(value)}" for name, value in option.point.items()) or "as it is"


def spelled(value: Value) -> str:
    """Return what a term is set to."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else f"{value:.3g}"


def front_in_words(front: Front) -> list[str]:
    """Return what the front holds: its ends, a middle, the policy itself, and what held-out worlds changed."""
    count, fresh = len(front.options), len(front.fresh_worlds)
    best = ends(front)
    said = [
        f"{superlative(aim).capitalize()}: {option.name} ({settings(option)}): {_does(front, option)}."
        for aim, option in best.items()
    ]
    between = middle(front)
    told = "" if between.name in {option.name for option in best.values()} else f" ({settings(between)})"
    return [
        f"{count} of {front.trials} trials {'is' if count == 1 else 'are'} Pareto-optimal in the {front.worlds} search "
        f"worlds. What follows are means over {fresh} held-out worlds, to which nothing was fitted.",
        *_beaten(front),
        *said,
        f"A middle: {between.name}{told}: {_does(front, between)}.",
        f"'{front.policy}' as it is: {_does(front, front.own)}. '{front.baseline}': {_does(front, front.nothing)}.",
        _fitted(front),
        "Which of them to prefer is a judgement about these aims, which the Pareto front does not make.",
    ]


def _beaten(front: Front) -> list[str]:
    beaten = len(front.options) - len(standing(front))
    if not beaten:
        return []
    return [f"'{front.baseline}' does as well or better in every aim than {beaten} of them, which are left aside here."]


def _does(front: Front, option: Option) -> str:
    figures = [f"{aim} {reading(aim, float(option.mean[place]))}" for place, aim in enumerate(front.aims)]
    error = standard_error(option.fresh[:, 0])
    if option is not front.nothing and front.aims[0] == "value":
        figures[0] += f" (standard error {dollars(error)})"
    return ", ".join(figures)


def _fitted(front: Front) -> str:
    """Return how far the first aim's best was fitted to the worlds searched."""
    option, aim = ends(front)[front.aims[0]], front.aims[0]
    then, now = (reading(aim, float(each[0])) for each in (option.searched, option.mean))
    return f"In the worlds searched, {option.name} had {aim} {then}; in held-out ones it has {now}."


def how_searched(scenario: Scenario, front: Front) -> list[str]:
    """Return how the options were lived, which decides what may be concluded."""
    return [
        f"{front.worlds} worlds were searched and {len(front.fresh_worlds)} held out, each with its own random numbers "
        f"and {scenario.simulated}; amounts and events are those of all of them.",
        "What is tried depends on the seed and on the version of optuna, and not on the number of processes.",
    ]


def leaning_in_words(front: Front) -> str:
    """Return the guesses that the front's middle leans on."""
    option = middle(front)
    found = [f"{name_of(address)} ({size:+.2f})" for address, size in leans_on(front, option).items()]
    moved = f"the {front.aims[0]} of {option.name}"
    if not found:
        return f"No guess that the worlds vary moves {moved} more than chance would."
    return f"Guesses move {moved}; rank correlations over held-out worlds: {listed(found)}."
