"""Three ways of using a secret, and what the broker refuses whoever asks."""
from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

import pytest

from countersign.access.vault import checking_out, entering, exposing, pages, queries
from countersign.access.vault.models import Exposure, Rotation, SealedVersion, Secret
from countersign.audit.models import Entry
from countersign.base.errors import Conflict, Invalid, KeyRefused, Refused, Unreachable
from countersign.base.values import Secret as Text
from countersign.calls import client, messages
from countersign.people.models import Lock, Person
from countersign.processes.broker import seeds
from countersign.review.models import ProposalSignature
from countersign.review.statement import challenge
from countersign.review.verifying import Assertion
from tests.house import now
from tests.vault.conftest import PASSWORD, SEED, Vault

pytestmark = pytest.mark.django_db


@pytest.fixture
def _django_db_helper() -> None:
    """No test here is rolled back: the broker must see the rows, and one house serves all."""


# --- entering --------------------------------------------------------------------------------------------------------


def test_what_is_entered_stands_nowhere_in_clear_and_who_entered_it_has_seen_it(vault: Vault) -> None:
    secret = vault.enter()
    version = secret.versions.get()
    assert PASSWORD not in version.sealed
    assert PASSWORD not in vault.house.broker.journal.read_text()
    assert vault.ways("Kim") == ["entered"]
    assert vault.known_to("Kim") == [secret]


def test_a_new_version_ends_the_one_before_here_and_whoever_knows_that_one_still_counts(vault: Vault) -> None:
    secret = vault.enter()
    assert vault.enter(value="een-andere-ketel", by="Tom") == secret
    assert [v.ended_at is None for v in secret.versions.order_by("version")] == [False, True]
    assert vault.known_to("Tom") == [secret]
    assert vault.known_to("Kim") == [secret]  # nothing has proven that the network refuses the old one
    row = pages.secrets_page(vault.actor("Kim"), vault.account, at=now()).rows[0]
    assert ([who.name for who in row.seen_by], [who.name for who in row.may_open]) == (["Tom"], ["Kim"])


def test_only_an_officer_enters_and_a_stranger_is_refused_and_recorded(vault: Vault) -> None:
    before = Entry.objects.filter(event="act.refused").count()
    for name in ("Ben", "Ann", "Olu"):
        with pytest.raises(Refused):
            vault.enter(by=name)
    assert Entry.objects.filter(event="act.refused").count() == before + 3
    assert not Secret.objects.filter(account=vault.account).exists()


@pytest.mark.parametrize("typed", ["", "not base32!", "JBSWY3DP", "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=8", "otpauth://totp/x"])
def test_a_seed_that_is_none_is_not_taken(vault: Vault, typed: str) -> None:
    with pytest.raises(Invalid):
        vault.enter("totp_seed", typed)
    assert not Secret.objects.filter(account=vault.account).exists()


@pytest.mark.parametrize("typed", ["jbsw y3dp ehpk 3pxp", "otpauth://totp/Bluesky:delinde?secret=JBSWY3DPEHPK3PXP&issuer=Bluesky"])
def test_a_seed_is_taken_as_a_page_shows_it_or_as_its_address(typed: str) -> None:
    assert seeds.clean(typed) == "JBSWY3DPEHPK3PXP"


def test_the_codes_are_those_of_the_standard() -> None:
    seed = Text("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")  # RFC 6238, appendix B, the last six digits
    assert [seeds.code(seed, at // 30) for at in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]


def test_a_secret_that_is_put_away_is_used_no_longer(vault: Vault) -> None:
    secret = vault.enter()
    entering.retire(vault.actor("Kim"), secret, at=now())
    secret.refresh_from_db()
    with pytest.raises(Conflict):
        vault.proposed(secret)
    assert vault.known_to("Kim") == []


# --- a code ----------------------------------------------------------------------------------------------------------


def early_in_a_step() -> None:
    while time.time() % 30 > 20:
        time.sleep(0.5)


def test_a_code_is_given_once_to_a_named_person_for_a_purpose(vault: Vault) -> None:
    secret = vault.enter("totp_seed", SEED)
    early_in_a_step()
    given = checking_out.give_code(vault.actor("Ben"), secret, "Signing in at the network", at=now())
    assert given.code == seeds.code(Text(SEED), int(time.time()) // 30)
    assert vault.ways("Ben") == ["code"]
    assert vault.known_to("Ben") == []  # the seed itself was not seen
    with pytest.raises(Conflict, match="given already"):
        checking_out.give_code(vault.actor("Kim"), secret, "The same", at=now())
    assert vault.ways("Kim") == ["entered"]


def test_no_code_without_a_purpose_or_a_right(vault: Vault) -> None:
    secret = vault.enter("totp_seed", SEED)
    with pytest.raises(Invalid):
        checking_out.give_code(vault.actor("Ben"), secret, "  ", at=now())
    for name in ("Olu", "Ann"):
        with pytest.raises(Refused):
            checking_out.give_code(vault.actor(name), secret, "Signing in", at=now())


def test_the_broker_gives_no_code_to_whoever_is_locked_or_gone_whoever_asks(vault: Vault) -> None:
    secret = vault.enter("totp_seed", SEED)
    asked = messages.GiveCode(str(vault.account.uid), part(secret), vault.actor("Leo").uid)
    Lock.objects.create(kind="person", target=vault.house.people["Leo"].uid, reason="A phone lost", since=now(), begun_at=now())
    with pytest.raises(Refused, match="lock"):
        client.ask(asked)
    Lock.objects.all().delete()
    Person.objects.filter(name="Leo").update(state="left")
    with pytest.raises(Refused, match="not at work"):
        client.ask(asked)


# --- a check-out -----------------------------------------------------------------------------------------------------


def test_a_check_out_takes_two_is_shown_once_and_must_be_replaced_in_time(vault: Vault) -> None:
    secret = vault.enter()
    proposal = vault.granted(secret, minutes=15)
    at = now()
    shown = checking_out.take(vault.actor("Ben"), proposal, at=at)
    assert [(number, text.reveal()) for number, text in shown] == [(1, PASSWORD)]
    assert vault.ways("Ben") == ["checked_out"]
    rotation = Rotation.objects.get(secret=secret)
    assert (rotation.state, (rotation.due_at - at).total_seconds()) == ("due", 900)
    proposal.refresh_from_db()
    with pytest.raises(Conflict):
        checking_out.take(vault.actor("Ben"), proposal, at=now())


def test_one_person_alone_sees_nothing(vault: Vault) -> None:
    proposal = vault.proposed(vault.enter(), by="Kim")
    assert not vault.sign(proposal, "Kim")
    proposal.refresh_from_db()
    with pytest.raises(Conflict):
        checking_out.take(vault.actor("Kim"), proposal, at=now())


def test_nobody_but_who_asked_is_shown_it(vault: Vault) -> None:
    proposal = vault.granted(vault.enter(), by="Ben", and_by="Kim")
    for name in ("Kim", "Tom", "Olu"):
        with pytest.raises(Refused):
            checking_out.take(vault.actor(name), proposal, at=now())


def test_the_second_person_is_an_officer(vault: Vault) -> None:
    proposal = vault.proposed(vault.enter(), by="Ben")
    with pytest.raises(Refused):
        vault.sign(proposal, "Leo")


@pytest.mark.parametrize(("kind", "value"), [("totp_seed", SEED), ("token", "xoxb-1234-5678")])
def test_seeds_and_tokens_are_shown_by_no_call(vault: Vault, kind: str, value: str) -> None:
    secret = vault.enter(kind, value)
    with pytest.raises(Refused, match="no call"):
        vault.proposed(secret)
    with pytest.raises(Refused, match="no call"):
        ask_to_reveal(vault, secret)


def test_a_broker_that_is_down_shows_nothing_and_uses_nothing_up(vault: Vault) -> None:
    secret = vault.enter()
    proposal = vault.granted(secret)
    vault.house.broker.end()
    with pytest.raises(Unreachable):
        checking_out.take(vault.actor("Ben"), proposal, at=now())
    assert vault.ways("Ben") == []
    vault.house.broker.start()
    assert checking_out.take(vault.actor("Ben"), proposal, at=now())[0][1].reveal() == PASSWORD


def test_an_app_on_a_device_is_in_the_ledger_and_found_by_the_device(vault: Vault) -> None:
    from uuid import uuid4

    from countersign.people.models import Device

    secret = vault.enter()
    phone = Device.objects.create(
        person=vault.house.people["Leo"], name="Leo's phone", kind="phone", owner="private", cookie_hash=secrets.token_hex(32),
        asked_at=now(), state="enrolled", state_since=now(), uid=uuid4(),
    )
    exposing.on_device(vault.actor("Kim"), secret, phone, at=now())
    assert [seen.secret for seen in queries.seen_on(str(phone.uid))] == [secret]
    assert vault.known_to("Leo") == [secret]


# --- what the broker refuses, whoever owns web and database ----------------------------------------------------------


def part(secret: Secret, **other: Any) -> dict[str, Any]:
    version = SealedVersion.objects.current().get(secret=secret)
    return {"secret": str(secret.uid), "kind": secret.kind, "version": version.version, "sealed": version.sealed, "name": "", **other}


def statements(vault: Vault, secret: Secret, *, people: tuple[str, str] = ("Ben", "Kim"), **other: Any) -> list[dict[str, Any]]:
    """Two statements over one check-out, as the product makes them."""
    version = SealedVersion.objects.current().get(secret=secret).version
    content = {"secret": str(secret.uid), "kind": secret.kind, "minutes": 60, "versions": [version]}
    shared = {
        "v": 1, "act": "secret.check_out", "proposed_by": vault.actor(people[0]).uid, "proposal": str(secret.uid),
        "matter": f"secret:{secret.uid}", "account": str(vault.account.uid), "content": content, "reason": "0" * 64,
        "signed_at": now().isoformat().replace("+00:00", "Z"), "expires_at": now().replace(year=now().year + 1).isoformat(), **other,
    }  # fmt: skip
    return [{**shared, "signer": vault.actor(name).uid, "nonce": f"nonce-of-{name}"} for name in people]


def ask_to_reveal(
    vault: Vault, secret: Secret, said: list[dict[str, Any]] | None = None, *, signed_by: tuple[str, ...] = ("Ben", "Kim"), **other: Any
) -> list[str]:
    said = said if said is not None else statements(vault, secret)
    answers = [vault.house.keys[vault.actor(name).uid].sign(challenge(one)) for name, one in zip(signed_by, said, strict=False)]
    asked = messages.Reveal(
        str(vault.account.uid), [part(secret, **other)], said, [Assertion.of(answer).parts() for answer in answers]
    )
    return list(client.ask(asked).texts)


def test_the_honest_twin_of_the_forgeries_below_is_shown(vault: Vault) -> None:
    secret = vault.enter()
    assert ask_to_reveal(vault, secret) == [PASSWORD]
    with pytest.raises(Conflict, match="shown once"):
        ask_to_reveal(vault, secret)


def _one_signature(vault: Vault, secret: Secret) -> Any:
    return ask_to_reveal(vault, secret, statements(vault, secret)[:1])


def _same_person_twice(vault: Vault, secret: Secret) -> Any:
    said = statements(vault, secret, people=("Kim", "Kim"))
    said[1]["nonce"] = "another"
    return ask_to_reveal(vault, secret, said, signed_by=("Kim", "Kim"))


def _no_officer(vault: Vault, secret: Secret) -> Any:
    return ask_to_reveal(vault, secret, statements(vault, secret, people=("Ben", "Leo")), signed_by=("Ben", "Leo"))


def _not_on_the_roster(vault: Vault, secret: Secret) -> Any:
    return ask_to_reveal(vault, secret, statements(vault, secret, people=("Olu", "Kim")), signed_by=("Olu", "Kim"))


def _another_s_key(vault: Vault, secret: Secret) -> Any:
    return ask_to_reveal(vault, secret, signed_by=("Leo", "Kim"))


def _another_act(vault: Vault, secret: Secret) -> Any:
    return ask_to_reveal(vault, secret, statements(vault, secret, act="lock.lift"))


def _expired(vault: Vault, secret: Secret) -> Any:
    return ask_to_reveal(vault, secret, statements(vault, secret, expires_at="2026-01-01T00:00:00Z"))


def _from_the_future(vault: Vault, secret: Secret) -> Any:
    return ask_to_reveal(vault, secret, statements(vault, secret, signed_at="2199-01-01T00:00:00Z"))


def _different_things(vault: Vault, secret: Secret) -> Any:
    said = statements(vault, secret)
    said[1]["reason"] = "1" * 64
    return ask_to_reveal(vault, secret, said)


def _another_account(vault: Vault, secret: Secret) -> Any:
    return ask_to_reveal(vault, secret, statements(vault, secret, account="5b6a1bbd-2a41-4a79-9b0b-0a4b50a0f1aa"))


def _signed_for_a_code_list(vault: Vault, secret: Secret) -> Any:
    other = vault.enter("recovery_codes", "1111-2222")
    return ask_to_reveal(vault, secret, statements(vault, other))


def _another_version(vault: Vault, secret: Secret) -> Any:
    return ask_to_reveal(vault, secret, version=2)


def _called_another_kind(vault: Vault, secret: Secret) -> Any:
    content = {"secret": str(secret.uid), "kind": "api_key", "minutes": 60, "versions": [1]}
    return ask_to_reveal(vault, secret, statements(vault, secret, content=content), kind="api_key")


def _a_statement_more(vault: Vault, secret: Secret) -> Any:
    said = statements(vault, secret)
    return ask_to_reveal(vault, secret, [{**said[0], "more": 1}, {**said[1], "more": 1}])


def _somebody_else_asked(vault: Vault, secret: Secret) -> Any:
    return ask_to_reveal(vault, secret, statements(vault, secret, proposed_by=vault.actor("Leo").uid))


def _locked(vault: Vault, secret: Secret) -> Any:
    Lock.objects.create(kind="account", target=vault.account.uid, reason="A suspicion", since=now(), begun_at=now())
    return ask_to_reveal(vault, secret)


FORGERIES: list[Callable[[Vault, Secret], Any]] = [
    _one_signature, _same_person_twice, _no_officer, _not_on_the_roster, _another_s_key, _another_act, _expired, _from_the_future,
    _different_things, _another_account, _signed_for_a_code_list, _another_version, _called_another_kind, _a_statement_more,
    _somebody_else_asked, _locked,
]  # fmt: skip


def test_no_forged_check_out_is_shown(vault: Vault) -> None:
    secret = vault.enter()
    for forged in FORGERIES:
        with pytest.raises((Refused, Invalid)):
            raise AssertionError(f"{forged.__name__} was shown {forged(vault, secret)}")
    Lock.objects.all().delete()
    assert ask_to_reveal(vault, secret) == [PASSWORD]


# --- a row altered, moved, or an older one put back ------------------------------------------------------------------


def test_a_row_moved_to_another_secret_or_account_is_refused(vault: Vault) -> None:
    mine, seed = vault.enter(), vault.enter("totp_seed", SEED)
    other = entering.enter(vault.actor("Kim"), vault.account, "password", Text("een-tweede"), label="second", at=now())
    with pytest.raises(Refused):
        ask_to_reveal(vault, mine, sealed=part(other)["sealed"])
    SealedVersion.objects.filter(secret=seed).update(sealed=part(mine)["sealed"])
    with pytest.raises(Refused):
        checking_out.give_code(vault.actor("Ben"), seed, "Signing in", at=now())
    elsewhere = vault.house.connect(vault.actor("Kim"), f"elders_{secrets.token_hex(3)}")
    Secret.objects.filter(pk=mine.pk).update(account=elsewhere)
    mine.refresh_from_db()
    with pytest.raises((Refused, Conflict)):
        vault.check_out(mine)


def test_every_altered_byte_of_a_sealed_row_is_refused(vault: Vault) -> None:
    secret = vault.enter("totp_seed", SEED)
    sealed = part(secret)["sealed"]
    for place, letter in enumerate(sealed):
        altered = sealed[:place] + ("A" if letter != "A" else "B") + sealed[place + 1 :]
        with pytest.raises(Refused):
            client.ask(messages.GiveCode(str(vault.account.uid), part(secret, sealed=altered), vault.actor("Ben").uid))
    with pytest.raises(Refused):
        client.ask(messages.GiveCode(str(vault.account.uid), part(secret, sealed=sealed + " "), vault.actor("Ben").uid))
    for field in ({"version": 2}, {"kind": "password"}, {"secret": "5b6a1bbd-2a41-4a79-9b0b-0a4b50a0f1aa"}):
        with pytest.raises(Refused):
            client.ask(messages.GiveCode(str(vault.account.uid), {**part(secret), **field}, vault.actor("Ben").uid))
    with pytest.raises((Refused, KeyRefused)):
        client.ask(messages.GiveCode("5b6a1bbd-2a41-4a79-9b0b-0a4b50a0f1aa", part(secret), vault.actor("Ben").uid))
    assert len(sealed) > 150
    assert client.ask(messages.GiveCode(str(vault.account.uid), part(secret), vault.actor("Ben").uid))


def test_an_older_version_put_back_by_sql_is_refused(vault: Vault) -> None:
    secret = vault.enter("totp_seed", SEED)
    vault.enter("totp_seed", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    Exposure.objects.filter(version__secret=secret, version__version=2).delete()
    SealedVersion.objects.filter(secret=secret, version=2).delete()
    SealedVersion.objects.filter(secret=secret, version=1).update(ended_at=None)
    with pytest.raises(Refused, match="not the newest"):
        checking_out.give_code(vault.actor("Ben"), secret, "Signing in", at=now())


def test_signatures_kept_whole_are_verified_by_the_broker_and_not_by_the_row(vault: Vault) -> None:
    secret = vault.enter()
    proposal = vault.granted(secret)
    ProposalSignature.objects.filter(proposal=proposal, person__name="Kim").update(signature=b"\x30\x06" + b"\x02\x01\x01" * 2)
    with pytest.raises(Refused):
        checking_out.take(vault.actor("Ben"), proposal, at=now())
    assert vault.ways("Ben") == []
