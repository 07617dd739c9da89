"""Checkpoints, against an implementation that others wrote (`aics-tlog`)."""
from __future__ import annotations

import base64

import aics_tlog
import pytest

from countersign.audit import checkpoint as notes
from countersign.base.errors import Invalid

KEY = notes.SigningKey.fresh("countersign.example/audit")
STATED = notes.Checkpoint(KEY.name, 77, bytes(range(32)))
NOTE = notes.sign(STATED, KEY)


def test_others_read_and_verify_our_checkpoint():
    note, key = aics_tlog.parse_note(NOTE), aics_tlog.parse_vkey(str(KEY.public))
    read = aics_tlog.verify_checkpoint(note, key, expected_origin=KEY.name)
    assert read.ok
    assert (read.origin, read.size, read.root) == (STATED.origin, STATED.size, STATED.root)


def test_we_read_and_verify_the_checkpoint_of_others():
    stated = aics_tlog.Checkpoint(KEY.name, 77, bytes(range(32)))
    theirs = aics_tlog.sign_checkpoint(stated, KEY.private, KEY.name).serialise()
    assert notes.require_signed(theirs, KEY.public) == STATED
    assert theirs == NOTE


def test_a_key_reads_as_it_was_written():
    assert notes.PublicKey.parse(str(KEY.public)) == KEY.public
    assert notes.SigningKey.parse(KEY.write()).public == KEY.public


def test_a_signing_key_does_not_show_itself():
    assert repr(KEY) == str(KEY) == "SigningKey(countersign.example/audit)"


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak"])
def test_a_log_has_a_name_that_fits_a_note(name):
    with pytest.raises(ValueError, match="cannot name a log"):
        notes.SigningKey.fresh(name)


@pytest.mark.parametrize("text", ["", "a", "a+b", "a+00000000+AQ==", "+" + str(KEY.public).partition("+")[2]], ids=range(5))
def test_what_is_no_key_is_refused(text):
    with pytest.raises(Invalid):
        notes.PublicKey.parse(text)


def test_every_changed_character_of_a_public_key_is_refused():
    text = str(KEY.public)
    for at in range(len(text)):
        with pytest.raises(Invalid):
            notes.PublicKey.parse(text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :])


def test_every_changed_byte_of_a_checkpoint_is_refused():
    raw = NOTE.encode()
    for at in range(len(raw)):
        for bit in range(8):
            changed = raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :]
            with pytest.raises((Invalid, UnicodeDecodeError)):
                notes.require_signed(changed.decode(), KEY.public)


def test_the_signature_of_another_key_of_the_same_name_is_refused():
    other = notes.SigningKey.fresh(KEY.name)
    with pytest.raises(Invalid, match="does not carry the signature"):
        notes.require_signed(notes.sign(STATED, other), KEY.public)


def test_a_checkpoint_of_another_log_is_refused():
    foreign = notes.sign(notes.Checkpoint("elsewhere.example", 77, bytes(32)), KEY)
    with pytest.raises(Invalid, match="belongs to the log"):
        notes.require_signed(foreign, KEY.public)


def test_the_line_of_a_witness_is_passed_over_only_where_one_is_expected():
    cosigned = f"{NOTE}— witness.example {base64.b64encode(bytes(76)).decode()}\n"
    assert notes.require_signed(cosigned, KEY.public, is_cosigned=True) == STATED
    with pytest.raises(Invalid):
        notes.require_signed(cosigned, KEY.public)
