"""All questions, in the order in which help and pages list them."""

from simulation.questions.ask import Question
from simulation.questions.break_even.question import BreakEven
from simulation.questions.churn.question import Churn
from simulation.questions.compare.question import Compare
from simulation.questions.ensemble.question import Ensemble
from simulation.questions.explain.question import Explain
from simulation.questions.optimise.question import Optimise
from simulation.questions.reserve.question import Reserve
from simulation.questions.robust.question import Robust
from simulation.questions.screen.question import Screen
from simulation.questions.sensitivity.question import Sensitivity
from simulation.questions.survey.question import Survey

ASKED_ALONE: tuple[type[Question], ...] = (
    *(Explain, Churn, BreakEven, Reserve, Ensemble, Sensitivity),
    *(Robust, Optimise, Survey, Screen),
)
"""Questions about one scenario."""

QUESTIONS: dict[str, type[Question]] = {Compare.name: Compare, **{each.name: each for each in ASKED_ALONE}}
"""Every question by its name."""
