"""A run whose shoppers are scattered over a cluster's workers, market by market; it begins again if one is lost."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from simulation.model.shards import Answer, Host, Shard, Terms
from simulation.scenario.schema import Scenario
from simulation.study.executors import LOCAL, ClusterError, Means, cluster
from simulation.study.outcome import Outcome
from simulation.study.runs import Finished, Progress, outcome_from, run_replicate

_ATTEMPTS = 3  # lives of a replicate, the first included
_LOST = "a worker was lost {count} times; what it held is gone, and nothing was written"


class LostShardError(OSError):
    """Why the shoppers of some markets are gone."""


@dataclass
class _Awaited:
    """An answer of an actor."""

    answer: Any

    def result(self) -> Any:
        """Wait for the answer and return it; raises LostShardError if nobody is left to give it."""
        from distributed.scheduler import KilledWorker

        try:
            return self.answer.result()
        except (OSError, KilledWorker) as error:
            raise LostShardError(str(error)) from error
        except ValueError as error:
            if "Actor" not in str(error):
                raise
            raise LostShardError(str(error)) from error


class ActorHost:
    """A worker of a cluster, which holds a shard as a Dask actor."""

    def __init__(self, client: Any, worker: str) -> None:
        self._client, self._worker = client, worker
        self._actor: Any = None

    def open(self, terms: Terms) -> None:
        """Open a shard there, in place of one from before."""
        self._actor = None
        made = self._client.submit(Shard, terms, workers=[self._worker], actor=True, pure=False)
        self._actor = _Awaited(made).result()

    def ask(self, method: str, *arguments: Any) -> Answer:
        """Ask the shard."""
        return _Awaited(getattr(self._actor, method)(*arguments))


@contextmanager
def run_sharded(
    scenario: Scenario, shards: int, means: Means, progress: Progress | None = None, command: str = ""
) -> Iterator[Outcome]:
    """Give the outcome of all replicates; the first one's shoppers stay on their workers until the context ends.

    Workers are those of the scheduler that `means` names, or of one that is started on this machine. Raises
    ClusterError if it cannot be used, or loses workers again and again.
    """
    began = time.perf_counter()
    with cluster(replace(means, workers=shards, scheduler=means.scheduler or LOCAL)) as client:
        finished = [
            _lived(scenario, replicate, client, shards, progress) for replicate in reversed(range(scenario.replicates))
        ]
        yield outcome_from(scenario, finished, "columns", began, command)


def _lived(scenario: Scenario, replicate: int, client: Any, shards: int, progress: Progress | None) -> Finished:
    for _ in range(_ATTEMPTS):
        try:
            return run_replicate(scenario, replicate, progress=progress, hosts=_hosts(client, shards))
        except LostShardError as error:
            lost = error
    raise ClusterError(_LOST.format(count=_ATTEMPTS)) from lost


def _hosts(client: Any, shards: int) -> Sequence[Host]:
    """Return hosts on those workers that are there now."""
    workers = sorted(client.scheduler_info(n_workers=-1)["workers"])
    if not workers:
        client.wait_for_workers(1, timeout=60)
        workers = sorted(client.scheduler_info(n_workers=-1)["workers"])
    return [ActorHost(client, worker) for worker in workers[:shards]]
