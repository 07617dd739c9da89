"""The rules of the house that no linter knows. `python -m tools.check` prints what breaks one, and fails.

They keep promises: no change without its entry, no refusal swallowed, no script a policy would have to allow. That each
of them can be broken is shown in `tests/tools/test_the_rules_of_the_house.py`.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tools.rules import code, documents, files, words
from tools.rules.tree import Tree

RULES: tuple[Callable[[Tree], Iterator[str]], ...] = (
    code.one_transaction, code.only_actions_change, code.actor_first, code.nobody_swallows_refusals, code.broad_excepts, code.no_mocks,
    words.no_inline, words.errors_are_marked, words.templates_are_marked, words.scripts_say_nothing,
    words.translations_hold_what_the_sentences_hold, words.every_text_is_translated,
    documents.documented, documents.reference_is_current, documents.named_tests_are_there,
    files.vendored, files.no_hosts, files.deploys,
)  # fmt: skip


def main() -> int:
    """Hold every rule against this checkout."""
    tree = Tree(Path(__file__).resolve().parents[1])
    broken = [(rule, found) for rule in RULES for found in rule(tree)]
    for rule, found in broken:
        print(f"{rule.__name__}: {found}")
    print(f"{len(RULES)} rules of the house, {len(broken)} broken.")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
