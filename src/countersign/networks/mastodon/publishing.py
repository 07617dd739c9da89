"""Publishing at Mastodon: pictures first, then the one request that makes anything visible; and looking for it after."""
from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, urlsplit

import httpx

from countersign.base.errors import OutcomeUnknown, Rejected, Unreachable
from countersign.base.values import RemoteId
from countersign.base.words import _
from countersign.networks.asking import as_json, is_gone
from countersign.networks.contract import Client, DeliveryFacts, Found, Guarantee, Picture, Publication, Published
from countersign.networks.mastodon.entities import Entity, entities, entity, is_list, text_at, time_at
from countersign.networks.mastodon.text import same_words

# Mastodon remembers an Idempotency-Key for an hour. GoToSocial and Takahe ignore it: only reading back tells there.
DELIVERY = DeliveryFacts(
    guarantee=Guarantee.FOR_A_WHILE, key_lives=timedelta(minutes=50), reads_back_within=timedelta(seconds=60)
)
PICTURE_SECONDS = 30.0
_SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif"}
_PAGES = 10


def publish(client: Client, publication: Publication) -> Published:
    """Upload the pictures, where a failure leaves nothing to see, then publish once under the handle."""
    pictures = [_upload(client, picture) for picture in publication.pictures]
    fields: dict[str, str | list[str]] = {
        "status": publication.text, "visibility": "public", "sensitive": "false", "content_type": "text/plain",
    }  # fmt: skip
    if publication.language:
        fields["language"] = publication.language
    if publication.reply_to:
        fields["in_reply_to_id"] = publication.reply_to.parent
    if pictures:
        fields["media_ids[]"] = pictures
    answer = client.request(
        "POST", "/api/v1/statuses", data=fields, headers={"Idempotency-Key": publication.handle}, changes=True
    )
    return _published(answer)


def _published(answer: httpx.Response) -> Published:
    said = entity(as_json(answer))
    if not text_at(said, "id"):
        raise OutcomeUnknown(_("The network did not say whether it was done."))
    return _as_published(said)


def _as_published(status: Entity) -> Published:
    return Published(RemoteId(text_at(status, "id")), text_at(status, "url") or text_at(status, "uri"))


def _upload(client: Client, picture: Picture) -> str:
    """Upload one picture with its alt text and wait until the server has worked it out; its id."""
    name = f"{picture.sha256[:16]}.{_SUFFIXES.get(picture.mime, 'bin')}"
    files, data = {"file": (name, picture.data, picture.mime)}, {"description": picture.alt}
    try:
        answer = client.request("POST", "/api/v2/media", files=files, data=data)
    except Rejected as error:
        if not is_gone(error):
            raise
        answer = client.request("POST", "/api/v1/media", files=files, data=data)
    media = entity(as_json(answer))
    identifier = text_at(media, "id")
    if not identifier:
        raise Unreachable(_("The network did not take the picture, so nothing was published."))
    if answer.status_code == 202:
        media = _wait_for(client, identifier)
    _require_alt(media, picture)
    return identifier


def _wait_for(client: Client, identifier: str) -> Entity:
    """Ask until the picture is ready; 206 means not yet."""
    until, pause = time.monotonic() + PICTURE_SECONDS, 0.2
    while True:
        answer = client.request("GET", f"/api/v1/media/{identifier}")
        if answer.status_code == 200:
            return entity(as_json(answer))
        if time.monotonic() + pause > until:
            raise Unreachable(_("The network is still working on the picture, so nothing was published."))
        time.sleep(pause)
        pause = min(pause * 2, 3.0)


def _require_alt(media: Entity, picture: Picture) -> None:
    """Refuse to go on when the server kept another description than the one that was signed."""
    kept = text_at(media, "description")
    if kept and kept.split() != picture.alt.split():
        raise Rejected(_("The network changed the picture's description, so nothing was published."))


def withdraw(client: Client, remote_id: RemoteId) -> None:
    """Delete one own post; one that is already gone is no error."""
    try:
        client.request("DELETE", f"/api/v1/statuses/{remote_id}", changes=True)
    except Rejected as error:
        if not is_gone(error):
            raise


def find(client: Client, publication: Publication, *, since: datetime) -> Found:
    """Look for the publication among our own posts since then: same words, same parent, as many pictures.

    The server's clock is read from its answers, so that a clock that differs from ours hides nothing. When the pages end
    before `since` is reached, absence is not claimed.
    """
    asked_at = datetime.now(UTC)
    path = f"/api/v1/accounts/{client.identity.remote_id}/statuses"
    params: dict[str, str | int] = {"limit": 40}
    for _page in range(_PAGES):
        answer = client.request("GET", path, params=params, headers={"cache-control": "no-cache"})
        if not is_list(answer):
            raise Unreachable(_("The network gave no usable answer."))
        statuses = entities(as_json(answer))
        earliest = since + _skew(answer, datetime.now(UTC))
        if match := next((s for s in statuses if _is_same(s, publication, earliest)), None):
            return Found(_as_published(match), _complete_until(asked_at))
        if not statuses or _is_before(statuses[-1], earliest):
            return Found(None, _complete_until(asked_at))
        params = {"limit": 40, "max_id": _next_page(answer) or text_at(statuses[-1], "id")}
    return Found(None, None)


def _complete_until(asked_at: datetime) -> datetime:
    return asked_at - (DELIVERY.reads_back_within or timedelta(0))


def _skew(answer: httpx.Response, received_at: datetime) -> timedelta:
    """How far the server's clock is ahead of ours, at the least; a minute behind when it does not tell.

    Never more than the truth: a post must not be overlooked because the answer was slow.
    """
    try:
        told = parsedate_to_datetime(answer.headers["date"])
    except (KeyError, ValueError, TypeError):
        return timedelta(seconds=-60)
    return (told if told.tzinfo else told.replace(tzinfo=UTC)) - received_at - timedelta(seconds=2)


def _is_before(status: Entity, earliest: datetime) -> bool:
    at = time_at(status, "created_at")
    return at is not None and at < earliest


def _is_same(status: Entity, publication: Publication, earliest: datetime) -> bool:
    parent = publication.reply_to.parent if publication.reply_to else ""
    return (
        not _is_before(status, earliest)
        and not status.get("reblog")
        and text_at(status, "in_reply_to_id") == parent
        and len(entities(status.get("media_attachments"))) == len(publication.pictures)
        and same_words(text_at(status, "content"), publication.text)
    )


def _next_page(answer: httpx.Response) -> str:
    """The `max_id` of the next page as the server names it; its address is not followed, only this is read."""
    following = answer.links.get("next", {}).get("url", "")
    return parse_qs(urlsplit(following).query).get("max_id", [""])[0]
