"""Bad input that no other test covers: each gets a clear sentence, loses nothing, and is in the log where it was a refusal.

Wrong links, codes and passkeys: tests/people. Pictures: tests/media. Servers that are none: tests/networks, tests/path.
Killed processes: tests/release. Forged origins on every form, and rights at every door: tests/advice/test_matrix.py.
"""
from __future__ import annotations

import gc
import html
import io
import json
import resource
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from countersign.access.grants.rights import Role
from countersign.audit.models import Entry
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, CountersignError
from countersign.content.comments import collecting, deciding
from countersign.content.comments.jobs import COLLECT
from countersign.content.comments.models import Comment, Decision
from countersign.content.media.models import File
from countersign.content.posts import approving, drafting, submitting
from countersign.content.posts.drafting import Content
from countersign.content.posts.models import Delivery, Post
from countersign.policy.charter.models import Clause
from countersign.policy.charter.queries import clauses
from countersign.review.models import Countersignature
from tests.house import House, now
from tests.matrix.world import entries_after, log_size, snapshot
from tests.signing_in import sign_in

JSON = {"Accept": "application/json"}


def browser(house: House, name: str) -> Client:
    client = Client(raise_request_exception=False)
    sign_in(client, house.people[name])
    return client


def says(response: HttpResponse, status: int, *sentences: str) -> None:
    text = html.unescape(response.content.decode())
    assert response.status_code == status, (response.status_code, text[:400])
    for sentence in sentences:
        assert sentence in text, text[:1500]


def submitted(house: House, text: str = "De ketel staat.") -> Post:
    post = house.write(house.actor("Ann"), text, house.account)  # type: ignore[attr-defined]
    submitting.submit(house.actor("Ann"), post, at=now())
    post.refresh_from_db()
    return post


def comment(house: House) -> Comment:
    delivery = house.approved(house.actor("Ann"), house.actor("Ben"), "Zaterdag open.", house.account)  # type: ignore[attr-defined]
    house.release()
    delivery.refresh_from_db()
    house.network.reply_as("Greta Vogel", delivery.remote_id, "Hoe laat?")
    collecting.collect(COLLECT, house.account, [delivery], at=now())  # type: ignore[attr-defined]
    return Comment.objects.get(is_ours=False)


def clause(code: str) -> Clause:
    return next(one for one in clauses() if one.code == code)


def at_once(*deeds: Callable[[], object]) -> list[Exception | None]:
    """Do these in threads that start together; what each raised."""
    gate, raised = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place: int, deed: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            deed()
        except CountersignError as error:
            raised[place] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return list(raised)


# --- another site's origin ---------------------------------------------------------------------------------------------


def test_a_form_of_another_site_is_refused_with_a_sentence_and_recorded(brewery: House) -> None:
    post = submitted(brewery)
    client = Client(enforce_csrf_checks=True)
    sign_in(client, brewery.people["Ben"])
    before, since = snapshot(), log_size()
    response = client.post(reverse("posts:reject", args=[post.uid]), {"words": "Nee"}, headers={"Origin": "https://evil.example"})
    says(response, 403, "This was sent from another site, so nothing was done.", "tell your security officer")
    assert snapshot() == before
    assert [(e.event, e.actor) for e in entries_after(since)] == [("act.refused", brewery.actor("Ben").label)]


LIES: list[dict[str, Any]] = [{"origin": "https://evil.example"}, {"rp_id": "evil.example"}, {"user_verified": False}]


def test_a_signature_given_on_another_site_or_unverified_signs_nothing(brewery: House) -> None:
    post, client = submitted(brewery), browser(brewery, "Ben")
    for lie in LIES:
        asked = client.post(reverse("posts:sign-options", args=[post.uid])).json()
        _refused(client, post, brewery.keys[brewery.actor("Ben").uid].answer(asked, **lie))


def _refused(client: Client, post: Post, answer: object) -> None:
    before, since = snapshot(), log_size()
    response = sent(client, post, answer)
    assert (response.status_code, bool(response.json()["what"])) == (403, True), answer
    assert snapshot() == before
    assert [e.event for e in entries_after(since)] == ["act.refused"], answer


def sent(client: Client, post: Post, answer: object) -> Any:
    return client.post(reverse("posts:sign", args=[post.uid]), json.dumps(answer), content_type="application/json", headers=JSON)


NO_ANSWERS: list[object] = [{}, [], "x", {"id": 3}, {"response": {}}, {"response": {"clientDataJSON": "%%", "signature": ""}}]


def test_what_is_no_answer_of_a_passkey_is_refused_and_recorded(brewery: House) -> None:
    post, client = submitted(brewery), browser(brewery, "Ben")
    for answer in NO_ANSWERS:
        client.post(reverse("posts:sign-options", args=[post.uid]))
        _refused(client, post, answer)


def test_the_passkey_of_somebody_else_signs_nothing(brewery: House) -> None:
    post, client = submitted(brewery), browser(brewery, "Ben")
    asked = client.post(reverse("posts:sign-options", args=[post.uid])).json()
    response = sent(client, post, brewery.keys[brewery.actor("Ann").uid].answer(asked))
    assert (response.status_code, response.json()["what"]) == (403, "That passkey is not yours.")
    assert not Countersignature.objects.exists()


# --- a revision that changed while it was being signed ---------------------------------------------------------------


def test_a_revision_that_changed_while_it_was_being_signed_is_not_signed(brewery: House) -> None:
    post, client = submitted(brewery), browser(brewery, "Ben")
    asked = client.post(reverse("posts:sign-options", args=[post.uid])).json()
    ann = brewery.actor("Ann")
    submitting.withdraw(ann, post, at=now())
    post.refresh_from_db()
    drafting.edit(ann, post, Content(texts={str(brewery.account.uid): "De ketel staat niet."}), seen=post.edited_at, at=now())  # type: ignore[attr-defined]
    submitting.submit(ann, post, at=now())
    before, since = snapshot(), log_size()
    response = sent(client, post, brewery.keys[brewery.actor("Ben").uid].answer(asked))
    says(response, 409, "The post changed while you were signing.", "Read it again, then sign.")
    assert snapshot() == before
    assert [(e.event, e.actor) for e in entries_after(since)] == [("act.refused", brewery.actor("Ben").label)]
    assert not Countersignature.objects.exists()
    assert not Delivery.objects.exists()


def test_a_post_that_was_taken_back_while_it_was_being_signed_is_not_signed(brewery: House) -> None:
    post, client = submitted(brewery), browser(brewery, "Ben")
    asked = client.post(reverse("posts:sign-options", args=[post.uid])).json()
    submitting.withdraw(brewery.actor("Ann"), post, at=now())
    before = snapshot()
    response = sent(client, post, brewery.keys[brewery.actor("Ben").uid].answer(asked))
    assert (response.status_code, "“Draft”" in response.json()["what"]) == (409, True)
    assert snapshot() == before


# --- a server inside our own network ---------------------------------------------------------------------------------


@pytest.mark.parametrize("server", ["https://192.168.1.1", "https://[::1]", "https://169.254.169.254"])
def test_a_private_address_is_said_at_the_field_and_refused_in_the_log(brewery: House, server: str) -> None:
    client, since = browser(brewery, "Kim"), log_size()
    response = client.post(reverse("grants:connect"), {"network": "mastodon", "server": server})
    assert response.status_code == 422
    assert "inside a private network or a reserved one" in response.content.decode()
    assert [(e.event, e.actor) for e in entries_after(since)] == [("act.refused", brewery.actor("Kim").label)]


def test_signing_and_taking_back_at_the_same_moment_end_in_one_of_the_two(brewery: House) -> None:
    post, ben = submitted(brewery), brewery.actor("Ben")
    statement = approving.statement_for(ben, post, at=now())
    signed = brewery.assertion(ben, statement)
    mine, theirs = Post.objects.get(pk=post.pk), Post.objects.get(pk=post.pk)
    raised = at_once(
        lambda: approving.approve(ben, mine, statement, signed, at=now()),
        lambda: submitting.withdraw(brewery.actor("Ann"), theirs, at=now()),
    )
    post.refresh_from_db()
    assert [isinstance(error, Conflict) for error in raised].count(True) == 1
    assert (post.state, Delivery.objects.count()) in {("approved", 1), ("draft", 0)}


# --- two people at once ----------------------------------------------------------------------------------------------


def typed(house: House, text: str, seen: str) -> dict[str, Any]:
    uid = str(house.account.uid)  # type: ignore[attr-defined]
    return {"accounts": [uid], f"text-{uid}": text, f"language-{uid}": "nl", "title": "Ketel", "seen": seen}


def test_of_two_who_edit_the_same_draft_the_second_is_told_and_keeps_their_words(brewery: House) -> None:
    post = brewery.write(brewery.actor("Ann"), "Een begin", brewery.account)  # type: ignore[attr-defined]
    url, seen = reverse("posts:edit", args=[post.uid]), post.edited_at.isoformat()
    assert browser(brewery, "Ann").post(url, typed(brewery, "Woorden van Ann", seen)).status_code == 302
    before, since = snapshot(), log_size()
    response = browser(brewery, "Mia").post(url, typed(brewery, "Woorden van Mia", seen))
    says(response, 409, "This draft was changed meanwhile, by somebody else or in another window.", "Copy what you wrote here", "Woorden van Mia")
    assert (snapshot(), log_size()) == (before, since)
    assert post.variants.get().text == "Woorden van Ann"


def test_an_autosave_does_not_write_over_what_somebody_else_saved(brewery: House) -> None:
    post = brewery.write(brewery.actor("Ann"), "Een begin", brewery.account)  # type: ignore[attr-defined]
    url, seen = reverse("posts:autosave", args=[post.uid]), post.edited_at.isoformat()
    assert browser(brewery, "Ann").post(url, typed(brewery, "Woorden van Ann", seen), headers=JSON).status_code == 200
    response = browser(brewery, "Mia").post(url, typed(brewery, "Woorden van Mia", seen), headers=JSON)
    assert (response.status_code, response.json()["what"]) == (409, "This draft was changed meanwhile, by somebody else or in another window.")
    assert post.variants.get().text == "Woorden van Ann"


def signing(house: House, who: PersonActor, post: Post, statement: dict[str, Any]) -> Callable[[], object]:
    """What signs, with a row of its own, as another process would have."""
    mine, signed = Post.objects.get(pk=post.pk), house.assertion(who, statement)
    return lambda: approving.approve(who, mine, statement, signed, at=now())


def test_two_who_sign_at_the_same_moment_make_one_delivery(brewery: House) -> None:
    brewery.person("Tom", Role.REVIEWER)
    post, deeds = submitted(brewery), []
    for name in ("Ben", "Tom"):
        who = brewery.actor(name)
        statement = approving.statement_for(who, post, at=now())
        deeds.append(signing(brewery, who, post, statement))
    raised = at_once(*deeds)
    assert [isinstance(error, Conflict) for error in raised].count(True) == 1
    assert (Countersignature.objects.count(), Delivery.objects.count()) == (1, 1)


def test_the_same_person_signing_twice_at_once_counts_once(brewery: House) -> None:
    post, ben = submitted(brewery), brewery.actor("Ben")
    Post.objects.get(pk=post.pk).revisions.update(signatures=2)
    statement = approving.statement_for(ben, post, at=now())
    raised = at_once(signing(brewery, ben, post, statement), signing(brewery, ben, post, statement))
    assert [isinstance(error, Conflict) for error in raised].count(True) == 1
    assert Countersignature.objects.count() == 1


def test_of_two_who_decide_the_same_comment_at_once_one_is_told(brewery: House) -> None:
    found = comment(brewery)
    brewery.person("Leo", Role.MODERATOR)
    mine, theirs = Comment.objects.get(pk=found.pk), Comment.objects.get(pk=found.pk)
    raised = at_once(
        lambda: deciding.decide(brewery.actor("Mia"), mine, "keep", clause("K2"), at=now()),
        lambda: deciding.decide(brewery.actor("Leo"), theirs, "keep", clause("K2"), at=now()),
    )
    assert [isinstance(error, Conflict) for error in raised].count(True) == 1
    assert Decision.objects.filter(comment=found).count() == 1


def test_a_comment_that_somebody_decided_meanwhile_is_not_decided_again(brewery: House) -> None:
    found = comment(brewery)
    brewery.person("Leo", Role.MODERATOR)
    url, data = reverse("comments:decide", args=[found.uid]), {"deed": "keep", "clause": "K2"}
    assert browser(brewery, "Leo").post(url, data).status_code == 302
    before = snapshot()
    response = browser(brewery, "Mia").post(url, data)
    assert response.status_code == 409
    assert snapshot() == before


# --- what is no form of ours -----------------------------------------------------------------------------------------

GARBLED = ["", "x", "../../etc/passwd", "0", "💣", "a" * 36, str(uuid4())]


def test_garbled_fields_are_told_and_never_a_fault(brewery: House) -> None:
    people = [browser(brewery, name) for name in ("Kim", "Ann", "Mia")]
    post = brewery.write(brewery.actor("Ann"), "Een begin", brewery.account)  # type: ignore[attr-defined]
    before = snapshot()
    for text in GARBLED:
        for client, url, data in garbled(brewery, post, text, *people):
            status = client.post(url, data).status_code
            is_empty_mark = url.endswith("/read/") and status == 302
            assert status in {404, 409, 422} or is_empty_mark, (url, data, status)
        assert snapshot() == before, text


def garbled(house: House, post: Post, text: str, kim: Client, ann: Client, mia: Client) -> list[tuple[Client, str, dict[str, Any]]]:
    account = house.account  # type: ignore[attr-defined]
    return [
        (kim, reverse("grants:invite"), {"name": "Joke", "email": "joke@delinde.example", "role": text, "account": ""}),
        (kim, reverse("grants:invite"), {"name": "Joke", "email": f"{text}", "role": "author", "account": ""}),
        (kim, reverse("grants:give-on", args=[account.uid]), {"person": text, "role": "author"}),
        (kim, reverse("grants:give-to", args=[house.people["Ann"].uid]), {"account": text or "-", "role": "author"}),
        (kim, reverse("grants:require", args=[account.uid]), {"needed": text}),
        (kim, reverse("grants:roster-add"), {"person": text, "role": "signer"}),
        (kim, reverse("grants:connect"), {"network": text, "server": text, "handle": text}),
        (ann, reverse("posts:new"), {"accounts": [text or "-"], f"text-{text}": "x"}),
        (ann, reverse("posts:edit", args=[post.uid]), {"accounts": [str(account.uid)], "seen": text or "-"}),
        (ann, reverse("posts:edit", args=[post.uid]), {"accounts": [str(account.uid)], "release": "at", "release_date": text, "time_zone": text}),
        (ann, reverse("posts:count"), {"account": text}),
        (ann, reverse("posts:pictures-new"), {"picture": text}),
        (mia, reverse("comments:mark-read"), {"comment": [text]}),
        (mia, reverse("settings"), {"language": text}),
    ]


def test_garbled_addresses_are_told_and_never_a_fault(brewery: House) -> None:
    kim, mia = browser(brewery, "Kim"), browser(brewery, "Mia")
    for text in GARBLED:
        tries = [
            (kim, "posts:list", {"before": text, "tab": text}), (mia, "comments:queue", {"after": text, "tab": text}),
            (kim, "audit", {"before": text, "person": text, "day": text, "account": text}),
            (kim, "grants:connect", {"network": text}), (kim, "connect-return", {"state": text, "code": text}),
        ]  # fmt: skip
        for client, name, data in tries:
            assert client.get(reverse(name), data).status_code in {200, 403, 404}, (name, text)


# --- a full disk -----------------------------------------------------------------------------------------------------


def noise(side: int) -> bytes:
    """A picture that no compression makes smaller: about three bytes a pixel."""
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), secrets.token_bytes(side * side * 3)).save(out, "PNG")
    return out.getvalue()


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """The kernel lets this process write no file beyond a size, as it lets nobody on a full disk."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


ON_SQLITE = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL's disk is not this process's")


def with_picture(house: House, data: bytes) -> dict[str, Any]:
    return typed(house, "Met foto", "") | {"picture": SimpleUploadedFile("ketel.png", data, "image/png")}


def test_a_full_disk_while_taking_in_a_picture_is_told_and_loses_nothing(brewery: House) -> None:
    client, data = browser(brewery, "Ann"), noise(880)
    assert 2_300_000 < len(data) < 2_600_000  # held in memory while it comes in; sealed it is larger than the limit
    before = snapshot()
    with no_file_larger_than(3_500_000):
        response = client.post(reverse("posts:pictures-new"), with_picture(brewery, data))
    says(response, 422, "The disk is full, so the picture was not kept.", "make room, then add the picture again")
    after = snapshot()
    assert {name for name in before if before[name] != after[name]} <= {"files"}
    assert not File.objects.exists()
    assert client.post(reverse("posts:pictures-new"), with_picture(brewery, data)).status_code == 302
    assert File.objects.count() == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_full_disk_while_a_picture_comes_in_is_told_and_loses_nothing(brewery: House) -> None:
    client, data = browser(brewery, "Ann"), noise(1400)
    before = snapshot()
    with no_file_larger_than(3_500_000):
        response = client.post(reverse("posts:pictures-new"), with_picture(brewery, data))
    says(response, 507, "The disk is full, so nothing was kept of this.", "make room")
    assert snapshot() == before
    gc.collect()  # Django leaves the upload it could not write to be closed by Python, which warns of it


@ON_SQLITE
def test_a_full_disk_under_the_database_is_told_and_loses_nothing(brewery: House) -> None:
    post = brewery.write(brewery.actor("Ann"), "Een begin", brewery.account)  # type: ignore[attr-defined]
    client, seen = browser(brewery, "Ann"), post.edited_at.isoformat()
    url, data = reverse("posts:edit", args=[post.uid]), typed(brewery, "Lang " * 20_000, seen)
    before, since = snapshot(), log_size()
    with no_page_more():
        page = client.post(url, data)
        script = client.post(reverse("posts:autosave", args=[post.uid]), data, headers=JSON)
    says(page, 507, "The disk is full, so nothing was kept of this.", "what you had typed is still there")
    assert (script.status_code, script.json()["what"][:17]) == (507, "The disk is full,")
    assert (snapshot(), log_size()) == (before, since)
    assert client.post(url, data).status_code == 302


@contextmanager
def no_page_more() -> Iterator[None]:
    """SQLite is not given another page, as on a full disk."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # other tests leave free pages behind
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count={cursor.fetchone()[0]}")
        cursor.fetchone()
        try:
            yield
        finally:
            cursor.execute("PRAGMA max_page_count=4294967294")
            cursor.fetchone()


def test_another_fault_is_not_called_a_full_disk(brewery: House) -> None:
    client = browser(brewery, "Ann")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE charter_charter RENAME TO mislaid")
        try:
            response = client.get("/charter/")
        finally:
            cursor.execute("ALTER TABLE mislaid RENAME TO charter_charter")
    says(response, 500, "A fault in Countersign", "written down")
    assert not Entry.objects.filter(event="act.refused").exists()
