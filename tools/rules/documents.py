"""What the documentation says, held against what there is."""
from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tools import reference
from tools.rules.tree import Tree


def documented(tree: Tree) -> Iterator[str]:
    """Every right, setting, event and state is found in the documentation."""
    text = "\n".join(path.read_text() for path in tree.pages)
    for kind, words in _words():
        for word in words:
            if f"`{word}`" not in text:
                yield f"The {kind} {word} is in no page of docs/. Run: python -m tools.reference"


def _words() -> Iterator[tuple[str, list[str]]]:
    yield "right", reference.rights()
    yield "setting", reference.settings()
    yield "event", reference.events()
    yield "state", [f"{life}.{state}" for life, states in reference.lives().items() for state in states]


def reference_is_current(tree: Tree) -> Iterator[str]:
    """The generated page of the documentation is what the code says now."""
    page = tree.root / "docs" / "reference.md"
    if not page.exists() or page.read_text() != reference.page():
        yield "docs/reference.md is out of date. Run: python -m tools.reference"


_TEST = re.compile(r"\btests(?:/[\w.-]+)+(?:::(\w+))?")


def named_tests_are_there(tree: Tree) -> Iterator[str]:
    """Every test, and every file or folder of tests, that the documentation names is there."""
    for page in tree.pages:
        for named in _TEST.finditer(page.read_text()):
            path, name = named[0].partition("::")[0].rstrip("."), named[1]
            where = tree.root / path
            if not where.exists():
                yield f"{page.relative_to(tree.root)} names {path}, which is not there."
            elif name and name not in {one.name for one in ast.walk(ast.parse(where.read_text())) if isinstance(one, ast.FunctionDef)}:
                yield f"{page.relative_to(tree.root)} names {path}::{name}, which is not there."
