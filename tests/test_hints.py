"""What `check` says to people who write a scenario in words of their own."""

from pathlib import Path

import pytest

from simulation.scenario.policies import kinds
from simulation.scenario.problems import Located, ScenarioError
from simulation.scenario.reading import read_scenario, scenario_from_text

ASKED_FOR = sorted((Path(__file__).parent / "asked_for").glob("*.yaml"))
HEAD = "title: t\nquestion: q?\nweeks: 60\npopulation: {shoppers: 500}\npolicies:\n  status quo: []\n  new:\n"


def problems(action: str) -> tuple[Located, ...]:
    with pytest.raises(ScenarioError) as error:
        scenario_from_text(f"{HEAD}    - {{week: 9, {action}}}\n")
    return error.value.problems


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("advertising", "retail_media"),
        ("retail-media", "retail_media"),
        ("data_breach", "leak"),
        ("data-breach", "leak"),
        ("Data breach", "leak"),
        ("premium_membership", "paid_tier"),
        ("paid tier", "paid_tier"),
        ("tier_for_the_best", "top_tier_only"),
        ("cut_prices", "price_cut"),
        ("close_the_card", "end_programme"),
        ("coalition", "join_coalition"),
        ("merger", "merge_programme"),
        ("dynamic_pricing", "personal_prices"),
        ("lawsuit", "class_action"),
        ("face_recognition", "biometrics"),
        ("pharmacy_data", "merge_records"),
        ("erasure", "deletion_requests"),
        ("global_privacy_control_signal", "opt_out_signal"),
        ("apologise", "respond"),
        ("member-prices", "member_prices"),
        ("targeted_offer", "targeted_offers"),
    ],
)
def test_a_word_that_people_use_leads_to_the_action_that_is_meant(word: str, meant: str) -> None:
    (found,) = problems(f"do: {word}")
    assert f"'{meant}'" in found.advice.split("known here")[0]
    for wrong in {"underwriting", "press_story", "rival_move"} - {meant}:
        assert wrong not in found.advice.split("known here")[0]


def test_nothing_is_suggested_where_nothing_comes_near() -> None:
    (found,) = problems("do: quantum_teleport")
    assert found.advice.startswith("no action comes near 'quantum_teleport'")


def test_all_that_can_be_done_is_listed_and_never_cut_off() -> None:
    (found,) = problems("do: advertising")
    assert found.advice.endswith(", ".join(kinds()))


@pytest.mark.parametrize(
    ("term", "mend"),
    [
        ("do: personal_prices, dispersion: 10%", "write 0.1, a share of 1"),
        ("do: reward_programme, reward_rate: 1 %", "write 0.01, a share of 1"),
        ("do: reward_programme, reward_rate: 2.5 percent", "write 0.025, a share of 1"),
        ("do: targeted_offers, depth: 0.5, intensity: 50%", "this is no share; write it without %"),
        ("do: share_data, with: broker, consent: notice, fee_per_member_year: $1.50", "write 1.50, in dollars"),
        ("do: share_data, with: broker, consent: opt-in", "did you mean 'opt_in'?"),
        ("do: share_data, with: broker, consent: Opt out", "did you mean 'opt_out'?"),
        ("do: share_data, with: insurer, fields: health, consent: opt_in", "did you mean 'sensitive_purchases'?"),
        ("do: biometrics, purpose: theft, notice: sign at the door", "did you mean 'sign_at_the_door'?"),
        ("do: biometrics, purpose: shoplifting", "did you mean 'theft'?"),
        ("do: opt_out_signal, share: 10%", "write 0.1, a share of 1"),
        ("do: leak, fields: payment cards", "did you mean 'payment_cards'?"),
    ],
)
def test_a_number_or_choice_in_other_dress_is_shown_as_it_is_written_here(term: str, mend: str) -> None:
    (found,) = problems(term)
    assert mend in found.advice


def test_a_percentage_of_a_market_and_of_a_range_is_shown_as_a_share() -> None:
    text = HEAD.replace("weeks: 60", "weeks: 60\nmarkets: {here: 20%, elsewhere: 0.8}") + "    []\n"
    with pytest.raises(ScenarioError, match="write 0.2, a share of 1"):
        scenario_from_text(text)


@pytest.mark.parametrize(
    ("name", "mends"),
    [
        ("paid_tier", {"5%": "0.05"}),
        ("ending_the_programme", {"1 %": "0.01", "0%": "0"}),
        ("coalition", {"1 %": "0.01"}),
    ],
)
def test_a_first_try_that_is_mended_as_check_says_is_understood(name: str, mends: dict[str, str]) -> None:
    text = next(file for file in ASKED_FOR if file.stem == name).read_text(encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        scenario_from_text(text)
    assert {problem.advice for problem in error.value.problems} == {
        f"write {each}, a share of 1" for each in mends.values()
    }
    for wrong, right in mends.items():
        text = text.replace(wrong, right)
    assert scenario_from_text(text).replicates == 16


@pytest.mark.parametrize("file", ASKED_FOR, ids=lambda file: file.stem)
def test_a_strategists_first_try_is_understood_or_told_for_every_line_what_would_be_right(file: Path) -> None:
    try:
        read_scenario(file)
    except ScenarioError as error:
        assert all(problem.line and problem.advice for problem in error.problems)


@pytest.mark.parametrize(
    ("name", "mends"),
    [
        (
            "retail_media",
            ["did you mean 'opt_out'?", "write 0.7, a share of 1", "did you mean 'opt_in'?"],
        ),
        (
            "algorithmic_prices",
            ["write 0.1, a share of 1", "write 0.1, a share of 1", "what comes nearest is 'personal_prices'"],
        ),
    ],
)
def test_a_first_try_is_told_what_mends_it(name: str, mends: list[str]) -> None:
    with pytest.raises(ScenarioError) as error:
        read_scenario(next(file for file in ASKED_FOR if file.stem == name))
    found = [problem.advice for problem in error.value.problems]
    assert len(found) == len(mends)
    assert all(mend in advice for mend, advice in zip(mends, found, strict=True))


MENDS = {
    "10%": "0.1",
    "30%": "0.3",
    "50%": "0.5",
    "opt-out": "opt_out",
    "opt-in": "opt_in",
    "sign at the door": "sign_at_the_door",
    "face_recognition": "biometrics",
    "data_breach": "leak",
    "payment cards": "payment_cards",
    "fields: health": "fields: sensitive_purchases",
}


@pytest.mark.parametrize(
    "name", ["deletion_and_opt_out", "faces_in_stores", "pharmacy_and_card", "breach_and_class_action"]
)
def test_a_first_try_is_right_once_every_hint_has_been_followed(name: str) -> None:
    text = next(file for file in ASKED_FOR if file.stem == name).read_text(encoding="utf-8")
    for wrong, right in MENDS.items():
        text = text.replace(wrong, right)
    assert len(scenario_from_text(text).policies) in (2, 3)
