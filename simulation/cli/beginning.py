"""The verbs with which a question begins: scenarios, new."""

from pathlib import Path

from simulation.cli.common import loading, refused


def scenarios() -> int:
    """List the scenarios that come with the program: the question that each asks, its name and its source."""
    with loading():
        from simulation.scenario.shipped_files import questions

    for name, (question, source) in questions().items():
        print(f"{question}\n    {name}{f' (after {source})' if source else ''}")
    print("\naislefour new FILE --like NAME copies one, to be changed; aislefour run FILE runs it.")
    return 0


def new(file: Path, *, like: str = "shopsense_ifa") -> int:
    """Begin a scenario of your own with a copy of one that comes with the program.

    Parameters
    ----------
    file
        The file to write, such as mine.yaml; one that is there is left alone.
    like
        The name of the scenario to copy; `aislefour scenarios` lists them.
    """
    with loading():
        from simulation.scenario.problems import ScenarioError
        from simulation.scenario.shipped_files import copy

    try:
        copy(like, file)
    except (ScenarioError, OSError, ValueError) as error:
        return refused(error)
    print(f"{file}: a copy of {like}, to be changed\nnext: aislefour check {file}; aislefour run {file} --quick")
    return 0
