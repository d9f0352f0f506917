"""Where things are kept that take long to make and can always be made again."""

import os
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
        return Path(tempfile.gettempdir()) / f"aislefour-{os.getuid() if hasattr(os, 'getuid') else 'cache'}"
