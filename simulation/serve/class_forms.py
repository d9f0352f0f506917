"""What the pages of a class read from forms and answer with."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from simulation.classroom.calibration import SURE, chance
from simulation.classroom.lesson import LessonError
from simulation.serve.pages import Form


def chances_of(form: Form, questions: int) -> list[float]:
    """Return the chances of yes that a form states; raises LessonError where it states none."""
    found = []
    for place in range(questions):
        answer, sure = form.get(f"answer-{place}", ""), whole(form.get(f"sure-{place}", ""))
        if answer not in ("yes", "no") or sure not in SURE:
            raise LessonError("Answer every question, and say how sure you are.")
        found.append(chance(answer == "yes", sure))
    return found


def whole(text: str) -> int:
    """Return a small whole number, or -1 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else -1  # noqa: PLR2004


def see(address: str) -> Response:
    """Send a browser to another page."""
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def handed(text: str, kind: str, name: str) -> Response:
    """Hand out a text as a file to be kept."""
    return Response(text, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


def not_kept() -> HTTPException:
    """Return why something did not happen: it could not be written down."""
    return HTTPException(HTTPStatus.INSUFFICIENT_STORAGE, "This could not be kept, so it did not happen; try again.")
