"""The benchmark reads what it says, compares round by round, and leaves a table that says it all again."""

import csv
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from simulation.cli import benching
from simulation.evidence.bench import bench as measured
from simulation.evidence.bench import speed as timing
from simulation.evidence.bench.bench import Size, bench
from simulation.evidence.bench.cases import full_case
from simulation.evidence.bench.goals import GOALS, Goal, Reading
from simulation.evidence.bench.limits import least_nanoseconds, practices_of
from simulation.evidence.bench.sheet import bench_lines, write_bench

READ = [
    Reading("time", case, number, value, "seconds")
    for case, values in {"ours": (1.0, 2.0, 4.0), "theirs": (4.0, 4.0, 4.0), "late": (1.0,)}.items()
    for number, value in enumerate(values)
]


def test_ratios_are_taken_within_rounds() -> None:
    goal = Goal("theirs : ours", "theirs", "ours", 2, True)
    assert goal.ratios(READ) == [4.0, 2.0, 1.0]
    assert goal.is_met(2.0) and not goal.is_met(1.99)
    assert Goal("ours : late", "ours", "late", 1, False).ratios(READ) == [1.0]
    assert Goal("nobody", "nobody", "late", 1, False).ratios(READ) == []


def test_what_is_written_says_every_reading_and_every_goal(tmp_path: Path) -> None:
    speeds = [Reading("speed", "plain Mesa", 0, 1e5, "a second"), Reading("speed", "NumPy", 0, 2e6, "a second")]
    names = {path.name for path in write_bench([*READ, *speeds], tmp_path / "bench")}
    assert names == {"bench.csv", "bench.txt", "bench.png", "bench.svg"}
    table = (tmp_path / "bench" / "bench.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    assert len(rows) == len(READ) + 2 and rows[1] == {
        "measure": "time", "case": "ours", "round": "1", "value": "2", "unit": "seconds"
    }  # fmt: skip
    text = (tmp_path / "bench" / "bench.txt").read_text(encoding="utf-8")
    assert all(goal.name in text for goal in GOALS) and text.count("not measured here") == len(GOALS)


def test_the_least_is_counted_from_what_goes_on() -> None:
    # one policy: six words of every week; a sale, offers, a tier, two kinds of prices, a leak,
    # a demand and a scandal are eight practices of one word; consent is drawn for the sale, the leak and the demand
    rows = practices_of(full_case(1_000), 20)
    assert least_nanoseconds(rows, (1.0, 0.0)) == pytest.approx(6 + 8 + (rows["scope"] == 0).sum())
    five = practices_of(full_case(1_000, 5), 20)
    assert least_nanoseconds(five, (1.0, 0.0)) == pytest.approx(least_nanoseconds(rows, (1.0, 0.0)) / 5)
    assert np.array_equal(five[0]["departure"], rows[0]["departure"])


def test_vectors_are_narrowed_where_the_processor_has_wider_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    def host(features: str) -> dict[str, str]:
        monkeypatch.setattr(timing.codegen, "get_host_cpu_features", lambda: features)
        return timing.narrow_features()

    assert host("+avx2,+fma,-avx512f") == {}
    narrow = host("+avx2,+avx512f,+avx512vl,+fma,-prefer-256-bit")["NUMBA_CPU_FEATURES"]
    assert narrow == "+avx2,-avx512f,-avx512vl,+fma,-prefer-256-bit"


@pytest.mark.slow
def test_a_narrow_process_lives_a_case_each_time_it_is_asked() -> None:
    with closing(timing.Narrow(300, 2)) as narrow:
        assert narrow.speed() > 0 and narrow.speed() > 0


def test_a_peer_that_is_not_installed_is_named_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured, "find_spec", lambda package: None if package in ("ambr", "jax") else package)
    assert measured.absent_peers() == ["AMBER", "JAX"] and list(measured._peers()) == ["plain Mesa", "NumPy"]


@pytest.mark.release
def test_every_case_is_read_once_a_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured, "_MANY", 5_000)
    monkeypatch.setattr(timing, "_BUSY", 2e4)
    readings = list(bench(Size(2, (1_000,), (4, 500, 10), (4_000, 8), (1_000, 10_000, 8))))
    cases = {reading.case for reading in readings}
    absent = measured.absent_peers()
    assert all({goal.above, goal.below} <= cases | set(absent) for goal in GOALS) and cases.isdisjoint(absent)
    timed = [(reading.case, reading.round) for reading in readings if reading.measure in ("speed", "time")]
    assert len(timed) == len(set(timed)) and {number for _, number in timed} == {0, 1}
    assert all(reading.value > 0 for reading in readings)
    assert any("missed" in line or "met" in line for line in bench_lines(readings))


def test_a_folder_of_something_else_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def never(size: Size) -> Iterator[Reading]:
        raise AssertionError("nothing may be measured")

    monkeypatch.setattr(measured, "bench", never)
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "mine.txt").write_text("mine")
    assert benching.bench(out=tmp_path) == 2
    assert "holds something other than results" in capsys.readouterr().err
