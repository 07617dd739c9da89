"""What Bluesky can do, and what it cannot."""
from __future__ import annotations

from countersign.networks import contract
from countersign.networks.bluesky.connector import Bluesky


def test_bluesky_can_do_all_but_delete_the_comments_of_others() -> None:
    able = [
        contract.SignsIn, contract.SignsInByAppPassword, contract.Publishes, contract.Withdraws, contract.ReadsComments,
        contract.HidesComments, contract.ReadsProfile, contract.Counts, contract.Handles,
    ]  # fmt: skip
    assert all(isinstance(Bluesky(), kind) for kind in able)
    assert not isinstance(Bluesky(), contract.DeletesComments)
