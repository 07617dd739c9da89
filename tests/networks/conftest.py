"""What the tests of every network's connector may ask for."""
from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.servers.lossy import Lossy, lossy_proxy


@pytest.fixture
def lossy() -> Iterator[Lossy]:
    """A proxy that loses things."""
    with lossy_proxy() as proxy:
        yield proxy


@pytest.fixture
def lossy_http(lossy: Lossy) -> Iterator[httpx.Client]:
    """A client behind that proxy; the guard goes through no proxy, so this one is bare."""
    with httpx.Client(timeout=30, trust_env=False, proxy=lossy.address) as client:
        yield client
