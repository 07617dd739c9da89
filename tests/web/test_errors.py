"""How a named error reaches the reader."""
from __future__ import annotations

import json

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from countersign.base.errors import Conflict, Invalid, OutcomeUnknown, Refused
from countersign.web import errors

OWN = Refused("{name} wrote this post.", remedy="Somebody else signs it.", name="Ann")


def answered(error: Exception, **headers: str) -> HttpResponse | None:
    request = RequestFactory().post("/posts/1/sign/", headers=headers)
    return errors.NamedErrors(lambda _: HttpResponse()).process_exception(request, error)


def said(error: Exception, **headers: str) -> HttpResponse:
    response = answered(error, **headers)
    assert response is not None
    return response


@pytest.mark.parametrize(
    ("error", "status"),
    [(OWN, 403), (Invalid("Too long."), 422), (Conflict("It changed."), 409), (OutcomeUnknown("It said nothing."), 502)],
)
def test_each_family_has_its_status(error: Exception, status: int) -> None:
    assert said(error).status_code == status


def test_a_page_says_what_happened_and_what_to_do() -> None:
    page = said(OWN, accept="text/html").content.decode()
    assert "Ann wrote this post." in page
    assert "Somebody else signs it." in page
    assert page.startswith("<!doctype html>")


def test_a_script_is_answered_in_json_with_the_field_to_blame() -> None:
    answer = json.loads(said(Invalid("Too long.", remedy="Shorten it.", field="text"), accept="application/json").content)
    assert answer == {"ok": False, "what": "Too long.", "remedy": "Shorten it.", "field": "text"}


def test_htmx_gets_the_notice_alone() -> None:
    fragment = said(OWN, **{"hx-request": "true", "accept": "text/html"}).content.decode()
    assert 'class="notice"' in fragment
    assert "<html" not in fragment


def test_what_was_typed_cannot_write_into_the_page() -> None:
    page = said(Invalid("{name} is taken.", name="<script>alert(1)</script>")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_fault_is_not_dressed_up_as_an_answer() -> None:
    assert answered(RuntimeError("boom")) is None


def test_the_way_back_leads_only_to_our_own_pages() -> None:
    request = RequestFactory().get("/posts/1/", headers={"referer": "https://evil.example/posts/"})
    assert errors.safe_back(request) == ""
    request = RequestFactory().get("/posts/1/", headers={"referer": "http://testserver//evil.example"})
    assert errors.safe_back(request) == ""
    request = RequestFactory().get("/posts/1/", headers={"referer": "http://testserver/posts/?page=2"})
    assert errors.safe_back(request) == "/posts/?page=2"


def from_elsewhere(**headers: str) -> HttpRequest:
    return RequestFactory().post("/posts/1/sign/", headers=headers)


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}])
def test_a_form_of_another_site_is_named_as_such(headers: dict[str, str]) -> None:
    response = errors.csrf_failed(from_elsewhere(**headers))
    assert response.status_code == 403
    assert "from another site" in response.content.decode()


def test_a_page_that_was_open_too_long_is_not_called_an_attack() -> None:
    page = errors.csrf_failed(from_elsewhere(origin="http://testserver")).content.decode()
    assert "no longer valid" in page
    assert "another site" not in page
