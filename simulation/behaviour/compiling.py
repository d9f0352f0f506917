"""How a rule is compiled, said once: exact arithmetic, no interpreter lock, a cache that is never stale."""

import hashlib
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba import njit

from simulation.behaviour.caching import writable_home

_config: Any = numba.config
_COMPILED_FOLDERS = ("behaviour", "scenario", "model")


@cache
def cache_folder() -> str:
    """Return the folder for compiled code, named by a hash of every source that can end up in it.

    numba notices an edit of the file that holds a function, not of the files it calls into.
    """
    package = Path(__file__).parent.parent
    digest = hashlib.sha256(f"{numba.__version__} {sys.version}".encode())
    for folder in _COMPILED_FOLDERS:
        for source in sorted((package / folder).glob("*.py")):
            digest.update(source.read_bytes())
    return str(writable_home() / digest.hexdigest()[:16])


def is_compiled(function: Any) -> bool:
    """Return whether code of a compiled function of this checkout is in the cache, so that nobody need wait for it."""
    if _config.DISABLE_JIT:
        return True
    source = Path(function.py_func.__code__.co_filename)
    indices = Path(function.stats.cache_path).glob(f"{source.stem}.{function.__name__}-*.nbi")
    return any(index.stat().st_mtime >= source.stat().st_mtime for index in indices)


def rule(function: Callable[..., Any]) -> Any:
    """Compile a scalar rule; with NUMBA_DISABLE_JIT=1 it stays plain Python."""
    return _compiled(function, no_cfunc_wrapper=True)


def entry(function: Callable[..., Any]) -> Any:
    """Compile a function over columns that Python calls.

    It allocates nothing, so references need not be counted: that would cost more than the arithmetic.
    """
    return _compiled(function, no_cfunc_wrapper=True, _nrt=False)


def inner(function: Callable[..., Any]) -> Any:
    """Compile a pass that only compiled code calls: without the bridge to Python, which takes long to compile."""
    return _compiled(function, no_cfunc_wrapper=True, no_cpython_wrapper=True, _nrt=False)


def _compiled(function: Callable[..., Any], **options: bool) -> Any:
    """Compile with `error_model="numpy"`, so that loops with divisions vectorise, and never with `fastmath`.

    Fast mathematics would change results from one compiler to the next.
    """
    before, _config.CACHE_DIR = _config.CACHE_DIR, cache_folder()
    try:
        compiler: Any = njit
        return compiler(error_model="numpy", cache=True, nogil=True, **options)(function)
    finally:
        _config.CACHE_DIR = before
