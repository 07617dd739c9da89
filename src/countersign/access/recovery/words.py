"""What kinds, verdicts and reasons are called, and where a network lets one reset a password."""
from __future__ import annotations

from countersign.access.grants.models import Account
from countersign.access.recovery.rules import Weight
from countersign.access.recovery.states import Because, ContactKind, Outcome
from countersign.base.words import _

KINDS: dict[str, str] = {
    "account_suspended": _("the account was suspended"),
    "address_changed": _("the recovery address was changed"),
    "address_differs": _("another recovery address stands there than is recorded here"),
    "address_unconfirmed": _("the recovery address is no longer confirmed there"),
    "administrator_added": _("somebody was made an administrator"),
    "code": _("a code was asked for"),
    "invitation": _("somebody was invited"),
    "new_application": _("an application was let in"),
    "new_login": _("somebody signed in"),
    "password_changed": _("the password was changed"),
    "phone_changed": _("the phone was changed"),
    "reset": _("a password reset was asked for"),
    "second_factor_changed": _("the second factor was changed"),
    "second_factor_off": _("the second factor was turned off"),
}

CONTACTS: dict[str, str] = {
    ContactKind.ADMINISTRATOR: _("Administrator at the network"),
    ContactKind.MAIL: _("Recovery address"),
    ContactKind.PHONE: _("Recovery phone"),
}

WEIGHTS: dict[str, tuple[str, str, str]] = {  # word, tone, icon
    Weight.GOOD: (_("good"), "ok", "circle-check"),
    Weight.WEAK: (_("weak"), "warn", "triangle-alert"),
    Weight.BAD: (_("bad"), "bad", "octagon-alert"),
}

OUTCOMES: dict[str, tuple[str, str, str]] = {
    Outcome.EXPLAINED: (_("explained"), "ok", "circle-check"),
    Outcome.FORGED: (_("forged"), "bad", "ban"),
    Outcome.NOTED: (_("of no concern"), "", "minus"),
    Outcome.REPEATED: (_("was here before"), "", "repeat-2"),
    Outcome.UNEXPLAINED: (_("not explained"), "warn", "circle-dot"),
}

BECAUSES: dict[str, str] = {
    Because.ANNOUNCEMENT: _("an officer announced it"),
    Because.CHECK_OUT: _("a secret of the account was given out just before"),
    Because.CONNECTION: _("the account was connected just before"),
    Because.DRILL: _("a reset drill awaited it"),
    Because.ROTATION: _("a rotation of the account's secret was under way"),
}

# Where one presses *forgot password*: the networks' own pages, checked in November 2026; shown, never fetched.
_RESET: dict[str, str] = {
    "bluesky": "https://bsky.app/",
    "facebook": "https://www.facebook.com/login/identify/",
    "instagram": "https://www.instagram.com/accounts/password/reset/",
    "linkedin": "https://www.linkedin.com/checkpoint/rp/request-password-reset",
    "mastodon": "{origin}/auth/password/new",
    "threads": "https://www.instagram.com/accounts/password/reset/",
    "x": "https://x.com/account/begin_password_reset",
    "youtube": "https://accounts.google.com/signin/recovery",
}
_BLUESKY_WAY = _("Sign in, then Forgot?: enter the account's mail address. Choose your own server there as the hosting provider.")


def reset_url(account: Account) -> str:
    """The page of the network on which one presses *forgot password*; its server where none is known."""
    return _RESET.get(account.network, "{origin}").format(origin=account.origin)


def reset_way(account: Account) -> str:
    """What to press there, where the page alone does not say it."""
    return _BLUESKY_WAY if account.network == "bluesky" else ""
