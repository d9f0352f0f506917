"""The pages before a run: the scenarios, and one scenario as an instrument that answers while it is changed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from simulation.scenario.schema import Scenario
from simulation.serve.answering import asker, known, submitted
from simulation.serve.asked import Asked, AskedError, asked
from simulation.serve.cards import in_plain_words
from simulation.serve.crew import ENDED, NOBODY, Crew, FullError
from simulation.serve.kept import Kept
from simulation.serve.offered import offered
from simulation.serve.pages import Form, form_of, page
from simulation.serve.shelf import Shelf
from simulation.serve.small import FIRST, MOST_SMALL, SmallRuns

_FLAGSHIP = "shopsense_ifa"
_NO_MORE = Response(status_code=HTTPStatus.NO_CONTENT)


class ScenarioPages:
    """The handlers of these pages, and what they share."""

    def __init__(self, shelf: Shelf, kept: Kept, crew: Crew) -> None:
        self._shelf, self._kept, self._crew, self._small = shelf, kept, crew, SmallRuns()
        self._keeping, self._drawing = asyncio.Lock(), asyncio.Lock()
        self._pictures: dict[str, dict[str, Any]] = {}

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Keep the small runs at work; the picture of the first page is drawn before anybody asks for it."""
        async with self._small.at_work():
            drawing = asyncio.create_task(self._picture(self._flagship, self._shelf[self._flagship]))
            yield
            drawing.cancel()

    @property
    def _flagship(self) -> str:
        return _FLAGSHIP if _FLAGSHIP in self._shelf else next(iter(self._shelf))

    @property
    def routes(self) -> list[Route]:
        """Where the pages are."""
        return [
            Route("/", self.first),
            Route("/scenarios/{name}", self.scenario),
            Route("/scenarios/{name}/picture", self.picture),
            Route("/scenarios/{name}/small", self.small, methods=["POST"]),
            Route("/scenarios/{name}/runs", self.ask, methods=["POST"]),
            Route("/scenarios/{name}/numbers", self.numbers),
        ]

    async def first(self, request: Request) -> Response:
        """Show what this is, the flagship, and all scenarios by their questions."""
        return known(request, page("first.html", shelf=self._shelf, flagship=self._flagship))

    async def scenario(self, request: Request) -> Response:
        """Show a scenario with all that may be changed, as the address says."""
        name, base = self._named(request)
        await self._screen(base)
        wrong = ""
        try:
            _ = asked(name, base, request.query_params).scenario
        except AskedError as error:
            wrong = str(error)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
        case = self._offered(name, base)
        return known(request, page("scenario.html", status, name=name, base=base, wrong=wrong, case=case))

    async def numbers(self, request: Request) -> Response:
        """Return the sliders again, once more of them are known to act."""
        name, base = self._named(request)
        await self._screen(base)
        case = self._offered(name, base)
        return JSONResponse({each: case[each] for each in ("numbers", "is_screened")})

    async def small(self, request: Request) -> Response:
        """Answer a change at once by a small run, unless the same client has changed something since."""
        (name, base), form = self._named(request), await form_of(request)
        try:
            wanted = asked(name, base, form)
            scenario = wanted.scenario
            rank = FIRST if "focus" in form else _replicates(form)
            answer = await self._small.answer(asker(request), _focused(wanted, form), _replicates(form), rank)
        except AskedError as error:
            return _wrong(error)
        if answer is None:
            return _NO_MORE
        words = {policy: [in_plain_words(each) for each in actions] for policy, actions in scenario.policies.items()}
        return JSONResponse({"answer": answer, "words": words})

    async def picture(self, request: Request) -> Response:
        """Return the small answer of a scenario as it is, lived once for all."""
        name, base = self._named(request)
        return JSONResponse(await self._picture(name, base))

    async def _picture(self, name: str, base: Scenario) -> dict[str, Any]:
        async with self._drawing:
            while name not in self._pictures:  # nobody else has this place, so nobody is newer
                answer = await self._small.answer(f"picture of {name}", asked(name, base, Form()), MOST_SMALL)
                self._pictures |= {name: answer} if answer else {}
        return self._pictures[name]

    async def ask(self, request: Request) -> Response:
        """Run what a form asks for; a script is told the run's id, a browser is sent to its page."""
        (name, base), form = self._named(request), await form_of(request)
        try:
            async with self._keeping:  # apart from everybody else's pages, for it takes a moment
                run = await asyncio.to_thread(self._kept.keep, asked(name, base, form), asker(request))
        except AskedError as error:
            return _wrong(error)
        except OSError as error:
            raise HTTPException(HTTPStatus.INSUFFICIENT_STORAGE, "There is no room here to keep a run.") from error
        if not self._kept.is_done(run):
            await submitted(self._crew, run, self._kept.job(run), request)
        if request.headers.get("accept") == "application/json":
            return known(request, JSONResponse({"run": run}))
        return known(request, RedirectResponse(f"/runs/{run}", HTTPStatus.SEE_OTHER))

    async def _screen(self, base: Scenario) -> None:
        """Have the numbers of a scenario screened that have not been, behind the runs that somebody waits for."""
        for key, job in self._kept.screening_jobs(base):
            task = self._crew.find(key)
            if task is None or task.state not in ENDED:
                try:
                    await self._crew.submit(key, NOBODY, job)
                except FullError:
                    return  # the rest when the page asks again

    def _offered(self, name: str, base: Scenario) -> dict[str, Any]:
        return offered(name, base, self._kept.effects(base), not self._kept.screening_jobs(base))

    def _named(self, request: Request) -> tuple[str, Scenario]:
        name = request.path_params["name"]
        if name not in self._shelf:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such scenario here.")
        return name, self._shelf[name]


def _focused(wanted: Asked, form: Form) -> Asked:
    """Return what is asked of the policies alone that a change is about, if a form names them."""
    named = form.getlist("focus")
    policies = tuple(each for place, each in enumerate(wanted.policies) if place == 0 or each in named)
    return replace(wanted, policies=policies) if len(policies) > 1 else wanted


def _replicates(form: Form) -> int:
    text = form.get("small", "")
    return int(text) if text in map(str, range(1, MOST_SMALL + 1)) else MOST_SMALL


def _wrong(error: AskedError) -> Response:
    return JSONResponse({"wrong": str(error)}, HTTPStatus.UNPROCESSABLE_ENTITY)
