"""How many posts a second a core verifies as approved: what the broker does before anything is claimed, and again before it
is sent.

COUNT posts (1,000 by default), each with a statement and a passkey's signature of its own, so that nothing was seen before:
the request is rebuilt from what would be sent, its digest taken, and statement and signature judged against the roster. In
processor time, best of five runs. The bare rate is the elliptic curve's alone, over the same bytes.
"""
from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

import bench._ready  # noqa: F401
from countersign.base.values import RemoteId
from countersign.content.posts import manifest
from countersign.content.posts.manifest import Window
from countersign.networks.contract import Identity, Publication
from countersign.processes.broker import proofs
from countersign.review import roster as rosters
from countersign.review.roster import Roster, Signer
from countersign.review.statement import SignedRequest, challenge, iso, release
from countersign.review.verifying import Assertion, RelyingParty
from tests.soft_authenticator import SoftAuthenticator

COUNT = int(os.environ.get("COUNT", "1000"))
TARGET = 2000
PARTY = RelyingParty("localhost", "http://localhost:8765")
AT = datetime.now(UTC)
ANN, BEN, ACCOUNT = str(uuid4()), str(uuid4()), str(uuid4())
IDENTITY = Identity("practice", "http://127.0.0.1:8788", RemoteId("1"), "delinde", "De Linde", "http://127.0.0.1:8788/@delinde")


def main() -> int:
    """Print both rates."""
    key = SoftAuthenticator(PARTY.rp_id, PARTY.origin)
    roster = Roster(signers={key.credential_id_text: _signer(key)}, length=1)
    posts = [_post(key, number) for number in range(COUNT)]
    public = key._key.public_key()

    def verify(post: tuple[Publication, str, proofs.Claim]) -> None:
        publication, delivery, claim = post
        request = _rebuilt(publication, delivery)
        proofs.require_signed(request, [claim], roster=roster, party=PARTY, at=AT)

    def bare(post: tuple[Publication, str, proofs.Claim]) -> None:
        said = post[2].assertion
        public.verify(said.signature, said.authenticator_data + _sha256(said.client_data_json), ec.ECDSA(hashes.SHA256()))

    verified, alone = _rate(verify, posts), _rate(bare, posts)
    print(f"{verified:.0f} posts a second a core are verified as approved (wanted: {TARGET}); the curve alone: {alone:.0f}")
    print(f"verified / curve alone: {verified / alone:.2f}")
    return 0


def _rate(work: Callable[[tuple[Publication, str, proofs.Claim]], None], posts: list[tuple[Publication, str, proofs.Claim]]) -> float:
    best = float("inf")
    for _run in range(5):
        proofs._require_good.cache_clear()
        begun = time.thread_time()
        for post in posts:
            work(post)
        best = min(best, time.thread_time() - begun)
    return len(posts) / best


def _signer(key: SoftAuthenticator) -> Signer:
    return Signer(
        person=BEN, credential=key.credential_id_text, public_key=key.public_key_cose,
        counts_from={rosters.REVIEWER: AT - timedelta(days=2)},
    )


def _post(key: SoftAuthenticator, number: int) -> tuple[Publication, str, proofs.Claim]:
    delivery = str(uuid4())
    publication = Publication(str(uuid4()), f"Ons nieuwe seizoensbier is er. Bericht nummer {number}.", "nl", AT)
    digest = _rebuilt(publication, delivery).digest.hex
    statement = release(
        signer=BEN, authors=[ANN], post=str(uuid4()), revision=1, signatures=1, findings="f" * 64,
        requests=[SignedRequest(ACCOUNT, delivery, digest)], nonce=uuid4().hex, at=AT, expires_at=AT + timedelta(days=1),
    )  # fmt: skip
    return publication, delivery, proofs.Claim(statement, Assertion.of(key.sign(challenge(statement))))


def _rebuilt(publication: Publication, delivery: str) -> manifest.Request:
    window = Window("", iso(AT + timedelta(days=7)))
    return manifest.rebuilt(publication, IDENTITY, account=ACCOUNT, delivery=delivery, window=window)


def _sha256(raw: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(raw)
    return digest.finalize()


if __name__ == "__main__":
    sys.exit(main())
