"""Which network a mail truly comes from: the domains that networks send from, and those that only look like them.

The domains are those that the networks' own help pages and mails name (November 2026). A domain stands here only where the network
alone can send from it: `bsky.social` is exact, since people's handles are names below it.
"""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Sender:
    """A network: where it sends from, where its links lead, and the words that others borrow.

    A domain with a dot before it stands for every name below it as well. `at` is the server, when the network has many.
    """

    network: str
    mail: tuple[str, ...]
    links: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()

    def sends_from(self, domain: str) -> bool:
        """Whether the network alone can send from this domain."""
        return any(_is_in(domain, zone) for zone in self.mail)

    def leads_to(self, host: str) -> bool:
        """Whether a link there stays with the network."""
        return any(_is_in(host, zone) for zone in (*self.links, *self.mail))


_META_LINKS = (".facebook.com", ".fb.com", ".meta.com", ".instagram.com", ".threads.net", ".threads.com")
NETWORKS: tuple[Sender, ...] = (
    Sender("bluesky", ("bsky.social", "bsky.app", "blueskyweb.xyz"), ("bsky.app", "bsky.social", ".blueskyweb.xyz"), ("bluesky", "bsky")),
    Sender(
        "facebook", (".facebookmail.com", "facebook.com", "business.facebook.com", "support.facebook.com", ".metamail.com"),
        _META_LINKS, ("facebook", "facebookmail", "meta for business", "metamail"),
    ),
    Sender("instagram", ("mail.instagram.com", "instagram.com"), _META_LINKS, ("instagram",)),
    Sender("linkedin", (".linkedin.com",), (".linkedin.com",), ("linkedin",)),
    Sender("threads", ("mail.threads.net", "threads.net", "threads.com"), _META_LINKS, ("threads.net", "threads.com", "threads by instagram")),
    Sender("x", (".x.com", ".twitter.com"), (".x.com", ".twitter.com"), ("twitter",)),
    Sender(
        "youtube", ("accounts.google.com", "youtube.com"),
        ("accounts.google.com", "myaccount.google.com", "support.google.com", "policies.google.com", ".youtube.com", "g.co"),
        ("youtube", "google"),
    ),
)  # fmt: skip
# Where anybody can have an address: no network's domain, and no company's either.
ANYBODYS = frozenset({
    "aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "live.com", "mail.com", "outlook.com", "proton.me",
    "protonmail.com", "skynet.be", "telenet.be", "web.de", "yahoo.com",
})  # fmt: skip
_MAKERS = {"mastodon": ("joinmastodon.org", "docs.joinmastodon.org")}
_NAMES = {"mastodon": ("mastodon",)}
_REDIRECTS = ("t.co", "lnkd.in", "l.facebook.com", "lm.facebook.com", "l.instagram.com", "l.threads.com", "l.threads.net")
_STORES = ("apps.apple.com", "play.google.com", "www.w3.org")
_ALIKE = str.maketrans({
    "а": "a", "с": "c", "ԁ": "d", "е": "e", "һ": "h", "і": "i", "ї": "i", "ј": "j", "к": "k", "ӏ": "l", "о": "o", "р": "p", "ѕ": "s", "т": "t",
    "у": "y", "х": "x", "ѵ": "v", "ԝ": "w", "м": "m", "н": "h", "в": "b", "α": "a", "ο": "o", "ρ": "p", "ν": "v", "υ": "u", "ι": "i", "κ": "k",
    "τ": "t", "χ": "x", "ε": "e", "ı": "i", "ɩ": "i", "ɡ": "g", "ɑ": "a", "ⅼ": "l",
})  # fmt: skip

_DIGITS = str.maketrans({"0": "o", "1": "l", "3": "e", "5": "s"})


def _is_in(domain: str, zone: str) -> bool:
    return domain == zone.removeprefix(".") or (zone.startswith(".") and domain.endswith(zone))


def expected(senders: Sequence[dict[str, Any]]) -> tuple[Sender, ...]:
    """The networks above, and the servers that the accounts' owners named: a Mastodon server, a PDS of one's own.

    A domain at which anybody can have an address is no network's, whatever was entered.
    """
    own = list[Sender]()
    for sender in senders:
        host = (urlsplit(str(sender.get("origin", ""))).hostname or "").lower()
        named = [str(domain).lower().strip().lstrip(".@") for domain in sender.get("domains", ())]
        domains = tuple(dict.fromkeys(domain for domain in (host, *named) if "." in domain and domain not in ANYBODYS))
        if domains and not any(known.network == sender.get("network") and all(map(known.sends_from, domains)) for known in NETWORKS):
            own.append(_server(str(sender.get("network", "")), domains))
    return (*NETWORKS, *own)


def _server(network: str, domains: tuple[str, ...]) -> Sender:
    """A server of one's own. Its program's mails link to its makers as well, and speak of the network by its name."""
    alike = next((known for known in NETWORKS if known.network == network), None)
    links = alike.links if alike else _MAKERS.get(network, ())
    return Sender(network, domains, links, (*(alike.brands if alike else _NAMES.get(network, ())), *domains))


def aligned(signer: str, sender: str) -> bool:
    """Whether one of two domains is the other, or lies below it."""
    return signer == sender or signer.endswith(f".{sender}") or sender.endswith(f".{signer}")


def is_elsewhere(host: str, sender: Sender, *, strictly: bool) -> bool:
    """Whether a link to this host leaves the network: shorteners and redirections do; the shops of apps only `strictly`."""
    if host in _REDIRECTS:
        return True
    return not (sender.leads_to(host) or (host in _STORES and not strictly))


# --- those who pretend -----------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Text with its accents taken off and letters that only look Latin made so; for comparing, never for showing."""
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_ALIKE)
    return "".join(letter for letter in folded if not unicodedata.combining(letter) and unicodedata.category(letter) != "Cf")


def skeleton(domain: str) -> str:
    """A domain as a hurried eye reads it: digits and pairs of letters that stand for others as well."""
    return plain(readable(domain)).translate(_DIGITS).replace("rn", "m").replace("vv", "w")


def readable(domain: str) -> str:
    """A domain with its `xn--` labels as people would see them."""
    labels = []
    for label in domain.split("."):
        try:
            labels.append(label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label)
        except (UnicodeError, ValueError):
            labels.append(label)
    return ".".join(labels)


def lookalike(domain: str, senders: Sequence[Sender]) -> Sender | None:
    """The network that a foreign domain looks like: another spelling, its name with words around it, or its name below another."""
    seen = skeleton(domain)
    labels = [label for label in re.split(r"[.\-_]", seen) if label]
    for sender in senders:
        if sender.network == "x" and {"x", "twitter"} & set(labels[:-1]):
            return sender
        names = [skeleton(brand) for brand in sender.brands] + [skeleton(zone.lstrip(".")).rpartition(".")[0] for zone in sender.mail]
        if any(_resembles(name, seen, labels) for name in names if len(name) >= 4):
            return sender
    return None


def _resembles(name: str, seen: str, labels: list[str]) -> bool:
    if name in labels or name in seen or (len(name) >= 6 and name.replace("-", "").replace(".", "") in seen.replace("-", "").replace(".", "")):
        return True
    return len(name) >= 6 and any(_is_one_off(name, label) for label in labels)


def _is_one_off(one: str, other: str) -> bool:
    """Whether a single letter was added, left out, exchanged or moved."""
    if one == other or abs(len(one) - len(other)) > 1:
        return one == other
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rests = (one[start + 1 :] == other[start + 1 :], one[start:] == other[start + 1 :], one[start + 1 :] == other[start:])
    moved = one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]
    return any(rests) or moved


def spoken_of(text: str, senders: Sequence[Sender]) -> Sender | None:
    """The network that a name or a subject speaks of."""
    said = plain(text)
    for sender in senders:
        if said.strip() == sender.network:  # *X* and *Threads* are words as well, so alone they are names only
            return sender
        if any(re.search(rf"(?<![a-z]){re.escape(plain(brand))}(?![a-z])", said) for brand in sender.brands):
            return sender
        if sender.network == "x" and re.search(r"(?<![\w.@-])x(\.com)?(?![\w.'’-])", text.casefold().strip()) and len(text) < 400:
            return sender
    return None
