"""What kinds of secrets, ways of knowing one, and ways of replacing one are called."""
from __future__ import annotations

from django.utils.translation import gettext

from countersign.access.vault.models import Secret
from countersign.access.vault.states import RotationWay, SecretKind, Way
from countersign.base.words import _

KINDS: dict[str, str] = {
    SecretKind.API_KEY: _("App password or API key"),
    SecretKind.PASSWORD: _("Password"),
    SecretKind.RECOVERY_CODES: _("Recovery codes"),
    SecretKind.TOKEN: _("Token, for programs alone"),
    SecretKind.TOTP_SEED: _("TOTP seed"),
}
WAYS: dict[str, str] = {
    Way.CHECKED_OUT: _("checked it out"),
    Way.CODE: _("was given a code"),
    Way.DEVICE: _("has it in an app on a device"),
    Way.ENTERED: _("entered it"),
}
ROTATION_WAYS: dict[str, str] = {
    RotationWay.BY_API: _("by the program"),
    RotationWay.BY_HAND: _("by hand"),
    RotationWay.BY_MAIL: _("by the program, with a code that the network mails"),
    RotationWay.TOKENS: _("by the program"),
}


def kind_words(secret: Secret) -> str:
    """What a secret is, in the reader's words."""
    kind = gettext(KINDS[secret.kind])
    return f"{kind} {quoted(secret.label)}" if secret.label else kind


def quoted(label: str) -> str:
    """A name that somebody gave, in the quotation marks of the reader's language."""
    return gettext("“{text}”").format(text=label)
