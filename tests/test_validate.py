"""Validation reads facts rightly, notices what is planted, and takes checks of one's own."""

from pathlib import Path

import numpy as np
import pytest

from simulation.evidence.attitudes import SAID
from simulation.evidence.mechanisms import effect, pairs
from simulation.evidence.passport import PACKAGE
from simulation.evidence.unfitted_facts import chance_of_return, unfitted_facts
from simulation.evidence.validate import Check, Verdict, case_beside, read_checks, set_numbers, status_quo, verdicts
from simulation.scenario.problems import ScenarioError


def failing(numbers: dict[str, float]) -> set[str]:
    return {
        verdict.check.name
        for verdict in verdicts(read_checks(), case_beside(None), numbers=numbers)
        if not verdict.passes
    }


def test_the_chance_of_a_return_counted_by_hand() -> None:
    active = np.array([[1, 0, 1, 0, 0, 1], [1, 0, 0, 0, 1, 1]], dtype=bool)
    assert chance_of_return(active, 1) == pytest.approx(1 / 3)  # one empty week: back, not, not
    assert chance_of_return(active, 2) == pytest.approx(1 / 2)
    assert chance_of_return(active, 3) == 1.0


def test_facts_of_twenty_households_counted_by_hand() -> None:
    trips = np.ones((20, 20), dtype=np.int64)
    trips[10:] = 2  # so that one more trip earlier goes with one more later, but for the household that is gone
    trips[0, 10:] = 0
    spend = trips * np.arange(1, 21)[:, None] * 1.0
    facts = unfitted_facts(trips, spend)
    assert facts["trips in a week"] == 590 / 400
    assert facts["later trips per earlier trip"] == pytest.approx((20 - 9) / 10)
    assert facts["heaviest tenth stays heaviest"] == 1.0
    assert facts["lightest half gone quiet"] == 0.1
    assert facts["heaviest tenth gone quiet"] == 0.0


def test_what_fails_is_known_and_said_in_the_documentation() -> None:
    page = Path(__file__).parents[1] / "simulation" / "docs" / "explanation" / "evidence.md"
    assert failing({}) == {"heavy shoppers fall back"}
    assert "heavy shoppers fall back" in page.read_text(encoding="utf-8")


def test_a_wrong_trip_rate_is_noticed() -> None:
    assert "trips in later weeks" in failing({"shopping.trips_per_week": 1.2 * 1.299})


def check(**changes: object) -> Check:
    data = {"name": "n", "says": "s", "source": "x", "measure": "trust", "weeks": [5, 8], "observed": 0.5}
    return Check.model_validate(data | {"tolerance": 0.1} | changes)


def test_distance_is_counted_in_tolerances() -> None:
    assert Verdict(check(), 0.45).distance == pytest.approx(-0.5)
    assert Verdict(check(), 0.6).passes and not Verdict(check(), 0.61).passes


def test_a_check_can_compare_a_policy_with_the_baseline(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(
        "title: t\nquestion: q\nweeks: 12\npopulation: {shoppers: 500}\npolicies:\n  none: []\n  story:\n"
        "    - {week: 2, do: share_data, with: insurer, consent: none, fee_per_member_year: 1}\n"
        "    - {week: 3, do: press_story, about: share_data, reach: 1}\n"
    )
    told = {"scenario": "case.yaml", "policy": "story", "measure": "trust"}
    asked = [check(**told, compared="ratio"), check(**told, compared="difference"), check(**told | {"policy": "none"})]
    ratio, difference, level = verdicts(asked, case_beside(tmp_path / "checks.yaml"), shoppers=500)
    assert ratio.found < 1 and difference.found < 0
    assert ratio.found == pytest.approx(1 + difference.found / level.found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("checks: []", "checks is empty"),
        ("checks:\n  - {name: a}", "'says' is missing"),
        ("chekcs: []", "unknown key 'chekcs'"),
        ("checks:\n  - {name: a, sayz: b}", "did you mean 'says'?"),
        ("- name: a", "keys and values"),
    ],
)
def test_a_wrong_file_of_checks_is_refused_by_line(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "checks.yaml"
    file.write_text(text)
    with pytest.raises(ScenarioError) as refusal:
        read_checks(file)
    assert said in str(refusal.value) and f"{file}:" in str(refusal.value)


def test_windows_and_policies_that_are_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="within the 52 weeks"):
        list(verdicts([check(weeks=[50, 60])], lambda _: status_quo(), shoppers=100))
    with pytest.raises(ValueError, match="no policy 'x'"):
        list(verdicts([check(policy="x")], lambda _: status_quo(), shoppers=100))


def test_numbers_set_on_purpose_are_checked() -> None:
    assert set_numbers(["story_reach=0.5"]) == {"world.story_reach": 0.5}
    for wrong in ("story_reach=much", "story_reach=7", "nothing=1"):
        with pytest.raises(ValueError):
            set_numbers([wrong])


def test_a_trust_that_comes_back_too_slowly_is_noticed() -> None:
    mending = next(pair for pair in pairs() if pair.name.startswith("trust undone"))
    assert effect(mending).passes
    assert not effect(mending, {"behaviour.trust_loss_ratio": 50}).passes


def test_the_page_in_the_package_tells_every_check_and_what_fails() -> None:
    text = (PACKAGE / "VALIDATION.md").read_text(encoding="utf-8")
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in text.splitlines() if line.startswith("| ")}
    for check in read_checks():
        assert ("**fails**" in rows[check.name]) == (check.name == "heavy shoppers fall back")
    assert all(pair.row in rows for pair in pairs()) and all(share.name in rows for share in SAID)
