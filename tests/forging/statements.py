"""Forged statements: who signed, for whom, over what, until when."""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from countersign.content.posts.models import Delivery, Post, Revision
from countersign.people.models import Credential
from countersign.review.models import Countersignature
from countersign.review.statement import iso
from tests.forging.world import Answer, Case, World, matter_of, now

type Change = Callable[[World, dict[str, Any]], Any]
SIGNATURE = "That signature is for something else."
SHAPE = "That is no statement of ours."
OWN = "Nobody countersigns their own."
OTHER = "This is not what was countersigned."
UNTOLD = "Somebody wrote this whom the signers were not told of."


def put(**parts: Any) -> Change:
    """The change that sets these parts."""
    return lambda _world, statement: statement.update(parts)


def restated(change: Change, key: str = "") -> Callable[[World], Answer]:
    """Change a signed statement in its row; with a key, that passkey signs what it became."""

    def attempt(world: World) -> Answer:
        delivery = world.approved()
        return world.publish(world.restate(delivery, lambda statement: change(world, statement), key=key))

    return attempt


def _moved(name: str, by: timedelta) -> Change:
    def change(_world: World, statement: dict[str, Any]) -> None:
        statement[name] = iso(datetime.fromisoformat(statement[name]) + by)

    return change


def _signer(name: str) -> Change:
    return lambda world, statement: statement.update(signer=world.uid(name))


def _authors(*names: str) -> Change:
    return lambda world, statement: statement.update(authors=sorted(world.uid(name) for name in names))


def _one_more_request(world: World, statement: dict[str, Any]) -> None:
    statement["requests"].append({"account": str(world.other.uid), "delivery": str(uuid4()), "digest": "0" * 64})


def _request(**parts: Any) -> Change:
    return lambda _world, statement: statement["requests"][0].update(parts)


def _dropped(name: str) -> Change:
    return lambda _world, statement: statement.pop(name) and None


def _is(value: Any) -> Change:
    return lambda _world, _statement: value


# Somebody changed the row, and nobody signed it anew.
_ALTERED: list[tuple[str, Change, str]] = [
    ("its version", put(v=2), "lets nothing go out"),
    ("its act", put(act="roster.add"), "lets nothing go out"),
    ("its signer", _signer("Sam"), "another person's"),
    ("its authors", _authors("Mia"), SIGNATURE),
    ("one author more", _authors("Ann", "Mia"), SIGNATURE),
    ("its post", put(post=str(uuid4())), SIGNATURE),
    ("its revision", put(revision=2), SIGNATURE),
    ("fewer signatures", put(signatures=0), SIGNATURE),
    ("its findings", put(findings="0" * 64), SIGNATURE),
    ("one request more", _one_more_request, SIGNATURE),
    ("its request", _request(digest="0" * 64), OTHER),
    ("its nonce", put(nonce="another"), SIGNATURE),
    ("when it was signed", _moved("signed_at", timedelta(seconds=-1)), SIGNATURE),
    ("when it ends", _moved("expires_at", timedelta(days=365)), SIGNATURE),
    ("a part more", put(force=True), SHAPE),
    ("a part less", _dropped("findings"), SHAPE),
    ("a text for a number", put(revision="1"), SHAPE),
    ("true for a number", put(signatures=True), SHAPE),
    ("a number for a signer", put(signer=1), SHAPE),
    ("a text for the authors", put(authors="Ann"), SHAPE),
    ("a number among the authors", put(authors=[1]), SHAPE),
    ("an object for the requests", put(requests={}), SHAPE),
    ("a number for a request", put(requests=[1]), OTHER),
    ("a list", _is([]), SHAPE),
    ("a text", _is("signed"), SHAPE),
    ("no time", put(expires_at="never"), SHAPE),
    ("a time without a zone", put(expires_at="2999-01-01T00:00:00"), SHAPE),
    ("half a character", put(findings="\ud83c"), SHAPE),
    ("a number no one can write", put(revision=2**60), SHAPE),
    ("a fraction for a request", put(requests=[0.5]), OTHER),
]

# A passkey of the roster did sign what the row says: whoever holds it was careless, deceived or in league.
_SIGNED: list[tuple[str, Change, str]] = [
    ("for another act", put(act="comment.hide"), "lets nothing go out"),
    ("of another version", put(v=2), "lets nothing go out"),
    ("by its author", _authors("Ann", "Ben"), OWN),
    ("by its only author", _authors("Ben"), OWN),
    ("without an author", put(authors=[]), OWN),
    ("by its author under another spelling", lambda w, s: s.update(authors=[w.uid("Ann"), w.uid("Ben").upper()]), SHAPE),
    ("with an author of no name", put(authors=["somebody"]), SHAPE),
    ("with an author who is nobody here", lambda w, s: s["authors"].append(str(uuid4())), "no longer active here"),
    ("for authors the database does not know alone", _authors("Mia"), UNTOLD),
    ("in another person's name", _signer("Sam"), "another person's"),
    ("in nobody's name", put(signer=""), SHAPE),
    ("that has expired", lambda _w, s: s.update(
        signed_at=iso(now() - timedelta(days=40)), expires_at=iso(now() - timedelta(days=10))), "has expired"),
    ("that expired a second ago", lambda _w, s: s.update(expires_at=iso(now() - timedelta(seconds=1))), "has expired"),
    ("in the future", lambda _w, s: s.update(signed_at=iso(now() + timedelta(minutes=10))), "signed in the future"),
    ("before the passkey counted", lambda _w, s: s.update(signed_at=iso(now() - timedelta(days=91))), "is new"),
    ("over no request", put(requests=[]), OTHER),
    ("over another account", lambda w, s: s["requests"][0].update(account=str(w.other.uid)), OTHER),
    ("over another delivery", _request(delivery=str(uuid4())), OTHER),
    ("over other words", _request(digest="0" * 64), OTHER),
    ("over a request with a part more", _request(text="Zaterdag"), OTHER),
    ("that asks for three signatures", put(signatures=3), "takes 3 signatures"),
    ("with a part more", put(force=True), SHAPE),
    ("with a part less", _dropped("nonce"), SHAPE),
    ("with no time", put(signed_at="yesterday"), SHAPE),
    ("with a time without a zone", put(signed_at="2020-01-01T00:00:00"), SHAPE),
]


def _unsigned(world: World) -> Answer:
    delivery = world.approved()
    Countersignature.objects.filter(matter=matter_of(delivery)).delete()
    return world.publish(delivery)


def _of_another_revision(world: World) -> Answer:
    delivery = world.approved()
    Countersignature.objects.filter(matter=matter_of(delivery)).update(matter=f"post:{delivery.post.uid}:2")
    return world.publish(delivery)


def _author_changed(world: World) -> Answer:
    """The database says Mia wrote it; Ben signed it as Ann's."""
    delivery = world.approved()
    Post.objects.filter(pk=delivery.post_id).update(author=world.person("Mia"))
    return world.publish(delivery)


def _signer_wrote_it(world: World) -> Answer:
    """The database knows that Ben edited it; the statement he signed leaves him out."""
    delivery = world.approved()
    Revision.objects.filter(pk=delivery.revision_id).update(authors=sorted([world.uid("Ann"), world.uid("Ben")]))
    return world.publish(delivery)


def _authors_are(value: Any) -> Callable[[World], Answer]:
    def attempt(world: World) -> Answer:
        delivery = world.approved()
        Revision.objects.filter(pk=delivery.revision_id).update(authors=value)
        return world.publish(delivery)

    return attempt


def _of_another_post(world: World) -> Answer:
    """The signature of one post, moved to another of the same words for the same account."""
    signed, other = world.approved(text="Proost op de zomer!"), world.approved(text="Proost op de zomer!")
    row = Countersignature.objects.get(matter=matter_of(signed))
    Countersignature.objects.filter(matter=matter_of(other)).update(
        statement=row.statement, digest=row.digest, signature=row.signature,
        authenticator_data=row.authenticator_data, client_data_json=row.client_data_json,
    )
    return world.publish(other)


def _of_the_same_post_elsewhere(world: World) -> Answer:
    """Signed for @delinde; the very same statement for @delindebar."""
    signed, other = world.approved(text="Proost!"), world.approved(account=world.other, text="Proost!")
    row = Countersignature.objects.get(matter=matter_of(signed))
    Countersignature.objects.filter(matter=matter_of(other)).update(
        statement=row.statement, digest=row.digest, signature=row.signature,
        authenticator_data=row.authenticator_data, client_data_json=row.client_data_json,
    )
    return world.publish(other)


def _beside(change: Change, key: str, **row_parts: Any) -> Callable[[World], Answer]:
    """A genuine signature, and a second row beside it that somebody else signed."""

    def attempt(world: World) -> Answer:
        delivery = world.approved()
        row = world.signature(delivery)
        row.pk, row.digest, row.signer = None, "f" * 64, world.person("Sam")
        row.save()
        return world.publish(world.restate(delivery, lambda statement: change(world, statement), key=key))

    return attempt


def _key_put_in(world: World, delivery: Delivery, *, instead: bool) -> Answer:
    """Olu puts her own passkey into the tables as Ben's, beside his or instead of it, and signs with it."""
    olu = world.keys["Olu"]
    if instead:
        world.restate(delivery, key="Olu", touch=lambda parts: None)
        row = world.signature(delivery)
        row.credential_id, row.public_key = world.keys["Ben"].credential_id_text, olu.public_key_cose
        row.save()
        kept = Credential.objects.get(credential_id=row.credential_id)
        Credential.objects.filter(pk=kept.pk).update(public_key=olu.public_key_cose)
        try:
            return world.publish(delivery)
        finally:
            kept.save()
    kept = Credential.objects.get(credential_id=olu.credential_id_text)
    Credential.objects.filter(pk=kept.pk).update(person=world.person("Ben"))
    try:
        return world.publish(world.restate(delivery, key="Olu"))
    finally:
        kept.save()


CASES = [
    *[Case(f"statement: {name} changed", restated(change), words) for name, change, words in _ALTERED],
    *[Case(f"statement signed {name}", restated(change, "Ben"), words) for name, change, words in _SIGNED],
    Case("signature: none", _unsigned, "Nobody has countersigned this."),
    Case("signature: of another revision", _of_another_revision, "Nobody has countersigned this."),
    Case("signature: of another post with the same words", _of_another_post, OTHER),
    Case("signature: of the same words for another account", _of_the_same_post_elsewhere, OTHER),
    Case("author: another one in the database", _author_changed, UNTOLD),
    Case("author: the signer edited it", _signer_wrote_it, UNTOLD),
    Case("author: a number in the database", _authors_are(5), "no record of who wrote this"),
    Case("author: an object in the database", _authors_are([{}]), "no record of who wrote this"),
    Case("author: signs it herself", restated(_signer("Ann"), "Ann"), OWN),
    Case("author: signs it herself as Mia's", restated(lambda w, s: s.update(
        signer=w.uid("Ann"), authors=[w.uid("Mia")]), "Ann"), "not on the roster"),
    Case("signer: a stranger in Ben's name", restated(put(), "Olu"), "not on the roster"),
    Case("signer: a stranger in her own name", restated(_signer("Olu"), "Olu"), "not on the roster"),
    Case("signer: a stranger's passkey put in as Ben's", lambda w: _key_put_in(w, w.approved(), instead=False), "not on the roster"),
    Case("signer: a stranger's key under Ben's passkey", lambda w: _key_put_in(w, w.approved(), instead=True),
         "The signature is not that passkey's."),
    Case("signer: Sam's passkey in Ben's name", restated(put(), "Sam"), "another person's"),
    Case("signer: an officer who is no reviewer", restated(_signer("Tom"), "Tom"), "not as reviewer"),
    Case("signer: a second passkey that is no reviewer's", restated(_signer("Kim"), "Kim's second key"), "not as reviewer"),
    Case("signer: one whose passkey is an hour old", restated(_signer("Leo"), "Leo"), "is new"),
    Case("signer: one whose passkey is an hour old, signed earlier", restated(lambda w, s: s.update(
        signer=w.uid("Leo"), signed_at=iso(now() - timedelta(minutes=30))), "Leo"), "is new"),
    Case("signatures: a good one and a stranger's", _beside(_signer("Olu"), "Olu"), "not on the roster"),
    Case("signatures: a good one and one over other findings", _beside(lambda w, s: s.update(
        signer=w.uid("Sam"), findings="0" * 64), "Sam"), "different things"),
    Case("signatures: a good one and one for fewer authors", _beside(lambda w, s: s.update(
        signer=w.uid("Sam"), authors=[w.uid("Mia")]), "Sam"), "different things"),
]
