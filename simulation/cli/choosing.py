"""What verbs share: the scenario that the command line chooses, and how bad input is refused."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.scenario.schema import Scenario

QUICK_SHOPPERS = 10_000
BAD_INPUT = 2
"""The exit code of a command that was refused."""


def chosen(file: Path, policies: Sequence[str] | None = None, **settings: int | None) -> "Scenario":
    """Return the scenario with what the command line changes; raises ValueError in plain words."""
    from simulation.scenario.changes import changed
    from simulation.scenario.reading import read_scenario

    return changed(read_scenario(file), policies, **settings)


def command() -> str:
    """Return the command line as it was given, to be kept with what it has made."""
    import shlex

    return shlex.join(["aislefour", *sys.argv[1:]])


def refused(error: Exception) -> int:
    """Say on standard error what is wrong; return the exit code."""
    print(error, file=sys.stderr)
    return BAD_INPUT
