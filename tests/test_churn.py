"""Churn by every definition, against the same shoppers under the baseline, and the command that asks for it."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulation.behaviour.states import Card
from simulation.cli.questions import verb_of
from simulation.questions.churn.answer import of_study
from simulation.questions.churn.churn import ChurnStudy, Effect, _members, churn, landmark_of
from simulation.questions.churn.definitions import CAUSES, DEFINITIONS, Watched, Watching
from simulation.questions.churn.question import Churn as ChurnQuestion
from simulation.questions.churn.tables import COLUMNS, incidence, returns, tables, verdicts
from simulation.questions.churn.words import in_words, signed
from simulation.runs.event_history import Diary, keep_diary
from simulation.runs.run import run_scenario
from simulation.runs.tasks import carry_out
from simulation.scenario.schema import Scenario, scenario_type

SALE = {"week": 5, "do": "share_data", "with": "insurer", "consent": "opt_out", "fee_per_member_year": 0.5}
STORY = {"week": 12, "do": "press_story", "about": "share_data", "reach": 0.8}
CASE = {
    "title": "t",
    "uncertain": "chance",
    "question": "q",
    "weeks": 70,
    "replicates": 2,
    "population": {"shoppers": 1500},
    "policies": {"none": [], "same": [], "sale": [SALE, STORY]},
    "behaviour": {"stated_weight_in_action": 1.0},
    "institutions": [],  # the rival answers a story with a campaign that reaches everybody
}
LANDMARK = 12 + 26


def case(**changes: object) -> Scenario:
    return scenario_type().model_validate(CASE | changes)


@pytest.fixture(scope="module")
def study() -> ChurnStudy:
    return churn(case(), policy="sale", by=["segment", "age", "awareness"])


@pytest.fixture(scope="module")
def lived() -> tuple[Diary, list[dict[str, np.ndarray]]]:
    """Return the diary of the first replicate, and what every shopper did each week."""
    weeks: list[dict[str, np.ndarray]] = []

    def keep(now: Diary) -> None:
        weeks.append({name: getattr(now.lives, name).copy() for name in ("patron", "card", "trips", "swiped")})

    return keep_diary(case(), each_week=keep), weeks


def test_leaving_the_main_store_is_what_a_run_calls_churn(study: ChurnStudy) -> None:
    outcome = run_scenario(case())
    staying, patrons = outcome.staying(), outcome.opening_patrons()
    for place, policy in enumerate(study.policies):
        cohort = study.cohort(policy, "left")
        assert cohort.curve.at_risk[0] == patrons[:, place].sum()
        assert cohort.gone.value == pytest.approx(1 - staying[:, -1, place].mean())
        pool = (staying[..., place] * patrons[:, place, None]).sum(axis=0) / patrons[:, place].sum()
        assert cohort.curve.estimate.tolist() == pytest.approx(pool.tolist())


def test_who_is_lost_at_the_end_stands_so(study: ChurnStudy, lived: tuple[Diary, list[dict[str, np.ndarray]]]) -> None:
    diary, weeks = lived
    gone, patrons = study.watched[0].gone, diary.people.opening_patron == 1
    assert np.array_equal(gone["left"] & patrons, (weeks[-1]["patron"] == 0) & patrons)
    came = np.array([each["trips"] > 0 for each in weeks])
    seen = came & np.array([each["swiped"] != 0 for each in weeks])
    for span in (8, 13, 26):
        assert np.array_equal(gone[f"silent-{span}"], ~came[-span:].any(axis=0))
        assert np.array_equal(gone[f"unseen-{span}"], ~seen[-span:].any(axis=0))
    given_up = (weeks[-1]["card"] != Card.ACTIVE) & diary.opening.card[:1].astype(bool)
    members = study.watched[0].members
    assert np.array_equal(gone["card"][:, members], given_up[:, members])


def test_churn_has_a_net_side_under_every_definition(study: ChurnStudy) -> None:
    net = tables(study)["net"].set_index(["definition", "policy"])
    assert (net["ever"] - net["returned"] - net["lost"]).abs().max() < 1e-12
    for definition in DEFINITIONS:
        for policy in study.policies:
            cohort, row = study.cohort(policy, definition), net.loc[(definition, policy)]
            ended = np.concatenate([each.ended for each in cohort.own])
            assert row["ever"] == ended.mean() and row["shoppers"] == ended.size
        same = net.loc[(definition, "same")]
        assert (same[[f"{part}_difference" for part in ("ever", "returned", "lost")]] == 0).all()
    left = net.xs("left")
    assert (left["returned"] > left["lost"]).all() and left.loc["sale", "lost_difference"] > 0
    own, twins = (np.concatenate([each.gone["left"][at][each.patrons] for each in study.watched]) for at in (2, 0))
    assert left.loc["sale", "lost_difference"] == pytest.approx(own.mean() - twins.mean())
    paired = np.std(own.astype(float) - twins, ddof=1) / np.sqrt(own.size)
    assert left.loc["sale", "lost_difference_error"] == pytest.approx(paired)
    back, lost = left.loc["sale", ["returned", "lost"]]
    assert (
        f"At the end {back / (back + lost):.0%} of them are back, so that on balance {lost:.1%} are lost"
        in in_words(study)[1]
    )


def test_a_policy_that_changes_nothing_differs_by_exactly_nothing(study: ChurnStudy) -> None:
    for definition in DEFINITIONS:
        same = study.cohort("same", definition)
        for effect in (same.gone, same.weeks):
            assert not effect.difference.any() and effect.error == 0 and effect.interval == (0, 0)
    assert {each.by_share for each in verdicts(study) if each.cohort.policy == "same"} == {"open"}
    assert study.cohort("sale").gone.difference.any()


def test_another_definition_changes_only_what_is_called_churn(study: ChurnStudy) -> None:
    other = churn(case(), definition="card", policy="sale", by=["segment"])
    for policy in study.policies:
        for definition in DEFINITIONS:
            one, two = study.cohort(policy, definition), other.cohort(policy, definition)
            assert one.curve.estimate.tolist() == two.curve.estimate.tolist()
    assert {cohort.definition.name for cohort in other.strata} == {"card"}
    assert {cohort.definition.name for cohort in study.strata} == {"left"}
    assert incidence(study, "sale").estimate.tolist() == incidence(other, "sale").estimate.tolist()
    assert "give up the card" in in_words(other)[0] and "change the main store" in in_words(study)[0]


def test_strata_make_up_the_whole(study: ChurnStudy) -> None:
    whole = study.cohort("sale").curve
    for grouping in ("segment", "age"):
        parts = [each.curve for each in study.strata if (each.grouping, each.policy) == (grouping, "sale")]
        assert np.sum([part.events for part in parts], axis=0).tolist() == whole.events.tolist()
        assert np.sum([part.at_risk for part in parts], axis=0).tolist() == whole.at_risk.tolist()


def test_awareness_is_looked_at_in_one_week_of_those_who_have_lasted_until_then(study: ChurnStudy) -> None:
    assert study.landmark == LANDMARK == landmark_of(case(), "sale")
    aware = [each for each in study.strata if each.stratum == "aware"]
    assert [each.policy for each in aware] == ["none", "sale"]
    left = [watched.spans(DEFINITIONS["left"], policy).week for watched in study.watched for policy in (0, 2)]
    lasted = [(left[place] > LANDMARK) & (left[place + 1] > LANDMARK) for place in (0, 2)]
    knows = [(each.aware_week[2] > 0) & (each.aware_week[2] <= LANDMARK) for each in study.watched]
    expected = sum(
        int((some & all_along & each.patrons).sum())
        for some, all_along, each in zip(knows, lasted, study.watched, strict=True)
    )
    for cohort in aware:
        assert cohort.curve.at_risk[0] == expected > 0 and cohort.start == LANDMARK
        assert cohort.curve.estimate.size == 70 - LANDMARK + 1
    unaware = next(each for each in study.strata if (each.stratum, each.policy) == ("unaware", "sale"))
    assert aware[1].gone.mean > unaware.gone.mean  # nobody leaves because of what nobody has told them
    assert landmark_of(case(), "none") is None


def test_churn_is_over_when_the_shopper_stands_otherwise_again(
    study: ChurnStudy, lived: tuple[Diary, list[dict[str, np.ndarray]]]
) -> None:
    diary, weeks = lived
    over = {
        "left": lambda week, who: week["patron"][2, who] == 1,
        "card": lambda week, who: week["card"][2, who] == Card.ACTIVE,
        "silent-8": lambda week, who: week["trips"][2, who] > 0,
        "unseen-13": lambda week, who: week["trips"][2, who] > 0 and week["swiped"][2, who] == 1,
    }
    for name, is_over in over.items():
        definition, watched = DEFINITIONS[name], study.watched[0]
        found = watched.spans(definition, 2)
        happened = np.flatnonzero(found.ended & (found.week < 70) & watched.at_risk(definition))
        lasted = [
            next((now for now in range(week + 1, 71) if is_over(weeks[now - 1], who)), None) for who, week in
            zip(happened.tolist(), found.week[happened].tolist(), strict=True)
        ]  # fmt: skip
        silences = watched.silences(definition, 2)
        assert silences.ended.tolist() == [end is not None for end in lasted]
        expected = [(end or 70) - week for end, week in zip(lasted, found.week[happened].tolist(), strict=True)]
        assert silences.week.tolist() == expected and any(silences.ended), name
    assert returns(study, DEFINITIONS["left"], "sale").churners == sum(
        each.silences(DEFINITIONS["left"], 2).week.size for each in study.watched
    )


def watched_by_hand(**first: list[int] | list[list[int]]) -> Watched:
    """Return members watched for 50 weeks, with the first weeks of their events under one policy or several."""
    shape = np.atleast_2d(next(iter(first.values()))).shape
    everybody, names = np.ones(shape[1], bool), {name for each in DEFINITIONS.values() for name in each.first_of}
    weeks = {name: np.atleast_2d(first.get(name, np.zeros(shape, int))) for name in names}
    return Watched(50, everybody, everybody, np.zeros(shape, int), weeks, {}, {}, {})


def test_who_changes_the_main_store_can_no_longer_give_up_the_card() -> None:
    watched = watched_by_hand(put_away=[10, 30, 0, 20], left=[0, 20, 15, 20])
    found = watched.spans(DEFINITIONS["card"], 0)
    assert found.week.tolist() == [10, 20, 15, 20]
    assert found.ended.tolist() == [True, False, False, True]  # within a week the card is decided on before the store
    either = watched.spans(DEFINITIONS["any"], 0)
    assert either.week.tolist() == [10, 20, 15, 20] and either.ended.all()


def test_only_who_has_lasted_in_both_lives_is_compared_by_awareness() -> None:
    watched = watched_by_hand(left=[[0, 15, 0, 30, 20], [0, 0, 15, 25, 30]])
    watched = replace(watched, aware_week=np.array([[0, 0, 0, 0, 0], [20, 5, 5, 21, 5]]))
    found = _members(watched, DEFINITIONS["left"], 1, "awareness", 20)
    assert found["aware"].tolist() == [True, False, False, False, False]
    assert found["unaware"].tolist() == [False, False, False, True, False]  # learns of it a week too late


def test_a_verdict_that_another_definition_overturns_does_not_hold() -> None:
    asked = {**SALE, "consent": "opt_out", "asked": "prompt", "reward": 0.005}
    study = churn(case(policies={"none": [], "asked": [asked]}, replicates=3), definition="any", by=["tier"])
    found = {each.cohort.definition.name: (each.by_share, each.holds) for each in verdicts(study)}
    # some opt out; who does not is paid for keeping the card
    assert found["any"] == ("more", True) and found["card"] == ("less", False)
    assert "(not left, card" in " ".join(in_words(study)) or "(not card" in " ".join(in_words(study))


def test_the_first_cause_counts() -> None:
    watched = watched_by_hand(
        opted_out=[5, 0, 0, 7, 0], cancelled=[0, 9, 0, 7, 0], swapped=[3, 0, 0, 0, 0], left=[1, 0, 12, 0, 0]
    )
    week, cause = watched.causes(0)
    assert week.tolist() == [1, 9, 12, 7, 50]
    names = ["nothing", *CAUSES]
    assert [names[each] for each in cause] == [
        "left for a rival", "card dropped", "left for a rival", "opted out", "nothing"
    ]  # fmt: skip


def test_the_interval_is_that_of_replicates_or_of_chance_alone() -> None:
    many = Effect(0.5, 0.01, np.linspace(0.0, 1.0, 11), 0.3)
    assert many.interval == pytest.approx((0.1, 0.9)) and many.sign == 1
    alone = Effect(0.5, 0.01, np.array([-0.2]), 0.1)
    assert alone.interval == pytest.approx((-0.2 - 0.12816, -0.2 + 0.12816)) and alone.sign == -1
    assert Effect(0.5, 0.01, np.array([-1.0, 1.0]), 0.1).sign == 0


def test_tables_say_what_their_columns_mean_and_agree_with_each_other(study: ChurnStudy) -> None:
    found = tables(study)
    assert {column for table in found.values() for column in table} == set(COLUMNS)
    means = found["restricted_means"].query("grouping == 'all'").set_index(["definition", "policy"])["churned"]
    ends = found["survival"].query("week == 70 and grouping == 'all'").set_index(["definition", "policy"])["estimate"]
    # the mean of replicates of nearly one size, or all of them pooled
    assert means.to_dict() == pytest.approx((1 - ends).to_dict(), abs=2e-3) and len(means) == 9 * 3
    causes = found["incidence"].query("week == 70").groupby("policy")["estimate"].sum()
    assert causes.to_dict() == pytest.approx(means["any"].to_dict(), abs=2e-3)
    assert set(found["verdicts"].query("policy == 'same'")["verdict"]) == {"open"}
    assert found["verdicts"].query("definition == 'left'")["holds"].all()  # which is the definition chosen
    assert (found["logrank"].query("policy == 'same'")[["chi_square", "churned_difference"]] == 0).all(axis=None)


def test_a_verdict_is_compared_with_that_of_the_chosen_definition(study: ChurnStudy) -> None:
    found = {(each.cohort.definition.name, each.cohort.policy): each for each in verdicts(study)}
    assert len(found) == 9 * 2
    for (definition, policy), verdict in found.items():
        low, high = np.quantile(verdict.cohort.gone.difference, [0.1, 0.9])
        assert verdict.by_share == ("more" if low > 0 else "less" if high < 0 else "open")
        low, high = np.quantile(verdict.cohort.weeks.difference, [0.1, 0.9])
        assert verdict.by_weeks == ("more" if high < 0 else "less" if low > 0 else "open")
        assert verdict.holds == (verdict.by_share == found[("left", policy)].by_share)
        gone = [study.cohort(each, definition).gone.value for each in ("none", "same", "sale")]
        order = sorted(range(3), key=lambda place: (gone[place], place))
        assert verdict.place == 1 + order.index(("none", "same", "sale").index(policy))
        assert gone[0] == gone[1] and (definition != "left" or gone[2] > gone[0])
    assert found[("left", "sale")].by_share == found[("left", "sale")].by_weeks == "more"


def test_small_differences_keep_their_sign_and_size() -> None:
    assert [signed(each) for each in (3.44, -0.2, 0.014, -0.0049, 0.0)] == ["+3.4", "−0.2", "+0.014", "−0.0049", "0"]


def test_studies_are_written_whole_and_the_same_every_time(tmp_path: Path) -> None:
    def write(threads: int) -> dict[str, bytes]:
        with ThreadPoolExecutor(threads) as pool:
            study = churn(case(), policy="sale", by=["awareness"], carry=partial(carry_out, executor=pool))
        return {path.name: path.read_bytes() for path in of_study(study).write(tmp_path / "a")}

    before = write(threads=2)
    pictures = {f"{name}.svg" for name in FIGURES}
    assert set(before) == {"asked.json"} | pictures | {f"{name}.csv" for name in TABLES}
    assert write(threads=1) == before


FIGURES = ("survival", "by_awareness", "incidence", "definitions")
TABLES = ("survival", "incidence", "restricted_means", "logrank", "definitions", "net", "verdicts")


SMALL = """\
title: small
question: does it pay?
weeks: 60
replicates: 1
population: {shoppers: 400}
uncertain: chance
policies:
  status quo: []
  quiet sale:
    - {week: 5, do: share_data, with: insurer, consent: none, fee_per_member_year: 0.5}
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(SMALL)
    return tmp_path / "small.yaml"


def test_the_command_answers_and_says_what_it_calls_churn(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = small.parent / "results"
    assert (
        verb_of(ChurnQuestion)(small, policy="quiet sale", by=["tier"], definition="silent-8", shoppers=400, out=out)
        == 0
    )
    said = " ".join(capsys.readouterr().out.split())
    assert "stay away for 8 weeks in a row" in said and "made no trip to the store for 8 weeks" in said
    assert "read the differences first" in said and "of 9 definitions" in said and "not a forecast" in said
    record = json.loads((out / "small-churn" / "asked.json").read_text())
    assert record["asked"] == {"definition": "silent-8", "policy": "quiet sale", "by": ["tier"]}
    assert record["origin"]["shoppers"] == 400 and record["answer"]["columns"]["at_risk"].startswith(
        "shoppers still there"
    )
    table = pd.read_csv(out / "small-churn" / "survival.csv")
    assert set(table["stratum"]) == {"all", "light", "middle", "heavy"} and set(table["definition"]) == set(DEFINITIONS)


def test_a_baseline_alone_is_described_without_comparison(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small.write_text(SMALL[: SMALL.index("  quiet sale")])
    out = small.parent / "results"
    assert verb_of(ChurnQuestion)(small, shoppers=400, out=out) == 0
    assert "on average that takes" in capsys.readouterr().out
    names = {path.stem for path in (out / "small-churn").glob("*.svg")}
    assert names == {"survival", "by_segment", "by_tier", "incidence"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"definition": "silnt-8"},
            "--definition: there is no definition of churn 'silnt-8'; did you mean 'silent-8'?",
        ),
        ({"policy": "quite sale"}, "--policy: there is no policy 'quite sale'; did you mean 'quiet sale'?"),
        ({"by": ["segmnt"]}, "--by: there is no grouping 'segmnt'; did you mean 'segment'?"),
        ({"policy": "status quo", "by": ["awareness"]}, "--by: awareness is looked at 26 weeks after"),
        ({"shoppers": 3}, "--shoppers"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(
    options: dict[str, object], said: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verb_of(ChurnQuestion)(small, out=small.parent / "results", **options) == 2  # type: ignore[arg-type]
    captured = capsys.readouterr()
    assert said in captured.err and not captured.out
    assert not (small.parent / "results").exists()


def test_the_verb_stands_at_the_door(small: Path) -> None:
    words = [sys.executable, "-m", "simulation", "churn", str(small), "--by", "tier", "age", "--definition", "crad"]
    done = subprocess.run(words, cwd=small.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "did you mean 'card'?" in done.stderr and "Traceback" not in done.stderr
    assert [path.name for path in small.parent.iterdir()] == ["small.yaml"]


def test_without_members_nobody_can_give_up_a_card() -> None:
    nobody = {"card_holders": 0.0}
    with pytest.raises(ValueError, match="nobody can churn by 'card': there are no opening patrons with an active"):
        churn(case(population={"shoppers": 300}, weeks=5, policies={"none": []}, attitudes=nobody))


def test_other_people_s_folders_are_left_alone(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = small.parent / "results" / "small-churn"
    mine.mkdir(parents=True)
    (mine / "thesis.txt").write_text("precious")
    assert verb_of(ChurnQuestion)(small, out=small.parent / "results") == 2
    assert "something other than results" in capsys.readouterr().err and (mine / "thesis.txt").exists()


def test_to_decline_an_offer_to_take_part_is_not_churn() -> None:
    asked = SALE | {"consent": "opt_in", "name": "programme"}
    eager = {"considering_enrolment_per_week": 0.3, "considering_prompt_per_week": 0.3, "agreeing_without_reward": 0.0}
    data = CASE | {"weeks": 30, "policies": {"a": [], "asked": [asked], "unasked": [SALE | {"asked": "prompt"}]}}
    scenario = scenario_type().model_validate(data | {"behaviour": eager})
    watched, diary = carry_out([Watching(scenario)])[0], keep_diary(scenario)
    declined, left_flow = (np.count_nonzero(diary.lives.opted_out[policy]) for policy in (1, 2))
    assert declined > 100 and left_flow > 100
    assert not diary.first["opted_out"][1].any() and np.count_nonzero(diary.first["opted_out"][2]) == left_flow
    members = watched.members
    first = {name: diary.first[name][1][members] for name in ("put_away", "cancelled", "swapped", "left")}
    gone = np.logical_or.reduce([weeks > 0 for weeks in first.values()])
    spans = watched.spans(DEFINITIONS["any"], 1)
    assert np.array_equal(spans.ended[members], gone), "only who gives up the card or leaves has churned"
    stands = DEFINITIONS["any"].back(diary.standing)[1]
    assert stands[(diary.lives.opted_out[1] != 0) & members].any(), "who declined stands as before"
