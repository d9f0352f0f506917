"""A fit becomes what ships: numbers take its marginals, and give them back to the next."""

import pytest
from ruamel.yaml import YAML

from simulation.behaviour.parameters import Parameter, parameters_in
from simulation.evidence.fitting.adopting import adopted

_TEXT = """\
# A comment that stays.
behaviour:
  scar:
    {value: 0.2, unit: share, limits: [0, 1], range: [0.1, 0.4], distribution: uniform, grade: assumption,
     source: "a guess, with [brackets], and value: 3, in it",
     meaning: "What is never mended."}
  habit:
    {value: 5, unit: weeks, limits: [0, 99], range: [1, 20], distribution: log-uniform, grade: quoted,
     source: "a book",
     meaning: "How long it takes."}
world:
  scar_of_the_trade:
    {value: 1, unit: share, limits: [0, 1], range: [0, 1], distribution: uniform, grade: recalled,
     source: "memory",
     meaning: "What all remember."}
"""


def _in(text: str) -> dict[str, Parameter]:
    return dict(parameters_in(YAML(typ="safe", pure=True).load(text)))


def test_a_number_that_is_spoken_of_takes_the_marginal_and_keeps_what_it_was() -> None:
    found = _in(adopted(_TEXT, {"behaviour.scar": (0.15, 0.25, 0.3)}))
    scar = found["behaviour.scar"]
    assert (scar.value, scar.range, scar.grade) == (0.25, (0.15, 0.3), "fitted")
    assert (scar.unfitted.value, scar.unfitted.range, scar.unfitted.grade) == (0.2, (0.1, 0.4), "assumption")
    assert scar.is_guess and scar.source == "a guess, with [brackets], and value: 3, in it"
    assert {name: each for name, each in found.items() if name != "behaviour.scar"} == {
        name: each for name, each in _in(_TEXT).items() if name != "behaviour.scar"
    }


def test_a_later_fit_starts_from_what_was_there_before_the_first() -> None:
    once = adopted(_TEXT, {"behaviour.scar": (0.15, 0.25, 0.3)})
    twice = adopted(once, {"behaviour.scar": (0.2, 0.3, 0.35), "world.scar_of_the_trade": (0.1, 0.5, 0.8)})
    assert _in(twice)["behaviour.scar"].value == 0.3
    assert _in(twice)["behaviour.scar"].unfitted == _in(_TEXT)["behaviour.scar"].unfitted
    assert adopted(twice, {}) == _TEXT


def test_a_number_written_in_another_way_is_named() -> None:
    with pytest.raises(ValueError, match="behaviour.scar is not written as the other numbers are"):
        adopted(_TEXT.replace("  scar:\n    {", "  scar: {"), {"behaviour.scar": (0.15, 0.25, 0.3)})
