"""Draws lived by all episodes, batch by batch: kept in a file each, so that a fit that is killed goes on."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.parameters import numbers_at
from simulation.evidence.fitting.episode_readings import live_episode
from simulation.evidence.fitting.episodes import Episode, Measured
from simulation.runs.provenance import OtherProgramError, hash_behind
from simulation.scenario.schema import as_data, scenario_type

Floats = NDArray[np.float64]
Progress = Callable[[int], None]

BATCH = 8  # draws
_HERE = "evidence.fitting.fit_batches"


@dataclass(frozen=True)
class Lived:
    """All that is needed to live draws: the episodes, the guesses, and where batches are kept (None: nowhere)."""

    episodes: tuple[Episode, ...]
    addresses: tuple[str, ...]
    folder: Path | None = None

    def figures(self, points: Floats, first: int, pool: Executor, progress: Progress | None = None) -> Floats:
        """Return every figure of every draw, lived unless kept; the first draw has the number `first`.

        A draw's luck is its number. Shape (draws, figures).
        """
        report = progress or (lambda done: None)
        batches = [range(start, min(start + BATCH, len(points))) for start in range(0, len(points), BATCH)]
        tasks = {place: self._task(points[list(batch)], first + batch[0]) for place, batch in enumerate(batches)}
        found = {place: self._kept(task) for place, task in tasks.items()}
        report(sum(len(batches[place]) for place, each in found.items() if each is not None))
        futures = {pool.submit(live_batch, tasks[place], programs()): place for place in tasks if found[place] is None}
        try:
            for future in as_completed(futures):
                place = futures[future]
                fresh = np.array(future.result())
                self._keep(tasks[place], fresh)
                found[place] = fresh
                report(len(batches[place]))
        finally:
            for future in futures:
                future.cancel()
        return np.concatenate([np.asarray(found[place]) for place in tasks])

    def _task(self, points: Floats, first: int) -> str:
        """Return a batch as text, from which any process can live it."""
        draws = [[first + place, numbers_at(point, self.addresses)] for place, point in enumerate(points)]
        return json.dumps([[_as_text(each) for each in self.episodes], draws])

    def _path(self, task: str) -> Path | None:
        key = hashlib.sha256(f"{programs()} {task}".encode()).hexdigest()[:32]
        return self.folder / f"{key}.npz" if self.folder else None

    def _kept(self, task: str) -> Floats | None:
        path = self._path(task)
        try:
            if path is None:
                return None
            with path.open("rb") as stream, np.load(stream) as kept:
                return np.asarray(kept["figures"])
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def _keep(self, task: str, figures: Floats) -> None:
        """Keep a batch, whole or not at all; raises OSError if the folder cannot be written."""
        path = self._path(task)
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False)  # noqa: SIM115 # closed before renaming
        try:
            with fresh:
                np.savez(fresh, figures=figures)
            Path(fresh.name).replace(path)
        finally:
            Path(fresh.name).unlink(missing_ok=True)


def programs() -> str:
    """Return a hash of the sources that a draw depends on; the set that ships is none of them: it comes of this."""
    return hash_behind(_HERE, (".yaml", ".json"))


def live_batch(task: str, asked_by: str) -> list[list[float]]:
    """Live a batch given as text, on whatever machine this is: every figure of every draw.

    Raises OtherProgramError if the program there is not the one that asks.
    """
    if asked_by != programs():
        raise OtherProgramError("a worker runs another version of this program; install the same one everywhere")
    texts, draws = json.loads(task)
    episodes = [_from_text(each) for each in texts]
    return [
        np.concatenate([live_episode(each, numbers, luck).figures() for each in episodes]).tolist()
        for luck, numbers in draws
    ]


def _as_text(episode: Episode) -> str:
    measures = [each.model_dump(mode="json") for each in episode.measures]
    return json.dumps([episode.name, episode.says, episode.begins, as_data(episode.scenario), measures])


@lru_cache(maxsize=256)
def _from_text(text: str) -> Episode:
    name, says, begins, scenario, measures = json.loads(text)
    figures = tuple(Measured.model_validate(each) for each in measures)
    return Episode(name, says, begins, scenario_type().model_validate(scenario), figures)
