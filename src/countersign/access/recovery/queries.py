"""What the pages of recovery show."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.queries import face, may
from countersign.access.grants.rights import Right
from countersign.access.grants.states import AccountState
from countersign.access.recovery import rules, sentences
from countersign.access.recovery.models import Announcement, Contact, Domain, Drill, Event, Mail, Mailbox, Recovery
from countersign.access.recovery.rules import Finding, Receiver, Weight
from countersign.access.recovery.states import MAIL_KINDS, ContactKind, DrillState, EventState, MailboxState
from countersign.access.recovery.words import BECAUSES, CONTACTS, KINDS, OUTCOMES, WEIGHTS, reset_url, reset_way
from countersign.access.vault.models import Rotation
from countersign.access.vault.states import SecretKind
from countersign.base.actor import PersonActor
from countersign.networks.registry import NAMES
from countersign.people.models import Lock, Person
from countersign.people.states import PersonState
from countersign.review.models import Proposal
from countersign.web import values
from countersign.web.values import Choice, Judged, Who

_SHOWN = 50
PRACTICE = "practice"  # which sends no mail, so that nothing can be rehearsed there


# --- judging ---------------------------------------------------------------------------------------------------------


def company_domains() -> dict[str, rules.Domain]:
    """The company's domains by name, as the rules judge them."""
    rows = Domain.objects.filter(ended_at=None)
    return {
        row.name: rules.Domain(row.name, row.looked_at, tuple(row.mx), row.spf, row.dmarc, row.registered_until) for row in rows
    }  # fmt: skip


def watched_addresses() -> frozenset[str]:
    """The addresses whose mailbox we read now."""
    rows = Mailbox.objects.filter(state=MailboxState.WATCHED).values_list("address", flat=True)
    return frozenset(address.lower() for address in rows)


class Judge:
    """Judges contacts, with what it takes for that read once."""

    def __init__(self, at: datetime) -> None:
        self.at, self.domains, self.watched = at, company_domains(), watched_addresses()
        self.people = list(Person.objects.exclude(state=PersonState.LEFT).values_list("name", "email"))

    def findings(self, contact: Contact) -> list[Finding]:
        """Everything that can be said of one contact."""
        receivers = [Receiver(person.name, _is_here(person)) for person in contact.receivers.all()]
        match contact.kind:
            case ContactKind.MAIL:
                return rules.judge_address(
                    contact.value, domains=self.domains, people=self.people, receivers=receivers,
                    second_factor_at=contact.second_factor_at, is_watched=contact.value.lower() in self.watched, at=self.at,
                )
            case ContactKind.PHONE:
                return rules.judge_phone(receivers)
        return rules.judge_administrator(receivers)


def _is_here(person: Person) -> bool:
    return person.state in {PersonState.ACTIVE, PersonState.INVITED}


def judged(weight: Weight) -> Judged:
    """A verdict alone."""
    word, tone, icon = WEIGHTS[weight]
    return Judged(gettext(word), tone, icon)


def shown(finding: Finding) -> Judged:
    """A finding in the reader's words."""
    word, tone, icon = WEIGHTS[finding.weight]
    facts = dict(finding.facts)
    what, remedy = gettext(finding.what), gettext(finding.remedy) if finding.remedy else ""
    return Judged(gettext(word), tone, icon, what.format(**facts) if facts else what, remedy.format(**facts) if facts else remedy)


# --- the list --------------------------------------------------------------------------------------------------------


def list_page(actor: PersonActor, *, at: datetime) -> values.RecoveryList:
    """`recovery/list.html`."""
    judge = Judge(at)
    accounts = Account.objects.order_by("network", "handle")
    return values.RecoveryList(
        tuple(_row(account, judge) for account in accounts), mailbox_rows(), reverse("recovery:mailboxes"),
        reverse("recovery:domains"), tuple(sorted(judge.domains)), reverse("recovery:events"), Event.objects.open().count(),
        may(actor, Right.RECOVERY_KEEP, on=None),
    )


def _row(account: Account, judge: Judge) -> values.RecoveryRow:
    contacts = list(Contact.objects.standing().filter(account=account).prefetch_related("receivers").order_by("pk"))
    addresses = tuple(one.value for one in contacts if one.kind == ContactKind.MAIL)
    words, is_late = drill_due(account, judge.at)
    return values.RecoveryRow(
        reverse("recovery:account", args=[account.uid]), face(account), addresses, judged(_verdict(contacts, judge)), words, is_late,
        Event.objects.open().filter(account=account).count(), sentences.is_frozen(account),
    )


def _verdict(contacts: Sequence[Contact], judge: Judge) -> Weight:
    """Over all contacts: as good as the worst of them, since any one will do for having the account. Without any it is weak."""
    return rules.worst(finding for contact in contacts for finding in judge.findings(contact))


def mailbox_rows() -> tuple[values.MailboxRow, ...]:
    """The role mailboxes that we read, or try to."""
    return tuple(
        values.MailboxRow(reverse("recovery:mailbox", args=[one.uid]), one.address, one.state, one.read_at, gettext(one.trouble) if one.trouble else "")
        for one in Mailbox.objects.standing().order_by("address")
    )


def drill_due(account: Account, at: datetime) -> tuple[str, bool]:
    """How the last drill of an account went, in words, and whether the next one is late."""
    if account.network == PRACTICE:
        return gettext("this network sends no mail"), False
    last = Drill.objects.filter(account=account).exclude(state=DrillState.CANCELLED).order_by("-announced_at").first()
    if last is None:
        return gettext("never rehearsed"), True
    day = f"{timezone.localtime(last.announced_at):%Y-%m-%d}"
    match last.state:
        case DrillState.PASSED:
            return gettext("passed on {day}").format(day=day), last.announced_at < at - rules.DRILL_EVERY
        case DrillState.FAILED:
            return gettext("failed on {day}").format(day=day), True
    return gettext("under way"), False


# --- one account -----------------------------------------------------------------------------------------------------


def account_page(
    actor: PersonActor, account: Account, *, at: datetime, mistakes: Mapping[str, str] | None = None, value: str = "", why: str = "", kind: str = ""
) -> values.AccountRecovery:
    """`recovery/account.html`."""
    uid = [account.uid]
    may_keep = may(actor, Right.RECOVERY_KEEP, on=None)
    judge, row = Judge(at), Recovery.objects.filter(account=account).first()
    contacts = Contact.objects.standing().filter(account=account).prefetch_related("receivers").select_related("said_by").order_by("kind", "pk")
    drills = Drill.objects.filter(account=account).select_related("announced_by").order_by("-announced_at")[:10]
    mails = Mail.objects.filter(account=account).select_related("account").order_by("-received_at", "-pk")[:20]
    events = Event.objects.filter(account=account).select_related("account", "case").order_by("-noticed_at")[:10]
    due, is_late = drill_due(account, at)
    return values.AccountRecovery(
        face(account), reverse("grants:account", args=uid), reverse("recovery:list"),
        tuple(_card(actor, one, judge) for one in contacts), reverse("recovery:add", args=uid),
        tuple(Choice(one.value, gettext(CONTACTS[one]), is_chosen=one == (kind or ContactKind.MAIL)) for one in ContactKind), _people(()), may_keep,
        reverse("recovery:drill-announce", args=uid), _may_drill(actor, account), tuple(drill_line(one) for one in drills), due, is_late,
        reverse("recovery:announce", args=uid), tuple(Choice(word, gettext(KINDS[word]), is_chosen=word == "address_changed") for word in MAIL_KINDS),
        reverse("recovery:decide", args=uid), row.freezes if row else True, "\n".join(row.sender_domains) if row else "",
        tuple(mail_row(one) for one in mails), tuple(event_row(one) for one in events),
        sentences.ask_action(actor, account), sentences.told(row), row.told_at if row else None,
        tuple(_announced(one) for one in Announcement.objects.filter(account=account, ends_at__gt=at).select_related("announced_by")),
        value, why, mistakes or {},
    )  # fmt: skip


def _announced(one: Announcement) -> str:
    words = gettext("{what}: {name}, until {hour}")
    return words.format(what=gettext(KINDS[one.kind]), name=one.announced_by.name, hour=f"{timezone.localtime(one.ends_at):%H:%M}")


def _may_drill(actor: PersonActor, account: Account) -> values.Verdict:
    if account.network == PRACTICE:
        return values.Verdict(False, gettext("The practice network sends no mail."))
    if not Mailbox.objects.filter(state=MailboxState.WATCHED).exists():
        return values.Verdict(False, gettext("No role mailbox is read now, so no mail would be seen."), gettext("Connect it first."))
    if Drill.objects.under_way().filter(account=account).exists():
        return values.Verdict(False, gettext("A drill of this account is under way."))
    return may(actor, Right.RECOVERY_KEEP, on=None)


def _card(actor: PersonActor, contact: Contact, judge: Judge) -> values.ContactCard:
    uid, may_keep = [contact.uid], may(actor, Right.RECOVERY_KEEP, on=None)
    findings = sorted(judge.findings(contact), key=lambda one: -[Weight.GOOD, Weight.WEAK, Weight.BAD].index(one.weight))
    is_mail = contact.kind == ContactKind.MAIL
    return values.ContactCard(
        gettext(CONTACTS[contact.kind]), contact.value, contact.said_by.name if contact.said_by else gettext("the network's API"),
        contact.said_at, judged(rules.worst(findings)), tuple(shown(one) for one in findings), _people(contact.receivers.all()),
        values.Action(gettext("It no longer stands there"), reverse("recovery:contact-end", args=uid), tone="danger", may=may_keep),
        reverse("recovery:receivers", args=uid),
        values.Action(gettext("It asks for a second factor: I have looked"), reverse("recovery:second-factor", args=uid), may=may_keep) if is_mail else None,
        is_mail,
    )  # fmt: skip


def _people(chosen: Iterable[Person]) -> tuple[Choice, ...]:
    """Everybody who works here, and whoever is named although they do not any more."""
    marked = {person.pk for person in chosen}
    rows = [person for person in Person.objects.order_by("name") if _is_here(person) or person.pk in marked]
    return tuple(Choice(str(one.uid), one.name, "" if _is_here(one) else gettext("not here any more"), is_chosen=one.pk in marked) for one in rows)


def drill_line(one: Drill) -> values.DrillLine:
    """A drill in one line."""
    return values.DrillLine(
        reverse("recovery:drill", args=[one.uid]), one.state, one.announced_at, Who(one.announced_by.name),
        "" if one.seconds is None else f"{one.seconds:.0f}",
    )


def mail_row(mail: Mail) -> values.MailRow:
    """A mail in one line; of its words only the subject is kept."""
    word, tone, icon = OUTCOMES[mail.outcome]
    return values.MailRow(
        gettext(KINDS[mail.kind]) if mail.kind in KINDS else gettext("something else"), gettext(NAMES.get(mail.network, mail.network)),
        mail.subject, mail.from_domain, mail.signed_by, mail.received_at, Judged(gettext(word), tone, icon),
        gettext(BECAUSES[mail.because]) if mail.because else "", tuple(sentences.reason(code) for code in mail.reasons),
        face(mail.account) if mail.account else None, sentences.event_url(mail),
    )


# --- mailboxes -------------------------------------------------------------------------------------------------------


def mailboxes_page(actor: PersonActor, *, given: Mapping[str, str] | None = None, mistakes: Mapping[str, str] | None = None) -> values.Mailboxes:
    """`recovery/mailboxes.html`; what was typed as the password never comes back."""
    given = given or {}
    securities = {"tls": gettext("TLS from the first byte (usual, port 993)"), "starttls": gettext("STARTTLS (port 143)")}
    ways = {"password": gettext("with a password"), "oauth": gettext("with an OAuth access token")}
    return values.Mailboxes(
        mailbox_rows(), reverse("recovery:mailboxes"), reverse("recovery:list"), may(actor, Right.RECOVERY_KEEP, on=None),
        tuple(Choice(key, label, is_chosen=key == given.get("security", "tls")) for key, label in securities.items()),
        tuple(Choice(key, label, is_chosen=key == given.get("way", "password")) for key, label in ways.items()),
        given.get("address", ""), given.get("host", ""), given.get("port", "993"), given.get("user", ""), mistakes or {},
    )


def mailbox_page(actor: PersonActor, mailbox: Mailbox, *, mistakes: Mapping[str, str] | None = None) -> values.MailboxPage:
    """`recovery/mailbox.html`."""
    uid, may_keep = [mailbox.uid], may(actor, Right.RECOVERY_KEEP, on=None)
    mails = mailbox.mails.select_related("account").order_by("-received_at", "-pk")[:_SHOWN]
    is_over = mailbox.state == MailboxState.ENDED
    return values.MailboxPage(
        mailbox.address, mailbox.state, f"{mailbox.host}:{mailbox.port}", mailbox.user, mailbox.security.upper(), mailbox.way,
        mailbox.opened_at, Who(mailbox.opened_by.name), mailbox.read_at, mailbox.others, tuple(mail_row(one) for one in mails),
        reverse("recovery:mailboxes"), reverse("recovery:mailbox-again", args=uid), may_keep,
        None if is_over else values.Action(gettext("Read it no longer"), reverse("recovery:mailbox-end", args=uid), tone="danger", may=may_keep),
        sentences.mailbox_notice(mailbox), mistakes or {},
    )  # fmt: skip


# --- events ----------------------------------------------------------------------------------------------------------


def event_row(event: Event) -> values.EventRow:
    """An unexplained event in one line."""
    is_frozen = event.case is not None and Lock.objects.filter(hold__case=event.case, lifted_at=None).exists()
    return values.EventRow(
        reverse("recovery:event", args=[event.uid]), gettext(KINDS[event.kind]), gettext(NAMES.get(event.network, event.network)), event.state,
        event.noticed_at, face(event.account) if event.account else None, event.is_sure, is_frozen,
    )


def events_page() -> values.Events:
    """`recovery/events.html`."""
    rows = Event.objects.select_related("account", "case").order_by("-noticed_at")
    return values.Events(
        tuple(event_row(one) for one in rows.filter(state=EventState.OPEN)[:200]),
        tuple(event_row(one) for one in rows.exclude(state=EventState.OPEN)[:_SHOWN]), reverse("recovery:list"),
    )


def event_page(actor: PersonActor, event: Event, *, at: datetime, mistakes: Mapping[str, str] | None = None) -> values.EventPage:
    """`recovery/event.html`."""
    row, uid, case = event_row(event), [event.uid], event.case
    proposal = Proposal.objects.open(at).filter(act="lock.lift", matter=case.label).first() if case else None
    rotation = None
    if event.state == EventState.NOT_OURS and event.account:
        rotation = Rotation.objects.open().filter(account=event.account, secret__kind=SecretKind.PASSWORD).first()
    is_by_hand = event.state == EventState.NOT_OURS and event.account is not None and rotation is None
    return values.EventPage(
        row, reverse("recovery:events"), event.happened_at, (mail_row(event.mail),) if event.mail else (),
        reverse("recovery:event-ours", args=uid), reverse("recovery:event-not-ours", args=uid), may(actor, Right.RECOVERY_KEEP, on=None),
        reverse("lockout:case", args=[case.uid]) if case else "", reverse("proposal", args=[proposal.uid]) if proposal else "",
        reverse("grants:rotation", args=[rotation.uid]) if rotation else "",
        Who(event.answered_by.name) if event.answered_by else None, event.answered_at, event.words,
        gettext("The vault holds no password of this account: take it back at the network by hand, now.") if is_by_hand else "",
        reset_url(event.account) if is_by_hand and event.account else "", mistakes or {},
    )  # fmt: skip


# --- drills and domains ----------------------------------------------------------------------------------------------


def drill_page(actor: PersonActor, drill: Drill) -> values.ResetDrill:
    """`recovery/drill.html`."""
    is_waiting = drill.state == DrillState.ANNOUNCED
    cancel = values.Action(gettext("Call it off"), reverse("recovery:drill-cancel", args=[drill.uid]), tone="ghost", may=may(actor, Right.RECOVERY_KEEP, on=None))
    return values.ResetDrill(
        face(drill.account), drill.state, drill.announced_at, drill.until, Who(drill.announced_by.name),
        reverse("recovery:account", args=[drill.account.uid]), reset_url(drill.account), gettext(reset_way(drill.account)) if reset_way(drill.account) else "",
        reverse("recovery:drill", args=[drill.uid]), cancel if is_waiting else None, is_waiting,
        "" if drill.seconds is None else f"{drill.seconds:.0f}", gettext(drill.why) if drill.why else "",
        (mail_row(drill.mail),) if drill.mail else (), mailbox_rows(),
    )  # fmt: skip


def domains_page(
    actor: PersonActor, *, at: datetime, domain: str = "", until: str = "", mistakes: Mapping[str, str] | None = None
) -> values.Domains:
    """`recovery/domains.html`."""
    rows = Domain.objects.filter(ended_at=None).order_by("name")
    return values.Domains(
        tuple(_domain(actor, one, at) for one in rows), reverse("recovery:domains"), reverse("recovery:list"),
        may(actor, Right.RECOVERY_KEEP, on=None), domain, until, mistakes or {},
    )


def _domain(actor: PersonActor, row: Domain, at: datetime) -> values.DomainRow:
    uid, may_keep = [row.uid], may(actor, Right.RECOVERY_KEEP, on=None)
    plain = rules.Domain(row.name, row.looked_at, tuple(row.mx), row.spf, row.dmarc, row.registered_until)
    findings = rules.judge_domain(plain, at)
    return values.DomainRow(
        row.name, tuple(shown(one) for one in findings), judged(rules.worst(findings)), row.looked_at, row.registered_until,
        reverse("recovery:domain-until", args=uid),
        values.Action(gettext("Look it up now"), reverse("recovery:domain-look", args=uid), may=may(actor, Right.RECOVERY_LOOK, on=None)),
        values.Action(gettext("Take it off the list"), reverse("recovery:domain-end", args=uid), tone="danger", may=may_keep),
        tuple(row.mx), row.spf, row.dmarc,
    )  # fmt: skip


def waiting_count() -> int:
    """How many unexplained events wait for an answer."""
    return Event.objects.open().count()


# --- my work ---------------------------------------------------------------------------------------------------------


def alerts(actor: PersonActor, *, at: datetime) -> list[values.Notice]:
    """For whoever keeps recovery: what nothing explains, mailboxes that are not read, drills that failed or are late."""
    if not gate.may(actor, Right.RECOVERY_KEEP, on=None).allowed:
        return []
    found = _event_alerts()
    for mailbox in Mailbox.objects.filter(state__in=[MailboxState.SILENT, MailboxState.SHUT]):
        title = gettext("Not read: {address}").format(address=mailbox.address)
        url = reverse("recovery:mailbox", args=[mailbox.uid])
        found.append(values.Notice("bad", title, gettext(mailbox.trouble) if mailbox.trouble else "", url, gettext("To the mailbox")))
    return found + _drill_alerts(at)


def _event_alerts() -> list[values.Notice]:
    """The gravest five, those that locked an account first; then how many more there are, so that many cannot hide one."""
    rows = Event.objects.open().select_related("account", "case")
    first = list(rows.order_by(F("case").desc(nulls_last=True), "-is_sure", "-noticed_at")[:5])
    found = [_event_alert(one) for one in first]
    if (more := rows.count() - len(first)) > 0:
        title = ngettext("{count} more is not explained", "{count} more are not explained", more).format(count=more)
        found.append(values.Notice("warn", title, "", reverse("recovery:events"), gettext("To all of them")))
    return found


def _event_alert(event: Event) -> values.Notice:
    handle = event.account.handle if event.account else gettext("an account that the mail does not name")
    title = gettext("Not explained: {what}, {handle}").format(what=gettext(KINDS[event.kind]), handle=handle)
    text = gettext("The account is locked until somebody answers.") if event.case else ""
    text = text or ("" if event.is_sure else gettext("The mail may be a forgery: look at it."))
    return values.Notice("bad" if event.is_sure else "warn", title, text, reverse("recovery:event", args=[event.uid]), gettext("Was it one of us?"))


def _drill_alerts(at: datetime) -> list[values.Notice]:
    """Only where a mailbox is read: without one the page of recovery says what comes first."""
    if not Mailbox.objects.standing().exists():
        return []
    accounts = Account.objects.exclude(state=AccountState.DISCONNECTED).exclude(network=PRACTICE).order_by("network", "handle")
    late = [(account, words) for account in accounts for words, is_late in [drill_due(account, at)] if is_late]
    if not late:
        return []
    title = gettext("A reset drill is due")
    names = ", ".join(f"{account.handle} ({words})" for account, words in late[:3])
    more = gettext(" and {count} more").format(count=len(late) - 3) if len(late) > 3 else ""
    url = reverse("recovery:account", args=[late[0][0].uid]) if len(late) == 1 else reverse("recovery:list")
    return [values.Notice("warn", title, f"{names}{more}", url, gettext("To the drill"))]
