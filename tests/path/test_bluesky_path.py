"""The product's main path on the real Bluesky network in a box: PDS, directory and AppView as Bluesky runs them."""
from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Error as PlaywrightError

from countersign.access.grants.models import Account
from countersign.access.grants.states import AccountState
from countersign.access.vault import connecting, keeping
from countersign.access.vault.models import Connection, SecretVersion
from countersign.base.errors import Refused, Unreachable
from countersign.base.values import Secret
from countersign.calls import client, messages
from countersign.content.posts.models import Delivery
from countersign.content.posts.states import DeliveryState
from tests.chromium import chromium
from tests.house import House, now, open_house
from tests.path.browsing import Installation, told
from tests.path.walking import WORDS, Walk
from tests.servers import bluesky_pages
from tests.servers.bluesky import Box, Person, bluesky_full, directory_after_a_move  # noqa: F401  # one is a fixture
from tests.servers.lossy import Lossy, lossy_proxy
from tests.signing_in import sign_in
from tests.waiting import until

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.xdist_group("bluesky")]


class BlueskyWalk(Walk):
    """The same walk, on Bluesky."""

    def kim_goes_to_bluesky(self, person: Person, path: str = "/accounts/connect/?network=bluesky") -> None:
        page = self.kim.go(path)
        page.get_by_label("Handle", exact=True).fill(person.handle)
        page.get_by_label("Its server").fill(person.box.pds)
        self.kim.press("Go to the network to allow it")
        page.wait_for_url(f"{person.box.pds}/**")
        bluesky_pages.sign_in(page, person)

    def kim_connects_bluesky(self, person: Person) -> None:
        self.kim_goes_to_bluesky(person)
        self.kim.press("Authorize")
        self.kim.page.wait_for_url(re.compile(rf"{self.at.origin}/accounts/[0-9a-f-]+/"))
        self.account = self.kim.page.url

    def kim_is_denied(self, person: Person) -> None:
        self.kim_goes_to_bluesky(person)
        self.kim.press("Deny access")
        self.kim.page.wait_for_url(re.compile(f"{self.at.origin}/connect/return/"))
        self.kim.see("The network did not let us in")
        self.kim.see("Begin again, and allow Countersign there.")

    def mia_answers(self, text: str, answer: str) -> None:
        """She decides to answer, writes it on the next page, and hands it in."""
        self.mia_decides(text, "answer", "K2")
        page = self.mia.page
        page.wait_for_url(re.compile(r"/posts/[0-9a-f-]+/edit/"))
        page.locator("textarea[data-account]").fill(answer)
        self.mia.press("Submit for signature")
        page.wait_for_url(re.compile(r"/posts/[0-9a-f-]+/(\?told=\w+)?$"))
        self.answer = page.url.rstrip("/").rsplit("/", 1)[-1]

    def ben_signs_the_answer(self, answer: str) -> None:
        page = self.ben.go(f"/posts/{self.answer}/review/")
        self.ben.see(answer)
        self.ben.press("Sign with passkey")
        page.wait_for_url(re.compile(r"/posts/[0-9a-f-]+/(\?told=\w+)?$"))

    def ann_deletes(self) -> None:
        page = self.ann.go(f"/posts/{self.post}/")
        page.locator("summary", has_text="Delete it from Bluesky").click()
        self.ann.press("Delete it from Bluesky")

    def kim_disconnects(self) -> None:
        page = self.kim.go(self.account)
        page.locator("summary", has_text="Disconnect").click()
        self.kim.press("Disconnect")
        page.get_by_text("Disconnected").first.wait_for()


def test_the_whole_path_on_bluesky_in_the_real_pages(tmp_path: Path, bluesky_full: Box) -> None:  # noqa: F811
    box = bluesky_full
    installation = Installation(tmp_path, COUNTERSIGN_LOOPBACK_ORIGINS=f"{box.pds},{box.plc}", COUNTERSIGN_PLC_ORIGIN=box.plc)
    installation.start()
    try:
        with chromium() as browser:
            walk = BlueskyWalk(browser, installation)
            try:
                _all_of_it(walk, box)
            except PlaywrightError as error:
                pytest.fail(f"{str(error)[:1000]}\n{told(walk.people)}\n{installation.said()[-2000:]}")
    finally:
        installation.stop()


def _all_of_it(walk: BlueskyWalk, box: Box) -> None:
    brewery, greta, joke = box.account("brewery"), box.account("greta"), box.account("joke")
    walk.kim_begins()
    walk.kim_is_denied(brewery)
    walk.kim_connects_bluesky(brewery)
    walk.the_others_come()
    walk.kim_puts_ben_on_the_roster()
    walk.ann_writes()
    walk.ben_signs()
    (post,) = until(brewery.posts, else_say=walk.at.said)
    assert post["value"]["text"] == WORDS
    assert [image["alt"] for image in post["value"]["embed"]["images"]] == ["Bierflesjes op een rij"]
    ours = {"uri": post["uri"], "cid": post["cid"]}
    greta.says("Nur Idioten trinken so etwas.", to=ours)
    asked = joke.says("Wanneer gaan jullie open?", to=ours)
    walk.mia_decides("Nur Idioten", "hide", "R1")
    until(lambda: hidden(brewery), else_say=walk.at.said)
    walk.mia_answers("Wanneer gaan", "Zaterdag om tien uur.")
    assert len(brewery.posts()) == 1
    walk.ben_signs_the_answer("Zaterdag om tien uur.")
    until(lambda: len(brewery.posts()) == 2, else_say=walk.at.said)
    (answer,) = [post["value"] for post in brewery.posts() if post["uri"] != ours["uri"]]
    assert (answer["text"], answer["reply"]) == ("Zaterdag om tien uur.", {"root": ours, "parent": asked})
    walk.ann_deletes()
    until(lambda: ours["uri"] not in [post["uri"] for post in brewery.posts()], else_say=walk.at.said)
    walk.kim_disconnects()
    assert [problem for one in walk.people for problem in one.problems if "403" not in problem] == []


def hidden(person: Person) -> list[str]:
    listed = person.ask("com.atproto.repo.listRecords", repo=person.did, collection="app.bsky.feed.threadgate")
    return [uri for record in listed["records"] for uri in record["value"]["hiddenReplies"]]


# --- the same product, through its actions --------------------------------------------------------------------------------


@contextmanager
def opened(folder: Path, box: Box, *, pds: str = "", plc: str = "") -> Iterator[House]:
    """A house with its people, whose broker may speak to this box."""
    allow, plc = [box.pds, pds or box.pds, plc or box.plc], plc or box.plc
    with open_house(folder, allow=allow, plc=plc) as house:
        house.cast()
        yield house


@pytest.fixture
def house(transactional_db: None, tmp_path: Path, bluesky_full: Box) -> Iterator[House]:  # noqa: F811
    with opened(tmp_path, bluesky_full) as house:
        yield house


@pytest.fixture
def lossy(bluesky_full: Box) -> Iterator[Lossy]:  # noqa: F811
    with lossy_proxy(to=bluesky_full.pds) as lossy:
        yield lossy


@pytest.fixture
def lossy_house(transactional_db: None, tmp_path: Path, bluesky_full: Box, lossy: Lossy) -> Iterator[House]:  # noqa: F811
    """The directory says that everybody's PDS is the one that loses things."""
    with directory_after_a_move(bluesky_full, to=lossy.address) as plc, opened(tmp_path, bluesky_full, pds=lossy.address, plc=plc) as house:
        yield house


@pytest.fixture
def brewery(bluesky_full: Box) -> Person:  # noqa: F811
    return bluesky_full.account("brewery")


def connect(house: House, person: Person, *, says: Person | None = None, reconnects: Account | None = None) -> Account:
    """Kim connects `person`'s account by OAuth; at the server somebody else (`says`) may sign in."""
    kim, place = house.actor("Kim"), connecting.Place("bluesky", person.box.pds, "" if says else person.handle)
    url = connecting.begin(kim, place, reconnects=reconnects, at=now())
    return connecting.finish(kim, bluesky_pages.answer(url, says or person), at=now())


def with_app_password(house: House, person: Person, password: str, *, server: str = "") -> Account:
    place = connecting.Place("bluesky", server or person.box.pds, person.handle)
    return connecting.connect_by_app_password(house.actor("Kim"), place, Secret(password), at=now())


def release(house: House, account: Account) -> Delivery:
    delivery = house.approved(house.actor("Ann"), house.actor("Ben"), WORDS, account)
    house.release()
    delivery.refresh_from_db()
    return delivery


def standing(account: Account) -> str:
    return Account.objects.get(pk=account.pk).state


@pytest.mark.attack
def test_a_key_ended_at_the_network_is_shown_as_refused_and_another_account_is_not_taken_instead(
    house: House, brewery: Person, bluesky_full: Box  # noqa: F811
) -> None:
    account = connect(house, brewery)
    bluesky_pages.end_access(brewery)
    delivery = release(house, account)
    assert (delivery.state, standing(account)) == (DeliveryState.HELD, AccountState.REFUSED)
    with pytest.raises(Refused, match="which is another account"):
        connect(house, brewery, says=bluesky_full.account("leo"), reconnects=account)
    assert standing(account) == AccountState.REFUSED
    connect(house, brewery, reconnects=account)
    assert release(house, account).state == DeliveryState.PUBLISHED
    assert len(brewery.posts()) == 1


@pytest.mark.attack
def test_a_renewed_key_goes_on_and_a_disconnected_one_is_ended_there(house: House, brewery: Person) -> None:
    account = connect(house, brewery)
    for _number in range(2):
        client.ask(messages.Refresh(str(account.uid), now=True))
    assert release(house, account).state == DeliveryState.PUBLISHED
    assert bluesky_pages.programs(brewery) == 1
    keeping.disconnect(house.actor("Kim"), account, at=now())
    assert bluesky_pages.programs(brewery) == 0
    assert standing(account) == AccountState.DISCONNECTED


def test_an_app_password_connects_and_publishes_where_oauth_cannot_be_had(house: House, brewery: Person) -> None:
    account = with_app_password(house, brewery, brewery.app_password())
    assert release(house, account).state == DeliveryState.PUBLISHED
    assert [post["value"]["text"] for post in brewery.posts()] == [WORDS]


def test_neither_a_wrong_password_nor_the_accounts_own_is_taken(house: House, brewery: Person) -> None:
    for password, words in (("wrong-pass-word-here", "does not accept"), (brewery.password, "own password")):
        with pytest.raises(Refused, match=words):
            with_app_password(house, brewery, password)
    assert not Account.objects.exists()
    assert not SecretVersion.objects.exists()


def test_a_handle_that_is_nobodys_and_a_server_that_is_none_are_told_on_the_page(house: House, bluesky_full: Box) -> None:  # noqa: F811
    browser, box = Client(), bluesky_full
    sign_in(browser, house.people["Kim"])
    typed = {"nobody.test": (box.pds, "knows no account named nobody.test"), "delinde.test": (box.plc, "knows no account named delinde.test")}
    for handle, (server, words) in typed.items():
        answer = browser.post("/accounts/connect/", {"network": "bluesky", "handle": handle, "server": server})
        assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Connection.objects.exists()


def test_a_network_that_loses_what_is_asked_disconnects_nobody(lossy_house: House, lossy: Lossy, brewery: Person) -> None:
    account = with_app_password(lossy_house, brewery, brewery.app_password(), server=lossy.address)
    lossy.lose_request("com.atproto.server.refreshSession")
    with pytest.raises(Unreachable):
        client.ask(messages.Refresh(str(account.uid), now=True))
    assert standing(account) == AccountState.CONNECTED
    assert release(lossy_house, account).state == DeliveryState.PUBLISHED


def test_a_lost_answer_to_the_one_write_is_settled_by_reading(lossy_house: House, lossy: Lossy, brewery: Person) -> None:
    account = with_app_password(lossy_house, brewery, brewery.app_password(), server=lossy.address)
    lossy.lose_answer("com.atproto.repo.putRecord")
    delivery = release(lossy_house, account)
    for _number in range(30):
        if delivery.state == DeliveryState.PUBLISHED:
            break
        time.sleep(0.5)
        lossy_house.settle()
        delivery.refresh_from_db()
    assert (delivery.state, standing(account)) == (DeliveryState.PUBLISHED, AccountState.CONNECTED)
    assert sum("com.atproto.repo.putRecord" in line for line in lossy.seen) == 1
    assert len(brewery.posts()) == 1
