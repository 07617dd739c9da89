"""What every test may ask for."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.access.grants.rights import Role


@pytest.fixture
def house(transactional_db: None, tmp_path: Path) -> Iterator[object]:
    """The broker and the practice network as processes, and nobody in it yet."""
    from tests.house import House

    house = House(tmp_path, timings="deadline=3,lease=5,late=0.5,patience=20,again=0.5,skew=5")
    try:
        house.open()
        yield house
    finally:
        house.close()


@pytest.fixture
def brewery(house: object) -> object:
    """The cast at work: Kim and Tom are officers, Ann writes, Ben countersigns, Mia decides; @delinde is connected."""
    from tests.house import House

    assert isinstance(house, House)
    kim = house.person("Kim", Role.OFFICER, Role.REVIEWER)
    house.begin_roster(kim)
    house.person("Ann", Role.AUTHOR)
    ben = house.person("Ben", Role.REVIEWER)
    house.person("Mia", Role.MODERATOR)
    house.put_on_roster(ben, kim)
    house.account = house.connect(kim)  # type: ignore[attr-defined]
    return house
