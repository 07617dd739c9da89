"""What the broker refuses, as the worker writes it down: held, with the broker's own reason."""
from __future__ import annotations

from collections.abc import Callable

from countersign.content.media import store
from countersign.content.posts import releasing
from countersign.content.posts.jobs import RELEASE
from countersign.content.posts.models import Delivery
from countersign.review.models import Countersignature
from tests.forging.world import Answer, Case, World, matter_of, now


def released(forge: Callable[[World, Delivery], None], kind: str = "plain") -> Callable[[World], Answer]:
    """Forge, and let the product's own action release it; the answer is what the row then says."""

    def attempt(world: World) -> Answer:
        delivery = world.approved(kind)
        forge(world, delivery)
        releasing.release(RELEASE, world.again(delivery), at=now())
        row = world.again(delivery)
        return Answer(row.state, row.why, row.remote_id)

    return attempt


def _unsigned(_world: World, delivery: Delivery) -> None:
    Countersignature.objects.filter(matter=matter_of(delivery)).delete()


def _reworded(world: World, delivery: Delivery) -> None:
    world.alter(delivery, lambda request: request.update(text="De Linde stopt ermee."))


def _without_its_picture(world: World) -> Answer:
    place = store.renditions().path(world.pictures[0].sha256)
    kept = place.read_bytes()
    try:
        return released(lambda _world, _delivery: place.unlink(), "rich")(world)
    finally:
        place.write_bytes(kept)


CASES = [
    Case("held by the worker: unsigned", released(_unsigned), "Nobody has countersigned this.", "held"),
    Case("held by the worker: reworded", released(_reworded), "This is not what was countersigned.", "held"),
    Case("held by the worker: without its picture", _without_its_picture, "missing", "held"),
]
