"""How a rule is compiled, said once: exact arithmetic, no interpreter lock, a cache that is never stale."""

import hashlib
import os
import pickle
import re
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numba
from numba import njit
from numba.core import codegen

from simulation.behaviour.caching import writable_home
from simulation.behaviour.sources import PACKAGE, behind, hash_of

_config: Any = numba.config
_codegen: Any = codegen
_COMPILED_FOLDERS = ("behaviour", "model")
_COMPILES = re.compile(r"^from simulation\.behaviour\.compiling import .*\b(entry|inner|rule)\b", re.MULTILINE)
_KEPT, _USED = 8, 86_400.0  # folders of code of earlier sources; seconds for which one that was used is left alone


def _with_full_width(features: str) -> str | None:
    """Return a processor's features with vectors of 512 bits asked for, where it has them.

    LLVM prefers half of that on some, for the sake of programs that use few vectors.
    """
    return f"{features},-prefer-256-bit" if "+avx512f" in features else None


if _config.CPU_NAME is None and _config.CPU_FEATURES is None:  # else a user has said for what to compile
    _config.CPU_FEATURES = _with_full_width(_codegen.get_host_cpu_features())


class Made(NamedTuple):
    """A compiled function of the package, what it was compiled from, and how."""

    compiled: Any
    function: Any
    options: Mapping[str, bool]


MADE: dict[str, dict[str, Made]] = {}
"""The compiled functions that have been imported so far, by module and name."""

_STOOD_FOR: dict[str, dict[str, Any]] = {}  # by module: what its names stood for when its functions were compiled


@cache
def compiled_sources() -> frozenset[Path]:
    """Return the source files that hold compiled functions."""
    files = (path for folder in _COMPILED_FOLDERS for path in (PACKAGE / folder).glob("*.py"))
    return frozenset(path for path in files if _COMPILES.search(path.read_text(encoding="utf-8")))


@cache
def cache_folder() -> Path:
    """Return the folder for compiled code, named by a hash of what compiled functions stand in, and of what it imports.

    numba notices an edit of the file that holds a function, not of the files it calls into. The processor's features
    belong to the name, because code for one may not run on another.
    """
    sources, processor = hash_of(behind(compiled_sources())), f"{_config.CPU_NAME} {_config.CPU_FEATURES}"
    return kept_folder(writable_home(), f"{numba.__version__} {sys.version} {processor} {sources}")


def kept_folder(home: Path, what: str) -> Path:
    """Return the folder in `home` for what such a text stands for; to make room for a new one, old ones are removed."""
    folder = home / hashlib.sha256(what.encode()).hexdigest()[:16]
    try:
        os.utime(folder)  # used today
    except OSError:
        _forget_old_ones(home)
    return folder


def _forget_old_ones(home: Path) -> None:
    """Remove the code of sources of long ago: all but the few folders used last and those used within a day."""
    used = sorted((path.stat().st_mtime, path) for path in home.glob("?" * 16) if path.is_dir())
    for last, path in used[: -_KEPT or None]:
        if last < time.time() - _USED:
            shutil.rmtree(path, ignore_errors=True)


def _guard(kept: Any) -> None:
    """Before code is loaded from the cache, refuse what was replaced from outside; and drop code that cannot be read.

    A file can be cut short, as after a full disk. With nothing loaded, the compiler compiles and keeps the code anew.
    """
    load = kept.load_overload

    def load_or_forget(*signature: Any) -> Any:
        refuse_replaced()
        try:
            return load(*signature)
        except (EOFError, ValueError, pickle.UnpicklingError, AttributeError, ImportError, IndexError):
            kept.flush()
            return None

    kept.load_overload = load_or_forget


def refuse_replaced() -> None:
    """Raise ValueError if a name in a module of compiled functions no longer stands for what its source says.

    Code compiled before would not follow, and code compiled now would be kept as if it came from the source.
    """
    for module, names in _STOOD_FOR.items():
        now = vars(sys.modules[module]) if module in sys.modules else {}
        for name, value in names.items():
            if now.get(name) is not value:
                raise ValueError(_REPLACED.format(module=module, name=name))


_REPLACED = (
    "{module}.{name} was replaced from outside, which compiled code cannot follow; put it back, and give "
    "a rule of your own to the model: LoyaltyModel(scenario, rules={{'name of the rule': your_function}})"
)


def is_interpreted() -> bool:
    """Return whether everything runs as plain Python, by NUMBA_DISABLE_JIT=1."""
    return bool(_config.DISABLE_JIT)


def is_compiled(function: Any) -> bool:
    """Return whether code of a compiled function of this checkout is in the cache, so that nobody need wait for it."""
    if is_interpreted():
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
    """Compile a pass that only compiled code calls: without the bridge to Python, which takes long to compile.

    It becomes part of what calls it, or handing over all that a week is read from would cost more than a small block.
    """
    return _compiled(function, no_cfunc_wrapper=True, no_cpython_wrapper=True, _nrt=False, forceinline=True)


def _compiled(function: Any, **options: bool) -> Any:
    """Compile a function that stands in the package, and keep the code; what stands elsewhere is not kept."""
    is_ours = Path(function.__code__.co_filename) in compiled_sources()
    compiled = compiled_into(cache_folder() if is_ours else None, function, options)
    if is_ours:
        module = function.__module__
        MADE.setdefault(module, {})[function.__name__] = Made(compiled, function, options)
        known = {name: value for name, value in function.__globals__.items() if not name.startswith("__")}
        _STOOD_FOR.setdefault(module, {}).update(known | {function.__name__: compiled})
    return compiled


def compiled_into(folder: Path | None, function: Callable[..., Any], options: Mapping[str, Any]) -> Any:
    """Compile with `error_model="numpy"`, so that loops with divisions vectorise, and never with `fastmath`.

    Fast mathematics would change results from one compiler to the next. The code is kept in `folder`, if there is one.
    """
    before, _config.CACHE_DIR = _config.CACHE_DIR, str(folder or "")
    try:
        compiler: Any = njit
        compiled = compiler(error_model="numpy", cache=folder is not None, nogil=True, **options)(function)
        if folder and not is_interpreted():
            _guard(compiled._cache)
        return compiled
    finally:
        _config.CACHE_DIR = before
