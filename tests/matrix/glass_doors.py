"""The addresses of break-glass, with who may use them."""
from __future__ import annotations

import json
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from countersign.access.glass import breaking, rules
from countersign.access.glass.models import Glass
from countersign.access.vault.models import Secret
from countersign.review.statement import challenge
from countersign.review.verifying import Assertion
from tests.house import now
from tests.matrix.doors import JSON, READERS, Ask, Effect, at, door, shows
from tests.matrix.vault_doors import kept
from tests.matrix.world import World

USERS, WHY = "officer reviewer", "It cannot wait."


def signed(w: World, name: str, statement: dict[str, object]) -> Assertion:
    return Assertion.of(w.house.keys[w.actor(name).uid].sign(challenge(statement, domain=rules.DOMAIN)))


def statement_of(w: World, name: str, secret: Secret) -> dict[str, object]:
    return breaking.statement_for(w.actor(name), secret, case=uuid4(), reason=WHY, at=now())


def asked(w: World, name: str = "Kim") -> Glass:
    """Somebody on the roster asks alone for a secret of the account; Kim, where it is nobody who could."""
    name = name if name in {"Ben", "Tom"} else "Kim"
    secret = kept(w)
    statement = statement_of(w, name, secret)
    return breaking.ask(w.actor(name), secret, statement, signed(w, name, statement), reason=WHY, at=now())


def with_passkey(w: World, who: str, ask: Ask, options: str, *, given: dict[str, str], is_form: bool) -> Ask:
    """A request that carries this person's answer to the question at `options`."""

    def prepare(client: Client) -> None:
        asked_for = client.post(options, json.dumps(given), content_type="application/json", headers=JSON).json()
        answer = w.house.keys[w.actor(who).uid].answer(asked_for)
        if is_form:
            ask.data = {"credential": json.dumps(answer)}
        else:
            ask.body = answer

    ask.prepare = prepare
    return ask


@door("glass:new", may=USERS, where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("glass:new", kept(w).uid), shows("Everybody is told at once"))


@door("glass:ask-options", "POST", may=USERS, where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("glass:ask-options", kept(w).uid), shows("challenge"), body={"reason": WHY})


@door("glass:ask", "POST", may=USERS, where="account")
def _(w: World, who: str) -> Ask:
    secret = kept(w)

    def effect(response: HttpResponse) -> None:
        assert Glass.objects.get(secret=secret).asked_by.name == who, response.content[:300]

    ask = Ask(at("glass:ask", secret.uid), effect)
    return with_passkey(w, who, ask, at("glass:ask-options", secret.uid), given={"reason": WHY}, is_form=True)


@door("glass:case", may=READERS, where="anywhere")
def _(w: World, who: str) -> Ask:
    return Ask(at("glass:case", asked(w).uid), shows("asks alone for", WHY))


@door("glass:no-options", "POST", may="officer", where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("glass:no-options", asked(w).uid), shows("challenge"), body={})


@door("glass:no", "POST", may="officer", where="account")
def _(w: World, who: str) -> Ask:
    glass = asked(w)
    ask = Ask(at("glass:no", glass.uid), state_is(glass, "vetoed"), body={})
    return with_passkey(w, who, ask, at("glass:no-options", glass.uid), given={}, is_form=False)


@door("glass:take-options", "POST", may=USERS, where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("glass:take-options", asked(w, who).uid), shows("challenge"), body={})


@door("glass:take", "POST", may=USERS, where="account")
def _(w: World, who: str) -> Ask:
    """Nobody breaks it before its wait is over; tests/glass/test_breaking.py does, where it is."""
    glass = asked(w, who)

    def effect(response: HttpResponse) -> None:
        assert (response.status_code, "not over" in response.content.decode()) == (409, True), response.content[:300]

    ask = Ask(at("glass:take", glass.uid), effect)
    return with_passkey(w, who, ask, at("glass:take-options", glass.uid), given={}, is_form=True)


def state_is(glass: Glass, state: str) -> Effect:
    def effect(response: HttpResponse) -> None:
        glass.refresh_from_db()
        assert (response.status_code, glass.state) == (200, state), response.content[:300]

    return effect
