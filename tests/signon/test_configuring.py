"""A provider is described by one officer, turned on by two, and its secret is shown to nobody."""
from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from countersign.access.grants.models import Grant
from countersign.access.grants.rights import Role
from countersign.access.vault import rewrapping
from countersign.audit.models import Entry
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid, Refused, Unreachable
from countersign.base.values import Secret
from countersign.calls import client as broker
from countersign.calls import messages
from countersign.desk.signon import configuring, rules
from countersign.desk.signon.models import Provider
from countersign.people.models import Person, Session, SignOnLink
from countersign.review.models import Proposal
from tests.house import now
from tests.servers.oidc import CompanyProvider
from tests.signing_in import EARLIER, given_passkey, made, sign_in
from tests.signon.conftest import Visitor

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("oidc")]


@pytest.fixture
def tom(kim: PersonActor) -> PersonActor:
    person = made("Tom")
    given_passkey(person)
    Grant.objects.create(person=person, role=Role.OFFICER, given_at=EARLIER)
    return person.as_actor(verified_at=now())


def described(kim: PersonActor, company: CompanyProvider, **more: str) -> Provider:
    return configuring.describe(
        kim, name="De Linde", issuer=company.issuer, client_id=company.client_id, secret=Secret(more.pop("secret", company.secret)),
        at=now(), **more,
    )  # fmt: skip


def test_with_two_officers_it_takes_both(kim: PersonActor, tom: PersonActor, company: CompanyProvider) -> None:
    provider = described(kim, company)
    proposal = configuring.ask_to_turn_on(kim, provider, reason="Everybody has it.", at=now())
    assert proposal is not None
    provider.refresh_from_db()
    assert provider.state == "asked"
    with pytest.raises(Conflict, match="takes two officers"):
        configuring.turn_on(kim, provider, at=now())
    with pytest.raises(Conflict, match="waits for another officer"):
        configuring.ask_to_turn_on(tom, provider, reason="Once more.", at=now())
    assert Proposal.objects.get().content["issuer"] == company.issuer


def test_a_proposal_serves_for_exactly_what_was_described(kim: PersonActor, tom: PersonActor, company: CompanyProvider) -> None:
    first = described(kim, company)
    configuring.ask_to_turn_on(kim, first, reason="Everybody has it.", at=now())
    described(kim, company, acr_values="anything")
    first.refresh_from_db()
    assert first.state == "dropped"
    with pytest.raises(Conflict):
        configuring.ask_to_turn_on(tom, first, reason="Everybody has it.", at=now())


def test_whoever_is_no_officer_describes_nothing_and_turns_nothing_on(kim: PersonActor, company: CompanyProvider) -> None:
    provider, olu = described(kim, company), made("Olu").as_actor(verified_at=now())
    for deed in (
        lambda: described(olu, company), lambda: configuring.ask_to_turn_on(olu, provider, reason="x", at=now()),
        lambda: configuring.turn_off(olu, provider, at=now()),
    ):  # fmt: skip
        with pytest.raises(Refused):
            deed()


@pytest.mark.parametrize("issuer", ["", "login.example", "http://login.example", "ftp://x", "https://user:pw@x", "https://x?y", "https://[", "javascript:x"])
def test_an_issuer_is_an_https_address(issuer: str) -> None:
    with pytest.raises(Invalid):
        rules.clean_issuer(issuer)


def test_a_provider_that_does_not_answer_is_not_described(kim: PersonActor) -> None:
    with pytest.raises((Invalid, Unreachable)):
        configuring.describe(kim, name="x", issuer="https://nobody.invalid", client_id="c", secret=Secret(""), at=now())
    assert not Provider.objects.exists()


def test_an_empty_secret_keeps_the_one_there_is(kim: PersonActor, company: CompanyProvider) -> None:
    before = described(kim, company)
    after = described(kim, company, secret="")
    assert (after.sealed, after.pk == before.pk) == (before.sealed, False)


def test_the_secret_is_sealed_shown_on_no_page_and_wrapped_anew_with_the_others(
    provider: Provider, kim: PersonActor, company: CompanyProvider
) -> None:
    client = Client()
    sign_in(client, Person.objects.get(name="Kim"))
    page = client.get("/settings/sign-on/").content.decode()
    assert company.client_id in page
    assert "canary" not in page
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM signon_provider")
        assert "canary" not in str(cursor.fetchall())
    assert "canary" not in str(list(Entry.objects.values_list("leaf", "personal")))
    place = next(one for one in rewrapping.places() if one.name == "provider.sealed")
    assert [value.owner.split(":")[0] for value in place.found()] == ["provider"]
    parts = [{"owner": one.owner, "field": one.field, "version": one.version, "sealed": one.sealed} for one in place.found()]
    assert all(broker.ask(messages.Rewrap(parts)).sealed)


def test_showing_it_again_at_the_provider_confirms_who_is_signed_in(visitor: Visitor, ann: Person) -> None:
    visitor.sign_on("ann", amr="mfa")
    Session.objects.filter(person=ann).update(verified_at=EARLIER)
    query = visitor.company.sign_in(visitor.there, visitor.begin("?again=1&next=/device/"), "ann", amr="mfa")
    assert visitor.come_back(query)["Location"] == "/device/"
    session = Session.objects.get(person=ann)
    assert session.verified_at is not None
    assert (timezone.now() - session.verified_at).total_seconds() < 60


def test_somebody_else_at_the_provider_confirms_nothing(visitor: Visitor, ann: Person, kim: PersonActor) -> None:
    made("Leo")
    visitor.sign_on("ann", amr="mfa")
    Session.objects.filter(person=ann).update(verified_at=EARLIER)
    other = visitor.company.browser()
    query = visitor.company.sign_in(other, visitor.begin("?again=1"), "leo", amr="mfa")
    assert visitor.come_back(query).status_code == 403
    assert Session.objects.get(person=ann).verified_at == EARLIER


def test_without_a_second_factor_there_nothing_is_confirmed(visitor: Visitor, ann: Person) -> None:
    visitor.sign_on("ann", amr="mfa")
    Session.objects.filter(person=ann).update(verified_at=EARLIER)
    query = visitor.company.sign_in(visitor.there, visitor.begin("?again=1"), "ann", amr="pwd")
    assert visitor.come_back(query).status_code == 403


# --- linking oneself, for providers that verify no address --------------------------------------------------------------


def going_there(visitor: Visitor, person: Person) -> str:
    sign_in(visitor.client, person)
    page = visitor.client.post("/me/security/sign-on/").content.decode()
    return unescape(re.search(r'class="btn primary wide" href="([^"]+)"', page)[1])  # type: ignore[index]


def test_whoever_is_signed_in_links_themselves_whatever_address_the_provider_tells(visitor: Visitor, kim: PersonActor) -> None:
    mia = made("Mia")
    query = visitor.company.sign_in(visitor.there, going_there(visitor, mia), "mia", amr="pwd")
    assert visitor.come_back(query)["Location"] == "/me/security/"
    assert SignOnLink.objects.get(person=mia).subject == "mia"
    assert Visitor(visitor.company).sign_on("mia", amr="mfa")["Location"] == "/"


def test_another_page_cannot_have_somebody_linked(visitor: Visitor, ann: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, ann)
    assert client.post("/me/security/sign-on/").status_code == 403
    assert client.get("/me/security/sign-on/").status_code == 405


def test_a_link_begun_while_signed_in_is_not_finished_afterwards(visitor: Visitor, ann: Person) -> None:
    query = visitor.company.sign_in(visitor.there, going_there(visitor, ann), "ann", amr="pwd")
    Session.objects.filter(person=ann).update(verified_at=EARLIER)
    assert visitor.come_back(query).status_code == 403
    assert not SignOnLink.objects.exists()


def test_nobody_is_linked_twice(visitor: Visitor, ann: Person) -> None:
    visitor.sign_on("ann")
    mia = made("Mia")
    other = Visitor(visitor.company)
    query = visitor.company.sign_in(other.there, going_there(other, mia), "ann", amr="pwd")
    assert other.come_back(query).status_code == 409
    assert SignOnLink.objects.count() == 1
