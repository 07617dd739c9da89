"""Runs as a process: warms up, shuts itself in, then opens one picture after another, each in a process of its own.

The warm process itself never looks at a picture: it forks, and the child waits for one, reads it, cleans it, answers and
ends, so that nothing of one picture is in memory when the next is opened.
"""
from __future__ import annotations

import gc
import os
import resource
import signal
import sys

from countersign.content.media import parcels
from countersign.content.media.problems import LARGEST_FILE
from countersign.processes.sandbox import fences, work

_LINE = 0  # the socket to whoever asks


def main() -> None:
    """Serve until the other side goes or a picture breaks a job; whoever asks then starts another."""
    work.warm_up()
    gc.freeze()
    fences.enclose(sys.argv[1])
    _send(parcels.pack({"fences": fences.holding()}))
    ended = 0
    while not ended:
        ended = _one_job()
    sys.exit(ended)


def _one_job() -> int:
    """Do one job in a child; 0 when it answered, else how this process ends."""
    child = os.fork()
    if not child:
        _job()
    _child, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        known = {int(signal.SIGXCPU): parcels.OUT_OF_TIME, int(signal.SIGKILL): parcels.OUT_OF_MEMORY}
        return known.get(os.WTERMSIG(status), 1)
    return os.WEXITSTATUS(status)


def _job() -> None:
    code = 1
    try:
        fences.enclose_job()
        _header, data = parcels.receive(lambda most: os.read(_LINE, most), longest=LARGEST_FILE)
        _send(work.answer(data))
        code = 0
    except MemoryError:
        code = parcels.OUT_OF_MEMORY
    except (OSError, EOFError, ValueError):
        code = 1
    finally:
        os._exit(code)


def _send(parcel: bytes) -> None:
    view = memoryview(parcel)
    while view:
        view = view[os.write(_LINE, view) :]


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
