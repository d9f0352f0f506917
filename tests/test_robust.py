"""Robust choice: worlds, regret, criteria, conditions, and the verb that tells of them."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import SALE
from scipy.stats import spearmanr
from test_cli import SHIPPED

from simulation.behaviour.parameters import parameters
from simulation.cli.questions import verb_of
from simulation.questions.robust.discovery import Box, Discovery, Limit, Tally, choose, discover, find_box, tally
from simulation.questions.robust.figures import conditions_picture, policies_picture
from simulation.questions.robust.question import Robust
from simulation.questions.robust.robustness import Robustness, chosen_by, lead, scores, tail_mean
from simulation.questions.robust.words import criteria_in_words, discovery_in_words, how_lived, limit_in_words
from simulation.runs.extras import MissingPackageError, require
from simulation.runs.sampling import addresses_of, clipped_count, lived, tasks_of, worlds
from simulation.runs.tasks import carry_out
from simulation.scenario.schema import Scenario
from simulation.show.parameter_words import amount_of

REACH, RESIGNED, SCAR, ACCESS = "world.story_reach", "attitudes.resigned", "behaviour.scar", "world.rival_access"
SEGMENTS = ["attitudes.fundamentalists", "attitudes.pragmatists"]

TABLE = np.array([[0.0, 30.0, 10.0], [0.0, -20.0, 5.0], [0.0, 12.0, -4.0], [0.0, -2.0, -8.0]])
"""Four worlds by three policies, in dollars."""


def by_hand() -> Robustness:
    return Robustness(("stay", "bold", "meek"), [{REACH: 0.1 * place} for place in range(4)], TABLE)


# --- worlds -------------------------------------------------------------------------------------------------------


def test_worlds_are_the_same_again_and_fewer_are_the_first_of_more(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(uncertain={REACH: [0.1, 0.6], "world.press_hazard_per_year": [0.01, 0.3]})
    addresses = list(scenario.uncertain.ranges)
    some, more = worlds(scenario, addresses, 10), worlds(scenario, addresses, 64)
    assert more[:10] == some == worlds(scenario, addresses, 10)
    assert worlds(make_scenario(seed=8, uncertain=dict(scenario.uncertain.ranges)), addresses, 10) != some


def test_every_sixteenth_of_a_range_is_met_as_often_as_the_next(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(uncertain={REACH: [0.2, 0.6]})
    found = np.array([[world[address] for address in (REACH, SCAR)] for world in worlds(scenario, [REACH, SCAR], 64)])
    low, high = np.array([0.2, parameters()[SCAR].range[0]]), np.array([0.6, parameters()[SCAR].range[1]])
    sixteenths = np.floor(16 * (found - low) / (high - low)).astype(int)
    assert all((np.bincount(column, minlength=16) == 4).all() for column in sixteenths.T)
    assert abs(spearmanr(found[:, 0], found[:, 1]).statistic) < 0.15  # and not together; by chance 0.12 is usual


def test_a_number_known_to_an_order_of_magnitude_is_spread_evenly_in_logarithms(
    make_scenario: Callable[..., Scenario],
) -> None:
    address = "world.press_hazard_per_year"
    scenario = make_scenario(uncertain={address: [0.01, 1]})
    assert sum(world[address] < 0.1 for world in worlds(scenario, [address], 64)) == 32


def test_guesses_stand_apart_even_where_there_are_more_than_can_be_spread_evenly(
    make_scenario: Callable[..., Scenario],
) -> None:
    scenario = make_scenario()
    addresses = addresses_of(scenario, ["assumptions"])
    assert {parameters()[address].unfitted.grade for address in addresses} == {"assumption"} and len(addresses) > 60
    found = np.array([[world[address] for address in addresses] for world in worlds(scenario, addresses, 256)])
    together = np.corrcoef(found.T)[~np.eye(len(addresses), dtype=bool)]
    assert np.abs(together).max() < 0.35  # among the many pairs of 256 random numbers the largest is near 0.25


def test_two_segments_are_never_more_than_everybody(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    found = worlds(scenario, SEGMENTS, 256)
    totals = np.array([world[SEGMENTS[0]] + world[SEGMENTS[1]] for world in found])
    clipped = clipped_count(scenario, found)
    assert totals.max() <= 1 + 1e-12 and clipped == (totals > 1 - 1e-9).sum()
    assert 0 < clipped < 32  # of the rectangle of ranges, .15 by .15, the corner beyond 1 is a triangle of .05 by .05
    assert any("clipped" in note for note in how_lived(scenario, found, 1, same_luck=False))
    alone = worlds(make_scenario(attitudes={"pragmatists": 0.7}), SEGMENTS[:1], 64)
    assert max(world[SEGMENTS[0]] for world in alone) == pytest.approx(0.3)


def test_what_worlds_cannot_differ_in_is_said(make_scenario: Callable[..., Scenario]) -> None:
    with pytest.raises(ValueError, match="did you mean 'world.story_reach'"):
        addresses_of(make_scenario(), ["world.story_reech"])
    with pytest.raises(ValueError, match="the scenario draws no number"):
        addresses_of(make_scenario())
    scenario = make_scenario(uncertain={REACH: [0.1, 0.2]})
    assert addresses_of(scenario) == [REACH] and addresses_of(scenario, [SCAR, SCAR]) == [SCAR]


def test_worlds_are_lived_with_their_numbers_and_averaged_over_luck(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario({"sale": [SALE]}, weeks=12)
    every = worlds(scenario, [SCAR, REACH], 4)
    apart = [each.measures["value"] for each in carry_out(tasks_of(scenario, every, replicates=2))]
    assert np.allclose(
        lived(tasks_of(scenario, every, 2), 2)["value"], [(apart[i] + apart[i + 1]) / 2 for i in (0, 2, 4, 6)]
    )
    assert [task.replicate for task in tasks_of(scenario, every[2:], 2, first=2)] == [4, 5, 6, 7]
    assert [task.replicate for task in tasks_of(scenario, every, 2, same_luck=True)] == [0, 1] * 4
    assert [task.numbers for task in tasks_of(scenario, every)] == every


# --- policies across worlds ---------------------------------------------------------------------------------------


def test_regret_is_what_the_best_of_a_world_earns_more() -> None:
    assert by_hand().regret.tolist() == [[30, 0, 20], [5, 25, 0], [12, 0, 16], [0, 2, 8]]


def test_scores_by_hand() -> None:
    stay, bold, meek = scores(by_hand())
    assert (bold.expected, bold.worst, bold.regret_max, bold.regret_mean) == (5, -20, 25, 6.75)
    assert (bold.best, bold.loses) == (0.5, 0.5)
    assert (stay.best, stay.loses, stay.regret_max, stay.regret_mean) == (0.25, 0, 30, 11.75)
    assert (meek.expected, meek.worst, meek.regret_max) == (0.75, -8, 20)
    assert bold.expected_error == pytest.approx(np.sqrt((25**2 + 25**2 + 7**2 + 7**2) / 3 / 4))


def test_the_worst_tenth_of_twenty_values_is_two_of_them() -> None:
    values = np.array([5.0, -4.0, -2.0, *range(10, 27)])
    assert (tail_mean(values, 0.05), tail_mean(values, 0.1)) == (-4, -3)
    assert tail_mean(values[:3], 0.05) == -4


def test_criteria_disagree_and_none_is_called_right() -> None:
    found = by_hand()
    chosen = {name: chosen_by(found, name) for name in ("expected value", "maximin", "minimax regret", "Hurwicz")}
    # Hurwicz: stay 0, bold (30 - 20) / 2 = 5, meek (10 - 8) / 2 = 1
    assert chosen == {
        "expected value": ["bold"], "maximin": ["stay"], "minimax regret": ["meek"], "Hurwicz": ["bold"],
    }  # fmt: skip
    said = criteria_in_words(found)
    assert "bold, ahead of meek by $4.25 a world, within chance" in said[0]
    assert "disagree" in said[-1] and "None of them is the right one" in said[-1]


def test_equal_policies_are_all_named_and_agreement_is_told() -> None:
    found = Robustness(("stay", "good", "same"), [{}, {}], np.array([[0.0, 2.0, 2.0], [0.0, 2.0, 2.0]]))
    assert chosen_by(found, "maximin") == ["good", "same"]
    assert "agree" in criteria_in_words(found)[-1]
    ahead = lead(Robustness(("stay", "good"), [{}] * 3, np.array([[0.0, 9.0], [0.0, 10.0], [0.0, 11.0]])))
    assert ahead is not None and (ahead.first, ahead.dollars, ahead.within_chance) == ("good", 10, False)


# --- conditions ---------------------------------------------------------------------------------------------------


def planted(make_scenario: Callable[..., Scenario], count: int = 256) -> Robustness:
    """Return worlds in which "sale" pays if and only if a story reaches few and many are resigned."""
    addresses = (REACH, RESIGNED, SCAR, ACCESS)
    scenario = make_scenario(uncertain={address: [0, 1] for address in addresses})
    every = worlds(scenario, addresses, count)
    pays = [10.0 if world[REACH] < 0.3 and world[RESIGNED] > 0.6 else -10.0 for world in every]
    return Robustness(("stay", "sale"), every, np.array([np.zeros(count), pays]).T)


def test_a_planted_box_is_found_and_holds_in_fresh_worlds(make_scenario: Callable[..., Scenario]) -> None:
    every = planted(make_scenario, 384)
    found = discover(every.part(0, 256), every.part(256, 384), "sale")
    assert found.pays and found.box is not None and found.found is not None and found.fresh is not None
    limits = {limit.address: limit for limit in found.box.limits}
    assert set(limits) == {REACH, RESIGNED}
    assert limits[REACH].high == pytest.approx(0.3, abs=0.03) and limits[REACH].low is None
    assert limits[RESIGNED].low == pytest.approx(0.6, abs=0.03) and limits[RESIGNED].high is None
    assert found.found.density > 0.9 and found.found.coverage > 0.9
    assert found.fresh.density > 0.85 and found.fresh.inside + found.fresh.outside == 128
    said = " ".join(discovery_in_words(found))
    assert f"in {found.found.inside_hits} of {found.found.inside} worlds" in said
    assert "'story reach' lies below" in said and "% of shoppers in the first week" in said
    assert f"inside in {found.fresh.inside_hits} of {found.fresh.inside}" in said


def test_a_planted_box_is_found_through_noise(make_scenario: Callable[..., Scenario]) -> None:
    every = planted(make_scenario)
    flipped = np.random.default_rng(5).random(256) < 1 / 8  # such worlds do the opposite, wherever they lie
    box = find_box(every.worlds, (every.difference[:, 1] > 0) ^ flipped)
    assert box is not None and {limit.address for limit in box.limits} == {REACH, RESIGNED}


def test_the_rarer_of_paying_and_losing_is_told(make_scenario: Callable[..., Scenario]) -> None:
    every = planted(make_scenario)
    opposite = Robustness(every.policies, every.worlds, -every.difference)
    found = discover(opposite, opposite, "sale")
    assert not found.pays and "'sale' loses" in discovery_in_words(found)[0]


def test_hits_without_a_pattern_and_few_hits_give_no_limits(make_scenario: Callable[..., Scenario]) -> None:
    every = planted(make_scenario)
    anywhere = np.where(np.random.default_rng(6).random(256) < 1 / 4, 1.0, -1.0)
    for difference, said in (
        (anywhere, "no limits on these numbers separate them"),
        (np.where(np.arange(256) < 3, 1.0, -1.0), "3 of 256 worlds; too few"),
        (np.full(256, -1.0), "pays in none of the 256 worlds"),
    ):
        found = Robustness(every.policies, every.worlds, np.array([np.zeros(256), difference]).T)
        discovery = discover(found, found, "sale")
        assert discovery.box is None and said in discovery_in_words(discovery)[0]


def test_among_many_numbers_none_is_taken_for_telling_by_chance(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    every = worlds(scenario, addresses_of(scenario, ["assumptions"]), 64)
    assert all(find_box(every, np.random.default_rng(seed).random(64) < 1 / 4) is None for seed in range(5))


def test_only_is_not_said_where_fresh_worlds_speak_against_it() -> None:
    box, whole = Box((Limit(REACH, None, 0.3, 0.001),)), Tally(20, 20, 80, 0)
    assert "pays only where" in discovery_in_words(Discovery("sale", True, 20, 100, box, whole, whole))[0]
    said = discovery_in_words(Discovery("sale", True, 20, 100, box, whole, Tally(10, 10, 40, 8)))
    assert "pays as a rule where" in said[0] and "is less accurate there" in said[1]


def test_of_dense_boxes_the_one_that_covers_most_is_kept_else_the_best_balance() -> None:
    assert choose(np.array([[1.0, 0.3], [0.9, 0.79], [0.7, 0.8], [0.5, 0.95]])) == 2
    assert choose(np.array([[1.0, 0.2], [0.8, 0.5], [0.3, 0.7]])) == 1  # 2 * .8 * .5 / 1.3 is the largest


def test_a_tally_counts_inside_and_outside() -> None:
    box = Box((Limit(REACH, 0.2, 0.6, 0.01),))
    counted = tally(box, [{REACH: value} for value in (0.1, 0.2, 0.4, 0.6, 0.7)], np.array([1, 1, 0, 1, 0], dtype=bool))
    assert counted == Tally(3, 2, 2, 1)
    assert (counted.density, counted.coverage) == (2 / 3, 2 / 3)


def test_numbers_are_told_with_their_units() -> None:
    assert amount_of("attitudes.fundamentalists", 0.31) == "31 % of shoppers"
    assert amount_of("world.press_hazard_per_year", 0.08) == "0.08 stories a year"
    assert amount_of("behaviour.trust_loss_ratio", 4) == "4 (ratio)"
    assert limit_in_words(Limit(SEGMENTS[0], 0.2, 0.3, 0)) == "'fundamentalists' lies between 20 and 30 % of shoppers"


def test_figures_are_the_same_again(make_scenario: Callable[..., Scenario], tmp_path: Path) -> None:
    from simulation.show.drawing import save

    every = planted(make_scenario)
    found = discover(every, every, "sale")
    written = []
    for folder in (tmp_path / "one", tmp_path / "other"):
        folder.mkdir()
        for picture in (policies_picture(every), conditions_picture(every, every, found, 1)):
            save(picture, folder)
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert written[0] == written[1] and "conditions_1_sale.svg" in written[0]


# --- the verb -----------------------------------------------------------------------------------------------------


def test_the_verb_tells_and_writes_and_does_nothing_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def ask() -> tuple[str, str]:
        assert verb_of(Robust)(SHIPPED, shoppers=60, worlds=6, fresh=2, policies=["quiet sale"], out=tmp_path) == 0
        return capsys.readouterr()

    told, waited = ask()
    assert "8 runs" in waited and "minimax regret" in told and "not a forecast" in told
    folder = tmp_path / "shopsense_ifa-robust"
    with (folder / "policies_by_worlds.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 8 * 2 and all(float(row["difference_dollars"]) == 0 for row in rows[::2])
    assert json.loads((folder / "asked.json").read_text())["origin"]["shoppers"] == 60
    again, waited = ask()
    assert "8 are known already" in waited and again == told


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"over": ["world.story_reech"]}, "did you mean 'world.story_reach'"),
        ({"policies": ["quite sale"]}, "did you mean 'quiet sale'"),
        ({"out": Path("taken")}, "something other than results"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    asked: dict[str, Any],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    notes = tmp_path / "taken" / "shopsense_ifa-robust" / "notes.txt"
    notes.parent.mkdir(parents=True)
    notes.write_text("mine")
    assert verb_of(Robust)(SHIPPED, **asked) == 2
    assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.rglob("*")] == ["taken", "shopsense_ifa-robust", "notes.txt"]


def test_a_missing_package_is_named_with_what_to_install() -> None:
    with pytest.raises(MissingPackageError, match=r'needs no_such_thing.*-m pip install "SALib.*" "optuna.*"'):
        require("no_such_thing", "this study")
