"""Saying which provider people come in by: described by one officer, turned on by two, turned off by one.

Whoever controls the provider can claim to be anybody. So it takes two officers to turn one on, as it takes two to put a
passkey on the roster; and even then a browser that comes in by it is no enrolled device, and signs nothing.
"""
from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid
from countersign.base.values import Secret
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.desk.signon import rules
from countersign.desk.signon.models import Provider
from countersign.desk.signon.states import ProviderState
from countersign.people.models import Person
from countersign.review import acts, proposing
from countersign.review.acts import Act, Lines
from countersign.review.models import Proposal

NAME = "sign_on.turn_on"


def describe(
    actor: PersonActor, *, name: str, issuer: str, client_id: str, secret: Secret, acr_values: str = "",
    groups_claim: str = "groups", scopes: str = "openid email profile", at: datetime,
) -> Provider:
    """Describe a provider; it is asked who it is, and nothing comes in by it before it is turned on.

    An empty secret keeps the one there is for the same issuer and client id. Invalid where something is missing or where the
    provider calls itself otherwise, Unreachable where it does not answer.
    """
    with refusals_recorded(actor, at=at, matter="sign-on"):
        gate.require(actor, Right.SIGN_ON_CONFIGURE, on=None)
    wanted = Provider(
        name=_given(name, "name", 60), issuer=rules.clean_issuer(issuer), client_id=_given(client_id, "client_id", 200),
        acr_values=rules.clean_levels(acr_values), groups_claim=_given(groups_claim, "groups_claim", 100),
        scopes=_scopes(scopes), described_at=at, state=ProviderState.ASKED, state_since=at,
    )  # fmt: skip
    with refusals_recorded(actor, at=at, matter="sign-on"):
        client.ask(messages.AskProvider(wanted.issuer))
    wanted.sealed = _sealed(wanted, secret)
    with recorded(actor, at=at, matter="sign-on") as record:
        gate.require(actor, Right.SIGN_ON_CONFIGURE, on=None)
        for before in Provider.objects.asked():
            before.move(ProviderState.DROPPED, at=at)
        wanted.described_by = Person.objects.get(uid=actor.uid)
        wanted.save()
        record("sign_on.changed", f"provider:{wanted.uid}", issuer=wanted.issuer, client=wanted.client_id, levels=wanted.acr_values)
    return wanted


def ask_to_turn_on(actor: PersonActor, provider: Provider, *, reason: str, at: datetime) -> Proposal | None:
    """Propose that people come in by this provider. Where there is one officer alone, it is on at once and None is returned."""
    with recorded(actor, at=at, matter=f"provider:{provider.uid}"):
        gate.require(actor, Right.SIGN_ON_CONFIGURE, on=None)
        if provider.state != ProviderState.ASKED:
            raise Conflict(_("This provider is turned on already, or was described anew meanwhile."))
        if len(gate.holders(Right.SIGN_ON_CONFIGURE, on=None)) < 2:
            turn_on(actor, provider, at=at)
            return None
        matter = f"provider:{provider.uid}"
        if Proposal.objects.open(at).filter(act=NAME, matter=matter).exists():
            raise Conflict(_("It is asked already, and waits for another officer."))
        content = {
            "provider": str(provider.uid), "issuer": provider.issuer, "client_id": provider.client_id,
            "acr_values": provider.acr_values,
        }  # fmt: skip
        return proposing.propose(actor, NAME, matter=matter, content=content, reason=reason, at=at)


def turn_on(actor: PersonActor, provider: Provider, *, at: datetime) -> None:
    """Let people come in by this provider, in place of the one before. The last signature does it, or the only officer.

    Conflict where there is a second officer and no proposal that two have signed.
    """
    with recorded(actor, at=at, matter=f"provider:{provider.uid}") as record:
        gate.require(actor, Right.SIGN_ON_CONFIGURE, on=None)
        is_alone = len(gate.holders(Right.SIGN_ON_CONFIGURE, on=None)) < 2
        granted = Proposal.objects.filter(act=NAME, matter=f"provider:{provider.uid}", state="granted")
        if not is_alone and not any(proposing.is_complete(one) for one in granted):
            raise Conflict(_("Turning on a provider takes two officers."), remedy=_("Propose it."))
        for before in Provider.objects.on():
            before.move(ProviderState.OFF, at=at)
        provider.move(ProviderState.ON, at=at)
        record("sign_on.changed", f"provider:{provider.uid}", issuer=provider.issuer, client=provider.client_id, is_on=True)


def turn_off(actor: PersonActor, provider: Provider, *, at: datetime) -> None:
    """Let nobody come in by this provider any more. Who is in stays in until their session ends; links stay."""
    with recorded(actor, at=at, matter=f"provider:{provider.uid}") as record:
        gate.require(actor, Right.SIGN_ON_CONFIGURE, on=None)
        provider.move(ProviderState.OFF, at=at)
        record("sign_on.turned_off", f"provider:{provider.uid}")


def _sealed(wanted: Provider, secret: Secret) -> str:
    if text := secret.reveal():
        answer: messages.Sealed = client.ask(messages.SealClientSecret(wanted.issuer, wanted.client_id, text))
        return answer.sealed
    same = Provider.objects.filter(issuer=wanted.issuer, client_id=wanted.client_id).order_by("-pk").first()
    return same.sealed if same else ""


def _given(text: str, field: str, most: int) -> str:
    text = text.strip()
    if not 0 < len(text) <= most:
        raise Invalid(_("This is missing, or too long."), field=field)
    return text


def _scopes(text: str) -> str:
    scopes = text.split()
    if "openid" not in scopes or len(text) > 200:
        raise Invalid(_("The scopes must hold openid."), field="scopes")
    return " ".join(scopes)


# --- the act of two --------------------------------------------------------------------------------------------------


def _provider(proposal: Proposal) -> Provider:
    return Provider.objects.get(uid=proposal.content["provider"])


def _require_may(actor: PersonActor, proposal: Proposal) -> None:
    gate.require(actor, Right.SIGN_ON_CONFIGURE, on=None)


def _lines(proposal: Proposal) -> Lines:
    provider = _provider(proposal)
    levels = ", ".join(provider.acr_values)
    return [
        (gettext("Provider"), f"{provider.name} · {provider.issuer}"),
        (gettext("Client id"), provider.client_id),
        (gettext("Second factor"), gettext("counts where the provider says so: {levels}").format(levels=", ".join(["amr", *([levels] if levels else [])]))),
        (gettext("What is accepted"), gettext("Whoever runs this provider can sign in as anybody here, in a browser that is not enrolled.")),
    ]  # fmt: skip


def _next(_proposal: Proposal) -> str:
    return reverse("sign-on-settings")


def _carry_out(actor: PersonActor, proposal: Proposal, at: datetime) -> None:
    turn_on(actor, _provider(proposal), at=at)


ACT = Act(
    name=NAME, title=_("People come in by the company's provider"), lives=timedelta(days=7), require_may_propose=_require_may,
    require_may_sign=_require_may, lines=_lines, next_url=_next, carry_out=_carry_out,
)


def register() -> None:
    """Make the act known, when the program starts."""
    acts.register(ACT)
