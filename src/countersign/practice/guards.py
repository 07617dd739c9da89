"""What keeps other sites, and other machines, from using the practice network through a person's browser."""
from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from countersign.base.errors import Refused
from countersign.base.words import _

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'{more}; frame-ancestors 'none';"
    " base-uri 'none'"
)


def policy(*, form_action: str = "") -> str:
    """The content security policy; `form_action` is one more origin that a form may end at, through a redirect."""
    return _POLICY.format(more=f" {form_action}" if form_action else "")


def require_same_origin(request: Request) -> None:
    """Raise Refused when a browser says that another site sent this form. Programs that are no browser say nothing."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site in {"same-origin", "none"}:
        return
    if site is None and (origin is None or urlsplit(origin).netloc == request.headers.get("host")):
        return
    raise Refused(_("This was sent from a page of another site, so nothing was changed."))


def require_loopback(request: Request) -> None:
    """Raise Refused unless the request comes from this machine."""
    try:
        is_here = request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        raise Refused(_("This page can be used only on the machine that the practice network runs on."))


class Headers:
    """Puts the security headers on every answer that does not bring its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the headers of what comes back."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", policy())
                headers.setdefault("x-content-type-options", "nosniff")
                headers.setdefault("referrer-policy", "same-origin")
                headers.setdefault("cross-origin-opener-policy", "same-origin")
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, complete if scope["type"] == "http" else send)
