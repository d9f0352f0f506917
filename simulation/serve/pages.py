"""What pages share: templates that escape all they are given, files by a fixed list of names, plain error pages."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from simulation.classroom.handouts import FILTERS
from simulation.classroom.handouts import HERE as CLASSROOM

HERE = Path(__file__).parent
_MOST_FIELDS = 300

Form = ImmutableMultiDict[str, str]
Lifespan = Callable[[], AbstractAsyncContextManager[None]]


AT_ONCE = {"x-accel-buffering": "no"}
"""What tells a proxy to pass on a stream of events as it comes."""


@dataclass(frozen=True)
class Part:
    """A part of the site: its routes, the file of each of its own scripts and styles, and what runs beside it."""

    routes: Sequence[BaseRoute]
    files: Mapping[str, Path]
    lifespan: Lifespan | None = None


@cache
def _environment() -> Environment:
    found = Environment(loader=FileSystemLoader([HERE, CLASSROOM]), autoescape=True, undefined=StrictUndefined)
    found.filters |= {"thousands": lambda count: f"{count:,}", "plain": lambda value: f"{value:g}", **FILTERS}
    found.policies["json.dumps_kwargs"] = {}  # the order of policies says which is the baseline
    return found


def page(
    template: str, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None, **content: object
) -> HTMLResponse:
    """Return a page from a template of this folder or of the classroom's; all that it is given is escaped."""
    return HTMLResponse(_environment().get_template(template).render(**content), status, headers)


def own_files(*names: str) -> dict[str, Path]:
    """Return files of this folder by name, as a part lists them."""
    return {name: HERE / name for name in names}


async def form_of(request: Request) -> Form:
    """Return the fields of a form that was sent; one that cannot be read is refused."""
    try:
        text = (await request.body()).decode("utf-8")
        return ImmutableMultiDict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The form that was sent cannot be read.") from error


def files_route(files: Mapping[str, Path]) -> Route:
    """Return the route to files that pages refer to as /files/name; no other name is looked for."""

    async def file(request: Request) -> Response:
        path = files.get(request.path_params["name"])
        if path is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return FileResponse(path, headers={"cache-control": "no-cache"})

    return Route("/files/{name}", file)


async def no_icon(request: Request) -> Response:
    """Answer a browser that looks for an icon beside a page that names none, such as a report."""
    return Response(status_code=HTTPStatus.NO_CONTENT)


_SAID = {
    HTTPStatus.NOT_FOUND: "There is no such page here.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This page cannot be asked in that way.",
}


async def refused(request: Request, error: Exception) -> Response:
    """Return a page that says in a sentence why a request was refused."""
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    usual = _SAID.get(status, status.phrase)
    said = usual if error.detail == status.phrase else error.detail
    return page("error.html", status, error.headers, title=status.phrase, said=said)
