"""Filling the pages: templates, the words in them, times, and who the person at the browser plays."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from countersign.base.words import _
from countersign.practice.accounts import COLOURS, Account

READER = "practice_reader"  # the cookie that remembers whom the person plays
_COOKIE_SECONDS = 30 * 24 * 3600


def _moment(text: str) -> str:
    at = datetime.fromisoformat(text)
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def _figure(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


_pages = Environment(
    loader=PackageLoader("countersign.practice"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
_pages.globals["_"] = _
_pages.filters.update(moment=_moment, figure=_figure)


def show(request: Request, page: str, *, status: int = 200, headers: dict[str, str] | None = None, **content: Any) -> Response:
    """A page, with what every page needs."""
    text = _pages.get_template(page).render(origin=request.app.state.origin, error=content.pop("error", None), **content)
    return HTMLResponse(text, status_code=status, headers=headers)


def remember_reader(response: Response, reader: Account) -> Response:
    """Keep in the browser whom the person plays. It is no sign-in: anybody may play any reader."""
    response.set_cookie(READER, reader.handle, max_age=_COOKIE_SECONDS, httponly=True, samesite="lax")
    return response


def avatar(account: Account) -> Response:
    """The account's picture: its initials on its colour."""
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80" role="img"><rect width="80" height="80" fill="{fill}"/>'
        '<text x="40" y="52" font-family="sans-serif" font-weight="600" font-size="32" text-anchor="middle" fill="#fff">{text}</text></svg>'
    )
    text = _pages.from_string("{{ text }}").render(text=account.initials)
    filled = picture.format(fill=COLOURS[account.colour], text=text)
    return Response(filled, media_type="image/svg+xml", headers={"cache-control": "private, max-age=60"})
