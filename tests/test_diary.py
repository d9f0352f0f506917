"""The diary of a run agrees with the books, and twins are apart only once something has reached them."""

import numpy as np
import pytest

from simulation.model.ledger import Measure
from simulation.runs.event_history import Diary, keep_diary
from simulation.scenario.schema import scenario_type

SALE = {"week": 10, "do": "share_data", "with": "insurer", "consent": "opt_out", "fee_per_member_year": 0.5}
STORY = {"week": 20, "do": "press_story", "about": "share_data", "reach": 0.8}
CASE = {
    "title": "t",
    "uncertain": "chance",
    "question": "q",
    "weeks": 60,
    "population": {"shoppers": 3000},
    "policies": {"none": [], "same": [], "sale": [SALE, STORY]},
    "behaviour": {"stated_weight_in_action": 1.0},
    "institutions": [],  # the rival answers a story with a campaign that reaches everybody
}


@pytest.fixture(scope="module")
def diary() -> Diary:
    return keep_diary(scenario_type().model_validate(CASE))


def test_what_shoppers_bought_adds_up_to_the_books(diary: Diary) -> None:
    weekly = diary.model.ledger.weekly.sum(axis=(0, 2, 3))
    assert diary.totals.sales_cents.sum(axis=1).tolist() == weekly[:, Measure.SALES].tolist()
    assert diary.totals.carded_sales_cents.sum(axis=1).tolist() == weekly[:, Measure.CARDED_SALES].tolist()
    assert diary.totals.trips.sum(axis=1).tolist() == weekly[:, Measure.TRIPS].tolist()


def test_first_weeks_agree_with_the_books(diary: Diary) -> None:
    weekly = diary.model.ledger.weekly.sum(axis=(2, 3))
    left = diary.first["left"] * diary.people.opening_patron
    for policy in range(3):
        counted = np.bincount(left[policy], minlength=61)[1:]
        assert counted.tolist() == weekly[:, policy, Measure.FIRST_LEFT].tolist()
        for state, measure in (("cancelled", Measure.CANCELLED), ("swapped", Measure.SWAPPED)):
            once = np.count_nonzero(diary.first[state][policy])  # both are for good, so each shopper once at most
            assert once == weekly[:, policy, measure].sum()
        declined = np.count_nonzero(diary.first["opted_out"][policy])
        assert declined == weekly[-1, policy, Measure.OPTED_OUT]


def test_twins_are_apart_only_where_a_policy_has_reached_them(diary: Diary) -> None:
    apart = diary.first["apart"]
    assert not apart[:2].any()
    assert apart[2].any() and apart[2][apart[2] > 0].min() >= SALE["week"]
    unreached = (diary.lives.aware_week[2] == 0) & (diary.first["opted_in"][2] == 0)
    assert not apart[2][unreached].any()
    assert (apart[2] >= diary.lives.aware_week[2])[apart[2] > 0].all()


def test_a_silence_is_noted_when_its_last_week_ends(diary: Diary) -> None:
    trips: list[np.ndarray] = []
    again = keep_diary(
        scenario_type().model_validate(CASE | {"weeks": 30}), each_week=lambda now: trips.append(now.lives.trips[0] > 0)
    )
    came = np.stack(trips)
    for shopper in range(0, 3000, 37):
        runs = [week for week in range(8, 31) if not came[week - 8 : week, shopper].any()]
        assert again.first["silent_8"][0, shopper] == (runs[0] if runs else 0)
