"""Cameras that know faces: what they save and cost, whom they concern, and that no card is put away for them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from test_engines import LOUD, same

from simulation.behaviour import rules
from simulation.model.accounts import Flow, Party, balances, place_of
from simulation.model.ledger import Measure, Touched
from simulation.model.model import LoyaltyModel
from simulation.scenario.drawn import drawn_addresses
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]
FACES = {"week": 5, "do": "biometrics", "purpose": "theft"}
STORY = {"week": 6, "do": "press_story", "about": "biometrics", "reach": 0.9}


def lived(make: Make, *actions: dict[str, Any], **settings: Any) -> LoyaltyModel:
    """Return a status quo and a policy of some actions lived, with nobody acting of their own accord."""
    usual: dict[str, Any] = {"weeks": 16, "institutions": [], "population": {"shoppers": 2000}}
    return LoyaltyModel(make({"seen": list(actions)}, **(usual | settings))).run()


def by_week(model: LoyaltyModel, measure: Measure, policy: int = 1) -> list[int]:
    """Return a measure of a policy, week by week."""
    counted: list[int] = model.ledger.weekly[:, policy, ..., measure].sum(axis=(1, 2)).tolist()
    return counted


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_what_is_not_stolen_and_what_cameras_cost_to_the_cent(share: float, make_scenario: Make) -> None:
    model = lived(make_scenario, FACES | {"share_of_stores": share, "until": 12})
    sales = by_week(model, Measure.SALES)[4:12]
    # .57 % is stolen, 16 % of it no longer; goods cost three quarters of their price. Cameras cost .03 % of sales
    saved = [int(each * share * 0.0057 * 0.16 * 0.75 + 0.5) for each in sales]
    cost = [int(each * share * 0.0003 + 0.5) for each in sales]
    accounts = model.accounts.weekly[:, 1]
    assert accounts[:, place_of("theft_avoided")].tolist() == [0] * 4 + saved + [0] * 4 and min(saved) > 100
    assert accounts[:, place_of("camera_costs")].tolist() == [0] * 4 + cost + [0] * 4
    contribution = model.ledger.weekly[:, 1, ..., Measure.CONTRIBUTION].sum()
    assert balances(accounts, Party.RETAILER).sum() == contribution + sum(saved) - sum(cost)


def test_measured_faces_bring_what_suppliers_pay_and_stop_no_thief(make_scenario: Make) -> None:
    model = lived(make_scenario, FACES | {"purpose": "marketing"}, sensing={"gain_by_measured_faces": 0.52})
    # 52 cents a year are one cent a week for each patron
    assert model.accounts.weekly[4:, 1, place_of("measured_faces")].tolist() == by_week(model, Measure.PATRONS)[4:]
    assert not model.accounts.weekly[..., place_of("theft_avoided")].any()


def test_all_who_come_are_concerned_card_or_no_card(make_scenario: Make) -> None:
    model = lived(make_scenario, FACES)
    assert model.ledger.touched[4:, 1, 0, 0, Touched.FLOWING].tolist() == by_week(model, Measure.PATRONS)[4:]
    assert rules.is_concerned(6, 0, 1, 0, 0, 0.5) == 1 and rules.is_concerned(6, 1, 0, 0, 0, 0.5) == 0


@pytest.mark.parametrize(("scope", "patron", "member", "met"), [(6, 1, 0, 1), (6, 0, 0, 0), (1, 1, 0, 0), (0, 1, 1, 1)])
def test_a_practice_meets_members_and_cameras_meet_patrons(scope: int, patron: int, member: int, met: int) -> None:
    assert rules.addressed(scope, patron, member) == met
    assert rules.chance_of_noticing(0.5, 1.0, 6, 0, met, 0, 0.0) == 0.5 * met


def test_no_card_is_put_away_for_it_but_patrons_leave(make_scenario: Make) -> None:
    model = lived(make_scenario, FACES, STORY, behaviour={"stated_weight_in_action": 0.6})
    assert np.array_equal(model.lives.card[0], model.lives.card[1])
    assert by_week(model, Measure.LEFT)[5] > 2 * by_week(model, Measure.LEFT, 0)[5]
    both = (model.lives.trips > 0).all(axis=0)  # who came in both lives
    assert both.sum() > 500  # noqa: PLR2004
    assert np.array_equal(model.lives.swiped[0][both], model.lives.swiped[1][both])
    card = {"week": 5, "do": "leak", "reach": 0.9}
    given = lived(make_scenario, card, behaviour={"stated_weight_in_action": 0.6})
    assert not np.array_equal(given.lives.card[0], given.lives.card[1])


@pytest.mark.parametrize(
    ("burden", "sensed", "given"),
    [(0.0, 0.0, 1.0), (0.8, 0.0, 1.0), (0.8, 0.2, 0.75), (0.8, 0.8, 0.0), (0.1, 0.3, 0.0)],
)
def test_the_part_of_a_burden_that_has_to_do_with_the_card(burden: float, sensed: float, given: float) -> None:
    assert rules.share_given(burden, sensed) == given


def test_a_sign_is_read_by_those_who_come_and_by_nobody_else(make_scenario: Make) -> None:
    attentive = {"attitudes": {"attentive": 1, "vulnerable": 0}, "sensing": {"noticing_cameras_per_week": 0}}
    quiet = {"behaviour": {"believing_word_of_mouth": 0}}
    model = lived(
        make_scenario,
        FACES,
        weeks=5,
        sensing={**attentive.pop("sensing"), "noticing_a_sign_per_week": 0.5},
        **attentive,
        **quiet,
    )
    aware, patron = model.lives.aware[1] != 0, model.people.opening_patron == 1
    assert aware[patron].mean() == pytest.approx(0.5, abs=0.05)
    assert aware[~patron].mean() < 0.1, "but for those who came back meanwhile"
    unsigned = lived(make_scenario, FACES | {"notice": "none"}, sensing={"noticing_cameras_per_week": 0})
    assert by_week(unsigned, Measure.AWARE) == [0] * 16


def test_half_the_stores_are_felt_half_and_a_half_of_the_rest(make_scenario: Make) -> None:
    every, half = (lived(make_scenario, FACES | {"share_of_stores": share}, weeks=6) for share in (1.0, 0.5))
    departs = [float(model.practices["departure"][5, 1, 0, 0]) for model in (every, half)]
    # .6, by notice only a tenth more; with cameras in half the stores, felt half as much by the other half
    assert departs == pytest.approx([0.66, 0.66 * 0.75])


def test_an_old_sign_is_hardly_seen(make_scenario: Make) -> None:
    settings = {"sensing": {"noticing_a_sign_per_week": 0.05}, "behaviour": {"asking_lasts_weeks": 4}}
    read = lived(make_scenario, FACES | {"share_of_stores": 0.5}, **settings).practices["notice"][:, 1, 0, 0]
    assert read.tolist() == pytest.approx([0] * 4 + [0.025] * 4 + [0.0025] * 8)


@pytest.mark.parametrize(
    ("law", "notice", "lawful"),
    [
        ("illinois", "sign_at_the_door", False),
        ("eu", "sign_at_the_door", False),
        ("my_health_my_data", "sign_at_the_door", False),
        ("uk", "sign_at_the_door", True),
        ("uk", "none", False),
        ("california", "none", False),
        ("none", "none", True),
    ],
)
def test_a_law_allows_faces_with_a_sign_or_not_at_all(law: str, notice: str, lawful: bool, make_scenario: Make) -> None:
    for obeyed, column in ((True, "running"), (False, "unlawful")):
        event = {"week": 6, "do": "law", "law": law, "obeyed": obeyed}
        model = lived(make_scenario, FACES | {"notice": notice}, weeks=8, events=[event])
        assert model.practices[column][:, 1, 0, 0].tolist()[4:] == (
            [1] + [float(lawful)] * 3 if obeyed else [0] + [float(not lawful)] * 3
        )


def test_a_law_that_is_obeyed_switches_the_cameras_off_where_it_holds(make_scenario: Make) -> None:
    law = {"week": 8, "do": "law", "law": "illinois", "markets": ["Illinois"]}
    model = lived(make_scenario, FACES, events=[law], markets={"Illinois": 0.2, "elsewhere": 0.8})
    for lever in ("cameras", "faces_against_theft"):
        assert model.levers[lever][:, 1].tolist() == [[0, 0]] * 4 + [[1, 1]] * 3 + [[0, 1]] * 9


def test_a_law_that_is_not_named_is_about_what_goes_to_others(make_scenario: Make) -> None:
    event = {"week": 6, "do": "law", "requires": "opt_in"}
    assert lived(make_scenario, FACES, weeks=8, events=[event]).practices["running"][7, 1, 0, 0] == 1


def test_a_court_has_so_much_paid_for_each_face_and_a_regulator_fines(make_scenario: Make) -> None:
    law = {"week": 1, "do": "law", "law": "illinois", "obeyed": False}
    world = {"class_action_per_story": 1, "class_action_weeks": 4, "settlement_spread": 0, "inquiry_after_story": 1}
    world |= {"inquiry_weeks": 6, "inquiry_weeks_spread": 0, "fined_share": 1, "fine_spread": 0}
    model = lived(
        make_scenario, FACES, STORY, events=[law], institutions=["court", "regulator"], world=world,
        sensing={"settlement_per_face": 10},
    )  # fmt: skip
    paid = model.accounts.weekly[:, 1, Flow.SETTLEMENTS]
    patrons = by_week(model, Measure.PATRONS)
    # the story of week 6 is taken up in week 7 and settled in week 11, for as many as it concerned in any week
    assert np.flatnonzero(paid).tolist() == [10] and paid[10] == 1000 * max(patrons[4:10])
    # the inquiry of week 7 ends in week 13: .2 dollars a head, twice as much against a law
    fined = model.accounts.weekly[:, 1, Flow.FINES]
    assert np.flatnonzero(fined).tolist() == [12] and fined[12] == pytest.approx(40 * max(patrons[4:12]), abs=1)
    assert model.practices["running"][13, 1, 0, 0] == 0


def test_a_class_is_of_those_whom_the_law_protects(make_scenario: Make) -> None:
    law = {"week": 1, "do": "law", "law": "illinois", "obeyed": False, "markets": ["Illinois"]}
    world = {"class_action_per_story": 1, "class_action_weeks": 4, "settlement_spread": 0}
    model = lived(
        make_scenario, FACES, STORY, events=[law], institutions=["court"], world=world,
        markets={"Illinois": 0.2, "elsewhere": 0.8}, sensing={"settlement_per_face": 10},
    )  # fmt: skip
    here = model.ledger.weekly[4:10, 1, 0, :, Measure.PATRONS].sum(axis=1)
    assert model.accounts.weekly[10, 1, Flow.SETTLEMENTS] == 1000 * here.max() < 1000 * 400


def test_cameras_in_no_store_change_exactly_nothing(make_scenario: Make) -> None:
    model = lived(make_scenario, FACES | {"share_of_stores": 0.0})
    assert np.array_equal(model.ledger.weekly[:, 0], model.ledger.weekly[:, 1])
    assert np.array_equal(model.accounts.weekly[:, 0], model.accounts.weekly[:, 1])
    assert all(np.array_equal(column[0], column[1]) for column in model.lives)


def test_twins_are_the_same_until_the_week(make_scenario: Make) -> None:
    model = lived(make_scenario, FACES | {"week": 9}, STORY | {"week": 9})
    assert np.array_equal(model.ledger.weekly[:8, 0], model.ledger.weekly[:8, 1])
    assert np.array_equal(model.accounts.weekly[:8, 0], model.accounts.weekly[:8, 1])
    assert not np.array_equal(model.ledger.weekly[8, 0], model.ledger.weekly[8, 1])


def test_engines_agree_where_faces_and_cards_are_resented_together(make_scenario: Make) -> None:
    sale = {"week": 4, "do": "share_data", "with": "broker", "consent": "opt_out", "fee_per_member_year": 1}
    seen = [FACES, STORY, sale, {"week": 8, "do": "press_story", "about": "share_data", "reach": 0.5}]
    how: dict[str, Any] = {"weeks": 20, "population": {"shoppers": 150}}
    case = make_scenario({"seen": seen}, behaviour=LOUD | {"card_dropping_by_grievance": 200}, **how)
    columns = LoyaltyModel(case).run()
    same(LoyaltyModel(case, engine="agents").run(), columns)
    assert columns.ledger.weekly[:, 1, ..., Measure.HEARD_NOTICE].any()


def test_its_numbers_are_drawn_where_it_is_used_alone(make_scenario: Make) -> None:
    plain, used = (make_scenario({"seen": actions}, uncertain="prior") for actions in ([], [FACES]))
    more = {*drawn_addresses(used)} - {*drawn_addresses(plain)}
    assert "sensing.departure_of_faces_for_theft" in more and {each.partition(".")[0] for each in more} == {"sensing"}
