"""The product's main path at mastodon-mock: a stand-in for a Mastodon server, not one. Its sign-in is a fake and proves little."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from django.test import Client

from countersign.access.grants.models import Account
from countersign.access.grants.states import AccountState
from countersign.access.vault import connecting, keeping
from countersign.access.vault.models import Connection, SecretVersion
from countersign.base.errors import Refused
from countersign.content.comments import deciding
from countersign.content.comments.jobs import collect_comments
from countersign.content.comments.models import Comment, Reading
from countersign.content.comments.states import CommentState
from countersign.content.media.taking_in import take_in
from countersign.content.posts import releasing, submitting
from countersign.content.posts.drafting import Described
from countersign.content.posts.models import Delivery
from countersign.content.posts.states import DeliveryState
from countersign.policy.charter.models import Clause
from countersign.policy.charter.queries import clauses
from tests.house import House, now, open_house
from tests.path.walking import WORDS, photo
from tests.servers.mastodon import Person, StandIn
from tests.signing_in import sign_in

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("mastodon")]


@pytest.fixture
def house(transactional_db: None, tmp_path: Path, stand_in: StandIn) -> Iterator[House]:
    with open_house(tmp_path, allow=[stand_in.origin]) as house:
        house.cast()
        yield house


@pytest.fixture
def delinde(stand_in: StandIn) -> Person:
    return stand_in.person("delinde")


@pytest.fixture
def account(house: House, delinde: Person) -> Account:
    return connect(house, delinde)


def connect(house: House, person: Person, *, reconnects: Account | None = None) -> Account:
    """Kim connects this account through the stand-in's own page, which asks for no password."""
    kim = house.actor("Kim")
    url = connecting.begin(kim, connecting.Place("mastodon", person.server.origin), reconnects=reconnects, at=now())
    return connecting.finish(kim, choose(url, person), at=now())


def choose(url: str, person: Person) -> dict[str, str]:
    page = httpx.get(url, trust_env=False).text
    assert f'value="{person.username}"' in page
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)">', page))
    answer = httpx.post(f"{person.server.origin}/oauth/authorize", data=hidden | {"username": person.username}, trust_env=False)
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def release(house: House, account: Account, text: str = WORDS) -> Delivery:
    delivery = house.approved(house.actor("Ann"), house.actor("Ben"), text, account)
    house.release()
    delivery.refresh_from_db()
    return delivery


def clause(code: str) -> Clause:
    return next(clause for clause in clauses() if clause.code == code)


def collected(house: House, account: Account, stand_in: StandIn, text: str) -> tuple[Delivery, Comment, Person]:
    """A post of ours that is out, and what a stranger said under it, as it came back."""
    delivery = release(house, account)
    stranger = stand_in.person("greta")
    stranger.says(text, to=delivery.remote_id)
    assert collect_comments(now()) == 1
    return delivery, Comment.objects.get(is_ours=False), stranger


def test_a_countersigned_post_with_a_picture_and_its_description_is_there_once(
    house: House, account: Account, delinde: Person
) -> None:
    ann = house.actor("Ann")
    picture = Described(str(take_in(ann, photo(), at=now()).uid), "Bierflesjes op een rij")
    post = house.write(ann, WORDS, account, pictures=[picture])
    submitting.submit(ann, post, at=now())
    house.release()
    assert delinde.posts() == []
    house.sign(house.actor("Ben"), post)
    house.release()
    (there,) = delinde.posts()
    assert WORDS in there["content"]
    assert [medium["description"] for medium in there["media_attachments"]] == ["Bierflesjes op een rij"]


def test_what_the_server_lets_a_post_hold_is_known(account: Account) -> None:
    assert (account.limits["characters"], account.limits["link_characters"]) == (500, 23)


def test_hiding_a_strangers_reply_is_left_to_a_person_with_its_address(house: House, account: Account, stand_in: StandIn) -> None:
    _delivery, comment, _greta = collected(house, account, stand_in, "Nur Idioten trinken so etwas.")
    assert comment.text.endswith("Nur Idioten trinken so etwas.")
    deciding.decide(house.actor("Mia"), comment, "hide", clause("R1"), at=now())
    comment.refresh_from_db()
    assert comment.state == CommentState.BY_HAND
    page = signed_in(house, "Mia").get(f"/comments/{comment.uid}/").content.decode()
    assert "Do this by hand at " in page
    assert f'href="{comment.url}"' in page


def test_an_answer_is_countersigned_and_stands_under_the_reply(house: House, account: Account, stand_in: StandIn) -> None:
    _delivery, comment, greta = collected(house, account, stand_in, "Wanneer gaan jullie open?")
    post = deciding.answer(house.actor("Mia"), comment, clause("K2"), text="Zaterdag om tien uur.", at=now())
    submitting.submit(house.actor("Mia"), post, at=now())
    house.sign(house.actor("Ben"), post)
    house.release()
    below = greta.ask("GET", f"/api/v1/statuses/{comment.remote_id}/context")["descendants"]
    assert [("Zaterdag om tien uur." in said["content"], said["in_reply_to_id"]) for said in below] == [(True, comment.remote_id)]


def test_a_reply_its_writer_deletes_is_gone_here(house: House, account: Account, stand_in: StandIn) -> None:
    _delivery, comment, greta = collected(house, account, stand_in, "Wanneer gaan jullie open?")
    greta.ask("DELETE", f"/api/v1/statuses/{comment.remote_id}")
    collect_comments(now() + timedelta(minutes=1))
    comment.refresh_from_db()
    assert comment.state == CommentState.GONE


def test_a_post_is_deleted_there(house: House, account: Account, delinde: Person) -> None:
    delivery = release(house, account)
    releasing.withdraw(house.actor("Ann"), delivery, at=now())
    delivery.refresh_from_db()
    assert (delivery.state, delinde.posts()) == (DeliveryState.DELETED, [])


def test_a_revoked_key_is_shown_as_refused_and_the_post_waits(house: House, stand_in: StandIn, delinde: Person) -> None:
    account = with_known_key(house, stand_in, delinde)
    httpx.post(f"{stand_in.origin}/oauth/revoke", data={"token": delinde.key}, trust_env=False).raise_for_status()
    assert release(house, account).state == DeliveryState.HELD
    account.refresh_from_db()
    assert (account.state, account.trouble) == (AccountState.REFUSED, "The network no longer accepts our key.")
    assert "no longer accepts our key" in signed_in(house, "Kim").get(f"/accounts/{account.uid}/").content.decode()


def test_a_server_that_fails_disconnects_nobody(house: House, account: Account, stand_in: StandIn, delinde: Person) -> None:
    stand_in.fail("GET", "/api/v1/statuses/*", count=None, type="status", status=503)
    release(house, account)
    collect_comments(now())
    account.refresh_from_db()
    assert Reading.objects.get().trouble == "The network gave no usable answer."
    assert account.state == AccountState.CONNECTED


def test_disconnecting_ends_the_key_there(house: House, stand_in: StandIn, delinde: Person) -> None:
    account = with_known_key(house, stand_in, delinde)
    keeping.disconnect(house.actor("Kim"), account, at=now())
    asked = httpx.get(
        f"{stand_in.origin}/api/v1/accounts/verify_credentials", headers={"authorization": f"Bearer {delinde.key}"}, trust_env=False
    )
    assert asked.status_code == 401


def test_another_account_is_not_taken_when_connecting_again(house: House, account: Account, stand_in: StandIn) -> None:
    with pytest.raises(Refused, match="which is another account"):
        connect(house, stand_in.person("leo"), reconnects=account)
    assert release(house, account).state == DeliveryState.PUBLISHED


def with_known_key(house: House, stand_in: StandIn, person: Person) -> Account:
    """The account, connected with a key that the test knows as well, so that the test can end it or try it."""
    stand_in.fail("POST", "/oauth/token", type="status", status=200, body={"access_token": person.key, "token_type": "Bearer"})
    return connect(house, person)


# --- what is typed on the page -----------------------------------------------------------------------------------------


def signed_in(house: House, name: str) -> Client:
    browser = Client()
    sign_in(browser, house.people[name])
    return browser


def broken(stand_in: StandIn) -> str:
    stand_in.fail("GET", "/api/v*/instance", count=2, type="malformed")
    return stand_in.origin


def another_thing(stand_in: StandIn) -> str:
    for path in ("/api/v2/instance", "/api/v1/instance"):
        stand_in.fail("GET", path, type="status", status=200, body={"hello": "world"})
    return stand_in.origin


def sends_inside(stand_in: StandIn) -> str:
    stand_in.fail("GET", "/api/v2/instance", type="status", status=302, headers={"location": "http://10.0.0.1/api/v2/instance"})
    return stand_in.origin


def down(stand_in: StandIn) -> str:
    stand_in.fail("GET", "/api/v2/instance", type="status", status=503)
    return stand_in.origin


ADDRESSES: tuple[tuple[Callable[[StandIn], str] | str, str], ...] = (
    (broken, "is not a server that speaks Mastodon's language"),
    (another_thing, "is not a server that speaks Mastodon's language"),
    (sends_inside, "sends us on to http://10.0.0.1/api/v2/instance"),
    (down, "answers, but not now"),
    ("https://10.0.0.1", "inside a private network"),
    ("http://169.254.169.254", "begin with https://"),
    ("http://127.0.0.1:1", "begin with https://"),
    ("https://localhost:22", "no other port than 443"),
    ("https://", "not a web address"),
    ("ftp://mastodon.example", "begin with https://"),
    ("https://user:secret@mastodon.example", "holds a user name"),
    ("not a server", "characters that do not belong"),
    ("", "Give the address of the server"),
)


def test_an_address_that_leads_to_no_server_is_told_on_the_page(house: House, stand_in: StandIn) -> None:
    browser = signed_in(house, "Kim")
    for address, words in ADDRESSES:
        stand_in.behave()
        server = address if isinstance(address, str) else address(stand_in)
        answer = browser.post("/accounts/connect/", {"network": "mastodon", "server": server})
        (told,) = re.findall(r'<p class="mistake">.*?</svg>(.*?)</p>', answer.content.decode(), re.S)
        assert answer.status_code == 422, server
        assert words in unescape(told), server
    assert not Connection.objects.exists()
    assert not Account.objects.exists()
    assert not SecretVersion.objects.exists()
