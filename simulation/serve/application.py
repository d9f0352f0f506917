"""The site: parts put together behind the guard."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route

from simulation.serve.guard import Guard, Pace
from simulation.serve.pages import Part, files_route, no_icon, own_files, refused

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""The names of the machine itself."""


def application(
    parts: Sequence[Part], hosts: Iterable[str] = LOOPBACK, any_address: bool = False, pace: Pace | None = None
) -> Starlette:
    """Return the site made of some parts, called by any of `hosts`; with `any_address`, by any IP address as well."""
    files = own_files("style.css")
    for part in parts:
        files |= part.files

    @asynccontextmanager
    async def lifespan(site: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for part in parts:
                if part.lifespan:
                    await stack.enter_async_context(part.lifespan())
            yield

    return Starlette(
        routes=[
            *(route for part in parts for route in part.routes),
            files_route(files),
            Route("/favicon.ico", no_icon),
        ],
        middleware=[Middleware(Guard, hosts=hosts, any_address=any_address, pace=pace), Middleware(GZipMiddleware)],
        exception_handlers={HTTPException: refused},
        lifespan=lifespan,
    )
