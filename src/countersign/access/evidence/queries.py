"""What pages show of the second factor at the networks."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from countersign.access.evidence import guiding, rules
from countersign.access.evidence.models import Allowance, Evidence, Look, Picture
from countersign.access.evidence.states import Grounds, Seen, Source, Told
from countersign.access.evidence.words import GROUNDS, SOURCES, TOLD
from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.queries import face, may
from countersign.access.grants.rights import Right
from countersign.access.grants.states import AccountState
from countersign.base.actor import PersonActor
from countersign.networks.contract import ReadsSecurity
from countersign.networks.registry import CONNECTORS
from countersign.people.models import Person
from countersign.review import acts
from countersign.review.models import Proposal
from countersign.review.states import ProposalState
from countersign.web import values
from countersign.web.values import Notice, Verdict


class Standing(NamedTuple):
    """What counts for an account: until when, and its source; without one it is an allowance, and has its grounds."""

    until: datetime
    source: Source | None
    grounds: Grounds | None


def standing(account: Account, *, at: datetime) -> Standing | None:
    """What counts longest for an account; evidence before what stands in for it."""
    shown = Evidence.objects.standing(at).filter(account=account).order_by("-ends_at").first()
    if shown is not None and shown.ends_at is not None:
        return Standing(shown.ends_at, Source(shown.source), None)
    allowed = Allowance.objects.in_force(at).filter(account=account).order_by("-ends_at").first()
    return Standing(allowed.ends_at, None, Grounds(allowed.grounds)) if allowed else None


def until(account: Account, *, at: datetime) -> datetime | None:
    """Until when an account may publish, as far as its second factor is concerned; None when it may not."""
    found = standing(account, at=at)
    return found.until if found else None


def last_end(account: Account, *, at: datetime) -> datetime | None:
    """When what counted last ended; None when nothing ever did."""
    rows = [*account.evidence.filter(seen=Seen.ON), *account.allowances.all()]
    ends = [min(filter(None, (row.ends_at, row.ended_at))) for row in rows]
    return max((end for end in ends if end <= at), default=None)


def line(account: Account, *, at: datetime) -> values.EvidenceLine:
    """How an account's second factor stands, in one line."""
    url, found = reverse("evidence:account", args=[account.uid]), standing(account, at=at)
    last = account.evidence.order_by("-seen_at", "-pk").first()
    off = last is not None and last.seen == Seen.OFF
    if found is None:
        return values.EvidenceLine(url, "bad", gettext("seen to be off") if off else gettext("not shown"), account=face(account))
    is_soon = rules.is_soon(found.source, found.until, at=at)
    if found.source is not None:
        return values.EvidenceLine(url, "warn" if is_soon else "ok", gettext(SOURCES[found.source]), found.until, face(account))
    words = gettext("excepted") if found.grounds == Grounds.EXCEPTED else gettext("seen to be off") if off else gettext("not shown yet")
    return values.EvidenceLine(url, "warn", words, found.until, face(account))


def listed(actor: PersonActor, *, at: datetime) -> values.EvidenceList:
    """`evidence/list.html`: what stops publishing first."""
    accounts = gate.accounts(actor, Right.ACCOUNT_READ).exclude(state=AccountState.DISCONNECTED).order_by("network", "handle")
    order = {"bad": 0, "warn": 1, "ok": 2}
    rows = sorted((line(account, at=at) for account in accounts), key=lambda one: order[one.tone])
    return values.EvidenceList(tuple(rows), reverse("grants:accounts"), guides())


def guides() -> tuple[tuple[str, str], ...]:
    """Every network's guide."""
    return tuple((guiding.name_of(network), reverse("evidence:guide", args=[network])) for network in guiding.NETWORKS)


def page(actor: PersonActor, account: Account, *, at: datetime) -> values.EvidencePage:
    """`evidence/account.html`."""
    where, look = [account.uid], Look.objects.filter(account=account).first()
    can_be_asked = isinstance(CONNECTORS.get(account.network), ReadsSecurity)
    ask = values.Action(gettext("Ask the network now"), reverse("evidence:ask", args=where), may=_may_ask(actor, account, can_be_asked))
    one_line = line(account, at=at)
    return values.EvidencePage(
        face(account), one_line, reverse("grants:account", args=where), reverse("evidence:list"),
        reverse("evidence:guide", args=[account.network]), ask, look.asked_at if look else None,
        gettext(TOLD[Told(look.told)]) if look else "" if can_be_asked else gettext("This network tells nobody by API. Two people state it."),
        reverse("evidence:state", args=where), reverse("evidence:except", args=where),
        _looks(actor, account, at), tuple(_excepted(one, at) for one in account.allowances.order_by("-given_at", "-pk")[:20]),
        may(actor, Right.EVIDENCE_STATE, on=account), may(actor, Right.EVIDENCE_EXCEPT, on=account), _notice(account, one_line, at),
        tuple((gettext(SOURCES[source]), life.days) for source, life in rules.SHELF_LIFE.items() if source in rules.COMES), tuple(_waiting(account, at)),
    )


def _may_ask(actor: PersonActor, account: Account, can_be_asked: bool) -> Verdict:  # a fact, not a switch
    if not can_be_asked:
        return Verdict(False, gettext("This network tells nobody by API."), gettext("Two people state it."))
    if account.state != AccountState.CONNECTED:
        return Verdict(False, gettext("We hold no key of this account."), gettext("Connect it again."))
    return may(actor, Right.EVIDENCE_ASK, on=account)


def _looks(actor: PersonActor, account: Account, at: datetime) -> tuple[values.Looked, ...]:
    rows = list(account.evidence.select_related("picture").order_by("-seen_at", "-pk")[:50])
    names = _names(row.noted_by for row in rows)
    may_open = may(actor, Right.EVIDENCE_STATE, on=account)
    may_open = may_open if may_open else may(actor, Right.LOG_READ, on=None)
    return tuple(
        values.Looked(
            gettext(SOURCES[Source(row.source)]), _state(row, at), row.seen_at, names.get(row.noted_by, gettext("Countersign")),
            gettext(row.words) if row.words else "", row.ends_at, row.ended_at, _picture(row, row.picture, may_open), row.picture.sha256 if row.picture else "",
        )
        for row in rows
    )


def _state(row: Evidence, at: datetime) -> str:
    if row.seen == Seen.OFF:
        return "off"
    if row.ended_at is not None:
        return "ended"
    return "counts" if row.ends_at is not None and row.ends_at > at else "old"


def _picture(row: Evidence, picture: Picture | None, may_open: Verdict) -> values.Action | None:
    if picture is None:
        return None
    return values.Action(gettext("Open the picture"), reverse("evidence:picture", args=[row.uid]), tone="ghost", may=may_open)


def _names(labels: Iterable[str]) -> dict[str, str]:
    uids = {label.removeprefix("person:"): label for label in labels if label.startswith("person:")}
    people = Person.objects.filter(uid__in=[UUID(uid) for uid in uids])
    return {uids[str(person.uid)]: person.name for person in people}


def _excepted(one: Allowance, at: datetime) -> values.Excepted:
    end = min(filter(None, (one.ends_at, one.ended_at)))
    return values.Excepted(gettext(GROUNDS[Grounds(one.grounds)]), one.given_at, end, at >= end, one.reason)


def _notice(account: Account, one_line: values.EvidenceLine, at: datetime) -> Notice | None:
    if one_line.until is None:
        text = gettext("What was to go out from {handle} is held. It goes by itself once the second factor is shown, or excepted by two officers.")
        return Notice("bad", gettext("Nothing is published from this account"), text.format(handle=account.handle))
    if one_line.tone != "warn":
        return None
    days = max((one_line.until - at).days, 0)
    title = ngettext("{n} day left", "{n} days left", days).format(n=days)
    return Notice("warn", title, gettext("Then nothing is published from this account, until its second factor is shown."))


def _waiting(account: Account, at: datetime) -> Iterable[tuple[str, str]]:
    rows = Proposal.objects.filter(account=account.uid, act__in=[rules.STATE, rules.EXCEPT], state=ProposalState.WAITING, expires_at__gt=at)
    for row in rows.order_by("proposed_at"):
        yield gettext(acts.known(row.act).title), reverse("proposal", args=[row.uid])


def alerts(actor: PersonActor, *, at: datetime) -> list[Notice]:
    """What stands in *my work* of whoever may state: accounts that publish nothing, and those that soon will not."""
    found = []
    for account in gate.accounts(actor, Right.EVIDENCE_STATE).connected().order_by("network", "handle"):
        one = line(account, at=at)
        if one.until is None:
            title = gettext("{handle} publishes nothing: its second factor is not shown")
            found.append(Notice("bad", title.format(handle=account.handle), "", one.url, gettext("Show it")))
        elif one.tone == "warn" and rules.is_soon(None, one.until, at=at):
            title = gettext("{handle}: its second factor is to be shown anew")
            found.append(Notice("warn", title.format(handle=account.handle), gettext("After that nothing is published from it."), one.url, gettext("Show it")))
    return found


def guide_page(network: str, language: str, *, origin: str = "") -> values.GuidePage:
    """`evidence/guide.html`."""
    guide = guiding.guide(network, language)
    return values.GuidePage(
        guide.title, guiding.name_of(network), guide.written, guide.address.format(origin=origin) if origin or "{" not in guide.address else "",
        tuple(values.GuideSection(title, steps, is_ordered) for title, steps, is_ordered in guide.sections),
        reverse("evidence:list"), guides(),
    )


