"""Any change to an exported log is noticed."""
from __future__ import annotations

import io
import itertools
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import aics_tlog
import pytest
from django.conf import settings as configured

from countersign.audit import checkpoint as notes
from countersign.audit import checkpointing, erasing, exporting, leaf, tree, verifying
from countersign.audit.models import Checkpoint, Entry, Frontier
from countersign.audit.recording import recorded
from countersign.base.errors import Conflict, CountersignError, Invalid, Refused

pytestmark = pytest.mark.django_db


def welcome(_actor):
    """The gate of somebody who may."""


def write_history(ann, ben, at):
    """Six entries under two checkpoints, two of them with personal data, one of these erased."""
    with recorded(ann, at=at) as record:
        record("person.invited", "person:mia", personal={"name": "Mia"})
        record("post.drafted", "post:7", account="linde", words=12)
    checkpointing.sign(at)
    with recorded(ben, at=at) as record:
        record("person.sign_in_failed", "visitor", personal={"address": "192.0.2.7"})
        record("post.approved", "post:7", account="linde")
    with recorded(ben, at=at) as record:
        erasing.erase(record, [1], matter="person:mia")


@pytest.fixture
def export(ann, ben, sam, at, tmp_path):
    write_history(ann, ben, at)
    path = tmp_path / "log.txt"
    exporting.export_to(path, sam, at=at, ask_gate=welcome, spacing=1)
    return path


def accepted(raw: bytes, **given) -> bool:
    """Whether these bytes pass for a whole log. Anything but a named refusal is an error."""
    try:
        verifying.verify_file(io.BytesIO(raw), **given)
    except Invalid:
        return False
    return True


def rewrite(at) -> None:
    """What somebody can do who owns the machine, with the log's key: write another history and sign it."""
    (Path(configured.DATA) / "log.head").unlink(missing_ok=True)
    change_history()
    checkpointing.sign(at)


def change_history() -> None:
    """What somebody can do who owns the database: write another history, with a tree that fits it."""
    Checkpoint.objects.all().delete()
    edge = tree.CompactRange()
    for entry in Entry.objects.order_by("number"):
        entry.leaf = entry.leaf.replace("post.approved", "post.rejected")
        entry.leaf_hash = tree.leaf_hash(entry.leaf.encode())
        entry.save()
        edge.extend([entry.leaf_hash])
    Frontier.objects.update(size=edge.size, peaks=edge.pack())


def test_a_whole_log_is_found_whole(export):
    report = verifying.verify(export, checkpointing.public_key())
    assert (report.events, report.checkpoints, report.personal, report.erased) == (6, 2, 1, 1)
    assert (report.first_at, report.last_at) == ("2026-11-24T13:02:03.000000Z", "2026-11-24T13:02:03.000000Z")


def test_others_find_the_same_root_and_accept_its_checkpoints(export):
    lines = export.read_text().split("\n")
    leaves = [line.encode() for line in lines[lines.index("events 6") + 1 : -1]]
    key, others = aics_tlog.parse_vkey(lines[1]), aics_tlog.MerkleTree(leaves)
    for start in (3, 8):
        note = aics_tlog.parse_note("\n".join(lines[start : start + 5]) + "\n")
        read = aics_tlog.verify_checkpoint(note, key, expected_origin=key.name)
        assert (read.ok, read.root) == (True, others.root(read.size))
    assert others.root() == verifying.verify(export).root


def test_every_changed_bit_is_noticed(export):
    raw = export.read_bytes()
    passed = [
        (at, bit)
        for at, bit in itertools.product(range(len(raw)), range(8))
        if accepted(raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :])
    ]
    assert len(raw) > 1500
    assert passed == []


@pytest.mark.attack
def test_every_other_value_of_every_byte_is_noticed(export):
    raw = export.read_bytes()
    for at, value in itertools.product(range(len(raw)), range(256)):
        if value != raw[at]:
            assert not accepted(raw[:at] + bytes([value]) + raw[at + 1 :])


def test_every_byte_taken_out_is_noticed(export):
    raw = export.read_bytes()
    assert [at for at in range(len(raw)) if accepted(raw[:at] + raw[at + 1 :])] == []


@pytest.mark.parametrize("value", [b" ", b"\n", b"0", b"\0", b"a"])
def test_every_byte_put_in_is_noticed(export, value):
    raw = export.read_bytes()
    assert [at for at in range(len(raw) + 1) if accepted(raw[:at] + value + raw[at:])] == []


def test_every_truncation_is_noticed(export):
    raw = export.read_bytes()
    assert [end for end in range(len(raw)) if accepted(raw[:end])] == []


def test_every_line_taken_out_or_doubled_is_noticed(export):
    lines = export.read_bytes().splitlines(keepends=True)
    for at in range(len(lines)):
        assert not accepted(b"".join(lines[:at] + lines[at + 1 :]))
        assert not accepted(b"".join(lines[:at] + lines[at : at + 1] + lines[at:]))


def test_every_swap_of_two_lines_is_noticed(export):
    lines = export.read_bytes().splitlines(keepends=True)
    for one, two in itertools.combinations(range(len(lines)), 2):
        swapped = [*lines]
        swapped[one], swapped[two] = lines[two], lines[one]
        assert not accepted(b"".join(swapped)) or swapped == lines


def test_an_event_taken_out_with_its_count_corrected_is_noticed(export):
    head, _count, leaves = export.read_bytes().partition(b"events 6\n")
    lines = leaves.splitlines(keepends=True)
    for at in range(6):
        assert not accepted(head + b"events 5\n" + b"".join(lines[:at] + lines[at + 1 :]))


def test_personal_data_taken_out_with_its_count_corrected_are_noticed(export):
    lines = export.read_bytes().splitlines(keepends=True)
    at = lines.index(b"personal 1\n")
    with pytest.raises(Invalid, match="event 3 is missing"):
        verifying.verify_file(io.BytesIO(b"".join([*lines[:at], b"personal 0\n", *lines[at + 2 :]])))


def test_personal_data_put_in_where_none_were_recorded_are_noticed(export):
    raw = export.read_bytes()
    forged = b"4 00000000000000000000000000000000 {}\n"
    raw = raw.replace(b"personal 1\n", b"personal 2\n").replace(b"events 6\n", forged + b"events 6\n")
    with pytest.raises(Invalid, match="event 4 is not what was recorded"):
        verifying.verify_file(io.BytesIO(raw))


def test_what_was_changed_is_said_between_which_checkpoints(export):
    with pytest.raises(Invalid, match="between event 3 and event 6"):
        verifying.verify_file(io.BytesIO(export.read_bytes().replace(b"post.approved", b"post.rejected")))


def test_erased_personal_data_leave_the_log_whole(export):
    assert verifying.verify(export).erased == 1
    assert b'"Mia' not in export.read_bytes()


def test_the_log_goes_on_from_a_checkpoint_that_was_kept(export):
    kept = Checkpoint.objects.get(size=2).note
    assert verifying.verify(export, known=[kept]).known == 1


def test_a_rewrite_with_the_logs_own_key_is_noticed_by_whoever_kept_a_checkpoint(export, sam, at, tmp_path):
    kept = Checkpoint.objects.get(size=6).note
    rewrite(at)
    forged = tmp_path / "forged.txt"
    exporting.export_to(forged, sam, at=at, ask_gate=welcome, spacing=1)
    verifying.verify(forged, checkpointing.public_key())
    with pytest.raises(Invalid, match="The log was rewritten: its first 6 events"):
        verifying.verify(forged, checkpointing.public_key(), known=[kept])


def test_whoever_owns_the_database_alone_cannot_get_another_history_signed(export, sam, at, tmp_path):
    change_history()
    exporting.export_to(tmp_path / "forged.txt", sam, at=at, ask_gate=welcome, spacing=1)
    with pytest.raises(Invalid, match="The log was changed"):
        verifying.verify(tmp_path / "forged.txt")


def test_whoever_cuts_the_end_off_the_database_cannot_get_the_rest_signed(export, ann, sam, at, tmp_path):
    Entry.objects.filter(number__gt=2).delete()
    Checkpoint.objects.filter(size__gt=2).delete()
    edge = tree.CompactRange()
    edge.extend(tree.leaf_hash(entry.leaf.encode()) for entry in Entry.objects.order_by("number"))
    Frontier.objects.update(size=2, peaks=edge.pack())
    for _time in range(5):
        with recorded(ann, at=at) as record:
            record("post.edited", "post:7")
    exporting.export_to(tmp_path / "forged.txt", sam, at=at, ask_gate=welcome, spacing=1)
    with pytest.raises(Invalid, match="The log was changed"):
        verifying.verify(tmp_path / "forged.txt")


def test_a_log_shorter_than_what_was_signed_is_not_signed(export, at):
    Entry.objects.filter(number__gt=2).delete()
    with pytest.raises(Conflict, match="ends with event 2, but event 6 was signed already"):
        checkpointing.sign(at)


def test_an_entry_taken_out_before_it_was_signed_stops_the_signing(export, ann, at):
    for _time in range(3):
        with recorded(ann, at=at) as record:
            record("post.edited", "post:7")
    Entry.objects.filter(number=8).delete()
    with pytest.raises(Conflict, match="Event 8 is missing"):
        checkpointing.sign(at)


def test_a_new_key_after_the_old_one_was_lost_signs_the_log_as_it_is(export, sam, at, settings, tmp_path):
    settings.KEYS = tmp_path / "other keys"
    exporting.export_to(tmp_path / "again.txt", sam, at=at, ask_gate=welcome, spacing=1)
    assert verifying.verify(tmp_path / "again.txt").checkpoints == 1


def test_a_log_signed_with_another_key_is_noticed_by_whoever_kept_the_key(export, sam, at, settings, tmp_path):
    kept_key, kept = checkpointing.public_key(), Checkpoint.objects.get(size=2).note
    settings.KEYS = tmp_path / "other keys"
    rewrite(at)
    forged = tmp_path / "forged.txt"
    exporting.export_to(forged, sam, at=at, ask_gate=welcome, spacing=1)
    verifying.verify(forged)
    with pytest.raises(Invalid, match="another key"):
        verifying.verify(forged, kept_key)
    with pytest.raises(Invalid, match="does not carry the signature"):
        verifying.verify(forged, known=[kept])


def test_an_export_older_than_a_checkpoint_that_was_kept_is_noticed(export, ann, at):
    with recorded(ann, at=at) as record:
        record("post.drafted", "post:8")
    newer = checkpointing.sign(at).note
    with pytest.raises(Invalid, match="ends with event 6; a checkpoint you kept is of event 7"):
        verifying.verify(export, known=[newer])


def test_a_leaf_changed_in_the_database_is_noticed(export, sam, at, tmp_path):
    entry = Entry.objects.get(number=4)
    Entry.objects.filter(number=4).update(leaf=entry.leaf.replace("approved", "rejected"))
    exporting.export_to(tmp_path / "again.txt", sam, at=at, ask_gate=welcome, spacing=1)
    with pytest.raises(Invalid, match="between event 3 and event 6"):
        verifying.verify(tmp_path / "again.txt")


def test_a_row_deleted_from_the_database_is_noticed(export, sam, at, tmp_path):
    Entry.objects.filter(number=4).delete()
    exporting.export_to(tmp_path / "again.txt", sam, at=at, ask_gate=welcome, spacing=1)
    with pytest.raises(Invalid):
        verifying.verify(tmp_path / "again.txt")


def test_an_entry_changed_before_it_was_signed_stops_the_signing(export, ann, at):
    with recorded(ann, at=at) as record:
        record("post.edited", "post:7")
    Entry.objects.filter(number=7).update(leaf="{}")
    with pytest.raises(Conflict, match="Event 7 is not what was recorded"):
        checkpointing.sign(at)


def test_personal_data_erased_by_sql_are_noticed(ann, ben, sam, at, tmp_path):
    write_history(ann, ben, at)
    Entry.objects.filter(number=3).update(personal=None, salt=None)
    exporting.export_to(tmp_path / "log.txt", sam, at=at, ask_gate=welcome, spacing=1)
    with pytest.raises(Invalid, match="event 3 is missing, and no event says that it was erased"):
        verifying.verify(tmp_path / "log.txt")


def test_a_signed_log_of_another_format_is_refused_and_does_not_crash():
    key = notes.SigningKey.fresh("countersign.example/audit")
    for content in (b"[]", b"7", b"{}", b"not json", b'{"at":"x","event":"personal.erased","details":[]}', b"[" * 100_000):
        stated = notes.Checkpoint(key.name, 1, tree.root([tree.leaf_hash(content)]))
        head = f"{verifying.HEADER}\n{key.public}\ncheckpoints 1\n{notes.sign(stated, key)}personal 0\nevents 1\n"
        with pytest.raises(Invalid):
            verifying.verify_file(io.BytesIO(head.encode() + content + b"\n"))


def test_noise_is_refused_and_does_not_crash():
    noise = random.Random(7)
    for _time in range(300):
        assert not accepted(noise.randbytes(noise.randrange(400)))
        assert not accepted(f"{verifying.HEADER}\n".encode() + noise.randbytes(noise.randrange(400)))


def test_an_export_is_recorded_and_holds_its_own_record(export, sam):
    entry = Entry.objects.get(number=6)
    assert (entry.event, entry.actor) == ("log.exported", sam.label)
    assert entry.leaf in export.read_text()


def test_a_stranger_cannot_export_and_that_is_recorded(olu, at, tmp_path):
    def turn_away(_actor):
        raise Refused("You may not read the log.")

    with pytest.raises(Refused):
        exporting.export_to(tmp_path / "log.txt", olu, at=at, ask_gate=turn_away)
    entry = Entry.objects.get()
    assert (entry.event, entry.actor, entry.matter) == ("act.refused", olu.label, "log")
    assert not list(tmp_path.glob("log*"))


def test_an_export_overwrites_nothing(export, sam, at):
    before = export.read_bytes()
    with pytest.raises(Invalid, match="already a file"):
        exporting.export_to(export, sam, at=at, ask_gate=welcome, spacing=1)
    assert export.read_bytes() == before


def test_only_its_owner_can_read_an_export(export):
    assert export.stat().st_mode & 0o777 == 0o600


def test_a_long_log_with_many_checkpoints_is_whole(ann, sam, at, tmp_path):
    for hour in range(40):
        with recorded(ann, at=at + timedelta(hours=hour)) as record:
            for number in range(hour):
                record("post.drafted", f"post:{number}", personal={"n": str(number)} if number % 3 else None)
            record("post.edited", "post:1")
        checkpointing.tick(at + timedelta(hours=hour))
    exporting.export_to(tmp_path / "log.txt", sam, at=at, ask_gate=welcome, spacing=1)
    report = verifying.verify(tmp_path / "log.txt")
    assert (report.events, report.checkpoints) == (821, 41)


def test_an_export_carries_few_of_many_checkpoints_but_always_the_last(export, ann, sam, at, tmp_path):
    for _time in range(20):
        with recorded(ann, at=at) as record:
            record("post.edited", "post:1")
        checkpointing.sign(at)
    exporting.export_to(tmp_path / "again.txt", sam, at=at, ask_gate=welcome, spacing=10)
    assert verifying.verify(tmp_path / "again.txt").checkpoints == 3
    exporting.export_to(tmp_path / "default.txt", sam, at=at, ask_gate=welcome)
    assert verifying.verify(tmp_path / "default.txt").checkpoints == 1


def test_erasing_finds_what_is_about_a_person_and_notes_it(ann, ben, at):
    with recorded(ann, at=at) as record:
        record("person.invited", ben, personal={"name": "Ben"})
        record("person.invited", "person:mia", personal={"name": "Mia"})
        record("person.locked", ben)
    with recorded(ann, at=at) as record:
        assert erasing.erase(record, erasing.about(ben.label), matter=ben) == 1
    assert list(Entry.objects.filter(personal__isnull=False).values_list("number", flat=True)) == [2]
    assert erasing.about(ben.label) == []


def test_a_salt_of_another_length_is_a_fault():
    with pytest.raises(ValueError, match="16 bytes"):
        leaf.commitment(b"short", b"{}")


def test_the_command_says_that_a_log_is_whole(export, tmp_path, capsys):
    (tmp_path / "kept.txt").write_text(Checkpoint.objects.get(size=2).note)
    argv = [str(export), "--key", checkpointing.public_key(), "--known", str(tmp_path / "kept.txt")]
    assert verifying.verify_main(argv) == 0
    assert "The log is whole: 6 events" in capsys.readouterr().out


def test_the_command_says_what_is_wrong(export, capsys):
    export.write_bytes(export.read_bytes().replace(b"post.approved", b"post.rejected"))
    assert verifying.verify_main([str(export)]) == 1
    assert "between event 3 and event 6" in capsys.readouterr().err


def test_the_command_says_when_there_is_no_file(tmp_path, capsys):
    assert verifying.verify_main([str(tmp_path / "nothing")]) == 2
    assert "could not be read" in capsys.readouterr().err


def test_verifying_needs_neither_django_nor_the_product(export):
    program = (
        "import sys; sys.modules['django'] = None; from countersign.audit import verifying; "
        "sys.exit(verifying.verify_main(sys.argv[1:]))"
    )
    source = Path(configured.ROOT) / "src"
    done = subprocess.run(
        [sys.executable, "-c", program, str(export)], env={"PYTHONPATH": str(source)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "6 events" in done.stdout


def test_every_refusal_says_what_to_do(export):
    raw = export.read_bytes()
    for at in range(0, len(raw), 7):
        with pytest.raises(CountersignError) as caught:
            verifying.verify_file(io.BytesIO(raw[:at] + b"\x01" + raw[at + 1 :]))
        assert caught.value.what
        assert caught.value.remedy
