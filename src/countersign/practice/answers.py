"""How the API answers, and how it fails to."""
from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from countersign.base.errors import Conflict, CountersignError, Refused
from countersign.practice import ledger
from countersign.practice.errors import GrantRefused, NotHere, TokenRefused, TooMuch

if TYPE_CHECKING:
    from asyncio import Transport

TRANSPORT = "practice.transport"  # where serving.py leaves the connection, so that it can be cut
_PATIENCE = 3600


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API will say: a status, a JSON value, and what the ledger notes."""

    status: int
    content: object
    outcome: ledger.Outcome = "done"
    post: int | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """The answer as it is written to the connection."""
        if self.status == 204:
            return Response(status_code=204, headers=self.headers)
        return JSONResponse(self.content, status_code=self.status, headers=self.headers)


def refusal(error: CountersignError) -> Answer:
    """How the API says no."""
    status, code = _status_and_code(error)
    headers = {"WWW-Authenticate": f'Bearer error="{code}"'} if status == 401 else {}
    return refused(status, code, error.what, headers=headers)


def refused(status: int, code: str, description: str, *, headers: dict[str, str] | None = None) -> Answer:
    """A refusal in the words of OAuth and of this API alike."""
    return Answer(status, {"error": code, "error_description": description}, "refused", None, headers or {})


def _status_and_code(error: CountersignError) -> tuple[int, str]:
    match error:
        case GrantRefused():
            return 400, error.code
        case TokenRefused():
            return 401, "invalid_token"
        case NotHere():
            return 404, "not_found"
        case TooMuch():
            return 413, "too_large"
        case Refused():
            return 403, "forbidden"
        case Conflict():
            return 409, "conflict"
        case _:
            return 422, "unprocessable"


class Nonsense(Response):
    """A page where JSON was promised, as a broken proxy would put it."""

    media_type = "text/html"

    def __init__(self) -> None:
        super().__init__("<!doctype html><title>502</title><p>{&hellip;}</p>", status_code=200)


class Silence(Response):
    """No answer at all: the connection stays open until the other side gives up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for the other side to hang up, at most an hour."""
        async with asyncio.timeout(_PATIENCE):
            await _hung_up(receive)


class Cut(Response):
    """The connection is closed without a word."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Abort the connection, then wait until the server has noticed."""
        transport: Transport = scope[TRANSPORT]
        transport.abort()
        await _hung_up(receive)


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
