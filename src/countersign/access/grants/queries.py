"""What pages show of accounts."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from countersign.access.grants import gate, rules
from countersign.access.grants.models import Account, Grant
from countersign.access.grants.rights import ROLE_WORDS, Right, Role
from countersign.access.grants.states import AccountState
from countersign.base.actor import Actor, PersonActor
from countersign.base.values import Digest
from countersign.calls import messages
from countersign.networks.registry import NAMES, table
from countersign.people.models import Credential, Person
from countersign.people.queries import passkeys_of, totp_of
from countersign.people.states import PersonState
from countersign.review import roster
from countersign.review.models import RosterProposal
from countersign.web import values
from countersign.web.values import Choice, Face, Verdict, Who


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


def role_name(role: str) -> str:
    """A role in the reader's words."""
    return gettext(ROLE_WORDS[Role(role)][0])


def role_choices(*, among: Iterable[Role] = tuple(Role)) -> tuple[Choice, ...]:
    """Roles to choose from, with what each does."""
    return tuple(Choice(role.value, gettext(ROLE_WORDS[role][0]), gettext(ROLE_WORDS[role][1])) for role in among)


def accounts_page(actor: PersonActor) -> values.Accounts:
    """`grants/accounts.html`."""
    accounts = gate.accounts(actor, Right.ACCOUNT_READ).order_by("network", "handle")
    rows = tuple(
        values.AccountRow(
            reverse("grants:account", args=[account.uid]), face(account), account.state, line=account.trouble,
            people=tuple(Who(g.person.name) for g in _grants_on(account)[:6]), needed=account.signatures,
        )
        for account in accounts
    )
    return values.Accounts(rows, reverse("grants:connect"), may(actor, Right.ACCOUNT_CONNECT, on=None))


def _grants_on(account: Account) -> list[Grant]:
    return list(Grant.objects.on(account).select_related("person").order_by("person__name", "role"))


def account_page(actor: PersonActor, account: Account, *, expires_at: datetime | None) -> values.AccountPage:
    """`grants/account.html`. `expires_at` is when the key in use ends at the network."""
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
        actions=_account_actions(actor, account), server=account.origin,
        limits=gettext("{characters} characters, {attachments} pictures").format(
            characters=account.limits.get("characters", "?"), attachments=account.limits.get("attachments", "?")
        ),
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
        may_take=may_take,
    )


def people_page(actor: PersonActor, *, notice: values.Notice | None) -> values.People:
    """`grants/people.html`."""
    people = Person.objects.exclude(state=PersonState.LEFT).prefetch_related("grants", "sessions").order_by("name")
    rows = tuple(
        values.PersonRow(
            reverse("grants:person", args=[p.uid]), Who(p.name), p.state,
            roles=", ".join(sorted({role_name(g.role) for g in p.grants.all()})),
            seen_at=max((s.last_seen_at for s in p.sessions.all()), default=None), factor=_factor(p),
        )
        for p in people
    )
    invite = may(actor, Right.PERSON_INVITE, on=None)
    return values.People(rows, reverse("grants:invite"), reverse("grants:roster"), invite, notice)


def _factor(person: Person) -> str:
    if passkeys_of(person):
        return gettext("passkey")
    return gettext("code generator") if totp_of(person) else ""


def person_page(actor: PersonActor, person: Person) -> values.PersonPage:
    """`grants/person.html`."""
    at = [person.uid]
    may_give = may(actor, Right.GRANT_GIVE, on=None)
    grants = person.grants.select_related("account", "person").order_by("role")
    keys = passkeys_of(person)
    factors = [gettext("Passkey “{name}”").format(name=k.name) for k in keys]
    factors += [gettext("Code generator")] if totp_of(person) else []
    accounts = Account.objects.order_by("network", "handle")
    everywhere = Choice("", gettext("Every account"))
    return values.PersonPage(
        Who(person.name), person.email, person.state, reverse("grants:people"),
        holdings=tuple(_holding(g, may_give) for g in grants), factors=tuple(factors), actions=_person_actions(actor, person),
        grant_url=reverse("grants:give-to", args=at),
        accounts=(everywhere, *(Choice(str(a.uid), f"{a.handle} · {face(a).network_name}") for a in accounts)),
        roles=role_choices(), may_grant=may_give,
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
    everywhere = Choice("", gettext("Every account"), is_chosen=True)
    return values.Invite(
        reverse("grants:invite"), reverse("grants:people"), roles=role_choices(),
        accounts=(everywhere, *(Choice(str(a.uid), f"{a.handle} · {face(a).network_name}") for a in accounts)),
        languages=tuple(Choice(code, name) for code, name in settings.LANGUAGES),
        name=typed.get("name", "") if typed else "", email=typed.get("email", "") if typed else "",
        mistakes={field or "form": mistake} if mistake else {},
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


# --- the roster --------------------------------------------------------------------------------------------------------


def roster_page(actor: PersonActor, known: messages.Roster, *, at: datetime) -> values.Roster:
    """`grants/roster.html`: the broker's own roster, with our names for its people."""
    names = {str(person.uid): person.name for person in Person.objects.all()}
    added = {line["entry"]["credential"]: line for line in known.entries if line["entry"]["act"] in {"begin", "add"}}
    removed = [line["entry"]["credential"] for line in known.entries if line["entry"]["act"] == "remove"]
    standing = [line for credential, line in added.items() if credential not in removed]
    may_sign = may(actor, Right.ROSTER_SIGN, on=None)
    on_roster = {line["entry"]["credential"] for line in standing}
    addable = Credential.objects.filter(retired_at__isnull=True, person__state=PersonState.ACTIVE)
    people = [c for c in addable.select_related("person").order_by("person__name") if _may_be_added(c, standing)]
    proposals = RosterProposal.objects.filter(closed_at__isnull=True, content__before=known.head)
    return values.Roster(
        signers=tuple(_signer(line, names, known, at, may_sign) for line in standing if "reviewer" in line["entry"]["roles"]),
        officers=tuple(_signer(line, names, known, at, may_sign) for line in standing if "officer" in line["entry"]["roles"]),
        threshold=known.threshold, head=known.head,
        pending=tuple(_pending(actor, p, names, known.threshold, may_sign) for p in proposals.order_by("proposed_at")),
        add_url=reverse("grants:roster-add"),
        people=tuple(Choice(str(c.uid), f"{c.person.name} · {c.name}", is_chosen=c.credential_id in on_roster) for c in people),
        roles=(Choice("signer", gettext("May countersign posts")), Choice("officer", gettext("May countersign posts, and is a security officer"))),
        may_add=may_sign, list_url=reverse("grants:people"),
        set_up_ends_at=datetime.fromisoformat(known.set_up_ends_at) if known.set_up_ends_at else None,
    )


def _may_be_added(credential: Credential, standing: list[dict[str, Any]]) -> bool:
    mine = [line for line in standing if line["entry"]["credential"] == credential.credential_id]
    return not mine or "officer" not in mine[0]["entry"]["roles"]


def _signer(
    line: dict[str, Any], names: dict[str, str], known: messages.Roster, at: datetime, may_sign: Verdict
) -> values.SignerRow:
    entry, since = line["entry"], datetime.fromisoformat(line["at"])
    in_set_up = known.set_up_ends_at and since < datetime.fromisoformat(known.set_up_ends_at)
    cools = None if in_set_up or at > since + roster.COOL_OFF else since + roster.COOL_OFF
    role = gettext("Security officer") if "officer" in entry["roles"] else gettext("Reviewer")
    remove = values.Action(
        gettext("Take off the roster"), reverse("grants:roster-remove"), "credential", entry["credential"], "danger", may_sign
    )
    return values.SignerRow(Who(names.get(entry["person"], "?")), role, since, 1, cools, remove)


def _pending(
    actor: PersonActor, proposal: RosterProposal, names: dict[str, str], threshold: int, may_sign: Verdict
) -> values.PendingEntry:
    content, at = proposal.content, [proposal.head]
    labels = {
        "add": gettext("Put a passkey on the roster"), "remove": gettext("Take a passkey off the roster"),
        "require": gettext("Change how many signatures an account takes"),
    }
    signed = [s.officer for s in proposal.signatures.select_related("officer")]
    if may_sign and any(str(officer.uid) == actor.uid for officer in signed):
        may_sign = Verdict(False, gettext("You have signed this."), gettext("Another officer's signature is needed."))
    return values.PendingEntry(
        labels.get(content["act"], content["act"]), _detail(content, names), Who(proposal.proposed_by.name),
        proposal.proposed_at, tuple(Who(officer.name) for officer in signed), threshold, Digest(proposal.head).fingerprint,
        reverse("grants:roster-options", args=at), reverse("grants:roster-sign", args=at), may_sign=may_sign,
    )


def _detail(content: dict[str, Any], names: dict[str, str]) -> str:
    match content["act"]:
        case "add":
            roles = ", ".join(role_name(role) for role in content["roles"])
            return f"{names.get(content['person'], '?')}: {roles}"
        case "require":
            account = Account.objects.filter(uid=content["account"]).first()
            return gettext("{handle}: {count} signatures").format(handle=account or "?", count=content["signatures"])
    owner = Credential.objects.filter(credential_id=content["credential"]).select_related("person").first()
    return owner.person.name if owner else ""


# --- what `people` asks us --------------------------------------------------------------------------------------------


def is_signer(person: Person) -> bool:
    """Whether a person may sign anything: their sessions idle for a shorter time."""
    return person.grants.filter(role__in=[Role.REVIEWER, Role.OFFICER]).exists()


def roles_in_words(person: Person) -> str:
    """A person's roles in one line: *author, reviewer*."""
    roles = sorted(set(person.grants.values_list("role", flat=True)))
    return ", ".join(role_name(role).lower() for role in roles)
