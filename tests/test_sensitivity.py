"""Sensitivity: functions whose indices are known, chance among them, and plain refusals."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from simulation.questions.sensitivity.indices import (
    CHANCE,
    Question,
    Screened,
    Share,
    Shares,
    runs_of_shares,
    screening,
    shares,
    swings,
)
from simulation.questions.sensitivity.sensitivity import Effort, Influence
from simulation.questions.sensitivity.words import numbers_in_words
from simulation.runs.estimates import Estimate
from simulation.scenario.schema import Scenario

pytest.importorskip("SALib")

GRADES = ("assumption", "quoted", "measured")


def question(measured: object, ends: Mapping[str, tuple[float, float]]) -> Question:
    low, high = (np.array(each) for each in zip(*ends.values(), strict=True))

    def at(point: np.ndarray) -> dict[str, float]:
        return dict(zip(ends, (low + point * (high - low)).tolist(), strict=True))

    return Question(ends, dict(zip(ends, GRADES, strict=False)), at, measured, seed=3)  # type: ignore[arg-type]


def ishigami(worlds: Sequence[Mapping[str, float]], luck: Sequence[int]) -> np.ndarray:
    return np.array([np.sin(w["a"]) + 7 * np.sin(w["b"]) ** 2 + 0.1 * w["c"] ** 4 * np.sin(w["a"]) for w in worlds])


def linear(worlds: Sequence[Mapping[str, float]], luck: Sequence[int]) -> np.ndarray:
    return np.array([4 * w.get("a", 0.5) + 2 * w.get("b", 1.0) + 0 * w.get("c", 0.0) for w in worlds])


UNIT = {"a": (0.0, 1.0), "b": (0.0, 2.0), "c": (0.0, 1.0)}


def test_ishigamis_function_has_its_known_shares() -> None:
    ends = dict.fromkeys("abc", (-np.pi, np.pi))
    found = shares(question(ishigami, ends), ("a", "b", "c"), 1024)
    by_number = {share.name: share for share in found.by_number}
    for name, alone, total in (("a", 0.3139, 0.5576), ("b", 0.4424, 0.4424), ("c", 0.0, 0.2437)):
        assert by_number[name].alone == pytest.approx(alone, abs=0.05)
        assert by_number[name].total == pytest.approx(total, abs=0.05)
    assert by_number[CHANCE].total == pytest.approx(0.0, abs=1e-9)
    by_grade = {share.name: share.total for share in found.by_grade}
    assert by_grade["assumption"] == pytest.approx(0.5576, abs=0.05)
    assert found.deviation == pytest.approx(np.sqrt(13.8445), rel=0.05)


def test_chance_has_the_share_that_luck_adds() -> None:
    def with_luck(worlds: Sequence[Mapping[str, float]], luck: Sequence[int]) -> np.ndarray:
        return linear(worlds, luck) + 10 * (np.asarray(luck) + 0.5) / 1024  # evenly from 0 to 10: variance 100 / 12

    found = {share.name: share for share in shares(question(with_luck, UNIT), ("a", "b"), 512).by_number}
    whole = (16 + 16 + 100) / 12  # of 4a, of 2b over twice the range, and of luck
    assert found[CHANCE].alone == pytest.approx(100 / 12 / whole, abs=0.05)
    assert found["a"].total == pytest.approx(16 / 12 / whole, abs=0.05)


def test_screening_of_a_line_gives_its_slopes_over_the_whole_range() -> None:
    found = screening(question(linear, UNIT), 8, 2)
    assert found.influence == pytest.approx([4.0, 4.0, 0.0], abs=1e-9)
    assert found.spread == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    assert set(found.first(3)) == {"a", "b"} and found.agreeing == 2


def test_swings_by_hand() -> None:
    def measured(worlds: Sequence[Mapping[str, float]], luck: Sequence[int]) -> np.ndarray:
        return linear(worlds, luck) + np.asarray(luck)

    usual, (swing, *_) = swings(question(measured, UNIT), ("a", "b"), 3)
    assert usual.value == 4 * 0.5 + 2 * 1.0 + 1.0  # the mean of the lucks 0, 1 and 2 is 1
    assert usual.error == pytest.approx(1 / 3**0.5)  # and their standard deviation too
    assert (swing.name, swing.ends, swing.low, swing.high) == ("a", (0.0, 1.0), 3.0, 7.0)
    assert swing.moved == Estimate(4.0, 0.0), "the same luck at both ends"


def test_points_are_the_same_every_time_and_as_many_as_said() -> None:
    seen: list[list[tuple[float, ...]]] = []

    def counted(worlds: Sequence[Mapping[str, float]], luck: Sequence[int]) -> np.ndarray:
        seen.append([tuple(world.values()) for world in worlds])
        return linear(worlds, luck)

    asked = question(counted, UNIT)
    for _ in range(2):
        shares(asked, ("a",), 8)
    assert seen[0] == seen[1]
    assert len(set(seen[0])) <= runs_of_shares(asked, 1, 8)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="power of 2"):
        shares(question(linear, UNIT), ("a",), 48)
    with pytest.raises(ValueError, match="2 trajectories"):
        screening(question(linear, UNIT), 1, 2)
    with pytest.raises(ValueError, match="nothing that is varied"):
        shares(question(lambda worlds, luck: np.zeros(len(worlds)), UNIT), ("a",), 8)


def test_a_screening_whose_halves_disagree_is_called_doubtful(make_scenario: Callable[..., Scenario]) -> None:
    weighed = Shares((), (Share("world.story_reach", 0.4, 0.1, 0.5, 0.1), Share("money.wage", 0.1, 0.1, 0.2, 0.1)), 1.0)
    said = []
    for agreeing in (1, 2):
        screened = Screened(("world.story_reach",), np.ones(1), np.ones(1), np.ones(1), agreeing)
        asked, usual = question(linear, UNIT), Estimate(0.0)
        found = Influence(make_scenario(), "sale", "value", Effort(), asked, screened, weighed, usual, swings=())
        said.append(" ".join(numbers_in_words(found)))
    assert "too little to trust" in said[0] and "too little to trust" not in said[1]
    assert "story reach 50% (95 %: 40% to 60%)" in said[0]


def test_the_command_refuses_what_it_does_not_know(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from simulation.cli.questions import verb_of
    from simulation.questions.sensitivity.question import Sensitivity

    shipped = Path(__file__).parent.parent / "scenarios" / "shopsense_ifa.yaml"
    assert verb_of(Sensitivity)(shipped, policy="quite sale", out=tmp_path) == 2
    assert "did you mean 'quiet sale'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
