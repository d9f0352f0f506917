"""The pages of runs: watched, answered, compared, listed, and what each leaves to take away."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, get_args

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from simulation.questions.explain.selection import MEANINGS, Pick
from simulation.runs.folders import DamagedError
from simulation.runs.outcome import DEFINITIONS
from simulation.serve.answering import asker, event, first_wanted, known, streamed, submitted, waited
from simulation.serve.ask_pages import ask_routes
from simulation.serve.compared import MOST_COMPARED, comparison
from simulation.serve.crew import ENDED, Crew
from simulation.serve.kept import DAYS_KEPT, LIVES, TABLES, Kept
from simulation.serve.lines import tables
from simulation.serve.pages import AT_ONCE, Part, own_files, page
from simulation.serve.question_forms import question_forms
from simulation.serve.scenario_pages import ScenarioPages
from simulation.serve.shelf import Shelf

SCRIPTS = (
    "dom.js", "state.js", "cards.js", "sliders.js", "draw.js", "save.js", "show.js", "live.js", "tray.js", "ask.js",
    "first.js", "instrument.js", "compare.js", "run.js", "question.js",
)  # fmt: skip
"""The scripts of the pages."""


def single_user(shelf: Shelf, kept: Kept, crew: Crew) -> Part:
    """Return the part of the site that serves one user at a time, many at once."""
    before, site = ScenarioPages(shelf, kept, crew), _Runs(kept, crew)
    routes = [
        *before.routes,
        Route("/runs", site.past),
        Route("/runs/{run}", site.run),
        Route("/runs/{run}/events", site.events),
        Route("/runs/{run}/answer", site.answer),
        Route("/runs/{run}/answer.json", site.data),
        Route("/runs/{run}/again", site.again, methods=["POST"]),
        Route("/runs/{run}/cancel", site.cancel, methods=["POST"]),
        Route("/runs/{run}/delete", site.delete, methods=["POST"]),
        Route("/runs/{run}/report.html", site.report),
        Route("/runs/{run}/files/{name}", site.table),
        Route("/runs/{run}/lives", site.lives),
        Route("/runs/{run}/lives/{place:int}/{pick}/{name}", site.life),
        Route("/compare", site.compare),
        *ask_routes(kept, crew),
    ]

    @asynccontextmanager
    async def at_work() -> AsyncIterator[None]:
        kept.expire()
        async with crew.at_work(), before.at_work():
            yield

    return Part(routes, own_files(*SCRIPTS), at_work)


class _Runs:
    """The handlers of the pages of runs, and what they share."""

    def __init__(self, kept: Kept, crew: Crew) -> None:
        self._kept, self._crew = kept, crew

    async def again(self, request: Request) -> Response:
        """Run what was asked before and did not come to an end."""
        return await self._begun(self._run(request), request)

    async def _begun(self, run: str, request: Request) -> Response:
        if not self._kept.is_done(run):
            await submitted(self._crew, run, self._kept.job(run), request)
        return known(request, RedirectResponse(f"/runs/{run}", HTTPStatus.SEE_OTHER))

    # --- a run ----------------------------------------------------------------------------------------------------

    async def run(self, request: Request) -> Response:
        """Show a run: on its way, done, or ended before."""
        run = self._run(request)
        task = self._crew.find(run)
        state = "done" if self._kept.is_done(run) else task.state if task else "stopped"
        known_of: dict[str, Any] = {
            "run": run,
            "state": state,
            "said": task.said if task else "",
            "asked": self._kept.asked(run),
        }
        answer = self._answer(run) if state == "done" else None
        return known(request, page("run.html", **known_of, answer=answer))

    async def answer(self, request: Request) -> Response:
        """Show what a run answers, as a part of its page."""
        return page("answer.html", answer=self._answer(self._done(request)))

    async def data(self, request: Request) -> Response:
        """Return what a run answers as plain data, to be drawn."""
        return JSONResponse(self._kept.seen(self._done(request))["answer"])

    async def events(self, request: Request) -> Response:
        """Tell what happens to a run, from its beginning or from where a listener was cut off."""
        run = self._run(request)
        return StreamingResponse(
            self._told(run, first_wanted(request)), media_type="text/event-stream", headers=AT_ONCE
        )

    async def _told(self, run: str, first: int) -> AsyncIterator[str]:
        task = self._crew.find(run)
        if task and not self._kept.is_done(run):
            async for each in streamed(task, first):
                yield each
        elif self._kept.is_done(run):
            yield event({"state": "done"})
        else:
            yield event({"state": "stopped"})

    async def past(self, request: Request) -> Response:
        """List the runs that are done or on their way, the latest first; a change that was overtaken leaves none."""
        every = self._kept.past(asker(request))
        runs = [each for each in every if each["is_done"] or self._is_on_its_way(each["run"])]
        return known(request, page("past.html", runs=runs, days=DAYS_KEPT))

    def _is_on_its_way(self, run: str) -> bool:
        task = self._crew.find(run)
        return task is not None and task.state not in ENDED

    async def delete(self, request: Request) -> Response:
        """Delete a run, for those who asked for it."""
        run = self._run(request)
        if not self._kept.delete(run, asker(request)):
            raise HTTPException(HTTPStatus.FORBIDDEN, "Only the browser that asked for a run can delete it.")
        return RedirectResponse("/runs", HTTPStatus.SEE_OTHER)

    async def compare(self, request: Request) -> Response:
        """Show runs side by side, with what differs between them."""
        runs = list(dict.fromkeys(request.query_params.getlist("run")))[:MOST_COMPARED]
        if not runs or not all(self._kept.is_known(run) and self._kept.is_done(run) for run in runs):
            raise HTTPException(HTTPStatus.NOT_FOUND, "There are no such runs with results here to compare.")
        return page("compare.html", **comparison(self._kept, runs))

    async def cancel(self, request: Request) -> Response:
        """Stop a run that nobody else waits for."""
        run = self._run(request)
        if not self._crew.cancel(run, asker(request)):
            raise HTTPException(HTTPStatus.FORBIDDEN, "Only those who asked for a run can cancel it.")
        return RedirectResponse(f"/runs/{run}", HTTPStatus.SEE_OTHER)

    # --- what a run leaves ----------------------------------------------------------------------------------------

    async def table(self, request: Request) -> Response:
        """Hand out a file of a run, one of a fixed list."""
        run, name = self._done(request), request.path_params["name"]
        try:
            path = self._kept.table(run, name)
        except DamagedError as error:
            logging.getLogger(__name__).warning("%s", error)
            said = f"{name} is not as the run has left it: it was cut or changed. The server's keeper has been told."
            raise HTTPException(HTTPStatus.GONE, said) from error
        if path is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return FileResponse(path, filename=f"{run}-{name}" if name != "scenario.yaml" else name)

    async def report(self, request: Request) -> Response:
        """Show the report of a run, which is drawn when it is first asked for."""
        run = self._done(request)
        if self._kept.report(run) is None:
            task = await submitted(self._crew, f"{run}/report", self._kept.report_job(run), request)
            if waiting := await waited(task):
                return waiting
        path = self._kept.report(run)
        if path is None:
            raise HTTPException(HTTPStatus.INTERNAL_SERVER_ERROR, "The report could not be drawn.")
        name = f"{run}-report.html" if "download" in request.query_params else None
        return FileResponse(path, media_type="text/html", filename=name)

    async def lives(self, request: Request) -> Response:
        """Tell one shopper's two lives, which are lived when they are first asked for."""
        run, (place, picks) = self._done(request), self._pair(request)
        found: dict[str, Any] = {"run": run, "place": place, "policy": self._kept.asked(run)["policies"][place]}
        said = ""
        for pick in picks:
            if self._kept.life(run, place, pick, "story.txt") is None:
                job = self._kept.lives_job(run, place, pick)
                task = await submitted(self._crew, f"{run}/{place}/{pick}", job, request)
                if waiting := await waited(task):
                    return waiting
                said = task.said
            if path := self._kept.life(run, place, pick, "story.txt"):
                story = path.read_text(encoding="utf-8").splitlines()
                return page("lives.html", **found, pick=pick, story=story, said="", others=_beside(pick))
        return page("lives.html", **found, pick="", story=(), said=said, others=())

    async def life(self, request: Request) -> Response:
        """Hand out a file of two lives."""
        run, name = self._done(request), request.path_params["name"]
        place, pick = request.path_params["place"], request.path_params["pick"]
        path = self._kept.life(run, place, pick, name) if pick in get_args(Pick) else None
        if path is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return FileResponse(path, media_type=LIVES[name])

    # --- what all need --------------------------------------------------------------------------------------------

    def _answer(self, run: str) -> dict[str, Any]:
        seen, headline = self._kept.seen(run), self._kept.headline(run)
        asked = self._kept.asked(run)
        policies = asked["policies"]
        return {
            "forms": question_forms(policies, asked["shoppers"]).values(),
            "run": run,
            "statement": self._kept.statement(run),
            "parties": seen["parties"],
            "harmed": seen["harmed"],
            "policies": policies,
            "others": list(enumerate(policies))[1:],
            "lines": tables(seen["answer"]),
            "picks": MEANINGS,
            "tables": TABLES,
            "caveat": headline["caveat"],
            "definitions": DEFINITIONS,
        }

    def _run(self, request: Request) -> str:
        run: str = request.path_params["run"]
        if not self._kept.is_known(run):
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such run here.")
        return run

    def _done(self, request: Request) -> str:
        run = self._run(request)
        if not self._kept.is_done(run):
            raise HTTPException(HTTPStatus.NOT_FOUND, "This run has no results yet.")
        return run

    def _pair(self, request: Request) -> tuple[int, tuple[Pick, ...]]:
        """Return the place of a policy and the rules to pick a shopper by: the one of the address, or all in turn."""
        place, pick = request.query_params.get("policy", ""), request.query_params.get("pick", "")
        others = range(1, len(self._kept.asked(request.path_params["run"])["policies"]))
        picks = tuple(each for each in get_args(Pick) if pick in ("", each))
        if not picks or place not in map(str, others):
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such policy, or no such rule to pick a shopper by.")
        return int(place), picks


def _beside(pick: Pick) -> tuple[tuple[str, Pick], ...]:
    """Return the rules before and after one, in a circle, as buttons call them."""
    every: tuple[Pick, ...] = get_args(Pick)
    at = every.index(pick)
    return ("Previous shopper", every[at - 1]), ("Next shopper", every[(at + 1) % len(every)])
