"""Reports of device management: taken when signed and recent, once each; they move only what they name."""
from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from countersign.access.devices import posturing
from countersign.access.devices.models import Posture, PostureKey, Report
from countersign.access.grants.rights import Role
from countersign.audit.models import Entry
from countersign.people.models import Device, Lock
from tests.house import House, now
from tests.matrix.device_doors import report

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/posture/"


@pytest.fixture
def sender(house: House) -> tuple[PostureKey, str]:
    kim = house.person("Kim", Role.OFFICER)
    house.person("Ann", Role.AUTHOR)
    Posture.objects.create(device=Device.objects.get(person__name="Ann"), tag="DL-1")
    key, secret = posturing.make_key(kim, "Intune", at=now())
    return key, secret.reveal()


def sent(body: str, headers: dict[str, str], **instead: str) -> Any:
    return Client().post(URL, body, content_type="application/json", headers=headers | instead)


def state() -> str:
    return Posture.objects.get(tag="DL-1").state


def test_a_signed_report_is_written_down_with_its_time_and_sender(sender: tuple[PostureKey, str]) -> None:
    answer = sent(*report(*sender, "DL-1"))
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "known": 1})
    row = Posture.objects.get(tag="DL-1")
    assert (row.state, row.source) == ("compliant", sender[0])
    assert row.said_at is not None
    assert Entry.objects.latest("number").event == "posture.reported"


def test_what_it_names_that_is_not_known_here_is_left_alone(sender: tuple[PostureKey, str]) -> None:
    assert sent(*report(*sender, "DL-9")).json()["known"] == 0
    assert state() == "unknown"


@pytest.mark.parametrize(
    "instead",
    [
        {"Webhook-Signature": "v1,AAAA"}, {"Webhook-Signature": ""}, {"Webhook-Id": "another"}, {"Webhook-Id": ""},
        {"Webhook-Key": "8f14e45f-ceea-4672-9d3b-000000000000"}, {"Webhook-Key": "none"}, {"Webhook-Timestamp": "yesterday"},
        {"Webhook-Signature": "v2,é"},
    ],
)
def test_one_that_is_not_signed_is_refused_and_recorded(sender: tuple[PostureKey, str], instead: dict[str, str]) -> None:
    body, headers = report(*sender, "DL-1")
    assert sent(body, headers, **instead).status_code == 403
    assert state() == "unknown"
    assert Entry.objects.latest("number").event == "posture.refused"


def test_a_byte_changed_on_the_way_is_noticed(sender: tuple[PostureKey, str]) -> None:
    body, headers = report(*sender, "DL-1", state="not_compliant")
    assert sent(body.replace("not_compliant", "compliant"), headers).status_code == 403


@pytest.mark.parametrize("minutes", [-6, 6])
def test_one_that_is_too_old_or_from_the_future_is_refused(sender: tuple[PostureKey, str], minutes: int) -> None:
    moment = timezone.now() + timedelta(minutes=minutes)
    assert sent(*report(*sender, "DL-1", at_seconds=int(moment.timestamp()))).status_code == 403


def test_one_is_taken_once(sender: tuple[PostureKey, str]) -> None:
    body, headers = report(*sender, "DL-1")
    assert [sent(body, headers).status_code for _time in range(2)] == [200, 409]
    assert Report.objects.count() == 1


def test_an_older_word_does_not_replace_a_newer_one(sender: tuple[PostureKey, str]) -> None:
    sent(*report(*sender, "DL-1"))
    key, _secret = sender
    old = {"devices": [{"tag": "DL-1", "state": "not_compliant", "at": (now() - timedelta(hours=1)).isoformat()}]}
    posturing.take(posturing_duty(), key, posturing.Signed(str(key.uid), "old", "0", "", json.dumps(old).encode()), at=now())
    assert state() == "compliant"


def posturing_duty() -> Any:
    from countersign.access.devices.idling import DEVICES

    return DEVICES


def test_a_key_that_ended_signs_nothing(house: House, sender: tuple[PostureKey, str]) -> None:
    posturing.end_key(house.actor("Kim"), sender[0], at=now())
    assert sent(*report(*sender, "DL-1")).status_code == 403


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"devices": []}', '{"devices": [{"tag": "DL-1"}]}', '{"devices": [1]}'])
def test_one_in_no_known_form_is_refused_at_its_form(sender: tuple[PostureKey, str], body: str) -> None:
    import base64
    import hashlib
    import hmac

    key, secret = sender
    timestamp = str(int(now().timestamp()))
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    mac = base64.b64encode(hmac.new(raw, f"one.{timestamp}.{body}".encode(), hashlib.sha256).digest()).decode()
    headers = {
        "Webhook-Key": str(key.uid), "Webhook-Id": "one", "Webhook-Timestamp": timestamp, "Webhook-Signature": f"v1,{mac}",
    }
    assert sent(body, headers).status_code == 422


def test_one_that_is_not_compliant_goes_on_unless_the_installation_says_otherwise(sender: tuple[PostureKey, str]) -> None:
    sent(*report(*sender, "DL-1", state="not_compliant"))
    assert state() == "not_compliant"
    assert not Lock.objects.exists()


def test_one_that_is_not_compliant_is_locked_where_the_installation_says_so(
    sender: tuple[PostureKey, str], settings: Any
) -> None:
    settings.NOT_COMPLIANT = "lock"
    sent(*report(*sender, "DL-1", state="not_compliant"))
    lock = Lock.objects.standing().get()
    assert (lock.kind, str(lock.target)) == ("device", str(Device.objects.get(person__name="Ann").uid))
    sent(*report(*sender, "DL-1"))
    assert Lock.objects.standing().exists()


def test_after_many_failures_from_one_address_nothing_is_looked_at(sender: tuple[PostureKey, str]) -> None:
    body, headers = report(*sender, "DL-1")
    codes = [sent(body, headers, **{"Webhook-Signature": "v1,AAAA"}).status_code for _time in range(32)]
    assert codes == [403] * 30 + [429] * 2


def test_the_secret_is_stored_nowhere_in_clear(sender: tuple[PostureKey, str]) -> None:
    _key, secret = sender
    stored = repr(list(PostureKey.objects.values())) + repr(list(Entry.objects.values()))
    assert secret.removeprefix("whsec_") not in stored


def test_without_the_broker_nothing_is_taken(house: House, sender: tuple[PostureKey, str]) -> None:
    body, headers = report(*sender, "DL-1")
    house.broker.kill()
    assert sent(body, headers).status_code == 502
    assert state() == "unknown"
