"""How verbs are heard: characters that a terminal lacks are replaced, and a reader that has gone is no failure."""

import codecs
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_PLAIN = {
    "\N{MINUS SIGN}": "-",
    "\N{BULLET}": "*",
    "\N{HORIZONTAL ELLIPSIS}": ".",  # one character for one, so that columns stay below each other
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{RIGHTWARDS ARROW}": ">",
    "\N{LESS-THAN OR EQUAL TO}": "<",
    "\N{GREATER-THAN OR EQUAL TO}": ">",
}


class UnheardError(Exception):
    """Why nobody can be told: standard output is closed, or its device full. No OSError, so that no verb takes it."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(cause.strerror or str(cause))
        self.has_gone = isinstance(cause, BrokenPipeError)


def plain(text: str, encoding: str) -> str:
    """Return a text with what an encoding lacks replaced by what looks alike, or by a question mark."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_shown(letter, encoding) for letter in text)
    return text


def _shown(letter: str, encoding: str) -> str:
    bare = unicodedata.normalize("NFKD", letter)[:1]
    return next(each for each in (letter, _PLAIN.get(letter, bare), "?") if _holds(encoding, each))


def _holds(encoding: str, letter: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


class _Stream:
    """A stream of text that can be written to whatever is written; `is_needed` says whether a failure matters."""

    def __init__(self, stream: Any, is_needed: bool) -> None:
        self._stream, self._is_needed = stream, is_needed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write a text as far as the stream can hold it; return its length."""
        with self._watched():
            self._stream.write(plain(text, codecs.lookup(self._stream.encoding or "utf-8").name))
        return len(text)

    def flush(self) -> None:
        """Write what waits."""
        with self._watched():
            self._stream.flush()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            silence(self._stream)
            if self._is_needed:
                raise UnheardError(error) from error


def silence(stream: Any) -> None:
    """Let a stream that cannot be written to lead nowhere, so that the interpreter can close it without a word."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


@contextmanager
def heard() -> Iterator[None]:
    """Let all that is printed within be shown as far as the terminal can; raises UnheardError where it is lost."""
    outer = sys.stdout, sys.stderr
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:  # for what was closed before it began
        sys.stdout, sys.stderr = _Stream(outer[0] or nowhere, True), _Stream(outer[1] or nowhere, False)
        try:
            yield
            sys.stdout.flush()
        finally:
            sys.stdout, sys.stderr = outer
