"""PyPI's mastodon-mock on loopback: a stand-in for a Mastodon server, not one. Its OAuth is a fake and proves nothing.

It keeps accounts, posts, pictures and notifications, remembers idempotency keys for ever, and makes faults on demand.
"""
from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

import httpx

from tests.servers.loopback import free_port, serving, wait_for

START_SECONDS = 60


@dataclass(frozen=True)
class StandIn:
    """A running mastodon-mock."""

    origin: str

    def person(self, name: str) -> Person:
        """A new account `name_xxxxxx` with a key of its own."""
        username = f"{name}_{secrets.token_hex(3)}"
        made = self._ask("POST", "/api/v1/_mock/dev_user", json={"username": username, "display_name": name.title()})
        return Person(self, username, str(made["access_token"]))

    def fail(self, method: str, path: str, *, count: int | None = 1, **effect: Any) -> None:
        """The next `count` requests to this path have this effect (None: all of them); see mastodon-mock's documentation."""
        rule = {"match": {"methods": [method], "path": path}, "effect": effect, "count": count}
        self._ask("POST", "/api/v1/_mock/faults", json=rule)

    def behave(self) -> None:
        """Forget all faults."""
        self._ask("DELETE", "/api/v1/_mock/faults")

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        answer = httpx.request(method, self.origin + path, timeout=30, trust_env=False, **more)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()


@dataclass(frozen=True)
class Person:
    """Somebody with an account there, who asks the server directly and not through our connector."""

    server: StandIn
    username: str
    key: str

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Ask the server with this person's key."""
        return self.server._ask(method, path, headers={"authorization": f"Bearer {self.key}"}, **more)

    @property
    def account(self) -> dict[str, Any]:
        """This person's account as the server tells it."""
        found: dict[str, Any] = self.ask("GET", "/api/v1/accounts/verify_credentials")
        return found

    def says(self, text: str, *, to: str = "") -> str:
        """Post words, perhaps as a reply; the id of the post."""
        said = self.ask("POST", "/api/v1/statuses", data={"status": text} | ({"in_reply_to_id": to} if to else {}))
        return str(said["id"])

    def posts(self) -> list[dict[str, Any]]:
        """This person's posts, newest first."""
        found: list[dict[str, Any]] = self.ask("GET", f"/api/v1/accounts/{self.account['id']}/statuses", params={"limit": 40})
        return found


@contextmanager
def silent_relay(server: StandIn) -> Iterator[str]:
    """An origin that hands every request on to the server, and lets no answer back."""
    relay = ThreadingTCPServer(("127.0.0.1", 0), _Hush)
    relay.daemon_threads = True
    relay.target = ("127.0.0.1", int(server.origin.rpartition(":")[2]))  # type: ignore[attr-defined]
    with serving(relay) as origin:
        yield origin


class _Hush(BaseRequestHandler):
    """Passes bytes to the server until both sides are done; what the server says is read and thrown away."""

    def handle(self) -> None:
        with socket.create_connection(self.server.target, timeout=10) as onward:  # type: ignore[attr-defined]
            self.request.settimeout(0.2)
            while True:
                try:
                    part = self.request.recv(65536)
                except TimeoutError:
                    continue
                if not part:
                    break
                onward.sendall(part)


@contextmanager
def mastodon_stand_in() -> Iterator[StandIn]:
    """A running stand-in, killed with the block: it will not end by itself while a stream is open."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "mock.toml"
        config.write_text("[auth]\nenforce_scopes = true\n")
        command = [sys.executable, "-m", "mastodon_mock", "serve", "--config", str(config), "--in-memory",
                   "--host", "127.0.0.1", "--port", str(port), "--domain", f"127.0.0.1:{port}", "--log-level", "warning"]  # fmt: skip
        with (Path(folder) / "log").open("w") as log:
            environment = {**os.environ, "TMPDIR": folder}
            server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            stand_in = StandIn(f"http://127.0.0.1:{port}")
            wait_for(server, f"{stand_in.origin}/health", seconds=START_SECONDS, said=(Path(folder) / "log").read_text)
            yield stand_in
        finally:
            server.kill()
            server.wait(10)
