"""What handlers of pages share: who asks, a place in the queue, waiting for a job, and telling of it."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from simulation.serve.crew import Crew, FullError, Task
from simulation.serve.pages import page
from simulation.serve.worker import Job

_COOKIE = "asker"
SILENCE = 15.0
"""Seconds after which a stream without news shows that it is alive."""

_PATIENCE = 20  # seconds for which an answer is waited for before a page says that it takes longer


async def submitted(crew: Crew, key: str, job: Job, request: Request) -> Task:
    """Return the task of a job that somebody asks for; where the queue is full, the request is refused for now."""
    try:
        return await crew.submit(key, asker(request), job)
    except FullError as error:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, str(error), {"retry-after": "10"}) from error


async def waited(task: Task) -> Response | None:
    """Wait for a job to end; return a page that says so if it takes longer than anybody likes to wait."""
    try:
        await asyncio.wait_for(task.ended(), _PATIENCE)
    except TimeoutError:
        return page("waiting.html", HTTPStatus.ACCEPTED)
    return None


def event(message: dict[str, Any], number: int | None = None) -> str:
    """Return a message as a stream of events has it."""
    head = "" if number is None else f"id: {number}\n"
    return f"{head}data: {json.dumps(message)}\n\n"


async def streamed(task: Task, first: int) -> AsyncIterator[str]:
    """Yield what is told of a task as events, and signs of life between them: proxies end streams that stall."""
    told = aiter(task.listen(first))
    waiting = asyncio.ensure_future(anext(told, None))
    try:
        while True:
            done, _ = await asyncio.wait({waiting}, timeout=SILENCE)
            if not done:
                yield ": still here\n\n"
            elif (found := waiting.result()) is None:
                return
            else:
                number, message = found
                yield event(message, number)
                waiting = asyncio.ensure_future(anext(told, None))
    finally:
        waiting.cancel()


def first_wanted(request: Request) -> int:
    """Return the number of the message from which a listener goes on that was cut off."""
    last = request.headers.get("last-event-id", "")
    return int(last) + 1 if last.isascii() and last.isdigit() else 0


def asker(request: Request) -> str:
    """Return who asks: a browser by its cookie, and what has none by its address."""
    return request.cookies.get(_COOKIE) or (request.client.host if request.client else "")


def known(request: Request, response: Response) -> Response:
    """Give a browser that has none a cookie, by which its runs take turns with those of others."""
    if _COOKIE not in request.cookies:
        response.set_cookie(_COOKIE, secrets.token_urlsafe(16), httponly=True, samesite="strict")
    return response
