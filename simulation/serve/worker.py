"""A process that lives one run after another, tells what it sees, and stops when told to."""

import gc
import json
import logging
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from simulation.model.simulation import Simulation
from simulation.questions.ask import Question, ask
from simulation.runs.executors import end_with
from simulation.runs.extras import require
from simulation.runs.headline import headline
from simulation.runs.outcome import Outcome
from simulation.runs.results import write_results
from simulation.runs.run import run_scenario
from simulation.scenario.reading import scenario_from_text
from simulation.scenario.schema import Scenario, scenario_type
from simulation.serve.bounded import BoundedRunner
from simulation.serve.lines import answer_of
from simulation.serve.screened import write_effects

COMMAND = "aislefour run scenario.yaml"
"""The command that makes the same numbers of the scenario file that stands beside them."""

SEEN = "seen.json"
"""The file of what a page shows of a run beside its headline."""

_EARLY = 8
"""Replicates after which a run's answer so far is told."""

_BEHIND_PAGES = 10  # a process that lives runs makes way for the one that answers pages

Kind = Literal["run", "report", "question", "screening"]


@dataclass(frozen=True)
class Job:
    """What a worker is to do.

    `question` is what is asked, `kept` where its runs are kept until it is answered, `numbers` are to be screened.
    """

    kind: Kind
    text: str
    folder: Path
    question: Question | None = None
    kept: Path | None = None
    numbers: tuple[str, ...] = ()


class StoppedError(Exception):
    """Nobody waits for a job any longer."""


def work(pipe: Connection, server: Connection) -> None:
    """Do the jobs that come through a pipe; whatever else comes in between asks for a stop.

    The process ends with its server, which holds the other end of a second pipe.
    """
    end_with(server)
    if hasattr(os, "nice"):  # not on every system
        os.nice(_BEHIND_PAGES)
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
    outcome = _lived(scenario, pipe)

    def extras(outcome: Outcome, folder: Path) -> None:
        (folder / SEEN).write_text(json.dumps(_seen(outcome)), encoding="utf-8")
        if job.kind == "report":
            _draw(outcome, folder)

    write_results(outcome, job.folder, extras)


def _draw(outcome: Outcome, folder: Path) -> None:
    from simulation.report.report import add_report
    from simulation.runs.own_terms import move_terms, terms_of

    add_report(outcome, folder, move_terms(outcome.scenario) if terms_of(outcome.scenario) else None)


def _seen(outcome: Outcome) -> dict[str, Any]:
    from simulation.report.sections import harmed, parties

    return {"answer": answer_of(outcome, headline(outcome)), "parties": parties(outcome), "harmed": harmed(outcome)}


def _screening(job: Job, scenario: Scenario, pipe: Connection) -> None:
    write_effects(scenario, job.numbers, job.folder, _progress(pipe, len(job.numbers)))


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
    "screening": _screening,
}


def _lived(scenario: Scenario, pipe: Connection) -> Outcome:
    """Return a scenario's outcome; what its first replicates say is told on the way."""
    progress = _progress(pipe, scenario.weeks * scenario.replicates)
    how: dict[str, Any] = {"command": COMMAND, "progress": progress, "split": True}
    if scenario.replicates <= _EARLY:
        return run_scenario(scenario, **how)
    first = run_scenario(scenario.with_changes(replicates=_EARLY), **how)
    pipe.send({"early": answer_of(first, headline(first))})
    return run_scenario(scenario, after=first, **how)


def _progress(pipe: Connection, weeks: int) -> Callable[[int], None]:
    """Return what is told of weeks done: a share of all, each per cent once; raises StoppedError if so told."""
    done = told = 0
    is_stopped = False
    telling = Lock()  # replicates are lived on several threads

    def progress(some: int) -> None:
        nonlocal done, told, is_stopped
        with telling:
            done += some
            if is_stopped or pipe.poll():
                if not is_stopped:
                    pipe.recv()
                is_stopped = True
                raise StoppedError
            if (share := 100 * done // weeks) > told:
                told = share
                pipe.send({"percent": share})

    return progress
