"""The cookie by which a browser without a passkey is known again: 256 random bits, kept only as a hash.

One browser keeps one cookie, also where several people sign in: what is kept is a hash of the cookie and the person, so
each has a device of their own there. The cookie alone opens nothing; a second factor has to be shown with it.
"""
from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from countersign.people import rules
from countersign.people.models import Person

LENGTH = 43  # of 256 bits in base64url
LASTS = 400 * 24 * 3600  # seconds; browsers keep none for longer


def of(request: HttpRequest) -> str:
    """The cookie a browser showed; empty when it has none that could be ours."""
    cookie = str(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""))
    return cookie if len(cookie) == LENGTH else ""


def of_or_new(request: HttpRequest) -> str:
    """The same, or a fresh one that `put` has to send."""
    return of(request) or secrets.token_urlsafe(32)


def hashed(cookie: str, person: Person) -> str:
    """What is kept of a person's browser. 256 random bits need no slow hash."""
    return hashlib.sha256(f"{cookie}:{person.uid}".encode()).hexdigest()


def awaiting() -> str:
    """Kept in place of a hash where the browser is not known yet: no cookie has this hash."""
    return rules.AWAITS + secrets.token_hex(24)


def past() -> str:
    """Kept in place of a hash by a device that no longer stands, so that its browser may be asked for again."""
    return f"past:{secrets.token_hex(24)}"


def put(response: HttpResponse, cookie: str) -> None:
    """Have the browser keep the cookie, for this host and this program alone."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME, cookie, max_age=LASTS, path="/", secure=settings.SESSION_COOKIE_SECURE, httponly=True,
        samesite="Lax",  # Strict would keep it back when a provider of sign-on sends the browser here
    )
