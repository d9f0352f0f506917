"""A scenario that takes its shopping from a population file: what is taken, and what is refused where."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from simulation.behaviour.parameters import parameters
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import canonical_text, read_scenario, scenario_from_text
from simulation.scenario.schema import scenario_type

POPULATION = "# fitted\nshopping:\n  trips_per_week: 2.5\n  basket_log_mean: 3.5\n"
SCENARIO = """\
title: Our own shoppers
question: Do they stay?
weeks: 20
population: {shoppers: 100, from: ours.yaml}
policies: {status quo: []}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ours.yaml").write_text(POPULATION)
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    return tmp_path


def test_numbers_of_the_file_stand_for_those_the_scenario_does_not_set(folder: Path) -> None:
    (folder / "scenario.yaml").write_text(SCENARIO + "shopping: {trips_per_week: 1.5}\nmoney: {gross_margin: 0.3}\n")
    scenario = read_scenario(folder / "scenario.yaml")
    assert scenario.overrides == {
        "shopping.trips_per_week": 1.5, "shopping.basket_log_mean": 3.5, "money.gross_margin": 0.3,
    }  # fmt: skip
    usual = parameters()["shopping.trip_rate_shape"].value
    assert (scenario.numbers["trips_per_week"], scenario.numbers["trip_rate_shape"]) == (1.5, usual)


def test_the_scenario_as_run_needs_no_file(folder: Path) -> None:
    scenario = read_scenario(folder / "scenario.yaml")
    assert "from" not in canonical_text(scenario) and "trips_per_week: 2.5" in canonical_text(scenario)
    assert scenario_from_text(canonical_text(scenario)) == scenario
    assert scenario.with_changes(shoppers=50).overrides == scenario.overrides


def test_the_path_starts_at_the_scenarios_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "deeper").mkdir()
    (folder / "deeper" / "scenario.yaml").write_text(SCENARIO.replace("ours.yaml", "../ours.yaml"))
    (folder / "absolute.yaml").write_text(SCENARIO.replace("ours.yaml", str(folder / "ours.yaml")))
    monkeypatch.chdir(folder / "deeper")
    for path in (folder / "deeper" / "scenario.yaml", Path("scenario.yaml"), folder / "absolute.yaml"):
        assert read_scenario(path).overrides["shopping.trips_per_week"] == 2.5


IN_SCENARIO = {  # what stands after `from`, then what is said of it
    "missing.yaml": "there is no file",
    "folder.yaml": "there is no file",
    "/etc/passwd": "'/etc/passwd' is not the name of a YAML file",
    "ours.csv": "'ours.csv' is not the name of a YAML file",
    '"a\\nb.yaml"': "is not the name of a YAML file",
    "5": "from must be text, not '5'",
    '""': "from is empty",
    f"{'x' * 300}.yaml": "the file cannot be found: File name too long",
}


@pytest.mark.parametrize("name", IN_SCENARIO)
def test_a_name_that_will_not_do_is_refused_where_it_stands(name: str, folder: Path) -> None:
    (folder / "folder.yaml").mkdir()
    (folder / "scenario.yaml").write_text(SCENARIO.replace("ours.yaml", name))
    with pytest.raises(ScenarioError) as refusal:
        read_scenario(folder / "scenario.yaml")
    (problem,) = refusal.value.problems
    assert IN_SCENARIO[name] in problem.message
    assert (problem.line, problem.column) == (4, 35)


IN_FILE = {  # the population file, then line:column and what is said
    "unknown number": ("shopping: {trips_a_week: 2}", "1:12", "unknown key 'trips_a_week'", "trips_per_week"),
    "out of limits": (
        "shopping:\n  trips_per_week: 99",
        "2:19",
        "trips_per_week must be at most 20, not 99",
        "usually",
    ),
    "text": ("shopping:\n  trips_per_week: often", "2:19", "trips_per_week must be a number, not 'often'", ""),
    "no value": ("shopping:\n  trips_per_week:", "2:3", "trips_per_week has no value", "write one"),
    "another section": (
        "shopping: {trips_per_week: 2}\nmoney: {gross_margin: 0.9}",
        "2:1",
        "unknown key 'money'",
        "known here: shopping",
    ),
    "a scenario": (SCENARIO, "1:1", "unknown key 'title'", "known here: shopping"),
    "no shopping": ("{}", "1:1", "'shopping' is missing", "add"),
    "a list": ("- 1", "0:0", "a list of keys and values", ""),
    "a key twice": ("shopping: {trips_per_week: 2, trips_per_week: 3}", "1:31", "duplicate key", "only once"),
    "a reference": ("shopping: &a {trips_per_week: 2}", "1:11", "an anchor (&) is not allowed", ""),
    "too large": ("#" * 100_001, "0:0", "larger than 100,000 bytes", ""),
}


@pytest.mark.parametrize("name", IN_FILE)
def test_a_bad_population_file_is_refused_where_it_is_wrong(name: str, folder: Path) -> None:
    text, place, message, advice = IN_FILE[name]
    (folder / "ours.yaml").write_text(text)
    with pytest.raises(ScenarioError) as refusal:
        read_scenario(folder / "scenario.yaml")
    said = [problem for problem in refusal.value.problems if message in problem.message]
    assert said, str(refusal.value)
    assert f"{said[0].line}:{said[0].column}" == place
    assert said[0].file == str(folder / "ours.yaml") and advice in said[0].advice


def test_what_is_wrong_in_both_files_is_said_at_once(folder: Path) -> None:
    (folder / "ours.yaml").write_text("shopping: {trips_per_week: 99}\n")
    (folder / "scenario.yaml").write_text(SCENARIO.replace("weeks: 20", "weeks: x"))
    with pytest.raises(ScenarioError) as refusal:
        read_scenario(folder / "scenario.yaml")
    assert {Path(problem.file).name for problem in refusal.value.problems} == {"ours.yaml", "scenario.yaml"}


def test_only_a_file_can_name_a_file() -> None:
    with pytest.raises(ScenarioError, match="4:35: only a scenario file can name a population file"):
        scenario_from_text(SCENARIO)
    data = {"title": "t", "uncertain": "chance", "question": "q", "weeks": 5, "policies": {"none": []}}
    with pytest.raises(ValueError, match="only a scenario file can name a population file"):
        scenario_type().model_validate(data | {"population": {"shoppers": 100, "from": "ours.yaml"}})


@pytest.mark.parametrize("verb", ["run", "check"])
def test_the_command_line_refuses_with_exit_code_2_and_writes_nothing(verb: str, folder: Path) -> None:
    (folder / "ours.yaml").write_text("shopping: {trips_per_week: 99}\n")
    command = [sys.executable, "-m", "simulation", verb, "scenario.yaml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "ours.yaml:1:28: trips_per_week must be at most 20" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["ours.yaml", "scenario.yaml"]


def test_runs_differ_by_their_populations(folder: Path, make_scenario: Callable[..., object]) -> None:
    from simulation.model.model import LoyaltyModel

    ours = LoyaltyModel(read_scenario(folder / "scenario.yaml")).run()
    usual = LoyaltyModel(make_scenario(weeks=20, population={"shoppers": 100})).run()  # type: ignore[arg-type]
    assert ours.people.trip_rate.mean() > 1.5 * usual.people.trip_rate.mean()
