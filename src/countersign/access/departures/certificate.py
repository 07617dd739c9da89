"""The certificate of a departure: what ended, what was replaced and with which proof, who looked where, and where the log says so.

`content` is frozen at closing and kept. Its digest stands in the closing entry; that entry's leaf, the way from it to a
signed checkpoint, and the checkpoint go with it, so that an auditor needs neither the product nor us.
"""
from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q

from countersign.access.departures.models import Departure, Task
from countersign.access.grants.models import Account
from countersign.access.lockout.models import Case, SignOut
from countersign.access.vault.models import Rotation
from countersign.access.vault.states import RotationState
from countersign.audit import tree
from countersign.audit.models import Checkpoint, Entry
from countersign.audit.recording import label
from countersign.base.values import Digest
from countersign.people.models import Credential, Person
from countersign.review.models import RosterEntry

FORMAT = "countersign/departure/v1"
_MOST_LEAVES = 500_000  # beyond which the way to the checkpoint is left to `countersign audit export`


def digest(content: dict[str, Any]) -> str:
    """What the closing entry says of a certificate: SHA-256 over the format's name, a zero byte and its canonical JSON."""
    return Digest.of(FORMAT, content).hex


def content(departure: Departure, closer: Person, *, at: datetime) -> dict[str, Any]:
    """The certificate, as plain JSON; times are ISO 8601 in UTC."""
    case = Case.objects.filter(holds__lock=departure.lock_id).first()
    return {
        "format": FORMAT, "organisation": settings.ORGANISATION, "departure": str(departure.uid), "person": _person(departure.person),
        "way": departure.way, "why": departure.why, "planned_by": departure.planned_by,
        "planner": _person(departure.planner), "planned_at": _iso(departure.planned_at), "starts_at": _iso(departure.starts_at),
        "opened_at": _iso(departure.opened_at), "closed_at": _iso(at), "closed_by": _person(closer), "heir": _person(departure.heir),
        "ended": departure.ended, "lock": str(departure.lock.uid),
        "begun_at": _iso(case.begun_at if case else None), "answered_at": _iso(case.answered_at if case else None),
        **worked_off(departure),
        "log": [_entry(one) for one in _entries(departure)],
    }  # fmt: skip


def worked_off(departure: Departure) -> dict[str, list[dict[str, Any]]]:
    """What of the list is done, each with who or what shows it; at closing that is all of it."""
    rotations = Rotation.objects.filter(pk__in=departure.opened.values("rotation"), state=RotationState.CONFIRMED)
    tasks = departure.tasks.exclude(answer="").select_related("account", "device", "answered_by")
    apps = SignOut.objects.filter(app__device__person=departure.person_id).exclude(done_at=None)
    return {
        "rotations": [_rotation(one) for one in rotations.select_related("account", "secret").order_by("opened_at", "pk")],
        "passkeys": _taken_off(departure.person), "tasks": [_task(one) for one in tasks.order_by("pk")],
        "apps": [_app(one) for one in apps.select_related("app__device", "app__account", "done_by").order_by("pk")],
    }  # fmt: skip


def proof(departure: Departure) -> dict[str, Any]:
    """Where the log says that this was closed: the entry's number and leaf, and the signed checkpoint that covers it, once
    there is one. Empty for what is not closed."""
    found = Entry.objects.filter(event="departure.closed", matter=label(departure)).order_by("-number").first()
    if found is None:
        return {}
    shown = {
        "number": found.number, "leaf_index": found.number - 1, "leaf": found.leaf, "leaf_hash": bytes(found.leaf_hash).hex(),
        "checkpoint": "", "inclusion": [],
    }
    covering = Checkpoint.objects.filter(size__gte=found.number).order_by("size").first()
    if covering is not None:
        shown["checkpoint"] = covering.note
        shown["inclusion"] = _way(found.number - 1, covering.size)
    return shown


def _way(index: int, size: int) -> list[str]:
    if size > _MOST_LEAVES:
        return []
    leaves = Entry.objects.filter(number__lte=size).order_by("number").values_list("leaf_hash", flat=True)
    return [one.hex() for one in tree.inclusion_proof([bytes(leaf) for leaf in leaves.iterator()], index)]


def _entries(departure: Departure) -> list[Entry]:
    """The entries about the departure, and those about its person since it began."""
    about = Q(matter=label(departure)) | Q(matter=departure.person.label, at__gte=departure.starts_at)
    return list(Entry.objects.filter(about).exclude(event="act.refused").order_by("number"))


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number, "event": entry.event, "at": _iso(entry.at), "actor": entry.actor,
        "leaf_hash": bytes(entry.leaf_hash).hex(),
    }


def _rotation(rotation: Rotation) -> dict[str, Any]:
    return {
        "rotation": str(rotation.uid), "account": _account(rotation.account), "kind": rotation.secret.kind if rotation.secret else "",
        "label": rotation.secret.label if rotation.secret else "", "opened_at": _iso(rotation.opened_at),
        "due_at": _iso(rotation.due_at), "changed_at": _iso(rotation.changed_at), "confirmed_at": _iso(rotation.state_since),
        "way": rotation.way, "evidence": rotation.evidence,
    }


def _taken_off(person: Person) -> list[dict[str, Any]]:
    """The person's passkeys that officers took off the roster, each with the number and head of its entry."""
    names = dict(Credential.objects.filter(person=person).values_list("credential_id", "name"))
    entries = RosterEntry.objects.filter(content__act="remove").order_by("number")
    return [
        {"name": names[entry.content["credential"]], "entry": entry.number, "head": entry.head}
        for entry in entries
        if entry.content["credential"] in names
    ]


def _task(task: Task) -> dict[str, Any]:
    return {
        "kind": task.kind, "account": _account(task.account) if task.account else None, "device": task.device.name if task.device else "",
        "answer": task.answer, "by": _person(task.answered_by), "at": _iso(task.answered_at),
    }


def _app(sign_out: SignOut) -> dict[str, Any]:
    return {
        "network": sign_out.app.network, "device": sign_out.app.device.name, "by": _person(sign_out.done_by), "at": _iso(sign_out.done_at),
    }


def _account(account: Account) -> dict[str, str]:
    return {"uid": str(account.uid), "network": account.network, "handle": account.handle}


def _person(person: Person | None) -> dict[str, str] | None:
    return {"uid": str(person.uid), "name": person.name} if person else None


def _iso(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
