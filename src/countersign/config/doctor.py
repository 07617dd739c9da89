"""`countersign doctor`: what is missing or unsafe, and how to mend it."""
from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from countersign.audit.models import Checkpoint, Entry
from countersign.base.errors import CountersignError
from countersign.calls import client, messages
from countersign.config.demonstration import keys
from countersign.content.media import sandbox
from countersign.content.posts.models import Delivery
from countersign.content.posts.states import DeliveryState


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
    stuck = Delivery.objects.filter(state__in=[DeliveryState.UNCONFIRMED, DeliveryState.HELD]).count()
    if stuck:
        yield Finding("note", f"{stuck} deliveries are held or unconfirmed.", "Look at them on the page My work.")
    entries, signed = Entry.objects.count(), Checkpoint.objects.order_by("-size").first()
    if entries and (signed is None or entries - signed.size > 256):
        yield Finding("bad", "The log has entries that no checkpoint covers.", "Start the worker.")


def _broker() -> Iterator[Finding]:
    try:
        health = client.ask(messages.Ping(), timeout=5)
        roster = client.ask(messages.ReadRoster(), timeout=5)
    except CountersignError:
        yield Finding("bad", "The broker does not answer: nothing can be published.", "Run ./start.")
        return
    yield Finding("ok", f"The broker answers; its file has {health.journal_entries} lines.")
    if not health.is_rostered:
        yield Finding("note", "Nobody is on the roster.", "Open the link that ./start prints, then sign the roster.")
    elif roster.threshold < 2:
        yield Finding("note", "There is one security officer: alone, they can put any passkey on the roster.",
                      "Enrol a second officer; from then on it takes two.")
    else:
        entries = [line["entry"] for line in roster.entries]
        gone = {entry["credential"] for entry in entries if entry["act"] == "remove"}
        officers = {e["person"] for e in entries if "officer" in e["roles"] and e["credential"] not in gone}
        yield Finding("ok", f"The roster takes two officers; there are {len(officers)}.")
        if len(officers) < 3:
            yield Finding("note", "If one of two officers loses every passkey, the roster can never change again.",
                          "Enrol a third officer, or a second passkey for each.")


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


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (_keys, _directories, _database, _broker, _isolation, _mail, _django)
_SIGNS = {"ok": "  ok  ", "note": " note ", "bad": " MEND "}


def main(_words: Sequence[str]) -> int:
    """Print every finding; 1 when something must be mended."""
    findings = [finding for check in CHECKS for finding in check()]
    for finding in findings:
        print(f"[{_SIGNS[finding.weight]}] {finding.what}" + (f"\n         → {finding.remedy}" if finding.remedy else ""))
    bad = sum(1 for finding in findings if finding.weight == "bad")
    print("Nothing must be mended." if not bad else f"{bad} to mend.", file=sys.stderr)
    return 1 if bad else 0
