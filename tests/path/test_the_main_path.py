"""The product's main job through its actions: written, countersigned, out once, answered, decided."""
from __future__ import annotations

from datetime import timedelta

from countersign.content.comments import deciding
from countersign.content.comments.jobs import collect_comments
from countersign.content.comments.models import Comment
from countersign.content.posts import submitting
from countersign.content.posts.models import Delivery
from countersign.content.posts.states import DeliveryState
from countersign.policy.charter.queries import clauses
from tests.house import House, now


def test_a_countersigned_post_is_out_exactly_once(brewery: House) -> None:
    ann, ben = brewery.actor("Ann"), brewery.actor("Ben")
    delivery = brewery.approved(ann, ben, "Ons nieuwe seizoensbier is er.", brewery.account)
    brewery.release()
    delivery = Delivery.objects.get(pk=delivery.pk)
    assert (delivery.state, delivery.why) == (DeliveryState.PUBLISHED, "")
    assert brewery.network.arrived("published") == 1


def test_a_readers_comment_comes_back_is_decided_and_hidden_there(brewery: House) -> None:
    mia = brewery.actor("Mia")
    delivery = brewery.approved(brewery.actor("Ann"), brewery.actor("Ben"), "Zaterdag open dag.", brewery.account)
    brewery.release()
    delivery.refresh_from_db()
    brewery.network.reply_as("Greta Vogel", delivery.remote_id, "Nur Idioten trinken so etwas.")
    assert collect_comments(now()) == 1
    comment = Comment.objects.get(is_ours=False)
    clause = next(clause for clause in clauses() if clause.code == "R1")
    deciding.decide(mia, comment, "hide", clause, at=now())
    comment.refresh_from_db()
    assert (comment.state, comment.text) == ("hidden", "Nur Idioten trinken so etwas.")
    assert "Idioten" not in brewery.network.page(f"/posts/{delivery.remote_id}")


def test_an_answer_is_a_post_and_is_countersigned(brewery: House) -> None:
    mia, ben = brewery.actor("Mia"), brewery.actor("Ben")
    delivery = brewery.approved(brewery.actor("Ann"), ben, "Zaterdag open dag.", brewery.account)
    brewery.release()
    delivery.refresh_from_db()
    brewery.network.reply_as("Noor Haddad", delivery.remote_id, "Ook met een rolstoel?")
    collect_comments(now())
    comment = Comment.objects.get(is_ours=False)
    clause = next(clause for clause in clauses() if clause.code == "K2")
    post = deciding.answer(mia, comment, clause, text="Ja, overal gelijkvloers.", at=now())
    submitting.submit(mia, post, at=now())
    brewery.release()
    assert brewery.network.arrived("published") == 1
    brewery.sign(ben, post)
    brewery.release()
    thread = brewery.network.page(f"/posts/{delivery.remote_id}")
    assert "overal gelijkvloers" in thread


def test_a_writers_edit_and_deletion_are_noticed(brewery: House) -> None:
    delivery = brewery.approved(brewery.actor("Ann"), brewery.actor("Ben"), "Zaterdag open dag.", brewery.account)
    brewery.release()
    delivery.refresh_from_db()
    reply = brewery.network.reply_as("Joke Peeters", delivery.remote_id, "Joepie")
    collect_comments(now())
    brewery.network.edit_as("Joke Peeters", reply, "Toch niet")
    collect_comments(now() + timedelta(minutes=1))
    comment = Comment.objects.get(is_ours=False)
    assert (comment.text, comment.earlier.get().text) == ("Toch niet", "Joepie")
    brewery.network.delete_as("Joke Peeters", reply)
    collect_comments(now() + timedelta(minutes=2))
    comment.refresh_from_db()
    assert comment.state == "gone"
