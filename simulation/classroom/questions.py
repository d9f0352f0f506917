"""What a class can be asked to foresee: a closed list of measures, true or false in each world."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from simulation.questions.screen.measures import EVERYBODY, STANDARDS
from simulation.runs.outcome import Outcome
from simulation.scenario.problems import Path, Problem
from simulation.scenario.schema import Name, Text
from simulation.scenario.uncertain import Finite

VALUE, STORY = "value_dollars", "a_story_runs"

MEANINGS = {
    VALUE: "the retailer's discounted value less that of the case's first choice, dollars",
    STORY: "1 if a newspaper tells of it, by chance or by plan, 0 if none does",
    **{name: f"{standard.meaning}, {standard.unit}".rstrip(", ") for name, standard in STANDARDS.items()},
}
"""What can be asked about, by name."""


class Question(BaseModel):
    """Whether a measure of one choice, and of one response to its story, will come out above a bound."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    asks: Text
    about: Name
    response: Name | None = None
    measure: Text
    of: Text | None = None
    above: Finite


def problems_of_question(question: Question, path: Path) -> Iterable[Problem]:
    """Yield what is wrong with the measure of a question, or with whom it is read for."""
    if question.measure not in MEANINGS:
        yield Problem((*path, "measure"), f"there is no measure '{question.measure}'", among=tuple(MEANINGS))
        return
    standard = STANDARDS.get(question.measure)
    if standard is None and question.of is not None:
        yield Problem((*path, "of"), f"{question.measure} is not read for anybody apart", "leave 'of' out")
    elif standard is not None and _whom(question) not in standard.whom:
        message = f"{question.measure} cannot be read for '{_whom(question)}'"
        yield Problem((*path, "of"), message, among=standard.whom, wrong=_whom(question))


def truth(question: Question, outcome: Outcome, policy: str) -> NDArray[np.bool_]:
    """Return in which worlds the answer to a question is yes, under a policy. Shape (replicates,)."""
    place = outcome.policies.index(policy)
    if question.measure == VALUE:
        values = outcome.difference()[:, place]
    elif question.measure == STORY:
        values = outcome.exposed()[:, place].astype(np.float64)
    else:
        values = STANDARDS[question.measure].read(outcome, place, _whom(question))
    return np.asarray(values > question.above)


def _whom(question: Question) -> str:
    return question.of or EVERYBODY
