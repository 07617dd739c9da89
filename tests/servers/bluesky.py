"""The real Bluesky network in a box, for tests: Bluesky's own PDS, PLC directory and AppView on loopback.

`bluesky_full` has all of it and is needed for threads, notifications and profiles; `bluesky_light` is the PDS and the
directory. Both are started once for all test processes, on free ports, and stopped when the last user is gone. Every test
makes accounts of its own, so sharing does no harm.
"""
from __future__ import annotations

import fcntl
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers.loopback import serving
from tests.servers.node import installed

HERE = Path(__file__).resolve().parent / "bluesky"
INSTALL_SECONDS, START_SECONDS = 900, 180
BUILT = "node_modules/better-sqlite3/build/Release/better_sqlite3.node"  # by a script, after everything is unpacked


@dataclass(frozen=True)
class Box:
    """Where the servers answer; `appview` is empty in the light box."""

    pds: str
    plc: str
    appview: str

    def account(self, name: str) -> Person:
        """A new account `name-xxxxxx.test` with a password of its own."""
        handle = f"{name}-{secrets.token_hex(3)}.test"
        given = {"handle": handle, "email": f"{handle}@example.com", "password": f"password of {handle}"}
        answer = httpx.post(f"{self.pds}/xrpc/com.atproto.server.createAccount", json=given, timeout=30)
        answer.raise_for_status()
        return Person(self, handle, given["password"], answer.json()["did"], answer.json()["accessJwt"])


@dataclass(frozen=True)
class Person:
    """Somebody with an account, who asks the servers directly and not through our connector."""

    box: Box
    handle: str
    password: str
    did: str
    key: str

    def ask(self, method: str, **params: str) -> dict[str, Any]:
        """Query a method of the PDS as this person."""
        return self._done("GET", method, params=params)

    def do(self, method: str, **given: Any) -> dict[str, Any]:
        """Call a procedure of the PDS as this person."""
        return self._done("POST", method, json=given)

    def _done(self, verb: str, method: str, **request: Any) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.key}"}
        answer = httpx.request(verb, f"{self.box.pds}/xrpc/{method}", headers=headers, timeout=30, **request)
        assert answer.is_success, f"{method}: {answer.status_code} {answer.text}"
        said: dict[str, Any] = answer.json() if answer.content else {}
        return said

    def says(self, text: str, *, to: dict[str, str] | None = None, root: dict[str, str] | None = None) -> dict[str, str]:
        """Post words, perhaps as a reply; what comes back names the post (`uri`, `cid`)."""
        record: dict[str, Any] = {"$type": "app.bsky.feed.post", "text": text, "createdAt": _now()}
        if to:
            record["reply"] = {"parent": to, "root": root or to}
        made = self.do("com.atproto.repo.createRecord", repo=self.did, collection="app.bsky.feed.post", record=record)
        return {"uri": made["uri"], "cid": made["cid"]}

    def deletes(self, post: dict[str, str]) -> None:
        """Delete an own post."""
        self.do("com.atproto.repo.deleteRecord", repo=self.did, collection="app.bsky.feed.post", rkey=_key(post["uri"]))

    def posts(self) -> list[dict[str, Any]]:
        """All posts of this person, as the PDS keeps them."""
        listed = self.ask("com.atproto.repo.listRecords", repo=self.did, collection="app.bsky.feed.post", limit="100")
        records: list[dict[str, Any]] = listed["records"]
        return records

    def app_password(self) -> str:
        """A new app password."""
        made = self.do("com.atproto.server.createAppPassword", name=f"test {secrets.token_hex(3)}")
        return str(made["password"])


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())


def _key(uri: str) -> str:
    return uri.rsplit("/", 1)[-1]


@pytest.fixture(scope="session")
def bluesky_full() -> Iterator[Box]:
    """PDS, directory and AppView."""
    with running("full") as box:
        yield box


@pytest.fixture(scope="session")
def bluesky_light() -> Iterator[Box]:
    """PDS and directory, without threads and notifications."""
    with running("light") as box:
        yield box


@contextmanager
def directory_after_a_move(box: Box, *, to: str) -> Iterator[str]:
    """The real directory's documents, as they would read had everybody moved to another PDS."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = httpx.get(box.plc + self.path).text.replace(box.pds, to).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(document)))
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, *args: object) -> None:
            pass

    with serving(HTTPServer(("127.0.0.1", 0), Handler)) as origin:
        yield origin


@contextmanager
def running(kind: str) -> Iterator[Box]:
    """The servers, started if nobody else has done so, for as long as the block lasts."""
    place = modules()
    folder = place / f"running-{kind}"
    folder.mkdir(exist_ok=True)
    with (folder / "users").open("a") as users, (folder / "starting").open("a") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)  # one at a time: lock as a user, then see whether there is anything to start
        fcntl.flock(users, fcntl.LOCK_SH)
        box = _box(folder) or _start(folder, kind, place)
        fcntl.flock(starting, fcntl.LOCK_UN)
        yield box


def modules() -> Path:
    """Where the servers' modules are; installing them takes some minutes and 500 MB, once."""
    return installed(HERE, last=BUILT, seconds=INSTALL_SECONDS, scripts=True)


def _box(folder: Path) -> Box | None:
    try:
        box = Box(**json.loads((folder / "ready.json").read_text()))
        httpx.get(f"{box.pds}/xrpc/_health", timeout=10).raise_for_status()
    except (FileNotFoundError, httpx.HTTPError):
        return None
    return box


def _start(folder: Path, kind: str, place: Path) -> Box:
    (folder / "ready.json").unlink(missing_ok=True)
    with (folder / "keeper.log").open("w") as log:
        command = [sys.executable, str(HERE / "keep.py"), str(folder), kind, str(place)]
        environment = {**os.environ, "PYTHONPATH": str(HERE.parents[2])}
        keeper = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and keeper.poll() is None:
        if box := _box(folder):
            keeper.returncode = 0  # it outlives us on purpose and ends by itself: nothing to wait for
            return box
        time.sleep(0.2)
    if keeper.poll() is None:
        keeper.terminate()
        keeper.wait(20)
    raise RuntimeError(f"Bluesky's servers did not start:\n{(folder / 'keeper.log').read_text()[-3000:]}")
