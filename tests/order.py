"""Which tests run first, and which together on one worker.

By hand tests are shuffled (pytest-randomly), so that none rests on another. On top of that, what shares a server or a
house stays on one worker, which starts it once, and what takes longest is begun first, so that no worker has it left at
the end.
"""
from __future__ import annotations

from collections.abc import Generator

import pytest

FIRST = (
    "tests/advice/test_matrix.py", "tests/advice/test_forgeries.py", "tests/path", "tests/networks/bluesky", "tests/release/test_kills.py",
    "tests/advice/test_canaries.py", "tests/advice/test_bad_input.py", "tests/review",
)  # fmt: skip


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Say what belongs together before xdist looks, and sort when every other plugin has."""
    for item in items:
        if isinstance(item, pytest.Function) and not item.get_closest_marker("xdist_group") and (group := _shared(item)):
            item.add_marker(pytest.mark.xdist_group(group))
    yield
    items.sort(key=_turn)


def _shared(item: pytest.Function) -> str:
    """The file of a test that uses what its module shares, the folder of one that uses what a session shares."""
    definitions = (found[-1] for name, found in item._fixtureinfo.name2fixturedefs.items() if not name.startswith("django_db"))
    scopes = {definition.scope for definition in definitions if definition.baseid.startswith("tests")}
    file = item.nodeid.partition("::")[0]
    if "session" in scopes:
        return file.rpartition("/")[0]
    return file if "module" in scopes else ""


def _turn(item: pytest.Item) -> int:
    return next((number for number, start in enumerate(FIRST) if item.nodeid.startswith(start)), len(FIRST))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """How to run in the same order again, where something failed."""
    seed = config.getoption("randomly_seed", None)
    if seed is not None and any(terminalreporter.stats.get(outcome) for outcome in ("failed", "error")):
        terminalreporter.write_line(f"The same order again: --randomly-seed={seed}")
