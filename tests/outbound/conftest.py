"""Servers on loopback that count who came, so that *nothing connected* can be seen."""
from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.servers.loopback import free_port, serving

BOMB = gzip.compress(bytes(50_000_000))


class Door:
    """A listening server: how often somebody connected, the requests that came, and what it answers by path."""

    def __init__(self) -> None:
        door = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                door.connections += 1
                super().setup()

            def do_GET(self) -> None:
                door.requests.append((self.path, dict(self.headers)))
                door.answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self.connections = 0
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.elsewhere = ""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.origin = f"http://127.0.0.1:{self.port}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer as the path says."""
        path = handler.path
        if path == "/redirect":
            self.send(handler, b"", status=302, location=self.elsewhere)
        elif path == "/cookie":
            self.send(handler, b"ok", **{"set-cookie": "who=us; Path=/"})
        elif path == "/bomb":
            self.send(handler, BOMB, **{"content-encoding": "gzip"})
        elif path == "/packed":
            self.send(handler, gzip.compress(b"plain words"), **{"content-encoding": "gzip"})
        elif path == "/cut":
            self.send(handler, gzip.compress(bytes(range(256)) * 40)[:-9], **{"content-encoding": "gzip"})
        elif path == "/brotli":
            self.send(handler, b"whatever", **{"content-encoding": "br"})
        elif path == "/large":
            self.send(handler, bytes(2_000_000))
        elif path == "/drip":
            self.drip(handler)
        else:
            self.send(handler, b"ok")

    def send(self, handler: BaseHTTPRequestHandler, content: bytes, *, status: int = 200, **headers: str) -> None:
        """Send one whole answer."""
        handler.send_response(status)
        for name, value in {"content-length": str(len(content)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        try:
            handler.wfile.write(content)
        except OSError:
            handler.close_connection = True

    def drip(self, handler: BaseHTTPRequestHandler) -> None:
        """Send one byte every tenth of a second, for longer than anybody should wait."""
        handler.send_response(200)
        handler.send_header("content-length", "100")
        handler.end_headers()
        try:
            for _ in range(100):
                handler.wfile.write(b".")
                handler.wfile.flush()
                time.sleep(0.1)
        except OSError:
            handler.close_connection = True


@pytest.fixture
def door() -> Iterator[Door]:
    """A server to which one may be allowed."""
    yield from _open_door()


@pytest.fixture
def vault() -> Iterator[Door]:
    """A second server, where nobody must ever come."""
    yield from _open_door()


def _open_door() -> Iterator[Door]:
    door = Door()
    with serving(door.server):
        yield door


@pytest.fixture
def closed_port() -> int:
    """A port where nobody listens."""
    return free_port()
