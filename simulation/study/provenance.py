"""Which sources made a result."""

import hashlib
from functools import cache
from pathlib import Path


@cache
def source_hash() -> str:
    """Return a hash of every source file of the package."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.suffix in {".py", ".yaml", ".html"}:
            digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
