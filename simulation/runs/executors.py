"""Where runs are carried out: threads, processes or a Dask cluster; the numbers do not depend on it."""

import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext, SpawnProcess
from threading import Lock, Thread
from types import ModuleType
from typing import Any

from simulation.runs.extras import require

LOCAL = "local"
"""The scheduler that is started for one command, on this machine, and ended with it."""

_WORTH_A_PROCESS = 16  # runs; to start a process takes about as long as a few of them
_PATIENCE = 10  # seconds to wait for a scheduler to answer
_RETRIES = 3  # how often a run is begun again whose worker is lost
_SILENT = "what listens does not speak Dask; has its dashboard been named?"
_LOST = "a worker died, perhaps for want of memory; what is done is kept, and the same command goes on from there"


class ClusterError(OSError):
    """Why a cluster could not be used."""


@dataclass(frozen=True)
class Means:
    """How runs are carried out; the numbers do not depend on it.

    Parameters
    ----------
    workers
        How many processes to use; as many as pay, and there are processors, if left out.
    scheduler
        Address of a Dask scheduler, such as tcp://10.0.0.5:8786, whose workers have this program installed; local
        starts one on this machine for the time of the command.
    """

    workers: int | None = None
    scheduler: str | None = None

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise ValueError(f"workers must be at least 1, not {self.workers}")

    @property
    def count(self) -> int:
        """How many processes, or threads where processes do not pay, serve runs on this machine."""
        return self.workers or os.cpu_count() or 1

    @property
    def are_elsewhere(self) -> bool:
        """Whether runs leave this process whatever their number."""
        return self.scheduler is not None or (self.workers or 1) > 1

    def are_threads(self, runs: int) -> bool:
        """Return whether threads serve so many runs: processes take longer to start, and pay if there are many."""
        return self.workers == 1 or (self.workers is None and runs < _WORTH_A_PROCESS * (os.cpu_count() or 1))


Started = tuple[ExitStack, dict[tuple[Means, int, bool], Executor]]

_STARTED: ContextVar[Started | None] = ContextVar("started", default=None)


@contextmanager
def started_once() -> Iterator[None]:
    """Let what carries out runs be started once within a block, and end with it, however often it is asked for."""
    with ExitStack() as open_until_then:
        before = _STARTED.set((open_until_then, {}))
        try:
            yield
        finally:
            _STARTED.reset(before)


@contextmanager
def executor(means: Means, runs: int, at_once: int | None = None) -> Iterator[Executor]:
    """Give what carries out so many runs, so many of them `at_once` on this machine, or as many as the means say.

    Raises ClusterError, in plain words, if a scheduler cannot be used.
    """
    count, started = at_once or means.count, _STARTED.get()
    if started is None:
        with _started(means, runs, count) as pool:
            yield pool
        return
    (open_until_then, pools), kind = started, (means, count, means.are_threads(runs))
    if kind not in pools:
        pools[kind] = open_until_then.enter_context(_started(means, runs, count))
    yield pools[kind]


@contextmanager
def _started(means: Means, runs: int, count: int) -> Iterator[Executor]:
    if means.scheduler is not None:
        with cluster(replace(means, workers=count)) as client:
            yield from _watched(client)
        return
    with threads(count) if means.are_threads(runs) else _processes(count) as pool:
        try:
            yield pool
        except BrokenExecutor as error:
            raise ClusterError(_LOST) from error


@contextmanager
def threads(count: int) -> Iterator[Executor]:
    """Give so many threads; whoever stops the command does not wait for what they are at."""
    pool = ThreadPoolExecutor(count)
    try:
        yield pool
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    except BaseException:
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()


def _watched(client: Any) -> Iterator[Executor]:
    from distributed.scheduler import KilledWorker

    try:
        yield client.get_executor(retries=_RETRIES)
    except (KilledWorker, CancelledError) as error:
        raise ClusterError(_LOST) from error


_STARTING = Lock()


class _Process(SpawnProcess):
    """A process that does not run the user's script again, as Python's own would before it starts to work."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 # Python's own name
        with _STARTING:
            main = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")  # names no file, so that there is nothing to run
            try:
                return SpawnProcess._Popen(process_obj)
            finally:
                sys.modules["__main__"] = main


class Apart(SpawnContext):
    """Starts processes that take their work from this package alone; a script needs no guard against itself."""

    Process = _Process


@contextmanager
def _processes(count: int) -> Iterator[Executor]:
    """Give so many processes, which end with this one, however it ends."""
    context = Apart()
    theirs, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=end_with, initargs=(theirs,))
    try:
        yield pool
    except BaseException:
        ours.close()  # what they are at is of no use to anybody
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        ours.close()
        theirs.close()


def end_with(pipe: Connection) -> None:
    """Let this process end when the other end of a pipe is closed: by who asked for it, or by that one's death."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked for it is interrupted as well, and ends it
    Thread(target=_await_end, args=(pipe,), daemon=True).start()


def _await_end(pipe: Connection) -> None:
    wait([pipe])
    os._exit(1)


@contextmanager
def cluster(means: Means) -> Iterator[Any]:
    """Give a client of the scheduler that is named, or of one on this machine that ends with it."""
    require("distributed", "a scheduler", "cluster")
    distributed: Any = import_module("distributed")

    if means.scheduler != LOCAL:
        with _connected(str(means.scheduler)) as client:
            yield client
        return
    how = {"n_workers": means.count, "threads_per_worker": 1, "memory_limit": 0, "dashboard_address": ":0"}
    with distributed.LocalCluster(**how) as cluster, distributed.Client(cluster) as client:
        yield client


def _answer_from(address: str) -> Any:
    """Return a client; a daemon waits for it, since Dask waits for ever for what listens but is no scheduler."""
    distributed: Any = import_module("distributed")
    answer: Future[Any] = Future()

    def ask() -> None:
        try:
            answer.set_result(distributed.Client(address, timeout=_PATIENCE))
        except Exception as error:
            answer.set_exception(error)

    Thread(target=ask, daemon=True).start()
    return answer.result(timeout=_PATIENCE + 1)


def _connected(address: str) -> Any:
    from simulation.runs.provenance import OtherProgramError, program, refuse_another

    try:
        client = _answer_from(address)
    except (OSError, ValueError, TimeoutError) as error:
        said = str(error).splitlines()[0] if str(error) else _SILENT
        raise ClusterError(f"scheduler {address}: no Dask scheduler answers there: {said}") from error
    if not client.scheduler_info()["workers"]:
        client.close()
        raise ClusterError(f"scheduler {address}: this scheduler has no workers; start some with 'dask worker'")
    if None in client.run(find_spec, "simulation").values():
        client.close()
        raise ClusterError(f"scheduler {address}: this program is not installed where its workers are")
    try:
        for told in client.run(program, on_error="return").values():
            refuse_another(str(told))
    except OtherProgramError as error:
        client.close()
        raise ClusterError(f"scheduler {address}: {error}") from None
    return client
