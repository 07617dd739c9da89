"""What pages show of accounts."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from countersign.access.grants import gate, rules
from countersign.access.grants.models import Account, Grant
from countersign.access.grants.rights import ROLE_WORDS, Right, Role
from countersign.access.grants.roles import role_name
from countersign.access.grants.states import AccountState
from countersign.base.actor import Actor, PersonActor
from countersign.networks.registry import NAMES, table
from countersign.people.choosing import kind_in_words, owner_in_words
from countersign.people.models import Device, Person
from countersign.people.queries import is_linked, is_locked, locks_on, passkeys_of, totp_of
from countersign.people.states import PersonState
from countersign.web import values
from countersign.web.values import Choice, EvidenceLine, Face, Verdict, Who


def face(account: Account) -> Face:
    """An account as pages show it."""
    name = gettext(NAMES.get(account.network, account.network))
    return Face(str(account.uid), account.network, name, account.handle, account.name or account.handle, account.url)


def shown(verdict: rules.Verdict) -> Verdict:
    """A verdict of the gate in the reader's language."""
    if verdict.allowed:
        return Verdict()
    return Verdict(False, gettext(verdict.why), gettext(verdict.remedy) if verdict.remedy else "")


def may(actor: Actor, right: Right, *, on: Account | None) -> Verdict:
    """Whether a control may be used, for showing it disabled with its reason."""
    return shown(gate.may(actor, right, on=on))


def role_choices(*, among: Iterable[Role] = tuple(Role)) -> tuple[Choice, ...]:
    """Roles to choose from, with what each does."""
    return tuple(Choice(role.value, gettext(ROLE_WORDS[role][0]), gettext(ROLE_WORDS[role][1])) for role in among)


def accounts_page(actor: PersonActor) -> values.Accounts:
    """`grants/accounts.html`."""
    accounts = gate.accounts(actor, Right.ACCOUNT_READ).order_by("network", "handle")
    rows = tuple(
        values.AccountRow(
            reverse("grants:account", args=[account.uid]), face(account), account.state, line=account.trouble,
            people=tuple(Who(name) for name in dict.fromkeys(g.person.name for g in _grants_on(account))),
            needed=account.signatures,
        )
        for account in accounts
    )
    connect, evidence = reverse("grants:connect"), reverse("evidence:list")
    return values.Accounts(rows, connect, may(actor, Right.ACCOUNT_CONNECT, on=None), evidence)


def _grants_on(account: Account) -> list[Grant]:
    return list(Grant.objects.on(account).select_related("person").order_by("person__name", "role"))


def account_page(
    actor: PersonActor, account: Account, *, expires_at: datetime | None, evidence: EvidenceLine | None = None
) -> values.AccountPage:
    """`grants/account.html`. `expires_at` is when the key in use ends at the network, `evidence` how its second factor stands."""
    at = [account.uid]
    may_give = may(actor, Right.GRANT_GIVE, on=account)
    people = Person.objects.filter(state__in=[PersonState.ACTIVE, PersonState.INVITED]).order_by("name")
    return values.AccountPage(
        face(account), account.state, account.connected_at, Who(account.connected_by.name), expires_at,
        tuple(account.scopes), tuple(_holding(g, may_give) for g in _grants_on(account)), _abilities(account),
        reverse("grants:accounts"), grant_url=reverse("grants:give-on", args=at),
        people=tuple(Choice(str(p.uid), p.name) for p in people), roles=role_choices(), may_grant=may_give,
        needed=account.signatures, needed_url=reverse("grants:require", args=at),
        may_change_needed=may(actor, Right.ROSTER_SIGN, on=None),
        notice=values.Notice("bad", gettext("The network refuses our key"), account.trouble) if account.trouble else None,
        actions=_account_actions(actor, account), server=urlsplit(account.origin).netloc or account.origin,
        limits=gettext("{characters} characters, {attachments} pictures").format(
            characters=account.limits.get("characters", "?"), attachments=account.limits.get("attachments", "?")
        ),
        secrets_url=reverse("grants:secrets", args=at) if gate.may(actor, Right.SECRET_READ, on=account).allowed else "",
        recovery_url=reverse("recovery:account", args=at) if gate.may(actor, Right.RECOVERY_READ, on=None).allowed else "",
        evidence=evidence,
    )


def _account_actions(actor: PersonActor, account: Account) -> tuple[values.Action, ...]:
    at = [account.uid]
    again = values.Action(
        gettext("Connect again"), reverse("grants:reconnect", args=at), may=may(actor, Right.ACCOUNT_CONNECT, on=account)
    )
    off = values.Action(
        gettext("Disconnect"), reverse("grants:disconnect", args=at), tone="danger",
        may=may(actor, Right.ACCOUNT_DISCONNECT, on=account),
    )
    return (again,) if account.state == AccountState.DISCONNECTED else (again, off)


def _abilities(account: Account) -> tuple[values.Ability, ...]:
    """What can be done there; ways to connect are left away, since it is connected."""
    rows = [row for row in table() if not row.deed.startswith("connect")]
    return tuple(values.Ability(gettext(row.deed), "yes" if row.possible[account.network] else "by_hand") for row in rows)


def _holding(grant: Grant, may_take: Verdict) -> values.Holding:
    return values.Holding(
        Who(grant.person.name), role_name(grant.role), grant.given_at, url=reverse("grants:person", args=[grant.person.uid]),
        account=face(grant.account) if grant.account else None, take_url=reverse("grants:take", args=[grant.pk]),
        may_take=Verdict(False, gettext(rules.BY_GROUP), gettext(rules.LEAVES_BY_GROUP)) if grant.by_group else may_take,
    )


def people_page(actor: PersonActor, *, notice: values.Notice | None) -> values.People:
    """`grants/people.html`."""
    people = Person.objects.exclude(state=PersonState.LEFT).prefetch_related("grants", "sessions").order_by("name")
    locked = _locked(people)
    rows = tuple(
        values.PersonRow(
            reverse("grants:person", args=[p.uid]), Who(p.name), p.state,
            roles=", ".join(sorted({role_name(g.role) for g in p.grants.all()})),
            seen_at=max((s.last_seen_at for s in p.sessions.all()), default=None), factor=_factor(p), is_locked=p.uid in locked,
        )
        for p in people
    )
    invite = may(actor, Right.PERSON_INVITE, on=None)
    return values.People(rows, reverse("grants:invite"), reverse("grants:roster"), invite, notice)


def _locked(people: Iterable[Person]) -> set[UUID | None]:
    """The uids of those of them on whom a lock stands."""
    return {lock.target for lock in locks_on(persons=[str(person.uid) for person in people])}


def _factor(person: Person) -> str:
    if passkeys_of(person):
        return gettext("passkey")
    if totp_of(person):
        return gettext("code generator")
    return gettext("the company's sign-on") if is_linked(person) else ""


def person_page(actor: PersonActor, person: Person) -> values.PersonPage:
    """`grants/person.html`."""
    at = [person.uid]
    may_give = may(actor, Right.GRANT_GIVE, on=None)
    grants = person.grants.select_related("account", "person").order_by("role")
    keys = passkeys_of(person)
    factors = [gettext("Passkey “{name}”").format(name=k.name) for k in keys]
    factors += [gettext("Code generator")] if totp_of(person) else []
    factors += [gettext("The company's sign-on")] if is_linked(person) else []
    accounts = Account.objects.order_by("network", "handle")
    everywhere = Choice("", gettext("Every account"))
    return values.PersonPage(
        Who(person.name), person.email, person.state, reverse("grants:people"),
        is_locked=person.uid in _locked([person]), holdings=tuple(_holding(g, may_give) for g in grants), factors=tuple(factors), actions=_person_actions(actor, person),
        grant_url=reverse("grants:give-to", args=at),
        accounts=(everywhere, *(Choice(str(a.uid), f"{a.handle} · {face(a).network_name}") for a in accounts)),
        roles=role_choices(), may_grant=may_give,
        devices=_devices(person) if gate.may(actor, Right.DEVICE_READ, on=None).allowed else (),
        seen_url=reverse("grants:exposures", args=at) if gate.may_anywhere(actor, Right.SECRET_READ).allowed else "",
        lock_url=f"{reverse('lockout:new')}?target=person:{person.uid}" if gate.may(actor, Right.LOCK_SET, on=None).allowed else "",
        leaves_url=_leaves_url(actor, person),
    )


def _leaves_url(actor: PersonActor, person: Person) -> str:
    """Where an officer has this person leave: not oneself, and not whoever has left."""
    may_plan = gate.may(actor, Right.DEPARTURE_PLAN, on=None).allowed
    if not may_plan or person.state == PersonState.LEFT or str(person.uid) == actor.uid:
        return ""
    return f"{reverse('departures:new')}?person={person.uid}"


def _devices(person: Person) -> tuple[values.DeviceRow, ...]:
    """A person's devices, the newest first; a line of each leads to its page."""
    rows = Device.objects.filter(person=person).select_related("credential").order_by("-state_since", "-pk")[:12]
    return tuple(
        values.DeviceRow(
            reverse("devices:device", args=[one.uid]), one.name or gettext("A browser with a code"), one.kind,
            kind_in_words(one.kind), owner_in_words(one.owner), one.state,
            "" if one.credential is None else "synced" if one.credential.is_backup_eligible else "bound",
            one.first_seen_at, one.last_seen_at, is_locked=is_locked(device=str(one.uid)),
        )
        for one in rows
    )


def _person_actions(actor: PersonActor, person: Person) -> tuple[values.Action, ...]:
    at = [person.uid]
    suspend, invite = may(actor, Right.PERSON_SUSPEND, on=None), may(actor, Right.PERSON_INVITE, on=None)
    match person.state:
        case PersonState.INVITED:
            return (values.Action(gettext("Make a new link"), reverse("grants:invite-again", args=at), may=invite),)
        case PersonState.ACTIVE if str(person.uid) != actor.uid:
            return (values.Action(gettext("Suspend"), reverse("grants:suspend", args=at), tone="danger", may=suspend),)
        case PersonState.SUSPENDED:
            return (values.Action(gettext("Let them work again"), reverse("grants:resume", args=at), may=suspend),)
    return ()


def invite_page(typed: QueryDict | None = None, mistake: str = "", field: str = "") -> values.Invite:
    """`grants/invite.html`, empty or with what was typed."""
    accounts = Account.objects.connected().order_by("network", "handle")
    chosen = set(typed.getlist("account")) if typed else {""}
    held = set(typed.getlist("role")) if typed else set[str]()
    everywhere = Choice("", gettext("Every account"), gettext("those connected later as well"), is_chosen="" in chosen)
    single = (
        Choice(str(a.uid), f"{a.handle} · {face(a).network_name}", is_chosen=str(a.uid) in chosen) for a in accounts
    )
    return values.Invite(
        reverse("grants:invite"), reverse("grants:people"), accounts=(everywhere, *single),
        roles=tuple(replace(choice, is_chosen=choice.value in held) for choice in role_choices()),
        languages=tuple(Choice(code, name) for code, name in settings.LANGUAGES),
        name=typed.get("name", "") if typed else "", email=typed.get("email", "") if typed else "",
        ends_day=typed.get("ends", "") if typed else "", mistakes={field or "form": mistake} if mistake else {},
    )


def connect_page(
    reconnects: Account | None = None, typed: QueryDict | None = None, mistake: str = "", field: str = ""
) -> values.Connect:
    """`grants/connect.html`."""
    chosen = reconnects.network if reconnects else (typed.get("network", "") if typed else "")
    helps = {
        "bluesky": gettext("Sign in at Bluesky; no password comes here."),
        "mastodon": gettext("Any server that speaks Mastodon's API: give its address."),
        "practice": gettext("Served by Countersign itself: try everything without harm."),
    }
    networks = tuple(Choice(name, gettext(NAMES[name]), helps[name], is_chosen=name == chosen) for name in sorted(NAMES))
    server = reconnects.origin if reconnects else (typed.get("server", "") if typed else "")
    return values.Connect(
        reverse("grants:reconnect", args=[reconnects.uid]) if reconnects else reverse("grants:connect"),
        reverse("grants:accounts"), networks, network=chosen, server=server,
        handle=reconnects.handle if reconnects else (typed.get("handle", "") if typed else ""),
        reconnects=face(reconnects) if reconnects else None,
        wants_password=chosen == "bluesky" and bool(typed and typed.get("way") == "app-password"),
        mistakes={field or "form": mistake} if mistake else {},
    )


# --- what `people` asks us --------------------------------------------------------------------------------------------
