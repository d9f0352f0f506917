"""Every mechanism of the case does what the literature or common sense says: one pair of scenarios each."""

import pytest

from simulation.evidence.mechanisms import Effect, Pair, effect, pairs
from simulation.evidence.validation_table import show_mechanisms

MECHANISMS = set(range(1, 53))  # of the case, and what a strategist of today asks beside it


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: f"{pair.row} {pair.name}")
def test_a_mechanism_has_its_effect(pair: Pair) -> None:
    found = effect(pair)
    low, high = pair.between
    assert found.passes, f"{pair.says} But {pair.measure} changes by {found.size:.4g}, not {low} to {high}"


def test_every_mechanism_of_the_case_has_its_row() -> None:
    numbers = {int("".join(filter(str.isdigit, pair.row))) for pair in pairs()}
    assert numbers == MECHANISMS


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: pair.row)
def test_no_effect_would_not_pass(pair: Pair) -> None:
    low, high = pair.between
    nothing = 1.0 if pair.ratio else 0.0
    says_nothing_happens = pair.row in ("2b", "9b")
    assert (low <= nothing <= high) == says_nothing_happens


def test_the_table_names_every_pair_and_says_how_many_hold(capsys: pytest.CaptureFixture[str]) -> None:
    shown = [effect(pair) for pair in pairs()[:2]]
    broken = Effect(shown[1].pair, 1.0, 1.0, 1.0)
    assert show_mechanisms(shown)
    assert not show_mechanisms([shown[0], broken])
    said = capsys.readouterr().out
    assert "FAIL" in said and "1 of 2 effects" in said and pairs()[0].says in said
