"""Judging a mail: which network wrote it, about what, for which account, and whether to believe it.

A mail is *genuine* when a network's own domain signed it for an address of ours, and nothing in it is odd. It is *forged* when it
says that it comes from a network and the signature does not bear that out. Everything else is *unsure*, and says why. What the
mail claims about itself, such as `Authentication-Results`, is never read.
"""
from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from countersign.inspection.mails import doubting
from countersign.inspection.mails.classifying import kind_of
from countersign.inspection.mails.headers import Malformed
from countersign.inspection.mails.kinds import Kind
from countersign.inspection.mails.letters import LARGEST, Letter, read_letter
from countersign.inspection.mails.reasons import Reason, Verdict
from countersign.inspection.mails.senders import Sender, aligned, expected, lookalike, plain, spoken_of
from countersign.inspection.mails.signatures import Lookup, Signature, verify

_LONGEST_SUBJECT, _LONGEST_WORDS = 200, 20_000
_CODE = re.compile(r"(?<!\w)(?:[0-9]{2,4}[ -]?){1,3}[0-9]{2,4}(?![\w-])|(?<![\w-])(?=[A-Za-z-]*[0-9])[A-Za-z0-9]{5}-[A-Za-z0-9]{5}(?![\w-])")
_ODD = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is thought of a mail. `network` is who wrote it, or whom a forged one pretends to be; empty when no network is in play."""

    network: str
    kind: Kind | None
    verdict: Verdict
    reasons: tuple[Reason, ...]
    account: str
    subject: str
    from_domain: str
    signed_by: str
    message_id: str
    sent_at: datetime | None
    digest: str


def judge(
    raw: bytes, *, at: datetime, senders: Sequence[dict[str, Any]], addresses: Sequence[str], lookup: Lookup, is_whole: bool = True
) -> Judgement:
    """Judge a mail that arrived `at`. `senders` are the accounts we have (see `calls.messages.ReadMails`), `addresses` those that are
    read in this mailbox. `lookup` gives TXT records. Never raises for anything that stands in a mail."""
    try:
        letter = read_letter(raw)
    except Malformed:
        digest = hashlib.sha256(raw).hexdigest()
        return Judgement("", None, Verdict.UNSURE, (Reason.MALFORMED,), "", "", "", "", "", None, digest)
    known = expected(senders)
    domain = from_domain(letter)
    network, verdict, reasons, signed_by = _weighed(letter, domain, known, at, lookup, is_whole=is_whole and len(raw) <= LARGEST)
    kind = kind_of(letter) if network is not None else None
    account, of_others = _account(letter, network, senders) if network is not None else ("", False)
    if verdict == Verdict.GENUINE and network is not None:
        doubts = doubting.doubts(letter, network, kind, at=at, addresses=_ours(addresses, senders))
        reasons = (*reasons, *doubts, *((Reason.OTHER_ACCOUNT,) if of_others else ()))
        verdict = Verdict.UNSURE if len(reasons) > 1 else Verdict.GENUINE
        reasons = reasons if len(reasons) == 1 else tuple(reason for reason in reasons if reason != Reason.SIGNED)
    message_id = _ODD.sub("", letter.head.text("message-id"))[:250]
    return Judgement(
        network.network if network is not None else "", kind, verdict, reasons, account, masked(_ODD.sub("", letter.subject))[:_LONGEST_SUBJECT],
        domain[:200], signed_by, message_id, letter.sent_at, letter.digest,
    )  # fmt: skip


def masked(subject: str) -> str:
    """A subject with its codes made unreadable: some networks write them there, and what is judged is kept where many can read."""
    return _CODE.sub(lambda found: found[0] if re.fullmatch("(19|20)[0-9]{2}", found[0]) else "•" * len(found[0]), subject)


def from_domain(letter: Letter) -> str:
    """The domain it says it comes from; empty unless there is exactly one address."""
    addresses = letter.head.addresses("from")
    if len(addresses) != 1 or addresses[0][1].count("@") != 1:
        return ""
    return addresses[0][1].rpartition("@")[2].rstrip(".")


type _Weighed = tuple[Sender | None, Verdict, tuple[Reason, ...], str]


def _weighed(
    letter: Letter, domain: str, known: tuple[Sender, ...], at: datetime, lookup: Lookup, *, is_whole: bool
) -> _Weighed:
    networks = [sender for sender in known if domain and sender.sends_from(domain)]
    if not networks:
        return _pretending(letter, domain, known)
    network = _best(networks, letter)
    if letter.head.doubled:
        return network, Verdict.FORGED, (Reason.HEADERS_DOUBLE,), ""
    if not is_whole:
        return network, Verdict.UNSURE, (Reason.TOO_LARGE,), ""

    def accepted(signer: str) -> bool:
        return aligned(signer, domain) and any(sender.sends_from(signer) for sender in networks)

    signature = verify(letter.raw, letter.head, accepted=accepted, at=at, lookup=lookup)
    if signature.failure is not None:
        return network, _of_failure(signature), (signature.failure,), ""
    return network, Verdict.GENUINE, (Reason.SIGNED, *signature.doubts), signature.signed_by


def _of_failure(signature: Signature) -> Verdict:
    return Verdict.UNSURE if signature.failure == Reason.KEY_UNREAD else Verdict.FORGED


def _best(networks: list[Sender], letter: Letter) -> Sender:
    """Where two networks share a domain (Threads speaks through Instagram), the one it names."""
    return spoken_of(f"{letter.head.text('from')} {letter.subject}", networks) or networks[0]


def _pretending(letter: Letter, domain: str, known: tuple[Sender, ...]) -> _Weighed:
    """A mail from nowhere near a network: does it pretend to be from one?"""
    if kind_of(letter) is None:
        return None, Verdict.UNSURE, (Reason.NOT_A_NETWORK,), ""
    shown = " ".join(name for name, _address in letter.head.addresses("from")) or letter.head.text("from")
    if len(letter.head.all("from")) > 1 or not domain:
        claimed = spoken_of(letter.head.text("from") + " " + letter.subject + " " + letter.words[:2000], known) or _named(letter, known)
        if claimed:
            return claimed, Verdict.FORGED, (Reason.HEADERS_DOUBLE,), ""
    if claimed := lookalike(domain, known):
        return claimed, Verdict.FORGED, (Reason.LOOKALIKE,), ""
    if claimed := spoken_of(shown, known) or _named(letter, known):
        return claimed, Verdict.FORGED, (Reason.DISPLAY_NAME,), ""
    if claimed := spoken_of(letter.subject, known) or spoken_of(letter.words[:2000], known):
        return claimed, Verdict.UNSURE, (Reason.OTHER_SENDER,), ""
    return None, Verdict.UNSURE, (Reason.NOT_A_NETWORK,), ""


def _named(letter: Letter, known: tuple[Sender, ...]) -> Sender | None:
    """The network whose sending address stands somewhere in the sender's line, where only a name belongs."""
    line = " ".join(letter.head.all("from")) + " " + letter.head.text("from")
    for found in re.findall(r"@([a-z0-9.-]+)", plain(line)):
        for sender in known:
            if sender.sends_from(found.rstrip(".")):
                return sender
    return None


def _account(letter: Letter, network: Sender, senders: Sequence[dict[str, Any]]) -> tuple[str, bool]:
    """The account of ours it is about, when that can be told; and whether it names another one instead."""
    ours = [sender for sender in senders if sender.get("network") == network.network and _is_there(sender, network)]
    words = plain(f"{letter.subject} {letter.words[:_LONGEST_WORDS]}")
    named = [sender for sender in ours if (handle := plain(str(sender.get("handle", "")).lstrip("@"))) and _stands_in(handle, words)]
    if len(named) == 1:
        return str(named[0]["account"]), False
    others = bool(_HANDLE.search(words)) and not named
    return (str(ours[0]["account"]), others) if len(ours) == 1 and not others else ("", others)


_HANDLE = re.compile(r"(?<![\w.@])@[a-z0-9_][a-z0-9_.-]{1,60}(?<![.-])")


def _stands_in(handle: str, words: str) -> bool:
    """A handle as a word of its own; of `name@server` and `name.server` the name alone, with an @ before it, will do."""
    short = re.split(r"[@.]", handle)[0]
    return bool(re.search(rf"(?<![\w.-]){re.escape(handle)}(?![\w-])|(?<![\w.])@{re.escape(short)}(?![\w.-]*\w)", words))


def _is_there(sender: dict[str, Any], network: Sender) -> bool:
    """Whether an account is at the very server that wrote; a network with one server has no others."""
    return any(network is one or network == one for one in expected([sender]) if one.network == sender.get("network"))


def _ours(addresses: Sequence[str], senders: Sequence[dict[str, Any]]) -> list[str]:
    named = [str(address) for sender in senders for address in sender.get("addresses", ())]
    return [address.lower() for address in (*addresses, *named) if "@" in address]


def as_dict(judgement: Judgement, *, uid: int, received_at: datetime) -> dict[str, Any]:
    """The plain values that travel to the worker."""
    return {
        "uid": uid, "message_id": judgement.message_id, "received_at": received_at.astimezone(UTC).isoformat(),
        "sent_at": judgement.sent_at.isoformat() if judgement.sent_at else "", "network": judgement.network,
        "kind": str(judgement.kind or ""), "verdict": str(judgement.verdict), "reasons": [str(reason) for reason in judgement.reasons],
        "account": judgement.account, "subject": judgement.subject, "from_domain": judgement.from_domain,
        "signed_by": judgement.signed_by, "digest": judgement.digest,
    }
