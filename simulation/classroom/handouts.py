"""What a class is handed: the report of its debrief, a lesson on paper, a lesson in one file. Each opens offline."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from simulation.classroom.ballots import moves_lived
from simulation.classroom.board import COLUMNS
from simulation.classroom.calibration import SURE
from simulation.classroom.lesson import Lesson
from simulation.classroom.other_moves import Worlds, of_tables, surveyed
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


def debrief(lesson: Lesson, worlds: Worlds) -> str:
    """Return the report of a debrief as one HTML page."""
    worlds.live_others(moves_lived(lesson))
    return _page("debrief.html", worlds.of(moves_lived(lesson)), **told(lesson, worlds))


def told(lesson: Lesson, worlds: Worlds) -> dict[str, Any]:
    """Return what a debrief tells of a class: who decided what, which moves were made, how well everybody foresaw.

    What other moves would have brought is left out, None, while it is not known.
    """
    moves = moves_lived(lesson)
    world, is_known = worlds.of(moves), worlds.others_are_known(moves)
    return {
        "lot": lesson.lot,
        "role_moves": of_tables(lesson, worlds, moves) if is_known else None,
        "surveyed": surveyed(lesson, worlds, moves) if is_known else None,
        "tables": tables(lesson),
        "scores": scores(lesson, world),
        "levels": class_levels(lesson, world),
        "model_score": model_score(lesson, world),
    }


def paper(worlds: Worlds) -> str:
    """Return a lesson to be printed: briefing, a sheet for each role, slips, what comes of each course, the key."""
    return _page("paper.html", _standing(worlds), **_if_moved(worlds))


def offline(worlds: Worlds) -> str:
    """Return a lesson as one HTML page that holds all outcomes of a world, for a room without a server."""
    world = _standing(worlds)
    script, facts = _text("offline.js"), json.dumps(_facts(world))
    return _page("offline.html", world, facts=facts, offline_script=script, **_if_moved(worlds))


def _standing(worlds: Worlds) -> World:
    """Return the world as things stand, in which a lesson without a server is lived."""
    return worlds.of(worlds.case.standing)


def _if_moved(worlds: Worlds) -> dict[str, Any]:
    """Return what a single role's move would bring to each course, and what simulated shoppers say and do."""
    standing = worlds.case.standing
    return {
        "role_moves": worlds.role_moves(standing, _standing(worlds).courses, {}),
        "surveyed": worlds.survey(standing, {"yes": 0, "no": 0}),
    }


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
