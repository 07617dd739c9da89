"""How a request of the directory is let in and answered: its key, its size, its JSON, and errors as SCIM writes them."""
from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError
from scim2_models import Error, InvalidSyntaxException, PayloadTooLargeException, SCIMException

from countersign.access.lockout import keeping_keys
from countersign.access.lockout.states import KEY_SCIM
from countersign.base.actor import ProgramActor
from countersign.base.errors import Conflict, CountersignError, Invalid, Refused
from countersign.desk.scim.provisioning import CHANGED, TAKEN
from countersign.desk.scim.resources import MOST_BYTES, PROVIDER

TYPE = "application/scim+json"

type View = Callable[..., HttpResponse]


class ScimRequest(HttpRequest):
    """A request of the directory, with the program whose key it carries; only for annotations."""

    program: ProgramActor


def door(*methods: str) -> Callable[[View], View]:
    """Let in whoever carries a key of the directory, for these methods; everybody else hears why not, as SCIM says it."""

    def wrap(view: View) -> View:
        @csrf_exempt  # no cookie is read: the key in the header is all, and another site cannot send it
        @login_not_required
        @never_cache
        @wraps(view)
        def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                response = error(405, "This address does not answer to that method.")
                response["Allow"] = ", ".join(methods)
                return response
            try:
                request.program = _program(request)  # type: ignore[attr-defined]
            except CountersignError as refusal:
                response = error(403 if isinstance(refusal, Refused) else 401, refusal.what)
                response["WWW-Authenticate"] = "Bearer"
                return response
            return _answered(view, request, args, kwargs)

        return answering

    return wrap


def _program(request: HttpRequest) -> ProgramActor:
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    return keeping_keys.shown(text.strip() if scheme.lower() == "bearer" else "", purpose=KEY_SCIM, at=timezone.now())


def _answered(view: View, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
    try:
        with PROVIDER:
            return view(request, *args, **kwargs)
    except SCIMException as refusal:
        return _said(refusal.to_error())
    except ValidationError as mistakes:
        return _said(Error.from_validation_errors(mistakes)[0])
    except Conflict as conflict:
        status = 412 if conflict.field == CHANGED else 409
        return error(status, conflict.what, "uniqueness" if conflict.field == TAKEN else "")
    except Invalid as mistake:
        return error(400, mistake.what, "invalidValue")
    except Refused as refusal:
        return error(403, refusal.what)


def body(request: HttpRequest) -> Any:
    """The JSON that was sent. PayloadTooLarge for too much of it, InvalidSyntax for what is none."""
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES or len(request.body) > MOST_BYTES:
        raise PayloadTooLargeException(detail=f"More than {MOST_BYTES} bytes at once.")
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as mistake:
        raise InvalidSyntaxException(detail="That is no JSON.") from mistake


def said(content: dict[str, Any], status: int = 200, **headers: str) -> HttpResponse:
    """An answer as SCIM writes it."""
    return HttpResponse(json.dumps(content), status=status, content_type=TYPE, headers=headers)


def error(status: int, detail: str, scim_type: str = "") -> HttpResponse:
    """An error as SCIM writes it (RFC 7644 3.12)."""
    return _said(Error(status=status, detail=detail, scim_type=scim_type or None))


def _said(found: Error) -> HttpResponse:
    return said(found.model_dump(), found.status or 400)
