"""Faults as people and attackers make them: lines lost or doubled, values swapped for nasty ones, bytes gone wrong."""

from collections.abc import Callable, Sequence
from random import Random

NASTY = (
    *(b"", b"~", b"null", b"true", b"[]", b"{}", b"[[]]", b"''", b"-", b"---", b"...", b"? ", b"*a", b"&a x"),
    *(b".nan", b".inf", b"-.inf", b"-0", b"-0.0", b"0x10", b"0o17", b"1_000", b"1e400", b"1e-400", b"9" * 400),
    *(b"2026-11-25", b"12:30:45", b"1,5", b"50 %", b"$0.50", b"yes", b"NO", b"-1", b"!!int 3", b"<<: {a: 1}"),
    *(b"\xed\xa0\x80", b'"\\ud800"', b'"\\u0000"', b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b"\t"),
    *(b"../../etc/passwd", b"<script>", b"%s%n", b"{{7*7}}", b"$(touch x)", b"'; drop", b"=1+1", b"week: 0"),
    *(b"a" * 5000, b"[" * 40, b"{a: " * 40, b"do: law"),
)
"""Texts to put where something else should stand."""


def mutated(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Return a text with one to four faults."""
    for _ in range(random.randint(1, 4)):
        content = random.choice(_FAULTS)(content, random, others)
    return content[:200_000]


def _without_a_line(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    lines = content.splitlines(keepends=True)
    place = random.randrange(len(lines) or 1)
    return b"".join(lines[:place] + lines[place + 1 :])


def _a_line_twice(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    place = random.randrange(len(lines))
    return b"".join([*lines[: place + 1], lines[place], *lines[place + 1 :]])


def _lines_swapped(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _a_nasty_value(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    marks = [place for place, letter in enumerate(content) if letter in b":,[{ "] or [0]
    start = random.choice(marks) + 1
    ends = [place for place in range(start + 1, min(len(content), start + 60)) if content[place] in b",]}\n"]
    return content[:start] + b" " + random.choice(NASTY) + content[ends[0] if ends else start :]


def _a_nasty_text(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    place = random.randint(0, len(content))
    return content[:place] + random.choice(NASTY) + content[place:]


def _a_wrong_byte(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    place = random.randint(0, len(content))
    return content[:place] + bytes([random.randrange(256)]) + content[place + 1 :]


def _cut_short(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    return content[: random.randint(0, len(content))]


def _spliced(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    other = random.choice(others)
    return content[: random.randint(0, len(content))] + other[random.randint(0, len(other)) :]


_FAULTS: tuple[Callable[[bytes, Random, Sequence[bytes]], bytes], ...] = (
    _without_a_line,
    _a_line_twice,
    _lines_swapped,
    _a_nasty_value,
    _a_nasty_value,
    _a_nasty_text,
    _a_wrong_byte,
    _cut_short,
    _spliced,
)
