"""How much memory this process may still take: of the machine, of its container or job, of its own limits."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path("/")
_PACKAGES = {"AS": 1_050_000_000, "DATA": 450_000_000}  # what packages take, by kind of limit, on two processors
_EACH_PROCESSOR = 48_000_000  # more with each further processor: a stack and a buffer
_OWN = {"AS": "VmSize", "DATA": "VmData"}
_GIGA = 1e9


class NoRoomError(ValueError):
    """Why the program's packages were not even loaded."""


def available(root: Path = _ROOT) -> int | None:
    """Return how many bytes this process may still take, None where nobody tells.

    `root` is where the file system begins.
    """
    rooms = [*_of_the_machine(root), *_of_groups(root), *(room for _, room in _of_own_limits(root))]
    return max(0, min(rooms)) if rooms else None


def refuse_too_little() -> None:
    """Raise NoRoomError, in plain words, where limits of this process leave too little for its packages.

    Libraries that cannot start their threads end the process without a word, so nothing may be loaded before.
    """
    more = _EACH_PROCESSOR * max(0, (os.cpu_count() or 1) - 2)
    for kind, room in _of_own_limits(_ROOT):
        if room < _PACKAGES[kind] + more:
            need = f"the program alone needs about {(_PACKAGES[kind] + more) / _GIGA:.1f} GB"
            raise NoRoomError(f"{need}, and a limit of this process (RLIMIT_{kind}) leaves {room / _GIGA:.1f} GB")


def _of_the_machine(root: Path) -> Iterator[int]:
    kilobytes = _fields(root / "proc" / "meminfo").get("MemAvailable:")
    if kilobytes is not None:
        yield kilobytes * 1024


def _of_groups(root: Path) -> Iterator[int]:
    """Yield what each control group leaves that this process is in, of either version, up to the outermost."""
    for line in _lines(root / "proc" / "self" / "cgroup"):
        _, controllers, path = line.split(":", 2)
        mount = root / "sys" / "fs" / "cgroup"
        if controllers == "":
            for top in (mount, mount / "unified"):
                yield from _of_ancestors(top, path, ("memory.max", "memory.high"), "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes",), "memory.usage_in_bytes", "total_inactive_file"
            yield from _of_ancestors(mount / "memory", path, *names)


def _of_ancestors(top: Path, path: str, limits: tuple[str, ...], usage: str, idle: str) -> Iterator[int]:
    """Yield what a group and those around it leave; pages of files that nobody uses are as good as free."""
    group = top / path.strip("/")
    for folder in (group, *group.parents):
        used = _number(folder / usage)
        for limit in filter(None, (_number(folder / name) for name in limits)):
            yield limit - (used or 0) + _fields(folder / "memory.stat").get(idle, 0)
        if folder == top:
            return


def _of_own_limits(root: Path) -> Iterator[tuple[str, int]]:
    """Yield the kind of each limit of this process's own, and the bytes that it leaves."""
    try:
        import resource
    except ImportError:  # there is none on Windows
        return
    taken = _fields(root / "proc" / "self" / "status")
    for kind, name in _OWN.items():
        limit, _ = resource.getrlimit(getattr(resource, f"RLIMIT_{kind}"))
        if limit != resource.RLIM_INFINITY:
            yield kind, limit - taken.get(f"{name}:", 0) * 1024


def peak_bytes() -> int | None:
    """Return the most that this process has held so far, None where the machine does not tell."""
    try:
        import resource
    except ImportError:  # there is none on Windows
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most) if sys.platform == "darwin" else int(most) * 1024


def _fields(path: Path) -> dict[str, int]:
    """Return the whole numbers of a file of names and numbers."""
    rows = [line.split() for line in _lines(path)]
    return {row[0]: int(row[1]) for row in rows if len(row) > 1 and row[1].isdecimal()}


def _number(path: Path) -> int | None:
    """Return the number in a file, None if there is none, as where there is no limit."""
    lines = _lines(path)
    return int(lines[0]) if lines and lines[0].isdecimal() else None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return []
