"""What the tests of the log share: the cast, a clock that stands, and keys of their own."""
from __future__ import annotations

from datetime import UTC, datetime

import pytest

from countersign.base.actor import PersonActor

ANN = PersonActor("00000000-0000-4000-8000-0000000000a1", "Ann")
BEN = PersonActor("00000000-0000-4000-8000-0000000000b2", "Ben")
SAM = PersonActor("00000000-0000-4000-8000-0000000000c3", "Sam")
OLU = PersonActor("00000000-0000-4000-8000-0000000000d4", "Olu")
AT = datetime(2026, 11, 24, 13, 2, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.KEYS = tmp_path / "keys"
    settings.DATA = tmp_path / "data"


@pytest.fixture
def at():
    return AT


@pytest.fixture
def ann():
    return ANN


@pytest.fixture
def ben():
    return BEN


@pytest.fixture
def sam():
    return SAM


@pytest.fixture
def olu():
    return OLU
