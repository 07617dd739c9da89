"""What the demonstration's vault holds: secrets that are there, one that Leo has seen, and one that should be replaced by now."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from countersign.access.grants.models import Account
from countersign.access.vault import checking_out, entering, rotating
from countersign.access.vault.models import Secret
from countersign.base.actor import PersonActor
from countersign.base.values import Secret as Text
from countersign.config.demonstration.keys import DemoKey
from countersign.review import proposing
from countersign.review.statement import challenge

_SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # from the examples of the format; it opens nothing


def fill(accounts: Mapping[str, Account], actor: Callable[[str], PersonActor], keys: Mapping[str, DemoKey], now: Callable[[], datetime]) -> None:
    """A password that Leo checked out while he was here, a seed, recovery codes; and a rotation whose time is over."""
    account = accounts["nl"]
    password = _enter(actor("Kim"), account, "password", "oude-ketel-1894-koper", now())
    _enter(actor("Kim"), account, "totp_seed", _SEED, now())
    _enter(actor("Kim"), account, "recovery_codes", "4711-0815\n2026-1125\n1894-1918", now())
    key = _enter(actor("Kim"), account, "api_key", "tap-tap-tap-tap", now(), label="taproom screen")
    _checked_out(password, actor, keys, now)
    rotating.open(actor("Kim"), key, "The screen in the taproom was stolen.", due_at=now() - timedelta(hours=3), at=now())


def _enter(actor: PersonActor, account: Account, kind: str, value: str, at: datetime, *, label: str = "") -> Secret:
    return entering.enter(actor, account, kind, Text(value), label=label, at=at)


def _checked_out(secret: Secret, actor: Callable[[str], PersonActor], keys: Mapping[str, DemoKey], now: Callable[[], datetime]) -> None:
    """Leo asks, both sign, he is shown it once: it is in the ledger, and a rotation is due."""
    asked = checking_out.propose(actor("Leo"), secret, "The network wants the password again.", minutes=240, at=now())
    for name in ("Leo", "Kim"):
        statement = proposing.statement_for(actor(name), asked, at=now())
        proposing.sign(actor(name), asked, statement, keys[name].answer(challenge(statement)), at=now())
    asked.refresh_from_db()
    checking_out.take(actor("Leo"), asked, at=now())


