"""Coming in and going out: signing in, failing to, signing out, ending sessions."""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.db.models.functions import Coalesce

from countersign.audit.recording import Record, recorded
from countersign.base.actor import PersonActor, Visitor
from countersign.base.errors import Conflict, Refused
from countersign.base.words import _
from countersign.people import mails, queries, rules
from countersign.people.models import Attempt, Person, Session, SignOnLink
from countersign.people.sessions import SessionStore
from countersign.people.states import DeviceState, Ending

PASSWORD, FACTOR, PASSKEY, HALF = "password", "factor", "passkey", "half"  # kinds of attempts


def require_may_sign_in(person: Person, *, device: str = "", is_proven: bool = False) -> None:
    """Refuse somebody who is not active, is locked or in a locked device, or has no second factor. `is_proven` says that the
    company's provider asked them for one just now."""
    if not person.is_active:
        raise Refused(_("Your sign-in is not active."), remedy=_("Ask a security officer."))
    if queries.is_locked(person=str(person.uid)):
        raise Refused(_("You are locked."), remedy=_("Ask a security officer."))
    if device and queries.is_locked(device=device):
        raise Refused(_("This device is locked."), remedy=_("Sign in on another one, or ask a security officer."))
    if not is_proven and not queries.has_second_factor(person):
        raise Refused(_("Your sign-in has no second factor."), remedy=_("Ask a security officer for a new link."))


class Vouched(NamedTuple):
    """By which link of sign-on somebody comes, and what the provider calls its own session. `since` is when it vouched for
    them, `shown_at` when they showed it a second factor, where that counts here."""

    link: SignOnLink
    sid: str
    since: datetime
    shown_at: datetime | None = None


def sign_in(
    person: Person, session: SessionStore, *, by: str, enter: Callable[[], None], device: str = "",
    vouched: Vouched | None = None, at: datetime,
) -> None:
    """Sign a person in who has shown a second factor; `enter` puts them into the session, under a fresh cookie.

    `device` is the UUID of the device they are in; without one the session can do nothing but ask for enrolment.
    """
    with recorded(person.as_actor(), at=at, matter=person.label) as record:
        shown_at = vouched.shown_at if vouched else None
        require_may_sign_in(person, device=device, is_proven=shown_at is not None)
        if vouched:
            _require_standing(vouched)
        enter()
        session.verify(at=shown_at or at)
        if vouched:
            session.come_by(vouched.link.pk, vouched.sid)
        session.work_in(device)
        session.save()
        _see(device, at)
        Attempt.objects.filter(kind__in=[FACTOR, HALF], who=queries.keyed(str(person.uid))).delete()
        record.actor = person.as_actor(session=session.uid, verified_at=shown_at or at, device=device)
        record("person.signed_in", person.label, by=by, session=session.uid, device=device)


def fail(*, kind: str, who: str, where: str, at: datetime) -> None:
    """Note a sign-in that failed. `who` is what was typed or the person's uid, `where` the network address."""
    with recorded(Visitor(), at=at) as record:
        Attempt.objects.filter(at__lt=at - rules.KEPT).delete()
        Attempt.objects.create(kind=kind, who=queries.keyed(who), where=queries.keyed(where), at=at)
        record("person.sign_in_failed", "sign-in", personal={"who": who[:200], "where": where}, kind=kind)


def note_half(person: Person, *, is_vouched: bool = False, at: datetime) -> None:
    """Note a right password, or that the company's provider vouched, where the second factor is still owed; the third within
    an hour tells the person."""
    who = queries.keyed(str(person.uid))
    with recorded(Visitor(), at=at) as record:
        Attempt.objects.create(kind=HALF, who=who, at=at)
        times = Attempt.objects.filter(kind=HALF, who=who, at__gt=at - rules.HALVES_WINDOW).count()
        record("person.vouched_for" if is_vouched else "person.password_given", person.label)
    if times == rules.HALVES_TOLD:
        mails.tell_halves(person, at=at)


def end_of_link(record: Record, link: SignOnLink, *, sid: str = "", at: datetime) -> int:
    """End the sessions that came by a link of sign-on, or the one the provider calls so, inside a recorded change. Whoever is
    half-way in by it does not come in. How many there were."""
    SignOnLink.objects.filter(pk=link.pk).update(logged_out_at=at)
    rows = Session.objects.filter(link=link)
    count = _end(rows.filter(sid=sid) if sid else rows, Ending.PROVIDER, at)
    record("sign_on.ended", link.person.label, count=count)
    return count


def sign_out(actor: PersonActor, *, at: datetime) -> None:
    """Sign out of this session."""
    with recorded(actor, at=at) as record:
        _end(Session.objects.filter(uid=actor.session), Ending.SIGNED_OUT, at)
        record("person.signed_out", actor.label, session=actor.session)


def end_session(actor: PersonActor, uid: str, *, at: datetime) -> None:
    """End one of one's own other sessions. Refused for a session of somebody else, Conflict for one that ended."""
    with recorded(actor, at=at, matter=f"session:{uid}") as record:
        rows = Session.objects.filter(uid=uid, person__uid=actor.uid)
        if not rows.exists():
            raise Refused(_("That is not one of your sessions."))
        if not _end(rows, Ending.ELSEWHERE, at):
            raise Conflict(_("That session has ended already."))
        record("session.ended", f"session:{uid}")


def end_others(actor: PersonActor, *, at: datetime) -> int:
    """End every session of one's own but this one; how many there were."""
    with recorded(actor, at=at) as record:
        rows = Session.objects.filter(person__uid=actor.uid).exclude(uid=actor.session)
        count = _end(rows, Ending.ELSEWHERE, at)
        record("session.ended", actor.label, count=count)
        return count


def verify(actor: PersonActor, session: SessionStore, *, by: str, device: str = "", at: datetime) -> None:
    """Note that the person of this session showed a second factor again. One that belongs to a `device` puts a session
    that was in none, or in one that is not enrolled, into it."""
    with recorded(actor, at=at) as record:
        session.verify(at=at)
        if device and not session.is_in_enrolled_device:
            session.work_in(device)
            _see(device, at)
        session.save()
        record("person.verified", actor.label, by=by, device=session.device)


def recognise(actor: PersonActor, cookie_hash: str, *, at: datetime) -> None:
    """Let a device that awaits its browser take this one; `cookie_hash` is of the cookie the browser is given.

    Conflict when another browser was first, or when it has waited for too long.
    """
    with recorded(actor, at=at) as record:
        rows = queries.device_named(actor.device).filter(
            state=DeviceState.ENROLLED, cookie_hash__startswith=rules.AWAITS, state_since__gt=at - rules.AWAITS_FOR
        )
        if not rows.update(cookie_hash=cookie_hash, last_seen_at=at):
            raise Conflict(_("This device has its browser already."))
        record("device.recognised", f"device:{actor.device}")


def _require_standing(vouched: Vouched) -> None:
    link = SignOnLink.objects.select_for_update().get(pk=vouched.link.pk)
    if link.ended_at is not None or (link.logged_out_at is not None and link.logged_out_at >= vouched.since):
        raise Refused(_("You signed out at your company's sign-on meanwhile."), remedy=_("Sign in again."))


def _see(device: str, at: datetime) -> None:
    queries.device_named(device).update(last_seen_at=at, first_seen_at=Coalesce("first_seen_at", at))


def _end(rows: object, why: Ending, at: datetime) -> int:
    count: int = rows.filter(ended_at=None).update(ended_at=at, ended_by=why, data="")  # type: ignore[attr-defined]
    return count
