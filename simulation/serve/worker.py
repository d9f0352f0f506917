"""A process that lives one run after another, tells what it sees, and stops when told to."""

import gc
import json
import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

from simulation.model.simulation import Simulation
from simulation.questions.ask import Question, ask
from simulation.runs.executors import end_with
from simulation.runs.extras import require
from simulation.runs.outcome import Outcome
from simulation.runs.results import write_results
from simulation.runs.run import run_scenario
from simulation.scenario.reading import scenario_from_text
from simulation.scenario.schema import Scenario, scenario_type
from simulation.serve.bounded import BoundedRunner
from simulation.serve.weeks import Columns, Weeks, joined

COMMAND = "aislefour run scenario.yaml"
"""The command that makes the same numbers of the scenario file that stands beside them."""

SEEN = "seen.json"
"""The file of what a page shows of a run beside its headline."""

_WEEKS_AT_ONCE = 4
_WORTH_A_REPORT = 10  # seconds: a run that took longer has its report drawn at once, for that takes a second or two

Kind = Literal["run", "report", "question"]


@dataclass(frozen=True)
class Job:
    """What a worker is to do; `question` is what is asked, and `kept` where its runs are kept until it is answered."""

    kind: Kind
    text: str
    folder: Path
    question: Question | None = None
    kept: Path | None = None


class StoppedError(Exception):
    """Nobody waits for a job any longer."""


def work(pipe: Connection, server: Connection) -> None:
    """Do the jobs that come through a pipe; whatever else comes in between asks for a stop.

    The process ends with its server, which holds the other end of a second pipe.
    """
    end_with(server)
    _warm_up()
    try:
        while (job := pipe.recv()) is not None:
            if isinstance(job, Job):
                pipe.send(_done(job, pipe))
                gc.collect()  # a model and its agents hold each other; what they take is wanted for the next
    except (EOFError, BrokenPipeError):
        return


def _warm_up() -> None:
    """Load what is compiled before anybody waits for it."""
    share = {"week": 1, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}
    few = {"title": "-", "question": "-", "weeks": 2, "population": {"shoppers": 100}, "uncertain": "chance"}
    model = Simulation(scenario_type().model_validate({**few, "policies": {"baseline": [], "sale": [share]}}))
    model.step()
    model.step()


def _done(job: Job, pipe: Connection) -> dict[str, Any]:
    try:
        _KINDS[job.kind](job, scenario_from_text(job.text), pipe)
    except StoppedError:
        return {"state": "stopped"}
    except (ValueError, OSError) as error:
        return {"state": "failed", "said": str(error)}
    except EOFError:
        raise
    except Exception:
        logging.getLogger(__name__).exception("a run failed")
        return {"state": "failed", "said": "something went wrong here; it has been noted"}
    return {"state": "done"}


def _run(job: Job, scenario: Scenario, pipe: Connection) -> None:
    """Live a run and write its results; a report that is asked for later has the run lived again, which is quick."""
    outcome, lines = _lived(scenario, pipe)

    def extras(outcome: Outcome, folder: Path) -> None:
        (folder / SEEN).write_text(json.dumps(_seen(outcome, lines)), encoding="utf-8")
        if job.kind == "report" or outcome.seconds > _WORTH_A_REPORT:
            _draw(outcome, folder)

    write_results(outcome, job.folder, extras)


def _draw(outcome: Outcome, folder: Path) -> None:
    from simulation.report.report import add_report

    add_report(outcome, folder)


def _seen(outcome: Outcome, lines: dict[str, Any]) -> dict[str, Any]:
    from simulation.report.sections import harmed, parties

    return {"lines": lines, "parties": parties(outcome), "harmed": harmed(outcome)}


def _question(job: Job, scenario: Scenario, pipe: Connection) -> None:
    if job.question is None or job.kept is None:
        raise RuntimeError("nothing is asked")
    if job.question.needs:
        require(job.question.needs, job.question.name)
    with BoundedRunner(job.kept, lambda total: _progress(pipe, total)) as runner:
        ask(scenario, job.question, runner).write(job.folder)
    shutil.rmtree(job.kept, ignore_errors=True)  # a question that is stopped goes on from there; this one is answered


_KINDS: dict[Kind, Callable[[Job, Scenario, Connection], None]] = {
    "run": _run,
    "report": _run,
    "question": _question,
}


def _lived(scenario: Scenario, pipe: Connection) -> tuple[Outcome, dict[str, Any]]:
    """Return a scenario's outcome and the lines of its first replicate, told on the way."""
    watched = _Watched(pipe, scenario)
    outcome = run_scenario(scenario, threads=1, command=COMMAND, observer=watched.see, split=True)
    return outcome, joined(watched.parts)


class _Watched:
    """Tells of a run every few weeks: how far it is, and the lines of its first replicate."""

    def __init__(self, pipe: Connection, scenario: Scenario) -> None:
        self.parts: list[Columns] = []
        self._pipe, self._progress = pipe, _progress(pipe, scenario.weeks * scenario.replicates)
        self._weeks: Weeks | None = None

    def see(self, model: Simulation) -> None:
        """Take note of a week that a model has lived; raises StoppedError if nobody waits any longer."""
        if model.week % _WEEKS_AT_ONCE and model.week < model.case.weeks:
            return
        if model.replicate == 0:
            self._weeks = self._weeks or Weeks(model)
            self.parts.append(self._weeks.new())
            self._pipe.send({"columns": self.parts[-1]})
        self._progress((model.week - 1) % _WEEKS_AT_ONCE + 1)


def _progress(pipe: Connection, weeks: int) -> Callable[[int], None]:
    """Return what is told of weeks done: a share of all, each per cent once; raises StoppedError if so told."""
    done = told = 0

    def progress(some: int) -> None:
        nonlocal done, told
        done += some
        if pipe.poll():
            pipe.recv()
            raise StoppedError
        if (share := 100 * done // weeks) > told:
            told = share
            pipe.send({"percent": share})

    return progress
