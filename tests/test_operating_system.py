"""What differs between operating systems is done in each one's way; Windows is emulated by stand-ins for its calls."""

import os
import signal
import subprocess
import sys
from io import FileIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import slow

from simulation.behaviour import operating_system
from simulation.behaviour.operating_system import hold, is_alive, what_may_help
from simulation.classroom.journal import Journal, JournalError
from simulation.runs.folders import ResultsError, write_whole


class Kernel:
    """Windows' kernel32 with some processes: code 259 is of one that lives, None of one that may not be asked."""

    codes = {4: None, 10: 259, 11: 0}

    def __init__(self) -> None:
        self.error, self.open = 0, 0

    def OpenProcess(self, access: int, inherited: bool, process: Any) -> int:  # noqa: N802
        self.error = 5 if self.codes.get(process.value, 0) is None else 87
        held = self.codes.get(process.value) is not None
        self.open += held
        return process.value if held else 0

    def GetExitCodeProcess(self, handle: int, code: Any) -> int:  # noqa: N802
        code._obj.value = self.codes[handle]
        return 1

    def CloseHandle(self, handle: int) -> None:  # noqa: N802
        self.open -= 1


def refused(*_: Any) -> None:
    raise AssertionError("on Windows, os.kill(process, 0) sends Ctrl-C")


@pytest.mark.parametrize(("process", "alive"), [(10, True), (11, False), (12, False), (4, True)])
def test_windows_is_asked_without_a_signal(process: int, alive: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = Kernel()
    monkeypatch.setattr(os, "kill", refused)
    windows = SimpleNamespace(WinDLL=lambda name, use_last_error: kernel, get_last_error=lambda: kernel.error)
    monkeypatch.setattr(operating_system, "_windows", lambda: windows)
    monkeypatch.setattr(operating_system.os, "name", "nt")
    found = is_alive(process)
    monkeypatch.undo()
    assert found is alive and kernel.open == 0


@pytest.mark.skipif(os.name == "nt", reason="signals are not asked there")
def test_a_process_is_known_to_live_until_it_has_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert is_alive(child.pid) and is_alive(os.getpid())
    assert not is_alive(child.pid)


class Locks:
    """Windows' msvcrt: one place of a file can be locked once."""

    LK_NBLCK = 2

    def __init__(self) -> None:
        self.held: set[tuple[int, int]] = set()

    def locking(self, file: int, mode: int, count: int) -> None:
        place = os.fstat(file).st_ino, os.lseek(file, 0, os.SEEK_CUR)
        if place in self.held:
            raise OSError(36, "Resource deadlock avoided")
        self.held.add(place)


def test_a_class_is_served_once_on_windows_as_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", Locks())
    first = Journal(tmp_path / "journal.jsonl")
    first.add({"do": "open"})
    with pytest.raises(JournalError, match="served already"):
        Journal(tmp_path / "journal.jsonl")
    assert (tmp_path / "journal.jsonl").stat().st_size < 200, "the lock lies beyond the end, and adds no byte"
    first.delete()


def test_a_file_is_closed_before_it_is_deleted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    journal, unlink = Journal(tmp_path / "journal.jsonl"), Path.unlink

    def of_windows(path: Path, missing_ok: bool = False) -> None:
        assert journal._stream.closed, "Windows deletes no file that is open"
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", of_windows)
    journal.delete()
    assert not journal.path.exists()


def test_windows_names_what_keeps_results_from_being_replaced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fill(folder: Path) -> None:
        (folder / "mark.txt").write_text("first")

    write_whole(tmp_path / "run", "mark.txt", fill)
    move = Path.rename

    def of_windows(path: Path, target: Path) -> Path:
        if path.name == "run":
            raise PermissionError(13, "Access is denied")
        return move(path, target)

    monkeypatch.setattr(Path, "rename", of_windows)
    monkeypatch.setattr(operating_system, "os", SimpleNamespace(name="nt"))
    with pytest.raises(ResultsError, match="run: cannot be written: Access is denied; close whatever has a file of it"):
        write_whole(tmp_path / "run", "mark.txt", fill)
    assert [each.name for each in tmp_path.iterdir()] == ["run"], "what was there stays, and nothing beside it"


@pytest.mark.parametrize(("length", "said"), [(300, "choose a folder nearer to the root"), (100, "")])
def test_windows_names_a_path_that_is_too_long(length: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operating_system, "os", SimpleNamespace(name="nt"))
    found = what_may_help(FileNotFoundError(2, "The system cannot find the path specified", "x" * length))
    assert said in found and bool(said) == bool(found)


@pytest.mark.skipif(os.name == "nt", reason="flock is of other systems")
def test_a_file_is_held_against_others(tmp_path: Path) -> None:
    with FileIO(tmp_path / "held", "w") as first, FileIO(tmp_path / "held", "w") as second:
        hold(first)
        with pytest.raises(OSError, match="unavailable"):
            hold(second)


def test_the_program_can_be_imported_without_what_windows_lacks() -> None:
    lacking = ("fcntl", "resource", "grp", "pwd", "termios")
    code = (
        f"import sys, signal; sys.modules.update(dict.fromkeys({lacking}))\n"
        "for name in ('SIGHUP', 'SIGKILL', 'SIGUSR1'): hasattr(signal, name) and delattr(signal, name)\n"
        "import simulation.cli.app, simulation.runs.run, simulation.classroom.journal, simulation.serve.worker\n"
        "from simulation.cli.running import check\n"
        "raise SystemExit(check('shopsense_ifa'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "fine" in done.stdout, done.stderr


@pytest.mark.parametrize("page", ["cp437", *slow("cp1252", "ascii")])
def test_a_terminal_s_code_page_stops_nothing(page: str) -> None:
    """A terminal that lacks a character is shown another in its place."""
    around = os.environ | {"PYTHONIOENCODING": page, "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "simulation", "parameters", "trust_loss"]
    listed = [sys.executable, "-m", "simulation", "parameters"]
    for each in (command, listed):
        done = subprocess.run(each, capture_output=True, env=around, check=False, cwd=Path(__file__).parents[1])
        assert b"Traceback" not in done.stderr and done.returncode in {0, 2}, done.stderr


def test_every_text_file_is_read_and_written_as_utf_8() -> None:
    """PYTHONWARNDEFAULTENCODING says where an encoding is left to the machine, as it must not be on Windows."""
    code = (
        "import simulation.aislefour as a4; a4.read('shopsense_ifa'); from simulation.classroom.case import read_case; \
read_case('teen_accounts')"
    )
    command = [sys.executable, "-X", "warn_default_encoding", "-W", "error::EncodingWarning:simulation", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1])
    assert done.returncode == 0, done.stderr


def test_signals_that_a_system_lacks_are_not_asked_for() -> None:
    from simulation.cli.stopping import _SIGNALS

    assert signal.SIGTERM in _SIGNALS and all(isinstance(each, signal.Signals) for each in _SIGNALS)
