"""The address at which device management reports. It has no session: a signature over the whole report stands for one."""
from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from countersign.access.devices import posturing, rules
from countersign.access.devices.idling import DEVICES
from countersign.access.devices.posturing import Signed
from countersign.base.actor import Visitor
from countersign.base.errors import Conflict, CountersignError, Invalid, NetworkError, Refused
from countersign.base.words import _
from countersign.people import queries
from countersign.people.requests import address_of
from countersign.web.errors import STATUS, said


@csrf_exempt
@login_not_required
@require_POST
def report(request: HttpRequest) -> JsonResponse:
    """Take a signed report: 200 with how many devices were known, 403 unsigned, 409 taken before, 422 in no known form,
    429 after many that were not taken, 502 while the broker does not answer."""
    at, where = timezone.now(), address_of(request)
    _by_whom, failed = queries.failures(posturing.KIND, who="", where=where, at=at)
    if failed >= rules.MOST_FAILURES:
        return _no(429, Refused(_("Too many reports were not taken.")))
    try:
        signed = _signed(request)
        key = posturing.require_signed(signed, at=at)
        return JsonResponse({"ok": True, "known": posturing.take(DEVICES, key, signed, at=at)})
    except (Refused, Invalid) as error:
        posturing.note_failure(Visitor(), where, error, at=at)
        return _no(STATUS[Refused if isinstance(error, Refused) else Invalid], error)
    except (Conflict, NetworkError) as error:
        return _no(409 if isinstance(error, Conflict) else 502, error)


def _signed(request: HttpRequest) -> Signed:
    if len(request.body) > rules.MOST_BYTES:
        raise Invalid(_("The report is too big."))
    headers = request.headers
    return Signed(
        headers.get("Webhook-Key", ""), headers.get("Webhook-Id", ""), headers.get("Webhook-Timestamp", ""),
        headers.get("Webhook-Signature", ""), request.body,
    )


def _no(status: int, error: CountersignError) -> JsonResponse:
    return JsonResponse({"ok": False, "what": gettext(error.template) if not error.facts else said(error.template, error.facts)}, status=status)


