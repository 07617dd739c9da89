"""How good an address, a phone or an administrator is: the whole table."""
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from countersign.access.recovery import rules
from countersign.access.recovery.rules import Domain, Finding, Receiver, Weight
from countersign.base.errors import Invalid

AT = datetime(2026, 11, 26, 10, tzinfo=UTC)
LINDE = Domain("delinde.example", AT, ("mx1.delinde.example",), "v=spf1 mx -all", "v=DMARC1; p=reject", date(2028, 1, 1))
PEOPLE = [("Ann Maes", "ann@delinde.example"), ("Kim Desmet", "kim.desmet@delinde.example"), ("Jan Van den Broeck", "jvdb@delinde.example")]
BOTH = [Receiver("Kim", True), Receiver("Tom", True)]


def judged(address: str = "social@delinde.example", domain: Domain = LINDE, **more: object) -> dict[str, Finding]:
    given = {"receivers": BOTH, "second_factor_at": AT - timedelta(days=9), "is_watched": True, **more}
    found = rules.judge_address(address, domains={domain.name: domain}, people=PEOPLE, at=AT, **given)  # type: ignore[arg-type]
    return {one.code: one for one in found}


def test_a_role_mailbox_on_the_company_s_domain_that_two_read_and_we_watch_is_good() -> None:
    assert rules.worst(judged().values()) == Weight.GOOD


@pytest.mark.parametrize("address", ["ann@gmail.com", "delinde.brouwerij@hotmail.com", "social@delinde.example.net", "social@delinde.example.gmail.com", "social@notdelinde.example"])
def test_another_domain_is_bad_whatever_it_resembles(address: str) -> None:
    assert judged(address)["domain"].weight == Weight.BAD


def test_what_stands_under_the_company_s_domain_is_the_company_s() -> None:
    assert judged("social@mail.DELINDE.example")["domain"].weight == Weight.GOOD


@pytest.mark.parametrize(
    "local", ["social", "social.media", "socialmedia", "info", "pers", "presse", "Kommunikation", "sécurité", "it-support", "web+reset", "redactie2"]
)
def test_a_mailbox_named_for_a_task_is_good_in_four_languages(local: str) -> None:
    assert judged(f"{local}@delinde.example")["mailbox"].weight == Weight.GOOD


@pytest.mark.parametrize("local", ["ann", "ann.maes", "amaes", "a.maes", "maes", "maes.ann", "annm", "ann.maes2", "kim.desmet+x", "jvandenbroeck", "jan.broeck", "jvdb"])
def test_a_mailbox_that_bears_the_name_of_somebody_here_is_bad(local: str) -> None:
    assert judged(f"{local}@delinde.example")["mailbox"].weight == Weight.BAD


@pytest.mark.parametrize("local", ["greta.vogel", "x7", "linde"])
def test_a_mailbox_that_says_neither_is_weak(local: str) -> None:
    assert judged(f"{local}@delinde.example")["mailbox"].weight == Weight.WEAK


@pytest.mark.parametrize(
    ("change", "code", "weight"),
    [
        ({"mx": ()}, "mx", Weight.BAD),
        ({"spf": ""}, "spf", Weight.WEAK),
        ({"spf": "v=spf1 +all"}, "spf", Weight.BAD),
        ({"spf": "v=spf1 mx all"}, "spf", Weight.BAD),
        ({"dmarc": ""}, "dmarc", Weight.WEAK),
        ({"dmarc": "v=DMARC1; p=none; sp=reject"}, "dmarc", Weight.WEAK),
        ({"looked_at": None}, "lookup", Weight.WEAK),
        ({"looked_at": AT - timedelta(days=9)}, "lookup", Weight.WEAK),
        ({"registered_until": None}, "registration", Weight.WEAK),
        ({"registered_until": date(2027, 1, 10)}, "registration", Weight.WEAK),
        ({"registered_until": date(2026, 11, 25)}, "registration", Weight.BAD),
    ],
)
def test_a_domain_s_mail_counts(change: dict[str, object], code: str, weight: Weight) -> None:
    assert judged(domain=replace(LINDE, **change))[code].weight == weight  # type: ignore[arg-type]


@pytest.mark.parametrize("spf", ["v=spf1 include:_spf.example.com -all", "v=spf1 mx ~all", "v=spf1 a:all.example.com ?all"])
def test_a_domain_that_lists_its_senders_lets_not_everybody_send(spf: str) -> None:
    assert "spf" not in judged(domain=replace(LINDE, spf=spf))


@pytest.mark.parametrize(
    ("receivers", "weight"),
    [([], Weight.WEAK), ([Receiver("Kim", True)], Weight.WEAK), (BOTH, Weight.GOOD), ([*BOTH, Receiver("Leo", False)], Weight.BAD)],
)
def test_who_receives_it_counts(receivers: list[Receiver], weight: Weight) -> None:
    assert judged(receivers=receivers)["receivers"].weight == weight


@pytest.mark.parametrize(("said_at", "weight"), [(None, Weight.WEAK), (AT - timedelta(days=366), Weight.WEAK), (AT, Weight.GOOD)])
def test_the_mailbox_s_own_second_factor_is_said_again_every_year(said_at: datetime | None, weight: Weight) -> None:
    assert judged(second_factor_at=said_at)["second_factor"].weight == weight


def test_a_mailbox_that_we_do_not_read_is_weak() -> None:
    assert rules.worst(judged(is_watched=False).values()) == Weight.WEAK


def test_a_phone_is_never_better_than_weak_and_bad_once_its_holder_has_left() -> None:
    assert rules.worst(rules.judge_phone(BOTH)) == Weight.WEAK
    assert rules.worst(rules.judge_phone([Receiver("Leo", False)])) == Weight.BAD


def test_an_administrator_who_has_left_is_bad_and_one_nobody_knows_is_weak() -> None:
    assert [rules.worst(rules.judge_administrator(who)) for who in ([Receiver("Leo", False)], [], [Receiver("Kim", True)])] == ["bad", "weak", "good"]


def test_nothing_known_is_weak() -> None:
    assert rules.worst([]) == Weight.WEAK


@pytest.mark.parametrize("text", ["", "kim", "@delinde.example", "a b@delinde.example", "kim@", "kim@localhost", "<kim@delinde.example>", "kim@x..example", "a" * 65 + "@delinde.example"])
def test_what_is_no_address_is_not_taken(text: str) -> None:
    with pytest.raises(Invalid):
        rules.address_of(text)


@pytest.mark.parametrize("text", ["", "example", "-x.example", "gmail.com", "a b.example", "x.example/y", "*.example", "127.0.0.1"])
def test_what_is_no_domain_of_a_company_is_not_taken(text: str) -> None:
    with pytest.raises(Invalid):
        rules.domain_of(text)


def test_a_domain_is_kept_in_its_form_for_machines() -> None:
    assert rules.domain_of(" Bräuerei-Linde.example. ") == "xn--bruerei-linde-cfb.example"


@pytest.mark.parametrize("text", ["+32 16 00 00 00", "016/00.00.00", "…47", "*** 47"])
def test_a_phone_may_be_known_by_its_last_digits_only(text: str) -> None:
    assert rules.phone_of(text)
