"""Signing in by the company's provider, which is a real one: oidc-provider, with PKCE and back-channel logout."""
from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from countersign.access.grants import grouping
from countersign.access.grants.models import Grant, GroupMember
from countersign.access.grants.rights import Role
from countersign.access.grants.states import GroupSource
from countersign.audit.models import Entry
from countersign.base.actor import PersonActor
from countersign.desk.signon.joining import DUTY
from countersign.desk.signon.models import Provider
from countersign.people.models import Lock, Person, Session, SignOnLink
from tests.house import now
from tests.servers.oidc import CompanyProvider
from tests.signing_in import know, made
from tests.signon.conftest import Visitor, turned_on
from tests.soft_authenticator import SoftAuthenticator

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("oidc")]


def session_of(person: Person) -> Session:
    return Session.objects.filter(person=person).latest("pk")


def events() -> list[str]:
    return list(Entry.objects.order_by("-number").values_list("event", flat=True)[:6])


def test_the_browser_is_sent_with_pkce_state_and_nonce(visitor: Visitor) -> None:
    asked = {name: values[0] for name, values in parse_qs(urlsplit(visitor.begin()).query).items()}
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 32
    assert asked["redirect_uri"].endswith("/sign-on/return/")


def test_whoever_shows_the_provider_a_second_factor_is_in(visitor: Visitor, ann: Person) -> None:
    answer = visitor.sign_on("ann", amr="pwd otp")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    session = session_of(ann)
    assert session.verified_at is not None
    assert session.link is not None
    assert session.link.subject == "ann"
    assert session.sid
    assert "person.signed_in" in events()


def test_a_browser_that_is_not_enrolled_can_do_nothing(visitor: Visitor, ann: Person) -> None:
    visitor.sign_on("ann")
    assert visitor.client.get("/posts/")["Location"] == "/device/"
    assert session_of(ann).device is None


def test_an_enrolled_browser_works_at_once(visitor: Visitor, ann: Person) -> None:
    know(visitor.client, ann)
    visitor.sign_on("ann")
    assert visitor.client.get("/settings/").status_code == 200


def test_a_passkey_of_this_device_shown_afterwards_lets_it_work(visitor: Visitor, ann: Person, key: SoftAuthenticator) -> None:
    visitor.sign_on("ann")
    assert "/me/verify/?next=/" in visitor.client.get("/device/").content.decode()
    page = visitor.client.get("/me/verify/?next=/")
    shown = {"credential": json.dumps(key.answer(page.context["js_data"]["request_options"])), "next": "/"}
    assert visitor.client.post("/me/verify/", shown)["Location"] == "/"
    assert visitor.client.get("/settings/").status_code == 200


@pytest.mark.parametrize("amr", ["pwd", "otp", "hwk", "pwd sms", "tel sms", "pin", ""])
def test_ours_is_asked_where_the_provider_tells_of_no_second_factor(
    visitor: Visitor, ann: Person, key: SoftAuthenticator, amr: str
) -> None:
    answer = visitor.sign_on("ann", amr=amr)
    assert answer["Location"] == "/accounts/second-factor/"
    assert visitor.client.get("/settings/")["Location"].startswith("/accounts/login/")
    assert not Session.objects.filter(person=ann).exists()
    assert events()[0] == "person.vouched_for"


@pytest.mark.parametrize("amr", ["mfa", "pwd hwk", "swk pin", "pwd otp", "pop pin", "fido face"])
def test_the_provider_s_second_factor_counts_where_it_tells_of_one(visitor: Visitor, ann: Person, amr: str) -> None:
    assert visitor.sign_on("ann", amr=amr)["Location"] == "/"


def test_a_level_that_officers_entered_counts_as_a_second_factor(kim: PersonActor, company: CompanyProvider, ann: Person) -> None:
    turned_on(kim, company, acr_values="urn:company:mfa")
    assert Visitor(company).sign_on("ann", amr="pwd", acr="urn:company:mfa")["Location"] == "/"


def test_a_level_that_nobody_entered_does_not(visitor: Visitor, ann: Person, key: SoftAuthenticator) -> None:
    assert visitor.sign_on("ann", amr="pwd", acr="urn:company:mfa")["Location"] == "/accounts/second-factor/"


def test_our_own_second_factor_completes_it_and_the_session_still_belongs_to_the_provider(
    visitor: Visitor, ann: Person, key: SoftAuthenticator
) -> None:
    visitor.sign_on("ann", amr="pwd")
    page = visitor.client.get("/accounts/second-factor/")
    answer = visitor.client.post(
        "/accounts/second-factor/", {"credential": json.dumps(key.answer(page.context["js_data"]["request_options"]))}
    )
    assert answer["Location"] == "/"
    assert session_of(ann).link is not None
    visitor.sign_out_there()
    assert session_of(ann).ended_by == "provider"


def test_signing_out_at_the_provider_ends_the_session_here(visitor: Visitor, ann: Person) -> None:
    know(visitor.client, ann)
    visitor.sign_on("ann")
    assert visitor.client.get("/settings/").status_code == 200
    visitor.sign_out_there()
    assert session_of(ann).ended_by == "provider"
    assert visitor.client.get("/settings/")["Location"].startswith("/accounts/login/")
    assert events()[0] == "sign_on.ended"


def test_signing_out_there_leaves_a_session_that_did_not_come_by_it(visitor: Visitor, ann: Person) -> None:
    with_passkey = Client()
    with_passkey.force_login(ann)
    visitor.sign_on("ann")
    visitor.sign_out_there()
    assert Session.objects.filter(person=ann, ended_at=None).count() == 1


def test_a_logout_token_is_taken_once(visitor: Visitor, ann: Person) -> None:
    visitor.sign_on("ann")
    token = visitor.logout_token()
    assert Client().post("/sign-on/logout/", {"logout_token": token}).status_code == 200
    assert Client().post("/sign-on/logout/", {"logout_token": token}).status_code == 400
    assert "act.refused" in events()


def test_whoever_signed_out_there_half_way_does_not_come_in(visitor: Visitor, ann: Person, key: SoftAuthenticator) -> None:
    visitor.sign_on("ann", amr="pwd otp")  # so that the provider has a session to tell of
    other = Visitor(visitor.company)
    other.sign_on("ann", amr="pwd")
    link = SignOnLink.objects.get(person=ann)
    SignOnLink.objects.filter(pk=link.pk).update(logged_out_at=now())
    page = other.client.get("/accounts/second-factor/")
    answer = other.client.post(
        "/accounts/second-factor/", {"credential": json.dumps(key.answer(page.context["js_data"]["request_options"]))}
    )
    assert answer.status_code == 403
    assert Session.objects.filter(person=ann).count() == 1


# --- who somebody is ---------------------------------------------------------------------------------------------------


def test_the_first_time_a_verified_address_links_and_from_then_on_only_the_subject_counts(visitor: Visitor, ann: Person) -> None:
    visitor.sign_on("ann")
    Person.objects.filter(pk=ann.pk).update(email="ann.new@delinde.example")
    assert Visitor(visitor.company).sign_on("ann")["Location"] == "/"
    assert SignOnLink.objects.count() == 1


def test_another_subject_with_the_same_address_is_refused(visitor: Visitor, ann: Person) -> None:
    visitor.sign_on("ann")
    answer = Visitor(visitor.company).sign_on("ann-again")
    assert answer.status_code == 403
    assert Session.objects.filter(person=ann).count() == 1


def test_an_address_that_the_provider_has_not_verified_proves_nothing(visitor: Visitor) -> None:
    made("Mia")
    assert visitor.sign_on("mia").status_code == 403
    assert not SignOnLink.objects.exists()
    assert "act.refused" in events()


def test_whom_nobody_invited_does_not_come_in(visitor: Visitor) -> None:
    assert visitor.sign_on("olu").status_code == 403
    assert not Person.objects.filter(name="Olu").exists()


def test_whoever_was_invited_comes_in_with_the_provider_s_second_factor(visitor: Visitor, invited: Person) -> None:
    assert visitor.sign_on("ann", amr="mfa")["Location"] == "/"
    invited.refresh_from_db()
    assert invited.state == "active"
    assert visitor.client.get("/")["Location"] == "/device/"


def test_whoever_was_invited_and_shows_none_has_to_use_the_invitation(visitor: Visitor, invited: Person) -> None:
    assert visitor.sign_on("ann", amr="pwd").status_code == 403
    invited.refresh_from_db()
    assert (invited.state, SignOnLink.objects.count()) == ("invited", 0)


@pytest.mark.parametrize("state", ["suspended", "left"])
def test_whoever_is_suspended_or_left_is_refused(visitor: Visitor, ann: Person, state: str) -> None:
    visitor.sign_on("ann")
    Person.objects.filter(pk=ann.pk).update(state=state)
    assert Visitor(visitor.company).sign_on("ann").status_code == 403


def test_whoever_is_locked_is_refused(visitor: Visitor) -> None:
    leo = made("Leo")
    Lock.objects.create(kind="person", target=leo.uid, reason="Lost.", since=now())
    assert visitor.sign_on("leo").status_code == 403
    assert not Session.objects.filter(person=leo).exists()


def test_what_was_begun_in_another_browser_is_refused(visitor: Visitor, ann: Person) -> None:
    query = visitor.company.sign_in(visitor.there, visitor.begin(), "ann")
    assert Visitor(visitor.company).come_back(query).status_code == 403
    assert not Session.objects.filter(person=ann).exists()


def test_the_same_answer_serves_once(visitor: Visitor, ann: Person) -> None:
    query = visitor.company.sign_in(visitor.there, visitor.begin(), "ann")
    assert visitor.come_back(query).status_code == 302
    assert visitor.come_back(query).status_code == 403


def test_a_code_that_was_used_is_refused_by_the_provider_itself(visitor: Visitor, ann: Person) -> None:
    first = visitor.company.sign_in(visitor.there, visitor.begin(), "ann")
    assert visitor.come_back(first).status_code == 302
    second = visitor.company.sign_in(visitor.there, visitor.begin(), "ann")
    assert visitor.come_back({**second, "code": first["code"]}).status_code == 403


def test_a_provider_that_was_turned_off_lets_nobody_in(visitor: Visitor, ann: Person, provider: Provider) -> None:
    query = visitor.company.sign_in(visitor.there, visitor.begin(), "ann")
    Provider.objects.filter(pk=provider.pk).update(state="off")
    assert visitor.come_back(query).status_code == 403


# --- groups ------------------------------------------------------------------------------------------------------------


def test_a_group_gives_its_role_and_takes_it_with_it(visitor: Visitor, ann: Person, kim: PersonActor) -> None:
    grouping.map_group(kim, "social-authors", Role.AUTHOR, on=None, at=now())
    visitor.sign_on("ann")
    assert Grant.objects.get(person=ann).by_group
    GroupMember.objects.filter(person=ann).update(group="something-else")  # as if she had been in another one before
    grouping.follow(DUTY, ann, [], source=GroupSource.SIGN_ON, at=now())
    assert not Grant.objects.filter(person=ann).exists()


def test_the_link_is_the_same_hours_later(visitor: Visitor, ann: Person) -> None:
    visitor.sign_on("ann")
    Session.objects.filter(person=ann).update(created_at=now() - timedelta(hours=2))
    assert Visitor(visitor.company).sign_on("ann")["Location"] == "/"
