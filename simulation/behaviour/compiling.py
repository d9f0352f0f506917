"""How a rule is compiled, said once: exact arithmetic, no interpreter lock, a cache that is never stale."""

import hashlib
import pickle
import shutil
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
_KEPT = 8  # folders of code of earlier sources


@cache
def cache_folder() -> str:
    """Return the folder for compiled code, named by a hash of every source that can end up in it.

    numba notices an edit of the file that holds a function, not of the files it calls into.
    """
    package, home = Path(__file__).parent.parent, writable_home()
    digest = hashlib.sha256(f"{numba.__version__} {sys.version}".encode())
    for folder in _COMPILED_FOLDERS:
        for source in sorted((package / folder).glob("*.py")):
            digest.update(source.read_bytes())
    own = home / digest.hexdigest()[:16]
    if not own.exists():
        _forget_old_ones(home)
    return str(own)


def _forget_old_ones(home: Path) -> None:
    """Remove the code of sources of long ago: all but the latest few folders."""
    folders = [path for path in home.glob("?" * 16) if path.is_dir()]
    for path in sorted(folders, key=lambda each: each.stat().st_mtime)[: -_KEPT or None]:
        shutil.rmtree(path, ignore_errors=True)


def _forgive_damage(kept: Any) -> None:
    """Let code that cannot be read, as after a full disk, be made again instead of ending the program."""
    load = kept.load_overload

    def load_or_forget(*signature: Any) -> Any:
        try:
            return load(*signature)
        except (EOFError, ValueError, pickle.UnpicklingError, AttributeError, ImportError, IndexError):
            kept.flush()
            return None

    kept.load_overload = load_or_forget


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
        compiled = compiler(error_model="numpy", cache=True, nogil=True, **options)(function)
        if not _config.DISABLE_JIT:
            _forgive_damage(compiled._cache)
        return compiled
    finally:
        _config.CACHE_DIR = before
