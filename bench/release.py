"""Releasing posts that are due in the same minute, against the practice network's own rate, in one run.

The network's own rate: the same requests by its connector, with no claim, no signature, no journal and no log, from as many
threads. COUNT posts (1,000 by default); `fsync` of the broker's file is on, as always.
"""
from __future__ import annotations

import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from uuid import uuid4

import tests.environment  # noqa: F401  # folders of its own, before the settings are read

COUNT = int(os.environ.get("COUNT", "1000"))


def main() -> int:
    """Print both rates and their ratio."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from countersign.access.grants.rights import Role
    from countersign.content.posts.jobs import CREW
    from countersign.content.posts.models import Delivery
    from tests.house import House

    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder))
        house.open()
        house.network.control(rate_limit=1_000_000)
        kim = house.person("Kim", Role.OFFICER, Role.REVIEWER)
        house.begin_roster(kim)
        ann, ben = house.person("Ann", Role.AUTHOR), house.person("Ben", Role.REVIEWER)
        house.put_on_roster(ben, kim)
        account = house.connect(kim)
        for number in range(COUNT):
            house.approved(ann, ben, f"Bericht nummer {number}", account)
        half = _bare(house, CREW)
        begun = perf_counter()
        house.release()
        ours = COUNT / (perf_counter() - begun)
        bare = (half + _bare(house, CREW)) / 2
        published = Delivery.objects.filter(state="published").count()
        house.close()
    print(f"{published} of {COUNT} released at {ours:.0f} a second; the network alone takes {bare:.0f} a second from {CREW} threads")
    print(f"released / network's own rate: {ours / bare:.2f}")
    return 0 if published == COUNT else 1


def _bare(house: object, threads: int) -> float:
    """Posts a second by the connector alone, from as many threads."""
    from countersign.networks.contract import Publication
    from countersign.networks.practice.connector import Practice

    network = house.network  # type: ignore[attr-defined]
    client = network.client(network.connect("delinde_jobs"))
    count = max(50, COUNT // 4)

    def publish(number: int) -> None:
        Practice().publish(client, Publication(str(uuid4()), f"Kaal {number}", "nl", datetime.now(UTC)))

    begun = perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(publish, range(count)))
    return count / (perf_counter() - begun)


if __name__ == "__main__":
    sys.exit(main())
