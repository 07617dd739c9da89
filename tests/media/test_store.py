"""What is stored is there whole, is what it was, or is said to be missing."""
from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import countersign
from countersign.base.errors import Invalid
from countersign.content.media.store import Store

SOURCE = str(Path(countersign.__file__).parents[1])
FILL = """
import sys
from pathlib import Path
from countersign.base.errors import Invalid
from countersign.content.media.store import Store
root = Path(sys.argv[1])
if sys.argv[2] == "limit":
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
try:
    Store(root).keep(b"x" * 1_000_000)
except Invalid as refused:
    print(refused.what, refused.remedy, [path.name for path in root.rglob("*") if path.is_file()])
"""


def test_what_was_kept_is_read_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    name = store.keep(b"a picture")
    assert name == hashlib.sha256(b"a picture").hexdigest()
    assert store.read(name) == b"a picture"
    assert store.keep(b"a picture") == name


def test_only_we_may_read_it(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.path(store.keep(b"a picture")).stat().st_mode & 0o077 == 0


def test_a_group_may_read_what_lies_in_a_folder_that_was_opened_to_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o2770)
    place = Store(tmp_path).path(Store(tmp_path).keep(b"a picture"))
    assert (place.stat().st_mode & 0o777, place.parent.stat().st_mode & 0o777) == (0o640, 0o750)


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    name = store.keep(b"a picture")
    store.path(name).write_bytes(b"b picture")
    with pytest.raises(Invalid, match="no longer the one that was taken in"):
        store.read(name)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="missing"):
        Store(tmp_path).read("0" * 64)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_a_name_that_is_no_digest_leads_nowhere(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        Store(tmp_path).read(name)


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    assert _filled([sys.executable, "-c", FILL, str(tmp_path), "limit"]) == FULL


def test_a_file_system_without_room_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    script = 'mount -t tmpfs -o size=128k tmpfs "$1" && exec "$2" -c "$3" "$1" mounted'
    command = ["unshare", "-rm", "sh", "-c", script, "sh", str(tmp_path), sys.executable, FILL]
    if subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", str(tmp_path)], capture_output=True, check=False).returncode:
        pytest.skip("This machine lets nobody mount a small disk; the limit on file size stands for it.")
    assert _filled(command) == FULL


FULL = "The disk is full, so the picture was not kept. Ask whoever runs Countersign to make room, then add the picture again. []"


def _filled(command: list[str]) -> str:
    environment = {"PYTHONPATH": SOURCE, "PATH": os.environ["PATH"]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr
