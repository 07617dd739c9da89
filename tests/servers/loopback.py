"""What servers on loopback have in common: a port of their own, a thread or a process, an end."""
from __future__ import annotations

import random
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseServer
from threading import Thread

import httpx

# Below the ports that the system gives out by itself, so that none of those can take one between here and its use.
_PORTS = range(12_000, 32_000)
_chance = random.SystemRandom()  # not the one that every test begins anew with the same numbers


def free_ports(number: int) -> list[int]:
    """So many ports of this machine that nobody listens on, and that nobody is given who asks for any."""
    free: set[int] = set()
    while len(free) < number:
        with suppress(OSError), socket.socket() as tried:
            tried.bind(("127.0.0.1", _chance.choice(_PORTS)))
            free.add(tried.getsockname()[1])
    return list(free)


def free_port() -> int:
    """One such port."""
    (port,) = free_ports(1)
    return port


@contextmanager
def serving(server: BaseServer) -> Iterator[str]:
    """The origin of a server that answers in a thread of its own for as long as the block lasts."""
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def wait_for(process: subprocess.Popen[bytes], url: str, *, seconds: float, said: Callable[[], str]) -> None:
    """Wait until this process answers there; what it said, if it does not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(url, timeout=5, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"Nothing answered at {url}:\n{said()[-3000:]}")
