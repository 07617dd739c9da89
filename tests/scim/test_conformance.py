"""The whole of scim2-tester, as scim2-cli runs it, against the running web process."""
from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

pytestmark = [pytest.mark.server]
SCIM2 = Path(sys.executable).with_name("scim2")


def test_scim2_cli_finds_nothing_wrong(web: str, token: str, capsys: pytest.CaptureFixture[str]) -> None:
    done = subprocess.run(
        [str(SCIM2), "--url", f"{web}/scim/v2", "test"], capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "SCIM_CLI_HEADERS": f"Authorization: Bearer {token}", "NO_PROXY": "*", "COLUMNS": "160"},
    )  # fmt: skip
    with capsys.disabled():
        print(f"\nscim2 test: {dict(Counter(re.findall('^(SUCCESS|ERROR|SKIPPED|ACCEPTABLE|DEVIATION)', done.stdout, re.M)))}")
        print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ERROR" not in done.stdout
