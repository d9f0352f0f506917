"""Aisle Four in Python: read a scenario, change it, run it, question it.

    import aislefour as a4

    case = a4.read("shopsense_ifa").with_changes(shoppers=2_000, replicates=4)
    run = a4.run(case)
    run.summary                                     # a data frame; so are weekly, shoppers, replicates
    run.plot("churn", by="segment")
    a4.ask(case, a4.BreakEven("fee_per_member_year", policy="quiet sale"))

Everything is loaded when it is first asked for, so that importing the package takes no time. This is the folder that
the distribution installs as `aislefour`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.api.extending import Plugin as Plugin
    from simulation.api.extending import plug_in as plug_in
    from simulation.api.extending import plug_out as plug_out
    from simulation.api.finished import Run as Run
    from simulation.api.running import ask as ask
    from simulation.api.running import load as load
    from simulation.api.running import run as run
    from simulation.api.running import sweep as sweep
    from simulation.api.scenarios import read as read
    from simulation.questions.answer import Answer as Answer
    from simulation.questions.catalogue import *  # noqa: F403 # every question, for who checks types
    from simulation.scenario.problems import ScenarioError as ScenarioError
    from simulation.scenario.schema import Scenario as Scenario
    from simulation.scenario.shipped_files import notebooks as notebooks
    from simulation.scenario.shipped_files import scenarios as scenarios

__version__ = "0.1.0"

_OWN = {
    "read": "simulation.api.scenarios",
    **dict.fromkeys(("scenarios", "notebooks"), "simulation.scenario.shipped_files"),
    "Run": "simulation.api.finished",
    **dict.fromkeys(("run", "load", "ask", "sweep"), "simulation.api.running"),
    "Scenario": "simulation.scenario.schema",
    "ScenarioError": "simulation.scenario.problems",
    **dict.fromkeys(("Plugin", "plug_in", "plug_out"), "simulation.api.extending"),
    "Answer": "simulation.questions.answer",
}


def __getattr__(name: str) -> Any:
    """Return a public name, loaded when it is first asked for."""
    if name == "__all__":
        found: Any = [*_OWN, *_actions(), *_questions()]
    elif name in _OWN:
        found = getattr(import_module(_OWN[name]), name)
    elif not name.startswith("_") and name in (questions := _questions()):
        found = questions[name]
    elif not name.startswith("_") and name in _actions():
        found = import_module("simulation.api.actions").action(name)
    else:
        raise AttributeError(f"module 'aislefour' has no attribute '{name}'")
    globals()[name] = found
    return found


def _questions() -> dict[str, Any]:
    """Return every question by its name in Python."""
    every = import_module("simulation.questions.catalogue").QUESTIONS
    return {kind.__name__: kind for kind in every.values()}


def _actions() -> Any:
    """Return every kind of action by its name in Python."""
    return import_module("simulation.api.actions").kinds_by_class()


def __dir__() -> list[str]:
    return sorted([*__getattr__("__all__"), "__version__"])
