"""One sandbox and one bed of planted pictures for all these tests."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from countersign.content.media.sandbox import Cleaned, Sandbox
from tests.media.planting import Bed, Planted


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(seconds=90)  # its limit of processor time is what it is; a busy machine adds to the clock alone
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Planted]:
    bed = Bed(tmp_path_factory.mktemp("planted"))
    return {picture.name: picture for picture in bed.all()}


@pytest.fixture(scope="session")
def cleaned(planted: dict[str, Planted], sandbox: Sandbox) -> dict[str, Cleaned]:
    return {name: sandbox.clean(picture.data) for name, picture in planted.items()}
