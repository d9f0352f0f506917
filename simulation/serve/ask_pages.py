"""Questions about a run that is done: asked by forms, answered by the workers, kept, and shown on a page each."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from simulation.runs.folders import DamagedError
from simulation.serve.answering import asker, event, first_wanted, known, streamed, submitted
from simulation.serve.asked import AskedError
from simulation.serve.crew import Crew, Task
from simulation.serve.kept import Kept
from simulation.serve.pages import AT_ONCE, form_of, page
from simulation.serve.question_forms import QuestionForm, key_of, question_forms


def ask_routes(kept: Kept, crew: Crew) -> list[Route]:
    """Return the routes by which a run that is done is asked questions."""
    site, answer = _Asking(kept, crew), "/runs/{run}/ask/{question}/{key}"
    return [
        Route("/runs/{run}/ask/{question}", site.ask, methods=["POST"]),
        Route(answer, site.answer),
        Route(f"{answer}/events", site.events),
        Route(f"{answer}/cancel", site.cancel, methods=["POST"]),
        Route(f"{answer}/files/{{name}}", site.table),
    ]


class _Asking:
    """The handlers of questions and answers."""

    def __init__(self, kept: Kept, crew: Crew) -> None:
        self._kept, self._crew = kept, crew

    async def ask(self, request: Request) -> Response:
        """Have a question answered, unless its answer is kept."""
        run, form = self._asked(request)
        try:
            question, shoppers = form.read(await form_of(request))
        except AskedError as error:
            return self._page(run, form, HTTPStatus.UNPROCESSABLE_ENTITY, state="refused", said=str(error))
        key = key_of(run, question, shoppers)
        if self._kept.answer(run, key) is None:
            try:
                job = self._kept.question_job(run, key, question, shoppers)
            except OSError as error:
                raise HTTPException(HTTPStatus.INSUFFICIENT_STORAGE, "There is no room here for an answer.") from error
            await submitted(self._crew, _task_key(run, key), job, request)
        return known(request, RedirectResponse(f"/runs/{run}/ask/{form.name}/{key}", HTTPStatus.SEE_OTHER))

    async def answer(self, request: Request) -> Response:
        """Show an answer, how far it is, or why there is none."""
        run, form = self._asked(request)
        key = request.path_params["key"]
        record = self._kept.answer(run, key)
        if record is not None:
            return self._page(run, form, key=key, state="done", record=record, figures=self._figures(run, key, record))
        task = self._task(run, key)
        percent = next((told["percent"] for told in reversed(task.told) if "percent" in told), 0)
        return self._page(run, form, key=key, state=task.state, said=task.said, percent=percent)

    async def events(self, request: Request) -> Response:
        """Tell how far an answer is."""
        run, _ = self._asked(request)
        key = request.path_params["key"]
        if self._kept.answer(run, key) is not None:
            return Response(event({"state": "done"}), media_type="text/event-stream", headers=AT_ONCE)
        told = streamed(self._task(run, key), first_wanted(request))
        return StreamingResponse(told, media_type="text/event-stream", headers=AT_ONCE)

    async def cancel(self, request: Request) -> Response:
        """Stop an answer that nobody else waits for."""
        run, form = self._asked(request)
        key = request.path_params["key"]
        if not self._crew.cancel(_task_key(run, key), asker(request)):
            raise HTTPException(HTTPStatus.FORBIDDEN, "Only those who asked a question can cancel it.")
        return RedirectResponse(f"/runs/{run}/ask/{form.name}/{key}", HTTPStatus.SEE_OTHER)

    async def table(self, request: Request) -> Response:
        """Hand out a table of an answer, one of those that its record lists."""
        run, form = self._asked(request)
        name = request.path_params["name"]
        try:
            path = self._kept.answer_table(run, request.path_params["key"], name)
        except DamagedError as error:
            logging.getLogger(__name__).warning("%s", error)
            said = f"{name} is not as the answer has left it: it was cut or changed. The server's keeper has been told."
            raise HTTPException(HTTPStatus.GONE, said) from error
        if path is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return FileResponse(path, filename=f"{run}-{form.name}-{name}")

    def _asked(self, request: Request) -> tuple[str, QuestionForm]:
        """Return the run that is done and the form of the question, as the address says."""
        run, name = request.path_params["run"], request.path_params["question"]
        if not (self._kept.is_known(run) and self._kept.is_done(run)):
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such run with results here.")
        asked = self._kept.asked(run)
        forms = question_forms(asked["policies"], asked["shoppers"])
        if name not in forms:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such question.")
        return run, forms[name]

    def _task(self, run: str, key: str) -> Task:
        task = self._crew.find(_task_key(run, key))
        if task is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such answer here; please ask again.")
        return task

    def _figures(self, run: str, key: str, record: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [
            {**each, "svg": Markup(self._kept.answer_figure(run, key, each["file"]))}  # noqa: S704 # drawn here
            for each in record["figures"]
        ]

    @staticmethod
    def _page(run: str, form: QuestionForm, status: int = HTTPStatus.OK, **content: Any) -> Response:
        usual: dict[str, Any] = {"key": "", "said": "", "percent": 0, "record": None, "figures": []}
        return page("question.html", status, **usual | content, run=run, form=form)


def _task_key(run: str, key: str) -> str:
    return f"{run}/ask/{key}"
