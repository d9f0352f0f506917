"""The reference's pages, made from the program itself: Python, scenario keys, tables, verbs."""

import inspect
import io
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

import aislefour as a4
from simulation.api.actions import kinds_by_class
from simulation.cli.app import VERBS, app
from simulation.questions.catalogue import QUESTIONS
from simulation.scenario.reading import schema

WIDTH = 96
_ENDLESS = 2**62  # a limit that is the machine's alone


def write_reference(folder: Path) -> None:
    """Write all pages that are made from the sources into a folder."""
    pages = {"python": _python(), "scenario": _scenario(), "tables": _tables(), "commands": _commands()}
    for name, lines in pages.items():
        (folder / f"{name}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _python() -> Iterator[str]:
    questions, actions = {kind.__name__ for kind in QUESTIONS.values()}, kinds_by_class()
    yield from ("# Python", "", "Everything is in one package: `import aislefour as a4`.", "")
    groups = {
        "Read, run, keep": [name for name in a4.__all__ if name not in questions and name not in actions],
        "Questions": [name for name in a4.__all__ if name in questions],
        "Actions": [name for name in a4.__all__ if name in actions],
    }
    for title, names in groups.items():
        yield from (f"## {title}", "")
        for name in names:
            yield from _documented(name)


def _documented(name: str) -> Iterator[str]:
    found = getattr(a4, name)
    kind = "autoclass" if inspect.isclass(found) else "autofunction"
    members = {"Run", "Scenario", "Answer"}
    options = [] if kind == "autofunction" else ["   :members:" if name in members else "   :no-members:"]
    yield from ("```{eval-rst}", f".. {kind}:: aislefour.{name}", *options, "```", "")


def _scenario() -> Iterator[str]:
    found = schema()
    yield from (
        "# Scenario keys",
        "",
        "A scenario is a YAML file with these keys; `aislefour schema` prints the same as a JSON Schema, with which "
        "editors complete and explain them. `aislefour check FILE` says what is wrong with a file, line by line.",
        "",
        "## The file",
        "",
    )
    yield from _keys(found, found)
    definitions = found["$defs"]
    actions = {part["properties"]["do"]["const"]: part for part in definitions.values() if "do" in part["properties"]}
    for title, parts in (
        ("Actions and events", dict(sorted(actions.items()))),
        ("Sections", {name: part for name, part in definitions.items() if "do" not in part["properties"]}),
    ):
        yield from (f"## {title}", "")
        for name, part in parts.items():
            yield from (f"### {name if name in actions else name.lower()}", "", part.get("description", ""), "")
            yield from _keys(part, found)


def _keys(part: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[str]:
    needed = set(part.get("required", ()))
    yield from ("| key | meaning | what it may be | if left out |", "|---|---|---|---|")
    for name, key in part["properties"].items():
        left_out = "**needed**" if name in needed else _shown(key.get("default", ""))
        yield f"| `{name}` | {_cell(key.get('description', ''))} | {_kind(key, whole)} | {left_out} |"
    yield ""


def _kind(key: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    """Return in a few words what a key may be."""
    if "const" in key:
        return f"`{key['const']}`"
    if "enum" in key:
        return ", ".join(f"`{each}`" for each in key["enum"])
    if "$ref" in key:
        return f"section `{key['$ref'].rpartition('/')[2].lower()}`"
    if "anyOf" in key:
        return " or ".join(_kind(each, whole) for each in key["anyOf"])
    words = {
        "object": "mapping",
        "array": "list",
        "string": "text",
        "integer": "whole number",
        "boolean": "true, false",
    }
    kind = words.get(key.get("type", ""), str(key.get("type", "")))
    return kind + _limits(key)


_KINDS = {
    "object": "mapping",
    "array": "list",
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true`, `false`",
}


def _limits(key: Mapping[str, Any]) -> str:
    low, high = key.get("minimum", key.get("exclusiveMinimum")), key.get("maximum", key.get("exclusiveMaximum"))
    return "" if low is None and high is None else f", {_from(low)}{_to(high)}"


def _from(low: float | None) -> str:
    return "" if low is None else f"from {low:,} "


def _to(high: float | None) -> str:
    return "on" if high is None or high >= _ENDLESS else f"to {high:,}"


def _shown(value: Any) -> str:
    if value in ("", None, [], {}, ()):
        return ""
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")


def _tables() -> Iterator[str]:
    """Yield every table of a run, column by column, from the description that a run leaves beside them."""
    with tempfile.TemporaryDirectory() as made:
        case = a4.read("shopsense_ifa").with_changes(shoppers=300, weeks=30, replicates=1)
        folder = a4.run(case, progress=False, detail=["events", "shoppers"]).save(Path(made) / "run")
        package = json.loads((Path(folder or Path(made) / "run") / "datapackage.json").read_text(encoding="utf-8"))
    yield from (
        "# Tables, column by column",
        "",
        "Every run leaves these tables in its folder, and `datapackage.json` beside them says the same in the form of "
        "Frictionless Data, so that programs can read it. `events`, and the shoppers of every replicate with trips, "
        "sales and more weeks, are kept with `--detail`.",
        "",
    )
    for table in package["resources"]:
        yield from (f"## {table['name']}", "", _cell(table.get("description", "")), "")
        yield from ("| column | type | unit | meaning |", "|---|---|---|---|")
        for field in table["schema"]["fields"]:
            said = (_cell(field.get(each, "")) for each in ("type", "unit", "description"))
            yield f"| `{field['name']}` | {' | '.join(said)} |"
        yield ""


def _commands() -> Iterator[str]:
    yield from ("# Commands", "", "Every command says the same with `--help`.", "")
    for title, verbs in VERBS.items():
        yield from (f"## {title}", "")
        for verb in verbs:
            name = verb.__name__.replace("_", "-")
            yield from (f"### {name}", "", "```text", *_help(name), "```", "")


def _help(name: str) -> Iterator[str]:
    written = io.StringIO()
    app.help_print([name], console=Console(file=written, width=WIDTH, color_system=None, force_terminal=False))
    yield from (line.rstrip() for line in written.getvalue().strip("\n").splitlines())
