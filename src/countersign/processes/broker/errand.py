"""One delivery being brought out: what is asked, whether it is signed, and how it is sent and looked for."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from countersign.access.grants import rules
from countersign.access.grants.states import ConditionKind
from countersign.base.errors import Invalid, Refused, Unreachable
from countersign.base.values import RemoteId
from countersign.base.words import _
from countersign.content.media import store
from countersign.content.posts import manifest
from countersign.content.posts.manifest import Request, Window
from countersign.content.posts.models import Delivery
from countersign.content.posts.protocol import History, Release, Steps, Verdict
from countersign.content.posts.states import DeliveryState
from countersign.networks.contract import (
    Found,
    Identity,
    Picture,
    Publication,
    Published,
    Publishes,
    ReplyTo,
    Withdraws,
)
from countersign.processes.broker import locks, proofs, reading
from countersign.processes.broker.delivery_book import Guard, Hands
from countersign.processes.broker.keyed import Keyed
from countersign.processes.broker.office import Office
from countersign.review.verifying import Assertion


@dataclass
class Errand:
    """A delivery, and with whose key it is brought out."""

    office: Office
    delivery: Delivery
    connector: Publishes
    client: Keyed
    release: Release
    asked: str = ""  # the digest of the request that was proven to be signed

    @classmethod
    def of(cls, office: Office, delivery: Delivery) -> Errand:
        """The errand of a delivery; KeyRefused when its account's key is gone, Invalid when its network cannot publish."""
        connector, client = office.client(str(delivery.account.uid))
        if not isinstance(connector, Publishes):
            raise Invalid(_("We cannot publish on this network."))
        return cls(office, delivery, connector, client, Release(connector.delivery, office.timings))

    @property
    def uid(self) -> str:
        """How our own file names the delivery."""
        return str(self.delivery.uid)

    @property
    def history(self) -> History:
        """What our own file knows of it now."""
        return self.office.book.history(self.uid, at=_now())

    def carry_out(self, steps: Steps, *, fence: int = 0) -> Verdict:
        """Carry out steps of the protocol."""
        hands = Hands(lambda guard: self._send(guard, fence), self._look, _now, asked=self.asked)
        return self.office.book.carry_out(self.uid, steps, self.release, hands)

    def _send(self, guard: Guard, fence: int) -> Published:
        """Build the publication anew and write once; proven to be signed, and free, right before the write."""
        publication = self.publication()
        self.connector.prepare(self.client, publication)

        def require_free(identity: Identity) -> None:
            self._require_claim(fence)
            self.require_signed(publication, identity)
            guard()  # last: what stands above takes time, and the fence says whether there is any left

        client = self.client.behind(lambda inner: locks.Guarded(inner, self.office.barrier, require_free))
        return self.connector.publish(client, publication)

    def _look(self, since: datetime) -> Found:
        """Look for what our own file says was sent; looking for anything else would prove that it is not there."""
        try:
            publication = self.publication()
            self.require_asked(publication)
        except (Refused, Invalid) as error:
            raise Unreachable(_("This is no longer what was sent, so looking for it proves nothing.")) from error
        return self.connector.find(self.client, publication, since=since)

    def delete(self, published: Published, *, by: str) -> None:
        """Delete it at the network, if whoever asks and the account are free right before the write."""
        if not isinstance(self.connector, Withdraws):
            raise Invalid(_("This network does not let us delete a post."), remedy=_("Do it there by hand."))

        def require_free(_identity: Identity) -> None:
            locks.require_free(self.delivery.account, by=by)

        client = self.client.behind(lambda inner: locks.Guarded(inner, self.office.barrier, require_free))
        self.connector.withdraw(client, published.remote_id)

    def _require_claim(self, fence: int) -> None:
        if reading.claim(self.delivery.uid) != (DeliveryState.SENDING, fence):
            raise Unreachable(_("The claim of this delivery no longer stands, so nothing was sent."))

    # --- what is sent, and whether it is signed --------------------------------------------------------------------

    @cached_property
    def claimed(self) -> Request:
        """What the row asked for when this errand began; Refused when that is no request of ours."""
        return manifest.request(self.delivery.request)

    def publication(self) -> Publication:
        """What the row asks to be sent, with the moment at which our file first claimed it."""
        request = self.claimed
        return Publication(
            handle=request.handle, text=request.text, language=request.language,
            created_at=self.office.book.begun_at(self.uid) or _now(),
            pictures=tuple(_picture(medium) for medium in request.media),
            reply_to=_reply(request.reply_to),
        )

    def request(self, publication: Publication, identity: Identity) -> Request:
        """What sending this with this key amounts to; Refused when the row says that it is something else."""
        claimed = self.claimed
        request = manifest.rebuilt(
            publication, identity, account=str(self.delivery.account.uid), delivery=self.uid,
            window=Window(claimed.window.not_before, claimed.window.not_after),
        )
        if request != claimed:
            raise Refused(_("This is not what was countersigned."), remedy=_("Submit it again."))
        return request

    def require_asked(self, publication: Publication) -> None:
        """Raise Refused unless the row still asks for what our own file says was claimed."""
        asked = self.office.book.asked(self.uid)
        if asked and self.request(publication, self.client.identity).digest.hex != asked:
            raise Refused(_("This is no longer what was sent."))

    def require_signed(self, publication: Publication, identity: Identity) -> None:
        """Raise Refused unless enough second persons signed exactly this, and none of those involved is locked.

        `identity` is whose key the request carries: a renewed key may have taken the place of the one we began with.
        """
        request = self.request(publication, identity)
        at = _now()
        request.window.require_open(at)
        _require_second_factor(self.delivery, at)
        claims = [proofs.Claim(row.statement, _assertion(row)) for row in _signatures(self.delivery)]
        proof = proofs.require_signed(
            request, claims, roster=self.office.roster, party=self.office.party, at=at
        )
        _require_same_authors(self.delivery, proof)
        _require_at_work(self.delivery, proof, self._devices([claim.assertion.credential_id for claim in claims]))
        self.asked = request.digest.hex

    def _devices(self, passkeys: list[str]) -> set[str]:
        """The devices behind these passkeys: as the roster says, and as the database says. A lock on either denies."""
        signers = [signer for passkey in passkeys if (signer := self.office.roster.signers.get(passkey))]
        return {signer.device for signer in signers if signer.device} | reading.devices(passkeys)


def _picture(medium: manifest.Medium) -> Picture:
    data = store.renditions().read(medium.sha256)
    return Picture(medium.sha256, medium.mime, data, medium.alt, medium.width, medium.height)


def _reply(parts: dict[str, str] | None) -> ReplyTo | None:
    if parts is None:
        return None
    try:
        return ReplyTo(
            RemoteId(parts["parent"]), RemoteId(parts["root"]), parts["parent_cid"], parts["root_cid"]
        )
    except KeyError as error:
        raise Refused(_("That is no request of ours.")) from error


def _signatures(delivery: Delivery) -> list[reading.Signed]:
    return reading.signatures(f"post:{delivery.post.uid}:{delivery.revision.number}")


def _assertion(row: reading.Signed) -> Assertion:
    return Assertion(
        row.credential_id, bytes(row.authenticator_data), bytes(row.client_data_json), bytes(row.signature)
    )


def _require_same_authors(delivery: Delivery, proof: proofs.Proof) -> None:
    """The statement names the authors; a database that knows of others was changed, or the page lied to the signer."""
    told = reading.authors(delivery.revision_id)
    if not isinstance(told, list) or not all(isinstance(author, str) for author in told):
        raise Refused(_("There is no record of who wrote this."))
    if not {*told, str(delivery.post.author.uid)} <= proof.authors:
        raise Refused(_("Somebody wrote this whom the signers were not told of."))


def _require_at_work(delivery: Delivery, proof: proofs.Proof, devices: set[str]) -> None:
    """Raise Refused unless everybody who wrote or signed this is at work here, and nothing of it is locked."""
    involved = sorted(proof.signers | proof.authors)
    locks.require_unlocked(delivery.account, persons=involved, devices=devices)
    if not reading.active(involved).issuperset(involved):
        raise Refused(_("Somebody who wrote or signed this is no longer active here."), remedy=_("Submit it again."))


def _require_second_factor(delivery: Delivery, at: datetime) -> None:
    """Raise Refused unless the network's own second factor is shown to be on, or excepted: asked anew before every write."""
    if not reading.has_second_factor(delivery.account_id, at):
        unmet = rules.unmet(ConditionKind.SECOND_FACTOR)
        raise Refused(unmet.why, remedy=unmet.remedy)


def _now() -> datetime:
    return datetime.now(UTC)
