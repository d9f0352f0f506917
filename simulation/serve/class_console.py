"""The instructor's console: how the class goes on, who sits where, and what is taken away from it."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulation.classroom.dilemma import preferences, weighed
from simulation.classroom.handouts import debrief, paper
from simulation.classroom.lesson import ROUNDS, LessonError
from simulation.classroom.record import history
from simulation.classroom.slides import slides
from simulation.serve.class_forms import handed, not_kept, see, whole
from simulation.serve.class_room import KEY, Room
from simulation.serve.pages import Form, form_of, page
from simulation.serve.qr import qr_code

WARNING = 10.0
"""Seconds between the word that a round closes and its end."""


class Console:
    """The handlers of the instructor's pages."""

    def __init__(self, room: Room) -> None:
        self._room, self._open = room, room.open
        self._closing: asyncio.Task[None] | None = None

    @property
    def routes(self) -> list[Route]:
        """Where the pages stand."""
        posted: dict[str, Callable[[Form], None]] = {
            "slide": self._show,
            "plan": lambda form: self._open.take_plan(form.get("plan", "")),
            "pause": lambda form: self._open.pause(),
            "back": lambda form: self._open.advance(form.get("from", ""), back=True),
            "move": lambda form: self._open.move(_seat(form), whole(form.get("table", "")), form.get("role", "")),
            "rename": lambda form: self._open.rename(_seat(form), form.get("name", "")),
            "remove": lambda form: self._open.remove(_seat(form)),
        }
        return [
            Route("/instructor", self.console),
            Route("/instructor/tables", self.tables),
            Route("/instructor/let-in", self.let_in, methods=["POST"]),
            Route("/instructor/next", self.go_on, methods=["POST"]),
            *(Route(f"/instructor/{name}", self._posted(do), methods=["POST"]) for name, do in posted.items()),
            Route("/instructor/history.csv", self.history),
            Route("/instructor/debrief.html", self.debrief),
            Route("/instructor/paper.html", self.paper),
            Route("/instructor/end", self.end, methods=["POST"]),
        ]

    async def console(self, request: Request) -> Response:
        """Show the instructor all that is known; a link with the key lets a browser in."""
        key = request.query_params.get("key")
        if key is not None and not self._room.is_over and self._open.is_instructor(key):
            response = see("/instructor")
            response.set_cookie(KEY, key, httponly=True, samesite="strict")
            return response
        self._room.refuse_others(request)
        found, case = self._open.consequences, self._open.case
        content = {**self._room.known(), **self._room.all_told()}
        dilemma: dict[str, Any] = {"preferences": preferences(case, found), "weighed": weighed(case, found)}
        left = self._room.seconds_left()
        return page("class_instructor.html", key_of=case.file.key, left=left, rounds=ROUNDS, **dilemma, **content)

    async def tables(self, request: Request) -> Response:
        """Show the instructor who sits where and who has sealed what, as a part of a page."""
        self._room.refuse_others(request)
        return page("class_tables.html", **self._room.known())

    async def let_in(self, request: Request) -> Response:
        """Give the instructor a link for somebody who has lost a seat; the browser that had it is out."""
        self._room.refuse_others(request)
        number = _seat(await form_of(request))
        try:
            secret = self._open.let_in(number)
        except LessonError as error:
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error
        except OSError as error:
            raise not_kept() from error
        link = f"{self._room.door}back?with={secret}"
        return page("class_let_in.html", name=self._open.lesson.seats[number].name, link=link, code=qr_code(link))

    async def go_on(self, request: Request) -> Response:
        """Go on to the next part; a round in which somebody has not sealed closes after a warning, unless at once."""
        self._room.refuse_others(request)
        form = await form_of(request)
        lesson, phase = self._open.lesson, form.get("from", "")
        try:
            if phase == lesson.phase and phase in ROUNDS and lesson.not_sealed() and not form.get("at_once"):
                self._open.close_round()
                self._closing = asyncio.create_task(self._close_later(phase))
            else:
                await self._room.go_on(phase)
        except OSError as error:
            raise not_kept() from error
        self._room.tell()
        return see("/instructor")

    async def _close_later(self, phase: str) -> None:
        await asyncio.sleep(WARNING)
        if self._open.lesson.is_closing and not self._room.is_over:
            await self._room.go_on(phase)

    async def history(self, request: Request) -> Response:
        """Hand out all that was decided and foreseen."""
        self._room.refuse_others(request)
        return handed(history(self._open.lesson, self._room.world, self._open.records), "text/csv", "history.csv")

    async def debrief(self, request: Request) -> Response:
        """Hand out the report of the debrief."""
        self._room.refuse_others(request)
        if self._room.phase != "debrief":
            raise HTTPException(HTTPStatus.CONFLICT, "The report of the debrief can be had once the class is there.")
        page_of_all = await asyncio.to_thread(debrief, self._open.lesson, self._room.worlds)
        return handed(page_of_all, "text/html", "debrief.html")

    async def paper(self, request: Request) -> Response:
        """Hand out the same lesson on paper."""
        self._room.refuse_others(request)
        return handed(await asyncio.to_thread(paper, self._room.worlds), "text/html", "paper.html")

    async def end(self, request: Request) -> Response:
        """End the class and delete it."""
        self._room.refuse_others(request)
        if (await form_of(request)).get("sure") != "yes":
            raise HTTPException(
                HTTPStatus.UNPROCESSABLE_ENTITY, "Tick the box first: what is deleted cannot be had back."
            )
        self._open.delete()
        self._room.is_over = True
        self._room.tell()
        return page("class_ended.html")

    def _posted(self, do: Callable[[Form], None]) -> Callable[[Request], object]:
        """Return the handler of a form that changes something and leads back to the console."""

        async def handler(request: Request) -> Response:
            self._room.refuse_others(request)
            form = await form_of(request)
            try:
                do(form)
            except LessonError as error:
                raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error
            except OSError as error:
                raise not_kept() from error
            self._room.tell()
            return see("/instructor")

        return handler

    def _show(self, form: Form) -> None:
        slide = whole(form.get("slide", ""))
        if not 0 <= slide < len(slides(self._open.lesson)):
            raise LessonError("There is no such slide in this part.")
        self._open.show(slide)


def _seat(form: Form) -> int:
    return whole(form.get("seat", ""))
