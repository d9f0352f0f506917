"""What comes with the program is found by its name, from any folder; what is missing is named with how to get it."""

import subprocess
import sys
from pathlib import Path

import pytest

from simulation import aislefour as a4
from simulation.classroom.case import read_case
from simulation.runs import extras
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import read_scenario
from simulation.scenario.shipped_files import cases, scenarios
from simulation.serve.shelf import shelf

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_everything_that_ships_has_a_name() -> None:
    assert set(scenarios()) == {path.stem for path in (ROOT / "scenarios").glob("*.yaml")}
    assert set(cases()) == {path.parent.name for path in (ROOT / "scenarios" / "classroom").glob("*/case.yaml")}
    assert set(a4.notebooks()) == {path.stem for path in (ROOT / "scenarios" / "notebooks").glob("*.py")}


def test_a_name_means_the_shipped_file_from_any_folder() -> None:
    assert read_scenario("pilot_michigan") == read_scenario(ROOT / "scenarios" / "pilot_michigan.yaml")
    assert read_case("teen_accounts").name == "teen_accounts"
    assert list(shelf([Path("shopsense_ifa")])) == ["shopsense_ifa"]


def test_a_file_of_one_s_own_goes_before_a_shipped_one_of_its_name(tmp_path: Path) -> None:
    text = (ROOT / "scenarios" / "pilot_michigan.yaml").read_text(encoding="utf-8")
    (tmp_path / "shopsense_ifa").write_text(text, encoding="utf-8")
    assert read_scenario("shopsense_ifa") == read_scenario("pilot_michigan")


def test_a_folder_of_the_name_is_not_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "shopsense_ifa").mkdir()  # as somebody's results may be called
    assert read_scenario("shopsense_ifa").title == "ShopSense sells card data to IFA"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("shopsence_ifa", "did you mean 'shopsense_ifa'"),
        ("scenarios/shopsense_ifa.yaml", "'shopsense_ifa' alone names the one that comes with the program"),
        ("mine.yaml", "check the name"),
    ],
)
def test_what_is_not_there_is_refused_with_what_would_be_right(name: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        read_scenario(name)


def test_a_case_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(ScenarioError, match="no such case[^$]*did you mean 'teen_accounts'"):
        read_case("teen_account")
    with pytest.raises(ScenarioError, match="'teen_accounts' alone names the one"):
        read_case("scenarios/classroom/teen_accounts/case.yaml")


def test_verbs_take_names() -> None:
    command = [sys.executable, "-m", "simulation", "check", "shopsense_ifa", "casino_rewards"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.count(": fine (") == 2  # noqa: PLR2004


def test_an_extra_is_installed_by_its_packages_wherever_the_program_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    stated = ["numpy>=2.0", 'starlette>=0.40; extra == "web"', 'bokeh>=3.6; extra == "web"', 'SALib; extra == "study"']
    monkeypatch.setattr(extras, "requires", lambda name: stated)
    assert extras.install_command("web") == f'{sys.executable} -m pip install "starlette>=0.40" "bokeh>=3.6"'


def test_an_extra_of_sources_that_nobody_installed_is_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(name: str) -> list[str]:
        raise extras.PackageNotFoundError(name)

    monkeypatch.setattr(extras, "requires", nowhere)
    monkeypatch.setattr(sys, "executable", "/opt/my python/bin/python")
    assert extras.install_command("web") == f'"/opt/my python/bin/python" -m pip install "{ROOT}[web]"'
