"""The page for a lost phone: three ways without signing in, in four languages, and ten thousand wrong codes."""
from __future__ import annotations

import re
from time import perf_counter

import pytest
from django.test import Client

from countersign.access.lockout import guessing, locking, making_cards, rules
from countersign.access.lockout.models import Card, Case, Guesses
from countersign.audit.models import Entry
from countersign.base.actor import Visitor
from countersign.base.errors import Invalid, Refused
from countersign.people import codes, equipping
from countersign.people import queries as people
from countersign.people.models import Attempt, Person, RecoveryCode
from tests.lockout.conftest import now
from tests.signing_in import PASSWORD, made, sign_in

WORDS = {
    "en": "I lost my phone", "fr": "J’ai perdu mon téléphone", "nl": "Ik ben mijn telefoon kwijt", "de": "Ich habe mein Handy verloren",
}


def card_of(person: Person) -> str:
    return making_cards.make_card(person.as_actor(verified_at=now()), at=now()).reveal()


@pytest.mark.parametrize("language", WORDS)
def test_the_browser_s_language_decides_first(db: None, language: str) -> None:
    page = Client().get("/lost/", headers={"Accept-Language": f"{language}-BE,{language};q=0.9,en;q=0.1"}).content.decode()
    assert f"<h1>{WORDS[language]}</h1>" in page
    assert f'lang="{language}"' in page


@pytest.mark.parametrize("language", WORDS)
def test_the_chooser_on_the_page_decides_after_that(db: None, language: str) -> None:
    page = Client().get(f"/lost/?language={language}", headers={"Accept-Language": "fr"}).content.decode()
    assert f"<h1>{WORDS[language]}</h1>" in page
    assert len(re.findall(r'hreflang="', page)) == 4


@pytest.mark.parametrize("language", ["fr", "nl", "de"])
def test_a_mistake_is_told_in_the_chosen_language(db: None, language: str) -> None:
    response = Client().post("/lost/card/", {"code": "nothing", "language": language})
    assert response.status_code == 422
    assert "not a code of a card" not in response.content.decode()


def test_it_is_on_the_sign_in_page_and_on_every_page(ann: Person) -> None:
    client = Client()
    assert 'href="/lost/"' in client.get("/accounts/login/").content.decode()
    sign_in(client, ann)
    for path in ("/", "/me/sessions/", "/posts/"):
        assert client.get(path).content.decode().count('href="/lost/"') == 2  # in the rail, and in the bar of a phone


def test_the_printed_code_locks_its_owner_from_a_stranger_s_browser(ann: Person) -> None:
    client = Client()
    response = client.post("/lost/card/", {"code": card_of(ann).upper().replace("-", " ")})
    assert people.is_locked(person=str(ann.uid))
    page = client.get(response["Location"]).content.decode()
    assert "Locked: Ann" in page
    assert Case.objects.get().way == "card"


def test_pressing_twice_makes_one_case(ann: Person) -> None:
    code = card_of(ann)
    for _time in range(3):
        assert Client().post("/lost/card/", {"code": code}).status_code == 302
    assert Case.objects.count() == 1


def test_the_printed_code_cannot_sign_in_nor_unlock_nor_stand_for_a_recovery_code(ann: Person) -> None:
    code, client = card_of(ann), Client()
    equipping.make_recovery_codes(ann.as_actor(verified_at=now()), at=now())
    client.post("/accounts/login/", {"login": ann.email, "password": PASSWORD})
    assert client.post("/accounts/second-factor/", {"code": code}).status_code == 422
    assert client.get("/").status_code == 302


def test_a_new_card_ends_the_old_one_and_only_its_hash_is_kept(ann: Person) -> None:
    old, new = card_of(ann), card_of(ann)
    with pytest.raises(Invalid):
        locking.lock_by_card(Visitor(), old, where="192.0.2.1", at=now())
    row = Card.objects.get(ended_at=None)
    assert codes.normal(new) not in str(vars(row))
    assert row.code_hash == rules.code_hash(new)


def test_a_code_has_at_least_eighty_random_bits(ann: Person) -> None:
    made_ones = {codes.normal(card_of(ann)) for _number in range(40)}
    assert len(made_ones) == 40
    assert all(len(code) == 16 and set(code) <= set(codes.ALPHABET) for code in made_ones)  # 16 of 32 signs: 80 bits


def test_a_card_takes_a_second_factor_shown_just_now(ann: Person) -> None:
    with pytest.raises(Refused):
        making_cards.make_card(ann.as_actor(), at=now())


def test_ten_thousand_wrong_codes_cost_little_fill_no_log_and_keep_nobody_from_locking(ann: Person) -> None:
    code, thief = card_of(ann), Client()
    assert [thief.post("/lost/card/", {"code": "wrong"}).status_code for _try in range(7)] == [422] * 5 + [429] * 2
    begun, looked_up = perf_counter(), 0
    for number in range(9_993):
        with pytest.raises(Invalid) as told:
            locking.lock_by_card(Visitor(), f"{number:016d}", where="127.0.0.1", at=now())
        looked_up += told.value.template != guessing.TOO_MANY
    assert looked_up <= 5  # none, unless a new window began meanwhile
    print(f"9,993 wrong codes: {(perf_counter() - begun) / 9_993 * 1e3:.2f} ms each")
    counted = Entry.objects.filter(event="lock_card.mistyped").count()
    assert counted <= 2 * 5  # at 1, 10, 100, 1,000 and 10,000, in at most two windows
    assert 10_000 - 100 < sum(Guesses.objects.filter(where="").values_list("count", flat=True)) <= 10_000
    assert Guesses.objects.count() <= 4
    assert Client().post("/lost/card/", {"code": code}).status_code == 302  # from the very address of the thief
    assert people.is_locked(person=str(ann.uid))


def test_codes_tried_from_everywhere_slow_each_address_down(db: None) -> None:
    for number in range(rules.MANY + 1):
        with pytest.raises(Invalid):
            locking.lock_by_card(Visitor(), "wrong", where=f"198.51.{number // 250}.{number % 250}", at=now())
    told = []
    for _try in range(2):
        with pytest.raises(Invalid) as error:
            locking.lock_by_card(Visitor(), "wrong", where="203.0.113.9", at=now())
        told.append(error.value.template == guessing.TOO_MANY)
    assert told == [False, True]


def test_an_address_of_version_six_is_counted_by_its_first_half(db: None) -> None:
    for number in range(6):
        with pytest.raises(Invalid) as error:
            locking.lock_by_card(Visitor(), "wrong", where=f"2001:db8:1:2::{number + 1:x}", at=now())
    assert error.value.template == guessing.TOO_MANY


@pytest.mark.parametrize("factor", ["password", "recovery code"])
def test_the_owner_locks_with_one_factor_and_is_not_signed_in_by_it(ann: Person, factor: str) -> None:
    code = equipping.make_recovery_codes(ann.as_actor(verified_at=now()), at=now())[0]
    client = Client()
    response = client.post("/lost/owner/", {"email": " ANN@delinde.example ", "secret": PASSWORD if factor == "password" else code})
    assert response.status_code == 302
    assert people.is_locked(person=str(ann.uid))
    assert client.get("/").status_code == 302
    assert RecoveryCode.objects.filter(used_at__isnull=False).count() == (factor != "password")


def test_a_wrong_factor_locks_nobody_and_counts_like_a_failed_sign_in(ann: Person) -> None:
    for _try in range(5):
        assert Client().post("/lost/owner/", {"email": ann.email, "secret": "not it"}).status_code == 422
    assert Client().post("/lost/owner/", {"email": ann.email, "secret": PASSWORD}).status_code == 403
    assert Attempt.objects.filter(kind="password").count() == 5
    assert not people.is_locked(person=str(ann.uid))
    assert Client().post("/lost/card/", {"code": card_of(ann)}).status_code == 302  # the card works all the same


def test_whether_an_address_exists_is_not_told(ann: Person) -> None:
    pages = [
        Client().post("/lost/owner/", {"email": email, "secret": "not it"}).content.decode() for email in (ann.email, "no@body.example")
    ]
    told = [re.search(r'class="mistake">.*?</p>', page, re.S) for page in pages]
    assert told[0]
    assert told[1]
    assert told[0][0] == told[1][0]


def test_a_colleague_locks_from_the_page_with_a_reason(ben: Person, ann: Person) -> None:
    client = Client()
    sign_in(client, ben)
    assert client.post("/lost/colleague/", {"colleague": "Ann", "reason": ""}).status_code == 422
    assert client.post("/lost/colleague/", {"colleague": "nobody", "reason": "lost"}).status_code == 422
    assert client.post("/lost/colleague/", {"colleague": "Ann", "reason": "She rang me."}).status_code == 302
    assert people.is_locked(person=str(ann.uid))


def test_two_of_the_same_name_are_told_apart_by_their_mail_address(ben: Person, ann: Person) -> None:
    other = made("Other")
    Person.objects.filter(pk=other.pk).update(name="Ann")
    client = Client()
    sign_in(client, ben)
    assert client.post("/lost/colleague/", {"colleague": "Ann", "reason": "lost"}).status_code == 422
    assert client.post("/lost/colleague/", {"colleague": "ann@delinde.example", "reason": "lost"}).status_code == 302
    assert not people.is_locked(person=str(other.uid))


def test_somebody_without_a_role_reports_a_loss_and_is_shown_no_names(olu: Person, ann: Person) -> None:
    client = Client()
    sign_in(client, olu)
    assert 'value="Ann"' not in client.get("/lost/").content.decode()
    assert client.post("/lost/colleague/", {"colleague": ann.email, "reason": "I found her phone."}).status_code == 302


def test_the_clock_s_address_shows_one_case_and_a_changed_one_shows_none(ann: Person) -> None:
    url = Client().post("/lost/card/", {"code": card_of(ann)})["Location"]
    path = url.partition("?")[0]
    assert Client().get(path).status_code == 200
    assert Client().get(path[:-6] + "aaaaa/").status_code == 403
