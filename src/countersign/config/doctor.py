"""`countersign doctor`: what is missing or unsafe, and how to mend it."""
from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from countersign.access.devices import queries as devices
from countersign.access.grants import roster_safety
from countersign.audit import checkpointing
from countersign.audit.models import Checkpoint, Entry
from countersign.base.errors import CountersignError
from countersign.calls import client, messages
from countersign.config.demonstration import keys
from countersign.content.media import sandbox
from countersign.content.posts.models import Delivery
from countersign.content.posts.states import DeliveryState
from countersign.desk.signon.models import Provider
from countersign.people.models import Person
from countersign.review import plain
from countersign.review.models import RosterEntry


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `weight` is `ok`, `note` (can be better) or `bad` (mend it)."""

    weight: str
    what: str
    remedy: str = ""


def _keys() -> Iterator[Finding]:
    for path in (settings.WRAPPING_KEY, settings.KEYS / "web.key"):
        if not path.exists():
            yield Finding("note", f"{path.name} is not there yet.", "It is made by the first ./start.")
        elif path.stat().st_mode & 0o077:
            yield Finding("bad", f"{path.name} can be read by others.", f"chmod 400 {path}")
        else:
            yield Finding("ok", f"{path.name} is its owner's alone.")
    inside = [d for d in (settings.DATA, settings.BROKER_DIRECTORY) if settings.WRAPPING_KEY.is_relative_to(d)]
    if inside:
        yield Finding("bad", "The wrapping key lies inside a data directory: a backup would hold both.",
                      "Move it, and set COUNTERSIGN_WRAPPING_KEY.")
    if any(settings.MARK.is_relative_to(d) for d in (settings.DATA, settings.BROKER_DIRECTORY)):
        yield Finding("bad", "The mark lies inside a data directory: put back with a backup, it would not show that one was.",
                      "Set COUNTERSIGN_MARK to a file outside every backup.")


def _directories() -> Iterator[Finding]:
    for directory in (settings.DATA, settings.KEYS, settings.RUN, settings.BROKER_DIRECTORY):
        if directory.exists() and directory.stat().st_mode & 0o007:
            yield Finding("bad", f"{directory} is open to everybody on this machine.", f"chmod 700 {directory}")
    free = shutil.disk_usage(settings.DATA).free if settings.DATA.exists() else 0
    if free < 1_000_000_000:
        yield Finding("bad", f"{free // 1_000_000} MB are free where the data lies.", "Make room.")
    else:
        yield Finding("ok", f"{free // 1_000_000_000} GB are free where the data lies.")


def _database() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Finding("bad", "The database is not up to date.", "Run ./start, or countersign manage migrate.")
        return
    yield Finding("ok", f"The database ({connection.vendor}) is up to date.")
    if connection.vendor == "postgresql":
        yield from _connections()
    stuck = Delivery.objects.filter(state__in=[DeliveryState.UNCONFIRMED, DeliveryState.HELD]).count()
    if stuck:
        yield Finding("note", f"{stuck} deliveries are held or unconfirmed.", "Look at them on the page My work.")
    if checkpointing.is_short():
        yield Finding("bad", "The log is shorter than what was signed here: an older copy of the database was put back.",
                      "Stop everything and run: countersign restored")
    entries, signed = Entry.objects.count(), Checkpoint.objects.order_by("-size").first()
    if entries and (signed is None or entries - signed.size > 256):
        yield Finding("bad", "The log has entries that no checkpoint covers.", "Start the worker.")


def _connections() -> Iterator[Finding]:
    """Whether the server takes as many connections as the three processes of one machine may open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int")
        most = int(cursor.fetchone()[0])
    ours = 3 * int(settings.PG_POOL)
    if most < ours:
        yield Finding("bad", f"PostgreSQL takes {most} connections; one machine of ours may open {ours}.",
                      "Raise max_connections there, or lower COUNTERSIGN_PG_POOL.")  # fmt: skip
    else:
        yield Finding("ok", f"PostgreSQL takes {most} connections: enough for {most // ours} machines of ours.")


def _broker() -> Iterator[Finding]:
    try:
        health = client.ask(messages.Ping(), timeout=5)
        roster = client.ask(messages.ReadRoster(), timeout=5)
        gap = client.ask(messages.ReadGap(), timeout=60)
    except CountersignError:
        yield Finding("bad", "The broker does not answer: nothing can be published.", "Run ./start.")
        return
    yield Finding("ok", f"The broker answers; its file has {health.journal_entries} lines.")
    yield from _gap(gap)
    lost = RosterEntry.objects.count() - len(roster.entries)
    if lost > 0:
        yield Finding("bad", f"The broker's roster lacks {lost} entries that the database has: a removed passkey may count again.",
                      "An older journal was put back. Have the officers make those entries again.")
    if not health.is_rostered:
        yield Finding("note", "Nobody is on the roster.", "Open the link that ./start prints, then sign the roster.")
    elif roster.threshold < 2:
        yield Finding("note", "There is one security officer: alone, they can put any passkey on the roster.",
                      "Enrol a second officer; from then on it takes two.")
    else:
        hands = roster_safety.Hands.of(plain.of(roster.standing), {str(one.uid): one for one in Person.objects.all()})
        yield Finding("ok", f"The roster takes two officers; there are {len(hands.officers)}.")
        for sentence in roster_safety.cannot(hands):
            yield Finding("note", f"Not promised: {sentence}", "The page Roster says what to do.")
    if roster.standing["waiting"]:
        yield Finding("bad", "One officer asks alone for another officer; see: countersign roster", "An officer can say no on the page Roster.")


def _gap(gap: messages.Gap) -> Iterator[Finding]:
    if not gap.noted_at:
        return
    when = f"from {gap.since[:16]} to {gap.until[:16]}"
    if gap.in_doubt:
        yield Finding("note", f"A backup was put back: {gap.in_doubt} deliveries may have gone out {when} and are being read back.",
                      "Wait; what cannot be proved, or is not there any more, waits for a person on the page My work.")
    else:
        yield Finding("ok", f"A backup was put back on {gap.noted_at[:10]}; everything that may have gone out {when} was read back.")


def _devices() -> Iterator[Finding]:
    synced = devices.synced_on_roster(at=datetime.now(UTC))
    if settings.SYNCED_PASSKEYS == "allow":
        yield Finding("note", "Passkeys that their maker copies to other devices may sign (COUNTERSIGN_SYNCED_PASSKEYS).",
                      "Leave the setting away: then each takes an exception that two people accept.")
    elif synced:
        yield Finding("note", f"{len(synced)} passkeys on the roster are copied by their maker and have no exception: "
                      "they sign nothing.", "Give their people security keys, or accept each on its page, for a while.")
    else:
        yield Finding("ok", "Every passkey on the roster is bound to one device, or accepted for a while.")
    waiting = devices.waiting_count()
    if waiting:
        yield Finding("note", f"{waiting} devices wait for an officer.", "Look at them on the page Devices.")


def _sign_on() -> Iterator[Finding]:
    provider = Provider.objects.on().first()
    if provider is None:
        return
    try:
        facts: messages.ProviderFacts = client.ask(messages.AskProvider(provider.issuer), timeout=30)
    except CountersignError as error:
        yield Finding("bad", f"The company's sign-on cannot be used: {error.what}",
                      "People come in by passkey, or by password and code, meanwhile. The page Settings, Sign-on, asks it again.")
        return
    if facts.algorithms:
        yield Finding("ok", f"The company's sign-on ({provider.issuer}) answers.")
    else:
        yield Finding("bad", f"The company's sign-on ({provider.issuer}) signs in no way that is taken here.",
                      "Have it sign with RS256, PS256, ES256 or EdDSA.")
    if not facts.logs_out:
        yield Finding("note", "The company's sign-on does not tell when somebody signs out there.", "Sessions here last until they end by themselves.")


def _isolation() -> Iterator[Finding]:
    if keys.is_demonstration():
        yield Finding("bad", "This is a demonstration: its officers' keys lie on this disk and sign whatever comes.",
                      "Never connect a real account here. Begin in earnest with a fresh clone.")
    owners = {directory.stat().st_uid for directory in (settings.DATA, settings.BROKER_DIRECTORY) if directory.exists()}
    if len(owners) < 2:
        yield Finding("note", "Web, worker and broker run as one user: reduced isolation.",
                      "Run them as separate users; docs/operating.md says how.")
    else:
        yield Finding("ok", "The broker's files belong to another user than the data.")
    held, missing = sandbox.isolation()
    yield Finding("ok", f"Pictures are decoded in a process of their own: {len(held)} fences hold.")
    for fence in missing:
        yield Finding("note", f"The sandbox has no: {fence}", "It is weaker for that; docs/operating.md says what helps.")
    if not settings.IS_HTTPS and settings.ORIGIN.host not in {"localhost", "127.0.0.1"}:
        yield Finding("bad", "People reach this installation without TLS.", "Put a TLS proxy before it; set COUNTERSIGN_ORIGIN.")


def _mail() -> Iterator[Finding]:
    backend: dict[str, Any] = settings.MAILERS["default"]
    if "filebased" in backend["BACKEND"]:
        yield Finding("note", "Mails are written to files, nobody receives them.", "Set COUNTERSIGN_SMTP_HOST.")
        return
    options: dict[str, Any] = dict(backend["OPTIONS"])
    try:
        socket.create_connection((options["host"], options["port"]), 3).close()
    except OSError:
        yield Finding("bad", "The mail server does not answer.", "Check COUNTERSIGN_SMTP_HOST and COUNTERSIGN_SMTP_PORT.")
    else:
        yield Finding("ok", "The mail server answers.")


def _django() -> Iterator[Finding]:
    try:
        with Path(os.devnull).open("w", encoding="ascii") as nowhere:
            call_command("check", deploy=settings.IS_HTTPS, fail_level="WARNING", stdout=nowhere, stderr=nowhere)
    except CommandError as error:
        yield Finding("bad", str(error), "countersign manage check --deploy")
    else:
        yield Finding("ok", "Django's own checks pass.")


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (_keys, _directories, _database, _broker, _devices, _sign_on, _isolation, _mail, _django)
_SIGNS = {"ok": "  ok  ", "note": " note ", "bad": " MEND "}


def main(_words: Sequence[str]) -> int:
    """Print every finding; 1 when something must be mended."""
    findings = [finding for check in CHECKS for finding in check()]
    for finding in findings:
        print(f"[{_SIGNS[finding.weight]}] {finding.what}" + (f"\n         → {finding.remedy}" if finding.remedy else ""))
    bad = sum(1 for finding in findings if finding.weight == "bad")
    print("Nothing must be mended." if not bad else f"{bad} to mend.", file=sys.stderr)
    return 1 if bad else 0
