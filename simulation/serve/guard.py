"""What every request must pass before a page sees it, and what every answer carries."""

import ipaddress
import logging
import time
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BODY = 65_536
"""How many bytes a request may bring."""

MOST_OPEN, MOST_OPEN_EACH = 400, 200
"""How many requests may be under way at once, in all and of one address; somebody who watches a run holds one."""

_READING = frozenset({"GET", "HEAD"})

# Styles may stand within the page because the charts' library writes its own there; scripts may not.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # with no-referrer, browsers hide the origin of forms as well
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

_LOG = logging.getLogger(__name__)


class _TooLargeBodyError(Exception):
    """A request that brings more than it may."""


@dataclass
class Pace:
    """How many requests an address may make: so many at once, and so many a second after that."""

    burst: float = 2_000
    a_second: float = 200  # a class behind one address: thirty who each move a slider ask for some eighty
    most_addresses: int = 1_000
    _left: "OrderedDict[str, tuple[float, float]]" = field(default_factory=OrderedDict)

    def allows(self, address: str) -> bool:
        """Return whether an address may make another request now, and count it."""
        now = time.monotonic()
        left, then = self._left.pop(address, (self.burst, now))
        left = min(self.burst, left + (now - then) * self.a_second)
        self._left[address] = (max(0.0, left - 1), now)
        if len(self._left) > self.most_addresses:
            self._left.popitem(last=False)
        return left >= 1


class Guard:
    """Refuses foreign hosts and origins, large bodies and haste; hides errors; adds headers to every answer.

    `hosts` are the names by which the server may be called; with `any_address`, bare IP addresses as well.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Iterable[str],
        any_address: bool = False,
        pace: Pace | None = None,
        most_open: int = MOST_OPEN,
    ) -> None:
        self.app, self.hosts, self.any_address = app, frozenset(hosts), any_address
        self.pace, self.most_open = pace or Pace(), most_open
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        answer = _Answer(send)
        if refused := self._refusal(scope):
            await plain(*refused)(scope, receive, answer.send)
            return
        address = _address(scope)
        self._open[address] += 1
        try:
            await self._guarded(scope, _bounded(receive), answer)
        finally:
            self._open[address] -= 1
            self._open += Counter()  # forgets addresses that have nothing open

    async def _guarded(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        try:
            await self.app(scope, receive, answer.send)
        except _TooLargeBodyError:
            await answer.instead(scope, receive, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large())
        except ClientDisconnect:
            return  # a page asks for something else meanwhile
        except Exception:
            _LOG.exception("a request failed: %s %s", scope["method"], scope["path"])
            said = "Something went wrong here; it has been noted. Please go back and try again."
            await answer.instead(scope, receive, HTTPStatus.INTERNAL_SERVER_ERROR, said)

    def _refusal(self, scope: Scope) -> tuple[HTTPStatus, str] | None:
        """Return why a request is refused before anybody reads it, if it is."""
        headers = Headers(scope=scope)
        if not self._is_ours(headers.get("host", "")):
            return HTTPStatus.MISDIRECTED_REQUEST, "This server does not go by that name."
        if scope["method"] not in _READING and not _is_from_here(headers):
            return HTTPStatus.FORBIDDEN, "This request did not come from a page of this server."
        if _length(headers) > MOST_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large()
        address = _address(scope)
        if self._open.total() >= self.most_open or self._open[address] >= MOST_OPEN_EACH:
            return HTTPStatus.SERVICE_UNAVAILABLE, "Too many are here at once; please try again in a few seconds."
        if not self.pace.allows(address):
            return HTTPStatus.TOO_MANY_REQUESTS, "Too many requests; please wait a few seconds and try again."
        return None

    def _is_ours(self, host: str) -> bool:
        name = _name(f"//{host}")
        return name in self.hosts or (self.any_address and _is_address(name))


def plain(status: HTTPStatus, text: str) -> PlainTextResponse:
    """Return an answer of one sentence; one that refuses for now says when to try again."""
    later = status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
    return PlainTextResponse(text, status, headers={"retry-after": "10"} if later else None)


class _Answer:
    """An answer on its way out, with the headers that every answer carries."""

    def __init__(self, send: Send) -> None:
        self._send, self._started = send, False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._started = True
            headers = MutableHeaders(scope=message)
            for name, value in _ALWAYS.items():
                headers[name] = value
            headers.setdefault("cache-control", "no-store")
        await self._send(message)

    async def instead(self, scope: Scope, receive: Receive, status: HTTPStatus, text: str) -> None:
        """Answer with a sentence, unless the answer has begun already."""
        if not self._started:
            await plain(status, text)(scope, receive, self.send)


def _bounded(receive: Receive) -> Receive:
    """Return a receiver that stops a body without a stated length, or with a wrong one, at the limit."""
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MOST_BODY:
            raise _TooLargeBodyError
        return message

    return bounded


def _address(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else ""


def _too_large() -> str:
    return f"A request may bring {MOST_BODY:,} bytes at most."


def _length(headers: Headers) -> int:
    """Return the stated length of a body; one that is not a number counts as too large."""
    stated = headers.get("content-length", "0")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < len(str(2**63)) else MOST_BODY + 1


def _is_from_here(headers: Headers) -> bool:
    """Return whether a page of this server sent a request: browsers state the origin of all that is no mere reading."""
    origin = headers.get("origin", "")
    return origin in (f"http://{headers['host']}", f"https://{headers['host']}")


def _name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
