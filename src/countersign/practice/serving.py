"""Starting the practice network: one process, one thread, one database file."""
from __future__ import annotations

import argparse
import asyncio
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from countersign.practice import accounts, posting
from countersign.practice.answers import TRANSPORT
from countersign.practice.application import build
from countersign.practice.store import Store

_GRACE = 1  # seconds that silent requests are given when the process is told to end


class Protocol(HttpToolsProtocol):
    """HTTP that leaves the connection in the scope, so that a request can be lost without any answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the connection beside every request that comes over it."""
        super().connection_made(transport)
        self.app = _beside(self.app, transport)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to end. `--port 0` takes a free port; the first line printed says the address."""
    given = _parser().parse_args(arguments)
    listening = _listening(given.host, given.port)
    origin = (given.origin or f"http://{given.host}:{listening.getsockname()[1]}").rstrip("/")
    given.data.mkdir(parents=True, exist_ok=True)
    store = Store(given.data / "practice.sqlite3")
    now = datetime.now(UTC)
    accounts.plant(store, at=now)
    posting.forget_unused_pictures(store, at=now)
    print(f"Practice network: {origin}", flush=True)  # the caller may be waiting for this line
    _serve(build(store, origin=origin), listening)
    store.close()
    return 0


def _serve(application: ASGIApp, listening: socket.socket) -> None:
    config = uvicorn.Config(
        application, http=Protocol, ws="none", lifespan="off", log_level="warning", access_log=False,
        proxy_headers=False, server_header=False, timeout_graceful_shutdown=_GRACE,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(2048)
    return listening


def _beside(application: ASGIApp, transport: asyncio.Transport) -> ASGIApp:
    async def with_connection(scope: Scope, receive: Receive, send: Send) -> None:
        await application({**scope, TRANSPORT: transport}, receive, send)

    return with_connection


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="countersign practice", description="Run the practice network.")
    parser.add_argument("--data", type=Path, required=True, help="the folder for its database")
    parser.add_argument("--port", type=int, default=8788, help="the port it listens at; 0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="the address it listens at")
    parser.add_argument("--origin", default="", help="where people reach it, when that is another address")
    return parser
