"""What networks sign is believed, whatever the network, and the account it is about is found."""
from __future__ import annotations

import pytest

from countersign.inspection.mails.judging import judge
from countersign.inspection.mails.kinds import Kind
from countersign.inspection.mails.reasons import Reason, Verdict
from tests.inspection.letters import AT, FROM, LINKS, OURS, SENDERS, Post, from_network, judged, letter

TEXT = "Hello @{handle},\n\nThe password of your account was changed just now. If this was not you, go to {link}\n"


@pytest.mark.parametrize("network", FROM)
def test_a_mail_that_its_network_signed_is_genuine(network: str) -> None:
    post = Post()
    ours = next(sender for sender in SENDERS if sender["network"] == network)
    text = TEXT.format(link=LINKS[network], handle=ours["handle"])
    found = judged(post, from_network(post, network, "Your password was changed", text))
    assert (found.network, found.kind, found.verdict, found.reasons) == (network, Kind.PASSWORD_CHANGED, Verdict.GENUINE, (Reason.SIGNED,))
    assert (found.account, found.signed_by, found.from_domain) == (ours["account"], FROM[network][1], FROM[network][1])


def test_a_code_in_a_subject_is_made_unreadable_before_anybody_keeps_it() -> None:
    post = Post()
    subjects = ["471 902 is your code", "Your code is 204815", "Code 7KQ2M-XW4TZ", "G-482913 is your code", "Your report for 2026"]
    seen = [judged(post, from_network(post, "x", subject, "x")).subject for subject in subjects]
    assert seen == ["••••••• is your code", "Your code is ••••••", "Code •••••••••••", "G-•••••• is your code", "Your report for 2026"]


def test_what_a_mail_says_leaves_no_link_and_no_code_in_what_is_returned() -> None:
    post, text = Post(), "Reset the password of @delinde: https://x.com/account/reset?token=s3cr3t-t0k3n or enter 482913\n"
    found = judged(post, from_network(post, "x", "Reset your password", text))
    assert (found.kind, found.verdict) == (Kind.RESET, Verdict.GENUINE)
    assert not any(secret in repr(found) for secret in ("s3cr3t", "482913"))


def test_a_server_of_ones_own_is_known_by_the_domain_that_was_entered() -> None:
    post, sender = Post(), "De Linde PDS <no-reply@mail.pds.example>"
    raw = post.sign(letter("Password Reset Requested", "We received a request to reset the password of @linde.pds.example.\n", sender=sender), "mail.pds.example")
    account = {"account": "0b9a3a52-6f0d-4ff1-8d24-0f6a3d1c00aa", "network": "bluesky", "origin": "https://pds.example", "handle": "linde.pds.example"}
    known = judge(raw, at=AT, senders=[{**account, "domains": ["mail.pds.example"]}], addresses=[OURS], lookup=post.lookup)
    unknown = judge(raw, at=AT, senders=[{**account, "domains": []}], addresses=[OURS], lookup=post.lookup)
    assert (known.network, known.kind, known.verdict, known.account) == ("bluesky", Kind.RESET, Verdict.GENUINE, account["account"])
    assert (unknown.verdict, unknown.signed_by) == (Verdict.FORGED, "")


def test_of_two_accounts_at_one_network_the_one_that_is_named_is_meant() -> None:
    post = Post()
    ours = [{"account": f"0b9a3a52-6f0d-4ff1-8d24-0f6a3d1c00b{number}", "network": "x", "origin": "https://x.com", "handle": handle} for number, handle in enumerate(("delinde", "linde_jobs"))]
    texts = {"The password of @linde_jobs was changed.\n": ours[1]["account"], "Your password was changed.\n": ""}
    for text, account in texts.items():
        raw = from_network(post, "x", "Your password was changed", text)
        assert judge(raw, at=AT, senders=ours, addresses=[OURS], lookup=post.lookup).account == account


def test_a_mail_to_another_name_of_the_same_mailbox_is_ours() -> None:
    post = Post()
    assert judged(post, from_network(post, "x", "Your password was changed", "It was changed.\n", to="x-account@delinde.example")).verdict == Verdict.GENUINE


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Your email address was changed", "The email address of @{handle} was changed. If it was not you, change your password immediately or contact your server's administrator."),
        ("Je e-mailadres is gewijzigd", "Het e-mailadres van @{handle} is gewijzigd. Was jij dit niet, verander dan onmiddellijk je wachtwoord of neem contact op met de beheerder."),
        ("Votre adresse e-mail a été modifiée", "L'adresse e-mail de @{handle} a été modifiée. Si ce n'était pas vous, changez immédiatement de mot de passe ou écrivez à l'administrateur."),
        ("Deine E-Mail-Adresse wurde geändert", "Die E-Mail-Adresse von @{handle} wurde geändert. Warst du das nicht, ändere sofort dein Passwort, das raten wir dringend."),
    ],
)
def test_a_network_may_hurry_people_about_its_own_matters(subject: str, text: str) -> None:
    post = Post()
    found = judged(post, from_network(post, "mastodon", subject, text.format(handle="delinde") + "\n"))
    assert (found.kind, found.verdict, found.reasons) == (Kind.ADDRESS_CHANGED, Verdict.GENUINE, (Reason.SIGNED,))
