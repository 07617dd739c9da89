"""Binding a session to the browser in which it began, and asking that browser for a proof.

Against a cookie that was stolen and is used elsewhere. Script that runs on our own pages could ask the browser for proofs
as our pages do; the content security policy is what keeps it out.
"""
from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from django.http import HttpRequest

from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Refused
from countersign.base.words import _
from countersign.people import browsers, mails, proofs, rules
from countersign.people.models import Person, Session, SpentProof
from countersign.people.sessions import SessionStore
from countersign.people.states import Ending


def bind(actor: PersonActor, session: SessionStore, key: str, proof: str, *, at: datetime) -> None:
    """Keep the public key of the browser that just signed in; once in a session's life.

    Refused when its second factor was not shown within five minutes: whoever has only the cookie is too late.
    """
    with recorded(actor, at=at) as record:
        if not rules.is_fresh(session.verified_at, at=at):
            raise Refused(_("This needs your second factor again."), remedy=_("Confirm it, then go on."))
        proofs.require_own(key, proofs.read(proof), at=at)
        if not Session.objects.filter(uid=session.uid, ended_at=None, proof_key="").update(proof_key=key):
            raise Conflict(_("This session has its browser already."))
        session.proof_key = key
        record("session.bound", actor.label, session=session.uid)


def require(actor: PersonActor, request: HttpRequest, session: SessionStore, *, at: datetime) -> None:
    """Raise Refused unless this request carries a proof by the session's key that was not used before."""
    with refusals_recorded(actor, at=at, matter=actor.label):
        proof = proofs.read(_proof_in(request))
        path, digest = request.get_full_path(), _digest_of(request)
        proofs.require(session.proof_key, proof, method=request.method or "", path=path, digest=digest, at=at)
        if not SpentProof.objects.get_or_create(session=session.uid, nonce=proof.nonce, defaults={"at": at})[1]:
            raise Refused(_("This was sent already, so nothing was done again."), remedy=_("Look how it stands."))


def end_if_elsewhere(actor: PersonActor, request: HttpRequest, session: SessionStore, *, at: datetime) -> None:
    """After a proof that was missing or wrong: end the session when the request came from another kind of browser than the
    one that signed in, and tell its person."""
    if browsers.name_of(request.headers.get("User-Agent", "")) == session.browser:
        return
    with suppress(Conflict):
        with recorded(actor, at=at) as record:
            if not Session.objects.filter(uid=session.uid, ended_at=None).update(ended_at=at, ended_by=Ending.STRANGE, data=""):
                raise Conflict(_("That session has ended already."))
            record("session.ended", f"session:{session.uid}", why=Ending.STRANGE.value)
        mails.tell_strange(Person.objects.get(uid=actor.uid), at=at)


def _proof_in(request: HttpRequest) -> str:
    return request.headers.get(proofs.HEADER) or str(request.POST.get(proofs.FIELD, ""))[:400]


def _digest_of(request: HttpRequest) -> str:
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return proofs.digest_of_fields(_fields_of(request))
    return hashlib.sha256(request.body).hexdigest()


def _fields_of(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, values in request.POST.lists():
        yield from ((name, str(value)) for value in values)
    for name, files in request.FILES.lists():
        for file in files:
            whole = hashlib.sha256()
            for chunk in file.chunks():
                whole.update(chunk)
            file.seek(0)
            yield name, whole.hexdigest()
