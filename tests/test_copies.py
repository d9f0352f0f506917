"""Copies and carriers: whatever is copied or carried to another process goes on to the same bits."""

import copy
import gc
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import mesa
import numpy as np
import pytest
from conftest import SALE

from simulation.evidence.audit.books import books_of, digest_of
from simulation.model.model import LoyaltyModel
from simulation.runs.run import run_scenario
from simulation.scenario.reading import read_scenario
from simulation.scenario.schema import Scenario

EVERYTHING = "simulation/evidence/audit/everything.yaml"


def carried(what: Any) -> Any:
    """Return what comes out of a pickle."""
    return pickle.loads(pickle.dumps(what))


WAYS = [pytest.param(copy.deepcopy, id="copied"), pytest.param(carried, id="carried")]


@pytest.fixture
def case(make_scenario: Callable[..., Scenario]) -> Scenario:
    story = {"week": 8, "do": "press_story", "about": "share_data"}
    answer = {"week": 6, "do": "respond", "about": "share_data", "to": "exposure", "stop": True}
    uncertain = {"world.story_reach": [0.3, 0.9]}
    return make_scenario({"sale": [SALE, story, answer]}, uncertain=uncertain, population={"shoppers": 150})


def left_by(model: LoyaltyModel) -> tuple[str, bytes, bytes, list[Any]]:
    """Return what a model has left behind: books, shoppers, levers and collected measures."""
    collected = model.datacollector.get_model_vars_dataframe().to_numpy().tolist()
    return digest_of(books_of(model)), model.levers.tobytes(), model.practices.tobytes(), collected


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("how", [{}, {"threads": 2}, {"engine": "agents"}], ids=["columns", "threads", "agents"])
def test_half_way_a_model_and_its_copy_go_on_alike_and_apart(
    case: Scenario, way: Callable[[Any], Any], how: dict[str, Any]
) -> None:
    straight = left_by(LoyaltyModel(case, **how).run())
    model = LoyaltyModel(case, **how)
    for _ in range(7):  # the story breaks next week
        model.step()
    other = way(model)
    assert left_by(other.run()) == straight
    assert model.week == 7 and not model.ledger.weekly[7:].any(), "the copy has lived on by itself"
    third = way(model)
    assert left_by(model.run()) == straight
    del model, other
    gc.collect()
    assert left_by(third.run()) == straight, "a copy needs nothing of what it was copied from"


@pytest.mark.parametrize("way", WAYS)
def test_every_policy_and_event_survives_a_copy_at_any_week(way: Callable[[Any], Any]) -> None:
    model = LoyaltyModel(read_scenario(EVERYTHING).with_changes(shoppers=200, weeks=60))
    straight = left_by(copy.deepcopy(model).run())
    while model.running:
        model.step()
        if model.week % 10 == 0:
            model = way(model)
    assert left_by(model) == straight


@pytest.mark.parametrize("file", [EVERYTHING, "scenarios/shopsense_ifa.yaml"])
def test_a_scenario_comes_out_of_a_pickle_as_it_was(file: str) -> None:
    scenario = read_scenario(file)
    again = carried(scenario)
    assert again == scenario and again.overrides == scenario.overrides and type(again) is type(scenario)
    assert list(again.policies) == list(scenario.policies) and list(again.uncertain.ranges) == list(
        scenario.uncertain.ranges
    )


def test_an_outcome_comes_out_of_a_pickle_as_it_was(case: Scenario) -> None:
    outcome = run_scenario(case.with_changes(replicates=2))
    outcome.value()  # what has been read once is kept
    again = carried(outcome)
    assert np.array_equal(again.value(), outcome.value())
    for mine, theirs in zip(outcome.replicates, again.replicates, strict=True):
        assert np.array_equal(mine.weekly, theirs.weekly) and mine.overrides == theirs.overrides
    columns = zip(outcome.crowd.lives_columns(), again.crowd.lives_columns(), strict=True)
    assert all(np.array_equal(mine, theirs) for mine, theirs in columns)


def test_another_process_gives_the_same_outcome(case: Scenario) -> None:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        there = pool.submit(run_scenario, case).result()
    assert np.array_equal(there.replicates[0].weekly, run_scenario(case).replicates[0].weekly)


# --- Mesa's own ways ----------------------------------------------------------------------------------------------


def test_mesa_runs_a_model_to_its_end(case: Scenario) -> None:
    model, usual = LoyaltyModel(case), LoyaltyModel(case).run()
    assert model.running
    model.run_model()
    assert model.week == model.steps == 26 and not model.running and not usual.running
    assert left_by(model) == left_by(usual)
    with pytest.raises(ValueError, match="the scenario ends with week 26"):
        model.step()


@pytest.mark.parametrize(
    ("processes", "as_list"), [(1, True), (1, False), (2, True), pytest.param(2, False, marks=pytest.mark.slow)]
)
def test_mesa_s_batch_runs_give_each_replicate_s_numbers(case: Scenario, processes: int, as_list: bool) -> None:
    asked = {"scenario": [case] if as_list else case, "replicate": range(2)}
    rows = mesa.batch_run(LoyaltyModel, asked, number_processes=processes, display_progress=False)
    found = {row["replicate"]: row["contribution_cents [sale]"] for row in rows}
    for replicate in range(2):
        model = LoyaltyModel(case, replicate=replicate).run()
        assert found[replicate] == model.datacollector.model_vars["contribution_cents [sale]"][-1]
    assert found[0] != found[1]


def test_mesa_s_seed_goes_before_the_scenario_s(case: Scenario) -> None:
    other = LoyaltyModel(case, rng=99).run()
    assert left_by(other) == left_by(LoyaltyModel(case.with_changes(seed=99)).run())
    assert left_by(LoyaltyModel(case, rng=None).run()) == left_by(LoyaltyModel(case, rng=case.seed).run())
    assert not np.array_equal(other.ledger.weekly, LoyaltyModel(case).run().ledger.weekly)
