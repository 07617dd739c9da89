"""What the officers' page shows: the broker's own roster with our names for its people, and what waits."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from countersign.access.grants import gate, officers, roster_safety
from countersign.access.grants.models import Account
from countersign.access.grants.queries import may
from countersign.access.grants.rights import Right
from countersign.access.grants.roles import role_name
from countersign.base.actor import PersonActor
from countersign.base.values import Digest
from countersign.calls import messages
from countersign.people.models import Credential, Person
from countersign.people.states import PersonState
from countersign.review import plain, roster
from countersign.review.models import RosterProposal
from countersign.review.roster import OFFICER, REVIEWER, Roster, Signer
from countersign.review.statement import moment
from countersign.review.states import EntryState
from countersign.web import values
from countersign.web.values import Choice, Verdict, Who

WAITS = (24, 72, 168, 336, 0)  # hours to choose from; 0 is never
_SHOWN = 12  # entries of the chain on the page; all of them are in the log, and `countersign roster` prints them
_RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Book:
    """The roster as the broker told of it, and everything needed to show it to one officer."""

    actor: PersonActor
    told: messages.Roster
    known: Roster
    people: dict[str, Person]
    names: dict[str, str]  # of passkeys, by credential
    at: datetime

    @classmethod
    def of(cls, actor: PersonActor, told: messages.Roster, *, at: datetime) -> Book:
        """With our tables as they are now."""
        people = {str(person.uid): person for person in Person.objects.all()}
        names = dict(Credential.objects.values_list("credential_id", "name"))
        return cls(actor, told, plain.of(told.standing), people, names, at)

    def who(self, uid: str) -> Who:
        """A person of the roster."""
        return Who(self.people[uid].name if uid in self.people else gettext("Somebody no longer known"))


def roster_page(actor: PersonActor, told: messages.Roster, *, at: datetime) -> values.Roster:
    """`grants/roster.html`."""
    book = Book.of(actor, told, at=at)
    known, may_sign = book.known, may(actor, Right.ROSTER_SIGN, on=None)
    waiting, late = _proposals(book)
    ends = known.set_up_ends_at
    return values.Roster(
        signers=tuple(_signer(book, one, REVIEWER, may_sign) for one in known.signers.values() if REVIEWER in one.roles),
        officers=tuple(_signer(book, one, OFFICER, may_sign) for one in known.signers.values() if OFFICER in one.roles),
        threshold=known.threshold, head=known.head,
        unsafe=roster_safety.unsafe(known, book.people, may_act=bool(may_sign)), alone=_alone(book, may_sign),
        notices=tuple(_notices(book)), pending=tuple(_pending(book, one) for one in waiting),
        left_behind=tuple(_left_behind(book, one, may_sign) for one in late), add_url=reverse("grants:roster-add"),
        people=_passkeys(known), roles=_roles(), may_add=may_sign, wait=_wait(known), wait_url=reverse("grants:roster-wait"),
        waits=_longer(known), begin_waits=_waits(WAITS), events=tuple(_events(book)), list_url=reverse("grants:people"),
        set_up_ends_at=ends if ends and at < ends else None,
    )


def may_sign_with_passkey(book: Book) -> Verdict:
    """Whether this person can sign an entry now: by their role, and by a passkey that counts."""
    verdict = may(book.actor, Right.ROSTER_SIGN, on=None)
    if not verdict or officers.keys(book.known, book.actor.uid, at=book.at):
        return verdict
    own = [one for one in book.known.signers.values() if one.person == book.actor.uid and OFFICER in one.roles]
    if not own:
        why = gettext("None of your passkeys is on the roster as an officer's.")
        return Verdict(False, why, gettext("Ask an officer to put one there."))
    since = min(one.counts_from[OFFICER] for one in own)
    return Verdict(False, gettext("Your passkey is new on the roster."), gettext("It counts from {since}.").format(since=_day(since)))


# --- who may sign ------------------------------------------------------------------------------------------------------


def _signer(book: Book, one: Signer, role: str, may_sign: Verdict) -> values.SignerRow:
    since = one.counts_from[role]
    remove = values.Action(
        gettext("Take off the roster"), reverse("grants:roster-remove"), "credential", one.credential, "ghost danger", may_sign
    )
    name = book.names.get(one.credential, gettext("a passkey we do not know"))
    return values.SignerRow(
        book.who(one.person), name, _entered(book, one), _about(one), since if since > book.at else None,
        _trouble(book, one, role), remove,
    )


def _entered(book: Book, one: Signer) -> datetime:
    lines = [line for line in book.told.entries if line["entry"]["credential"] == one.credential and line["entry"]["act"] != "remove"]
    return moment(lines[-1]["at"])


def _about(one: Signer) -> str:
    kinds = {
        "computer": gettext("computer"), "key": gettext("security key"), "phone": gettext("phone"), "tablet": gettext("tablet"),
    }
    owners = {"company": gettext("the company's"), "private": gettext("private")}
    parts = [kinds.get(one.kind, ""), owners.get(one.owner, ""), gettext("its maker keeps copies") if one.is_backed_up else ""]
    return ", ".join(filter(None, parts))


def _trouble(book: Book, one: Signer, role: str) -> str:
    person = book.people.get(one.person)
    if person is None or person.state != PersonState.ACTIVE:
        return gettext("not active here")
    if role == OFFICER and not officers.may_sign(person, one):
        return gettext("locked, or no longer a security officer")
    return ""


def _passkeys(known: Roster) -> tuple[Choice, ...]:
    """Every passkey that may be put on, or whose roles may be changed; those that are not there first."""
    rows = Credential.objects.filter(retired_at__isnull=True, person__state=PersonState.ACTIVE).select_related("person")
    found = sorted(rows, key=lambda one: (one.credential_id in known.signers, one.person.name, one.pk))
    there = gettext("on the roster")
    choices = tuple(
        Choice(str(c.uid), f"{c.person.name} · {c.name}" + (f" ({there})" if c.credential_id in known.signers else ""))
        for c in found
    )
    has_new = bool(found) and found[0].credential_id not in known.signers
    return choices if has_new else (Choice("", gettext("Choose a passkey")), *choices)  # nobody changes one by accident


def _roles() -> tuple[Choice, ...]:
    return (
        Choice("signer", gettext("May countersign posts")),
        Choice("officer", gettext("May countersign posts, and is a security officer")),
    )


# --- what waits --------------------------------------------------------------------------------------------------------


def _proposals(book: Book) -> tuple[list[RosterProposal], list[RosterProposal]]:
    """What waits for signatures; and what came too late, also where our tables do not say so yet."""
    rows = RosterProposal.objects.select_related("proposed_by")
    late = list(rows.left_behind())
    waiting = []
    for one in rows.waiting().order_by("proposed_at"):
        if one.content["number"] <= book.known.length or _is_old(one, book.at):
            late.append(one)
        elif book.known.waiting is None or one.head != book.known.waiting.head:
            waiting.append(one)
    return waiting, sorted(late, key=lambda one: one.proposed_at)


def _is_old(proposal: RosterProposal, at: datetime) -> bool:
    return proposal.enters_from is None and at > proposal.proposed_at + roster.ENTRY_LIVES


def _pending(book: Book, proposal: RosterProposal) -> values.PendingEntry:
    content, at = proposal.content, [proposal.head]
    counting = {s.officer for s in officers.signatures(proposal, book.known, at=book.at)}
    signed = [s.officer for s in proposal.signatures.select_related("officer").order_by("signed_at")]
    may_sign = may_sign_with_passkey(book)
    is_mine = any(str(officer.uid) == book.actor.uid for officer in counting)
    can_alone = bool(may_sign) and _is_for_one_alone(book, content)
    if may_sign and is_mine:
        may_sign = Verdict(False, gettext("You have signed this."), gettext("Another officer's signature is needed."))
    return values.PendingEntry(
        label_of(content), _detail(book, content), Who(proposal.proposed_by.name), proposal.proposed_at,
        tuple(Who(officer.name) for officer in signed if officer in counting), book.known.threshold,
        Digest(proposal.head).fingerprint, reverse("grants:roster-options", args=at), reverse("grants:roster-sign", args=at),
        cancel_url=reverse("grants:roster-withdraw", args=at) if may(book.actor, Right.ROSTER_SIGN, on=None) else "",
        may_sign=may_sign, lapsed=tuple(Who(officer.name) for officer in signed if officer not in counting),
        alone_wait=wait_words(book.known.wait_hours or 0) if can_alone else "",
        alone_options_url=reverse("grants:roster-alone-options", args=at),
        alone_submit_url=reverse("grants:roster-alone", args=at),
    )


def _is_for_one_alone(book: Book, content: dict[str, Any]) -> bool:
    """Whether this officer could ask for it alone; `review.alone` decides."""
    is_other = content["act"] == "add" and OFFICER in content["roles"] and content["person"] != book.actor.uid
    is_free = book.known.waiting is None or book.at >= book.known.waiting.ends_at
    return is_other and is_free and book.known.threshold > 1 and bool(book.known.wait_hours)


def _left_behind(book: Book, proposal: RosterProposal, may_sign: Verdict) -> values.LeftBehind:
    at = [proposal.head]
    if proposal.state == EntryState.EXPIRED or proposal.content["number"] > book.known.length:
        word = gettext("too old")
        why = gettext("It waited longer than {days} days for its signatures.").format(days=roster.ENTRY_LIVES.days)
    else:
        word = gettext("overtaken")
        why = gettext("Another entry was signed first. Each signature names the entry before it, so these cannot be used.")
    signed = proposal.signatures.select_related("officer").order_by("signed_at")
    return values.LeftBehind(
        label_of(proposal.content), _detail(book, proposal.content), Who(proposal.proposed_by.name), proposal.proposed_at,
        word, why, tuple(Who(s.officer.name) for s in signed), reverse("grants:roster-again", args=at),
        reverse("grants:roster-withdraw", args=at), may_sign,
    )


def label_of(content: dict[str, Any]) -> str:
    """What an entry does, in a few words."""
    labels = {
        "add": gettext("Put a passkey on the roster"), "begin": gettext("Begin the roster"),
        "remove": gettext("Take a passkey off the roster"),
        "require": gettext("Change how many signatures an account takes"),
        "wait": gettext("Change how long one officer alone waits"),
    }
    return labels.get(content["act"], str(content["act"]))


def _detail(book: Book, content: dict[str, Any]) -> str:
    match content["act"]:
        case "add" | "begin":
            roles = ", ".join(role_name(role) for role in content["roles"])
            name = book.names.get(content["credential"], "?")
            return gettext("{person}, “{passkey}”: {roles}").format(person=book.who(content["person"]).name, passkey=name, roles=roles)
        case "require":
            account = Account.objects.filter(uid=content["account"]).first()
            words = ngettext("{handle}: {count} signature", "{handle}: {count} signatures", content["signatures"])
            return words.format(handle=account or "?", count=content["signatures"])
        case "wait":
            return wait_words(content["wait"])
    return gettext("{person}, “{passkey}”").format(person=_owner(book, content["credential"]).name, passkey=book.names.get(content["credential"], "?"))


def _owner(book: Book, credential: str) -> Who:
    entered = [line["entry"] for line in book.told.entries if line["entry"]["credential"] == credential and line["entry"]["person"]]
    return book.who(entered[-1]["person"] if entered else "")


# --- one officer alone -------------------------------------------------------------------------------------------------


def _alone(book: Book, may_sign: Verdict) -> values.WaitsAlone | None:
    waiting = book.known.waiting
    if waiting is None or book.at >= waiting.ends_at:
        return None
    at, is_own = [waiting.head], waiting.person == book.actor.uid
    may_enter = may_sign_with_passkey(book)
    if book.at < waiting.ripe_at:
        may_enter = Verdict(False, gettext("It may be entered from {when}.").format(when=_day(waiting.ripe_at)))
    may_say_no = may_sign
    if may_sign and not officers.keys_for_a_no(book.known, book.actor.uid):
        may_say_no = Verdict(False, gettext("None of your passkeys is on the roster as an officer's."))
    return values.WaitsAlone(
        _detail(book, dict(waiting.content)), book.who(waiting.person), waiting.since, waiting.ripe_at, waiting.ends_at,
        Digest(waiting.head).fingerprint, reverse("grants:roster-no-options", args=at), reverse("grants:roster-no", args=at),
        reverse("grants:roster-enter-options", args=at), reverse("grants:roster-enter", args=at), may_say_no, may_enter, is_own,
    )


def alone_notice(actor: PersonActor) -> values.Notice | None:
    """What every page says while an entry waits that one officer asked for alone."""
    row = RosterProposal.objects.alone().select_related("asked_alone_by").filter(enters_until__gt=timezone.now()).first()
    if row is None or row.asked_alone_by is None or row.enters_from is None:
        return None
    person = Person.objects.filter(uid=row.content["person"]).first()
    title = gettext("{officer} asks alone that {person} become a security officer").format(
        officer=row.asked_alone_by.name, person=person or "?"
    )
    text = gettext("No second officer signs it. It can be entered from {when}, unless an officer says no before.").format(
        when=_day(row.enters_from)
    )
    may_read = gate.may(actor, Right.PERSON_READ, on=None).allowed
    text += "" if may_read else " " + gettext("If that surprises you, tell another security officer now.")
    return values.Notice("bad", title, text, reverse("grants:roster") if may_read else "", gettext("Look, and say no if it is wrong"))


def wait_words(hours: int) -> str:
    """A wait in words."""
    if hours == 0:
        return gettext("never")
    if hours % 168 == 0:
        return ngettext("{n} week", "{n} weeks", hours // 168).format(n=hours // 168)
    if hours % 24 == 0:
        return ngettext("{n} day", "{n} days", hours // 24).format(n=hours // 24)
    return ngettext("{n} hour", "{n} hours", hours).format(n=hours)


def _wait(known: Roster) -> str:
    if known.wait_hours:
        return gettext(
            "When no other officer can be reached, one officer can ask alone that another person become a security officer. "
            "Everybody is told, any officer can say no, and it can be entered after {wait}; the new passkey counts a day later. "
            "Nothing else can be done alone."
        ).format(wait=wait_words(known.wait_hours))
    if known.wait_hours == 0:
        return gettext("Every change takes two officers, for ever. When only one can still sign, nothing can be changed any more.")
    return gettext(
        "Every change takes two officers. This roster has not said what happens when only one can still sign: two officers can "
        "declare a wait, once; it can later be made longer, never shorter."
    )


def _longer(known: Roster) -> tuple[Choice, ...]:
    if known.wait_hours is None:
        return _waits(WAITS)
    return _waits(hours for hours in WAITS if known.wait_hours and (hours == 0 or hours > known.wait_hours))


def _waits(hours: Iterable[int]) -> tuple[Choice, ...]:
    from_day = gettext("after {wait}")
    never = gettext("never: every change takes two, for ever")
    return tuple(Choice(str(h), from_day.format(wait=wait_words(h)) if h else never, is_chosen=h == 72) for h in hours)


# --- the chain ---------------------------------------------------------------------------------------------------------


def _notices(book: Book) -> Iterable[values.Notice]:
    """Entries of the last weeks that took one officer although there were two."""
    for line in book.told.entries:
        if line["is_alone"] and moment(line["at"]) > book.at - _RECENT:
            title = gettext("{officer} entered this alone, on {when}").format(
                officer=_owner(book, line["signed_by"][0]).name, when=_day(moment(line["at"]))
            )
            text = _detail(book, line["entry"]) + ". " + gettext("No other officer signed it. Make sure that it was right.")
            yield values.Notice("warn", title, text)


def _events(book: Book) -> Iterable[values.Event]:
    for line in reversed(book.told.entries[-_SHOWN:]):
        signed = ", ".join(sorted({_owner(book, credential).name for credential in line["signed_by"]}))
        words = gettext("signed by {names}") if not line["is_alone"] else gettext("by {names} alone, after the wait")
        yield values.Event(
            moment(line["at"]), f"{label_of(line['entry'])}: {_detail(book, line['entry'])}", "stamp",
            "warn" if line["is_alone"] else "seal", words.format(names=signed),
        )


def _day(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{date_format(local, 'j F, H:i')} {local.tzname()}"
