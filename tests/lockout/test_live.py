"""Open pages hear within two seconds that their session has ended; two hundred of them hold no thread and slow nobody."""
from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.db import connection

from countersign.access.lockout import locking
from countersign.access.lockout.rules import Target
from countersign.people.models import Person, Session
from countersign.people.queries import token_hash
from countersign.people.states import LockKind
from tests.house import SOURCE
from tests.lockout.conftest import device_of, now
from tests.servers.loopback import free_port

pytestmark = pytest.mark.django_db(transaction=True)
STREAMS = 200


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """One web process of its own over the test's database: its address and its process number."""
    port = free_port()
    environment = {
        **os.environ, "PYTHONPATH": str(SOURCE), "DJANGO_SETTINGS_MODULE": "countersign.config.settings",
        "COUNTERSIGN_SQLITE": str(connection.settings_dict["NAME"]), "COUNTERSIGN_LISTEN_PORT": str(port),
        "COUNTERSIGN_ORIGIN": f"http://localhost:{port}", "COUNTERSIGN_RUN": str(settings.RUN),
    }
    process = subprocess.Popen([sys.executable, "-m", "countersign.config.command", "web"], env=environment)
    try:
        for _try in range(200):
            try:
                httpx.get(f"http://localhost:{port}/me/live/", trust_env=False)
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield f"http://localhost:{port}", process.pid
    finally:
        process.terminate()
        process.wait(20)


def signed_in(person: Person) -> str:
    """A session of this person: its cookie."""
    key, at = secrets.token_urlsafe(32), now()
    Session.objects.create(
        key_hash=token_hash(key), person=person, created_at=at, last_seen_at=at, ends_at=at.replace(year=at.year + 1),
        idle_seconds=1800, verified_at=at, device=device_of(person).uid,
    )
    return key


def cookie(key: str) -> dict[str, str]:
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}"}


async def watch(client: httpx.AsyncClient, key: str, opened: asyncio.Event | None = None) -> tuple[str, float]:
    """Read a stream to its end: why the session ended, and when that was heard."""
    async with client.stream("GET", "/me/live/", headers=cookie(key), timeout=None) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        async for line in response.aiter_lines():
            if opened and line == "event: here":
                opened.set()
            if line.startswith("data: ") and line != "data: {}":
                return line.removeprefix("data: "), time.monotonic()
    return "", time.monotonic()


def lock(kim: Person, ann: Person) -> float:
    target = Target(LockKind.PERSON, str(ann.uid))
    locking.lock(kim.as_actor(verified_at=now()), [target], reason="lost", at=now())
    return time.monotonic()


def test_two_hundred_open_pages_hear_of_a_lock_and_hold_no_threads(web: tuple[str, int], kim: Person, ann: Person, ben: Person) -> None:
    origin, pid = web
    keys = [signed_in(ann) for _number in range(STREAMS)]
    other = signed_in(ben)

    async def run() -> tuple[list[tuple[str, float]], float, int]:
        limits = httpx.Limits(max_connections=STREAMS + 10)
        async with httpx.AsyncClient(base_url=origin, limits=limits, trust_env=False) as client:
            opened = [asyncio.Event() for _key in keys]
            streams = [asyncio.create_task(watch(client, key, event)) for key, event in zip(keys, opened, strict=True)]
            quiet = asyncio.create_task(watch(client, other))
            await asyncio.gather(*(event.wait() for event in opened))
            threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
            locked_at = await asyncio.to_thread(lock, kim, ann)
            heard = await asyncio.wait_for(asyncio.gather(*streams), 60)
            assert not quiet.done()  # Ben's page stays open
            quiet.cancel()
            return heard, locked_at, threads

    heard, locked_at, threads = asyncio.run(run())
    slowest = max(at for _why, at in heard) - locked_at
    print(f"{STREAMS} open pages, {threads} threads, the slowest heard {slowest:.2f} s after the lock")
    assert {why for why, _at in heard} == {"locked"}
    assert threads < 40


def test_a_visitor_and_a_made_up_cookie_hear_nothing_of_anybody(web: tuple[str, int], ann: Person) -> None:
    origin, _pid = web
    response = httpx.get(f"{origin}/me/live/", trust_env=False)
    assert (response.status_code, response.headers["location"].partition("?")[0]) == (302, "/accounts/login/")
    with httpx.stream("GET", f"{origin}/me/live/", headers=cookie("made-up"), trust_env=False, timeout=30) as stream:
        assert "event: ended" in stream.read().decode()


def test_an_open_page_does_not_keep_its_session_from_idling(web: tuple[str, int], ann: Person) -> None:
    origin, _pid = web
    key = signed_in(ann)
    Session.objects.update(last_seen_at=now().replace(year=2020))
    with httpx.stream("GET", f"{origin}/me/live/", headers=cookie(key), trust_env=False, timeout=30) as stream:
        assert "data: idle" in stream.read().decode()
