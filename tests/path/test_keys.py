"""An account's key on its way through time: it runs out, is renewed, is refused, and comes back as another."""
from __future__ import annotations

import sqlite3
import time
from datetime import timedelta

import pytest

from countersign.access.grants.models import Account
from countersign.access.grants.states import AccountState
from countersign.access.vault import connecting, jobs, keeping
from countersign.access.vault.models import SecretVersion
from countersign.audit.models import Entry
from countersign.base.errors import Refused, Unreachable
from countersign.calls import client, messages
from countersign.content.comments import deciding
from countersign.content.comments.jobs import collect_comments
from countersign.content.comments.models import Comment
from countersign.content.posts import releasing
from countersign.content.posts.models import Delivery
from countersign.content.posts.states import DeliveryState
from countersign.policy.charter.queries import clauses
from tests.house import House, now


def forget_tokens(house: House) -> None:
    """The network no longer knows any access token it gave out, sooner than it had said; what renews them it still knows."""
    with sqlite3.connect(house.network.data / "practice.sqlite3") as store:
        store.execute("UPDATE token SET expires_at = '2020-01-01T00:00:00+00:00'")
    store.close()


def renewals(house: House) -> int:
    return sum(entry["path"] == "/oauth/token" for entry in house.network.ledger())


def state(house: House) -> tuple[str, str]:
    account = Account.objects.get(pk=house.account.pk)
    return account.state, account.trouble


def approved(house: House, text: str = "Zaterdag open dag.") -> Delivery:
    return house.approved(house.actor("Ann"), house.actor("Ben"), text, house.account)


def published(house: House, text: str = "Zaterdag open dag.") -> Delivery:
    delivery = approved(house, text)
    house.release()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.why) == (DeliveryState.PUBLISHED, "")
    return delivery


def journal_versions(house: House) -> int:
    return house.broker.journal.read_text().count('"kind":"secret"')


def test_a_post_goes_out_once_although_the_key_ended_sooner_than_said(brewery: House) -> None:
    forget_tokens(brewery)
    published(brewery)
    assert brewery.network.arrived("published") == 1
    assert state(brewery) == (AccountState.CONNECTED, "")


def test_comments_are_read_with_a_renewed_key(brewery: House) -> None:
    delivery = published(brewery)
    brewery.network.reply_as("Greta Vogel", delivery.remote_id, "Nur Idioten trinken so etwas.")
    forget_tokens(brewery)
    assert collect_comments(now()) == 1


def test_a_comment_is_hidden_with_a_renewed_key(brewery: House) -> None:
    delivery = published(brewery)
    brewery.network.reply_as("Greta Vogel", delivery.remote_id, "Nur Idioten trinken so etwas.")
    collect_comments(now())
    forget_tokens(brewery)
    clause = next(clause for clause in clauses() if clause.code == "R1")
    deciding.decide(brewery.actor("Mia"), Comment.objects.get(), "hide", clause, at=now())
    assert Comment.objects.get().state == "hidden"


def test_a_post_is_deleted_with_a_renewed_key(brewery: House) -> None:
    delivery = published(brewery)
    forget_tokens(brewery)
    releasing.withdraw(brewery.actor("Ann"), delivery, at=now())
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELETED


def test_a_network_that_refuses_what_it_has_just_renewed_is_not_asked_to_renew_at_every_request(brewery: House) -> None:
    before = renewals(brewery)
    forget_tokens(brewery)
    collect(brewery)
    forget_tokens(brewery)
    for _number in range(3):
        with pytest.raises(Unreachable, match="just renewed"):
            collect(brewery)
    assert renewals(brewery) == before + 1
    assert state(brewery) == (AccountState.CONNECTED, "")


def test_a_revoked_key_is_believed_dead_only_when_it_cannot_be_renewed(brewery: House) -> None:
    delivery = approved(brewery)
    assert brewery.network.disconnect("delinde") == 1
    brewery.release()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.HELD
    assert state(brewery) == (AccountState.REFUSED, "The practice network no longer accepts our key.")
    assert Entry.objects.filter(event="account.key_refused").count() == 1
    assert brewery.network.arrived("published") == 0


def test_a_held_post_goes_out_once_after_connecting_again(brewery: House) -> None:
    delivery = approved(brewery)
    brewery.network.disconnect("delinde")
    brewery.release()
    delivery.refresh_from_db()
    connect_again(brewery)
    releasing.resume(brewery.actor("Ann"), delivery, at=now())
    brewery.release()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.PUBLISHED
    assert brewery.network.arrived("published") == 1


def test_a_network_that_is_away_disconnects_nobody(brewery: House) -> None:
    delivery = published(brewery)
    brewery.network.stop()
    collect_comments(now() + timedelta(minutes=5))
    assert state(brewery) == (AccountState.CONNECTED, "")
    brewery.network.start()
    brewery.network.reply_as("Joke Peeters", delivery.remote_id, "Joepie")
    assert collect_comments(now() + timedelta(minutes=10)) == 1


def test_a_short_lived_key_is_renewed_before_it_ends_and_not_at_every_request(brewery: House) -> None:
    brewery.network.control(token_seconds=10)
    connect_again(brewery)
    before = renewals(brewery)
    for _number in range(3):
        collect(brewery)
    assert renewals(brewery) == before
    time.sleep(8.5)
    collect(brewery)
    assert renewals(brewery) == before + 1


def test_the_database_is_told_of_a_renewed_key_once(brewery: House) -> None:
    brewery.network.control(token_seconds=60)
    connect_again(brewery)
    forget_tokens(brewery)
    published(brewery)
    for _number in range(3):
        jobs.refresh_keys(now())
    assert Entry.objects.filter(event="secret.refreshed").count() == 1
    assert SecretVersion.objects.filter(account=brewery.account, ended_at=None).count() == 1


def test_a_key_from_connecting_again_counts_for_more_than_older_ones_in_the_brokers_file(brewery: House) -> None:
    account = str(brewery.account.uid)
    for _number in range(3):
        client.ask(messages.Refresh(account, now=True))
    assert journal_versions(brewery) == 3
    brewery.network.disconnect("delinde")
    connect_again(brewery)
    published(brewery)
    assert state(brewery) == (AccountState.CONNECTED, "")


def test_another_account_is_refused_when_connecting_again(brewery: House) -> None:
    kim = brewery.actor("Kim")
    url = connecting.begin(kim, connecting.Place("practice", brewery.network.origin), reconnects=brewery.account, at=now())
    with pytest.raises(Refused, match="which is another account"):
        connecting.finish(kim, brewery.network.answer(url, "leo", name="Leo"), at=now())
    assert brewery.network.disconnect("leo") == 0  # its key was ended there at once
    published(brewery)


def test_what_is_disconnected_here_is_ended_there(brewery: House) -> None:
    keeping.disconnect(brewery.actor("Kim"), brewery.account, at=now())
    assert brewery.network.disconnect("delinde") == 0
    assert state(brewery) == (AccountState.DISCONNECTED, "")


def connect_again(house: House) -> None:
    kim, handle = house.actor("Kim"), "delinde"
    url = connecting.begin(kim, connecting.Place("practice", house.network.origin), reconnects=house.account, at=now())
    connecting.finish(kim, house.network.answer(url, handle), at=now())


def collect(house: House) -> None:
    client.ask(messages.Collect(str(house.account.uid), [], ""))
