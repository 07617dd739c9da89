"""Settings and the charter."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from countersign.web.values.comments import Clause
from countersign.web.values.shared import Choice, Tab


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting of the installation as it is, and where it is changed."""

    label: str
    value: str
    help: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """What the doctor found about one part. `tone` is `ok`, `warn` or `bad`."""

    tone: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Settings:
    """`desk/settings.html`. `own_url` takes `language` and `time_zone`."""

    own_url: str
    languages: tuple[Choice, ...]
    time_zones: tuple[Choice, ...]
    security_url: str
    sessions_url: str
    health: tuple[Health, ...] = ()
    rows: tuple[SettingRow, ...] = ()
    version: str = ""
    keys_url: str = ""
    sign_on_url: str = ""


@dataclass(frozen=True, slots=True)
class Charter:
    """`charter/charter.html`: public, in each language."""

    organisation: str
    title: str
    introduction: str
    clauses: tuple[Clause, ...]
    version: str
    adopted_at: datetime | None
    languages: tuple[Tab, ...] = ()
    contact: str = ""
