"""The evidence set: a file that is read as it was written, named sets, and draws by evenly spread places."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from simulation.behaviour.parameters import parameters
from simulation.evidence.fitting.episodes import Measured
from simulation.evidence.fitting.fit_checks import drawn
from simulation.evidence.fitting.set_making import SCALE, as_file, made, reactions, scale_of
from simulation.scenario import evidence_set
from simulation.scenario.evidence_set import SHIPPED, EvidenceError, EvidenceSet, SetName, read_set, shipped_set

HELD = ("behaviour.scar", "behaviour.leaving_by_grievance")
ROWS = 10


def held(weights: list[float] | None = None) -> EvidenceSet:
    """Return ten rows; row r holds the scar r / 100 and reacts the more, the later it stands."""
    rows = np.arange(ROWS, dtype=np.float64)
    numbers = np.stack([rows / 100, 10 + rows], axis=1)
    return made(
        {SCALE: "1"}, HELD, ("A leak/lost",), (np.array(weights or [0.1] * ROWS), rows / ROWS, numbers, rows / 50)
    )


def drawn_scars(name: SetName, count: int, rows: EvidenceSet) -> list[float]:
    return [rows.drawn(name, (place + 0.5) / count)["behaviour.scar"] for place in range(count)]


def test_evenly_spread_places_draw_each_row_by_its_weight() -> None:
    weights = [0.3, 0.0, 0.2, 0.0, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05]
    scars = drawn_scars("evidence", 100, held(weights))
    counts = np.bincount(np.rint(np.array(scars) * 100).astype(int), minlength=ROWS)
    assert counts.tolist() == [30, 0, 20, 0, 10, 10, 10, 10, 5, 5]


def test_low_and_high_reactions_are_the_ends_of_the_set() -> None:
    assert set(drawn_scars("low_reaction", 50, held())) == {0.0, 0.01}
    assert set(drawn_scars("high_reaction", 50, held())) == {0.08, 0.09}


def test_most_draws_lie_between_the_tenths_of_the_weight() -> None:
    assert held([0.05, 0.1, *[0.1] * 6, 0.2, 0.05]).spread("evidence", "behaviour.scar") == (0.01, 0.08)
    assert held().spread("high_reaction", "behaviour.scar") == (0.08, 0.09)


def test_a_row_is_drawn_whole() -> None:
    assert held().drawn("evidence", 0.75) == {"behaviour.scar": 0.07, "behaviour.leaving_by_grievance": 17.0}


def test_a_check_leaves_what_a_set_does_not_hold_in_the_middle_of_its_range() -> None:
    first, last = drawn(held(), 2)
    assert (first["behaviour.scar"], last["behaviour.scar"]) == (0.02, 0.07)
    assert first["world.story_reach"] == pytest.approx(sum(parameters()["world.story_reach"].unfitted.range) / 2)


@pytest.mark.parametrize("place", [0.0, np.nextafter(1, 0), 1.0])
def test_either_end_draws_a_row_that_counts(place: float) -> None:
    rows = held([0.0, 0.5, 0.5, *[0.0] * 7])
    assert rows.drawn("evidence", place)["behaviour.scar"] == (0.01 if place < 0.5 else 0.02)


def test_the_shipped_set_is_kept_as_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_set, "writable_home", lambda: tmp_path)
    whole = read_set(SHIPPED)
    for _ in range(2):  # the first reads the text and keeps it, the second reads what is kept
        shipped_set.cache_clear()
        found = shipped_set()
        assert np.array_equal(found.table, whole.table, equal_nan=True)
        assert (found.made_from, found.addresses, found.figure_names) == (
            whole.made_from, whole.addresses, whole.figure_names,
        )  # fmt: skip
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"damaged")
    shipped_set.cache_clear()
    assert shipped_set().addresses == whole.addresses


def test_a_file_is_read_as_it_was_written_and_stands_in_the_order_of_reactions(tmp_path: Path) -> None:
    forwards = held()
    columns = (forwards.weights, forwards.reaction[::-1], forwards.numbers, forwards.figures)
    backwards = made({SCALE: "0.25", "episodes": "abc: def"}, HELD, ("A leak/lost",), columns)
    file = tmp_path / "set.csv.gz"
    file.write_bytes(as_file(backwards))
    assert as_file(backwards) == as_file(backwards)
    found = read_set(file)
    assert (scale_of(found), found.made_from["episodes"]) == (0.25, "abc: def")
    assert found.numbers[:, 0].tolist() == forwards.numbers[::-1, 0].tolist()
    assert found.figure_names == ("A leak/lost",)
    assert found.weights.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no gzip", "no evidence set can be read here"),
        (gzip.compress(b"", mtime=0), "no evidence set can be read here"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "this is no evidence set"),
        (gzip.compress(b"weight,reaction,behaviour.nothing\n1,0,2\n", mtime=0), "there is no behaviour.nothing"),
        (gzip.compress(b"weight,reaction,behaviour.scar\n1,0\n", mtime=0), "no evidence set"),
        (gzip.compress(b"weight,reaction,behaviour.scar\n1,0,x\n", mtime=0), "no evidence set can be read here"),
        (gzip.compress(b"weight,reaction,behaviour.scar\n-1,0,0.1\n", mtime=0), "weights"),
        (gzip.compress(b"weight,reaction,behaviour.scar\n1,0,nan\n", mtime=0), "behaviour.scar"),
        (gzip.compress(b"weight,reaction,behaviour.scar\n1,0,7\n", mtime=0), "behaviour.scar"),
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
