"""Processes of ours, forked from one that has imported the product already: a second and a half of processor time less for each.

The broker, the practice network and a worker are processes of their own in the tests, as they are in a house; only their
beginning is shorter. What runs in them is what `countersign broker` runs: the same function, called with the same words,
under an environment of its own, with settings read anew from it.

    process = forked("countersign", ["broker"], environment)
    process.wait(10)
"""
from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from typing import IO, Any

_parents: dict[int, socket.socket] = {}  # by process, so that a fork of the tests' own does not write to another's


class Forked:
    """A process that another one forked for us: what the tests need of `subprocess.Popen`."""

    def __init__(self, pid: int, report: socket.socket) -> None:
        self.pid, self.returncode, self._report = pid, None, report  # type: int, int | None, socket.socket

    def poll(self) -> int | None:
        return self._read(0)

    def wait(self, timeout: float | None = None) -> int:
        code = self._read(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return code

    def _read(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._report], [], [], timeout)[0]:
            said = self._report.recv(16)
            self._report.close()
            self.returncode = int(said) if said else -signal.SIGKILL
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __del__(self) -> None:
        self._report.close()


def forked(
    program: str, words: Sequence[str], environment: dict[str, str], *, stdout: IO[Any] | int = 1, stderr: IO[Any] | int = 2
) -> Forked:
    """Start `countersign` or `practice` with these words in a process of its own."""
    ours, theirs = socket.socketpair()
    asked = json.dumps([program, list(words), environment]).encode()
    with tempfile.TemporaryFile() as file, theirs:
        file.write(asked)
        file.flush()
        files = [file.fileno(), *(one if isinstance(one, int) else one.fileno() for one in (stdout, stderr)), theirs.fileno()]
        socket.send_fds(_parent(), [b"."], files)
    return Forked(int(ours.recv(16)), ours)


def run(program: str, words: Sequence[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The same, to its end: what it wrote, and how it ended."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        code = forked(program, words, environment, stdout=out, stderr=err).wait()
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess([program, *words], code, out.read(), err.read())


def _parent() -> socket.socket:
    """The process that forks for this one; it ends when this one does."""
    if os.getpid() not in _parents:
        ours, theirs = socket.socketpair()
        with theirs:
            subprocess.Popen(
                [sys.executable, "-m", "tests.servers.forking", str(theirs.fileno())], pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, start_new_session=True,
            ).returncode = 0  # nobody waits for it
        _parents[os.getpid()] = ours
    return _parents[os.getpid()]


# --- the process that forks ------------------------------------------------------------------------------------------


def serve(control: socket.socket) -> None:
    """Import the product, then fork whenever asked to, until whoever asks is gone."""
    import django

    django.setup()
    import countersign.config.command
    import countersign.practice.serving
    import countersign.processes.broker.serving
    import countersign.processes.worker.serving  # noqa: F401

    gc.freeze()
    reports: dict[int, socket.socket] = {}
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    while True:
        for one in select.select([control, woken], [], [])[0]:
            if one == woken:
                os.read(woken, 512)
                _reap(reports)
            elif not _fork(control, reports):
                for pid in reports:
                    os.kill(pid, signal.SIGKILL)
                return


def _reap(reports: dict[int, socket.socket]) -> None:
    while reports:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with reports.pop(pid) as report, contextlib.suppress(BrokenPipeError):  # nobody asks any more
            report.send(str(os.waitstatus_to_exitcode(status)).encode())


def _fork(control: socket.socket, reports: dict[int, socket.socket]) -> bool:
    """Whether there was something to fork for."""
    said, files, _flags, _where = socket.recv_fds(control, 1, 4)
    if not said:
        return False
    asked, stdout, stderr, report = files
    pid = os.fork()
    if pid == 0:
        control.close()
        os.close(report)
        for other in reports.values():
            other.close()
        _become(asked, stdout, stderr)
    with socket.socket(fileno=os.dup(report)) as back:
        back.send(str(pid).encode())
    reports[pid] = socket.socket(fileno=report)
    for one in (asked, stdout, stderr):
        os.close(one)
    return True


def _become(asked: int, stdout: int, stderr: int) -> None:
    """Be the process that was asked for, to its end."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(stdout, 1)
        os.dup2(stderr, 2)
        with os.fdopen(asked, "rb") as file:
            file.seek(0)
            program, words, environment = json.load(file)
        os.closerange(3, 64)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = [program, *words]
        code = _main(program, words)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001  # as the interpreter does with what nobody caught
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _main(program: str, words: Sequence[str]) -> int:
    if program == "practice":
        from countersign.practice import serving

        return int(serving.main(words) or 0)
    _read_settings()
    from countersign.config import command

    return command.main(words)


def _read_settings() -> None:
    """Let the settings be those of the environment as it is now, as a process that has just begun reads them."""
    import importlib

    from django.conf import settings
    from django.db import connections

    importlib.reload(importlib.import_module("countersign.config.settings"))
    module = importlib.reload(importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"]))
    for name in dir(module):
        if name.isupper():
            setattr(settings, name, getattr(module, name))
    for name in connections:
        if hasattr(connections._connections, name):
            del connections[name]
    connections._settings = None
    connections.__dict__.pop("settings", None)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
