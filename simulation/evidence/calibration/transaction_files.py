"""What kind of file transactions came in: text in some encoding, Parquet, or something to be unpacked or exported."""

import codecs
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from encodings.aliases import aliases
from pathlib import Path
from typing import Any

from simulation.behaviour.spelling import nearest

_SAMPLE = 1 << 16
_LONGEST = 40  # letters of a quoted text

_BYTE_ORDERS = {
    b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16",
}  # fmt: skip

_UNPACK, _EXPORT = "unpack it and give the file inside", "export its table as CSV (UTF-8) and give that"
_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"BZh", "packed by bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "packed by xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "packed by zstd", _UNPACK),
    (b"\x04\x22\x4d\x18", "packed by lz4", _UNPACK),
    (b"\x1f\x9d", "packed by compress", _UNPACK),
    (b"\x1f\x8b", "packed by gzip twice", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (xls)", "save its sheet as CSV UTF-8 and give that"),
    (b"PAR1", "a Parquet file that was packed by gzip", _UNPACK),
    (b"ARROW1", "an Arrow (Feather) file", "write it as Parquet or CSV"),
    (b"ORC", "an ORC file", "write it as Parquet or CSV"),
    (b"Obj\x01", "an Avro file", "write it as Parquet or CSV"),
    (b"SQLite format 3", "an SQLite database", _EXPORT),
    (b"\x89HDF", "an HDF5 file", _EXPORT),
    (b"\x80\x04\x95", "a Python pickle", _EXPORT),
    (b"\x80\x05\x95", "a Python pickle", _EXPORT),
    (b"RDX", "a file of R", _EXPORT),
    (b"<stata_dta>", "a Stata file", _EXPORT),
    (b"$FL2", "an SPSS file", _EXPORT),
    (b"%PDF", "a PDF", _EXPORT),
)
"""First bytes, what they mean, and what to do."""

_MARKUP = re.compile(rb"\s*<(!doctype|html|table|\?xml|head|body|meta|style)\b", re.IGNORECASE)
_JSON = re.compile(rb"\s*(\{|\[\s*[\[{])")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1b\x1c-\x1f\x7f]")

_SCRIPTS: Mapping[str, tuple[str, re.Pattern[bytes]]] = {
    "cp1252": ("Western European", re.compile(rb"(?<![\x80-\xff])[\xa0-\xff\x80](?![\x80-\xff])")),
    "cp1250": ("Central European", re.compile(rb"(?<![\x80-\xff])[\x8a-\x9f\xa0-\xff](?![\x80-\xff])")),
    "cp850": ("Western European, DOS", re.compile(rb"(?<![\x80-\xff])[\x80-\xa7](?![\x80-\xff])")),
    "cp1251": ("Cyrillic", re.compile(rb"[\xc0-\xdf]?[\xe0-\xff]{2,}|\xb9")),
    "koi8_r": ("Cyrillic, older", re.compile(rb"[\xe0-\xff]?[\xc0-\xdf]{2,}")),
    "big5": ("traditional Chinese", re.compile(rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]")),
    "cp949": ("Korean", re.compile(rb"[\xb0-\xc8][\xa1-\xfe]")),
    "gb18030": ("simplified Chinese", re.compile(rb"[\xb0-\xd7][\xa1-\xfe]")),
    "cp932": ("Japanese", re.compile(rb"[\x82\x83\x88-\x97][\x40-\x7e\x80-\xfc]")),
    "euc_jp": ("Japanese, older", re.compile(rb"[\xa4\xa5\xb0-\xcf][\xa1-\xfe]")),
}
"""Encodings that exports really have, and the bytes of their commonest letters beyond ASCII, the narrower first."""


class TransactionsError(ValueError):
    """What is wrong with a file of transactions, in plain words."""


def shown(text: str) -> str:
    """Return a text as it may stand in a message: short, and without what a terminal would obey."""
    harmless = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return harmless if len(harmless) <= _LONGEST else harmless[:_LONGEST] + "..."


@contextmanager
def read_errors(path: Path) -> Iterator[None]:
    """Say in a line what keeps a file from being read."""
    try:
        yield
    except FileNotFoundError:
        raise TransactionsError(f"{path}: there is no such file") from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise TransactionsError(f"{path}: the compressed file is damaged or cut short") from None
    except UnicodeError as error:
        raise TransactionsError(f"{path}: the file is not in this encoding ({error}); try another --encoding") from None
    except OSError as error:
        raise TransactionsError(f"{path}: this file cannot be read: {error.strerror or error}") from None


def is_parquet(path: Path) -> bool:
    """Return whether this is a Parquet file, or a folder of Parquet parts; raises TransactionsError for other folders.

    Use within `read_errors`.
    """
    if not path.is_dir():
        with path.open("rb") as stream:
            return stream.read(4) == b"PAR1"
    parts = files_of(path)
    if not parts or any(part.suffix != ".parquet" for part in parts):
        advice = "give one file, or a folder of nothing but Parquet parts (part-0.parquet, ...); join parts of CSV"
        raise TransactionsError(f"{path}: this is a folder, not of Parquet parts alone; {advice}")
    return True


def files_of(path: Path) -> list[Path]:
    """Return the files that hold the transactions, in order: one, or the parts of a folder."""
    if not path.is_dir():
        return [path]
    return sorted(part for part in path.rglob("*") if part.is_file() and part.name[0] not in "._")


@contextmanager
def _unpacked(path: Path) -> Iterator[Any]:
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        yield gzip.GzipFile(fileobj=raw) if packed else raw


def sample_of(path: Path) -> bytes:
    """Return a file's first bytes, decompressed; raises TransactionsError if they are no text's."""
    with _unpacked(path) as stream:
        sample: bytes = stream.read(_SAMPLE)
    if foreign := _foreign(path, sample):
        what, advice = foreign
        raise TransactionsError(f"{path}: this is {what}, not a table as text; {advice}")
    return sample


def _foreign(path: Path, sample: bytes) -> tuple[str, str] | None:
    """Return what a file is that is no text, and what to do with it."""
    if sample.startswith(b"PK"):
        return _zipped(path)
    if sample[257:262] == b"ustar":
        return "a tar archive", _UNPACK
    if _MARKUP.match(sample):
        return "a web page or XML, as some programs save it under the name of a workbook", _EXPORT
    if _JSON.match(sample):
        return "JSON", _EXPORT
    return next(((what, advice) for start, what, advice in _FOREIGN if sample.startswith(start)), None)


def _zipped(path: Path) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return "a zip archive that is damaged or cut short", _UNPACK
    if any(name.startswith("xl/") for name in names):
        return "an Excel workbook (xlsx)", "in Excel, save the sheet as 'CSV UTF-8' and give that"
    if "content.xml" in names or any(name.endswith(".iwa") for name in names):
        return "a spreadsheet (ods or numbers)", "save its sheet as CSV in UTF-8 and give that"
    inside = ", ".join(shown(name) for name in names[:3]) + (", ..." if len(names) > 3 else "")  # noqa: PLR2004
    return f"a zip archive of {inside or 'nothing'}", _UNPACK


def encoding_of(path: Path, sample: bytes, chosen: str | None) -> str:
    """Return the encoding of a text: the chosen one, what its first bytes say, or UTF-8; raises TransactionsError."""
    marked = next((name for mark, name in _BYTE_ORDERS.items() if sample.startswith(mark)), "")
    name = _known(chosen) if chosen else marked or _wide(sample) or "utf-8-sig"
    letters = codecs.getincrementaldecoder(name)(errors="replace").decode(sample)
    if _CONTROLS.search(letters):
        advice = "give CSV, or Parquet" + ("" if chosen else ", or say --encoding if it is a text of another kind")
        raise TransactionsError(f"{path}: this file holds control characters, so it is not a table as text; {advice}")
    return name


def _known(chosen: str) -> str:
    try:
        name = codecs.lookup(chosen).name
        codecs.getincrementaldecoder(name)
        "".encode(name)
    except LookupError:
        near = nearest(chosen.lower().replace("-", "_"), {*aliases, *aliases.values()}, 0.6)
        hint = f"did you mean '{near}'?" if near else "known are utf-8, utf-16, cp1252, big5, gb18030 and the like"
        raise TransactionsError(f"--encoding: there is no encoding '{shown(chosen)}'; {hint}") from None
    return {"utf-8": "utf-8-sig"}.get(name, name)


def _wide(sample: bytes) -> str:
    """Return UTF-16 where every other byte of a text is nought, as in texts without a byte order mark."""
    odd, even = sample[1::2], sample[::2]
    for name, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if high.count(0) > 0.6 * len(high) and low.count(0) == 0:  # noqa: PLR2004
            return name
    return ""


def is_utf8(sample: bytes) -> bool:
    """Return whether the first bytes of a text are UTF-8; the last letter may be cut."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def likely_encodings(sample: bytes) -> list[tuple[str, str]]:
    """Return encodings that a text that is not UTF-8 may have, the likeliest first, and the scripts they are for."""
    beyond = len(re.findall(rb"[\x80-\xff]", sample))
    scores = {}
    for name, (script, common) in _SCRIPTS.items():
        found = b"".join(common.findall(sample))
        score = len(re.findall(rb"[\x80-\xff]", found)) / max(1, beyond)
        if _decodes(sample, name):
            scores[name, script] = score
    return sorted(scores, key=lambda each: -scores[each])


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def opened(path: Path, encoding: str, strict: bool) -> Iterator[Any]:
    """Open a text, compressed or not; unless strict, bytes of another encoding are kept apart rather than refused."""
    errors = "strict" if strict else "backslashreplace"
    with _unpacked(path) as stream, io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline="") as text:
        yield text
