"""A real OAuth server (npm oidc-provider) on loopback, behind a thin front with the Mastodon addresses sign-in asks for.

The front and what is whose are described in `oidc/front.mjs`. Modules are installed once into a cache outside the clone.
"""
from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.loopback import free_port, wait_for
from tests.servers.node import NODE, installed

HERE = Path(__file__).resolve().parent / "oidc"
INSTALL_SECONDS, START_SECONDS = 300, 60


@contextmanager
def oidc_server() -> Iterator[str]:
    """The origin of a running server; it is stopped with the block."""
    place = installed(HERE, last="node_modules/.package-lock.json", seconds=INSTALL_SECONDS, scripts=False)
    port = free_port()
    shutil.copyfile(HERE / "front.mjs", place / f"front-{port}.mjs")
    with tempfile.TemporaryFile() as log:
        command = [str(NODE), str(place / f"front-{port}.mjs"), str(port)]
        server = subprocess.Popen(command, cwd=place, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            origin = f"http://127.0.0.1:{port}"
            wait_for(server, f"{origin}/api/v2/instance", seconds=START_SECONDS, said=lambda: os.pread(log.fileno(), 3000, 0).decode())
            yield origin
        finally:
            server.kill()
            server.wait(10)
            (place / f"front-{port}.mjs").unlink()
