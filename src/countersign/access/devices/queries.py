"""What pages show of devices."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from countersign.access.devices.models import Allowance, Posture, PostureKey
from countersign.access.grants import gate
from countersign.access.grants.queries import may
from countersign.access.grants.rights import Right
from countersign.base.actor import PersonActor
from countersign.people import browsers, choosing
from countersign.people import rules as people_rules
from countersign.people.models import Device, Lock, Person
from countersign.people.states import DeviceState, LockKind
from countersign.review.models import RosterEntry
from countersign.web import values
from countersign.web.values import ALLOWED, Action, Notice, Verdict, Who


def on_roster() -> frozenset[str]:
    """The passkeys, by their credential ids, that may sign by our copy of the roster."""
    standing = set[str]()
    for content in RosterEntry.objects.order_by("number").values_list("content", flat=True):
        if content["act"] in {"add", "begin"}:
            standing.add(content["credential"])
        elif content["act"] == "remove":
            standing.discard(content["credential"])
    return frozenset(standing)


def waiting_count() -> int:
    """How many devices wait for an officer."""
    return Device.objects.filter(state=DeviceState.ASKED).count()


def synced_on_roster(*, at: datetime) -> list[Device]:
    """The enrolled devices on the roster whose passkey its maker copies, without an exception: they sign nothing."""
    rows = Device.objects.filter(state=DeviceState.ENROLLED, credential__is_backup_eligible=True)
    excepted = Allowance.objects.in_force(at).values("device_id")
    return [one for one in rows.exclude(pk__in=excepted).select_related("credential") if one.credential and one.credential.credential_id in on_roster()]


def register(actor: PersonActor, *, at: datetime) -> values.Devices:
    """`devices/register.html`: every device that stands or waits, by person."""
    shown = [DeviceState.ASKED, DeviceState.ENROLLED]
    rows = Device.objects.filter(state__in=shown).select_related("person", "credential", "posture")
    look = _Look(at)
    ordered = list(rows.order_by("person__name", "person__pk", "asked_at", "pk"))
    return values.Devices(
        waiting=_by_person([one for one in ordered if one.state == DeviceState.ASKED], look),
        people=_by_person([one for one in ordered if one.state == DeviceState.ENROLLED], look),
        posture_url=reverse("devices:posture"), may_manage=may(actor, Right.POSTURE_MANAGE, on=None), notice=_notice(at),
    )


def of_person(person: Person, *, at: datetime) -> tuple[values.DeviceRow, ...]:
    """One person's devices, those that ended too, for the page of that person."""
    look = _Look(at)
    rows = Device.objects.filter(person=person).select_related("person", "credential", "posture").order_by("-state_since", "-pk")
    return tuple(_row(one, look) for one in rows[:30])


class _Look:
    """What the rows of one page have in common, read once."""

    def __init__(self, at: datetime) -> None:
        self.excepted = dict(Allowance.objects.in_force(at).order_by("ends_at").values_list("device_id", "ends_at"))
        standing = Lock.objects.standing().filter(kind=LockKind.DEVICE)
        self.locks = {lock.target: lock for lock in standing.order_by("-since")}


def _by_person(devices: Iterable[Device], look: _Look) -> tuple[values.DevicesOf, ...]:
    groups = groupby(devices, key=lambda one: one.person)
    return tuple(
        values.DevicesOf(
            Who(person.name), reverse("grants:person", args=[person.uid]), tuple(_row(one, look) for one in rows)
        )
        for person, rows in groups
    )


def _row(device: Device, look: _Look) -> values.DeviceRow:
    posture = getattr(device, "posture", None)
    return values.DeviceRow(
        reverse("devices:device", args=[device.uid]), device.name or gettext("A browser with a code"), device.kind,
        choosing.kind_in_words(device.kind), choosing.owner_in_words(device.owner), device.state, _passkey(device, look),
        device.first_seen_at, device.last_seen_at, posture.state if posture else "", device.uid in look.locks,
    )


def _passkey(device: Device, look: _Look) -> str:
    if device.credential is None:
        return ""
    if not device.credential.is_backup_eligible:
        return "bound"
    return "excepted" if device.pk in look.excepted else "synced"


def _notice(at: datetime) -> Notice | None:
    count = len(synced_on_roster(at=at)) if settings.SYNCED_PASSKEYS == "except" else 0
    if not count:
        return None
    text = gettext("Its maker copies it, so it signs nothing until two people accept that. Better: a security key.")
    return Notice("warn", gettext("{count} passkeys on the roster are not bound to one device").format(count=count), text)


# --- one device --------------------------------------------------------------------------------------------------------


def page(actor: PersonActor, device: Device, *, at: datetime) -> values.DevicePage:
    """`devices/device.html`."""
    look, where = _Look(at), [device.uid]
    posture = Posture.objects.select_related("source").filter(device=device).first()
    lock = look.locks.get(device.uid)
    decide = _may_decide(actor, device)
    return values.DevicePage(
        _row(device, look), Who(device.person.name), reverse("grants:person", args=[device.person.uid]), reverse("devices:register"),
        device.browser, device.address, device.asked_at, Who(device.approved_by.name) if device.approved_by else None,
        device.state_since, device.words,
        approve=Action(gettext("Approve it"), reverse("devices:approve", args=where), tone="primary", may=decide),
        refuse_url=reverse("devices:refuse", args=where), may_decide=decide, retire_url=reverse("devices:retire", args=where),
        may_retire=may(actor, Right.DEVICE_RETIRE, on=None), except_url=reverse("devices:except", args=where),
        may_except=_may_except(actor, device), excepted_until=look.excepted.get(device.pk),
        describe_url=reverse("devices:describe", args=where), may_describe=may(actor, Right.DEVICE_APPROVE, on=None),
        kinds=choosing.kind_choices(device.kind), owners=choosing.owner_choices(device.owner),
        tag=posture.tag if posture else "", posture_at=posture.said_at if posture else None,
        posture_by=posture.source.name if posture and posture.source else "",
        is_on_roster=device.credential is not None and device.credential.credential_id in on_roster(),
        roster_url=reverse("grants:roster"), locked_since=lock.since if lock else None,
        locked_why=gettext(lock.reason) if lock else "",
        lock_url=f"{reverse('lockout:new')}?target=device:{device.uid}" if may(actor, Right.LOCK_SET, on=None) else "",
        apps_url=reverse("lockout:apps", args=[device.uid]),
    )


def _may_decide(actor: PersonActor, device: Device) -> Verdict:
    verdict = may(actor, Right.DEVICE_APPROVE, on=None)
    others = [one for one in gate.holders(Right.DEVICE_APPROVE, on=None) if str(one.uid) != actor.uid]
    if verdict and str(device.person.uid) == actor.uid and others:
        return Verdict(False, gettext("This is your own device."), gettext("Another officer decides about it."))
    return verdict


def _may_except(actor: PersonActor, device: Device) -> Verdict:
    if device.state != DeviceState.ENROLLED or device.credential is None or not device.credential.is_backup_eligible:
        return Verdict(False, gettext("Only a passkey that its maker copies needs an exception."))
    return may(actor, Right.DEVICE_EXCEPT, on=None)


def posture_page(actor: PersonActor, *, secret: str = "", made: str = "", mistake: str = "") -> values.PosturePage:
    """`devices/posture.html`."""
    return values.PosturePage(
        tuple(_key_row(key) for key in PostureKey.objects.order_by("ended_at", "-made_at")), reverse("devices:posture"),
        reverse("devices:register"), f"{settings.ORIGIN}{reverse('posture-report')}", settings.NOT_COMPLIANT == "lock", secret, made,
        mistake,
    )


def _key_row(key: PostureKey) -> values.PostureKeyRow:
    end = Action(gettext("End it"), reverse("devices:posture-end", args=[key.uid]), tone="danger")
    return values.PostureKeyRow(key.name, str(key.uid), key.made_at, key.last_used_at, key.ended_at, end)


# --- a browser that is not enrolled ------------------------------------------------------------------------------------


def unknown_page(
    person: Person, device: Device | None, *, user_agent: str, given: dict[str, str], mistakes: dict[str, str]
) -> values.UnknownDevice:
    """`devices/unknown.html`. `device` is the one the session is in, if any."""
    state = str(device.state) if device else ""
    return values.UnknownDevice(
        state, gettext(people_rules.NOT_ENROLLED.get(state, people_rules.NOT_ENROLLED[""])), device.words if device else "",
        Who(person.name), reverse("device-ask"), reverse("account_logout"), _lost_url(), device.name if device else "",
        device.asked_at if device else None, given.get("device") or browsers.name_of(user_agent),
        choosing.kind_choices(given.get("kind") or browsers.kind_of(user_agent)),
        choosing.owner_choices(given.get("owner") or "company"),
        may_ask=ALLOWED if state != DeviceState.ASKED else Verdict(False, gettext("You have asked already.")), mistakes=mistakes,
        passkey_url=f"{reverse('verify')}?next=/" if _has_enrolled_passkey(person) else "",
    )


def _has_enrolled_passkey(person: Person) -> bool:
    """Whether somebody who came in without a passkey, by the company's sign-on, may be in a device that has one."""
    return Device.objects.filter(person=person, state=DeviceState.ENROLLED, credential__retired_at=None, credential__isnull=False).exists()


def _lost_url() -> str:
    """Where a loss is reported, if a package above has such a page."""
    try:
        return reverse("lockout:lost")
    except NoReverseMatch:
        return ""


