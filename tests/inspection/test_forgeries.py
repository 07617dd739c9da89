"""A4: mails that pretend. None is taken for a network's own word, and each is told for what it is.

Every forgery has an honest twin in `test_genuine_mails.py`: a judge that believes nothing would fail there.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.header import Header

import pytest

from countersign.inspection.mails.kinds import Kind
from countersign.inspection.mails.reasons import Reason, Verdict
from countersign.inspection.mails.senders import expected
from tests.inspection.letters import AT, FROM, OURS, SIGNED, Post, from_network, judged, key, letter

DAY = timedelta(days=1)
SUBJECT = "Your password was changed"
TEXT = "The password of @delinde was changed just now. If this was not you, go to https://x.com/settings\n"
X = FROM["x"][0]


def by_x(post: Post, subject: str = SUBJECT, text: str = TEXT, **more: object) -> bytes:
    return from_network(post, "x", subject, text, **more)  # type: ignore[arg-type]


def without_signature(post: Post) -> bytes:
    return letter(SUBJECT, TEXT, sender=X)


def from_spoofed_and_signed_by_the_sender(post: Post) -> bytes:
    return post.sign(letter(SUBJECT, TEXT, sender=X), "evil.example")


def signed_by_another_network(post: Post) -> bytes:
    return post.sign(letter(SUBJECT, TEXT, sender=X), "linkedin.com")


def words_changed_after_signing(post: Post) -> bytes:
    return by_x(post).replace(b"The password of", b"The passcode of")


def subject_changed_after_signing(post: Post) -> bytes:
    return by_x(post, "Your code").replace(b"Subject: Your code", b"Subject: " + SUBJECT.encode())


def length_tag_and_words_appended(post: Post) -> bytes:
    raw = post.sign(letter(SUBJECT, TEXT, sender=X), "x.com", length=True)
    return raw + b"Call us now at https://evil.example\r\n"


def length_tag_alone(post: Post) -> bytes:
    return post.sign(letter(SUBJECT, TEXT, sender=X), "x.com", length=True)


def results_injected(post: Post) -> bytes:
    claims = "mx.delinde.example; dkim=pass header.d=x.com; spf=pass smtp.mailfrom=x.com; dmarc=pass header.from=x.com"
    return letter(SUBJECT, TEXT, sender=X, headers=[("Authentication-Results", claims), ("ARC-Authentication-Results", f"i=1; {claims}")])


def lookalike_domain(post: Post) -> bytes:
    return post.sign(letter(SUBJECT, TEXT, sender="LinkedIn <security@linkedln.com>"), "linkedln.com")


def name_with_words_around_it(post: Post) -> bytes:
    return post.sign(letter(SUBJECT, TEXT, sender="Security <help@facebook-business-support.com>"), "facebook-business-support.com")


def name_below_another_domain(post: Post) -> bytes:
    return post.sign(letter(SUBJECT, TEXT, sender="X <verify@x.com.account-review.example>"), "x.com.account-review.example")


def domain_in_other_letters(post: Post) -> bytes:
    domain = "blu\u0435sky.com".encode("idna").decode()
    return post.sign(letter(SUBJECT, TEXT, sender=f"Support <noreply@{domain}>"), domain)


def address_as_a_name(post: Post) -> bytes:
    return post.sign(letter(SUBJECT, TEXT, sender='"verify@x.com" <info@evil.example>'), "evil.example")


def network_as_a_name(post: Post) -> bytes:
    return post.sign(letter(SUBJECT, TEXT, sender="Bluesky Support <bluesky@evil.example>"), "evil.example")


def two_senders_in_two_lines(post: Post) -> bytes:
    return b"From: X <verify@x.com>\r\n" + post.sign(letter(SUBJECT, TEXT, sender="a@evil.example"), "evil.example")


def a_second_sender_above_a_genuine_mail(post: Post) -> bytes:
    return b"From: Kim Peeters <kim@delinde.example>\r\n" + by_x(post)


def a_second_subject_above_a_genuine_mail(post: Post) -> bytes:
    return b"Subject: Your invoice\r\n" + by_x(post)


def two_senders_in_one_line(post: Post) -> bytes:
    return post.sign(letter(SUBJECT, TEXT, sender="a@evil.example").replace(b"From: a@evil.example", b"From: verify@x.com, a@evil.example"), "evil.example")


def sender_not_signed(post: Post) -> bytes:
    return by_x(post).replace(b"\th=from : ", b"\th=", 1)


def subject_not_signed(post: Post) -> bytes:
    return post.sign(letter("Hello", TEXT, sender=X), "x.com", headers=[name for name in SIGNED if name != "Subject"]).replace(
        b"Subject: Hello", b"Subject: " + SUBJECT.encode()
    )


def recipient_not_signed(post: Post) -> bytes:
    raw = letter(SUBJECT, TEXT, sender=X, to="somebody@else.example")
    return post.sign(raw, "x.com", headers=[name for name in SIGNED if name != "To"]).replace(b"To: somebody@else.example", f"To: {OURS}".encode())


def signature_expired(post: Post) -> bytes:
    return post.sign(letter(SUBJECT, TEXT, sender=X), "x.com", at=AT - 2 * DAY, ends=AT - DAY)


def signature_of_tomorrow(post: Post) -> bytes:
    return post.sign(letter(SUBJECT, TEXT, sender=X), "x.com", at=AT + DAY)


def key_revoked(post: Post) -> bytes:
    return post.sign(letter(SUBJECT, TEXT, sender=X), "x.com", published="v=DKIM1; k=rsa; p=")


def key_of_something_else(post: Post) -> bytes:
    raw = by_x(post)
    post.table["s1._domainkey.x.com"][0] += "; s=tlsrpt"
    return raw


def key_in_testing(post: Post) -> bytes:
    raw = by_x(post)
    post.table["s1._domainkey.x.com"][0] += "; t=y"
    return raw


def key_that_is_not_there(post: Post) -> bytes:
    return post.sign(letter(SUBJECT, TEXT, sender=X), "x.com", selector="unknown", publish=False)


def key_of_another_pair(post: Post) -> bytes:
    raw = by_x(post)
    from_network(post, "x", SUBJECT, TEXT)
    return post.sign(letter(SUBJECT, TEXT, sender=X), "x.com", pair=key(number=1), publish=False) if raw else raw


def key_too_short(post: Post) -> bytes:
    return post.sign(letter(SUBJECT, TEXT, sender=X), "x.com", pair=key(512))


def broken_hash(post: Post) -> bytes:
    return post.sign(letter(SUBJECT, TEXT, sender=X), "x.com", algorithm="rsa-sha1")


def old_mail_sent_again(post: Post) -> bytes:
    return by_x(post, at=AT - 30 * DAY)


def mail_of_somebody_else_sent_on(post: Post) -> bytes:
    return by_x(post, to="olu@outside.example")


def mail_about_another_account(post: Post) -> bytes:
    return by_x(post, text="The password of @olu was changed just now. https://x.com/settings\n")


def subject_in_encoded_pieces(post: Post) -> bytes:
    raw = letter("PLACE", TEXT, sender="X <x@evil.example>")
    pieces = "\r\n ".join(str(Header(piece, "utf-8").encode()) for piece in ("Your pass", "word was ch", "anged"))
    return post.sign(raw.replace(b"PLACE", pieces.encode()), "evil.example")


def sender_in_an_encoded_word(post: Post) -> bytes:
    shown = Header("X <verify@x.com>", "utf-8").encode()
    return post.sign(letter(SUBJECT, TEXT, sender="a@evil.example").replace(b"From: a@", f"From: {shown} <a@".encode()).replace(b"evil.example\r\nTo", b"evil.example>\r\nTo"), "evil.example")


def words_hidden_in_words(post: Post) -> bytes:
    return by_x(post, text="The pass\u200bword of @delinde was changed. https://x.com/settings\n")


def a_text_and_another_page(post: Post) -> bytes:
    page = "<p>Kim Peeters invited you to manage De Linde.</p><p><a href='https://x.com/i/accept'>Accept</a></p>"
    return by_x(post, page=page)


def answers_go_elsewhere(post: Post) -> bytes:
    return by_x(post, headers=[("Reply-To", "security@evil.example")])


def below_a_free_host(post: Post) -> bytes:
    return post.sign(letter(SUBJECT, TEXT, sender="Bluesky <noreply@delinde.bsky.social>"), "delinde.bsky.social")


def rewritten_by_a_mailing_list(post: Post) -> bytes:
    raw = by_x(post).replace(b"From: X <verify@x.com>", b"From: X via Team <team@lists.example>").replace(b"Subject: ", b"Subject: [team] ")
    return post.sign(raw, "lists.example")


def sent_on_by_a_mailing_list_that_kept_the_sender(post: Post) -> bytes:
    return by_x(post).replace(b"Subject: ", b"Subject: [team] ") + b"_______\r\nteam mailing list\r\n"


def a_bare_carriage_return_in_the_head(post: Post) -> bytes:
    return by_x(post).replace(b"Subject: ", b"X-Note: a\rSubject: ", 1)


def a_line_without_a_name_in_the_head(post: Post) -> bytes:
    return by_x(post).replace(b"Subject: ", b"From verify@x.com now\r\nSubject: ", 1)


def boundary_not_signed(post: Post) -> bytes:
    return post.sign(letter(SUBJECT, TEXT, sender=X, page=f"<p>{TEXT}</p>"), "x.com", headers=[name for name in SIGNED if name != "Content-Type"])


def a_file_with_it(post: Post) -> bytes:
    raw = letter(SUBJECT, TEXT, sender=X, page="<p>PAGE</p>").replace(b"text/html", b"application/octet-stream")
    return post.sign(raw, "x.com")


FORGERIES: dict[Callable[[Post], bytes], tuple[Verdict, Reason]] = {
    without_signature: (Verdict.FORGED, Reason.SIGNATURE_MISSING),
    from_spoofed_and_signed_by_the_sender: (Verdict.FORGED, Reason.SIGNED_BY_OTHERS),
    signed_by_another_network: (Verdict.FORGED, Reason.SIGNED_BY_OTHERS),
    words_changed_after_signing: (Verdict.FORGED, Reason.SIGNATURE_BROKEN),
    subject_changed_after_signing: (Verdict.FORGED, Reason.SIGNATURE_BROKEN),
    length_tag_and_words_appended: (Verdict.FORGED, Reason.LENGTH_LIMITED),
    length_tag_alone: (Verdict.FORGED, Reason.LENGTH_LIMITED),
    results_injected: (Verdict.FORGED, Reason.SIGNATURE_MISSING),
    lookalike_domain: (Verdict.FORGED, Reason.LOOKALIKE),
    name_with_words_around_it: (Verdict.FORGED, Reason.LOOKALIKE),
    name_below_another_domain: (Verdict.FORGED, Reason.LOOKALIKE),
    domain_in_other_letters: (Verdict.FORGED, Reason.LOOKALIKE),
    address_as_a_name: (Verdict.FORGED, Reason.DISPLAY_NAME),
    network_as_a_name: (Verdict.FORGED, Reason.DISPLAY_NAME),
    two_senders_in_two_lines: (Verdict.FORGED, Reason.HEADERS_DOUBLE),
    a_second_sender_above_a_genuine_mail: (Verdict.FORGED, Reason.HEADERS_DOUBLE),
    a_second_subject_above_a_genuine_mail: (Verdict.FORGED, Reason.HEADERS_DOUBLE),
    two_senders_in_one_line: (Verdict.FORGED, Reason.HEADERS_DOUBLE),
    sender_not_signed: (Verdict.FORGED, Reason.HEADERS_UNSIGNED),
    subject_not_signed: (Verdict.FORGED, Reason.HEADERS_UNSIGNED),
    recipient_not_signed: (Verdict.FORGED, Reason.HEADERS_UNSIGNED),
    signature_expired: (Verdict.FORGED, Reason.SIGNATURE_EXPIRED),
    signature_of_tomorrow: (Verdict.FORGED, Reason.SIGNATURE_IN_FUTURE),
    key_revoked: (Verdict.FORGED, Reason.KEY_REVOKED),
    key_of_something_else: (Verdict.FORGED, Reason.KEY_REVOKED),
    key_in_testing: (Verdict.FORGED, Reason.KEY_REVOKED),
    key_that_is_not_there: (Verdict.FORGED, Reason.KEY_MISSING),
    key_of_another_pair: (Verdict.FORGED, Reason.SIGNATURE_BROKEN),
    key_too_short: (Verdict.FORGED, Reason.KEY_WEAK),
    broken_hash: (Verdict.FORGED, Reason.ALGORITHM_WEAK),
    old_mail_sent_again: (Verdict.UNSURE, Reason.DATE_PAST),
    mail_of_somebody_else_sent_on: (Verdict.UNSURE, Reason.OTHER_RECIPIENT),
    mail_about_another_account: (Verdict.UNSURE, Reason.OTHER_ACCOUNT),
    subject_in_encoded_pieces: (Verdict.FORGED, Reason.DISPLAY_NAME),
    sender_in_an_encoded_word: (Verdict.FORGED, Reason.DISPLAY_NAME),
    words_hidden_in_words: (Verdict.UNSURE, Reason.DISGUISED_TEXT),
    a_text_and_another_page: (Verdict.UNSURE, Reason.PARTS_DIFFER),
    answers_go_elsewhere: (Verdict.UNSURE, Reason.REPLY_ELSEWHERE),
    below_a_free_host: (Verdict.FORGED, Reason.LOOKALIKE),
    rewritten_by_a_mailing_list: (Verdict.FORGED, Reason.DISPLAY_NAME),
    sent_on_by_a_mailing_list_that_kept_the_sender: (Verdict.FORGED, Reason.SIGNATURE_BROKEN),
    a_bare_carriage_return_in_the_head: (Verdict.UNSURE, Reason.MALFORMED),
    a_line_without_a_name_in_the_head: (Verdict.UNSURE, Reason.MALFORMED),
    boundary_not_signed: (Verdict.UNSURE, Reason.STRUCTURE_UNSIGNED),
    a_file_with_it: (Verdict.UNSURE, Reason.ATTACHMENT),
}


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forgery_is_told_for_what_it_is(forge: Callable[[Post], bytes]) -> None:
    post = Post()
    found = judged(post, forge(post))
    verdict, reason = FORGERIES[forge]
    assert (found.verdict, reason in found.reasons) == (verdict, True), found
    assert Reason.SIGNED not in found.reasons


def test_none_of_the_forgeries_is_genuine() -> None:
    verdicts = []
    for forge in FORGERIES:
        post = Post()
        verdicts.append(judged(post, forge(post)).verdict)
    print(f"\n{len(verdicts)} forgeries, genuine: {verdicts.count(Verdict.GENUINE)}")
    assert len(verdicts) >= 20
    assert Verdict.GENUINE not in verdicts


def test_what_a_network_signs_for_a_stranger_is_not_believed() -> None:
    """An invitation whose inviter typed a threat, a number and a link into the name of the page."""
    hostile = {
        Reason.LINKS_ELSEWHERE: "Kim invited you to manage a page. Accept within the app: https://review-page.example/verify",
        Reason.PHONE_NUMBER: "Meta Support +1 (844) 555-0137 invited you to join a business portfolio.",
        Reason.URGENCY: "Your page will be permanently deleted. Act now. Support invited you to join a business portfolio.",
        Reason.DISGUISED_TEXT: "Kim invited you to join Meta \u202eytiruces business.",
    }
    for reason, text in hostile.items():
        post = Post()
        found = judged(post, from_network(post, "facebook", "You were invited to a business portfolio", text + "\n"))
        assert (found.kind, found.verdict, reason in found.reasons) == (Kind.INVITATION, Verdict.UNSURE, True), (text, found)
        assert found.signed_by == "facebookmail.com"


def test_an_invitation_without_any_of_that_is_genuine() -> None:
    post = Post()
    text = "Kim Peeters invited you to manage De Linde.\nAccept: https://www.facebook.com/invitations/1\n"
    assert judged(post, from_network(post, "facebook", "Kim Peeters invited you", text)).verdict == Verdict.GENUINE


@pytest.mark.parametrize(
    "link",
    [
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fevil.example", "https://www.facebook.com/flx/warn?u=https%3A%2F%2Fevil.example",
        "https://www.facebook.com@evil.example/", "https://facebook.com.evil.example/", "http://t.co/abc", "javascript:alert(1)",
        "mailto:help@evil.example", "https://play.google.com/store/apps/details?id=evil",
    ],
)  # fmt: skip
def test_a_link_that_leads_away_is_seen_however_it_is_written(link: str) -> None:
    post = Post()
    page = f"<p>Kim Peeters invited you to manage De Linde.</p><a href='{link}'>Accept</a>"
    found = judged(post, from_network(post, "facebook", "Kim Peeters invited you", "", page=page))
    assert (found.verdict, found.reasons) == (Verdict.UNSURE, (Reason.LINKS_ELSEWHERE,))


def test_a_link_that_shows_another_address_is_seen() -> None:
    post = Post()
    page = "<p>Kim Peeters invited you to manage De Linde.</p><a href='https://evil.example/'>www.facebook.com/accept</a>"
    assert Reason.DISGUISED_LINK in judged(post, from_network(post, "facebook", "Kim Peeters invited you", "", page=page)).reasons


@pytest.mark.parametrize("domain", ["gmail.com", "@gmail.com", ""])
def test_an_address_that_anybody_can_have_is_no_networks_whatever_was_entered(domain: str) -> None:
    own = [sender for sender in expected([{"network": "mastodon", "origin": "", "domains": [domain]}]) if sender.network == "mastodon"]
    assert own == []
