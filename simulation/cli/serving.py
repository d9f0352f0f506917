"""The verb that serves pages: serve."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts.types import PositiveInt

from simulation.cli.choosing import BAD_INPUT, loading, refused

if TYPE_CHECKING:
    from starlette.applications import Starlette

_HIGHEST_PORT = 65_535
_MOST_CONNECTIONS = 1_000
_LOOPBACK = "127.0.0.1"
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104


def serve(
    *scenarios: Path,
    port: int = 8000,
    host: str = _LOOPBACK,
    out: Path = Path("results/served"),
    workers: PositiveInt | None = None,
) -> int:
    """Serve scenarios as pages in a browser, on this machine alone unless told otherwise.

    Parameters
    ----------
    scenarios
        Scenario files to choose from; those of the folder scenarios if none is named.
    port
        The port to listen on.
    host
        The address to listen on; 0.0.0.0 lets in whoever reaches this machine.
    out
        Folder in which runs are kept, so that their links go on working.
    workers
        How many runs are lived at once, each by a process; one a processor if left out.
    """
    try:
        site = _site(scenarios, host, out, workers or os.cpu_count() or 1)
    except ValueError as error:
        return refused(error)
    return listen(site, host, port)


def _site(scenarios: tuple[Path, ...], host: str, out: Path, workers: int) -> "Starlette":
    require_packages()
    with loading():
        from simulation.serve.application import LOOPBACK, application
        from simulation.serve.crew import Crew
        from simulation.serve.kept import Kept
        from simulation.serve.shelf import shelf, shipped
        from simulation.serve.user import single_user

    offered = shelf(scenarios or shipped(Path("scenarios")))
    part = single_user(offered, Kept(out), Crew(workers))
    return application([part], hosts=(*LOOPBACK, host), any_address=host in _EVERYWHERE)


def require_packages() -> None:
    """Raise ValueError, in plain words, where packages that serving needs are not installed."""
    from simulation.study.extras import require

    for package in ("starlette", "uvicorn", "bokeh"):
        require(package, "serve", "web")


def listen(site: "Starlette", host: str, port: int) -> int:
    """Serve a site until it is interrupted; return the exit code."""
    import uvicorn

    if not 0 < port <= _HIGHEST_PORT:
        return refused(ValueError(f"--port: {port} is no port; take one from 1 to {_HIGHEST_PORT}"))
    if host not in (_LOOPBACK, "localhost", "::1"):
        print(f"Whoever reaches this machine at {host} can read all runs and start some.", file=sys.stderr)
    print(f"http://{host}:{port}/ (stop with Ctrl-C)", file=sys.stderr)
    how: dict[str, Any] = {"log_level": "warning", "server_header": False, "limit_concurrency": _MOST_CONNECTIONS}
    server = uvicorn.Server(uvicorn.Config(site, host=host, port=port, timeout_graceful_shutdown=1, **how))
    try:
        server.run()
    except KeyboardInterrupt:  # the way to end it; what was run is kept
        return 0
    except SystemExit:  # the address is taken, or not this machine's; said already
        return BAD_INPUT
    return 0
