"""Telling an open page that its session has ended, within two seconds: server-sent events at `/me/live/`.

One task a process asks the database once a second for all streams together, on one thread with one connection; a stream
itself holds neither. It stands before Django's handler, which would keep a thread and a connection for each.
"""
from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from countersign.people import queries as people
from countersign.people.queries import token_hash

PATH = "/me/live/"
EVERY = 1.0  # seconds between two questions
BEAT = 15.0  # seconds after which a stream says that it is there
LONGEST = 600.0  # seconds; then the browser connects anew
MOST = 2000  # streams of one process

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]

log = logging.getLogger(__name__)
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]  # fmt: skip


class Hub:
    """The open streams of one process, by the hash of their session's cookie."""

    def __init__(self) -> None:
        self.ended: dict[str, set[asyncio.Future[str]]] = {}
        self.task: asyncio.Task[None] | None = None
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="live")

    @property
    def count(self) -> int:
        """How many streams are open."""
        return sum(len(futures) for futures in self.ended.values())

    def watch(self, key_hash: str) -> asyncio.Future[str]:
        """A future that gets the reason when the session has ended."""
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.ended.setdefault(key_hash, set()).add(future)
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._ask())
        return future

    def leave(self, key_hash: str, future: asyncio.Future[str]) -> None:
        """A stream has gone."""
        future.cancel()
        left = self.ended.get(key_hash, set())
        left.discard(future)
        if not left:
            self.ended.pop(key_hash, None)

    async def _ask(self) -> None:
        loop = asyncio.get_running_loop()
        while self.ended:
            try:
                found = await loop.run_in_executor(self.thread, _look, list(self.ended))
            except DatabaseError as error:
                log.warning("open pages could not be asked about: %s", type(error).__name__)
                found = {}
            for key_hash, why in found.items():
                for future in self.ended.get(key_hash, ()):
                    if not future.done():
                        future.set_result(why)
            await self._pause()

    async def _pause(self) -> None:
        """Until the next question; at once, and for every stream, when the process is to stop."""
        for _part in range(5):
            await asyncio.sleep(EVERY / 5)
            if _is_stopping():
                for future in [one for futures in self.ended.values() for one in futures if not one.done()]:
                    future.set_result("")


def _look(hashes: Iterable[str]) -> dict[str, str]:
    """Which of these sessions have ended, and why; on the hub's own thread."""
    close_old_connections()
    return people.ended_among(list(hashes), at=timezone.now())


_is_stopping: Callable[[], bool] = bool  # until somebody says otherwise: no


def use_stop(is_stopping: Callable[[], bool]) -> None:
    """Say how to find out that the process is told to stop: the streams then end by themselves. Called once, at the start."""
    global _is_stopping  # one process is stopped in one way
    _is_stopping = is_stopping


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())


def with_streams(application: Application) -> Application:
    """The application, with `/me/live/` answered before it."""

    async def serving(scope: Scope, receive: Receive, send: Send) -> None:
        is_ours = scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "GET"
        if not is_ours or hub().count >= MOST:
            await application(scope, receive, send)
            return
        key = _cookie(scope)
        if not key:
            await application(scope, receive, send)  # which sends a visitor to sign in
            return
        await _stream(token_hash(key), receive, send)

    return serving


def _cookie(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"cookie":
            with suppress(CookieError, UnicodeDecodeError):
                found = SimpleCookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
                return found.value if found else ""
    return ""


async def _stream(key_hash: str, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": b"retry: 1000\nevent: here\ndata: {}\n\n", "more_body": True})
    future, gone = hub().watch(key_hash), asyncio.create_task(_gone(receive))
    until = asyncio.get_running_loop().time() + LONGEST
    try:
        while asyncio.get_running_loop().time() < until:
            waiting: set[asyncio.Future[Any]] = {future, gone}
            await asyncio.wait(waiting, timeout=BEAT, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                return
            if future.done():
                last = event(future.result()) if future.result() else b""
                await send({"type": "http.response.body", "body": last, "more_body": False})
                return
            await send({"type": "http.response.body", "body": b": beat\n\n", "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        gone.cancel()
        hub().leave(key_hash, future)


def event(why: str) -> bytes:
    """What a page is told when its session has ended."""
    return f"event: ended\ndata: {why}\n\n".encode()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
