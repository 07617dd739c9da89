"""Starting everything on one machine: web, worker, broker and the practice network, each its own process.

A child that ends is started again, later each time; when the supervisor is told to stop it tells the children, and waits.
"""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_LONGEST_PAUSE = 30.0  # seconds between two starts of a child that keeps ending
_GRACE = 8.0  # seconds a child has to stop


@dataclass
class Child:
    """One process to keep alive: the words after `countersign`, and what only its environment holds."""

    words: Sequence[str]
    own: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    pause: float = 0.5
    start_at: float = 0.0

    def start(self) -> None:
        """Start it with the environment of this process and its own part."""
        command = [sys.executable, "-m", "countersign.config.command", *self.words]
        self.process = subprocess.Popen(command, env={**os.environ, **self.own})  # noqa: S603
        self.own = {}  # a one-time token is told once
        self.started_at = time.monotonic()

    started_at: float = 0.0


def run(children: Sequence[Child]) -> int:
    """Keep the children alive until SIGTERM or SIGINT."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    try:
        while not stop.wait(0.2):
            for child in children:
                _keep_alive(child)
    finally:
        _end(children)
    return 0


def _keep_alive(child: Child) -> None:
    now = time.monotonic()
    if child.process is None:
        if now >= child.start_at:
            child.start()
    elif (code := child.process.poll()) is not None:
        if now - child.started_at > 60:
            child.pause = 0.5
        child.process, child.start_at = None, now + child.pause
        print(f"countersign: {child.words[0]} ended ({code}); it starts again in {child.pause:.0f} s.", file=sys.stderr)
        child.pause = min(child.pause * 2, _LONGEST_PAUSE)


def _end(children: Sequence[Child]) -> None:
    running = [child.process for child in children if child.process is not None]
    for process in running:
        process.terminate()
    until = time.monotonic() + _GRACE
    for process in running:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
