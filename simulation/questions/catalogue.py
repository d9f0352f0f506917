"""All questions, in the order in which help and pages list them, and in which to read their folders: a line each.

The verbs of the command line, `aislefour.ask`, the forms of pages and the names behind `import aislefour` follow.
"""

from simulation.questions.ask import Question

# ruff: isort: off
from simulation.questions.compare.question import Compare as Compare
from simulation.questions.explain.question import Explain as Explain
from simulation.questions.churn.question import Churn as Churn
from simulation.questions.break_even.question import BreakEven as BreakEven
from simulation.questions.reserve.question import Reserve as Reserve
from simulation.questions.ensemble.question import Ensemble as Ensemble
from simulation.questions.sensitivity.question import Sensitivity as Sensitivity
from simulation.questions.robust.question import Robust as Robust
from simulation.questions.optimise.question import Optimise as Optimise
from simulation.questions.survey.question import Survey as Survey
from simulation.questions.screen.question import Screen as Screen

_ALL = [each for each in list(vars().values()) if isinstance(each, type) and issubclass(each, Question)]

QUESTIONS: dict[str, type[Question]] = {each.name: each for each in _ALL if each is not Question}
"""Every question by its name."""
