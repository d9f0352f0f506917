"""The page for one user: choose a scenario, change it, run it, watch it, and take what came of it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any, get_args

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from simulation.questions.explain.selection import MEANINGS, Pick
from simulation.report.report import in_words
from simulation.runs.caveats import drawn_in_words
from simulation.runs.folders import DamagedError
from simulation.runs.outcome import DEFINITIONS
from simulation.scenario.schema import Scenario
from simulation.serve.answering import asker, event, first_wanted, known, submitted, waited
from simulation.serve.ask_pages import ask_routes
from simulation.serve.asked import MOST, MOST_WORK, STEPS, AskedError, asked, shown
from simulation.serve.charts import chart, script
from simulation.serve.crew import Crew
from simulation.serve.kept import LIVES, TABLES, Kept
from simulation.serve.pages import AT_ONCE, Form, Part, form_of, own_files, page
from simulation.serve.question_forms import question_forms
from simulation.serve.shelf import Shelf
from simulation.serve.weeks import tables as weekly_tables


def single_user(shelf: Shelf, kept: Kept, crew: Crew) -> Part:
    """Return the part of the site that serves one user at a time, many at once."""
    site = _User(shelf, kept, crew)
    routes = [
        Route("/", site.first),
        Route("/scenarios/{name}", site.scenario),
        Route("/scenarios/{name}/runs", site.ask, methods=["POST"]),
        Route("/runs/{run}", site.run),
        Route("/runs/{run}/chart", site.chart),
        Route("/runs/{run}/events", site.events),
        Route("/runs/{run}/answer", site.answer),
        Route("/runs/{run}/again", site.again, methods=["POST"]),
        Route("/runs/{run}/cancel", site.cancel, methods=["POST"]),
        Route("/runs/{run}/report.html", site.report),
        Route("/runs/{run}/files/{name}", site.table),
        Route("/runs/{run}/lives", site.lives),
        Route("/runs/{run}/lives/{place:int}/{pick}/{name}", site.life),
        *ask_routes(kept, crew),
    ]
    chart(("baseline",), 1)  # loads what draws, before anybody waits for it
    return Part(routes, {**own_files("ask.js", "run.js", "question.js"), "charts.js": script()}, crew.at_work)


class _User:
    """The handlers of the pages, and what they share."""

    def __init__(self, shelf: Shelf, kept: Kept, crew: Crew) -> None:
        self._shelf, self._kept, self._crew = shelf, kept, crew
        self._keeping = asyncio.Lock()

    # --- before a run ---------------------------------------------------------------------------------------------

    async def first(self, request: Request) -> Response:
        """List the scenarios."""
        return known(request, page("first.html", shelf=self._shelf))

    async def scenario(self, request: Request) -> Response:
        """Show a scenario with all that may be changed, as the address says."""
        name, base = self._named(request)
        return known(request, _form_page(name, base, request.query_params))

    async def ask(self, request: Request) -> Response:
        """Run what a form asks for."""
        (name, base), form = self._named(request), await form_of(request)
        try:
            async with self._keeping:  # apart from everybody else's pages, for it takes a moment
                run = await asyncio.to_thread(self._kept.keep, asked(name, base, form))
        except AskedError as error:
            return _form_page(name, base, form, str(error))
        except OSError as error:
            raise HTTPException(HTTPStatus.INSUFFICIENT_STORAGE, "There is no room here to keep a run.") from error
        return await self._begun(run, request)

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

    async def chart(self, request: Request) -> Response:
        """Return the empty chart of a run."""
        asked = self._kept.asked(self._run(request))
        return Response(chart(tuple(asked["policies"]), asked["weeks"]), media_type="application/json")

    async def events(self, request: Request) -> Response:
        """Tell what happens to a run, from its beginning or from where a listener was cut off."""
        run = self._run(request)
        return StreamingResponse(
            self._told(run, first_wanted(request)), media_type="text/event-stream", headers=AT_ONCE
        )

    async def _told(self, run: str, first: int) -> AsyncIterator[str]:
        task = self._crew.find(run)
        if task and not self._kept.is_done(run):
            async for number, message in task.listen(first):
                yield event(message, number)
        elif self._kept.is_done(run):
            yield event({"columns": self._kept.seen(run)["lines"]})
            yield event({"state": "done"})
        else:
            yield event({"state": "stopped"})

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
        run, (place, pick) = self._done(request), self._pair(request)
        found: dict[str, Any] = {"run": run, "place": place, "pick": pick, "story": "", "said": ""}
        if self._kept.life(run, place, pick, "story.txt") is None:
            job = self._kept.lives_job(run, place, pick)
            task = await submitted(self._crew, f"{run}/{place}/{pick}", job, request)
            if waiting := await waited(task):
                return waiting
            found["said"] = task.said
        if path := self._kept.life(run, place, pick, "story.txt"):
            found["story"] = path.read_text(encoding="utf-8")
        return page("lives.html", **found, policy=self._kept.asked(run)["policies"][place])

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
            "lines": weekly_tables(seen["lines"], len(policies)),
            "picks": MEANINGS,
            "tables": TABLES,
            "caveat": headline["caveat"],
            "definitions": DEFINITIONS,
        }

    def _named(self, request: Request) -> tuple[str, Scenario]:
        name = request.path_params["name"]
        if name not in self._shelf:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such scenario here.")
        return name, self._shelf[name]

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

    def _pair(self, request: Request) -> tuple[int, Pick]:
        """Return the place of a policy and the rule to pick a shopper by, as the address says."""
        place, pick = request.query_params.get("policy", ""), request.query_params.get("pick", "")
        others = range(1, len(self._kept.asked(request.path_params["run"])["policies"]))
        for each in get_args(Pick):
            if each == pick and place in map(str, others):
                return int(place), each
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such policy, or no such rule to pick a shopper by.")


def _form_page(name: str, base: Scenario, form: Form, wrong: str = "") -> Response:
    """Return the page on which a scenario is changed, as a form has it; a form that makes no sense is said to."""
    try:
        wanted = asked(name, base, form)
    except AskedError as error:
        wrong, wanted = wrong or str(error), asked(name, base, Form())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    actions = {policy: [in_words(action) for action in actions] for policy, actions in base.policies.items()}
    drawn = drawn_in_words(base)
    return page(
        "scenario.html", status, asked=wanted, wrong=wrong, actions=actions, sliders=shown(wanted), drawn=drawn,
        **_BOUNDS,
    )  # fmt: skip


_BOUNDS: dict[str, Any] = {"most": MOST, "most_work": MOST_WORK, "steps": STEPS}
