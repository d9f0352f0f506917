"""What strangers do to what the program has written: results, answers, the journal of a class."""

import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from simulation.classroom.case import Case, read_case
from simulation.classroom.consequences import Consequences, Stage
from simulation.classroom.open_class import JOURNAL, OpenClass
from simulation.cli import app as door
from simulation.report.answers import renew
from simulation.report.report import REPORT, add_report
from simulation.runs.folders import write_answer
from simulation.runs.results import write_results
from simulation.runs.run import run_scenario
from simulation.scenario.schema import scenario_type

ROOT = Path(__file__).parents[2]
SHOPSENSE = ROOT / "scenarios" / "classroom" / "shopsense_ifa" / "case.yaml"
DAMAGED = ("run.json", "weekly.csv", "shoppers.csv", REPORT, "../small-answer/asked.json")
"""What a stranger may have edited; the first byte of what is handed over says which."""

PLOTTED = ("churn", "card_use", "contribution_difference", "trust")
GROUPED = ("policy", "segment", "market", "tier")


@cache
def results() -> Path:
    """Return a folder of small results, with an answer beside it."""
    sale = {"week": 3, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}
    said = {"title": "t", "question": "q", "weeks": 12, "replicates": 2, "population": {"shoppers": 200}}
    case = scenario_type().model_validate(said | {"policies": {"none": [], "sale": [sale]}})
    home = Path(mkdtemp(prefix="aislefour-fuzz-"))
    write_results(run_scenario(case), home / "small", add_report)
    record = {"title": "an answer", "said": ["it pays"], "table": [["a", "b"], ["1", "2"]]}
    write_answer(home / "small-answer", record, lambda folder: None)
    return home


def folder(content: bytes) -> None:
    """Damage one file of results and ask for all that reads results: exit code 0 or 2, and words."""
    which, mode = content[:1] or b"0", content[1:2] or b"0"
    with TemporaryDirectory() as home:
        shutil.copytree(results(), home, dirs_exist_ok=True)
        (Path(home) / "small" / DAMAGED[which[0] % len(DAMAGED)]).write_bytes(content[2:])
        what, by = PLOTTED[mode[0] % len(PLOTTED)], GROUPED[mode[0] // len(PLOTTED) % len(GROUPED)]
        asked(["plot", f"{home}/small", "--what", what, "--by", by, "--out", f"{home}/x.png"])
        try:
            renew(Path(home) / "small" / REPORT)
        except ValueError as refusal:
            assert str(refusal).endswith("report.html: is damaged; run the scenario again")


def asked(words: list[str]) -> None:
    """Give the command line some words: help, an answer, or a refusal with exit code 2, never a traceback."""
    said, before = StringIO(), sys.argv
    sys.argv = ["aislefour", *words]
    try:
        with redirect_stdout(said), redirect_stderr(said):
            code = door.main()
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else 1
    finally:
        sys.argv = before
    assert code in (0, 2), f"exit code {code}"
    assert "Traceback" not in said.getvalue()
    assert code == 0 or said.getvalue().strip(), "a refusal must say why"


@cache
def lesson() -> tuple[Case, Consequences]:
    """Return the shipped case, with nothing that has come of it."""
    case = read_case(SHOPSENSE)
    truths = [[True, False] for _ in case.file.decide.predict]
    stage = Stage(82, {}, {}, [], {}, truths)
    return case, Consequences(stage, stage)


@cache
def _begun() -> bytes:
    with TemporaryDirectory() as home:
        opened = OpenClass(*lesson(), Path(home), tables=3, world=1)
        opened.join("Ada")
        opened.join("Ben")
        opened.advance("read")
        opened.seal(opened.lesson.seats[1], "decline", (0.5, 0.6, 0.7))
        opened.close()
        return (Path(home) / JOURNAL).read_bytes()


def journal(content: bytes) -> None:
    """Take up a class from a journal; what it then says of itself can be said again."""
    with TemporaryDirectory() as home:
        (Path(home) / JOURNAL).write_bytes(content)
        try:
            opened = OpenClass(*lesson(), Path(home), tables=3)
        except ValueError as refusal:
            assert str(refusal).strip() and "Traceback" not in str(refusal)
            assert (Path(home) / JOURNAL).read_bytes() == content, "what is refused is left as it was"
            return
        opened.close()


def case_file(content: bytes) -> None:
    """Read a case that stands beside the shipped scenario of all courses."""
    with TemporaryDirectory() as home:
        shutil.copy(SHOPSENSE.with_name("paths.yaml"), home)
        path = Path(home) / "case.yaml"
        path.write_bytes(content)
        read_case(path)


def damaged_seeds() -> list[bytes]:
    """Return each file of small results as it is handed over."""
    home = results() / "small"
    return [bytes([48 + place, 48 + place]) + (home / name).read_bytes()[:60_000] for place, name in enumerate(DAMAGED)]


def journal_seeds() -> list[bytes]:
    """Return the journal of a class that has begun."""
    return [_begun(), _begun()[:-20], b""]
