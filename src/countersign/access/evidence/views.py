"""The pages of evidence."""
from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from countersign.access.evidence import asking, excepting, guiding, queries, rules, stating
from countersign.access.evidence.forms import typed
from countersign.access.evidence.models import Evidence
from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.base.errors import Invalid
from countersign.base.words import _
from countersign.people.requests import ActingRequest, person_actor


@require_GET
def listed(request: ActingRequest) -> HttpResponse:
    """How the second factor stands on every account this person may see."""
    actor = person_actor(request)
    gate.require_anywhere(actor, Right.ACCOUNT_READ)
    return render(request, "evidence/list.html", {"page": queries.listed(actor, at=timezone.now())})


@require_GET
def account(request: ActingRequest, uid: UUID) -> HttpResponse:
    """The evidence of one account: what counts, until when, and how to renew it."""
    actor, found = person_actor(request), _found(uid)
    gate.require(actor, Right.ACCOUNT_READ, on=found)
    return render(request, "evidence/account.html", {"page": queries.page(actor, found, at=timezone.now())})


@require_POST
def ask(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Ask the network by API, now."""
    asking.ask(person_actor(request), _found(uid), at=timezone.now())
    return redirect("evidence:account", uid=uid)


@require_POST
def state(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Propose the statement that one has just looked and seen it on; a second person signs it."""
    at = timezone.now()
    proposal = stating.propose(
        person_actor(request), _found(uid), seen_at=at, words=typed(request.POST)["words"], picture=_picture(request), at=at
    )
    return redirect("proposal", uid=proposal.uid)


def _picture(request: ActingRequest) -> bytes:
    given = request.FILES.get("picture")
    if given is None:
        return b""
    if (given.size or 0) > rules.MOST_PICTURE_BYTES:  # before it is read into memory
        raise Invalid(_("The picture is larger than 4 MB."), field="picture")
    return bytes(given.read())


@require_POST
def accept(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Propose that it may publish for a while without evidence; a second officer signs it."""
    given = typed(request.POST)
    proposal = excepting.propose(person_actor(request), _found(uid), days=given["days"], reason=given["reason"], at=timezone.now())
    return redirect("proposal", uid=proposal.uid)


@require_POST
def picture(request: ActingRequest, uid: UUID) -> HttpResponse:
    """The picture beside a statement, as a file to save: it came from outside and is shown in no page of ours."""
    row = get_object_or_404(Evidence.objects.select_related("picture__account"), uid=uid, picture__isnull=False)
    if row.picture is None:
        raise Http404
    content = stating.open_picture(person_actor(request), row.picture, at=timezone.now())
    name = f"{row.picture.sha256[:16]}.{row.picture.mime.partition('/')[2]}"
    return HttpResponse(content, content_type=row.picture.mime, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_GET
def guide(request: ActingRequest, network: str) -> HttpResponse:
    """How to turn the second factor on at a network, and where to see that it is on."""
    actor = person_actor(request)
    gate.require_anywhere(actor, Right.ACCOUNT_READ)
    if network not in guiding.NAMES:
        raise Http404
    mine = gate.accounts(actor, Right.ACCOUNT_READ).filter(network=network)
    origins = set(mine.values_list("origin", flat=True))
    page = queries.guide_page(network, (get_language() or "en")[:2], origin=origins.pop() if len(origins) == 1 else "")
    return render(request, "evidence/guide.html", {"page": page})


def _found(uid: UUID) -> Account:
    return get_object_or_404(Account, uid=uid)
