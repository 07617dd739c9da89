"""Replacing a secret by hand, by tokens, and with proof; what is due is told; two at once, a broker that is down."""
from __future__ import annotations

import time
from datetime import timedelta
from threading import Thread

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils.html import escape

from countersign.access.grants.states import AccountState
from countersign.access.vault import checking_out, connecting, entering, jobs, pages, queries, rotating, stating
from countersign.access.vault.models import Rotation, SealedVersion
from countersign.access.vault.states import RotationState
from countersign.audit.models import Entry
from countersign.base.errors import Conflict, Refused
from countersign.base.values import Secret as Text
from countersign.calls import client, messages
from countersign.networks import passwords
from countersign.notices.models import Notice
from tests.house import now
from tests.vault.conftest import PASSWORD, SEED, Vault

pytestmark = pytest.mark.django_db


@pytest.fixture
def _django_db_helper() -> None:
    """No test here is rolled back: the broker must see the rows, and one house serves all."""


def opened(vault: Vault, kind: str = "password", value: str = PASSWORD) -> Rotation:
    return rotating.open(vault.actor("Kim"), vault.enter(kind, value), "Leo leaves", at=now())


def begun(vault: Vault) -> Rotation:
    return rotating.begin(vault.actor("Kim"), opened(vault), at=now())


# --- by when ---------------------------------------------------------------------------------------------------------


def test_a_critical_secret_is_due_within_the_hour_and_others_within_a_day(vault: Vault) -> None:
    at = now()
    critical = vault.enter()
    other = entering.enter(vault.actor("Kim"), vault.account, "api_key", Text("tap-tap-tap"), label="screen", is_critical=False, at=at)
    for secret, hours in ((critical, 1), (other, 24)):
        assert rotating.open(rotating.ROTATE, secret, "Leo leaves", at=at).due_at == at + timedelta(hours=hours)


def test_a_second_reason_hastens_and_never_puts_off(vault: Vault) -> None:
    rotation, at = opened(vault), now()
    assert rotation.secret is not None
    later = rotating.open(rotating.ROTATE, rotation.secret, "A phone lost", due_at=at + timedelta(days=3), at=at)
    sooner = rotating.open(rotating.ROTATE, rotation.secret, "A phone lost", due_at=at + timedelta(minutes=5), at=at)
    assert (later.pk, later.due_at, sooner.pk, sooner.due_at) == (rotation.pk, rotation.due_at, rotation.pk, at + timedelta(minutes=5))


def test_two_officers_who_open_at_once_open_one(vault: Vault) -> None:
    secret, found = vault.enter(), list[Rotation]()

    def decide() -> None:
        found.append(rotating.open(rotating.ROTATE, secret, "Leo leaves", at=now()))
        connection.close()

    threads = [Thread(target=decide) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({rotation.pk for rotation in found}) == 1


def test_only_an_officer_opens_and_begins(vault: Vault) -> None:
    rotation = opened(vault)
    assert rotation.secret is not None
    for name in ("Ben", "Ann", "Olu"):
        with pytest.raises(Refused):
            rotating.open(vault.actor(name), rotation.secret, "Leo leaves", at=now())
        with pytest.raises(Refused):
            rotating.begin(vault.actor(name), rotation, at=now())


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_by_hand_the_new_password_is_made_in_the_vault_and_shown_to_who_changes_it_with_two_signatures(vault: Vault) -> None:
    rotation = begun(vault)
    assert (rotation.state, rotation.way) == ("by_hand", "by_hand")
    assert rotation.secret is not None
    old, new = vault.check_out(rotation.secret)
    assert old == PASSWORD
    assert new != old
    assert len(new) > 24
    assert vault.ways("Ben") == ["checked_out", "checked_out"]
    rotating.done_by_hand(vault.actor("Kim"), rotation, at=now())
    assert rotation.state == "changed"
    assert [v.version for v in SealedVersion.objects.current().filter(secret=rotation.secret)] == [2]
    assert vault.known_to("Ben") == [rotation.secret]
    assert vault.known_to("Kim") == [rotation.secret]  # the old one was Kim's, and may still open
    knows = {one.secret: one for one in queries.exposed_to(vault.house.people["Kim"])}
    assert not knows[rotation.secret].is_current


def mailed(vault: Vault) -> None:
    """The network's own mail says that the password was changed."""
    told = {"kind": "password_changed", "message_id": "<1@network>", "received_at": now().isoformat()}
    rotating.confirm_by_mail(rotating.ROTATE, vault.account, told, at=now())


def test_whoever_knows_the_old_one_counts_until_the_new_one_is_proven(vault: Vault) -> None:
    secret = vault.enter()
    vault.check_out(secret, by="Leo", minutes=15)
    rotation = rotating.begin(vault.actor("Kim"), Rotation.objects.get(secret=secret), at=now())
    rotating.done_by_hand(vault.actor("Kim"), rotation, at=now())
    row = pages.secrets_page(vault.actor("Kim"), vault.account, at=now()).rows[0]
    assert (row.seen_by, [who.name for who in row.may_open]) == ((), ["Kim", "Leo"])
    assert [one.may_open for one in pages.secret_page(vault.actor("Kim"), secret, at=now()).seen] == [True, True]
    assert vault.known_to("Leo") == [secret]
    reminders = {notice.url: notice.title for notice in pages.alerts(vault.actor("Kim"), at=now() + timedelta(hours=9))}
    assert f"/rotations/{rotation.uid}/" in "".join(reminders)
    again = rotating.open(vault.actor("Kim"), secret, "Leo leaves", is_new_seen=False, at=now())
    assert (again.pk, again.again_by) == (rotation.pk, None)  # only the old one was seen: once is enough
    mailed(vault)
    row = pages.secrets_page(vault.actor("Kim"), vault.account, at=now()).rows[0]
    assert (row.seen_by, row.may_open) == ((), ())
    assert vault.known_to("Leo") == vault.known_to("Kim") == []
    assert not Rotation.objects.open().filter(secret=secret).exists()


def test_by_hand_is_confirmed_by_the_networks_mail_and_not_by_a_word(vault: Vault) -> None:
    rotation = rotating.done_by_hand(vault.actor("Kim"), begun(vault), at=now())
    assert rotation.state == "changed"
    told = {"kind": "password_changed", "message_id": "<1@network>", "received_at": (now() - timedelta(hours=1)).isoformat()}
    assert rotating.confirm_by_mail(rotating.ROTATE, vault.account, told, at=now()) == []  # it came before all this
    told["received_at"] = now().isoformat()
    assert rotating.confirm_by_mail(rotating.ROTATE, vault.account, told, at=now()) == [rotation]
    rotation.refresh_from_db()
    assert (rotation.state, rotation.evidence["mail"]["message_id"]) == ("confirmed", "<1@network>")


def test_a_mail_that_comes_before_the_word_confirms_with_it(vault: Vault) -> None:
    rotation = begun(vault)
    told = {"kind": "password_changed", "message_id": "<1@network>", "received_at": now().isoformat()}
    rotating.confirm_by_mail(rotating.ROTATE, vault.account, told, at=now())
    rotation.refresh_from_db()
    assert rotation.state == "by_hand"
    assert rotating.done_by_hand(vault.actor("Kim"), rotation, at=now()).state == "confirmed"


def test_a_mail_about_something_else_explains_nothing_here(vault: Vault) -> None:
    rotating.done_by_hand(vault.actor("Kim"), begun(vault), at=now())
    told = {"kind": "second_factor_changed", "message_id": "<1@network>", "received_at": now().isoformat()}
    assert rotating.confirm_by_mail(rotating.ROTATE, vault.account, told, at=now()) == []


# --- what two people state -------------------------------------------------------------------------------------------


def key_changed(vault: Vault) -> Rotation:
    """A key for a program, replaced by hand at a network that tells nobody whether the old one is dead."""
    secret = vault.enter("api_key", "tap-tap-tap", label="screen", by="Tom")
    rotation = rotating.begin(vault.actor("Kim"), rotating.open(vault.actor("Kim"), secret, "Leo leaves", at=now()), at=now())
    vault.enter("api_key", "tik-tik-tik", label="screen")
    rotation.refresh_from_db()
    assert rotation.state == "changed"
    return rotation


def test_where_no_network_tells_two_people_state_it_and_it_is_called_that(vault: Vault) -> None:
    rotation = key_changed(vault)
    assert rotation.secret is not None
    assert vault.known_to("Tom") == [rotation.secret]
    proposal = stating.propose(vault.actor("Kim"), rotation, "Deleted in its settings.", at=now())
    with pytest.raises(Conflict, match="stated already"):
        stating.propose(vault.actor("Tom"), rotation, "Deleted in its settings.", at=now())
    with pytest.raises(Refused):
        vault.sign(proposal, "Kim")  # one person is not two
    with pytest.raises(Refused):
        vault.sign(proposal, "Ann")
    assert vault.sign(proposal, "Ben")
    rotation.refresh_from_db()
    stated = rotation.evidence["stated"]
    assert (rotation.state, rotation.evidence["how"]) == ("confirmed", "stated")
    assert (stated["by"], stated["and"], stated["words"]) == ("Kim", "Ben", "Deleted in its settings.")
    assert vault.known_to("Tom") == []
    page = pages.rotation_page(vault.actor("Kim"), rotation, at=now())
    assert (page.is_stated, page.state_url) == (True, "")
    assert "Kim stated that the old one is dead, and Ben signed it." in [one.text for one in page.proof]
    events = Entry.objects.filter(matter=f"rotation:{rotation.uid}").order_by("number").values_list("event", flat=True)
    assert list(events)[-2:] == ["rotation.stated", "rotation.confirmed"]


def test_nothing_is_stated_of_what_is_not_changed_nor_by_whoever_is_no_officer(vault: Vault) -> None:
    with pytest.raises(Conflict, match="nothing here"):
        stating.propose(vault.actor("Kim"), opened(vault), "Tried, and refused.", at=now())
    with pytest.raises(Refused):
        stating.propose(vault.actor("Ben"), key_changed(vault), "Tried, and refused.", at=now())


def test_a_statement_about_what_was_found_to_work_since_confirms_nothing(vault: Vault) -> None:
    rotation = key_changed(vault)
    proposal = stating.propose(vault.actor("Kim"), rotation, "Deleted in its settings.", at=now())
    rotation.move("by_hand", at=now(), changed_at=None)
    with pytest.raises(Conflict):
        vault.sign(proposal, "Ben")
    rotation.refresh_from_db()
    assert rotation.state == "by_hand"


def test_what_the_network_makes_is_entered_and_that_is_the_change(vault: Vault) -> None:
    rotation = rotating.begin(vault.actor("Kim"), opened(vault, "totp_seed", SEED), at=now())
    assert (rotation.state, rotation.new) == ("by_hand", None)
    vault.enter("totp_seed", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", by="Tom")
    rotation.refresh_from_db()
    assert rotation.state == "changed"
    assert vault.known_to("Tom") == [rotation.secret]


def test_nothing_is_entered_over_a_change_that_is_at_work(vault: Vault) -> None:
    begun(vault)
    with pytest.raises(Conflict):
        vault.enter(value="van-een-ander")


def test_what_is_seen_after_the_change_is_replaced_once_more(vault: Vault) -> None:
    rotation = rotating.done_by_hand(vault.actor("Kim"), begun(vault), at=now())
    assert rotation.secret is not None
    vault.check_out(rotation.secret, minutes=15)
    told = {"kind": "password_changed", "message_id": "<1@network>", "received_at": now().isoformat()}
    rotating.confirm_by_mail(rotating.ROTATE, vault.account, told, at=now())
    states = list(Rotation.objects.filter(secret=rotation.secret).order_by("pk").values_list("state", flat=True))
    assert states == ["confirmed", "due"]


def test_nothing_is_confirmed_without_proof_not_even_by_sql(vault: Vault) -> None:
    rotation = opened(vault)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rotation.objects.filter(pk=rotation.pk).update(state="confirmed")


def test_a_broker_that_is_down_changes_nothing_and_it_can_be_begun_again(vault: Vault) -> None:
    rotation = opened(vault)
    vault.house.broker.end()
    rotating.begin(vault.actor("Kim"), rotation, at=now())
    assert (rotation.state, "does not answer" in rotation.trouble, rotation.new) == ("due", True, None)
    vault.house.broker.start()
    assert rotating.begin(vault.actor("Kim"), rotation, at=now()).state == "by_hand"


def test_a_broker_killed_after_it_made_the_next_one_gives_the_same_again(vault: Vault) -> None:
    rotation = opened(vault)
    assert rotation.secret is not None
    asked = messages.PrepareRotation(str(rotation.uid), str(vault.account.uid), str(rotation.secret.uid), "password", 2)
    first = client.ask(asked)
    vault.house.broker.kill()
    vault.house.broker.start()
    assert client.ask(asked) == first
    rotating.begin(vault.actor("Kim"), rotation, at=now())
    assert rotation.new is not None
    assert rotation.new.sealed == first.sealed


# --- the key by which we work ----------------------------------------------------------------------------------------


def test_our_own_key_is_replaced_and_confirmed_when_the_network_says_that_the_old_one_is_dead(vault: Vault) -> None:
    """The practice network renews as most do: an access token that was given out before goes on to its own end."""
    vault.house.network.control(token_seconds=4)
    connect_again(vault)
    rotation = rotating.replace_tokens(rotating.ROTATE, vault.account, "A phone lost", at=now())
    assert (rotation.state, rotation.evidence["old_opens"], rotation.evidence["new_opens"]) == ("unconfirmed", True, True)
    assert rotation.alive_until is not None
    assert rotation.alive_until <= now() + timedelta(seconds=4)
    time.sleep(4.1)
    vault.house.network.behave()
    jobs.prove_again(now())
    rotation.refresh_from_db()
    assert (rotation.state, rotation.evidence["old_opens"]) == ("confirmed", False)
    assert client.ask(messages.Collect(str(vault.account.uid), [], ""))


def connect_again(vault: Vault) -> None:
    handle, place = vault.account.handle.removeprefix("@"), connecting.Place("practice", vault.house.network.origin)
    url = connecting.begin(vault.actor("Kim"), place, reconnects=vault.account, at=now())
    connecting.finish(vault.actor("Kim"), vault.house.network.answer(url, handle), at=now())


def test_a_network_that_is_away_is_asked_again_by_the_worker(vault: Vault) -> None:
    vault.house.network.stop()
    rotation = rotating.replace_tokens(rotating.ROTATE, vault.account, "A phone lost", at=now())
    assert rotation.state == "due"
    vault.house.network.start()
    jobs.replace_again(now())
    rotation.refresh_from_db()
    assert (rotation.state, rotation.evidence["new_opens"]) == ("unconfirmed", True)


def test_a_key_whose_replacing_was_cut_off_by_a_killed_process_is_replaced_all_the_same(vault: Vault) -> None:
    begun_at = now() - timedelta(minutes=3)
    rotation = Rotation.objects.create(
        account=vault.account, why="A phone lost", opened_by="duty:lock", opened_at=begun_at, due_at=now(), way="tokens",
        state="changing", state_since=begun_at,
    )
    jobs.replace_again(now() - timedelta(minutes=2))  # somebody may still be at it
    rotation.refresh_from_db()
    assert rotation.changed_at is None
    jobs.replace_again(now())
    rotation.refresh_from_db()
    assert (rotation.state, rotation.evidence["new_opens"]) == ("unconfirmed", True)


def test_a_key_that_nobody_but_a_person_can_renew_waits_for_one_and_is_confirmed_by_connecting_anew(vault: Vault) -> None:
    vault.house.network.disconnect(vault.account.handle.removeprefix("@"))
    rotation = rotating.replace_tokens(rotating.ROTATE, vault.account, "A phone lost", at=now())
    vault.account.refresh_from_db()
    assert (rotation.state, vault.account.state) == ("by_hand", AccountState.REFUSED)
    connect_again(vault)
    rotation.refresh_from_db()
    assert (rotation.state, rotation.evidence["how"]) == ("confirmed", "signed_in_anew")


# --- telling ---------------------------------------------------------------------------------------------------------


def test_officers_are_told_once_when_it_is_due_and_once_when_it_is_late(vault: Vault) -> None:
    rotation, at = opened(vault), now()
    mail.outbox.clear()
    for minutes in (0, 1, 61, 62):
        jobs.tell_of_rotations(at + timedelta(minutes=minutes))
    matter = f"rotation:{rotation.uid}"
    told = Notice.objects.filter(matter__startswith=matter).values_list("person__name", "matter").order_by("pk")
    assert sorted(told) == [(name, f"{matter}:{when}") for name in ("Kim", "Tom") for when in ("due", "late")]
    ours = [one for one in mail.outbox if str(rotation.uid) in one.body]
    assert len(ours) == 4
    assert PASSWORD not in "".join(one.body for one in ours)
    Rotation.objects.exclude(pk=rotation.pk).update(due_at=at + timedelta(days=10))  # only five stand on a page
    assert [notice.tone for notice in pages.alerts(vault.actor("Kim"), at=at + timedelta(hours=2)) if str(rotation.uid) in notice.url] == ["bad"]
    assert pages.alerts(vault.actor("Ben"), at=at + timedelta(hours=2)) == []


def test_every_step_is_in_the_log_and_no_secret_with_it(vault: Vault) -> None:
    rotation = rotating.done_by_hand(vault.actor("Kim"), begun(vault), at=now())
    mine = Entry.objects.filter(matter=f"rotation:{rotation.uid}").order_by("number")
    events = [entry.event for entry in mine]
    assert events[0] == "rotation.opened"
    assert {"rotation.begun", "rotation.by_hand", "rotation.changed", "rotation.doubted"} <= set(events)
    assert all(PASSWORD not in entry.leaf for entry in Entry.objects.all())


# --- passwords -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("network", ["bluesky", "mastodon", "practice", "another"])
def test_a_password_made_here_is_long_and_no_two_are_the_same(network: str) -> None:
    made = [passwords.make(network).reveal() for _number in range(200)]
    assert len(set(made)) == 200
    assert all(24 <= len(text) <= 64 for text in made)
    assert all(any(map(str.isdigit, text)) and any(map(str.isupper, text)) and any(map(str.islower, text)) for text in made)


def test_the_page_of_a_rotation_says_until_when_something_lives_on(vault: Vault) -> None:
    rotation = rotating.done_by_hand(vault.actor("Kim"), begun(vault), at=now())
    Rotation.objects.filter(pk=rotation.pk).update(alive_until=now() + timedelta(hours=2))
    rotation.refresh_from_db()
    page = pages.rotation_page(vault.actor("Kim"), rotation, at=now())
    assert page.notice is not None
    assert f"{rotation.alive_until:%H:%M}" in escape(page.notice.text)
    assert checking_out.versions_to_show(vault.enter("api_key", "tap-tap-tap", label="screen"))


def test_trying_both_is_offered_only_where_the_network_can_be_asked_and_says_what_came_of_it(vault: Vault) -> None:
    rotation = rotating.done_by_hand(vault.actor("Kim"), begun(vault), at=now())
    page = pages.rotation_page(vault.actor("Kim"), rotation, at=now())
    assert page.actions == ()
    assert page.notice is not None
    assert page.notice.title == "This network cannot be asked"
    tokens = rotating.replace_tokens(vault.actor("Kim"), vault.account, "Kim decided", at=now())
    tokens.state, tokens.changed_at, tokens.alive_until = RotationState.UNCONFIRMED, now(), None  # as when the network was away
    assert [one.label for one in pages.rotation_page(vault.actor("Kim"), tokens, at=now()).actions] == ["Try both now"]
    said = {}
    for tried in (pages.SILENT, pages.TOLD):
        notice = pages.rotation_page(vault.actor("Kim"), tokens, at=now(), tried=tried).notice
        said[tried] = notice.text if notice else ""
    assert "could not be asked" in said[pages.SILENT]
    assert "stands below" in said[pages.TOLD]
    tokens.state = RotationState.CONFIRMED
    shown = pages.rotation_page(vault.actor("Kim"), tokens, at=now(), tried=pages.SILENT).notice
    assert shown is not None
    assert shown.title == "It is proven"
