"""What the pages of evidence say, and to whom."""
from __future__ import annotations

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from countersign.access.evidence import noting
from countersign.access.evidence.states import Source
from countersign.content.posts import submitting
from countersign.review.models import Proposal
from tests.evidence.helping import EVIDENCE, account_of, end_first_days, shown
from tests.house import House, now
from tests.signing_in import sign_in

PNG = b"\x89PNG\r\n\x1a\n" + b"settings"


def browser_of(house: House, name: str) -> Client:
    client, person = Client(), house.people[name]
    person.refresh_from_db()
    sign_in(client, person)
    return client


def seen(client: Client, path: str, **more: object) -> str:
    response = client.get(path, **more)  # type: ignore[arg-type]
    assert response.status_code == 200, response.content[:300]
    return html.unescape(response.content.decode())


def test_the_pages_say_how_it_stands(brewery: House) -> None:
    account, kim = account_of(brewery), browser_of(brewery, "Kim")
    at = f"/accounts/{account.uid}/evidence/"
    assert "13 days left" in seen(kim, at)
    assert "not shown yet" in seen(kim, "/evidence/")
    shown(account)
    assert "13 days left" not in seen(kim, at)
    assert "a drill" in seen(kim, "/evidence/")
    assert "a drill" in seen(kim, f"/accounts/{account.uid}/")
    noting.contradict(EVIDENCE, account, Source.MAIL, seen_at=now(), words="Two-factor authentication was disabled", at=now())
    page = seen(kim, at)
    assert "Nothing is published from this account" in page
    assert "Two-factor authentication was disabled" in page
    assert "seen to be off" in seen(kim, "/evidence/")
    assert "publishes nothing" in seen(kim, "/")


def test_whoever_writes_or_signs_is_told_before(brewery: House) -> None:
    ann, ben = browser_of(brewery, "Ann"), browser_of(brewery, "Ben")
    post = brewery.write(brewery.actor("Ann"), "Morgen brouwen we.", account_of(brewery))
    submitting.submit(brewery.actor("Ann"), post, at=now())
    assert "no fresh evidence" not in seen(ann, "/posts/new/") + seen(ben, f"/posts/{post.uid}/review/")
    end_first_days()
    assert "Until then it would be held." in seen(ann, "/posts/new/")
    assert f"Held back from {account_of(brewery).handle}" in seen(ben, f"/posts/{post.uid}/review/")


def test_an_author_reads_and_finds_the_buttons_closed_with_the_reason(brewery: House) -> None:
    page = seen(browser_of(brewery, "Ann"), f"/accounts/{account_of(brewery).uid}/evidence/")
    assert "None of your roles allows this." in page
    assert 'name="picture"' not in page


def test_stating_and_excepting_lead_to_what_a_second_person_signs(brewery: House) -> None:
    end_first_days()
    kim, at = browser_of(brewery, "Kim"), f"/accounts/{account_of(brewery).uid}/evidence/"
    upload = SimpleUploadedFile("settings.png", PNG, "image/png")
    told = kim.post(f"{at}state/", {"words": "On, in its settings.", "picture": upload})
    proposal = Proposal.objects.get(act="evidence.state")
    assert told["Location"] == f"/two/{proposal.uid}/"
    assert proposal.content["picture"][:16] in seen(kim, told["Location"])
    kim.post(f"{at}except/", {"days": "7", "reason": "The phone is in the post."})
    assert seen(kim, at).count("Waits for a second person's signature") == 2
    assert kim.post(f"{at}except/", {"days": "31", "reason": "Long."}).status_code == 422
    assert kim.post(f"{at}state/", {"words": ""}).status_code == 422


@pytest.mark.parametrize(("language", "words"), [("en", "Turn it on"), ("fr", "L'activer"), ("nl", "Zet hem aan"), ("de", "Einschalten")])
def test_the_guide_is_in_the_reader_s_language(brewery: House, language: str, words: str) -> None:
    brewery.people["Ann"].language = language
    brewery.people["Ann"].save()
    ann = browser_of(brewery, "Ann")
    assert words in seen(ann, "/evidence/guides/practice/", headers={"Accept-Language": language})
    assert brewery.network.origin in seen(ann, "/evidence/guides/practice/")
    assert ann.get("/evidence/guides/nowhere/").status_code == 404


def test_the_page_promises_only_evidence_that_comes(brewery: House) -> None:
    page = seen(browser_of(brewery, "Kim"), f"/accounts/{account_of(brewery).uid}/evidence/")
    shelf = page.split('id="shelf"')[1].split("</section>")[0].lower()
    assert [shelf.count(words) for words in ("drill", "a code that was used")] == [0, 0]
    assert shelf.count("<dt>") == 3
