"""Asked from Python, the program answers as the command does, and refuses what the command refuses."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import SALE

from simulation import aislefour as a4
from simulation.cli.running import run
from simulation.model.accounts import names_of_flows
from simulation.model.model import LoyaltyModel
from simulation.model.shopper import Shopper
from simulation.runs.findings import finding_of
from simulation.runs.lived import outcome_of
from simulation.runs.run import run_scenario
from simulation.runs.tasks import Task, carry_out
from simulation.scenario.reading import read_scenario
from simulation.scenario.schema import Scenario

ROOT = Path(__file__).parents[1]
PAGE = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def commanded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what the command leaves of the page's scenario, in three replicates."""
    out, file = tmp_path_factory.mktemp("out"), ROOT / "scenarios" / "shopsense_ifa.yaml"
    assert run(file, out=out, shoppers=2000, weeks=104, replicates=3, quiet=True) == 0
    return out / "shopsense_ifa"


def accounts_of(folder: Path, replicate: int, policies: tuple[str, ...]) -> np.ndarray:
    """Return the payments in a folder of results. Shape (policies, flows), cents."""
    table = pd.read_csv(folder / "accounts.csv").query(f"replicate == {replicate}")
    found = np.zeros((len(policies), len(names_of_flows())), np.int64)
    for policy, payment, cents in table[["policy", "payment", "paid_cents"]].itertuples(index=False):
        found[policies.index(policy), names_of_flows().index(payment)] += cents
    return found


def test_the_page_on_python_gives_the_command_s_numbers_to_the_cent(
    commanded: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = ROOT / "simulation" / "docs" / "howto" / "python.md"
    (code,) = PAGE.findall(page.read_text(encoding="utf-8"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "aislefour", a4)
    made: dict[str, Any] = {}
    exec(code, made)
    found, same = made["run"].weekly, ["status quo", "sale exposed", "opt-out notice", "opt-in wellness"]
    told = pd.read_csv(commanded / "weekly.csv")
    cents = [name for name in told if name.endswith("_cents")]
    assert len(cents) > 5
    for policy in same:
        own, theirs = found[found["policy"] == policy], told[told["policy"] == policy]
        assert np.array_equal(own[cents].to_numpy(), theirs[cents].to_numpy()) and len(own) > 0
    assert set(made["run"].policies) == {*same, "quiet sale", "to a broker"}


def test_a_model_is_the_command_s_first_replicate_to_the_cent(commanded: Path) -> None:
    case = read_scenario(ROOT / "scenarios" / "shopsense_ifa.yaml").with_changes(shoppers=2000, weeks=104)
    model = LoyaltyModel(case).run()
    assert np.array_equal(model.accounts.weekly.sum(axis=0), accounts_of(commanded, 0, model.policies))
    assert model.accounts.weekly.any() and not model.running


@pytest.mark.parametrize("replicate", [1, 2])
def test_any_replicate_is_the_command_s_to_the_cent(commanded: Path, replicate: int) -> None:
    case = read_scenario(ROOT / "scenarios" / "shopsense_ifa.yaml").with_changes(shoppers=2000, weeks=104)
    model = LoyaltyModel(case, replicate=replicate).run()
    assert np.array_equal(model.accounts.weekly.sum(axis=0), accounts_of(commanded, replicate, model.policies))


@pytest.fixture
def case(make_scenario: Callable[..., Scenario]) -> Scenario:
    uncertain = {"world.press_hazard_per_year": [0.5, 4.0], "behaviour.trust_loss_ratio": [2, 10]}
    return make_scenario({"sale": [SALE]}, replicates=3, uncertain=uncertain)


def test_a_model_a_run_and_a_task_draw_the_same_numbers(case: Scenario) -> None:
    outcome = run_scenario(case)
    tasks = carry_out([Task(case, replicate) for replicate in range(3)])
    for replicate, finding in zip(outcome.replicates, tasks, strict=True):
        model = LoyaltyModel(case, replicate=replicate.number).run()
        assert model.overrides == replicate.overrides and set(model.overrides) == set(case.uncertain.ranges)
        assert np.array_equal(model.ledger.weekly, replicate.weekly)
        assert finding_of(outcome_of(model)).measures["value"].tolist() == finding.measures["value"].tolist()
    assert len({replicate.overrides["behaviour.trust_loss_ratio"] for replicate in outcome.replicates}) == 3


def test_what_is_handed_in_goes_before_what_is_drawn(case: Scenario) -> None:
    address = "behaviour.trust_loss_ratio"
    usual, changed = LoyaltyModel(case), LoyaltyModel(case, overrides={address: 9})
    assert changed.overrides == usual.overrides | {address: 9}
    assert float(changed.numbers["trust_loss_ratio"]) == 9


class Mine(Shopper):
    """A shopper of one's own."""


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"overrides": {"behaviour.trust_loss_ration": 9}}, "did you mean 'behaviour.trust_loss_ratio'"),
        ({"overrides": {"trust_loss_ratio": 9}}, "did you mean 'behaviour.trust_loss_ratio'"),
        ({"overrides": {"story_reach": 0.5}}, "did you mean 'world.story_reach'"),
        ({"overrides": {"": 1}}, "'aislefour parameters' lists them"),
        ({"overrides": {"world.story_reach": 1.5}}, "between 0 and 1; 1.5 does not"),
        ({"overrides": {"world.story_reach": float("nan")}}, "nan does not"),
        ({"overrides": {"world.story_reach": "0.5"}}, "'0.5' does not"),
        ({"overrides": {"world.story_reach": None}}, "None does not"),
        ({"overrides": {"world.story_reach": True}}, "True does not"),
        ({"overrides": {"attitudes.fundamentalists": 0.9}}, "more than all shoppers"),
        ({"engine": "agent"}, "did you mean 'agents'"),
        ({"engine": "Columns"}, "did you mean 'columns'"),
        ({"engine": ""}, "known here: columns, agents"),
        ({"shopper": Mine}, "Mine would not be used"),
        ({"replicate": -1}, "replicate must be a whole number from 0 on, not -1"),
        ({"replicate": 1.5}, "not 1.5"),
        ({"threads": 0}, "threads must be a whole number from 1 on"),
        ({"rng": np.random.default_rng(1)}, "rng must be a whole number"),
        ({"rng": -1}, "rng must be a whole number from 0 on"),
    ],
)
def test_what_a_model_does_not_know_is_refused(case: Scenario, how: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        LoyaltyModel(case, **how)


def test_a_task_refuses_numbers_when_it_is_made(case: Scenario) -> None:
    with pytest.raises(ValueError, match=r"did you mean 'world\.story_reach'"):
        Task(case, 0, {"world.story_reech": 0.5})
    with pytest.raises(ValueError, match="between 0 and 1"):
        Task(case, 0, {"world.story_reach": -0.1})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"policies": ["sail"]}, "there is no policy 'sail'; did you mean 'sale'"),
        ({"shopers": 5}, "there is no setting 'shopers'; did you mean 'shoppers'"),
        ({"replicate": 5}, "did you mean 'replicates'"),
        ({"uncertain": {"behaviour.skar": [0.2, 0.6]}}, "behaviour.skar"),
    ],
)
def test_changes_that_a_scenario_does_not_know_are_refused(case: Scenario, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        case.with_changes(**changes)


def test_a_run_refuses_an_unknown_engine(case: Scenario) -> None:
    with pytest.raises(ValueError, match="did you mean 'agents'"):
        run_scenario(case, engine="agent")  # type: ignore[arg-type]


def test_a_shopper_of_one_s_own_lives_among_agents(case: Scenario) -> None:
    model = LoyaltyModel(case.with_changes(shoppers=30, weeks=6), engine="agents", shopper=Mine).run()
    assert len(model.agents_by_type[Mine]) == 2 * 30
