"""The books of many replicates, in a file without a name: memory holds those of one, whoever reads them."""

import shutil
import tempfile
import weakref
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

Books = NDArray[np.int64]


class Spool:
    """A file among the machine's temporary ones, which goes with the last of the books in it, or with the process."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 # open as long as it is read
        self._end, self._lock = 0, Lock()
        weakref.finalize(self, self._file.close)

    def put(self, books: Books) -> "PutAway":
        """Put books away; raises OSError where the disk does not hold them."""
        with self._lock:
            start = self._end
            self._file.seek(start)
            _write_all(self._file, books)
            self._end += books.nbytes
        return PutAway(self, start, books.shape)

    def get(self, start: int, shape: tuple[int, ...]) -> Books:
        """Return the books that begin at a byte, to be read only; their pages are the system's to keep or drop."""
        with self._lock:
            mapped: Any = np.memmap(self._file, np.int64, "r", start, shape)
        return np.asarray(mapped)


@dataclass(frozen=True)
class PutAway:
    """Where in a spool one replicate's books stand."""

    spool: Spool
    start: int
    shape: tuple[int, ...]

    def books(self) -> Books:
        """Return the books, to be read only."""
        return self.spool.get(self.start, self.shape)

    def __deepcopy__(self, memo: dict[int, Any]) -> "PutAway":
        return self  # what stands in the file never changes

    def __reduce__(self) -> tuple[Any, ...]:
        return _carried, (np.array(self.books()),)  # another process has another file


def room_for_spools() -> tuple[str, int]:
    """Return the folder of temporary files, and how many bytes are free on its disk."""
    folder = tempfile.gettempdir()
    return folder, shutil.disk_usage(folder).free


def _carried(books: Books) -> Books:
    return books


def _write_all(file: Any, books: Books) -> None:
    """Write books whole: a disk that is nearly full takes a part without a word before it refuses the next."""
    left = np.ascontiguousarray(books).data.cast("B")
    while left:
        left = left[file.write(left) :]
