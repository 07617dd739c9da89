"""Break-glass: one person after half an hour, with everybody told and any officer able to say no; it is replaced afterwards."""
from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client

from countersign.access.glass import breaking, jobs, queries, rules
from countersign.access.glass.models import Glass
from countersign.access.lockout import locking
from countersign.access.lockout.rules import Target
from countersign.access.vault import parts
from countersign.access.vault.models import Exposure, Rotation
from countersign.audit.models import Entry
from countersign.base.errors import Conflict, CountersignError, Invalid, Refused
from countersign.calls import client, messages
from countersign.people.states import LockKind
from countersign.review.statement import iso
from tests.glass.helping import PASSWORD, WHY, asked, asked_ago, broken, kept, no, signed
from tests.house import House, now
from tests.signing_in import sign_in

OVER = timedelta(minutes=31)


def events(glass: Glass) -> list[str]:
    return list(Entry.objects.filter(matter=str(glass)).order_by("number").values_list("event", flat=True))


def test_after_the_wait_it_is_shown_once_to_who_asked_and_must_be_replaced_within_the_hour(brewery: House) -> None:
    secret = kept(brewery)
    glass = asked_ago(brewery, secret, OVER)
    assert broken(brewery, "Ben", glass) == [PASSWORD]
    glass.refresh_from_db()
    assert glass.state == "broken"
    assert Exposure.objects.filter(person__name="Ben", version__secret=secret, way="checked_out").count() == 1
    rotation = Rotation.objects.get(secret=secret)
    assert rotation.due_at <= now() + timedelta(hours=1)
    assert events(glass) == ["glass.asked", "glass.broken"]
    with pytest.raises(CountersignError):
        broken(brewery, "Ben", glass)


def test_before_the_wait_is_over_nothing_is_shown_whatever_the_database_says(brewery: House) -> None:
    glass = asked(brewery, kept(brewery))
    Glass.objects.update(asked_at=now() - timedelta(hours=1), ripe_at=now() - timedelta(minutes=1))
    glass = Glass.objects.select_related("secret__account", "asked_by").get()
    with pytest.raises(Conflict, match="not over"):
        broken(brewery, "Ben", glass)
    assert not Exposure.objects.filter(person__name="Ben").exists()


def test_after_its_time_nothing_is_shown(brewery: House) -> None:
    glass = asked_ago(brewery, kept(brewery), timedelta(hours=5))
    assert glass.state == "lapsed"
    with pytest.raises(Conflict):
        broken(brewery, "Ben", glass)


def test_an_officer_ends_it_and_for_a_day_the_same_person_does_not_ask_again(brewery: House) -> None:
    secret = kept(brewery)
    glass = asked_ago(brewery, secret, OVER)
    no(brewery, "Kim", glass)
    with pytest.raises(Conflict):
        broken(brewery, "Ben", glass)
    with pytest.raises(Refused, match="said no"):
        asked(brewery, secret)
    assert events(glass) == ["glass.asked", "glass.vetoed"]


def test_nobody_but_an_officer_or_who_asked_says_no(brewery: House) -> None:
    brewery.person("Olu")
    secret = kept(brewery)
    glass = asked(brewery, secret)
    for name in ("Ann", "Olu"):
        with pytest.raises(Refused):
            no(brewery, name, glass)
    no(brewery, "Ben", glass)  # it is his own


def test_nobody_else_breaks_it(brewery: House) -> None:
    glass = asked_ago(brewery, kept(brewery), OVER)
    with pytest.raises(Refused, match="Only who asked"):
        broken(brewery, "Kim", glass)
    kim = brewery.actor("Kim")
    statement = breaking.question_about(glass, rules.BREAK, at=now())
    part = {"secret": str(glass.secret.uid), "kind": "password", "version": glass.versions[0], "sealed": "", "name": ""}
    with pytest.raises(Refused, match="Only who asked"):  # at the broker's own door, past the web process
        client.ask(messages.BreakGlass(str(glass.uid), [part], statement["signed_at"], signed(brewery, kim, statement).parts()))


def test_a_signature_to_ask_does_not_break_and_an_old_one_does_nothing(brewery: House) -> None:
    glass, ben = asked_ago(brewery, kept(brewery), OVER), brewery.actor("Ben")
    ask = breaking.question_about(glass, rules.ASK, at=now())
    with pytest.raises(Refused):
        client.ask(messages.BreakGlass(str(glass.uid), [], ask["signed_at"], signed(brewery, ben, ask).parts()))
    old = breaking.question_about(glass, rules.BREAK, at=now() - timedelta(minutes=11))
    with pytest.raises(Refused, match="not from now"):
        client.ask(messages.BreakGlass(str(glass.uid), [], old["signed_at"], signed(brewery, ben, old).parts()))


def test_a_lock_on_who_asked_stops_it(brewery: House) -> None:
    glass = asked_ago(brewery, kept(brewery), OVER)
    locking.lock(brewery.actor("Kim"), [Target(LockKind.PERSON, brewery.actor("Ben").uid)], reason="Stolen", at=now())
    with pytest.raises(Refused):
        broken(brewery, "Ben", glass)


def test_a_seed_is_asked_for_by_nobody_and_words_are_needed(brewery: House) -> None:
    seed = kept(brewery, "totp_seed", "JBSWY3DPEHPK3PXPJBSWY3DP")
    with pytest.raises(Refused, match="shown by no call"):
        asked(brewery, seed)
    with pytest.raises(Invalid):
        breaking.statement_for(brewery.actor("Ben"), kept(brewery), case=uuid4(), reason=" ", at=now())
    with pytest.raises(Refused):
        asked(brewery, kept(brewery), "Ann")


def test_two_do_not_ask_for_the_same(brewery: House) -> None:
    secret = kept(brewery)
    asked(brewery, secret)
    with pytest.raises(Conflict, match="already"):
        asked(brewery, secret, "Kim")


def test_everybody_is_told_by_mail_and_on_every_page(brewery: House) -> None:
    mail.outbox.clear()
    asked(brewery, kept(brewery))
    assert (jobs.tell_everybody(now()), jobs.tell_everybody(now())) == (4, 0)
    assert {one.to[0].split("@")[0] for one in mail.outbox} == {"kim", "ann", "ben", "mia"}
    assert all("Ben asks alone" in one.subject and WHY in one.body for one in mail.outbox)
    ann = Client()
    brewery.people["Ann"].refresh_from_db()
    sign_in(ann, brewery.people["Ann"])
    assert "Ben asks alone" in ann.get("/posts/").content.decode()


def test_a_web_process_that_keeps_silent_silences_nothing(brewery: House) -> None:
    """Whoever owns the web process asks the broker and writes nothing down: the worker reads it in the broker's file."""
    secret, ben = kept(brewery), brewery.actor("Ben")
    statement = breaking.statement_for(ben, secret, case=uuid4(), reason=WHY, at=now())
    client.ask(messages.AskGlass(
        statement["case"], statement["account"], statement["secret"], statement["kind"], statement["versions"],
        statement["reason"], statement["signed_at"], signed(brewery, ben, statement).parts(),
    ))  # fmt: skip
    assert jobs.follow(now()) == 1
    glass = Glass.objects.get()
    assert (events(glass), jobs.tell_everybody(now())) == (["glass.asked"], 4)
    assert queries.notice(brewery.actor("Mia")) is not None


def test_what_was_broken_behind_our_back_is_in_the_ledger_and_replaced(brewery: House) -> None:
    secret = kept(brewery)
    glass, ben = asked_ago(brewery, secret, OVER), brewery.actor("Ben")
    statement = breaking.question_about(glass, rules.BREAK, at=now())
    shown = client.ask(messages.BreakGlass(
        str(glass.uid), [parts.part(parts.current_of(secret))], statement["signed_at"], signed(brewery, ben, statement).parts()
    ))  # fmt: skip
    assert shown.texts == [PASSWORD]
    jobs.follow(now())
    assert Exposure.objects.filter(person__name="Ben", version__secret=secret).count() == 1
    assert Rotation.objects.filter(secret=secret).exists()
    assert events(glass)[-1] == "glass.broken"


def test_the_broker_asks_for_a_passkey_that_counts(brewery: House) -> None:
    """Mia has a passkey that stands on no roster."""
    secret, mia = kept(brewery), brewery.actor("Mia")
    pane = rules.Pane(str(uuid4()), str(secret.account.uid), str(secret.uid), "password", (1,), rules.digest_of(WHY))
    at = iso(now())
    assertion = signed(brewery, mia, rules.statement(rules.ASK, pane, signed_at=at))
    with pytest.raises(Refused):
        client.ask(messages.AskGlass(pane.case, pane.account, pane.secret, "password", [1], pane.reason, at, assertion.parts()))
