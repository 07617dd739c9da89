"""Every address of the product with who may use it, written by hand: the product's own table of rights is not read here.

`may` names roles; or `own` (everybody signed in, about themselves), `everybody`, `link` (whoever holds the link) and
`proof` (whoever can prove who they are). `where` says on what the role must stand: `account` (on the account concerned),
`house` (on every account), `anywhere` (on any).
"""
from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from countersign.access.grants.models import Account, Grant
from countersign.access.vault import connecting
from countersign.access.vault.models import Connection
from countersign.content.comments.models import Comment, Decision
from countersign.content.posts.models import Attachment, Delivery, Post, Remark
from countersign.people import equipping
from countersign.people.models import Credential, Enrolment, Person, RecoveryCode, Session, Totp
from countersign.review.models import Countersignature, RosterProposal, RosterSignature
from tests.house import now
from tests.matrix.codes import code_at, seed_and_ticket
from tests.matrix.world import WORDS, World, photo
from tests.proving import Browser
from tests.signing_in import PASSWORD, sign_in
from tests.soft_authenticator import SoftAuthenticator

JSON = {"Accept": "application/json"}

type Effect = Callable[[HttpResponse], object]


@dataclass
class Ask:
    """One request that is allowed to whom it was made for, and how to see that it had its effect."""

    url: str
    effect: Effect
    data: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    prepare: Callable[[Client], None] | None = None
    refused_url: str = ""  # the same door without the key to it
    refused_body: Any = None
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    refused_data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Door:
    """One method of one address."""

    name: str
    method: str
    may: frozenset[str]
    where: str
    make: Callable[[World, str], Ask]
    is_fresh: bool = False
    is_early: bool = False  # only before the roster has begun
    is_act_on_account: bool = False  # a lock on the account stops it

    @property
    def id(self) -> str:
        return f"{self.method} {self.name}"


DOORS: list[Door] = []
OWN, EVERYBODY, LINK, PROOF = (frozenset({word}) for word in ("own", "everybody", "link", "proof"))
READERS = "author reviewer moderator officer auditor"


def door(
    name: str, method: str = "GET", *, may: str | frozenset[str], where: str = "", fresh: bool = False, early: bool = False,
    bound: bool | None = None,
) -> Callable[[Callable[[World, str], Ask]], Callable[[World, str], Ask]]:
    """Add a row to the table."""

    def add(make: Callable[[World, str], Ask]) -> Callable[[World, str], Ask]:
        roles = may if isinstance(may, frozenset) else frozenset(may.split())
        is_bound = bound if bound is not None else where == "account" and method == "POST"
        DOORS.append(Door(name, method, roles, where, make, fresh, early, is_bound))
        return make

    return add


def send(client: Client, door: Door, ask: Ask, *, url: str = "", body: Any = None, **headers: str) -> HttpResponse:
    """Send the request of a door."""
    for name, value in ask.cookies.items():
        client.cookies[name] = value
    url, body = url or ask.url, ask.body if body is None else body
    headers = {**ask.headers, **headers}
    given: Any = {**JSON, **headers} if body is not None else headers
    if door.method == "GET":
        return client.get(url, ask.data, headers=given)  # type: ignore[return-value]
    if door.method != "POST":
        content = json.dumps(body) if body is not None else ""
        return client.generic(door.method, url, content, content_type="application/json", headers=given)  # type: ignore[return-value]
    if body is not None:
        return client.post(url, json.dumps(body), content_type="application/json", headers=given)  # type: ignore[return-value]
    data = {name: _again(value) for name, value in ask.data.items()}
    return client.post(url, data, headers=given)  # type: ignore[return-value]


def _again(value: Any) -> Any:
    """An upload can be read once; every request needs its own."""
    return SimpleUploadedFile("foto.png", value, "image/png") if isinstance(value, bytes) else value


def shows(*words: str) -> Effect:
    """It is a page that holds these words."""

    def effect(response: HttpResponse) -> None:
        text = response.content.decode()
        assert response.status_code == 200, (response.status_code, text[:300])
        for word in words:
            assert word in text, word

    return effect


def goes_to(start: str) -> Effect:
    def effect(response: HttpResponse) -> None:
        assert response.status_code == 302, response.status_code
        assert response["Location"].startswith(start), response["Location"]

    return effect


def at(name: str, *args: object) -> str:
    return reverse(name, args=[str(arg) for arg in args])


# --- coming in -------------------------------------------------------------------------------------------------------


@door("account_login", may=EVERYBODY)
def _(w: World, who: str) -> Ask:
    return Ask(at("account_login"), shows("<form"))


@door("account_login", "POST", may=EVERYBODY)
def _(w: World, who: str) -> Ask:
    person = _with_password(w)
    return Ask(at("account_login"), goes_to(at("mfa_authenticate")), {"login": person.email, "password": PASSWORD})


def _with_password(w: World) -> Person:
    person = w.colleague()
    person.set_password(PASSWORD)
    person.save()
    w.passkey_of(person)
    return person


@door("account_logout", may=OWN)
def _(w: World, who: str) -> Ask:
    return Ask(at("account_logout"), shows("<form"))


@door("account_logout", "POST", may=OWN)
def _(w: World, who: str) -> Ask:
    def effect(response: HttpResponse) -> None:
        assert Session.objects.filter(person__name=who, ended_by="signed_out").exists()

    return Ask(at("account_logout"), effect)


@door("mfa_login_webauthn", may=EVERYBODY)
def _(w: World, who: str) -> Ask:
    return Ask(at("mfa_login_webauthn"), shows("request_options"))


@door("mfa_login_webauthn", "POST", may=PROOF)
def _(w: World, who: str) -> Ask:
    """Ann's own passkey comes in; one that is not known here does not."""
    key, stranger = w.house.keys[str(w.person("Ann").uid)], SoftAuthenticator("localhost", "http://localhost:8765")
    ask = Ask(at("mfa_login_webauthn"), lambda r: _same(r.json(), {"ok": True, "next": "/"}), body={}, refused_body={})

    def prepare(client: Client) -> None:
        asked = client.get(at("mfa_login_webauthn")).json()["request_options"]
        key.user_handle = w.person("Ann").uid.bytes
        ask.body, ask.refused_body = key.answer(asked), stranger.answer(asked)

    ask.prepare = prepare
    return ask


def _same(found: object, wanted: object) -> None:
    assert found == wanted


@door("mfa_authenticate", may=PROOF)
def _(w: World, who: str) -> Ask:
    ask = Ask(at("mfa_authenticate"), shows("<form"))
    ask.prepare = _password_given(_with_password(w))
    return ask


def _password_given(person: Person) -> Callable[[Client], None]:
    def prepare(client: Client) -> None:
        client.post(at("account_login"), {"login": person.email, "password": PASSWORD})

    return prepare


@door("mfa_authenticate", "POST", may=PROOF)
def _(w: World, who: str) -> Ask:
    """The password alone reaches nothing; with a recovery code it does."""
    person = _with_password(w)
    code = equipping.make_recovery_codes(person.as_actor(verified_at=now()), at=now())[0]
    ask = Ask(at("mfa_authenticate"), goes_to("/"), {"code": code})
    ask.prepare = _password_given(person)
    return ask


# --- by a link -------------------------------------------------------------------------------------------------------


@door("enrol", may=LINK)
def _(w: World, who: str) -> Ask:
    _person, token = w.newcomer()
    return Ask(at("enrol", token), shows("Noor"), refused_url=at("enrol", token[:-4] + "aaaa"))


@door("enrol_passkey_options", "POST", may=LINK)
def _(w: World, who: str) -> Ask:
    _person, token = w.newcomer()
    return Ask(at("enrol_passkey_options", token), shows("challenge"), refused_url=at("enrol_passkey_options", "aaaa"))


@door("enrol_passkey", "POST", may=LINK)
def _(w: World, who: str) -> Ask:
    person, token = w.newcomer()
    key = SoftAuthenticator("localhost", "http://localhost:8765")

    def effect(response: HttpResponse) -> None:
        person.refresh_from_db()
        assert (person.state, Credential.objects.filter(person=person).count()) == ("active", 1)

    ask = Ask(at("enrol_passkey", token), effect, body={"fields": {"name": "Noor"}}, refused_url=at("enrol_passkey", "aaaa"))

    def prepare(client: Client) -> None:
        ask.body = key.register(client.post(at("enrol_passkey_options", token)).json()) | {"fields": {"name": "Noor"}}

    ask.prepare = prepare
    return ask


@door("enrol_password", "POST", may=LINK)
def _(w: World, who: str) -> Ask:
    person, token = w.newcomer()
    data = {"password": PASSWORD, "name": "Noor"}

    def effect(response: HttpResponse) -> None:
        person.refresh_from_db()
        assert (person.state, Totp.objects.filter(person=person).count()) == ("active", 1)

    ask = Ask(at("enrol_password", token), effect, data, refused_url=at("enrol_password", "aaaa"))
    ask.prepare = lambda client: data.update(_generator(client, at("enrol", token)))
    return ask


def _generator(client: Client, url: str) -> dict[str, str]:
    """The first code of the seed that a page shows, and the ticket beside it."""
    seed, ticket = seed_and_ticket(client.get(url).content.decode())
    return {"ticket": ticket, "code": code_at(seed)}


@door("grants:begin", may=EVERYBODY)
def _(w: World, who: str) -> Ask:
    """The printed link only leads to the enrolment, which looks at the token."""
    return Ask(at("grants:begin", "some-token"), goes_to(at("enrol", "some-token")))


# --- one's own -------------------------------------------------------------------------------------------------------


@door("verify", may=OWN)
def _(w: World, who: str) -> Ask:
    return Ask(at("verify"), shows("<form"))


@door("verify", "POST", may=OWN)
def _(w: World, who: str) -> Ask:
    code = equipping.make_recovery_codes(w.actor(who), at=now())[0]
    return Ask(at("verify"), goes_to(at("security")), {"code": code})


@door("proof", "POST", may=OWN, fresh=True)
def _(w: World, who: str) -> Ask:
    def unbind() -> None:
        Session.objects.filter(person__name=who).update(proof_key="")

    def effect(response: HttpResponse) -> None:
        assert response.json()["ok"]
        assert Session.objects.filter(person__name=who).exclude(proof_key="").exists()
        unbind()

    unbind()
    return Ask(at("proof"), effect, body=Browser(Client()).binding())


@door("security", may=OWN)
def _(w: World, who: str) -> Ask:
    return Ask(at("security"), shows(f"{who}&#x27;s key"))


@door("passkey_add_options", "POST", may=OWN, fresh=True)
def _(w: World, who: str) -> Ask:
    return Ask(at("passkey_add_options"), shows("challenge"))


@door("passkey_add", "POST", may=OWN, fresh=True)
def _(w: World, who: str) -> Ask:
    key = SoftAuthenticator("localhost", "http://localhost:8765")
    before = Credential.objects.filter(person__name=who).count()

    def effect(response: HttpResponse) -> None:
        assert Credential.objects.filter(person__name=who).count() == before + 1

    ask = Ask(at("passkey_add"), effect, body={})

    def prepare(client: Client) -> None:
        ask.body = key.register(client.post(at("passkey_add_options")).json())

    ask.prepare = prepare
    return ask


@door("passkey_remove", "POST", may=OWN, fresh=True)
def _(w: World, who: str) -> Ask:
    credential = w.passkey_of(w.person(who))

    def effect(response: HttpResponse) -> None:
        credential.refresh_from_db()
        assert credential.retired_at is not None

    return Ask(at("passkey_remove", credential.uid), effect)


@door("totp", may=OWN, fresh=True)
def _(w: World, who: str) -> Ask:
    return Ask(at("totp"), shows("<form"))


@door("totp", "POST", may=OWN, fresh=True)
def _(w: World, who: str) -> Ask:
    data: dict[str, str] = {}

    def effect(response: HttpResponse) -> None:
        assert Totp.objects.filter(person__name=who, retired_at=None).count() == 1

    ask = Ask(at("totp"), effect, data)
    ask.prepare = lambda client: data.update(_generator(client, at("totp")))
    return ask


@door("totp_remove", may=OWN, fresh=True)
def _(w: World, who: str) -> Ask:
    return Ask(at("totp_remove"), shows("<form"))


@door("totp_remove", "POST", may=OWN, fresh=True)
def _(w: World, who: str) -> Ask:
    Totp.objects.filter(person__name=who, retired_at=None).delete()
    version = Totp.objects.filter(person__name=who).count() + 1
    generator = Totp.objects.create(person=w.person(who), sealed="{}", version=version, last_step=0, created_at=now())

    def effect(response: HttpResponse) -> None:
        generator.refresh_from_db()
        assert generator.retired_at is not None

    return Ask(at("totp_remove"), effect)


@door("recovery_codes", may=OWN, fresh=True)
def _(w: World, who: str) -> Ask:
    return Ask(at("recovery_codes"), shows("<form"))


@door("recovery_codes", "POST", may=OWN, fresh=True)
def _(w: World, who: str) -> Ask:
    def effect(response: HttpResponse) -> None:
        assert RecoveryCode.objects.filter(person__name=who).count() == 10

    return Ask(at("recovery_codes"), effect, {"password": "two lindens by the brewery gate"})


@door("password", may=OWN, fresh=True)
def _(w: World, who: str) -> Ask:
    return Ask(at("password"), shows("<form"))


@door("password", "POST", may=OWN, fresh=True)
def _(w: World, who: str) -> Ask:
    def effect(response: HttpResponse) -> None:
        assert Person.objects.get(name=who).check_password("a copper kettle of 1894")

    return Ask(at("password"), effect, {"password": "a copper kettle of 1894"})


@door("sessions", may=OWN)
def _(w: World, who: str) -> Ask:
    _another_session(w, who)
    return Ask(at("sessions"), shows(at("sessions_end_others")))


@door("sessions_end_others", "POST", may=OWN)
def _(w: World, who: str) -> Ask:
    other = _another_session(w, who)

    def effect(response: HttpResponse) -> None:
        other.refresh_from_db()
        assert other.ended_by == "elsewhere"

    return Ask(at("sessions_end_others"), effect)


@door("session_end", "POST", may=OWN)
def _(w: World, who: str) -> Ask:
    other = _another_session(w, who)

    def effect(response: HttpResponse) -> None:
        other.refresh_from_db()
        assert other.ended_by == "elsewhere"

    return Ask(at("session_end", other.uid), effect)


def _another_session(w: World, who: str) -> Session:
    return sign_in(Client(), w.person(who))


@door("home", may=OWN)
def _(w: World, who: str) -> Ask:
    return Ask("/", shows(who))


@door("settings", may=OWN)
def _(w: World, who: str) -> Ask:
    return Ask(at("settings"), shows("<form"))


@door("settings", "POST", may=OWN)
def _(w: World, who: str) -> Ask:
    Person.objects.filter(name=who).update(language="nl")

    def effect(response: HttpResponse) -> None:
        assert Person.objects.get(name=who).language == "en"

    return Ask(at("settings"), effect, {"language": "en"})


# --- for everybody ---------------------------------------------------------------------------------------------------


@door("oauth-client", may=EVERYBODY)
def _(w: World, who: str) -> Ask:
    return Ask(at("oauth-client"), shows("redirect_uris"))


@door("charter:charter", may=EVERYBODY)
def _(w: World, who: str) -> Ask:
    return Ask(at("charter:charter"), shows("<h1"))


@door("charter:charter-in", may=EVERYBODY)
def _(w: World, who: str) -> Ask:
    return Ask(at("charter:charter-in", "de"), shows('lang="de"'))


@door("theme", "POST", may=EVERYBODY)
def _(w: World, who: str) -> Ask:
    return Ask(at("theme"), lambda r: _same(r.cookies["theme"].value, "dark"), {"theme": "dark"})


# --- accounts and the vault ------------------------------------------------------------------------------------------


@door("grants:accounts", may=READERS, where="anywhere")
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:accounts"), shows("delinde"))


@door("grants:account", may=READERS, where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:account", w.account.uid), shows("delinde"))


@door("grants:connect", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:connect"), shows("<form"))


@door("grants:connect", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    def effect(response: HttpResponse) -> None:
        assert w.house.network.origin in response.content.decode()
        assert Connection.objects.filter(begun_by__name=who, used_at=None).exists()

    data = {"network": "practice", "server": w.house.network.origin, "handle": "delinde_nieuw"}
    return Ask(at("grants:connect"), effect, data)


@door("grants:reconnect", may="officer", where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:reconnect", w.account.uid), shows("<form"))


@door("grants:reconnect", "POST", may="officer", where="account")
def _(w: World, who: str) -> Ask:
    def effect(response: HttpResponse) -> None:
        assert Connection.objects.filter(begun_by__name=who, reconnects=w.account, used_at=None).exists()

    return Ask(at("grants:reconnect", w.account.uid), effect, {"network": "practice"})


@door("connect-return", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    w.counter += 1
    handle = f"linde_terug_{w.counter}"
    url = connecting.begin(w.actor(who), connecting.Place("practice", w.house.network.origin, handle), at=now())
    query = w.house.network.answer(url, handle)

    def effect(response: HttpResponse) -> None:
        assert response.status_code == 302, response.content
        assert Account.objects.filter(handle=f"@{handle}", state="connected").exists()

    return Ask(at("connect-return"), effect, query)


@door("grants:disconnect", "POST", may="officer", where="account")
def _(w: World, who: str) -> Ask:
    account = w.fresh_account()

    def effect(response: HttpResponse) -> None:
        account.refresh_from_db()
        assert account.state == "disconnected"

    return Ask(at("grants:disconnect", account.uid), effect)


@door("grants:give-on", "POST", may="officer", where="account")
def _(w: World, who: str) -> Ask:
    person = w.colleague()

    def effect(response: HttpResponse) -> None:
        assert Grant.objects.filter(person=person, account=w.account, role="moderator").exists()

    return Ask(at("grants:give-on", w.account.uid), effect, {"person": str(person.uid), "role": "moderator"})


@door("grants:require", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    def effect(response: HttpResponse) -> None:
        assert RosterProposal.objects.filter(content__act="require", proposed_by__name=who, state="waiting").exists()

    return Ask(at("grants:require", w.other.uid), effect, {"needed": "1"})


# --- people and the roster -------------------------------------------------------------------------------------------


@door("grants:people", may="officer auditor", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:people"), shows("Ann", "Mia"))


@door("grants:person", may="officer auditor", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:person", w.person("Ann").uid), shows("ann@delinde.example"))


@door("grants:invite", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:invite"), shows("<form"))


@door("grants:invite", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    w.counter += 1
    email = f"invited-{w.counter}@delinde.example"

    def effect(response: HttpResponse) -> None:
        shows("/enrol/")(response)
        assert Grant.objects.filter(person__email=email, role="author", account=None).exists()

    return Ask(at("grants:invite"), effect, {"name": "Joke", "email": email, "role": "author", "account": "", "language": "nl"})


@door("grants:invite-again", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    person, token = w.newcomer()

    def effect(response: HttpResponse) -> None:
        shows("/enrol/")(response)
        assert Enrolment.objects.filter(person=person, expires_at__gt=now()).count() == 1
        assert token not in response.content.decode()

    return Ask(at("grants:invite-again", person.uid), effect)


@door("grants:give-to", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    person = w.colleague()

    def effect(response: HttpResponse) -> None:
        assert Grant.objects.filter(person=person, account=None, role="auditor").exists()

    return Ask(at("grants:give-to", person.uid), effect, {"role": "auditor"})


@door("grants:take", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    grant = Grant.objects.get(person=w.colleague())

    def effect(response: HttpResponse) -> None:
        assert not Grant.objects.filter(pk=grant.pk).exists()

    return Ask(at("grants:take", grant.pk), effect)


@door("grants:suspend", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    person = w.colleague()

    def effect(response: HttpResponse) -> None:
        person.refresh_from_db()
        assert person.state == "suspended"

    return Ask(at("grants:suspend", person.uid), effect)


@door("grants:resume", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    person = w.colleague("suspended")

    def effect(response: HttpResponse) -> None:
        person.refresh_from_db()
        assert person.state == "active"

    return Ask(at("grants:resume", person.uid), effect)


@door("grants:roster", may="officer auditor", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:roster"), shows("Ben"))


@door("grants:roster-begin-options", "POST", may="officer", where="house", early=True)
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:roster-begin-options"), shows("challenge"), body={})


@door("grants:roster-begin", "POST", may="officer", where="house", early=True)
def _(w: World, who: str) -> Ask:
    """Once in a life, with the token that `./start` printed."""
    ask = Ask(at("grants:roster-begin"), lambda r: _same(r.status_code, 200), body={}, cookies={"countersign-genesis": w.house.token})

    def prepare(client: Client) -> None:
        asked = client.post(at("grants:roster-begin-options"), "{}", content_type="application/json", headers=JSON).json()
        ask.body = w.house.keys[w.actor(who).uid].answer(asked)

    ask.prepare = prepare
    return ask


@door("grants:roster-add", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    credential = Credential.objects.filter(person__name="Mia", retired_at=None).latest("pk")

    def effect(response: HttpResponse) -> None:
        found = RosterProposal.objects.filter(content__act="add", proposed_by__name=who, state="waiting")
        assert found.filter(content__credential=credential.credential_id).exists()

    return Ask(at("grants:roster-add"), effect, {"person": str(credential.uid), "role": "signer"})


@door("grants:roster-remove", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    credential = Credential.objects.filter(person__name="Ben").earliest("pk")

    def effect(response: HttpResponse) -> None:
        assert RosterProposal.objects.filter(content__act="remove", proposed_by__name=who, state="waiting").exists()

    return Ask(at("grants:roster-remove"), effect, {"credential": credential.credential_id})


@door("grants:roster-options", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:roster-options", w.proposal().head), shows("challenge"), body={})


@door("grants:roster-sign", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    found = w.proposal()
    ask = Ask(at("grants:roster-sign", found.head), lambda r: None, body={})

    def effect(response: HttpResponse) -> None:
        found.refresh_from_db()
        assert response.status_code == 200, response.content
        assert found.state == "entered"
        assert RosterSignature.objects.filter(proposal=found).count() == 2

    def prepare(client: Client) -> None:
        asked = client.post(at("grants:roster-options", found.head), headers=JSON).json()
        ask.body = w.house.keys[w.actor(who).uid].answer(asked)

    ask.effect, ask.prepare = effect, prepare
    return ask


@door("grants:roster-wait", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    def effect(response: HttpResponse) -> None:
        assert RosterProposal.objects.filter(content__act="wait", proposed_by__name=who, state="waiting").exists()

    return Ask(at("grants:roster-wait"), effect, {"hours": "336"})


@door("grants:roster-again", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    found = w.overtaken()

    def effect(response: HttpResponse) -> None:
        found.refresh_from_db()
        assert found.state == "renewed"

    return Ask(at("grants:roster-again", found.head), effect)


@door("grants:roster-withdraw", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    found = w.proposal()

    def effect(response: HttpResponse) -> None:
        found.refresh_from_db()
        assert found.state == "withdrawn"

    return Ask(at("grants:roster-withdraw", found.head), effect)


@door("grants:roster-alone-options", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:roster-alone-options", w.wanted().head), shows("challenge"), body={})


@door("grants:roster-alone", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    found = w.wanted()

    def effect(response: HttpResponse) -> None:
        found.refresh_from_db()
        assert (response.status_code, str(found.asked_alone_by)) == (200, who), response.content

    return _with_passkey(w, who, "grants:roster-alone", found, effect)


@door("grants:roster-no-options", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:roster-no-options", w.asked_alone().head), shows("challenge"), body={})


@door("grants:roster-no", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    found = w.asked_alone()

    def effect(response: HttpResponse) -> None:
        found.refresh_from_db()
        assert (response.status_code, found.state) == (200, "vetoed"), response.content

    return _with_passkey(w, who, "grants:roster-no", found, effect)


@door("grants:roster-enter-options", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("grants:roster-enter-options", w.asked_alone().head), shows("challenge"), body={})


@door("grants:roster-enter", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    """Nobody enters it before its wait is over; tests/access/test_asking_alone.py does, where it is."""

    def effect(response: HttpResponse) -> None:
        assert (response.status_code, "not over" in response.content.decode()) == (409, True), response.content

    return _with_passkey(w, who, "grants:roster-enter", w.asked_alone(), effect)


def _with_passkey(w: World, who: str, name: str, found: RosterProposal, effect: Effect) -> Ask:
    """A request that carries this person's answer to the question of the door beside it."""
    ask = Ask(at(name, found.head), effect, body={})

    def prepare(client: Client) -> None:
        ask.body = w.house.keys[w.actor(who).uid].answer(client.post(at(f"{name}-options", found.head), headers=JSON).json())

    ask.prepare = prepare
    return ask


# --- writing posts ---------------------------------------------------------------------------------------------------

WRITERS = "author moderator reviewer"
FOLLOWERS = "author reviewer officer"


@door("posts:list", may=READERS, where="anywhere")
def _(w: World, who: str) -> Ask:
    return Ask(at("posts:list"), shows("Ketelgeheim"))


@door("posts:new", may=WRITERS, where="anywhere")
def _(w: World, who: str) -> Ask:
    return Ask(at("posts:new"), shows("textarea", "delinde"))


def _typed(w: World, text: str) -> dict[str, Any]:
    uid = str(w.account.uid)
    return {"accounts": [uid], f"text-{uid}": text, f"language-{uid}": "nl", "title": "Ketelgeheim"}


def _made(who: str) -> Post:
    return Post.objects.filter(author__name=who).latest("pk")


def _writes(w: World, who: str, name: str) -> Ask:
    text = f"Vers geschreven door {who}, {w.counter}"
    w.counter += 1

    def effect(response: HttpResponse) -> None:
        assert response.status_code in {200, 302}, response.content
        assert _made(who).variants.get().text == text

    return Ask(at(name), effect, _typed(w, text))


@door("posts:new", "POST", may=WRITERS, where="account")
def _(w: World, who: str) -> Ask:
    return _writes(w, who, "posts:new")


@door("posts:edit-new", may=WRITERS, where="anywhere")
def _(w: World, who: str) -> Ask:
    return Ask(at("posts:edit-new"), shows("textarea"))


@door("posts:edit-new", "POST", may=WRITERS, where="account")
def _(w: World, who: str) -> Ask:
    return _writes(w, who, "posts:edit-new")


@door("posts:autosave-new", "POST", may=WRITERS, where="account")
def _(w: World, who: str) -> Ask:
    return _writes(w, who, "posts:autosave-new")


@door("posts:pictures-new", "POST", may=WRITERS, where="account")
def _(w: World, who: str) -> Ask:
    def effect(response: HttpResponse) -> None:
        assert _made(who).attachments.get().file.taken_in_by.name == who

    return Ask(at("posts:pictures-new"), effect, _typed(w, "Met foto") | {"picture": photo()})


@door("posts:preview-new", "POST", may=WRITERS, where="anywhere", bound=False)
def _(w: World, who: str) -> Ask:
    return Ask(at("posts:preview-new"), shows("Nog niet bewaard"), _typed(w, "Nog niet bewaard"))


@door("posts:count", "POST", may=WRITERS, where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("posts:count"), lambda r: _same(r.json()["count"], 4), {"account": str(w.account.uid), "text": "Bier"})


@door("posts:edit", may=WRITERS, where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("posts:edit", w.draft().uid), shows(WORDS))


@door("posts:edit", "POST", may=WRITERS, where="account")
def _(w: World, who: str) -> Ask:
    post = w.draft()

    def effect(response: HttpResponse) -> None:
        assert post.variants.get().text == "Anders gezegd"
        assert post.edits.filter(person__name=who).exists()

    return Ask(at("posts:edit", post.uid), effect, _typed(w, "Anders gezegd"))


@door("posts:autosave", "POST", may=WRITERS, where="account")
def _(w: World, who: str) -> Ask:
    post = w.draft()

    def effect(response: HttpResponse) -> None:
        assert post.variants.get().text == "Onderweg bewaard"

    return Ask(at("posts:autosave", post.uid), effect, _typed(w, "Onderweg bewaard"))


@door("posts:discard", "POST", may=WRITERS, where="account")
def _(w: World, who: str) -> Ask:
    post = w.draft()

    def effect(response: HttpResponse) -> None:
        assert not Post.objects.filter(pk=post.pk).exists()

    return Ask(at("posts:discard", post.uid), effect)


@door("posts:preview", "POST", may=WRITERS, where="account", bound=False)
def _(w: World, who: str) -> Ask:
    return Ask(at("posts:preview", w.draft().uid), shows("Nog niet bewaard"), _typed(w, "Nog niet bewaard"))


@door("posts:pictures", "POST", may=WRITERS, where="account")
def _(w: World, who: str) -> Ask:
    post = w.draft()

    def effect(response: HttpResponse) -> None:
        assert post.attachments.get().file.taken_in_by.name == who

    return Ask(at("posts:pictures", post.uid), effect, _typed(w, "Met foto") | {"picture": photo()})


@door("posts:remove-picture", "POST", may=WRITERS, where="account")
def _(w: World, who: str) -> Ask:
    post = w.draft(picture=True)

    def effect(response: HttpResponse) -> None:
        assert not Attachment.objects.filter(post=post).exists()

    return Ask(at("posts:remove-picture", post.uid, w.picture.uid), effect)


@door("posts:picture", may=READERS, where="account")
def _(w: World, who: str) -> Ask:
    w.draft(picture=True)
    return Ask(at("posts:picture", w.picture.uid), lambda r: _same(r.headers["Content-Type"][:6], "image/"))


# --- countersigning --------------------------------------------------------------------------------------------------


@door("posts:review", may=READERS, where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("posts:review", w.submitted().uid), shows(WORDS))


@door("posts:sign-options", "POST", may="reviewer", where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("posts:sign-options", w.submitted().uid), shows("challenge"), body={})


@door("posts:sign", "POST", may="reviewer", where="account")
def _(w: World, who: str) -> Ask:
    post = w.submitted()
    ask = Ask(at("posts:sign", post.uid), lambda r: None, body={})

    def effect(response: HttpResponse) -> None:
        assert response.status_code == 200, response.content
        assert Countersignature.objects.filter(matter=post.matter, signer__name=who).exists()
        assert Delivery.objects.filter(post=post, state="due").exists()

    def prepare(client: Client) -> None:
        asked = client.post(at("posts:sign-options", post.uid), headers=JSON).json()
        ask.body = w.house.keys[w.actor(who).uid].answer(asked)

    ask.effect, ask.prepare = effect, prepare
    return ask


@door("posts:ask-for-changes", "POST", may="reviewer", where="account")
def _(w: World, who: str) -> Ask:
    return _sent_back(w, "posts:ask-for-changes", "draft")


@door("posts:reject", "POST", may="reviewer", where="account")
def _(w: World, who: str) -> Ask:
    return _sent_back(w, "posts:reject", "rejected")


def _sent_back(w: World, name: str, state: str) -> Ask:
    post = w.submitted()

    def effect(response: HttpResponse) -> None:
        post.refresh_from_db()
        assert (post.state, post.remarks.latest("pk").text) == (state, "Noem het jaar.")

    return Ask(at(name, post.uid), effect, {"words": "Noem het jaar."})


@door("posts:remark", "POST", may=WRITERS, where="account")
def _(w: World, who: str) -> Ask:
    post = w.submitted()

    def effect(response: HttpResponse) -> None:
        assert Remark.objects.filter(post=post, person__name=who, text="Klopt dat?").exists()

    return Ask(at("posts:remark", post.uid), effect, {"text": "Klopt dat?"})


# --- following posts -------------------------------------------------------------------------------------------------


@door("posts:post", may=READERS, where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("posts:post", w.out.post.uid), shows(WORDS))


@door("posts:take-back", "POST", may=WRITERS, where="account")
def _(w: World, who: str) -> Ask:
    return _becomes_draft(w.submitted(), "posts:take-back")


@door("posts:recall", "POST", may="author moderator reviewer officer", where="account")
def _(w: World, who: str) -> Ask:
    return _becomes_draft(w.approved().post, "posts:recall")


def _becomes_draft(post: Post, name: str) -> Ask:
    def effect(response: HttpResponse) -> None:
        post.refresh_from_db()
        assert post.state == "draft"

    return Ask(at(name, post.uid), effect)


@door("posts:withdraw", "POST", may=FOLLOWERS, where="account")
def _(w: World, who: str) -> Ask:
    return _delivery_becomes(w.published(), "posts:withdraw", "deleted")


@door("posts:resume", "POST", may="author moderator reviewer officer", where="account")
def _(w: World, who: str) -> Ask:
    delivery = w.approved()
    Delivery.objects.filter(pk=delivery.pk).update(state="held")
    return _delivery_becomes(delivery, "posts:resume", "due")


@door("posts:look", "POST", may=FOLLOWERS, where="account")
def _(w: World, who: str) -> Ask:
    ask = _delivery_becomes(w.unconfirmed(), "posts:look", "published")
    ask.data = {"remote_id": "4711", "url": f"{w.house.network.origin}/posts/4711"}
    return ask


def _delivery_becomes(delivery: Delivery, name: str, state: str) -> Ask:
    def effect(response: HttpResponse) -> None:
        delivery.refresh_from_db()
        assert delivery.state == state, (delivery.state, delivery.why, response.status_code)

    return Ask(at(name, delivery.uid), effect)


# --- comments --------------------------------------------------------------------------------------------------------


@door("comments:queue", may="moderator officer auditor", where="anywhere")
def _(w: World, who: str) -> Ask:
    comment = w.comment()
    return Ask(at("comments:queue"), shows(str(comment.uid)))


@door("comments:comment", may="moderator officer auditor", where="account")
def _(w: World, who: str) -> Ask:
    return Ask(at("comments:comment", w.comment("Is er parking?").uid), shows("Is er parking?"))


@door("comments:decide", "POST", may="moderator", where="account")
def _(w: World, who: str) -> Ask:
    comment = w.comment()

    def effect(response: HttpResponse) -> None:
        comment.refresh_from_db()
        assert comment.state == "kept"
        assert Decision.objects.filter(comment=comment, person__name=who, clause__code="K2").exists()

    return Ask(at("comments:decide", comment.uid), effect, {"deed": "keep", "clause": "K2"})


@door("comments:by-hand", "POST", may="moderator", where="account")
def _(w: World, who: str) -> Ask:
    comment = w.comment()
    Comment.objects.filter(pk=comment.pk).update(state="by_hand")

    def effect(response: HttpResponse) -> None:
        comment.refresh_from_db()
        assert comment.state == "hidden"

    return Ask(at("comments:by-hand", comment.uid), effect)


@door("comments:mark-read", "POST", may="moderator", where="account")
def _(w: World, who: str) -> Ask:
    """An auditor and an officer read, but what they read is not thereby read by those who decide."""
    comment = w.comment()

    def effect(response: HttpResponse) -> None:
        comment.refresh_from_db()
        assert comment.read_by is not None
        assert comment.read_by.name == who

    return Ask(at("comments:mark-read"), effect, {"comment": [str(comment.uid)]})


# --- the desk --------------------------------------------------------------------------------------------------------


@door("review", may=READERS, where="anywhere")
def _(w: World, who: str) -> Ask:
    """It only leads to the next post to sign, or to the list."""
    return Ask(at("review"), goes_to("/posts/"))


@door("audit", may="officer auditor", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("audit"), shows("Olu"))


def some_uid(url: str) -> str:
    """The same address with another UUID or head in it; empty when it has none."""
    parts = url.split("/")
    for place, part in enumerate(parts):
        if _is_uuid(part):
            parts[place] = "00000000-0000-4000-8000-000000000000"
        elif len(part) == 64:
            parts[place] = "0" * 64
        else:
            continue
        return "/".join(parts)
    return ""


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
