"""A population file: numbers of shopping that a scenario takes from beside it, or why it cannot."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap

from simulation.scenario.documents import read_document
from simulation.scenario.problems import Located, Problem, ScenarioError
from simulation.scenario.schema import population_file_type

_ADVICE = "name a file such as population.yaml, as aislefour calibrate writes it"
_ENDINGS = (".yaml", ".yml")
_NAMED = ("population", "from")


def take_population(data: CommentedMap, folder: Path | None) -> Sequence[Problem | Located]:
    """Put the numbers of the population file that a scenario names where it sets none itself; return what is wrong.

    The file's name is looked up from `folder` on, and does not stay: the scenario then says all by itself.
    """
    population = data.get("population")
    name = population.get("from") if isinstance(population, dict) else None
    if not isinstance(name, str) or not name:
        return []  # nothing is named, or something that has been refused already
    if message := _why_not(name, folder):
        return [Problem(_NAMED, message, _ADVICE)]
    try:
        found: Any = read_document(Path(folder or "", name), population_file_type())
    except ScenarioError as error:
        return error.problems
    del population["from"]
    own = data.get("shopping", {})
    if isinstance(own, dict):
        data["shopping"] = found.shopping.model_dump(exclude_none=True) | own
    return []


def _why_not(name: str, folder: Path | None) -> str:
    if folder is None:
        return "only a scenario file can name a population file"
    if not name.isprintable() or not name.endswith(_ENDINGS):
        return f"'{name}' is not the name of a YAML file"
    try:
        return "" if (folder / name).is_file() else f"there is no file {folder / name}"
    except OSError as error:
        return f"the file cannot be found: {error.strerror}"
