"""Devices: the register, one device, the page of a browser that is not enrolled, device management."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from countersign.web.values.shared import ALLOWED, Action, Choice, Notice, Verdict, Who


@dataclass(frozen=True, slots=True)
class UnknownDevice:
    """`devices/unknown.html`: why nothing can be done in this browser, and what can be. `url` takes `device`, `kind`, `owner`."""

    state: str
    why: str
    words: str
    person: Who
    url: str
    logout_url: str
    lost_url: str
    name: str = ""
    asked_at: datetime | None = None
    device: str = ""
    kinds: tuple[Choice, ...] = ()
    owners: tuple[Choice, ...] = ()
    may_ask: Verdict = ALLOWED
    mistakes: Mapping[str, str] = field(default_factory=dict)
    passkey_url: str = ""  # where a passkey of an enrolled device can be shown, if this person has one


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device in the register. `passkey` is `bound`, `synced`, `excepted` or empty; `posture` a word of its states or empty."""

    url: str
    name: str
    kind: str
    kind_name: str
    owner: str
    state: str
    passkey: str
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    posture: str = ""
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class DevicesOf:
    """One person's devices in the register."""

    who: Who
    url: str
    rows: tuple[DeviceRow, ...]


@dataclass(frozen=True, slots=True)
class Devices:
    """`devices/register.html`."""

    waiting: tuple[DevicesOf, ...]
    people: tuple[DevicesOf, ...]
    posture_url: str
    may_manage: Verdict = ALLOWED
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class DevicePage:
    """`devices/device.html`. Forms: `refuse_url` and `retire_url` (`words`), `except_url` (`days`, `reason`), `describe_url`
    (`device`, `kind`, `owner`, `tag`)."""

    row: DeviceRow
    who: Who
    person_url: str
    list_url: str
    browser: str
    address: str
    asked_at: datetime
    approved_by: Who | None
    since: datetime
    words: str
    approve: Action
    refuse_url: str
    may_decide: Verdict
    retire_url: str
    may_retire: Verdict
    except_url: str
    may_except: Verdict
    excepted_until: datetime | None
    describe_url: str
    may_describe: Verdict
    kinds: tuple[Choice, ...] = ()
    owners: tuple[Choice, ...] = ()
    tag: str = ""
    posture_at: datetime | None = None
    posture_by: str = ""
    is_on_roster: bool = False
    roster_url: str = ""
    locked_since: datetime | None = None
    locked_why: str = ""
    lock_url: str = ""
    apps_url: str = ""


@dataclass(frozen=True, slots=True)
class PostureKeyRow:
    """A key by which device management signs."""

    name: str
    uid: str
    made_at: datetime
    used_at: datetime | None
    ended_at: datetime | None
    end: Action


@dataclass(frozen=True, slots=True)
class PosturePage:
    """`devices/posture.html`. `url` takes `name`; `secret` is shown once, with `made` the key's number."""

    rows: tuple[PostureKeyRow, ...]
    url: str
    list_url: str
    report_url: str
    locks: bool
    secret: str = ""
    made: str = ""
    mistake: str = ""
