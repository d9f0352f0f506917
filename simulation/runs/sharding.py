"""A run whose shoppers are scattered over a cluster's workers, market by market; it begins again if one is lost."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from simulation.model.shards import Answer, Shard, Terms
from simulation.runs.executors import LOCAL, ClusterError, Means, cluster
from simulation.runs.outcome import Outcome
from simulation.runs.provenance import program, refuse_another
from simulation.runs.run import Finished, Progress, outcome_from, run_replicate
from simulation.scenario.schema import Scenario

_ATTEMPTS = 3  # lives of a replicate, the first included
_LOOK_EVERY = 2  # seconds after which a worker that has not answered is looked for
_PATIENCE = 10  # seconds for workers that take the place of lost ones to come
_LOST_AGAIN = "a worker was lost {count} times; what it held is gone, and nothing was written"
_LOST_LATE = "a worker was lost while its shoppers were asked for; what it held is gone, and nothing was written"
_NOBODY = "no workers are left, and none have come within {seconds} s; nothing was written"


class LostShardError(RuntimeError):
    """Why the shoppers of some markets are gone."""


class ActorHost:
    """A worker of a cluster, which holds a shard as a Dask actor and lends it so many threads."""

    def __init__(self, client: Any, worker: str, threads: int = 1) -> None:
        self._client, self._worker, self._threads = client, worker, threads
        self._made: Any = None
        self._actor: Any = None

    def open(self, terms: Terms) -> Answer:
        """Begin to open a shard there; the answer comes when it is open."""
        here = {"workers": [self._worker], "actor": True, "pure": False}
        self._made = self._client.submit(Shard, terms._replace(threads=self._threads), **here)
        return _Awaited(self, self._opened)

    def ask(self, method: str, *arguments: Any) -> Answer:
        """Ask the shard; raises LostShardError, now or with the answer, if nobody is left to give it."""
        try:
            return _Awaited(self, getattr(self._actor, method)(*arguments).result)
        except RuntimeError as error:
            raise LostShardError(str(error)) from error

    def close(self) -> None:
        """Let the worker forget the shard, so that the next one finds room."""
        self._client.cancel(self._made, force=True)  # an actor that was asked refers to itself: it would stay a while
        self._actor = None

    def is_lost(self) -> bool:
        """Return whether the worker, or what it held, is gone."""
        gone = self._worker not in self._client.scheduler_info(n_workers=-1)["workers"]
        return gone or self._made.status not in ("pending", "finished")

    def _opened(self, seconds: float) -> None:
        self._actor = self._made.result(seconds)


class _Awaited:
    """An answer of a worker that may be lost before it has given it, which the cluster does not always tell."""

    def __init__(self, host: ActorHost, wait: Callable[[float], Any]) -> None:
        self._host, self._wait = host, wait

    def result(self) -> Any:
        """Wait for the answer and return it; raises LostShardError if nobody is left to give it."""
        while True:
            began = time.monotonic()
            try:
                return self._wait(_LOOK_EVERY)
            except TimeoutError as error:
                if self._host.is_lost() or time.monotonic() - began < _LOOK_EVERY / 2:  # the network's, not this wait's
                    raise LostShardError(str(error)) from error
            except (OSError, CancelledError) as error:
                raise LostShardError(str(error)) from error
            except Exception as error:
                if self._host.is_lost():
                    raise LostShardError(str(error)) from error
                raise


@contextmanager
def run_sharded(
    scenario: Scenario, shards: int, means: Means, progress: Progress | None = None, command: str = ""
) -> Iterator[Outcome]:
    """Give the outcome of all replicates; the first one's shoppers stay on their workers until the context ends.

    Workers are those of the scheduler that `means` names, or of one that is started on this machine. Raises
    ClusterError if it cannot be used, or loses workers again and again, and OtherProgramError if they run another one.
    """
    began = time.perf_counter()
    with cluster(replace(means, workers=shards, scheduler=means.scheduler or LOCAL)) as client:
        last_first = reversed(range(scenario.replicates))
        finished = (_lived(scenario, replicate, client, shards, progress) for replicate in last_first)
        outcome = outcome_from(scenario, finished, "columns", began, command)
        try:
            yield outcome
        except LostShardError as error:
            raise ClusterError(_LOST_LATE) from error


def _lived(scenario: Scenario, replicate: int, client: Any, shards: int, progress: Progress | None) -> Finished:
    wanted = 1
    for _ in range(_ATTEMPTS):
        hosts = _hosts(client, wanted, shards)
        try:
            finished = run_replicate(scenario, replicate, progress=progress, hosts=hosts)
        except LostShardError:
            wanted = len(hosts)
            _close(hosts)
            continue
        if replicate > 0:
            _close(hosts)
        return finished
    raise ClusterError(_LOST_AGAIN.format(count=_ATTEMPTS))


def _close(hosts: Sequence[ActorHost]) -> None:
    for host in hosts:
        host.close()


def _hosts(client: Any, wanted: int, shards: int) -> Sequence[ActorHost]:
    """Return hosts on those workers that are there, after some patience if they are fewer than wanted."""
    give_up = time.monotonic() + _PATIENCE
    while len(found := _threads_of(client)) < wanted and time.monotonic() < give_up:
        time.sleep(_PATIENCE / 50)
    if not found:
        raise ClusterError(_NOBODY.format(seconds=_PATIENCE))
    return [ActorHost(client, worker, found[worker]) for worker in sorted(found)[:shards]]


def _threads_of(client: Any) -> dict[str, int]:
    """Return the workers that answer, each with its threads; raises OtherProgramError if one runs another program."""
    answers = client.run(program, on_error="return")
    answering = {worker: told for worker, told in answers.items() if isinstance(told, str)}
    for told in answering.values():
        refuse_another(told)
    threads = client.nthreads()
    return {worker: threads[worker] for worker in answering if worker in threads}
