"""The audit page: the log as a diary."""
from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.base.actor import Actor, Visitor
from countersign.desk.diary import Diary, diary, read_filter


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """What happened, newest first; filtered by `person`, `account` and `day`, a page at a time with `before`."""
    actor: Actor = getattr(request, "actor", None) or Visitor()
    gate.require(actor, Right.LOG_READ, on=None)  # the log is of the whole house
    page = diary(read_filter(request.GET))
    return render(request, "desk/audit.html", {"diary": page, "older_query": _older(page)})


def _older(page: Diary) -> str:
    """What stands after the question mark of the link to older entries; empty on the last page."""
    if page.older is None:
        return ""
    chosen = page.chosen
    kept = {"person": chosen.person, "account": chosen.account, "day": chosen.day.isoformat() if chosen.day else ""}
    return urlencode({name: value for name, value in kept.items() if value} | {"before": page.older})
