"""Runs that are kept: what was asked and what came of it, each in a folder of its own under an id."""

import hashlib
import json
import re
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulation.questions.ask import Question
from simulation.questions.explain.question import Explain
from simulation.questions.explain.selection import Pick
from simulation.report.report import REPORT, inline_svg
from simulation.runs.folders import ASKED, refuse_damaged, write_whole
from simulation.runs.provenance import run_id
from simulation.runs.results import MARK
from simulation.scenario.reading import canonical_text, scenario_from_text
from simulation.scenario.schema import Scenario
from simulation.serve.asked import Asked
from simulation.serve.screened import by_effect, parts_of
from simulation.serve.worker import SEEN, Job

_ID = re.compile(r"[0-9a-f]{20}")
_ASKED, _SCENARIO = "asked.json", "scenario.yaml"
_ROOM = 1e9  # bytes
_DAY = 86_400  # seconds

DAYS_KEPT = 90
"""How many days a run is kept after it was asked for."""

TABLES = {
    "summary.csv": "the answer, one row a policy",
    "replicates.csv": "every measure of every replicate, and the numbers drawn for it",
    "weekly.csv": "every measure by week, policy, market and segment",
    "ledger.csv": "the year's accounts by segment, tier and group",
    "payments.csv": "every payment between parties by week, the retailer's balance, and what a dollar counts",
    "accounts.csv": "the same payments by year, with payer and payee",
    "groups.csv": "what befell each group of shoppers",
    "harms.csv": "harmful events to be expected, by practice",
    "shoppers.csv": "every shopper of the first replicate",
    "scenario.yaml": "the scenario as run: the same numbers from the command line",
    "run.json": "versions, seeds, which set was drawn from: how to make it again",
    "datapackage.json": "what every column means",
}
"""The files of a run that may be downloaded, and what each holds."""

LIVES = {"life.svg": "image/svg+xml", "life.csv": "text/csv", "story.txt": "text/plain"}


class Kept:
    """The folder of all runs: asked/ID holds what was asked, runs/ID the results, lives and answers what came after.

    What unfinished holds are the runs of questions that are not answered yet.
    """

    def __init__(self, folder: Path) -> None:
        self._asked, self._runs, self._lives = (folder / name for name in ("asked", "runs", "lives"))
        self._answers, self._unfinished, self._screened = (
            folder / name for name in ("answers", "unfinished", "screened")
        )

    def keep(self, asked: Asked, asker: str = "") -> str:
        """Keep what is asked, if it is not kept yet, and return the id that it shares with all that ask the same.

        Who asks for it first can delete it.

        Raises AskedError for what cannot be run, OSError where it cannot be kept.
        """
        run = run_id(asked.scenario)
        if not self.is_known(run):
            self._refuse_without_room()

            def fill(fresh: Path) -> None:
                (fresh / _ASKED).write_text(json.dumps(_record(asked, asker)), encoding="utf-8")
                (fresh / _SCENARIO).write_text(canonical_text(asked.scenario), encoding="utf-8")

            write_whole(self._asked / run, _ASKED, fill)
        return run

    def is_known(self, run: str) -> bool:
        """Return whether something was asked under an id; whatever is no id was not."""
        return _ID.fullmatch(run) is not None and (self._asked / run / _ASKED).is_file()

    def is_done(self, run: str) -> bool:
        """Return whether the results of a run are there."""
        return (self._runs / run / MARK).is_file()

    def past(self, asker: str) -> list[dict[str, Any]]:
        """Return what was asked in every run that is kept, the latest first, and whether `asker` can delete it."""
        folders = [each for each in self._asked.glob("*") if self.is_known(each.name)] if self._asked.is_dir() else []
        return [
            {**self.asked(each.name), "run": each.name, "when": _day(each), "until": _day(each, DAYS_KEPT),
             "is_done": self.is_done(each.name), "is_own": self._is_of(each.name, asker)}
            for each in sorted(folders, key=lambda each: -each.stat().st_mtime)
        ]  # fmt: skip

    def delete(self, run: str, asker: str) -> bool:
        """Delete a run and all that came after it, if `asker` was the first to ask for it; return whether it was."""
        is_own = self._is_of(run, asker)
        if is_own:
            self._remove(run)
        return is_own

    def expire(self) -> None:
        """Delete the runs that were asked for so long ago that nobody may count on them any longer."""
        for each in filter(lambda each: self.is_known(each.name), self._asked.glob("*")):
            if each.stat().st_mtime < time.time() - DAYS_KEPT * _DAY:
                self._remove(each.name)

    def _is_of(self, run: str, asker: str) -> bool:
        return bool(asker) and self.asked(run).get("asker") == _mark_of(asker)

    def _remove(self, run: str) -> None:
        for folder in (self._asked, self._runs, self._lives, self._answers):
            for each in folder.glob(f"{run}*"):
                shutil.rmtree(each, ignore_errors=True)

    def screening_jobs(self, scenario: Scenario) -> list[tuple[str, Job]]:
        """Return the jobs, by key, that screen the numbers of a scenario and have not been done yet."""
        files = zip(self._screened_files(scenario), parts_of(scenario), strict=True)
        text = canonical_text(scenario)
        return [
            (f"screening/{file.name}", Job("screening", text, file, numbers=numbers))
            for file, numbers in files
            if not file.is_file()
        ]

    def effects(self, scenario: Scenario) -> dict[str, float]:
        """Return how much the numbers of a scenario act, as far as they have been screened, the largest first."""
        return by_effect(self._screened_files(scenario))

    def _screened_files(self, scenario: Scenario) -> list[Path]:
        name = run_id(scenario)
        return [self._screened / f"{name}-{part}.json" for part in range(len(parts_of(scenario)))]

    def asked(self, run: str) -> Mapping[str, Any]:
        """Return what was asked in a known run: as its page says it, and the address of the page to ask from."""
        return {"changed": [], **json.loads((self._asked / run / _ASKED).read_bytes())}

    def text(self, run: str) -> str:
        """Return the scenario of a known run as it is run."""
        return (self._asked / run / _SCENARIO).read_text(encoding="utf-8")

    def headline(self, run: str) -> Mapping[str, Any]:
        """Return the headline of a run that is done."""
        return self._record(run)["headline"]

    def statement(self, run: str) -> Mapping[str, Any]:
        """Return what is said first of a run that is done."""
        return self._record(run)["statement"]

    def _record(self, run: str) -> Mapping[str, Any]:
        return json.loads((self._runs / run / MARK).read_bytes())

    def seen(self, run: str) -> Mapping[str, Any]:
        """Return the lines and the tables of a run that is done."""
        return json.loads((self._runs / run / SEEN).read_bytes())

    def table(self, run: str, name: str) -> Path | None:
        """Return a file that may be downloaded, if the run is done and there is one by that name.

        Raises DamagedError for a table that is not as the run has left it.
        """
        folder = self._runs / run
        if name in TABLES and name.endswith(".csv"):
            refuse_damaged(folder, json.loads((folder / MARK).read_bytes()), name)
        return self._there(folder / name) if name in TABLES else None

    def report(self, run: str) -> Path | None:
        """Return the report, if it has been drawn."""
        return self._there(self._runs / run / REPORT)

    def life(self, run: str, place: int, pick: Pick, name: str) -> Path | None:
        """Return a file of two lives, if they have been told."""
        return self._there(self._life(run, place, pick) / name) if name in LIVES else None

    def job(self, run: str) -> Job:
        """Return the job that makes the results."""
        return Job("run", self.text(run), self._runs / run)

    def report_job(self, run: str) -> Job:
        """Return the job that makes the results and draws the report."""
        return Job("report", self.text(run), self._runs / run)

    def lives_job(self, run: str, place: int, pick: Pick) -> Job:
        """Return the job that tells two lives: of a policy, by place, and the baseline."""
        policy = self.asked(run)["policies"][place]
        return self._job(self.text(run), self._life(run, place, pick), Explain(policy, pick=pick))

    def question_job(self, run: str, key: str, question: Question, shoppers: int) -> Job:
        """Return the job that answers a question about a run, with so many shoppers; raises OSError without room."""
        self._refuse_without_room()
        text = canonical_text(scenario_from_text(self.text(run)).with_changes(shoppers=shoppers))
        return self._job(text, self._answer(run, key), question)

    def _job(self, text: str, folder: Path, question: Question) -> Job:
        return Job("question", text, folder, question, self._unfinished / folder.name)

    def answer(self, run: str, key: str) -> Mapping[str, Any] | None:
        """Return the record of an answer about a run, if there is one by that key."""
        path = self._answer(run, key) / ASKED
        return json.loads(path.read_bytes()) if _ID.fullmatch(key) and path.is_file() else None

    def answer_figure(self, run: str, key: str, name: str) -> str:
        """Return a figure of an answer, as its record names it, to stand in a page."""
        return inline_svg((self._answer(run, key) / f"{name}.svg").read_text(encoding="utf-8"), name)

    def answer_table(self, run: str, key: str, name: str) -> Path | None:
        """Return a table of an answer, if there is one by that name; raises DamagedError if it was cut or changed."""
        record = self.answer(run, key)
        if record is None or name not in record.get("tables", {}):
            return None
        refuse_damaged(self._answer(run, key), record, name)
        return self._answer(run, key) / name

    def _answer(self, run: str, key: str) -> Path:
        return self._answers / f"{run}-{key}"

    def _refuse_without_room(self) -> None:
        there = next(each for each in (self._asked, *self._asked.parents) if each.is_dir())
        if shutil.disk_usage(there).free < _ROOM:
            raise OSError(f"less than {_ROOM / 1e9:g} GB are free for runs to be kept")

    def _life(self, run: str, place: int, pick: Pick) -> Path:
        return self._lives / f"{run}-{place}-{pick}"

    @staticmethod
    def _there(path: Path) -> Path | None:
        return path if path.is_file() else None


def _mark_of(asker: str) -> str:
    """Return what is kept of who asked: enough to know the same again, and no way to pass for them."""
    return hashlib.sha256(asker.encode()).hexdigest()


def _day(folder: Path, later: int = 0) -> str:
    return time.strftime("%d %B %Y", time.localtime(folder.stat().st_mtime + later * _DAY)).lstrip("0")


def _record(asked: Asked, asker: str) -> dict[str, Any]:
    scenario = asked.scenario
    return {
        "asker": _mark_of(asker),
        "name": asked.name,
        "query": asked.query,
        "title": scenario.title,
        "question": scenario.question,
        "policies": list(scenario.policies),
        "changed": asked.changed,
        "shoppers": scenario.population.shoppers,
        "simulated": scenario.simulated,
        "weeks": scenario.weeks,
        "replicates": scenario.replicates,
        "seed": scenario.seed,
    }
