"""What every number rests on: where it acts, and what it moves from one end of its plausible range to the other."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from simulation.behaviour.parameters import Parameter, parameters
from simulation.behaviour.spelling import did_you_mean
from simulation.runs.measures import STUDIED
from simulation.runs.tasks import Task, carry_out
from simulation.scenario.schema import Scenario, scenario_type

PACKAGE = Path(__file__).parent.parent
_READERS = ("behaviour", "scenario", "model", "runs", "questions", "evidence")
_SHOWING = {"answer", "words", "figures", "validation_page"}
_NUMBERS = re.compile(r"(^|[._])(p|numbers?|record|parameters\(\)|weekly|_share_of)$")
_SMALLEST_MOVE = 1e-9

FEW = 3_000
"""Shoppers with whom a number is moved."""

_SALE = {"week": 9, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.50}
_ASKED = _SALE | {"consent": "opt_in", "purpose": "wellness", "reward": 0.002, "worth_to_participant": 12}
_STORY = {"week": 35, "do": "press_story", "about": "share_data"}
_YARD = {
    "title": "A yard in which numbers are moved",
    "question": "What does a number move?",
    "seed": 2007,
    "weeks": 104,
    "uncertain": "chance",
    "population": {"shoppers": FEW},
    "policies": {
        "status quo": [],
        "sale exposed": [
            _SALE,
            _STORY,
            {"week": 60, "do": "respond", "to": "date", "about": "share_data", "stop": True},
        ],
        "asked first": [_ASKED],
        "offers, tier and prices": [
            {"week": 9, "do": "targeted_offers", "intensity": 2, "depth": 0.8, "bought_data": "demographics"},
            {"week": 9, "do": "top_tier_only", "threshold": 0.9, "visibility": 0.8},
            {"week": 9, "do": "personal_prices", "dispersion": 0.1},
        ],
    },
}


@dataclass(frozen=True)
class Reader:
    """A function that reads a number, and what it does."""

    place: str
    does: str


@dataclass(frozen=True)
class Move:
    """What a policy's measure comes to with a number at the low and at the high end of its range."""

    policy: str
    measure: str
    low: float
    high: float

    @property
    def size(self) -> float:
        """The change as a share of the larger of the two."""
        return abs(self.high - self.low) / max(abs(self.high), abs(self.low), _SMALLEST_MOVE)


def yard() -> Scenario:
    """Return a small case with something of everything, in which the effect of a number is shown."""
    return scenario_type().model_validate(_YARD)


def find(name: str) -> list[Parameter]:
    """Return the number of this name or address, or all of a section; raises ValueError with what is near."""
    known = parameters()
    if found := [each for each in known.values() if name in (each.address, each.name, each.section)]:
        return found
    names = dict.fromkeys(part for each in known.values() for part in (each.address, each.name, each.section))
    hint = did_you_mean(name, names) or "'aislefour parameters' lists them"
    raise ValueError(f"there is no number or section called '{name}'; {hint.strip()}")


def readers(parameter: Parameter) -> list[Reader]:
    """Return the functions of the program that read a number, in the order of its map."""
    return [reader for pattern, reader in _all_readers() if re.fullmatch(pattern, parameter.name)]


def moves(parameter: Parameter, case: Scenario) -> list[Move]:
    """Return what a number moves over its range in a case, the largest change first; everything else stays."""
    tasks = [Task(case, 0, {parameter.address: end}) for end in parameter.range]
    low, high = (found.measures for found in carry_out(tasks))
    each = [
        Move(policy, measure, float(low[measure][place]), float(high[measure][place]))
        for measure in STUDIED
        for place, policy in enumerate(case.policies)
    ]
    return sorted((move for move in each if not np.isclose(move.low, move.high)), key=lambda move: -move.size)


@cache
def _all_readers() -> tuple[tuple[str, Reader], ...]:
    found = []
    for folder in _READERS:
        for path in sorted(each for each in (PACKAGE / folder).rglob("*.py") if each.stem not in _SHOWING):
            place = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
            tree = ast.parse(path.read_text(encoding="utf-8"))
            tables = {ast.unparse(node.targets[0]): node.value for node in tree.body if isinstance(node, ast.Assign)}
            for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
                does = (ast.get_docstring(function) or "").split("\n")[0]
                reader = Reader(f"{place}.{function.name}", does)
                found += [(pattern, reader) for pattern in sorted(set(_patterns(function, tables)))]
    return tuple(found)


def _patterns(function: ast.FunctionDef, tables: Mapping[str, ast.AST]) -> Iterator[str]:
    """Yield the numbers that a function looks up, as regular expressions: some names are put together from parts.

    Where the name looked up is not written in its place, any name that the function or a table it uses mentions counts.
    """
    for looked_up in _look_ups(function):
        names = list(_names(looked_up))
        if not names:
            used = [tables[node.id] for node in ast.walk(function) if isinstance(node, ast.Name) and node.id in tables]
            names = [name for part in (function, *used) for name in _names(part)]
        yield from names


def _look_ups(function: ast.FunctionDef) -> Iterator[ast.AST]:
    for node in ast.walk(function):
        if isinstance(node, ast.Subscript) and _NUMBERS.search(ast.unparse(node.value)):
            yield node.slice
        elif isinstance(node, ast.Call) and _NUMBERS.search(ast.unparse(node.func)):
            yield from node.args


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else r"\w+" for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        if re.fullmatch(r"(\w+\.)?\w+", node.value):
            yield re.escape(node.value.split(".")[-1])
    else:
        for part in ast.iter_child_nodes(node):
            yield from _names(part)
