"""Calls about deliveries: publish, settle, withdraw, recall. The protocol decides; here its steps are carried out.

The delivery's row says what is wanted. Whether it is signed is decided over what is about to be sent, and whether it was
sent already by our own file: neither the caller nor the database is believed.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from countersign.base.errors import Conflict, Invalid, KeyRefused, OutcomeUnknown, Refused, Rejected
from countersign.base.values import RemoteId
from countersign.base.words import _
from countersign.calls import messages
from countersign.content.posts.models import Delivery
from countersign.content.posts.protocol import History, Outcome, Result, State, Verdict
from countersign.content.posts.states import DeliveryState
from countersign.networks.contract import Published
from countersign.processes.broker import locks, reading, restoring
from countersign.processes.broker.errand import Errand
from countersign.processes.broker.office import Office
from countersign.review.statement import iso

_LAST_FENCE = 2**31 - 1  # what the row can hold


def publish(office: Office, call: messages.Publish) -> messages.Outcome:
    """Bring a delivery as far as it can be brought now."""
    if not 0 < call.fence <= _LAST_FENCE:
        raise Invalid(_("That is no fence of a claim."))

    def deliver(errand: Errand) -> Verdict:
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
    if _is_recalled(office, str(delivery.uid)):
        return messages.Outcome("held", why=_("This was recalled."))
    return _with_errand(office, call.delivery, lambda errand: errand.carry_out(errand.release.settle(errand.history)))


def looked(office: Office, call: messages.Looked) -> messages.Outcome:
    """Take the word of a person who looked, where our own reading does not settle it: the word comes through the web
    process. That nothing is there would have it sent again. What is said to be there is kept as told, and not deleted by
    us before we have read there that it is ours."""
    by = locks.person(call.by)
    if not by:
        raise Invalid(_("Somebody must have looked."))
    told = Published(RemoteId(call.remote_id), call.url) if call.remote_id else None

    def take(errand: Errand) -> Verdict:
        locks.require_free(errand.delivery.account, by=by)
        if told is None:
            errand.require_asked(errand.publication())
        verdict = errand.carry_out(errand.release.settle(errand.history))
        if verdict.state is not State.UNCONFIRMED:
            return verdict
        return errand.carry_out(errand.release.settle_by_person(errand.history, told, by=by))

    return _with_errand(office, call.delivery, take)


def recall(office: Office, call: messages.Recall) -> messages.Done:
    """Never send this delivery. Conflict when its sending has begun, or may have."""
    delivery = _find(call.delivery)
    uid = str(delivery.uid)
    with office.one_at_a_time(f"delivery:{uid}"):
        restoring.doubt(office, delivery)
        history = office.book.history(uid, at=_now())
        if any(a.result and a.result.outcome is Outcome.DOUBTED for a in history.open):
            remedy = _("Wait until it was read back. What is held is read back when you let it try again.")
            raise Conflict(_("A backup was put back, and this may be out already."), remedy=remedy)
        if history.open or _published(history):
            raise Conflict(_("It is on its way already."), remedy=_("Delete it once it is out."))
        office.journal.append("recall", {"delivery": uid})
    return messages.Done()


def withdraw(office: Office, call: messages.Withdraw) -> messages.Outcome:
    """Delete what our own file says was published. What it only knows from a person is read first; if reading does not
    show that it is ours, it stays, and a person deletes it there."""
    by, delivery = locks.person(call.by), _find(call.delivery)
    uid = str(delivery.uid)
    with office.one_at_a_time(f"delivery:{uid}"):
        if deleted := _deleted(office, uid):
            return deleted
        restoring.doubt(office, delivery)
        history = office.book.history(uid, at=_now())
        if not history.open and not _published(history):
            raise _unknown()
        try:
            errand = Errand.of(office, delivery)
            result = _read_again(errand)
            if result.by:
                return _by_hand(result)
            errand.delete(_there(result), by=by)
        except OutcomeUnknown as error:
            return messages.Outcome("unconfirmed", why=error.what)
        except (KeyRefused, Rejected) as error:
            return messages.Outcome("published", why=error.what, key_refused=isinstance(error, KeyRefused))
        office.journal.append("withdrawn", {"delivery": uid, "at": iso(_now())})
        return messages.Outcome("deleted", remote_id=_there(result).remote_id)


def _read_again(errand: Errand) -> Result:
    """What stands there, after reading once more what is in doubt, or known from a person alone."""
    errand.carry_out(errand.release.settle(errand.history))
    errand.carry_out(errand.release.confirm(errand.history))
    if result := _published(errand.history):
        return result
    raise _unknown()


def _unknown() -> Refused:
    return Refused(_("Our own file does not know this as published by us."))


def _by_hand(result: Result) -> messages.Outcome:
    there = _there(result)
    why = _("Somebody told us that it stands there. Reading has not shown that it is ours, so delete it there by hand: {where}")
    return messages.Outcome("published", there.remote_id, there.url, there.cid, why.format(where=there.url or there.remote_id))


def _published(history: History) -> Result | None:
    """How our own file knows it to be out, if it does; what we read ourselves before what we were told."""
    results = [a.result for a in history.attempts if a.result and a.result.outcome is Outcome.PUBLISHED]
    return min(results, key=lambda result: bool(result.by), default=None)


def _deleted(office: Office, uid: str) -> messages.Outcome | None:
    """The answer about what was deleted at its network: it never goes out again."""
    if not office.journal.lines_where("withdrawn", "delivery", uid):
        return None
    result = _published(office.book.history(uid, at=_now()))
    return messages.Outcome("deleted", remote_id=_there(result).remote_id if result else "")


def _there(result: Result) -> Published:
    return result.published or Published(RemoteId(""), "")


def _is_recalled(office: Office, uid: str) -> bool:
    return bool(office.journal.lines_where("recall", "delivery", uid))


def _find(name: str) -> Delivery:
    """The delivery of this name. A UUID has many spellings, so whoever asks our file asks by the row's own `uid`."""
    delivery = reading.delivery(name)
    if delivery is None:
        raise Invalid(_("There is no such delivery."))
    return delivery


def _with_errand(office: Office, name: str, do: Callable[[Errand], Verdict]) -> messages.Outcome:
    delivery = _find(name)
    uid = str(delivery.uid)
    with office.one_at_a_time(f"delivery:{uid}"):
        if deleted := _deleted(office, uid):
            return deleted
        if _is_recalled(office, uid):
            raise Refused(_("This was recalled."), remedy=_("Submit it again."))
        restoring.doubt(office, delivery)
        try:
            errand = Errand.of(office, delivery)
        except KeyRefused as refusal:
            return _without_key(office, uid, refusal)
        return _outcome(do(errand), errand.history)


def _without_key(office: Office, uid: str, refusal: KeyRefused) -> messages.Outcome:
    """How a delivery stands whose account's key cannot be renewed: nothing was asked of the network now."""
    history = office.book.history(uid, at=_now())
    if result := _published(history):
        there = _there(result)
        return messages.Outcome("published", there.remote_id, there.url, there.cid, refusal.what, key_refused=True)
    return messages.Outcome("unconfirmed" if history.open else "held", why=refusal.what, key_refused=True)


def _outcome(verdict: Verdict, history: History) -> messages.Outcome:
    published = verdict.published
    last = history.attempts[-1].result if history.attempts else None
    return messages.Outcome(
        verdict.state.value, remote_id=published.remote_id if published else "", url=published.url if published else "",
        cid=published.cid if published else "", why=verdict.why,
        retry_at=iso(verdict.not_before) if verdict.not_before else "", asks=verdict.asks,
        throttled=verdict.state is State.DUE and last is not None and last.not_before is not None,
        key_refused=verdict.state is State.HELD and last is not None and last.outcome is Outcome.KEY_REFUSED,
    )


def _now() -> datetime:
    return datetime.now(UTC)
