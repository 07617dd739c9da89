"""The worker as a process: each duty finds what is due in our tables and calls one action for it.

There is no queue to lose: the tables are the queue, and every claim is a compare-and-set in them. A duty that fails is
logged by its type and tried again at its next turn; it never stops the others.
"""
from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from django.db import close_old_connections

from countersign.access.departures import jobs as departures
from countersign.access.devices import jobs as devices
from countersign.access.evidence import jobs as evidence
from countersign.access.glass import jobs as glass
from countersign.access.grants import jobs as grants
from countersign.access.lockout import jobs as lockout
from countersign.access.recovery import jobs as recovery
from countersign.access.vault import jobs as vault
from countersign.audit import jobs as audit
from countersign.content.comments import jobs as comments
from countersign.content.posts import jobs as posts
from countersign.desk import jobs as desk
from countersign.people import jobs as people

log = logging.getLogger("countersign.worker")


@dataclass(frozen=True, slots=True)
class Duty:
    """Something the worker does again and again. `every` is in seconds, from the end of one turn to the next; `at_end` is
    done once, when the worker is told to stop."""

    name: str
    every: float
    do: Callable[[datetime], int]
    at_end: Callable[[datetime], int] | None = None


DUTIES = (
    Duty("carry out locks", 0.5, lockout.carry_out_locks),
    Duty("carry out departures", 0.5, departures.carry_out_departures),
    Duty("hand over what leavers wrote", 1.0, posts.hand_over),
    Duty("release what is due", 0.5, posts.release_due, at_end=posts.finish_release),
    Duty("void what is locked", 0.5, posts.void_what_is_locked),
    Duty("let go what evidence held", 2.0, posts.let_go),
    Duty("ask about second factors", 15.0, evidence.ask_networks),
    Duty("tell of second factors", 60.0, evidence.tell_officers),
    Duty("settle what is unknown", 2.0, posts.settle_unknown),
    Duty("collect comments", 2.0, comments.collect_comments),
    Duty("act on comments again", 15.0, comments.act_again),
    Duty("refresh keys", 60.0, vault.refresh_keys),
    Duty("tell of rotations", 20.0, vault.tell_of_rotations),
    Duty("prove rotations", 60.0, vault.prove_again),
    Duty("replace keys again", 15.0, vault.replace_again),
    Duty("read role mailboxes", 0.5, recovery.read_mailboxes),
    Duty("notice silent mailboxes", 20.0, recovery.notice_silence),
    Duty("end reset drills", 5.0, recovery.end_drills),
    Duty("tell of unexplained events", 15.0, recovery.tell_again),
    Duty("compare recovery addresses", 60.0, recovery.compare_addresses),
    Duty("look up the company's domains", 300.0, recovery.look_up_domains),
    Duty("write checkpoints", 5.0, audit.tick),
    Duty("tell people what waits", 3.0, desk.tell_reviewers),
    Duty("agree with the roster", 30.0, grants.agree_with_the_roster),
    Duty("tell everybody what one officer asks alone", 10.0, desk.tell_everybody),
    Duty("follow what is asked alone", 2.0, glass.follow),
    Duty("tell everybody what is asked alone", 2.0, glass.tell_everybody),
    Duty("tell officers of devices", 5.0, devices.tell_officers),
    Duty("tell of departures", 5.0, departures.tell_of_departures),
    Duty("tell of guests' ends", 60.0, departures.tell_of_ends),
    Duty("lock idle devices", 600.0, devices.lock_idle),
    Duty("forget old sessions", 3600.0, people.forget_old_sessions),
)


def main(_argv: Sequence[str]) -> int:
    """Run every duty in a thread of its own until told to stop; a duty under way is finished first."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    threads = [threading.Thread(target=_go_on, args=(duty, stop), name=duty.name) for duty in DUTIES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 0


def _go_on(duty: Duty, stop: threading.Event) -> None:
    pause = duty.every
    while not stop.is_set():
        begun = monotonic()
        try:
            did = duty.do(datetime.now(UTC))
            pause = 0.0 if did and duty.every < 1 else duty.every
        except Exception as fault:  # noqa: BLE001  # one duty's fault must not stop the others, or itself for ever
            log.error("fault in duty %r after %.1f s: %s", duty.name, monotonic() - begun, type(fault).__name__)
            pause = max(5.0, duty.every)
        finally:
            close_old_connections()
        stop.wait(pause)
    if duty.at_end:
        duty.at_end(datetime.now(UTC))
