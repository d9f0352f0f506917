"""Both lives of a replicate: nothing is changed by living a policy alone, nor by foreseeing what luck would bring."""

from collections.abc import Callable
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import SALE, slow

from simulation.api.finished import of_folder
from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.model.press import FirstStory, Press
from simulation.runs.columns import column_of_total
from simulation.runs.executors import Means
from simulation.runs.findings import measures_of
from simulation.runs.first_story import IF_SECRET, Split
from simulation.runs.lived import outcome_of
from simulation.runs.measures import STUDIED
from simulation.runs.outcome import Outcome
from simulation.runs.results import write_results
from simulation.runs.run import run_scenario
from simulation.runs.splitting import first_story
from simulation.scenario.drawn import luck_of_first_story
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]
OFFERS = {"do": "targeted_offers", "name": "inferring offers", "week": 3, "intensity": 1, "depth": 1}
LOUD = {"press_hazard_per_year": 0.8, "exposure_shape": 1, "chance_story_reach": 0.4, "follow_ups_per_year": 4}
PLANNED = {"week": 20, "do": "press_story", "about": "share_data"}
POLICIES = {
    "sale": [SALE],
    "told": [SALE, PLANNED],
    "both": [OFFERS, SALE],
    "prices": [{"do": "member_prices", "week": 2}],
}
SPLIT = ("sale", "told", "both")
TOLD = ("sale", "both")  # the story of the other is planned


@pytest.fixture(scope="module")
def case() -> Scenario:
    from simulation.scenario.schema import scenario_type

    data = {
        "title": "loud",
        "question": "who tells?",
        "seed": 7,
        "weeks": 40,
        "replicates": 6,
        "population": {"shoppers": 60},
        "world": LOUD,
        "policies": {"status quo": [], **POLICIES},
        "uncertain": {"behaviour.scar": [0.2, 0.6]},
    }
    return scenario_type().model_validate(data)


@pytest.fixture(scope="module")
def outcome(case: Scenario) -> Outcome:
    return run_scenario(case, threads=2, split=True)


def split_of(outcome: Outcome) -> Split:
    assert outcome.split is not None
    return outcome.split


def press_of(model: LoyaltyModel, policy: str) -> Press:
    return next(each for each in model.agents_by_type[Press] if model.policies[each.policy] == policy)


def first_found(model: LoyaltyModel, policy: str) -> FirstStory | None:
    """Return the first story that luck has brought out by itself."""
    press, names = press_of(model, policy), model.case.practice_names
    if not press.has_found_out:
        return None
    week, practice = max(zip(*np.nonzero(press.chances), strict=True))
    return FirstStory(int(week) + 1, names[practice])


def same_books(model: LoyaltyModel, other: LoyaltyModel, policy: str) -> bool:
    """Return whether two models have lived a policy the same, to the last bit of what is counted."""
    mine, its = model.policies.index(policy), other.policies.index(policy)
    books = np.array_equal(model.ledger.weekly[:, mine], other.ledger.weekly[:, its])
    accounts = np.array_equal(model.accounts.weekly[:, mine], other.accounts.weekly[:, its])
    harms = np.array_equal(model.ledger.harms[mine], other.ledger.harms[its])
    return books and accounts and harms and np.array_equal(model.practices[:, mine], other.practices[:, its])


@pytest.mark.parametrize("engine", ["columns", "agents"])
def test_told_in_its_own_week_is_the_plain_life_and_no_story_is_the_secret_one(case: Scenario, engine: Any) -> None:
    plain_secret = plain_told = 0
    for replicate in range(4 if engine == "columns" else 2):
        plain = LoyaltyModel(case, replicate=replicate, engine=engine).run()
        found = {policy: first_found(plain, policy) for policy in SPLIT}
        again = LoyaltyModel(case, replicate=replicate, engine=engine, policies=SPLIT, first_stories=found).run()
        for policy in SPLIT:
            assert same_books(plain, again, policy)
        plain_told += sum(story is not None for story in found.values())
        plain_secret += sum(story is None for story in found.values())
    assert plain_told and plain_secret, "both happen, or nothing was shown"


def test_a_policy_lives_the_same_alone_as_with_others(case: Scenario) -> None:
    together, alone = LoyaltyModel(case).run(), LoyaltyModel(case, policies=["both"]).run()
    assert same_books(together, alone, "both")
    assert measures_of(outcome_of(alone))["value"][0] == measures_of(outcome_of(together))["value"][3]


def test_the_secret_life_has_no_story_but_those_that_are_planned(case: Scenario) -> None:
    often = case.with_changes(numbers={"world.follow_ups_per_year": 20})
    model = LoyaltyModel(often, policies=SPLIT, first_stories=dict.fromkeys(SPLIT)).run()
    assert model.exposed_week.tolist() == [0, 20, 0]
    told = model.practices[:, 1, 0, case.practice_names.index("share_data")]["press"]
    assert np.count_nonzero(told) > 6, "a planned story's follow-ups stay"


def test_the_first_story_breaks_in_its_week_and_about_its_practice(case: Scenario) -> None:
    stories = {"both": FirstStory(17, "inferring offers"), "sale": FirstStory(30, "share_data")}
    model = LoyaltyModel(case, policies=["both", "sale"], first_stories=stories).run()
    assert model.exposed_week.tolist() == [17, 30]
    practice = case.practice_names.index("inferring offers")
    assert model.practices[16, 0, 0, practice]["press"] > 0 and not model.practices[16, 0, 0, 1 - practice]["press"]


def test_what_cannot_come_out_is_refused(case: Scenario) -> None:
    with pytest.raises(ValueError, match="no first story about 'share_data' can break in week 2"):
        LoyaltyModel(case, first_stories={"sale": FirstStory(2, "share_data")}).run()
    with pytest.raises(ValueError, match="there is no policy 'sail'; did you mean 'sale'"):
        LoyaltyModel(case, policies=["sail"])
    with pytest.raises(ValueError, match="there is no policy 'told'"):
        LoyaltyModel(case, policies=["sale"], first_stories={"told": None})


def test_the_chance_is_that_of_any_week_and_the_week_is_drawn_from_it() -> None:
    chances = np.array([[0.0, 0.0], [0.5, 0.0], [0.2, 0.5], [0.0, 0.0]])
    names = ("one", "two")
    # 0.5, then half of 0.2, then half of four fifths of a half: 0.5, 0.1, 0.2 of 0.8 in all
    assert first_story(chances, names, 0.0) == (pytest.approx(0.8), (2, "one"))
    told = [first_story(chances, names, luck)[1] for luck in (0.62, 0.63, 0.74, 0.76, 1 - 1e-16)]
    assert told == [(2, "one"), (3, "one"), (3, "one"), (3, "two"), (3, "two")]
    assert first_story(np.zeros((4, 2)), names, 0.5) == (0.0, None)


def test_the_chances_are_the_hazards_own(make_scenario: Make) -> None:
    world = {"press_hazard_per_year": 3, "exposure_shape": 1}
    scenario = make_scenario({"sale": [SALE]}, weeks=30, replicates=2, institutions=["press"], world=world)
    silent = LoyaltyModel(scenario, first_stories={"sale": None})
    yearly = []
    while silent.running:
        silent.step()
        yearly.append(press_of(silent, "sale")._hazard(silent.practices[silent.week - 1, 1], 0))
    assert press_of(silent, "sale").chances[28, 0] == pytest.approx(1 - exp(-yearly[27] / 52), rel=0.2)
    split = split_of(run_scenario(scenario, split=True))
    assert split.chance[0, 1] == pytest.approx(1 - np.prod(1 - press_of(silent, "sale").chances))
    assert not split.chance[:, 0].any() and not split.week[:, 0].any()


def test_both_lives_are_those_of_a_model_that_lives_them(case: Scenario, outcome: Outcome) -> None:
    split = split_of(outcome)
    for replicate in range(case.replicates):
        plain = LoyaltyModel(case, replicate=replicate).run()
        for place, policy in enumerate(case.policies):
            found = first_found(plain, policy)
            if found is None:
                assert split.secret["value"][replicate, place] == outcome.value()[replicate, place]
            assert split.exposed["exposed"][replicate, place] == float(policy in SPLIT)
            assert split.told[replicate, place] == (policy in TOLD)
            if policy not in TOLD:
                assert split.chance[replicate, place] == float(found is not None), "as luck lived it"
                assert split.lives("value").by_replicate()[replicate, place] == outcome.value()[replicate, place]
    assert split.secret["exposed"].sum(axis=0).tolist() == [0, 0, 6, 0, 0]
    assert np.array_equal(split.secret["value"][:, 4], split.exposed["value"][:, 4])


def test_expected_books_weigh_both_lives_as_the_means_do(outcome: Outcome) -> None:
    expected, split = outcome.expected, split_of(outcome)
    assert expected.split is None and expected is not outcome
    for name, each in STUDIED.items():
        if name in ("value", "shoppers_account", "data_buyer", "complaints", "consent_debt", "harm"):  # sums
            by_hand = (1 - split.chance) * split.secret[name] + split.chance * split.exposed[name]
            assert each.of(expected) == pytest.approx(by_hand, rel=1e-9, abs=1e-6), name
    assert np.array_equal(expected.value()[:, 4], outcome.value()[:, 4]), "what was lived once stays as it was"
    shared = expected.weekly(Measure.SHARED).sum(axis=1)
    cells = np.array([each.by_cell[..., Measure.SHARED].sum(axis=1) for each in expected.replicates])
    assert cells == pytest.approx(shared / expected.per_shopper)


def test_what_is_unlikely_to_come_out_is_left_to_luck(case: Scenario) -> None:
    rare = case.with_changes(numbers={"world.press_hazard_per_year": 0.005}, replicates=3)
    outcome = run_scenario(rare, split=True)
    assert not split_of(outcome).told.any()
    assert np.array_equal(outcome.differences().by_replicate(), outcome.difference())


def test_the_week_of_the_story_spreads_over_a_block_as_its_coordinate_does(case: Scenario) -> None:
    lucks = sorted(luck_of_first_story(case, place) for place in range(16, 32))
    assert [int(16 * luck) for luck in lucks] == list(range(16))
    assert luck_of_first_story(case.with_changes(replicates=2), 20) == luck_of_first_story(case, 20)


@pytest.mark.parametrize(
    "how",
    [
        {"threads": 1},
        {"engine": "agents"},
        {"means": Means(workers=2)},
        *slow({"means": Means(workers=2, scheduler="local")}),
    ],
    ids=["one thread", "agents", "processes", "dask"],
)
def test_the_split_is_the_same_whoever_lives_it(case: Scenario, outcome: Outcome, how: dict[str, Any]) -> None:
    mine, its = split_of(outcome), split_of(run_scenario(case.with_changes(replicates=2), split=True, **how))
    assert np.array_equal(mine.chance[:2], its.chance) and np.array_equal(mine.week[:2], its.week)
    for name in mine.secret:
        assert np.array_equal(mine.secret[name][:2], its.secret[name]), name
        assert np.array_equal(mine.exposed[name][:2], its.exposed[name]), name


def test_replicates_that_were_lived_stay_when_more_are_added(case: Scenario, outcome: Outcome) -> None:
    fewer = run_scenario(case.with_changes(replicates=4), split=True)
    grown = run_scenario(case, split=True, after=fewer)
    assert [each.number for each in grown.replicates] == list(range(6))
    assert np.array_equal(split_of(grown).chance, split_of(outcome).chance)
    assert np.array_equal(grown.difference(), outcome.difference())


def test_without_a_press_nothing_is_split_nor_is_one_replicate(case: Scenario) -> None:
    assert run_scenario(case.with_changes(replicates=1), split=True).split is None
    assert run_scenario(case.with_changes(replicates=2)).split is None
    assert run_scenario(case.with_changes(replicates=2, institutions=("regulator",)), split=True).split is None


def test_results_hold_both_lives_and_can_be_loaded(outcome: Outcome, tmp_path: Path) -> None:
    write_results(outcome, tmp_path / "run")
    loaded, split = of_folder(tmp_path / "run"), split_of(outcome)
    table = loaded.replicates
    assert np.array_equal(table["exposure_chance"].to_numpy().reshape(6, 5), split.chance)
    assert np.array_equal(table["first_story_week"].fillna(0).to_numpy().reshape(6, 5), split.week)
    for name, values in split.secret.items():
        assert np.array_equal(table[column_of_total(name, IF_SECRET)].to_numpy().reshape(6, 5), values)
    assert np.array_equal(table["value_if_exposed_dollars"].to_numpy().reshape(6, 5), split.exposed["value"])
    assert loaded.record["headline"]["split"] is True


# --- weights ------------------------------------------------------------------------------------------------------


def by_hand(chance: list[float], secret: list[float], exposed: list[float]) -> Split:
    """Return one replicate's split: a number for the baseline, one for the policy."""
    return Split(np.array([chance]), np.array([[1, 1]]), {"value": np.array([secret])}, {"value": np.array([exposed])})


def test_lives_are_weighted_by_their_chances() -> None:
    lives = by_hand([0.0, 0.25], [100.0, 140.0], [100.0, 20.0]).differences("value")
    assert lives.by_replicate().tolist() == [[0.0, 0.75 * 40 - 0.25 * 80]]
    assert lives.parts(1, -1).tolist() == [0.25] and lives.parts(1, 1).tolist() == [0.75]
    assert lives.parts(0, -1).tolist() == [0.0]


def test_a_baseline_that_can_come_out_too_is_weighted_with_its_policy() -> None:
    split = by_hand([0.1, 0.3], [100.0, 140.0], [60.0, 20.0])
    lives = split.differences("value")
    # both out 0.1, the policy alone 0.2, neither 0.7
    assert lives.by_replicate()[0, 1] == pytest.approx(0.1 * (20 - 60) + 0.2 * (20 - 100) + 0.7 * (140 - 100))
    own = split.lives("value").by_replicate()[0]
    assert lives.by_replicate()[0, 1] == pytest.approx(own[1] - own[0])
    assert lives.by_replicate()[0, 0] == 0.0


# --- unbiased -----------------------------------------------------------------------------------------------------


@pytest.mark.release
def test_a_thousand_plain_replicates_and_as_many_split_ones_agree() -> None:
    from simulation.scenario.reading import read_scenario

    shipped = read_scenario(Path(__file__).parents[1] / "scenarios" / "shopsense_ifa.yaml")
    small = {"policies": ["quiet sale", "opt-out notice"], "shoppers": 100, "weeks": 156}
    outcome = run_scenario(shipped.with_changes(**small, replicates=1_024), split=True)
    apart = outcome.difference() - outcome.differences().by_replicate()
    for place, policy in enumerate(outcome.policies):
        error = apart[:, place].std(ddof=1) / 32
        assert abs(apart[:, place].mean()) <= 3 * error, policy
