"""One process makes what others wait for; nobody waits for the dead, nor longer than said."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulation.behaviour import process_lock as module
from simulation.behaviour.process_lock import process_lock

HOLDER = """
import sys
from pathlib import Path
from simulation.behaviour.process_lock import process_lock
folder = Path(sys.argv[1])
with process_lock(folder / "lock", lambda: False, 60.0) as is_ours:
    print(is_ours, flush=True)
    input()
    (folder / "made").touch()
"""


def holding(folder: Path) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdin=pipe, stdout=pipe, text=True)
    assert holder.stdout and holder.stdout.readline() == "True\n"
    return holder


def test_a_second_process_waits_and_finds_what_the_first_has_made(tmp_path: Path) -> None:
    with holding(tmp_path) as holder:
        assert holder.stdin
        holder.stdin.write("\n")
        holder.stdin.flush()
        with process_lock(tmp_path / "lock", (tmp_path / "made").exists, 60.0) as is_ours:
            assert not is_ours and (tmp_path / "made").exists()


def test_a_process_that_dies_leaves_the_lock_to_the_next(tmp_path: Path) -> None:
    with holding(tmp_path) as holder:
        with process_lock(tmp_path / "lock", (tmp_path / "made").exists, 0.3) as is_ours:
            assert not is_ours, "patience ends before the other does"
        holder.kill()
        with process_lock(tmp_path / "lock", (tmp_path / "made").exists, 60.0) as is_ours:
            assert is_ours and not (tmp_path / "made").exists()


@pytest.mark.parametrize(("refusal", "waits"), [(BlockingIOError, True), (PermissionError, True), (OSError, False)])
def test_nobody_waits_where_files_cannot_be_held(
    refusal: type[OSError], waits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Linux and Windows say in their own ways that another holds a file; any other error says that none can be held."""
    tried: list[str] = []

    def refused(_: object) -> None:
        tried.append("hold")
        if len(tried) == 1:
            raise refusal

    monkeypatch.setattr(module, "hold", refused)
    monkeypatch.setattr(time, "sleep", lambda _: tried.append("sleep"))
    with process_lock(tmp_path / "lock", lambda: False, 60.0) as is_ours:
        assert is_ours is waits
    assert tried == (["hold", "sleep", "hold"] if waits else ["hold"])


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with process_lock(tmp_path / "file" / "lock", lambda: False, 60.0) as is_ours:
        assert not is_ours
