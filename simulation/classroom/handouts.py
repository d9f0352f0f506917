"""What a class is handed: the report of its debrief, a lesson on paper, a lesson in one file. Each opens offline."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from simulation.classroom.board import COLUMNS
from simulation.classroom.calibration import SURE
from simulation.classroom.lesson import Lesson
from simulation.classroom.record import class_levels, model_score, scores, tables
from simulation.classroom.world import FACTS, World
from simulation.runs.caveats import CAVEAT, NOT_MODELLED
from simulation.runs.formats import dollars
from simulation.runs.roles import ROLES

HERE = Path(__file__).parent

FILTERS = {"signed": lambda amount: dollars(amount, signed=True)}
"""How templates about a class write amounts."""

SAID = {
    "roles": ROLES,
    "columns": COLUMNS,
    "headings": [fact.heading for fact in FACTS],
    "sure": SURE,
    "caveat": CAVEAT,
    "not_modelled": NOT_MODELLED,
}
"""What every template about a class may say."""


def debrief(lesson: Lesson, world: World) -> str:
    """Return the report of a debrief as one HTML page."""
    return _page("debrief.html", world, **told(lesson, world))


def told(lesson: Lesson, world: World) -> dict[str, Any]:
    """Return what a debrief tells of a class: who decided what, and how well everybody foresaw."""
    return {
        "tables": tables(lesson),
        "scores": scores(lesson, world),
        "levels": class_levels(lesson, world),
        "model_score": model_score(lesson, world),
    }


def paper(world: World) -> str:
    """Return a lesson to be printed: briefing, a sheet for each role, slips, what comes of each course, the key."""
    return _page("paper.html", world)


def offline(world: World) -> str:
    """Return a lesson as one HTML page that holds all outcomes of a world, for a room without a server."""
    return _page("offline.html", world, facts=json.dumps(_facts(world)), offline_script=_text("offline.js"))


def _facts(world: World) -> dict[str, Any]:
    """Return what the page's script needs to know to keep score."""
    return {
        "name": f"{world.case.name}-{world.number + 1}",
        "decide": world.came_true("decide"),
        "respond": world.came_true("respond"),
    }


def _page(template: str, world: World, **content: Any) -> str:
    css, script = _text("sheet.css") + _text("pieces.css"), _text("board.js")
    found = _environment().get_template(template)
    return found.render(case=world.case, world=world, css=css, script=script, **SAID, **content)


def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    found = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
    found.filters |= FILTERS
    return found
