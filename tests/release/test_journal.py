"""The broker's file keeps what it acknowledged, and notices what was done to it."""
from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from countersign.base.errors import Conflict, Refused, Unreachable
from countersign.base.values import canonical
from countersign.processes.broker.journal import START, Head, Journal, Line

APPENDING = Path(__file__).with_name("appending.py")
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def command(deed: str, path: Path) -> list[str]:
    return [sys.executable, str(APPENDING), deed, str(path)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def written(path: Path, count: int = 5) -> bytes:
    with Journal(path) as journal:
        for number in range(count):
            journal.append("nonce", {"nonce": f"n{number}", "by": "Bén", "times": [number, None, True]})
    return path.read_bytes()


def test_what_was_appended_is_there_when_it_is_opened_again(path: Path) -> None:
    with Journal(path) as journal:
        journal.append("nonce", {"nonce": "a"})
        journal.append("secret", {"account": "delinde", "version": 1})
        head = journal.head
    with Journal(path) as again:
        assert (again.head, again.lines_at_opening) == (head, 2)
        assert again.lines("nonce") == (Line(1, "nonce", {"nonce": "a"}),)
        assert again.lines("roster") == ()


def test_lines_are_found_by_a_part_of_what_they_say_before_and_after_more_are_appended(path: Path) -> None:
    with Journal(path) as journal:
        for version in (1, 2):
            journal.append("secret", {"account": "delinde", "version": version})
        assert [line.number for line in journal.lines_where("secret", "account", "delinde")] == [1, 2]
        journal.append("secret", {"account": "delinde", "version": 3})
        assert journal.lines_where("secret", "account", "delinde")[-1].body["version"] == 3
        assert journal.lines_where("secret", "account", "other") == ()


def test_what_was_appended_does_not_change_with_the_callers_own_copy(path: Path) -> None:
    body = {"origins": ["http://a"]}
    with Journal(path) as journal:
        journal.append("origin", body)
        body["origins"].append("http://b")
        assert journal.lines("origin")[0].body == {"origins": ["http://a"]}


def test_each_line_is_canonical_and_can_be_checked_without_us(path: Path) -> None:
    before = START
    for raw in written(path).splitlines():
        content = json.loads(raw)
        assert raw == canonical(content)
        sha256 = content.pop("sha256")
        assert sha256 == hashlib.sha256(before.encode() + canonical(content)).hexdigest()
        before = sha256


def test_only_its_owner_may_read_the_file(path: Path) -> None:
    written(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_second_broker_does_not_start_and_is_told_why(path: Path) -> None:
    with Journal(path), pytest.raises(Conflict, match="Another broker is running"):
        Journal(path)
    with Journal(path) as after:
        assert after.head == Head(0, START)


def test_a_second_broker_in_another_process_does_not_start_either(path: Path) -> None:
    with Journal(path):
        done = subprocess.run(command("until_full", path), env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Another broker is running" in done.stderr


def test_a_link_in_the_place_of_the_file_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        Journal(path)


def test_every_change_of_one_byte_is_noticed_and_the_line_is_named(path: Path) -> None:
    good, tried = written(path), 0
    for place, byte in enumerate(good):
        number = good[:place].count(b"\n") + 1
        for other in {byte ^ 1, byte ^ 0x20, byte ^ 0x80, 0, ord("\n"), ord(" "), ord("}")} - {byte}:
            path.write_bytes(good[:place] + bytes([other]) + good[place + 1 :])
            with pytest.raises(Refused, match=f"at line {number}, so"):
                Journal(path)
            tried += 1
    assert tried > 5 * len(good)


@pytest.mark.parametrize("what", ["removed", "doubled", "swapped", "from another journal"])
def test_every_change_of_whole_lines_before_the_last_is_noticed(what: str, path: Path, tmp_path: Path) -> None:
    lines = written(path).splitlines(keepends=True)
    with Journal(tmp_path / "other") as other:
        other.append("nonce", {"nonce": "o"})
        other.append("nonce", {"nonce": "o"})
    foreign = (tmp_path / "other").read_bytes().splitlines(keepends=True)[1]
    changed = {
        "removed": [lines[0], *lines[2:]], "doubled": [lines[0], *lines], "swapped": [lines[1], lines[0], *lines[2:]],
        "from another journal": [lines[0], foreign, *lines[2:]],
    }[what]  # fmt: skip
    path.write_bytes(b"".join(changed))
    with pytest.raises(Refused, match="line"):
        Journal(path)


def test_a_line_with_a_right_digest_over_nonsense_is_damage(path: Path) -> None:
    said = b'{"body":{},"kind":"nonce","number":1'
    for nonsense in (said[1:], said.replace(b"1", b"2"), b"[1"):
        sha256 = hashlib.sha256(START.encode() + nonsense + b"}").hexdigest()
        path.write_bytes(nonsense + f',"sha256":"{sha256}"}}\n'.encode())
        with pytest.raises(Refused, match="line 1"):
            Journal(path)


def test_a_copy_taken_at_any_moment_holds_all_lines_that_were_whole_then(path: Path, tmp_path: Path) -> None:
    good, copy = written(path, 3), tmp_path / "copy"
    for length in range(len(good) + 1):
        copy.write_bytes(good[:length])
        whole = good[:length].count(b"\n") + (good[length : length + 1] == b"\n")
        with Journal(copy) as journal:
            assert journal.head.number == whole
            journal.append("nonce", {"nonce": "next"})
        with Journal(copy) as journal:
            assert journal.head.number == whole + 1


def test_a_copy_taken_while_it_is_written_opens(path: Path, tmp_path: Path) -> None:
    with subprocess.Popen(command("for_ever", path), env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for turn in range(15):
            acknowledged = int(process.stdout.readline())
            shutil.copyfile(path, tmp_path / "copy")
            with Journal(tmp_path / "copy") as journal:
                assert journal.head.number >= acknowledged, turn
        process.kill()


def test_killed_at_any_moment_it_holds_every_line_it_acknowledged(path: Path) -> None:
    chance, told = random.Random(4), 0  # a schedule to repeat, not a secret
    for _ in range(20):
        process = subprocess.Popen(command("for_ever", path), env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        assert int(process.stdout.readline()) >= told  # it runs
        time.sleep(chance.uniform(0, 0.15))
        process.send_signal(signal.SIGKILL)
        said, _nothing = process.communicate()
        told = max([told, *(int(line) for line in said.split("\n")[:-1])])
        with Journal(path) as journal:
            assert journal.head.number >= told
            assert [line.number for line in journal.lines("attempt")] == list(range(1, journal.head.number + 1))
    assert told > 20


def _full(done: subprocess.CompletedProcess[str]) -> tuple[list[str], int]:
    assert done.returncode == 0, done.stderr
    first, last = done.stdout.splitlines()
    return first.split("|"), int(last)


def test_when_the_disk_is_full_it_says_so_stays_as_it_was_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    script = 'mount -t tmpfs -o size=48k none "$0" && "$@" && cp "$0/journal" "$0.copy"'
    in_a_tiny_disk = ["unshare", "-rm", "sh", "-c", script, str(room), *command("until_full", room / "journal")]
    done = subprocess.run(in_a_tiny_disk, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    copy = tmp_path / "room.copy"
    if "mount" in done.stderr or "unshare" in done.stderr:
        print("No disk can be mounted here, so the size of files is limited instead.")
        copy = tmp_path / "journal"
        done = subprocess.run(command("limited", copy), env=ENVIRONMENT, capture_output=True, text=True, check=False)
    (said, same, unchanged, number), last = _full(done)
    assert (said, same, unchanged) == ("The disk is full, so the broker did nothing.", "True", "True")
    assert last == int(number) + 1
    with Journal(copy) as journal:
        assert journal.lines("attempt")[-1].body == {"delivery": "after"}


def test_at_the_limit_of_the_process_it_says_so_and_stays_as_it_was(path: Path) -> None:
    done = subprocess.run(command("limited", path), env=ENVIRONMENT, capture_output=True, text=True, check=False)
    (said, same, unchanged, number), last = _full(done)
    assert (said, same, unchanged, last) == ("The disk is full, so the broker did nothing.", "True", "True", int(number) + 1)


def test_threads_append_one_after_the_other(path: Path) -> None:
    with Journal(path) as journal:
        threads = [
            threading.Thread(target=lambda who=who: [journal.append("nonce", {"by": who}) for _ in range(25)])
            for who in ("Ann", "Ben", "Mia", "Kim")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with Journal(path) as journal:
        assert journal.head.number == 100
        assert len(journal.lines_where("nonce", "by", "Mia")) == 25


@dataclass
class Disk:
    """The disk, which can be told to take its time or to fail, and counts how often it was waited for."""

    waits: int = 0
    is_broken: bool = False
    gate: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)

    def fsync(self, file: int) -> None:
        self.waits += 1
        self.reached.set()
        assert self.gate.wait(30)
        if self.is_broken:
            raise OSError(errno.EIO, "the disk failed")
        os.fdatasync(file)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    disk = Disk()
    monkeypatch.setattr(os, "fsync", disk.fsync)
    yield disk
    disk.gate.set()


def _appending(journal: Journal, *bodies: dict[str, object]) -> tuple[list[threading.Thread], list[Line | Unreachable | None]]:
    """Threads that append at the same time, and what became of each line."""
    came: list[Line | Unreachable | None] = [None] * len(bodies)

    def append(place: int, body: dict[str, object]) -> None:
        try:
            came[place] = journal.append("nonce", body)
        except Unreachable as error:
            came[place] = error

    threads = [threading.Thread(target=append, args=each) for each in enumerate(bodies)]
    for thread in threads:
        thread.start()
    return threads, came


def _gathered(journal: Journal, count: int) -> None:
    """Wait until so many lines wait for the disk."""
    until = time.monotonic() + 30
    while len(journal._waiting) < count:
        assert time.monotonic() < until
        time.sleep(0.001)


def test_lines_that_gather_while_the_disk_is_busy_wait_for_it_once(path: Path, disk: Disk) -> None:
    disk.gate.set()
    with Journal(path) as journal:
        disk.waits = 0
        disk.gate.clear()
        disk.reached.clear()
        threads, came = _appending(journal, {"by": "Ann"})
        assert disk.reached.wait(30)
        others, theirs = _appending(journal, *({"by": "Ben", "turn": turn} for turn in range(20)))
        _gathered(journal, 21)
        disk.gate.set()
        for thread in [*threads, *others]:
            thread.join()
        assert disk.waits == 2
        assert all(isinstance(line, Line) for line in [*came, *theirs])
    with Journal(path) as journal:
        assert [line.number for line in journal.lines("nonce")] == list(range(1, 22))


def test_a_line_is_read_by_nobody_before_it_is_on_the_disk(path: Path, disk: Disk) -> None:
    disk.gate.set()
    with Journal(path) as journal:
        disk.gate.clear()
        disk.reached.clear()
        threads, came = _appending(journal, {"by": "Ann"})
        assert disk.reached.wait(30)
        assert (journal.lines("nonce"), journal.lines_where("nonce", "by", "Ann"), journal.head.number) == ((), (), 0)
        assert came == [None]
        disk.gate.set()
        threads[0].join()
        assert journal.lines_where("nonce", "by", "Ann") == (came[0],)


def test_when_the_disk_fails_every_line_that_waited_is_refused_and_none_is_kept(path: Path, disk: Disk) -> None:
    disk.gate.set()
    with Journal(path) as journal:
        journal.append("nonce", {"by": "Kim"})
        disk.gate.clear()
        disk.reached.clear()
        threads, came = _appending(journal, {"by": "Ann"})
        assert disk.reached.wait(30)
        others, theirs = _appending(journal, {"by": "Ben"}, {"by": "Mia"})
        _gathered(journal, 3)
        disk.is_broken = True
        disk.gate.set()
        for thread in [*threads, *others]:
            thread.join()
        assert all(isinstance(error, Unreachable) for error in [*came, *theirs])
        assert journal.head.number == 1
    disk.is_broken = False
    with Journal(path) as journal:
        assert journal.head.number == 1


def test_the_next_line_about_something_is_taken_once_however_many_ask_at_the_same_time(path: Path) -> None:
    taken: list[Line | None] = []

    def claim(who: int) -> None:
        taken.append(journal.append_next("attempt", {"delivery": "a", "by": who}, part="delivery", after=1))

    with Journal(path) as journal:
        journal.append("attempt", {"delivery": "a", "by": 0})
        journal.append("attempt", {"delivery": "b", "by": 0})
        threads = [threading.Thread(target=claim, args=(who,)) for who in range(1, 9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len([line for line in taken if line]) == 1
        assert len(journal.lines_where("attempt", "delivery", "a")) == 2


def test_the_next_line_is_refused_while_another_is_on_its_way_to_the_disk(path: Path, disk: Disk) -> None:
    disk.gate.set()
    with Journal(path) as journal:
        disk.gate.clear()
        disk.reached.clear()
        threads, _came = _appending(journal, {"by": "Ann"})
        assert disk.reached.wait(30)
        assert journal.append_next("nonce", {"by": "Ann"}, part="by", after=0) is None
        disk.gate.set()
        threads[0].join()


def test_a_closed_journal_takes_nothing_more(path: Path) -> None:
    journal = Journal(path)
    journal.close()
    journal.close()
    with pytest.raises(Unreachable, match="closed"):
        journal.append("nonce", {})
