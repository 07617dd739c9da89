"""The addresses of losses and locks, and of what takes two people, with who may use them."""
from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from countersign.access.lockout import keeping_keys, lifting, locking, making_cards, queries
from countersign.access.lockout.models import App, Case, Drill, SignOut
from countersign.access.lockout.rules import Target
from countersign.people import queries as people
from countersign.people.models import ApiKey, Device, Person
from countersign.people.states import LockKind
from countersign.review.models import Proposal
from tests.house import now
from tests.matrix.doors import EVERYBODY, JSON, LINK, OWN, PROOF, Ask, Effect, at, door, shows
from tests.matrix.world import World
from tests.signing_in import EARLIER, PASSWORD
from tests.soft_authenticator import SoftAuthenticator

CODE, KEY = (frozenset({word}) for word in ("code", "key"))
READERS = "officer auditor"


def device_of(person: Person) -> Device:
    """One device more of somebody's, in which nobody is signed in."""
    return Device.objects.create(
        person=person, name="Old phone", kind="phone", owner="company", cookie_hash=f"test:{uuid4().hex}", state="enrolled",
        state_since=EARLIER, asked_at=EARLIER, browser="Firefox, Android", address="192.0.2.7",
    )


def case_of(w: World, **more: object) -> Case:
    """A colleague whom Tom has locked."""
    target = Target(LockKind.PERSON, str(w.colleague().uid))
    return locking.lock(w.actor("Tom"), [target], reason="a suspicion", at=now(), **more)  # type: ignore[arg-type]


def task_of(w: World) -> SignOut:
    """An app on a device that Tom has locked."""
    device = device_of(w.colleague())
    App.objects.create(device=device, network="x", handle="@delinde", recorded_by=device.person, recorded_at=now())
    case = locking.lock(w.actor("Tom"), [Target(LockKind.DEVICE, str(device.uid))], reason="lost", at=now())
    return case.sign_outs.get()


def proposal_of(w: World, name: str) -> Proposal:
    """Somebody asks that a lock is lifted."""
    return lifting.ask(w.actor(name), case_of(w), reason="It was found.", at=now())


def is_locked(person: Person) -> Effect:
    def effect(response: HttpResponse) -> None:
        assert response.status_code in {200, 201, 302}, response.content[:300]
        assert people.is_locked(person=str(person.uid))

    return effect


# --- losing something ------------------------------------------------------------------------------------------------


@door("lockout:lost", may=EVERYBODY)
def _(w: World, who: str) -> Ask:
    return Ask(at("lockout:lost"), shows("<form"))


@door("lockout:lost-card", "POST", may=CODE)
def _(w: World, who: str) -> Ask:
    person = w.colleague()
    code = making_cards.make_card(person.as_actor(verified_at=now()), at=now()).reveal()
    return Ask(at("lockout:lost-card"), is_locked(person), {"code": code}, refused_data={"code": "wrong"})


@door("lockout:lost-owner", "POST", may=CODE)
def _(w: World, who: str) -> Ask:
    person = w.colleague()
    person.set_password(PASSWORD)
    person.save()
    data = {"email": person.email, "secret": PASSWORD}
    return Ask(at("lockout:lost-owner"), is_locked(person), data, refused_data={**data, "secret": "wrong"})


@door("lockout:lost-passkey", may=EVERYBODY)
def _(w: World, who: str) -> Ask:
    return Ask(at("lockout:lost-passkey"), shows("request_options"))


@door("lockout:lost-passkey", "POST", may=PROOF)
def _(w: World, who: str) -> Ask:
    """A colleague's own passkey locks them; one that is not known here does not."""
    person, key = w.colleague(), SoftAuthenticator("localhost", "http://localhost:8765", is_synced=False)
    credential = w.passkey_of(person)
    credential.credential_id, credential.public_key = key.credential_id_text, key.public_key_cose
    credential.save()
    key.user_handle = person.uid.bytes
    stranger = SoftAuthenticator("localhost", "http://localhost:8765")
    ask = Ask(at("lockout:lost-passkey"), is_locked(person), body={}, refused_body={})

    def prepare(client: Client) -> None:
        asked = client.get(at("lockout:lost-passkey")).json()["request_options"]
        ask.body, ask.refused_body = key.answer(asked), stranger.answer(asked)

    ask.prepare = prepare
    return ask


@door("lockout:lost-own", "POST", may=OWN)
def _(w: World, who: str) -> Ask:
    device = device_of(w.person(who))

    def effect(response: HttpResponse) -> None:
        assert people.is_locked(device=str(device.uid))
        assert not people.is_locked(person=str(device.person.uid))

    return Ask(at("lockout:lost-own"), effect, {"device": str(device.uid)})


@door("lockout:lost-colleague", "POST", may=OWN)
def _(w: World, who: str) -> Ask:
    person = w.colleague()
    return Ask(at("lockout:lost-colleague"), is_locked(person), {"colleague": person.email, "reason": "She rang me."})


@door("lockout:lost-case", may=LINK)
def _(w: World, who: str) -> Ask:
    ticket = queries.ticket(case_of(w))
    return Ask(at("lockout:lost-case", ticket), shows("Noor"), refused_url=at("lockout:lost-case", ticket[:-4] + "aaaa"))


@door("lockout:live", may=OWN)
def _(w: World, who: str) -> Ask:
    return Ask(at("lockout:live"), shows("event: here"))


@door("lockout:card", may=OWN, fresh=True)
def _(w: World, who: str) -> Ask:
    return Ask(at("lockout:card"), shows("<form"))


@door("lockout:card", "POST", may=OWN, fresh=True)
def _(w: World, who: str) -> Ask:
    return Ask(at("lockout:card"), shows("printcode"))


# --- locks -----------------------------------------------------------------------------------------------------------


@door("lockout:locks", may=READERS, where="house")
def _(w: World, who: str) -> Ask:
    case_of(w)
    return Ask(at("lockout:locks"), shows("a suspicion"))


@door("lockout:new", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("lockout:new"), shows("<form"))


@door("lockout:new", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    person = w.colleague()
    return Ask(at("lockout:new"), is_locked(person), {"target": f"person:{person.uid}", "reason": "a suspicion"})


@door("lockout:case", may=READERS, where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("lockout:case", case_of(w).uid), shows("a suspicion"))


@door("lockout:clock", may=READERS, where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("lockout:clock", case_of(w).uid), shows("clock"))


@door("lockout:lift", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    case = case_of(w)

    def effect(response: HttpResponse) -> None:
        assert Proposal.objects.filter(matter=case.label, proposed_by__name=who, state="waiting").count() == 1

    return Ask(at("lockout:lift", case.uid), effect, {"reason": "It was found."})


@door("lockout:unplan", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    case = case_of(w, since=now() + timedelta(days=1))

    def effect(response: HttpResponse) -> None:
        case.refresh_from_db()
        assert case.cancelled_at is not None

    return Ask(at("lockout:unplan", case.uid), effect)


@door("lockout:sign-out", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    task = task_of(w)

    def effect(response: HttpResponse) -> None:
        task.refresh_from_db()
        assert task.done_at is not None

    return Ask(at("lockout:sign-out", task.uid), effect)


@door("lockout:drills", may=READERS, where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("lockout:drills"), shows("Drills"))


@door("lockout:drills", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    device = device_of(w.colleague())

    def effect(response: HttpResponse) -> None:
        assert Drill.objects.filter(case__holds__lock__target=device.uid).count() == 1

    return Ask(at("lockout:drills"), effect, {"target": f"device:{device.uid}"})


# --- apps and keys ---------------------------------------------------------------------------------------------------


@door("lockout:apps", may=READERS, where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("lockout:apps", device_of(w.colleague()).uid), shows("Old phone"))


@door("lockout:apps", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    device = device_of(w.colleague())

    def effect(response: HttpResponse) -> None:
        assert App.objects.filter(device=device, network="x").count() == 1

    return Ask(at("lockout:apps", device.uid), effect, {"network": "x", "account": "", "handle": "@delinde"})


@door("lockout:app-end", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    device = device_of(w.colleague())
    app = App.objects.create(device=device, network="x", recorded_by=device.person, recorded_at=now())

    def effect(response: HttpResponse) -> None:
        app.refresh_from_db()
        assert app.ended_at is not None

    return Ask(at("lockout:app-end", app.uid), effect)


@door("lockout:keys", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("lockout:keys"), shows("<form"))


@door("lockout:keys", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("lockout:keys"), shows("cs_lock_"), {"name": "Desk", "purpose": "lock", "days": "30"})


def key_of(w: World) -> tuple[ApiKey, str]:
    key, text = keeping_keys.make_key(w.actor("Tom"), name="Desk", purpose="lock", days=30, at=now())
    return key, text.reveal()


@door("lockout:key-end", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    key, _text = key_of(w)

    def effect(response: HttpResponse) -> None:
        key.refresh_from_db()
        assert key.ended_at is not None

    return Ask(at("lockout:key-end", key.uid), effect)


@door("lockout:api", "POST", may=KEY)
def _(w: World, who: str) -> Ask:
    person, (_key, text) = w.colleague(), key_of(w)
    body = {"targets": [f"person:{person.uid}"], "reason": "Ticket 4711"}
    return Ask(at("lockout:api"), is_locked(person), body=body, headers={"Authorization": f"Bearer {text}"})


# --- what takes two --------------------------------------------------------------------------------------------------


@door("proposals", may=OWN)
def _(w: World, who: str) -> Ask:
    return Ask(at("proposals"), shows("<h1"))


@door("proposal", may=READERS, where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("proposal", proposal_of(w, "Kim").uid), shows("It was found."))


@door("proposal-options", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("proposal-options", proposal_of(w, "Kim").uid), shows("challenge"))


@door("proposal-sign", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    proposal = proposal_of(w, "Kim")
    ask = Ask(at("proposal-sign", proposal.uid), lambda r: None, body={})

    def effect(response: HttpResponse) -> None:
        proposal.refresh_from_db()
        assert (response.status_code, proposal.state) == (200, "used"), response.content

    def prepare(client: Client) -> None:
        asked = client.post(at("proposal-options", proposal.uid), headers=JSON).json()
        ask.body = w.house.keys[w.actor("Tom").uid].answer(asked)

    ask.effect, ask.prepare = effect, prepare
    return ask


@door("proposal-refuse", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    proposal = proposal_of(w, "Kim")

    def effect(response: HttpResponse) -> None:
        proposal.refresh_from_db()
        assert proposal.state == "refused"

    return Ask(at("proposal-refuse", proposal.uid), effect, {"words": "Not yet."})


@door("proposal-withdraw", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    """Whoever proposed it takes it back; nobody else."""
    proposal = proposal_of(w, "Tom")

    def effect(response: HttpResponse) -> None:
        proposal.refresh_from_db()
        assert proposal.state == "withdrawn"

    return Ask(at("proposal-withdraw", proposal.uid), effect)


