"""`import aislefour as a4` is quick, does what the command does to the cent, and says in plain words what is wrong."""

import doctest
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from pandas.testing import assert_frame_equal

from simulation import aislefour as a4
from simulation.api.actions import kinds_by_class
from simulation.cli.running import run as run_command
from simulation.questions.catalogue import QUESTIONS
from simulation.runs.formats import dollars
from simulation.runs.measures import STUDIED
from simulation.scenario.policies import AnyAction

ROOT = Path(__file__).parents[1]
SIZE = {"shoppers": 300, "weeks": 60, "replicates": 2}
HEAVY = ("mesa", "pandas", "scipy", "matplotlib", "numba", "numpy", "pydantic", "simulation.scenario")


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let examples import the door by its installed name, whatever is installed here."""
    monkeypatch.setitem(sys.modules, "aislefour", a4)


def case_of(name: str = "shopsense_ifa", **size: int) -> Any:
    return a4.read(name).with_changes(**(SIZE | size))


# --- the door -----------------------------------------------------------------------------------------------------


def test_importing_it_is_quick_and_loads_nothing_heavy() -> None:
    code = (
        "import sys, time; began = time.process_time(); import simulation.aislefour;"
        f"print(time.process_time() - began, [name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    seconds, heavy = done.stdout.split(maxsplit=1)
    assert heavy.strip() == "[]"
    assert float(seconds) < 0.15  # of this process alone, whatever else the machine does


def test_every_action_and_every_question_can_be_had() -> None:
    union = {kind.__name__ for kind in get_args(get_args(AnyAction)[0])}
    assert union == set(kinds_by_class()) and union <= set(a4.__all__)
    assert {kind.__name__ for kind in QUESTIONS.values()} <= set(a4.__all__)
    assert all(getattr(a4, name).__doc__ for name in a4.__all__)
    with pytest.raises(AttributeError, match="no attribute 'reed'"):
        _ = a4.reed


@pytest.mark.parametrize("name", a4.__all__)
def test_every_public_name_has_an_example_that_holds(name: str) -> None:
    found = getattr(a4, name)
    examples = [found.__doc__] if name not in {"Run", "Scenario"} else documented(found)
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    for place, text in enumerate(examples):
        test = doctest.DocTestParser().get_doctest(text, {}, f"{name} {place}", None, 0)
        assert test.examples, text
        said: list[str] = []
        doctest.DocTestRunner(optionflags=flags, verbose=False).run(test, out=said.append)
        assert not said, "".join(said)


def documented(kind: type) -> list[str]:
    """Return the docstrings of a class, and of its methods that have examples."""
    methods = [each.__doc__ or "" for name, each in vars(kind).items() if not name.startswith("_") and callable(each)]
    return [kind.__doc__ or "", *(text for text in methods if ">>>" in text)]


def test_the_distribution_installs_every_folder_the_door_and_the_scenarios() -> None:
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    folders = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "simulation").rglob("__init__.py")}
    assert set(said["packages"]) == folders | {"aislefour", "aislefour.shipped"}
    assert said["package-dir"] == {"aislefour": "simulation/aislefour", "aislefour.shipped": "scenarios"}
    shipped = [
        path
        for path in (ROOT / "simulation").rglob("*")
        if path.is_file() and not {"__pycache__", "built"} & {*path.parts}
    ]
    endings = {Path(pattern).suffix for pattern in said["package-data"]["*"]} | {".py", ".typed", ".gz"}
    assert {path.suffix for path in shipped} <= endings


# --- a scenario ---------------------------------------------------------------------------------------------------


def test_a_scenario_is_read_by_name_or_by_file() -> None:
    assert a4.read("shopsense_ifa") == a4.read(ROOT / "scenarios" / "shopsense_ifa.yaml")
    assert set(a4.scenarios()) == {path.stem for path in (ROOT / "scenarios").glob("*.yaml")}


def test_a_scenario_shows_itself_in_little() -> None:
    case = a4.read("shopsense_variants")
    assert len(repr(case)) < 200 and str(case) == repr(case)
    assert "<table>" in case._repr_html_() and len(case._repr_html_()) < 4_000
    many = case.with_policy("stories", [*case.policies["quiet sale"]] if "quiet sale" in case.policies else [])
    assert len(repr(many)) < 200


def test_what_a_scenario_shows_cannot_be_taken_for_html() -> None:
    case = case_of().with_policy("<script>", [])
    assert "<script>" not in case._repr_html_() and "&lt;script&gt;" in case._repr_html_()


def test_terms_are_set_in_every_action_that_has_them_and_nowhere_else() -> None:
    case = case_of()
    dearer = case.set("quiet sale", fee_per_member_year=1.25, recipient="broker")
    (sale,), (before,) = dearer.policies["quiet sale"], case.policies["quiet sale"]
    assert (sale.fee_per_member_year, sale.recipient) == (1.25, "broker")
    assert (before.fee_per_member_year, before.recipient) == (None, "insurer"), "left to bidders"
    assert dearer.set("quiet sale", **{"with": "insurer"}).policies["quiet sale"][0].recipient == "insurer"
    assert {name: dearer.policies[name] for name in case.policies if name != "quiet sale"} == {
        name: case.policies[name] for name in case.policies if name != "quiet sale"
    }


def test_a_number_that_is_set_is_used_and_drawn_no_longer() -> None:
    address, reach = "world.press_hazard_per_year", "world.story_reach"
    ranges = case_of().uncertain.ranges
    assert address in ranges and reach not in ranges  # the file draws one from a range, the other from the set
    case = case_of().with_changes(numbers={address: 0.02, reach: np.float64(0.3)})
    assert not case.uncertain.ranges and case.uncertain.others == "evidence"
    assert case.overrides[address] == 0.02 and case.overrides[reach] == 0.3
    drawn = a4.run(case, progress=False).replicates.columns
    assert address not in drawn and reach not in drawn and "behaviour.scar" in drawn


def test_policies_and_events_after_a_new_end_fall_away_but_new_ones_are_refused() -> None:
    shorter = a4.read("shopsense_ifa").with_changes(weeks=20)
    assert all(action.week <= 20 for actions in shorter.policies.values() for action in actions)
    with pytest.raises(ValueError, match="event 1: week 30 lies after the end, week 20"):
        shorter.with_changes(events=[a4.Leak(week=30)])
    assert shorter.with_changes(events=[a4.Leak(week=10)]).events[0].week == 10


SALE = {"week": 9, "recipient": "broker", "consent": "notice"}

WRONG: dict[str, tuple[Callable[[Any], Any], str]] = {
    "a scenario": (lambda case: a4.read("shopsense"), "did you mean 'shopsense_ifa'"),
    "a file": (lambda case: a4.read("nowhere.yaml"), "nowhere.yaml"),
    "a setting": (lambda case: case.with_changes(shopers=5), "did you mean 'shoppers'"),
    "a small number": (lambda case: case.with_changes(shoppers=3), "shoppers must be at least 10, not 3"),
    "a text": (lambda case: case.with_changes(weeks="60"), "weeks must be a whole number, not '60'"),
    "a truth": (lambda case: case.with_changes(seed=True), "seed must be a whole number, not 'true'"),
    "not a number": (lambda case: case.with_changes(numbers={"world.story_reach": float("nan")}), "nan does not"),
    "a number's name": (lambda case: case.with_changes(numbers={"story_reach": 0.3}), "did you mean 'world.story"),
    "a number's limit": (lambda case: case.with_changes(numbers={"world.story_reach": 3}), "between 0 and 1; 3 does"),
    "too many people": (
        lambda case: case.with_changes(numbers={"attitudes.fundamentalists": 0.9}),
        "together can be more than all shoppers",
    ),
    "one policy": (lambda case: case.with_changes(policies="quiet sale"), "write a list of names"),
    "a policy": (lambda case: case.with_changes(policies=["quiet sail"]), "did you mean 'quiet sale'"),
    "a market": (lambda case: case.with_changes(markets={"here": 0.5}), "add up to 0.5, not to 1"),
    "no data": (lambda case: case.with_changes(notes=object()), "notes cannot be a object"),
    "a key": (lambda case: case.with_changes(markets={5: 1.0}), "a name must be text, not 5"),
    "an event": (lambda case: case.with_changes(events=["leak"]), "event"),
    "a row": (lambda case: case.with_policy("mine", [SALE]), "policy 'mine' needs a list of actions"),
    "no list": (lambda case: case.with_policy("mine", a4.Leak(week=3)), "policy 'mine' needs a list of actions"),
    "a late action": (
        lambda case: case.with_policy("mine", [a4.Leak(week=5), a4.Leak(week=999, name="later")]),
        "policy 'mine', action 2: week 999 lies after the end, week 60",
    ),
    "a stray story": (
        lambda case: case.with_policy("mine", [a4.PressStory(week=5, about="share_data")]),
        "policy 'mine', action 1: this policy starts no practice called 'share_data'",
    ),
    "a policy to set": (lambda case: case.set("quiet sail", reward=0.1), "did you mean 'quiet sale'"),
    "a term to set": (lambda case: case.set("quiet sale", fee=0.1), "there is no term of 'quiet sale' 'fee'"),
    "a value to set": (
        lambda case: case.set("quiet sale", fee_per_member_year=-1),
        "policy 'quiet sale', action 1: fee_per_member_year must be at least 0, not -1",
    ),
    "the kind": (lambda case: case.set("quiet sale", do="leak"), "there is no term of 'quiet sale' 'do'"),
    "an action's term": (lambda case: a4.ShareData(**SALE, fee=1), "ShareData: there is no term 'fee'"),
    "a missing term": (lambda case: a4.ShareData(week=9, consent="notice"), "ShareData needs recipient"),
    "a week": (lambda case: a4.ShareData(**(SALE | {"week": 0})), "ShareData: week must be at least 1, not 0"),
    "a fraction": (lambda case: a4.ShareData(**(SALE | {"week": 9.5})), "ShareData: week must be a whole number"),
    "a word": (
        lambda case: a4.ShareData(**(SALE | {"recipient": "brokre"})),
        "ShareData: recipient cannot be 'brokre'; did you mean 'broker'",
    ),
    "an infinite fee": (lambda case: a4.ShareData(**SALE, fee_per_member_year=float("inf")), "inf is not a number"),
    "no results": (lambda case: a4.load("nowhere"), "nowhere: holds no results of a run"),
    "workers": (lambda case: a4.run(case, workers=0), "workers must be at least 1, not 0"),
    "a question": (lambda case: a4.ask(case, a4.BreakEven("fee", policy="quiet sale")), "fee"),
    "a swept term": (lambda case: a4.sweep(case, {"fee": [1]}, policy="quiet sale"), "no term of 'quiet sale' 'fee'"),
    "a swept policy": (lambda case: a4.sweep(case, {"reward": [0]}, policy="quiet sail"), "did you mean 'quiet sale'"),
    "a swept number": (
        lambda case: a4.sweep(case, {"world.story_reech": [0.1]}, policy="quiet sale"),
        "did you mean 'world.story_reach'",
    ),
    "a swept value": (
        lambda case: a4.sweep(case, {"world.story_reach": [2]}, policy="quiet sale"),
        "between 0 and 1; 2",
    ),
    "nothing swept": (lambda case: a4.sweep(case, {}, policy="quiet sale"), "values"),
    "one swept": (lambda case: a4.sweep(case, {"world.story_reach": 0.3}, policy="quiet sale"), "a list of values"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_in_plain_words(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    do, said = WRONG[name]
    with pytest.raises(ValueError, match=re.escape(said)) as refusal:
        do(case_of())
    assert not re.search(r"validation error|pydantic|input_type|Traceback", str(refusal.value))
    assert type(refusal.value).__name__ in {"ValueError", "ScenarioError", "DamagedError"}
    assert not list(tmp_path.iterdir())


# --- a run --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def case() -> Any:
    return case_of().with_policy("mine", [a4.ShareData(**SALE)]).set("quiet sale", fee_per_member_year=1.25)


@pytest.fixture(scope="module")
def run(case: Any) -> Any:
    return a4.run(case, workers=2, progress=False)


def test_a_run_is_shown_as_a_small_table(run: Any) -> None:
    assert len(run._repr_html_()) < 4_000 and run._repr_html_().count("<tr") == 1 + len(run.policies)
    assert repr(run).startswith("<Run of ShopSense sells card data to IFA: quiet sale: ") and len(repr(run)) < 400


def test_tables_know_policies_and_replicates_by_name(run: Any, case: Any) -> None:
    assert run.policies == tuple(case.policies) == tuple(run.summary["policy"])
    assert len(run.replicates) == 2 * 6 and len(run.shoppers) == 300 * 6
    assert len(run.weekly) == 2 * 6 * 60 * len(case.markets) * 3  # replicates, policies, weeks, markets, segments
    trust = run.measure("trust")
    assert list(trust.columns) == list(run.policies) and list(trust.index) == [0, 1]


def weighted(run: Any, policy: str) -> Any:
    """Return a policy's value, replicate by replicate: that of both lives, weighted by the chance of a first story."""
    rows = run.replicates[run.replicates["policy"] == policy]
    told = rows["exposure_chance"] * (rows["value_if_exposed_dollars"] - rows["value_if_secret_dollars"])
    return (rows["value_if_secret_dollars"] + told).to_numpy()


def test_differences_are_those_of_twins(run: Any) -> None:
    value, difference = run.measure("value"), run.difference("value")
    assert (difference["status quo"] == 0).all()
    assert (difference["mine"] == value["mine"] - value["status quo"]).all()
    compared = run.compare("quiet sale", "opt-in wellness").loc["value"]
    mean = sum(weighted(run, "opt-in wellness") - weighted(run, "quiet sale")) / 2
    assert compared["mean"] == pytest.approx(mean, rel=1e-6)
    assert np.isnan(compared["standard_error"]), "two replicates are no four blocks"
    assert compared["unit"] == "dollars"


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda run: run.measure("trusty"), "did you mean 'trust'"),
        (lambda run: run.difference("price"), "there is no measure 'price'"),
        (lambda run: run.compare("quiet sail", "mine"), "did you mean 'quiet sale'"),
        (lambda run: run.plot("chrun"), "did you mean 'churn'"),
        (lambda run: run.plot(by="colour"), "not by 'colour'"),
        (lambda run: run.plot(policies=["quiet sail"]), "did you mean 'quiet sale'"),
    ],
)
def test_a_run_says_what_it_does_not_hold(run: Any, ask: Callable[[Any], Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ask(run)


def test_a_run_is_drawn_and_reported(run: Any, tmp_path: Path) -> None:
    figure = run.plot("churn", by="segment", policies=["quiet sale", "mine"])
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["quiet sale", "mine"] and len(figure.axes[0].get_lines()) >= 3
    page = run.report(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "ShopSense sells card data to IFA" in page and 'src="http' not in page


def test_a_saved_run_is_the_same_when_loaded(run: Any, tmp_path: Path) -> None:
    loaded = a4.load(run.save(tmp_path / "mine"))
    for name in ("weekly", "shoppers", "summary", "replicates"):
        how = {"check_dtype": False, "check_categorical": False, "check_exact": True}
        assert_frame_equal(getattr(run, name), getattr(loaded, name), **how)
    assert loaded.policies == run.policies and repr(loaded) == repr(run)
    assert loaded.difference("value").equals(run.difference("value"))
    assert loaded.plot("trust").axes and len(loaded.compare("quiet sale", "mine")) == len(STUDIED)
    copied = loaded.save(tmp_path / "copied")
    assert a4.load(copied).report(tmp_path / "again.html").read_bytes() == (copied / "report.html").read_bytes()
    assert loaded.save(copied) == copied  # earlier results are replaced


def test_a_run_is_not_saved_over_what_is_none(run: Any, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    for each in (run, a4.load(run.save(tmp_path / "mine"))):
        with pytest.raises(OSError, match="holds something other than results"):
            each.save(tmp_path)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_the_command_gives_the_same_numbers_to_the_cent(tmp_path: Path) -> None:
    file = ROOT / "scenarios" / "shopsense_ifa.yaml"
    assert run_command(file, out=tmp_path, shoppers=300, weeks=60, replicates=2, quiet=True) == 0
    commanded, own = a4.load(tmp_path / "shopsense_ifa"), a4.run(case_of(), progress=False)
    cents = [name for name in own.weekly if name.endswith("_cents")]
    assert len(cents) > 5 and (commanded.weekly[cents].to_numpy() == own.weekly[cents].to_numpy()).all()
    assert commanded.difference("value").equals(own.difference("value"))


# --- questions and sweeps -----------------------------------------------------------------------------------------


def test_a_question_is_answered_about_the_same_lives(case: Any) -> None:
    case = case.set("quiet sale", fee_per_member_year=0.5)
    answer = a4.ask(case, a4.BreakEven("fee_per_member_year", policy="quiet sale", tried=3))
    assert repr(answer).startswith("<Answer to break-even: Along fee per member year")
    assert len(answer.table("break_even")) == 3
    worth = a4.run(case, progress=False).difference("value")["quiet sale"].mean()  # at the fee that the scenario has
    assert f"it is worth {dollars(worth, True)} on average" in " ".join(answer.said)


def test_a_sweep_is_every_combination_in_every_replicate(case: Any, run: Any) -> None:
    values = {"fee_per_member_year": [0.25, 1.25], "world.story_reach": [0.1, 0.3, 0.6]}
    found = a4.sweep(case, values, policy="quiet sale")
    assert len(found) == 2 * 3 * 2 and list(found.columns[:3]) == [*values, "replicate"]
    assert not found.duplicated([*values, "replicate"]).any()
    usual = found[(found["fee_per_member_year"] == 1.25) & (found["world.story_reach"] == 0.3)].set_index("replicate")
    own = run.difference("value")["quiet sale"]
    assert usual["difference"].to_numpy() == pytest.approx(own.to_numpy(), abs=0.005)  # 0.3 is what everybody has


def test_a_sweep_goes_on_from_what_is_kept(case: Any, tmp_path: Path) -> None:
    first = a4.sweep(case, {"world.story_reach": [0.1]}, policy="quiet sale", keep=tmp_path)
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npz")}
    both = a4.sweep(case, {"world.story_reach": [0.1, 0.6]}, policy="quiet sale", keep=tmp_path)
    assert len(kept) == 2 and len(list(tmp_path.rglob("*.npz"))) == 4
    assert all(path.stat().st_mtime_ns == time for path, time in kept.items())
    assert_frame_equal(both[both["world.story_reach"] == 0.1], first)


# --- installed ----------------------------------------------------------------------------------------------------

SCRIPT = """
import aislefour as a4

case = a4.read("shopsense_ifa").with_policy("mine", [a4.ShareData(week=9, recipient="broker", consent="notice")])
case = case.with_changes(shoppers=300, weeks=60, replicates=2).set("quiet sale", fee_per_member_year=1.25)
run = a4.run(case, workers=2)
assert len(repr(case)) < 200 and len(case._repr_html_()) < 4_000 and len(run._repr_html_()) < 4_000
assert [len(frame) > 0 for frame in (run.summary, run.weekly, run.shoppers, run.replicates)] == [True] * 4
told = run.measure("trust"), run.difference("value"), run.compare("quiet sale", "opt-in wellness")
run.plot("churn", by="segment")
run.report("report.html")
run.save("results/mine")
run = a4.load("results/mine")
assert run.difference("value").equals(told[1])
a4.ask(case, a4.BreakEven("fee_per_member_year", policy="quiet sale", tried=3))
values = {"fee_per_member_year": [0.25, 0.5, 1], "world.story_reach": [0.1, 0.3, 0.6]}
assert len(a4.sweep(case, values, policy="quiet sale")) == 3 * 3 * 2
a4.ask(case, a4.Screen())
print(a4.__file__)
"""
"""What the page on Python promises, without a guard against being run by its own processes."""


@pytest.mark.slow
def test_a_wheel_does_it_all_in_an_empty_folder(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip"]
    made, site, empty = (tmp_path / name for name in ("made", "site", "empty"))
    source = tmp_path / "source"  # building leaves files behind
    shutil.copytree(ROOT / "simulation", source / "simulation", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "scenarios", source / "scenarios")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    subprocess.run([*pip, "wheel", "-q", "--no-deps", "-w", made, source], check=True)
    subprocess.run([*pip, "install", "-q", "--no-deps", "--target", site, *made.glob("*.whl")], check=True)
    empty.mkdir()
    (empty / "mine.py").write_text(SCRIPT, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(site)}
    how = {"cwd": empty, "env": environment, "capture_output": True, "text": True}
    done = subprocess.run([sys.executable, "mine.py"], **how, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(site / "aislefour" / "__init__.py")]  # once: no process has run it again
    assert {path.name for path in empty.iterdir()} == {"mine.py", "report.html", "results"}
