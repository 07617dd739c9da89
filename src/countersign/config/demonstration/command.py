"""`countersign demo`: starts broker and practice network for as long as it takes, and fills the installation."""
from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx
from django.conf import settings

from countersign.base.errors import CountersignError
from countersign.config.demonstration import filling, keys

HOW = """The brewery is there. Start it with ./start, then open one of these links in a browser (each works once):
{links}
You enrol a passkey of your own as that person. On a machine without one: Chromium's developer tools have a virtual
authenticator (More tools, WebAuthn). The demonstration's officers put it on the roster within seconds."""


def main(_words: Sequence[str]) -> int:
    """Fill an empty installation; the exit status."""
    if keys.is_demonstration() or not filling.is_empty():
        print("There are people here already; a demonstration needs an empty installation.", file=sys.stderr)
        return 1
    settings.RECALL_SECONDS = 0
    token = filling.genesis_token()
    with _processes(token):
        brewery = filling.Brewery(token)
        brewery.fill()
        links = "\n".join(f"  {name:4} {link}" for name, link in brewery.links().items())
    print(HOW.format(links=links))
    return 0


@contextmanager
def _processes(token: str) -> Iterator[None]:
    """Broker and practice network, if they are not running; ended afterwards."""
    command = [sys.executable, "-m", "countersign.config.command"]
    own = {**os.environ, "COUNTERSIGN_GENESIS_TOKEN": token}
    started = [
        subprocess.Popen([*command, "broker", "--allow", str(settings.PRACTICE_ORIGIN)], env=own),  # noqa: S603
        subprocess.Popen([*command, "practice"], stdout=subprocess.DEVNULL),  # noqa: S603
    ]
    try:
        _wait()
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(10)


def _wait() -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            filling.is_reachable()
        except (CountersignError, httpx.HTTPError):
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The broker or the practice network did not start. Is another installation running?")
