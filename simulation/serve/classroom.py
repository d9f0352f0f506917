"""The pages of a class: students join with a code, seal what they decide, and see what comes of it."""

from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from simulation.classroom.handouts import HERE, told
from simulation.classroom.lesson import ROUNDS, LessonError, Seat
from simulation.classroom.open_class import OpenClass
from simulation.classroom.record import model_score, score
from simulation.serve.class_console import Console
from simulation.serve.class_forms import chances_of, not_kept, see
from simulation.serve.class_room import SEAT, Room
from simulation.serve.class_screen import Screen
from simulation.serve.pages import AT_ONCE, Form, Part, form_of, own_files, page


def classroom(open_class: OpenClass, door: str = "/") -> Part:
    """Return the part of the site that is a class; `door` is the address at which students join."""
    room = Room(open_class, door)
    students = _Students(room)
    routes = [
        Route("/", students.door),
        Route("/join", students.join, methods=["POST"]),
        Route("/back", students.back),
        Route("/seat", students.seat),
        Route("/seal", students.seal, methods=["POST"]),
        Route("/changes", students.changes),
        *Console(room).routes,
        *Screen(room).routes,
    ]
    files = own_files("class.js", "draft.js", "class.css", "screen.css")
    return Part(routes, files | {name: HERE / name for name in ("board.js", "pieces.css")}, room.at_work)


class _Students:
    """The handlers of the students' pages."""

    def __init__(self, room: Room) -> None:
        self._room, self._open = room, room.open

    async def door(self, request: Request) -> Response:
        """Ask for the class's code and a nickname."""
        if self._room.seated(request):
            return see("/seat")
        return self._door_page(request.query_params)

    async def join(self, request: Request) -> Response:
        """Seat somebody who knows the code."""
        self._room.refuse_if_over()
        form = await form_of(request)
        if not self._open.is_code(form.get("code", "")):
            self._room.count_guess(request)
            return self._door_page(form, "That is not the code of this class; ask your instructor.")
        try:
            secret = self._open.join(form.get("name", ""))
        except LessonError as error:
            return self._door_page(form, str(error))
        except OSError as error:
            raise not_kept() from error
        self._room.tell()
        return _seated_with(secret)

    async def back(self, request: Request) -> Response:
        """Give somebody whom the instructor lets back in the seat that was theirs."""
        self._room.refuse_if_over()
        secret = request.query_params.get("with", "")
        if self._open.seat(secret) is None:
            self._room.count_guess(request)
            raise HTTPException(HTTPStatus.FORBIDDEN, "This link lets nobody in; ask your instructor for another.")
        return _seated_with(secret)

    async def seat(self, request: Request) -> Response:
        """Show somebody what there is to read, to decide and to see now."""
        seat = self._room.seated(request)
        return self._seat_page(seat) if seat else see("/")

    async def seal(self, request: Request) -> Response:
        """Seal somebody's decision and predictions."""
        seat = self._room.seated(request)
        if seat is None:
            return see("/")
        form = await form_of(request)
        try:
            if form.get("round") != self._open.lesson.phase:
                raise LessonError("This round is over.")
            chances = chances_of(form, len(self._room.questions()))
            self._open.seal(seat, form.get("decision", ""), chances, form.get("move", ""))
        except LessonError as error:
            return self._seat_page(seat, str(error))
        except OSError as error:
            raise not_kept() from error
        self._room.tell()
        return see("/seat")

    async def changes(self, request: Request) -> Response:
        """Tell those who take part how far the class is, now and whenever it changes; the screen says the code."""
        knows = self._open.is_code(request.query_params.get("code", ""))
        if not (knows or self._room.seated(request) or self._room.is_instructor(request)):
            raise HTTPException(HTTPStatus.FORBIDDEN, "Join the class first.")
        return StreamingResponse(self._room.told(), media_type="text/event-stream", headers=AT_ONCE)

    def _door_page(self, form: Form, wrong: str = "") -> Response:
        self._room.refuse_if_over()
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
        return page("class_join.html", status, form=form, wrong=wrong, **self._room.known())

    def _seat_page(self, seat: Seat, wrong: str = "") -> Response:
        lesson, world = self._open.lesson, self._room.world
        own = score(lesson, world, seat)
        shown: dict[str, Any] = {
            "seat": seat,
            "wrong": wrong,
            "mates": lesson.at_table(seat.table),
            "own": {round_: lesson.sealed.get((seat.number, round_)) for round_ in ROUNDS},
            "asked": lesson.asked_of(seat),
            "score": own,
            "model_score": model_score(lesson, world) if own else None,
        }
        if lesson.phase == "debrief":
            shown |= told(lesson, self._room.worlds) | {"scores": [own] if own else []}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
        return page("class_seat.html", status, **{**self._room.known(), **shown})


def _seated_with(secret: str) -> Response:
    """Let a browser keep the secret of its seat, and show the seat."""
    response = see("/seat")
    response.set_cookie(SEAT, secret, httponly=True, samesite="strict")
    return response
