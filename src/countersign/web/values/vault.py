"""Secrets of accounts, who has seen them, and their rotations."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from countersign.web.values.shared import ALLOWED, Action, Choice, Event, Face, Notice, Verdict, Who


@dataclass(frozen=True, slots=True)
class RotationLine:
    """A rotation as other pages show it. `is_late` when its time is over and the secret was not even changed."""

    url: str
    state: str
    due_at: datetime
    what: str
    account: Face
    is_late: bool = False
    alive_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SecretRow:
    """A secret in the list of its account. `seen_by` are those who know the version in use; `may_open` those who know only an
    older one that nothing has proven dead."""

    url: str
    what: str
    version: int
    since: datetime | None
    seen_by: tuple[Who, ...] = ()
    rotation: RotationLine | None = None
    is_critical: bool = True
    may_open: tuple[Who, ...] = ()


@dataclass(frozen=True, slots=True)
class Secrets:
    """`vault/secrets.html`. `replace` (POST) ends our own key and gets another."""

    account: Face
    account_url: str
    rows: tuple[SecretRow, ...]
    enter_url: str
    may_enter: Verdict
    replace: Action
    key_rotation: RotationLine | None = None


@dataclass(frozen=True, slots=True)
class SecretEntry:
    """`vault/enter.html`. Fields: `kind`, `label`, `value`, `critical`. With `what` it is a new version of that secret."""

    url: str
    back_url: str
    account: Face
    kinds: tuple[Choice, ...] = ()
    what: str = ""
    label: str = ""
    lines: bool = False
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeenBy:
    """One exposure. `is_current` when it is of the version in use; `may_open` when it is of an older one that nothing has
    proven dead; `counts` when the secret itself was seen."""

    who: Who
    url: str
    way: str
    version: int
    at: datetime
    purpose: str = ""
    device: str = ""
    is_current: bool = False
    counts: bool = True
    may_open: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """One way of using a secret: a link, or the same refused."""

    label: str
    url: str
    icon: str
    may: Verdict = ALLOWED
    tone: str = ""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version in the history."""

    number: int
    made_at: datetime
    state: str
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SecretPage:
    """`vault/secret.html`. `rotate_url` takes `why` and `due` (POST)."""

    what: str
    account: Face
    list_url: str
    version: int
    since: datetime | None
    uses: tuple[Use, ...]
    seen: tuple[SeenBy, ...]
    versions: tuple[VersionRow, ...]
    rotations: tuple[RotationLine, ...]
    rotate_url: str
    may_rotate: Verdict
    dues: tuple[Choice, ...]
    actions: tuple[Action, ...] = ()
    is_retired: bool = False
    is_critical: bool = True


@dataclass(frozen=True, slots=True)
class CodePage:
    """`vault/code.html`. Field: `purpose`. With `code` it shows that until `ends_at`, and then no longer."""

    what: str
    account: Face
    url: str
    back_url: str
    code: str = ""
    ends_at: datetime | None = None
    purpose: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckOutPage:
    """`vault/check_out.html`. Fields: `reason`, `minutes`."""

    what: str
    account: Face
    url: str
    back_url: str
    minutes: tuple[Choice, ...]
    signers: tuple[Who, ...]
    is_by_hand: bool = False
    reason: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShownText:
    """A text that is shown once. `name` says which it is, where there are two."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ShowPage:
    """`vault/show.html`: before (a button) and, once, after."""

    what: str
    account: Face
    url: str
    back_url: str
    may_show: Verdict = ALLOWED
    texts: tuple[ShownText, ...] = ()
    rotation_url: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a rotation: done, the one that is on now, or still to come."""

    label: str
    text: str = ""
    is_done: bool = False
    is_now: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RotationPage:
    """`vault/rotation.html`. With `wants_code` the action `begin_url` takes the field `code`; `state_url` takes `words`. `is_stated`
    when two people stated what no network has proven."""

    what: str
    account: Face
    state: str
    why: str
    due_at: datetime
    opened_at: datetime
    list_url: str
    stages: tuple[Stage, ...]
    actions: tuple[Action, ...]
    guide: tuple[str, ...] = ()
    guide_url: str = ""
    notice: Notice | None = None
    wants_code: bool = False
    begin_url: str = ""
    may_begin: Verdict = ALLOWED
    check_out_url: str = ""
    enter_url: str = ""
    is_late: bool = False
    proof: tuple[Event, ...] = ()
    mistakes: Mapping[str, str] = field(default_factory=dict)
    state_url: str = ""
    is_stated: bool = False


@dataclass(frozen=True, slots=True)
class KnownSecret:
    """A secret of which a person has seen a version that may open: the one in use, or one that nothing has proven dead."""

    url: str
    what: str
    account: Face
    ways: str
    last_at: datetime
    is_critical: bool
    rotation: RotationLine | None = None
    is_current: bool = True


@dataclass(frozen=True, slots=True)
class Exposures:
    """`vault/exposures.html`: what one person has seen."""

    who: Who
    person_url: str
    known: tuple[KnownSecret, ...]
    past: tuple[SeenBy, ...]
