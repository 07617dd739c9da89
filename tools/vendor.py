"""Copy the few front-end files we ship out of node_modules, with version and integrity written down.

    npm ci --ignore-scripts && python tools/vendor.py

What it writes (src/countersign/web/static/vendor) is committed, so nobody who runs Countersign needs Node.
`python tools/vendor.py --check` fails when the committed copy differs from what npm gives.
"""
from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE = ROOT / "node_modules"
OUT = ROOT / "src" / "countersign" / "web" / "static" / "vendor"
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter.woff2",
    "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2": "inter-ext.woff2",
    "@fontsource-variable/newsreader/files/newsreader-latin-wght-normal.woff2": "newsreader.woff2",
    "@fontsource-variable/newsreader/files/newsreader-latin-ext-wght-normal.woff2": "newsreader-ext.woff2",
}
# Licences ask to travel with what they license.
LICENCES = {
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "@fontsource-variable/inter/LICENSE": "inter.LICENSE.txt",
    "@fontsource-variable/newsreader/LICENSE": "newsreader.LICENSE.txt",
    "lucide-static/LICENSE": "lucide.LICENSE.txt",
}
ICONS = """
calendar clock-alert id-card lock-open printer siren tablet usb user-minus
archive arrow-left arrow-right arrow-up-right at-sign badge-check ban bell building-2 calendar-clock calendar-days camera check chevron-down
chevron-left chevron-right circle-check circle-dashed circle-dot circle-x clock copy corner-down-right ellipsis
external-link eye eye-off file-text fingerprint flag globe hand heart history hourglass house image image-plus inbox info
key-round languages laptop layers life-buoy link-2 list-checks lock log-out mail map-pin-off menu message-circle
message-square message-square-quote messages-square minus monitor-smartphone moon octagon-alert pause pen-line pencil-line
play plug plus qr-code radio refresh-cw repeat-2 reply rocket route scan-text scroll-text search send server settings
shield-check smartphone stamp sun sun-moon trash-2 triangle-alert undo-2 unplug upload user-check user-plus users x
""".split()  # noqa: SIM905  # eighty words are easier to read than eighty strings


def sprite() -> bytes:
    """One SVG file with a symbol for each icon we use."""
    symbols = [_symbol(name) for name in sorted(ICONS)]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""]).encode()


def _symbol(name: str) -> str:
    drawing = (NODE / "lucide-static" / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    match = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.DOTALL)
    if match is None:
        raise SystemExit(f"vendor: {name}.svg is no drawing")
    inner = re.sub(r"\s+", " ", match.group(1)).strip()
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        f'stroke-linecap="round" stroke-linejoin="round">{inner}</symbol>'
    )


def integrity(data: bytes) -> str:
    """The digest of a file as a browser or npm writes it."""
    return "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode()


def wanted() -> dict[str, bytes]:
    """Every file that should be there, VENDOR.json among them."""
    sources = FILES | LICENCES
    files = {name: (NODE / source).read_bytes() for source, name in sources.items()} | {"icons.svg": sprite()}
    packages = {name: _package(source) for source, name in sources.items()} | {"icons.svg": "lucide-static"}
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    listing = {name: _entry(locked[f"node_modules/{packages[name]}"], packages[name], files[name]) for name in sorted(files)}
    return files | {"VENDOR.json": (json.dumps(listing, indent=2) + "\n").encode()}


def _package(source: str) -> str:
    parts = source.split("/")
    return "/".join(parts[:2]) if source.startswith("@") else parts[0]


def _entry(lock: dict[str, str], package: str, data: bytes) -> dict[str, str | int]:
    return {
        "package": package,
        "version": lock["version"],
        "package_integrity": lock["integrity"],
        "licence": lock["license"],
        "file_integrity": integrity(data),
        "bytes": len(data),
    }


def check(files: dict[str, bytes]) -> int:
    """Say which committed files differ; 1 if any does."""
    there = {path.name for path in OUT.iterdir()}
    differing = [name for name, data in files.items() if name not in there or (OUT / name).read_bytes() != data]
    differing += sorted(there - set(files))
    print("vendor: differs: " + ", ".join(differing) if differing else f"vendor: {len(files)} files match")
    return 1 if differing else 0


def main() -> int:
    """Write the files, or with `--check` compare them."""
    files = wanted()
    if "--check" in sys.argv:
        return check(files)
    OUT.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (OUT / name).write_bytes(data)
    print(f"vendor: wrote {len(files)} files, {sum(map(len, files.values()))} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
