"""Killed, out of space, in each other's way: nothing is half-written, nothing that was finished is lost."""

import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from simulation.runs.folders import ResultsError, write_whole

ROOT = Path(__file__).parents[1]
MARK = "run.json"
PLAIN = "mark.txt"  # of a folder without a record
SCENARIO = """title: a small case
question: what is left?
weeks: 80
population: {shoppers: 3000}
uncertain: chance
policies:
  status quo: []
  sale: [{week: 5, do: share_data, with: insurer, consent: none, fee_per_member_year: 0.5}]
"""


def begun(folder: Path) -> "subprocess.Popen[str]":
    (folder / "small.yaml").write_text(SCENARIO, encoding="utf-8")
    command = [sys.executable, "-m", "simulation", "run", "small.yaml", "--quiet"]
    own = {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=folder, env=os.environ | own, stderr=subprocess.PIPE, text=True)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.mark.release
def test_a_run_that_is_killed_at_any_moment_leaves_all_or_nothing(tmp_path: Path) -> None:
    began = time.monotonic()
    assert begun(tmp_path).communicate()[1] == ""
    whole, took = names(tmp_path / "results" / "small"), time.monotonic() - began
    assert MARK in whole
    kept = (tmp_path / "results" / "small" / "weekly.csv").read_bytes()
    for part in range(12):
        running = begun(tmp_path)
        time.sleep(took * (0.45 + 0.05 * part))  # from while it lives to after it has written
        running.send_signal(signal.SIGKILL)
        running.communicate()
        assert names(tmp_path / "results" / "small") == whole
        assert (tmp_path / "results" / "small" / "weekly.csv").read_bytes() == kept
    assert begun(tmp_path).communicate()[1] == ""
    assert names(tmp_path / "results") == ["small"], "what the killed have left is cleared away"


@pytest.mark.slow
def test_a_full_disk_is_said_in_words_and_loses_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "none", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk can only be mounted by root")
    try:
        running = begun(disk)
        said = running.communicate()[1]
        assert running.returncode == 2 and "No space left on device" in said and "Traceback" not in said
        assert names(disk / "results") == []
    finally:
        subprocess.run(["umount", disk], check=True)


def filling(text: str, wait: float = 0.0):  # type: ignore[no-untyped-def]
    def fill(folder: Path) -> None:
        (folder / PLAIN).write_text(text)
        time.sleep(wait)
        (folder / "table.csv").write_text(text)

    return fill


def test_two_that_write_to_the_same_place_leave_one_whole_result(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for written in [pool.submit(write_whole, tmp_path / "run", PLAIN, filling(str(k), 0.01)) for k in range(40)]:
            written.result()
    assert names(tmp_path) == ["run"] and names(tmp_path / "run") == [PLAIN, "table.csv"]
    assert (tmp_path / "run" / PLAIN).read_text() == (tmp_path / "run" / "table.csv").read_text()


def test_what_fails_while_it_is_written_leaves_what_was_there(tmp_path: Path) -> None:
    write_whole(tmp_path / "run", PLAIN, filling("first"))

    def fill(folder: Path) -> None:
        (folder / PLAIN).write_text("second")
        raise OSError(28, "No space left on device")

    with pytest.raises(ResultsError, match="run: cannot be written: No space left"):
        write_whole(tmp_path / "run", PLAIN, fill)
    assert names(tmp_path) == ["run"] and (tmp_path / "run" / PLAIN).read_text() == "first"


def test_a_folder_that_vanishes_while_it_is_written_is_made_again_or_refused(tmp_path: Path) -> None:
    parent = tmp_path / "results"

    def fill(folder: Path) -> None:
        (folder / PLAIN).write_text("mine")
        shutil.rmtree(parent)

    with pytest.raises(ResultsError, match="cannot be written"):
        write_whole(parent / "run", PLAIN, fill)
    write_whole(parent / "run", PLAIN, filling("again"))
    assert (parent / "run" / PLAIN).read_text() == "again"


@pytest.mark.skipif(os.name == "nt", reason="rights are kept otherwise there")
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o755), (0o027, 0o750)])
def test_results_are_open_to_those_to_whom_their_owner_s_files_are(mask: int, mode: int, tmp_path: Path) -> None:
    usual = os.umask(mask)
    try:
        write_whole(tmp_path / "run", PLAIN, filling("text"))
    finally:
        os.umask(usual)
    assert (tmp_path / "run").stat().st_mode & 0o777 == mode


@pytest.mark.parametrize("name", ["run", "run [draft]"])
def test_only_what_the_dead_have_left_is_cleared(name: str, tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    dead, alive, other = (tmp_path / f".{name}-{each}" for each in (f"{child.pid}-ab", f"{os.getpid()}-ab", "mine-ab"))
    for folder in (dead, alive, other):
        folder.mkdir()
    write_whole(tmp_path / name, PLAIN, filling("text"))
    assert not dead.exists() and alive.exists() and other.exists()


JUMPING = """import random, time
real = time.time
time.time = lambda: real() + random.choice([-1, 1]) * random.random() * 1e9
time.time_ns = lambda: int(time.time() * 1e9)
"""


def told(folder: Path, *words: str, clock: str = "") -> dict[str, bytes]:
    """Run a command in a folder, perhaps under a clock that jumps; return all tables and records that it left."""
    (folder / "clock").mkdir(parents=True, exist_ok=True)
    (folder / "clock" / "sitecustomize.py").write_text(clock, encoding="utf-8")
    (folder / "small.yaml").write_text(SCENARIO.replace("weeks: 80", "weeks: 20"), encoding="utf-8")
    own = {"PYTHONPATH": f"{folder / 'clock'}:{ROOT}"}
    command = [sys.executable, "-m", "simulation", *words]
    done = subprocess.run(command, cwd=folder, env=os.environ | own, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    return {path.name: path.read_bytes() for path in sorted((folder / "results").rglob("*.csv"))}


@pytest.mark.slow
def test_a_clock_that_jumps_changes_nothing_that_is_computed_kept_or_found_again(tmp_path: Path) -> None:
    steady, jumping = tmp_path / "steady", tmp_path / "jumping"
    study = (
        "ensemble",
        "small.yaml",
        "--draws",
        "4",
        "--replicates",
        "2",
        "--shoppers",
        "200",
        "--over",
        "assumptions",
    )
    for words in (("run", "small.yaml"), study):
        expected = told(steady, *words)
        assert told(jumping, *words, clock=JUMPING) == expected
    kept = sorted((jumping / "results" / ".runs").rglob("*"))
    assert len([path for path in kept if path.is_file()]) >= 8, "each of eight runs is kept by itself"
    for path in kept:  # as if they had been made long ago, or in times to come
        if path.is_file():
            os.utime(path, (1e9, 1e9) if path.name < kept[len(kept) // 2].name else (4e9, 4e9))
    before = {path: path.stat().st_mtime for path in kept if path.is_file()}
    assert told(jumping, *study, clock=JUMPING) == expected
    assert {path: path.stat().st_mtime for path in kept if path.is_file()} == before, "nothing was lived again"
