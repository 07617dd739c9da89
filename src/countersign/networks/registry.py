"""Which networks there are, by the name stored with an account, and what each can do.

The capability table shown to people and printed in the documentation is made from here.
"""
from __future__ import annotations

from dataclasses import dataclass

from countersign.base.words import _
from countersign.networks import contract
from countersign.networks.bluesky.connector import Bluesky
from countersign.networks.mastodon.connector import Mastodon
from countersign.networks.practice.connector import Practice

type Connector = Mastodon | Bluesky | Practice

CONNECTORS: dict[str, Connector] = {"bluesky": Bluesky(), "mastodon": Mastodon(), "practice": Practice()}
NAMES = {"bluesky": "Bluesky", "mastodon": "Mastodon", "practice": _("Practice network")}

CAPABILITIES: tuple[tuple[str, type], ...] = (
    (_("connect by OAuth"), contract.SignsIn),
    (_("connect by app password"), contract.SignsInByAppPassword),
    (_("change a password by API"), contract.RotatesSecret),
    (_("end a key at once"), contract.EndsSessions),
    (_("publish"), contract.Publishes),
    (_("delete our own post"), contract.Withdraws),
    (_("read comments"), contract.ReadsComments),
    (_("hide a comment"), contract.HidesComments),
    (_("delete a comment"), contract.DeletesComments),
    (_("tell how the account is protected"), contract.ReadsSecurity),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the capability table: a deed, and for each network by name whether it can be done there."""

    deed: str
    possible: dict[str, bool]


def table() -> list[Row]:
    """The capability table, made by asking the connectors' types."""
    return [Row(deed, {name: isinstance(c, kind) for name, c in CONNECTORS.items()}) for deed, kind in CAPABILITIES]
