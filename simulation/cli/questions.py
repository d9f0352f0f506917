"""Every question is a verb: its options are the fields of its dataclass, and those that all questions share."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from cyclopts import Parameter
from cyclopts.types import PositiveInt

from simulation.cli.common import chosen, command, loading, refused
from simulation.questions.ask import Question
from simulation.questions.catalogue import QUESTIONS as EVERY
from simulation.questions.compare.question import Compare

if TYPE_CHECKING:
    from simulation.scenario.schema import Scenario

Verb = Callable[..., int]

_SHARED = """shoppers
    How many households to simulate.
{replicates}workers
    How many processes to use; as many as pay, and there are processors, if left out.
scheduler
    Address of a Dask scheduler, such as tcp://10.0.0.5:8786, whose workers have this program installed; local starts
    one on this machine for the time of the command.
png
    Write figures as PNG too, beside SVG.
json
    Print the record as JSON instead of words and tables.
out
    Folder that receives a folder named after the scenario file and "{name}", with figures, tables and a record; the
    next question of the kind about the scenario replaces it. Runs are kept there too, and not carried out twice.
"""
_REPLICATES = """replicates
    How many times to simulate with other random numbers; as often as the scenario says if left out.
"""


def verb_of(kind: type[Question]) -> Verb:
    """Return the verb that asks a kind of question."""
    signature = _signature_of(kind)

    def verb(*given: Any, **named: Any) -> int:
        """Ask what the command line says; the help stands in the question's docstring."""
        options = signature.bind(*given, **named)
        options.apply_defaults()
        return _ask(kind, options.arguments.pop("scenario"), dict(options.arguments))

    verb.__name__ = kind.name.replace("-", "_")
    verb.__doc__ = _help_of(kind)
    verb.__signature__ = signature  # type: ignore[attr-defined] # read by inspect.signature
    verb.__annotations__ = {each.name: each.annotation for each in signature.parameters.values()}
    return verb


def _own(kind: type[Question]) -> list[Any]:
    return list(fields(kind))  # type: ignore[arg-type] # every question is a dataclass


def _signature_of(kind: type[Question]) -> inspect.Signature:
    """Return the verb's options: the file, what the question calls its own, what all share."""
    hints = get_type_hints(kind, include_extras=True)
    first, *own = [_parameter(each, hints[each.name], kind) for each in _own(kind)]
    shared = {
        "shoppers": (PositiveInt, kind.shoppers),
        "replicates": (PositiveInt | None, None),
        "workers": (PositiveInt | None, None),
        "scheduler": (str | None, None),
        "png": (bool, False),
        "json": (bool, False),
        "out": (Path, Path("results")),
    }
    taken = {each.name for each in _own(kind)}
    rest = [_option(name, *each) for name, each in shared.items() if name not in taken]
    file = inspect.Parameter("scenario", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Path)
    parameters = sorted([file, first, *own, *rest], key=lambda each: each.kind)
    return inspect.Signature(parameters, return_annotation=int)


def _option(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _parameter(field: Any, annotation: Any, kind: type[Question]) -> inspect.Parameter:
    if field.name in kind.named_by_place:
        return inspect.Parameter(field.name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=annotation)
    default = inspect.Parameter.empty if field.default is MISSING else field.default
    several = "..." in str(annotation) and field.name not in kind.given_again
    how = Parameter(name=kind.spelled.get(field.name), consume_multiple=several, negative="")
    return _option(field.name, Annotated[annotation, how], default)


def _help_of(kind: type[Question]) -> str:
    """Return the question's docstring, with the options that all questions share."""
    text = inspect.getdoc(kind) or ""
    head, _, rest = text.partition("Parameters\n----------\n")
    own = rest.partition("\nExamples\n")[0]  # those are of Python
    replicates = "" if "replicates" in {each.name for each in _own(kind)} else _REPLICATES
    shared = _SHARED.format(replicates=replicates, name=kind.name)
    file = "scenario\n    The scenario: its file, or the name of one that comes with the program."
    return f"{head}Parameters\n----------\n{file}\n{own.rstrip()}\n{shared}"


def _ask(kind: type[Question], file: Path, options: dict[str, Any]) -> int:
    """Ask, write the answer, bring it into the report of the scenario's run, and show it."""
    from simulation.scenario.problems import ScenarioError

    spelled = _spelled(kind, options)
    try:
        own = {each.name: options.pop(each.name) for each in _own(kind) if each.name in options}
        replicates = options.pop("replicates", None)
        settings = {"shoppers": options.pop("shoppers"), "replicates": replicates}
        _answer(kind(**own), chosen(file, **settings), [file], **options)
    except (ScenarioError, ValueError, OSError) as error:
        return refused(error, spelled)
    return 0


def _spelled(kind: type[Question], names: Iterable[str]) -> dict[str, str]:
    """Return options as the command line has them, by their names."""
    return {name: kind.spelled.get(name, f"--{name.replace('_', '-')}") for name in names}


def _answer(
    question: Question,
    case: "Scenario",
    files: Sequence[Path],
    *,
    workers: int | None,
    scheduler: str | None,
    png: bool,
    json: bool,
    out: Path,
) -> None:
    with loading():
        from simulation.cli.showing import show
        from simulation.questions.ask import ask
        from simulation.report.answers import tell
        from simulation.runs.executors import Means
        from simulation.runs.extras import require
        from simulation.runs.folders import ASKED, refuse_foreign
        from simulation.runs.runner import Runner
        from simulation.show.progress import Bar

    if question.needs:
        require(question.needs, question.name)
    named = (*(file.stem for file in files), question.name)
    refuse_foreign(out / "-".join(named), ASKED)
    with Runner(out, Means(workers, scheduler), Bar()) as runner:
        answer = ask(case, question, runner, command())
    folder = out / "-".join(filter(None, (*named, answer.part)))
    paths = answer.write(folder, png)
    tell(folder)
    show(answer, paths, as_json=json)


def compare(
    *scenarios: Path,
    shoppers: PositiveInt = Compare.shoppers,
    replicates: PositiveInt | None = None,
    workers: PositiveInt | None = None,
    scheduler: str | None = None,
    png: bool = False,
    json: bool = False,
    out: Path = Path("results"),
) -> int:
    """Set policies, of one scenario file or several, side by side: twin by twin, and why more shoppers left.

    Parameters
    ----------
    scenarios
        Scenario files, or names of scenarios that come with the program. Of two, it is also said what the second
        asks otherwise.
    shoppers
        How many households to simulate, in each file.
    replicates
        How many times to simulate with other random numbers, instead of the files' numbers.
    workers
        How many processes to use; as many as pay, and there are processors, if left out.
    scheduler
        Address of a Dask scheduler, such as tcp://10.0.0.5:8786, whose workers have this program installed; local
        starts one on this machine for the time of the command.
    png
        Write figures as PNG too, beside SVG.
    json
        Print the record as JSON instead of words and tables.
    out
        Folder that receives a folder named after the files and "compare", with figures, tables and a record.
    """
    from simulation.scenario.problems import ScenarioError

    if not scenarios:
        return refused("compare needs a scenario, such as shopsense_ifa, or the file of one")
    try:
        names = _names(scenarios)
        cases = [chosen(file, shoppers=shoppers, replicates=replicates) for file in scenarios]
        written = dict(zip(names, map(chosen, scenarios), strict=True))
        question = Compare(dict(zip(names[1:], cases[1:], strict=True)), names[0], written)
        how: dict[str, Any] = {"workers": workers, "scheduler": scheduler, "png": png, "json": json, "out": out}
        _answer(question, cases[0], scenarios, **how)
    except (ScenarioError, ValueError, OSError) as error:
        return refused(error)
    return 0


def _names(files: tuple[Path, ...]) -> list[str]:
    """Return a name for each file: its stem, or its whole path where stems are the same."""
    stems = [file.stem for file in files]
    names = stems if len(set(stems)) == len(stems) else [str(file) for file in files]
    if len(set(names)) < len(names):
        raise ValueError("a scenario file stands there twice; name each once")
    return names


QUESTIONS = tuple(verb_of(each) for each in EVERY.values() if each is not Compare)
"""A verb for each question that is asked of one scenario."""
