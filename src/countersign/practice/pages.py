"""The pages where people read, and play readers who reply."""
from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from countersign.base.errors import Invalid, Refused
from countersign.base.words import _
from countersign.practice import accounts, posting, programs, reading
from countersign.practice.accounts import Account
from countersign.practice.api import now, read_body
from countersign.practice.errors import NotHere
from countersign.practice.guards import require_loopback, require_same_origin
from countersign.practice.posting import Wanted
from countersign.practice.reading import Post
from countersign.practice.showing import READER, avatar, remember_reader, show
from countersign.practice.store import Store

_PAGE, _REPLIES = 20, 500  # posts on a list, replies under a post


def routes() -> list[Route]:
    """Every address a person reads or sends a form to."""
    return [
        Route("/", timeline, methods=["GET"]),
        Route("/@{handle}", profile, methods=["GET"]),
        Route("/@{handle}/programs/{permission:int}/end", end_program, methods=["POST"]),
        Route("/posts/{id:int}", one, methods=["GET"]),
        Route("/posts/{id:int}/replies", reply, methods=["POST"]),
        Route("/replies/{id:int}/edit", editing, methods=["GET"]),
        Route("/replies/{id:int}/edit", edit, methods=["POST"]),
        Route("/replies/{id:int}/delete", delete, methods=["POST"]),
        Route("/pictures/{id:int}", picture, methods=["GET"]),
        Route("/avatars/{id:int}.svg", portrait, methods=["GET"]),
    ]


async def timeline(request: Request) -> Response:
    """The newest posts of everybody."""
    store: Store = request.app.state.store
    return show(request, "timeline.html", companies=accounts.every(store, "company"), **_listed(request, None))


async def profile(request: Request) -> Response:
    """One account, its posts and the programs that may act for it."""
    store: Store = request.app.state.store
    account = accounts.by_handle(store, request.path_params["handle"])
    connected = programs.connected(store, account)
    return show(request, "profile.html", account=account, connected=connected, **_listed(request, account))


async def end_program(request: Request) -> Response:
    """Take back a program's permission, as the account's owner would."""
    require_same_origin(request)
    require_loopback(request)
    store: Store = request.app.state.store
    account, permission = accounts.by_handle(store, request.path_params["handle"]), request.path_params["permission"]
    if permission not in {program["id"] for program in programs.connected(store, account)}:
        raise NotHere(_("This program may no longer act for the account."))
    programs.end(store, permission, at=now())
    return RedirectResponse(f"/@{account.handle}#programs", status_code=303)


async def one(request: Request) -> Response:
    """A post with its thread, and the form to reply to it."""
    return _thread(request, _visible(request))


async def reply(request: Request) -> Response:
    """Reply as an invented reader, old or new."""
    require_same_origin(request)
    store, post, form = request.app.state.store, _visible(request), await read_body(request)
    try:
        with store.change():
            reader = _played(store, form)
            wanted = Wanted(_words(form), str(form.get("language", "")), parent=post.id)
            behaviour = request.app.state.behaviour()
            made, _is_new = posting.publish(store, reader, wanted, behaviour=behaviour, at=now())
    except Invalid as error:
        return _thread(request, post, error=error, form=form)
    return remember_reader(RedirectResponse(f"/posts/{made.root}#p{made.id}", status_code=303), reader)


async def editing(request: Request) -> Response:
    """The form to edit or delete one's own reply."""
    post = _visible(request)
    return show(request, "edit.html", post=post, text=post.text, reader=_own_reader(post, request.cookies.get(READER, "")))


async def edit(request: Request) -> Response:
    """Change the words of a reply, as the reader who wrote it."""
    require_same_origin(request)
    store, post, form = request.app.state.store, _visible(request), await read_body(request)
    reader = _own_reader(post, str(form.get("reader", "")))
    try:
        with store.change():
            posting.edit(store, reader, post.id, _words(form), at=now())
    except Invalid as error:
        return show(request, "edit.html", status=422, post=post, text=_words(form), reader=reader, error=error)
    return RedirectResponse(f"/posts/{post.root}#p{post.id}", status_code=303)


async def delete(request: Request) -> Response:
    """Delete a reply, as the reader who wrote it."""
    require_same_origin(request)
    store, post, form = request.app.state.store, _visible(request), await read_body(request)
    with store.change():
        posting.delete(store, _own_reader(post, str(form.get("reader", ""))), post.id, at=now())
    return RedirectResponse(f"/posts/{post.root}#replies", status_code=303)


async def picture(request: Request) -> Response:
    """The bytes of a picture."""
    mime, data = reading.picture(request.app.state.store, request.path_params["id"])
    return Response(data, media_type=mime, headers={"cache-control": "public, max-age=3600"})


async def portrait(request: Request) -> Response:
    """An account's picture."""
    return avatar(accounts.by_id(request.app.state.store, request.path_params["id"]))


def _listed(request: Request, account: Account | None) -> dict[str, Any]:
    store: Store = request.app.state.store
    before = request.query_params.get("before", "")
    older_than = int(before) if before.isdecimal() and len(before) < 19 else None
    posts = reading.timeline(store, before=older_than, limit=_PAGE + 1, of=account)
    shown = posts[:_PAGE]
    older = shown[-1].id if len(posts) > _PAGE else None
    return {"posts": shown, "counts": reading.reply_counts(store, shown), "older": older, "is_first": older_than is None}


def _thread(request: Request, post: Post, *, error: Invalid | None = None, form: dict[str, Any] | None = None) -> Response:
    store: Store = request.app.state.store
    branches = reading.flat(reading.branches(store, post))
    me = request.cookies.get(READER, "")
    return show(
        request, "post.html", status=422 if error else 200, post=post, branches=branches[:_REPLIES], error=error, form=form or {},
        count=sum(not branch.post.is_deleted for branch in branches), me=me, left_out=max(len(branches) - _REPLIES, 0),
        most=posting.CHARACTERS,
        readers=accounts.every(store, "reader"), root=reading.post(store, post.root),
    )  # fmt: skip


def _visible(request: Request) -> Post:
    store: Store = request.app.state.store
    post = reading.post(store, request.path_params["id"])
    if post.is_deleted or not reading.is_visible(store, post):
        raise NotHere(_("This post is no longer here."))
    return post


def _played(store: Store, form: dict[str, Any]) -> Account:
    new = str(form.get("new_reader", "")).strip()
    if new:
        return accounts.reader_named(store, new, at=now())
    reader = accounts.by_handle(store, str(form.get("reader", "")))
    if not reader.is_reader:
        raise Refused(_("Only invented readers can be played here."))
    return reader


def _own_reader(post: Post, handle: str) -> Account:
    if not post.account.is_reader or post.account.handle != handle:
        raise Refused(_("Only the reader who wrote this can change it. Reply once as that reader to play it."))
    return post.account


def _words(form: dict[str, Any]) -> str:
    return str(form.get("text", "")).replace("\r\n", "\n").strip()
