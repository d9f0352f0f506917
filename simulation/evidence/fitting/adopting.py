"""A fit becomes what the program ships: its set of draws, and the numbers that it narrows.

`python -m simulation.evidence.fitting.adopting results/fit` copies the set and rewrites `parameters.yaml`: each number
that observed episodes speak of takes the median of its draws as value and their 10-90 % interval as plausible range,
is graded fitted, and keeps under `before` what it was, from which the next fit starts.
"""

import re
import sys
from collections.abc import Mapping
from csv import DictReader
from pathlib import Path

from simulation.behaviour.parameters import FITTED, SOURCE, Before, Parameter, parameters_in
from simulation.behaviour.shipped import data_of
from simulation.evidence.fitting.answer import NUMBERS_FILE, SET_FILE
from simulation.scenario.evidence_set import SHIPPED, read_set

_ENTRY = r"(?m)^  {name}:\n(?:    .*\n|     .*\n)+"
_BEFORE = re.compile(r"\n     before: \{.*?\},(?=\n)")

Marginals = Mapping[str, tuple[float, float, float]]
"""Of numbers that a fit speaks of, by address: 10 %, median and 90 %."""


def adopt(folder: Path) -> None:
    """Make the fit in a folder the one that ships; raises EvidenceError or OSError if there is none."""
    read_set(folder / SET_FILE)
    SHIPPED.write_bytes((folder / SET_FILE).read_bytes())
    SOURCE.write_text(adopted(SOURCE.read_text(encoding="utf-8"), spoken_of(folder)), encoding="utf-8")


def spoken_of(folder: Path) -> Marginals:
    """Return the marginals of the numbers that a fit's table says are spoken of."""
    with (folder / NUMBERS_FILE).open(encoding="utf-8", newline="") as stream:
        rows = [row for row in DictReader(stream) if row["spoken of"] == "yes"]
    return {row["number"]: (_rounded(row["p10"]), _rounded(row["median"]), _rounded(row["p90"])) for row in rows}


def _rounded(text: str) -> float:
    return float(f"{float(text):.3g}")


def adopted(text: str, marginals: Marginals) -> str:
    """Return the text of `parameters.yaml` with these marginals, and of no earlier fit."""
    for each in parameters_in(data_of(text)).values():
        if each.before or each.address in marginals:
            text = _replaced(text, each, marginals.get(each.address))
    return text


def _replaced(text: str, number: Parameter, marginal: tuple[float, float, float] | None) -> str:
    start = re.search(rf"(?m)^{number.section}:$", text)
    entry = re.compile(_ENTRY.format(name=number.name)).search(text, start.end() if start else 0)
    if not entry:
        raise ValueError(f"{SOURCE}: {number.address} is not written as the other numbers are")
    return text[: entry.start()] + _rewritten(entry[0], number.unfitted, marginal) + text[entry.end() :]


def _rewritten(entry: str, before: Before, marginal: tuple[float, float, float] | None) -> str:
    """Return a number's entry as it was before any fit or, with a marginal, as fitted."""
    low, value, high = marginal or (before.range[0], before.value, before.range[1])
    grade = FITTED if marginal else before.grade
    entry = _BEFORE.sub("", entry)
    entry = re.sub(r"value: [^,]+,", f"value: {value:g},", entry, count=1)
    entry = re.sub(r"range: \[[^\]]*\],", f"range: [{low:g}, {high:g}],", entry, count=1)
    kept = f"\n     before: {{value: {before.value:g}, range: [{before.range[0]:g}, {before.range[1]:g}], "
    kept = f"{kept}grade: {before.grade}}}," if marginal else ""
    return re.sub(r"grade: \w+,", f"grade: {grade},{kept}", entry, count=1)


if __name__ == "__main__":
    adopt(Path(sys.argv[1]))
