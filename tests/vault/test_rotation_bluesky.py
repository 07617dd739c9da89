"""A leaver's app password and tokens are replaced at the real PDS: the old ones fail, the new ones work.

What the PDS really does, and what we therefore say: revoking an app password ends its sign-in and its renewing at once, but
an access token that was given out before lives on for two hours, whatever is done; so the rotation is *not yet confirmed*
until then, and is proven when it has passed. OAuth tokens have no such tail.
"""
from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings

from countersign.access.grants.models import Account
from countersign.access.grants.rights import Role
from countersign.access.vault import connecting, entering, jobs, rotating
from countersign.access.vault.models import Rotation, Secret, SecretVersion
from countersign.access.vault.sealing import Context
from countersign.base.errors import Conflict, Invalid
from countersign.base.values import Secret as Text
from countersign.calls import client, messages
from countersign.content.posts.states import DeliveryState
from countersign.processes.broker.keys import open_keyring
from tests.house import House, now
from tests.servers import bluesky_pages
from tests.servers.bluesky import Box, Person, bluesky_light, directory_after_a_move  # noqa: F401  # one is a fixture
from tests.servers.bluesky_clock import Clocked, with_a_clock
from tests.servers.lossy import Lossy, lossy_proxy

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("bluesky")]
WRONG = "nooit-goed-geweest"


@contextmanager
def opened(folder: Path, box: Box, *, pds: str = "", plc: str = "") -> Iterator[House]:
    house = House(
        folder, timings="deadline=5,lease=8,late=0.5,patience=20,again=0.5,skew=5", allow=[box.pds, pds or box.pds, plc or box.plc],
        plc=plc or box.plc,
    )
    try:
        house.open()
        kim = house.person("Kim", Role.OFFICER)
        house.begin_roster(kim)
        house.person("Ann", Role.AUTHOR)
        house.put_on_roster(house.person("Ben", Role.REVIEWER), kim)
        house.person("Leo", Role.OFFICER)
        yield house
    finally:
        house.close()


@pytest.fixture
def house(transactional_db: None, tmp_path: Path, bluesky_light: Box) -> Iterator[House]:  # noqa: F811
    with opened(tmp_path, bluesky_light) as house:
        yield house


@pytest.fixture
def brewery(bluesky_light: Box) -> Person:  # noqa: F811
    return bluesky_light.account("brewery")


class Session:
    """Somebody who signs in at the PDS with a password, past us."""

    def __init__(self, person: Person, password: str) -> None:
        self.pds, self.did = person.box.pds, person.did
        answer = httpx.post(f"{self.pds}/xrpc/com.atproto.server.createSession", json={"identifier": person.did, "password": password})
        self.is_in = answer.is_success
        self.told: dict[str, Any] = answer.json()

    def renews(self) -> bool:
        headers = {"authorization": f"Bearer {self.told['refreshJwt']}"}
        return httpx.post(f"{self.pds}/xrpc/com.atproto.server.refreshSession", headers=headers).is_success

    def writes(self) -> bool:
        record = {"$type": "app.bsky.feed.post", "text": "Van Leo", "createdAt": "2026-11-25T10:00:00.000Z"}
        given = {"repo": self.did, "collection": "app.bsky.feed.post", "record": record}
        headers = {"authorization": f"Bearer {self.told['accessJwt']}"}
        return httpx.post(f"{self.pds}/xrpc/com.atproto.repo.createRecord", headers=headers, json=given).is_success


def app_password(person: Person, name: str) -> str:
    return str(person.do("com.atproto.server.createAppPassword", name=name)["password"])


def names(person: Person) -> list[str]:
    return sorted(one["name"] for one in person.ask("com.atproto.server.listAppPasswords")["passwords"])


def furnished(house: House, person: Person, *, server: str = "") -> tuple[Account, Secret, str]:
    """Leo entered the account's app password, and the account is connected with it; Kim entered its own password."""
    leo, kim, given = house.actor("Leo"), house.actor("Kim"), app_password(person, "countersign")
    place = connecting.Place("bluesky", server or person.box.pds, person.handle)
    account = connecting.connect_by_app_password(kim, place, Text(given), at=now())
    entering.enter(kim, account, "password", Text(person.password), at=now())
    return account, entering.enter(leo, account, "api_key", Text(given), label="countersign", at=now()), given


def rotate(house: House, secret: Secret) -> Rotation:
    rotation = rotating.open(house.actor("Kim"), secret, "Leo leaves", at=now())
    return rotating.begin(house.actor("Kim"), rotation, at=now())


def sealed(house: House, secret: Secret) -> str:
    """The current version, opened with the wrapping key: only a test may."""
    version = secret.versions.get(current_from__isnull=False, ended_at=None)
    context = Context(organisation(house), f"account:{secret.account.uid}/secret:{secret.uid}", secret.kind, version.version)
    return open_keyring(settings.WRAPPING_KEY, has_sealed_before=True).open(version.sealed, context).reveal()


def organisation(house: House) -> str:
    lines = map(json.loads, house.broker.journal.read_text().splitlines())
    return str(next(line["body"]["id"] for line in lines if line["kind"] == "organisation"))


def publishes(house: House, account: Account) -> bool:
    delivery = house.approved(house.actor("Ann"), house.actor("Ben"), "De ketel staat.", account)
    house.release()
    delivery.refresh_from_db()
    return delivery.state == DeliveryState.PUBLISHED


# --- an app password -------------------------------------------------------------------------------------------------


def test_a_leavers_app_password_is_replaced_and_what_it_left_alive_is_told_until_it_is_dead(
    transactional_db: None, tmp_path: Path
) -> None:
    with with_a_clock() as clocked, opened(tmp_path, clocked.box) as house:
        _the_whole_story(house, clocked)


def _the_whole_story(house: House, clocked: Clocked) -> None:
    person = clocked.box.account("brewery")
    account, secret, old = furnished(house, person)
    leo = Session(person, old)
    assert leo.is_in
    assert leo.writes()
    rotation = rotate(house, secret)
    # Ended at once: signing in, and renewing. The new one signs in; our own session was made anew with it, and publishes.
    new = sealed(house, secret)
    assert (Session(person, old).is_in, leo.renews(), Session(person, new).is_in) == (False, False, True)
    assert names(person) == ["countersign-2"]
    assert publishes(house, account)
    # Not ended, and not endable: Leo's access token. So nothing is confirmed, and the page says until when.
    assert leo.writes()
    assert (rotation.state, rotation.evidence["new_opens"], rotation.evidence["old_opens"]) == ("unconfirmed", True, False)
    assert rotation.alive_until is not None
    assert timedelta(minutes=119) < rotation.alive_until - now() <= timedelta(hours=2)
    jobs.prove_again(now() + timedelta(minutes=110))
    rotation.refresh_from_db()
    assert rotation.state == "unconfirmed"
    # Two hours later it is dead, the proof is made again, and the rotation is confirmed.
    clocked.advance(timedelta(hours=2, seconds=5))
    assert not leo.writes()
    assert jobs.prove_again(now() + timedelta(hours=2, seconds=5)) == 1
    rotation.refresh_from_db()
    assert (rotation.state, rotation.evidence["old_opens"]) == ("confirmed", False)


@pytest.mark.attack
def test_our_own_older_session_is_ended_as_well(house: House, brewery: Person) -> None:
    account, secret, _old = furnished(house, brewery)
    before = SecretVersion.objects.get(account=account, ended_at=None)
    rotate(house, secret)
    after = SecretVersion.objects.get(account=account, ended_at=None)
    assert after.version > before.version
    assert (renews(house, brewery, before), renews(house, brewery, after)) == (False, True)


def renews(house: House, person: Person, key: SecretVersion) -> bool:
    context = Context(organisation(house), f"account:{key.account.uid}", "credentials", key.version)
    held = json.loads(json.loads(open_keyring(settings.WRAPPING_KEY, has_sealed_before=True).open(key.sealed, context).reveal())["secret"])
    headers = {"authorization": f"Bearer {held['refresh']}"}
    return httpx.post(f"{person.box.pds}/xrpc/com.atproto.server.refreshSession", headers=headers).is_success


def test_a_wrong_password_in_the_vault_leads_to_a_person_and_changes_nothing(house: House, brewery: Person) -> None:
    account, secret, old = furnished(house, brewery)
    entering.enter(house.actor("Kim"), account, "password", Text(WRONG), at=now())
    rotation = rotate(house, secret)
    assert (rotation.state, names(brewery)) == ("by_hand", ["countersign"])
    assert "does not sign in" in rotation.trouble
    assert Session(brewery, old).is_in


@pytest.mark.attack
def test_two_at_once_change_it_once(house: House, brewery: Person) -> None:
    _account, secret, _old = furnished(house, brewery)
    first = rotating.open(house.actor("Kim"), secret, "Leo leaves", at=now())
    second = Rotation.objects.get(pk=first.pk)
    rotating.begin(house.actor("Kim"), first, at=now())
    with pytest.raises(Conflict):
        rotating.begin(house.actor("Leo"), second, at=now())
    assert names(brewery) == ["countersign-2"]


# --- a network that loses what is said, a broker that is killed ------------------------------------------------------


@pytest.fixture
def lossy(bluesky_light: Box) -> Iterator[Lossy]:  # noqa: F811
    with lossy_proxy(to=bluesky_light.pds) as lossy:
        yield lossy


@pytest.fixture
def lossy_house(transactional_db: None, tmp_path: Path, bluesky_light: Box, lossy: Lossy) -> Iterator[House]:  # noqa: F811
    with (
        directory_after_a_move(bluesky_light, to=lossy.address) as plc,
        opened(tmp_path, bluesky_light, pds=lossy.address, plc=plc) as house,
    ):
        yield house


@pytest.mark.attack
def test_a_new_app_password_whose_answer_was_lost_is_ended_there_and_made_again(
    lossy_house: House, lossy: Lossy, brewery: Person
) -> None:
    account, secret, old = furnished(lossy_house, brewery, server=lossy.address)
    lossy.lose_answer("com.atproto.server.createAppPassword")
    rotation = rotate(lossy_house, secret)
    assert (rotation.state, rotation.changed_at, names(brewery)) == ("unconfirmed", None, ["countersign", "countersign-2"])
    assert Session(brewery, old).is_in
    rotating.carry_on(lossy_house.actor("Kim"), rotation, at=now())
    assert (Session(brewery, old).is_in, Session(brewery, sealed(lossy_house, secret)).is_in) == (False, True)
    assert names(brewery) == ["countersign-2"]
    assert publishes(lossy_house, account)


@pytest.mark.attack
def test_a_broker_killed_between_the_network_and_us_has_the_new_one_in_its_own_file(
    lossy_house: House, lossy: Lossy, brewery: Person
) -> None:
    _account, secret, old = furnished(lossy_house, brewery, server=lossy.address)
    lossy.lose_request("com.atproto.server.createSession", after=1)  # made there, kept in the file, not tried
    rotation = rotate(lossy_house, secret)
    assert (rotation.state, rotation.new, secret.versions.count()) == ("due", None, 1)
    lossy_house.broker.kill()
    lossy_house.broker.start()
    made = sum("createAppPassword" in line for line in lossy.seen)
    rotation = rotating.begin(lossy_house.actor("Kim"), Rotation.objects.get(pk=rotation.pk), at=now())
    assert sum("createAppPassword" in line for line in lossy.seen) == made
    assert names(brewery) == ["countersign-2"]
    assert (Session(brewery, old).is_in, Session(brewery, sealed(lossy_house, secret)).is_in) == (False, True)


# --- the account's own password --------------------------------------------------------------------------------------


@pytest.mark.attack
def test_the_accounts_own_password_is_changed_with_the_mailed_code_and_nobody_sees_it(transactional_db: None, tmp_path: Path) -> None:
    with with_a_clock() as clocked, opened(tmp_path, clocked.box) as house:
        person = clocked.box.account("brewery")
        account, _secret, app = furnished(house, person)
        password = Secret.objects.get(account=account, kind="password")
        rotation = rotate(house, password)
        assert (rotation.state, rotation.way) == ("changing", "by_mail")
        with pytest.raises(Invalid, match="does not take this code"):
            rotating.carry_on(house.actor("Kim"), rotation, code=Text("AAAAA-BBBBB"), at=now())
        assert Session(person, person.password).is_in
        rotation.refresh_from_db()
        leo = Session(person, app)
        rotating.carry_on(house.actor("Kim"), rotation, code=Text(clocked.mailed_code(person.did)), at=now())
        new = sealed(house, password)
        assert (Session(person, person.password).is_in, Session(person, new).is_in) == (False, True)
        assert not leo.renews()  # the PDS ends every session with its password; ours was made anew
        assert publishes(house, account)
        assert rotation.state == "unconfirmed"
        told = {"kind": "reset", "message_id": "<1@pds>", "received_at": now().isoformat()}
        assert rotating.confirm_by_mail(rotating.ROTATE, account, told, at=now()) == [rotation]
        rotation.refresh_from_db()
        assert rotation.state == "unconfirmed"  # a mail with a code proves that it was asked for, not that it was changed
        clocked.advance(timedelta(hours=2, seconds=5))
        assert jobs.prove_again(now() + timedelta(hours=2, seconds=5)) == 1
        rotation.refresh_from_db()
        assert rotation.state == "confirmed"
        assert not Rotation.objects.open().exists()


# --- tokens ----------------------------------------------------------------------------------------------------------


def test_tokens_of_oauth_are_replaced_at_once_and_the_old_ones_are_dead(house: House, brewery: Person) -> None:
    kim = house.actor("Kim")
    url = connecting.begin(kim, connecting.Place("bluesky", brewery.box.pds, brewery.handle), at=now())
    account = connecting.finish(kim, bluesky_pages.answer(url, brewery), at=now())
    old = SecretVersion.objects.newest(account)
    assert old is not None
    rotation = rotating.replace_tokens(rotating.ROTATE, account, "A phone lost", at=now())
    assert (rotation.state, rotation.evidence["old_opens"], rotation.evidence["new_opens"]) == ("confirmed", False, True)
    told = client.ask(messages.ProveTokens(str(account.uid), {"version": old.version, "sealed": old.sealed}))
    assert (told.new_opens, told.old_opens) == (True, False)
    assert publishes(house, account)


@pytest.mark.attack
def test_tokens_of_an_app_password_are_replaced_and_the_old_access_is_told_until_its_end(house: House, brewery: Person) -> None:
    account, _secret, _old = furnished(house, brewery)
    rotation = rotating.replace_tokens(rotating.ROTATE, account, "A phone lost", at=now())
    assert (rotation.state, rotation.evidence["old_opens"]) == ("unconfirmed", True)
    assert rotation.alive_until is not None
    assert timedelta(minutes=115) < rotation.alive_until - now() <= timedelta(hours=2)
    assert publishes(house, account)
    assert isinstance(rotation.alive_until, datetime)
