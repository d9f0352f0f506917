"""How a strategist begins: what ships, and a copy of it."""

import subprocess
import sys
from pathlib import Path

import pytest

import aislefour as a4
from simulation.scenario.shipped_files import copy, questions


def aislefour(*words: str | Path, where: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simulation", *map(str, words)]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)


def test_every_scenario_that_ships_is_listed_with_its_question(tmp_path: Path) -> None:
    done = aislefour("scenarios", where=tmp_path)
    assert done.returncode == 0 and not done.stderr
    for name in a4.scenarios():
        assert f"\n    {name}" in done.stdout and a4.read(name).question in done.stdout


def test_a_copy_is_word_for_word_and_can_be_read(tmp_path: Path) -> None:
    done = aislefour("new", "mine.yaml", "--like", "member_prices", where=tmp_path)
    assert done.returncode == 0 and "aislefour check mine.yaml" in done.stdout
    assert (tmp_path / "mine.yaml").read_bytes() == a4.scenarios()["member_prices"].read_bytes()
    assert a4.read(tmp_path / "mine.yaml") == a4.read("member_prices")


@pytest.mark.parametrize(
    ("name", "file", "said"),
    [
        ("member_price", "new.yaml", "did you mean 'member_prices'"),
        ("member_prices", "there.yaml", "there is such a file already"),
        ("member_prices", "new.txt", "write new.yaml"),
        ("member_prices", "nowhere/new.yaml", "there is no folder nowhere"),
    ],
)
def test_what_cannot_be_begun_is_refused_and_nothing_is_written(
    name: str, file: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there.yaml").write_text("mine")
    with pytest.raises(ValueError, match=said):
        copy(name, Path(file))
    assert [path.name for path in tmp_path.iterdir()] == ["there.yaml"] and Path("there.yaml").read_text() == "mine"


def test_questions_are_those_of_the_files() -> None:
    assert {name: question for name, (question, _) in questions().items()} == {
        name: a4.read(name).question for name in a4.scenarios()
    }
