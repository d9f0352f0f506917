"""The wheel, installed on every Python that is there, does in an empty folder what its readers begin with."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from serving import served

from simulation.questions.catalogue import QUESTIONS

ROOT = Path(__file__).parents[1]
SMALL = ["--shoppers", "200", "--replicates", "2"]
NOT_PACKED = shutil.ignore_patterns(".git", ".venv", "results", "build", "*.egg-info", "__pycache__")
LOADED = """
import aislefour as a4
run = a4.load("results/shopsense_ifa")
weekly = run.weekly
print(sorted(set(weekly["policy"])), a4.__file__)
"""

SMALL_CASE = """
title: a small case
question: What comes of a sale?
weeks: 64
replicates: 3
population: {shoppers: 300}
uncertain: {world.story_reach: [0.1, 0.6], behaviour.trust_loss_ratio: [2, 10]}
policies:
  nothing: []
  sale: [{week: 5, do: share_data, with: insurer, consent: none, fee_per_member_year: 0.5}]
  exposed: [{week: 5, do: share_data, with: insurer, consent: none}, {week: 9, do: press_story, about: share_data}]
"""
EVERY_QUESTION = """
import aislefour as a4
case = a4.read("case.yaml")
for question in (
    a4.Compare(), a4.Explain("exposed", pick="biggest-loss"), a4.Churn("exposed"),
    a4.BreakEven("fee_per_member_year", policy="sale", tried=3), a4.Reserve("sale", every=8),
    a4.Ensemble(draws=2, replicates=2),
    a4.Sensitivity("exposed", over=("uncertain",), few=2, trajectories=2, samples=2, replicates=2),
    a4.Robust(worlds=4, fresh=2),
    a4.Optimise("sale", vary=("fee_per_member_year=0.1:2",), trials=3, worlds=2, fresh=2),
    a4.Survey("sale", sample=100), a4.Screen(),
):
    print(a4.ask(case, question).question)
"""

ALONE = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # nothing but what is installed

pytestmark = pytest.mark.release


def interpreter(version: str) -> Path | None:
    """Return a Python of a version, from the command path or from pyenv, if there is one that works."""
    pyenv = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"), reverse=True)
    for path in filter(None, (shutil.which(f"python{version}"), *pyenv)):
        asked = "import sys, venv; print('%d.%d' % sys.version_info[:2])"
        done = subprocess.run([path, "-c", asked], capture_output=True, text=True, check=False)
        if done.stdout.strip() == version:
            return Path(path)
    return None


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, folder / "sources", ignore=NOT_PACKED)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(folder / "sources")]
    subprocess.run(build, check=True)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module", params=["3.11", "3.12", "3.13"])
def installed(request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel for a Python and return the folder of its commands."""
    python = interpreter(request.param)
    if python is None:
        pytest.skip(f"Python {request.param} is not installed here")
    place = tmp_path_factory.mktemp("python")
    subprocess.run([python, "-m", "venv", place], check=True)
    commands = place / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([commands / "python", "-m", "pip", "install", "-q", f"{wheel}[web,study]"], env=ALONE, check=True)
    return commands


def test_what_readers_begin_with_works_in_an_empty_folder(installed: Path, lesson_file: Path, tmp_path: Path) -> None:
    around = ALONE | {"XDG_CACHE_HOME": str(installed / "cache"), "MPLBACKEND": "agg"}

    def said(*words: str, by: str = "aislefour") -> str:
        done = subprocess.run(
            [installed / by, *words], cwd=tmp_path, env=around, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    assert "Report: " in said("run", "shopsense_ifa", *SMALL)
    assert "aislefour check mine.yaml" in said("new", "mine.yaml", "--like", "member_prices")
    assert "fine" in said("check", "mine.yaml")
    assert "Report: " in said("run", "mine.yaml", *SMALL)
    fee = ("shopsense_ifa", "fee_per_member_year", "--policy", "quiet sale", "--tried", "2")
    assert "fee per member year" in said("break-even", *fee, *SMALL)
    (tmp_path / "case.yaml").write_text(SMALL_CASE, encoding="utf-8")
    assert said("-c", EVERY_QUESTION, by="python").split() == list(QUESTIONS)
    assert_pages(said("docs"))
    policies, _, file = said("-c", LOADED, by="python").strip().rpartition(" ")
    assert "'quiet sale'" in policies and installed.parent in Path(file).parents
    for words in (["serve", "mine.yaml"], ["classroom", str(lesson_file), "--host", "127.0.0.1"]):
        served([str(installed / "aislefour"), *words], tmp_path, around)


def assert_pages(said: str) -> None:
    """Whether the pages are built or not, what is named is there to be read."""
    named: Sequence[str] = re.findall(r"(/\S+\.(?:md|html))", said)
    assert named and all(Path(each).read_text(encoding="utf-8").strip() for each in named)
