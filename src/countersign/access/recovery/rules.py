"""How good an address, a phone or an administrator is for having an account back; what explains a mail. Plain Python."""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from countersign.access.recovery.states import Because
from countersign.access.recovery.wordlists import FREE_MAIL, ROLE_WORDS
from countersign.base.errors import Invalid
from countersign.base.words import _

DRILL_LASTS = timedelta(minutes=10)  # within which the reset mail must be there
DRILL_GRACE = timedelta(minutes=2)  # for reading what arrived in time
DRILL_EVERY = timedelta(days=90)
SILENT_AFTER = timedelta(minutes=15)  # without reading a mailbox
RETRY = timedelta(seconds=15)  # after a server could not be reached
RETRY_SHUT = timedelta(minutes=10)  # after a password was refused: a server may lock who tries too often
ANNOUNCED_FOR = timedelta(hours=1)
ECHO = timedelta(minutes=2)  # one change may be told to an old and a new address, in two mails
STATEMENT_LASTS = timedelta(days=365)  # what was said about a mailbox's own second factor
LOOKED_LATELY = timedelta(days=8)  # a domain is looked up every day; older than a week means that it could not be
ENDS_SOON = timedelta(days=60)  # the registration of a domain


class Weight(StrEnum):
    """How good something is."""

    GOOD = "good"
    WEAK = "weak"
    BAD = "bad"


_ORDER = (Weight.GOOD, Weight.WEAK, Weight.BAD)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was judged: how good, what is so, and what to do about it. `facts` fill the sentences in."""

    code: str
    weight: Weight
    what: str
    remedy: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain of the company's, and what was looked up about its mail. `looked_at` None: never."""

    name: str
    looked_at: datetime | None = None
    mx: tuple[str, ...] = ()
    spf: str = ""
    dmarc: str = ""
    registered_until: date | None = None


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who reads a mailbox, answers a phone, or may change an account at its network."""

    name: str
    is_here: bool


def worst(findings: Iterable[Finding]) -> Weight:
    """The verdict over all findings; without any, *weak*: nothing is known."""
    return max((found.weight for found in findings), key=_ORDER.index, default=Weight.WEAK)


# --- an address ------------------------------------------------------------------------------------------------------


def judge_address(
    address: str,
    *,
    domains: Mapping[str, Domain],
    people: Iterable[tuple[str, str]],
    receivers: Sequence[Receiver],
    second_factor_at: datetime | None,
    is_watched: bool,
    at: datetime,
) -> list[Finding]:
    """Judge a recovery address. `people` are names and mail addresses of everybody in the directory."""
    local, _at_sign, domain = address.rpartition("@")
    own = own_domain(domain, domains)
    return [
        _domain(domain, own),
        *(_domain_mail(own, at) if own else ()),
        _local_part(local, address, people),
        _receivers(receivers),
        _second_factor(second_factor_at, at),
        _watched(is_watched=is_watched),
    ]


def own_domain(domain: str, domains: Mapping[str, Domain]) -> Domain | None:
    """The company's domain that this one is, or stands under."""
    labels = domain.lower().rstrip(".").split(".")
    names = (".".join(labels[n:]) for n in range(len(labels) - 1))
    return next((domains[name] for name in names if name in domains), None)


def _domain(domain: str, own: Domain | None) -> Finding:
    if own is not None:
        return Finding("domain", Weight.GOOD, _("It stands on the company's own domain."))
    if domain.lower() in FREE_MAIL:
        return Finding(
            "domain", Weight.BAD, _("{domain} gives an address to anybody; whoever has it back there has the account."),
            _("Change it at the network to a mailbox on a domain of the company's."), (("domain", domain),),
        )  # fmt: skip
    return Finding(
        "domain", Weight.BAD, _("{domain} is not on the list of the company's domains."),
        _("Change the address at the network; or, if the domain is the company's, put it on the list."), (("domain", domain),),
    )  # fmt: skip


def _domain_mail(own: Domain, at: datetime) -> Iterable[Finding]:
    name = (("domain", own.name),)
    if own.looked_at is None or at - own.looked_at > LOOKED_LATELY:
        yield Finding("lookup", Weight.WEAK, _("Where the mail of {domain} goes was not looked up lately."), _("Look it up on the page of domains."), name)
    else:
        yield from _looked_up(own)
    yield _registration(own, at)


def judge_domain(own: Domain, at: datetime) -> list[Finding]:
    """Judge a domain of the company's by itself."""
    return list(_domain_mail(own, at))


def _looked_up(own: Domain) -> Iterable[Finding]:
    name = (("domain", own.name),)
    if not own.mx:
        yield Finding("mx", Weight.BAD, _("{domain} names no server for its mail (MX)."), _("No reset mail can arrive: ask whoever runs the domain."), name)
    if not own.spf:
        yield Finding("spf", Weight.WEAK, _("{domain} does not say who may send in its name (SPF)."), _("Have an SPF record published."), name)
    elif {"all", "+all"} & set(own.spf.lower().split()):
        yield Finding("spf", Weight.BAD, _("{domain} lets everybody send in its name (SPF: +all)."), _("Have it end in -all."), name)
    policy = re.search(r"\bp\s*=\s*(\w+)", own.dmarc)
    if policy is None:
        yield Finding("dmarc", Weight.WEAK, _("{domain} does not say what becomes of forged mail in its name (DMARC)."), _("Have a DMARC record published."), name)
    elif policy[1].lower() == "none":
        yield Finding("dmarc", Weight.WEAK, _("{domain} lets forged mail in its name pass (DMARC: p=none)."), _("Have it quarantined or rejected."), name)
    if own.mx and own.spf and policy is not None and policy[1].lower() != "none":
        yield Finding("mail", Weight.GOOD, _("Its mail is protected: MX, SPF and DMARC are there."))


def _registration(own: Domain, at: datetime) -> Finding:
    ends, name = own.registered_until, (("domain", own.name),)
    if ends is None:
        return Finding(
            "registration", Weight.WEAK, _("It is not known until when {domain} is registered."),
            _("Enter the date: whoever registers a lapsed domain receives its mail."), name,
        )  # fmt: skip
    facts = (*name, ("day", ends.isoformat()))
    if ends < at.date():
        return Finding("registration", Weight.BAD, _("The registration of {domain} ended on {day}."), _("Renew it today, and enter the new date."), facts)
    if ends < (at + ENDS_SOON).date():
        return Finding("registration", Weight.WEAK, _("The registration of {domain} ends on {day}."), _("Renew it, and enter the new date."), facts)
    return Finding("registration", Weight.GOOD, _("{domain} is registered until {day}."), "", facts)


def _local_part(local: str, address: str, people: Iterable[tuple[str, str]]) -> Finding:
    for name, mail in people:
        if mail.lower() == address.lower() or is_persons(local, name):
            return Finding(
                "mailbox", Weight.BAD, _("It is the mailbox of one person: {name}."),
                _("Use a mailbox named for a task, which several people read."), (("name", name),),
            )  # fmt: skip
    if words_of(local) & ROLE_WORDS or _plain(local) in _PLAIN_ROLES:
        return Finding("mailbox", Weight.GOOD, _("The mailbox is named for a task, not for a person."))
    if re.fullmatch(r"[a-z]+[._-][a-z]+", _plain(local)):
        return Finding(
            "mailbox", Weight.WEAK, _("The address looks like a person's name."), _("If it is one, use a mailbox named for a task.")
        )
    return Finding("mailbox", Weight.WEAK, _("The address does not say that several people read it."), _("Use a mailbox named for a task."))


def is_persons(local: str, name: str) -> bool:
    """Whether the part before the @ is made of this name: `ann.maes`, `amaes`, `maes.ann`, `ann`, `annm`."""
    parts = [_plain(part) for part in re.split(r"[\s'’-]+", name) if part]
    if not parts:
        return False
    first, rest = parts[0], parts[1:]
    last = "".join(rest)
    stem = re.sub(r"\d+$", "", _plain(local.partition("+")[0]))
    joined = re.sub(r"[._-]", "", stem)
    if joined in ROLE_WORDS:
        return False
    made = {first} if len(first) > 2 else set()
    if last:
        made |= {first + last, last + first, first[0] + last, last + first[0], first + last[0]}
        made |= {last} if len(last) > 3 else set()
        made |= {first[0] + rest[-1], first + rest[-1]}
    return joined in made


def words_of(local: str) -> set[str]:
    """The words before the @: `social-media+reset` says three."""
    plain = unicodedata.normalize("NFC", local.lower())
    found = {word for word in re.split(r"[^\w]+|_|\d+", plain) if word}
    return found | {_plain(word) for word in found}


def _plain(text: str) -> str:
    """Lower case, without accents."""
    folded = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss"))
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


_PLAIN_ROLES = frozenset(_plain(word) for word in ROLE_WORDS)


def _receivers(receivers: Sequence[Receiver]) -> Finding:
    gone = [one.name for one in receivers if not one.is_here]
    if gone:
        return Finding(
            "receivers", Weight.BAD, _("{names} may still read it, and does not work here any more."),
            _("Take their access to the mailbox away, then take them off this list."), (("names", ", ".join(gone)),),
        )  # fmt: skip
    if not receivers:
        return Finding("receivers", Weight.WEAK, _("It is not known who reads it."), _("Name at least two people."))
    if len(receivers) == 1:
        return Finding(
            "receivers", Weight.WEAK, _("Only {names} reads it: nobody does while they are away."), _("Let a second person read it."),
            (("names", receivers[0].name),),
        )  # fmt: skip
    return Finding("receivers", Weight.GOOD, _("{names} read it."), "", (("names", ", ".join(one.name for one in receivers)),))


def _second_factor(said_at: datetime | None, at: datetime) -> Finding:
    if said_at is None:
        return Finding(
            "second_factor", Weight.WEAK, _("Nobody has said that the mailbox itself asks for a second factor."),
            _("Turn it on, look, and say so here."),
        )  # fmt: skip
    day = (("day", said_at.date().isoformat()),)
    if at - said_at > STATEMENT_LASTS:
        return Finding("second_factor", Weight.WEAK, _("That the mailbox asks for a second factor was last said on {day}."), _("Look again, and say so."), day)
    return Finding("second_factor", Weight.GOOD, _("The mailbox itself asks for a second factor, as was said on {day}."), "", day)


def _watched(*, is_watched: bool) -> Finding:
    if is_watched:
        return Finding("watched", Weight.GOOD, _("We read this mailbox, and notice what nobody here did."))
    return Finding("watched", Weight.WEAK, _("We do not read this mailbox: a reset that nobody here asked for goes unnoticed."), _("Connect it."))


# --- a phone, an administrator ---------------------------------------------------------------------------------------


def judge_phone(holders: Sequence[Receiver]) -> list[Finding]:
    """Judge a phone number by which an account can be had back. Never better than *weak*."""
    sim = Finding(
        "sim", Weight.WEAK, _("A phone number can be taken over at its company, without the phone."),
        _("Take it off at the network where that is possible; use an authenticator app or a security key."),
    )  # fmt: skip
    return [sim, _holders(holders)]


def _holders(holders: Sequence[Receiver]) -> Finding:
    gone = [one.name for one in holders if not one.is_here]
    if gone:
        return Finding("holder", Weight.BAD, _("{names} holds it, and does not work here any more."), _("Change it at the network."), (("names", ", ".join(gone)),))
    if not holders:
        return Finding("holder", Weight.WEAK, _("It is not known who holds it."), _("Name whoever does."))
    return Finding("holder", Weight.GOOD, _("{names} holds it."), "", (("names", ", ".join(one.name for one in holders)),))


def judge_administrator(holders: Sequence[Receiver]) -> list[Finding]:
    """Judge somebody who may change the account at its network."""
    gone = [one.name for one in holders if not one.is_here]
    if gone:
        return [Finding("person", Weight.BAD, _("{names} does not work here any more."), _("Take them away at the network."), (("names", ", ".join(gone)),))]
    if not holders:
        return [Finding("person", Weight.WEAK, _("It is not known which of our people this is."), _("Find out who it is, or take it away at the network."))]
    return [Finding("person", Weight.GOOD, _("It is {names}, who works here."), "", (("names", ", ".join(one.name for one in holders)),))]


# --- what explains a mail --------------------------------------------------------------------------------------------

# By kind of mail, which entries of the audit log about the same account explain it, and how long before the mail they may
# stand. An officer's sign-in with a password that was checked out may take its time; a connection is made within minutes.
_SIGN_INS = {"account.connected": timedelta(minutes=15), "account.reconnected": timedelta(minutes=15)}
_CHECK_OUTS = {"secret.checked_out": timedelta(minutes=30), "secret.code_given": timedelta(minutes=10)}
_ROTATIONS = {"rotation.begun": timedelta(minutes=15), "rotation.changed": timedelta(minutes=15)}
EXPLAINED_BY: Mapping[str, Mapping[str, timedelta]] = {
    "code": {**_SIGN_INS, **_CHECK_OUTS, **_ROTATIONS},
    "new_application": _SIGN_INS,
    "new_login": {**_SIGN_INS, **_CHECK_OUTS, **_ROTATIONS},
}
BECAUSE: Mapping[str, Because] = {
    **dict.fromkeys(_SIGN_INS, Because.CONNECTION), **dict.fromkeys(_CHECK_OUTS, Because.CHECK_OUT),
    **dict.fromkeys(_ROTATIONS, Because.ROTATION),
}  # fmt: skip
AFTER = timedelta(minutes=1)  # a mail may be faster than our own note of what we did


def when(received_at: datetime, sent_at: datetime | None) -> datetime:
    """The moment that counts: when the network wrote the mail, if that lies before its arrival.

    A genuine mail that is kept back and delivered later, or delivered again, must not prove what happened meanwhile.
    """
    return min(received_at, sent_at) if sent_at is not None else received_at


# --- what is entered -------------------------------------------------------------------------------------------------

_LOCAL = re.compile(r"[^@\s<>\"(),:;\\\[\]]{1,64}")
_DOMAIN = re.compile(r"(?=.{3,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,24}")


def address_of(text: str) -> str:
    """A mail address as it is kept, its domain in the form for machines; Invalid for what is none."""
    local, _at_sign, domain = text.strip().rpartition("@")
    try:
        name = domain.lower().encode("idna").decode()
    except UnicodeError:
        name = ""
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(name):
        raise Invalid(_("That is no mail address."), field="value")
    return f"{local}@{name}"


def phone_of(text: str) -> str:
    """A phone number as it is kept; Invalid for what is none. Some networks show only its last digits: `…47` will do."""
    found = " ".join(text.split())
    if not _PHONE.fullmatch(found) and not re.fullmatch(r"[*•x….]+ ?\d{2,6}", found):
        raise Invalid(_("That is no phone number."), field="value")
    return found


def domain_of(text: str) -> str:
    """A domain as it is kept, in its form for machines; Invalid for what is none."""
    try:
        found = text.strip().lower().rstrip(".").encode("idna").decode()
    except UnicodeError as error:
        raise Invalid(_("That is no domain."), field="domain") from error
    if not _DOMAIN.fullmatch(found):
        raise Invalid(_("That is no domain."), field="domain")
    if found in FREE_MAIL:
        raise Invalid(_("{domain} belongs to nobody's company: anybody can have an address there."), field="domain", domain=found)
    return found


def require_words(text: str, field: str = "words") -> str:
    """What somebody said, cut to what is kept; Invalid when they said nothing."""
    if not text.strip():
        raise Invalid(_("Say it in a sentence."), field=field)
    return text.strip()[:400]
