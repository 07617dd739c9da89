"""What lies in the tree as files: the vendored, the named, the deployed."""
from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from tools.rules.tree import Tree


def vendored(tree: Tree) -> Iterator[str]:
    """Every vendored file is the one its manifest names."""
    folder = tree.source / "web" / "static" / "vendor"
    manifest = json.loads((folder / "VENDOR.json").read_text())
    for name, entry in manifest.items():
        found = "sha384-" + base64.b64encode(hashlib.sha384((folder / name).read_bytes()).digest()).decode()
        if found != entry["file_integrity"]:
            yield f"vendor/{name} is not the file its manifest names."
    known = {"VENDOR.json", *manifest}
    yield from (f"vendor/{path.name} is in no manifest." for path in sorted(folder.iterdir()) if path.name not in known)


def no_hosts(tree: Tree) -> Iterator[str]:
    """No file names a package registry's host or a path of a developer's machine."""
    hosts = "|".join(["py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.org", "deb" + r"\.debian\.org"])
    places = "|".join(["/ro" + "ot/", "/wo" + "rk/", "/fa" + "rm/"])
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=tree.root, capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines():
        path = tree.root / line
        if not path.is_file() or path.suffix in {".png", ".woff2", ".jpg", ".mo"}:
            continue
        if found := re.search(f"{hosts}|{places}", path.read_text(errors="ignore")):
            yield f"{line} names {found.group(0)!r}."


def deploys(tree: Tree) -> Iterator[str]:
    """Django's own checks pass for a deployment with TLS, and no migration is missing."""
    with tempfile.TemporaryDirectory() as folder:
        own = {f"COUNTERSIGN_{name}": f"{folder}/{name.lower()}" for name in ("DATA", "KEYS", "RUN", "BROKER")}
        environment = {
            **os.environ, **own, "COUNTERSIGN_ORIGIN": "https://countersign.example", "COUNTERSIGN_SMTP_HOST": "mail.example", "PYTHONPATH": str(tree.source.parent),
            "DJANGO_SETTINGS_MODULE": "countersign.config.settings",
        }
        for words in (["check", "--deploy", "--fail-level", "WARNING"], ["makemigrations", "--check", "--dry-run"]):
            command = [sys.executable, "-m", "countersign.config.command", "manage", *words]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                yield f"manage {' '.join(words)}: {done.stdout}{done.stderr}".strip()
