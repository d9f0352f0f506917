"""Levers and fronts: what may be varied, what the search finds on formulas, and the verb that tells of it."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import SALE
from test_cli import SHIPPED

from simulation.cli.questions import verb_of
from simulation.questions.optimise.answer import picture
from simulation.questions.optimise.levers import Lever, Point, levers_of, own_value, side_by_side
from simulation.questions.optimise.question import Optimise
from simulation.questions.optimise.search import (
    AIMS,
    BATCH,
    Front,
    Option,
    aims_of,
    ends,
    first_tasks,
    leans_on,
    middle,
    optimise,
    search,
    standing,
    undominated,
)
from simulation.questions.optimise.words import front_in_words, leaning_in_words
from simulation.runs.sampling import lived, worlds
from simulation.runs.tasks import Task
from simulation.scenario.schema import Scenario
from simulation.show.drawing import save

WIDE = {"week": 5, "do": "targeted_offers", "intensity": 2.0, "depth": 0.5}


# --- levers -------------------------------------------------------------------------------------------------------


def test_levers_are_read_as_numbers_and_choices(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario({"sale": [SALE]})
    asked = ["fee_per_member_year=0.1:10", "consent=none,opt_in", "with=insurer,broker", "exclusive=true,false"]
    assert levers_of(scenario, "sale", asked) == [
        Lever("fee_per_member_year", 0.1, 10.0),
        Lever("consent", choices=("none", "opt_in")),
        Lever("with", choices=("insurer", "broker")),
        Lever("exclusive", choices=(True, False)),
    ]
    answering = make_scenario({"sale": [SALE, {"week": 8, "do": "respond", "about": "share_data"}]})
    assert levers_of(answering, "sale", ["after=0:20"]) == [Lever("after", 0.0, 20.0, whole=True)]


def test_a_variant_sets_terms_wherever_they_stand_and_nothing_else(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario({"sale": [SALE, WIDE]})
    varied = side_by_side(scenario, "sale", [{"with": "broker", "depth": 0.9}, {}])
    names = list(varied.policies)
    first, offers = varied.policies[names[1]]
    assert (first.recipient, first.fee_per_member_year, offers.depth, offers.intensity) == ("broker", 0.5, 0.9, 2.0)
    assert varied.policies[names[2]] == scenario.policies["sale"] and names[0] == "status quo"
    assert (own_value(scenario, "sale", "with"), own_value(scenario, "sale", "depth")) == ("insurer", 0.5)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["fee=0:1"], "did you mean 'fee_per_member_year'.*terms of 'sale': asked, bound_to_purpose, consent"),
        (["week=1:20"], "no term 'week'"),
        (["reward"], "write reward=low:high"),
        (["reward=0.02:0"], "must lie below"),
        (["reward=0:lots"], "'lots' is not a number"),
        (["reward=0:3"], "vary reward=0:3: reward must be at most 0.5"),
        (["consent=0:1"], "is not a number; write consent=one,another"),
        (["consent=none,opt_inn"], "did you mean 'opt_in'"),
        (["exclusive=yes"], "true or false, not 'yes'"),
        (["reward=0:0.1", "reward=0:0.2"], "each term once"),
        ([], "one term at least"),
    ],
)
def test_what_cannot_be_varied_is_said(asked: list[str], said: str, make_scenario: Callable[..., Scenario]) -> None:
    with pytest.raises(ValueError, match=said):
        levers_of(make_scenario({"sale": [SALE]}), "sale", asked)


def test_policies_and_aims_that_do_not_exist_are_refused(make_scenario: Callable[..., Scenario]) -> None:
    with pytest.raises(ValueError, match="known here: sale"):
        levers_of(make_scenario({"sale": [SALE]}), "sail", ["reward=0:1"])
    assert aims_of(["trust", "value"]) == ("trust", "value")
    for names, said in (
        (["values", "harm"], "no aim called 'values'"),
        (["value"], "two aims"),
        (["harm"] * 2, "once"),
    ):
        with pytest.raises(ValueError, match=said):
            aims_of(names)


# --- the search ---------------------------------------------------------------------------------------------------


def schaffer(points: Sequence[Point]) -> np.ndarray:
    """Return two aims to be least, x² and (x - 2)² (Schaffer 1985), spoilt by the wrong choice: best is 0 to 2."""
    rows = []
    for point in points:
        x, worse = float(point["x"]), 4.0 * (point["kind"] != "right")
        rows.append((x**2 + worse, (x - 2) ** 2 + worse))
    return np.array(rows)


LEVERS = [Lever("x", -10.0, 10.0), Lever("kind", choices=("wrong", "right", "bad"))]


def test_a_known_front_is_found() -> None:
    points, values = search(LEVERS, ["minimize"] * 2, schaffer, 96, seed=3)
    kept = undominated(values, ["minimize"] * 2)
    assert len(points) == 96 and len(kept) >= 6
    assert all(points[place]["kind"] == "right" and -0.2 < float(points[place]["x"]) < 2.2 for place in kept)
    # on the true front the square roots of both aims add up to 2
    assert np.sqrt(values[kept]).sum(axis=1).max() < 2.4
    assert np.ptp([float(points[place]["x"]) for place in kept]) > 1


def test_the_search_depends_on_its_seed_alone_and_asks_for_batches() -> None:
    sizes: list[int] = []

    def noted(points: Sequence[Point]) -> np.ndarray:
        sizes.append(len(points))
        return schaffer(points)

    first, _ = search(LEVERS, ["minimize"] * 2, noted, 30, seed=3)
    assert sizes == [BATCH, BATCH, 30 - 2 * BATCH]
    assert search(LEVERS, ["minimize"] * 2, schaffer, 30, seed=3)[0] == first
    assert search(LEVERS, ["minimize"] * 2, schaffer, 30, seed=4)[0] != first


def test_what_nothing_beats_by_hand() -> None:
    values = np.array([[1.0, 5.0], [2.0, 4.0], [2.0, 6.0], [3.0, 7.0], [3.0, 7.0], [0.0, 1.0]])
    assert undominated(values, ["maximize", "minimize"]) == [3, 1, 5]
    assert undominated(values, ["maximize", "maximize"]) == [3]


# --- a front ------------------------------------------------------------------------------------------------------


def front_by_hand() -> Front:
    def option(name: str, value: float, trust: float, harm: float) -> Option:
        apart = np.array([[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0]] * 8)
        return Option(name, {"fee": value}, np.array([value + 5, trust, harm]), np.array([value, trust, harm]) + apart)

    options = (
        option("rich", 100, 0.2, 90),
        option("even", 70, 0.5, 30),
        option("kind", 10, 0.6, 10),
        option("vain", -5, 0.4, 5),
    )
    every = [{"world.story_reach": 0.1 + 0.02 * (place % 2), "world.rival_access": 0.7} for place in range(16)]
    nothing = Option("baseline", {}, np.zeros(3), np.tile([0.0, 0.7, 0.0], (16, 1)))
    levers = (Lever("fee", 0, 100),)
    return Front(
        "sale", "status quo", tuple(AIMS), levers, 40, 4, every, options, option("own policy", 60, 0.4, 50), nothing
    )


def test_ends_and_a_middle_are_named_and_no_winner() -> None:
    front = front_by_hand()
    assert [option.name for option in standing(front)] == ["rich", "even", "kind"]  # "vain" is beaten in every aim
    assert {aim: option.name for aim, option in ends(front).items()} == {
        "value": "rich",
        "trust": "kind",
        "harm": "kind",
    }
    # parts of the span missed at worst: rich 1, kind 1, even max(30 / 90, .1 / .4, 20 / 80) = a third
    assert middle(front).name == "even"
    said = " ".join(front_in_words(front))
    assert "4 of 40 trials are Pareto-optimal" in said and "does as well or better in every aim than 1 of them" in said
    assert "Most value: rich (fee 100): value +$100" in said and "A middle: even" in said
    assert (
        "rich had value +$105; in held-out ones it has +$100" in said and "which the Pareto front does not make" in said
    )


def test_the_figure_is_the_same_again_and_draws_every_option(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        shown = picture(front_by_hand())
        save(shown, tmp_path / name)
    assert len(shown.figure.axes[0].collections) == 4 + 2  # the front, the policy itself and the baseline
    assert all(
        (tmp_path / "other" / path.name).read_bytes() == path.read_bytes() for path in (tmp_path / "one").iterdir()
    )


def test_guesses_that_move_an_option_are_named() -> None:
    front = front_by_hand()
    assert leans_on(front, front.options[1]) == {"world.story_reach": pytest.approx(1.0)}
    assert "story reach (+1.00)" in leaning_in_words(front)


def test_a_search_lives_every_trial_in_the_same_worlds_and_its_front_in_fresh_ones(
    make_scenario: Callable[..., Scenario],
) -> None:
    scenario = make_scenario({"sale": [SALE]}, weeks=12, uncertain={"world.story_reach": [0.1, 0.6]})
    levers = levers_of(scenario, "sale", ["fee_per_member_year=0:5", "consent=none,opt_in"])
    every, asked = worlds(scenario, ["world.story_reach"], 5), list[Task]()

    def noted(tasks: Sequence[Task]) -> Any:
        asked.extend(tasks)
        return lived(tasks)

    front = optimise(scenario, "sale", levers, ("value", "harm"), noted, trials=14, searched=2, fresh=3)
    assert [task.numbers for task in asked[:4]] == [*every[:2], *every[:2]]
    assert [task.key for task in asked[:2]] == [
        task.key for task in first_tasks(scenario, "sale", levers, ("value", "harm"), 14, 2)
    ]
    again = [task for task in asked if task.numbers in every[2:]]
    assert [task.replicate for task in again] == [2, 3, 4] and front.fresh_worlds == every[2:]
    assert front.options and np.array_equal(front.nothing.fresh, np.zeros((3, 2)))
    # in twelve weeks nobody has learnt of it yet: the more is paid, the more it is worth
    best = ends(front)["value"]
    assert float(best.point["fee_per_member_year"]) > 3 and best.mean[0] > front.own.mean[0]


# --- the verb -----------------------------------------------------------------------------------------------------


def test_the_verb_tells_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = verb_of(Optimise)(
        SHIPPED, policy="quiet sale", vary=["fee_per_member_year=0.1:10", "consent=none,opt_in"], trials=4, worlds=2,
        fresh=2, shoppers=60, out=tmp_path,
    )  # fmt: skip
    told, waited = capsys.readouterr()
    assert done == 0 and "6 runs" in waited
    told = " ".join(told.split())
    assert "A middle" in told and "not as a plan" in told and "not a forecast" in told
    with (tmp_path / "shopsense_ifa-optimise" / "front.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [row["option"] for row in rows[:2]] == ["baseline", "own policy"] and len(rows) > 2
    assert rows[1]["consent"] == "none" and rows[1]["fee_per_member_year"] == ""  # the fee is left to bidders


def test_the_verb_refuses_what_it_cannot_vary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verb_of(Optimise)(SHIPPED, policy="quiet sale", vary=["fee=1:2"], out=tmp_path) == 2
    assert "did you mean 'fee_per_member_year'" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
