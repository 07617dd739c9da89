"""Every rule of the house can be broken, and says so: a check that cannot fail would keep no promise."""
from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import check
from tools import words as catalogs
from tools.rules import code, documents, files, words
from tools.rules.tree import Tree

HERE = Path(__file__).resolve().parents[2]
TEMPLATE, ACTION = "posts/templates/posts/list.html", "posts/approving.py"

BROKEN: dict[str, tuple[Callable[..., object], str, str, str]] = {
    "a transaction of one's own": (code.one_transaction, "src/countersign/posts/jobs.py", "from django.db import transaction", "posts/jobs imports"),
    "a query that changes": (code.only_actions_change, "src/countersign/posts/queries.py", "Post.objects.create()", "posts/queries changes rows"),
    "an actor who comes second": (
        code.actor_first, f"src/countersign/{ACTION}", "def approve(post, by):\n    with recorded(by) as record: pass", "its first argument is 'post'",
    ),
    "a refusal swallowed": (
        code.nobody_swallows_refusals, f"src/countersign/{ACTION}", "try: pass\nexcept Refused: pass", "posts/approving:2 catches Refused",
    ),
    "everything caught": (code.broad_excepts, "src/countersign/posts/jobs.py", "try: pass\nexcept Exception: pass", "posts/jobs:2 catches everything"),
    "a mock from the library": (code.no_mocks, "tests/test_it.py", "from unittest import " + "mock; unittest" + ".mock.patch", "tests/test_it.py mocks"),
    "our code replaced by its name": (code.no_mocks, "tests/test_it.py", "monkeypatch.setattr('countersign.base.x', 1)", "tests/test_it.py mocks"),
    "our code replaced as imported": (
        code.no_mocks, "tests/test_it.py", "from countersign.people import hooks as h\nmonkeypatch.setattr(h, 'x', 1)", "tests/test_it.py mocks",
    ),
    "a style in a page": (words.no_inline, f"src/countersign/{TEMPLATE}", '<p style="color: red">', "has 'style='"),
    "a bare error": (words.errors_are_marked, "src/countersign/posts/rules.py", "raise Refused('No.')", "posts/rules:1 says 'No.'"),
    "an error put together": (words.errors_are_marked, "src/countersign/posts/rules.py", "raise errors.Invalid(f'No {what}.')", "posts/rules:1 says"),
    "a bare remedy": (words.errors_are_marked, "src/countersign/posts/rules.py", "Refused(_('No.'), remedy='Ask.')", "says 'Ask.'"),
    "a bare word": (words.templates_are_marked, f"src/countersign/{TEMPLATE}", "<p>{{ name }} waits</p>", "says 'waits'"),
    "a bare label": (words.templates_are_marked, f"src/countersign/{TEMPLATE}", '<a aria-label="Close">x</a>', "says 'Close'"),
    "a bare label of a field": (words.errors_are_marked, "src/countersign/posts/forms.py", "forms.CharField(label='Name')", "says 'Name'"),
    "a bare word in a tag": (words.templates_are_marked, f"src/countersign/{TEMPLATE}", '{% icon "check" "All done" %}', "says 'All done'"),
    "a sentence in a script": (words.scripts_say_nothing, "src/countersign/web/static/web/js/page.js", 'say("Not saved.")', "page.js:1 says"),
    "a translation that drops a fact": (
        words.translations_hold_what_the_sentences_hold, "src/countersign/web/locale/nl/LC_MESSAGES/django.po",
        'msgid ""\n"{name} waits"\nmsgstr "Er wordt gewacht"\n', "'{name} waits' is translated without",
    ),
    "a translation that invents one": (
        words.translations_hold_what_the_sentences_hold, "src/countersign/web/locale/nl/LC_MESSAGES/django.po",
        'msgid "%(n)s waits"\nmsgid_plural "%(n)s wait"\nmsgstr[0] "een wacht"\nmsgstr[1] "%(m)s wachten"\n', "or with more",
    ),
    "a text in one language alone": (
        words.every_text_is_translated, f"src/countersign/{TEMPLATE}", '{% load i18n %}<h1>{% translate "Drafts" %}</h1>', "'Drafts' is not translated into de",
    ),
    "a translation of nothing": (
        words.every_text_is_translated, "src/countersign/posts/rules.py", "NO = _('{name} waits')", "is translated into de, but said nowhere",
    ),
    "a catalog that was not compiled": (
        words.every_text_is_translated, "src/countersign/web/locale/fr/LC_MESSAGES/django.mo", "old", "is not what its catalog says",
    ),
    "nothing documented": (documents.documented, "docs/reference.md", "nothing", "The right "),
    "an old reference": (documents.reference_is_current, "docs/reference.md", "nothing", "is out of date"),
    "a test that is not there": (
        documents.named_tests_are_there, "docs/asvs.md", "`tests/web/test_headers.py::test_no_such`", "docs/asvs.md names tests/web/test_headers.py",
    ),
    "a file of tests that is not there": (documents.named_tests_are_there, "README.md", "[t](tests/web/gone.py)", "README.md names tests/web/gone.py"),
    "a changed file of others": (
        files.vendored, "src/countersign/web/static/vendor/VENDOR.json", '{"VENDOR.json": {"file_integrity": "sha384-x"}}', "is not the file",
    ),
    "a file of nobody": (files.vendored, "src/countersign/web/static/vendor/left-pad.js", "pad", "left-pad.js is in no manifest"),
    "a path of some machine": (files.no_hosts, "docs/operating.md", "see /ro" + "ot/notes", "docs/operating.md names"),
}  # fmt: skip


def translate(source: Path, language: str) -> None:
    """A whole catalog, in which every text stands for itself."""
    catalogs.update(source, language)
    path = catalogs.place_of(source, language)
    path.write_text(re.sub(r'msgid (".+")\nmsgstr ""', r"msgid \1\nmsgstr \1", path.read_text()))
    catalogs.update(source, language)


def lines_of(rule: Callable[..., object], root: Path) -> list[str]:
    return list(rule(Tree(root)))  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small checkout in which every rule is kept."""
    for place, text in {
        f"src/countersign/{TEMPLATE}": '{% load i18n %}{# of all #}<h1 class="big">{% translate "Posts" %}</h1><code>countersign roster</code> Countersign <p translate="no">Hallo!</p>',
        f"src/countersign/{ACTION}": "def approve(actor, post):\n    with recorded(actor) as record: Post.objects.create()",
        "src/countersign/posts/rules.py": "NO = _('{name} waits')\nraise Refused(_('No.'), remedy=_('Ask.'))\nraise Invalid(NO)",
        "src/countersign/web/static/web/js/page.js": 'say(body.dataset.saySaved) // Not saved.',
        "src/countersign/web/static/vendor/VENDOR.json": "{}",
        "tests/web/test_headers.py": "def test_one(monkeypatch):\n    monkeypatch.setattr(socket, 'x', 1)",
        "docs/asvs.md": "`tests/web/test_headers.py::test_one`, [all](tests/web)",
    }.items():  # fmt: skip
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text)
    for language in catalogs.LANGUAGES:
        translate(tmp_path / "src" / "countersign", language)
    shutil.copyfile(HERE / "docs" / "reference.md", tmp_path / "docs" / "reference.md")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


@pytest.mark.parametrize("rule", [rule for rule in check.RULES if rule not in {files.deploys, documents.reference_is_current, documents.documented}])
def test_what_keeps_a_rule_is_left_alone(tree: Path, rule: Callable[..., object]) -> None:
    assert lines_of(rule, tree) == []


@pytest.mark.parametrize("how", BROKEN)
def test_what_breaks_a_rule_is_told(tree: Path, how: str) -> None:
    rule, place, text, told = BROKEN[how]
    (tree / place).parent.mkdir(parents=True, exist_ok=True)
    (tree / place).write_text(text)
    lines = lines_of(rule, tree)
    assert lines
    assert told in lines[0]


def test_a_table_without_its_migration_is_told(tmp_path: Path) -> None:
    shutil.copytree(HERE / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    models = tmp_path / "src" / "countersign" / "content" / "media" / "models.py"
    models.write_text(models.read_text() + "\n\nclass Forgotten(models.Model):\n    words = models.TextField()\n")
    (line,) = lines_of(files.deploys, tmp_path)
    assert "Create model Forgotten" in line


def test_every_rule_is_broken_by_something_here() -> None:
    assert {rule for rule, *_rest in BROKEN.values()} | {files.deploys} == set(check.RULES)
