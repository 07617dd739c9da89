"""The signature itself: made by dkimpy, and here by hand, with nothing of what checks it, in every shape that servers use."""
from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from countersign.inspection.mails.headers import head_of
from countersign.inspection.mails.reasons import Reason, Verdict
from countersign.inspection.mails.signatures import verify
from tests.inspection.letters import AT, FROM, Post, from_network, judged, key, letter, record

SUBJECT, TEXT = "Your password was changed", "The password of @delinde was changed just now.  \n\nhttps://x.com/settings\n\n\n"
FIELDS = ("from", "to", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding")


BY_DKIMPY = json.loads((Path(__file__).parent / "by_dkimpy.json").read_text())


def relaxed(name: str, value: str) -> bytes:
    return f"{name}:{re.sub(r'[ \t]+', ' ', value.replace('\r\n', '')).strip()}".encode()


def signed_by_hand(raw: bytes, *, canonical: str = "relaxed/relaxed", oversigned: bool = False) -> bytes:
    """RFC 6376, sections 3.4 and 3.7, with nothing of ours."""
    head, _space, body = raw.partition(b"\r\n\r\n")
    lines = [line.split(":", 1) for line in re.split(r"\r\n(?![ \t])", head.decode())]
    of_head, of_body = canonical.split("/")
    if of_body == "relaxed":
        body = re.sub(rb"[ \t]+(?=\r\n)", b"", re.sub(rb"[ \t]+", b" ", body))
    body = re.sub(rb"(\r\n)+\Z", b"", body) + b"\r\n"
    names = [*FIELDS, *(("from", "subject") if oversigned else ())]
    own = f" v=1; a=rsa-sha256; c={canonical}; d=x.com; s=hand; t={int(AT.timestamp())};\r\n\th={':'.join(names)};\r\n\tbh={base64.b64encode(hashlib.sha256(body).digest()).decode()};\r\n\tb="
    chosen = [line for name in FIELDS for line in lines if line[0].lower() == name]
    if of_head == "relaxed":
        data = b"\r\n".join(relaxed(name.lower(), value) for name, value in [*chosen, ["dkim-signature", own]])
    else:
        data = b"\r\n".join(f"{name}:{value}".encode() for name, value in [*chosen, ["DKIM-Signature", own]])
    signature = base64.b64encode(key().sign(data, padding.PKCS1v15(), hashes.SHA256())).decode()
    return f"DKIM-Signature:{own}{signature}\r\n".encode() + raw


@pytest.mark.parametrize("canonical", ["relaxed/relaxed", "relaxed/simple", "simple/simple", "simple/relaxed"])
@pytest.mark.parametrize("oversigned", [False, True])
def test_a_signature_that_another_library_made_holds(canonical: str, oversigned: bool) -> None:
    post = Post({"hand._domainkey.x.com": [record(key())]})
    raw = signed_by_hand(letter(SUBJECT, TEXT, sender=FROM["x"][0]), canonical=canonical, oversigned=oversigned)
    assert (judged(post, raw).reasons, judged(post, raw).signed_by) == ((Reason.SIGNED,), "x.com")
    assert judged(post, raw.replace(b"was changed", b"was chansed")).verdict == Verdict.FORGED


@pytest.mark.parametrize("made", BY_DKIMPY["mails"], ids=lambda made: made["form"])
def test_a_signature_that_dkimpy_made_holds_and_breaks_with_the_text(made: dict[str, str]) -> None:
    raw, lookup = base64.b64decode(made["mail"]), lambda _name: [BY_DKIMPY["record"]]
    told = [verify(mail, head_of(mail), accepted=lambda _domain: True, at=AT + timedelta(days=9), lookup=lookup) for mail in (raw, raw + b"more\r\n")]
    assert [(one.signed_by, one.failure) for one in told] == [("x.com", None), ("", Reason.SIGNATURE_BROKEN)]


def test_a_mail_whose_lines_end_otherwise_is_read_all_the_same() -> None:
    post = Post()
    assert judged(post, from_network(post, "x", SUBJECT, TEXT).replace(b"\r\n", b"\n")).verdict == Verdict.GENUINE


def test_a_mail_that_is_read_late_is_judged_as_of_when_it_arrived() -> None:
    post, then = Post(), AT - timedelta(days=20)
    raw = post.sign(letter(SUBJECT, TEXT, sender=FROM["x"][0], at=then), "x.com", at=then, ends=then + timedelta(days=1))
    assert judged(post, raw, at=then).verdict == Verdict.GENUINE
    assert judged(post, raw, at=then + timedelta(days=2)).reasons == (Reason.SIGNATURE_EXPIRED,)


def test_one_good_signature_among_bad_ones_is_enough() -> None:
    post = Post()
    raw = from_network(post, "x", SUBJECT, TEXT)
    for _number in range(2):
        raw = b"DKIM-Signature: v=1; a=rsa-sha256; d=x.com; s=no; h=from:to:subject:date; bh=AAAA; b=AAAA\r\n" + raw
    assert judged(post, post.sign(raw, "relay.example")).signed_by == "x.com"


def test_a_key_that_is_only_for_another_hash_or_for_the_very_domain_is_heeded() -> None:
    post = Post()
    raw = from_network(post, "x", SUBJECT, TEXT)
    for flag, reason in {"h=sha1": Reason.KEY_REVOKED, "t=s": Reason.SIGNED, "h=sha1:sha256": Reason.SIGNED, "s=email": Reason.SIGNED}.items():
        post.table["s1._domainkey.x.com"] = [record(key()) + f"; {flag}"]
        assert judged(post, raw).reasons == (reason,)


@pytest.mark.parametrize("said", ["", "v=DKIM1", "v=DKIM2; p=AAAA", "p=!!!", "k=ed25519; p=AAAA", "v=DKIM1; p=AAAA", "v=DKIM1; p=" + "A" * 3000, "p=; p=AAAA", "ключ"])
def test_a_record_that_is_no_key_makes_nothing_genuine(said: str) -> None:
    post = Post()
    raw = from_network(post, "x", SUBJECT, TEXT)
    post.table["s1._domainkey.x.com"] = [said]
    assert judged(post, raw).verdict == Verdict.FORGED


def test_two_keys_under_one_name_count_as_none() -> None:
    post = Post()
    raw = from_network(post, "x", SUBJECT, TEXT)
    post.table["s1._domainkey.x.com"] *= 2
    assert judged(post, raw).reasons == (Reason.KEY_MISSING,)


def test_nobodys_key_is_looked_up_but_an_accepted_domains() -> None:
    post = Post()
    raw = post.sign(letter(SUBJECT, TEXT, sender=FROM["x"][0]), "evil.example")
    assert verify(raw, head_of(raw), accepted=lambda domain: domain == "x.com", at=AT, lookup=post.lookup).failure == Reason.SIGNED_BY_OTHERS
    assert post.asked == []
