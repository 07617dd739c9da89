"""The addresses of evidence, with who may use them."""
from __future__ import annotations

from django.http import HttpResponse

from countersign.access.evidence import stating
from countersign.access.evidence.models import Evidence, Look
from countersign.review import proposing
from countersign.review.models import Proposal
from tests.house import now
from tests.matrix.doors import READERS, Ask, at, door, shows
from tests.matrix.world import World

PNG = b"\x89PNG\r\n\x1a\n" + b"settings"


def stated(w: World) -> Evidence:
    """A statement of Kim's and Ben's about an account of its own, with a picture."""
    account = w.fresh_account()
    proposal = stating.propose(w.actor("Kim"), account, seen_at=now(), words="On, in its settings.", picture=PNG, at=now())
    statement = proposing.statement_for(w.actor("Ben"), proposal, at=now())
    proposing.sign(w.actor("Ben"), proposal, statement, w.house.assertion(w.actor("Ben"), statement), at=now())
    return Evidence.objects.get(proposal=proposal.uid)


def proposed(act: str, account: object) -> object:
    def effect(response: HttpResponse) -> None:
        assert response.status_code == 302, response.content[:300]
        assert Proposal.objects.filter(act=act, account=account).exists()

    return effect


@door("evidence:list", may=READERS, where="anywhere")
def _(w: World, who: str) -> Ask:
    return Ask(at("evidence:list"), shows("Second factors", "/evidence/guides/bluesky/"))


@door("evidence:guide", may=READERS, where="anywhere")
def _(w: World, who: str) -> Ask:
    return Ask(at("evidence:guide", "mastodon"), shows("Two-factor Auth"))


@door("evidence:account", may=READERS, where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("evidence:account", w.account.uid), shows(w.account.handle, "Second factor at the network"))


@door("evidence:ask", "POST", may="officer", where="account")
def _(w: World, who: str) -> Ask:
    account = w.fresh_account()

    def effect(response: HttpResponse) -> None:
        assert Look.objects.get(account=account).told == "on"

    return Ask(at("evidence:ask", account.uid), effect)


@door("evidence:state", "POST", may="officer reviewer", where="account")
def _(w: World, who: str) -> Ask:
    account = w.fresh_account()
    effect = proposed("evidence.state", account.uid)
    return Ask(at("evidence:state", account.uid), effect, {"words": "On, in its settings.", "picture": PNG})  # type: ignore[arg-type]


@door("evidence:except", "POST", may="officer", where="account")
def _(w: World, who: str) -> Ask:
    account = w.fresh_account()
    effect = proposed("evidence.except", account.uid)
    return Ask(at("evidence:except", account.uid), effect, {"days": "7", "reason": "The phone is in the post."})  # type: ignore[arg-type]


@door("evidence:picture", "POST", may="officer reviewer auditor", where="account", bound=False)
def _(w: World, who: str) -> Ask:
    row = stated(w)

    def effect(response: HttpResponse) -> None:
        assert (response.status_code, response.content) == (200, PNG)
        assert response["Content-Disposition"].startswith("attachment")

    return Ask(at("evidence:picture", row.uid), effect)
