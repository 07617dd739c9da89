"""Signing in at a real OAuth server (oidc-provider) in a real browser; only Mastodon's own few addresses are a stand-in."""
from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from countersign.base.errors import Invalid, KeyRefused, Refused, Rejected, Unreachable
from countersign.base.values import Secret
from countersign.networks.contract import SignsIn
from countersign.networks.mastodon.connector import Mastodon
from countersign.outbound import guard
from tests.networks.mastodon.conftest import SignIn
from tests.servers.mastodon import StandIn

pytestmark = [pytest.mark.server, pytest.mark.browser]


def test_the_connector_signs_in(mastodon: Mastodon) -> None:
    assert isinstance(mastodon, SignsIn)


def test_an_account_is_connected_through_the_servers_own_pages(signing_in: SignIn) -> None:
    credentials = signing_in.through()
    host = urlsplit(signing_in.origin).netloc
    assert credentials.identity.origin == signing_in.origin
    assert credentials.identity.remote_id == "id-of-delinde"
    assert credentials.identity.handle == f"@delinde@{host}"
    assert credentials.identity.name == "Brouwerij De Linde"


def test_only_the_least_scopes_are_asked_and_given(signing_in: SignIn) -> None:
    asked = parse_qs(urlsplit(signing_in.begin()).query)["scope"][0].split()
    assert asked == ["read:accounts", "read:statuses", "read:notifications", "write:statuses", "write:media"]
    assert set(signing_in.through().scopes) == set(asked)


def test_the_browser_is_sent_with_state_and_a_hashed_verifier(signing_in: SignIn) -> None:
    query = parse_qs(urlsplit(signing_in.begin(state="xyz")).query)
    assert query["state"] == ["xyz"]
    assert query["code_challenge_method"] == ["S256"]
    assert json.loads(signing_in.pending.reveal())["verifier"] not in str(query)


def test_the_server_checks_the_verifier(signing_in: SignIn) -> None:
    query = signing_in.walk(signing_in.begin())
    with pytest.raises(Rejected):
        signing_in.mastodon.finish(signing_in.http, pending=signing_in.changed(verifier="v" * 64), query=query)


def test_another_state_is_refused_and_the_code_is_not_spent(signing_in: SignIn) -> None:
    query = signing_in.walk(signing_in.begin())
    with pytest.raises(Refused):
        signing_in.finish(query | {"state": "another"})
    with pytest.raises(Refused):
        signing_in.finish({name: value for name, value in query.items() if name != "state"})
    assert signing_in.finish(query).identity.remote_id == "id-of-delinde"


def test_another_issuer_is_refused(signing_in: SignIn) -> None:
    query = signing_in.walk(signing_in.begin())
    assert query["iss"] == signing_in.origin
    with pytest.raises(Refused):
        signing_in.finish(query | {"iss": "https://other.example"})
    with pytest.raises(Refused):
        signing_in.finish({name: value for name, value in query.items() if name != "iss"})


def test_a_denial_is_refused_with_a_sentence(signing_in: SignIn) -> None:
    query = signing_in.walk(signing_in.begin(), denies=True)
    assert query["error"] == "access_denied"
    with pytest.raises(Refused, match="declined"):
        signing_in.finish(query)


def test_a_code_is_good_once(signing_in: SignIn) -> None:
    query = signing_in.walk(signing_in.begin())
    signing_in.finish(query)
    with pytest.raises(Rejected):
        signing_in.finish(query)


def test_a_callback_without_a_code_is_refused(signing_in: SignIn) -> None:
    signing_in.begin()
    with pytest.raises(Refused):
        signing_in.finish({"state": "a state of our own", "iss": signing_in.origin})


def test_a_key_is_refreshed_for_the_same_identity(signing_in: SignIn) -> None:
    old = signing_in.through()
    fresh = signing_in.mastodon.refresh(signing_in.http, old)
    assert json.loads(fresh.secret.reveal())["access_token"] != json.loads(old.secret.reveal())["access_token"]
    assert fresh.identity == old.identity
    assert fresh.expires_at is not None
    assert signing_in.mastodon.profile(signing_in.mastodon.client(signing_in.http, fresh)) == old.identity


def test_a_revoked_key_is_dead_at_once_and_revoking_twice_is_no_error(signing_in: SignIn) -> None:
    credentials = signing_in.through()
    client = signing_in.mastodon.client(signing_in.http, credentials)
    signing_in.mastodon.profile(client)
    signing_in.mastodon.revoke(signing_in.http, credentials)
    with pytest.raises(KeyRefused):
        signing_in.mastodon.profile(client)
    with pytest.raises(KeyRefused):
        signing_in.mastodon.refresh(signing_in.http, credentials)
    signing_in.mastodon.revoke(signing_in.http, credentials)


def test_a_server_without_refresh_tokens_leaves_credentials_as_they_are(signing_in: SignIn) -> None:
    credentials = signing_in.through()
    kept = json.loads(credentials.secret.reveal()) | {"refresh_token": ""}
    plain = type(credentials)(credentials.identity, Secret(json.dumps(kept)))
    assert signing_in.mastodon.refresh(signing_in.http, plain) is plain


def begin(mastodon: Mastodon, http: httpx.Client, server: str) -> str:
    begun = mastodon.begin(
        http, server=server, handle="", redirect_uri="http://127.0.0.1:9/callback", client_id="", state="state"
    )
    return begun.authorize_url


def test_a_server_without_v2_is_recognised_by_v1(mastodon: Mastodon, http: httpx.Client, stand_in: StandIn) -> None:
    stand_in.fail("GET", "/api/v2/instance", type="status", status=404)
    assert begin(mastodon, http, stand_in.origin).startswith(stand_in.origin + "/oauth/authorize?")


def test_a_server_without_metadata_is_asked_at_the_usual_places(
    mastodon: Mastodon, http: httpx.Client, stand_in: StandIn
) -> None:
    stand_in.fail("GET", "/.well-known/oauth-authorization-server", type="status", status=404)
    assert begin(mastodon, http, stand_in.origin).startswith(stand_in.origin + "/oauth/authorize?")


def test_metadata_that_names_another_server_is_not_followed(
    mastodon: Mastodon, http: httpx.Client, stand_in: StandIn
) -> None:
    away = {"authorization_endpoint": "https://evil.example/a", "token_endpoint": "https://evil.example/t"}
    stand_in.fail("GET", "/.well-known/oauth-authorization-server", type="status", status=200, body=away)
    assert "evil" not in begin(mastodon, http, stand_in.origin)


@pytest.mark.parametrize("known", [["read", "write", "follow"], ["read", "write:statuses"]])
def test_a_server_that_knows_only_broad_scopes_is_asked_for_those(
    mastodon: Mastodon, http: httpx.Client, stand_in: StandIn, known: list[str]
) -> None:
    body = {"scopes_supported": known}
    stand_in.fail("GET", "/.well-known/oauth-authorization-server", type="status", status=200, body=body)
    assert parse_qs(urlsplit(begin(mastodon, http, stand_in.origin)).query)["scope"] == ["read write"]


def test_a_server_that_refuses_narrow_scopes_is_asked_for_broad_ones(
    mastodon: Mastodon, http: httpx.Client, stand_in: StandIn
) -> None:
    stand_in.fail("GET", "/.well-known/oauth-authorization-server", type="status", status=404)
    stand_in.fail("POST", "/api/v1/apps", type="status", status=422, body={"error": "Scopes are invalid"})
    assert parse_qs(urlsplit(begin(mastodon, http, stand_in.origin)).query)["scope"] == ["read write"]


@pytest.mark.parametrize("body", [{}, [], "hello", 7, None, {"version": "1"}, {"domain": "x"}, {"version": 4, "uri": []}])
def test_a_server_that_answers_nonsense_is_no_mastodon_server(
    mastodon: Mastodon, http: httpx.Client, stand_in: StandIn, body: object
) -> None:
    for path in ("/api/v2/instance", "/api/v1/instance"):
        stand_in.fail("GET", path, type="status", status=200, body=[] if body is None else body)
    with pytest.raises(Invalid, match="is not a server that speaks Mastodon's language"):
        begin(mastodon, http, stand_in.origin)


def test_a_server_that_answers_broken_json_is_no_mastodon_server(
    mastodon: Mastodon, http: httpx.Client, stand_in: StandIn
) -> None:
    stand_in.fail("GET", "/api/v*/instance", count=2, type="malformed")
    with pytest.raises(Invalid):
        begin(mastodon, http, stand_in.origin)


def test_a_redirect_elsewhere_is_told_and_not_followed(
    mastodon: Mastodon, http: httpx.Client, stand_in: StandIn
) -> None:
    away = {"location": "http://10.0.0.7/api/v2/instance"}
    stand_in.fail("GET", "/api/v2/instance", type="status", status=302, headers=away)
    with pytest.raises(Invalid, match=r"sends us on to http://10\.0\.0\.7"):
        begin(mastodon, http, stand_in.origin)


def test_a_redirect_to_the_same_address_with_a_slash_is_followed(
    mastodon: Mastodon, http: httpx.Client, stand_in: StandIn
) -> None:
    slash = {"location": "/api/v2/instance/"}
    stand_in.fail("GET", "/api/v2/instance", type="status", status=301, headers=slash)
    assert begin(mastodon, http, stand_in.origin)


def test_a_server_on_a_private_address_is_refused_with_a_sentence(mastodon: Mastodon) -> None:
    with guard.client(resolver=lambda name, port: ["192.168.1.7"]) as http, pytest.raises(Invalid, match="private network"):
        begin(mastodon, http, "https://mastodon.example")


def test_a_server_that_is_down_is_unreachable_and_not_wrong(
    mastodon: Mastodon, http: httpx.Client, stand_in: StandIn
) -> None:
    stand_in.fail("GET", "/api/v2/instance", type="status", status=503)
    with pytest.raises(Unreachable):
        begin(mastodon, http, stand_in.origin)


def test_a_token_answer_without_scope_is_taken(mastodon: Mastodon, http: httpx.Client, stand_in: StandIn) -> None:
    person = stand_in.person("delinde")
    begun = mastodon.begin(http, server=stand_in.origin, handle="", redirect_uri="http://127.0.0.1:9/", client_id="", state="s")
    asked = parse_qs(urlsplit(begun.authorize_url).query)["scope"][0].split()
    token = {"access_token": person.key, "token_type": "Bearer"}
    stand_in.fail("POST", "/oauth/token", type="status", status=200, body=token)
    credentials = mastodon.finish(http, pending=begun.pending, query={"code": "any", "state": "s"})
    assert credentials.identity.handle == f"@{person.username}@{urlsplit(stand_in.origin).netloc}"
    assert list(credentials.scopes) == asked


@pytest.mark.parametrize("body", [{}, [], {"access_token": ""}, {"access_token": None}])
def test_a_token_answer_without_a_token_is_rejected(
    mastodon: Mastodon, http: httpx.Client, stand_in: StandIn, body: object
) -> None:
    begun = mastodon.begin(http, server=stand_in.origin, handle="", redirect_uri="http://127.0.0.1:9/", client_id="", state="s")
    stand_in.fail("POST", "/oauth/token", type="status", status=200, body=body)
    with pytest.raises(Rejected):
        mastodon.finish(http, pending=begun.pending, query={"code": "any", "state": "s"})
