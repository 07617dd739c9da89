"""The API: what programs with a token may ask, and the one path that every request takes through ledger and faults."""
from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from countersign.base.errors import CountersignError, Invalid
from countersign.base.words import _
from countersign.practice import accounts, behaviour, ledger, posting, programs, protecting, reading
from countersign.practice.accounts import Account
from countersign.practice.answers import Answer, Cut, Nonsense, Silence, refusal, refused
from countersign.practice.behaviour import Behaviour, Fate
from countersign.practice.errors import NotHere, TokenRefused, TooMuch
from countersign.practice.rates import Standing
from countersign.practice.reading import Post
from countersign.practice.store import Store, stamp

BODY_BYTES = posting.PICTURE_BYTES + 100_000
_REFUSALS = {401: "invalid_token", 403: "forbidden", 422: "unprocessable", 429: "too_many", 503: "unavailable"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of the API, read and with its bearer known: what an endpoint needs and no more."""

    store: Store
    origin: str
    behaviour: Behaviour
    account: Account
    at: datetime
    body: dict[str, Any]
    query: dict[str, str]
    target: int
    key: str | None


type Work = Callable[[Asked], Answer]
type Endpoint = Callable[[Request], Awaitable[Response]]


def routes() -> list[Route]:
    """Every address of the API, with the scope that it asks for and the kind of request it is to the faults."""
    v1 = "/api/v1"
    return [
        Route(f"{v1}/limits", limits, methods=["GET"]),
        Route(f"{v1}/account", keyed(_me, "read", "read"), methods=["GET"]),
        Route(f"{v1}/account", keyed(_update, "profile", "change"), methods=["PATCH"]),
        Route(f"{v1}/account/security", keyed(_security, "read", "read"), methods=["GET"]),
        Route(f"{v1}/account/posts", keyed(_own, "read", "read"), methods=["GET"]),
        Route(f"{v1}/pictures", keyed(_upload, "write", "change"), methods=["POST"]),
        Route(f"{v1}/posts", keyed(_publish, "write", "post"), methods=["POST"]),
        Route(f"{v1}/posts/{{id:int}}", keyed(_delete_own, "write", "change"), methods=["DELETE"]),
        Route(f"{v1}/posts/{{id:int}}/thread", keyed(_thread, "read", "read"), methods=["GET"]),
        Route(f"{v1}/notifications", keyed(_news, "read", "read"), methods=["GET"]),
        Route(f"{v1}/replies/{{id:int}}/hidden", keyed(_hide, "moderate", "change"), methods=["PUT"]),
        Route(f"{v1}/replies/{{id:int}}/hidden", keyed(_show, "moderate", "change"), methods=["DELETE"]),
        Route(f"{v1}/replies/{{id:int}}", keyed(_delete_reply, "moderate", "change"), methods=["DELETE"]),
    ]


async def limits(request: Request) -> Response:
    """What a post may hold; no token needed."""
    return Answer(200, {
        "characters": posting.CHARACTERS, "pictures": posting.PICTURES, "picture_bytes": posting.PICTURE_BYTES,
        "picture_types": ["image/jpeg", "image/png"], "alt_characters": posting.ALT_CHARACTERS, "counts": "graphemes",
    }).response()  # fmt: skip


def keyed(work: Work, scope: str, kind: behaviour.Kind) -> Endpoint:
    """An endpoint for bearers of a token with this scope."""

    def settle(request: Request, entry: int, fate: Fate, body: dict[str, Any]) -> Answer:
        return _settled(request, entry, fate, lambda at: _worked(request, work, scope, fate, body, at))

    async def endpoint(request: Request) -> Response:
        return await through(request, kind, settle)

    return endpoint


async def through(
    request: Request, kind: behaviour.Kind, settle: Callable[[Request, int, Fate, dict[str, Any]], Answer]
) -> Response:
    """The path of every API request: noted when it arrives, met by what the control page set, settled, answered."""
    store: Store = request.app.state.store
    try:
        body = await read_body(request)
    except ClientDisconnect:
        return Response()  # nobody waits for it, and nothing arrived whole
    except CountersignError as error:
        return refusal(error).response()
    with store.change():
        entry = ledger.arrived(
            store, method=request.method, path=request.url.path, key=request.headers.get("idempotency-key"), at=now()
        )
        fate = behaviour.meet(store, kind)
        if fate.lost:
            ledger.settled(store, entry, "lost")
            return Cut()
    await asyncio.sleep(fate.late)
    answer = settle(request, entry, fate, body)
    if fate.silent:
        return Silence()
    await asyncio.sleep(fate.slow)
    ledger.answered(store, entry, "nonsense" if fate.nonsense else "given")
    return Nonsense() if fate.nonsense else answer.response()


async def read_body(request: Request) -> dict[str, Any]:
    """The body as one dictionary, from JSON or a form; a file comes as bytes. Raises TooMuch or Invalid."""
    taken = bytearray()
    async for chunk in request.stream():
        taken += chunk
        if len(taken) > BODY_BYTES:
            raise TooMuch(_("That is more than this network takes in one request."))
    if "form" in request.headers.get("content-type", ""):
        return await _form(request, bytes(taken))
    try:
        said = json.loads(taken or b"{}")
    except ValueError as error:
        raise Invalid(_("The body is not JSON.")) from error
    if not isinstance(said, dict):
        raise Invalid(_("The body is not a JSON object."))
    return said


def told(post: Post, origin: str, *, owner: bool = False, behaviour: Behaviour | None = None) -> dict[str, object]:
    """A post as the API tells it; its owner may be told the idempotency key it was published with."""
    content: dict[str, object] = {
        "id": str(post.id), "url": f"{origin}/posts/{post.id}", "account": told_account(post.account, origin),
        "text": post.text, "language": post.language, "created_at": post.created_at, "edited_at": post.edited_at,
        "parent": None if post.parent is None else str(post.parent), "root": str(post.root),
        "is_hidden": post.is_hidden,
        "pictures": [{"id": str(one.id), "url": f"{origin}/pictures/{one.id}", "alt": one.alt} for one in post.pictures],
    }  # fmt: skip
    if owner and behaviour is not None and behaviour.tells_key:
        content["idempotency_key"] = post.key
    return content


def told_account(account: Account, origin: str) -> dict[str, object]:
    """An account as the API tells it."""
    return {
        "id": str(account.id), "handle": account.handle, "name": account.name, "bio": account.bio, "colour": account.colour,
        "url": f"{origin}/@{account.handle}", "avatar_url": f"{origin}/avatars/{account.id}.svg", "kind": account.kind,
    }  # fmt: skip


def now() -> datetime:
    """The network's own clock."""
    return datetime.now(UTC)


def _settled(request: Request, entry: int, fate: Fate, work: Callable[[datetime], tuple[str, Answer]]) -> Answer:
    store: Store = request.app.state.store
    if fate.refusing:
        answer = _told_to_refuse(fate.refusing)
        ledger.settled(store, entry, "refused", status=answer.status)
        return answer
    try:
        with store.change():
            who, answer = work(now())
            ledger.settled(store, entry, answer.outcome, status=answer.status, account=who, post=answer.post)
    except CountersignError as error:
        answer = refusal(error)
        ledger.settled(store, entry, "refused", status=answer.status)
    return answer


def _worked(
    request: Request, work: Work, scope: str, fate: Fate, body: dict[str, Any], at: datetime
) -> tuple[str, Answer]:
    store, rates = request.app.state.store, request.app.state.rates
    bearer = programs.permitted(store, _bearer(request), at=at)
    standing = rates.spend(bearer.account.id, limit=fate.behaviour.rate_limit, at=at)
    if standing.wait:
        return bearer.account.handle, _too_many(standing)
    bearer.require(scope)
    answer = work(Asked(
        store, request.app.state.origin, fate.behaviour, bearer.account, at, body, dict(request.query_params),
        request.path_params.get("id", 0), request.headers.get("idempotency-key"),
    ))  # fmt: skip
    return bearer.account.handle, dataclasses.replace(answer, headers={**answer.headers, **standing.headers})


def _me(asked: Asked) -> Answer:
    return Answer(200, told_account(asked.account, asked.origin))


def _update(asked: Asked) -> Answer:
    given = {name: _text(asked.body, name) if name in asked.body else None for name in ("name", "bio", "colour")}
    return Answer(200, told_account(accounts.update_profile(asked.store, asked.account, **given), asked.origin))


def _security(asked: Asked) -> Answer:
    return Answer(200, dataclasses.asdict(protecting.of(asked.store, asked.account)))


def _own(asked: Asked) -> Answer:
    order, than = "max", 2**63 - 1
    for name in ("max", "since", "min"):
        if f"{name}_id" in asked.query:
            order, than = name, _number(asked.query, f"{name}_id")
    lag, limit = timedelta(seconds=asked.behaviour.lag_seconds), _limit(asked)
    page = reading.own(asked.store, asked.account, order=order, than=than, limit=limit, lag=lag, at=asked.at)
    posts = [told(post, asked.origin, owner=True, behaviour=asked.behaviour) for post in page.posts]
    return Answer(200, {"as_of": stamp(page.as_of) if asked.behaviour.tells_as_of else None, "posts": posts})


def _upload(asked: Asked) -> Answer:
    data = asked.body.get("file")
    if not isinstance(data, bytes):
        raise Invalid(_("A picture is sent as the file of a form."), field="file")
    picture = posting.upload(asked.store, asked.account, data, _text(asked.body, "alt"), at=asked.at)
    return Answer(201, {"id": str(picture)})


def _publish(asked: Asked) -> Answer:
    wanted = posting.Wanted(
        _text(asked.body, "text"), _text(asked.body, "language"), _ids(asked.body.get("pictures", [])),
        _ids([asked.body["in_reply_to"]])[0] if asked.body.get("in_reply_to") else None, asked.key,
    )  # fmt: skip
    post, is_new = posting.publish(asked.store, asked.account, wanted, behaviour=asked.behaviour, at=asked.at)
    outcome: ledger.Outcome = "published" if is_new else "repeated"
    return Answer(200, told(post, asked.origin, owner=True, behaviour=asked.behaviour), outcome, post.id)


def _delete_own(asked: Asked) -> Answer:
    if reading.post(asked.store, asked.target).account.id != asked.account.id:
        raise NotHere(_("You have no such post."))
    posting.delete(asked.store, asked.account, asked.target, at=asked.at)
    return Answer(204, None, post=asked.target)


def _thread(asked: Asked) -> Answer:
    root = reading.post(asked.store, asked.target)
    replies = [told(reply, asked.origin) for reply in reading.replies(asked.store, root.id)]
    whole = {"as_of": stamp(asked.at), "is_whole": True}
    if root.is_deleted:
        return Answer(200, {"root": None, "is_gone": True, "replies": [], **whole})
    return Answer(200, {"root": told(root, asked.origin), "is_gone": False, "replies": replies, **whole})


def _news(asked: Asked) -> Answer:
    after = _number(asked.query, "since")
    news = reading.news(asked.store, asked.account, after=after, limit=_limit(asked))
    return Answer(200, {"notifications": news, "cursor": str(news[-1]["seq"] if news else after)})


def _hide(asked: Asked) -> Answer:
    posting.hide(asked.store, asked.account, asked.target, hidden=True, at=asked.at)
    return Answer(204, None, post=asked.target)


def _show(asked: Asked) -> Answer:
    posting.hide(asked.store, asked.account, asked.target, hidden=False, at=asked.at)
    return Answer(204, None, post=asked.target)


def _delete_reply(asked: Asked) -> Answer:
    if reading.post(asked.store, asked.target).parent is None:
        raise NotHere(_("There is no such reply here."))
    posting.delete(asked.store, asked.account, asked.target, at=asked.at)
    return Answer(204, None, post=asked.target)


def _told_to_refuse(status: int) -> Answer:
    headers = {"Retry-After": "30"} if status in {429, 503} else {}
    return refused(status, _REFUSALS[status], _("The control page told the network to refuse."), headers=headers)


def _too_many(standing: Standing) -> Answer:
    headers = {"Retry-After": str(standing.wait), **standing.headers}
    return refused(429, "too_many", _("Too many requests in this minute."), headers=headers)


def _bearer(request: Request) -> str:
    kind, _space, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise TokenRefused(_("This needs an access token."))
    return token


async def _form(request: Request, taken: bytes) -> dict[str, Any]:
    again = Request(request.scope, receive=_told_once(taken))
    content: dict[str, Any] = {}
    async with again.form(max_files=1, max_fields=50) as form:
        for name, value in form.items():
            content[name] = value if isinstance(value, str) else await value.read()
    return content


def _told_once(taken: bytes) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": taken, "more_body": False}

    return receive


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name) or ""
    if not isinstance(value, str):
        raise Invalid(_("{name} is a text."), field=name, name=name)
    return value


def _ids(given: object) -> tuple[int, ...]:
    if isinstance(given, list) and all(isinstance(one, str) and one.isdecimal() and len(one) < 19 for one in given):
        return tuple(map(int, given))
    raise Invalid(_("Ids are texts of figures."))


def _number(query: dict[str, str], name: str) -> int:
    return _ids([query[name]])[0] if query.get(name) else 0


def _limit(asked: Asked) -> int:
    return min(max(_number(asked.query, "limit") or 40, 1), 200)
