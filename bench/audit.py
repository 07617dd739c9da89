"""How fast an exported log is verified, as a ratio to the hashing that no verifier can avoid.

`python bench/audit.py [EVENTS]` writes a log of realistic entries (a tenth of them with personal data, a checkpoint every
1,024, as exports have) to a temporary file, verifies it, and compares with two bare rates over the same bytes in memory: hashing the leaves
alone, and hashing leaves and nodes, which is the least any verifier of this tree must do. Best of five runs each, in processor time,
so that other work on the machine does not count.
"""
from __future__ import annotations

import io
import secrets
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from countersign.audit import checkpoint, leaf, tree, verifying
from countersign.base.values import canonical

START = datetime(2026, 1, 1, tzinfo=UTC)
SPACING = 1024  # events between two checkpoints, as `audit.exporting` has it
TARGET_RATE, TARGET_RATIO = 200_000, 0.4


def write(events: int) -> tuple[bytes, list[bytes]]:
    """An export of so many events, and its leaves."""
    key, edge = checkpoint.SigningKey.fresh("bench.example/audit"), tree.CompactRange()
    notes, personal, leaves = list[str](), list[bytes](), list[bytes]()
    for number in range(1, events + 1):
        words = canonical({"address": "192.0.2.7", "n": str(number)}) if number % 10 == 0 else b""
        salt = secrets.token_bytes(16) if words else b""
        noted = leaf.Noted(
            START + timedelta(seconds=number), "person:4f1c7f0e-7a53-4b8a-9b1e-2f6b8a3f1c22", "post.approved",
            "post:0b9d2c6e-12ab-4f0f-9c1d-6a7b8c9d0e1f", "9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d",
            {"revision": number % 7, "digest": sha256(str(number).encode()).hexdigest()}, words, salt,
        )  # fmt: skip
        leaves.append(noted.leaf(number))
        edge.extend([tree.leaf_hash(leaves[-1])])
        if words:
            personal.append(f"{number} {salt.hex()} {words.decode()}\n".encode())
        if number % SPACING == 0 or number == events:
            notes.append(checkpoint.sign(checkpoint.Checkpoint(key.name, number, edge.root()), key))
    head = f"{verifying.HEADER}\n{key.public}\ncheckpoints {len(notes)}\n{''.join(notes)}personal {len(personal)}\n"
    body = b"".join(personal) + f"events {events}\n".encode() + b"".join(each + b"\n" for each in leaves)
    return head.encode() + body, leaves


def rate(run: Callable[[], object], events: int) -> float:
    """Events a second, the best of five runs."""
    best = float("inf")
    for _run in range(5):
        begun = time.process_time()
        run()
        best = min(best, time.process_time() - begun)
    return events / best


def leaves_alone(leaves: list[bytes]) -> None:
    """Hash every leaf and nothing else."""
    for each in leaves:
        sha256(b"\0" + each).digest()


def leaves_and_nodes(leaves: list[bytes]) -> None:
    """Hash every leaf and as many nodes, keeping no tree."""
    node = b"\1" + bytes(64)
    for each in leaves:
        sha256(b"\0" + each).digest()
        sha256(node).digest()


def main(events: int) -> int:
    """Print the figures; return 1 when a target is missed."""
    raw, leaves = write(events)
    verified = rate(lambda: verifying.verify_file(io.BytesIO(raw)), events)
    least, bare = rate(lambda: leaves_and_nodes(leaves), events), rate(lambda: leaves_alone(leaves), events)
    print(f"{events} events, {len(raw) // events} bytes each with everything")
    print(f"verified                  {verified:>12,.0f} events/s   target {TARGET_RATE:,}")
    print(f"of hashing leaves+nodes   {verified / least:>12.2f}            target {TARGET_RATIO}")
    print(f"of hashing leaves alone   {verified / bare:>12.2f}")
    return 0 if verified >= TARGET_RATE and verified >= TARGET_RATIO * least else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000))
