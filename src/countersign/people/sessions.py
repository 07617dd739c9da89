"""Django's session store over our own table: it keeps a hash of the cookie and reads the row at every request.

Besides the data, a session here knows its row, when a second factor was last shown (`verified_at`), and why the
cookie that came with the request no longer counts (`why_ended`).
"""
from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from countersign.people import proofs, queries, rules
from countersign.people.models import Session, SpentProof
from countersign.people.states import DeviceState, Ending

VISITOR_LASTS = timedelta(hours=1)  # a session in which nobody has signed in yet


class SessionStore(SessionBase):
    """One session. The cookie's 256 random bits are in memory and in the browser, nowhere else."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._forget()
        self.why_ended: Ending | None = None

    def _forget(self) -> None:
        self.row: Session | None = None
        self.verified_at: datetime | None = None
        self.idle_seconds: int = settings.SESSION_IDLE_SECONDS
        self.browser = self.address = self.device = self.device_state = self.proof_key = ""
        self.link: int | None = None
        self.sid = ""
        self.awaits_browser = False

    @property
    def uid(self) -> str:
        """The session's public name, or nothing while it is not stored."""
        return str(self.row.uid) if self.row else ""

    def describe(self, *, browser: str, address: str, idle_seconds: int) -> None:
        """Say whose browser this is and how long it may idle; written with the next save."""
        self.browser, self.address, self.idle_seconds = browser[:80], address[:45], idle_seconds
        self.modified = True

    def work_in(self, device: str) -> None:
        """Say in which device this is, by its UUID; written with the next save. Empty: in an unknown one."""
        self.device = device
        self.modified = True

    def come_by(self, link: int, sid: str) -> None:
        """Say by which link of sign-on somebody came, by its key, and what the provider calls its session; written with the
        next save."""
        self.link, self.sid = link, sid[:255]
        self.modified = True

    @property
    def asks_proof(self) -> str:
        """By which key this browser proves its requests: the key's short name, or `new` while there is none."""
        return proofs.mark_of(self.proof_key) if self.proof_key else "new"

    @property
    def is_in_enrolled_device(self) -> bool:
        """Whether the device was enrolled when this request began: in any other nothing may be done."""
        return self.device_state == DeviceState.ENROLLED

    def verify(self, *, at: datetime) -> None:
        """Say that a second factor was just shown; written with the next save."""
        self.verified_at = at
        self.modified = True

    def load(self) -> dict[str, Any]:
        """Read the row, its person and their locks. A session that ended is empty, and says why."""
        found = queries.session_of_key(queries.token_hash(self.session_key or ""))
        if found is None:
            self._session_key = None
            return {}
        row = found.row
        self.why_ended = self._why(row, is_locked=found.is_locked)
        if self.why_ended:
            self._keep_ended(row, self.why_ended)
            self._session_key = None
            return {}
        self.row, self.verified_at, self.idle_seconds = row, row.verified_at, row.idle_seconds
        self.browser, self.address, self.device = row.browser, row.address, str(row.device or "")
        self.link, self.sid = row.link_id, row.sid
        self.device_state, self.awaits_browser = found.device_state, found.awaits_browser
        self.proof_key = row.proof_key
        return dict(self.decode(row.data))

    @staticmethod
    def _why(row: Session, *, is_locked: bool) -> Ending | None:
        return rules.why_ended(
            at=timezone.now(),
            ends_at=row.ends_at,
            last_seen_at=row.last_seen_at,
            idle=timedelta(seconds=row.idle_seconds),
            ended_by=row.ended_by,
            person_state=row.person.state if row.person else "",
            is_locked=is_locked,
        )

    @staticmethod
    def _keep_ended(row: Session, why: Ending) -> None:
        # A lock or a suspension ends a session for good: when it is lifted, nothing comes back to life.
        if not row.ended_by:
            Session.objects.filter(pk=row.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=why, data="")

    def exists(self, session_key: str) -> bool:
        """Whether there is such a session, ended or not."""
        return Session.objects.filter(key_hash=queries.token_hash(session_key)).exists()

    def create(self) -> None:
        """Begin a session under a fresh key."""
        while True:
            self._session_key = secrets.token_urlsafe(32)
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Write the session; UpdateError when it was ended meanwhile, so that nothing revives it."""
        if self.session_key is None:
            self.create()
            return
        data: dict[str, Any] = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # of the base
        columns = {
            "data": self.encode(data),
            "person_id": data.get(SESSION_KEY),
            "verified_at": self.verified_at,
            "idle_seconds": self.idle_seconds,
            "browser": self.browser,
            "address": self.address,
            "device": self.device or None,
            "link_id": self.link,
            "sid": self.sid,
        }
        if must_create:
            self._insert({**columns, "proof_key": self.proof_key})  # never with an update: another request may just have bound it
            return
        if data.get(SESSION_KEY):
            columns["ends_at"] = self._began() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        rows = Session.objects.filter(key_hash=queries.token_hash(self.session_key), ended_at=None)
        if not rows.update(**columns):
            raise UpdateError

    def _began(self) -> datetime:
        return self.row.created_at if self.row else timezone.now()

    def _insert(self, columns: dict[str, Any]) -> None:
        at = timezone.now()
        lasts = timedelta(seconds=settings.SESSION_COOKIE_AGE) if columns["person_id"] else VISITOR_LASTS
        try:
            with transaction.atomic():
                self.row = Session.objects.create(
                    key_hash=queries.token_hash(self.session_key or ""),
                    created_at=at,
                    last_seen_at=at,
                    ends_at=at + lasts,
                    **columns,
                )
        except IntegrityError as error:
            raise CreateError from error

    def touch(self, *, at: datetime) -> None:
        """Note that somebody is there, at most once a minute."""
        if self.row and at - self.row.last_seen_at >= rules.TOUCH:
            Session.objects.filter(pk=self.row.pk, ended_at=None).update(last_seen_at=at)
            seen_before = Q(last_seen_at=None) | Q(last_seen_at__lte=at - rules.TOUCH)
            device = queries.device_named(self.device).filter(seen_before, state=DeviceState.ENROLLED)
            device.update(last_seen_at=at, first_seen_at=Coalesce("first_seen_at", at))

    def delete(self, session_key: str | None = None) -> None:
        """End the session for good; the row stays for a while, without its data, to say so."""
        key = session_key or self.session_key
        if key:
            rows = Session.objects.filter(key_hash=queries.token_hash(key), ended_at=None)
            rows.update(ended_at=timezone.now(), ended_by=Ending.REPLACED, data="")

    def flush(self) -> None:
        """End the session and forget what was known of it.

        Django does so when the password changed elsewhere; the reader hears why.
        """
        if self.row and self.row.person_id:
            self.why_ended = Ending.REPLACED
        super().flush()
        self._forget()

    def cycle_key(self) -> None:
        """Go on under a fresh key; whoever is signed in stays so no longer than they would have."""
        began = self.row.created_at if self.row and self.get(SESSION_KEY) else None
        super().cycle_key()
        if began and self.row:
            Session.objects.filter(pk=self.row.pk).update(created_at=began)
            self.row.created_at = began

    @classmethod
    def clear_expired(cls) -> None:
        """Delete the rows that nobody can use and nobody needs to hear about."""
        Session.objects.filter(ends_at__lt=timezone.now() - timedelta(days=1)).delete()
        SpentProof.objects.filter(at__lt=timezone.now() - 3 * proofs.LASTS).delete()
