"""Every question can be asked from the page of a run that is done, within bounds, and its answer is kept."""

import html
import inspect
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from simulation.questions.ask import Question
from simulation.questions.catalogue import QUESTIONS
from simulation.questions.churn.question import Churn
from simulation.questions.compare.question import Compare
from simulation.questions.reserve.question import Reserve
from simulation.questions.survey.question import Survey
from simulation.runs import tasks
from simulation.scenario.reading import canonical_text
from simulation.scenario.schema import scenario_type
from simulation.serve.application import application
from simulation.serve.crew import Crew
from simulation.serve.kept import Kept
from simulation.serve.user import single_user
from simulation.serve.worker import Job, _done

NASTY = "<img src=x onerror=alert(1)>, \"'"
SALE = {"week": 3, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}
SETTINGS = {"title": NASTY, "uncertain": "chance", "question": "what?", "weeks": 30, "population": {"shoppers": 1000}}
CASE = scenario_type().model_validate({**SETTINGS, "policies": {"none": [], NASTY: [SALE]}})
RUN = {"shoppers": "300", "replicates": "2"}
NOT_ON_A_PAGE = {"others", "written", "principles"}  # other scenarios, and a file on the server's disk
BREAK_EVEN = {"number": "fee_per_member_year", "policy": NASTY, "between": "0.1, 2", "tried": "2"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    parts = [single_user({"case": CASE}, Kept(tmp_path_factory.mktemp("served")), Crew(1))]
    origin = {"origin": "http://localhost"}
    with TestClient(application(parts), base_url="http://localhost", headers=origin) as opened:
        yield opened


@pytest.fixture(scope="module")
def run(client: TestClient) -> str:
    found = client.post("/scenarios/case/runs", data=RUN, follow_redirects=False).headers["location"]
    assert '"state": "done"' in client.get(f"{found}/events").text
    return found


def asked(client: TestClient, run: str, question: str, **options: Any) -> str:
    answer = client.post(f"{run}/ask/{question}", data=options, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def ended(client: TestClient, address: str) -> str:
    assert '"state": ' in client.get(f"{address}/events").text
    return client.get(address).text


def test_every_question_has_a_form_with_every_option_that_a_page_can_give(client: TestClient, run: str) -> None:
    page = client.get(run).text
    forms = dict(re.findall(r'<form[^>]*/ask/([\w-]+)">(.*?)</form>', page, re.S))
    assert forms.keys() == QUESTIONS.keys()
    for name, kind in QUESTIONS.items():
        named = set(re.findall(r' name="(\w+)"', forms[name]))
        assert named == {each.name for each in fields(kind)} - NOT_ON_A_PAGE | {"shoppers"}, name  # type: ignore[arg-type]
        said = (inspect.getdoc(kind) or "").split("\n\n")[0]
        assert " ".join(said.split()) in html.unescape(page), name
    [picks] = re.findall(r'<select[^>]* name="pick".*?</select>', forms["explain"])
    values = re.findall(r'<option value="([^"]*)"', picks)
    assert values == ["", "first-leaver", "median", "never-knew", "biggest-loss", "returned"]
    [policies] = re.findall(r'<select[^>]* name="policy".*?</select>', forms["explain"])
    assert re.findall(r'<option value="([^"]*)"', html.unescape(policies.replace("&#34;", "&amp;#34;"))) == [
        NASTY.replace('"', "&#34;")
    ]
    assert "<img src=x" not in page


def test_break_even_is_answered_kept_and_handed_out(client: TestClient, run: str) -> None:
    address = asked(client, run, "break-even", **BREAK_EVEN)
    page = ended(client, address)
    assert "<svg" in page and '<figcaption class="unseen">' in page  # which the picture shows already
    assert "<img src=x" not in page
    [table] = re.findall(rf'href="({address}/files/[\w-]+\.csv)"', page)[:1]
    rows = client.get(table).text.splitlines()
    assert len(rows) > 2
    assert asked(client, run, "break-even", **BREAK_EVEN) == address
    assert "</svg>" in client.get(address).text
    assert client.get(f"{address}/files/asked.json").status_code == 404
    assert client.get(f"{address}/files/..%2fasked.json").status_code == 404
    assert asked(client, run, "break-even", **BREAK_EVEN | {"tried": "3"}) != address


def test_churn_and_a_policy_with_commas_in_its_name(client: TestClient, run: str) -> None:
    page = ended(client, asked(client, run, "churn", policy=NASTY, by="segment, tier", definition="card"))
    assert 'class="answer"' in page
    assert re.search(r"files/[\w-]+\.csv", page)


def test_compare_is_asked_of_one_scenario(client: TestClient, run: str) -> None:
    assert 'class="answer"' in ended(client, asked(client, run, "compare"))


def test_what_a_question_says_against_the_scenario_stands_on_its_page(client: TestClient, run: str) -> None:
    page = ended(client, asked(client, run, "churn", definition="bored"))
    assert "definition: " in html.unescape(page)
    assert "bored" in page


def test_more_runs_than_a_page_may_take_are_refused(client: TestClient, run: str) -> None:
    options = {"over": "world.story_reach", "draws": "256", "replicates": "32"}
    page = ended(client, asked(client, run, "ensemble", **options))
    assert "this takes 8,192 runs, and 2,000 are possible here" in page


@pytest.mark.parametrize(
    ("question", "options", "said"),
    [
        ("break-even", {"policy": NASTY}, "number: is needed"),
        ("break-even", BREAK_EVEN | {"policy": "nobody"}, "there is no 'nobody'"),
        ("break-even", BREAK_EVEN | {"between": "1"}, "takes 2 values separated by commas, not 1"),
        ("break-even", BREAK_EVEN | {"between": "0, nan"}, "between: must be a number"),
        ("break-even", BREAK_EVEN | {"tried": "1e9"}, "whole number"),
        ("break-even", BREAK_EVEN | {"tried": "0"}, "tried must be at least 1"),
        ("break-even", BREAK_EVEN | {"shoppers": "301"}, "from 100 to 300"),
        ("ensemble", {"draws": "257"}, "at most 256"),
        ("explain", {"policy": NASTY, "pick": "../x"}, "there is no '../x'"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(
    client: TestClient, run: str, question: str, options: dict[str, str], said: str
) -> None:
    answer = client.post(f"{run}/ask/{question}", data=options)
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    assert "<img src=x" not in answer.text


def test_there_is_no_other_question_or_answer_and_strangers_cannot_cancel(client: TestClient, run: str) -> None:
    assert client.post(f"{run}/ask/nothing").status_code == 404
    assert client.post("/runs/00000000000000000000/ask/churn").status_code == 404
    for key in ("0" * 20, "..%2fx", "x"):
        assert client.get(f"{run}/ask/churn/{key}").status_code == 404
        assert client.get(f"{run}/ask/churn/{key}/events").status_code == 404
    assert client.post(f"{run}/ask/churn/{'0' * 20}/cancel").status_code == 403


def test_a_question_under_way_is_cancelled_by_who_asked(client: TestClient, run: str) -> None:
    client.get(run)
    address = asked(client, run, "robust", over="world.story_reach", worlds="1000", fresh="500")
    assert client.post(f"{address}/cancel", follow_redirects=False).status_code == 303
    assert "stopped before it was answered" in ended(client, address)


class Line:
    """Stands in for a worker's pipe: keeps what is told, and asks for a stop when so much of a hundred is done."""

    def __init__(self, stop_at: int = 101) -> None:
        self.told, self.stop_at = list[int](), stop_at

    def send(self, message: dict[str, Any]) -> None:
        self.told.append(message["percent"])

    def poll(self) -> bool:
        return bool(self.told) and self.told[-1] >= self.stop_at

    def recv(self) -> str:
        return "stop"


@pytest.mark.parametrize("question", [Churn(), Compare(), Survey(NASTY), Reserve()], ids=lambda each: each.name)
def test_a_question_tells_how_far_it_is_stops_at_once_and_goes_on(
    question: Question, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_LEAST_SECONDS", 0.0)  # one run at a time, as if they were long
    case = CASE.with_changes(shoppers=300, replicates=3, weeks=60)
    job = Job("question", canonical_text(case), tmp_path / "answer", question, tmp_path / "kept")
    line, again = Line(stop_at=45), Line()  # in the second of three replicates
    assert _done(job, line) == {"state": "stopped"}  # type: ignore[arg-type]
    assert line.told == sorted(set(line.told)) and 33 < line.told[-1] < 60
    assert len(list(job.kept.rglob("*.npz"))) == 1 and not job.folder.exists()  # type: ignore[union-attr]
    assert _done(job, again) == {"state": "done"}  # type: ignore[arg-type]
    assert again.told[0] == 33 and again.told[-1] == 100, "the first replicate is there already"
    assert (job.folder / "asked.json").is_file() and not job.kept.exists()  # type: ignore[union-attr]
