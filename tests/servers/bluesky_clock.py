"""A Bluesky PDS and directory of one's own whose clock can be moved ahead: for what a token's life has to end for."""
from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.servers.bluesky import HERE, Box, modules
from tests.servers.loopback import free_ports
from tests.servers.node import NODE


@dataclass(frozen=True)
class Clocked:
    """The servers, and the file that says how many seconds their clock is ahead."""

    box: Box
    clock: Path

    def mailed_code(self, did: str) -> str:
        """The code that the PDS mailed last to reset a password, from the table its mail took it from."""
        (place,) = self.clock.parent.rglob("account.sqlite")
        with closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True)) as database:
            row = database.execute("SELECT token FROM email_token WHERE did = ? AND purpose = 'reset_password'", [did]).fetchone()
        return str(row[0]) if row else ""

    def advance(self, by: timedelta) -> None:
        self.clock.write_text(str(float(self.clock.read_text()) + by.total_seconds()))


@contextmanager
def with_a_clock() -> Iterator[Clocked]:
    with tempfile.TemporaryDirectory(prefix="bluesky-clock-") as place:
        clock = Path(place) / "ahead"
        clock.write_text("0")
        names = ("PLC_PORT", "PDS_PORT", "BSKY_PORT", "OZONE_PORT")
        ports = {name: str(port) for name, port in zip(names, free_ports(len(names)), strict=True)}
        command = [str(NODE), "--import", (HERE / "clock.mjs").as_uri(), str(HERE / "start.mjs"), "light"]
        environment = {**os.environ, **ports, "TMPDIR": place, "CLOCK": str(clock)}
        with subprocess.Popen(command, cwd=modules(), env=environment, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                yield Clocked(Box(**json.loads(server.stdout.readline())), clock)
            finally:
                server.send_signal(signal.SIGTERM)
                try:
                    server.wait(10)
                except subprocess.TimeoutExpired:
                    server.kill()
