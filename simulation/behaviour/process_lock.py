"""What takes long to make, and can be kept, is made by one process while others wait for it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from simulation.behaviour.operating_system import hold

_PAUSE = 0.1  # seconds between two looks


@contextmanager
def process_lock(file: Path, is_made: Callable[[], bool], patience: float) -> Iterator[bool]:
    """Wait until no other process holds the lock, and yield whether this one does and is to make what is not made yet.

    A lock ends with its process, however that ends, because the system lets go of the `file`. Nobody waits longer than
    `patience`, in seconds, nor where files cannot be locked.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        stream = FileIO(file, "a")
    except OSError:
        yield False
        return
    with stream:
        yield _is_held(stream, time.monotonic() + patience) and not is_made()


def _is_held(stream: FileIO, until: float) -> bool:
    while time.monotonic() < until:
        try:
            hold(stream)
            return True
        except (BlockingIOError, PermissionError):  # what Linux and Windows say if another holds it
            time.sleep(_PAUSE)
        except OSError:
            return False
    return False
