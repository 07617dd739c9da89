"""The roster: who may sign. An append-only chain of entries, each signed by officers; plain Python.

The broker keeps the chain in its own file and believes nobody else's. An installation starts with one officer and a
threshold of one; when a second officer is enrolled the threshold becomes two, once and for ever.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from countersign.base.errors import Conflict, Refused
from countersign.base.values import Digest
from countersign.base.words import _
from countersign.review.statement import ROSTER_ENTRY, challenge, moment
from countersign.review.verifying import Assertion, RelyingParty, require_good, unb64

OFFICER = "officer"
REVIEWER = "reviewer"
ROLES = frozenset({OFFICER, REVIEWER})
COOL_OFF = timedelta(hours=24)  # a new signer's first day, in which nothing of theirs counts
SET_UP = timedelta(hours=24)  # the installation's first day, in which there is no cool-off
ENTRY_LIVES = timedelta(days=7)  # between proposing an entry and appending it
START = "0" * 64


@dataclass(frozen=True, slots=True)
class Signer:
    """One passkey of one person, and what its signature counts for, from when."""

    person: str
    credential: str
    public_key: bytes
    counts_from: Mapping[str, datetime]  # for each role, the moment from which it counts

    @property
    def roles(self) -> frozenset[str]:
        """What its signature may count for."""
        return frozenset(self.counts_from)


@dataclass(frozen=True, slots=True)
class Roster:
    """The chain as it stands: its head, its signers by credential, its accounts' demands."""

    head: str = START
    length: int = 0
    signers: Mapping[str, Signer] = field(default_factory=dict)
    signatures: Mapping[str, int] = field(default_factory=dict)
    has_had_two_officers: bool = False
    set_up_ends_at: datetime | None = None

    @property
    def officers(self) -> frozenset[str]:
        """The persons who are officers."""
        return frozenset(s.person for s in self.signers.values() if OFFICER in s.roles)

    @property
    def threshold(self) -> int:
        """How many officers an entry takes."""
        return 2 if self.has_had_two_officers else 1

    def signer(self, credential: str, *, role: str, at: datetime) -> Signer:
        """The signer of this credential; Refused unless it counts for `role` at this time."""
        signer = self.signers.get(credential)
        if signer is None:
            raise Refused(_("That passkey is not on the roster."), remedy=_("Ask an officer to add it."))
        if role not in signer.roles:
            raise Refused(_("That passkey is on the roster, but not as {role}."), role=role)
        if at < signer.counts_from[role]:
            raise Refused(
                _("That passkey is new: its signature counts from {since}."), since=f"{signer.counts_from[role]:%d-%m %H:%M} UTC"
            )
        return signer

    def signatures_for(self, account: str) -> int:
        """How many second persons must sign for this account; at least one."""
        return max(1, self.signatures.get(account, 1))


def entry(
    *,
    before: str,
    number: int,
    act: str,
    at: str,
    person: str = "",
    credential: str = "",
    public_key: str = "",
    roles: Sequence[str] = (),
    account: str = "",
    signatures: int = 0,
) -> dict[str, Any]:
    """An entry: `begin` or `add` a passkey, `remove` one, or `require` so many signatures for an account."""
    return {
        "v": 1, "number": number, "before": before, "act": act, "at": at, "person": person, "credential": credential,
        "public_key": public_key, "roles": sorted(roles), "account": account, "signatures": signatures,
    }


def head_of(content: Mapping[str, Any]) -> str:
    """The head of the chain once this entry is appended."""
    return Digest.of(ROSTER_ENTRY, dict(content)).hex


def begin(content: Mapping[str, Any], assertion: Assertion, *, at: datetime, party: RelyingParty) -> Roster:
    """The roster whose first entry this is: the first officer puts their own key in, and signs that with it."""
    if content.get("act") != "begin" or content.get("number") != 1 or content.get("before") != START:
        raise Refused(_("A roster begins with its first officer."))
    _require_fitting(content)
    if OFFICER not in content["roles"]:
        raise Refused(_("The first on a roster is an officer."))
    signer = _signer(content, counts_from=at)
    if assertion.credential_id != signer.credential:
        raise Refused(_("The first officer signs with the key that is put in."))
    require_good(assertion, challenge=_challenge(content), public_key=signer.public_key, party=party)
    return Roster(head_of(content), 1, {signer.credential: signer}, {}, False, at + SET_UP)


def extend(
    roster: Roster, content: Mapping[str, Any], assertions: Sequence[Assertion], *, at: datetime, party: RelyingParty
) -> Roster:
    """The roster with one more entry, `at` the moment the broker appends it.

    Conflict when the chain has moved on; Refused when the entry does not fit or too few officers signed exactly it.
    """
    if content.get("before") != roster.head or content.get("number") != roster.length + 1:
        raise Conflict(_("The roster has changed since this was proposed."), remedy=_("Propose it again."))
    _require_fitting(content)
    if not at - ENTRY_LIVES <= moment(content["at"]) <= at + timedelta(minutes=5):
        raise Refused(_("This proposal is too old."), remedy=_("Propose it again."))
    _require_officers(roster, content, assertions, at=at, party=party)
    return _apply(roster, content, at)


def _require_officers(
    roster: Roster, content: Mapping[str, Any], assertions: Sequence[Assertion], *, at: datetime, party: RelyingParty
) -> None:
    persons = set[str]()
    for assertion in assertions:
        officer = roster.signer(assertion.credential_id, role=OFFICER, at=at)
        require_good(assertion, challenge=_challenge(content), public_key=officer.public_key, party=party)
        persons.add(officer.person)
    if len(persons) < roster.threshold:
        raise Refused(_("This takes the signatures of {count} officers."), count=roster.threshold)


def _apply(roster: Roster, content: Mapping[str, Any], at: datetime) -> Roster:
    signers, signatures = dict(roster.signers), dict(roster.signatures)
    match content["act"]:
        case "add":
            in_set_up = roster.set_up_ends_at is not None and at < roster.set_up_ends_at
            known = signers.get(content["credential"])
            if known and known.person != content["person"]:
                raise Refused(_("That passkey is another person's."))
            signer = _signer(content, counts_from=at if in_set_up else at + COOL_OFF)
            if known and known.public_key == signer.public_key:  # what it could do already it goes on doing
                kept = {role: known.counts_from.get(role, fresh) for role, fresh in signer.counts_from.items()}
                signer = replace(signer, counts_from=kept)
            signers[signer.credential] = signer
        case "remove":
            if signers.pop(content["credential"], None) is None:
                raise Refused(_("That passkey is not on the roster."))
        case "require":
            signatures[content["account"]] = content["signatures"]
        case _:
            raise Refused(_("There is no such entry."))
    after = replace(roster, head=head_of(content), length=roster.length + 1, signers=signers, signatures=signatures)
    if len(after.officers) < roster.threshold:
        raise Refused(_("At least {count} officers must remain."), count=roster.threshold)
    return replace(after, has_had_two_officers=roster.has_had_two_officers or len(after.officers) >= 2)


_SHAPE: dict[str, type] = {
    "v": int, "number": int, "before": str, "act": str, "at": str, "person": str, "credential": str, "public_key": str,
    "roles": list, "account": str, "signatures": int,
}


def _require_fitting(content: Mapping[str, Any]) -> None:
    if not _is_entry(content):
        raise Refused(_("That is no roster entry."))
    if content["act"] in {"begin", "add"} and not (content["person"] and content["credential"] and content["public_key"]):
        raise Refused(_("A passkey is put in with its person and its public key."))
    if not set(content["roles"]) <= ROLES or (content["act"] in {"begin", "add"} and not content["roles"]):
        raise Refused(_("There is no such role on the roster."))
    if content["act"] == "require" and not (content["account"] and 1 <= content["signatures"] <= 5):
        raise Refused(_("An account asks for one to five signatures."))


def _is_entry(content: Mapping[str, Any]) -> bool:
    fits = set(content) == set(_SHAPE) and all(type(content[name]) is kind for name, kind in _SHAPE.items())
    if not fits or content["v"] != 1 or any(type(role) is not str for role in content["roles"]):
        return False
    try:
        moment(content["at"])
        head_of(content)
    except ValueError:
        return False
    return bool(content["roles"] == sorted(set(content["roles"])))


def _signer(content: Mapping[str, Any], *, counts_from: datetime) -> Signer:
    try:
        key = unb64(content["public_key"])
    except ValueError as error:
        raise Refused(_("That is no public key.")) from error
    return Signer(content["person"], content["credential"], key, dict.fromkeys(content["roles"], counts_from))


def _challenge(content: Mapping[str, Any]) -> bytes:
    return challenge(dict(content), domain=ROSTER_ENTRY)
