"""What `passkey.js` sends and gets: JSON both ways."""
from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from countersign.base.errors import Invalid
from countersign.base.words import _
from countersign.people import binding
from countersign.people.requests import ActingRequest, person_actor


@require_POST
def bind(request: ActingRequest) -> JsonResponse:
    """The browser that signed in gives the public half of the key by which it proves its requests from now on; another
    page of it may have been first. Answered with the short name of the key that counts."""
    content, actor = content_of(request), person_actor(request)
    if not request.session.proof_key:
        key, proof = str(content.get("key", ""))[:100], str(content.get("proof", ""))[:400]
        binding.bind(actor, request.session, key, proof, at=timezone.now())
    return JsonResponse({"ok": True, "mark": request.session.asks_proof})


def content_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object a script sent; Invalid when it is none."""
    return _object(request.body)


def _object(text: str | bytes) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise _garbled() from error
    if not isinstance(content, dict):
        raise _garbled()
    return content


def credential_of(request: HttpRequest) -> dict[str, Any]:
    """A passkey's answer: the JSON a script sent, or the field `credential` of a form."""
    if request.content_type == "application/json":
        return content_of(request)
    return _object(request.POST.get("credential", ""))


def fields_of(content: dict[str, Any]) -> dict[str, str]:
    """The form's fields that came along with a passkey's answer."""
    fields = content.get("fields")
    return {str(key): str(value) for key, value in fields.items()} if isinstance(fields, dict) else {}


def go_on(url: str) -> JsonResponse:
    """It was done; the page goes on to `url`."""
    return JsonResponse({"ok": True, "next": url})


def _garbled() -> Invalid:
    return Invalid(_("What the page sent could not be read."), remedy=_("Reload the page and try again."))
