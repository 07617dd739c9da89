"""Each mail of a network is explained by an entry of our ledger, or it is an unexplained event."""
from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, transaction

from countersign.access.evidence.models import Evidence
from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.recovery import announcing, describing, freezing, jobs, queries, reading
from countersign.access.recovery.freezing import WATCH
from countersign.access.recovery.models import Event, Mail, Mailbox
from countersign.access.recovery.states import MAIL_KINDS
from countersign.access.vault.models import Rotation, SealedVersion, Secret
from countersign.audit.models import Entry
from countersign.audit.recording import recorded
from countersign.base.errors import Conflict, KeyRefused, Unreachable
from countersign.notices.models import Notice
from countersign.people import queries as people
from countersign.people.models import Person
from tests.recovery.conftest import Post, account_of, as_actor, now

pytestmark = pytest.mark.django_db


def is_locked(account: Account) -> bool:
    return people.is_locked(account=str(account.uid))


def did(account: Account, event: str, *, ago: timedelta = timedelta(minutes=2)) -> None:
    """An entry of the log about the account, as an action of ours leaves it."""
    at = now() - ago
    with recorded(WATCH, at=at) as record:
        record(event, f"account:{account.uid}", account=account)


def rotation_of(account: Account, kind: str = "password", state: str = "by_hand") -> Rotation:
    secret = Secret.objects.create(account=account, kind=kind, made_at=now())
    new = SealedVersion.objects.create(secret=secret, version=1, sealed="{}", made_at=now())
    return Rotation.objects.create(
        account=account, secret=secret, why="Leo leaves", opened_by="duty:rotate", opened_at=now() - timedelta(minutes=5),
        due_at=now(), state=state, state_since=now(), new=new, changed_at=now() if state == "changed" else None,
    )  # fmt: skip


# --- what nothing explains -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MAIL_KINDS)
def test_a_mail_of_any_kind_that_nothing_explains_is_an_event_and_officers_hear_of_it(post: Post, account: Account, tom: Person, kind: str) -> None:
    event = post.event(kind, account)
    assert (event.kind, event.account, event.state, event.is_sure) == (kind, account, "open", True)
    assert {to for one in outbox.outbox for to in one.to} >= {"kim@delinde.example", "tom@delinde.example"}
    assert Entry.objects.filter(event="unexplained.noticed", account=str(account.uid)).count() == 1
    assert is_locked(account) == (kind in {"address_changed", "second_factor_off"})


def test_a_changed_address_locks_the_account_and_says_so(post: Post, account: Account, tom: Person) -> None:
    event = post.event("address_changed", account)
    assert event.case is not None
    assert (event.case.way, event.case.opened_by) == ("rule", "duty:watch")
    assert "locked until an officer has answered" in outbox.outbox[0].body


def test_an_officer_may_decide_that_an_account_is_not_locked_by_itself(post: Post, account: Account, kim: Person) -> None:
    describing.decide(as_actor(kim), account, freezes=False, sender_domains=[], at=now())
    assert post.event("second_factor_off", account).case is None
    assert not is_locked(account)


def test_two_events_share_one_lock(post: Post, account: Account, kim: Person) -> None:
    first, second = post.event("address_changed", account), post.event("second_factor_off", account)
    assert first.case == second.case


def test_a_mail_that_names_no_account_of_ours_locks_nothing_and_is_told(post: Post, account: Account, kim: Person) -> None:
    """Whoever points an account of their own at our mailbox must not lock ours."""
    event = post.event("address_changed", None)
    assert (event.account, event.case, is_locked(account)) == (None, None, False)
    assert len(outbox.outbox) == 1


def test_a_mail_that_may_be_forged_locks_nothing_confirms_nothing_and_fills_no_mailbox(post: Post, account: Account, kim: Person) -> None:
    rotation = rotation_of(account, state="changed")
    event = post.event("password_changed", account, verdict="unsure", reasons=["no_signature"])
    post.event("address_changed", account, verdict="unsure")
    rotation.refresh_from_db()
    assert (event.is_sure, is_locked(account), rotation.evidence, outbox.outbox) == (False, False, {}, [])


def test_a_forged_mail_is_noted_as_such_and_explains_confirms_and_raises_nothing(post: Post, account: Account, kim: Person) -> None:
    rotation = rotation_of(account, state="changed")
    noted = [post.mail(kind, account, verdict="forged") for kind in ("password_changed", "address_changed", "reset")]
    rotation.refresh_from_db()
    assert {one.outcome for one in noted} == {"forged"}
    assert (Event.objects.count(), rotation.state, is_locked(account)) == (0, "changed", False)


def test_a_thousand_forged_mails_are_one_entry_a_batch_and_tell_nobody(post: Post, account: Account, kim: Person) -> None:
    since = Entry.objects.count()
    post.brings(*(post.content("reset", account, verdict="forged") for _number in range(50)))
    assert [entry.event for entry in Entry.objects.filter(number__gt=since)] == ["mails.noted"]
    assert (Mail.objects.filter(outcome="forged").count(), outbox.outbox) == (50, [])


def test_a_mail_that_only_speaks_of_a_network_raises_nothing(post: Post, account: Account, kim: Person) -> None:
    assert post.mail("reset", account, verdict="unsure", reasons=["other_sender"]).outcome == "noted"


def test_a_mail_whose_key_no_name_server_told_is_told_to_officers_and_locks_nothing(post: Post, account: Account, kim: Person) -> None:
    event = post.event("address_changed", account, verdict="unsure", reasons=["key_unread"])
    assert (event.is_sure, is_locked(account), len(outbox.outbox)) == (False, False, 1)


def test_whoever_presses_forgot_password_all_night_fills_nobody_s_mailbox_and_hides_nothing(post: Post, account: Account, kim: Person) -> None:
    post.event("address_changed", account)
    for _number in range(8):
        post.event("reset", account)
    titles = [one.title for one in queries.alerts(as_actor(kim), at=now())]
    assert len(outbox.outbox) == 2
    assert (titles[0], titles[5]) == ("Not explained: the recovery address was changed, @delinde@linde.example", "4 more are not explained")


def test_other_people_s_mail_is_counted_and_not_kept(post: Post, mailbox: Mailbox) -> None:
    letter = post.content("", None, network="", subject="Salary of Ann", verdict="unsure")
    assert post.brings(letter) == []
    mailbox.refresh_from_db()
    assert (mailbox.others, mailbox.after, Mail.objects.count()) == (1, 1, 0)


def test_what_a_network_writes_about_nothing_of_concern_is_noted(post: Post, account: Account) -> None:
    assert post.mail("", account).outcome == "noted"


def test_a_subject_with_line_ends_and_signs_that_turn_writing_round_is_kept_as_one_plain_line(post: Post, account: Account, kim: Person) -> None:
    assert post.mail("reset", account, subject="Reset\r\nBcc: x\u202e evil\x00").subject == "Reset Bcc: x evil"


# --- what explains it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        ("new_login", "account.connected"), ("new_login", "secret.checked_out"), ("new_login", "rotation.changed"),
        ("new_application", "account.reconnected"), ("code", "secret.code_given"), ("code", "rotation.begun"),
    ],
)  # fmt: skip
def test_what_we_did_a_moment_ago_explains_its_mail(post: Post, account: Account, kim: Person, kind: str, event: str) -> None:
    did(account, event)
    mail = post.mail(kind, account)
    assert (mail.outcome, outbox.outbox) == ("explained", [])


def test_what_we_did_an_hour_ago_or_elsewhere_explains_nothing(post: Post, account: Account, kim: Person) -> None:
    did(account, "account.connected", ago=timedelta(hours=1))
    did(account_of(kim, "@other@linde.example"), "account.connected")
    assert post.mail("new_login", account).outcome == "unexplained"


def test_a_connection_explains_no_reset(post: Post, account: Account, kim: Person) -> None:
    did(account, "account.connected")
    assert post.mail("reset", account).outcome == "unexplained"


def test_what_an_officer_announced_is_expected_once_and_its_echo(post: Post, account: Account, kim: Person, tom: Person) -> None:
    announcing.announce(as_actor(kim), account, "address_changed", "To the new role mailbox", at=now() - timedelta(minutes=5))
    assert [(one.to, "Announced" in one.subject) for one in outbox.outbox] == [(["tom@delinde.example"], True)]
    assert post.mail("address_changed", account).outcome == "explained"
    assert post.mail("address_changed", account).outcome == "explained"  # to the old address and to the new one
    assert post.mail("address_changed", account, at=now() + timedelta(minutes=3)).outcome == "unexplained"
    assert is_locked(account)


def test_an_announcement_explains_neither_another_kind_nor_another_account_nor_what_comes_too_late(post: Post, account: Account, kim: Person) -> None:
    announcing.announce(as_actor(kim), account, "address_changed", "To the new role mailbox", at=now() - timedelta(minutes=61))
    other = account_of(kim, "@other@linde.example")
    announcing.announce(as_actor(kim), other, "address_changed", "To the new role mailbox", at=now())
    assert post.mail("address_changed", account).outcome == "unexplained"
    assert post.mail("second_factor_off", other).outcome == "unexplained"


def test_the_network_s_own_mail_confirms_a_rotation(post: Post, account: Account, kim: Person) -> None:
    rotation = rotation_of(account, state="changed")
    mail = post.mail("password_changed", account)
    rotation.refresh_from_db()
    assert (mail.outcome, mail.because, mail.explained_by) == ("explained", "rotation", f"rotation:{rotation.uid}")
    assert (rotation.state, rotation.evidence["mail"]["message_id"]) == ("confirmed", mail.message_id)


def test_a_mail_that_was_written_before_the_rotation_and_delivered_after_it_proves_nothing(post: Post, account: Account, kim: Person) -> None:
    rotation = rotation_of(account, state="changed")
    mail = post.mail("password_changed", account, sent_at=(now() - timedelta(hours=1)).isoformat())
    rotation.refresh_from_db()
    assert (mail.outcome, rotation.state) == ("unexplained", "changed")


def test_a_mail_that_was_here_before_proves_nothing_when_it_is_delivered_again(post: Post, account: Account, kim: Person) -> None:
    first = post.mail("password_changed", account)
    rotation = rotation_of(account, state="changed")
    again = post.mail("password_changed", account, message_id=first.message_id, at=now() + timedelta(seconds=1))
    rotation.refresh_from_db()
    assert (first.outcome, again.outcome, rotation.state) == ("unexplained", "repeated", "changed")


def test_a_rotation_that_nobody_has_begun_explains_nothing(post: Post, account: Account, kim: Person) -> None:
    rotation_of(account, state="due")
    assert post.mail("password_changed", account).outcome == "unexplained"


def test_a_new_second_factor_confirms_its_rotation_and_a_factor_that_is_off_does_not(post: Post, account: Account, kim: Person) -> None:
    rotation = rotation_of(account, "totp_seed", state="changed")
    assert post.mail("second_factor_off", account).outcome == "unexplained"
    assert post.mail("second_factor_changed", account).outcome == "explained"
    rotation.refresh_from_db()
    assert rotation.state == "confirmed"


def test_the_database_keeps_no_explained_mail_without_its_entry_or_its_signature(post: Post, account: Account, kim: Person) -> None:
    mail = post.mail("reset", account)
    for change in ({"outcome": "explained"}, {"outcome": "explained", "explained_by": "drill:x", "verdict": "unsure"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mail.objects.filter(pk=mail.pk).update(**change)


# --- what it says of the second factor -------------------------------------------------------------------------------


def evidence_of(account: Account) -> list[tuple[str, str, bool]]:
    rows = Evidence.objects.filter(account=account).order_by("pk")
    return [(row.source, row.seen, row.ended_at is None) for row in rows]


def test_a_second_factor_that_we_set_up_is_evidence_and_one_that_is_off_ends_it(post: Post, account: Account, kim: Person) -> None:
    rotation_of(account, "totp_seed", state="changed")
    post.mail("second_factor_changed", account)
    assert evidence_of(account) == [("mail", "on", True)]
    post.mail("second_factor_off", account, at=now() + timedelta(seconds=1))
    assert evidence_of(account) == [("mail", "on", False), ("mail", "off", True)]


@pytest.mark.parametrize(("kind", "verdict"), [("second_factor_changed", "genuine"), ("second_factor_off", "unsure"), ("second_factor_off", "forged")])
def test_what_nobody_here_set_up_or_nobody_signed_is_no_evidence(post: Post, account: Account, kim: Person, kind: str, verdict: str) -> None:
    post.mail(kind, account, verdict=verdict)
    assert evidence_of(account) == []


# --- once, and none lost ---------------------------------------------------------------------------------------------


def test_the_same_answer_kept_twice_leaves_each_mail_once(post: Post, account: Account, kim: Person) -> None:
    content = post.content("reset", account)
    post.brings(content)
    assert post.brings(content) == []
    assert (Mail.objects.count(), Event.objects.count()) == (1, 1)


def test_the_place_in_the_mailbox_moves_on_with_each_mail(post: Post, account: Account, kim: Person, mailbox: Mailbox) -> None:
    """The second mail breaks: the first one is kept, with its place, and is not read again."""
    good, bad = post.content("reset", account), post.content("reset", account, received_at="never")
    with pytest.raises(ValueError, match="never"):
        post.brings(good, bad)
    mailbox.refresh_from_db()
    assert (mailbox.after, Mail.objects.count()) == (1, 1)


def test_a_mailbox_that_is_numbered_anew_is_read_on_from_there_and_it_is_in_the_log(post: Post, mailbox: Mailbox) -> None:
    post.last = 40
    post.brings(uid_validity=8)
    mailbox.refresh_from_db()
    assert (mailbox.uid_validity, mailbox.after) == (8, 40)
    assert Entry.objects.filter(event="mailbox.numbered_anew").count() == 1


def test_whoever_was_not_told_because_a_process_ended_is_told_later_and_once(post: Post, account: Account, kim: Person) -> None:
    post.event("reset", account)
    Notice.objects.all().delete()
    outbox.outbox.clear()
    assert (jobs.tell_again(now()), jobs.tell_again(now()), len(outbox.outbox)) == (1, 0, 1)


# --- whether it can be read ------------------------------------------------------------------------------------------


def test_a_server_that_is_away_is_silent_after_a_quarter_of_an_hour_and_not_before(mailbox: Mailbox, kim: Person) -> None:
    assert reading.read(WATCH, mailbox, wait_seconds=0, at=now()) == 0  # no broker here: nothing can be read
    mailbox.refresh_from_db()
    assert (mailbox.state, bool(mailbox.trouble), jobs.notice_silence(now())) == ("watched", True, 0)
    later = now() + timedelta(minutes=16)
    assert (jobs.notice_silence(later), jobs.notice_silence(later)) == (1, 0)
    mailbox.refresh_from_db()
    assert (mailbox.state, len(outbox.outbox)) == ("silent", 1)
    assert "has not been read since" in outbox.outbox[0].body


def test_a_mailbox_that_is_read_again_is_watched_again(post: Post, mailbox: Mailbox, kim: Person) -> None:
    jobs.notice_silence(now() + timedelta(minutes=16))
    post.brings(at=now() + timedelta(minutes=20))
    mailbox.refresh_from_db()
    assert (mailbox.state, mailbox.trouble) == ("watched", "")
    assert Entry.objects.filter(event="mailbox.read_again").count() == 1


def test_a_refused_password_is_told_at_once_and_is_another_trouble_than_a_server_that_is_away(mailbox: Mailbox, kim: Person) -> None:
    reading._troubled(WATCH, mailbox, Unreachable("The server does not answer."), None, at=now())
    assert outbox.outbox == []
    reading._troubled(WATCH, mailbox, KeyRefused("The server does not take the password."), reading.MailboxState.SHUT, at=now())
    mailbox.refresh_from_db()
    assert (mailbox.state, len(outbox.outbox)) == ("shut", 1)
    assert mailbox.retry_at is not None
    assert not Mailbox.objects.to_read(now()).exists()
    assert Mailbox.objects.to_read(now() + timedelta(minutes=11)).exists()


def test_a_mailbox_that_was_just_read_is_not_silent(mailbox: Mailbox) -> None:
    with pytest.raises(Conflict):
        reading.notice_silence(WATCH, mailbox, at=now())


def test_freezing_an_account_that_is_locked_already_makes_no_second_lock(account: Account, kim: Person) -> None:
    with recorded(WATCH, at=now()):
        first = freezing.freeze(account, at=now())
    with recorded(WATCH, at=now()) as record:
        record("recovery.compared", account, account=account)
        assert freezing.freeze(account, at=now()) == first


# --- what the duty may -----------------------------------------------------------------------------------------------


def test_the_watch_may_read_lock_rotate_note_and_tell_and_nothing_else(account: Account) -> None:
    may = {right.value for right in Right if gate.may(WATCH, right, on=account).allowed}
    assert may == {"evidence.note", "lock.set", "notice.send", "recovery.look", "recovery.watch", "secret.rotate"}
