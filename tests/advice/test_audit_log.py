"""What the audit log promises to every line of the advice: whatever happens is written down, and no change goes unnoticed.

A9 and A2 lean on it most: who signed what, and who may do what, is shown by the log and by nothing else.
"""
from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import aics_tlog
import pytest

from countersign.audit import checkpointing, exporting, verifying
from countersign.audit.models import Entry
from countersign.audit.recording import recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Invalid, Refused

pytestmark = pytest.mark.django_db

ANN = PersonActor("00000000-0000-4000-8000-0000000000a1", "Ann")
BEN = PersonActor("00000000-0000-4000-8000-0000000000b2", "Ben")
SAM = PersonActor("00000000-0000-4000-8000-0000000000c3", "Sam")
OLU = PersonActor("00000000-0000-4000-8000-0000000000d4", "Olu")
AT = datetime(2026, 11, 24, 13, 2, 3, tzinfo=UTC)


@pytest.fixture
def exported(settings, tmp_path):
    """Ann's post, Ben's countersignature and Olu's refusal, exported by Sam."""
    settings.KEYS, settings.DATA = tmp_path / "keys", tmp_path / "data"
    with recorded(ANN, at=AT) as record:
        record("post.submitted", "post:7", revision=3)
    with recorded(BEN, at=AT) as record:
        record("post.approved", "post:7", revision=3)
    with pytest.raises(Refused), recorded(OLU, at=AT, matter="post:7"):
        raise Refused("You may not countersign.")
    exporting.export_to(tmp_path / "log.txt", SAM, at=AT, ask_gate=lambda _actor: None)
    return tmp_path / "log.txt"


def leaves_of(path: Path) -> list[bytes]:
    head, _count, leaves = path.read_bytes().partition(b"events 4\n")
    assert head
    return leaves.splitlines()


def test_the_countersignature_the_refusal_and_the_export_itself_are_in_it(exported):
    events = list(Entry.objects.order_by("number").values_list("event", "actor"))
    assert events == [
        ("post.submitted", ANN.label), ("post.approved", BEN.label), ("act.refused", OLU.label), ("log.exported", SAM.label),
    ]  # fmt: skip


def test_it_can_be_verified_by_somebody_else_with_somebody_elses_program(exported):
    lines = exported.read_text().split("\n")
    key, note = aics_tlog.parse_vkey(lines[1]), aics_tlog.parse_note("\n".join(lines[3:8]) + "\n")
    read = aics_tlog.verify_checkpoint(note, key, expected_origin=key.name)
    assert (read.ok, read.root) == (True, aics_tlog.MerkleTree(leaves_of(exported)).root())


def test_moving_the_countersignature_to_another_person_is_noticed(exported):
    exported.write_bytes(exported.read_bytes().replace(BEN.label.encode(), ANN.label.encode()))
    with pytest.raises(Invalid, match="The log was changed"):
        verifying.verify(exported, checkpointing.public_key())


def test_hiding_the_refusal_is_noticed(exported):
    kept = [line for line in leaves_of(exported) if b"act.refused" not in line]
    head, _count, _leaves = exported.read_bytes().partition(b"events 4\n")
    exported.write_bytes(head + b"events 3\n" + b"".join(line + b"\n" for line in kept))
    with pytest.raises(Invalid):
        verifying.verify(exported, checkpointing.public_key())
