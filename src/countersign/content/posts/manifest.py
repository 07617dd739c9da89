"""The request digest: what exactly one account will receive, and when. Plain Python.

A *request* is frozen when a revision is submitted, shown to the signer, and signed by digest. The broker does not take
that frozen request's word: it builds the publication it is about to send, turns *that* back into a request with
`rebuilt`, and compares digests.
"""
from __future__ import annotations

import re
from dataclasses import asdict, astuple, dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any

from countersign.base.errors import Refused
from countersign.base.values import Digest
from countersign.base.words import _
from countersign.networks.contract import Identity, Publication, ReplyTo

REQUEST = "countersign/request/v1"
# How long after its time an approved post may still go out. Longer than it ever was before: `opens_at` counts on it.
OPEN_FOR = timedelta(days=7)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_REPLY = {field.name for field in fields(ReplyTo)}


@dataclass(frozen=True, slots=True)
class Target:
    """The account at its network: where the words appear."""

    uid: str
    network: str
    origin: str
    remote_id: str


@dataclass(frozen=True, slots=True)
class Medium:
    """One picture, by the digest of its cleaned bytes, with the words for those who do not see it."""

    sha256: str
    mime: str
    size: int
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Window:
    """When it may go out: ISO 8601, UTC. `not_before` may be empty: as soon as approved."""

    not_before: str
    not_after: str

    @property
    def is_one(self) -> bool:
        """Whether both ends are moments with a time zone."""
        try:
            ends = [datetime.fromisoformat(end) for end in (self.not_before or self.not_after, self.not_after)]
        except ValueError:
            return False
        return all(end.tzinfo for end in ends)

    @property
    def opens_at(self) -> datetime:
        """The first moment at which it may go out: its release time, or else when it was frozen."""
        opens_at = datetime.fromisoformat(self.not_before) if self.not_before else datetime.fromisoformat(self.not_after) - OPEN_FOR
        return opens_at.astimezone(UTC)

    def require_open(self, at: datetime) -> None:
        """Raise Refused outside the window."""
        if self.not_before and at < datetime.fromisoformat(self.not_before):
            raise Refused(_("It is too early: this was signed for a later time."))
        if at > datetime.fromisoformat(self.not_after):
            raise Refused(_("It is too late: the time this was signed for has passed."), remedy=_("Submit it again."))


@dataclass(frozen=True)
class Request:
    """Everything one account receives."""

    account: Target
    delivery: str
    handle: str
    text: str
    language: str
    media: tuple[Medium, ...]
    reply_to: dict[str, str] | None
    window: Window

    def content(self) -> dict[str, Any]:
        """The request as JSON."""
        return {"v": 1, **asdict(self), "media": [asdict(medium) for medium in self.media]}

    @cached_property
    def digest(self) -> Digest:
        """What is signed."""
        return Digest.of(REQUEST, self.content())


def request(content: dict[str, Any]) -> Request:
    """The request that `Request.content` wrote; Refused when it is another shape."""
    try:
        found = Request(
            account=Target(**content["account"]),
            delivery=content["delivery"],
            handle=content["handle"],
            text=content["text"],
            language=content["language"],
            media=tuple(Medium(**medium) for medium in content["media"]),
            reply_to=content["reply_to"],
            window=Window(**content["window"]),
        )
        fits = found.content() == content and _is_whole(found) and found.digest
    except (KeyError, TypeError, ValueError) as error:  # ValueError: no digest can be made of it
        raise Refused(_("That is no request of ours.")) from error
    if not fits:
        raise Refused(_("That is no request of ours."))
    return found


def _is_whole(found: Request) -> bool:
    """Whether each part is of its kind. The database may hold anything, and what is no text must not be sent as one."""
    reply = found.reply_to
    if reply is not None and (type(reply) is not dict or set(reply) != _REPLY):
        return False
    texts = [*astuple(found.account), found.delivery, found.handle, found.text, found.language, *astuple(found.window)]
    texts += [text for medium in found.media for text in (medium.sha256, medium.mime, medium.alt)]
    texts += (reply or {}).values()
    numbers = [number for medium in found.media for number in (medium.size, medium.width, medium.height)]
    if any(type(text) is not str for text in texts) or any(type(number) is not int for number in numbers):
        return False
    return found.window.is_one and all(_DIGEST.fullmatch(medium.sha256) for medium in found.media)


def rebuilt(publication: Publication, identity: Identity, *, account: str, delivery: str, window: Window) -> Request:
    """The request that this publication, sent with this identity's key, amounts to."""
    reply = publication.reply_to
    return Request(
        account=Target(account, identity.network, identity.origin, identity.remote_id),
        delivery=delivery,
        handle=publication.handle,
        text=publication.text,
        language=publication.language,
        media=tuple(
            Medium(sha256(p.data).hexdigest(), p.mime, len(p.data), p.alt, p.width, p.height) for p in publication.pictures
        ),
        reply_to={name: str(value) for name, value in asdict(reply).items()} if reply else None,
        window=window,
    )
