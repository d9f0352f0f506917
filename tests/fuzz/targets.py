"""What strangers hand to the program, as functions that may refuse it in words and must never fail otherwise."""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import folders
import site_requests

from simulation.evidence.audit.claims import read_claims
from simulation.evidence.calibration.transaction_files import TransactionsError
from simulation.evidence.calibration.transactions import How, read_transactions
from simulation.evidence.validate import read_checks
from simulation.questions.screen.principles import read_principles
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import canonical_text, read_scenario, scenario_from_text

ROOT = Path(__file__).parents[2]


def _in_a_file(content: bytes, suffix: str, read: Callable[[Path], object]) -> None:
    with TemporaryDirectory() as home:
        path = Path(home) / f"given{suffix}"
        path.write_bytes(content)
        read(path)
        assert [each.name for each in Path(home).iterdir()] == [path.name], "reading must leave nothing behind"


def scenario(content: bytes) -> None:
    """Read a scenario; one that is taken says the same when it is written and read again."""
    try:
        _in_a_file(content, ".yaml", _round_trip)
    except ScenarioError as refusal:
        _is_in_plain_words(str(refusal))


def _round_trip(path: Path) -> None:
    taken = read_scenario(path)
    assert scenario_from_text(canonical_text(taken)) == taken


def principles(content: bytes) -> None:
    """Read a file of principles."""
    _document(content, read_principles)


def claims(content: bytes) -> None:
    """Read a file of claims."""
    _document(content, read_claims)


def checks(content: bytes) -> None:
    """Read a file of validation checks."""
    _document(content, read_checks)


def population(content: bytes) -> None:
    """Read a scenario that names a population file."""
    text = "title: t\nquestion: q\nweeks: 4\npopulation: {shoppers: 50, from: given.yaml}\npolicies: {status quo: []}\n"
    try:
        _in_a_file(content, ".yaml", lambda path: scenario_from_text(text, "scenario.yaml", path.parent))
    except ScenarioError as refusal:
        _is_in_plain_words(str(refusal))


def _document(content: bytes, read: Callable[[Path], object]) -> None:
    try:
        _in_a_file(content, ".yaml", read)
    except ScenarioError as refusal:
        _is_in_plain_words(str(refusal))


def transactions(content: bytes) -> None:
    """Read a file of card transactions, bad rows left out."""
    try:
        _in_a_file(content, ".csv", lambda path: read_transactions(path, How(skip_bad=True)))
    except TransactionsError as refusal:
        _is_in_plain_words(str(refusal))


VERBS = ("check", "schema", "parameters", "run", "compare", "explain", "churn", "screen", "audit", "break-even")


def command_line(content: bytes) -> None:
    """Give the command line words of all kinds, with no scenario that exists: help, or a refusal with exit code 2."""
    words = content.decode("utf-8", "replace").replace("\0", " ").split()[:8]
    folders.asked([VERBS[sum(content) % len(VERBS)], "no_such_file.yaml", *words])


def case(content: bytes) -> None:
    """Read a case for a class."""
    try:
        folders.case_file(content)
    except ScenarioError as refusal:
        _is_in_plain_words(str(refusal))


def _is_in_plain_words(said: str) -> None:
    assert said.strip(), "a refusal must say why"
    assert len(said) < 1_000_000, "a refusal must be readable"
    for word in ("Traceback", "pydantic", "Input should", "validation error", "ruamel"):
        assert word not in said, f"a refusal in the words of a package: {said[:300]}"


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "scenario": scenario,
    "principles": principles,
    "claims": claims,
    "checks": checks,
    "population": population,
    "transactions": transactions,
    "command_line": command_line,
    "case": case,
    "results": folders.folder,
    "journal": folders.journal,
    "requests": site_requests.request,
}
"""By name; each takes what a stranger hands over."""


def seeds(name: str) -> list[bytes]:
    """Return good and bad examples to begin with."""
    shipped = {
        "scenario": [*(ROOT / "scenarios").glob("*.yaml"), *(ROOT / "tests" / "bad_scenarios").glob("*")],
        "principles": [
            ROOT / "simulation/questions/screen/principles.yaml",
            *(ROOT / "tests" / "bad_principles").glob("*"),
        ],
        "claims": [ROOT / "simulation/evidence/audit/claims.yaml"],
        "case": [*(ROOT / "scenarios" / "classroom").glob("*/case.yaml")],
        "checks": [ROOT / "simulation/evidence/validation.yaml"],
    }
    texts = [path.read_bytes() for path in sorted(shipped.get(name, []))]
    return texts or _MADE[name]()


_POPULATION = b"shopping:\n  trips_per_week: 1.2\n  trip_rate_shape: 1.5\n"
_TRANSACTIONS = b"household_id,date,amount\n" + b"".join(
    b"h%d,2024-%02d-%02d,%d.%02d\n" % (row % 7, 1 + row % 12, 1 + row % 28, row, row % 100) for row in range(60)
)
_WORDS = [b"--seed 7 --weeks 3", b"--policies a b --json", b"--out /tmp/x --threads 2", b"--full --claims x.yaml"]
_MADE: Mapping[str, Callable[[], list[bytes]]] = {
    "population": lambda: [_POPULATION],
    "transactions": lambda: [_TRANSACTIONS],
    "command_line": lambda: _WORDS,
    "results": folders.damaged_seeds,
    "journal": folders.journal_seeds,
    "requests": site_requests.seeds,
}
