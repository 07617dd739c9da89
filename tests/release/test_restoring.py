"""P11: a restored backup never posts again. Whatever may be out already is read back before anything is sent."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from countersign.audit import checkpointing
from countersign.audit.models import Entry
from countersign.calls import client, messages
from countersign.config import doctor
from countersign.content.posts import releasing, submitting
from countersign.content.posts.models import Delivery
from tests.house import House, now
from tests.release.backups import Backup, work, work_until

OUT = 5


@dataclass
class Week:
    """A backup, and what happened after it."""

    house: House
    backup: Backup
    out: list[Delivery]  # published
    deleted: Delivery  # published, then deleted by a person
    recalled: Delivery  # taken back by a person
    later: Delivery  # due long after everything else
    due_at: datetime

    def arrived(self, *deliveries: Delivery) -> int:
        """How many posts the network ever accepted, or how many of these; `later` is not counted among all."""
        posts = [e for e in self.house.network.ledger() if e["outcome"] == "published" and e["path"] == "/api/v1/posts"]
        keys = [entry["idempotency_key"] for entry in posts]
        if deliveries:
            return sum(keys.count(delivery.request["handle"]) for delivery in deliveries)
        return len(keys) - keys.count(self.later.request["handle"])

    def states(self) -> list[str]:
        """How those stand that were out when the backup was put back."""
        return [Delivery.objects.get(uid=delivery.uid).state for delivery in self.out]

    def state(self, delivery: Delivery) -> str:
        return Delivery.objects.get(uid=delivery.uid).state


@pytest.fixture
def week(brewery: House, tmp_path: Path) -> Week:
    """Posts that are scheduled, a backup, and then they go out, one is deleted, and one is taken back. The network keeps no
    idempotency keys: what is sent twice stands there twice."""
    ann, ben, account = brewery.actor("Ann"), brewery.actor("Ben"), brewery.account
    *out, deleted, recalled = [brewery.approved(ann, ben, f"Bericht {number}", account) for number in range(OUT + 2)]
    due_at = now() + timedelta(seconds=25)
    post = brewery.write(ann, "Zondag is het open dag.", account, release_at=due_at)
    submitting.submit(ann, post, at=now())
    brewery.sign(ben, post)
    brewery.network.control(idempotency=False)
    backup = Backup(brewery, tmp_path / "backup")
    releasing.recall(ann, recalled.post, at=now())
    work()
    releasing.withdraw(ann, Delivery.objects.get(uid=deleted.uid), at=now())
    week = Week(brewery, backup, out, deleted, recalled, Delivery.objects.get(post=post), due_at)
    assert week.states() == ["published"] * OUT
    assert week.arrived() == OUT + 1
    return week


def goes_out_in_time(week: Week) -> None:
    """What was due later goes out when it is due, once."""
    work_until(lambda: week.state(week.later) != "due")
    assert now() >= week.due_at
    assert (week.state(week.later), week.arrived(week.later)) == ("published", 1)


def everything_is_found_and_nothing_is_posted_again(week: Week) -> None:
    was = {delivery.uid: Delivery.objects.get(uid=delivery.uid).state for delivery in week.out}
    assert set(was.values()) == {"due"}  # the database knows nothing of it any more
    work()
    assert week.states() == ["published"] * OUT
    assert len({Delivery.objects.get(uid=delivery.uid).remote_id for delivery in week.out}) == OUT
    assert week.arrived() == OUT + 1


def what_is_not_there_is_held(week: Week) -> None:
    """What was deleted, and what was taken back, is not let out by a program."""
    for delivery in (week.deleted, week.recalled):
        row = Delivery.objects.get(uid=delivery.uid)
        assert (row.state, "A backup was put back" in row.why) == ("held", True)


# --- database and journal ----------------------------------------------------------------------------------------------


def lose_mark(week: Week) -> None:
    """The whole machine was lost: the keys come from paper, and nobody wrote the mark down."""
    week.house.broker.mark.unlink()


def keep_mark(_week: Week) -> None:
    """The folder of keys was left as it was."""


@pytest.mark.parametrize("lose", [keep_mark, lose_mark])
def test_a_journal_that_went_back_is_noticed_and_nothing_is_posted_again(week: Week, lose: Callable[[Week], None]) -> None:
    week.backup.put_back(database=True, journal=True)
    lose(week)
    week.house.broker.start()
    everything_is_found_and_nothing_is_posted_again(week)
    what_is_not_there_is_held(week)
    goes_out_in_time(week)


@pytest.mark.attack
def test_put_back_with_the_mark_the_command_makes_it_read_back(week: Week) -> None:
    week.backup.put_back(database=True, journal=True, mark=True)
    done = week.house.broker.run("restored")
    assert (done.returncode, "is read back before it is sent" in done.stdout) == (0, True), done.stderr
    week.house.broker.start()
    everything_is_found_and_nothing_is_posted_again(week)
    what_is_not_there_is_held(week)
    goes_out_in_time(week)


@pytest.mark.attack
def test_told_that_nothing_was_deleted_what_is_not_there_goes_out(week: Week) -> None:
    week.backup.put_back(database=True, journal=True, mark=True)
    assert week.house.broker.run("restored", "--let-go").returncode == 0
    week.house.broker.start()
    work_until(lambda: week.arrived() == OUT + 3)  # the deleted one as well: so it was told
    assert week.states() == ["published"] * OUT
    assert (week.arrived(*week.out), week.arrived(week.recalled), week.arrived(week.deleted)) == (OUT, 1, 2)


@pytest.mark.attack
def test_where_reading_proves_nothing_a_person_is_asked_and_nothing_goes_out(week: Week) -> None:
    week.backup.put_back(database=True, journal=True)
    week.house.network.control(tells_as_of=False)
    week.house.broker.start()
    with pytest.raises(AssertionError, match="Not settled"):
        work(seconds=6)
    assert week.states() == ["published"] * OUT
    assert (week.state(week.recalled), week.arrived()) == ("unconfirmed", OUT + 1)


@pytest.mark.attack
def test_a_network_that_is_down_holds_everything_until_it_can_be_read(week: Week) -> None:
    week.backup.put_back(database=True, journal=True)
    week.house.network.kill()
    week.house.broker.start()
    with pytest.raises(AssertionError, match="Not settled"):
        work(seconds=4)
    week.house.network.start()
    everything = [*week.out, week.deleted, week.recalled]
    assert {week.state(delivery) for delivery in everything} <= {"unconfirmed", "due"}
    work(seconds=30)
    assert week.states() == ["published"] * OUT
    assert week.arrived() == OUT + 1


@pytest.mark.attack
def test_what_is_held_goes_out_when_a_person_lets_it(week: Week) -> None:
    week.backup.put_back(database=True, journal=True)
    week.house.broker.start()
    work()
    releasing.resume(week.house.actor("Ann"), Delivery.objects.get(uid=week.recalled.uid), at=now())
    work()
    assert (week.state(week.recalled), week.state(week.deleted), week.arrived()) == ("published", "held", OUT + 2)


@pytest.mark.attack
def test_what_may_be_out_is_not_taken_back_before_it_was_read(week: Week) -> None:
    week.backup.put_back(database=True, journal=True)
    week.house.broker.start()
    first = Delivery.objects.get(uid=week.out[0].uid)
    with pytest.raises(Exception, match="may be out already"):
        releasing.recall(week.house.actor("Ann"), first.post, at=now())
    work()
    held = Delivery.objects.get(uid=week.recalled.uid)
    releasing.recall(week.house.actor("Ann"), held.post, at=now())
    assert (week.state(first), week.state(held)) == ("published", "recalled")


def test_what_is_written_after_the_restore_goes_out_at_once(week: Week) -> None:
    week.backup.put_back(database=True, journal=True)
    week.house.broker.start()
    fresh = week.house.approved(week.house.actor("Ann"), week.house.actor("Ben"), "Nieuw bier.", week.house.account)
    releasing.release(releasing.DutyActor("release"), fresh, at=now())
    assert week.state(fresh) == "published"


# --- the database alone ------------------------------------------------------------------------------------------------


@pytest.mark.attack
def test_with_an_older_database_the_journal_knows_what_is_out_deleted_and_recalled(week: Week) -> None:
    week.backup.put_back(database=True)
    assert week.house.broker.run("restored", "--journal-kept").returncode == 0
    week.house.broker.start()
    everything_is_found_and_nothing_is_posted_again(week)
    assert week.state(week.deleted) == "deleted"
    assert Delivery.objects.get(uid=week.recalled.uid).why == "This was recalled."
    assert client.ask(messages.ReadGap()).noted_at == ""
    goes_out_in_time(week)


@pytest.mark.attack
def test_the_journal_is_only_believed_to_be_kept_where_the_mark_agrees(week: Week) -> None:
    week.backup.put_back(database=True, journal=True)
    done = week.house.broker.run("restored", "--journal-kept")
    assert "is read back before it is sent" in done.stdout


# --- the journal alone -------------------------------------------------------------------------------------------------


def _in_silence(house: House) -> Delivery:
    """Accepted by the network, which then said nothing; nobody has read it back yet."""
    house.network.control(silent_next=1)
    delivery = house.approved(house.actor("Ann"), house.actor("Ben"), "In stilte.", house.account)
    releasing.release(releasing.DutyActor("release"), delivery, at=now())
    assert Delivery.objects.get(uid=delivery.uid).state == "unconfirmed"
    return delivery


@pytest.mark.attack
@pytest.mark.parametrize("mark", [False, True], ids=["its mark left", "its mark as well"])
def test_with_an_older_journal_what_the_database_knows_is_learned_again(week: Week, mark: bool) -> None:
    silent = _in_silence(week.house)
    before = week.arrived()
    week.backup.put_back(journal=True, mark=mark)
    week.house.broker.start()
    work()
    assert (week.state(silent), week.arrived()) == ("published", before)
    releasing.withdraw(week.house.actor("Ann"), Delivery.objects.get(uid=week.out[0].uid), at=now())
    assert (week.state(week.out[0]), week.arrived()) == ("deleted", before)


# --- what is told about it ---------------------------------------------------------------------------------------------


def _said() -> str:
    return " ".join(finding.what for finding in doctor._broker())


def test_the_doctor_says_that_a_backup_was_put_back_and_when_everything_was_read(week: Week) -> None:
    assert "backup" not in _said()
    week.backup.put_back(database=True, journal=True)
    week.house.broker.start()
    assert f"{OUT + 2} deliveries may have gone out" in _said()
    work()
    assert "everything that may have gone out" in _said()


def test_the_command_lets_the_log_be_signed_again_and_says_so_in_it(week: Week) -> None:
    checkpointing.sign(now())
    week.backup.put_back(database=True, journal=True, mark=True)
    assert checkpointing.is_short()
    done = week.house.broker.run("restored")
    assert "The log lacks entries" in done.stdout
    assert Entry.objects.latest("number").event == "backup.restored"
    assert checkpointing.sign(now()).size == Entry.objects.count()


def test_the_command_is_for_a_stopped_broker_with_a_journal(brewery: House) -> None:
    assert brewery.broker.run("restored", "please").returncode == 2
    done = brewery.broker.run("restored")
    assert (done.returncode, "Another broker is running" in done.stderr) == (1, True)
    brewery.broker.end()
    brewery.broker.journal.unlink()
    assert "There is no journal" in brewery.broker.run("restored").stderr
