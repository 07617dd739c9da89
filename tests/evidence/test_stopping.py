"""A1: without fresh evidence of the second factor nothing is published from an account; what was due goes once it is shown."""
from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from countersign.access.evidence import asking, noting
from countersign.access.evidence.models import Allowance, Evidence
from countersign.access.evidence.states import Source, Told
from countersign.access.grants import rules
from countersign.access.grants.states import ConditionKind
from countersign.audit.models import Entry
from countersign.base.errors import Refused
from countersign.calls import client, messages
from countersign.content.posts import releasing
from countersign.content.posts.models import Delivery, Post
from countersign.content.posts.queries import standing
from tests.evidence.helping import EVIDENCE, account_of, again, end_first_days, shown, work
from tests.house import House, now

WHY = rules.unmet(ConditionKind.SECOND_FACTOR).why


@pytest.fixture
def old(brewery: House) -> House:
    """The brewery, whose account has been there for long, with its second factor shown a moment ago."""
    end_first_days()
    shown(account_of(brewery))
    return brewery


def due(house: House, text: str = "Zaterdag is de brouwerij open.") -> Delivery:
    return house.approved(house.actor("Ann"), house.actor("Ben"), text, account_of(house))


def by_sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def require_held(house: House, delivery: Delivery) -> None:
    """It was held with the reason, it is in the log, and the network was asked nothing."""
    held = again(delivery)
    assert (held.state, held.why) == ("held", WHY)
    assert house.network.arrived("published") == 0
    entry = Entry.objects.filter(event="delivery.held", leaf__contains=str(delivery.uid)).latest("number")
    assert "second factor" in entry.leaf


def test_with_fresh_evidence_it_goes(old: House) -> None:
    delivery = due(old)
    work(old)
    assert again(delivery).state == "published"


def test_deleting_the_evidence_holds_the_next_release_and_renewing_it_lets_it_go(old: House) -> None:
    delivery = due(old)
    Evidence.objects.all().delete()
    work(old)
    require_held(old, delivery)
    work(old)  # it stays so, for as long as nothing is shown
    require_held(old, delivery)
    shown(account_of(old))
    work(old)
    assert (again(delivery).state, old.network.arrived("published")) == ("published", 1)


def test_the_page_of_what_is_held_says_so_and_where_to_go(old: House) -> None:
    delivery = due(old)
    Evidence.objects.all().delete()
    work(old)
    page = standing.post_page(old.actor("Ann"), again(delivery).post, at=now())
    assert (page.state, page.deliveries[0].why) == ("held", WHY)
    assert page.deliveries[0].remedy_url == f"/accounts/{account_of(old).uid}/evidence/"
    shown(account_of(old))
    work(old)
    page = standing.post_page(old.actor("Ann"), Post.objects.get(pk=delivery.post_id), at=now())
    assert (page.state, page.deliveries[0].remedy_url) == ("done", "")


def test_deleting_it_by_sql_holds_as_well(old: House) -> None:
    delivery = due(old)
    by_sql("DELETE FROM evidence_evidence")
    work(old)
    require_held(old, delivery)


def test_ageing_it_by_sql_holds_until_it_is_asked_for_again_by_the_api(old: House) -> None:
    delivery = due(old)
    by_sql("UPDATE evidence_evidence SET seen_at = %s, ends_at = %s", now() - timedelta(days=91), now() - timedelta(days=1))
    work(old)
    require_held(old, delivery)
    assert asking.ask(EVIDENCE, account_of(old), at=now()) is Told.ON  # the practice network tells
    work(old)
    assert again(delivery).state == "published"


def test_what_was_seen_to_be_off_holds_at_once(old: House) -> None:
    delivery = due(old)
    old.network.protect(second_factor=False)
    assert asking.ask(EVIDENCE, account_of(old), at=now()) is Told.OFF
    work(old)
    require_held(old, delivery)
    old.network.protect(second_factor=True)
    asking.ask(EVIDENCE, account_of(old), at=now())
    work(old)
    assert again(delivery).state == "published"


def test_a_mail_that_says_off_holds_at_once(old: House) -> None:
    delivery = due(old)
    noting.contradict(EVIDENCE, account_of(old), Source.MAIL, seen_at=now(), words="Two-factor authentication was disabled", at=now())
    work(old)
    require_held(old, delivery)


def test_the_broker_refuses_by_itself_when_the_worker_is_mistaken(old: House) -> None:
    delivery = due(old)
    Evidence.objects.all().delete()
    Delivery.objects.filter(pk=delivery.pk).update(state="sending", fence=1, lease_until=now() + timedelta(minutes=2))
    with pytest.raises(Refused, match="no fresh evidence"):
        client.ask(messages.Publish(str(delivery.uid), 1))
    assert releasing.sent(again(delivery)).state == "held"
    assert old.network.arrived("published") == 0


def test_only_the_account_that_lacks_it_is_held(old: House) -> None:
    other = old.connect(old.actor("Kim"), "delinde_fr")
    Allowance.objects.all().delete()
    ann, ben = old.actor("Ann"), old.actor("Ben")
    goes, stays = due(old), old.approved(ann, ben, "Samedi, la brasserie est ouverte.", other)
    work(old)
    assert (again(goes).state, again(stays).state) == ("published", "held")


def test_what_a_person_lets_try_again_is_held_again(old: House) -> None:
    delivery = due(old)
    Evidence.objects.all().delete()
    work(old)
    releasing.resume(old.actor("Kim"), again(delivery), at=now())
    work(old)
    require_held(old, delivery)


def test_what_may_be_out_already_is_looked_for_without_evidence(old: House) -> None:
    delivery = due(old)
    old.network.control(silent_next=1)
    old.release()
    assert again(delivery).state == "unconfirmed"
    Evidence.objects.all().delete()
    old.network.behave()
    Delivery.objects.update(due_at=now() - timedelta(seconds=1))
    old.settle()
    assert again(delivery).state == "published"
