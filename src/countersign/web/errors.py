"""How a refusal, a mistake, a conflict or a network's trouble reaches the reader."""
from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from typing import Final

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.views.defaults import server_error

from countersign.base.errors import Conflict, CountersignError, Invalid, NetworkError, OutcomeUnknown, Refused
from countersign.web.templatetags.look import STATES

STATUS: Final[dict[type[CountersignError], int]] = {Refused: 403, Invalid: 422, Conflict: 409, NetworkError: 502}


class NamedErrors:
    """Turn the errors we name into answers the reader understands; everything else stays a fault."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing happens on the way in or out."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer with what happened and what to do, as a page, a fragment or JSON; None for anything not named."""
        if not isinstance(error, CountersignError):
            return None
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), None)
        if status is None:
            return None
        return answer(request, status, said(error.template, error.facts), said(error.remedy_template, error.facts), error)


def said(template: str, facts: dict[str, object]) -> str:
    """A sentence in the reader's language, with its facts filled in afterwards."""
    if not template:
        return ""
    sentence = gettext(template)
    return sentence.format(**{name: _read(name, value) for name, value in facts.items()}) if facts else sentence


def _read(name: str, value: object) -> object:
    """A fact as people read it: a state by the words of its chip."""
    if name != "state" or str(value) not in STATES:
        return value
    return gettext("“{text}”").format(text=STATES[str(value)][2])


def answer(
    request: HttpRequest, status: int, what: str, remedy: str, error: CountersignError | None = None
) -> HttpResponse:
    """The same sentences in the form that was asked for: JSON for scripts, a notice for htmx, else a page."""
    if wants_json(request):
        return JsonResponse(
            {"ok": False, "what": what, "remedy": remedy, "field": error.field if error else ""}, status=status
        )
    context = {
        "what": what,
        "remedy": remedy,
        "status": status,
        "back": safe_back(request),
        "is_unknown": isinstance(error, OutcomeUnknown),
        "is_reading": request.method in {"GET", "HEAD"},
    }
    name = "web/trouble.html#notice" if request.headers.get("HX-Request") == "true" else f"{status}.html"
    return HttpResponse(render_to_string(name, context, request), status=status)


def fault(request: HttpRequest) -> HttpResponse:
    """The page of a fault, or of a full disk when that was it. It reads nothing: the database may be what failed."""
    error = sys.exc_info()[1]
    if error is None or not is_full(error):
        return server_error(request)
    if wants_json(request):
        what = gettext("The disk is full, so nothing was kept of this. What was there before is still there.")
        remedy = gettext("Ask whoever runs Countersign to make room, then send it again.")
        return JsonResponse({"ok": False, "what": what, "remedy": remedy, "field": ""}, status=507)
    return HttpResponse(render_to_string("507.html"), status=507)


def is_full(error: BaseException) -> bool:
    """Whether there was no room left: for a file (also an upload's), for SQLite, or for PostgreSQL (53100)."""
    if isinstance(error, OperationalError):
        return "disk is full" in str(error) or getattr(error.__cause__, "sqlstate", "") == "53100"
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asked: it accepts JSON and not a page."""
    accepts = request.headers.get("Accept", "")
    return "application/json" in accepts and "text/html" not in accepts


def safe_back(request: HttpRequest) -> str:
    """The page of ours the reader came from, as a path; empty when it was somebody else's or this very page."""
    origin = f"{request.scheme}://{request.get_host()}"
    came_from = request.headers.get("Referer", "")
    path = came_from.removeprefix(origin)
    is_ours = came_from.startswith(f"{origin}/") and not path.startswith("//")
    return path if is_ours and path != request.get_full_path() else ""


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from our own page, or whose page had been open for too long."""
    foreign = is_foreign(request)
    what = (
        gettext("This was sent from another site, so nothing was done.")
        if foreign
        else gettext("The page this was sent from was no longer valid, so nothing was done.")
    )
    remedy = (
        gettext("If you did not start this yourself, somebody may be trying to act in your name: tell your security officer.")
        if foreign
        else gettext("Go back, reload the page and send it again. What you had typed is usually still there.")
    )
    return answer(request, 403, what, remedy)


def is_foreign(request: HttpRequest) -> bool:
    """Whether the browser itself says that the request began on another site."""
    own = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin", own)
    return origin != own or request.headers.get("Sec-Fetch-Site", "same-origin") in {"cross-site", "same-site"}
