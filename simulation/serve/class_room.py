"""What the pages of a class share: who asks, how far the class is, and how everybody hears of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from simulation.classroom.ballots import moves_lived, moves_made, survey_answers, votes_by_role
from simulation.classroom.handouts import SAID, told
from simulation.classroom.lesson import PHASES, ROUNDS, Seat
from simulation.classroom.open_class import OpenClass
from simulation.classroom.other_moves import Worlds
from simulation.classroom.record import is_shown, tables
from simulation.classroom.slides import slides
from simulation.classroom.world import World
from simulation.serve.guard import Pace

SEAT, KEY = "seat", "instructor"
"""The cookies of those who take part."""

_QUIET = 15.0  # seconds after which a listener hears that nothing has changed, so that a lost one is noticed


class Room:
    """A class that is open, and what all its pages need of it."""

    def __init__(self, open_class: OpenClass, door: str) -> None:
        self.open, self.door, self.is_over = open_class, door, False
        lesson = open_class.lesson
        self.worlds = Worlds(open_class.case, open_class.consequences, lesson.world, open_class.folder)
        self.is_living = False
        self._guesses = Pace(burst=60, a_second=0.5)  # a whole class may come from one address
        self._news = asyncio.Event()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Draw all pictures before anybody waits for one; let go of the journal when the server ends."""
        world = await asyncio.to_thread(lambda: self.world)
        await asyncio.to_thread(world.drawings)
        if self.phase == "debrief":
            await asyncio.to_thread(self.worlds.live_others, moves_lived(self.open.lesson))
        try:
            yield
        finally:
            self.open.close()

    @property
    def world(self) -> World:
        """The world that the class lives in: as things stand, and from the reveal on with the moves that were made."""
        return self.worlds.of(moves_lived(self.open.lesson))

    async def go_on(self, phase: str) -> None:
        """Go on from a part of the lesson, once what the next one shows is known. Raises OSError.

        Whoever seals while a world is being lived still counts.
        """
        if self.is_living:
            return  # asked for twice
        with self._living():
            if phase == self.phase == ROUNDS[0]:
                await self._live_moves()
            elif phase == self.phase == "outcome":
                await asyncio.to_thread(self.worlds.live_others, moves_lived(self.open.lesson))
        self.open.advance(phase)
        self.tell()

    async def _live_moves(self) -> None:
        """Live the world with the moves that are made, and draw it, before anybody is shown it."""
        while not self.worlds.is_known(moves := moves_made(self.open.lesson)):
            world = await asyncio.to_thread(self.worlds.of, moves)
            await asyncio.to_thread(world.drawings)

    @contextmanager
    def _living(self) -> Iterator[None]:
        self.is_living = True
        self.tell()
        try:
            yield
        finally:
            self.is_living = False
            self.tell()

    # --- who asks -------------------------------------------------------------------------------------------------

    def seated(self, request: Request) -> Seat | None:
        """Return who asks, None if it is nobody who has joined."""
        self.refuse_if_over()
        return self.open.seat(request.cookies.get(SEAT, ""))

    def is_instructor(self, request: Request) -> bool:
        """Return whether the instructor asks."""
        return self.open.is_instructor(request.cookies.get(KEY, ""))

    def refuse_others(self, request: Request) -> None:
        """Refuse everybody but the instructor."""
        self.refuse_if_over()
        if not self.is_instructor(request):
            raise HTTPException(HTTPStatus.FORBIDDEN, "This page is the instructor's; use the link that was printed.")

    def refuse_if_over(self) -> None:
        """Refuse everybody once the class has ended."""
        if self.is_over:
            raise HTTPException(HTTPStatus.GONE, "This class has ended; nothing is kept of it.")

    def count_guess(self, request: Request) -> None:
        """Refuse those who have guessed too often."""
        if not self._guesses.allows(request.client.host if request.client else ""):
            said = "Too many wrong codes came from here; please wait a minute."
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, said, {"retry-after": "60"})

    # --- how far the class is -------------------------------------------------------------------------------------

    @property
    def phase(self) -> str:
        """The part of the lesson, or that it is over."""
        return "over" if self.is_over else self.open.lesson.phase

    def sealed(self) -> int:
        """Return how many have sealed something in this round."""
        return sum(round_ == self.phase for _, round_ in self.open.lesson.sealed)

    def questions(self) -> Any:
        """Return what is to be foreseen in this round, nothing outside one."""
        return self.open.lesson.questions(self.phase) if self.phase in ROUNDS else ()

    def seconds_left(self) -> int:
        """Return how long this part still takes under the plan, less than 0 once it is over time."""
        lesson = self.open.lesson
        return round(60 * self.open.case.minutes(lesson.plan, lesson.phase) - lesson.clock.seconds())

    def known(self) -> dict[str, Any]:
        """Return what every page of the class may say; the templates show to whom it is due."""
        lesson = self.open.lesson
        return {
            **SAID,
            "case": self.open.case,
            "world": self.world,
            "lesson": lesson,
            "phases": PHASES,
            "code": self.open.code,
            "door": self.door,
            "slides": slides(lesson),
            "decided": tables(lesson),
            "moves": moves_lived(lesson),
            "votes_of_roles": votes_by_role(lesson),
            "survey_answers": survey_answers(lesson),
            "is_living": self.is_living,
            "is_shown": {round_: is_shown(lesson, round_) for round_ in ROUNDS},
        }

    def all_told(self) -> dict[str, Any]:
        """Return what the debrief tells, once the class is there."""
        return told(self.open.lesson, self.worlds) if self.phase == "debrief" else {}

    # --- how everybody hears of it --------------------------------------------------------------------------------

    def tell(self) -> None:
        """Wake all who listen."""
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def told(self) -> AsyncIterator[str]:
        """Yield how far the class is, now and whenever that changes."""
        while True:
            news = self._news
            yield f"data: {json.dumps(self._state())}\n\n"
            try:
                await asyncio.wait_for(news.wait(), _QUIET)
            except TimeoutError:
                continue

    def _state(self) -> Mapping[str, object]:
        lesson = self.open.lesson
        return {
            "phase": self.phase,
            "slide": lesson.slide,
            "sealed": self.sealed(),
            "of": len(lesson.seats),
            "left": self.seconds_left(),
            "going": lesson.clock.is_going,
            "closing": lesson.is_closing,
            "living": self.is_living,
        }
