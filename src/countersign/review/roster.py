"""The roster: who may sign. An append-only chain of entries, each signed by officers; plain Python.

The broker keeps the chain in its own file and believes nobody else's. An installation starts with one officer and a
threshold of one; when a second officer is enrolled the threshold becomes two, once and for ever. What one officer alone
may still do after a wait in the open, if the chain has declared one, stands in `alone`.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from countersign.base.errors import Conflict, Refused
from countersign.base.words import _
from countersign.review import entries
from countersign.review.entries import OFFICER as OFFICER
from countersign.review.entries import REVIEWER as REVIEWER
from countersign.review.entries import head_of as head_of
from countersign.review.statement import ROSTER_ENTRY, challenge, moment
from countersign.review.verifying import Assertion, RelyingParty, b64, key_name, require_good, unb64

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
    key: str = ""  # one name for the key, however it is spelled
    device: str = ""  # what holds it, if that is said: its UUID, its kind, whose it is
    kind: str = ""
    owner: str = ""
    is_backed_up: bool = False  # its maker keeps copies of it, so that it is not bound to one device

    @property
    def roles(self) -> frozenset[str]:
        """What its signature may count for."""
        return frozenset(self.counts_from)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry that one officer asks for alone: whether it may be entered is decided by time, and by other officers."""

    content: Mapping[str, Any]
    head: str
    person: str  # who asks
    since: datetime
    ripe_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Roster:
    """The chain as it stands: its head, its signers by credential, its accounts' demands.

    `wait_hours` is how long one officer alone waits; 0 is never, as is None, which the chain may still decide once.
    """

    head: str = START
    length: int = 0
    signers: Mapping[str, Signer] = field(default_factory=dict)
    signatures: Mapping[str, int] = field(default_factory=dict)
    has_had_two_officers: bool = False
    set_up_ends_at: datetime | None = None
    wait_hours: int | None = None
    waiting: Waiting | None = None
    vetoed: frozenset[str] = frozenset()

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
        self._require_only_owner(signer)
        return signer

    def _require_only_owner(self, signer: Signer) -> None:
        """One key is one person's: entered a second time under another name, which old entries could, it does not count."""
        for earlier in self.signers.values():
            if earlier.credential == signer.credential:
                return
            if earlier.key == signer.key and earlier.person != signer.person:
                raise Refused(_("The key of that passkey is another person's."))

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
    device: str = "",
    kind: str = "",
    owner: str = "",
    is_backed_up: bool = False,
    wait: int = 0,
) -> dict[str, Any]:
    """An entry: `begin` or `add` a passkey, `remove` one, `require` so many signatures for an account, or `wait` so many
    hours before one officer alone may do what `alone` says. What holds the passkey may be said with it."""
    return {
        "v": 2, "number": number, "before": before, "act": act, "at": at, "person": person, "credential": credential,
        "public_key": public_key, "roles": sorted(roles), "account": account, "signatures": signatures,
        "device": device, "kind": kind, "owner": owner, "is_backed_up": is_backed_up, "wait": wait,
    }


def begin(content: Mapping[str, Any], assertion: Assertion, *, at: datetime, party: RelyingParty) -> Roster:
    """The roster whose first entry this is: the first officer puts their own key in, and signs that with it."""
    if content.get("act") != "begin" or content.get("number") != 1 or content.get("before") != START:
        raise Refused(_("A roster begins with its first officer."))
    entries.require_fitting(content)
    if OFFICER not in content["roles"]:
        raise Refused(_("The first on a roster is an officer."))
    signer = _signer(content, counts_from=at)
    if assertion.credential_id != signer.credential:
        raise Refused(_("The first officer signs with the key that is put in."))
    require_good(assertion, challenge=_challenge(content), public_key=signer.public_key, party=party)
    return Roster(head_of(content), 1, {signer.credential: signer}, {}, False, at + SET_UP, content.get("wait"))


def extend(
    roster: Roster, content: Mapping[str, Any], assertions: Sequence[Assertion], *, at: datetime, party: RelyingParty
) -> Roster:
    """The roster with one more entry, `at` the moment the broker appends it.

    Conflict when the chain has moved on; Refused when the entry does not fit or too few officers signed exactly it.
    """
    require_next(roster, content, at)
    _require_officers(roster, content, assertions, at=at, party=party)
    return applied(roster, content, at)


def require_sensible(roster: Roster, content: Mapping[str, Any], *, at: datetime) -> None:
    """Refused when this entry, had it every signature, could not be appended now or would do nothing.

    Asked of what is new, never of what stands in the chain: an entry is judged by the rules of its time.
    """
    require_next(roster, content, at)
    if content["act"] == "add":
        signer = _signer(content, counts_from=at)
        _require_new_key(roster, signer)
        known = roster.signers.get(signer.credential)
        if known is not None and replace(signer, counts_from=known.counts_from) == known and signer.roles == known.roles:
            raise Refused(_("That is how it stands on the roster already."))
    applied(roster, content, at)


def require_next(roster: Roster, content: Mapping[str, Any], at: datetime) -> None:
    """Raise Conflict unless this entry comes next, Refused unless it has a shape there is and is young enough."""
    if content.get("before") != roster.head or content.get("number") != roster.length + 1:
        raise Conflict(_("The roster has changed since this was proposed."), remedy=_("Propose it again."))
    entries.require_fitting(content)
    if not at - ENTRY_LIVES <= moment(content["at"]) <= at + timedelta(minutes=5):
        raise Refused(_("This proposal is too old."), remedy=_("Propose it again."))


def _require_new_key(roster: Roster, signer: Signer) -> None:
    """A key that could sign, and that nobody has under another name: counted twice, one person's hand would be two."""
    try:
        key_name(signer.public_key)
    except ValueError as error:
        raise Refused(_("That is no public key.")) from error
    for other in roster.signers.values():
        if other.key == signer.key and other.credential != signer.credential:
            raise Refused(_("The key of that passkey is on the roster already, under another name."))


def officer_behind(
    known: Roster, content: Mapping[str, Any], parts: Mapping[str, str], *, at: datetime, party: RelyingParty
) -> Signer | None:
    """The officer's passkey whose good signature under this entry counts now; None when there is none behind it."""
    try:
        assertion = Assertion.of(parts)
        officer = known.signer(assertion.credential_id, role=OFFICER, at=at)
        require_good(assertion, challenge=_challenge(content), public_key=officer.public_key, party=party)
    except Refused:
        return None
    return officer


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


def applied(roster: Roster, content: Mapping[str, Any], at: datetime) -> Roster:
    """The roster after an entry whose signatures were verified; what waited upon the older head waits no longer."""
    signers, signatures, wait = dict(roster.signers), dict(roster.signatures), roster.wait_hours
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
        case "wait" if content["v"] > 1:
            wait = _lengthened(wait, content["wait"])
        case _:
            raise Refused(_("There is no such entry."))
    after = replace(
        roster, head=head_of(content), length=roster.length + 1, signers=signers, signatures=signatures, wait_hours=wait,
        waiting=None, vetoed=frozenset(),
    )
    if len(after.officers) < roster.threshold:
        raise Refused(_("At least {count} officers must remain."), count=roster.threshold)
    return replace(after, has_had_two_officers=roster.has_had_two_officers or len(after.officers) >= 2)


def _lengthened(hours: int | None, to: int) -> int:
    """The wait may be made longer, or endless (0), never shorter; a chain that has not declared one may, once."""
    if hours is not None and (hours == 0 or 0 < to <= hours):
        raise Refused(_("How long one officer alone waits can only be made longer."))
    return to


def _signer(content: Mapping[str, Any], *, counts_from: datetime) -> Signer:
    try:
        key = unb64(content["public_key"])
    except ValueError as error:
        raise Refused(_("That is no public key.")) from error
    return Signer(
        content["person"], content["credential"], key, dict.fromkeys(content["roles"], counts_from), _name_of(key),
        content.get("device", ""), content.get("kind", ""), content.get("owner", ""), content.get("is_backed_up", False),
    )


def _name_of(key: bytes) -> str:
    try:
        return key_name(key)
    except ValueError:
        return b64(key)  # it verifies nothing; an old chain may hold it all the same


def _challenge(content: Mapping[str, Any]) -> bytes:
    return challenge(dict(content), domain=ROSTER_ENTRY)
