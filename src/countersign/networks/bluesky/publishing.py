"""Publishing one post under a record key that was chosen beforehand, and looking whether it stands there."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from countersign.base.errors import Rejected
from countersign.base.values import RemoteId
from countersign.base.words import _
from countersign.networks.bluesky import asking, facets
from countersign.networks.bluesky.asking import fields
from countersign.networks.bluesky.keys import POST, address, page, stamp
from countersign.networks.contract import Client, Found, Picture, Publication, Published, ReplyTo


def publish(client: Client, publication: Publication) -> Published:
    """Upload the pictures, which shows nothing to anybody, then write the record if nothing stands under its key yet."""
    record = _record(client, publication)
    try:
        made = asking.write(client, POST, publication.handle, record, over=None)
    except Rejected as refusal:
        if refusal.facts.get("error") == "InvalidSwap" and (standing := _standing(client, publication)):
            return standing
        raise
    return _published(made, client, publication)


def find(client: Client, publication: Publication) -> Found:
    """Ask the PDS for the record itself. Its answer is exact, so it also proves absence up to the moment of asking."""
    asked_at = datetime.now(UTC)
    return Found(_standing(client, publication), asked_at)


def _standing(client: Client, publication: Publication) -> Published | None:
    """What stands under the key, if it has our words. The key is ours alone; the moment in the record is not compared,
    since after a restored backup it may be forgotten."""
    held = asking.record(client, POST, publication.handle)
    value = held.get("value") if held else None
    if held is None or not isinstance(value, dict):
        return None
    return _published(held, client, publication) if value.get("text") == publication.text else None


def _published(held: Mapping[str, Any], client: Client, publication: Publication) -> Published:
    uri = f"at://{client.identity.remote_id}/{POST}/{publication.handle}"
    return Published(RemoteId(uri), page(uri), str(held.get("cid") or ""))


def _record(client: Client, publication: Publication) -> dict[str, Any]:
    record: dict[str, Any] = {"$type": POST, "text": publication.text, "createdAt": stamp(publication.created_at)}
    if publication.language:
        record["langs"] = [publication.language]
    if found := facets.records(publication.text, did_of=lambda handle: _did_of(client, handle)):
        record["facets"] = found
    if publication.reply_to:
        record["reply"] = _reply(publication.reply_to)
    if publication.pictures:
        images = [_image(client, picture) for picture in publication.pictures]
        record["embed"] = {"$type": "app.bsky.embed.images", "images": images}
    return record


def _did_of(client: Client, handle: str) -> str:
    try:
        return str(asking.query(client, "com.atproto.identity.resolveHandle", handle=handle).get("did") or "")
    except Rejected:
        return ""


def _reply(to: ReplyTo) -> dict[str, Any]:
    for uri, cid in ((to.root, to.root_cid), (to.parent, to.parent_cid)):
        if address(uri) is None or not cid:
            raise Rejected(_("What is answered is not known well enough to answer it; collect its thread once more."))
    return {"root": {"uri": to.root, "cid": to.root_cid}, "parent": {"uri": to.parent, "cid": to.parent_cid}}


def _image(client: Client, picture: Picture) -> dict[str, Any]:
    headers = {"content-type": picture.mime}
    answer = client.request("POST", "/xrpc/com.atproto.repo.uploadBlob", content=picture.data, headers=headers)
    ratio, blob = {"width": picture.width, "height": picture.height}, fields(answer).get("blob")
    if not isinstance(blob, dict):
        raise asking.nonsense()
    return {"alt": picture.alt, "image": blob, "aspectRatio": ratio}
