"""The queue reads one range of one index, whatever SQLite's planner would rather do."""
from __future__ import annotations

import pytest

from countersign.content.comments.models import Comment
from countersign.content.comments.queries import PAGE, TABS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("shelf", sorted({shelf for _label, shelves in TABS.values() for shelf in shelves}))
def test_a_page_of_a_shelf_is_one_range_of_one_index_and_nothing_is_sorted(shelf: str) -> None:
    for order in (("written_at", "pk"), ("-written_at", "-pk")):
        plan = Comment.objects.filter(account_id=1, shelf=shelf).order_by(*order)[: PAGE + 1].explain()
        assert "comments_by_shelf" in plan
        assert "TEMP B-TREE" not in plan
