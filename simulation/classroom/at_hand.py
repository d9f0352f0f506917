"""What comes of the cases that ship with the program, kept beside them: a class on them begins at once.

`python -m simulation.classroom.at_hand` works it out anew, for whoever changes a case or moves numbers.
"""

import gzip
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from simulation.behaviour.sources import PACKAGE, hash_of
from simulation.classroom.case import Case, read_case
from simulation.classroom.consequences import Consequences, Stage, consequences
from simulation.runs.run import Progress
from simulation.scenario.schema import scenario_hash
from simulation.scenario.shipped_files import cases

_FILE = "consequences.json.gz"
_AGREED = ("evidence/audit/golden.json", "scenario/evidence_set.csv.gz")  # change where numbers move


def at_hand(case: Case, folder: Path, progress: Progress | None = None) -> Consequences:
    """Return what comes of a case, as it ships beside the case, or else as `consequences` finds it.

    Raises what `consequences` raises.
    """
    return shipped(case) or consequences(case, folder, progress)


def shipped(case: Case) -> Consequences | None:
    """Return what ships of a case; None if nothing does, or if the case or the program's numbers have changed since."""
    try:
        data = json.loads(gzip.decompress(_beside(case).read_bytes()))
    except (OSError, KeyError, ValueError):
        return None
    if data["of"] != _mark(case):
        return None
    return Consequences(Stage(**data["first"]), Stage(**data["end"]))


def ship(case: Case) -> None:
    """Work out what comes of a case, and put it beside the case."""
    with TemporaryDirectory() as folder:
        found = {"of": _mark(case), **asdict(consequences(case, Path(folder)))}
    text = json.dumps(found, separators=(",", ":"))
    _beside(case).write_bytes(gzip.compress(text.encode(), mtime=0))


def _beside(case: Case) -> Path:
    return cases()[case.name].with_name(_FILE)


def _mark(case: Case) -> str:
    """Return what the numbers of a case are known by: the same for the same case, and while no number has moved."""
    agreed = hash_of((PACKAGE / each for each in _AGREED), PACKAGE)
    said = f"{agreed} {scenario_hash(case.scenario)} {case.file.model_dump_json(exclude={'decide': {'moves'}})}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


if __name__ == "__main__":
    for name in cases():
        ship(read_case(name))
