"""The sandbox holds nothing and reaches nothing, is not believed, and is replaced when it breaks."""
from __future__ import annotations

import base64
import json
import os
import platform
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

import countersign
from countersign.base.errors import Invalid
from countersign.content.media import problems, sandbox
from countersign.content.media.sandbox import FENCES, Sandbox
from tests.media.planting import inserted, scene, segment, written

GOOD = written(scene(), "JPEG")
SOURCE = str(Path(countersign.__file__).parents[1])
HAS_FILTER = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")

# Runs inside the fences and tries everything it can think of. Each line it prints got out.
BREAKOUT = """
import ctypes, mmap, os, resource, socket, subprocess, sys
from countersign.processes.sandbox import fences
libc = ctypes.CDLL(None, use_errno=True)
fences.enclose(sys.argv[1])
fences.enclose_job()
def attempt(name, deed):
    try:
        if deed() not in (None, -1, b"", []): os.write(1, (name + "\\n").encode())
    except (OSError, MemoryError, ValueError, AttributeError): pass
os.close(2)
attempt("reads a file", lambda: open("/etc/hostname", "rb").read())
attempt("lists a directory", lambda: os.listdir("/"))
attempt("reads what processes there are", lambda: os.listdir("/proc"))
attempt("writes a file", lambda: open("left", "wb").write(b"x"))
attempt("opens an internet socket", lambda: socket.socket(socket.AF_INET).fileno())
attempt("opens a local socket", lambda: socket.socket(socket.AF_UNIX).fileno())
attempt("starts a program", lambda: subprocess.Popen(["/bin/true"]).pid)
attempt("forks", lambda: os.fork() or os._exit(0))
attempt("signals its parent", lambda: os.kill(os.getppid() or 1, 0) or "sent")
attempt("becomes somebody else", lambda: os.setuid(0) or "became")
attempt("leaves its root", lambda: os.chroot(".") or "left")
attempt("makes a new world", lambda: os.unshare(os.CLONE_NEWUSER) or "made")
attempt("maps memory it can execute", lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC))
attempt("takes two gigabytes", lambda: bytearray(2 << 30))
attempt("raises its limits", lambda: resource.setrlimit(7, (99, 99)) or "raised")
attempt("traces a process", lambda: 1 if libc.ptrace(0, 0, 0, 0) == 0 else -1)
os.write(1, b"done\\n")
os._exit(0)
"""


def test_every_fence_of_this_kind_of_machine_holds(sandbox: Sandbox) -> None:
    assert {"memory", "processes", "writing"} <= sandbox.start()
    assert not HAS_FILTER or sandbox.start() == frozenset(FENCES)


def test_from_inside_there_is_no_way_out() -> None:
    if not HAS_FILTER:
        pytest.skip("This machine's system calls cannot be filtered; the sandbox says so on the page.")
    empty = tempfile.mkdtemp()
    environment = {"PYTHONPATH": SOURCE, "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", BREAKOUT, empty], env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert done.stdout.splitlines() == ["done"], done.stderr
    assert not os.path.exists(empty)


def test_the_attempts_do_get_out_without_the_fences(tmp_path: Path) -> None:
    unfenced = BREAKOUT.replace("fences.enclose(sys.argv[1])", f"os.chdir({str(tmp_path)!r})").replace("fences.enclose_job()", "")
    done = subprocess.run([sys.executable, "-c", unfenced, ""], env={"PYTHONPATH": SOURCE, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=30, check=False)
    assert {"lists a directory", "writes a file", "opens an internet socket", "forks", "maps memory it can execute"} <= set(done.stdout.splitlines())


def test_the_worker_starts_fast_and_without_django() -> None:
    code = "import sys, json; import countersign.processes.sandbox.__main__; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": SOURCE}, capture_output=True, text=True, check=True)
    assert not [name for name in json.loads(done.stdout) if name.partition(".")[0] in ("django", "cryptography", "httpx", "sqlite3")]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    fresh = Sandbox()
    fresh.start()
    fresh.close()
    took = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    assert 0 < took < 1.5  # seconds of a processor: other work of the machine does not count; 0.15 are usual


def test_the_client_knows_no_decoder() -> None:
    code = "import sys; import countersign.content.media.sandbox; print('PIL' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": SOURCE}, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_worker_that_was_killed_is_replaced() -> None:
    fresh = Sandbox()
    fresh.start()
    before = fresh.worker
    os.kill(before, signal.SIGKILL)
    os.waitid(os.P_PID, before, os.WEXITED | os.WNOWAIT)
    assert fresh.clean(GOOD)
    assert fresh.worker != before
    fresh.close()


def test_a_worker_that_hangs_is_stopped_in_time_and_replaced() -> None:
    fresh = Sandbox(seconds=0.5)
    fresh.start()
    before = fresh.worker
    os.killpg(before, signal.SIGSTOP)  # the worker and the job that waits
    started = time.monotonic()
    with pytest.raises(Invalid, match="took too long"):
        fresh.clean(GOOD)
    assert time.monotonic() - started < 15  # half a second, and what a busy machine adds
    assert fresh.clean(GOOD).mime == "image/jpeg"
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)
    fresh.close()


def test_a_picture_that_takes_too_long_is_stopped() -> None:
    fresh = Sandbox(seconds=0.05)
    fresh.start()
    with pytest.raises(Invalid, match="took too long"):
        fresh.clean(written(scene(3000, 2000), "PNG", compress_level=1))
    fresh.close()


def test_many_threads_share_one_worker(sandbox: Sandbox) -> None:
    pictures = {seed: written(scene(200, 100 + seed, seed), "JPEG") for seed in range(1, 9)}
    heights: dict[int, int] = {}
    threads = [threading.Thread(target=lambda seed=seed: heights.update({seed: sandbox.clean(pictures[seed]).height})) for seed in pictures]  # type: ignore[misc]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heights == {seed: 100 + seed for seed in pictures}


def test_a_process_that_forked_starts_a_worker_of_its_own(sandbox: Sandbox) -> None:
    code = (
        "import os, sys; from countersign.content.media import sandbox; good = sys.stdin.buffer.read(); sandbox.clean(good)\n"
        "child = os.fork()\n"
        "ok = sandbox.clean(good).mime == 'image/jpeg'\n"
        "sys.exit((0 if ok else 3) if child == 0 else os.waitpid(child, 0)[1] or (0 if ok else 4))"
    )
    done = subprocess.run([sys.executable, "-c", code], input=GOOD, env={"PYTHONPATH": SOURCE}, timeout=60, check=False)
    assert done.returncode == 0


def test_nothing_of_it_stays_behind() -> None:
    fresh = Sandbox()
    fresh.clean(GOOD)
    worker = fresh.worker
    fresh.close()
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


# --- a worker that lies --------------------------------------------------------------------------------------------

TOLD = {"format": "JPEG", "traces": [], "changes": []}


def test_a_picture_that_is_not_clean_is_not_believed() -> None:
    with pytest.raises(problems.Unusable, match="leaking"):
        sandbox.believed(TOLD, inserted(GOOD, segment(0xE1, b"Exif\0\0")))


@pytest.mark.parametrize(
    "header",
    [
        {"format": "EXE", "traces": [], "changes": []},
        {"format": "JPEG", "traces": "none", "changes": []},
        {"format": "JPEG", "traces": [{"kind": "<script>"}], "changes": []},
        {"format": "JPEG", "traces": [{"kind": "place", "latitude": 1e999, "longitude": 0}], "changes": []},
        {"format": "JPEG", "traces": [{"kind": "place", "latitude": "north", "longitude": 0}], "changes": []},
        {"format": "JPEG", "traces": [{"kind": "thumbnail", "picture": base64.b64encode(b"<svg/>").decode()}], "changes": []},
        {"format": "JPEG", "traces": [], "changes": [{"kind": "anything"}]},
        {"problem": "You must pay", "facts": {}},
        {"problem": "too_large", "facts": {}},
        {"problem": "too_large", "facts": []},
    ],
)
def test_words_that_are_not_ours_are_not_believed(header: dict[str, object]) -> None:
    with pytest.raises(problems.Unusable, match="broken_worker"):
        sandbox.believed(header, GOOD)


def test_the_size_is_read_from_the_picture_and_not_from_the_worker() -> None:
    picture = sandbox.believed(TOLD | {"width": 1, "height": 1}, GOOD)
    assert (picture.width, picture.height) == (320, 210)


def test_every_problem_has_what_and_what_to_do() -> None:
    assert all(what.endswith(".") and remedy.endswith(".") for what, remedy in problems.PROBLEMS.values())
