"""The addresses of devices, with who may use them; and those that open in a browser that is not enrolled."""
from __future__ import annotations

import base64
import hashlib
import hmac
import json
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from countersign.access.devices import posturing
from countersign.access.devices.models import Posture, PostureKey
from countersign.people.models import Device, Session
from countersign.review.models import Proposal
from tests.house import now
from tests.matrix.doors import EVERYBODY, OWN, Ask, at, door, goes_to, shows
from tests.matrix.world import World
from tests.signing_in import EARLIER

READERS = "officer auditor"


def waiting(w: World, name: str = "Leo") -> Device:
    """A device of Leo's that waits for an officer."""
    return Device.objects.create(
        person=w.person(name), name="Old laptop", kind="computer", owner="private", cookie_hash=f"test:{uuid4().hex}",
        state="asked", state_since=EARLIER, asked_at=EARLIER, browser="Firefox, Linux", address="192.0.2.7",
    )


def standing(w: World, name: str = "Leo") -> Device:
    """An enrolled device of Leo's with a passkey that its maker copies."""
    credential = w.passkey_of(w.person(name))
    credential.is_backup_eligible = True
    credential.save()
    return Device.objects.get(credential=credential)


def key_of(w: World) -> tuple[PostureKey, str]:
    key, secret = posturing.make_key(w.actor("Kim"), "Intune", at=now())
    return key, secret.reveal()


def state_is(device: Device, state: str) -> object:
    def effect(response: HttpResponse) -> None:
        device.refresh_from_db()
        assert (response.status_code, device.state) == (302, state)

    return effect


@door("device", may=OWN)
def _(w: World, who: str) -> Ask:
    """Whoever is in an enrolled device is led on."""
    return Ask(at("device"), goes_to("/"))


@door("device-ask", "POST", may=OWN)
def _(w: World, who: str) -> Ask:
    """From a browser that is not enrolled; the session is put into one that waits."""
    ask = Ask(at("device-ask"), goes_to("/device/"), {"device": "Library", "kind": "computer", "owner": "private"})

    def prepare(client: Client) -> None:
        Device.objects.filter(person=w.person(who), name="Library").update(state="refused")
        Session.objects.filter(person=w.person(who), ended_at=None).update(device=None)

    def effect(response: HttpResponse) -> None:
        goes_to("/device/")(response)
        assert Device.objects.filter(person=w.person(who), name="Library", state="asked").exists()
        w.clients.pop(who, None)

    ask.prepare, ask.effect = prepare, effect
    return ask


@door("device-leave", "POST", may=OWN, fresh=True)
def _(w: World, who: str) -> Ask:
    device = waiting(w, who)
    return Ask(at("device-leave", device.uid), state_is(device, "refused"))  # type: ignore[arg-type]


@door("devices:register", may=READERS, where="house")
def _(w: World, who: str) -> Ask:
    device = standing(w)
    return Ask(at("devices:register"), shows(device.name))


@door("devices:device", may=READERS, where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("devices:device", waiting(w).uid), shows("Old laptop", "Firefox, Linux", "192.0.2.7"))


@door("devices:approve", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    device = waiting(w)
    return Ask(at("devices:approve", device.uid), state_is(device, "enrolled"))  # type: ignore[arg-type]


@door("devices:refuse", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    device = waiting(w)
    return Ask(at("devices:refuse", device.uid), state_is(device, "refused"), {"words": "Not yours."})  # type: ignore[arg-type]


@door("devices:retire", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    device = standing(w)
    return Ask(at("devices:retire", device.uid), state_is(device, "retired"), {"words": "Sold."})  # type: ignore[arg-type]


@door("devices:describe", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    device, tag = standing(w), uuid4().hex

    def effect(response: HttpResponse) -> None:
        device.refresh_from_db()
        assert (device.name, device.posture.tag) == ("Till", tag)

    data = {"device": "Till", "kind": "tablet", "owner": "company", "tag": tag}
    return Ask(at("devices:describe", device.uid), effect, data)


@door("devices:except", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    device = standing(w)

    def effect(response: HttpResponse) -> None:
        assert Proposal.objects.filter(act="device.except", matter=f"device:{device.uid}").exists()

    return Ask(at("devices:except", device.uid), effect, {"days": "30", "reason": "Her key is in the post."})


@door("devices:posture", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("devices:posture"), shows("/api/posture/"))


@door("devices:posture", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("devices:posture"), shows("whsec_", "Jamf"), {"name": "Jamf"})


@door("devices:posture-end", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    key, _secret = key_of(w)

    def effect(response: HttpResponse) -> None:
        key.refresh_from_db()
        assert key.ended_at is not None

    return Ask(at("devices:posture-end", key.uid), effect)


def report(key: PostureKey, secret: str, tag: str, *, number: str = "", state: str = "compliant", at_seconds: int = 0) -> tuple[str, dict[str, str]]:
    """A report, and the headers that sign it."""
    body = json.dumps({"devices": [{"tag": tag, "state": state}]})
    number, timestamp = number or uuid4().hex, str(at_seconds or int(now().timestamp()))
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(raw, f"{number}.{timestamp}.{body}".encode(), hashlib.sha256).digest()
    return body, {
        "Webhook-Key": str(key.uid), "Webhook-Id": number, "Webhook-Timestamp": timestamp,
        "Webhook-Signature": f"v1,{base64.b64encode(mac).decode()}",
    }


@door("posture-report", "POST", may=EVERYBODY)
def _(w: World, who: str) -> Ask:
    """Open to whoever can sign, and to nobody else: without a signature it changes nothing but the count of failures."""

    def effect(response: HttpResponse) -> None:
        assert response.status_code == 403, response.content
        key, secret = key_of(w)
        device = waiting(w)
        Posture.objects.create(device=device, tag=key.uid.hex)
        body, headers = report(key, secret, key.uid.hex)
        answer = Client().post(reverse("posture-report"), body, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.json()["known"]) == (200, 1)
        Posture.objects.filter(tag=key.uid.hex).delete()
        PostureKey.objects.filter(pk=key.pk).delete()
        device.delete()

    return Ask(reverse("posture-report"), effect, body={"devices": []})
