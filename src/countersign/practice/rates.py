"""How many requests an account has made in this minute."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an account stands after a request; `wait` is the seconds it must wait, or 0."""

    wait: int
    headers: dict[str, str]


@dataclass(slots=True)
class Rates:
    """Counts in memory, a fixed window a minute; a restart begins anew."""

    _minute: int = 0
    _spent: dict[int, int] = field(default_factory=dict)

    def spend(self, account: int, *, limit: int, at: datetime) -> Standing:
        """Count one request, unless the account has none left in this minute."""
        minute = int(at.timestamp()) // 60
        if minute != self._minute:
            self._minute, self._spent = minute, {}
        spent = self._spent.get(account, 0)
        is_over = spent >= limit
        self._spent[account] = spent + (not is_over)
        end = datetime.fromtimestamp((minute + 1) * 60, UTC)
        left = max(limit - self._spent[account], 0)
        headers = {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(left), "X-RateLimit-Reset": end.isoformat()}
        return Standing(max(1, int((end - at).total_seconds()) + 1) if is_over else 0, headers)
