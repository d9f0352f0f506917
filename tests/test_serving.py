"""The page for one user: what is asked is run, kept, handed out and shared fairly, and nothing else is let out."""

import asyncio
import html
import json
import multiprocessing
import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from simulation.cli.running import run as run_at_command_line
from simulation.cli.serving import serve
from simulation.scenario.schema import Scenario, scenario_type
from simulation.serve.application import application
from simulation.serve.asked import MOST, AskedError, Form, asked
from simulation.serve.crew import NOBODY, Crew, FullError
from simulation.serve.kept import TABLES, Kept
from simulation.serve.user import single_user
from simulation.serve.worker import Job

SALE = {"week": 3, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}
NASTY = "<img src=x onerror=alert(1)>\"'"
JOB = Job("run", "", Path("nowhere"))
SMALL = {"shoppers": "300", "replicates": "2", "policy": ["none", NASTY]}


POLICIES = {"none": [], NASTY: [SALE], "other": [SALE]}
CASE = scenario_type().model_validate(
    {
        "title": NASTY,
        "question": NASTY,
        "source": NASTY,
        "weeks": 30,
        "population": {"shoppers": 1000},
        "policies": POLICIES,
        "uncertain": {"others": "chance", "world.story_reach": [0.1, 0.6]},
    }
)


@pytest.fixture(scope="module")
def case() -> Scenario:
    return CASE


def site(case: Scenario, folder: Path, **limits: int) -> TestClient:
    parts = [single_user({"case": case}, Kept(folder), Crew(1, **limits))]
    return TestClient(application(parts), base_url="http://localhost", headers={"origin": "http://localhost"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def client(case: Scenario, folder: Path) -> Iterator[TestClient]:
    with site(case, folder) as opened:
        yield opened


def begun(client: TestClient, **fields: Any) -> str:
    answer = client.post("/scenarios/case/runs", data=SMALL | fields, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def told(client: TestClient, run: str) -> list[dict[str, Any]]:
    lines = client.get(f"{run}/events").text.splitlines()
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


@pytest.fixture(scope="module")
def run(client: TestClient) -> str:
    found = begun(client)
    assert told(client, found)[-1] == {"state": "done"}
    return found


# --- what is asked is run -----------------------------------------------------------------------------------------


def test_the_scenario_file_of_a_run_gives_the_same_tables_from_the_command_line(
    client: TestClient, run: str, tmp_path: Path
) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_bytes(client.get(f"{run}/files/scenario.yaml").content)
    assert run_at_command_line(file, out=tmp_path / "out", quiet=True) == 0
    for name in TABLES.keys() - {"run.json"}:
        assert (tmp_path / "out" / "scenario" / name).read_bytes() == client.get(f"{run}/files/{name}").content, name


def test_what_is_drawn_of_a_run_agrees_with_its_tables(client: TestClient, run: str) -> None:
    rows = [line.split(",") for line in client.get(f"{run}/files/weekly.csv").text.splitlines()]
    place = {name: rows[0].index(name) for name in rows[0]}
    shares = []
    for replicate in ("0", "1"):
        mine = [row for row in rows[1:] if row[place["replicate"]] == replicate and row[place["policy"]] == "none"]
        last = [row for row in mine if int(row[place["week"]]) > 30 - 13]
        carded, sales = (sum(int(row[place[name]]) for row in last) for name in ("carded_sales_cents", "sales_cents"))
        shares.append(carded / sales)
    drawn = client.get(f"{run}/answer.json").json()
    card_use = next(line for line in drawn["lines"]["lines"] if line["name"] == "card_use")
    assert card_use["policies"][0]["mid"][-1] == pytest.approx(sum(shares) / 2, rel=1e-3)  # the median of two
    assert drawn["lines"]["weeks"][-1] == 30


def test_what_the_first_replicates_say_is_told_before_the_others_are_lived(client: TestClient) -> None:
    messages = told(client, begun(client, shoppers="200", replicates="12"))
    early = [message["early"] for message in messages if "early" in message]
    assert [each["replicates"] for each in early] == [8]
    assert messages[-1] == {"state": "done"}


def test_a_number_is_set_by_its_value_and_what_is_left_alone_stays_drawn(case: Scenario) -> None:
    found = asked("case", case, Form([("behaviour.trust_loss_ratio", "4.5")])).scenario
    assert found.overrides == {"behaviour.trust_loss_ratio": 4.5}
    assert found.uncertain == case.uncertain
    found = asked("case", case, Form([("world.story_reach", "0.1")])).scenario
    assert found.overrides == {"world.story_reach": 0.1}
    assert not found.uncertain.ranges and found.uncertain.others == "chance"


def test_terms_are_edited_and_policies_added(case: Scenario) -> None:
    edited = {"other": [SALE | {"fee_per_member_year": 2.0}], "mine": []}
    found = asked("case", case, Form([("terms", json.dumps(edited))])).scenario
    assert list(found.policies) == ["none", NASTY, "other", "mine"]
    assert [action.fee_per_member_year for action in found.policies["other"]] == [2.0]
    assert found.policies["mine"] == ()


def test_a_page_address_says_all_that_is_asked(case: Scenario, client: TestClient, run: str) -> None:
    terms = json.dumps({"mine": [SALE]})
    form = Form([("world.story_reach", "0.25"), ("policy", "mine"), ("weeks", "9"), ("seed", "7"), ("terms", terms)])
    first = asked("case", case, form)
    again = asked("case", case, Form(parse_qsl(first.query)))
    assert again.scenario == first.scenario
    address = re.search(r'"(/scenarios/case[^"]*)"', client.get(run).text)
    assert address
    assert "shoppers=300" in address[1]
    assert client.get(html.unescape(address[1])).status_code == 200


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"shoppers": "100001"}, "from 100 to 100,000"),
        ({"shoppers": "1e3"}, "whole number"),
        ({"shoppers": "-1"}, "whole number"),
        ({"shoppers": "٣٠٠"}, "whole number"),
        ({"shoppers": "9" * 5000}, "whole number"),
        ({"weeks": "0"}, "from 1 to 520"),
        ({"replicates": "65"}, "from 1 to 64"),
        ({"policy": ["nobody"]}, "no policy"),
        ({"world.nothing": "1"}, "cannot be set"),
        ({"world.story_reach": "101"}, "story_reach"),
        ({"world.story_reach": "nan"}, "must be a number"),
        ({"terms": "{"}, "JSON"),
        ({"terms": '{"mine": [3]}'}, "list of actions"),
        ({"policy": "other", "terms": json.dumps({"other": [SALE | {"with": "nobody"}]})}, "nobody"),
        ({"seed": "-1"}, "whole number"),
    ],
)
def test_what_cannot_be_run_is_refused_in_a_sentence(client: TestClient, fields: dict[str, Any], said: str) -> None:
    answer = client.post("/scenarios/case/runs", data=SMALL | fields)
    assert answer.status_code == 422
    assert said in answer.text


KEYS = ("policy", "shoppers", "weeks", "replicates", "terms", "world.story_reach", "behaviour.trust_loss_ratio", "seed")
VALUES = ("none", "other", "0", "1", "7", "100", "300", "0.3", '{"mine": []}', '{"mine": [{"week": 1}]}', "1e9", "nan")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KEYS) | st.text(), st.sampled_from(VALUES) | st.text()), max_size=12))
def test_any_form_is_a_run_within_bounds_or_refused_in_a_sentence(pairs: list[tuple[str, str]]) -> None:
    try:
        found = asked("case", CASE, Form(pairs)).scenario
    except AskedError as error:
        assert str(error)
    else:
        assert found.population.shoppers <= MOST["shoppers"]
        assert found.weeks <= MOST["weeks"]
        assert next(iter(found.policies)) == "none"


def test_a_run_within_every_single_bound_may_still_be_too_large(case: Scenario) -> None:
    full = case.with_changes(weeks=MOST["weeks"])
    form = Form([("shoppers", "100000"), ("weeks", "520"), ("replicates", "8")])
    with pytest.raises(AskedError, match="1,248,000,000 weeks of a shopper's life, and 1,000,000,000"):
        _ = asked("case", full, form).scenario


# --- a run is kept ------------------------------------------------------------------------------------------------


def test_the_same_question_is_not_lived_twice(client: TestClient, run: str) -> None:
    assert begun(client) == run
    assert told(client, run) == [{"state": "done"}]


def test_a_run_outlives_its_server(case: Scenario, client: TestClient, folder: Path, run: str) -> None:
    later = site(case, folder)
    assert later.get(run).text == client.get(run).text
    assert later.get(f"{run}/files/summary.csv").content == client.get(f"{run}/files/summary.csv").content


def test_a_run_that_was_cut_off_can_be_taken_up(case: Scenario, folder: Path, client: TestClient) -> None:
    cut = Kept(folder).keep(asked("case", case, Form([("shoppers", "500"), ("replicates", "1")])))
    assert "ended before it was done" in client.get(f"/runs/{cut}").text
    assert client.post(f"/runs/{cut}/again", follow_redirects=False).status_code == 303
    assert told(client, f"/runs/{cut}")[-1] == {"state": "done"}


def test_report_and_lives_are_made_when_first_asked_for(
    client: TestClient, folder: Path, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulation.serve.answering._PATIENCE", 600)  # however busy the machine is
    report = folder / run.removeprefix("/") / "report.html"
    assert not report.exists()
    assert "</html>" in client.get(f"{run}/report.html").text
    assert report.exists()
    answer = client.get(f"{run}/lives", params={"policy": "1", "pick": "never-knew"})
    assert "never-knew" in answer.text
    assert "In the end:" in client.get(f"{run}/lives", params={"policy": "1"}).text, "whoever can be found first"
    assert client.get(f"{run}/lives/1/never-knew/life.svg").headers["content-type"] == "image/svg+xml"


# --- nothing else is let out --------------------------------------------------------------------------------------


def test_what_a_scenario_says_is_escaped_on_every_page(client: TestClient, run: str) -> None:
    lives = f"{run}/lives?policy=1&pick=never-knew"
    for page in (
        "/",
        "/runs",
        f"/compare?run={run.removeprefix('/runs/')}",
        "/scenarios/case",
        run,
        f"{run}/answer",
        lives,
        f"{run}/report.html",
    ):
        text = client.get(page).text
        assert "<img src=x" not in text, page
    answer = client.get("/scenarios/case", params={"policy": NASTY * 2}).text
    assert "<img src=x" not in answer
    assert "&lt;img src=x" in answer
    refused = client.post("/scenarios/case/runs", data={"policy": NASTY * 2})
    assert refused.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "path",
    [
        "/runs/00000000000000000000", "/runs/..%2f..%2fetc", "/runs/%2e%2e/files/run.json", "/runs/" + "a" * 3000,
        "RUN/files/../asked.json", "RUN/files/..%2f..%2fasked", "RUN/files/seen.json", "RUN/files/", "RUN/files",
        "RUN/files/run.json%00", "RUN/lives?policy=0&pick=median", "RUN/lives?policy=9&pick=median",
        "RUN/lives?policy=1&pick=../x", "RUN/lives/1/..%2f..%2fruns/life.svg", "RUN/lives/1/median/asked.json",
        "/scenarios/..%2fcase", "/scenarios/nothing", "/files/base.html", "/files/%2e%2e/__init__.py", "/asked",
        "/compare", "/compare?run=x", "/runs/x%0d%0aset-cookie:a=b",
    ],
)  # fmt: skip
def test_there_is_nothing_beside_what_is_offered(client: TestClient, run: str, path: str) -> None:
    answer = client.get(path.replace("RUN", run))
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
def test_pages_are_asked_in_one_way_only(client: TestClient, run: str, method: str) -> None:
    assert client.request(method, run).status_code == 405
    assert client.request(method, f"{run}/files/run.json").status_code == 405


def test_a_form_that_is_no_form_is_refused(client: TestClient) -> None:
    for body in (b"\xff\xfe", b"&".join(b"a=b" for _ in range(400))):
        assert client.post("/scenarios/case/runs", content=body).status_code == 400


# --- many at once -------------------------------------------------------------------------------------------------


def place(task: Any) -> int:
    return [message["place"] for message in task.told if "place" in message][-1]


def test_askers_take_turns_whatever_each_asks_for() -> None:
    async def ask() -> list[int]:
        crew = Crew(1)
        first = [await crew.submit(f"a{number}", "a", JOB) for number in range(3)]
        second = [await crew.submit(f"b{number}", "b", JOB) for number in range(2)]
        return [place(task) for task in (*first, *second)]

    assert asyncio.run(ask()) == [1, 3, 5, 2, 4]


def test_what_nobody_waits_for_comes_last() -> None:
    async def ask() -> list[int]:
        crew = Crew(1)
        behind = await crew.submit("screening", NOBODY, JOB)
        return [place(await crew.submit("run", "a", JOB)), place(behind)]

    assert asyncio.run(ask()) == [1, 2]


def test_the_queue_is_bounded_for_each_and_for_all() -> None:
    async def ask() -> None:
        crew = Crew(1, most_waiting=3, most_each=2)
        for number in range(2):
            await crew.submit(f"a{number}", "a", JOB)
        with pytest.raises(FullError, match="2 of your runs"):
            await crew.submit("a2", "a", JOB)
        await crew.submit("a1", "a", JOB)  # the same once more is nothing more
        await crew.submit("b0", "b", JOB)
        with pytest.raises(FullError, match="3 runs"):
            await crew.submit("c0", "c", JOB)

    asyncio.run(ask())


def test_a_run_is_stopped_when_nobody_waits_for_it_any_longer() -> None:
    async def ask() -> None:
        crew = Crew(1)
        task = await crew.submit("x", "a", JOB)
        behind = await crew.submit("y", "c", JOB)
        await crew.submit("x", "b", JOB)
        assert not crew.cancel("x", "stranger")
        assert crew.cancel("x", "a")
        assert task.state == "waiting"
        assert crew.cancel("x", "b")
        assert task.state == "stopped"
        assert place(behind) == 1

    asyncio.run(ask())


def test_a_full_queue_says_when_to_try_again(case: Scenario, tmp_path: Path) -> None:
    with site(case, tmp_path, most_waiting=0) as client:
        answer = client.post("/scenarios/case/runs", data=SMALL)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"
    assert "try again" in answer.text


@pytest.fixture
def long(make_scenario: Callable[..., Scenario]) -> Scenario:
    return make_scenario({"sale": [SALE]}, weeks=520)


def test_a_run_under_way_is_cancelled_by_those_alone_who_asked_for_it(long: Scenario, tmp_path: Path) -> None:
    with site(long, tmp_path) as client:
        client.get("/")
        run = begun(client, policy=["sale"], shoppers="100000", replicates="8")
        mine = client.cookies["asker"]
        client.cookies = {"asker": "stranger"}
        stranger = client.post(f"{run}/cancel")
        client.cookies = {"asker": mine}
        asker = client.post(f"{run}/cancel", follow_redirects=False)
        assert told(client, run)[-1] == {"state": "stopped"}
        assert not (tmp_path / "runs").exists()
    assert (stranger.status_code, asker.status_code) == (403, 303)


def test_a_lost_worker_is_said_and_replaced(long: Scenario, tmp_path: Path) -> None:
    others = {child.pid for child in multiprocessing.active_children()}
    with site(long, tmp_path) as client:
        run = begun(client, policy=["sale"], shoppers="50000", replicates="8")
        [worker] = [child.pid for child in multiprocessing.active_children() if child.pid not in others]
        os.kill(worker, signal.SIGKILL)
        last = told(client, run)[-1]
        assert last["state"] == "failed"
        assert "worker was lost" in last["said"]
        assert told(client, begun(client, policy=["sale"]))[-1] == {"state": "done"}


# --- the verb -----------------------------------------------------------------------------------------------------


def test_serve_refuses_what_it_cannot_serve(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("title: x\n", encoding="utf-8")
    assert serve(bad, port=8000, out=tmp_path) == 2
    assert "bad.yaml" in capsys.readouterr().err
    good = Path(__file__).parents[1] / "scenarios" / "shopsense_ifa.yaml"
    assert serve(good, port=70_000, out=tmp_path) == 2
    assert "70000 is no port" in capsys.readouterr().err
    assert serve(good, good, out=tmp_path) == 2
    assert "shopsense_ifa" in capsys.readouterr().err


def test_whoever_is_let_in_from_elsewhere_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked_for: list[str] = []
    monkeypatch.setattr(uvicorn.Server, "run", lambda server: asked_for.append(server.config.host))
    good = Path(__file__).parents[1] / "scenarios" / "shopsense_ifa.yaml"
    assert serve(good, out=tmp_path) == 0
    assert "Whoever" not in capsys.readouterr().err
    assert serve(good, out=tmp_path, host="0.0.0.0") == 0
    assert "Whoever reaches this machine" in capsys.readouterr().err
    assert asked_for == ["127.0.0.1", "0.0.0.0"]
