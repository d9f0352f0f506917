"""The naive return by hand from the baseline's books, and reasons that are read off what was lived."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import SALE

from simulation.model.accounts import Flow
from simulation.model.ledger import Measure
from simulation.runs.outcome import Outcome
from simulation.runs.return_sheet import Line, return_sheet
from simulation.runs.run import run_scenario
from simulation.scenario.population import GROUPS, TIERS
from simulation.scenario.schema import Scenario, scenario_type

Floats = np.ndarray[Any, np.dtype[np.float64]]
STORY = {"week": 10, "do": "press_story", "about": "share_data", "reach": 0.9}
POLICIES = {
    "status quo": [],
    "member prices": [{"week": 5, "do": "member_prices", "saving": 0.1, "markup": 0.0}],
    "dearer without": [{"week": 5, "do": "member_prices", "saving": 0.1, "markup": 0.05, "until": 20}],
    "more reward": [{"week": 5, "do": "reward_programme", "reward_rate": 0.03, "surprise_gift": 0.005}],
    "top tier": [{"week": 5, "do": "top_tier_only", "threshold": 0.9, "bonus": 0.02}],
    "personal": [{"week": 5, "do": "personal_prices", "dispersion": 0.1}],
    "offers": [{"week": 5, "do": "targeted_offers", "intensity": 2, "depth": 0.5, "bought_data": "credit"}],
    "answers": [
        {"week": 5, "do": "leak", "share": 0.1},
        {"week": 6, "do": "respond", "about": "leak", "compensation": 10},
        SALE | {"consent": "opt_in", "week": 7},
        {"week": 7, "do": "survey_first", "about": "share_data", "cost": 5000, "stop_if_refusing_above": 1},
    ],
}
PLACES = {name: place for place, name in enumerate(POLICIES)}


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    data = {
        "title": "sheet",
        "uncertain": "chance",
        "question": "what would an analyst write?",
        "weeks": 30,
        "replicates": 2,
        "population": {"shoppers": 2000},
        "institutions": [],
        "policies": POLICIES,
    }
    return run_scenario(scenario_type().model_validate(data))


def sheet(outcome: Outcome, policy: str) -> dict[str, Line]:
    return {line.name.split(":")[-1].strip(): line for line in return_sheet(outcome, PLACES[policy])}


def of_baseline(outcome: Outcome, measure: Measure, first: int = 5, last: int = 30) -> Floats:
    """Return a measure of the baseline over some weeks by tier: mean over replicates, dollars or person-weeks."""
    cells = np.mean([each.weekly[first - 1 : last, 0, ..., measure] for each in outcome.replicates], axis=0)
    tiers = cells.sum(axis=(0, 1)).reshape(-1, len(TIERS), len(GROUPS)).sum(axis=(0, 2))
    return tiers / 100 if measure >= Measure.SALES else tiers


def test_a_price_cut_is_the_naive_cost_of_member_prices(outcome: Outcome) -> None:
    lines, carded = sheet(outcome, "member prices"), of_baseline(outcome, Measure.CARDED_SALES).sum()
    assert lines["what each patron buys and pays"].naive == pytest.approx(-0.1 * carded)
    assert lines["rewards to shoppers"].naive == pytest.approx(0.01 * 0.1 * carded), "a tenth less is rewarded"
    until = of_baseline(outcome, Measure.CARDED_SALES, 5, 20).sum(), of_baseline(outcome, Measure.SALES, 5, 20).sum()
    dearer = 0.05 * (until[1] - until[0]) + (1.05 * 0.9 - 1) * until[0]
    assert sheet(outcome, "dearer without")["what each patron buys and pays"].naive == pytest.approx(dearer)


def test_rewards_by_hand(outcome: Outcome) -> None:
    carded = of_baseline(outcome, Measure.CARDED_SALES)
    more = sheet(outcome, "more reward")["rewards to shoppers"]
    assert more.naive == pytest.approx(-(0.03 - 0.01 + 0.005) * carded.sum())
    tier = sheet(outcome, "top tier")["rewards to shoppers"]
    assert tier.naive == pytest.approx(0.01 * carded[:2].sum() - 0.02 * carded[2]), "the lower tiers lose theirs"


def test_personal_prices_by_hand(outcome: Outcome) -> None:
    carded = of_baseline(outcome, Measure.CARDED_SALES)
    # the middles of the tiers are the ranks 0.25, 0.7 and 0.95: 5 % less, 4 % more and 9 % more
    by_hand = carded @ np.array([-0.05, 0.04, 0.09])
    assert sheet(outcome, "personal")["what each patron buys and pays"].naive == pytest.approx(by_hand)


def test_offers_by_hand(outcome: Outcome) -> None:
    members = of_baseline(outcome, Measure.MEMBERS).sum()
    by_hand = -(2 * 0.02 * members + 1.0 * members / 52)  # two cents an offer, a dollar a member-year of credit data
    assert sheet(outcome, "offers")["offers"].naive == pytest.approx(by_hand)


def test_dated_answers_are_in_the_plan(outcome: Outcome) -> None:
    line = sheet(outcome, "answers")["answering for it"]
    leaked = [
        max(int(0.1 * each.weekly[week, 0, ..., Measure.MEMBERS].sum() + 0.5) for week in (4, 5))
        for each in outcome.replicates
    ]
    assert line.naive == pytest.approx(-5000 - 10 * np.mean(leaked))
    paid = outcome.flow(Flow.COMPENSATION)[..., PLACES["answers"]].sum() / 2 / 100
    assert line.simulated == pytest.approx(-5000 - paid)
    assert line.cause.startswith("compensation: $") and line.cause.endswith("surveys: $5 k")


def test_whoever_changes_nothing_has_an_empty_sheet(outcome: Outcome) -> None:
    assert all((line.naive, line.simulated, line.cause) == (0, 0, "") for line in return_sheet(outcome, 0))


def amounts(cause: str, what: str) -> list[float]:
    """Return what came and what was counted on, as a cause says it."""
    part = next(each for each in cause.split("; ") if each.startswith(f"{what}: "))
    sizes = {"": 1.0, "k": 1e3, "M": 1e6, "bn": 1e9}
    found = re.findall(r"([\d.,]+)(?: (k|M|bn))?", part.removeprefix(f"{what}: "))
    return [float(number.replace(",", "")) * sizes[unit] for number, unit in found]


def test_reasons_are_figures_of_what_was_lived(outcome: Outcome) -> None:
    policy = PLACES["member prices"]
    line = sheet(outcome, "member prices")["rewards to shoppers"]
    now, then = amounts(line.cause, "sales on the card")
    lived = outcome.weekly(Measure.CARDED_SALES)[..., policy].sum(axis=1).mean() / 100
    before = of_baseline(outcome, Measure.CARDED_SALES, 1, 4).sum()
    planned = before + 0.9 * of_baseline(outcome, Measure.CARDED_SALES).sum()
    assert now == pytest.approx(lived, rel=1e-3) and then == pytest.approx(planned, rel=1e-3)
    assert now > then and line.difference < 0, "members' prices bring sales to the card, and rewards are due on them"
    patrons = [outcome.weekly(Measure.PATRONS)[..., each].sum(axis=1).mean() / 52 for each in (policy, 0)]
    cause = sheet(outcome, "member prices")["other numbers of patrons"].cause
    assert cause == "" or amounts(cause, "patron-years") == pytest.approx(patrons, abs=0.5)


def test_who_takes_part_is_counted_once_whoever_gets_the_data(make_scenario: Callable[..., Scenario]) -> None:
    two = [SALE, SALE | {"name": "second", "with": "broker", "fee_per_member_year": 0.25, "week": 10}]
    lived = run_scenario(make_scenario({"both": two}, weeks=20, institutions=[]))
    line = return_sheet(lived, 1)[0]
    members = lived.weekly(Measure.MEMBERS)[0, :, 0]
    assert line.naive == pytest.approx((0.5 * members[4:].sum() + 0.25 * members[9:].sum()) / 52)
    if line.cause:
        assert "member-years of data" in line.cause
        assert amounts(line.cause, "member-years of data")[1] == pytest.approx(members[4:].sum() / 52, abs=0.5)


def test_what_the_baseline_sells_too_is_no_gain(make_scenario: Callable[..., Scenario]) -> None:
    asked = SALE | {"consent": "opt_in", "reward": 0.01}
    policies = {
        "sold already": [asked],
        "changed": [asked, {"week": 9, "do": "change_terms", "about": "share_data"}, STORY],
    }
    eager = {"considering_enrolment_per_week": 0.3}
    base = make_scenario(weeks=40, institutions=[], population={"shoppers": 2000}, behaviour=eager)
    data = base.model_dump(mode="json", by_alias=True, exclude_unset=True)
    lived = run_scenario(scenario_type().model_validate(data | {"policies": policies}))
    lines = return_sheet(lived, 1)
    assert [line.naive for line in lines] == [0.0] * len(lines)
    years = [lived.weekly(Measure.SHARED)[0, :, policy].sum() / 52 for policy in (1, 0)]
    assert years[0] != years[1]
    for line in lines[:2]:  # fees, and the rewards of those who take part
        assert amounts(line.cause, "member-years of data") == pytest.approx(years, abs=0.5)


def test_a_pilot_that_goes_everywhere_is_paid_for_once(make_scenario: Callable[..., Scenario]) -> None:
    pilot = SALE | {"markets": ["pilot"]}
    markets = {"pilot": 0.25, "elsewhere": 0.75}
    lived = run_scenario(
        make_scenario({"scaled": [pilot, SALE | {"week": 10}]}, weeks=20, institutions=[], markets=markets)
    )
    members = lived.weekly(Measure.MEMBERS)[0, :, 0]
    by_hand = 0.5 * (0.25 * members[4:9].sum() + members[9:].sum()) / 52
    assert return_sheet(lived, 1)[0].naive == pytest.approx(by_hand)
