"""Sign-on by the company's provider: the button, the page of settings."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from countersign.web.values.shared import ALLOWED, Action, Choice, Face, Notice, Verdict, Who


@dataclass(frozen=True, slots=True)
class SignOnButton:
    """The button on the sign-in page, and where it leads."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class ProviderShown:
    """A provider as it was described. The secret is never shown."""

    name: str
    issuer: str
    client_id: str
    has_secret: bool
    levels: tuple[str, ...]
    groups_claim: str
    scopes: str
    by: Who
    at: datetime
    turn_on: Action | None = None
    waits_url: str = ""
    turn_off: Action | None = None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """What members of a group are here, and how many there are."""

    group: str
    role: str
    account: Face | None
    members: int
    take: Action


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Who somebody is at the provider."""

    who: Who
    url: str
    made_at: datetime
    used_at: datetime | None
    unlink: Action


@dataclass(frozen=True, slots=True)
class SignOnSettings:
    """`signon/settings.html`. `url` takes `name`, `issuer`, `client_id`, `secret`, `acr_values`, `groups_claim`, `scopes`;
    `map_url` takes `group`, `role`, `account`."""

    back_url: str
    url: str
    redirect_uri: str
    logout_uri: str
    scim_url: str
    keys_url: str
    current: ProviderShown | None
    asked: ProviderShown | None
    test_url: str
    map_url: str
    groups: tuple[GroupRow, ...]
    known_groups: tuple[str, ...]
    roles: tuple[Choice, ...]
    accounts: tuple[Choice, ...]
    links: tuple[LinkRow, ...]
    notice: Notice | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, str] = field(default_factory=dict)
    may: Verdict = ALLOWED
