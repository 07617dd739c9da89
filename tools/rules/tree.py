"""The files that the rules look at."""
from __future__ import annotations

import ast
import re
from functools import cached_property
from pathlib import Path


class Tree:
    """One checkout: its modules, parsed; its templates; its tests; its pages for people."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.source = root / "src" / "countersign"

    @cached_property
    def code(self) -> dict[Path, ast.Module]:
        """Every module of the product but its migrations."""
        found = sorted(self.source.rglob("*.py"))
        return {path: ast.parse(path.read_text()) for path in found if "migrations" not in path.parts}

    @cached_property
    def templates(self) -> list[Path]:
        """Every template of the product."""
        return sorted(self.source.rglob("templates/**/*.html"))

    @cached_property
    def scripts(self) -> list[Path]:
        """Our own JavaScript."""
        return sorted(path for path in self.source.rglob("static/**/*.js") if "vendor" not in path.parts)

    @cached_property
    def pages(self) -> list[Path]:
        """The documentation."""
        return [*sorted((self.root / "docs").rglob("*.md")), *sorted(self.root.glob("*.md"))]

    def name_of(self, path: Path) -> str:
        """A module as the rules call it: `audit/recording`."""
        return str(path.relative_to(self.source).with_suffix(""))

    def is_action_file(self, path: Path) -> bool:
        """Whether the module is named for what it changes."""
        name = self.name_of(path)
        is_named_so = re.search(r"ing(_[a-z]+)?$", path.stem) is not None
        return is_named_so and name not in NOT_ACTIONS and not name.startswith(("networks/", "processes/", "practice/"))


# Plain modules whose names end in -ing though they change nothing of ours: they compute, or are processes.
NOT_ACTIONS = {"audit/verifying", "review/verifying", "access/vault/sealing", "networks/asking"}
