"""Boycotts: calls, who sees them, when the other side moves, and how they end."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from test_engines import LOUD, same

from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.scenario.drawn import drawn_addresses
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import scenario_from_text
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]
CALLED = {"week": 5, "do": "boycott", "minded_by": 0.4, "reach": 0.5, "until": 20}


def lived(make: Make, *actions: dict[str, Any], **settings: Any) -> LoyaltyModel:
    """Return a status quo and a policy of some actions lived, with nobody acting of their own accord."""
    usual: dict[str, Any] = {"weeks": 26, "institutions": [], "population": {"shoppers": 1000}}
    return LoyaltyModel(make({"boycott": list(actions)}, **(usual | settings))).run()


def term(model: LoyaltyModel, name: str) -> list[float]:
    """Return a term of the boycott, week by week."""
    rows: list[float] = model.practices[name][:, 1, 0, 0].tolist()
    return rows


def aware(model: LoyaltyModel) -> list[int]:
    counted: list[int] = model.ledger.weekly[:, 1, ..., Measure.AWARE].sum(axis=(1, 2)).tolist()
    return counted


def test_a_boycott_without_the_new_terms_is_written_as_ever(make_scenario: Make) -> None:
    model = lived(make_scenario, CALLED | {"reminders_every": 8, "counter_movement": 0.1})
    fades = [0.5 * 0.3**age for age in range(6)]
    # a call in week 5 and a reminder in week 13 that are each over after six weeks; none in week 21, after the end
    assert term(model, "press") == pytest.approx([0] * 4 + fades + [0] * 2 + fades + [0] * 8)
    assert term(model, "running") == [0] * 4 + [1] * 16 + [0] * 6
    assert term(model, "departure") == [0] * 4 + [1] * 22
    assert term(model, "counter") == [0] * 4 + [0.1] * 22
    assert term(model, "experience") == [0] * 26


def test_people_call_on_weeks_that_they_have_agreed_on(make_scenario: Make) -> None:
    model = lived(make_scenario, CALLED | {"calls": [8, 9, 18], "reminder_reach": 0.2})
    first, later = [0.5 * 0.3**age for age in range(6)], [0.2 * 0.3**age for age in range(6)]
    # the call of week 8 is louder than what is left of week 5; that of week 9 is as loud again
    called = [*first[:3], *later[:1], *later]
    assert term(model, "press")[4:14] == pytest.approx(called)
    assert term(model, "press")[17:23] == pytest.approx(later)


def test_what_everybody_sees_comes_to_be_known_to_everybody_while_it_goes_on(make_scenario: Make) -> None:
    unseen = lived(make_scenario, CALLED | {"reach": 0.0}, behaviour={"believing_word_of_mouth": 0})
    seen = CALLED | {"reach": 0.0, "visibility": 0.5}
    how: dict[str, Any] = {
        "behaviour": {"believing_word_of_mouth": 0},
        "boycotts": {"noticing_a_boycott_per_week": 0.2},
    }
    model = lived(make_scenario, seen, **how)
    assert aware(unseen) == [0] * 26
    # a tenth notice each week, 16 weeks long, and nobody after
    assert aware(model)[19] / 1000 == pytest.approx(1 - 0.9**16, abs=0.04)
    assert aware(model)[19:] == [aware(model)[19]] * 7


def test_a_counter_movement_begins_later(make_scenario: Make) -> None:
    model = lived(make_scenario, CALLED | {"counter_movement": 0.2, "counter_from": 9})
    assert term(model, "counter") == [0] * 8 + [0.2] * 18


def test_nothing_is_felt_on_after_demands_are_met(make_scenario: Make) -> None:
    met, given_up = (lived(make_scenario, CALLED | {"demands_met": each}, weeks=60) for each in (True, False))
    assert term(met, "departure") == [0] * 4 + [1] * 16 + [0] * 40
    trust = [model.ledger.weekly[-1, 1, ..., Measure.TRUST].sum() for model in (met, given_up)]
    assert trust[0] > trust[1]


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ("calls: [12], reminders_every: 4", "calls on agreed weeks and reminders every so many weeks"),
        ("calls: [9]", "a call in week 9 lies outside of the boycott"),
        ("calls: [30], until: 20", "a call in week 30 lies outside of the boycott"),
        ("demands_met: true", "it never ends[^$]*until"),
    ],
)
def test_terms_that_do_not_go_together_are_refused(terms: str, said: str) -> None:
    head = "title: t\nquestion: q?\nweeks: 60\npopulation: {shoppers: 500}\npolicies:\n  status quo: []\n  new:\n"
    with pytest.raises(ScenarioError, match=said):
        scenario_from_text(f"{head}    - {{week: 9, do: boycott, minded_by: 0.3, {terms}}}\n")


def test_terms_that_say_what_is_so_anyway_change_exactly_nothing(make_scenario: Make) -> None:
    plain = lived(make_scenario, CALLED | {"counter_movement": 0.2})
    said = {"visibility": 0, "counter_from": 5, "reminder_reach": 0.9}
    same(plain, lived(make_scenario, CALLED | {"counter_movement": 0.2} | said))


def test_twins_are_the_same_until_the_week_and_engines_agree(make_scenario: Make) -> None:
    full = CALLED | {
        "calls": [9, 12],
        "visibility": 1,
        "counter_movement": 0.3,
        "counter_from": 10,
        "demands_met": True,
    }
    case = make_scenario({"boycott": [full]}, weeks=24, population={"shoppers": 150}, behaviour=LOUD)
    columns = LoyaltyModel(case).run()
    assert np.array_equal(columns.ledger.weekly[:4, 0], columns.ledger.weekly[:4, 1])
    assert not np.array_equal(columns.ledger.weekly[4, 0], columns.ledger.weekly[4, 1])
    same(LoyaltyModel(case, engine="agents").run(), columns)


def test_its_number_is_drawn_only_where_it_can_be_seen(make_scenario: Make) -> None:
    plain, used = (make_scenario({"b": [CALLED | {"visibility": each}]}, uncertain="prior") for each in (0, 0.5))
    assert {*drawn_addresses(used)} - {*drawn_addresses(plain)} == {"boycotts.noticing_a_boycott_per_week"}
