"""Readers of settings: each takes a name and a default, and stops the start with a hint when it does not understand."""
from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Set
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


class Origin(NamedTuple):
    """A scheme, a host and a port: what a browser calls an origin. `str()` gives `https://host[:port]`."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        usual = {"http": 80, "https": 443}[self.scheme]
        return f"{self.scheme}://{self.host}" + ("" if self.port == usual else f":{self.port}")


def read_text(name: str, default: str) -> str:
    """A text, or the content of the file that `NAME_FILE` names."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def read_choice(name: str, default: str, choices: Set[str]) -> str:
    """One of a few words."""
    value = read_text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of {', '.join(sorted(choices))}.")
    return value


def read_number(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number within bounds."""
    value = read_text(name, str(default))
    if not value.isdecimal() or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number from {least} to {most}.")
    return int(value)


def read_list(name: str) -> list[str]:
    """Words between commas; empty by default."""
    return [word.strip() for word in read_text(name, "").split(",") if word.strip()]


def read_path(name: str, default: Path) -> Path:
    """An absolute path."""
    path = Path(read_text(name, str(default)))
    if not path.is_absolute():
        raise ImproperlyConfigured(f"{name} is {str(path)!r}; it must be an absolute path.")
    return path


def read_url(name: str, default: str) -> Origin:
    """An origin: scheme, host, perhaps a port, nothing after it."""
    return _origin(name, read_text(name, default))


def read_origins(name: str) -> list[Origin]:
    """Origins between commas; none by default."""
    return [_origin(name, word) for word in read_list(name)]


def _origin(name: str, value: str) -> Origin:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"} or parts.query:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must look like https://countersign.example.")
    return Origin(parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}[parts.scheme])


def wrapping_path(kind: str, keys: Path) -> Path:
    """Where the wrapping key's file lies by default: with the other keys, or where systemd hands it to the broker."""
    if kind == "credential":
        return Path(os.environ.get("CREDENTIALS_DIRECTORY", "/run/credentials/countersign-broker.service")) / "wrapping-key"
    return keys / "wrapping.key"


def read_secret(name: str, path: Path | None) -> str:
    """A secret from the environment, from `NAME_FILE`, or from a file of our own that is made on first use (0400)."""
    if value := read_text(name, ""):
        return value
    if path is None:
        return ""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(f".{os.getpid()}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # another process was first: its key is the one
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text(encoding="ascii").strip()
