"""Sending a post, settling what became of it, taking it back."""
from __future__ import annotations

from dataclasses import dataclass

from countersign.calls.messages.base import Call, Done


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a delivery stands after a call: `state` is a word of the delivery's lifecycle, `why` is for people.

    `key_refused` says that the network definitely no longer accepts the account's key, `asks` that reading does not settle
    it and a person must look, `throttled` that the network takes nothing more of this account before `retry_at`.
    """

    state: str
    remote_id: str = ""
    url: str = ""
    cid: str = ""
    why: str = ""
    retry_at: str = ""
    key_refused: bool = False
    asks: bool = False
    throttled: bool = False


@dataclass(frozen=True, slots=True)
class Publish(Call):
    """Send one due delivery under the fence that its claim was given. The broker believes its own file and roster."""

    answer = Outcome
    delivery: str
    fence: int


@dataclass(frozen=True, slots=True)
class Settle(Call):
    """Read the network and say what became of an attempt whose outcome is unknown."""

    answer = Outcome
    delivery: str


@dataclass(frozen=True, slots=True)
class Recall(Call):
    """Never send this delivery, whatever the database says later. Conflict when its sending has begun."""

    answer = Done
    delivery: str


@dataclass(frozen=True, slots=True)
class Looked(Call):
    """A person (`by`, their UUID) looked at the network and says what became of an unconfirmed delivery: the address of
    what is there, or an empty text for *nothing is there*."""

    answer = Outcome
    delivery: str
    remote_id: str
    url: str
    by: str


@dataclass(frozen=True, slots=True)
class Withdraw(Call):
    """Delete a published delivery at the network. `by` is the UUID of the person who asks for it; empty for a duty that
    finishes what somebody asked for. *Published* with the reason when a person has to delete it there by hand."""

    answer = Outcome
    delivery: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class AwaitLocks(Call):
    """Answer once everything is written that began to be written before this call. A lock that was committed before it is
    seen by whatever begins later, so nothing it denies happens after the answer."""

    answer = Done


@dataclass(frozen=True, slots=True)
class Gap:
    """The newest time of which the broker's own file was lost, when that was noted (ISO 8601), and how many deliveries are
    still in doubt for it. Empty texts: never."""

    since: str
    until: str
    noted_at: str
    in_doubt: int


@dataclass(frozen=True, slots=True)
class ReadGap(Call):
    """Was a backup put back?"""

    patience = 10.0
    answer = Gap
