"""Following the broker's roster: our tables say what its file says, and what became of each proposal with it."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from countersign.access.grants import gate
from countersign.access.grants.models import Account, Grant
from countersign.access.grants.rights import Right, Role
from countersign.audit.recording import Record, recorded, refusals_recorded
from countersign.base.actor import DutyActor
from countersign.calls import client, messages
from countersign.people.models import Person
from countersign.review import plain, roster
from countersign.review.models import RosterEntry, RosterProposal
from countersign.review.roster import Roster, Waiting
from countersign.review.statement import moment
from countersign.review.states import EntryState

_EVENTS = {
    EntryState.ENTERED: "roster.entry_added",
    EntryState.EXPIRED: "roster.entry_expired",
    EntryState.OVERTAKEN: "roster.entry_overtaken",
    EntryState.VETOED: "roster.entry_vetoed",
}


def agree(actor: DutyActor, *, at: datetime) -> bool:
    """Let our tables say what the broker's roster says, as after a crash between its answer and our writing it down."""
    with refusals_recorded(actor, at=at, matter="roster"):
        gate.require(actor, Right.ROSTER_COPY, on=None)
    told = client.ask(messages.ReadRoster())
    is_behind = RosterEntry.objects.count() < len(told.entries)
    if not is_behind and not list(_ended(told, at=at)) and not _unmarked(plain.of(told.standing), at):
        return False
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.ROSTER_COPY, on=None)
        follow(record, told, at=at)
        if is_behind:
            record("roster.entry_added", f"roster:{told.head}", act="copied")
    return True


def follow(record: Record, told: messages.Roster, *, at: datetime) -> None:
    """Copy the broker's roster inside a recorded change, and note what became of each proposal with it."""
    for person in copy_roster(told):
        record("grant.given", f"person:{person.uid}", role=Role.OFFICER.value, account="")
    for proposal, state in list(_ended(told, at=at)):
        proposal.move(state, at=at)
        is_alone = state == EntryState.ENTERED and proposal.head in _entered_alone(told)
        note(record, "roster.entry_added_alone" if is_alone else _EVENTS[state], proposal)
    if (found := _unmarked(plain.of(told.standing), at)) is not None:
        _mark(record, *found, at)


def note(record: Record, event: str, proposal: RosterProposal) -> None:
    """Note an event of a proposal, unless the same change has noted it."""
    label = f"roster:{proposal.head}"
    if all((noted.event, noted.matter) != (event, label) for noted in record.noted):
        record(event, label, act=proposal.content["act"])


def copy_roster(told: messages.Roster) -> list[Person]:
    """Make our own copy of the roster agree with the broker's; whom its new entries made a security officer."""
    there = set(RosterEntry.objects.values_list("number", flat=True))
    made = []
    for line in told.entries:
        if line["entry"]["number"] not in there:
            RosterEntry.objects.create(
                number=line["entry"]["number"], head=roster.head_of(line["entry"]), content=line["entry"],
                signed_by=line["signed_by"], appended_at=line["at"],
            )
            made += _heed(line["entry"], moment(line["at"]))
    return made


def _heed(content: dict[str, Any], at: datetime) -> list[Person]:
    """Let our own tables say what the roster now says: an account's demand, an officer's role."""
    if content["act"] == "require":
        Account.objects.filter(uid=content["account"]).update(signatures=content["signatures"])
    if content["act"] == "add" and roster.OFFICER in content["roles"]:
        person = Person.objects.filter(uid=content["person"]).first()
        if person is not None:
            given = {"person": person, "account": None, "role": Role.OFFICER}
            return [person] if Grant.objects.get_or_create(**given, defaults={"given_at": at})[1] else []
    return []


def _ended(told: messages.Roster, *, at: datetime) -> Iterator[tuple[RosterProposal, EntryState]]:
    """The proposals of which we do not know yet that they came to an end, with how."""
    heads = {roster.head_of(line["entry"]) for line in told.entries}
    taken = RosterProposal.objects.filter(state__in=[EntryState.WITHDRAWN, EntryState.VETOED], head__in=heads)
    yield from ((proposal, EntryState.ENTERED) for proposal in taken)
    known = plain.of(told.standing)
    for proposal in RosterProposal.objects.waiting():
        if (state := _end_of(proposal, known, heads, at)) is not None:
            yield proposal, state


def _end_of(proposal: RosterProposal, known: Roster, heads: set[str], at: datetime) -> EntryState | None:
    if proposal.head in heads:
        return EntryState.ENTERED
    if proposal.content["number"] <= known.length:
        return EntryState.OVERTAKEN
    if proposal.head in known.vetoed:
        return EntryState.VETOED
    is_alone = known.waiting is not None and known.waiting.head == proposal.head and at < known.waiting.ends_at
    is_old = at > moment(proposal.content["at"]) + roster.ENTRY_LIVES
    return EntryState.EXPIRED if is_old and not is_alone else None


def _entered_alone(told: messages.Roster) -> set[str]:
    return {roster.head_of(line["entry"]) for line in told.entries if line["is_alone"]}


def _unmarked(known: Roster, at: datetime) -> tuple[Waiting, Person] | None:
    """What the broker lets wait because one officer asked for it alone, if no row of ours says so yet; and who asked."""
    waiting = known.waiting
    if waiting is None or at >= waiting.ends_at:
        return None
    if RosterProposal.objects.alone().filter(head=waiting.head).exists():
        return None
    asker = Person.objects.filter(uid=waiting.person).first()
    return (waiting, asker) if asker else None


def _mark(record: Record, waiting: Waiting, asker: Person, at: datetime) -> None:
    """Note that an entry waits which one officer asked for alone, whoever brought it to the broker."""
    now = {
        "asked_alone_by": asker, "enters_from": waiting.ripe_at, "enters_until": waiting.ends_at,
        "state": EntryState.WAITING, "state_since": at,
    }
    made = {"content": dict(waiting.content), "proposed_by": asker, "proposed_at": waiting.since}
    RosterProposal.objects.update_or_create(head=waiting.head, defaults=now, create_defaults={**made, **now})
    record("roster.entry_asked", f"roster:{waiting.head}", act=waiting.content["act"])
