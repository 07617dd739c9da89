"""Forged messages: anything that can be written to the broker's socket."""
from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from countersign.access.vault.models import SecretVersion
from countersign.calls import messages
from countersign.content.posts.models import Delivery
from tests.forging.world import Answer, Case, World

PARTS = "That call has other parts."
NO_CALL = "There is no such call."
NO_DELIVERY = "There is no such delivery."
OUTSIDE = "That cannot be sealed from outside."
HUNG_UP = "hung up"


def publishing(**parts: Any) -> Callable[[World], Answer]:
    """A message that asks for a signed and claimed delivery, with these parts instead or besides."""

    def attempt(world: World) -> Answer:
        delivery = _claimed(world)
        return world.say({"call": "Publish", "with": {"delivery": str(delivery.uid), "fence": 1, **parts}})

    return attempt


def _claimed(world: World) -> Delivery:
    delivery = world.approved()
    Delivery.objects.filter(pk=delivery.pk).update(state="sending", fence=1)
    return delivery


def saying(change: Callable[[dict[str, Any]], Any]) -> Callable[[World], Answer]:
    """The right message for a signed and claimed delivery, changed as a whole."""

    def attempt(world: World) -> Answer:
        return world.say(change({"call": "Publish", "with": {"delivery": str(_claimed(world).uid), "fence": 1}}))

    return attempt


def shouting(raw: bytes) -> Callable[[World], Answer]:
    """Bytes that are no message."""

    def attempt(world: World) -> Answer:
        _claimed(world)
        return world.shout(raw)

    return attempt


def sealing(owner: Callable[[World], str], field: str) -> Callable[[World], Answer]:
    """The broker is to seal words of ours as if they were an account's key."""
    return lambda world: world.ask(messages.Seal(owner(world), field, 1, '{"secret": "x"}'))


def about(call: Callable[[World, str], messages.Call]) -> Callable[[World], Answer]:
    """Another call about a signed and claimed delivery that was not sent."""
    return lambda world: world.ask(call(world, str(_claimed(world).uid)))


def _account(world: World) -> str:
    return f"account:{world.account.uid}"


def _opened_as_code(world: World) -> Answer:
    """An account's key is shown to the call that compares codes."""
    sealed = SecretVersion.objects.get(account=world.account).sealed
    return world.ask(messages.CheckTotp(_account(world), 1, sealed, "000000"))


def _opened_as_pending(world: World) -> Answer:
    """An account's key is given back as the other half of a sign-in."""
    sealed = SecretVersion.objects.get(account=world.account).sealed
    return world.ask(messages.FinishConnection("practice", str(world.account.uid), sealed, {"code": "x", "state": "y"}))


def _whole(text: bytes) -> bytes:
    return struct.pack(">I", len(text)) + text


def _act(deed: str, comment: str = "{root}") -> Callable[[World], Answer]:
    def attempt(world: World) -> Answer:
        root = str(world.root_id)
        call = messages.ActOnComment(str(world.account.uid), comment.format(root=root), root, deed)
        return world.ask(call)

    return attempt


def _unsigned(world: World) -> Delivery:
    """A row that the web process made up: it has a request, a revision, and nobody's signature."""
    delivery = _claimed(world)
    return world.alter(delivery, lambda request: request.update(text="De Linde stopt ermee."))


def _other_calls_for_unsigned(kind: type[messages.Call], *more: str) -> Callable[[World], Answer]:
    return lambda world: world.ask(kind(str(_unsigned(world).uid), *(part.format(ann=world.uid("Ann")) for part in more)))


_DEEP = b"[" * 200_000 + b"]" * 200_000

CASES = [
    Case("message: with the words to send", publishing(request={"text": "De Linde stopt ermee."}), PARTS, "Invalid"),
    Case("message: with force", publishing(force=True), PARTS, "Invalid"),
    Case("message: with a roster of its own", publishing(roster={}), PARTS, "Invalid"),
    Case("message: a list of deliveries", publishing(delivery=["a"]), PARTS, "Invalid"),
    Case("message: an object for a delivery", publishing(delivery={"uid": 1}), PARTS, "Invalid"),
    Case("message: a number for a delivery", publishing(delivery=7), PARTS, "Invalid"),
    Case("message: no delivery", publishing(delivery=None), PARTS, "Invalid"),
    Case("message: a delivery that is no name", publishing(delivery="' OR 1=1 --"), NO_DELIVERY, "Invalid"),
    Case("message: a delivery that is not there", publishing(delivery="00000000-0000-0000-0000-000000000000"), NO_DELIVERY, "Invalid"),
    Case("message: an empty name", publishing(delivery=""), NO_DELIVERY, "Invalid"),
    Case("message: half a character for a name", publishing(delivery="\ud83c"), PARTS, "Invalid"),
    Case("message: a text for a fence", publishing(fence="1"), PARTS, "Invalid"),
    Case("message: no fence", publishing(fence=None), PARTS, "Invalid"),
    Case("message: true for a fence", publishing(fence=True), PARTS, "Invalid"),
    Case("message: one and a half for a fence", publishing(fence=1.5), PARTS, "Invalid"),
    Case("message: a list for a fence", publishing(fence=[1]), PARTS, "Invalid"),
    Case("message: no fence at all", publishing(fence=0), "no fence", "Invalid"),
    Case("message: a fence below none", publishing(fence=-1), "no fence", "Invalid"),
    Case("message: a fence beyond all", publishing(fence=2**63), "no fence", "Invalid"),
    Case("message: another call", saying(lambda m: {**m, "call": "Send"}), NO_CALL, "Invalid"),
    Case("message: a function of the broker's", saying(lambda m: {**m, "call": "grow_roster"}), NO_CALL, "Invalid"),
    Case("message: a list for a call", saying(lambda m: {**m, "call": ["Publish"]}), NO_CALL, "Invalid"),
    Case("message: without parts", saying(lambda m: {"call": m["call"]}), NO_CALL, "Invalid"),
    Case("message: a list for parts", saying(lambda m: {**m, "with": list(m["with"].values())}), NO_CALL, "Invalid"),
    Case("message: an answer", saying(lambda _m: {"answer": {"state": "published"}}), NO_CALL, "Invalid"),
    Case("message: a list", saying(lambda m: [m]), "no message", "Invalid"),
    Case("message: a text", saying(lambda _m: "Publish"), "no message", "Invalid"),
    Case("message: no JSON", shouting(_whole(b"Publish it!")), "no message", "Invalid"),
    Case("message: bytes that are no text", shouting(_whole(b"\xff\xfe\xfd")), "no message", "Invalid"),
    Case("message: one that nests without end", shouting(_whole(_DEEP)), "no message", "Invalid"),
    Case("message: one as long as the world", shouting(b"\xff\xff\xff\xff{}"), "no message", "Invalid"),
    Case("message: half of one", shouting(struct.pack(">I", 500) + b'{"call": "Publish"'), HUNG_UP, HUNG_UP),
    Case("message: two bytes", shouting(b"{}"), HUNG_UP, HUNG_UP),
    Case("seal: as an account's key", sealing(_account, "credentials"), OUTSIDE, "Invalid", twin="plain"),
    Case("seal: as an account's pending sign-in", sealing(_account, "pending"), OUTSIDE, "Invalid", twin="plain"),
    Case("seal: an account's, under a person's field", sealing(_account, "totp"), OUTSIDE, "Invalid", twin="plain"),
    Case("seal: a person's, under an account's field", sealing(lambda w: f"person:{w.uid('Olu')}", "credentials"), OUTSIDE, "Invalid", twin="plain"),
    Case("seal: for an owner of no kind", sealing(lambda w: str(w.account.uid), "credentials"), OUTSIDE, "Invalid", twin="plain"),
    Case("open: an account's key as a code's seed", _opened_as_code, "does not belong here", twin="plain"),
    Case("open: an account's key as a pending sign-in", _opened_as_pending, "does not belong here", twin="plain"),
    Case("call: settle what was not sent", about(lambda _w, uid: messages.Settle(uid)), "", "due"),
    Case("call: settle what nobody signed", _other_calls_for_unsigned(messages.Settle), "", "due"),
    Case("call: say that unsigned words are out", _other_calls_for_unsigned(messages.Looked, "1", "https://x.example", "{ann}"), "", "due"),
    Case("call: say that unsigned words are not out", _other_calls_for_unsigned(messages.Looked, "", "", "{ann}"), "", "due"),
    Case("call: delete what we never sent", about(lambda _w, uid: messages.Withdraw(uid)), "does not know this as published"),
    Case("call: publish as a deed upon a comment", _act("publish"), "does not let us do that", "by_hand", twin="plain"),
    Case("call: connect with a password there is not", lambda w: w.ask(messages.ConnectByAppPassword(
        "practice", str(w.account.uid), w.house.network.origin, "delinde", "x")), "no app passwords", "Invalid", "plain"),
    Case("call: begin at a network there is not", lambda w: w.ask(messages.BeginConnection(
        "telegraph", str(w.account.uid), w.house.network.origin, "delinde", "x")), "no network called telegraph", "Invalid", "plain"),
]
