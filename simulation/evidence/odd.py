"""(+ odd.md) The ODD+D protocol of the model: a text with tables that are read off the sources."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from simulation.behaviour.draws import Purpose
from simulation.behaviour.parameters import GRADES, parameters
from simulation.behaviour.plugins import called, owner, plugins
from simulation.behaviour.states import MOST_PRACTICES
from simulation.model.accounts import own_flows
from simulation.model.acting import INSTITUTIONS, own_institutions
from simulation.model.institutions import Institution, Retailer
from simulation.runs.caveats import NOT_MODELLED
from simulation.runs.columns import meaning_of
from simulation.runs.measures import own_measures
from simulation.runs.readings import YEAR
from simulation.scenario.policies import kinds

PACKAGE = Path(__file__).parent.parent

Rows = list[tuple[str, str]]


def protocol() -> str:
    """Return the protocol as a page of Markdown, ending in a line break."""
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), keep_trailing_newline=True)
    return environment.get_template("odd.md").render(
        table=_table,
        traits=_fields("scenario/population.py", "Shoppers"),
        states=_fields("scenario/population.py", "Lives"),
        institutions=_institutions(),
        practices=_columns("scenario/practices.py", "PRACTICE"),
        levers=_columns("scenario/timeline.py", "LEVERS") + _own_levers(),
        measures=_measures(),
        schedule=list(_schedule()),
        order="the retailer, then " + ", ".join(name.replace("_", " ") for name in _acting()),
        purposes=_purposes(),
        exposing=_functions("behaviour/exposure.py"),
        feeling=_functions("behaviour/rules.py"),
        deciding=_functions("behaviour/choices.py"),
        scoring=_functions("model/scoring.py"),
        network=" ".join((ast.get_docstring(_tree("behaviour/network.py")) or "").split("\n\n")[1].split()),
        actions=[(f"`{do}`", _first(kind.__doc__) + _added("actions", do)) for do, kind in kinds().items()],
        plugins=_plugins(),
        counted=_counted(),
        not_modelled=NOT_MODELLED,
        most_practices=MOST_PRACTICES,
        year=YEAR,
    )


def _table(heads: tuple[str, str], rows: Rows) -> str:
    lines = [heads, ("---", "---"), *rows]
    return "\n".join(f"| {first} | {second.replace('|', chr(92) + '|')} |" for first, second in lines)


@cache
def _tree(file: str) -> ast.Module:
    return ast.parse((PACKAGE / file).read_text(encoding="utf-8"))


def _first(text: str | None) -> str:
    """Return the first paragraph of a docstring on one line."""
    return " ".join((text or "").strip().split("\n\n")[0].split())


def _said(file: str, name: str) -> str:
    found = (node for node in _tree(file).body if isinstance(node, ast.FunctionDef) and node.name == name)
    return _first(ast.get_docstring(next(found)))


def _functions(file: str) -> Rows:
    found = [node for node in _tree(file).body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    return [(f"`{node.name}`", _first(ast.get_docstring(node)).removeprefix("Return ")) for node in found]


def _fields(file: str, name: str) -> Rows:
    """Return the fields of a class with what the comments behind them say."""
    owner = next(node for node in _tree(file).body if isinstance(node, ast.ClassDef) and node.name == name)
    return list(_commented(file, owner, r"^\s+(\w+):[^#]*?(?:#\s*(.*))?$"))


def _columns(file: str, name: str) -> Rows:
    """Return the columns of a record with what the comments behind them say."""
    owner = next(
        node for node in _tree(file).body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    )
    return list(_commented(file, owner, r'^\s+\("(\w+)",[^#]*?(?:#\s*(.*))?$'))


def _commented(file: str, owner: ast.stmt, shape: str) -> Iterator[tuple[str, str]]:
    lines = (PACKAGE / file).read_text(encoding="utf-8").splitlines()[owner.lineno : owner.end_lineno]
    for found in filter(None, (re.match(shape, line) for line in lines)):
        yield f"`{found[1]}`", found[2] or found[1].replace("_", " ")


def _measures() -> Rows:
    from simulation.model.ledger import Measure
    from simulation.runs.result_tables import column_of

    names = [column_of(measure) for measure in Measure if measure != Measure.FEE_UNITS]
    return [(f"`{name}`", meaning_of("weekly", name)) for name in names]


def _acting() -> list[str]:
    return [*INSTITUTIONS, *own_institutions()]


def _schedule() -> Iterator[tuple[str, str, list[str]]]:
    """Yield the steps of a week with what each does and the sentences of its passes, in the order of the code."""
    steps = {node.name: node for node in _tree("model/week.py").body if isinstance(node, ast.FunctionDef)}
    for name in _called(steps["live_a_week"]):
        if name in steps:
            passes = dict.fromkeys(_passes(steps[name], steps))
            yield name.replace("_", " "), _first(ast.get_docstring(steps[name])), list(passes)


def _passes(step: ast.FunctionDef, steps: dict[str, ast.FunctionDef]) -> Iterator[str]:
    for name in _called(step):
        module, _, function = name.rpartition(".")
        if name in steps:
            yield from _passes(steps[name], steps)
        elif (PACKAGE / "model" / f"{module}.py").exists():
            yield _said(f"model/{module}.py", function)


def _called(function: ast.FunctionDef) -> list[str]:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    return [ast.unparse(call.func) for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset))]


def _purposes() -> str:
    names = [purpose.name.lower().replace("_", " ") for purpose in Purpose]
    return ", ".join(f"{name} each practice" if name.endswith(" about") else name for name in names)


def _added(group: str, name: str) -> str:
    """Return a sentence on the plug-in that adds something, "" for the program's own."""
    package = owner(group, name)
    return f" Added by {called(package)}." if package else ""


def _institutions() -> Rows:
    every: dict[str, type[Institution]] = {"retailer": Retailer, **INSTITUTIONS, **own_institutions()}
    return [(kind.__name__, _first(kind.__doc__) + _added("institutions", name)) for name, kind in every.items()]


def _own_levers() -> Rows:
    every = ((do, name, said) for do, kind in kinds().items() for name, said in kind.own_levers.items())
    return [(f"`{name}`", f"{said}.{_added('actions', do)}") for do, name, said in every]


def _plugins() -> Rows:
    """Return what each plug-in adds beside actions and institutions."""
    said = {
        "flows": {name: each.meaning for name, each in own_flows().items()},
        "measures": {name: each.meaning for name, each in own_measures().items()},
        "rules": {rule: "in place of the shipped rule" for each in plugins().values() for rule in each.rules},
    }
    return [
        (str(plugin), f"{group.removesuffix('s')} `{name}`: {meanings[name]}")
        for plugin in plugins().values()
        for group, meanings in said.items()
        for name in plugin.added(group)
        if name in meanings
    ]


def _counted() -> str:
    grades = Counter(each.grade for each in parameters().values())
    listed = ", ".join(f"{grades[grade]} {grade}" for grade in GRADES)
    return f"The model has {sum(grades.values())} numbers: {listed}"
