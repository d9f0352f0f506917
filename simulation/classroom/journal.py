"""The journal of a class: one line for each thing done, on disk before anybody is told that it is done."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from errno import ENOSPC
from io import FileIO
from pathlib import Path
from typing import Any

from simulation.behaviour.operating_system import hold
from simulation.classroom.lesson import Record


class JournalError(ValueError):
    """Why a class cannot be taken up again."""


class Journal:
    """A file of records that only grows; a last line cut off by a crash was never confirmed, and is dropped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._stream = _private(path)
        try:
            _hold(self._stream)
            self._records = list(self._read())
        except (OSError, JournalError):
            self._stream.close()
            raise

    @property
    def records(self) -> tuple[Record, ...]:
        """What has been done so far, in order."""
        return tuple(self._records)

    def add(self, record: Record) -> Record:
        """Write a record down, with the time; return once it is on disk. Raises OSError if it cannot be."""
        dated = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **record}
        self._stream.seek(self._end)
        self._stream.truncate()  # what a crash has cut off
        try:
            line = json.dumps(dated, ensure_ascii=False).encode() + b"\n"
            if self._stream.write(line) < len(line):
                raise OSError(ENOSPC, os.strerror(ENOSPC), str(self.path))
            os.fsync(self._stream.fileno())
        except OSError:
            self._stream.truncate(self._end)
            raise
        self._end += len(line)
        self._records.append(dated)
        return dated

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()

    def delete(self) -> None:
        """Delete all that has been written down."""
        self.close()  # Windows deletes no file that is open
        self.path.unlink(missing_ok=True)

    def _read(self) -> Iterator[Record]:
        self._end, whole = 0, self._stream.read()
        for number, line in enumerate(whole.split(b"\n")[:-1], start=1):
            yield _record(line, f"{self.path}:{number}")
            self._end += len(line) + 1


def _private(path: Path) -> FileIO:
    """Open a file that nobody else on this machine can read."""
    as_bytes = getattr(os, "O_BINARY", 0)  # of Windows alone, where lines would otherwise be ended in another way
    return FileIO(os.open(path, os.O_RDWR | os.O_CREAT | as_bytes, 0o600), "r+b")


def _hold(stream: FileIO) -> None:
    """Hold a file against other servers; raises JournalError if another holds it."""
    try:
        hold(stream)
    except OSError as error:
        raise JournalError("this class is being served already; stop that server, or name another --out") from error


def _record(line: bytes, where: str) -> Record:
    try:
        found: Any = json.loads(line)
    except ValueError as error:
        raise JournalError(f"{where}: this line of the class's journal is damaged; move the file away") from error
    if not isinstance(found, dict) or "do" not in found:
        raise JournalError(f"{where}: this line of the class's journal says nothing that is done; move the file away")
    return found
