"""Recognising who the provider vouches for, and ending what they had open when they sign out there.

A person goes by the pair of issuer and subject. The first time, and only then, they are found by a mail address that the
provider has verified, among those who were invited or are active: nobody comes in whom nobody here invited.
"""
from __future__ import annotations

from datetime import datetime

from countersign.access.grants import gate, grouping
from countersign.access.grants.rights import Right
from countersign.access.grants.states import GroupSource
from countersign.audit.recording import Record, recorded
from countersign.base.actor import DutyActor, PersonActor
from countersign.base.errors import Conflict, Refused
from countersign.base.words import _
from countersign.calls import messages
from countersign.desk.scim.models import DirectoryUser
from countersign.desk.signon import rules
from countersign.desk.signon.models import Provider, SpentToken
from countersign.people import entering, equipping, mails
from countersign.people import queries as people
from countersign.people.entering import Vouched
from countersign.people.models import Enrolment, Person, Session, SignOnLink
from countersign.people.states import PersonState

DUTY = DutyActor("sign-on")
_ASK = _("Ask a security officer.")
_LINK = _("Sign in here as before, and link yourself under Security.")


def recognise(actor: DutyActor, provider: Provider, said: messages.SignedOn, *, at: datetime) -> Vouched:
    """Whom the provider vouches for, with their roles by group as it tells them now. Refused for nobody we know, for whoever
    left, is suspended or locked, and for somebody invited whose second factor nobody has seen."""
    with recorded(actor, at=at, matter="sign-on") as record:
        gate.require(actor, Right.PERSON_LINK, on=None)
        shown_at = rules.shown_factor(
            amr=said.amr, acr=said.acr, auth_time=said.auth_time, accepted=provider.acr_values, at=at
        )
        link = _known(provider, said) or _first(record, provider, said, at)
        person = link.person
        record.matter = person.label
        _require_welcome(person, is_proven=shown_at is not None)
        if person.state == PersonState.INVITED:
            _let_in(record, person, at)
        if not grouping.is_followed(person, said.groups, source=GroupSource.SIGN_ON):
            grouping.follow(actor, person, said.groups, source=GroupSource.SIGN_ON, at=at)
        SignOnLink.objects.filter(pk=link.pk).update(last_used_at=at)
        record("sign_on.recognised", person.label, factor=shown_at is not None)
    return Vouched(link, said.sid, at, shown_at)


def link_own(actor: PersonActor, provider: Provider, said: messages.SignedOn, *, at: datetime) -> SignOnLink:
    """Be known by the provider from now on: for whoever is signed in here, whatever address it tells. Refused unless a second
    factor was shown within five minutes; Conflict when either side is linked already."""
    with recorded(actor, at=at, matter=actor.label) as record:
        equipping.require_fresh(actor, at=at)
        person = Person.objects.get(uid=actor.uid)
        links = SignOnLink.objects.filter(issuer=provider.issuer, ended_at=None)
        if links.filter(subject=said.sub).exists() or links.filter(person=person).exists():
            raise Conflict(_("You, or who you are there, are linked already."), remedy=_ASK)
        link = SignOnLink.objects.create(person=person, issuer=provider.issuer, subject=said.sub, made_at=at)
        record("sign_on.linked", person.label, by="person")
    mails.tell_factors_changed(person, at=at)
    return link


def unlink(actor: PersonActor, link: SignOnLink, *, at: datetime) -> None:
    """Take away who somebody is at the provider, and end what came in by it. Their next sign-on makes a new link."""
    with recorded(actor, at=at, matter=link.person) as record:
        gate.require(actor, Right.SIGN_ON_CONFIGURE, on=None)
        if not SignOnLink.objects.filter(pk=link.pk, ended_at=None).update(ended_at=at):
            raise Conflict(_("That was taken away already."))
        entering.end_of_link(record, link, at=at)
        record("sign_on.unlinked", link.person.label)


def end_sessions(actor: DutyActor, provider: Provider, said: messages.LogoutSaid, *, at: datetime) -> int:
    """End what somebody had open who signed out at the provider: one of its sessions, or all. How many there were.

    Refused for a logout token that was taken before.
    """
    with recorded(actor, at=at, matter="sign-on") as record:
        gate.require(actor, Right.PERSON_LINK, on=None)
        _spend(provider, said.jti, at)
        links = SignOnLink.objects.filter(issuer=provider.issuer, ended_at=None).select_related("person")
        if said.sub:
            links = links.filter(subject=said.sub)
        else:
            links = links.filter(pk__in=Session.objects.filter(sid=said.sid, link__issuer=provider.issuer).values("link"))
        ended = [entering.end_of_link(record, link, sid=said.sid, at=at) for link in links]
        if not ended:
            record("sign_on.ended", f"provider:{provider.uid}", count=0)
        return sum(ended)


def _spend(provider: Provider, number: str, at: datetime) -> None:
    SpentToken.objects.filter(received_at__lt=at - rules.SPENT_KEPT).delete()
    _row, is_new = SpentToken.objects.get_or_create(provider=provider, number=number, defaults={"received_at": at})
    if not is_new:
        raise Refused(_("This logout token was taken before."))


def _known(provider: Provider, said: messages.SignedOn) -> SignOnLink | None:
    links = SignOnLink.objects.filter(issuer=provider.issuer, subject=said.sub, ended_at=None)
    return links.select_related("person").first()


def _first(record: Record, provider: Provider, said: messages.SignedOn, at: datetime) -> SignOnLink:
    if not said.email:
        raise Refused(_("The provider does not tell your mail address, so it is not known who you are here."), remedy=_ASK)
    if not said.email_verified:
        raise Refused(_("The provider has not verified your mail address, so it proves nothing."), remedy=_ASK)
    person = Person.objects.filter(email=said.email).first()
    if person is None:
        raise Refused(_("Nobody here has your mail address: Countersign is by invitation."), remedy=_ASK)
    record.matter = person.label
    if SignOnLink.objects.filter(person=person, issuer=provider.issuer, ended_at=None).exists():
        raise Refused(_("You are known here as somebody else of the provider's."), remedy=_ASK)
    _require_welcome(person, is_proven=True)
    if DirectoryUser.objects.filter(person=person, has_moved=True).exists():
        raise Refused(_("The directory changed your mail address, so it proves nothing."), remedy=_LINK)
    link = SignOnLink.objects.create(person=person, issuer=provider.issuer, subject=said.sub, made_at=at)
    record("sign_on.linked", person.label)
    return link


def _require_welcome(person: Person, *, is_proven: bool) -> None:
    if person.state not in {PersonState.INVITED, PersonState.ACTIVE}:
        raise Refused(_("Your sign-in is not active."), remedy=_ASK)
    if people.is_locked(person=str(person.uid)):
        raise Refused(_("You are locked."), remedy=_ASK)
    if person.state == PersonState.INVITED and not is_proven:
        raise Refused(
            _("The provider asked you for no second factor, and you have none here yet."),
            remedy=_("Come in by the link of your invitation, or have the provider ask for one."),
        )


def _let_in(record: Record, person: Person, at: datetime) -> None:
    """Whoever was invited and shows a second factor at the provider is in; the links of their invitation serve no more."""
    Enrolment.objects.filter(person=person, used_at=None, expires_at__gt=at).update(expires_at=at)
    equipping.set_no_password(person)
    person.move(PersonState.ACTIVE, at=at)
    record("invitation.accepted", person.label, purpose="sign_on")
