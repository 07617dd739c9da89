"""The kinds of mail that a network sends about the safety of an account."""
from __future__ import annotations

from enum import StrEnum

from countersign.base.words import _


class Kind(StrEnum):
    """What a network's mail tells, gravest first: of two that fit equally well, the first is taken."""

    SECOND_FACTOR_OFF = "second_factor_off"
    ADDRESS_CHANGED = "address_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # a kind of mail
    SECOND_FACTOR_CHANGED = "second_factor_changed"
    PHONE_CHANGED = "phone_changed"
    ADMINISTRATOR_ADDED = "administrator_added"
    ACCOUNT_SUSPENDED = "account_suspended"
    NEW_APPLICATION = "new_application"
    RESET = "reset"
    NEW_LOGIN = "new_login"
    INVITATION = "invitation"
    CODE = "code"


LABELS: dict[Kind, str] = {
    Kind.SECOND_FACTOR_OFF: _("The second factor was turned off"),
    Kind.ADDRESS_CHANGED: _("The e-mail address was changed"),
    Kind.PASSWORD_CHANGED: _("The password was changed"),
    Kind.SECOND_FACTOR_CHANGED: _("The second factor was set up or changed"),
    Kind.PHONE_CHANGED: _("The phone number was changed"),
    Kind.ADMINISTRATOR_ADDED: _("An administrator was added"),
    Kind.ACCOUNT_SUSPENDED: _("The account was suspended"),
    Kind.NEW_APPLICATION: _("An application was given access"),
    Kind.RESET: _("Somebody asked for a new password"),
    Kind.NEW_LOGIN: _("Somebody signed in"),
    Kind.INVITATION: _("An invitation"),
    Kind.CODE: _("A code or a link to confirm with"),
}

FREE_TEXT = frozenset({Kind.INVITATION, Kind.ADMINISTRATOR_ADDED, Kind.NEW_APPLICATION})  # strangers choose names in these
