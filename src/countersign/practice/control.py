"""The control page, its twin in JSON, and the ledger: for people and tests on this machine alone."""
from __future__ import annotations

import dataclasses
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from countersign.base.errors import CountersignError, Invalid
from countersign.practice import accounts, behaviour, ledger, protecting
from countersign.practice.answers import refusal
from countersign.practice.api import read_body
from countersign.practice.guards import require_loopback, require_same_origin
from countersign.practice.showing import show
from countersign.practice.store import Store

_SWITCHES = ("idempotency", "tells_key", "tells_as_of")
_PROTECTIONS = ("email_confirmed", "second_factor")


def routes() -> list[Route]:
    """The control page's addresses."""
    return [
        Route("/control", page, methods=["GET"]),
        Route("/control", change, methods=["POST"]),
        Route("/control.json", told, methods=["GET"]),
        Route("/control.json", change_by_json, methods=["POST"]),
        Route("/control/protection", protect, methods=["POST"]),
        Route("/protection.json", told_protection, methods=["GET"]),
        Route("/protection.json", protect_by_json, methods=["POST"]),
        Route("/ledger.json", told_ledger, methods=["GET"]),
    ]


async def page(request: Request) -> Response:
    """How the network behaves now, and the last requests that arrived."""
    require_loopback(request)
    return _shown(request, dataclasses.asdict(behaviour.current(request.app.state.store)))


async def change(request: Request) -> Response:
    """Change how the network behaves, by the page's form."""
    require_loopback(request)
    require_same_origin(request)
    store: Store = request.app.state.store
    form = await read_body(request)
    if form.pop("reset", None):
        behaviour.reset(store)
        return RedirectResponse("/control", status_code=303)
    given = {**dict.fromkeys(_SWITCHES, False), **form}
    try:
        with store.change():
            behaviour.change(store, given)
    except Invalid as error:
        return _shown(request, given, error=error)
    return RedirectResponse("/control", status_code=303)


async def told(request: Request) -> Response:
    """How the network behaves now, as JSON."""
    require_loopback(request)
    return JSONResponse(dataclasses.asdict(behaviour.current(request.app.state.store)))


async def change_by_json(request: Request) -> Response:
    """Change some settings by JSON; `{"reset": true}` puts all back first."""
    require_loopback(request)
    require_same_origin(request)
    store: Store = request.app.state.store
    try:
        body = await read_body(request)
        with store.change():
            if body.pop("reset", False):
                behaviour.reset(store)
            now = behaviour.change(store, body)
    except Invalid as error:
        return refusal(error).response()
    return JSONResponse(dataclasses.asdict(now))


async def protect(request: Request) -> Response:
    """Change how one company's account is protected, by the page's form."""
    require_loopback(request)
    require_same_origin(request)
    store: Store = request.app.state.store
    form = await read_body(request)
    try:
        with store.change():
            account = accounts.by_handle(store, str(form.pop("handle", "")))
            protecting.change(store, account, {**dict.fromkeys(_PROTECTIONS, False), **form})
    except Invalid as error:
        return _shown(request, dataclasses.asdict(behaviour.current(store)), error=error)
    return RedirectResponse("/control#protection", status_code=303)


async def told_protection(request: Request) -> Response:
    """How every company's account is protected, by its handle."""
    require_loopback(request)
    store: Store = request.app.state.store
    companies = accounts.every(store, "company")
    return JSONResponse({one.handle: dataclasses.asdict(protecting.of(store, one)) for one in companies})


async def protect_by_json(request: Request) -> Response:
    """Change some of it by JSON, for the account whose `handle` is given."""
    require_loopback(request)
    require_same_origin(request)
    store: Store = request.app.state.store
    try:
        body = await read_body(request)
        with store.change():
            account = accounts.by_handle(store, str(body.pop("handle", "")))
            now = protecting.change(store, account, body)
    except CountersignError as error:
        return refusal(error).response()
    return JSONResponse(dataclasses.asdict(now))


async def told_ledger(request: Request) -> Response:
    """Every API request that arrived, after entry number `after`."""
    require_loopback(request)
    after = request.query_params.get("after", "0")
    entries = ledger.entries(request.app.state.store, after=int(after) if after.isdecimal() and len(after) < 19 else 0)
    return JSONResponse({"entries": entries})


def _shown(request: Request, now: dict[str, Any], *, error: Invalid | None = None) -> Response:
    store: Store = request.app.state.store
    usual = dataclasses.asdict(behaviour.Behaviour())
    return show(
        request, "control.html", status=422 if error else 200, now=now, usual=usual, error=error,
        entries=ledger.latest(store, 30), refusals=behaviour.REFUSALS,
        protections=[(one, protecting.of(store, one)) for one in accounts.every(store, "company")],
    )  # fmt: skip
