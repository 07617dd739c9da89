"""The rules of the house that no linter knows. `python -m tools.check` prints what breaks one, and fails.

They keep promises: no change without its entry, no refusal swallowed, no script a policy would have to allow.
"""
from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "countersign"
CODE = {p: ast.parse(p.read_text()) for p in sorted(SOURCE.rglob("*.py")) if "migrations" not in p.parts}
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))

# Plain modules whose names end in -ing though they change nothing of ours: they compute, or are processes.
NOT_ACTIONS = {"audit/verifying", "review/verifying", "access/vault/sealing", "networks/asking"}
# Who may open a transaction or change rows outside `recorded`, and why.
OUTSIDE = {
    "audit/recording": "owns the transaction",
    "audit/checkpointing": "signs what is there already",
    "audit/erasing": "has an entry of its own",
    "people/sessions": "a session is no act",
    "people/proving": "attempts are counted whether or not they succeed",
}


def name_of(path: Path) -> str:
    return str(path.relative_to(SOURCE).with_suffix(""))


def is_action_file(path: Path) -> bool:
    inside = name_of(path)
    return re.search(r"ing(_[a-z]+)?$", path.stem) is not None and inside not in NOT_ACTIONS and not inside.startswith(("networks/", "processes/", "practice/"))


def calls_in(node: ast.AST) -> Iterator[str]:
    return (ast.unparse(one.func) for one in ast.walk(node) if isinstance(one, ast.Call))


def one_transaction() -> Iterator[str]:
    """Nobody opens a transaction but `audit.recording`."""
    for path, tree in CODE.items():
        for node in ast.walk(tree):
            is_it = isinstance(node, ast.ImportFrom) and node.module == "django.db" and name_of(path) not in OUTSIDE
            if is_it and any(alias.name == "transaction" for alias in node.names):
                yield f"{name_of(path)} imports django.db.transaction; use audit.recording.recorded."


_CHANGES = re.compile(r"\.(create|bulk_create|update|update_or_create|get_or_create|delete|save|move)$")
_ROWS = re.compile(r"objects|\.move$|_base_manager|\b(grant|row|person|post|delivery|comment|account)\.(delete|save|move)$")


def only_actions_change() -> Iterator[str]:
    """Only files named for what they do change rows."""
    for path, tree in CODE.items():
        inside = name_of(path)
        if is_action_file(path) or inside in OUTSIDE or inside.startswith(("base/", "practice/", "config/demonstration/")):
            continue
        for call in calls_in(tree):
            if _CHANGES.search(call) and _ROWS.search(call):
                yield f"{inside} changes rows ({call}), but is no action file."


def actor_first() -> Iterator[str]:
    """A public function that opens `recorded` takes the actor first, or is what makes a person an actor."""
    makers = {"accept_with_passkey", "accept_with_password", "fail"}  # nobody is signed in yet
    for path, tree in CODE.items():
        if not is_action_file(path):
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and "recorded" in calls_in(node):
                first = node.args.args[0].arg if node.args.args else ""
                names_actor = any(a.arg in {"actor", "person", "visitor"} for a in [*node.args.args, *node.args.kwonlyargs])
                if first != "actor" and node.name not in makers and not names_actor:
                    yield f"{name_of(path)}.{node.name} opens recorded, but its first argument is {first!r}."


def nobody_swallows_refusals() -> Iterator[str]:
    """Inside an action a refusal is never caught; the broker answers with it, jobs go on without it."""
    allowed = ("audit/recording", "processes/", "people/views", "people/requests", "people/proving", "config/", "desk/refusals")
    for path, tree in CODE.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and node.type is not None and is_action_file(path):
                caught = ast.unparse(node.type)
                if re.search(r"\bRefused\b", caught) and not name_of(path).startswith((*allowed, "content/posts/releasing")):
                    yield f"{name_of(path)}:{node.lineno} catches Refused."


def broad_excepts() -> Iterator[str]:
    """`except Exception` stands in the processes and the middleware alone."""
    for path, tree in CODE.items():
        for node in ast.walk(tree):
            is_broad = isinstance(node, ast.ExceptHandler) and (
                node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
            )
            if is_broad and not name_of(path).startswith(("processes/", "web/errors", "practice/")):
                yield f"{name_of(path)}:{node.lineno} catches everything."


def no_inline() -> Iterator[str]:
    """The strict policy needs no exception: no inline script, style or handler in any template."""
    for path in TEMPLATES:
        text = path.read_text()
        for pattern in (r"<style\b", r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", r"\sstyle=", r"\son[a-z]+=", r"javascript:"):
            if found := re.search(pattern, text):
                yield f"{path.relative_to(SOURCE)} has {found.group(0).strip()!r}."


def no_mocks() -> Iterator[str]:
    """No test puts something else in the place of our own code."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if re.search(r"unittest\.mock|MagicMock|mocker\b|monkeypatch\.setattr\(\s*['\"]?countersign", path.read_text()):
            yield f"{path.relative_to(ROOT)} mocks."


def documented() -> Iterator[str]:
    """Every right, setting, event and state is found in the documentation."""
    text = "\n".join(path.read_text() for path in (ROOT / "docs").rglob("*.md"))
    for kind, words in _words():
        for word in words:
            if f"`{word}`" not in text:
                yield f"The {kind} {word} is in no page of docs/. Run: python -m tools.reference"


def _words() -> Iterator[tuple[str, list[str]]]:
    from tools import reference

    yield "right", reference.rights()
    yield "setting", reference.settings()
    yield "event", reference.events()
    yield "state", [f"{life}.{state}" for life, states in reference.lives().items() for state in states]


def reference_is_current() -> Iterator[str]:
    """The generated page of the documentation is what the code says now."""
    from tools import reference

    page = ROOT / "docs" / "reference.md"
    if not page.exists() or page.read_text() != reference.page():
        yield "docs/reference.md is out of date. Run: python -m tools.reference"


def translations_parse() -> Iterator[str]:
    """Sentences for people are marked, and their catalogues hold no broken placeholder."""
    for path in sorted(SOURCE.rglob("locale/*/LC_MESSAGES/*.po")):
        entries = re.findall(r'msgid "(.+)"\nmsgstr "(.+)"', path.read_text())
        for source, translated in entries:
            if sorted(re.findall(r"\{\w+\}", source)) != sorted(re.findall(r"\{\w+\}", translated)):
                yield f"{path.relative_to(SOURCE)}: {source!r} has other placeholders."


def vendored() -> Iterator[str]:
    """Every vendored file is the one its manifest names."""
    import base64
    import hashlib

    folder = SOURCE / "web" / "static" / "vendor"
    manifest = json.loads((folder / "VENDOR.json").read_text())
    for name, entry in manifest.items():
        found = "sha384-" + base64.b64encode(hashlib.sha384((folder / name).read_bytes()).digest()).decode()
        if found != entry["file_integrity"]:
            yield f"vendor/{name} is not the file its manifest names."


def no_hosts() -> Iterator[str]:
    """No file names a package registry's host or a path of a developer's machine."""
    hosts = "|".join(["py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.org", "deb" + r"\.debian\.org"])
    places = "|".join(["/ro" + "ot/", "/wo" + "rk/", "/fa" + "rm/"])
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines():
        path = ROOT / line
        if not path.is_file() or path.suffix in {".png", ".woff2", ".jpg", ".mo"}:
            continue
        if found := re.search(f"{hosts}|{places}", path.read_text(errors="ignore")):
            yield f"{line} names {found.group(0)!r}."


def deploys() -> Iterator[str]:
    """Django's own checks pass for a deployment with TLS, and no migration is missing."""
    with tempfile.TemporaryDirectory() as folder:
        own = {f"COUNTERSIGN_{name}": f"{folder}/{name.lower()}" for name in ("DATA", "KEYS", "RUN", "BROKER")}
        environment = {
            **os.environ, **own, "COUNTERSIGN_ORIGIN": "https://countersign.example", "COUNTERSIGN_SMTP_HOST": "mail.example", "PYTHONPATH": str(SOURCE.parent),
            "DJANGO_SETTINGS_MODULE": "countersign.config.settings",
        }
        for words in (["check", "--deploy", "--fail-level", "WARNING"], ["makemigrations", "--check", "--dry-run"]):
            command = [sys.executable, "-m", "countersign.config.command", "manage", *words]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                yield f"manage {' '.join(words)}: {done.stdout}{done.stderr}".strip()


RULES: tuple[Callable[[], Iterator[str]], ...] = (
    one_transaction, only_actions_change, actor_first, nobody_swallows_refusals, broad_excepts, no_inline, no_mocks,
    documented, reference_is_current, translations_parse, vendored, no_hosts, deploys,
)


def main() -> int:
    broken = [(rule, found) for rule in RULES for found in rule()]
    for rule, found in broken:
        print(f"{rule.__name__}: {found}")
    print(f"{len(RULES)} rules of the house, {len(broken)} broken.")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
