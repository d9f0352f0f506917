"""A form for every question, made from the fields and the docstring of its dataclass, and what is read from it."""

import hashlib
import inspect
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from math import isfinite
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from simulation.questions.ask import Question
from simulation.questions.catalogue import QUESTIONS
from simulation.runs.provenance import source_hash
from simulation.serve.asked import LEAST, AskedError
from simulation.serve.pages import Form

AS_USUAL = 4
"""How many times its usual value a count may be, so that no question is larger than a page can answer."""

SHOPPERS = "shoppers"
_NEITHER_BASELINE = "policy"
_ANY = "policies"
_LONGEST = 2_000  # letters of a text

Kind = Literal["choice", "several", "whole", "number", "yes", "list", "lines", "text"]


@dataclass(frozen=True)
class Entry:
    """One field of a form: what it is called, what it means, and what may be entered."""

    name: str
    about: str
    kind: Kind
    of: tuple[type, ...] = (str,)  # the types of a list's items; of one alone any number of items
    choices: tuple[str, ...] = ()
    usual: str = ""
    required: bool = False
    most: int | None = None

    def read(self, form: Form) -> Any:
        """Return what a form enters here, None if it enters nothing; raises AskedError."""
        if self.kind == "yes":
            return self.name in form
        if self.kind == "several":
            return tuple(self._chosen(each) for each in form.getlist(self.name)) or None
        text = form.get(self.name, "").strip()
        if len(text) > _LONGEST:
            raise AskedError(f"{self.name}: at most {_LONGEST:,} letters are possible here")
        if not text:
            if self.required:
                raise AskedError(f"{self.name}: is needed; {self.about}")
            return None
        return self._value(text)

    def _value(self, text: str) -> Any:
        if self.kind in ("list", "lines"):
            return self._items([each.strip() for each in re.split("\n" if self.kind == "lines" else ",", text)])
        return self._chosen(text) if self.kind == "choice" else self._number(text, self.of[0])

    def _items(self, texts: Sequence[str]) -> tuple[Any, ...]:
        found = [each for each in texts if each]
        of = self.of if len(self.of) > 1 else self.of * len(found)
        if len(of) != len(found):
            raise AskedError(f"{self.name}: takes {len(of)} values separated by commas, not {len(found)}")
        return tuple(self._number(each, kind) for each, kind in zip(found, of, strict=True))

    def _chosen(self, text: str) -> str:
        if text not in self.choices:
            raise AskedError(f"{self.name}: there is no '{text}' to choose here")
        return text

    def _number(self, text: str, kind: type) -> Any:
        try:
            value = kind(text)
        except ValueError:
            raise AskedError(f"{self.name}: must be a {'whole ' if kind is int else ''}number") from None
        if kind is float and not isfinite(value):
            raise AskedError(f"{self.name}: must be a number")
        if self.most is not None and value > self.most:
            raise AskedError(f"{self.name}: {value:,} asked for; at most {self.most:,} are possible here")
        return value


@dataclass(frozen=True)
class QuestionForm:
    """A question as a page asks it of a run."""

    kind: type[Question]
    about: str
    entries: tuple[Entry, ...]
    most_shoppers: int

    @property
    def name(self) -> str:
        """What the question is called."""
        return self.kind.name

    @property
    def shoppers(self) -> int:
        """How many households are simulated if nothing else is asked for."""
        return min(self.kind.shoppers, self.most_shoppers)

    def read(self, form: Form) -> tuple[Question, int]:
        """Return the question that a form asks, and of how many shoppers; raises AskedError for what cannot be."""
        found = {entry.name: entry.read(form) for entry in self.entries}
        try:
            question = self.kind(**{name: value for name, value in found.items() if value is not None})
        except ValueError as error:
            raise AskedError(str(error)) from error
        return question, self._shoppers(form.get(SHOPPERS) or str(self.shoppers))

    def _shoppers(self, text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < len(str(10**9))):
            raise AskedError(f"{SHOPPERS}: must be a whole number")
        if not LEAST[SHOPPERS] <= int(text) <= self.most_shoppers:
            least, most = LEAST[SHOPPERS], self.most_shoppers
            raise AskedError(
                f"{SHOPPERS}: {int(text):,} asked for; from {least:,} to {most:,}, the run's, are possible"
            )
        return int(text)


def question_forms(policies: Sequence[str], shoppers: int) -> dict[str, QuestionForm]:
    """Return a form for every question that can be asked of a run of so many shoppers, by the question's name."""
    return {name: _form_of(kind, policies, shoppers) for name, kind in QUESTIONS.items()}


def key_of(run: str, question: Question, shoppers: int) -> str:
    """Return what an answer is known by: the same for the same run, question, options and program."""
    options = {each.name: getattr(question, each.name) for each in fields(question)}  # type: ignore[arg-type]
    text = json.dumps([source_hash(), run, question.name, options, shoppers], default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _form_of(kind: type[Question], policies: Sequence[str], shoppers: int) -> QuestionForm:
    head, _, rest = (inspect.getdoc(kind) or "").partition("Parameters\n----------\n")
    meanings, hints = _meanings(rest), get_type_hints(kind)
    every = [_entry(each, hints[each.name], meanings, kind, policies) for each in fields(kind)]  # type: ignore[arg-type]
    return QuestionForm(kind, " ".join(head.split()), tuple(entry for entry in every if entry), shoppers)


def _meanings(text: str) -> dict[str, str]:
    """Return what a docstring's section of parameters says of each, by name."""
    found = re.findall(r"^(\w+)\n((?:[ \t]+.*(?:\n|$))+)", text, flags=re.M)
    return {name: " ".join(said.split()) for name, said in found}


def _entry(
    field: "Field[Any]", hint: Any, meanings: Mapping[str, str], kind: type[Question], policies: Sequence[str]
) -> Entry | None:
    """Return the entry of an option; None for one that no page can give, such as a file or another scenario."""
    found = _kind_of(field.name, _without_none(hint), field.name in kind.given_again)
    if found is None:
        return None
    how, of, choices = found
    if how in ("choice", "several") and not choices:
        choices = tuple(policies[1:])
    usual = _shown(field.default)
    counted = of == (int,) and how == "whole" and usual
    most = AS_USUAL * int(usual) if counted else None
    return Entry(field.name, meanings[field.name], how, of, choices, usual, _is_required(field), most)


def _is_required(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _without_none(hint: Any) -> Any:
    kinds = [each for each in get_args(hint) if each is not NoneType]
    return kinds[0] if NoneType in get_args(hint) and len(kinds) == 1 else hint


def _kind_of(name: str, hint: Any, is_given_again: bool) -> tuple[Kind, tuple[type, ...], tuple[str, ...]] | None:
    """Return how an option is entered, of what types, and the choices that its type names."""
    if name == _NEITHER_BASELINE:
        return "choice", (str,), ()
    if name == _ANY:
        return "several", (str,), ()
    if get_origin(hint) is Literal:
        return "choice", (str,), get_args(hint)
    if get_origin(hint) is tuple:
        of = tuple(each for each in get_args(hint) if each is not Ellipsis)
        return "lines" if is_given_again else "list", of, ()
    plain: dict[Any, Kind] = {bool: "yes", int: "whole", float: "number", str: "text"}
    return (plain[hint], (hint,), ()) if hint in plain else None


def _shown(default: Any) -> str:
    if default is MISSING or default is None or default is False:
        return ""
    return ", ".join(map(str, default)) if isinstance(default, tuple) else str(default)
