"""A proxy on loopback that loses things: a real server stands behind it, and sees its own name.

Give its address to `httpx.Client(proxy=…)`, or make it stand before one server (`to`) and use its address as that
server's. What it is to lose is said beforehand, once each, by a word of the path:
a lost request never reaches the server; a lost answer was made by the server and then thrown away.
"""
from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.servers.loopback import serving

_PASSES = "passes: "


@dataclass
class Lossy:
    """The proxy: its address, what it is about to lose, and what went through (`method path status`)."""

    address: str
    to: str = ""
    lost_requests: list[str] = field(default_factory=list)
    lost_answers: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def lose_request(self, word: str, *, after: int = 0) -> None:
        """The next request whose path holds `word` is not passed on; `after` so many that are."""
        self.lost_requests += [_PASSES + word] * after + [word]

    def lose_answer(self, word: str) -> None:
        """The next request whose path holds `word` is passed on, and its answer is not."""
        self.lost_answers.append(word)


@contextmanager
def lossy_proxy(*, to: str = "") -> Iterator[Lossy]:
    """A running proxy, stopped with the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    lossy = Lossy(f"http://127.0.0.1:{server.server_port}", to)
    server.lossy = lossy  # type: ignore[attr-defined]
    with serving(server):
        yield lossy


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def do_PUT(self) -> None:
        self._pass_on()

    def do_DELETE(self) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        lossy: Lossy = self.server.lossy  # type: ignore[attr-defined]
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        target = urlsplit(self.path)
        if _is_to_lose(lossy.lost_requests, target.path):
            return
        status, headers, answer = self._ask(target.netloc or urlsplit(lossy.to).netloc, target._replace(scheme="", netloc="").geturl(), body)
        lossy.seen.append(f"{self.command} {target.path} {status}")
        if status < 400 and _is_to_lose(lossy.lost_answers, target.path):
            return
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in {"transfer-encoding", "connection", "content-length", "keep-alive"}:
                self.send_header(name, value)
        self.send_header("content-length", str(len(answer)))
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(answer)

    def _ask(self, netloc: str, path: str, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(netloc, timeout=30)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in {"proxy-connection", "connection", "accept-encoding"}}
        try:
            connection.request(self.command, path, body=body or None, headers=headers | {"Connection": "close"})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def log_message(self, *args: object) -> None:
        """Stay silent."""


def _is_to_lose(words: list[str], path: str) -> bool:
    for word in words:
        if word.removeprefix(_PASSES) in path:
            words.remove(word)
            return not word.startswith(_PASSES)
    return False
