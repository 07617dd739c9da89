"""OAuth: where a program asks, where a person answers, and where a code becomes tokens."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from countersign.base.errors import CountersignError, Invalid
from countersign.base.words import _
from countersign.practice import accounts, ledger, programs
from countersign.practice.answers import Answer, refusal
from countersign.practice.api import now, read_body, through
from countersign.practice.behaviour import Fate
from countersign.practice.errors import GrantRefused
from countersign.practice.guards import policy, require_same_origin
from countersign.practice.programs import Program
from countersign.practice.showing import show
from countersign.practice.store import Store

_ASKED = ("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method")
type Work = Callable[[Store, Fate, Mapping[str, str], datetime], Answer]


def routes() -> list[Route]:
    """Every address of the sign-in."""
    return [
        Route("/.well-known/oauth-authorization-server", metadata, methods=["GET"]),
        Route("/oauth/register", register, methods=["POST"]),
        Route("/oauth/authorize", authorize, methods=["GET"]),
        Route("/oauth/authorize", answer, methods=["POST"]),
        Route("/oauth/token", _noted(_token), methods=["POST"]),
        Route("/oauth/revoke", _noted(_revoke), methods=["POST"]),
    ]


async def metadata(request: Request) -> Response:
    """What this server offers (RFC 8414); `practice_network` says that nothing here is real."""
    origin = request.app.state.origin
    return JSONResponse({
        "issuer": origin, "practice_network": True,
        "authorization_endpoint": f"{origin}/oauth/authorize", "token_endpoint": f"{origin}/oauth/token",
        "registration_endpoint": f"{origin}/oauth/register", "revocation_endpoint": f"{origin}/oauth/revoke",
        "response_types_supported": ["code"], "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"], "token_endpoint_auth_methods_supported": ["none"],
        "scopes_supported": list(programs.SCOPES), "authorization_response_iss_parameter_supported": True,
    })  # fmt: skip


async def register(request: Request) -> Response:
    """Register a program (RFC 7591); public, so it gets an id and no secret."""
    store: Store = request.app.state.store
    try:
        body = await read_body(request)
        uris = body.get("redirect_uris")
        if not isinstance(uris, list) or not all(isinstance(uri, str) for uri in uris):
            raise GrantRefused("invalid_redirect_uri", _("The return addresses are a list of texts."))
        program = programs.register(
            store, name=str(body.get("client_name", "")), redirect_uris=uris, scopes=str(body.get("scope", "read")), at=now()
        )
    except CountersignError as error:
        return refusal(error).response()
    content = {"client_id": program.id, "client_name": program.name, "redirect_uris": uris, "scope": program.scopes}
    return JSONResponse({**content, "token_endpoint_auth_method": "none"}, status_code=201)


async def authorize(request: Request) -> Response:
    """The page that asks which account to connect."""
    asked = {name: request.query_params.get(name, "") for name in _ASKED}
    return _asked(request, asked, hint=request.query_params.get("login_hint", ""))


async def answer(request: Request) -> Response:
    """What the person answered: back to the program, with a code or with a refusal."""
    require_same_origin(request)
    form = await read_body(request)
    asked = {name: str(form.get(name, "")) for name in _ASKED}
    program = _program(request.app.state.store, asked)
    if form.get("decision") != "allow":
        return _back(request, asked, error="access_denied", error_description=_("The person said no."))
    try:
        code = _allowed(request.app.state.store, program, asked, form, at=now())
    except GrantRefused as error:
        return _back(request, asked, error=error.code, error_description=error.what)
    except Invalid as error:
        return _asked(request, asked, hint="", error=error, form=form)
    return _back(request, asked, code=code)


def _asked(
    request: Request, asked: dict[str, str], *, hint: str, error: Invalid | None = None, form: Mapping[str, Any] | None = None
) -> Response:
    program = _program(request.app.state.store, asked)
    try:
        asking = _checked(program, asked)
    except GrantRefused as refused:
        return _back(request, asked, error=refused.code, error_description=refused.what)
    companies = accounts.every(request.app.state.store, "company")
    hinted = [one.id for one in companies if one.handle == hint.removeprefix("@").partition("@")[0].lower()]
    return show(
        request, "authorize.html", status=422 if error else 200, program=program, asked=asked, error=error,
        companies=companies, chosen=(form or {}).get("account") or str((hinted or [companies[0].id])[0]),
        scopes=[programs.SCOPES[scope] for scope in asking.scopes.split()], form=form or {},
        host=urlsplit(asking.redirect_uri).netloc,
        headers={"content-security-policy": policy(form_action=_origin(asking.redirect_uri))},
    )  # fmt: skip


def _program(store: Store, asked: dict[str, str]) -> Program:
    program = programs.by_id(store, asked["client_id"])
    programs.require_return_address(program, asked["redirect_uri"])
    return program


def _checked(program: Program, asked: dict[str, str]) -> programs.Asking:
    return programs.ask(
        program, redirect_uri=asked["redirect_uri"], response_type=asked["response_type"], scope=asked["scope"],
        challenge=asked["code_challenge"], method=asked["code_challenge_method"],
    )  # fmt: skip


def _allowed(store: Store, program: Program, asked: dict[str, str], form: Mapping[str, Any], *, at: datetime) -> str:
    asking, chosen = _checked(program, asked), str(form.get("account", ""))
    with store.change():
        if chosen == "new":
            handle, name = str(form.get("handle", "")), str(form.get("name", ""))
            account = accounts.create_company(store, handle=handle, name=name, at=at)
        else:
            account = accounts.by_id(store, int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)
        if account.is_reader:
            raise Invalid(_("Readers cannot be connected; choose a company."), field="account")
        return programs.allow(store, asking, account, at=at)


def _back(request: Request, asked: dict[str, str], **said: str) -> Response:
    content = {**said, "state": asked["state"], "iss": request.app.state.origin}
    joint = "&" if urlsplit(asked["redirect_uri"]).query else "?"
    return RedirectResponse(f"{asked['redirect_uri']}{joint}{urlencode(content)}", status_code=303)


def _origin(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def _noted(work: Work) -> Callable[[Request], Any]:
    def settle(request: Request, entry: int, fate: Fate, body: dict[str, Any]) -> Answer:
        store: Store = request.app.state.store
        said = {name: value for name, value in body.items() if isinstance(value, str)}
        try:
            answer = refusal(GrantRefused("temporarily_unavailable", _("The control page told the network to refuse.")))
            answer = work(store, fate, said, now()) if not fate.refusing else Answer(fate.refusing, answer.content, "refused")
        except CountersignError as error:
            answer = refusal(error)
        ledger.settled(store, entry, answer.outcome, status=answer.status)
        return answer

    async def endpoint(request: Request) -> Response:
        return await through(request, "change", settle)

    return endpoint


def _token(store: Store, fate: Fate, said: Mapping[str, str], at: datetime) -> Answer:
    program, seconds = said.get("client_id", ""), fate.behaviour.token_seconds
    match said.get("grant_type"):
        case "authorization_code":
            tokens = programs.exchange(
                store, code=said.get("code", ""), program=program, redirect_uri=said.get("redirect_uri", ""),
                verifier=said.get("code_verifier", ""), seconds=seconds, at=at,
            )  # fmt: skip
        case "refresh_token":
            tokens = programs.refresh(store, token=said.get("refresh_token", ""), program=program, seconds=seconds, at=at)
        case _:
            raise GrantRefused("unsupported_grant_type", _("Codes and refresh tokens are exchanged here."))
    return Answer(200, {
        "access_token": tokens.access, "refresh_token": tokens.refresh, "token_type": "Bearer",
        "expires_in": tokens.seconds, "scope": tokens.scopes,
    })  # fmt: skip


def _revoke(store: Store, fate: Fate, said: Mapping[str, str], at: datetime) -> Answer:
    programs.revoke(store, token=said.get("token", ""), program=said.get("client_id", ""), at=at)
    return Answer(200, {})
