"""One's own security: sessions, passkeys, enrolment and recovery codes."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from countersign.web.values.shared import ALLOWED, Choice, Verdict


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A place where one is signed in. `end_url` (POST) ends it."""

    device: str
    place: str
    started_at: datetime
    seen_at: datetime
    end_url: str
    is_this: bool = False
    icon: str = "laptop"


@dataclass(frozen=True, slots=True)
class Sessions:
    """`people/sessions.html`."""

    rows: tuple[SessionRow, ...]
    end_others_url: str
    idle_minutes: int = 30
    absolute_hours: int = 12


@dataclass(frozen=True, slots=True)
class OwnDevice:
    """A device of one's own, with its passkey or known by a cookie. `may_remove` refuses the last factor."""

    name: str
    kind: str
    owner: str
    state: str
    added_at: datetime
    seen_at: datetime | None
    remove_url: str
    is_this: bool = False
    has_passkey: bool = True
    is_synced: bool = False
    may_remove: Verdict = ALLOWED


@dataclass(frozen=True, slots=True)
class Security:
    """`people/security.html`. Adding a passkey asks `add_options_url` and `add_submit_url` by `passkey.js`, with the fields
    `device`, `kind` and `owner`; with `this` instead it is for the browser one is in, which `lacks_passkey`."""

    devices: tuple[OwnDevice, ...]
    kinds: tuple[Choice, ...]
    owners: tuple[Choice, ...]
    lacks_passkey: bool
    add_options_url: str
    add_submit_url: str
    has_totp: bool
    totp_url: str
    totp_remove_url: str
    codes_left: int
    codes_url: str
    password_url: str
    sessions_url: str
    may_remove_totp: Verdict = ALLOWED
    may_add: Verdict = ALLOWED
    confirm_url: str = ""


@dataclass(frozen=True, slots=True)
class Enrol:
    """`people/enrol.html`: an invitation accepted.

    The passkey way: `options_url`, `submit_url` by `passkey.js`, with the field `name`; `device`, `kind` and `owner` tell of
    the device either way. The other way is a plain form to
    `password_url`: `name`, `password`, `code`, and `ticket` (hidden) with `totp_ticket`; `totp_qr_url` is the picture,
    `totp_secret` the same as text.
    """

    organisation: str
    invited_by: str
    email: str
    name: str
    roles: str
    options_url: str
    submit_url: str
    password_url: str
    totp_qr_url: str = ""
    totp_secret: str = ""
    totp_ticket: str = ""
    device: str = ""
    kinds: tuple[Choice, ...] = ()
    owners: tuple[Choice, ...] = ()
    is_first_officer: bool = False
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """`people/recovery_codes.html`: shown this once."""

    codes: tuple[str, ...]
    next_url: str
