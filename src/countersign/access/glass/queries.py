"""What pages show of what one person asks for alone."""
from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from countersign.access.glass.models import Glass
from countersign.access.glass.states import GlassState
from countersign.access.grants import gate
from countersign.access.grants.queries import face, may
from countersign.access.grants.rights import Right
from countersign.access.vault.models import Secret
from countersign.access.vault.words import kind_words
from countersign.base.actor import PersonActor
from countersign.base.values import Digest
from countersign.web import values
from countersign.web.values import ALLOWED, Notice, Verdict, Who


def new_page(actor: PersonActor, secret: Secret) -> values.NewGlass:
    """`glass/new.html`."""
    at, account = [secret.uid], secret.account
    officers = [one for one in gate.holders(Right.GLASS_VETO, on=account) if str(one.uid) != actor.uid]
    return values.NewGlass(
        kind_words(secret), face(account), reverse("glass:ask", args=at), reverse("glass:ask-options", args=at),
        reverse("grants:secret", args=at), reverse("grants:secret-check-out", args=at), may(actor, Right.SECRET_CHECK_OUT, on=account),
        tuple(Who(one.name) for one in officers),
    )


def page(actor: PersonActor, glass: Glass, *, at: datetime) -> values.GlassPage:
    """`glass/case.html`."""
    secret, where, is_own = glass.secret, [glass.uid], str(glass.asked_by.uid) == actor.uid
    is_open = glass.state == GlassState.ASKED and at < glass.ends_at
    return values.GlassPage(
        kind_words(secret), face(secret.account), Who(glass.asked_by.name), glass.asked_at, glass.ripe_at, glass.ends_at,
        glass.reason, glass.state if is_open or glass.state != GlassState.ASKED else GlassState.LAPSED, Digest(glass.digest).fingerprint,
        is_own, at >= glass.ripe_at, reverse("grants:secret", args=[secret.uid]),
        reverse("glass:no-options", args=where), reverse("glass:no", args=where), reverse("glass:take-options", args=where),
        reverse("glass:take", args=where), ALLOWED if is_own else may(actor, Right.GLASS_VETO, on=secret.account),
        _may_take(actor, glass, at), Who(glass.settled_by.name) if glass.settled_by else None,
        glass.state_since if glass.state != GlassState.ASKED else None,
    )


def _may_take(actor: PersonActor, glass: Glass, at: datetime) -> Verdict:
    if at < glass.ripe_at:
        return Verdict(False, gettext("The wait is not over."), gettext("A second person can sign a check-out at any time."))
    return may(actor, Right.SECRET_CHECK_OUT, on=glass.secret.account)


def notice(actor: PersonActor) -> Notice | None:
    """What every page says to everybody while somebody asks for a secret alone."""
    row = Glass.objects.waiting(timezone.now()).select_related("secret__account", "asked_by").order_by("asked_at").first()
    if row is None:
        return None
    title = gettext("{who} asks alone for {what} of {handle}").format(
        who=row.asked_by.name, what=kind_words(row.secret), handle=row.secret.account.handle
    )
    text = gettext("No second person signs it. It is shown from {when} on, unless an officer says no before.").format(
        when=date_format(timezone.localtime(row.ripe_at), "H:i")
    )
    may_look = gate.may_anywhere(actor, Right.ACCOUNT_READ).allowed
    text += "" if may_look else " " + gettext("If that surprises you, tell a security officer now.")
    return Notice("bad", title, text, reverse("glass:case", args=[row.uid]) if may_look else "", gettext("Look, and say no if it is wrong"))
