"""Why the practice network did not do something, beside Invalid (422) and Refused (403) of the house."""
from __future__ import annotations

from countersign.base.errors import Invalid, Refused


class TokenRefused(Refused):
    """The bearer token is missing, unknown, expired or ended (401)."""


class NotHere(Invalid):
    """There is nothing of that name here (404)."""


class TooMuch(Invalid):
    """The request is larger than anything this network takes (413)."""


class GrantRefused(Invalid):
    """The OAuth request cannot be granted; `code` is the standard's own word for why (400)."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(what)
        self.code = code
