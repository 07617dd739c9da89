"""The vault's addresses, with who may use them."""
from __future__ import annotations

import secrets
from datetime import timedelta

from django.http import HttpResponse

from countersign.access.vault import checking_out, entering, rotating
from countersign.access.vault.models import Exposure, Rotation, SealedVersion, Secret
from countersign.base.values import Secret as Text
from countersign.review import proposing
from countersign.review.models import Proposal
from tests.house import now
from tests.matrix.doors import Ask, at, door, goes_to, shows
from tests.matrix.world import World

SEED = "JBSWY3DPEHPK3PXPJBSWY3DP"
OFFICER, USERS, READERS = "officer", "officer reviewer", "officer reviewer auditor"


def kept(w: World, kind: str = "password", value: str = "oude-ketel-1894") -> Secret:
    """A secret of the account that nobody has touched before."""
    return entering.enter(w.actor("Kim"), w.account, kind, Text(value), label=f"door {secrets.token_hex(4)}", at=now())


def granted(w: World, secret: Secret, who: str) -> Proposal:
    """A check-out that `who` asked for and that both have signed."""
    proposal = checking_out.propose(w.actor(who), secret, "The network asks for it", minutes=60, at=now())
    for name in (who, "Kim"):
        statement = proposing.statement_for(w.actor(name), proposal, at=now())
        proposing.sign(w.actor(name), proposal, statement, w.house.assertion(w.actor(name), statement), at=now())
    proposal.refresh_from_db()
    return proposal


def opened(w: World, secret: Secret | None = None) -> Rotation:
    return rotating.open(rotating.ROTATE, secret or kept(w), "Leo leaves", at=now())


def by_hand(w: World) -> Rotation:
    return rotating.begin(rotating.ROTATE, opened(w), at=now())


@door("grants:secrets", may=READERS, where="account")
def _(w: World, who: str) -> Ask:
    secret = kept(w)
    return Ask(at("grants:secrets", w.account.uid), shows(secret.label))


@door("grants:secret", may=READERS, where="account")
def _(w: World, who: str) -> Ask:
    secret = kept(w)
    return Ask(at("grants:secret", secret.uid), shows(secret.label, "Kim"))


@door("grants:secret-enter", may=OFFICER, where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:secret-enter", w.account.uid), shows('type="password"'))


@door("grants:secret-enter", "POST", may=OFFICER, where="account")
def _(w: World, who: str) -> Ask:
    label = f"door {secrets.token_hex(4)}"

    def effect(response: HttpResponse) -> None:
        assert SealedVersion.objects.current().filter(secret__label=label).count() == 1
        assert b"nieuw-geheim" not in response.content

    return Ask(at("grants:secret-enter", w.account.uid), effect, {"kind": "password", "label": label, "value": "nieuw-geheim"})


@door("grants:secret-renew", may=OFFICER, where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:secret-renew", kept(w).uid), shows('type="password"'))


@door("grants:secret-renew", "POST", may=OFFICER, where="account")
def _(w: World, who: str) -> Ask:
    secret = kept(w)

    def effect(response: HttpResponse) -> None:
        assert secret.versions.count() == 2

    return Ask(at("grants:secret-renew", secret.uid), effect, {"value": "nieuw-geheim"})


@door("grants:secret-retire", "POST", may=OFFICER, where="account")
def _(w: World, who: str) -> Ask:
    secret = kept(w)

    def effect(response: HttpResponse) -> None:
        secret.refresh_from_db()
        assert secret.retired_at is not None

    return Ask(at("grants:secret-retire", secret.uid), effect)


@door("grants:secret-code", may=USERS, where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:secret-code", kept(w, "totp_seed", SEED).uid), shows("<form"))


@door("grants:secret-code", "POST", may=USERS, where="account")
def _(w: World, who: str) -> Ask:
    secret = kept(w, "totp_seed", SEED)

    def effect(response: HttpResponse) -> None:
        assert response["Cache-Control"].startswith("no-store")
        assert Exposure.objects.filter(version__secret=secret, way="code").count() == 1

    return Ask(at("grants:secret-code", secret.uid), effect, {"purpose": "Signing in"})


@door("grants:secret-check-out", may=USERS, where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:secret-check-out", kept(w).uid), shows("<form"))


@door("grants:secret-check-out", "POST", may=USERS, where="account")
def _(w: World, who: str) -> Ask:
    secret = kept(w)

    def effect(response: HttpResponse) -> None:
        assert Proposal.objects.get(content__secret=str(secret.uid)).proposed_by.name == who

    return Ask(at("grants:secret-check-out", secret.uid), effect, {"reason": "The network asks", "minutes": "60"})


@door("grants:secret-show", may=USERS, where="account")
def _(w: World, who: str) -> Ask:
    secret = kept(w)
    return Ask(at("grants:secret-show", secret.uid, granted(w, secret, who).uid), shows("<form"))


@door("grants:secret-show", "POST", may=USERS, where="account")
def _(w: World, who: str) -> Ask:
    secret = kept(w)

    def effect(response: HttpResponse) -> None:
        assert b"oude-ketel-1894" in response.content
        assert response["Cache-Control"].startswith("no-store")

    return Ask(at("grants:secret-show", secret.uid, granted(w, secret, who).uid), effect)


@door("grants:secret-rotate", "POST", may=OFFICER, where="account")
def _(w: World, who: str) -> Ask:
    secret = kept(w)

    def effect(response: HttpResponse) -> None:
        assert Rotation.objects.get(secret=secret).due_at < now() + timedelta(hours=2)

    return Ask(at("grants:secret-rotate", secret.uid), effect, {"why": "Leo leaves", "due": "1"})


@door("grants:rotation", may=READERS, where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:rotation", opened(w).uid), shows("Leo leaves"))


@door("grants:rotation-begin", "POST", may=OFFICER, where="account")
def _(w: World, who: str) -> Ask:
    rotation = opened(w)

    def effect(response: HttpResponse) -> None:
        rotation.refresh_from_db()
        assert rotation.state == "by_hand"

    return Ask(at("grants:rotation-begin", rotation.uid), effect)


@door("grants:rotation-done", "POST", may=OFFICER, where="account")
def _(w: World, who: str) -> Ask:
    rotation = by_hand(w)

    def effect(response: HttpResponse) -> None:
        rotation.refresh_from_db()
        assert rotation.state == "changed"

    return Ask(at("grants:rotation-done", rotation.uid), effect)


@door("grants:rotation-prove", "POST", may=OFFICER, where="account")
def _(w: World, who: str) -> Ask:
    rotation = rotating.done_by_hand(rotating.ROTATE, by_hand(w), at=now())
    return Ask(at("grants:rotation-prove", rotation.uid), goes_to(at("grants:rotation", rotation.uid)))


@door("grants:rotation-state", "POST", may=OFFICER, where="account")
def _(w: World, who: str) -> Ask:
    rotation = rotating.done_by_hand(rotating.ROTATE, by_hand(w), at=now())

    def effect(response: HttpResponse) -> None:
        assert Proposal.objects.get(act="secret.state", matter=f"rotation:{rotation.uid}").proposed_by.name == who

    return Ask(at("grants:rotation-state", rotation.uid), effect, {"words": "Tried, and refused."})


@door("grants:tokens-replace", "POST", may=OFFICER, where="account")
def _(w: World, who: str) -> Ask:
    account = w.fresh_account()

    def effect(response: HttpResponse) -> None:
        assert Rotation.objects.get(account=account, secret=None).evidence["new_opens"] is True

    return Ask(at("grants:tokens-replace", account.uid), effect)


@door("grants:exposures", may="officer auditor", where="house")
def _(w: World, who: str) -> Ask:
    secret = kept(w)
    return Ask(at("grants:exposures", w.person("Kim").uid), shows(secret.label))
