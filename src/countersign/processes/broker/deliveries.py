"""Calls about deliveries: publish, settle, withdraw, recall. The protocol decides; here its steps are carried out.

The delivery's row says what is wanted. Whether it is signed is decided over what is about to be sent, and whether it was
sent already by our own file: neither the caller nor the database is believed.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from countersign.base.errors import Conflict, Invalid, KeyRefused, OutcomeUnknown, Refused, Rejected, Unreachable
from countersign.base.values import RemoteId, known_uuids
from countersign.base.words import _
from countersign.calls import messages
from countersign.content.media import store
from countersign.content.posts import manifest
from countersign.content.posts.manifest import Request, Window
from countersign.content.posts.models import Delivery, Revision
from countersign.content.posts.protocol import History, Outcome, Release, State, Steps, Verdict
from countersign.content.posts.states import DeliveryState
from countersign.networks.contract import (
    Client,
    Found,
    Identity,
    Picture,
    Publication,
    Published,
    Publishes,
    ReplyTo,
    Withdraws,
)
from countersign.people.models import Person
from countersign.people.queries import locks_on
from countersign.people.states import PersonState
from countersign.processes.broker import proofs
from countersign.processes.broker.barrier import Barrier
from countersign.processes.broker.delivery_book import Guard, Hands
from countersign.processes.broker.keyed import Keyed
from countersign.processes.broker.office import Office
from countersign.review.models import Countersignature
from countersign.review.statement import iso
from countersign.review.verifying import Assertion

_LAST_FENCE = 2**31 - 1  # what the row can hold


@dataclass(frozen=True, slots=True)
class _Guarded:
    """A client that asks, right before each request that changes something, whether it still may."""

    inner: Client
    barrier: Barrier
    require_free: Callable[[Identity], None]

    @property
    def identity(self) -> Identity:
        return self.inner.identity

    def request(self, method: str, path: str, *, changes: bool = False, **more: Any) -> httpx.Response:
        """Ask as the client does; a change waits for the barrier, then for the last check, and is written while both hold."""
        if not changes:
            return self.inner.request(method, path, **more)
        with self.barrier.shared():
            self.require_free(self.inner.identity)
            return self.inner.request(method, path, changes=True, **more)


@dataclass
class _Errand:
    """One delivery being brought out: what is asked, and with whose key."""

    office: Office
    delivery: Delivery
    connector: Publishes
    client: Keyed
    release: Release
    asked: str = ""  # the digest of the request that was proven to be signed

    @property
    def uid(self) -> str:
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
            guard()
            self._require_claim(fence)
            self.require_signed(publication, identity)

        client = self.client.behind(lambda inner: _Guarded(inner, self.office.barrier, require_free))
        return self.connector.publish(client, publication)

    def _look(self, since: datetime) -> Found:
        """Look for what our own file says was sent; looking for anything else would prove that it is not there."""
        try:
            publication = self.publication()
            self.require_asked(publication)
        except (Refused, Invalid) as error:
            raise Unreachable(_("This is no longer what was sent, so looking for it proves nothing.")) from error
        return self.connector.find(self.client, publication, since=since)

    def _require_claim(self, fence: int) -> None:
        row = Delivery.objects.filter(uid=self.uid).values("state", "fence").first()
        if row is None or row["state"] != DeliveryState.SENDING or row["fence"] != fence:
            raise Unreachable(_("The claim of this delivery no longer stands, so nothing was sent."))

    # --- what is sent, and whether it is signed --------------------------------------------------------------------

    def publication(self) -> Publication:
        """What the row asks to be sent, with the moment at which our file first claimed it."""
        request = manifest.request(self.delivery.request)
        claimed = self.office.book.history(self.uid, at=_now()).attempts
        return Publication(
            handle=request.handle, text=request.text, language=request.language,
            created_at=claimed[0].claimed_at if claimed else _now(),
            pictures=tuple(_picture(medium) for medium in request.media),
            reply_to=_reply(request.reply_to),
        )

    def request(self, publication: Publication, identity: Identity) -> Request:
        """What sending this with this key amounts to; Refused when the row says that it is something else."""
        claimed = manifest.request(self.delivery.request)
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
        claims = [proofs.Claim(row.statement, _assertion(row)) for row in _signatures(self.delivery)]
        proof = proofs.require_signed(
            request, claims, roster=self.office.roster, party=self.office.party, at=at
        )
        _require_same_authors(self.delivery, proof)
        _require_no_lock(self.delivery, proof)
        self.asked = request.digest.hex


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


def _signatures(delivery: Delivery) -> list[Countersignature]:
    matter = f"post:{delivery.post.uid}:{delivery.revision.number}"
    return list(Countersignature.objects.filter(matter=matter).order_by("pk"))


def _assertion(row: Countersignature) -> Assertion:
    return Assertion(
        row.credential_id, bytes(row.authenticator_data), bytes(row.client_data_json), bytes(row.signature)
    )


def _require_same_authors(delivery: Delivery, proof: proofs.Proof) -> None:
    """The statement names the authors; a database that knows of others was changed, or the page lied to the signer."""
    told = Revision.objects.get(pk=delivery.revision_id).authors
    if not isinstance(told, list) or not all(isinstance(author, str) for author in told):
        raise Refused(_("There is no record of who wrote this."))
    if not {*told, str(delivery.post.author.uid)} <= proof.authors:
        raise Refused(_("Somebody wrote this whom the signers were not told of."))


def _require_no_lock(delivery: Delivery, proof: proofs.Proof) -> None:
    involved = sorted(proof.signers | proof.authors)
    account = delivery.account
    if locks_on(persons=involved, accounts=[str(account.uid)], networks=[account.network]):
        raise Refused(_("A lock stands on the account, or on somebody who wrote or signed this."))
    if Person.objects.filter(uid__in=involved, state=PersonState.ACTIVE).count() < len(involved):
        raise Refused(_("Somebody who wrote or signed this is no longer active here."), remedy=_("Submit it again."))


# --- the calls ---------------------------------------------------------------------------------------------------------


def publish(office: Office, call: messages.Publish) -> messages.Outcome:
    """Bring a delivery as far as it can be brought now."""
    if not 0 < call.fence <= _LAST_FENCE:
        raise Invalid(_("That is no fence of a claim."))

    def deliver(errand: _Errand) -> Verdict:
        history = errand.history
        if errand.release.standing(history).state in {State.DUE, State.HELD}:
            errand.require_signed(errand.publication(), errand.client.identity)  # Refused before anything is claimed: held, with the reason
        return errand.carry_out(errand.release.deliver(history, fence=call.fence), fence=call.fence)

    return _with_errand(office, call.delivery, deliver)


def settle(office: Office, call: messages.Settle) -> messages.Outcome:
    """Read the network and say what became of an attempt whose outcome is unknown. A deletion is asked for again, which
    is no error at any network; what was recalled is held, since it is never sent."""
    delivery = _find(call.delivery)
    is_known_there = delivery.state == DeliveryState.UNCONFIRMED and delivery.remote_id
    if delivery.state == DeliveryState.DELETING or is_known_there:
        return withdraw(office, messages.Withdraw(call.delivery))
    if office.journal.lines_where("recall", "delivery", str(delivery.uid)):
        return messages.Outcome("held", why=_("This was recalled."))
    return _with_errand(office, call.delivery, lambda errand: errand.carry_out(errand.release.settle(errand.history)))


def looked(office: Office, call: messages.Looked) -> messages.Outcome:
    """Take the word of a person who looked. That nothing is there is believed only where our own reading does not settle
    it: the word comes through the web process, and would have it sent again."""
    published = Published(RemoteId(call.remote_id), call.url) if call.remote_id else None

    def take(errand: _Errand) -> Verdict:
        if published is None:
            errand.require_asked(errand.publication())
            verdict = errand.carry_out(errand.release.settle(errand.history))
            if verdict.state is not State.UNCONFIRMED:
                return verdict
        return errand.carry_out(errand.release.settle_by_person(errand.history, published, by="a person"))

    return _with_errand(office, call.delivery, take)


def recall(office: Office, call: messages.Recall) -> messages.Done:
    """Never send this delivery. Conflict when its sending has begun."""
    uid = str(_find(call.delivery).uid)
    with office.one_at_a_time(f"delivery:{uid}"):
        history = office.book.history(uid, at=_now())
        if history.open or _published(history):
            raise Conflict(_("It is on its way already."), remedy=_("Delete it once it is out."))
        office.journal.append("recall", {"delivery": uid})
    return messages.Done()


def _published(history: History) -> Published | None:
    """What our own file knows to be out, if it is."""
    results = [attempt.result for attempt in history.attempts if attempt.result]
    return next((result.published for result in results if result.outcome is Outcome.PUBLISHED), None)


def withdraw(office: Office, call: messages.Withdraw) -> messages.Outcome:
    """Delete what our own file says was published."""
    delivery = _find(call.delivery)
    uid = str(delivery.uid)
    with office.one_at_a_time(f"delivery:{uid}"):
        published = _published(office.book.history(uid, at=_now()))
        if published is None:
            raise Refused(_("Our own file does not know this as published by us."))
        try:
            connector, client = office.client(str(delivery.account.uid))
            if not isinstance(connector, Withdraws):
                raise Invalid(_("This network does not let us delete a post."), remedy=_("Do it there by hand."))
            connector.withdraw(client, published.remote_id)
        except OutcomeUnknown as error:
            return messages.Outcome("unconfirmed", why=error.what)
        except (KeyRefused, Rejected) as error:
            return messages.Outcome("published", why=error.what, key_refused=isinstance(error, KeyRefused))
        office.journal.append("withdrawn", {"delivery": uid, "at": iso(_now())})
        return messages.Outcome("deleted", remote_id=published.remote_id)


def _find(name: str) -> Delivery:
    """The delivery of this name. A UUID has many spellings, so whoever asks our file asks by the row's own `uid`."""
    rows = Delivery.objects.select_related("account", "post__author", "revision")
    delivery = rows.filter(uid__in=known_uuids([name])).first()
    if delivery is None:
        raise Invalid(_("There is no such delivery."))
    return delivery


def _with_errand(office: Office, name: str, do: Callable[[_Errand], Verdict]) -> messages.Outcome:
    delivery = _find(name)
    uid = str(delivery.uid)
    with office.one_at_a_time(f"delivery:{uid}"):
        if office.journal.lines_where("recall", "delivery", uid):
            raise Refused(_("This was recalled."), remedy=_("Submit it again."))
        try:
            connector, client = office.client(str(delivery.account.uid))
        except KeyRefused as refusal:
            return _without_key(office, uid, refusal)
        if not isinstance(connector, Publishes):
            raise Invalid(_("We cannot publish on this network."))
        errand = _Errand(office, delivery, connector, client, Release(connector.delivery, office.timings))
        return _outcome(do(errand), errand.history)


def _without_key(office: Office, uid: str, refusal: KeyRefused) -> messages.Outcome:
    """How a delivery stands whose account's key cannot be renewed: nothing was asked of the network now."""
    history = office.book.history(uid, at=_now())
    if published := _published(history):
        return messages.Outcome("published", published.remote_id, published.url, published.cid, refusal.what, key_refused=True)
    return messages.Outcome("unconfirmed" if history.open else "held", why=refusal.what, key_refused=True)


def _outcome(verdict: Verdict, history: History) -> messages.Outcome:
    published = verdict.published
    last = history.attempts[-1].result if history.attempts else None
    return messages.Outcome(
        verdict.state.value, remote_id=published.remote_id if published else "", url=published.url if published else "",
        cid=published.cid if published else "", why=verdict.why,
        retry_at=iso(verdict.not_before) if verdict.not_before else "",
        key_refused=verdict.state is State.HELD and last is not None and last.outcome is Outcome.KEY_REFUSED,
    )


def _now() -> datetime:
    return datetime.now(UTC)
