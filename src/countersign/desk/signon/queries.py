"""What pages show of sign-on."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext

from countersign.access.grants.models import Account, GroupMember, GroupRole
from countersign.access.grants.queries import face, may, role_choices
from countersign.access.grants.rights import Right, Role
from countersign.access.grants.roles import role_name
from countersign.base.actor import PersonActor
from countersign.desk.signon.configuring import NAME
from countersign.desk.signon.models import Provider
from countersign.people.models import SignOnLink
from countersign.review.models import Proposal
from countersign.web import values
from countersign.web.values import Action, Choice, Notice, Who

MOST_LINKS = 200


def button() -> values.SignOnButton | None:
    """The button of the sign-in page, where people come in by a provider."""
    provider = Provider.objects.on().first()
    return values.SignOnButton(provider.name, reverse("sign-on")) if provider else None


def settings_page(
    actor: PersonActor, *, at: datetime, given: Mapping[str, str] | None = None, mistakes: Mapping[str, str] | None = None,
    notice: Notice | None = None,
) -> values.SignOnSettings:
    """`signon/settings.html`, with what was typed where that was a mistake."""
    current, asked = Provider.objects.on().first(), Provider.objects.asked().order_by("-pk").first()
    known = asked or current
    accounts = Account.objects.order_by("network", "handle")
    return values.SignOnSettings(
        reverse("settings"), reverse("sign-on-settings"), _ours("sign-on-return"), _ours("sign-on-logout"),
        f"{settings.ORIGIN}/scim/v2", reverse("lockout:keys"), _shown(current, at) if current else None,
        _shown(asked, at) if asked else None, reverse("sign-on-test"), reverse("sign-on-map"), _groups(), _known_groups(),
        role_choices(among=[role for role in Role if role != Role.OFFICER]),
        (Choice("", gettext("Every account")), *(Choice(str(a.uid), f"{a.handle} · {face(a).network_name}") for a in accounts)),
        _links(known), notice=notice, given=given or _typed(known), mistakes=mistakes or {},
        may=may(actor, Right.SIGN_ON_CONFIGURE, on=None),
    )  # fmt: skip


def _ours(name: str) -> str:
    return f"{settings.ORIGIN}{reverse(name)}"


def _typed(known: Provider | None) -> dict[str, str]:
    """What the form holds at first: the description there is, without its secret."""
    if known is None:
        return {"groups_claim": "groups", "scopes": "openid email profile", "name": settings.ORGANISATION}
    return {
        "name": known.name, "issuer": known.issuer, "client_id": known.client_id, "acr_values": " ".join(known.acr_values),
        "groups_claim": known.groups_claim, "scopes": known.scopes,
    }  # fmt: skip


def _shown(provider: Provider, at: datetime) -> values.ProviderShown:
    waiting = Proposal.objects.open(at).filter(act=NAME, matter=f"provider:{provider.uid}").first()
    is_on = provider.state == "on"
    return values.ProviderShown(
        provider.name, provider.issuer, provider.client_id, bool(provider.sealed), tuple(provider.acr_values), provider.groups_claim,
        provider.scopes, Who(provider.described_by.name), provider.described_at,
        turn_on=None if is_on or waiting else Action(gettext("Turn it on"), reverse("sign-on-on", args=[provider.uid]), tone="primary"),
        waits_url=reverse("proposal", args=[waiting.uid]) if waiting else "",
        turn_off=Action(gettext("Turn it off"), reverse("sign-on-off", args=[provider.uid]), tone="danger") if is_on else None,
    )  # fmt: skip


def _groups() -> tuple[values.GroupRow, ...]:
    counts = dict(GroupMember.objects.values_list("group").annotate(Count("person", distinct=True)))
    rows = GroupRole.objects.select_related("account").order_by("group", "role", "pk")
    return tuple(
        values.GroupRow(
            one.group, role_name(one.role), face(one.account) if one.account else None, counts.get(one.group, 0),
            Action(gettext("Take away"), reverse("sign-on-unmap", args=[one.pk]), tone="danger"),
        )
        for one in rows
    )


def _known_groups() -> tuple[str, ...]:
    """Groups that somebody is in and that are nothing here yet."""
    mapped = GroupRole.objects.values("group")
    rows = GroupMember.objects.exclude(group__in=mapped).values_list("group", flat=True).distinct().order_by("group")
    return tuple(rows[:20])


def _links(provider: Provider | None) -> tuple[values.LinkRow, ...]:
    if provider is None:
        return ()
    rows = SignOnLink.objects.filter(issuer=provider.issuer, ended_at=None).select_related("person").order_by("person__name")
    return tuple(
        values.LinkRow(
            Who(one.person.name), reverse("grants:person", args=[one.person.uid]), one.made_at, one.last_used_at,
            Action(gettext("Unlink"), reverse("sign-on-unlink", args=[one.uid]), tone="danger"),
        )
        for one in rows[:MOST_LINKS]
    )
