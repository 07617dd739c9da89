"""OAuth against the real PDS's own pages, in a real browser."""
from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from countersign.base.errors import Invalid, KeyRefused, Refused, Rejected, Unreachable
from countersign.base.values import Secret
from countersign.networks.bluesky import addresses, metadata, proof
from countersign.networks.bluesky.connector import Bluesky
from countersign.networks.bluesky.oauth import tokens
from countersign.networks.contract import Credentials
from tests.networks.bluesky.conftest import SignIn
from tests.servers.bluesky import Box, Person, directory_after_a_move
from tests.servers.lossy import Lossy

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.xdist_group("bluesky")]


def held(credentials: Credentials) -> dict[str, str]:
    told: dict[str, str] = json.loads(credentials.secret.reveal())
    return told


def test_an_account_is_connected_by_oauth_with_granular_scopes(signing_in: SignIn, brewery: Person) -> None:
    credentials = signing_in.through(brewery)
    assert credentials.identity.remote_id == brewery.did
    assert credentials.identity.handle == f"@{brewery.handle}"
    assert credentials.identity.origin == brewery.box.pds
    assert "atproto" in credentials.scopes
    assert not [scope for scope in credentials.scopes if scope.startswith("transition:")]


def test_without_a_handle_the_person_says_at_the_server_who_they_are(signing_in: SignIn, brewery: Person) -> None:
    beginning = signing_in.begin(brewery, handle="")
    query = signing_in.walk(beginning, brewery)
    credentials = signing_in.bluesky.finish(signing_in.http, pending=beginning.pending, query=query)
    assert credentials.identity.remote_id == brewery.did


def test_a_refusal_on_the_servers_page_is_a_refusal_here(signing_in: SignIn, brewery: Person) -> None:
    beginning = signing_in.begin(brewery)
    query = signing_in.walk(beginning, brewery, button="Deny access")
    assert query["error"] == "access_denied"
    with pytest.raises(Refused, match="did not let us in"):
        signing_in.bluesky.finish(signing_in.http, pending=beginning.pending, query=query)


def test_what_the_answer_must_hold_and_what_a_code_is_good_for(signing_in: SignIn, brewery: Person) -> None:
    beginning = signing_in.begin(brewery)
    query = signing_in.walk(beginning, brewery)
    finish, http = signing_in.bluesky.finish, signing_in.http
    for wrong in ({"state": "another"}, {"state": ""}, {"iss": "https://evil.example"}, {"iss": ""}, {"code": ""}):
        with pytest.raises(Refused):
            finish(http, pending=beginning.pending, query={**query, **wrong})
    assert finish(http, pending=beginning.pending, query=query).identity.remote_id == brewery.did
    with pytest.raises(Rejected):
        finish(http, pending=beginning.pending, query=query)  # a code serves once


def test_a_code_of_another_sign_in_is_not_taken(signing_in: SignIn, brewery: Person) -> None:
    first, second = signing_in.begin(brewery), signing_in.begin(brewery)
    query = signing_in.walk(first, brewery)
    with pytest.raises(Rejected):
        signing_in.bluesky.finish(signing_in.http, pending=second.pending, query=query)


def test_another_account_than_the_one_asked_for_is_refused_and_its_key_ended(
    signing_in: SignIn, box: Box, lossy: Lossy, lossy_http: httpx.Client
) -> None:
    ann, mia = box.account("ann"), box.account("mia")
    beginning = signing_in.begin(ann, handle="")
    query = signing_in.walk(beginning, mia)
    waiting = json.loads(beginning.pending.reveal()) | {"did": ann.did}
    with pytest.raises(Refused, match="Another account"):
        signing_in.bluesky.finish(lossy_http, pending=Secret(json.dumps(waiting)), query=query)
    assert "POST /oauth/revoke 200" in lossy.seen


def test_a_server_that_does_not_speak_for_the_account_is_refused_and_its_key_ended(
    signing_in: SignIn, box: Box, bluesky_light: Box, lossy: Lossy, lossy_http: httpx.Client
) -> None:
    leo = box.account("leo")
    beginning = signing_in.begin(leo, handle="")
    query = signing_in.walk(beginning, leo)
    with directory_after_a_move(box, to=bluesky_light.pds) as plc, pytest.raises(Refused, match="does not speak for"):
        Bluesky(plc=plc).finish(lossy_http, pending=beginning.pending, query=query)
    assert "POST /oauth/revoke 200" in lossy.seen


def test_refreshing_gives_a_new_key_and_the_old_refresh_token_is_spent(signing_in: SignIn, box: Box) -> None:
    ben = box.account("ben")
    old = signing_in.through(ben)
    new = signing_in.bluesky.refresh(signing_in.http, old)
    assert held(new)["access"] != held(old)["access"]
    assert held(new)["refresh"] != held(old)["refresh"]
    assert signing_in.bluesky.profile(signing_in.bluesky.client(signing_in.http, new)).remote_id == ben.did
    with pytest.raises(KeyRefused):
        signing_in.bluesky.refresh(signing_in.http, old)


def test_refreshing_ends_the_old_access_token_at_once(signing_in: SignIn, box: Box) -> None:
    old = signing_in.through(box.account("ben"))
    signing_in.bluesky.refresh(signing_in.http, old)
    with pytest.raises(KeyRefused):  # so a refused key says nothing about the key that came after it
        signing_in.bluesky.profile(signing_in.bluesky.client(signing_in.http, old))


def test_a_public_front_door_proves_itself_with_a_key_of_its_own(signing_in: SignIn, box: Box) -> None:
    olu = box.account("olu")
    key = proof.new_key() | {"kid": "front door"}
    bluesky = Bluesky(plc=box.plc, client_key=Secret(json.dumps(key)))
    credentials = public_sign_in(bluesky, signing_in, olu, key)
    fresh = bluesky.refresh(signing_in.http, credentials)
    assert fresh.identity.remote_id == olu.did
    with pytest.raises(Unreachable, match="did not renew"):  # nobody else renews or uses this session
        Bluesky(plc=box.plc).refresh(signing_in.http, fresh)
    bluesky.revoke(signing_in.http, fresh)
    with pytest.raises(KeyRefused):
        bluesky.profile(bluesky.client(signing_in.http, fresh))


def test_whoever_lacks_the_front_doors_key_may_not_even_begin(signing_in: SignIn, box: Box) -> None:
    shown, other = proof.new_key() | {"kid": "front door"}, proof.new_key() | {"kid": "front door"}
    with pytest.raises(Invalid, match="does not let us ask"):
        public_sign_in(Bluesky(plc=box.plc, client_key=Secret(json.dumps(other))), signing_in, box.account("olu"), shown)


def public_sign_in(bluesky: Bluesky, signing_in: SignIn, person: Person, key: dict[str, str]) -> Credentials:
    """A sign-in of a front door at a public address, as in production, where the server fetches our metadata."""
    origin = signing_in.callback.public_origin
    back = f"{origin}/callback"
    signing_in.callback.metadata = metadata.client_metadata(origin, back, client_key=key)
    beginning = bluesky.begin(
        signing_in.http, server=person.box.pds, handle=person.handle, redirect_uri=back,
        client_id=metadata.client_id(origin), state="s",
    )  # fmt: skip
    return bluesky.finish(signing_in.http, pending=beginning.pending, query=signing_in.walk(beginning, person))


def test_a_lost_answer_to_refresh_is_no_disconnection_by_itself(signing_in: SignIn, box: Box, lossy: Lossy, lossy_http: httpx.Client) -> None:
    credentials = signing_in.through(box.account("ben"))
    lossy.lose_answer("/oauth/token")
    with pytest.raises(Unreachable):
        signing_in.bluesky.refresh(lossy_http, credentials)
    with pytest.raises(KeyRefused):  # the server saw the single-use token twice and ends the session: only this is definite
        signing_in.bluesky.refresh(lossy_http, credentials)


def test_a_lost_request_to_refresh_loses_no_key(signing_in: SignIn, box: Box, lossy: Lossy, lossy_http: httpx.Client) -> None:
    credentials = signing_in.through(box.account("ben"))
    lossy.lose_request("/oauth/token")
    with pytest.raises(Unreachable):
        signing_in.bluesky.refresh(lossy_http, credentials)
    assert held(signing_in.bluesky.refresh(lossy_http, credentials))["access"] != held(credentials)["access"]


def test_a_revoked_key_is_refused_at_once_and_revoking_twice_is_no_error(signing_in: SignIn, box: Box) -> None:
    credentials = signing_in.through(box.account("ben"))
    bluesky, http = signing_in.bluesky, signing_in.http
    client = bluesky.client(http, credentials)
    bluesky.profile(client)
    bluesky.revoke(http, credentials)
    bluesky.revoke(http, credentials)
    with pytest.raises(KeyRefused):
        bluesky.profile(client)
    with pytest.raises(KeyRefused):
        bluesky.refresh(http, credentials)


def test_a_stolen_token_is_worth_nothing_without_its_key(signing_in: SignIn, box: Box) -> None:
    credentials = signing_in.through(box.account("ben"))
    thief = replace(credentials, secret=Secret(json.dumps(held(credentials) | {"key": proof.new_key()})))
    with pytest.raises(KeyRefused):
        signing_in.bluesky.profile(signing_in.bluesky.client(signing_in.http, thief))


@pytest.mark.parametrize("server", ["https://", "ftp://example.org", "http://elsewhere.example", "https://user:x@host.example"])
def test_what_is_no_address_of_a_server_is_told_so(bluesky: Bluesky, http: httpx.Client, server: str) -> None:
    with pytest.raises(Invalid):
        bluesky.begin(http, server=server, handle="", redirect_uri="http://127.0.0.1/c", client_id="", state="s")


def test_a_server_of_another_network_is_told_so(box: Box, http: httpx.Client) -> None:
    with pytest.raises(Invalid, match="not a server of the Bluesky network"):
        Bluesky(plc=box.plc).begin(http, server=box.plc, handle="", redirect_uri="http://127.0.0.1/c", client_id="", state="s")


def test_a_handle_that_is_nobodys_is_told_so(box: Box, http: httpx.Client) -> None:
    with pytest.raises(Invalid, match=r"no account named nobody\.test"):
        Bluesky(plc=box.plc).begin(http, server=box.pds, handle="@nobody.test", redirect_uri="http://127.0.0.1/c", client_id="", state="s")


def test_a_handle_leads_to_its_home_and_the_server_that_speaks_for_it(box: Box, brewery: Person, http: httpx.Client) -> None:
    home = addresses.home(http, box.plc, addresses.did_of(http, box.pds, f"@{brewery.handle.upper()}"))
    assert (home.did, home.pds, home.handle) == (brewery.did, box.pds, brewery.handle)
    assert addresses.issuer_of(http, home.pds) == box.pds


def test_the_browser_is_sent_with_nothing_but_a_pushed_request(signing_in: SignIn, brewery: Person) -> None:
    beginning = signing_in.begin(brewery)
    query = parse_qs(urlsplit(beginning.authorize_url).query)
    assert set(query) == {"client_id", "request_uri"}
    assert beginning.authorize_url.startswith(f"{brewery.box.pds}/oauth/authorize?")


def test_an_answer_without_a_refresh_token_keeps_the_stored_one() -> None:
    assert tokens({"access_token": "new"}, refresh="stored") == ("new", "stored")
    assert tokens({"access_token": "new", "refresh_token": ""}, refresh="stored") == ("new", "stored")
    assert tokens({"access_token": "new", "refresh_token": "next"}, refresh="stored") == ("new", "next")


def test_client_metadata_shows_the_public_half_of_the_key_alone() -> None:
    key = proof.new_key() | {"kid": "one"}
    told = metadata.client_metadata("https://front.delinde.example", "https://front.delinde.example/back", client_key=key)
    assert told["client_id"] == metadata.client_id("https://front.delinde.example")
    assert told["jwks"]["keys"][0]["kid"] == "one"
    assert key["d"] not in json.dumps(told)
