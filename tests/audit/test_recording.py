"""No entry, no act; no act, no entry."""
from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session

from countersign.audit import tree
from countersign.audit.models import Entry, Frontier
from countersign.audit.recording import recorded, refuse
from countersign.base import undertaking
from countersign.base.actor import DutyActor, Visitor
from countersign.base.errors import Conflict, Refused
from countersign.base.values import Digest, Secret

pytestmark = pytest.mark.django_db


def leaves() -> list[dict[str, object]]:
    return [json.loads(leaf) for leaf in Entry.objects.order_by("number").values_list("leaf", flat=True)]


def change(at: datetime) -> Session:
    return Session.objects.create(session_key="a row that stands for any change", session_data="", expire_date=at)


def test_a_change_and_its_entry_are_kept_together(ann, at):
    with recorded(ann, at=at) as record:
        change(at)
        record("post.drafted", "post:7", account="acc", words=12)
    assert Session.objects.count() == 1
    assert leaves() == [
        {
            "account": "acc", "actor": ann.label, "at": "2026-11-24T13:02:03.000000Z", "details": {"words": 12},
            "event": "post.drafted", "format": 1, "matter": "post:7", "number": 1,
        }
    ]  # fmt: skip


def test_a_change_without_an_entry_is_a_fault_and_undone(ann, at):
    with pytest.raises(RuntimeError, match="without recording"), recorded(ann, at=at):
        change(at)
    assert not Session.objects.exists()
    assert not Entry.objects.exists()


def test_a_fault_undoes_the_change_and_its_entry(ann, at):
    with pytest.raises(ZeroDivisionError), recorded(ann, at=at) as record:  # noqa: PT012 - the block is what is tested
        change(at)
        record("post.drafted", "post:7")
        1 / 0
    assert not Session.objects.exists()
    assert not Entry.objects.exists()


def test_a_conflict_undoes_the_change_and_is_not_recorded(ann, at):
    with pytest.raises(Conflict), recorded(ann, at=at) as record:  # noqa: PT012 - the block is what is tested
        record("post.drafted", "post:7")
        raise Conflict("Somebody was first.")
    assert not Entry.objects.exists()


def test_a_refusal_undoes_the_change_and_is_recorded(olu, at):
    with pytest.raises(Refused), recorded(olu, at=at, matter="post:7", account="acc") as record:  # noqa: PT012 - the block is what is tested
        change(at)
        record("post.approved", "post:7")
        raise Refused("{name} may not countersign.", name="Olu Outsider")
    assert not Session.objects.exists()
    [refusal] = leaves()
    assert refusal["event"] == "act.refused"
    assert refusal["actor"] == olu.label
    assert (refusal["matter"], refusal["account"]) == ("post:7", "acc")


def test_the_entry_of_a_refusal_holds_no_name(olu, at):
    with pytest.raises(Refused), recorded(olu, at=at):
        raise Refused("{name} may not countersign.", name="Olu Outsider")
    entry = Entry.objects.get()
    assert "Outsider" not in entry.leaf
    assert json.loads(entry.leaf)["details"] == {"why": "{name} may not countersign."}


def test_the_matter_of_a_refusal_is_that_of_the_first_note_if_none_was_named(olu, at):
    with pytest.raises(Refused), recorded(olu, at=at) as record:  # noqa: PT012 - the block is what is tested
        record("post.approved", "post:7")
        raise Refused("No.")
    assert Entry.objects.get().matter == "post:7"


def test_the_matter_may_be_named_once_it_is_known(olu, at):
    with pytest.raises(Refused), recorded(olu, at=at) as record:  # noqa: PT012 - the block is what is tested
        record.matter = "post:9"
        raise Refused("No.")
    assert Entry.objects.get().matter == "post:9"


def test_an_undertaking_is_open_inside_and_closed_after(ann, at):
    assert not undertaking.is_open.get()
    with recorded(ann, at=at) as record:
        assert undertaking.is_open.get()
        record("post.drafted", "post:7")
    assert not undertaking.is_open.get()


def test_an_undertaking_is_closed_after_a_refusal_too(olu, at):
    with pytest.raises(Refused), recorded(olu, at=at):
        raise Refused("No.")
    assert not undertaking.is_open.get()


def test_a_change_inside_another_joins_it(ann, ben, at):
    with recorded(ann, at=at) as record:
        with recorded(ben, at=at) as inner:
            inner("post.approved", "post:7")
        assert not Entry.objects.exists()
        record("delivery.held", "delivery:1")
    assert [(leaf["event"], leaf["actor"]) for leaf in leaves()] == [
        ("post.approved", ben.label),
        ("delivery.held", ann.label),
    ]


def test_an_inner_change_must_note_something_of_its_own(ann, at):
    with pytest.raises(RuntimeError, match="without recording"), recorded(ann, at=at) as record:  # noqa: PT012 - the block is what is tested
        record("post.drafted", "post:7")
        with recorded(ann, at=at):
            pass
    assert not Entry.objects.exists()


def test_a_refusal_of_an_inner_change_undoes_the_outer_and_names_who_was_refused(ann, olu, at):
    with pytest.raises(Refused), recorded(ann, at=at, matter="post:7") as record:  # noqa: PT012 - the block is what is tested
        record("post.drafted", "post:7")
        with recorded(olu, at=at, matter="delivery:1"):
            raise Refused("No.")
    [refusal] = leaves()
    assert (refusal["actor"], refusal["matter"]) == (olu.label, "delivery:1")


def test_swallowing_the_refusal_of_an_inner_change_is_a_fault(ann, at):
    with pytest.raises(RuntimeError, match="swallowed"), recorded(ann, at=at) as record:  # noqa: PT012 - the block is what is tested
        record("post.drafted", "post:7")
        try:
            with recorded(ann, at=at):
                raise Refused("No.")
        except Refused:
            pass
    assert not Entry.objects.exists()


def test_an_event_that_is_not_listed_is_a_fault(ann, at):
    with pytest.raises(RuntimeError, match=r"'post\.sneaked' is not listed"), recorded(ann, at=at) as record:
        record("post.sneaked", "post:7")


def test_a_refusal_outside_an_action_is_recorded(at):
    refuse(Visitor(), at=at, matter="invitation", refusal=Refused("This link is not valid."))
    [refusal] = leaves()
    assert (refusal["actor"], refusal["matter"]) == ("visitor", "invitation")


def test_a_refusal_is_recorded_once(olu, at):
    try:
        with recorded(olu, at=at, matter="post:7"):
            raise Refused("No.")
    except Refused as refusal:
        refuse(olu, at=at, matter="/posts/7", refusal=refusal)
    assert Entry.objects.count() == 1


def test_a_refusal_inside_a_change_is_raised_and_not_recorded_by_hand(ann, at):
    with pytest.raises(RuntimeError, match="raise it"), recorded(ann, at=at):
        refuse(ann, at=at, matter="post:7", refusal=Refused("No."))


def test_personal_data_stand_outside_the_leaf(ann, at):
    with recorded(ann, at=at) as record:
        record("person.invited", "person:mia", personal={"name": "Mia", "email": "mia@linde.example"})
    entry = Entry.objects.get()
    assert "mia@linde.example" not in entry.leaf
    assert json.loads(entry.personal or "") == {"name": "Mia", "email": "mia@linde.example"}
    assert len(json.loads(entry.leaf)["personal"]) == 64


def test_the_same_personal_data_leave_a_different_hash_each_time(ann, at):
    for _time in range(2):
        with recorded(ann, at=at) as record:
            record("person.invited", "person:mia", personal={"name": "Mia"})
    first, second = leaves()
    assert first["personal"] != second["personal"]


def test_details_are_written_in_one_form(ann, at):
    with recorded(ann, at=at) as record:
        record("settings.changed", "settings", on=at, uid=UUID(int=7), digest=Digest("ab"), names={"b", "a"}, to=None)
    assert leaves()[0]["details"] == {
        "on": "2026-11-24T13:02:03.000000Z", "uid": str(UUID(int=7)), "digest": "ab", "names": ["a", "b"], "to": None,
    }  # fmt: skip


@pytest.mark.parametrize("thing", [Secret("hunter2"), object(), b"bytes"])
def test_a_secret_or_anything_without_a_plain_form_cannot_be_noted(ann, at, thing):
    with pytest.raises(TypeError, match="cannot stand"), recorded(ann, at=at) as record:
        record("settings.changed", "settings", value=thing)


def test_a_row_is_named_by_kind_and_number_and_never_by_its_text(ann, at):
    row = change(at)
    with recorded(ann, at=at) as record:
        record("session.ended", row)
        record("person.locked", ann)
    assert [leaf["matter"] for leaf in leaves()] == [f"session:{row.pk}", ann.label]


def test_a_matter_without_a_name_is_a_fault(ann, at):
    with pytest.raises(TypeError, match="has no name"), recorded(ann, at=at) as record:
        record("session.ended", 7)


def test_a_time_without_a_zone_is_a_fault(ann, at):
    with pytest.raises(ValueError, match="zone"), recorded(ann, at=at.replace(tzinfo=None)) as record:
        record("session.ended", "session:1")


def test_the_edge_of_the_tree_grows_with_the_entries(at):
    for batch in range(1, 30):
        with recorded(DutyActor("collect"), at=at) as record:
            for number in range(batch):
                record("comments.collected", f"account:{number}", count=number)
    hashes = [tree.leaf_hash(leaf.encode()) for leaf in Entry.objects.order_by("number").values_list("leaf", flat=True)]
    row = Frontier.objects.get()
    assert row.size == len(hashes) == sum(range(30))
    assert tree.CompactRange.unpack(row.size, bytes(row.peaks)).root() == tree.root(hashes)
    assert [bytes(head) for head in Entry.objects.order_by("number").values_list("leaf_hash", flat=True)] == hashes


def test_appending_costs_the_same_few_queries_however_long_the_log(ann, at, django_assert_num_queries):
    with recorded(ann, at=at) as record:
        record("post.drafted", "post:7")
    with recorded(ann, at=at) as record:
        for number in range(200):
            record("post.drafted", f"post:{number}")
    with django_assert_num_queries(5), recorded(ann, at=at) as record:  # two of them the savepoint
        record("post.drafted", "post:7")
