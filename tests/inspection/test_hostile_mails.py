"""Whatever arrives is judged: nothing in a mail makes the judge fail, run for long, or believe."""
from __future__ import annotations

import base64
import random
import time

import pytest

from countersign.inspection.mails.headers import Malformed, head_of
from countersign.inspection.mails.letters import LARGEST, read_letter
from countersign.inspection.mails.pages import read_page
from countersign.inspection.mails.reasons import Reason, Verdict
from tests.inspection.letters import AT, FROM, Post, from_network, judged, letter

HEAD = b"From: X <verify@x.com>\r\nTo: security@delinde.example\r\nSubject: Your password was changed\r\nDate: Thu, 26 Nov 2026 09:29:40 +0000\r\n"
FULL = LARGEST - 2_000


def nested(depth: int) -> bytes:
    raw, close = HEAD, b""
    for number in range(depth):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number)
        close = b"\r\n--b%d--" % number + close
    return (raw + b"Content-Type: text/plain\r\n\r\nx" + close)[:LARGEST]


HOSTILE: dict[str, bytes] = {
    "nothing": b"", "an end": b"\r\n\r\n", "only bytes": bytes(range(256)) * 100, "no end of the head": HEAD * 1000, "zeros": b"\0" * FULL,
    "a long line in the head": HEAD + b"X: " + b"a" * FULL, "many fields": HEAD + b"X: a\r\n" * 20_000 + b"\r\nx",
    "many signatures": HEAD + b"DKIM-Signature: v=1; a=rsa-sha256; d=x.com; s=a; h=from:to:subject:date; bh=; b=\r\n" * 300 + b"\r\nx",
    "a signature of nonsense": HEAD + b"DKIM-Signature: ;;;=;d=x.com;s=\xff;b==\r\n\r\nx",
    "parts within parts": nested(3_000), "many parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 9_000 + b"--b--",
    "mails within mails": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 4_000 + b"x", "unknown charset": HEAD + b"Content-Type: text/plain; charset=klingon\r\n\r\nx",
    "a charset that is none": HEAD + b"Content-Type: text/plain; charset=\"base64\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"eA==" * 10,
    "broken base64": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n=====!!!!" * 10, "utf-7": HEAD + b"Content-Type: text/html; charset=utf-7\r\n\r\n+ADw-script+AD4-",
    "open tags": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<a href=" * (FULL // 8), "open comments": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<!--" * (FULL // 4),
    "open brackets": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<" * FULL, "open entities": HEAD + b"Content-Type: text/html\r\n\r\n" + b"&#x" * (FULL // 3),
    "declarations": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<!a " * (FULL // 4), "deep tags": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * (FULL // 5),
    "digits": HEAD + b"\r\n" + b"1 " * (FULL // 2), "more digits": HEAD + b"\r\n" + b"+1(1)1-" * (FULL // 7), "handles": HEAD + b"\r\n" + b"@a" * (FULL // 2),
    "one long word": HEAD + b"\r\n" + b"a" * FULL, "Greek in a long word": HEAD + b"\r\n" + ("aα" * (FULL // 3)).encode(), "dots": HEAD + b"\r\n" + b"." * FULL,
    "addresses": HEAD + b"\r\n" + b"https://x " * (FULL // 10), "a hundred thousand recipients": HEAD + b"To: " + b"a@b.example, " * 5_000 + b"\r\n\r\nx",
    "comments in comments": HEAD.replace(b"X <", b"(" * 3_000 + b"X <") + b"\r\nx", "encoded words": HEAD.replace(b"Your", b"=?utf-8?q?=41?= " * 300) + b"\r\nx",
    "an encoded word of nonsense": HEAD.replace(b"Your", b"=?klingon?x?y?= =?utf-8?b?!!!?=") + b"\r\nx", "a date of nonsense": HEAD.replace(b"2026", b"99999999999") + b"\r\nx",
    "a sender of nonsense": HEAD.replace(b"X <verify@x.com>", b"@@@<<>>,;:") + b"\r\nx", "a password a thousand times": HEAD + b"\r\n" + b"password access granted permission " * 7_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_that_arrives_makes_the_judge_fail_or_believe(name: str) -> None:
    before = time.monotonic()
    found = judged(Post(), HOSTILE[name])
    took = time.monotonic() - before
    print(f"\n{name}: {found.verdict}, {', '.join(found.reasons)}, {took:.2f} s")
    assert found.verdict != Verdict.GENUINE
    assert took < 20  # a shared machine may be slow; what is meant is that none runs for minutes


@pytest.mark.parametrize("name", [name for name, raw in HOSTILE.items() if b"\r\n\r\n" in raw and len(raw) > 100_000])
def test_a_hostile_text_that_a_network_signed_ends_as_well(name: str) -> None:
    post, body = Post(), HOSTILE[name].split(b"\r\n\r\n", 1)[1]
    page = body.decode("utf-8", "replace")[: FULL // 2]
    before = time.monotonic()
    found = judged(post, post.sign(letter("Your password was changed", "", sender=FROM["x"][0], page=page), "x.com"))
    print(f"\n{name}: {found.verdict}, {time.monotonic() - before:.2f} s")
    assert time.monotonic() - before < 30


def test_random_changes_of_a_genuine_mail_are_never_believed_where_they_matter() -> None:
    """One byte at a time, a few hundred times: the signature covers the text and all that is shown of the head."""
    post, chance = Post(), random.Random(7)  # which bytes, not how secret
    raw = from_network(post, "x", "Your password was changed", "The password of @delinde was changed just now. https://x.com/settings\n")
    honest = judged(post, raw)
    assert honest.verdict == Verdict.GENUINE
    genuine = 0
    for _number in range(300):
        place = chance.randrange(len(raw))
        changed = raw[:place] + bytes([raw[place] ^ (1 << chance.randrange(7))]) + raw[place + 1 :]
        found = judged(post, changed)
        genuine += found.verdict == Verdict.GENUINE
        same = (honest.subject, honest.kind, honest.from_domain, honest.sent_at) == (found.subject, found.kind, found.from_domain, found.sent_at)
        assert found.verdict != Verdict.GENUINE or same, changed
    print(f"\n300 changes of one bit, {genuine} of them in what nobody sees (spaces, capitals of names of fields)")


def test_a_head_that_two_parsers_could_read_in_two_ways_is_no_mail() -> None:
    for raw in (b"From : a@b.example\r\n\r\n", b"From: a\rTo: b\r\n\r\n", b"\r\nFrom: a\r\n\r\n", b"From\r\n\r\n", b" folded\r\n\r\n", b"F\xc3\xa9: x\r\n\r\n"):
        with pytest.raises(Malformed):
            head_of(raw)


def test_hidden_words_of_a_page_are_not_read_and_links_are() -> None:
    words, links = read_page(
        "<head><title>t</title><style>s</style></head><div style='display: none'>hidden<p>too</p></div><p>shown <b>bold</b></p>"
        "<a href='https://a.example/'>one</a><span hidden>h</span><a href='//b.example'><img alt=x></a><script>x</script> after"
    )
    assert words.split() == ["shown", "bold", "one", "after"]
    assert [(link.target, link.shown) for link in links] == [("https://a.example/", "one"), ("//b.example", "")]


def test_a_text_in_an_old_charset_is_read() -> None:
    raw = HEAD + b"Content-Type: text/plain; charset=iso-8859-15\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes("Gel\xf6scht \xe9t\xe9".encode("latin-1"))
    assert read_letter(raw).plain.strip() == "Gelöscht été"


def test_a_long_text_is_doubted_although_it_is_signed() -> None:
    post = Post()
    text = "The password of @delinde was changed just now.\n" + "All is well and nothing else is to be seen here.\n" * 600
    assert judged(post, from_network(post, "x", "Your password was changed", text), at=AT).reasons == (Reason.TOO_LARGE,)
