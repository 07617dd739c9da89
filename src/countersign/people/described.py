"""What a person says of a device, and where they said it. Plain Python."""
from __future__ import annotations

from dataclasses import dataclass

from countersign.people.states import DeviceKind, Owner


@dataclass(frozen=True, slots=True)
class Described:
    """A device in its person's words: name, kind, whose it is; and the browser and address it was asked from."""

    name: str
    kind: DeviceKind = DeviceKind.COMPUTER
    owner: Owner = Owner.COMPANY
    browser: str = ""
    address: str = ""
