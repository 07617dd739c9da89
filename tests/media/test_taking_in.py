"""Taking a picture in: who may, what is kept and written down, and what happens when it goes wrong. The broker is real."""
from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from countersign.access.grants.rights import Role
from countersign.audit.models import Entry
from countersign.base.actor import DutyActor, PersonActor, Visitor
from countersign.base.errors import Invalid, Refused, Unreachable
from countersign.content.media import queries, store, taking_in
from countersign.content.media.models import File
from countersign.content.media.problems import LARGEST_FILE
from countersign.people.states import PersonState
from tests.house import Broker, House
from tests.media.planting import LATITUDE, Planted, is_in, scene, written

AT = datetime(2026, 11, 24, 13, 2, 3, tzinfo=UTC)
PICTURE = written(scene(), "JPEG", comment=b"for Ann only")


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"


@pytest.fixture
def house(transactional_db: None, tmp_path: Path, broker: Broker) -> Iterator[House]:
    """The cast, and the module's broker, which seals here and keeps nothing of one test that another could meet."""
    house = House(tmp_path)
    house.broker = broker
    yield house
    house.network.__exit__(None, None, None)


@pytest.fixture
def ann(house: House) -> PersonActor:
    return house.person("Ann", Role.AUTHOR)


def nothing_was_kept() -> bool:
    return not File.objects.exists() and not list(store.renditions().root.rglob("*.*"))


def test_an_author_takes_a_picture_in(ann: PersonActor) -> None:
    file = taking_in.take_in(ann, PICTURE, at=AT)
    content = queries.content(file)
    assert hashlib.sha256(content).hexdigest() == file.sha256
    assert (file.mime, file.width, file.height, file.size) == ("image/jpeg", 320, 210, len(content))
    assert b"Ann only" not in content
    assert queries.taken_in_by(ann, str(file.uid)) == file


def test_what_was_removed_is_told_and_only_its_kinds_are_in_the_log(ann: PersonActor, planted: dict[str, Planted]) -> None:
    file = taking_in.take_in(ann, planted["rich.jpg"].data, at=AT)
    assert queries.places(file)[0][0] == pytest.approx(LATITUDE, abs=1e-4)
    assert any("Where it was taken: 50.8467" in sentence for sentence in queries.removed(file))
    entry = Entry.objects.get(event="file.taken_in")
    assert "place" in entry.leaf
    assert "50.84" not in entry.leaf
    assert not any(word.decode() in entry.leaf for word in planted["rich.jpg"].plants.values())


def test_the_original_is_kept_sealed_and_in_no_other_way(ann: PersonActor, house: House) -> None:
    file = taking_in.take_in(ann, PICTURE, at=AT)
    sealed = store.originals().read_sealed(file.original_sha256)
    assert sealed
    places = (house.folder, house.broker.folder)
    kept = [path.read_bytes() for place in places for path in place.rglob("*") if path.is_file()]
    assert len(kept) >= 3  # the picture, what it was, and the broker's own file
    for form in (b"for Ann only", base64.urlsafe_b64encode(PICTURE)[40:80], base64.b64encode(PICTURE)[40:80]):
        assert not any(is_in(form, content) for content in kept)


def test_the_same_picture_twice_is_the_same_file(ann: PersonActor) -> None:
    first = taking_in.take_in(ann, PICTURE, at=AT)
    assert taking_in.take_in(ann, PICTURE, at=AT) == first
    assert Entry.objects.filter(event="file.taken_in").count() == 1


def test_two_people_with_the_same_picture_have_a_file_each(ann: PersonActor, house: House) -> None:
    mia = house.person("Mia", Role.MODERATOR)
    mine, theirs = taking_in.take_in(ann, PICTURE, at=AT), taking_in.take_in(mia, PICTURE, at=AT)
    assert mine != theirs
    assert mine.sha256 == theirs.sha256
    assert queries.taken_in_by(mia, str(mine.uid)) is None


@pytest.mark.parametrize("actor", [Visitor(), DutyActor("release"), DutyActor("demonstration")])
def test_nobody_but_a_person_takes_pictures_in(actor: Any, house: House) -> None:
    with pytest.raises(Refused):
        taking_in.take_in(actor, PICTURE, at=AT)
    assert nothing_was_kept()
    assert Entry.objects.filter(event="act.refused", actor=actor.label).count() == 1


@pytest.mark.parametrize("role", [None, Role.AUDITOR, Role.OFFICER])
def test_a_stranger_to_drafting_is_refused_and_that_is_recorded(role: Role | None, house: House) -> None:
    olu = house.person("Olu", *([role] if role else []))
    with pytest.raises(Refused):
        taking_in.take_in(olu, PICTURE, at=AT)
    assert nothing_was_kept()
    assert Entry.objects.filter(event="act.refused", actor=olu.label).count() == 1


def test_an_author_who_is_suspended_is_refused(house: House) -> None:
    sam = house.person("Sam", Role.AUTHOR, state=PersonState.SUSPENDED)
    with pytest.raises(Refused):
        taking_in.take_in(sam, PICTURE, at=AT)
    assert nothing_was_kept()


def test_a_file_that_is_no_picture_keeps_nothing(ann: PersonActor) -> None:
    with pytest.raises(Invalid, match="a PDF document"):
        taking_in.take_in(ann, b"%PDF-1.7", at=AT)
    assert nothing_was_kept()
    assert not store.originals().root.exists()


def test_without_the_broker_nothing_is_taken_in(ann: PersonActor, house: House) -> None:
    house.broker.end()
    try:
        with pytest.raises(Unreachable):
            taking_in.take_in(ann, PICTURE, at=AT)
        assert nothing_was_kept()
    finally:
        house.broker.start()


def test_the_largest_original_can_be_sealed(ann: PersonActor) -> None:
    largest = PICTURE + b"\1" * (LARGEST_FILE - len(PICTURE))
    file = taking_in.take_in(ann, largest, at=AT)
    assert file.original_size == LARGEST_FILE
    assert store.originals().has(file.original_sha256)


def test_a_picture_changed_on_disk_is_not_used(ann: PersonActor) -> None:
    file = taking_in.take_in(ann, PICTURE, at=AT)
    store.renditions().path(file.sha256).write_bytes(PICTURE)
    with pytest.raises(Invalid, match="no longer the one"):
        queries.content(file)
