"""What keeps the sandbox in: limits, its own empty world, and a short list of system calls. Plain Python.

Each fence is put up where the machine has it; `holding` then tries to get out and tells which ones held, so that
nothing is claimed that was not seen.
"""
from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import platform
import resource
import socket
import struct
import sys
from collections.abc import Callable

MEMORY = 1536 * 1024 * 1024  # bytes of address space
CPU_SECONDS = 20  # for one picture
_NOBODY = 65534
_STDERR = 2

_NO_NEW_PRIVILEGES, _NOT_DUMPABLE, _SECCOMP, _SECCOMP_FILTER = 38, (4, 0), 22, 2
_ALLOWED = {
    "x86_64": (
        0xC000003E,
        # read write close fstat poll lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask rt_sigreturn sched_yield
        # mremap madvise getpid exit gettimeofday getrusage sigaltstack gettid futex sched_getaffinity restart_syscall
        # clock_gettime exit_group set_robust_list getrandom membarrier rseq
        (0, 1, 3, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 28, 39, 60, 96, 98, 131, 186, 202, 204, 219, 228, 231, 273, 318, 324, 334),
        (9, 10),
    ),
    "aarch64": (
        0xC00000B7,
        # close lseek read write ppoll fstat exit exit_group futex set_robust_list clock_gettime sched_getaffinity
        # sched_yield restart_syscall sigaltstack rt_sigaction rt_sigprocmask rt_sigreturn getrusage gettimeofday getpid
        # gettid brk munmap mremap mmap mprotect madvise getrandom membarrier rseq
        (57, 62, 63, 64, 73, 80, 93, 94, 98, 99, 113, 123, 124, 128, 132, 134, 135, 139, 165, 169, 172, 178, 214, 215, 216, 222, 226, 233, 278, 283, 293),
        (222, 226),
    ),
}  # fmt: skip


def enclose(empty: str) -> None:
    """Put up what lasts for the worker's life. `empty` is a fresh directory: it becomes all there is, and is removed."""
    _unshare()
    os.chdir(empty)
    os.rmdir(empty)
    with contextlib.suppress(OSError):  # without the right to, the directory that is gone still has no room for files
        os.chroot(".")
    _become_nobody()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        libc.prctl(*_NOT_DUMPABLE, 0, 0, 0)


def _unshare() -> None:
    """A world of its own: users, network, mounts, messages between processes; at least the network, if it can be had."""
    if not hasattr(os, "unshare"):
        return
    rest = os.CLONE_NEWNET | os.CLONE_NEWNS | os.CLONE_NEWIPC | os.CLONE_NEWUTS
    for flags in (os.CLONE_NEWUSER | rest, rest, os.CLONE_NEWNET):
        try:
            os.unshare(flags)
            return
        except OSError:
            continue


def _become_nobody() -> None:
    """Give up being root, where the worker was started as root and could not be given users of its own."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)


def enclose_job() -> None:
    """Put up what holds for one picture, in a process of its own. After this nothing can be opened, sent or started."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    _filter_calls()


def _filter_calls() -> None:
    """Have the kernel answer EPERM to every system call but those decoding needs, and to memory that can be executed."""
    known = _ALLOWED.get(platform.machine())
    if known is None or sys.platform != "linux":
        return
    architecture, allowed, mapping = known
    load, equal, is_set, answer = 0x20, 0x15, 0x45, 0x06
    permit, deny, kill = 0x7FFF0000, 0x00050001, 0x80000000
    steps = [(load, 0, 0, 4), (equal, 1, 0, architecture), (answer, 0, 0, kill), (load, 0, 0, 0)]
    for number in allowed:
        if number in mapping:  # the third argument is the protection; 4 is "may be executed"
            steps += [(equal, 0, 4, number), (load, 0, 0, 32), (is_set, 0, 1, 4), (answer, 0, 0, deny), (answer, 0, 0, permit)]
        else:
            steps += [(equal, 0, 1, number), (answer, 0, 0, permit)]
    steps.append((answer, 0, 0, deny))
    program = b"".join(struct.pack("HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(program, len(program))
    pointer = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(buffer))
    ctypes.CDLL(None).prctl(_SECCOMP, _SECCOMP_FILTER, ctypes.c_char_p(pointer), 0, 0)


# --- trying to get out ---------------------------------------------------------------------------------------------


def holding() -> list[str]:
    """The fences that held when a job of no use to anybody tried each of them."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        _try_all(writing)
    os.close(writing)
    told = b""
    while part := os.read(reading, 4096):
        told += part
    os.close(reading)
    os.waitpid(child, 0)
    return list(json.loads(told or b"[]"))


def _try_all(writing: int) -> None:
    enclose_job()
    held = [name for name, attempt in _ATTEMPTS.items() if _is_held(attempt)]
    os.write(writing, json.dumps(held).encode())
    os._exit(0)


def _is_held(attempt: Callable[[], object]) -> bool:
    try:
        return attempt() is True
    except (OSError, MemoryError) as error:
        return getattr(error, "errno", 0) not in (errno.ECONNREFUSED, errno.ETIMEDOUT)


def _reach() -> None:
    os.close(_STDERR)  # makes room for a socket, so that it is not the limit on open files alone that holds
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as line:
        line.settimeout(0.2)
        line.connect(("127.0.0.1", 9))


def _look() -> bool:
    return not os.listdir("/")


def _write() -> None:
    os.close(os.open("left-behind", os.O_CREAT | os.O_WRONLY))


def _start() -> None:
    if not os.fork():
        os._exit(0)
    os.wait()


def _call() -> None:
    os.kill(os.getpid(), 0)


def _grow() -> bytearray:
    return bytearray(MEMORY)


_ATTEMPTS: dict[str, Callable[[], object]] = {
    "files": _look, "writing": _write, "processes": _start, "calls": _call, "memory": _grow, "network": _reach,
}  # fmt: skip
