"""The faults to be planted can be: each stands in a source that is there, at one place."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "planted"))

from plant import ROOT, faults, planted


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault["fault"])
def test_a_fault_has_one_place(fault: dict[str, str]) -> None:
    source = (ROOT / "simulation" / fault["file"]).read_text(encoding="utf-8")
    assert planted(fault, source) != source


def test_there_are_many_of_them_and_each_is_named_once() -> None:
    names = [fault["fault"] for fault in faults()]
    assert len(names) == len(set(names)) >= 30
