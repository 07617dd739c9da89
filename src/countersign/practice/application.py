"""The practice network put together: addresses, guards, and what the requests share."""
from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from countersign.base.errors import CountersignError
from countersign.base.words import _
from countersign.practice import api, behaviour, control, pages, signing
from countersign.practice.answers import refusal
from countersign.practice.guards import Headers
from countersign.practice.rates import Rates
from countersign.practice.showing import show
from countersign.practice.store import Store


def build(store: Store, *, origin: str) -> Starlette:
    """The application over an open database, known to the world as `origin`."""
    hosts = [urlsplit(origin).hostname or "", "127.0.0.1", "localhost"]
    styles = StaticFiles(packages=[("countersign.practice", "static")])
    application = Starlette(
        routes=[*api.routes(), *signing.routes(), *control.routes(), *pages.routes(), Mount("/static", styles)],
        middleware=[Middleware(Headers), Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)],
        exception_handlers={CountersignError: _said, HTTPException: _said},
    )
    application.state.store, application.state.origin, application.state.rates = store, origin, Rates()
    application.state.behaviour = partial(behaviour.current, store)
    return application


async def _said(request: Request, error: Exception) -> Response:
    if isinstance(error, CountersignError):
        answer = refusal(error)
        status, what = answer.status, error.what
    else:
        status = error.status_code if isinstance(error, HTTPException) else 500
        what = _("There is nothing here.") if status == 404 else _("This network cannot do that.")
    return show(request, "said.html", status=status, what=what)
