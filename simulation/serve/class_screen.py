"""The screen for the room: one thing at a time, to be read from ten metres away."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulation.classroom.slides import foreseen, looked_at, round_shown, shown
from simulation.serve.class_room import Room
from simulation.serve.pages import page
from simulation.serve.qr import qr_code


class Screen:
    """The handlers of the screen's page."""

    def __init__(self, room: Room) -> None:
        self._room = room

    @property
    def routes(self) -> list[Route]:
        """Where the page stands."""
        return [Route("/screen", self.screen)]

    async def screen(self, request: Request) -> Response:
        """Show the room what is shown now, in the instructor's browser or in one that knows the code."""
        self._room.refuse_if_over()
        if not (self._room.is_instructor(request) or self._knows_the_code(request)):
            raise HTTPException(HTTPStatus.FORBIDDEN, "Open the screen from the instructor's page.")
        content = {**self._room.known(), **self._room.all_told()}
        return page("class_screen.html", left=self._room.seconds_left(), **self._slide(), **content)

    def _knows_the_code(self, request: Request) -> bool:
        code = request.query_params.get("code", "")
        if code and not self._room.open.is_code(code):
            self._room.count_guess(request)
        return self._room.open.is_code(code)

    def _slide(self) -> dict[str, Any]:
        """Return what the slide that is shown needs."""
        lesson, world = self._room.open.lesson, self._room.world
        slide = shown(lesson)
        found: dict[str, Any] = {"shown": slide, "round": round_shown(lesson)}
        if slide.kind == "join":
            found["qr"] = qr_code(f"{self._room.door}?code={quote(self._room.open.code)}")
        elif slide.kind == "votes":
            found["votes"] = lesson.votes(round_shown(lesson))
        elif slide.kind == "foreseen":
            found["foreseen"] = foreseen(lesson, world, slide.place)
        elif slide.kind == "talk":
            found["drawings"] = looked_at(world, lesson, slide.place)
        return found
