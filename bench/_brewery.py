"""What the benches of releasing share: a brewery with real processes, and posts that are approved and due."""
from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from uuid import uuid4

from django.core.management import call_command
from django.db import connection

import bench._ready  # noqa: F401
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Role
from countersign.content.posts.models import Delivery
from countersign.networks.contract import Publication
from countersign.networks.practice.connector import Practice
from tests.house import House


@contextmanager
def brewery(*, rate_limit: int) -> Iterator[House]:
    """Broker and practice network as processes of their own; Ann writes, Ben signs, Kim is the officer."""
    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder))
        house.open()
        try:
            house.network.control(rate_limit=rate_limit)
            kim = house.person("Kim", Role.OFFICER, Role.REVIEWER)
            house.begin_roster(kim)
            house.person("Ann", Role.AUTHOR)
            house.put_on_roster(house.person("Ben", Role.REVIEWER), kim)
            yield house
        finally:
            house.close()


def approve(house: House, accounts: list[Account], count: int) -> None:
    """So many posts written, submitted and signed, spread over the accounts; all of them are due. The disk is not waited
    for meanwhile, only for what is measured."""
    ann, ben = house.actor("Ann"), house.actor("Ben")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
    for number in range(count):
        house.approved(ann, ben, f"Bericht nummer {number}", accounts[number % len(accounts)])
    connection.close()  # the next one waits for the disk again


def bare(house: House, count: int, threads: int) -> float:
    """Posts a second by the connector alone: no claim, no signature, no journal, no log."""
    client = house.network.client(house.network.connect("delinde_jobs"))

    def publish(number: int) -> None:
        Practice().publish(client, Publication(str(uuid4()), f"Kaal {number}", "nl", datetime.now(UTC)))

    publish(0)
    begun = perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(publish, range(count)))
    return count / (perf_counter() - begun)


def processor_time(pid: int) -> float:
    """Seconds of processor time that a process has used, all its threads together; Linux."""
    said = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")


def published() -> int:
    """How many deliveries are out, as the rows say."""
    return Delivery.objects.filter(state="published").count()
