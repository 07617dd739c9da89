"""How a lock came about, what it sets going, and how the networks' own apps are left. Plain Python."""
from __future__ import annotations

from enum import StrEnum

from countersign.base.words import _


class Way(StrEnum):
    """How somebody came to lock."""

    CARD = "card"
    COLLEAGUE = "colleague"
    DESK = "desk"
    DRILL = "drill"
    OFFICER = "officer"
    OWNER = "owner"
    RULE = "rule"


OF_DEPARTURES = "duty:depart"  # opened a case, when a departure has placed its locks


class StepKind(StrEnum):
    """What a lock sets going, in the order in which it is shown."""

    SESSIONS = "sessions"
    KEYS = "keys"
    PROPOSALS = "proposals"
    BROKER = "broker"
    SIGNATURES = "signatures"
    RELEASES = "releases"
    TOKENS = "tokens"
    ROTATIONS = "rotations"
    TOLD = "told"
    APPS = "apps"


S = StepKind

WORKERS = frozenset({S.BROKER, S.TOKENS, S.ROTATIONS, S.TOLD})  # what the worker carries on with
ORDER: tuple[StepKind, ...] = tuple(StepKind)

STEP_WORDS: dict[StepKind, str] = {
    S.SESSIONS: _("Sessions ended"),
    S.KEYS: _("Keys of programs ended"),
    S.PROPOSALS: _("Proposals and their signatures void"),
    S.BROKER: _("Nothing begins to be sent any more"),
    S.SIGNATURES: _("Pending signatures on posts void"),
    S.RELEASES: _("Waiting releases held"),
    S.TOKENS: _("Keys at the networks replaced"),
    S.ROTATIONS: _("Rotations opened for what was seen"),
    S.TOLD: _("People told"),
    S.APPS: _("Signed out in the networks' own apps"),
}

WAY_WORDS: dict[Way, str] = {
    Way.CARD: _("with the printed card"),
    Way.COLLEAGUE: _("by a colleague"),
    Way.DESK: _("by the security desk"),
    Way.DRILL: _("as a drill"),
    Way.OFFICER: _("by a security officer"),
    Way.OWNER: _("by themselves"),
    Way.RULE: _("by a rule"),
}

# How one signs out everywhere, network by network: where to press, as the network's own help says it.
SIGN_OUT: dict[str, str] = {
    "bluesky": _("In the app or at bsky.app: Settings, Account: change the password, which ends every session. App passwords: Settings, Privacy and security, App passwords: delete each."),
    "facebook": _("Accounts Centre, Password and security, Where you're logged in: choose the phone, Log out."),
    "instagram": _("Accounts Centre, Password and security, Where you're logged in: choose the phone, Log out."),
    "linkedin": _("Settings & Privacy, Sign in & security, Where you're signed in: End all sessions."),
    "mastodon": _("In a browser: Preferences, Account, Sessions: Revoke beside the phone; and Authorised apps: Revoke beside the app."),
    "practice": _("The practice network: Settings, Apps: take the app's access away."),
    "threads": _("Accounts Centre, Password and security, Where you're logged in: choose the phone, Log out."),
    "x": _("Settings and privacy, Security and account access, Apps and sessions, Sessions: Log out of all other sessions."),
    "youtube": _("Google account, Security, Your devices, Manage all devices: choose the phone, Sign out."),
}
ELSEWHERE = _("In the network's own settings, under security or sessions: end every session but your own, then change the password.")
NETWORKS: dict[str, str] = {
    "bluesky": "Bluesky", "facebook": "Facebook", "instagram": "Instagram", "linkedin": "LinkedIn", "mastodon": "Mastodon",
    "practice": _("Practice network"), "threads": "Threads", "x": "X", "youtube": "YouTube",
}  # fmt: skip

# What a key of a program may be used for.
KEY_LOCKS, KEY_SCIM = "lock", "scim"
KEY_PURPOSES: dict[str, str] = {
    KEY_LOCKS: _("Lock people and devices (a security desk)"),
    KEY_SCIM: _("Keep people up to date (a directory, SCIM)"),
}
