"""The first week ever: two processes share its compilation, because one process compiles one thing at a time.

A helper compiles some of the steps into a folder of its own, from which they are moved to the cache, where the week
finds them. Whatever goes wrong with the helper, the week compiles all the same, only later. Programs that start at once
do not all compile: one does, with its helper, and the others wait until they find the code in the cache.
"""

import inspect
import os
import pickle
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.compiling import is_compiled, is_interpreted
from simulation.behaviour.process_lock import process_lock
from simulation.model.week import Week, count, decide, feel, hear, share_luck, shop, talk
from simulation.model.weeks import live_weeks, week_in

_OWN, _HELPERS = (decide, share_luck, count), (hear, shop, feel, talk)
_PATIENCE = 60.0  # seconds to wait for the helper once the own steps are done
_PATIENCE_WITH_OTHERS = 180.0  # seconds to wait for another program's compilation before this one compiles as well
_LOCK = Lock()

Kinds = dict[str, Any]


def prepare(*arguments: Any) -> None:
    """Have `live_weeks` compiled for such arguments, if that has never been done."""
    if is_interpreted() or live_weeks.overloads:
        return
    with _LOCK:
        if not live_weeks.overloads and not is_compiled(live_weeks):
            with process_lock(_cache() / "lock", lambda: is_compiled(live_weeks), _PATIENCE_WITH_OTHERS) as is_ours:
                if is_ours:
                    _compile_all(*arguments)


def _cache() -> Path:
    return Path(live_weeks.stats.cache_path)


def _compile_all(*arguments: Any) -> None:
    if not decide.signatures and _wants_a_helper():
        span, people, lives, _, scratch = arguments[:5]
        _share(_kinds_of(week_in.py_func(span, 0, 0), people, lives, scratch))
    live_weeks.compile(tuple(map(live_weeks.typeof_pyval, arguments)))


def _wants_a_helper() -> bool:
    """Return whether a second process would be of use, as it is not on one processor."""
    return (os.cpu_count() or 1) > 1 and bool(sys.executable)


def _kinds_of(week: Week, people: NDArray[np.void], lives: NDArray[np.void], scratch: NDArray[np.void]) -> Kinds:
    """Return what numba calls the kinds of the steps' parameters, by name."""
    kind_of: Any = numba.typeof
    records = {"people": kind_of(people).dtype, "lives": kind_of(lives).dtype, "s": kind_of(scratch).dtype}
    numbers = dict.fromkeys(("policy", "n", "start"), numba.int64)
    return {
        **records,
        **numbers,
        "week": kind_of(week),
        "totals": numba.int64[:, ::1],
        "practices": kind_of(week.practices[0]),
    }


def _compile(steps: tuple[Any, ...], kinds: Kinds) -> None:
    for step in steps:
        step.compile(tuple(kinds[name] for name in inspect.signature(step.py_func).parameters))


def _share(kinds: Kinds) -> None:
    try:
        with TemporaryDirectory(dir=_cache(), ignore_cleanup_errors=True) as home:
            _compile_with_helper(kinds, Path(home))
    except (OSError, subprocess.SubprocessError):
        return  # what is still missing is compiled with the week


def _compile_with_helper(kinds: Kinds, home: Path) -> None:
    with _helper(home) as helper:
        try:
            helper.stdin.write(pickle.dumps(kinds))  # type: ignore[union-attr] # it is a pipe
            helper.stdin.close()  # type: ignore[union-attr]
            _compile(_OWN, kinds)
            if helper.wait(_PATIENCE) == 0:
                _adopt(home)
        finally:
            helper.kill()


def _helper(home: Path) -> "subprocess.Popen[bytes]":
    """Start a process of this very checkout that keeps its cache in a folder of its own and says nothing."""
    checkout = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (checkout, os.environ.get("PYTHONPATH"))))
    environment = os.environ | {"PYTHONPATH": path, "XDG_CACHE_HOME": str(home)}
    command, silent = [sys.executable, "-m", "simulation.model.preparing"], subprocess.DEVNULL
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=silent, stderr=silent, env=environment)


def _adopt(home: Path) -> None:
    """Move the helper's steps to the cache, code before index, so that a reader never finds an index without code."""
    for step in _HELPERS:
        for suffix in ("nbc", "nbi"):
            for file in home.rglob(f"week.{step.__name__}-*.{suffix}"):
                file.replace(_cache() / file.name)


if __name__ == "__main__":
    _compile(_HELPERS, pickle.load(sys.stdin.buffer))
