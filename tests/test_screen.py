"""Policies before principles: what a file may say, what text and outcome show, what a principle costs."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import SALE

from simulation.cli.questions import verb_of
from simulation.questions.screen.answer import in_words, of_screening
from simulation.questions.screen.conditions import worst_tenth
from simulation.questions.screen.measures import ACCOUNTS, EVERYBODY, PEOPLE, STANDARDS, Standard
from simulation.questions.screen.principles import SHIPPED, Principle, read_principles, shipped_principles
from simulation.questions.screen.question import Screen
from simulation.questions.screen.screening import Price, prices, screen, screening_of
from simulation.runs.measures import MEASURES
from simulation.runs.outcome import Outcome
from simulation.runs.parties import groups
from simulation.runs.run import run_scenario
from simulation.scenario.problems import ScenarioError
from simulation.scenario.schema import Scenario, scenario_type

BAD = sorted((Path(__file__).parent / "bad_principles").glob("*.yaml"))
STORY = {"week": 20, "do": "press_story", "about": "share_data", "reach": 0.8}
ASKED = SALE | {"consent": "opt_in", "purpose": "wellness", "worth_to_participant": 20, "years_kept": 1}
NOTICE = SALE | {"consent": "notice"}
WEEKS = 60


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    data = {
        "title": "principles",
        "uncertain": "chance",
        "question": "which?",
        "weeks": WEEKS,
        "replicates": 1,
        "population": {"shoppers": 3000},
        "institutions": [],
        "policies": {"status quo": [], "sale": [SALE], "exposed": [SALE, STORY], "asked": [ASKED]},
    }
    return run_scenario(scenario_type().model_validate(data))


def principle(*conditions: dict[str, object], name: str = "one") -> Principle:
    data = {"name": name, "sentence": "It says.", "source": "a board", "conditions": conditions}
    return Principle.model_validate(data)


def found(outcome: Outcome, policy: str, *conditions: dict[str, object]) -> tuple[bool, str]:
    finding = screen(outcome, outcome.policies.index(policy), [principle(*conditions)])[0]
    return finding.passes, finding.evidence


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_yields_exactly_the_problems_that_it_expects(path: Path) -> None:
    mark = "# expect: "
    lines = path.read_text(encoding="utf-8").splitlines()
    expected = [line.removeprefix(mark) for line in lines if line.startswith(mark)]
    with pytest.raises(ScenarioError) as refusal:
        read_principles(path)
    assert expected and [f"{each.line}:{each.column} {each.message}" for each in refusal.value.problems] == expected
    assert all(each.advice or "must be" in each.message for each in refusal.value.problems)


def test_a_near_miss_is_guessed() -> None:
    with pytest.raises(ScenarioError) as refusal:
        read_principles(BAD[[path.stem for path in BAD].index("many_at_once")])
    said = str(refusal.value)
    for name in ("sentence", "term", "share_data", "opt_in", "trust_lost"):
        assert f"did you mean '{name}'?" in said


def test_text_alone_can_break_a_principle(outcome: Outcome) -> None:
    consent = {"check": "term", "action": "share_data", "term": "consent", "among": ["opt_in"]}
    assert found(outcome, "sale", consent) == (False, "share_data (insurer): consent is none, not opt_in")
    assert found(outcome, "asked", consent) == (True, "consent is as it must be")
    assert found(outcome, "status quo", consent) == (True, "no share_data")
    kept = {"check": "term", "action": "share_data", "term": "years_kept", "at_most": 1}
    assert found(outcome, "sale", kept) == (False, "share_data (insurer): years_kept is 10, more than 1")
    assert found(outcome, "asked", kept)[0]
    assert found(outcome, "sale", kept | {"unless": {"consent": "none"}})[0], "excused by another of its terms"
    assert not found(
        outcome, "sale", {"check": "term", "action": "share_data", "term": "with", "not_among": ["insurer"]}
    )[0]
    assert not found(
        outcome, "sale", {"check": "term", "action": "share_data", "term": "fee_per_member_year", "at_least": 1}
    )[0]
    assert found(outcome, "exposed", {"check": "absent", "action": "press_story"}) == (
        False, "press_story (share_data) in week 20",
    )  # fmt: skip


def test_the_outcome_alone_can_break_a_principle(outcome: Outcome) -> None:
    trust = {"check": "outcome", "measure": "trust_lost", "at_most": 0.02}
    passes, evidence = found(outcome, "exposed", trust)
    lost = float(MEASURES["trust"].by_week(outcome)[0, -1, 0] - MEASURES["trust"].by_week(outcome)[0, -1, 2])
    assert not passes and f"{lost:.3g} of 1 at the median, more than 0.02" in evidence
    assert found(outcome, "asked", trust)[0] and found(outcome, "status quo", trust | {"at_most": 0})[0]


def test_all_conditions_of_a_principle_must_be_kept(outcome: Outcome) -> None:
    text = {"check": "absent", "action": "share_data"}
    trust = {"check": "outcome", "measure": "trust_lost", "at_most": 0.02}
    assert not found(outcome, "asked", trust, text)[0]
    evidence = found(outcome, "exposed", trust, text)[1]
    assert "more than 0.02; share_data (insurer) in week 5" in evidence


def test_a_law_is_broken_where_and_while_it_holds(make_scenario: Callable[..., Scenario]) -> None:
    law = {"week": 10, "do": "law", "requires": "opt_in", "markets": ["north"], "obeyed": False}
    north, south = SALE | {"markets": ["north"]}, SALE | {"markets": ["south"]}
    policies = {"north": [north], "south": [south], "early": [north | {"until": 9}], "asked": [ASKED]}
    markets = {"markets": {"north": 0.5, "south": 0.5}, "population": {"shoppers": 100}}
    bare = make_scenario(policies, events=[law], **markets)
    case = Outcome(bare, (), None, "columns", 0.0, "")  # type: ignore[arg-type] # only its text is read
    kept = [found(case, policy, {"check": "law"})[0] for policy in policies]
    assert kept == [False, True, True, True]
    obeyed = make_scenario(policies, events=[law | {"obeyed": True}], **markets)
    case = Outcome(obeyed, (), None, "columns", 0.0, "")  # type: ignore[arg-type]
    assert found(case, "north", {"check": "law"})[0]


def test_measures_agree_with_the_books(outcome: Outcome) -> None:
    table = groups(outcome)
    for policy in ("sale", "asked"):
        for whom in ("vulnerable", "fundamentalist", "heavy"):
            row = table[(table["policy"] == policy) & (table["label"] == whom)].iloc[0]
            years = row["households"] * WEEKS / 52
            for measure, column, scale in (
                ("harmful_events_per_thousand_years", "harmful_events", 1000),
                ("complaints_per_thousand_years", "complaints", 1000),
                ("consent_debt_share", "consent_debt_person_years", 1),
                ("unwitting_share", "unwitting_person_years", 1),
                ("misjudged_share", "misjudged_person_years", 1),
                ("premiums_dollars_per_year", "premiums_dollars", 1),
            ):
                read = STANDARDS[measure].read(outcome, outcome.policies.index(policy), whom)
                assert read == pytest.approx([scale * row[column] / years]), (measure, whom)
    churn = STANDARDS["churn_added"].read(outcome, 2, EVERYBODY)
    assert churn == pytest.approx(outcome.staying()[:, -1, 0] - outcome.staying()[:, -1, 2])


def test_every_measure_can_be_read_for_everybody_listed(outcome: Outcome) -> None:
    for name, standard in STANDARDS.items():
        for whom in standard.whom:
            assert np.isfinite(standard.read(outcome, 2, whom)).all(), (name, whom)
    assert set(ACCOUNTS) == {"retailer", "shoppers", "data buyer", "rival grocer", "public"} and "vulnerable" in PEOPLE


def test_the_worst_tenth_is_worst_in_the_sense_of_the_bound(outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Standard("known", "", (EVERYBODY,), lambda outcome, policy, whom: np.arange(20.0) / 10)
    monkeypatch.setitem(STANDARDS, "trust_lost", known)  # type: ignore[arg-type] # a mapping that is not changed elsewhere
    worst = {"check": "outcome", "measure": "trust_lost", "taken": "worst_tenth"}
    assert found(outcome, "sale", worst | {"at_most": 1.8}) == (False, "known: 1.85 in the worst tenth, more than 1.8")
    assert found(outcome, "sale", worst | {"at_least": 0.1}) == (False, "known: 0.05 in the worst tenth, less than 0.1")
    assert found(outcome, "sale", {"check": "outcome", "measure": "trust_lost", "at_most": 0.96}) == (
        True, "known: 0.95 at the median",
    )  # fmt: skip
    assert worst_tenth(np.array([3.0, 1.0, 2.0])) == 1.0


class Known(Outcome):
    """An outcome whose differences are known: the sale pays in three worlds and costs dear in the fourth."""

    def difference(self) -> np.ndarray:
        sale, asked, notice = [10, 10, 10, -100], [4, 4, 4, -4], [8, 8, 8, 8]
        return np.array([[0, 0, 0, 0], sale, asked, notice], dtype=np.float64).T


def test_a_principle_costs_what_the_best_that_keeps_it_forgoes(make_scenario: Callable[..., Scenario]) -> None:
    case = make_scenario({"sale": [SALE], "asked": [ASKED], "notice": [NOTICE]}, replicates=4)
    known = Known(case, (), None, "columns", 0.0, "")  # type: ignore[arg-type] # only text and differences are read
    term = {"check": "term", "action": "share_data", "term": "consent"}
    rules = [
        principle(term | {"among": ["opt_in"]}),
        principle(term | {"not_among": ["none"]}),
        principle({"check": "law"}),
    ]
    asking, telling, lawful = prices(known, rules)
    # the best of all is worth 8 on average, the best that asks (4 + 4 + 4 - 4) / 4 = 2. In a resample that misses the
    # fourth world it is 10 less 4, in one that holds it once 8 less 2, and the baseline is best where it comes oftener
    assert asking == Price("one", ("status quo", "asked"), "asked", 6.0, 6.0, 8.0, "notice", 8.0)
    assert (telling.keeps, telling.best, telling.price) == (("status quo", "asked", "notice"), "notice", 0.0)
    assert (telling.breaks, telling.tail) == ("sale", -100.0)
    assert lawful.tail is None and lawful.price == 0.0


def test_a_principle_that_nobody_keeps_has_no_price(outcome: Outcome) -> None:
    priced = prices(outcome, [principle({"check": "outcome", "measure": "fines_dollars_per_year", "at_least": 1})])[0]
    assert priced.price is priced.best is priced.low is None and not priced.keeps
    assert priced.breaks == outcome.policies[int(outcome.difference().mean(axis=0).argmax())]


def test_the_shipped_principles_judge_the_case(outcome: Outcome) -> None:
    rules = shipped_principles()
    kept = {
        policy: {finding.principle for finding in screen(outcome, place, rules) if finding.passes}
        for place, policy in enumerate(outcome.policies)
    }
    assert kept["status quo"] == {each.name for each in rules}
    assert kept["exposed"] <= kept["sale"], "a story mends nothing"
    assert {"consent", "reversible", "candour"} <= kept["asked"]
    assert not {"consent", "vulnerable", "reversible", "candour"} & kept["sale"]


def test_a_screening_is_written_with_the_principles_used(outcome: Outcome, tmp_path: Path) -> None:
    screening = screening_of(outcome, shipped_principles())
    paths = of_screening(screening, SHIPPED.read_text()).write(tmp_path / "a")
    names = ["asked.json", "findings.csv", "prices.csv", "prices.svg", "principles.yaml"]
    assert [path.name for path in paths] == names
    before = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in of_screening(screening, SHIPPED.read_text()).write(tmp_path / "a")] == before
    rows = list(csv.DictReader((tmp_path / "a" / "findings.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 4 * 8 and {row["passes"] for row in rows if row["policy"] == "status quo"} == {"1"}
    assert read_principles(tmp_path / "a" / "principles.yaml") == shipped_principles()
    assert in_words(screening)[0] == "'status quo' keeps all 8 principles."


OWN = """\
principles:
  - name: nothing leaves
    sentence: No data leaves the house.
    source: the founder
    conditions: [{check: absent, action: share_data}]
"""


def test_the_command_judges_and_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = "title: t\nquestion: q?\nweeks: 20\nreplicates: 1\npopulation: {shoppers: 200}\nuncertain: chance\n"
    case += "policies:\n  status quo: []\n  sale:\n"
    case += "    - {week: 5, do: share_data, with: insurer, consent: none}\n"
    (tmp_path / "case.yaml").write_text(case)
    (tmp_path / "own.yaml").write_text(OWN)
    (tmp_path / "bad.yaml").write_text(OWN.replace("share_data", "share_dat"))
    out = tmp_path / "results"
    assert verb_of(Screen)(tmp_path / "case.yaml", principles=tmp_path / "bad.yaml", shoppers=200, out=out) == 2
    assert "bad.yaml:5:42: unknown action 'share_dat'" in capsys.readouterr().err and not out.exists()
    assert verb_of(Screen)(tmp_path / "case.yaml", principles=tmp_path / "own.yaml", shoppers=200, out=out) == 0
    assert "'sale' keeps 0 of 1 principles and breaks: nothing leaves." in capsys.readouterr().out
    assert (out / "case-screen" / "principles.yaml").read_text() == OWN
