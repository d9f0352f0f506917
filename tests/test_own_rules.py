"""A user's own rules: given to the model, followed by both engines, refused where they could not be."""

import copy
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulation.behaviour import choices, rules
from simulation.behaviour.compiling import cache_folder, is_interpreted
from simulation.behaviour.fingerprints import fingerprint
from simulation.behaviour.own_rules import shipped_rules
from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.model.rule_sets import SHIPPED, rule_set
from simulation.model.shopper import Shopper
from simulation.runs.executors import Means
from simulation.runs.results import write_results
from simulation.runs.run import run_scenario
from simulation.scenario.schema import Scenario

SALE = {"week": 3, "do": "share_data", "with": "insurer", "consent": "opt_out", "fee_per_member_year": 0.5}
STORY = {"week": 5, "do": "press_story", "about": "share_data", "reach": 0.9}
OFFERS = {"week": 9, "do": "targeted_offers", "intensity": 1, "depth": 0.9}
LOUD = {"stated_weight_in_action": 0.9, "leaving_by_grievance": 12}
NEVER = -50.0  # as log-odds


def nobody_leaves(
    patron: int,
    leaving: float,
    returning: float,
    driven: float,
    by_leaving: float,
    by_returning: float,
    can_leave: int,
    drawn: float,
    refuge: float,
) -> float:
    if patron == 1:
        return NEVER
    return choices.log_odds_of_changing_store(  # type: ignore[no-any-return] # compiled
        patron, leaving, returning, driven, by_leaving, by_returning, can_leave, drawn, refuge
    )


OWN: dict[str, Callable[..., Any]] = {"log_odds_of_changing_store": nobody_leaves}


@pytest.fixture
def case(make_scenario: Callable[..., Scenario]) -> Scenario:
    policies = {"sold and told": [SALE, STORY, OFFERS]}
    return make_scenario(policies, weeks=16, population={"shoppers": 60}, behaviour=LOUD, institutions=[])


def same(one: LoyaltyModel, other: LoyaltyModel) -> None:
    for books, others in ((one.ledger, other.ledger), (one.accounts, other.accounts)):
        assert np.array_equal(books.weekly, others.weekly)  # type: ignore[attr-defined] # both have it
    assert np.array_equal(one.ledger.touched, other.ledger.touched)
    for columns, others in ((one.lives, other.lives), (one.people, other.people)):
        for name in columns._fields:
            assert np.array_equal(getattr(columns, name), getattr(others, name)), name


def left(model: LoyaltyModel) -> int:
    return int(model.ledger.weekly[..., Measure.LEFT].sum())


# --- followed -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_both_engines_follow_a_rule_of_the_users_own_and_other_models_do_not(case: Scenario) -> None:
    usual = LoyaltyModel(case).run()
    assert left(usual) > 0
    mine = LoyaltyModel(case, rules=OWN).run()
    assert left(mine) == 0
    same(LoyaltyModel(case, engine="agents", rules=OWN).run(), mine)
    same(LoyaltyModel(case, threads=2, rules=OWN).run(), mine)
    same(LoyaltyModel(case).run(), usual)


def test_a_subclass_of_the_agent_shopper_lives_by_the_users_own_rules(case: Scenario) -> None:
    class Mine(Shopper):
        """A household that changes nothing."""

    assert left(LoyaltyModel(case, engine="agents", shopper=Mine).run()) > 0
    assert left(LoyaltyModel(case, engine="agents", shopper=Mine, rules=OWN).run()) == 0


def test_a_copy_of_a_model_lives_by_the_same_rules(case: Scenario) -> None:
    for engine in ("columns", "agents"):
        model = copy.deepcopy(LoyaltyModel(case, engine=engine, rules=OWN))
        assert left(model.run()) == 0


def test_a_run_of_several_replicates_follows_and_names_them(case: Scenario, tmp_path: Path) -> None:
    outcome = run_scenario(case.with_changes(replicates=2), threads=2, rules=OWN)
    assert not outcome.weekly(Measure.LEFT).any()
    write_results(outcome, tmp_path / "mine")
    assert "return NEVER" in json.loads((tmp_path / "mine" / "run.json").read_text())["own_rules"][next(iter(OWN))]
    write_results(run_scenario(case), tmp_path / "usual")
    assert "own_rules" not in json.loads((tmp_path / "usual" / "run.json").read_text())


WAYS = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from test_own_rules import OWN, AWKWARD, same
from simulation.model.model import LoyaltyModel
from simulation.scenario.reading import scenario_from_text
case = scenario_from_text(sys.stdin.read())
mine = LoyaltyModel(case, rules=OWN).run()
week = mine.rule_set.live_weeks
print(hashlib.sha256(mine.ledger.weekly.tobytes()).hexdigest(), sum(getattr(week, "stats", ((), {}))[1].values()))
"""
AWKWARD_WAY = (
    WAYS.split("mine =", maxsplit=1)[0]
    + """
usual = LoyaltyModel(case, engine="agents").run()
for name, own in AWKWARD.items():
    agents = LoyaltyModel(case, engine="agents", rules={name: own}).run()
    same(agents, LoyaltyModel(case, rules={name: own}).run())
    if (agents.ledger.weekly != usual.ledger.weekly).any():
        print(name)
"""
)


def lived_by(program: str, case: Scenario, **environment: str) -> list[str]:
    from simulation.scenario.reading import canonical_text

    command = [sys.executable, "-c", program, str(Path(__file__).parent)]
    ran = subprocess.run(
        command, input=canonical_text(case), env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split()


def digest_of(model: LoyaltyModel) -> str:
    import hashlib

    return hashlib.sha256(model.ledger.weekly.tobytes()).hexdigest()


def test_plain_python_gives_the_same_bits(case: Scenario) -> None:
    assert lived_by(WAYS, case, NUMBA_DISABLE_JIT="1")[0] == digest_of(LoyaltyModel(case, rules=OWN).run())


@pytest.mark.skipif(is_interpreted(), reason="nothing is compiled")
def test_another_process_finds_them_compiled(case: Scenario) -> None:
    mine = LoyaltyModel(case, rules=OWN).run()
    kept = list((cache_folder() / "own").rglob("weeks.live_weeks-*.nbc"))
    assert kept and not list(cache_folder().glob("model_*/own*"))
    digest, _ = lived_by(WAYS, case)
    assert digest == digest_of(mine)
    assert sorted((cache_folder() / "own").rglob("weeks.live_weeks-*.nbc")) == sorted(kept), "nothing was made anew"


def trusts_without_reason(
    opening_trust: float, burden: float, trust_lost_by_violation: float, goodwill: float
) -> float:
    return 0.9


def is_believed_untold(told: float, believing: float, trust: float, loyal_resistance: float) -> float:
    return 0.2 + 0.1 * told


def is_talked_of_unknown(felt: float, fresh: float, at_full: float) -> float:
    return 0.4 + 0.1 * felt


def is_relieved_unasked(opted_in: int, opted_out: int, relief_in: float, relief_out: float) -> float:
    return 0.5


def flows_before_it_runs(running: float, consent: int, member: int, opted_in: int, opted_out: int) -> int:
    return member


def refuses_what_does_not_flow(luck: float, log_odds: float, flows: int, aware: int) -> int:
    return 1


def complains_without_grievance(luck: float, per_week: float, grievance: float) -> int:
    return 1 if luck < 0.2 else 0


def feels_by_what_may_be_nothing(wrong: float, running: float, scar: float, trust: float) -> float:
    return wrong if wrong != 0.0 else 0.3 * running


def redeems_without_offers(lowest: float, highest: float, spend_rank: float, offers: float, fit: float) -> float:
    return 0.3


AWKWARD: dict[str, Callable[..., Any]] = {
    "trust_sought": trusts_without_reason,
    "chance_of_believing": is_believed_untold,
    "chance_of_talking": is_talked_of_unknown,
    "relief_of_consent": is_relieved_unasked,
    "data_flows": flows_before_it_runs,
    "would_refuse": refuses_what_does_not_flow,
    "complains": complains_without_grievance,
    "violation": feels_by_what_may_be_nothing,
    "chance_of_redeeming": redeems_without_offers,
}


@pytest.mark.slow
def test_nobody_is_passed_over_whom_only_another_rule_reaches(case: Scenario) -> None:
    # in plain Python, because each would take half a minute to compile
    few = case.with_changes(shoppers=25)
    moving = set(lived_by(AWKWARD_WAY, few, NUMBA_DISABLE_JIT="1"))
    assert moving >= set(AWKWARD) - {"data_flows", "would_refuse"}, "a rule must reach what it tests"


# --- refused ------------------------------------------------------------------------------------------------------


def short(luck: float, per_week: float) -> int:
    return 0


def renamed(luck: float, a_week: float, grievance: float) -> int:
    return 0


def open_ended(*values: float) -> int:
    return 0


def reads_a_list(luck: float, per_week: float, grievance: float) -> int:
    return len(REFUSED)


def draws(luck: float, per_week: float, grievance: float) -> int:
    return 1 if np.random.rand() < 0.5 else 0  # noqa: NPY002 # what somebody might write


def draws_otherwise(luck: float, per_week: float, grievance: float) -> int:
    return 1 if random.random() < 0.5 else 0


def divided_by_a_text(luck: float, per_week: float, grievance: float) -> int:
    return luck / "a"  # type: ignore[operator,no-any-return] # on purpose


REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"log_odds_of_changing_stores": nobody_leaves}, ["no rule called", "'log_odds_of_changing_store'?"]),
    ({"zzz": nobody_leaves}, ["no rule called 'zzz'", "there are", "trust_after"]),
    ({"trips_in_week": nobody_leaves}, ["trips_in_week", "chance_of_no_trip"]),
    ({"most_hearing": nobody_leaves}, ["most_hearing", "follows from"]),
    ({"complains": short}, ["complains", "(luck, per_week, grievance)", "(luck: float, per_week: float)"]),
    ({"complains": renamed}, ["complains", "(luck, per_week, grievance)", "a_week"]),
    ({"complains": open_ended}, ["complains", "(luck, per_week, grievance)", "*values"]),
    ({"complains": 0.5}, ["complains", "must be a function", "float"]),
    ({"complains": max}, ["complains", "must be a function"]),
    ({"complains": draws}, ["complains", "numpy's own generator"]),
    ({"complains": draws_otherwise}, ["complains", "random"]),
    ({"complains": reads_a_list}, ["complains", "REFUSED", "list", "tuples"]),
]


@pytest.mark.parametrize(("own", "says"), REFUSED, ids=lambda each: str(each)[:30])
def test_what_cannot_be_a_rule_is_refused(own: dict[str, Any], says: list[str]) -> None:
    with pytest.raises(ValueError, match="rule") as refused:
        rule_set(own)
    assert all(words in str(refused.value) for words in says), refused.value


@pytest.mark.skipif(is_interpreted(), reason="nothing is compiled")
def test_a_rule_that_cannot_be_compiled_is_refused_by_its_name() -> None:
    with pytest.raises(ValueError, match="the rule 'complains' cannot be compiled"):
        rule_set({"complains": divided_by_a_text})


def test_rules_are_not_handed_to_other_processes(case: Scenario) -> None:
    with pytest.raises(ValueError, match="cannot be handed to other processes"):
        run_scenario(case, means=Means(workers=2), rules=OWN)
    with pytest.raises(ValueError, match="leave out the hosts"):
        LoyaltyModel(case, hosts=[object()], rules=OWN)  # type: ignore[list-item] # never asked


@pytest.mark.parametrize("engine", ["columns", "agents"])
@pytest.mark.parametrize("place", [(choices, "log_odds_of_changing_store"), (choices, "NEVER"), (rules, "rule")])
def test_a_module_that_was_changed_from_outside_is_refused_by_both_engines(
    place: tuple[Any, str], engine: Any, case: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = LoyaltyModel(case, engine=engine)
    monkeypatch.setattr(*place, nobody_leaves)
    with pytest.raises(ValueError, match=f"{place[1]} was replaced from outside.*rules="):
        LoyaltyModel(case, engine=engine)
    with pytest.raises(ValueError, match=f"{place[1]} was replaced from outside"):
        before.step()
    monkeypatch.undo()
    before.step()


def test_the_shipped_rules_are_those_without_any_of_the_users_own() -> None:
    assert rule_set(None) is rule_set({}) is SHIPPED
    assert {"log_odds_of_changing_store", "trust_after", "violation"} <= set(shipped_rules())


# --- told from each other -----------------------------------------------------------------------------------------

TABLE = np.array([0.1, 0.2])
WEIGHT = 2.0


def calls_itself(x: float) -> float:
    return x if x < 1.0 else calls_itself(x - WEIGHT)


def reads(x: float) -> float:
    return calls_itself(x) + TABLE[0]  # type: ignore[no-any-return]


def test_functions_share_a_fingerprint_only_if_they_return_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (lambda x: x + 1.0), (lambda x: x + 2.0)  # of the same line
    assert fingerprint(one) != fingerprint(other)  # type: ignore[arg-type] # they are functions
    seen = {fingerprint(reads)}  # type: ignore[arg-type]
    monkeypatch.setattr(sys.modules[__name__], "WEIGHT", 3.0)
    seen.add(fingerprint(reads))  # type: ignore[arg-type]
    monkeypatch.setattr(sys.modules[__name__], "TABLE", np.array([0.3, 0.2]))
    seen.add(fingerprint(reads))  # type: ignore[arg-type]
    assert len(seen) == 3


def test_a_function_that_is_written_again_is_the_same(case: Scenario) -> None:
    def made(share: float) -> Any:
        def own(luck: float, per_week: float, grievance: float) -> int:
            return 1 if luck < share else 0

        return own

    assert fingerprint(made(0.1)) == fingerprint(made(0.1)) != fingerprint(made(0.2))
