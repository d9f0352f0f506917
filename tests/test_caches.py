"""Compiled code that is kept is never stale, never in the way, and never the end of a run."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from conftest import slow

from simulation.behaviour import caching, compiling
from simulation.runs.provenance import PACKAGE

RULE = "from simulation.behaviour.choices import spend_factor; print(spend_factor(1, 0.5, 0.0, 0.0, 0.0))"
WEEK = """
from simulation.model.model import LoyaltyModel
from simulation.scenario.schema import scenario_type
data = {"title": "t", "question": "q", "weeks": 6, "population": {"shoppers": 300}, "policies": {"a": []}}
data["uncertain"] = "chance"
print(LoyaltyModel(scenario_type().model_validate(data)).run().ledger.weekly.sum())
"""


def started(program: str, home: Path, package: Path = PACKAGE) -> "subprocess.Popen[str]":
    environment = os.environ | {
        "XDG_CACHE_HOME": str(home),
        "PYTHONPATH": str(package.parent),
        "NUMBA_DISABLE_JIT": "0",
    }
    command = [sys.executable, "-c", program]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, cwd=package.parent, stdout=pipe, stderr=pipe, text=True)


def said(program: str, home: Path, package: Path = PACKAGE) -> str:
    out, errors = started(program, home, package).communicate()
    assert not errors
    return out.strip()


def test_an_edit_of_what_a_compiled_function_calls_is_never_missed(tmp_path: Path) -> None:
    package = tmp_path / "simulation"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    outer = "from simulation.behaviour.choices import place_within; print(place_within(0.25, 0.0))"
    assert said(outer, tmp_path, package) == "0.5"  # a quarter by a half
    inner = package / "behaviour" / "arithmetic.py"
    inner.write_text(inner.read_text().replace("return 1.0 / (1.0 + exponential(-x))", "return 0.25 + 0.25 * x"))
    assert said(outer, tmp_path, package) == "1.0"  # a quarter by a quarter


TRIPS = "from simulation.behaviour.choices import trips_in_week; print(trips_in_week(2.0, 0.5))"
PATCHED = """
from simulation.behaviour import choices
choices.chance_of_no_trip = lambda rate: 0.9
try:
    choices.trips_in_week(2.0, 0.5)
except ValueError as error:
    print(error)
"""
OWN_FILE = """
import sys
sys.path.insert(0, {home!r})
from mine import twice
print(twice(3.0))
"""


def test_what_is_compiled_around_a_replaced_rule_is_never_kept(tmp_path: Path) -> None:
    refusal = said(PATCHED, tmp_path)
    assert "simulation.behaviour.choices.chance_of_no_trip was replaced" in refusal and "rules={" in refusal
    assert not list(tmp_path.rglob("choices.trips_in_week*"))
    assert said(TRIPS, tmp_path) == "2"  # of a Poisson number with mean 2, up to 1 make 0.41, up to 2 make 0.68
    assert "was replaced" in said(PATCHED, tmp_path)


def test_a_rule_that_stands_elsewhere_is_not_kept_among_those_of_the_program(tmp_path: Path) -> None:
    source = (
        "from simulation.behaviour.compiling import rule\n\n@rule\ndef twice(x: float) -> float:\n    return 2.0 * x\n"
    )
    (tmp_path / "mine.py").write_text(source)
    assert said(OWN_FILE.format(home=str(tmp_path)), tmp_path / "cache") == "6.0"
    assert not list(tmp_path.rglob("*.nbi"))


def test_only_an_edit_of_what_compiled_code_imports_compiles_anew(tmp_path: Path) -> None:
    package = tmp_path / "simulation"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    folder = "from simulation.behaviour.compiling import cache_folder; print(cache_folder().name)"
    seen = [said(folder, tmp_path, package)]
    for outside in ("scenario/problems.py", "model/institutions.py", "behaviour/own_rules.py", "model/columns.py"):
        with (package / outside).open("a") as file:
            file.write("# an error text is better now\n")
    assert said(folder, tmp_path, package) == seen[0]
    for inside in ("behaviour/arithmetic.py", "scenario/practices.py", "model/week.py"):
        with (package / inside).open("a") as file:
            file.write("# who knows\n")
        seen.append(said(folder, tmp_path, package))
    assert len(set(seen)) == 4


def test_code_for_one_processor_is_not_kept_for_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = "from simulation.behaviour.compiling import cache_folder; print(cache_folder().name)"
    here = said(folder, tmp_path)
    monkeypatch.setenv("NUMBA_CPU_NAME", "generic")
    assert said(folder, tmp_path) != here


def test_vectors_are_as_wide_as_the_processor_has_them_unless_the_user_says_otherwise() -> None:
    assert compiling._with_full_width("+avx2,-avx512f") is None
    asked = compiling._with_full_width("+avx2,+avx512f")
    assert asked is not None and asked.split(",") == ["+avx2", "+avx512f", "-prefer-256-bit"]


@pytest.mark.parametrize(
    "damage", [b"", *slow(b"\x80\x05 half of it", os.urandom(3000))], ids=["empty", "cut", "noise"]
)
@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_damaged_code_is_made_again(kind: str, damage: bytes, tmp_path: Path) -> None:
    assert said(RULE, tmp_path) == "1.5"
    damaged = list(tmp_path.rglob(f"*.{kind}"))
    assert damaged
    for path in damaged:
        path.write_bytes(damage)
    assert said(RULE, tmp_path) == "1.5"
    assert said(RULE, tmp_path) == "1.5" and all(path.stat().st_size > 40 for path in tmp_path.rglob("*.nbi"))


def test_a_home_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert said(RULE, tmp_path / "file") == "1.5"


def test_a_user_without_a_home_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", none)
    assert Path(tempfile.gettempdir()) in caching.writable_home.__wrapped__().parents


@pytest.mark.slow
def test_a_first_run_says_that_it_compiles_and_a_second_has_no_need_to(tmp_path: Path) -> None:
    small = ["--shoppers", "50", "--weeks", "4", "--replicates", "1", "--out", str(tmp_path / "results")]
    words = ["aislefour", "run", str(PACKAGE.parent / "scenarios" / "shopsense_ifa.yaml"), *small]
    program = f"import sys; sys.argv = {words!r}; from simulation.cli.app import main; sys.exit(main())"
    first, second = (started(program, tmp_path / "cache").communicate() for _ in range(2))
    assert first[1] == "Compiling, once: about half a minute.\n" and second[1] == ""
    assert first[0] == second[0] != ""


@pytest.mark.release
def test_of_two_programs_that_start_at_once_on_an_empty_cache_one_compiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_DEBUG_CACHE", "1")  # the compiler prints what it loads and saves
    both = [started(WEEK, tmp_path) for _ in range(2)]
    answers = [program.communicate() for program in both]
    assert [errors for _, errors in answers] == ["", ""]
    lines = [line for text, _ in answers for line in text.splitlines()]
    assert sum("data saved to" in line and "weeks.live_weeks-" in line for line in lines) == 1
    results = {text.splitlines()[-1] for text, _ in answers}
    assert len(results) == 1 and int(results.pop()) > 0


def test_code_of_sources_of_long_ago_is_forgotten_but_none_that_was_used_today(tmp_path: Path) -> None:
    folders, long_ago = [tmp_path / f"{place:016x}" for place in range(12)], time.time() - 10 * 86_400
    for place, folder in enumerate(folders):
        folder.mkdir()
        os.utime(folder, (long_ago + place, long_ago + place))
    (tmp_path / "parameters.json").write_text("{}")
    os.utime(folders[1])  # a second checkout, at work right now
    compiling.kept_folder(tmp_path, "new sources")
    # the eight used last: the one used today and the seven latest others
    assert sorted(tmp_path.iterdir()) == [folders[1], *folders[5:], tmp_path / "parameters.json"]
    for folder in folders[5:]:
        os.utime(folder)
    for place in range(12, 15):
        (tmp_path / f"{place:016x}").mkdir()
    compiling.kept_folder(tmp_path, "newer sources")
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 11, "all were used today"
    os.utime(folders[1], (long_ago, long_ago))
    name = hashlib.sha256(b"sources at hand").hexdigest()[:16]
    (tmp_path / name).mkdir()
    os.utime(tmp_path / name, (long_ago, long_ago))
    assert compiling.kept_folder(tmp_path, "sources at hand").stat().st_mtime > long_ago + 86_400


def test_a_temporary_home_that_others_could_have_filled_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    home = tmp_path / f"aislefour-{os.getuid()}"
    assert caching._own_temporary_home() == home and home.stat().st_mode & 0o777 == 0o700
    home.chmod(0o777)  # anybody could have put code there
    other = caching._own_temporary_home()
    assert other != home and other.parent == tmp_path and other.stat().st_mode & 0o777 == 0o700
    home.rmdir()
    home.symlink_to(other)
    assert caching._own_temporary_home() not in (home, other)
