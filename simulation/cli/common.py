"""What verbs share: how packages are loaded, the scenario that is chosen, and how bad input is refused."""

import gc
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from simulation.runs import executors

if TYPE_CHECKING:
    from simulation.scenario.schema import Scenario

Means = Annotated[executors.Means, Parameter(name="*")]
"""The options that say how runs are carried out."""

AS_IT_PAYS = executors.Means()
QUICK_SHOPPERS, QUICK_REPLICATES = 1_000, 16
"""The most that a first look takes of a file's: one block of replicates, of which no error is known."""

_OPTIONS = (
    *("seed", "shoppers", "weeks", "replicates", "policies", "workers", "scheduler"),
    *("what", "by", "out", "tables", "world", "rounds"),
)

_SURELY_SOMEBODY = 1.001  # shoppers of a market by its share, which may be off by a millionth

BAD_INPUT = 2
"""The exit code of a command that was refused."""


@contextmanager
def loading() -> Iterator[None]:
    """Import packages without looking for garbage among what they define, now and later: it stays to the end.

    The interpreter would otherwise go through all of it again and again, for a tenth of a quick run.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def chosen(file: Path, policies: Sequence[str] | None = None, **settings: Any) -> "Scenario":
    """Return the scenario with what the command line changes; raises ValueError in plain words."""
    with loading():
        from simulation.scenario.reading import read_scenario

    scenario = read_scenario(file).with_changes(policies, **settings)
    note_empty_markets(file, scenario)
    return scenario


def note_empty_markets(file: Path, scenario: "Scenario") -> None:
    """Say on standard error in which markets nobody lives, since a policy that acts there alone acts on nobody."""
    shoppers = scenario.population.shoppers
    if min(scenario.markets.values()) * shoppers >= _SURELY_SOMEBODY:
        return
    from simulation.scenario.population import market_bounds

    bounds = market_bounds(shoppers, list(scenario.markets.values()))
    for name, first, last in zip(scenario.markets, bounds[:-1], bounds[1:], strict=True):
        if first == last:
            share = f"its share is {scenario.markets[name]:g}"
            print(f"{file}: of {shoppers:,} shoppers nobody lives in market {name}: {share}", file=sys.stderr)


def command() -> str:
    """Return the command line as it was given, to be kept with what it has made."""
    import shlex

    return shlex.join(["aislefour", *sys.argv[1:]])


def refused(error: Exception | str, spelled: Mapping[str, str] | None = None) -> int:
    """Say on standard error what is wrong; return the exit code.

    A message that begins with an option's name has it as the command line does; `spelled` are options by their names.
    """
    text, known = str(error), {name: f"--{name}" for name in _OPTIONS} | dict(spelled or {})
    name = text.split(maxsplit=1)[0].rstrip(":") if text.strip() else ""
    print(f"{known[name]}{text[len(name) :]}" if name in known else text, file=sys.stderr)
    return BAD_INPUT
