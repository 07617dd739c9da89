"""The demonstration's officers at work: whoever enrols a passkey of their own is put on the roster within seconds.

So that a newcomer who opens Ben's link can sign as Ben. In earnest two people look at each entry; here two keys on this
disk sign whatever comes, and every page says so.
"""
from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import close_old_connections

from countersign.access.grants import following
from countersign.access.grants.models import Grant
from countersign.access.grants.rights import Role
from countersign.base.errors import CountersignError
from countersign.calls import client, messages
from countersign.config.demonstration import keys
from countersign.config.demonstration.keys import DemoKey
from countersign.people.models import Credential
from countersign.people.states import PersonState
from countersign.review import roster
from countersign.review.statement import ROSTER_ENTRY, challenge, iso
from countersign.review.verifying import b64

log = logging.getLogger("countersign.demonstration")


def main(_words: Sequence[str]) -> int:
    """Look every two seconds until told to stop."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    while not stop.wait(2):
        try:
            enter_newcomers()
        except CountersignError as error:
            log.warning("the roster was not changed: %s", type(error).__name__)
        finally:
            close_old_connections()
    return 0


def enter_newcomers() -> int:
    """Put every passkey of a reviewer or officer on the roster that is not there; how many."""
    known = client.ask(messages.ReadRoster())
    there = {line["entry"]["credential"] for line in known.entries}
    waiting = Credential.objects.filter(retired_at__isnull=True, person__state=PersonState.ACTIVE, device__state="enrolled")
    entered = 0
    for credential in waiting.exclude(credential_id__in=there).select_related("person").order_by("pk"):
        roles = sorted(_roles(credential))
        if roles:
            known = _enter(known, credential, roles)
            entered += 1
    return entered


def _roles(credential: Credential) -> set[str]:
    held = Grant.objects.filter(person=credential.person)
    found = {roster.REVIEWER} if held.filter(role__in=[Role.REVIEWER, Role.OFFICER]).exists() else set()
    of_the_house = held.on(None).filter(role=Role.OFFICER)  # the roster makes officers of the whole house, not of one account
    return found | ({roster.OFFICER} if of_the_house.exists() else set())


def _enter(known: messages.Roster, credential: Credential, roles: list[str]) -> messages.Roster:
    at = datetime.now(UTC)
    entry = roster.entry(
        before=known.head, number=len(known.entries) + 1, act="add", at=iso(at), person=str(credential.person.uid),
        credential=credential.credential_id, public_key=b64(bytes(credential.public_key)), roles=roles,
    )
    asked = challenge(entry, domain=ROSTER_ENTRY)
    officers: list[DemoKey] = [keys.load()[name] for name in ("Kim", "Tom")][: known.threshold]
    grown: messages.Roster = client.ask(messages.AppendRoster(entry, [o.answer(asked).parts() for o in officers]))
    following.copy_roster(grown)
    return grown
