"""What the log says about a request: to which address it came, never what stood in that address."""
from __future__ import annotations

import logging

UNKNOWN = "an address that is not ours"


class WithoutTokens(logging.Filter):
    """Replaces the path of a request by the pattern it matched: `/enrol/…/` holds a token that still works."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; every record stays."""
        path = getattr(getattr(record, "request", None), "path", "")
        if path and isinstance(record.args, tuple):
            spellings = {path, path.encode("unicode_escape").decode("ascii")}  # Django logs the second
            match = getattr(record.request, "resolver_match", None)  # type: ignore[attr-defined]  # Django's own extra
            pattern = f"/{match.route}" if match else UNKNOWN
            record.args = tuple(pattern if part in spellings else part for part in record.args)
        return True
