"""The pages of a class: students join with a code, seal what they decide, and see what comes of it; one instructor."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from simulation.classroom.handouts import HERE, SAID, debrief, paper, told
from simulation.classroom.lesson import PHASES, ROUNDS, LessonError, Seat
from simulation.classroom.open_class import OpenClass
from simulation.classroom.record import history, is_shown, model_score, score, tables
from simulation.classroom.world import World
from simulation.serve.class_forms import chances_of, handed, not_kept, see, whole
from simulation.serve.guard import Pace
from simulation.serve.pages import AT_ONCE, Form, Part, form_of, own_files, page

_SEAT, _KEY = "seat", "instructor"
_QUIET = 15.0  # seconds after which a listener hears that nothing has changed, so that a lost one is noticed


def classroom(open_class: OpenClass, door: str = "/") -> Part:
    """Return the part of the site that is a class; `door` is the address at which students join."""
    site = _Class(open_class, door)
    routes = [
        Route("/", site.door),
        Route("/join", site.join, methods=["POST"]),
        Route("/back", site.back),
        Route("/seat", site.seat),
        Route("/seal", site.seal, methods=["POST"]),
        Route("/changes", site.changes),
        Route("/instructor", site.instructor),
        Route("/instructor/tables", site.tables),
        Route("/instructor/let-in", site.let_in, methods=["POST"]),
        Route("/instructor/next", site.go_on, methods=["POST"]),
        Route("/instructor/history.csv", site.history),
        Route("/instructor/debrief.html", site.debrief),
        Route("/instructor/paper.html", site.paper),
        Route("/instructor/end", site.end, methods=["POST"]),
    ]
    files = {**own_files("class.js", "class.css"), **{name: HERE / name for name in ("board.js", "pieces.css")}}
    return Part(routes, files, site.at_work)


class _Class:
    """The handlers of the pages, and what they share."""

    def __init__(self, open_class: OpenClass, door: str) -> None:
        self._class, self._door, self._is_over = open_class, door, False
        self._world = World(open_class.case, open_class.consequences, open_class.lesson.world)
        self._world.drawings()
        self._guesses = Pace(burst=60, a_second=0.5)  # a whole class may come from one address
        self._news = asyncio.Event()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Let go of the journal when the server ends."""
        try:
            yield
        finally:
            self._class.close()

    # --- students -------------------------------------------------------------------------------------------------

    async def door(self, request: Request) -> Response:
        """Ask for the class's code, a nickname and a table."""
        if self._seated(request):
            return see("/seat")
        return self._door_page(request.query_params)

    async def join(self, request: Request) -> Response:
        """Seat somebody who knows the code."""
        self._refuse_if_over()
        form = await form_of(request)
        if not self._class.is_code(form.get("code", "")):
            self._count_guess(request)
            return self._door_page(form, "That is not the code of this class; ask your instructor.")
        try:
            secret = self._class.join(form.get("name", ""), whole(form.get("table", "")))
        except LessonError as error:
            return self._door_page(form, str(error))
        except OSError as error:
            raise not_kept() from error
        self._tell()
        return _seated_with(secret)

    async def back(self, request: Request) -> Response:
        """Give somebody whom the instructor lets back in the seat that was theirs."""
        self._refuse_if_over()
        secret = request.query_params.get("with", "")
        if self._class.seat(secret) is None:
            self._count_guess(request)
            raise HTTPException(HTTPStatus.FORBIDDEN, "This link lets nobody in; ask your instructor for another.")
        return _seated_with(secret)

    async def seat(self, request: Request) -> Response:
        """Show somebody what there is to read, to decide and to see now."""
        seat = self._seated(request)
        return self._seat_page(seat) if seat else see("/")

    async def seal(self, request: Request) -> Response:
        """Seal somebody's decision and predictions."""
        seat = self._seated(request)
        if seat is None:
            return see("/")
        form = await form_of(request)
        try:
            if form.get("round") != self._class.lesson.phase:
                raise LessonError("This round is over.")
            self._class.seal(seat, form.get("decision", ""), chances_of(form, len(self._questions())))
        except LessonError as error:
            return self._seat_page(seat, str(error))
        except OSError as error:
            raise not_kept() from error
        self._tell()
        return see("/seat")

    async def changes(self, request: Request) -> Response:
        """Tell those who take part how far the class is, now and whenever it changes."""
        if not (self._seated(request) or self._is_instructor(request)):
            raise HTTPException(HTTPStatus.FORBIDDEN, "Join the class first.")
        return StreamingResponse(self._told(), media_type="text/event-stream", headers=AT_ONCE)

    async def _told(self) -> AsyncIterator[str]:
        while True:
            news = self._news
            state = {"phase": self._phase(), "sealed": self._sealed(), "of": len(self._class.lesson.seats)}
            yield f"data: {json.dumps(state)}\n\n"
            try:
                await asyncio.wait_for(news.wait(), _QUIET)
            except TimeoutError:
                continue

    # --- the instructor -------------------------------------------------------------------------------------------

    async def instructor(self, request: Request) -> Response:
        """Show the instructor all that is known; a link with the key lets a browser in."""
        key = request.query_params.get("key")
        if key is not None and not self._is_over and self._class.is_instructor(key):
            response = see("/instructor")
            response.set_cookie(_KEY, key, httponly=True, samesite="strict")
            return response
        self._refuse_others(request)
        return page("class_instructor.html", key_of=self._class.case.file.key, **self._known(), **self._all_told())

    async def tables(self, request: Request) -> Response:
        """Show the instructor who sits where and who has sealed what, as a part of a page."""
        self._refuse_others(request)
        return page("class_tables.html", **self._known())

    async def let_in(self, request: Request) -> Response:
        """Give the instructor a link for somebody who has lost a seat; the browser that had it is out."""
        self._refuse_others(request)
        number = whole((await form_of(request)).get("seat", ""))
        try:
            secret = self._class.let_in(number)
        except LessonError as error:
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error
        except OSError as error:
            raise not_kept() from error
        link = f"{request.url.scheme}://{request.headers['host']}/back?with={secret}"
        return page("class_let_in.html", name=self._class.lesson.seats[number].name, link=link)

    async def go_on(self, request: Request) -> Response:
        """Go on to the next part of the lesson."""
        self._refuse_others(request)
        try:
            self._class.advance((await form_of(request)).get("from", ""))
        except OSError as error:
            raise not_kept() from error
        self._tell()
        return see("/instructor")

    async def history(self, request: Request) -> Response:
        """Hand out all that was decided and foreseen."""
        self._refuse_others(request)
        text = history(self._class.lesson, self._world, self._class.records)
        return handed(text, "text/csv", "history.csv")

    async def debrief(self, request: Request) -> Response:
        """Hand out the report of the debrief."""
        self._refuse_others(request)
        if self._phase() != "debrief":
            raise HTTPException(HTTPStatus.CONFLICT, "The report of the debrief can be had once the class is there.")
        return handed(debrief(self._class.lesson, self._world), "text/html", "debrief.html")

    async def paper(self, request: Request) -> Response:
        """Hand out the same lesson on paper."""
        self._refuse_others(request)
        return handed(paper(self._world), "text/html", "paper.html")

    async def end(self, request: Request) -> Response:
        """End the class and delete it."""
        self._refuse_others(request)
        if (await form_of(request)).get("sure") != "yes":
            raise HTTPException(
                HTTPStatus.UNPROCESSABLE_ENTITY, "Tick the box first: what is deleted cannot be had back."
            )
        self._class.delete()
        self._is_over = True
        self._tell()
        return page("class_ended.html")

    # --- what all need --------------------------------------------------------------------------------------------

    def _seated(self, request: Request) -> Seat | None:
        self._refuse_if_over()
        return self._class.seat(request.cookies.get(_SEAT, ""))

    def _count_guess(self, request: Request) -> None:
        """Refuse those who have guessed too often."""
        if not self._guesses.allows(request.client.host if request.client else ""):
            said = "Too many wrong codes came from here; please wait a minute."
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, said, {"retry-after": "60"})

    def _is_instructor(self, request: Request) -> bool:
        return self._class.is_instructor(request.cookies.get(_KEY, ""))

    def _refuse_others(self, request: Request) -> None:
        self._refuse_if_over()
        if not self._is_instructor(request):
            raise HTTPException(HTTPStatus.FORBIDDEN, "This page is the instructor's; use the link that was printed.")

    def _refuse_if_over(self) -> None:
        if self._is_over:
            raise HTTPException(HTTPStatus.GONE, "This class has ended; nothing is kept of it.")

    def _phase(self) -> str:
        return "over" if self._is_over else self._class.lesson.phase

    def _sealed(self) -> int:
        """Return how many have sealed something in this round."""
        return sum(round_ == self._class.lesson.phase for _, round_ in self._class.lesson.sealed)

    def _questions(self) -> Any:
        phase = self._class.lesson.phase
        return self._class.lesson.questions(phase) if phase in ROUNDS else ()

    def _tell(self) -> None:
        """Wake all who listen."""
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _door_page(self, form: Form, wrong: str = "") -> Response:
        self._refuse_if_over()
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
        return page("class_join.html", status, form=form, wrong=wrong, **self._known())

    def _seat_page(self, seat: Seat, wrong: str = "") -> Response:
        lesson = self._class.lesson
        own = score(lesson, self._world, seat)
        shown: dict[str, Any] = {
            "seat": seat,
            "wrong": wrong,
            "mates": lesson.at_table(seat.table),
            "own": {round_: lesson.sealed.get((seat.number, round_)) for round_ in ROUNDS},
            "score": own,
            "model_score": model_score(lesson, self._world) if own else None,
        }
        if lesson.phase == "debrief":
            shown |= told(lesson, self._world) | {"scores": [own] if own else []}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
        return page("class_seat.html", status, **{**self._known(), **shown})

    def _known(self) -> dict[str, Any]:
        """Return what every page of the class may say; the templates show to whom it is due."""
        lesson = self._class.lesson
        return {
            **SAID,
            "case": self._class.case,
            "world": self._world,
            "lesson": lesson,
            "phases": PHASES,
            "code": self._class.code,
            "door": self._door,
            "decided": tables(lesson),
            "is_shown": {round_: is_shown(lesson, round_) for round_ in ROUNDS},
        }

    def _all_told(self) -> dict[str, Any]:
        return told(self._class.lesson, self._world) if self._phase() == "debrief" else {}


def _seated_with(secret: str) -> Response:
    """Let a browser keep the secret of its seat, and show the seat."""
    response = see("/seat")
    response.set_cookie(_SEAT, secret, httponly=True, samesite="strict")
    return response
