"""What stands between a signed delivery and the socket: the fence last, and what was deleted never again."""
from __future__ import annotations

import pytest
from django.conf import settings

from countersign.base.errors import Unreachable
from countersign.calls import client, messages
from countersign.content.posts import releasing
from countersign.content.posts.jobs import release_due
from countersign.content.posts.models import Delivery
from countersign.content.posts.protocol import Timings, Verdict
from countersign.processes.broker import deliveries, serving
from countersign.processes.broker.errand import Errand
from tests.house import House, now


def test_the_fence_is_asked_after_everything_else_right_before_the_write(brewery: House) -> None:
    delivery = brewery.approved(brewery.actor("Ann"), brewery.actor("Ben"), "Zaterdag open dag.", brewery.account)
    fence = brewery.claim(delivery)
    brewery.broker.end()  # its office is opened here instead, to stand between its own checks
    office = serving.open_office(
        brewery.broker.folder, settings.WRAPPING_KEY, brewery.broker.mark, [brewery.network.origin], Timings()
    )
    signed_before_the_fence = list[str]()

    def send(errand: Errand) -> Verdict:
        def guard() -> None:
            signed_before_the_fence.append(errand.asked)
            raise Unreachable("Its time to send had run out.")

        with pytest.raises(Unreachable):
            errand._send(guard, fence)
        return errand.release.standing(errand.history)

    try:
        deliveries._with_errand(office, str(delivery.uid), send)
    finally:
        office.journal.close()
        office.http.close()
    assert signed_before_the_fence == [delivery.signed_digest]
    assert brewery.network.arrived("published") == 0


def test_what_was_deleted_and_is_due_again_is_answered_as_deleted_and_not_sent(brewery: House) -> None:
    delivery = brewery.approved(brewery.actor("Ann"), brewery.actor("Ben"), "Zaterdag open dag.", brewery.account)
    brewery.release()
    delivery.refresh_from_db()
    releasing.withdraw(brewery.actor("Ann"), delivery, at=now())
    Delivery.objects.filter(pk=delivery.pk).update(
        state="due", remote_id="", url="", published_at=None, lease_until=None, due_at=now()
    )
    brewery.network.control(idempotency=False)
    release_due(now())
    delivery.refresh_from_db()
    assert (delivery.state, bool(delivery.remote_id), brewery.network.arrived("published")) == ("deleted", True, 1)
    for call in (messages.Settle(str(delivery.uid)), messages.Withdraw(str(delivery.uid))):
        assert client.ask(call).state == "deleted"
