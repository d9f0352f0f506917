"""Left because of: one first cause each, found where only one can be, and sums that are those of the books."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from conftest import SALE

from simulation.behaviour.states import Source
from simulation.model.ledger import Measure
from simulation.questions.compare.attribution import MEASURES, Attribution, attribution_of, attribution_table
from simulation.questions.compare.causes import Cause, Causes
from simulation.questions.compare.comparison import compare
from simulation.questions.compare.words import left_because_of
from simulation.runs.event_history import Diary, keep_diary
from simulation.runs.run import run_scenario
from simulation.scenario.population import SEGMENTS, TIERS
from simulation.scenario.reading import read_scenario
from simulation.scenario.schema import Scenario

SHIPPED = Path(__file__).parent.parent / "scenarios"
STORY = {"week": 7, "do": "press_story", "about": "share_data", "reach": 1.0}
ACTING = {"stated_weight_in_action": 1.0, "talking_at_full_violation": 0.0}


def causes_of(scenario: Scenario) -> tuple[Diary, Causes]:
    found: list[Causes] = []

    def each_week(diary: Diary) -> None:
        if not found:
            found.append(Causes(diary))
        found[0].note(diary)

    return keep_diary(scenario, each_week=each_week), found[0]


# --- sums ---------------------------------------------------------------------------------------------------------

IN_THE_BOOKS = {
    "left": lambda weekly: weekly[..., Measure.FIRST_LEFT].sum(axis=0),
    "patrons": lambda weekly: weekly[-1, ..., Measure.PATRONS],
    "members": lambda weekly: weekly[-1, ..., Measure.MEMBERS],
    "sales_cents": lambda weekly: weekly[..., Measure.SALES].sum(axis=0),
    "carded_sales_cents": lambda weekly: weekly[..., Measure.CARDED_SALES].sum(axis=0),
}


@pytest.mark.parametrize("name", ["shopsense_variants", "top_tier_only", "deep_offers", "rival_moves", "member_prices"])
def test_parts_add_up_to_the_difference_of_the_books_in_every_segment_and_tier(name: str) -> None:
    scenario = read_scenario(SHIPPED / f"{name}.yaml").with_changes(shoppers=800, weeks=80, replicates=2)
    compared = compare({name: scenario}).files[0]
    for place, replicate in enumerate(run_scenario(scenario).replicates):
        weekly = replicate.weekly.sum(axis=2)  # all markets: (weeks, policies, cells, measures)
        by_group = weekly.reshape(*weekly.shape[:2], len(SEGMENTS), len(TIERS), 2, -1).sum(axis=4)
        for measure, read in IN_THE_BOOKS.items():
            books = read(by_group)
            parts = compared.attribution.of(measure)[place]
            assert (parts.sum(axis=1) == books - books[:1]).all(), measure
            assert not parts[:, Cause.NONE].any(), measure
    assert compared.attribution.by_cause("sales_cents")[:, 1:].any()
    moved = compared.by_feelings
    assert (moved.by_cause("left").sum(axis=2) == compared.attribution.by_cause("left").sum(axis=2)).all()
    by_levers = {"rival_moves", "top_tier_only", "member_prices", "personal_prices"}
    if name not in by_levers:  # without another price, reward or rival nobody leaves but by a grievance
        assert not moved.by_cause("left")[..., Cause.NONE].any()


def test_net_is_gross_of_one_life_less_gross_of_the_other_and_everybody_has_one_cause(
    make_scenario: Callable[..., Scenario],
) -> None:
    scenario = make_scenario({"sale": [SALE, STORY]}, weeks=60, behaviour={"stated_weight_in_action": 1.0})
    found = compare({"small": scenario}).files[0].attribution
    assert (found.of("left") == found.of("left_only_here") - found.of("left_only_there")).all()
    assert found.of("left_only_here").any()
    assert (found.of("shoppers").sum(axis=(2, 3, 4)) == 400).all()
    table = attribution_table(found)
    assert table["sales_cents"].sum() == found.of("sales_cents").sum()
    assert set(table["policy"]) == {"sale"} and list(table.columns[5:]) == list(MEASURES)


def test_ten_shoppers_worked_out_by_hand() -> None:
    """Two policies; cells of the ledger are (segment x 3 + tier) x 2, and one more for the vulnerable."""
    cells = [0, 1, 2, 2, 8, 8, 8, 17, 17, 17]  # fundamentalists light, middle; pragmatist middle; unconcerned heavy
    press, talk, none = Cause.PRESS, Cause.WORD_OF_MOUTH, Cause.NONE
    first = [press, press, talk, none, press, talk, none, talk, press, none]
    zeros = [0] * 10
    there_left = [0, 9, 0, 5, 0, 3, 0, 0, 8, 0]
    here_left = [4, 6, 7, 5, 0, 9, 0, 0, 0, 0]
    diary: Any = SimpleNamespace(
        people=SimpleNamespace(
            cell=np.array(cells, np.uint8), opening_patron=np.array([1, 1, 1, 1, 1, 1, 1, 0, 1, 1], np.uint8)
        ),
        lives=SimpleNamespace(
            patron=np.array([[1, 0, 1, 0, 1, 1, 1, 0, 1, 1], [0, 0, 1, 0, 1, 1, 1, 0, 1, 1]], np.uint8),
            card=np.array([[1, 1, 1, 1, 1, 1, 1, 0, 1, 2], [1, 1, 3, 1, 2, 1, 1, 0, 1, 2]], np.uint8),
        ),
        first={
            "left": np.array([there_left, here_left], np.int16),
            "apart": np.array([zeros, [4, 6, 7, 0, 6, 9, 0, 0, 5, 0]], np.int16),
        },
        totals=SimpleNamespace(
            sales_cents=np.array([[1000] * 10, [400, 900, 700, 1000, 950, 1010, 1000, 1000, 1200, 1000]]),
            carded_sales_cents=np.array([[500] * 10, [100, 400, 0, 500, 0, 500, 500, 500, 700, 500]]),
        ),
        model=SimpleNamespace(policies=("none", "sale")),
    )
    found = attribution_of(diary, np.array([zeros, first], np.uint8))
    light, middle, heavy = (0, 0), (0, 1), (2, 2)

    def part(measure: str, cause: Cause, group: tuple[int, int]) -> int:
        return int(found.of(measure)[0, 1, cause][group])

    # shopper 0 left only here, 1 left in both but earlier here; 2 only here; 8 only there; 5 later here
    assert part("left", press, light) == 1 and part("left_earlier", press, light) == 1
    assert part("left", talk, middle) == 1 and part("left", press, heavy) == -1
    assert part("left_only_there", press, heavy) == 1 and part("left_later", talk, (1, 1)) == 1
    by_hand = [int(cause == Cause.WORD_OF_MOUTH) for cause in Cause]  # 1 - 1 by press, 1 by talk
    assert found.by_cause("left")[0, 1].tolist() == by_hand
    # patrons: only shopper 0; members: 0 has left, 2 has cancelled, 4 has put the card away
    assert found.by_cause("patrons")[0, 1, press] == -1 and found.by_cause("members")[0, 1, press] == -2
    assert found.by_cause("members")[0, 1, talk] == -1
    assert part("sales_cents", press, light) == -600 - 100 and part("sales_cents", press, heavy) == 200
    assert found.by_cause("sales_cents")[0, 1, [press, talk]].tolist() == [-550, -290]
    assert found.by_cause("carded_sales_cents")[0, 1, [press, talk]].tolist() == [-400 - 100 - 500 + 200, -500]
    assert found.by_cause("shoppers")[0, 1, [none, press, talk]].tolist() == [3, 4, 3]
    assert found.by_cause("living_differently")[0, 1, [none, press, talk]].tolist() == [0, 4, 2]
    assert found.opening_patrons[0].tolist() == [[2, 2, 0], [0, 3, 0], [0, 0, 2]]
    assert not found.counts[0, 0, 1:].any() and found.counts[0, 0, 0, ..., 2:].sum() == 0  # the baseline itself


# --- causes -------------------------------------------------------------------------------------------------------

UNNOTICED = {
    "noticing_offers_per_week": 0.0,
    "noticing_member_prices_per_week": 0.0,
    "noticing_own_data_per_year": 0.0,
    "noticing_a_tier_per_week": 0.0,
}
TIER = {"week": 5, "do": "top_tier_only", "threshold": 0.5}
OFFERS = {"week": 5, "do": "targeted_offers", "intensity": 2, "depth": 0.5}

ONLY_ONE: dict[str, tuple[list[dict[str, Any]], dict[str, Any], Cause]] = {
    "a story that reaches everybody": ([SALE, STORY], {"practices": UNNOTICED}, Cause.PRESS),
    "a notice": (
        [SALE | {"consent": "notice"}],
        {"practices": UNNOTICED, "behaviour": {"considering_terms_per_week": 0.1}},
        Cause.NOTICE,
    ),
    "customers of the buyer": ([SALE], {"practices": {"noticing_own_data_per_year": 1.0}}, Cause.EXPERIENCE),
    "a reward for data that wrongs nobody": (
        [SALE | {"consent": "opt_in", "reward": 0.05}],
        {"practices": UNNOTICED | {"with_opt_in": 0.0}, "behaviour": {"considering_enrolment_per_week": 0.3}},
        Cause.REWARD,
    ),
    "a question that is asked and answered": (
        [SALE | {"consent": "opt_out", "asked": "prompt"}],
        {"practices": UNNOTICED, "attitudes": {"attentive": 0.0}},
        Cause.NOTICE,
    ),
    "a lower price": ([{"week": 5, "do": "member_prices"}], {"practices": UNNOTICED}, Cause.PRICE),
    "a tier that nobody notices": ([TIER], {"practices": UNNOTICED}, Cause.BENEFIT),
    "a tier in plain sight": ([TIER | {"cut": 0.0, "bonus": 0.0}], {}, Cause.BENEFIT),
    "twice the reward": ([{"week": 5, "do": "reward_programme", "reward_rate": 0.02}], {}, Cause.BENEFIT),
    "offers": ([OFFERS], {"practices": UNNOTICED}, Cause.OFFERS),
    "a rival's offers": ([{"week": 5, "do": "rival_move", "win_back": 2.0}], {}, Cause.RIVAL),
    "a promise": ([{"week": 5, "do": "public_promise"}], {}, Cause.GOODWILL),
}  # fmt: skip


@pytest.mark.parametrize("case", ONLY_ONE)
def test_where_only_one_cause_can_be_it_is_found_and_no_other(
    case: str, make_scenario: Callable[..., Scenario]
) -> None:
    actions, settings, cause = ONLY_ONE[case]
    behaviour = ACTING | settings.get("behaviour", {})
    scenario = make_scenario({"new": actions}, institutions=[], **(settings | {"behaviour": behaviour}))
    diary, causes = causes_of(scenario)
    assert set(causes.first[1][causes.first[1] > 0].tolist()) == {cause}
    assert (causes.first[0] == Cause.NONE).all()
    assert causes.week[1][causes.first[1] > 0].min() >= 5
    assert not diary.first["apart"][1][causes.first[1] == Cause.NONE].any()


def test_offers_may_come_first_and_yet_it_is_news_that_moves_feelings(make_scenario: Callable[..., Scenario]) -> None:
    seen = {"practices": {"noticing_offers_per_week": 0.5}}
    _, causes = causes_of(make_scenario({"new": [OFFERS]}, institutions=[], behaviour=ACTING, **seen))
    assert set(causes.first[1].tolist()) >= {Cause.OFFERS, Cause.EXPERIENCE}
    assert set(causes.moved[1].tolist()) == {Cause.NONE, Cause.EXPERIENCE}
    assert (causes.moved[1][causes.first[1] == Cause.EXPERIENCE] == Cause.EXPERIENCE).all()


def test_noticing_that_others_pay_less_is_a_cause_of_its_own(make_scenario: Callable[..., Scenario]) -> None:
    prices = {"week": 5, "do": "member_prices", "saving": 0.0, "markup": 0.0}  # seen on the shelf, felt in no purchase
    diary, causes = causes_of(make_scenario({"new": [prices]}, institutions=[], behaviour=ACTING))
    found = causes.first[1]
    assert set(found[found > 0].tolist()) == {Cause.NEIGHBOUR}
    assert (diary.lives.source[1][found > 0] == Source.EXPERIENCE).all()


def test_acquaintances_are_a_cause_only_once_somebody_talks(make_scenario: Callable[..., Scenario]) -> None:
    loud = {"stated_weight_in_action": 1.0, "talking_at_full_violation": 1.0, "believing_word_of_mouth": 0.9}
    story = STORY | {"reach": 0.1}
    scenario = make_scenario({"sale": [SALE, story]}, institutions=[], behaviour=loud, practices=UNNOTICED)
    diary, causes = causes_of(scenario)
    assert set(causes.first[1].tolist()) == {Cause.NONE, Cause.PRESS, Cause.WORD_OF_MOUTH}
    assert causes.week[1][causes.first[1] == Cause.WORD_OF_MOUTH].min() > STORY["week"]
    known = causes.first[1] > 0
    assert (causes.first[1][known] == diary.lives.source[1][known]).all()


def test_news_that_only_the_twin_has_heard_is_a_cause_too(make_scenario: Callable[..., Scenario]) -> None:
    data = make_scenario({"sale": [SALE, STORY]}, institutions=[], behaviour=ACTING, practices=UNNOTICED)
    turned = data.model_copy(update={"policies": dict(reversed(data.policies.items()))})
    _, causes = causes_of(turned)
    assert set(causes.first[1].tolist()) == {Cause.NONE, Cause.PRESS}


def test_an_apology_for_what_both_know_is_no_news(make_scenario: Callable[..., Scenario]) -> None:
    sorry = {"week": 15, "do": "respond", "about": "share_data", "apologise": True}
    data = make_scenario(
        {"silent": [SALE, STORY], "sorry": [SALE, STORY, sorry]}, institutions=[], behaviour=ACTING, practices=UNNOTICED
    )
    policies = {name: data.policies[name] for name in ("silent", "sorry")}
    _, causes = causes_of(data.model_copy(update={"policies": policies}))
    assert set(causes.first[1].tolist()) == {Cause.GOODWILL}  # an apology is heard by everybody
    assert set(causes.week[1].tolist()) == {15}


def test_how_each_practice_was_learned_of_is_what_the_engine_says_of_the_first(
    make_scenario: Callable[..., Scenario],
) -> None:
    actions = [
        SALE | {"consent": "opt_out", "asked": "letter"},
        STORY | {"reach": 0.2},
        TIER,
        {"week": 9, "do": "press_story", "about": "top_tier_only"},
    ]
    loud = {"talking_at_full_violation": 1.0, "believing_word_of_mouth": 0.5}
    markets = {"north": 0.3, "south": 0.7}
    diary, causes = causes_of(make_scenario({"all": actions}, behaviour=loud, markets=markets))
    lives = diary.lives
    ways = (
        np.where(lives.aware[1] & 1, causes.heard_by[0, 1], 0),
        np.where(lives.aware[1] & 2, causes.heard_by[1, 1], 0),
    )
    assert ((ways[0] == lives.source[1]) | (ways[1] == lives.source[1])).all()
    only = [lives.aware[1] == bit for bit in (1, 2)]
    assert all(each.any() for each in only)
    assert all((ways[k][only[k]] == lives.source[1][only[k]]).all() for k in (0, 1))
    assert set(np.concatenate(ways).tolist()) == {0, 1, 2, 3, 4}


# --- in words -----------------------------------------------------------------------------------------------------


def attribution(left: dict[Cause, list[int]], replicates: int = 2) -> Attribution:
    """Return an attribution of 5,000 opening patrons a replicate in which only patrons who leave differ."""
    counts = np.zeros((replicates, 2, len(Cause), 3, 3, len(MEASURES)), np.int64)
    names = list(MEASURES)
    for cause, numbers in left.items():
        for place, number in enumerate(numbers):
            only = "left_only_here" if number > 0 else "left_only_there"
            counts[place, 1, cause, 0, 0, names.index("left")] = number
            counts[place, 1, cause, 0, 0, names.index(only)] = abs(number)
            counts[place, 1, cause, 0, 0, names.index("living_differently")] = abs(number)
    patrons = np.zeros((replicates, 3, 3), np.int64)
    patrons[:, 0, 0] = 5000
    return Attribution(("status quo", "sale exposed"), counts, patrons)


def test_shares_are_told_of_a_total_that_all_causes_add_to() -> None:
    said = left_because_of(
        attribution({Cause.PRESS: [100, 152], Cause.WORD_OF_MOUTH: [60, 60], Cause.RIVAL: [20, 20]}), 1
    )
    # of 5,000: 180 and 232, so 360 and 464 of 10,000; press 252 of 412
    assert said == (
        "'sale exposed' loses 412 more patrons per 10,000 than 'status quo' (80 % of replicates: +370 to +454). Of "
        "these, 61 % first heard of it from the press, 29 % first heard of it from acquaintances, 10 % were first "
        "drawn, or no longer drawn, by the rival; in all 412 left only here."
    )


def test_numbers_are_told_where_causes_work_against_each_other() -> None:
    said = left_because_of(attribution({Cause.PRESS: [30], Cause.GOODWILL: [-10]}, 1), 1)
    assert said.startswith("'sale exposed' loses 40 more patrons per 10,000 than 'status quo' (one replicate")
    assert "+60 first heard of it from the press, −20 were first moved by a promise" in said
    assert said.endswith("; in all 60 left only here, 20 only under the baseline.")
    assert left_because_of(attribution({}), 1) == "'sale exposed' changes nobody's life compared with 'status quo'."
