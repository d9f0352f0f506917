"""The report: one page that opens offline, prints well and leads with the answer."""

import re
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from simulation.behaviour.parameters import GRADES, Parameter, parameters
from simulation.behaviour.plugins import called, owner
from simulation.report.board import Board, board
from simulation.report.drawn_numbers import by_chance, leanings, looked_at
from simulation.report.figure_tables import sheet_under
from simulation.report.figures import FIRST, pictures
from simulation.report.sections import harmed, parties, screened, sheets
from simulation.report.tipping_points import split_in_words
from simulation.runs.caveats import drawn_in_words, not_modelled
from simulation.runs.estimates import FEWEST_BLOCKS
from simulation.runs.formats import beside, dollars, percent
from simulation.runs.headline import headline
from simulation.runs.naive_return import naive_in_words
from simulation.runs.outcome import DEFINITIONS, Outcome
from simulation.runs.own_terms import TermSwings, households_of
from simulation.runs.provenance import source_hash
from simulation.runs.readings import YEAR
from simulation.scenario.drawn import concerns
from simulation.scenario.schema import Scenario, scenario_hash
from simulation.scenario.timeline import Programme
from simulation.show import term_swings
from simulation.show.drawing import Picture, save

BOARD_STYLE = Path(__file__).with_name("board.css")
"""How the board's pages look, in a report and as slides."""

REPORT = "report.html"
"""The file of a run's results that a board member opens."""


def add_report(
    outcome: Outcome, folder: Path, terms: TermSwings | None = None, png: bool = False, read: Board | None = None
) -> None:
    """Write the figures and the report of an outcome into a folder.

    `terms` are those of its policies, moved; figures are written as SVG, and as PNG too if `png` is true; `read` is
    what a board reads of it, if that is worked out already.
    """
    (folder / "figures").mkdir()
    drawn = [(picture, save(picture, folder / "figures", png)) for picture in pictures(outcome)]
    section = _terms(terms, outcome, folder / "figures", png) if terms else None
    (folder / REPORT).write_text(report_of(outcome, drawn, section, read), encoding="utf-8")


def _terms(terms: TermSwings, outcome: Outcome, folder: Path, png: bool) -> dict[str, Any]:
    """Return what policies owe to their own terms, about the means of the run: words, figure and table."""
    means = {row.policy: row.difference_mean.value for row in headline(outcome).rows}
    about = terms.anchored(means, households_of(outcome))
    picture, (heads, *rows) = term_swings.picture(about), term_swings.table(about).rows()
    return {
        "said": term_swings.in_words(about),
        "name": picture.name,
        "alt": picture.alt,
        "caption": picture.caption,
        "svg": inline_svg(save(picture, folder, png), picture.name),
        "heads": heads,
        "rows": rows,
    }


def report_page(outcome: Outcome, terms: TermSwings | None = None) -> str:
    """Return the report of an outcome as one page, its figures drawn for it and written nowhere else."""
    with TemporaryDirectory() as folder:
        add_report(outcome, Path(folder), terms)
        return (Path(folder) / REPORT).read_text(encoding="utf-8")


def report_of(
    outcome: Outcome,
    drawn: list[tuple[Picture, str]],
    terms: dict[str, Any] | None = None,
    read: Board | None = None,
) -> str:
    """Return the report as one HTML page that refers to nothing outside itself."""
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    environment.filters |= {
        "dollars": lambda amount: dollars(amount, digits=4),
        "signed": lambda amount: dollars(amount, signed=True),
        "percent": percent,
        "percent0": lambda share: f"{share:.0%}",
        "correlation": lambda size: f"{size:+.2f}".replace("-", "−"),
        "plain": lambda value: f"{value:g}",
        "short": lambda value: f"{value:.3g}",
        "thousands": lambda count: f"{count:,}",
        "breakable": lambda address: Markup(re.sub(r"([._])", r"\1<wbr>", address)),  # of a parameter: no markup in it
        "words": lambda name: name.replace("_", " ").capitalize(),
    }
    return _unbroken(environment.get_template("report.html").render(**_content(outcome, drawn, read), terms=terms))


def _unbroken(page: str) -> str:
    """Keep an amount on one line: its sign, its figures and its unit."""
    page = re.sub(r"(?<=\d) (?=(?:k|M|bn|%)(?!\w))", "\N{NO-BREAK SPACE}", page)
    return page.replace("−$", "−\N{WORD JOINER}$")


def _content(outcome: Outcome, drawn: list[tuple[Picture, str]], read: Board | None) -> dict[str, Any]:
    """Return all that the page is made of."""
    first = headline(outcome)
    read = read or board(outcome, first)
    return {
        "headline": first,
        "beside": beside,
        "board": read,
        "board_style": BOARD_STYLE.read_text(encoding="utf-8"),
        "fewest_blocks": FEWEST_BLOCKS,
        "splits": [split_in_words(each, first.rows[0].policy) for each in read.splits],
        **_asked(outcome.scenario),
        **_tables(outcome),
        **_figures(outcome, drawn),
        **_basis(outcome),
    }


def _asked(scenario: Scenario) -> dict[str, Any]:
    """Return what was simulated."""
    return {
        "meta": _meta(scenario),
        "scenario": scenario,
        "replicates": _replicates(scenario),
        "years": f"{scenario.weeks / YEAR:g} years" if scenario.weeks >= YEAR else f"{scenario.weeks} weeks",
        "not_modelled": not_modelled(scenario),
        "definitions": DEFINITIONS,
        "actions": {name: [in_words(action) for action in actions] for name, actions in scenario.policies.items()},
    }


def _tables(outcome: Outcome) -> dict[str, Any]:
    """Return who gains and loses, spreadsheets and principles."""
    return {
        "parties": parties(outcome),
        "harmed": harmed(outcome),
        "sheets": sheets(outcome),
        "naive": naive_in_words(outcome),
        "passed_on": any(outcome.sharing(place) for place in range(len(outcome.policies))),
        "screened": screened(outcome),
    }


def _figures(outcome: Outcome, drawn: list[tuple[Picture, str]]) -> dict[str, Any]:
    """Return the figures of the first page, and the others with their tables."""
    return {
        "board_figures": [_figure(picture, svg) for picture, svg in drawn if picture.name in FIRST],
        "figures": [
            _figure(picture, svg) | {"table": sheet_under(picture.name, outcome)}
            for picture, svg in drawn
            if picture.name not in FIRST
        ],
    }


def _basis(outcome: Outcome) -> dict[str, Any]:
    """Return what the numbers rest on, and how to make them again."""
    scenario = outcome.scenario
    return {
        "numbers": parameters(),
        "grades": _grades(),
        "drawn": [_row(parameters()[address], *ends) for address, ends in scenario.uncertain.ranges.items()],
        "others": _others(outcome),
        "leanings": [(parameters()[each.address], each.correlations) for each in leanings(outcome)],
        "by_chance": by_chance(outcome),
        "looked_at": looked_at(outcome),
        "drawn_in_words": drawn_in_words(scenario),
        "overridden": scenario.overrides,
        "fixed": _fixed_guesses(outcome),
        "command": outcome.command,
        "plugins": [called(name) for name in scenario.plugins],
        "scenario_hash": scenario_hash(scenario),
        "source_hash": source_hash(),
    }


def _replicates(scenario: Scenario) -> str:
    return "one replicate" if scenario.replicates == 1 else f"{scenario.replicates} replicates"


def _meta(scenario: Scenario) -> str:
    """Return what was simulated, in a line."""
    after = f" · after {scenario.source}" if scenario.source else ""
    weeks = f"{scenario.weeks} weeks · {_replicates(scenario)}"
    return f"{scenario.simulated}, simulated · {weeks} · seed {scenario.seed}{after}"


def _grades() -> dict[str, int]:
    counts = Counter(parameter.grade for parameter in parameters().values())
    return {grade: counts[grade] for grade in GRADES if counts[grade]}


def _fixed_guesses(outcome: Outcome) -> list[dict[str, Any]]:
    free = outcome.replicates[0].overrides
    known = ((address, each) for address, each in parameters().items() if concerns(outcome.scenario, each))
    guesses = (each for address, each in known if each.is_guess and address not in free)
    return [
        _row(guess, *guess.range) | {"value": outcome.number(guess.address, outcome.replicates[0])} for guess in guesses
    ]


def _others(outcome: Outcome) -> list[dict[str, Any]]:
    """Return what was drawn of the numbers that the scenario gives no range: the ends over the replicates lived."""
    found = []
    for address in (each for each in outcome.replicates[0].overrides if each not in outcome.scenario.uncertain.ranges):
        values = [replicate.overrides[address] for replicate in outcome.replicates]
        ends = {"least": min(values), "most": max(values)}
        found.append(_row(parameters()[address], *parameters()[address].range) | ends)
    return found


def _row(parameter: Parameter, low: float, high: float) -> dict[str, Any]:
    return {
        "address": parameter.address,
        "low": low,
        "high": high,
        "grade": parameter.grade,
        "meaning": parameter.meaning,
    }


def in_words(action: Any) -> str:
    """Return an action as a phrase, with its weeks and markets."""
    said = action.model_dump(by_alias=True, exclude_unset=True)
    when = f"from week {action.week}" if isinstance(action, Programme) else f"week {action.week}"
    when += f" to {action.last_week}" if action.last_week else ""
    where = f" in {', '.join(action.where)}" if action.where else ""
    terms = [
        _term(key.replace("_", " "), value)
        for key, value in said.items()
        if key not in ("do", "week", "until", "markets")
    ]
    package = owner("actions", action.do)
    added = f" ({called(package)})" if package else ""
    return f"{when}{where}: {', '.join([action.do.replace('_', ' ') + added, *terms])}"


def _term(name: str, value: Any) -> str:
    """Return a term as it was written: a number plainly, a yes or no without its programmer's word."""
    if isinstance(value, bool):
        return name if value else f"no {name}"
    return f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"


# --- figures within the page --------------------------------------------------------------------------------------


def _figure(picture: Picture, svg: str) -> dict[str, Any]:
    return {
        "name": picture.name,
        "alt": picture.alt,
        "caption": picture.caption,
        "svg": inline_svg(svg, picture.name),
    }


def inline_svg(svg: str, name: str) -> str:
    """Return a figure's SVG to stand in a page: without its head, its names prefixed so that figures do not clash."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r' id="([^"]+)"', rf' id="{name}-\1"', svg)
    svg = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)
    return re.sub(r' d="[^"]*"', lambda path: re.sub(r"(?<=\.\d\d)\d+", "", path[0]), svg)
