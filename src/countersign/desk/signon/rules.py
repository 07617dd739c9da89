"""When the provider's own second factor counts, and what a provider's description must look like. Plain Python."""
from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from countersign.base.errors import Invalid
from countersign.base.words import _

FACTOR_LASTS = timedelta(minutes=5)  # how long ago the second factor may have been shown at the provider: as with our own
SKEW = timedelta(minutes=1)
PENDING_LASTS = timedelta(minutes=10)  # within which the browser has to come back
SPENT_KEPT = timedelta(days=1)  # logout tokens: they are taken for ten minutes, so this is plenty
KIND = "sign_on"  # of attempts that failed

# Methods of RFC 8176. `mfa` says it outright. Else two of different kinds: something one has, and something one knows or is.
# A message to a telephone (`sms`, `tel`) is not counted as something one has: numbers are taken over.
HAS = frozenset({"fido", "hwk", "otp", "pop", "sc", "swk"})
KNOWS_OR_IS = frozenset({"face", "fpt", "iris", "pin", "pwd", "retina", "vbm"})


def shown_factor(
    *, amr: Collection[str], acr: str, auth_time: int, accepted: Collection[str], at: datetime, lasts: timedelta = FACTOR_LASTS
) -> datetime | None:
    """When the person showed the provider a second factor, if that counts here: it says so, and it is not long ago.

    `accepted` are the levels (`acr`) that officers entered as meaning a second factor. None where ours has to be asked.
    """
    if auth_time <= 0:
        return None
    shown_at = datetime.fromtimestamp(auth_time, UTC)
    if shown_at > at + SKEW or at - shown_at > lasts + SKEW:
        return None
    methods = {one.lower() for one in amr}
    says_so = "mfa" in methods or bool(methods & HAS and methods & KNOWS_OR_IS) or bool(acr and acr in accepted)
    return min(shown_at, at) if says_so else None


def clean_issuer(text: str) -> str:
    """An issuer as it was typed; Invalid unless it is an HTTPS address without query, or this very machine."""
    issuer = text.strip()
    try:
        parts = urlsplit(issuer)
        is_loopback = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}
        is_good = bool(parts.hostname) and not parts.query and not parts.fragment and not parts.username
    except ValueError:
        is_loopback = is_good = False
        parts = urlsplit("")
    if len(issuer) > 300 or not is_good or not (parts.scheme == "https" or is_loopback):
        raise Invalid(_("Give the issuer's address as the provider writes it, beginning with https://."), field="issuer")
    return issuer


def clean_levels(text: str) -> list[str]:
    """Levels as they were typed, one a line or with spaces between."""
    levels = list(dict.fromkeys(text.split()))
    if len(levels) > 20 or any(len(level) > 200 for level in levels):
        raise Invalid(_("That are too many levels, or too long ones."), field="acr_values")
    return levels
