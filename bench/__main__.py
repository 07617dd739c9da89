"""Run every bench, or those named, each in a process of its own."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def main(wanted: list[str]) -> int:
    """The number of benches that failed to run; a ratio that misses its target is printed, not a failure."""
    failed = 0
    for name in wanted or NAMES:
        print(f"── {name}", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
