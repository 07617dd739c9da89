"""The pages of posts: written, reviewed, followed on their way."""
from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.base.words import _
from countersign.content.media import taking_in
from countersign.content.media.models import File
from countersign.content.media.problems import LARGEST_FILE
from countersign.content.media.queries import content as picture_content
from countersign.content.posts import approving, drafting, forms, releasing, submitting
from countersign.content.posts.models import Delivery, Post
from countersign.content.posts.queries import composing, listing, reviewing, standing, visible
from countersign.content.posts.states import PostState
from countersign.people.requests import ActingRequest, json_of, person_actor
from countersign.review import countersigning
from countersign.web.errors import wants_json
from countersign.web.values import Remark, Who

LARGEST_UPLOAD = LARGEST_FILE


def _post(request: ActingRequest, uid: UUID) -> Post:
    """A post this person may read. Whoever may not is told so, and the refusal is recorded."""
    post = get_object_or_404(Post, uid=uid)
    if not visible.visible(person_actor(request)).filter(pk=post.pk).exists():
        raise Refused(_("You may not read this post."), remedy=_("Ask a security officer for a role on its account."))
    return visible.with_parts(Post.objects.filter(pk=post.pk)).get()


def _show(request: ActingRequest, template: str, page: object, status: int = 200) -> HttpResponse:
    return render(request, template, {"page": page}, status=status)


@require_GET
def post_list(request: ActingRequest) -> HttpResponse:
    """The list of posts."""
    gate.require_anywhere(person_actor(request), Right.POST_READ)
    text = request.GET.get("before", "")
    try:
        before = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise Http404 from error
    page = listing.post_list(person_actor(request), tab=request.GET.get("tab", "all"), before=before)
    return _show(request, "posts/list.html", page)


# --- composing ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def edit(request: ActingRequest, uid: UUID | None = None) -> HttpResponse:
    """Write a post: GET shows the form, POST saves it, and submits it when asked to."""
    actor = person_actor(request)
    post = _post(request, uid) if uid else None
    composing.require_writer(actor)
    if post and post.state != PostState.DRAFT:
        return redirect("posts:post", uid=post.uid)
    if request.method == "GET":
        return _show(request, "posts/compose.html", composing.compose(actor, post))
    try:
        post = _save(request, post)
        if request.POST.get("do") == "submit":
            submitting.submit(actor, post, at=timezone.now())
            return redirect("posts:post", uid=post.uid)
    except (Invalid, Conflict) as mistake:
        fresh = visible.with_parts(Post.objects.filter(pk=post.pk)).get() if post else None
        status = 422 if isinstance(mistake, Invalid) else 409
        return _show(request, "posts/compose.html", composing.compose(actor, fresh, _typed(request), mistake), status)
    return redirect("posts:edit", uid=post.uid)


def _save(request: ActingRequest, post: Post | None) -> Post:
    content = forms.read(request.POST, post)
    if post is None:
        return drafting.draft(person_actor(request), content, at=timezone.now())
    return drafting.edit(person_actor(request), post, content, seen=_seen(request, post), at=timezone.now())


def _seen(request: ActingRequest, post: Post) -> datetime:
    text = request.POST.get("seen", "")
    try:
        return datetime.fromisoformat(text) if text else post.edited_at
    except ValueError as error:
        raise Invalid(_("This form is damaged. Reload it.")) from error


@require_POST
def autosave(request: ActingRequest, uid: UUID | None = None) -> JsonResponse:
    """Save what has been typed so far. A new post gets its own address, told in `next`."""
    post = _post(request, uid) if uid else None
    if post is None and drafting.is_empty(forms.read(request.POST, None)):
        gate.require_anywhere(person_actor(request), Right.POST_DRAFT)
        return JsonResponse({"saved_at": None, "revision": 0})  # an account was ticked, or words were taken out again
    post = _save(request, post)
    answer: dict[str, Any] = {"saved_at": post.edited_at.isoformat(), "revision": post.revision}
    if uid is None:
        at = [post.uid]
        answer["urls"] = {
            "save": reverse("posts:edit", args=at), "autosave": reverse("posts:autosave", args=at),
            "upload": reverse("posts:pictures", args=at), "preview": reverse("posts:preview", args=at),
        }
    return JsonResponse(answer)


@require_POST
def discard(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Delete a draft that nobody else has been asked to sign."""
    drafting.discard(person_actor(request), _post(request, uid), at=timezone.now())
    messages.success(request, gettext("The draft is deleted."))
    return redirect("posts:list")


@require_POST
def count(request: ActingRequest) -> JsonResponse:
    """Characters as an account's network counts them."""
    account = get_object_or_404(Account, uid=_uuid(request.POST.get("account", "")))
    gate.require(person_actor(request), Right.POST_DRAFT, on=account)
    counted = composing.counted(account, request.POST.get("text", "").replace("\r\n", "\n"))
    return JsonResponse({"count": counted, "limit": account.limits.get("characters", 500)})


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


@require_POST
def preview(request: ActingRequest, uid: UUID | None = None) -> HttpResponse:
    """Show what readers would see of what is typed. Nothing is saved."""
    post = _post(request, uid) if uid else None
    gate.require_anywhere(person_actor(request), Right.POST_DRAFT)
    page = composing.compose(person_actor(request), post, _typed(request))
    return _show(request, "posts/compose.html#previews", page)


def _typed(request: ActingRequest) -> dict[str, Any]:
    return request.POST.dict() | {"accounts": request.POST.getlist("accounts")}


@require_POST
def add_picture(request: ActingRequest, uid: UUID | None = None) -> HttpResponse:
    """Take a picture in: cleaned first, then part of the draft, which is saved with it."""
    upload = request.FILES.get("picture")
    if upload is None:
        raise Invalid(_("Choose a picture."), field="picture")
    if (upload.size or 0) > LARGEST_UPLOAD:
        raise Invalid(_("This picture is larger than 18 MB."), remedy=_("Make it smaller first."), field="picture")
    actor, at = person_actor(request), timezone.now()
    gate.require_anywhere(actor, Right.POST_DRAFT)
    post = _post(request, uid) if uid else None
    if post:
        drafting.require_on_all(actor, Right.POST_DRAFT, post)
    content = forms.read(request.POST, post)
    drafting.require_accounts(actor, content)
    file = taking_in.take_in(actor, upload.read(), at=at)
    content = drafting.with_picture(content, str(file.uid))
    if post is None:
        post = drafting.draft(actor, content, at=at)
    else:
        drafting.edit(actor, post, content, seen=post.edited_at, at=at)
    if wants_json(request):
        return JsonResponse({"ok": True, "next": reverse("posts:edit", args=[post.uid])})
    return redirect("posts:edit", uid=post.uid)


@require_POST
def remove_picture(request: ActingRequest, uid: UUID, file: UUID) -> HttpResponse:
    """Take a picture off a draft."""
    post = _post(request, uid)
    content = drafting.without_picture(forms.read(_with_stored(request, post), post), str(file))
    drafting.edit(person_actor(request), post, content, seen=post.edited_at, at=timezone.now())
    return redirect("posts:edit", uid=uid)


def _with_stored(request: ActingRequest, post: Post) -> Any:
    """What was typed; or, when the button stood outside the form, what is stored."""
    if request.POST.getlist("accounts") or not post.variants.exists():
        return request.POST
    data = request.POST.copy()
    data.setlist("accounts", [str(v.account.uid) for v in post.variants.all()])
    data["title"], data["time_zone"] = post.title, post.zone
    for variant in post.variants.all():
        data[f"text-{variant.account.uid}"], data[f"language-{variant.account.uid}"] = variant.text, variant.language
    return data


@require_GET
@cache_control(private=True, max_age=3600, immutable=True)
def picture(request: ActingRequest, uid: UUID) -> HttpResponse:
    """A cleaned picture, for whoever may read the company's posts."""
    actor = person_actor(request)
    gate.require_anywhere(actor, Right.POST_READ)
    file = get_object_or_404(File, uid=uid)
    posts = Post.objects.filter(attachments__file=file)
    is_mine = str(file.taken_in_by.uid) == actor.uid
    if not is_mine and not visible.visible(actor).filter(pk__in=posts).exists():
        raise Refused(_("You may not see this picture."))
    response = HttpResponse(picture_content(file), content_type=file.mime)
    response["Content-Disposition"] = "inline"
    return response


# --- reviewing ---------------------------------------------------------------------------------------------------------


@require_GET
def review(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Exactly what is signed, beside what changed and what the checks found."""
    post = _post(request, uid)
    if post.state != PostState.SUBMITTED:
        return redirect("posts:post", uid=uid)
    return _show(request, "posts/review.html", reviewing.review(person_actor(request), post, at=timezone.now()))


@require_POST
def sign_options(request: ActingRequest, uid: UUID) -> JsonResponse:
    """The question for this person's passkey: the digest of the statement over the post as it is now."""
    statement = approving.statement_for(person_actor(request), _post(request, uid), at=timezone.now())
    request.session[f"statement:{uid}"] = statement
    return JsonResponse(countersigning.question(person_actor(request), statement))


@require_POST
def sign(request: ActingRequest, uid: UUID) -> JsonResponse:
    """Take the passkey's answer; the post goes out when it has all its signatures."""
    post = _post(request, uid)
    drafting.require_on_all(person_actor(request), Right.POST_COUNTERSIGN, post)
    statement = request.session.pop(f"statement:{uid}", None)
    if statement is None:
        raise Conflict(_("No signature is under way."), remedy=_("Press the button again."))
    assertion = countersigning.answered(json_of(request))
    is_complete = approving.approve(person_actor(request), post, statement, assertion, at=timezone.now())
    words = gettext("Signed. It will go out.") if is_complete else gettext("Signed. Another signature is needed.")
    return JsonResponse({"ok": True, "say": words, "next": _told(uid, "signed")})


def _told(uid: UUID, deed: str) -> str:
    """The page of a post, which says what was done and what waits next."""
    return f"{reverse('posts:post', args=[uid])}?told={deed}"


@require_POST
def ask_for_changes(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Send a post back with words."""
    words = request.POST.get("words", "")
    approving.ask_for_changes(person_actor(request), _post(request, uid), words, at=timezone.now())
    return redirect(_told(uid, "changes"))


@require_POST
def reject(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Reject a post with words."""
    approving.reject(person_actor(request), _post(request, uid), request.POST.get("words", ""), at=timezone.now())
    return redirect(_told(uid, "rejected"))


@require_POST
def remark(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Add a line to the discussion."""
    made = drafting.discuss(person_actor(request), _post(request, uid), request.POST.get("text", ""), at=timezone.now())
    if request.headers.get("HX-Request") == "true":
        shown = Remark(Who(made.person.name), made.said_at, made.text)
        return render(request, "posts/review.html#remark", {"remark": shown})
    return redirect("posts:review", uid=uid)


# --- following ---------------------------------------------------------------------------------------------------------


@require_GET
def post_page(request: ActingRequest, uid: UUID) -> HttpResponse:
    """How a post stands."""
    actor, post = person_actor(request), _post(request, uid)
    page = standing.post_page(actor, post, at=timezone.now())
    told = reviewing.told(actor, post, request.GET.get("told", ""))
    context = {"page": page, "told": told, "checks": reviewing.open_checks(post), "sent_back": composing.sent_back(post)}
    return render(request, "posts/post.html", context)


@require_POST
def take_back(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Take a submitted post back to change it."""
    submitting.withdraw(person_actor(request), _post(request, uid), at=timezone.now())
    return redirect("posts:edit", uid=uid)


@require_POST
def recall(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Stop an approved post before it goes out."""
    releasing.recall(person_actor(request), _post(request, uid), at=timezone.now())
    return redirect("posts:post", uid=uid)


def _delivery(request: ActingRequest, uid: UUID) -> Delivery:
    delivery = get_object_or_404(Delivery.objects.select_related("account", "post"), uid=uid)
    _post(request, delivery.post.uid)
    return delivery


@require_POST
def withdraw(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Delete what is out."""
    delivery = _delivery(request, uid)
    releasing.withdraw(person_actor(request), delivery, at=timezone.now())
    return redirect("posts:post", uid=delivery.post.uid)


@require_POST
def resume(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Let a held delivery try again."""
    delivery = _delivery(request, uid)
    releasing.resume(person_actor(request), delivery, at=timezone.now())
    return redirect("posts:post", uid=delivery.post.uid)


@require_POST
def look(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Say what a person saw at the network."""
    delivery = _delivery(request, uid)
    remote_id, url = request.POST.get("remote_id", ""), request.POST.get("url", "")
    releasing.say_what_is_there(person_actor(request), delivery, remote_id=remote_id, url=url, at=timezone.now())
    return redirect("posts:post", uid=delivery.post.uid)
