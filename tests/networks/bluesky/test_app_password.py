"""Signing in by an app password at the real PDS."""
from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from countersign.base.errors import KeyRefused, Refused, Unreachable
from countersign.base.values import Secret
from countersign.networks.bluesky.connector import Bluesky
from countersign.networks.contract import Credentials, Publication
from tests.servers.bluesky import Box, Person
from tests.servers.lossy import Lossy

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("bluesky")]


@pytest.fixture(scope="module")
def kim(box: Box) -> Person:
    return box.account("kim")


@pytest.fixture
def key(bluesky: Bluesky, http: httpx.Client, kim: Person) -> Credentials:
    return bluesky.sign_in(http, server=kim.box.pds, handle=f"@{kim.handle}", app_password=Secret(kim.app_password()))


def test_an_app_password_opens_a_session_and_is_not_kept(bluesky: Bluesky, http: httpx.Client, kim: Person) -> None:
    password = kim.app_password()
    credentials = bluesky.sign_in(http, server=kim.box.pds, handle=kim.handle, app_password=Secret(password))
    assert (credentials.identity.remote_id, credentials.identity.origin) == (kim.did, kim.box.pds)
    assert credentials.expires_at
    assert password not in credentials.secret.reveal()


def test_it_publishes(bluesky: Bluesky, http: httpx.Client, key: Credentials, kim: Person, draft: Callable[..., Publication]) -> None:
    publication = draft("By app password")
    bluesky.publish(bluesky.client(http, key), publication)
    assert publication.text in [post["value"]["text"] for post in kim.posts()]


def test_the_recovery_address_is_told_and_the_second_factor_is_not_by_this_server(
    bluesky: Bluesky, http: httpx.Client, key: Credentials, kim: Person
) -> None:
    told = bluesky.security(bluesky.client(http, key))
    assert told.email == f"{kim.handle}@example.com"
    assert not told.email_confirmed
    assert told.second_factor == ""  # only Bluesky's own entrance says `emailAuthFactor`


def test_a_wrong_password_is_refused(bluesky: Bluesky, http: httpx.Client, kim: Person) -> None:
    with pytest.raises(Refused, match="does not accept"):
        bluesky.sign_in(http, server=kim.box.pds, handle=kim.handle, app_password=Secret("abcd-abcd-abcd-abcd"))


def test_the_accounts_own_password_is_refused(bluesky: Bluesky, http: httpx.Client, kim: Person) -> None:
    with pytest.raises(Refused, match="own password"):
        bluesky.sign_in(http, server=kim.box.pds, handle=kim.handle, app_password=Secret(kim.password))


def test_it_is_refreshed(bluesky: Bluesky, http: httpx.Client, key: Credentials) -> None:
    fresh = bluesky.refresh(http, key)
    assert fresh.identity == key.identity
    assert json.loads(fresh.secret.reveal())["refresh"] != json.loads(key.secret.reveal())["refresh"]


def test_a_lost_request_to_refresh_loses_no_key(bluesky: Bluesky, key: Credentials, lossy: Lossy, lossy_http: httpx.Client) -> None:
    lossy.lose_request("refreshSession")
    with pytest.raises(Unreachable):
        bluesky.refresh(lossy_http, key)
    assert bluesky.refresh(lossy_http, key).identity == key.identity


def test_a_revoked_session_is_not_refreshed_and_revoking_twice_is_no_error(bluesky: Bluesky, http: httpx.Client, key: Credentials) -> None:
    bluesky.revoke(http, key)
    bluesky.revoke(http, key)
    with pytest.raises(KeyRefused):
        bluesky.refresh(http, key)


def test_a_token_that_is_none_is_a_refused_key(bluesky: Bluesky, http: httpx.Client, key: Credentials) -> None:
    wrong = Credentials(key.identity, Secret(json.dumps({"kind": "app password", "access": "none", "refresh": "none"})))
    with pytest.raises(KeyRefused):
        bluesky.profile(bluesky.client(http, wrong))
