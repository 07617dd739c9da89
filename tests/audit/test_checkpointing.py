"""When the log is signed."""
from __future__ import annotations

import stat
from datetime import timedelta

import aics_tlog
import pytest

from countersign.audit import checkpoint as notes
from countersign.audit import checkpointing, jobs
from countersign.audit.models import Checkpoint, Entry
from countersign.audit.recording import recorded

pytestmark = pytest.mark.django_db


def note(actor, at, times=1):
    with recorded(actor, at=at) as record:
        for _time in range(times):
            record("post.drafted", "post:7")


def test_an_empty_log_needs_no_checkpoint(at):
    jobs.tick(at)
    assert not Checkpoint.objects.exists()


def test_the_first_entry_is_signed_at_the_next_tick(ann, at):
    note(ann, at)
    jobs.tick(at)
    assert Checkpoint.objects.get().size == 1


def test_nothing_is_signed_twice(ann, at):
    note(ann, at)
    jobs.tick(at)
    jobs.tick(at + timedelta(hours=1))
    assert Checkpoint.objects.count() == 1


@pytest.mark.parametrize(("seconds", "signed"), [(59, 1), (60, 2)])
def test_new_entries_wait_for_sixty_seconds(ann, at, seconds, signed):
    note(ann, at)
    jobs.tick(at)
    note(ann, at)
    jobs.tick(at + timedelta(seconds=seconds))
    assert Checkpoint.objects.count() == signed


@pytest.mark.parametrize(("entries", "signed"), [(255, 1), (256, 2)])
def test_many_entries_do_not_wait(ann, at, entries, signed):
    note(ann, at)
    jobs.tick(at)
    note(ann, at, times=entries)
    jobs.tick(at + timedelta(seconds=1))
    assert Checkpoint.objects.count() == signed


def test_a_checkpoint_holds_the_root_that_others_compute(ann, at):
    note(ann, at, times=77)
    row = checkpointing.sign(at)
    others = aics_tlog.MerkleTree(leaf.encode() for leaf in Entry.objects.order_by("number").values_list("leaf", flat=True))
    key = aics_tlog.parse_vkey(checkpointing.public_key())
    read = aics_tlog.verify_checkpoint(aics_tlog.parse_note(row.note), key, expected_origin=key.name)
    assert (read.ok, read.size, read.root) == (True, 77, others.root())


def test_what_is_not_committed_is_never_signed(ann, at):
    with pytest.raises(RuntimeError, match="inside a recorded change"), recorded(ann, at=at) as record:  # noqa: PT012 - the block is what is tested
        record("post.drafted", "post:7")
        checkpointing.sign(at)


def test_the_key_is_made_once_and_only_its_owner_can_read_it(settings):
    first, second = checkpointing.public_key(), checkpointing.public_key()
    mode = stat.S_IMODE((settings.KEYS / "log.key").stat().st_mode)
    assert first == second
    assert mode == 0o400


def test_the_log_keeps_its_name_when_the_host_gets_another(settings):
    before = checkpointing.public_key()
    settings.RP_ID = "elsewhere.example"
    assert checkpointing.public_key() == before


def test_a_spoiled_key_is_a_fault_and_not_replaced(settings):
    settings.KEYS.mkdir()
    (settings.KEYS / "log.key").write_text("PRIVATE+KEY+nonsense")
    with pytest.raises(ValueError, match="does not hold such a key"):
        checkpointing.public_key()


def test_the_key_is_nowhere_in_a_checkpoint(ann, at):
    note(ann, at)
    row, key = checkpointing.sign(at), checkpointing.signing_key()
    _word, _key, _name, _id, secret = key.write().strip().split("+", 4)  # what is base64 may hold a plus sign itself
    assert len(secret) == 44
    assert secret not in row.note
    assert notes.require_signed(row.note, key.public).size == 1
