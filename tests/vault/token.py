"""SoftHSM (Debian's), with a token of its own in a folder of its own."""
from __future__ import annotations

import os
import subprocess
from pathlib import Path

PIN = "5678"
_WHERE = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so")


def module_of_softhsm() -> str:
    """Its PKCS#11 module."""
    return next(path for path in _WHERE if Path(path).exists())


def new_token(folder: Path, label: str = "countersign") -> None:
    """A fresh token in this folder. The library reads its configuration once, at its first use in a process."""
    tokens = folder / "tokens"
    tokens.mkdir(exist_ok=True)
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(conf)
    command = ["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "1234", "--pin", PIN]
    subprocess.run(command, check=True, capture_output=True)
