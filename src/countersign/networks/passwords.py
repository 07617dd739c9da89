"""Passwords we choose for the company's accounts: what each network takes, and new ones made within that. Plain Python."""
from __future__ import annotations

import secrets
import string
from dataclasses import dataclass

from countersign.base.values import Secret

_LETTERS = string.ascii_letters + string.digits
_GROUP = 6  # letters between two hyphens, so that a person can type it over


@dataclass(frozen=True, slots=True)
class Policy:
    """What a password at a network must be. `groups` of six letters or digits are well over 128 bits from four on."""

    groups: int = 5
    joint: str = "-"


# Where a network says more than *at least eight characters*, its own help page is the source: X wants no more than 128,
# LinkedIn between 8 and 400, Meta letters, digits and punctuation. Thirty-four characters with hyphens fit them all.
POLICIES: dict[str, Policy] = {"bluesky": Policy(), "mastodon": Policy(), "practice": Policy(groups=4)}


def make(network: str) -> Secret:
    """A new password for an account on a network: random groups with at least one letter of each case and a digit."""
    policy = POLICIES.get(network, Policy())
    while True:
        groups = ["".join(secrets.choice(_LETTERS) for _letter in range(_GROUP)) for _group in range(policy.groups)]
        text = policy.joint.join(groups)
        if any(map(str.islower, text)) and any(map(str.isupper, text)) and any(map(str.isdigit, text)):
            return Secret(text)
