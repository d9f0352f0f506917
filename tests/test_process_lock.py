"""One process makes what others wait for; nobody waits for the dead, nor longer than said."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulation.behaviour import turns
from simulation.behaviour.turns import turn

HOLDER = """
import sys
from pathlib import Path
from simulation.behaviour.turns import turn
folder = Path(sys.argv[1])
with turn(folder / "turn", lambda: False, 60.0) as is_ours:
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
        with turn(tmp_path / "turn", (tmp_path / "made").exists, 60.0) as is_ours:
            assert not is_ours and (tmp_path / "made").exists()


def test_a_process_that_dies_leaves_its_turn_to_the_next(tmp_path: Path) -> None:
    with holding(tmp_path) as holder:
        with turn(tmp_path / "turn", (tmp_path / "made").exists, 0.3) as is_ours:
            assert not is_ours, "patience ends before the other does"
        holder.kill()
        with turn(tmp_path / "turn", (tmp_path / "made").exists, 60.0) as is_ours:
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

    monkeypatch.setattr(turns, "hold", refused)
    monkeypatch.setattr(time, "sleep", lambda _: tried.append("sleep"))
    with turn(tmp_path / "turn", lambda: False, 60.0) as is_ours:
        assert is_ours is waits
    assert tried == (["hold", "sleep", "hold"] if waits else ["hold"])


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with turn(tmp_path / "file" / "turn", lambda: False, 60.0) as is_ours:
        assert not is_ours
