"""A population file: numbers of shopping that a scenario takes from beside it, or why it cannot."""

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml.comments import CommentedMap

from simulation.scenario.places import Kind, located, parsed, text_of, unusable
from simulation.scenario.problems import Located, Problem, ScenarioError
from simulation.scenario.schema import population_file_type
from simulation.scenario.wording import problem_from

_KIND = Kind("a population file", "population.yaml, as aislefour calibrate writes it", "shopping:")
_ENDINGS = (".yaml", ".yml")
_NAMED = ("population", "from")


def take_population(data: CommentedMap, lines: list[str], file: str, folder: Path | None) -> list[Located]:
    """Put the numbers of the population file that a scenario names where it sets none itself; return what is wrong.

    The file's name is looked up from `folder` on, and does not stay: the scenario then says all by itself.
    """
    population = data.get("population")
    name = population.get("from") if isinstance(population, dict) else None
    if not isinstance(name, str) or not name:
        return []  # nothing is named, or something that has been refused already
    if message := _why_not(name, folder):
        return [located(Problem(_NAMED, message, f"name a file such as {_KIND.example}"), data, lines, file)]
    try:
        shopping = population_in(Path(folder or "", name))
    except ScenarioError as error:
        return list(error.problems)
    del population["from"]
    own = data.get("shopping")
    if own is None or isinstance(own, dict):
        data["shopping"] = shopping | (own or {})
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


def population_in(path: Path) -> dict[str, Any]:
    """Return the numbers of a population file by name; raises ScenarioError with all that is wrong with it."""
    text, file = text_of(path, _KIND), str(path)
    data, found = parsed(text, file, _KIND)
    problems = {problem.path: problem for problem in unusable(data)}
    try:
        population_file_type().model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        problems = {each.path: each for each in (_said(each, data) for each in error.errors())} | problems
    found += [located(problem, data, text.splitlines(), file) for problem in problems.values()]
    if found:
        raise ScenarioError(sorted(found, key=lambda each: (each.line, each.column)))
    return dict(data["shopping"])


def _said(error: Any, data: CommentedMap) -> Problem:
    """Return a finding in words; what only a scenario may say is told apart from what nobody knows."""
    if error["type"] == "extra_forbidden" and len(error["loc"]) == 1:
        name = error["loc"][0]
        return Problem((name,), f"a population file holds 'shopping' alone, not '{name}'", "remove it", at_key=True)
    if error["type"] == "missing":
        return Problem((), "a population file needs 'shopping'", "add 'shopping: {trips_per_week: ...}'")
    return problem_from(error, data)
