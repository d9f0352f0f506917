"""Stories and what follows them: the press, the regulator, the court, a boycott, and an answer to complaints."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import SALE

from simulation.behaviour.draws import Purpose, keys_of_week, standard_normal, uniform
from simulation.model.accounts import Flow, Party, balances
from simulation.model.authorities import Court, Regulator
from simulation.model.institutions import Retailer
from simulation.model.ledger import Measure, Touched
from simulation.model.model import LoyaltyModel
from simulation.model.press import Press
from simulation.scenario.practices import Scope
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]
STORY = {"week": 10, "do": "press_story", "about": "share_data", "reach": 0.9}
STOP = {"week": 11, "do": "respond", "about": "share_data", "stop": True}
CALL = {"do": "boycott", "week": 6, "minded_by": 0.3, "reach": 0.4}
SURE = {"inquiry_after_story": 1, "fined_share": 1, "fine_spread": 0, "inquiry_weeks": 20, "inquiry_weeks_spread": 0}
SUED = {"class_action_per_story": 1, "class_action_weeks": 25, "settlement_spread": 0, "settlement_per_head": 1.5}
NO_COMPLAINTS = {"complaining_per_week": 0}


def of(model: LoyaltyModel, kind: type[Any]) -> Any:
    """Return the institution of the second policy."""
    return next(each for each in model.agents_by_type[kind] if each.policy == 1)


def lived(make: Make, *actions: dict[str, Any], **settings: Any) -> LoyaltyModel:
    """Return a model that has lived a policy of these actions."""
    return LoyaltyModel(make({"policy": list(actions)}, **{"weeks": 40, "institutions": []} | settings)).run()


# --- the press ----------------------------------------------------------------------------------------------------


def test_a_chance_story_reaches_what_its_luck_says(make_scenario: Make) -> None:
    world = {
        "press_hazard_per_year": 50,
        "chance_story_reach": 0.1,
        "story_reach_spread": 0.5,
        "follow_ups_per_year": 0,
    }
    model = lived(make_scenario, SALE, weeks=200, institutions=["press"], world=world)
    luck = standard_normal(keys_of_week(7, 0, 0)[Purpose.PRESS_REACH], 0)
    reach = model.practices[:, 1, 0, 0]["press"]
    assert reach.max() == pytest.approx(min(0.58, 0.1 * math.exp(0.5 * luck)))
    assert np.count_nonzero(reach) == 6, "one story, and a story is over after six weeks"


def test_a_story_breaks_later_under_a_hazard_that_rises(make_scenario: Make) -> None:
    def week(shape: float) -> int:
        world = {"press_hazard_per_year": 8, "exposure_shape": shape}
        model = lived(make_scenario, SALE, weeks=300, institutions=["press"], world=world)
        return int(model.exposed_week[1])

    # by shape 2 the first year has a tenth of the mean hazard
    assert 0 < week(1.0) < week(2.0)


def fatigued(make: Make, *, tired: float, scandal: int) -> float:
    """Return the reach of a chance story in the weeks after a scandal at another firm."""
    world = {"press_hazard_per_year": 50, "trade_fatigue": tired, "exposure_shape": 1, "follow_ups_per_year": 0}
    elsewhere = {"do": "scandal_elsewhere", "week": scandal, "reach": 0.01}
    model = lived(make, SALE | {"week": 60}, elsewhere, weeks=100, institutions=["press"], world=world)
    return float(model.practices[:, 1, 0, 0]["press"].max())


def test_the_public_is_tired_of_a_trade_that_has_just_been_in_print(make_scenario: Make) -> None:
    fresh = fatigued(make_scenario, tired=1.0, scandal=50)
    assert fatigued(make_scenario, tired=0.5, scandal=50) == pytest.approx(fresh / 2)
    # over since week 6, more than ten months before week 60
    assert fatigued(make_scenario, tired=0.5, scandal=1) == pytest.approx(fresh)


def shared(make: Make, chance: float, sells: bool, weeks: int = 52) -> float:
    """Return the yearly hazard of a sale in week 30, the rival's move being twenty weeks old."""
    world = {
        "shared_exposure": chance,
        "exposure_shape": 1,
        "press_hazard_per_year": 0.1,
        "refuge_lost_if_rival_sells": 0,
    }
    move = {"do": "rival_move", "week": 10, "sells_data": sells, "weeks": weeks}
    model = LoyaltyModel(make({"policy": [SALE, move]}, weeks=31, institutions=[], world=world))
    while model.week < 30:
        model.step()
    press = of(model, Press)
    return float(press._hazard(press.now[:, 0], 0))


def test_an_article_about_a_rival_that_sells_too_exposes_the_retailer(make_scenario: Make) -> None:
    alone = shared(make_scenario, 0.7, sells=False)
    assert alone > 0
    assert shared(make_scenario, 0.7, sells=True) == pytest.approx(1.7 * alone)
    assert shared(make_scenario, 0.0, sells=True) == pytest.approx(alone)
    assert shared(make_scenario, 0.7, sells=True, weeks=5) == pytest.approx(alone), "it has stopped in week 14"


# --- the regulator ------------------------------------------------------------------------------------------------


def test_a_story_brings_an_inquiry_without_any_complaint_and_even_into_what_has_stopped(make_scenario: Make) -> None:
    model = lived(make_scenario, SALE, STORY, STOP, institutions=["regulator"], world=SURE, behaviour=NO_COMPLAINTS)
    assert of(model, Regulator).inquiries == {0: 11 + 20}
    most = model.ledger.touched[:, 1, 0, 0, Touched.FLOWING].max()
    fine = model.levers[:, 1, 0]["fine"]
    assert np.flatnonzero(fine).tolist() == [30] and fine[30] == pytest.approx(0.2 * most)
    paid = model.accounts.weekly[:, 1, Flow.FINES]
    assert paid.sum() == paid[30] == np.floor(100 * fine[30] + 0.5)


def test_without_a_story_a_complaint_or_a_broken_law_nobody_inquires(make_scenario: Make) -> None:
    model = lived(make_scenario, SALE, institutions=["regulator"], world=SURE, behaviour=NO_COMPLAINTS)
    assert not of(model, Regulator).inquiries


def test_few_complaints_are_enough_for_some_inquiries(make_scenario: Make) -> None:
    world = SURE | {"inquiry_after_story": 0, "complaints_to_an_authority": 1, "inquiries_per_year": 50}
    model = lived(
        make_scenario, SALE, STORY, institutions=["regulator"], world=world, behaviour={"complaining_per_week": 0.05}
    )
    opened = of(model, Regulator).inquiries[0] - 20
    complained = model.ledger.weekly[: opened - 1, 1, ..., Measure.COMPLAINED].sum()
    assert opened > 10 and complained >= 1
    world |= {"complaints_to_an_authority": 0}
    model = lived(make_scenario, SALE, STORY, institutions=["regulator"], world=world)
    assert not of(model, Regulator).inquiries, "those who only call the retailer tell no authority"


def test_an_inquiry_that_finds_fault_may_end_in_an_order_alone(make_scenario: Make) -> None:
    model = lived(make_scenario, SALE, STORY, institutions=["regulator"], world=SURE | {"fined_share": 0})
    rows = model.practices[:, 1, 0, 0]
    assert rows["running"][29] == 1 and not rows["running"][30:].any() and (rows["unlawful"][30:] == 1).all()
    assert not model.levers[:, 1]["fine"].any()


def test_half_of_all_worlds_fine_and_their_fines_are_far_apart(make_scenario: Make) -> None:
    world = SURE | {"fined_share": 0.5, "fine_spread": 2, "inquiry_weeks": 4}
    scenario = make_scenario(
        {"sale": [SALE, STORY]}, weeks=15, institutions=["regulator"], world=world, population={"shoppers": 20}
    )
    heads = []
    for replicate in range(60):
        model = LoyaltyModel(scenario, replicate=replicate).run()
        most = model.ledger.touched[:14, 1, 0, 0, Touched.FLOWING].max()
        heads.append(model.levers[14, 1, 0]["fine"] / most)
    fined = np.array([each for each in heads if each])
    assert 20 <= len(fined) <= 40, "half of sixty, give or take two and a half standard deviations"
    assert 0.5 < np.log(fined / 0.2).std() / 2 < 1.5


# --- the court ----------------------------------------------------------------------------------------------------


def test_a_class_action_is_settled_by_the_head_and_the_books_close(make_scenario: Make) -> None:
    model = lived(make_scenario, SALE, STORY, STOP, institutions=["court"], world=SUED)
    most = model.ledger.touched[:, 1, 0, 0, Touched.FLOWING].max()
    settled = model.accounts.weekly[:, 1, Flow.SETTLEMENTS]
    assert np.flatnonzero(settled).tolist() == [11 + 25 - 1] and settled.sum() == 150 * most
    only = np.zeros_like(model.accounts.weekly)
    only[..., Flow.SETTLEMENTS] = model.accounts.weekly[..., Flow.SETTLEMENTS]
    assert balances(only, Party.RETAILER).sum() == -settled.sum() == -balances(only, Party.SHOPPERS).sum()
    assert not model.accounts.weekly[:, 0, Flow.SETTLEMENTS].any()


@pytest.mark.parametrize(
    ("actions", "sued"),
    [
        ([SALE | {"consent": "notice"}, STORY], True),
        ([{"do": "leak", "week": 10}], True),
        ([SALE | {"consent": "opt_in"}, STORY], False),
        ([{"do": "government_demand", "week": 10}], False),
        ([CALL], False),
        ([SALE], False),
    ],
)
def test_only_flows_without_consent_and_leaks_that_are_out_come_to_court(
    actions: list[dict[str, Any]], sued: bool, make_scenario: Make
) -> None:
    model = lived(make_scenario, *actions, weeks=20, institutions=["court"], world=SUED)
    assert bool(of(model, Court).actions) == sued


def test_only_those_whose_records_leaked_are_paid(make_scenario: Make) -> None:
    leak = {"do": "leak", "week": 10, "share": 0.25}
    model = lived(make_scenario, leak, institutions=["court"], world=SUED)
    most = model.ledger.touched[:, 1, 0, 0, Touched.FLOWING].max()
    assert model.accounts.weekly[:, 1, Flow.SETTLEMENTS].sum() == 150 * int(most / 4 + 0.5)


def test_who_is_sued_is_luck_that_all_policies_share(make_scenario: Make) -> None:
    luck = uniform(keys_of_week(7, 0, 0)[Purpose.CLASS_ACTION], 0)
    for chance in (luck - 1e-6, luck + 1e-6):
        policies = {"early": [SALE, STORY], "late": [SALE, STORY | {"week": 15}]}
        scenario = make_scenario(policies, institutions=["court"], world=SUED | {"class_action_per_story": chance})
        courts = [each for each in LoyaltyModel(scenario).run().agents_by_type[Court] if each.policy]
        assert [bool(court.actions) for court in courts] == [chance > luck] * 2


# --- an answer to complaints --------------------------------------------------------------------------------------


def answering(make: Make, above: float) -> LoyaltyModel:
    answer = {"week": 5, "do": "respond", "about": "share_data", "to": "complaints", "after": 1, "stop": True}
    behaviour = {"complaining_per_week": 0.5}
    return lived(make, SALE, STORY, answer | {"if_complaints_above": above}, behaviour=behaviour)


def test_an_answer_comes_the_week_after_too_many_have_complained(make_scenario: Make) -> None:
    silent = lived(make_scenario, SALE, STORY, behaviour={"complaining_per_week": 0.5}).ledger.weekly[:, 1]
    share = silent[..., Measure.COMPLAINED].sum(axis=(1, 2)) / silent[..., Measure.MEMBERS].sum(axis=(1, 2))
    threshold = float(share[9:12].max()) - 1e-9
    first = int(np.argmax(share > threshold)) + 1  # the week of the complaints
    running = answering(make_scenario, threshold).practices[:, 1, 0, 0]["running"]
    assert running[first - 1] == 1 and not running[first:].any()


def test_no_answer_comes_while_fewer_complain(make_scenario: Make) -> None:
    model = answering(make_scenario, 1.0)
    assert model.practices[-1, 1, 0, 0]["running"] == 1 and not of(model, Retailer).answered


# --- a boycott ----------------------------------------------------------------------------------------------------


def test_a_boycott_is_called_for_once_and_ends(make_scenario: Make) -> None:
    called = CALL | {"departure": 1.5, "counter_movement": 0.1, "until": 15}
    rows = lived(make_scenario, called).practices[:, 1, 0, 0]
    assert np.flatnonzero(rows["running"]).tolist() == list(range(5, 15))
    assert rows["press"][5:12] == pytest.approx([0.4 * 0.3**age for age in range(6)] + [0.0])
    assert set(rows["scope"][5:]) == {Scope.LEANING}
    for name, value in (("departure", 1.5), ("minded", 0.3), ("counter", 0.1)):
        assert set(rows[name][5:]) == {value} and not rows[name][:5].any()


def test_reminders_come_as_loud_as_the_first_call_until_it_ends(make_scenario: Make) -> None:
    press = lived(make_scenario, CALL | {"reminders_every": 8, "until": 25}).practices[:, 1, 0, 0]["press"]
    # called in week 6, again in 14 and 22; 30 lies after the end
    assert (np.flatnonzero(press == 0.4) + 1).tolist() == [6, 14, 22]
    assert not press[27:].any(), "the last call is over six weeks later"


def test_the_press_adds_no_reminders_to_a_boycott(make_scenario: Make) -> None:
    world = {"follow_ups_per_year": 50, "press_hazard_per_year": 50}
    press = lived(make_scenario, CALL, institutions=["press"], world=world).practices[:, 1, 0, 0]["press"]
    assert np.flatnonzero(press).tolist() == list(range(5, 11))


def test_a_boycott_can_befall_every_policy(make_scenario: Make) -> None:
    model = lived(make_scenario, SALE, events=[CALL])
    boycott = model.case.practice_names.index("boycott")
    assert (model.practices[6:, :, 0, boycott]["running"] == 1).all()
