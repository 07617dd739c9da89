"""A demonstration says on every page what it is; an installation in earnest does not."""
from __future__ import annotations

from typing import Any

import pytest

from tests.signing_in import made, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("is_demonstration", [True, False])
def test_every_page_of_a_demonstration_says_so(settings: Any, is_demonstration: bool) -> None:
    settings.IS_DEMONSTRATION = is_demonstration
    with signed_in(made("Ann")) as client:
        page = client.get("/me/sessions/").content.decode()
    assert ("This is a demonstration" in page) is is_demonstration
