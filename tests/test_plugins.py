"""What other people's packages add: installed with entry points, or given in Python."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import pytest
from installing import install
from numpy.typing import NDArray
from pydantic import Field

import aislefour as a4
from simulation.behaviour.parameters import numbers, parameters, shipped_parameters, shipped_part
from simulation.behaviour.plugins import plugins
from simulation.classroom.case import read_case
from simulation.model.accounts import Counted, OwnFlow, Party, balances, place_of
from simulation.model.institutions import Institution
from simulation.model.ledger import Measure as Total
from simulation.model.model import LoyaltyModel
from simulation.runs.executors import Means
from simulation.runs.formats import dollars
from simulation.runs.measures import STUDIED
from simulation.runs.measuring import Measure
from simulation.runs.provenance import OtherProgramError, program, refuse_another
from simulation.runs.run import run_scenario
from simulation.runs.tasks import Task
from simulation.scenario.drawn import drawn_numbers
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import scenario_from_text, schema
from simulation.scenario.schema import Scenario, scenario_type
from simulation.scenario.timeline import LEVERS, Programme

Make = Callable[..., Scenario]
ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "scenarios" / "plugins" / "paid_tier"


# --- installed as a third party's ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(EXAMPLE, tmp_path_factory.mktemp("site"))


def aislefour(site: Path | None, *words: str, code: str = "", plain: bool = False) -> subprocess.CompletedProcess[str]:
    """Run the command, or some code, where a folder of packages is installed."""
    packages = os.pathsep.join(map(str, filter(None, (ROOT, site, os.environ.get("PYTHONPATH")))))
    environment = os.environ | {"PYTHONPATH": packages} | ({"NUMBA_DISABLE_JIT": "1"} if plain else {})
    command = [sys.executable, *(["-c", code] if code else ["-m", "simulation", *words])]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=500, check=False)


def test_a_scenario_of_somebody_elses_package_is_fine_where_it_is_installed(site: Path) -> None:
    done = aislefour(site, "check", str(EXAMPLE / "paid_tier.yaml"))
    assert done.returncode == 0 and "fine (3 policies" in done.stdout, done.stderr


def test_it_is_refused_with_the_packages_name_where_it_is_not(site: Path) -> None:
    done = aislefour(None, "check", str(EXAMPLE / "paid_tier.yaml"))
    assert done.returncode == 2 and "this needs the plug-in 'paid-tier', which is not installed" in done.stderr


BOTH = """
import json, sys
import numpy as np
from simulation.model.accounts import place_of
from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.scenario.reading import read_scenario
case = read_scenario(sys.argv[1] if len(sys.argv) > 1 else FILE).with_changes(shoppers=80, weeks=30, replicates=1)
one, other = LoyaltyModel(case).run(), LoyaltyModel(case, engine="agents").run()
names = [name for name in one.lives._fields if not np.array_equal(getattr(one.lives, name), getattr(other.lives, name))]
print(json.dumps({
    "same": np.array_equal(one.ledger.weekly, other.ledger.weekly) and not names,
    "accounts": np.array_equal(one.accounts.weekly, other.accounts.weekly),
    "fees": one.accounts.weekly[:, 1, place_of("membership_fees")].tolist(),
    "members": one.ledger.weekly[:, 1, ..., Measure.MEMBERS].sum(axis=(1, 2)).tolist(),
    "ratings": one.levers["watchdog_rating"][:, 1, 0].tolist(),
    "rules": list(one.rule_set.own),
}))
"""


def test_its_action_institution_payment_and_rule_act_in_both_engines_to_the_bit(site: Path) -> None:
    done = aislefour(site, code=BOTH.replace("FILE", repr(str(EXAMPLE / "paid_tier.yaml"))), plain=True)
    found = json.loads(done.stdout or pytest.fail(done.stderr))
    assert found["same"] and found["accounts"] and found["rules"] == ["worth_of_store"]
    by_hand = [0 if week < 9 else int(100 * 59 / 52 * 0.1 * found["members"][week - 1] + 0.5) for week in range(1, 31)]
    assert found["fees"] == by_hand
    assert found["ratings"][11] == 0 and set(found["ratings"][12:25]) == {5.0}, "the first rating comes in week 13"


def test_whoever_does_not_use_it_gets_the_same_numbers_where_it_is_installed(site: Path) -> None:
    code = (
        "import json\nfrom simulation.evidence.audit.books import digest_of, lived\nimport aislefour as a4\n"
        "case = a4.read('shopsense_ifa').with_changes(shoppers=60, weeks=12, replicates=2)\n"
        "books = dict(lived(case, replicate=1))\nbooks['accounts'] = books['accounts'][..., :21]\n"
        "print(digest_of(books), case.plugins)"
    )
    with_it, without = (aislefour(each, code=code, plain=True) for each in (site, None))
    assert with_it.stdout == without.stdout != "", with_it.stderr


def test_it_appears_in_help_schema_protocol_report_and_record(site: Path, tmp_path: Path) -> None:
    what = "paid-tier 0.1.0"
    code = (
        "import aislefour as a4, json\nfrom pathlib import Path\n"
        "from simulation.evidence.odd import protocol\nfrom simulation.scenario.reading import schema\n"
        f"case = a4.read({str(EXAMPLE / 'paid_tier.yaml')!r})\n"
        "case = case.with_changes(shoppers=60, weeks=14, replicates=2).with_changes(rules={})\n"
        f"run = a4.run(case)\nrun.save(Path({str(tmp_path / 'run')!r}))\n"
        "print(json.dumps([a4.PaidMembership.__doc__, json.dumps(schema()), protocol()]))\n"
    )
    done = aislefour(site, code=code)
    for text in json.loads(done.stdout or pytest.fail(done.stderr)):
        assert what in text
    folder = tmp_path / "run"
    record = json.loads((folder / "run.json").read_text())
    assert (
        record["plugins"]["paid-tier"].startswith("0.1.0+") and "paid_tier.reach_of_a_bad_rating" in record["numbers"]
    )
    assert what in (folder / "report.html").read_text()
    assert "membership_fees" in (folder / "accounts.csv").read_text()
    assert "membership_income" in (folder / "replicates.csv").read_text().splitlines()[0]
    assert "plugins:" in (folder / "scenario.yaml").read_text()


@pytest.mark.slow
def test_every_promise_holds_for_its_actions(site: Path) -> None:
    done = aislefour(site, "audit", "--plugin", "paid-tier")
    assert done.returncode == 0 and "null-paid-membership" in done.stdout, done.stdout + done.stderr


ELSEWHERE = """
import sys
import numpy as np
from simulation.runs.executors import Means
from simulation.runs.run import run_scenario
from simulation.scenario.reading import read_scenario

if __name__ == "__main__":
    case = read_scenario(sys.argv[1]).with_changes(shoppers=80, weeks=30, replicates=3)
    here, *others = [run_scenario(case, means=means) for means in (None, Means(workers=2), Means(scheduler="local"))]
    for there in others:
        for one, other in zip(here.replicates, there.replicates, strict=True):
            assert np.array_equal(one.weekly, other.weekly) and np.array_equal(one.accounts, other.accounts)
    print("the same", here.flow("membership_fees").sum() > 0)
"""


@pytest.mark.slow
def test_processes_and_a_cluster_that_have_it_find_the_same(site: Path, tmp_path: Path) -> None:
    program = tmp_path / "elsewhere.py"
    program.write_text(ELSEWHERE)
    packages = os.pathsep.join(map(str, filter(None, (ROOT, site, os.environ.get("PYTHONPATH")))))
    command = [sys.executable, program, EXAMPLE / "paid_tier.yaml"]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": packages}, capture_output=True, text=True, check=False
    )
    assert done.stdout == "the same True\n", done.stderr


def test_a_class_is_refused_with_its_name_where_it_is_not(tmp_path: Path) -> None:
    folder = shutil.copytree(ROOT / "scenarios" / "classroom" / "teen_accounts", tmp_path / "case")
    with (folder / "paths.yaml").open("a") as stream:
        stream.write("\nplugins: [paid-tier]\n")
    with pytest.raises(ScenarioError, match="this needs the plug-in 'paid-tier', which is not installed"):
        read_case(folder / "case.yaml")


def test_a_package_that_cannot_be_loaded_keeps_nobody_else_from_the_program(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "pyproject.toml").write_text(
        '[project]\nname = "bad"\nversion = "2"\n[tool.setuptools]\npy-modules = ["bad"]\n'
        '[project.entry-points."aislefour.actions"]\nbad_deed = "bad:BadDeed"\n'
    )
    (package / "bad.py").write_text("raise RuntimeError('no licence')\n")
    place = install(package, tmp_path / "site")
    assert aislefour(place, "check", "scenarios/member_prices.yaml").returncode == 0
    wanted = tmp_path / "wanted.yaml"
    wanted.write_text((ROOT / "scenarios" / "member_prices.yaml").read_text() + "plugins: [bad]\n")
    done = aislefour(place, "check", str(wanted))
    assert done.returncode == 2 and "the plug-in bad 2 cannot be used: actions: bad_deed: no licence" in done.stderr


# --- given in Python ----------------------------------------------------------------------------------------------


class Deposit(Programme):
    """Take a deposit on bottles, a levy of the state that shoppers pay."""

    do: Literal["deposit"]
    cents_a_trip: int = Field(ge=0, le=100, description="Cents for each trip.")
    own_levers: ClassVar = {"deposit_cents": "cents of deposit for each trip"}
    happens_to_all: ClassVar = True
    example: ClassVar = {"week": 3, "cents_a_trip": 5}
    idle: ClassVar = {"week": 3, "cents_a_trip": 0}

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set the deposit, in whole cents by a factor of its own."""
        rows["deposit_cents"] = self.cents_a_trip * numbers["share_of_bottles"]


class Collector(Institution):
    """Collects bottles, and pays a cent for every patron of last week."""

    def book(self) -> None:
        """Pay."""
        self.pay("refunds", float(self.latest()[Total.PATRONS]))


def paid(counted: Counted) -> NDArray[np.float64]:
    return np.asarray(counted.levers["deposit_cents"].max(axis=1) * counted.totals[:, Total.TRIPS])


NUMBER = {
    **{"value": 0.5, "unit": "share", "limits": [0, 1], "range": [0.2, 0.8], "distribution": "uniform"},
    **{"grade": "assumption", "source": "none", "meaning": "Share of trips with bottles."},
}
MEASURE = Measure(
    **{"name": "deposits_paid", "title": "Deposits", "unit": "dollars", "meaning": "deposits", "text": dollars},
    total=lambda outcome: outcome.flow("deposits").sum(axis=1) / 100,
    studied=True,
)
BOTTLES = a4.Plugin(
    "bottles",
    "3",
    actions={"deposit": Deposit},
    institutions={"collector": Collector},
    flows={
        "deposits": OwnFlow(Party.SHOPPERS, Party.PUBLIC, "deposits", paid),
        "refunds": OwnFlow(Party.PUBLIC, Party.SHOPPERS, "refunds"),
    },
    parameters={"numbers": {"bottles": {"share_of_bottles": NUMBER}}},
    measures={"deposits_paid": MEASURE},
)
DEPOSIT = {"week": 3, "do": "deposit", "cents_a_trip": 10}


@pytest.fixture
def bottles() -> Iterator[None]:
    a4.plug_in(BOTTLES)
    yield
    a4.plug_out("bottles")


@pytest.mark.usefixtures("bottles")
def test_what_is_given_in_python_is_lived_booked_and_measured(make_scenario: Make) -> None:
    case = make_scenario({"deposit": [DEPOSIT]}, weeks=6, institutions=["collector"])
    assert case.plugins == ("bottles",)
    model = LoyaltyModel(case).run()
    trips = model.ledger.weekly[:, 1, ..., Total.TRIPS].sum(axis=(1, 2))
    deposits = model.accounts.weekly[:, :, place_of("deposits")]
    assert deposits[:, 1].tolist() == [0, 0, *(5 * trips[2:])] and not deposits[:, 0].any()
    patrons = model.ledger.weekly[..., Total.PATRONS].sum(axis=(2, 3))
    assert np.array_equal(model.accounts.weekly[:, :, place_of("refunds")], patrons)
    assert np.array_equal(balances(model.accounts.weekly, Party.PUBLIC), deposits - patrons), "shoppers pay the public"
    outcome = run_scenario(case)
    assert STUDIED["deposits_paid"].of(outcome)[0].tolist() == [0, deposits.sum() / 100]


@pytest.mark.usefixtures("bottles")
def test_it_can_happen_to_all_policies_where_it_says_so(make_scenario: Make) -> None:
    model = LoyaltyModel(make_scenario(weeks=4, events=[DEPOSIT])).run()
    assert model.accounts.weekly[:, 0, place_of("deposits")].any()


@pytest.mark.usefixtures("bottles")
def test_shoppers_read_the_programs_own_levers_and_numbers_alone(make_scenario: Make) -> None:
    model = LoyaltyModel(make_scenario({"deposit": [DEPOSIT]}, weeks=4))
    assert model.levers.dtype != LEVERS and (model.levers["deposit_cents"][2:, 1] == 5).all()
    shipped = np.dtype([(each.name, np.float64) for each in shipped_parameters().values()])
    assert model.numbers.dtype != shipped and shipped_part(model.numbers).dtype == shipped


@pytest.mark.usefixtures("bottles")
def test_its_guesses_are_drawn_where_it_is_used_and_nowhere_else(make_scenario: Make) -> None:
    used, unused = (make_scenario({"new": each}, uncertain="evidence") for each in ([DEPOSIT], []))
    assert "bottles.share_of_bottles" in drawn_numbers(used, 0)
    assert "bottles.share_of_bottles" not in drawn_numbers(unused, 0)
    assert 0.2 <= drawn_numbers(used, 0)["bottles.share_of_bottles"] <= 0.8


def test_nothing_of_it_is_left_when_it_is_plugged_out(make_scenario: Make) -> None:
    before = LoyaltyModel(make_scenario(weeks=4)).run(), dict(parameters()), schema()
    a4.plug_in(BOTTLES)
    assert "deposit" in json.dumps(schema())
    a4.plug_out("bottles")
    after = LoyaltyModel(make_scenario(weeks=4)).run()
    assert np.array_equal(before[0].accounts.weekly, after.accounts.weekly) and dict(parameters()) == before[1]
    assert schema() == before[2] and numbers().dtype == before[0].numbers.dtype and not plugins()


@pytest.mark.usefixtures("bottles")
def test_a_worker_without_it_refuses_with_its_name(make_scenario: Make) -> None:
    case = make_scenario({"deposit": [DEPOSIT]}, weeks=4, replicates=2)
    asked, text = program(), Task(case).text
    a4.plug_out("bottles")
    try:
        with pytest.raises(OtherProgramError, match=r"a worker has other plug-ins \(bottles\)"):
            refuse_another(asked)
        with pytest.raises(ValueError, match="this needs the plug-in 'bottles', which is not installed"):
            scenario_type().model_validate(json.loads(text)[1])
    finally:
        a4.plug_in(BOTTLES)
    with pytest.raises(Exception, match="bottles"):
        run_scenario(case, means=Means(workers=2))


class Nameless(Programme):
    """An action whose `do` is another."""

    do: Literal["something"]


class Lacking(Programme):
    """An action without an example."""

    do: Literal["lacking"]
    size: float


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "an action that is none": ({"actions": {"x": 5}}, "a class that extends Action"),
    "an action of a name that is taken": ({"actions": {"leak": Deposit}}, "the program has an action of this name"),
    "an action that is called otherwise": ({"actions": {"nameless": Nameless}}, r"must be Literal\['nameless'\]"),
    "an action without an example": (
        {"actions": {"lacking": Lacking}},
        "`example` must be terms.*size: Field required",
    ),
    "an institution that is none": ({"institutions": {"x": int}}, "a class that extends Institution"),
    "an institution that is there": ({"institutions": {"press": Collector}}, "an institution of this name"),
    "a payment that is none": ({"flows": {"x": 1}}, "a payment is an OwnFlow"),
    "a payment that is there": ({"flows": {"fees": BOTTLES.flows["refunds"]}}, "a payment of this name"),
    "a measure that is there": ({"measures": {"value": STUDIED["value"]}}, "a measure of this name"),
    "a number that is there": (
        {"parameters": {"x": {"mine": {"gross_margin": NUMBER}}}},
        "called 'gross_margin' already",
    ),
    "a number out of its range": (
        {"parameters": {"x": {"mine": {"size": NUMBER | {"value": 0.9}}}}},
        "value lies within range",
    ),
    "numbers under a setting's name": ({"parameters": {"x": {"weeks": {"size": NUMBER}}}}, "a setting of scenarios"),
    "a rule that there is not": ({"rules": {"log_odds_of_rain": paid}}, "there is no rule called 'log_odds_of_rain'"),
}


@pytest.mark.parametrize("added", BAD)
def test_what_cannot_be_used_is_refused_and_adds_nothing(added: str) -> None:
    groups, said = BAD[added]
    with pytest.raises(ValueError, match=said):
        a4.plug_in(a4.Plugin("mine", "1", **groups))
    assert not plugins() and scenario_type() is scenario_type()


@pytest.mark.usefixtures("bottles")
def test_a_rule_is_asked_for_by_its_package() -> None:
    text = "title: t\nquestion: q\nweeks: 5\npopulation: {shoppers: 90}\npolicies: {status quo: []}\n"
    with pytest.raises(ScenarioError, match="bottles 3 has no rule 'worth_of_store'"):
        scenario_from_text(text + "rules: {worth_of_store: bottles}\n")
    with pytest.raises(
        ScenarioError, match="needs the plug-in 'other', which is not installed.*\n.*\n.*\n.*here: bottles 3"
    ):
        scenario_from_text(text + "rules: {worth_of_store: other}\n")


@pytest.mark.usefixtures("bottles")
def test_two_packages_cannot_add_the_same() -> None:
    with pytest.raises(ValueError, match="bottles 3 and more bottles 1 both add it"):
        a4.plug_in(a4.Plugin("more bottles", "1", actions={"deposit": Deposit}))
    with pytest.raises(ValueError, match="a plug-in called 'bottles' already"):
        a4.plug_in(BOTTLES)
