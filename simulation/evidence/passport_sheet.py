"""The evidence passport: every number, what it rests on, where it acts and what it moves."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.table import Table

from simulation.behaviour.parameters import GRADES, Parameter, parameters, sections
from simulation.behaviour.plugins import called
from simulation.evidence.passport import Move, Reader, readers
from simulation.runs.formats import dollars
from simulation.runs.measures import STUDIED
from simulation.show.screen import Screen

MOST_MOVES = 10

GRADE_MEANINGS = {
    "measured": "computed from data named in the source",
    "quoted": "the figure stood in the source as read",
    "fitted": "a guess narrowed by observed episodes",
    "abstract": "the source gives the direction, not the size",
    "recalled": "known from memory, not read again",
    "assumption": "a guess",
}


def show_numbers(found: Sequence[Parameter]) -> None:
    """Print a list of numbers, and how many there are of each grade."""
    console, table = Screen(highlight=False), Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("number", "value", "plausible", "grade", "what it stands for"):
        table.add_column(name)
    for each in found:
        low, high = each.range
        table.add_row(each.address, f"{each.value:g}", f"{low:g} to {high:g}", each.grade, each.meaning)
    console.print(table)
    console.print(f"\n{_counted(found)}.", markup=False, soft_wrap=True)


def _counted(found: Iterable[Parameter]) -> str:
    grades = Counter(each.grade for each in found)
    listed = ", ".join(f"{grades[grade]} {grade} ({GRADE_MEANINGS[grade]})" for grade in GRADES if grades[grade])
    return f"{sum(grades.values())} numbers: {listed}"


def show_number(parameter: Parameter, reading: Sequence[Reader], moves: Sequence[Move], yard: str) -> None:
    """Print all that is known of one number, the functions that read it, and what it moves."""
    console = Screen(highlight=False)
    low, high = parameter.range
    console.print(f"\n[bold]{parameter.address}[/bold] = {parameter.value:g} {parameter.unit}", soft_wrap=True)
    for line in (
        f"  {parameter.meaning}",
        f"  grade:      {parameter.grade}, {GRADE_MEANINGS[parameter.grade]}",
        f"  source:     {parameter.source}",
        *_before(parameter),
        f"  plausible:  {low:g} to {high:g}, drawn {parameter.distribution}; possible: "
        f"{parameter.limits[0]:g} to {parameter.limits[1]:g}",
        "  acts in:",
        *(f"    {reader.place}: {reader.does}" for reader in reading),
        *([f"    {called(parameter.plugin)}, the plug-in that adds it"] if parameter.plugin else []),
        f"\nWhat it moves, at {low:g} and at {high:g}, everything else as it is ({yard}):",
    ):
        console.print(line, markup=False, soft_wrap=True)
    if not moves:
        console.print("  nothing here: no policy of this case has to do with it", markup=False)
    for move in moves[:MOST_MOVES]:
        console.print(
            f"  {move.measure} under '{move.policy}': {_amount(move, move.low)} and {_amount(move, move.high)}",
            markup=False,
            soft_wrap=True,
        )
    console.print("One replicate: small moves may be chance.", style="dim", markup=False)


def _before(parameter: Parameter) -> tuple[str, ...]:
    """Return, of a fitted number, what it was before."""
    if not parameter.before:
        return ()
    value, (low, high), grade = parameter.before.value, parameter.before.range, parameter.before.grade
    return (f"  before the fit to episodes: {value:g}, plausible {low:g} to {high:g}, {grade}",)


def _amount(move: Move, value: float) -> str:
    return dollars(value, digits=4) if STUDIED[move.measure].unit == "dollars" else f"{value:.4g}"


def page() -> str:
    """Return the passport of all numbers as a page of Markdown, ending in a line break."""
    lines = [
        "# The evidence passport",
        "",
        "Every number of the model. Made by `aislefour parameters --markdown` from `parameters.yaml`; a test keeps it",
        "in step. Scenarios set a number by section and name.",
        "",
        f"{_counted(parameters().values())}.",
    ]
    for section, names in sections().items():
        lines += ["", f"## {section}", ""]
        lines += ["| number | value | plausible | grade | what it stands for | source | read by |", "|---" * 7 + "|"]
        lines += [_row(each) for each in names.values()]
    return "\n".join(lines) + "\n"


def _row(each: Parameter) -> str:
    low, high = each.range
    by = ", ".join(dict.fromkeys(f"`{reader.place}`" for reader in readers(each)))
    spread = "" if each.distribution == "uniform" else f", {each.distribution}"
    spread += f" (before the fit {each.before.range[0]:g} to {each.before.range[1]:g})" if each.before else ""
    cells = (
        f"`{each.name}`",
        f"{each.value:g} {each.unit}",
        f"{low:g} to {high:g}{spread}",
        each.grade,
        each.meaning,
        each.source,
        by,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
