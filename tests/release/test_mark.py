"""The mark beside the keys shows that the journal went back, and nothing else makes it say so."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from countersign.content.posts.protocol import Claim
from countersign.processes.broker.delivery_book import DeliveryBook
from countersign.processes.broker.journal import Journal
from countersign.processes.broker.mark import Mark
from countersign.processes.broker.restoring import Gap, Told, begin_life, gaps, tell

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Folder:
    """A journal and its mark, between two lives of a broker."""

    def __init__(self, folder: Path) -> None:
        self.journal, self.mark = folder / "journal", folder / "keys" / "journal.mark"

    def live(self, at: datetime, *sent: datetime) -> Gap | None:
        """A life of a broker: it begins at a moment, claims something at each of these, and is killed."""
        with Journal(self.journal) as journal:
            mark = Mark(self.mark)
            gap = begin_life(journal, mark, at=at)
            book = DeliveryBook(journal, opened_at=at, mark=mark)
            for number, moment in enumerate(sent):
                book.claim(f"{at}-{number}", Claim(1, moment, moment + HOUR, 0), at=moment)
                book.mark(at=moment)
            mark.close()
            return gap

    def copy(self) -> bytes:
        return self.journal.read_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_first_start_and_every_start_after_a_kill_show_no_gap(folder: Folder) -> None:
    assert folder.live(AT, AT) is None
    assert folder.live(AT + DAY) is None
    assert folder.live(AT + 2 * DAY, AT + 2 * DAY, AT + 2 * DAY) is None
    assert folder.live(AT + 3 * DAY) is None


def test_a_line_that_was_written_just_before_the_kill_and_is_not_in_the_mark_is_no_gap(folder: Folder) -> None:
    folder.live(AT, AT)
    with Journal(folder.journal) as journal:
        journal.append("attempt", {"delivery": "d", "at": AT.isoformat(), "step": "claimed", "fence": 1, "lease_until": ""})
    assert folder.live(AT + DAY) is None


def test_a_journal_that_went_back_within_a_life_shows_a_gap_up_to_the_mark(folder: Folder) -> None:
    folder.live(AT, AT)
    copy = folder.copy()
    folder.journal.write_bytes(copy)
    folder.live(AT + HOUR, AT + HOUR, AT + 2 * HOUR)
    whole = folder.copy().splitlines(keepends=True)
    folder.journal.write_bytes(b"".join(whole[:-1]))
    gap = folder.live(AT + DAY)
    assert gap is not None
    assert (gap.since, gap.at) == (AT + HOUR, AT + DAY)
    assert AT + 2 * HOUR <= gap.until < AT + 3 * HOUR


def test_a_journal_that_went_back_over_lives_shows_a_gap(folder: Folder) -> None:
    folder.live(AT, AT)
    copy = folder.copy()
    folder.live(AT + HOUR, AT + HOUR)
    folder.live(AT + 2 * HOUR)
    folder.journal.write_bytes(copy)
    gap = folder.live(AT + DAY)
    assert gap is not None
    assert gap.since == AT
    assert AT + 2 * HOUR <= gap.until < AT + 3 * HOUR


@pytest.mark.parametrize("said", [None, b"", b"nonsense", b"\xff" * 80], ids=["lost", "empty", "nonsense", "bytes"])
def test_without_a_mark_that_can_be_read_everything_up_to_now_is_a_gap(folder: Folder, said: bytes | None) -> None:
    folder.live(AT, AT)
    folder.mark.unlink()
    if said is not None:
        folder.mark.write_bytes(said)
    gap = folder.live(AT + DAY)
    assert gap is not None
    assert (gap.since, gap.until) == (AT, AT + DAY)


def test_a_mark_of_an_earlier_life_that_came_back_with_the_keys_is_not_believed(folder: Folder) -> None:
    folder.live(AT, AT)
    old = folder.mark.read_bytes()
    folder.live(AT + HOUR, AT + HOUR)
    folder.mark.write_bytes(old)
    gap = folder.live(AT + DAY)
    assert gap is not None
    assert gap.until == AT + DAY


def test_a_gap_is_never_forgotten_and_noted_once(folder: Folder) -> None:
    folder.live(AT, AT)
    folder.mark.unlink()
    gap = folder.live(AT + DAY)
    assert folder.live(AT + 2 * DAY) is None
    with Journal(folder.journal) as journal:
        assert gaps(journal) == [gap]


def test_whoever_put_it_back_may_say_since_when_and_it_only_grows_the_gap(folder: Folder) -> None:
    folder.live(AT, AT)
    early = tell(folder.journal.parent, folder.mark, Told(since=AT - DAY), at=AT + DAY)
    late = tell(folder.journal.parent, folder.mark, Told(since=AT + HOUR, lets_go=True), at=AT + 2 * DAY)
    assert early is not None
    assert late is not None
    assert (early.since, early.lets_go, late.since, late.lets_go) == (AT - DAY, False, AT, True)
    assert folder.live(AT + 3 * DAY) is None


def test_a_journal_said_to_be_kept_has_a_gap_only_where_the_mark_shows_one(folder: Folder) -> None:
    folder.live(AT, AT)
    copy = folder.copy()
    assert tell(folder.journal.parent, folder.mark, Told(is_kept=True), at=AT + DAY) is None
    folder.journal.write_bytes(copy)
    assert tell(folder.journal.parent, folder.mark, Told(is_kept=True), at=AT + DAY) is not None


def test_the_mark_knows_of_a_claim_before_anything_is_sent(folder: Folder) -> None:
    folder.live(AT, AT)
    noted = Mark(folder.mark).read()
    with Journal(folder.journal) as journal:
        assert noted is not None
        assert noted.number == journal.head.number
