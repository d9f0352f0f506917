"""The verb that serves pages: serve."""

import sys
from typing import TYPE_CHECKING

from simulation.cli.choosing import loading, refused

if TYPE_CHECKING:
    from starlette.applications import Starlette

_HIGHEST_PORT = 65_535


def serve(*, port: int = 8000, host: str = "127.0.0.1") -> int:
    """Serve scenarios as pages in a browser, on this machine alone unless told otherwise.

    Parameters
    ----------
    port
        The port to listen on.
    host
        The address to listen on; 0.0.0.0 lets in whoever reaches this machine.
    """
    from simulation.serve.application import application

    return listen(application(()), host, port)


def listen(site: "Starlette", host: str, port: int) -> int:
    """Serve a site until it is interrupted; return the exit code."""
    try:
        with loading():
            import uvicorn
    except ImportError:
        return refused(ValueError("serving needs more packages: pip install 'aislefour[web]'"))
    if not 0 < port <= _HIGHEST_PORT:
        return refused(ValueError(f"--port: {port} is no port; take one from 1 to {_HIGHEST_PORT}"))
    print(f"http://{host}:{port}/ - stop with Ctrl-C", file=sys.stderr)
    uvicorn.run(site, host=host, port=port, log_level="warning", server_header=False, limit_concurrency=400)
    return 0
