"""The fit: posterior known by hand, waves that go on where they were stopped, and what is told of it."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_episodes import LEAK, written

from simulation.behaviour.parameters import guesses, numbers_at
from simulation.evidence.fitting.episodes import read_episode
from simulation.evidence.fitting.fit import Fit, fit
from simulation.evidence.fitting.fit_batches import BATCH, Lived
from simulation.evidence.fitting.fit_findings import (
    leave_one_out,
    narrowed,
    predictions,
    quantiles,
    set_of,
    shares,
    why_missed,
)
from simulation.evidence.fitting.fitting import (
    Proposal,
    Settings,
    active_numbers,
    effective,
    foretelling,
    kernel_weights,
    missed_at,
    next_proposal,
    scale_for,
    weights_of,
)
from simulation.evidence.fitting.guesses import place_of, uniform_points

ADDRESSES = ("behaviour.leaving_by_grievance", "practices.departure_of_a_leak", "money.survey_cost")


# --- where draws are made, and what they weigh --------------------------------------------------------------------


def two_known(points: np.ndarray) -> np.ndarray:
    """Return a distance whose kernel at scale 1 is known: the first number near .7, the second near the first."""
    return np.abs(points[:, 0] - 0.7) / 0.05 + np.abs(points[:, 1] - points[:, 0]) / 0.05


def places(points: np.ndarray) -> np.ndarray:
    """Return the two parts of that distance, as figures in their bands."""
    return np.stack([points[:, 0] - 0.7, points[:, 1] - points[:, 0]], axis=1) / 0.05


def waves_of(count: int, waves: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    points = uniform_points(seed, 0, count, 4)
    active, proposals = active_numbers(points, points[:, :2]), list[Proposal]()
    for wave in range(1, waves):
        proposals.append(next_proposal(points, places(points), active, count, seed, wave))
        points = np.concatenate([points, proposals[-1].points(seed, wave, count, 4)])
    return points, weights_of(points, proposals, count, count), active


def test_the_posterior_is_the_one_worked_out_by_hand() -> None:
    points, weights, active = waves_of(800, 5)
    assert active.tolist() == [0, 1]
    weights = kernel_weights(weights, two_known(points), 1.0)
    middle = weights @ points
    spread = np.sqrt(weights @ (points - middle) ** 2)
    # exp(-|x - .7| / .05) is Laplace's distribution: standard deviation .05 sqrt 2; the second adds another
    assert middle[:2] == pytest.approx([0.7, 0.7], abs=0.01)
    assert spread[:2] == pytest.approx([0.05 * 2**0.5, 0.1], rel=0.08)
    assert spread[2:] == pytest.approx([12**-0.5] * 2, rel=0.05)  # nothing speaks of these: as wide as the range
    assert effective(weights) > 400  # of 4,000 draws from the whole range alone about 80 would count


def test_weights_undo_what_the_waves_prefer() -> None:
    points, weights, _ = waves_of(800, 5)
    assert weights @ points == pytest.approx([0.5] * 4, abs=0.03)
    assert np.sqrt(weights @ (points - 0.5) ** 2) == pytest.approx([12**-0.5] * 4, rel=0.05)


def test_figures_are_foretold_from_the_numbers_and_their_squares() -> None:
    points = uniform_points(5, 0, 2_000, 3)
    curved = 4 * (points[:, 0] - 0.5) ** 2 - points[:, 2]
    found = foretelling(points, np.stack([curved, np.sign(points[:, 1] - 0.5)], axis=1), np.array([0, 2]))
    assert found.spread == pytest.approx([0.0, 1.0], abs=0.02)  # the second hangs on a number that is not active
    # at (.5, ., .5) the first is foretold to lie at -.5: met; the second at 0, give or take 1: of three equally likely
    # outcomes two lie 1.22 half-bands off, as the square root of 1.5 is
    assert found.missed(np.full((1, 3), 0.5)) == pytest.approx([2 / 3 * 1.5**0.5], abs=0.03)


def test_a_wave_is_drawn_as_its_density_says_and_a_tenth_from_the_whole() -> None:
    points = uniform_points(5, 0, 500, 2)
    proposal = next_proposal(points, (points[:, :1] - 0.8) / 0.1, np.array([0]), 4_000, 1, 1)
    grid = np.stack([(np.arange(20_000) + 0.5) / 20_000, np.full(20_000, 0.5)], axis=1)
    density = proposal.density(grid)
    assert density.mean() == pytest.approx(1.0, abs=0.02) and density.min() >= 0.1
    drawn = np.histogram(proposal.points(1, 1, 4_000, 2)[:, 0], 10, (0, 1))[0] / 4_000
    assert drawn == pytest.approx(density.reshape(10, -1).mean(axis=1) / 10, abs=0.02)
    assert proposal.missed(np.array([[0.8, 0.1]])) < proposal.missed(np.array([[0.4, 0.1]]))


def test_what_is_missed_is_nothing_within_the_band_and_at_most_four() -> None:
    assert missed_at(np.array([-9.0, -1.5, -1.0, 0.0, 1.0, 1.5])).tolist() == [4.0, 1.5, 0.0, 0.0, 0.0, 1.5]


@pytest.mark.parametrize("at", [0.0, 0.5, 1.0])
def test_draws_that_are_all_alike_can_be_drawn_about(at: float) -> None:
    proposal = next_proposal(np.full((5, 1), at), np.zeros((5, 1)), np.array([0]), 200, 1, 1)
    points = proposal.points(1, 1, 200, 1)
    assert ((points > 0) & (points < 1)).all()
    assert np.isfinite(proposal.density(points)).all()


def test_the_kernel_is_as_narrow_as_leaves_the_draws_that_are_wanted() -> None:
    weights, distances = np.full(500, 1 / 500), np.linspace(0, 20, 500)
    scale = scale_for(weights, distances, 40)
    assert effective(kernel_weights(weights, distances, scale)) == pytest.approx(40, rel=0.01)
    assert effective(np.array([0.5, 0.5, 0.0])) == pytest.approx(2)


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 100"):
        Settings(draws=50)
    with pytest.raises(ValueError, match="at least 2 draws must count"):
        Settings(effective=0)
    with pytest.raises(ValueError, match="not -1"):
        Settings(seed=-1)
    with pytest.raises(ValueError, match="at least 1 wave"):
        Settings(waves=0)


# --- guesses ------------------------------------------------------------------------------------------------------


def test_a_guess_is_drawn_from_its_range_and_found_there_again() -> None:
    from simulation.behaviour.parameters import GUESSED, parameters

    assert all(parameters()[address].unfitted.grade in GUESSED for address in guesses())
    for address in guesses():
        low, high = parameters()[address].unfitted.range
        drawn = numbers_at(np.array([0.3]), (address,))[address]
        assert low <= drawn <= high
        assert place_of(address, drawn) == pytest.approx(0.3)
        assert numbers_at(np.array([0.0]), (address,))[address] == pytest.approx(low)


# --- waves lived --------------------------------------------------------------------------------------------------


class Counting(Executor):
    """Does the work at once, so many times at most, and then dies as a process that is killed."""

    def __init__(self, most: int) -> None:
        self.most, self.done = most, 0

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if self.done == self.most:
            future.set_exception(KeyboardInterrupt())
            return future
        self.done += 1
        future.set_result(work(*args, **kwargs))
        return future


@pytest.fixture
def episode_folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "episodes"
    folder.mkdir()
    written(folder, LEAK)
    told = LEAK.replace("episode: A leak", "episode: Another").replace("low: 0.01, high: 0.04", "low: 0.001, high: 0.9")
    written(folder, told, "other.yaml")
    yield folder


def lived_in(folder: Path, kept: Path | None = None) -> Lived:
    return Lived(tuple(read_episode(file) for file in sorted(folder.glob("*.yaml"))), ADDRESSES, kept)


def test_a_fit_that_is_killed_goes_on_with_the_same_result(episode_folder: Path, tmp_path: Path) -> None:
    settings, kept = Settings(draws=2 * BATCH, waves=2, effective=4), tmp_path / "kept"
    with ThreadPoolExecutor(2) as pool:
        whole = fit(lived_in(episode_folder), settings, pool)
    with pytest.raises(KeyboardInterrupt):
        fit(lived_in(episode_folder, kept), settings, Counting(2))
    assert len(list(kept.glob("*.npz"))) == 2
    (damaged := sorted(kept.glob("*.npz"))[0]).write_bytes(b"half")
    rest = Counting(9)
    again = fit(lived_in(episode_folder, kept), settings, rest)
    assert rest.done == 3  # of four batches one was kept whole
    assert damaged.stat().st_size > len(b"half")
    assert np.array_equal(again.points, whole.points)
    assert np.array_equal(again.figures, whole.figures, equal_nan=True)
    assert np.array_equal(again.weights, whole.weights)


def made_fit(figures: np.ndarray, points: np.ndarray, folder: Path, effective_draws: int = 30) -> Fit:
    episodes = lived_in(folder).episodes
    settings = Settings(draws=len(points), waves=1, effective=effective_draws)
    even = np.full(len(points), 1 / len(points))
    return Fit(episodes, ADDRESSES, settings, points, figures, even, np.array([0, 1]))


@pytest.fixture
def known(episode_folder: Path) -> Fit:
    """Return a fit whose figures are known: the first is met where the first number lies high, the other always."""
    points = uniform_points(5, 0, 400, 3)
    figures = np.stack([0.1 - 0.08 * points[:, 0], np.full(400, 0.02)], axis=1)
    return made_fit(figures, points, episode_folder)


def test_quantiles_are_those_of_the_weights() -> None:
    values = np.array([3.0, 1.0, 2.0, np.nan])
    assert quantiles(values, np.array([1.0, 1.0, 1.0, 0.0])) == (1.0, 2.0, 3.0)
    assert quantiles(values, np.array([0.05, 0.05, 0.9, 0.0])) == (2.0, 2.0, 2.0)
    assert quantiles(values, np.array([8.0, 1.0, 1.0, 0.0])) == (1.0, 3.0, 3.0)


def test_a_fit_says_which_number_is_pinned_and_by_which_episode(known: Fit) -> None:
    rows = {row.address: row for row in narrowed(known)}
    pinned = rows["behaviour.leaving_by_grievance"]
    assert pinned.is_spoken_of and pinned.shift > 0.2
    assert pinned.pinned_by[0][0] == "A leak"
    assert not rows["money.survey_cost"].is_spoken_of
    assert rows["money.survey_cost"].pinned_by == ()
    assert pinned.least == pytest.approx(max(0.15, 3.5 * 0.53 / effective(known.weights) ** 0.5))
    assert shares(predictions(known.episodes, known.figures, known.weights)) == (1.0, 1.0)


def test_an_episode_left_out_is_predicted_as_if_it_had_never_been_seen(known: Fit) -> None:
    without = {each.episode: each for each in leave_one_out(set_of(known), known.episodes)}
    (leak,) = without["A leak"].predicted
    assert leak.middle == pytest.approx(0.06, abs=0.005)  # the middle of the whole range, .02 to .10
    assert without["A leak"].effective > without["Another"].effective
    (other,) = without["Another"].predicted
    assert other.is_met


def test_what_is_missed_has_its_reason(known: Fit, episode_folder: Path) -> None:
    first, second = predictions(known.episodes, known.figures, known.weights)
    share = (known.points[:, 0] >= 0.75).mean()  # where .1 - .08 x lies below .04
    assert why_missed(known, first) == f"{share:.1%} of the whole range meets it"
    assert why_missed(known, second).startswith("100.0% of the whole range meets it")
    never = made_fit(np.full((50, 2), 0.5), uniform_points(5, 0, 50, 3), episode_folder)
    rows = predictions(never.episodes, never.figures, never.weights)
    assert [row.is_met for row in rows] == [False, True]
    assert why_missed(never, rows[0]) == "no draw of 50 meets it"
    assert shares(rows) == (0.5, 0.5)


# --- the verb -----------------------------------------------------------------------------------------------------


def test_the_verb_writes_a_set_and_a_report_and_checks_the_set_again(
    episode_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from simulation.cli.fitting import fit as verb
    from simulation.runs.executors import Means
    from simulation.scenario.evidence_set import read_set

    here = {"episodes": episode_folder, "means": Means(workers=1), "out": tmp_path / "results"}
    assert verb(draws=2 * BATCH, waves=2, effective=4, **here) == 0  # type: ignore[arg-type] # options of three kinds
    said = capsys.readouterr()
    assert "of 2 figures lie in their bands" in said.out
    assert "wave 2: 32 draws" in said.err
    folder = tmp_path / "results" / "fit"
    assert {"evidence_set.csv.gz", "figures.csv", "numbers.csv", "left_out.csv", "report.md", "asked.json"} == {
        path.name for path in folder.iterdir()
    }
    held = read_set(folder / "evidence_set.csv.gz")
    assert held.addresses == guesses()
    assert held.figure_names == ("A leak/lost", "Another/lost")
    report = (folder / "report.md").read_text()
    assert "## What nothing observed speaks of" in report
    code = verb(check=True, evidence=folder / "evidence_set.csv.gz", draws=BATCH, **here)  # type: ignore[arg-type]
    said = capsys.readouterr()
    met, touched = map(int, re.findall(r"(\d+)% of", said.out)[:2])
    assert code == int(met < 85 or touched < 90)
    assert "Each episode predicted by the fit to all others" in said.out
    assert "Asked about a leak, " in said.out
    assert "The set was made from 32 draws" in said.out and "The program has changed" not in said.out


def test_what_the_verb_cannot_do_is_refused_and_nothing_is_written(
    episode_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], known: Fit
) -> None:
    from simulation.cli.fitting import fit as verb
    from simulation.evidence.fitting.set_making import as_file

    def refused(said: str, **options: Any) -> None:
        assert verb(**{"episodes": episode_folder, "out": tmp_path / "results", **options}) == 2
        assert said in capsys.readouterr().err

    other = tmp_path / "other"
    other.mkdir()
    refused("holds no episode", episodes=other)
    refused("fewer than 100 effective", draws=20)
    refused("at least 1, not 0", draws=0)
    refused("add --check", evidence=tmp_path / "set.csv.gz")
    refused("no evidence set can be read here", check=True, evidence=tmp_path / "set.csv.gz")
    written(other, LEAK.replace("episode: A leak", "episode: A third"))
    (tmp_path / "set.csv.gz").write_bytes(as_file(set_of(known)))
    refused("made from other episodes", episodes=other, check=True, evidence=tmp_path / "set.csv.gz")
    assert not (tmp_path / "results").exists()
