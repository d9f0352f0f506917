"""The command line as a user meets it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "scenarios" / "shopsense_ifa.yaml"


def aislefour(*words: str | Path, where: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simulation", *map(str, words)]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)


def small_run(where: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return aislefour("run", SHIPPED, "--shoppers", "300", "--weeks", "60", "--replicates", "2", *more, where=where)


def test_a_run_answers_shows_a_table_and_says_where_the_results_are(tmp_path: Path) -> None:
    done = small_run(tmp_path)
    assert done.returncode == 0, done.stderr
    for said in ("Does the insurer's fee pay", "quiet sale", "on average", "not a forecast", "report.html"):
        assert said in done.stdout
    record = json.loads((tmp_path / "results" / "shopsense_ifa" / "run.json").read_text())
    assert (record["shoppers"], record["weeks"], record["replicates"]) == (300, 60, 2)
    assert "--shoppers 300" in record["command"]


@pytest.mark.slow
def test_figures_are_svg_and_png_too_if_that_is_asked_for(tmp_path: Path) -> None:
    for more, kinds in (((), {".svg"}), (("--png",), {".svg", ".png"})):
        assert small_run(tmp_path, "--no-terms", *more).returncode == 0
        assert {path.suffix for path in (tmp_path / "results" / "shopsense_ifa" / "figures").iterdir()} == kinds


def test_a_run_loads_no_package_that_it_does_not_need(tmp_path: Path) -> None:
    words = ["aislefour", "run", str(SHIPPED), "--shoppers", "300", "--weeks", "30", "--replicates", "1", "--quiet"]
    code = (
        f"import sys; sys.argv = {words}; from simulation.cli.app import main; main();"
        "print([name for name in ('mesa', 'networkx', 'scipy.stats', 'matplotlib.pyplot') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_json_goes_alone_to_standard_output_and_is_the_same_for_both_engines(tmp_path: Path) -> None:
    how = ("run", SHIPPED, "--json", "--policies", "quiet sale", "--no-terms")
    size = ("--shoppers", "100", "--weeks", "36", "--replicates", "2")
    columns = aislefour(*how, *size, "--out", "a", where=tmp_path)
    agents = aislefour(*how, *size, "--out", "b", "--engine", "agents", "--quiet", where=tmp_path)
    assert json.loads(columns.stdout) == json.loads(agents.stdout)
    assert [row["policy"] for row in json.loads(columns.stdout)["rows"]] == ["status quo", "quiet sale"]
    assert "report.html" in columns.stderr and agents.stderr == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "bad.yaml"], "bad.yaml:1:1: unknown key 'titel'"),
        (["check", "bad.yaml"], "bad.yaml:1:1: unknown key 'titel'"),
        (["run", "missing.yaml"], "there is no such file"),
        (["run", str(SHIPPED), "--policies", "quite sale"], "did you mean 'quiet sale'"),
        (["run", str(SHIPPED), "--shoppers", "2"], "--shoppers"),
        (["run", str(SHIPPED), "--out", "taken"], "something other than results"),
    ],
)
def test_bad_input_is_refused_with_exit_code_2_and_nothing_is_written(
    words: list[str], said: str, tmp_path: Path
) -> None:
    (tmp_path / "bad.yaml").write_text("titel: x\n")
    (tmp_path / "taken" / "shopsense_ifa").mkdir(parents=True)
    (tmp_path / "taken" / "shopsense_ifa" / "notes.txt").write_text("mine")
    done = aislefour(*words, where=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr and "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["bad.yaml", "notes.txt", "shopsense_ifa", "taken"]


def test_unknown_words_are_explained(tmp_path: Path) -> None:
    done = aislefour("rnu", where=tmp_path)
    assert done.returncode != 0 and "Traceback" not in done.stderr + done.stdout


def test_check_and_schema(tmp_path: Path) -> None:
    assert "5 policies" in aislefour("check", SHIPPED, where=tmp_path).stdout
    schema = json.loads(aislefour("schema", where=tmp_path).stdout)
    assert "policies" in schema["properties"] and "trust falls" in json.dumps(schema).lower()


def test_a_reader_who_has_read_enough_is_no_error() -> None:
    command = f"{sys.executable} -m simulation parameters | head -1"
    ran = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.stdout.strip() and ran.stderr == ""
