"""People react at once and forget: what is on the mind, who stays away, who joins, and who decides about consent."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import SALE
from numpy.typing import NDArray

from simulation.behaviour.states import Card
from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.model.simulation import Engine
from simulation.scenario.practices import Scope
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import scenario_from_text
from simulation.scenario.schema import Scenario

Maker = Callable[..., Scenario]

SILENT = {"talking_at_full_violation": 0.0}
FORGETFUL = {"salience_half_life_weeks": 0.01, "salience_half_life_spread": 0.0}


def story(week: int, reach: float = 0.6) -> dict[str, Any]:
    return {"week": week, "do": "press_story", "about": "share_data", "reach": reach}


def weekly(model: LoyaltyModel, measure: Measure) -> NDArray[np.int64]:
    """Return a measure by week and policy."""
    totals: NDArray[np.int64] = model.ledger.weekly[..., measure].sum(axis=(2, 3))
    return totals


def lost(model: LoyaltyModel, policy: int, start: int, stop: int) -> float:
    """Return the share of the twin's trips that is lost in some weeks."""
    trips = weekly(model, Measure.TRIPS)[start:stop].sum(axis=0)
    return float(1 - trips[policy] / trips[0])


def test_a_reaction_to_what_has_stopped_fades_and_one_that_is_renewed_stays(make_scenario: Maker) -> None:
    stop = {"week": 8, "do": "respond", "about": "share_data", "stop": True}
    renewed = [SALE, *(story(week, 0.4) for week in range(6, 162, 4))]
    scenario = make_scenario(
        {"stopped": [SALE, story(6), stop], "renewed": renewed},
        weeks=161,
        population={"shoppers": 6000},
        institutions=[],
    )
    model = LoyaltyModel(scenario).run()
    assert lost(model, 1, 5, 18) > 0.01, "the story must cost trips at once"
    assert abs(lost(model, 1, 109, 161)) < lost(model, 1, 5, 18) / 4
    assert lost(model, 2, 109, 161) > lost(model, 2, 5, 18) / 2


def test_nothing_comes_to_mind_without_news(make_scenario: Maker) -> None:
    scenario = make_scenario({"exposed": [SALE, story(6)]}, behaviour=SILENT, institutions=[], weeks=20)
    model, before = LoyaltyModel(scenario), None
    while model.week < 20:
        model.step()
        salience = model.lives.salience[1]
        if model.week < 6:
            assert not salience.any()
        if model.week >= 12 and before is not None:  # the story is over
            faded = (before.astype(np.float64) * model.people.keeps).astype(np.float32)
            assert np.array_equal(np.where(salience < 1, faded, 1), salience), "but for a premium that rose"
        before = salience
    assert not model.lives.salience[0].any()
    known = model.lives.aware[1] != 0
    assert known.any() and not model.lives.salience[1][~known].any()


def test_some_forget_in_days_and_some_hardly_ever(make_scenario: Maker) -> None:
    people = LoyaltyModel(make_scenario(population={"shoppers": 4000})).people
    # a half-life of 0.89 weeks in the middle leaves 2^(-1/0.89) = 0.459 a week later; a spread of 1.9 makes it 6.69
    # times as long or longer for one in six (0.890 left), and as much shorter for one in six (0.005 left)
    assert np.median(people.keeps) == pytest.approx(0.459, abs=0.03)
    assert (people.keeps > 0.890).mean() == pytest.approx(0.159, abs=0.02)
    assert (people.keeps < 0.005).mean() == pytest.approx(0.159, abs=0.02)


def test_what_is_forgotten_is_lived_like_what_was_never_known(make_scenario: Maker) -> None:
    behaviour = SILENT | FORGETFUL
    scenario = make_scenario({"exposed": [SALE, story(6, 1.0)]}, behaviour=behaviour, institutions=[], weeks=30)
    model = LoyaltyModel(scenario).run()
    twin, knowing = (np.array([column[policy] for column in model.lives]) for policy in (0, 1))
    names = model.lives._fields
    same = np.all([twin[names.index(name)] == knowing[names.index(name)] for name in ("patron", "card")], axis=0)
    same &= (model.lives.aware[1] != 0) & (model.lives.salience[1] < 1)
    assert same.sum() > 200 and (model.lives.trust[1][same] < model.lives.trust[0][same]).any()
    for name in ("trips", "cents", "swiped"):
        assert np.array_equal(twin[names.index(name)][same], knowing[names.index(name)][same]), name


def test_who_stays_away_makes_no_trip_buys_nothing_and_redeems_nothing(make_scenario: Maker) -> None:
    loud = {"avoiding_by_grievance": 100, "stated_weight_in_action": 0.6}
    offers = {"week": 1, "do": "targeted_offers", "intensity": 20, "depth": 0}
    scenario = make_scenario({"exposed": [offers, SALE, story(6, 1.0)]}, behaviour=loud, weeks=10)
    model = LoyaltyModel(scenario, engine="agents")
    stayed = redeemed = 0
    for _ in range(10):
        before = [shopper.away_weeks for shopper in model.engine.shoppers[1]]  # type: ignore[attr-defined]
        model.step()
        for shopper, weeks in zip(model.engine.shoppers[1], before, strict=True):  # type: ignore[attr-defined]
            redeemed += shopper.redeemed
            if shopper.away:
                assert shopper.trips == shopper.cents == shopper.swiped == shopper.redeemed == 0
                assert shopper.away_weeks - weeks <= shopper.patron
                stayed += shopper.away_weeks - weeks
            else:
                assert shopper.away_weeks == weeks
    assert stayed > 20 and redeemed > 100
    assert not model.lives.away_weeks[0].any()


@pytest.mark.parametrize("engine", ["columns", "agents"])
def test_who_is_bound_cannot_leave_and_can_stay_away(engine: Engine, make_scenario: Maker) -> None:
    scenario = make_scenario({"exposed": [SALE, story(6, 1.0)]}, world={"free_to_leave": 0.0})
    model = LoyaltyModel(scenario, engine=engine).run()
    assert model.lives.away_weeks[1].any() and not model.lives.away_weeks[0].any()
    assert np.array_equal(model.lives.left_week[0], model.lives.left_week[1])
    alone = make_scenario({"exposed": [SALE, story(6, 1.0)]}, world={"rival_access": 0.0})
    assert not LoyaltyModel(alone, engine=engine).run().lives.away_weeks.any(), "there is nowhere else to shop"
    free = LoyaltyModel(make_scenario({"exposed": [SALE, story(6, 1.0)]})).run()
    assert free.lives.away_weeks[1].any() and (free.lives.left_week[1] > 0).sum() > (free.lives.left_week[0] > 0).sum()


def test_who_joins_in_spite_of_a_story_would_have_joined_without_it(make_scenario: Maker) -> None:
    behaviour = {"card_joins_per_year": 0.9}
    scenario = make_scenario({"exposed": [SALE, story(6, 1.0)]}, behaviour=behaviour, weeks=20)
    model = LoyaltyModel(scenario)
    while model.week < 20:
        model.step()
        never = model.lives.card == Card.NEVER
        assert not (never[0] & ~never[1]).any()
    joined = weekly(model, Measure.ENROLLED)[5:].sum(axis=0)
    assert joined[1] < 0.8 * joined[0], "a grievance on the mind must keep some from joining"


def test_membership_stays_about_as_it_is_while_nothing_happens(make_scenario: Maker) -> None:
    members = weekly(LoyaltyModel(make_scenario(weeks=260, population={"shoppers": 6000})).run(), Measure.MEMBERS)[:, 0]
    assert abs(members[-52:].mean() / members[:4].mean() - 1) < 0.03
    assert weekly(LoyaltyModel(make_scenario(weeks=52, population={"shoppers": 6000})).run(), Measure.ENROLLED).any()


def consent_run(make_scenario: Maker, *actions: dict[str, Any], weeks: int = 60, **settings: Any) -> LoyaltyModel:
    policies = {"sale": list(actions)}
    scenario = make_scenario(policies, weeks=weeks, population={"shoppers": 6000}, institutions=[], **settings)
    return LoyaltyModel(scenario).run()


OPT_OUT = SALE | {"consent": "opt_out"}


def test_nobody_objects_by_a_link_who_does_not_mind(make_scenario: Maker) -> None:
    model = consent_run(make_scenario, OPT_OUT, weeks=30, behaviour={"considering_terms_per_week": 0.3})
    objecting, mild = model.lives.opted_out[1] != 0, model.people.sensitivity == 0
    assert mild.sum() > 500 and not objecting[mild].any()
    assert objecting.sum() > 500


@pytest.mark.parametrize("asked", ["terms", "letter", "prompt"])
def test_whoever_decides_knows_of_it(asked: str, make_scenario: Maker) -> None:
    model = consent_run(make_scenario, OPT_OUT | {"asked": asked}, behaviour={"considering_terms_per_week": 0.01})
    decided = (model.lives.opted_in[1] | model.lives.opted_out[1]) != 0
    assert decided.any() and (model.lives.aware[1][decided] != 0).all()
    assert (model.lives.opted_in[1] != 0).any() == (asked == "prompt"), "a link and a letter are there to object"


def test_the_plainer_the_question_the_more_answer_it(make_scenario: Maker) -> None:
    ways = ("terms", "letter", "prompt")
    policies = {way: [OPT_OUT | {"asked": way}] for way in ways}
    scenario = make_scenario(policies, weeks=56, population={"shoppers": 6000}, institutions=[])
    lives = LoyaltyModel(scenario).run().lives
    answered = [((lives.opted_in[k] | lives.opted_out[k]) != 0).mean() for k in range(1, 4)]
    assert 0.001 < answered[0] < 0.02, "a link is used by .1 to 2 in a hundred a year, as observed"
    assert answered[0] < answered[1] < 0.05 and answered[2] > 0.6


def test_people_decide_when_they_are_told(make_scenario: Maker) -> None:
    model = consent_run(make_scenario, OPT_OUT, story(30), weeks=60)
    objecting = np.diff(weekly(model, Measure.OPTED_OUT)[:, 1], prepend=0)
    quiet, loud, after = objecting[5:29].mean(), objecting[29:35].mean(), objecting[40:].mean()
    assert loud > 10 * max(quiet, after) and quiet > 0


def test_where_no_choice_is_offered_no_story_brings_one(make_scenario: Maker) -> None:
    closed = OPT_OUT | {"exit_friction": 1.0}
    for sale in (SALE, closed):
        model = consent_run(make_scenario, sale, story(10, 1.0), weeks=20)
        assert not (model.lives.opted_out | model.lives.opted_in).any()


@pytest.mark.parametrize(
    ("consent", "asked", "right"),
    [("opt_in", "terms", "prompt or enrolment"), ("none", "letter", "leave it out"), ("notice", "prompt", "terms or")],
)
def test_a_way_of_asking_that_cannot_be_answered_is_refused(
    consent: str, asked: str, right: str, make_scenario: Maker
) -> None:
    text = f"""title: t
question: q
weeks: 9
population: {{shoppers: 10}}
policies:
  none: []
  sale:
    - {{week: 2, do: share_data, with: insurer, consent: {consent}, asked: {asked}}}
"""
    with pytest.raises(ScenarioError, match=rf"(?s)8:\d+: .*'{consent}' cannot be asked for by {asked}.*{right}"):
        scenario_from_text(text)
    with pytest.raises(ValueError, match=f"cannot be asked for by {asked}"):
        make_scenario({"sale": [SALE | {"consent": consent, "asked": asked}]})


def test_the_sensitive_less_often_open_with_a_card(make_scenario: Maker) -> None:
    for strength in (0.0, 1.5):
        attitudes = {"card_opening_by_privacy": strength}
        model = LoyaltyModel(make_scenario(attitudes=attitudes, population={"shoppers": 20_000}))
        holds, minds = model.lives.card[0] != Card.NEVER, model.people.sensitivity > 0.5
        assert holds.mean() == pytest.approx(0.86, abs=0.01), "as many as before"
        gap = holds[~minds].mean() - holds[minds].mean()
        # at log-odds near 2 and 0.8 apart in sensitivity: 1.5 × 0.8 × 0.86 × 0.14 = 0.14
        assert gap == pytest.approx(0.14 * strength / 1.5, abs=0.03)


def test_members_resent_two_prices_as_far_as_said(make_scenario: Maker) -> None:
    trust = {}
    for resentment in (0.0, 0.5):
        settings = {"behaviour": {"member_resentment": resentment}, "institutions": []}
        model = LoyaltyModel(make_scenario({"two": [{"week": 2, "do": "member_prices"}]}, **settings)).run()
        lives, always = model.lives, (model.lives.card == Card.ACTIVE).all(axis=0)
        trust[resentment] = (lives.trust[1] / model.people.opening_trust)[always].mean()
    assert trust[0.5] < trust[0.0] - 0.03


def test_the_top_tier_suffers_most_from_demotion(make_scenario: Maker) -> None:
    tier = {"do": "top_tier_only", "visibility": 0}
    fall = [tier | {"week": 1, "threshold": 0.5}, tier | {"week": 2, "threshold": 0.99}]
    model = LoyaltyModel(make_scenario({"demoted": fall}, population={"shoppers": 4000}, institutions=[])).run()
    kept, rank = model.lives.trust[1] / model.people.opening_trust, model.people.spend_rank
    knowing = model.lives.aware[1] != 0
    parts = [kept[knowing & (rank >= low) & (rank < low + 0.15)].mean() for low in (0.5, 0.65, 0.8)]
    assert parts[0] > parts[1] > parts[2]


def test_a_fitting_flow_that_is_disclosed_pleases_and_is_no_grievance(make_scenario: Maker) -> None:
    offers = {"week": 2, "do": "targeted_offers", "intensity": 1, "depth": 0, "control": True}
    told = {"week": 3, "do": "press_story", "about": "targeted_offers", "reach": 1}
    model = LoyaltyModel(make_scenario({"offers": [offers, told]}, institutions=[])).run()
    knowing = model.lives.aware[1] != 0
    assert knowing.mean() > 0.9 and (model.lives.trust[1] > model.lives.trust[0])[knowing].mean() > 0.9
    assert not model.lives.salience.any()


def test_rewards_and_prices_keep_patrons(make_scenario: Maker) -> None:
    policies = {
        "no rewards": [{"week": 1, "do": "reward_programme", "reward_rate": 0}],
        "dearer": [{"week": 1, "do": "member_prices", "saving": 0, "markup": 0.05}],
    }
    settings = {
        "behaviour": {"store_by_reward": 0.5, "store_by_price": 0.1},
        "practices": {"unfairness_of_member_prices": 0.0},
        "population": {"shoppers": 20_000},
    }
    left = weekly(LoyaltyModel(make_scenario(policies, **settings)).run(), Measure.LEFT).sum(axis=0)
    # both are half a unit of log-odds, so that e^0.5 = 1.65 times as many leave of those with a rival (0.8) and, for a
    # per cent of reward lost, an active card (0.74)
    assert left[1] / left[0] == pytest.approx(1 + 0.8 * 0.74 * 0.65, abs=0.1)
    assert left[2] / left[0] == pytest.approx(1 + 0.8 * 0.65, abs=0.1)


def test_a_dispute_is_minded_by_one_side_and_pleases_the_other(make_scenario: Maker) -> None:
    model = LoyaltyModel(make_scenario({"dispute": [SALE, story(5, 1.0)]}, institutions=[], behaviour=SILENT))
    model.practices["scope"][:, 1], model.practices["minded"][:, 1] = Scope.LEANING, 0.3
    model.practices["counter"][:, 1] = 0.2
    model.run()
    leaning, knowing = model.people.leaning, model.lives.aware[1] != 0
    change = (model.lives.trust[1] - model.lives.trust[0])[knowing]
    sides = [change[side[knowing]] for side in (leaning < 0.3, (leaning >= 0.3) & (leaning <= 0.8), leaning > 0.8)]
    assert (sides[0] < 0).all() and not sides[1].any() and (sides[2] > 0).mean() > 0.9


@pytest.mark.parametrize(
    ("leak", "departure"),
    [
        ({}, 0.8),
        ({"fields": "payment_cards"}, 0.8 * 0.25),
        ({"fields": "identity"}, 0.8 * 1.5),
        ({"fields": "sensitive"}, 0.8 * 1.25),
        ({"fields": "identity", "money_lost": True}, 0.8 * 1.5 * 2),
        ({"fields": "payment_cards", "share": 0.5, "years_held": 2.5}, 0.8 * 0.25 * 0.5 * 0.5),
    ],
)
def test_a_leak_departs_by_what_is_taken_and_what_it_costs(
    leak: dict[str, Any], departure: float, make_scenario: Maker
) -> None:
    numbers = {
        "departure_of_a_leak": 0.8,
        "leak_of_payment_cards": 0.25,
        "leak_of_identity": 1.5,
        "leak_of_sensitive_records": 1.25,
        "leak_with_money_lost": 2.0,
    }
    scenario = make_scenario({"leak": [{"week": 6, "do": "leak", "reach": 1.0} | leak]}, practices=numbers)
    rows = LoyaltyModel(scenario).timeline(1).practice("leak", 6)
    assert np.allclose(rows["departure"], departure) and np.allclose(rows["flow"], departure)


def test_more_leave_the_more_is_taken(make_scenario: Maker) -> None:
    kinds = ({"fields": "payment_cards"}, {"fields": "identity"}, {"fields": "identity", "money_lost": True})
    leaks = {f"leak {place}": [{"week": 6, "do": "leak", "reach": 1.0} | kind] for place, kind in enumerate(kinds)}
    scenario = make_scenario(leaks, weeks=26, population={"shoppers": 6000}, institutions=[])
    left = weekly(LoyaltyModel(scenario).run(), Measure.LEFT).sum(axis=0)
    assert left[0] < left[1] < left[2] < left[3]
