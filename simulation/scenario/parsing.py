"""YAML text in, data out, or every error with the place of its key."""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import ScalarNode

from simulation.scenario.guard import refuse_tricks
from simulation.scenario.problems import Located, Problem, ScenarioError
from simulation.scenario.problems import Path as KeyPath

MOST_BYTES = 100_000
_MOST_DIGITS = 60  # more than any number needs; Python itself refuses to read thousands of them
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")
_WIDEST = 200  # a longer line is not worth showing


def text_of(path: Path) -> str:
    """Return the text of a file; raises ScenarioError if it is missing, too large or no text."""
    try:
        if path.is_dir():
            raise only(path, "this is a folder", "name a file in it")
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise only(path, f"this file is larger than {MOST_BYTES:,} bytes", "a scenario is a page or two")
        return content.decode("utf-8-sig")
    except FileNotFoundError:
        raise only(path, "there is no such file", "check the name") from None
    except UnicodeDecodeError as error:
        raise only(path, f"this is not UTF-8 text (byte {error.start})", "save it as UTF-8") from None
    except OSError as error:
        raise only(path, f"this file cannot be read: {error.strerror}", "check the permissions") from None


def only(path: Path | str, message: str, advice: str) -> ScenarioError:
    """Return an error about a file as a whole."""
    return ScenarioError([Located(str(path), 0, 0, message, advice, "")])


class _Constructor(RoundTripConstructor):
    """Takes keys as text, numbers and dates as YAML 1.2 has them, and remembers keys that stand twice."""

    twice: list[Any]

    def flatten_mapping(self, node: Any) -> Any:
        for key, _ in node.value:
            if not isinstance(key, ScalarNode):
                raise MarkedYAMLError(problem="a key must be a name", problem_mark=key.start_mark)
            key.tag = "tag:yaml.org,2002:str"
        return super().flatten_mapping(node)

    def check_mapping_key(self, node: Any, key_node: Any, mapping: Any, key: Any, value: Any) -> bool:
        if key in mapping:
            self.twice.append(key_node)
        return key not in mapping

    def construct_yaml_int(self, node: Any) -> Any:
        return _not_a_number(node.value) or super().construct_yaml_int(node)

    def construct_yaml_float(self, node: Any) -> Any:
        return _not_a_number(node.value) or super().construct_yaml_float(node)


def _not_a_number(digits: str) -> str:
    """Return the text of digits that YAML 1.2 or a scenario does not take for a number, "" if it does."""
    if len(digits) > _MOST_DIGITS:
        return digits[:_MOST_DIGITS] + "..."
    return digits if "_" in digits else ""


_Constructor.add_constructor("tag:yaml.org,2002:int", _Constructor.construct_yaml_int)
_Constructor.add_constructor("tag:yaml.org,2002:float", _Constructor.construct_yaml_float)
_Constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)
_Constructor.add_constructor("tag:yaml.org,2002:value", lambda _, node: node.value)


def data_of(text: str, file: str, problems_in: Callable[[CommentedMap], Iterable[Problem | Located]]) -> CommentedMap:
    """Return what a YAML text holds; raises ScenarioError with all that is wrong, in the order of lines.

    `problems_in` says what is wrong with data that are YAML: problems of this text, or of others with their place.
    """
    data, found = _parsed(text, file)
    lines = text.splitlines()
    for problem in problems_in(data):
        found.append(problem if isinstance(problem, Located) else _located(problem, data, lines, file))
    if found:
        raise ScenarioError(sorted(found, key=lambda each: (each.line, each.column)))
    return data


def _parsed(text: str, file: str) -> tuple[CommentedMap, list[Located]]:
    """Return the data, with line and column of every key, and what stands twice."""
    loader = YAML(typ="rt")
    loader.Constructor = _Constructor
    loader.constructor.twice = []
    try:
        refuse_tricks(text)
        data = loader.load(text)
    except MarkedYAMLError as error:
        raise ScenarioError([_from_yaml(error, text, file)]) from None
    except (YAMLError, ValueError) as error:
        message = f"this is not YAML: {str(error).splitlines()[0]}"
        raise only(file, message, "compare with a shipped scenario") from None
    if not isinstance(data, CommentedMap):
        raise only(file, "a scenario is a list of keys and values", "begin with 'title: ...'")
    keys, lines, once = loader.constructor.twice, text.splitlines(), "a key may stand only once"
    return data, [_marked(key.start_mark, f"duplicate key '{key.value}'", once, lines, file) for key in keys]


_SYNTAX = {  # what the YAML parser says: what to say instead, and what would be right
    "'\\t' that cannot start": ("a tab stands where YAML wants spaces", "indent with spaces"),
    "that cannot start any token": ("text cannot begin with this character", "put the text in quotes"),
    "mapping values are not allowed": ("a ':' too many, or a wrong indent", "put text that holds ': ' in quotes"),
    "could not find expected ':'": ("a key without ':'", "write 'key: value'"),
    "unexpected end of stream": ("a quotation mark is never closed", "close it"),
    "expected ',' or": ("a bracket is never closed, or a comma is missing", "look for its ] or }"),
    "<stream end>": ("a bracket is never closed", "look for its ] or }"),
    "more indented follow up line": (
        "a text below '|' begins with another indent",
        "indent its lines alike",
    ),
    "expected <block end>": ("this line is indented unlike those above it", "align it with its neighbours"),
    "a key must be": ("", "write 'key: value'"),
    "not allowed here": ("", "write the value itself; plain keys and values are enough"),
}


def _from_yaml(error: MarkedYAMLError, text: str, file: str) -> Located:
    problem = (error.problem or error.context or "this is not YAML").splitlines()[0]
    known = (words for fragment, words in _SYNTAX.items() if fragment in problem)
    message, advice = next(known, ("", "look at this line and the one above it"))
    unclosed = "never closed" in message and error.context_mark
    mark = unclosed or error.problem_mark or error.context_mark
    return _marked(mark, message or problem, advice, text.splitlines(), file)


def _marked(mark: Any, message: str, advice: str, lines: list[str], file: str) -> Located:
    ended = mark.line >= len(lines)
    line, column = (len(lines) - 1, len(lines[-1])) if ended and lines else (mark.line, mark.column)
    return _shown(line, column, message, advice, lines, file)


def _shown(line: int, column: int, message: str, advice: str, lines: list[str], file: str) -> Located:
    text = lines[line] if line < len(lines) and len(lines[line]) <= _WIDEST else ""
    return Located(file, line + 1, column + 1, message, advice, text)


def unusable(value: Any, path: KeyPath = ()) -> Iterator[Problem]:
    """Yield the values that YAML knows and a scenario has no use for: nothing, infinity, half a character."""
    if isinstance(value, dict | list):
        for part, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(part, str) and _HALF_A_CHARACTER.search(part):
                yield Problem(
                    (*path, part), "this name holds half a character", "write the character itself", at_key=True
                )
            yield from unusable(item, (*path, part))
    elif value is None:
        message = f"{path[-1]} has no value" if isinstance(path[-1], str) else "this entry is empty"
        idle = path[:-1] == ("policies",)
        yield Problem(path, message, f"write {'[] for a policy that does nothing' if idle else 'one, or remove this'}")
    elif isinstance(value, float) and not math.isfinite(value):
        yield Problem(path, f"{value} is not a number one can use", "write a finite number")
    elif isinstance(value, str) and _HALF_A_CHARACTER.search(value):
        yield Problem(path, "this text holds half a character", "write the character itself")


def _located(problem: Problem, data: CommentedMap, lines: list[str], file: str) -> Located:
    """Return a problem with its place in the file."""
    return _shown(*_place(problem, data), problem.message, problem.advice, lines, file)


def _place(problem: Problem, data: CommentedMap) -> tuple[int, int]:
    """Return line and column, from 0, of the value at a path, or of its key, or of the nearest thing above it."""
    node: Any = data
    place = data.lc.key(next(iter(data))) if data else (0, 0)
    for depth, part in enumerate(problem.path):
        if isinstance(node, CommentedMap) and part in node:
            at_key = node[part] is None or (problem.at_key and depth == len(problem.path) - 1)
            place = node.lc.key(part) if at_key else node.lc.value(part)
        elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
            place = node.lc.item(part)
        else:
            break
        node = node[part]
    return place
