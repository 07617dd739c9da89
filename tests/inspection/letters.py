"""Mails of our own writing, signed with keys of our own, as a network's server would."""
from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from countersign.inspection.mails import arithmetic
from countersign.inspection.mails.judging import Judgement, judge
from countersign.inspection.mails.signatures import NotLookedUp

AT = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
OURS = "security@delinde.example"
SIGNED = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
SENDERS: list[dict[str, Any]] = [
    {"account": "0b9a3a52-6f0d-4ff1-8d24-0f6a3d1c0001", "network": "bluesky", "origin": "https://bsky.social", "handle": "delinde.example", "domains": []},
    {"account": "0b9a3a52-6f0d-4ff1-8d24-0f6a3d1c0002", "network": "mastodon", "origin": "https://mastodon.example", "handle": "delinde", "domains": []},
    {"account": "0b9a3a52-6f0d-4ff1-8d24-0f6a3d1c0003", "network": "x", "origin": "https://x.com", "handle": "delinde", "domains": []},
    {"account": "0b9a3a52-6f0d-4ff1-8d24-0f6a3d1c0004", "network": "linkedin", "origin": "https://www.linkedin.com", "handle": "de-linde", "domains": []},
    {"account": "0b9a3a52-6f0d-4ff1-8d24-0f6a3d1c0005", "network": "facebook", "origin": "https://www.facebook.com", "handle": "delinde", "domains": []},
    {"account": "0b9a3a52-6f0d-4ff1-8d24-0f6a3d1c0006", "network": "instagram", "origin": "https://www.instagram.com", "handle": "delinde", "domains": []},
    {"account": "0b9a3a52-6f0d-4ff1-8d24-0f6a3d1c0007", "network": "youtube", "origin": "https://www.youtube.com", "handle": "delinde", "domains": []},
    {"account": "0b9a3a52-6f0d-4ff1-8d24-0f6a3d1c0008", "network": "threads", "origin": "https://www.threads.net", "handle": "delinde", "domains": []},
    {
        "account": "0b9a3a52-6f0d-4ff1-8d24-0f6a3d1c0009", "network": "practice", "origin": "http://127.0.0.1:8788", "handle": "delinde",
        "domains": ["practice.example"],
    },
]  # fmt: skip
FROM = {
    "bluesky": ("Bluesky <noreply@bsky.social>", "bsky.social"), "mastodon": ("Mastodon <notifications@mastodon.example>", "mastodon.example"),
    "x": ("X <verify@x.com>", "x.com"), "linkedin": ("LinkedIn <security-noreply@linkedin.com>", "linkedin.com"),
    "facebook": ("Facebook <security@facebookmail.com>", "facebookmail.com"), "instagram": ("Instagram <security@mail.instagram.com>", "mail.instagram.com"),
    "youtube": ("Google <no-reply@accounts.google.com>", "accounts.google.com"), "threads": ("Threads <no-reply@threads.net>", "threads.net"),
    "practice": ("Practice network <no-reply@practice.example>", "practice.example"),
}  # fmt: skip
LINKS = {
    "bluesky": "https://bsky.app/settings", "mastodon": "https://mastodon.example/auth/edit", "x": "https://x.com/settings",
    "linkedin": "https://www.linkedin.com/psettings", "facebook": "https://www.facebook.com/settings", "instagram": "https://www.instagram.com/accounts",
    "youtube": "https://myaccount.google.com/security", "threads": "https://www.threads.net/settings", "practice": "https://practice.example/settings",
}  # fmt: skip


@functools.cache
def key(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:
    """A key pair of so many bits; another `number` gives another one. OpenSSL makes none below 1024, so Python does."""
    return rsa.generate_private_key(65537, bits) if bits >= 1024 else _short_key()


def _short_key() -> rsa.RSAPrivateKey:
    """A key of 512 bits, from two primes of which everybody can find the third in an afternoon."""
    p = 0xEB93A26D0F0F6C7F8F0F4A7B9F66A0E2FB7BBC8D1B1A9D0F5F6E5C3B2A1908C7
    q = 0xF1C7B3A59D8F7E6D5C4B3A29181706F5E4D3C2B1A09F8E7D6C5B4A3928170605
    p, q = (_next_prime(number) for number in (p, q))
    d = pow(65537, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(65537, p * q)).private_key(
        unsafe_skip_rsa_key_validation=True
    )


def _next_prime(number: int) -> int:
    while not all(pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7, 11, 13)) or (number - 1) % 65537 == 0:
        number += 1 + number % 2
    return number


def record(pair: rsa.RSAPrivateKey) -> str:
    """The public half as it stands in a name server."""
    public = pair.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


@dataclass
class Post:
    """A post office: what the name servers say, and signing in the name of a domain."""

    table: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)

    def lookup(self, name: str) -> list[str]:
        """TXT records of a name."""
        self.asked.append(name)
        if name in self.silent:
            raise NotLookedUp(name)
        return self.table.get(name, [])

    def sign(
        self, raw: bytes, domain: str, *, selector: str = "s1", pair: rsa.RSAPrivateKey | None = None, headers: Sequence[str] = SIGNED,
        algorithm: str = "rsa-sha256", length: bool = False, at: datetime = AT, ends: datetime | None = None, publish: bool = True,
        published: str = "",
    ) -> bytes:  # fmt: skip
        """The mail with a signature on top, and its key in the name servers."""
        pair = pair or key()
        mail = arithmetic.opened(raw)
        named = {name.lower() for name, _value in mail.fields}
        names = [name.lower().encode() for name in headers if name.lower().encode() in named]
        body = arithmetic.body_in(b"relaxed", mail.body)
        kind = hashes.SHA1() if algorithm == "rsa-sha1" else hashes.SHA256()  # what a forger would use
        digest = hashlib.new(kind.name, body).digest()
        tags = {
            "v": "1", "a": algorithm, "c": "relaxed/relaxed", "d": domain, "s": selector, "t": str(int(at.timestamp())),
            **({"x": str(int(ends.timestamp()))} if ends else {}), **({"l": str(len(body))} if length else {}),
            "h": " : ".join(name.decode() for name in names), "bh": base64.b64encode(digest).decode(), "b": "",
        }  # fmt: skip
        bare = " " + ";\r\n\t".join(f"{name}={value}" for name, value in tags.items())
        data = arithmetic.signed_bytes(mail, (b"DKIM-Signature", bare.encode()), names, b"relaxed")
        signature = base64.b64encode(pair.sign(data, padding.PKCS1v15(), kind)).decode()
        header = f"DKIM-Signature:{bare}{signature}\r\n".encode()
        if publish:
            self.table[f"{selector}._domainkey.{domain}"] = [published or record(pair)]
        return header + raw


def letter(
    subject: str, text: str, *, sender: str, to: str = f"De Linde <{OURS}>", page: str = "", at: datetime = AT, headers: Sequence[tuple[str, str]] = ()
) -> bytes:
    """A mail as bytes, without a signature. `page` is an HTML part beside the text."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"], made["Message-ID"] = format_datetime(at - timedelta(seconds=20)), "<8f14e45f@network.example>"
    for name, value in headers:
        made[name] = value
    if text:
        made.set_content(text)
    if page and text:
        made.add_alternative(page, subtype="html")
    elif page:
        made.set_content(page, subtype="html")
    return made.as_bytes(policy=made.policy.clone(linesep="\r\n"))


def from_network(post: Post, network: str, subject: str, text: str, *, at: datetime = AT, **more: Any) -> bytes:
    """A genuine mail: from the network's address, about our account, signed by its domain."""
    sender, domain = FROM[network]
    return post.sign(letter(subject, text, sender=sender, at=at, **more), domain, at=at)


def judged(post: Post, raw: bytes, *, at: datetime = AT, change: Callable[[bytes], bytes] = lambda raw: raw) -> Judgement:
    """What we think of it, at the time of these tests, with the cast's accounts."""
    return judge(change(raw), at=at, senders=SENDERS, addresses=[OURS], lookup=post.lookup)
