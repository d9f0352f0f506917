"""A scenario as an instrument: a change is answered by a small run, the newest first; runs are kept and compared."""

import asyncio
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from simulation.model.simulation import Simulation
from simulation.runs.run import run_scenario
from simulation.scenario.coalitions import JoinCoalition
from simulation.scenario.events import PressStory
from simulation.scenario.flows import ShareData
from simulation.scenario.schema import Scenario
from simulation.serve import small
from simulation.serve.application import application
from simulation.serve.asked import Form, asked
from simulation.serve.cards import in_plain_words, kinds
from simulation.serve.crew import Crew
from simulation.serve.kept import DAYS_KEPT, Kept
from simulation.serve.offered import offered
from simulation.serve.priority_pool import PriorityPool
from simulation.serve.screened import by_effect, write_effects
from simulation.serve.small import FIRST, SmallRuns
from simulation.serve.user import single_user

SALE = {"week": 3, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}
RISKY = {"press_hazard_per_year": 0.4}


@pytest.fixture(autouse=True)
def few_shoppers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small, "SHOPPERS", 200)


@pytest.fixture
def case(make_scenario: Callable[..., Scenario]) -> Scenario:
    settings: dict[str, Any] = {"weeks": 40, "world": RISKY, "population": {"shoppers": 400}, "replicates": 2}
    settings["uncertain"] = {"world.story_reach": [0.1, 0.6]}
    return make_scenario({"sale": [SALE], "other": [SALE | {"week": 9}]}, **settings)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


@pytest.fixture
def client(case: Scenario, kept: Kept) -> Iterator[TestClient]:
    parts = [single_user({"case": case}, kept, Crew(1))]
    site = application(parts)
    with TestClient(site, base_url="http://localhost", headers={"origin": "http://localhost"}) as opened:
        opened.get("/")
        yield opened


def ask_small(client: TestClient, **fields: Any) -> dict[str, Any]:
    answer = client.post("/scenarios/case/small", data=fields)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def dots(answer: dict[str, Any], policy: str) -> list[list[float]]:
    found = next(each for each in answer["policies"] if each["name"] == policy)
    return [row["values"] for row in found["dots"]]


# --- small runs -----------------------------------------------------------------------------------------------------


def test_a_small_run_says_what_a_run_of_its_size_finds(client: TestClient, case: Scenario) -> None:
    answer = ask_small(client, small="2")["answer"]
    run = run_scenario(case.with_changes(shoppers=200, replicates=2), split=True)
    assert run.split is not None
    secret = run.split.secret["value"][:, 1] - run.split.lives("value").by_replicate()[:, 0]
    exposed = run.split.exposed["value"][:, 1] - run.split.lives("value").by_replicate()[:, 0]
    assert dots(answer, "sale") == [pytest.approx(secret.tolist(), rel=1e-3), pytest.approx(exposed.tolist(), rel=1e-3)]
    assert (answer["shoppers"], answer["replicates"]) == (200, 2)


def test_an_edited_term_moves_its_own_policy_and_no_other(client: TestClient) -> None:
    before = ask_small(client, small="2")["answer"]
    edited = {"sale": [SALE | {"fee_per_member_year": 2.0}]}
    after = ask_small(client, small="2", terms=json.dumps(edited))
    assert dots(after["answer"], "other") == dots(before, "other")
    assert dots(after["answer"], "sale")[0] > dots(before, "sale")[0]
    assert "fee per member year 2" in after["words"]["sale"][0]


def test_a_number_is_set_without_another_luck(client: TestClient) -> None:
    """Of a story that nobody hears of, the secret life knows nothing, and stays as it is to the last digit."""
    before, after = (ask_small(client, small="2", **{"world.story_reach": reach}) for reach in ("0.1", "0.6"))
    for policy in ("sale", "other"):
        assert dots(after["answer"], policy)[0] == dots(before["answer"], policy)[0]


def test_what_a_change_is_about_can_be_asked_alone(client: TestClient) -> None:
    answer = ask_small(client, small="1", focus="other")["answer"]
    assert [each["name"] for each in answer["policies"]] == ["status quo", "other"]


def test_what_cannot_be_is_said_in_a_sentence(client: TestClient) -> None:
    answer = client.post("/scenarios/case/small", data={"world.story_reach": "7"})
    assert answer.status_code == 422
    assert "story_reach" in answer.json()["wrong"]


def changes(case: Scenario, *asked_for: tuple[str, int, int]) -> list[Any]:
    """Return what comes of changes that are asked for at once: client, seed and rank of each."""

    async def change() -> list[Any]:
        runs = SmallRuns()
        async with runs.at_work():
            every = [
                asyncio.create_task(runs.answer(client, asked("case", case, Form([("seed", str(seed))])), 2, rank))
                for client, seed, rank in asked_for
            ]
            return list(await asyncio.gather(*every))

    return asyncio.run(change())


def test_until_all_numbers_are_screened_the_usual_sliders_are_offered(case: Scenario) -> None:
    def sliders(effects: dict[str, float], is_screened: bool) -> list[str]:
        return [each["address"] for each in offered("case", case, effects, is_screened)["numbers"]]

    some = {"money.gross_margin": 2.0}
    assert "world.press_hazard_per_year" in sliders(some, False) == sliders({}, False)
    assert sliders(some, True) == ["money.gross_margin"]


def test_pages_that_are_served_anew_answer_as_before(case: Scenario) -> None:
    async def twice() -> list[int]:
        runs, found = SmallRuns(), []
        for seed in (1, 2):
            async with runs.at_work():
                answer = await runs.answer("a", asked("case", case, Form([("seed", str(seed))])), 1)
                assert answer is not None
                found.append(answer["seed"])
        return found

    assert asyncio.run(twice()) == [1, 2]


def test_the_newest_change_wins(case: Scenario) -> None:
    found = changes(case, ("a", 1, FIRST), ("a", 2, FIRST), ("a", 3, FIRST), ("b", 4, FIRST))
    assert [each and each["seed"] for each in found] == [None, None, 3, 4]


def test_a_life_is_broken_off_once_something_has_changed(case: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    lived: list[int] = []

    async def change() -> list[Any]:
        runs = SmallRuns()
        first, second = (asked("case", case, Form([("seed", str(seed))])) for seed in (1, 2))
        async with runs.at_work():
            older = asyncio.create_task(runs.answer("a", first, 1))
            await asyncio.to_thread(begun.wait, 10)
            newer = asyncio.create_task(runs.answer("a", second, 1))
            await asyncio.sleep(0)
            go_on.set()
            return list(await asyncio.gather(older, newer))

    begun, go_on, step = threading.Event(), threading.Event(), Simulation._live_on

    def slowly(model: Simulation, last: int) -> None:
        begun.set()
        go_on.wait(10)
        lived.append(model.case.seed)
        step(model, last)

    monkeypatch.setattr(Simulation, "_live_on", slowly)
    found = asyncio.run(change())
    assert [each and each["seed"] for each in found] == [None, 2]
    assert lived.count(1) == 1 < lived.count(2)


def test_what_is_more_urgent_is_done_first() -> None:
    pool, go_on = PriorityPool(1), threading.Event()
    done: list[object] = []
    pool.submit(0, partial(go_on.wait, 10))
    waiting = [pool.submit(rank, partial(done.append, (rank, place))) for place, rank in enumerate((8, 1, 2, 1))]
    assert pool.submit(1, partial(done.append, "dropped")).cancel()
    go_on.set()
    for each in waiting:
        each.result(10)
    pool.end()
    assert done == [(1, 1), (1, 3), (2, 2), (8, 0)]


# --- cards and sliders ----------------------------------------------------------------------------------------------


def test_actions_are_told_in_plain_words() -> None:
    sale = ShareData.model_validate(SALE | {"exclusive": True})
    assert in_plain_words(sale) == (
        "From week 3: card data goes to the insurer; nobody is asked or told; fee per member year 0.5; exclusive."
    )
    story = PressStory(week=9, do="press_story", about="share_data")
    assert in_plain_words(story) == "In week 9: press story about card data passed on."
    together = JoinCoalition(week=5, do="join_coalition", partners=("fuel", "bank"))
    assert in_plain_words(together) == "From week 5: join coalition; partners fuel, bank."


def test_every_term_of_every_kind_of_action_can_be_entered() -> None:
    every = {kind["do"]: {term["name"]: term for term in kind["terms"]} for kind in kinds()}
    assert every["share_data"]["consent"]["choices"] == ["none", "notice", "opt_out", "opt_in"]
    assert (every["share_data"]["reward"]["least"], every["share_data"]["reward"]["most"]) == (0, 0.5)
    known = {"choice", "boolean", "array", "string", "number", "integer"}
    assert {term["kind"] for terms in every.values() for term in terms.values()} <= known


def test_numbers_that_act_nowhere_are_left_out_and_others_come_by_effect(case: Scenario, tmp_path: Path) -> None:
    addresses = ["practices.departure_to_employer", "money.gross_margin", "world.press_hazard_per_year"]
    done: list[int] = []
    write_effects(case, addresses, tmp_path / "effects.json", done.append)
    found = by_effect([tmp_path / "effects.json", tmp_path / "missing.json"])
    assert set(found) == {"money.gross_margin", "world.press_hazard_per_year"}, "nothing goes to an employer here"
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert sum(done) == 3


# --- what was run -----------------------------------------------------------------------------------------------------


def finished(client: TestClient, **fields: Any) -> str:
    asked = {"shoppers": "200", "replicates": "2", **fields}
    answer = client.post("/scenarios/case/runs", data=asked, headers={"accept": "application/json"})
    run: str = answer.json()["run"]
    assert '"done"' in client.get(f"/runs/{run}/events").text
    return run


def test_runs_stand_side_by_side_with_what_differs(client: TestClient) -> None:
    first = finished(client)
    second = finished(client, seed="5", terms=json.dumps({"sale": [SALE | {"fee_per_member_year": 2.0}]}))
    text = client.get("/compare", params={"run": [first, second]}).text
    assert "fee per member year 2." in text and "fee per member year 0.5." in text
    rows = text.partition("What differs")[2]
    assert ">seed<" in rows and "policy &#39;sale&#39;" in rows
    assert "policy &#39;other&#39;" not in rows and ">weeks<" not in rows


def test_a_number_that_is_set_stands_beside_the_range_from_which_it_is_drawn_otherwise(client: TestClient) -> None:
    runs = [finished(client), finished(client, **{"world.story_reach": "0.3"})]
    rows = client.get("/compare", params={"run": runs}).text.partition("What differs")[2]
    assert rows.count("story reach") == 1 and "drawn from 0.1 to 0.6" in rows and "0.3" in rows


def test_past_runs_are_listed_and_deleted_by_those_who_asked(client: TestClient, kept: Kept) -> None:
    run = finished(client, **{"world.story_reach": "0.3"})
    assert "story reach 0.3" in client.get("/runs").text, "what was changed tells runs of a scenario apart"
    assert f"/runs/{run}/delete" in client.get("/runs").text
    mine = client.cookies["asker"]
    client.cookies = {"asker": "stranger"}  # type: ignore[assignment] # httpx takes a mapping
    assert f"/runs/{run}" in client.get("/runs").text
    assert f"/runs/{run}/delete" not in client.get("/runs").text
    assert client.post(f"/runs/{run}/delete").status_code == 403
    client.cookies = {"asker": mine}  # type: ignore[assignment] # httpx takes a mapping
    assert client.post(f"/runs/{run}/delete").status_code == 200
    assert not kept.is_known(run) and client.get(f"/runs/{run}").status_code == 404


def test_a_change_that_was_overtaken_leaves_no_run_in_the_list(client: TestClient, kept: Kept, case: Scenario) -> None:
    overtaken, run = kept.keep(asked("case", case, Form([("seed", "77")]))), finished(client)
    text = client.get("/runs").text
    assert f"/runs/{run}" in text and f"/runs/{overtaken}" not in text


def test_a_run_is_kept_for_so_many_days(kept: Kept, case: Scenario, tmp_path: Path) -> None:
    old, young = (kept.keep(asked("case", case, Form([("seed", seed)]))) for seed in ("1", "2"))
    for run, days in ((old, DAYS_KEPT + 1), (young, DAYS_KEPT - 1)):
        then = time.time() - days * 86_400
        os.utime(tmp_path / "asked" / run, (then, then))
    kept.expire()
    assert [kept.is_known(run) for run in (old, young)] == [False, True]
