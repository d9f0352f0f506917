"""The evidence set: a file that is read as it was written, named sets, and draws by evenly spread uniform numbers."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from simulation.behaviour.parameters import parameters
from simulation.evidence.fitting.episodes import Measured
from simulation.evidence.fitting.evidence_set import (
    ROW,
    SCALE,
    EvidenceError,
    EvidenceSet,
    as_file,
    columns_of,
    reactions,
    read_set,
    rows_of,
)
from simulation.evidence.fitting.guesses import guesses

HELD = ("behaviour.scar", "behaviour.leaving_by_grievance")
ROWS = 10


def made(weights: list[float] | None = None) -> EvidenceSet:
    """Return ten rows; row r holds the scar r / 100 and reacts the more, the later it stands."""
    rows = np.arange(ROWS, dtype=np.float64)
    numbers = np.stack([rows / 100, 10 + rows], axis=1)
    each = np.array(weights or [0.1] * ROWS)
    return EvidenceSet({SCALE: "1"}, HELD, ("A leak/lost",), each, rows / ROWS, numbers, rows[:, None] / 50)


def drawn_scars(name: str, count: int, held: EvidenceSet) -> list[float]:
    uniforms = np.full((count, len(columns_of(name, held))), 0.5)  # type: ignore[arg-type] # a name
    uniforms[:, 0] = (np.arange(count) + 0.5) / count
    return [row["behaviour.scar"] for row in rows_of(name, uniforms, held)]  # type: ignore[arg-type] # a name


def test_evenly_spread_numbers_draw_each_row_by_its_weight() -> None:
    weights = [0.3, 0.0, 0.2, 0.0, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05]
    scars = drawn_scars("evidence", 100, made(weights))
    assert [round(100 * scar) for scar in sorted(set(scars))] == [0, 2, 4, 5, 6, 7, 8, 9]
    counts = np.bincount(np.rint(np.array(scars) * 100).astype(int), minlength=ROWS)
    assert counts.tolist() == [30, 0, 20, 0, 10, 10, 10, 10, 5, 5]


def test_low_and_high_reactions_are_the_ends_of_the_set() -> None:
    assert set(drawn_scars("low_reaction", 50, made())) == {0.0, 0.01}
    assert set(drawn_scars("high_reaction", 50, made())) == {0.08, 0.09}


def test_a_row_is_drawn_whole_and_guesses_that_it_does_not_hold_from_their_ranges() -> None:
    held = made()
    columns = columns_of("evidence", held)
    assert columns == (ROW, *(address for address in guesses() if address not in HELD))
    (row,) = rows_of("evidence", np.array([[0.75, *[0.0] * (len(columns) - 1)]]), held)
    assert (row["behaviour.scar"], row["behaviour.leaving_by_grievance"]) == (0.07, 17.0)
    assert all(row[address] == pytest.approx(parameters()[address].range[0]) for address in columns[1:])
    assert set(row) == set(guesses()) | set(HELD)


def test_chance_draws_nothing_and_the_prior_every_guess() -> None:
    assert columns_of("chance") == ()
    assert rows_of("chance", np.empty((3, 0))) == [{}, {}, {}]
    (row,) = rows_of("prior", np.full((1, len(guesses())), 1.0))
    assert row == {address: pytest.approx(parameters()[address].range[1]) for address in guesses()}


def test_the_last_number_below_one_draws_the_last_row_that_counts() -> None:
    held = made([0.5, 0.5, *[0.0] * 8])
    (row,) = rows_of("evidence", np.full((1, len(columns_of("evidence", held))), np.nextafter(1, 0)), held)
    assert row["behaviour.scar"] == 0.01


def test_an_unknown_set_and_numbers_of_the_wrong_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="no set called 'evidenc'; known: evidence, low_reaction"):
        columns_of("evidenc")  # type: ignore[arg-type] # which is what is tested
    with pytest.raises(ValueError, match=r"needs \d+ uniform numbers a draw, not shape \(4, 1\)"):
        rows_of("prior", np.zeros((4, 1)))


def test_a_file_is_read_as_it_was_written_and_stands_in_the_order_of_reactions(tmp_path: Path) -> None:
    held = made()
    backwards = EvidenceSet(
        {SCALE: "0.25", "episodes": "abc: def"}, HELD, held.figure_names, held.weights, held.reaction[::-1],
        held.numbers, held.figures,
    )  # fmt: skip
    file = tmp_path / "set.csv.gz"
    file.write_bytes(as_file(backwards))
    assert as_file(backwards) == as_file(backwards)
    found = read_set(file)
    assert (found.scale, found.made_from["episodes"]) == (0.25, "abc: def")
    assert found.numbers[:, 0].tolist() == held.numbers[::-1, 0].tolist()
    assert found.figure_names == ("A leak/lost",)
    assert found.weights.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no gzip", "no evidence set can be read here"),
        (gzip.compress(b""), "no evidence set can be read here"),
        (gzip.compress(b"a,b\n1,2\n"), "this is no evidence set"),
        (gzip.compress(b"weight,reaction,behaviour.nothing\n1,0,2\n"), "there is no behaviour.nothing"),
        (gzip.compress(b"weight,reaction,behaviour.scar\n1,0\n"), "no evidence set"),
        (gzip.compress(b"weight,reaction,behaviour.scar\n1,0,x\n"), "no evidence set can be read here"),
        (gzip.compress(b"weight,reaction,behaviour.scar\n-1,0,0.1\n"), "weights"),
        (gzip.compress(b"weight,reaction,behaviour.scar\n1,0,nan\n"), "behaviour.scar"),
        (gzip.compress(b"weight,reaction,behaviour.scar\n1,0,7\n"), "behaviour.scar"),
    ],
)
def test_a_file_that_is_no_set_or_of_other_numbers_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "set.csv.gz"
    with pytest.raises(EvidenceError, match="no evidence set"):
        read_set(file)
    file.write_bytes(content)
    with pytest.raises(EvidenceError, match=said):
        read_set(file)


def test_who_loses_more_reacts_more() -> None:
    usual = {"name": "lost", "measure": "sales", "weeks": (1, 2), "tolerance": "x", "source": "x", "seen": "Y"}
    band = {"observed": 0.1, "low": 0.0, "high": 0.2}
    lost = Measured.model_validate(usual | band | {"compared": "twin_loss"})
    other = Measured.model_validate(usual | band | {"measure": "trust"})
    figures = np.array([[0.3, 0.0], [0.1, 9.0], [0.2, 5.0]])
    assert reactions((lost, other), figures, np.array([0.5, 0.25, 0.25])) == pytest.approx([1.0, 0.25, 0.5])
