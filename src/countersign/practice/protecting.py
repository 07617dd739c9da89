"""How a company's account is protected here: its recovery address and its second factor, set on the control page."""
from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass

from countersign.base.errors import Invalid
from countersign.base.words import _
from countersign.practice.accounts import Account
from countersign.practice.store import Store

_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


@dataclass(frozen=True, slots=True)
class Protection:
    """What the network would tell the owner of an account."""

    email: str = "social@delinde.example"
    email_confirmed: bool = True
    second_factor: bool = True


def of(store: Store, account: Account) -> Protection:
    """How an account is protected now: well, unless somebody changed it."""
    row = store.row("SELECT * FROM protection WHERE account = ?", account.id)
    if row is None:
        return Protection()
    return Protection(row["email"], bool(row["email_confirmed"]), bool(row["second_factor"]))


def change(store: Store, account: Account, given: Mapping[str, object]) -> Protection:
    """Change some of it and keep the rest. Raises Invalid for what is no address, no switch, or unknown."""
    now = dataclasses.asdict(of(store, account))
    for name, value in given.items():
        if name not in now:
            raise Invalid(_("The practice network knows no setting named {name}."), field=name, name=name)
        now[name] = _address(value) if name == "email" else _switch(name, value)
    changed = Protection(**now)
    store.do(
        "INSERT INTO protection (account, email, email_confirmed, second_factor) VALUES (?, ?, ?, ?) ON CONFLICT (account)"
        " DO UPDATE SET email = excluded.email, email_confirmed = excluded.email_confirmed, second_factor = excluded.second_factor",
        account.id, changed.email, int(changed.email_confirmed), int(changed.second_factor),
    )  # fmt: skip
    return changed


def _address(value: object) -> str:
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value.strip()):
        raise Invalid(_("That is no mail address."), field="email")
    return value.strip()


def _switch(name: str, value: object) -> bool:
    if value in (True, "on", "true"):
        return True
    if value in (False, "off", "false"):
        return False
    raise Invalid(_("{name} is on or off."), field=name, name=name)
