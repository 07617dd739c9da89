"""The addresses of departures, with who may use them."""
from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse

from countersign.access.departures import closing, departing
from countersign.access.departures.models import Departure, Task
from countersign.access.lockout.models import Step
from countersign.people.models import Credential, Device, Person
from countersign.review.models import RosterProposal
from tests.house import now
from tests.matrix.doors import Ask, Effect, at, door, shows
from tests.matrix.lock_doors import device_of
from tests.matrix.world import World

READERS = "officer auditor"
WHY = "Leaves the company."


def planned(w: World, person: Person | None = None) -> Departure:
    """A colleague who leaves tomorrow, as Kim has planned it."""
    leaver = person or w.colleague()
    return departing.depart(w.actor("Kim"), leaver, why=WHY, starts_at=now() + timedelta(days=1), at=now())


def opened(w: World) -> Departure:
    """A colleague who has left, with a company phone to be given back."""
    person = w.colleague()
    device_of(person)
    return departing.depart(w.actor("Kim"), person, why=WHY, at=now())


def worked_off(w: World) -> Departure:
    """One of which nothing is left."""
    departure = opened(w)
    kim = w.person("Kim")
    Task.objects.filter(departure=departure).update(answer="removed", answered_by=kim, answered_at=now())
    Step.objects.filter(case__holds__lock=departure.lock, done_at=None).update(done_at=now())
    return departure


def closed(w: World) -> Departure:
    departure = worked_off(w)
    closing.close(w.actor("Kim"), departure, at=now())
    return departure


def becomes(departure: Departure, state: str) -> Effect:
    def effect(response: HttpResponse) -> None:
        departure.refresh_from_db()
        assert (response.status_code, departure.state) == (302, state), response.content[:300]

    return effect


@door("departures:list", may=READERS, where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("departures:list"), shows(planned(w).person.name))


@door("departures:new", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("departures:new"), shows("<form"))


@door("departures:new", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    person = w.colleague()

    def effect(response: HttpResponse) -> None:
        person.refresh_from_db()
        assert (response.status_code, person.state) == (302, "left"), response.content[:300]

    return Ask(at("departures:new"), effect, {"person": str(person.uid), "why": WHY, "day": "", "hour": "", "heir": ""})


@door("departures:file", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("departures:file"), shows("<form"))


@door("departures:file", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    person = w.colleague()

    def effect(response: HttpResponse) -> None:
        person.refresh_from_db()
        assert (response.status_code, person.state) == (302, "left"), response.content[:300]

    return Ask(at("departures:file"), effect, {"text": f"{person.email};;\n", "go": "1"})


@door("departures:departure", may=READERS, where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("departures:departure", opened(w).uid), shows(WHY, "Old phone"))


@door("departures:begin", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    departure = planned(w)
    return Ask(at("departures:begin", departure.uid), becomes(departure, "open"))


@door("departures:cancel", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    departure = planned(w)
    return Ask(at("departures:cancel", departure.uid), becomes(departure, "cancelled"))


@door("departures:move", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    departure, day = planned(w), (now() + timedelta(days=30)).date().isoformat()

    def effect(response: HttpResponse) -> None:
        departure.refresh_from_db()
        assert departure.starts_at > now() + timedelta(days=28), response.content[:300]

    return Ask(at("departures:move", departure.uid), effect, {"day": day, "hour": "12:00"})


@door("departures:heir", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    departure, ann = planned(w), w.person("Ann")

    def effect(response: HttpResponse) -> None:
        departure.refresh_from_db()
        assert departure.heir == ann, response.content[:300]

    return Ask(at("departures:heir", departure.uid), effect, {"heir": str(ann.uid)})


def on_the_roster(w: World) -> tuple[Departure, Credential]:
    """A leaver whose passkey officers have put on the roster, with the key that lies there."""
    person = w.colleague()
    key = w.passkey_of(person)
    Device.objects.filter(credential=key).update(owner="private")
    w.house.people[person.name] = person
    kim, tom = w.actor("Kim"), w.actor("Tom")
    w.house.put_on_roster(person.as_actor(verified_at=now()), kim, tom)
    return departing.depart(kim, person, why=WHY, at=now()), key


@door("departures:roster", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    departure, key = on_the_roster(w)

    def effect(response: HttpResponse) -> None:
        asked = RosterProposal.objects.filter(content__act="remove", content__credential=key.credential_id, state="waiting")
        assert asked.count() == 1, response.content[:300]

    return Ask(at("departures:roster", departure.uid), effect, {"credential": str(key.uid)})


@door("departures:answer", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    task = opened(w).tasks.get(kind="device")

    def effect(response: HttpResponse) -> None:
        task.refresh_from_db()
        assert (task.answer, task.answered_by) == ("given_back", w.person(who))

    return Ask(at("departures:answer", task.uid), effect, {"answer": "given_back"})


@door("departures:close", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    departure = worked_off(w)
    return Ask(at("departures:close", departure.uid), becomes(departure, "closed"))


@door("departures:certificate", may=READERS, where="house")
def _(w: World, who: str) -> Ask:
    departure = closed(w)
    return Ask(at("departures:certificate", departure.uid), shows(departure.person.name, "leaf"))


@door("departures:certificate-json", may=READERS, where="house")
def _(w: World, who: str) -> Ask:
    departure = closed(w)
    return Ask(at("departures:certificate-json", departure.uid), shows(str(departure.uid), "leaf_hash"))
