"""What is not believed of a provider: forged, mixed up, replayed, too old, for somebody else. The provider here is a stand-in."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from countersign.audit.models import Entry
from countersign.base.actor import PersonActor
from countersign.base.errors import Invalid, Refused
from countersign.base.values import Secret
from countersign.calls import client, messages
from countersign.desk.signon import configuring
from countersign.desk.signon.models import Provider
from countersign.people.models import Attempt, Person, Session, SignOnLink
from tests.house import Broker, now
from tests.servers.hostile_provider import (
    CLIENT,
    HostileProvider,
    Signer,
    hostile_provider,
    unsigned,
    with_shared_secret,
)

LOGOUT = {"http://schemas.openid.net/event/backchannel-logout": {}}


@pytest.fixture(scope="module")
def liar() -> Iterator[HostileProvider]:
    with hostile_provider() as server:
        yield server


@pytest.fixture(scope="module")
def broker(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, liar: HostileProvider) -> Iterator[Broker]:
    broker = Broker(tmp_path_factory.mktemp("house") / "broker", allow=[liar.issuer])
    client.use_socket(settings.BROKER_SOCKET)
    try:
        broker.start()
        yield broker
    finally:
        broker.end()


@pytest.fixture
def provider(kim: PersonActor, ann: Person, liar: HostileProvider) -> Provider:
    liar.named, liar.names_itself, liar.keys, liar.about = liar.issuer, False, [liar.signer.public], {}
    described = configuring.describe(
        kim, name="Liar", issuer=liar.issuer, client_id=CLIENT, secret=Secret("canary-given-by-the-liar"), at=now()
    )
    configuring.ask_to_turn_on(kim, described, reason="", at=now())
    described.refresh_from_db()
    return described


class Coming:
    """A sign-in that was begun, whose provider may answer as it likes."""

    def __init__(self, liar: HostileProvider) -> None:
        self.liar, self.browser = liar, Client()
        asked = parse_qs(urlsplit(self.browser.get("/sign-on/")["Location"]).query)
        self.state, self.nonce = asked["state"][0], asked["nonce"][0]

    def back(self, token: str, **query: str) -> int:
        self.liar.token = token
        answer = self.browser.get("/sign-on/return/", {"state": self.state, "code": "c", **query})
        assert answer.status_code != 302 or answer["Location"] == "/"
        return answer.status_code

    def good(self, **other: Any) -> str:
        return self.liar.signer.sign(self.liar.claims(self.nonce, **other))


@pytest.fixture
def coming(provider: Provider, liar: HostileProvider) -> Coming:
    return Coming(liar)


def test_a_good_answer_comes_in(coming: Coming) -> None:
    assert coming.back(coming.good()) == 302
    assert Session.objects.filter(person__name="Ann").exists()


LIES: dict[str, Callable[[Coming], str]] = {
    "no signature": lambda c: unsigned(c.liar.claims(c.nonce)),
    "signed with the public key as a shared secret": lambda c: with_shared_secret(c.liar.claims(c.nonce), c.liar.signer.pem, kid="one"),
    "signed by a key that is not listed": lambda c: Signer(kid="two").sign(c.liar.claims(c.nonce)),
    "signed by another key under a listed name": lambda c: Signer().sign(c.liar.claims(c.nonce)),
    "RS512, which is not on our list": lambda c: c.liar.signer.sign(c.liar.claims(c.nonce), algorithm="RS512"),
    "another nonce": lambda c: c.good(nonce="another"),
    "no nonce": lambda c: c.liar.signer.sign({k: v for k, v in c.liar.claims(c.nonce).items() if k != "nonce"}),
    "another issuer": lambda c: c.good(iss="https://elsewhere.example"),
    "another audience": lambda c: c.good(aud="somebody-else"),
    "several audiences without azp": lambda c: c.good(aud=[CLIENT, "somebody-else"]),
    "several audiences, issued to another": lambda c: c.good(aud=[CLIENT, "somebody-else"], azp="somebody-else"),
    "issued to another": lambda c: c.good(azp="somebody-else"),
    "run out": lambda c: c.good(exp=int(time.time()) - 120),
    "no end": lambda c: c.liar.signer.sign({k: v for k, v in c.liar.claims(c.nonce).items() if k != "exp"}),
    "an end that is no number": lambda c: c.good(exp="later"),
    "made an hour ago": lambda c: c.good(iat=int(time.time()) - 3600),
    "made in the future": lambda c: c.good(iat=int(time.time()) + 3600),
    "good only tomorrow": lambda c: c.good(nbf=int(time.time()) + 86_400),
    "nobody's": lambda c: c.good(sub=""),
    "a subject that is no text": lambda c: c.good(sub=7),
    "a factor shown in the future": lambda c: c.good(auth_time=int(time.time()) + 3600),
    "critical extensions": lambda c: c.liar.signer.sign(c.liar.claims(c.nonce), crit=["exp"]),
    "a logout token": lambda c: c.liar.signer.sign(c.liar.claims(c.nonce, events=LOGOUT), typ="secevent+jwt"),
    "no token": lambda c: "",
    "no token but text": lambda c: "a.b.c",
    "too long": lambda c: "a" * 40_000,
    "no mail address": lambda c: c.good(email=""),
    "an address that was not verified": lambda c: c.good(email_verified=False),
    "an address that was verified in words": lambda c: c.good(email_verified="yes"),
    "nobody here": lambda c: c.good(email="olu@elsewhere.example"),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_refused_and_in_the_log(coming: Coming, lie: str) -> None:
    assert coming.back(LIES[lie](coming)) == 403
    assert not Session.objects.filter(person__name="Ann").exists()
    assert not SignOnLink.objects.exists()
    assert Entry.objects.filter(event="act.refused").exists()
    assert Attempt.objects.filter(kind="sign_on").count() == 1


@pytest.mark.parametrize("query", [{"state": "another"}, {"iss": "https://elsewhere.example"}, {"error": "access_denied"}])
def test_an_answer_to_something_else_or_from_somebody_else_is_refused(coming: Coming, query: dict[str, str]) -> None:
    assert coming.back(coming.good(), **query) == 403
    assert not Session.objects.filter(person__name="Ann").exists()


def test_a_provider_that_says_it_names_itself_has_to(provider: Provider, liar: HostileProvider) -> None:
    liar.names_itself = True
    client.ask(messages.AskProvider(liar.issuer))
    assert Coming(liar).back("", iss="") == 403
    coming = Coming(liar)
    assert coming.back(coming.good(), iss=liar.issuer) == 302


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "PS256", "RS256"])
def test_every_way_of_signing_on_our_list_is_taken(provider: Provider, liar: HostileProvider, algorithm: str) -> None:
    signer = Signer(algorithm, kid=f"of-{algorithm}")
    liar.keys = [liar.signer.public, signer.public]
    client.ask(messages.AskProvider(liar.issuer))
    coming = Coming(liar)
    assert coming.back(signer.sign(liar.claims(coming.nonce))) == 302


def test_a_factor_shown_long_ago_does_not_count_and_ours_is_asked(coming: Coming, key: object) -> None:
    coming.liar.token = coming.good(auth_time=int(time.time()) - 3 * 3600)
    answer = coming.browser.get("/sign-on/return/", {"state": coming.state, "code": "c"})
    assert answer["Location"] == "/accounts/second-factor/"


def test_a_factor_without_a_time_does_not_count_either(coming: Coming, key: object) -> None:
    claims = {name: value for name, value in coming.liar.claims(coming.nonce).items() if name != "auth_time"}
    coming.liar.token = coming.liar.signer.sign(claims)
    answer = coming.browser.get("/sign-on/return/", {"state": coming.state, "code": "c"})
    assert answer["Location"] == "/accounts/second-factor/"


def test_what_is_told_beside_the_token_counts_only_for_the_same_person(provider: Provider, liar: HostileProvider) -> None:
    liar.about = {"sub": "somebody-else", "email": "ann@delinde.example", "email_verified": True}
    coming = Coming(liar)
    claims = {name: value for name, value in liar.claims(coming.nonce).items() if not name.startswith("email")}
    assert coming.back(liar.signer.sign(claims)) == 403
    liar.about["sub"] = "ann"
    coming = Coming(liar)
    assert coming.back(liar.signer.sign({**claims, "nonce": coming.nonce})) == 302


def test_a_provider_that_names_another_issuer_is_not_described(kim: PersonActor, liar: HostileProvider) -> None:
    liar.named = "https://login.example"
    with pytest.raises(Invalid, match="calls itself"):
        configuring.describe(kim, name="x", issuer=liar.issuer, client_id=CLIENT, secret=Secret(""), at=now())
    liar.named = liar.issuer


def test_the_client_secret_opens_for_its_own_issuer_and_client_alone(provider: Provider, liar: HostileProvider) -> None:
    """Who owns the web process may name another issuer, and still does not get the secret sent there."""
    begun = client.ask(messages.BeginSignOn(liar.issuer, "another-client", "s" * 32))
    with pytest.raises(Refused, match="does not belong here"):
        client.ask(
            messages.FinishSignOn(
                liar.issuer, "another-client", provider.sealed, begun.pending, {"state": "s" * 32, "code": "c"}
            )
        )
    assert not any("canary" in said for _method, said in liar.asked if "/token" in said and "another-client" in said)


# --- logout ------------------------------------------------------------------------------------------------------------


def logout(liar: HostileProvider, *, without: str = "", **other: Any) -> str:
    now_ = int(time.time())
    claims = {
        "iss": liar.issuer, "aud": CLIENT, "sub": "ann", "iat": now_, "exp": now_ + 120, "jti": f"n{time.time_ns()}", "events": LOGOUT,
        **other,
    }  # fmt: skip
    return liar.signer.sign({name: value for name, value in claims.items() if name != without}, typ="logout+jwt")


def told(token: str) -> int:
    return Client().post("/sign-on/logout/", {"logout_token": token}).status_code


def test_a_good_logout_token_ends_the_session(coming: Coming) -> None:
    coming.back(coming.good(sid="at-the-liar"))
    assert told(logout(coming.liar, sid="another")) == 200
    assert Session.objects.filter(person__name="Ann", ended_at=None).exists()
    assert told(logout(coming.liar, without="sub", sid="at-the-liar")) == 200
    assert Session.objects.get(person__name="Ann").ended_by == "provider"


FORGED: dict[str, Callable[[HostileProvider], str]] = {
    "with a nonce, an ID token": lambda liar: logout(liar, nonce="n"),
    "without the event": lambda liar: logout(liar, events={}),
    "without events": lambda liar: logout(liar, without="events"),
    "without a number": lambda liar: logout(liar, without="jti"),
    "about nobody": lambda liar: logout(liar, without="sub"),
    "of yesterday": lambda liar: logout(liar, iat=int(time.time()) - 86_400),
    "run out": lambda liar: logout(liar, exp=int(time.time()) - 86_400),
    "for another program": lambda liar: logout(liar, aud="somebody-else"),
    "from another issuer": lambda liar: logout(liar, iss="https://elsewhere.example"),
    "signed by somebody else": lambda liar: Signer().sign({"iss": liar.issuer, "aud": CLIENT, "sub": "ann", "iat": int(time.time()), "jti": "x", "events": LOGOUT}),
    "unsigned": lambda liar: unsigned({"iss": liar.issuer, "aud": CLIENT, "sub": "ann", "iat": int(time.time()), "jti": "x", "events": LOGOUT}),
    "nothing": lambda liar: "",
}  # fmt: skip


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_logout_token_ends_nothing(coming: Coming, kind: str) -> None:
    coming.back(coming.good())
    assert told(FORGED[kind](coming.liar)) == 400
    assert Session.objects.filter(person__name="Ann", ended_at=None).exists()
    assert Entry.objects.filter(event="act.refused").exists()


def test_many_forged_ones_from_one_address_are_no_longer_read(provider: Provider) -> None:
    assert {told("forged") for _time in range(30)} == {400}
    size = Entry.objects.count()
    assert told("forged") == 429
    assert Entry.objects.count() == size


def test_an_unknown_key_is_looked_for_once_and_not_at_will(provider: Provider, liar: HostileProvider) -> None:
    client.ask(messages.AskProvider(liar.issuer))
    before = len(liar.asked)
    for _time in range(5):
        told(Signer(kid="never-seen").sign({"iss": liar.issuer}))
    assert len(liar.asked) == before
