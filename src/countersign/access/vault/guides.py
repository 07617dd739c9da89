"""How a person replaces a secret at its network by hand: where, and in which steps.

The addresses are the networks' own, checked in November 2026; they are shown, never fetched.
"""
from __future__ import annotations

from django.utils.translation import gettext

from countersign.access.vault.models import Rotation
from countersign.access.vault.states import SecretKind

_ADDRESSES: dict[tuple[str, str], str] = {
    ("bluesky", SecretKind.API_KEY): "https://bsky.app/settings/app-passwords",
    ("bluesky", SecretKind.PASSWORD): "https://bsky.app/settings/account",
    ("bluesky", SecretKind.TOTP_SEED): "https://bsky.app/settings/privacy-and-security",
    ("mastodon", SecretKind.API_KEY): "{origin}/settings/applications",
    ("mastodon", SecretKind.PASSWORD): "{origin}/auth/edit",
    ("mastodon", SecretKind.RECOVERY_CODES): "{origin}/settings/two_factor_authentication_methods",
    ("mastodon", SecretKind.TOTP_SEED): "{origin}/settings/two_factor_authentication_methods",
}


def address(rotation: Rotation) -> str:
    """Where at the network it is done."""
    account = rotation.account
    if rotation.secret is None:
        return ""
    found = _ADDRESSES.get((account.network, rotation.secret.kind), "{origin}")
    return found.format(origin=account.origin)


def steps(rotation: Rotation) -> tuple[str, ...]:
    """What to do, one after the other."""
    secret = rotation.secret
    if secret is None:
        return (gettext("Connect the account again: sign in at the network as the account, and allow Countersign there."),)
    sign_in = gettext("Sign in at the network as the account itself, in a private window.")
    match secret.kind:
        case SecretKind.PASSWORD:
            return (
                gettext("Check out the passwords: the old one to sign in with, the new one to set. A second person signs."), sign_in,
                gettext("Set the new password there. Choose to sign out everywhere else, where the network asks."),
                gettext("Say here that it is changed. It is tried at once, where the network lets us."),
            )  # fmt: skip
        case SecretKind.TOTP_SEED:
            return (
                sign_in, gettext("Turn the second factor off and on again, so that the network shows a new seed."),
                gettext("Enter the new seed here, get a code from it, and give that to the network."),
                gettext("Enter the new recovery codes as well: the old ones went with the old seed."),
            )  # fmt: skip
        case SecretKind.RECOVERY_CODES:
            return (sign_in, gettext("Have the network make new recovery codes; the old ones end with it."), gettext("Enter the new ones here."))
    return (
        sign_in, gettext("Make a new one there, with the name of the old one and a number."), gettext("Enter the new one here."),
        gettext("End the old one there."),
    )  # fmt: skip
