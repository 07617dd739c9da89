"""Forged requests: what is to be sent is no longer what was signed, one field at a time."""
from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from countersign.content.media import store
from countersign.content.posts.models import Delivery, Revision
from countersign.review.statement import iso
from tests.forging.world import Answer, Case, World, now, picture_of

OTHER = "This is not what was countersigned."
SHAPE = "That is no request of ours."

type Change = Callable[[World, dict[str, Any]], Any]


def altered(change: Change, kind: str) -> Callable[[World], Answer]:
    """Change a signed delivery's request, and ask for it to be sent."""

    def attempt(world: World) -> Answer:
        delivery = world.approved(kind)
        return world.publish(world.alter(delivery, lambda request: change(world, request)))

    return attempt


def put(*path: str | int, value: Any) -> Change:
    """The change that puts a value at this place of the request."""

    def change(_world: World, request: dict[str, Any]) -> None:
        inner: Any = request
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = value

    return change


def _other_picture(world: World, request: dict[str, Any]) -> None:
    request["media"][0] |= picture_of(world, 1)


def _second_picture(world: World, request: dict[str, Any]) -> None:
    request["media"].append({"alt": "Nog een glas.", **picture_of(world, 1)})


def _same_twice(_world: World, request: dict[str, Any]) -> None:
    request["media"] *= 2


def _invisible(_world: World, request: dict[str, Any]) -> None:
    request["text"] += "\u200b"


def _decomposed(_world: World, request: dict[str, Any]) -> None:
    request["text"] = unicodedata.normalize("NFD", request["text"].replace("e", "é"))


def _another_accounts(world: World, request: dict[str, Any]) -> None:
    request["account"] |= {"uid": str(world.other.uid), "remote_id": world.other.remote_id}


def _earlier(_world: World, request: dict[str, Any]) -> None:
    request["window"]["not_before"] = iso(now() - timedelta(minutes=1))


def _longer(_world: World, request: dict[str, Any]) -> None:
    request["window"]["not_after"] = iso(now() + timedelta(days=700))


def _extra(_world: World, request: dict[str, Any]) -> None:
    request["mood"] = "angry"


def _without(name: str) -> Change:
    def change(_world: World, request: dict[str, Any]) -> None:
        del request[name]

    return change


_RICH: list[tuple[str, Change, str]] = [
    ("the words", put("text", value="De Linde stopt ermee."), OTHER),
    ("one invisible character", _invisible, OTHER),
    ("the same letters in another encoding", _decomposed, OTHER),
    ("no words at all", put("text", value=""), OTHER),
    ("the description of the picture", put("media", 0, "alt", value="Een vat op straat."), OTHER),
    ("no description", put("media", 0, "alt", value=""), OTHER),
    ("another picture", _other_picture, OTHER),
    ("one picture more", _second_picture, OTHER),
    ("the picture twice", _same_twice, OTHER),
    ("no picture", put("media", value=[]), OTHER),
    ("the type of the picture", put("media", 0, "mime", value="image/png"), OTHER),
    ("the size of the picture", put("media", 0, "size", value=7), OTHER),
    ("the width of the picture", put("media", 0, "width", value=65), OTHER),
    ("the height of the picture", put("media", 0, "height", value=47), OTHER),
    ("a width that is true", put("media", 0, "width", value=True), SHAPE),
    ("the language", put("language", value="fr"), OTHER),
    ("no longer an answer", put("reply_to", value=None), OTHER),
    ("an answer to something else", put("reply_to", "parent", value="1"), OTHER),
    ("an answer in another thread", put("reply_to", "root", value="1"), OTHER),
    ("an answer to another version", put("reply_to", "parent_cid", value="bafy"), OTHER),
    ("the handle", put("handle", value=str(uuid4())), OTHER),
    ("the account, in its row alone", put("account", "uid", value=str(uuid4())), OTHER),
    ("another account of ours", _another_accounts, OTHER),
    ("the network", put("account", "network", value="mastodon"), OTHER),
    ("the origin", put("account", "origin", value="https://elsewhere.example"), OTHER),
    ("who it is at the network", put("account", "remote_id", value="99"), OTHER),
    ("the delivery", put("delivery", value=str(uuid4())), OTHER),
    ("a window that opens later", put("window", "not_before", value="2020-01-01T00:00:00.000000Z"), OTHER),
    ("a window that stays open", _longer, OTHER),
    ("a part nobody signed", _extra, SHAPE),
    ("a part missing", _without("handle"), SHAPE),
    ("a number for words", put("text", value=5), SHAPE),
    ("nothing for words", put("text", value=None), SHAPE),
    ("a list for words", put("text", value=["Zaterdag"]), SHAPE),
    ("half a character", put("text", value="\ud83c"), SHAPE),
    ("a text for pictures", put("media", value="none"), SHAPE),
    ("a number for a picture", put("media", value=[1]), SHAPE),
    ("a number no one can write", put("media", 0, "width", value=2**60), SHAPE),
    ("half a pixel", put("media", 0, "width", value=64.5), SHAPE),
    ("a way out of the store", put("media", 0, "sha256", value="../../../etc/passwd"), SHAPE),
    ("a number for a digest", put("media", 0, "sha256", value=7), SHAPE),
    ("a text for an answer", put("reply_to", value="1"), SHAPE),
    ("an answer without a root", put("reply_to", value={"parent": "1"}), SHAPE),
    ("a window that is no time", put("window", "not_after", value="for ever"), SHAPE),
    ("a window without a zone", put("window", "not_after", value="2999-01-01T00:00:00"), SHAPE),
    ("a window that is a number", put("window", "not_after", value=32503680000), SHAPE),
]


def _nothing(_world: World, _request: dict[str, Any]) -> list[Any]:
    return []


def _null(world: World) -> Answer:
    delivery = world.approved()
    Delivery.objects.filter(pk=delivery.pk).update(request="null")
    return world.publish(delivery)


def _swapped_with_another(world: World) -> Answer:
    """Two approved posts, each asking for the other's words."""
    one, two = world.approved(), world.approved()
    Delivery.objects.filter(pk=one.pk).update(request=two.request)
    return world.publish(one)


def _bytes_swapped(world: World) -> Answer:
    """The file on the disk is another picture under the signed one's name."""
    delivery = world.approved("rich")
    signed, other = (store.renditions().path(file.sha256) for file in world.pictures)
    kept = signed.read_bytes()
    try:
        signed.write_bytes(other.read_bytes())
        return world.publish(delivery)
    finally:
        signed.write_bytes(kept)


def _bytes_gone(world: World) -> Answer:
    delivery = world.approved("rich")
    signed = store.renditions().path(world.pictures[0].sha256)
    kept = signed.read_bytes()
    try:
        signed.unlink()
        return world.publish(delivery)
    finally:
        signed.write_bytes(kept)


def _too_early(world: World) -> Answer:
    """Signed for tomorrow; the rows say that it is due now."""
    delivery = world.approved("tomorrow")
    Delivery.objects.filter(pk=delivery.pk).update(due_at=now())
    return world.publish(delivery)


def _too_late(world: World) -> Answer:
    """Honestly signed for a week that is over."""
    delivery = world.approved()
    delivery = world.alter(delivery, lambda r: r["window"].update(not_after=iso(now() - timedelta(seconds=1))))
    return world.publish(resigned(world, delivery))


def resigned(world: World, delivery: Delivery) -> Delivery:
    """Have Ben sign what the delivery now asks for."""
    from countersign.content.posts import manifest

    digest = manifest.request(delivery.request).digest.hex
    Revision.objects.filter(pk=delivery.revision_id).update(digest=digest)

    def change(statement: dict[str, Any]) -> None:
        statement["requests"][0]["digest"] = digest

    return world.restate(delivery, change, key="Ben")


CASES = [
    *[Case(f"request: {name}", altered(change, "rich"), words) for name, change, words in _RICH],
    Case("request: a time that was moved to now", altered(_earlier, "tomorrow"), OTHER, twin="soon"),
    Case("request: a time that was wiped", altered(put("window", "not_before", value=""), "tomorrow"), OTHER, twin="soon"),
    Case("request: a list", altered(_nothing, "plain"), SHAPE),
    Case("request: a bare text", _null, SHAPE),
    Case("request: of another approved post", _swapped_with_another, OTHER),
    Case("request: the bytes of the picture swapped on the disk", _bytes_swapped, "no longer the one", "Invalid"),
    Case("request: the bytes of the picture gone", _bytes_gone, "missing", "Invalid"),
    Case("request: before its time", _too_early, "too early", twin="soon"),
    Case("request: after its time", _too_late, "too late"),
]
