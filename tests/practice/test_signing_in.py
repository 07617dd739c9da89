"""Connecting an account of the practice network by OAuth, against the running network."""
from __future__ import annotations

import base64
import hashlib
import json
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from countersign.base.errors import Invalid, KeyRefused, Refused, Rejected, Throttled, Unreachable
from countersign.base.values import Secret
from countersign.networks.contract import Credentials
from countersign.networks.practice.connector import Practice
from tests.practice.conftest import Connected
from tests.servers.practice import RETURN_TO, PracticeServer

CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(b"verifier").digest()).rstrip(b"=").decode()


def _changed(pending: Secret, **changes: str) -> Secret:
    return Secret(json.dumps({**json.loads(pending.reveal()), **changes}))


def _kept(credentials: Credentials) -> dict[str, str]:
    return dict(json.loads(credentials.secret.reveal()))


def _asked(network: PracticeServer, **changes: str) -> dict[str, str]:
    begun = network.begin()
    asked = dict(httpx.URL(begun.authorize_url).params)
    return {**asked, **changes}


def test_a_connected_account_says_who_it_is(network: PracticeServer) -> None:
    identity = network.connect("delinde").identity
    assert (identity.network, identity.origin, identity.handle) == ("practice", network.origin, "@delinde")
    assert identity.name == "Brouwerij De Linde"
    assert identity.url == f"{network.origin}/@delinde"


def test_the_key_ends_in_two_hours(network: PracticeServer) -> None:
    expires_at = network.connect("delinde").expires_at
    assert expires_at is not None
    assert abs(expires_at - datetime.now(UTC) - timedelta(hours=2)) < timedelta(seconds=30)


def test_only_what_is_needed_is_asked_for(network: PracticeServer) -> None:
    assert network.connect("delinde").scopes == ("read", "write", "moderate")


def test_a_token_may_not_do_what_was_not_asked_for(linde: Connected) -> None:
    with pytest.raises(Rejected, match="403"):
        linde.client.request("PATCH", "/api/v1/account", json={"name": "Other"}, changes=True)


def test_an_account_can_be_created_while_connecting(network: PracticeServer) -> None:
    assert network.connect("delinde_museum", name="Museum De Linde").identity.name == "Museum De Linde"


def test_refusing_on_the_page_is_told_in_clear_words(network: PracticeServer) -> None:
    begun = network.begin()
    query = network.answer(begun.authorize_url, "delinde", decision="refuse")
    assert query["error"] == "access_denied"
    with pytest.raises(Refused, match="access was refused"):
        Practice().finish(network.http, pending=begun.pending, query=query)


def test_a_wrong_state_is_refused(network: PracticeServer) -> None:
    begun = network.begin()
    query = network.answer(begun.authorize_url, "delinde")
    with pytest.raises(Refused, match="does not belong"):
        Practice().finish(network.http, pending=begun.pending, query={**query, "state": "another"})


def test_a_missing_state_is_refused(network: PracticeServer) -> None:
    begun = network.begin()
    query = network.answer(begun.authorize_url, "delinde")
    del query["state"]
    with pytest.raises(Refused, match="does not belong"):
        Practice().finish(network.http, pending=begun.pending, query=query)


def test_another_issuer_is_refused(network: PracticeServer) -> None:
    begun = network.begin()
    query = network.answer(begun.authorize_url, "delinde")
    with pytest.raises(Refused, match="another server"):
        Practice().finish(network.http, pending=begun.pending, query={**query, "iss": "http://127.0.0.1:1"})


def test_a_wrong_verifier_is_refused_by_the_network(network: PracticeServer) -> None:
    begun = network.begin()
    query = network.answer(begun.authorize_url, "delinde")
    with pytest.raises(Rejected, match="verifier"):
        Practice().finish(network.http, pending=_changed(begun.pending, verifier="x" * 64), query=query)


def test_a_code_for_another_return_address_is_refused(network: PracticeServer) -> None:
    begun = network.begin()
    query = network.answer(begun.authorize_url, "delinde")
    other = _changed(begun.pending, redirect_uri="http://localhost:8765/elsewhere")
    with pytest.raises(Rejected, match="400"):
        Practice().finish(network.http, pending=other, query=query)


def test_a_code_that_is_used_twice_ends_what_it_gave(network: PracticeServer) -> None:
    begun = network.begin()
    query = network.answer(begun.authorize_url, "delinde")
    credentials = Practice().finish(network.http, pending=begun.pending, query=query)
    with pytest.raises(Rejected, match="used before"):
        Practice().finish(network.http, pending=begun.pending, query=query)
    with pytest.raises(KeyRefused):
        Practice().profile(network.client(credentials))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"scope": "read profile"}, "invalid_scope"),
    ],
)
def test_a_program_is_told_what_is_wrong_with_its_request(network: PracticeServer, changes: dict[str, str], word: str) -> None:
    answer = network.browser.get(f"{network.origin}/oauth/authorize", params=_asked(network, **changes))
    assert answer.status_code == 303
    assert dict(httpx.URL(answer.headers["location"]).params)["error"] == word


def test_nobody_is_sent_to_an_address_that_was_not_registered(network: PracticeServer) -> None:
    asked = _asked(network, redirect_uri="http://localhost:8765/elsewhere")
    answer = network.browser.get(f"{network.origin}/oauth/authorize", params=asked)
    assert answer.status_code == 422
    assert "location" not in answer.headers


def test_the_authorize_form_from_another_site_gives_no_code(network: PracticeServer) -> None:
    asked = {**_asked(network), "account": "new", "handle": "stolen", "name": "Stolen", "decision": "allow"}
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"}
    answer = network.browser.post(f"{network.origin}/oauth/authorize", data=asked, headers=headers)
    assert answer.status_code == 403
    assert "location" not in answer.headers


def test_the_authorize_page_lets_its_form_end_at_the_program_alone(network: PracticeServer) -> None:
    page = network.browser.get(network.begin().authorize_url)
    assert "form-action 'self' http://localhost:8765;" in page.headers["content-security-policy"]


def test_a_reader_cannot_be_connected(network: PracticeServer) -> None:
    filled = {**_asked(network), "account": _id_of_a_reader(network), "decision": "allow"}
    answer = network.browser.post(f"{network.origin}/oauth/authorize", data=filled)
    assert answer.status_code == 422
    assert "Readers cannot be connected" in answer.text


def test_a_handle_that_is_taken_is_told_at_the_form(network: PracticeServer) -> None:
    filled = {**_asked(network), "account": "new", "handle": "delinde", "name": "Other", "decision": "allow"}
    answer = network.browser.post(f"{network.origin}/oauth/authorize", data=filled)
    assert answer.status_code == 422
    assert "That handle is taken" in answer.text


def test_what_is_no_practice_network_is_invalid(network: PracticeServer) -> None:
    with pytest.raises(Invalid, match="no practice network"):
        Practice().begin(
            network.http, server=f"{network.origin}/nowhere", handle="", redirect_uri=RETURN_TO, client_id="", state="s"
        )


def test_the_network_under_another_address_is_invalid(network: PracticeServer) -> None:
    other = network.origin.replace("127.0.0.1", "localhost")
    with pytest.raises(Invalid, match="calls itself"):
        Practice().begin(network.http, server=other, handle="", redirect_uri=RETURN_TO, client_id="", state="s")


def test_a_server_that_is_not_there_is_unreachable(network: PracticeServer) -> None:
    with pytest.raises(Unreachable):
        Practice().begin(
            network.http, server="http://127.0.0.1:9", handle="", redirect_uri=RETURN_TO, client_id="", state="s"
        )


def test_refreshing_gives_a_new_key_for_the_same_account(linde: Connected) -> None:
    fresh = Practice().refresh(linde.network.http, linde.credentials)
    assert _kept(fresh)["access_token"] != _kept(linde.credentials)["access_token"]
    assert Practice().profile(linde.network.client(fresh)) == linde.credentials.identity


def test_a_key_that_has_expired_is_renewed_by_refreshing(network: PracticeServer) -> None:
    network.control(token_seconds=3)
    credentials = network.connect("delinde")
    time.sleep(3.1)
    with pytest.raises(KeyRefused):
        Practice().profile(network.client(credentials))
    network.behave()
    fresh = Practice().refresh(network.http, credentials)
    assert Practice().profile(network.client(fresh)).handle == "@delinde"


def test_an_answer_to_a_refresh_that_was_lost_disconnects_nobody(linde: Connected) -> None:
    linde.network.control(applies_to="everything", silent_next=1)
    with pytest.raises(Unreachable):
        Practice().refresh(linde.network.http, linde.credentials)
    fresh = Practice().refresh(linde.network.http, linde.credentials)
    assert Practice().profile(linde.network.client(fresh)).handle == linde.credentials.identity.handle


def test_a_refresh_token_two_steps_old_is_refused(linde: Connected) -> None:
    second = Practice().refresh(linde.network.http, linde.credentials)
    Practice().refresh(linde.network.http, second)
    with pytest.raises(KeyRefused):
        Practice().refresh(linde.network.http, linde.credentials)


@pytest.mark.parametrize(("status", "error"), [(503, Unreachable), (429, Throttled), (403, Rejected)])
def test_a_refresh_that_fails_otherwise_disconnects_nobody(
    linde: Connected, status: int, error: type[Exception]
) -> None:
    linde.network.control(applies_to="everything", refusing=status)
    with pytest.raises(error):
        Practice().refresh(linde.network.http, linde.credentials)
    linde.network.behave()
    assert Practice().refresh(linde.network.http, linde.credentials).identity == linde.credentials.identity


def test_a_revoked_key_is_refused_at_once(linde: Connected) -> None:
    Practice().revoke(linde.network.http, linde.credentials)
    with pytest.raises(KeyRefused):
        Practice().profile(linde.client)
    with pytest.raises(KeyRefused):
        Practice().refresh(linde.network.http, linde.credentials)


def test_revoking_twice_is_no_error(linde: Connected) -> None:
    Practice().revoke(linde.network.http, linde.credentials)
    Practice().revoke(linde.network.http, linde.credentials)


def test_access_that_was_ended_on_the_profile_page_is_refused(linde: Connected) -> None:
    assert linde.network.disconnect(linde.handle) == 1
    with pytest.raises(KeyRefused):
        Practice().profile(linde.client)


def test_no_token_is_stored_in_clear(linde: Connected) -> None:
    kept = _kept(linde.credentials)
    stored = b"".join(file.read_bytes() for file in linde.network.data.iterdir())
    assert len(stored) > 10_000
    assert kept["access_token"].encode() not in stored
    assert kept["refresh_token"].encode() not in stored


def test_credentials_print_no_secret(linde: Connected) -> None:
    assert _kept(linde.credentials)["access_token"] not in repr(linde.credentials)


def _id_of_a_reader(network: PracticeServer) -> str:
    page = network.page("/@joke")
    return page.partition("/avatars/")[2].partition(".svg")[0]
