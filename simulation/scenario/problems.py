"""What is wrong with a file, and where: said as a good compiler says it."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulation.behaviour.spelling import did_you_mean

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """Something wrong at a path of keys and places within a scenario."""

    path: Path
    message: str
    hint: str = ""
    among: tuple[str, ...] = ()
    """Names that would be right; the nearest is suggested."""
    wrong: str = ""
    """The name that stands there, if it is not the last part of the path."""
    meant: str = ""
    """What is said of the name in place of the nearest of these."""
    at_key: bool = False
    """Whether the key is wrong rather than its value."""

    @property
    def advice(self) -> str:
        """What would be right."""
        if not self.among:
            return self.hint
        name = self.wrong or quoted(self.message) or str(self.path[-1])
        meant = self.meant or did_you_mean(name, self.among)
        if len(self.among) > MOST_NAMED:
            return f"{meant}there are {len(self.among)}; 'aislefour parameters' lists them"
        return f"{meant}known here: {', '.join(self.among)}"

    @property
    def said(self) -> str:
        """What is wrong, and what would be right."""
        return "; ".join(filter(None, (self.message, self.advice.strip())))

    def __str__(self) -> str:
        """Say it where there is no file to point at, with its place in words."""
        return f"{_place(self.path)}: {self.said}" if self.path else self.said


def _place(path: Path) -> str:
    """Return a path in words: a policy's action, an event, or the setting itself."""
    first, *rest = path
    if first == "policies" and rest:
        return f"policy '{rest[0]}'" + (f", action {int(rest[1]) + 1}" if len(rest) > 1 else "")
    if first == "events" and rest:
        return f"event {int(rest[0]) + 1}"
    return str(path[-1])


MOST_NAMED = 100  # names of a kind: all actions, all terms, one section's numbers; never all numbers
MOST_SAID = 50


def quoted(message: str) -> str:
    """Return what a message quotes, if it quotes something."""
    parts = message.split("'")
    return parts[1] if len(parts) > 2 else ""  # noqa: PLR2004


@dataclass(frozen=True)
class Located:
    """A problem with its place in a file; lines and columns count from 1."""

    file: str
    line: int
    column: int
    message: str
    advice: str
    text: str

    def __str__(self) -> str:
        """Say it: place, message, the line with a mark under it, and what would be right."""
        head = f"{self.file}:{self.line}:{self.column}: {self.message}" if self.line else f"{self.file}: {self.message}"
        lines = [head]
        if self.text:
            lines += [f"{self.line:5d} | {self.text}", "      | " + " " * (self.column - 1) + "^"]
        if self.advice:
            lines.append(f"    {self.advice}")
        return "\n".join(lines)


class ScenarioError(ValueError):
    """Everything that is wrong with one file.

    Examples
    --------
    >>> import aislefour as a4
    >>> try:
    ...     a4.read("shopsense")
    ... except a4.ScenarioError as error:
    ...     print(error.problems[0].message)
    there is no such scenario
    """

    def __init__(self, problems: Sequence[Located]) -> None:
        said = [str(problem) for problem in problems[:MOST_SAID]]
        more = [f"and {len(problems) - MOST_SAID:,} more problems"] if len(problems) > MOST_SAID else []
        super().__init__("\n".join(said + more))
        self.problems = tuple(problems)
