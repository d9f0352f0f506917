"""Where things are kept that take long to make and can always be made again."""

import os
import stat
import tempfile
from functools import cache
from pathlib import Path


@cache
def writable_home() -> Path:
    """Return a folder for what can be made again: the user's cache, or a temporary one if that cannot be written."""
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "aislefour"
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            return home
    except (OSError, RuntimeError):  # a user without a home, as in many a container
        return _own_temporary_home()


def _own_temporary_home() -> Path:
    """Return a folder among temporary files that nobody else can write: what is kept is run as code later on."""
    user = os.getuid() if hasattr(os, "getuid") else None
    home = Path(tempfile.gettempdir()) / f"aislefour-{'cache' if user is None else user}"
    try:
        home.mkdir(mode=0o700, exist_ok=True)
        found = home.lstat()
        if stat.S_ISDIR(found.st_mode) and (user is None or (found.st_uid == user and not found.st_mode & 0o022)):
            return home
    except OSError:
        pass  # something else is in the way there
    return Path(tempfile.mkdtemp(prefix="aislefour-"))
