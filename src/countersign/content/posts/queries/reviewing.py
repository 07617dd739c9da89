"""What a reviewer sees: exactly what is signed, beside what changed and what the checks found."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

from countersign.access.grants import conditions, gate
from countersign.access.grants.models import Account
from countersign.access.grants.queries import face, may
from countersign.access.grants.rights import Right
from countersign.base.actor import PersonActor
from countersign.base.errors import CountersignError
from countersign.base.values import Digest
from countersign.base.words import _
from countersign.content.media.models import File
from countersign.content.posts import differences
from countersign.content.posts.drafting import require_on_all
from countersign.content.posts.models import Post, Revision
from countersign.content.posts.queries.composing import counted
from countersign.content.posts.queries.given_away import given_away
from countersign.content.posts.queries.visible import picture_url, replying_to, visible, with_parts
from countersign.content.posts.states import DeliveryState, PostState
from countersign.content.posts.titles import title_of
from countersign.review.models import Countersignature
from countersign.review.rules import require_second_person
from countersign.web import values
from countersign.web.errors import said


def previews_of(revision: Revision) -> tuple[values.Preview, ...]:
    """What readers will see: rendered from the frozen requests, the very bytes that are signed."""
    accounts = {str(a.uid): a for a in Account.objects.filter(uid__in=[r["account"]["uid"] for r in revision.requests])}
    files = {f.sha256: f for f in File.objects.filter(sha256__in=[m["sha256"] for r in revision.requests for m in r["media"]])}
    found = []
    for request in revision.requests:
        account = accounts[request["account"]["uid"]]
        pictures = tuple(
            values.Shown(picture_url(files[m["sha256"]]), m["width"], m["height"], m["alt"]) for m in request["media"]
        )
        limit = int(account.limits.get("characters", 500))
        text = request["text"]
        replying = replying_to(revision.post) if request["reply_to"] else ""
        found.append(
            values.Preview(face(account), text, pictures, request["language"], counted(account, text), limit, replying)
        )
    return tuple(found)


def review(actor: PersonActor, post: Post, *, at: datetime) -> values.Review:
    """`posts/review.html`: exactly what is signed, beside what changed and what the checks found."""
    revision = Revision.objects.get(post=post, number=post.revision)
    previews = previews_of(revision)
    before = _last_signed(post, revision)
    uid = [post.uid]
    queue = list(visible(actor).filter(state=PostState.SUBMITTED).order_by("state_since", "pk").values_list("uid", flat=True))
    place = queue.index(post.uid) if post.uid in queue else 0
    may_sign = _may_sign(actor, post, revision)
    return values.Review(
        title=title_of(post), revision=revision.number, fingerprint=Digest(revision.digest).fingerprint,
        digest=revision.digest, author=values.Who(post.author.name),
        editors=tuple(values.Who(e.person.name) for e in post.edits.exclude(person=post.author).select_related("person")),
        previews=previews, given_away=given_away(preview.text for preview in previews), needed=revision.signatures, release_at=post.release_at,
        options_url=reverse("posts:sign-options", args=uid), submit_url=reverse("posts:sign", args=uid),
        changes_url=reverse("posts:ask-for-changes", args=uid), reject_url=reverse("posts:reject", args=uid),
        remark_url=reverse("posts:remark", args=uid), queue_url=reverse("posts:list") + "?tab=submitted",
        changes=_changes(before, revision) if before else (),
        changes_label=gettext("Changed since revision {number}").format(number=before.number) if before else "",
        checks=(*held_back(post, at=at), *checks(revision.findings)), remarks=remarks(post), signatures=signatures(post),
        may_sign=may_sign, may_send_back=may_sign, may_remark=may_on_all(actor, Right.POST_DISCUSS, post),
        position=place + 1 if queue else 0, total=len(queue),
        previous_url=review_url(queue[place - 1]) if place > 0 else "",
        next_url=review_url(queue[place + 1]) if place + 1 < len(queue) else "",
        recall_seconds=settings.RECALL_SECONDS,
    )


def review_url(uid: object) -> str:
    """Where a post is reviewed."""
    return reverse("posts:review", args=[uid])


def _may_sign(actor: PersonActor, post: Post, revision: Revision) -> values.Verdict:
    try:
        require_on_all(actor, Right.POST_COUNTERSIGN, post)
        require_second_person(authors=set(revision.authors), signer=actor.uid)
    except CountersignError as error:
        return values.Verdict(
            False, said(error.template, error.facts), said(error.remedy_template, error.facts)
        )
    if Countersignature.objects.filter(matter=post.matter, signer__uid=actor.uid).exists():
        return values.Verdict(False, gettext("You have signed this."), gettext("Another person's signature is needed."))
    return values.ALLOWED


def may_on_all(actor: PersonActor, right: Right, post: Post) -> values.Verdict:
    """Whether a person has a right on every account of a post; if not, the first reason why."""
    verdicts = [may(actor, right, on=variant.account) for variant in post.variants.all()]
    return next((verdict for verdict in verdicts if not verdict), values.ALLOWED)


def _last_signed(post: Post, revision: Revision) -> Revision | None:
    for earlier in post.revisions.filter(number__lt=revision.number).order_by("-number"):
        if Countersignature.objects.filter(matter=f"post:{post.uid}:{earlier.number}").exists():
            return earlier
    return None


def _changes(before: Revision, after: Revision) -> tuple[values.Changes, ...]:
    """What differs between two frozen revisions, of all that is signed: words, pictures, descriptions, language, time."""
    uids = {request["account"]["uid"] for request in [*before.requests, *after.requests]}
    names = {str(account.uid): account.handle for account in Account.objects.filter(uid__in=uids)}
    old = {request["account"]["uid"]: _told(request) for request in before.requests}
    new = {request["account"]["uid"]: _told(request) for request in after.requests}
    found = []
    for uid in sorted(old | new, key=lambda uid: names.get(uid, "")):
        for label in new.get(uid, old.get(uid, {})):
            was, now = old.get(uid, {}).get(label, ""), new.get(uid, {}).get(label, "")
            if was != now:
                parts = tuple(values.Part(kind, text) for kind, text in differences.between(was, now))
                found.append(values.Changes(" · ".join(word for word in (names.get(uid, ""), label) if word), parts))
    return tuple(found)


def _told(request: dict[str, Any]) -> dict[str, str]:
    """What one account receives, as texts to compare; the words themselves have no label."""
    pictures = [f"{m['alt'] or gettext('no description')} ({m['sha256'][:8]})" for m in request["media"]]
    window = request["window"]["not_before"]
    return {
        "": request["text"],
        gettext("pictures"): "; ".join(pictures),
        gettext("language"): request["language"],
        gettext("not before"): localtime(datetime.fromisoformat(window)).strftime("%d-%m-%Y %H:%M") if window else "",
    }


_ICONS = {"alt_text": "image", "traces": "map-pin-off", "length": "list-checks"}


def checks(findings: list[dict[str, Any]]) -> tuple[values.Check, ...]:
    """The findings as the reviewer sees them: what needs a look first, and what was taken out of the pictures as one line."""
    traces = [finding for finding in findings if finding["kind"] == "traces"]
    others = [
        values.Check("ok" if finding["weight"] == "ok" else "warn", _ICONS.get(finding["kind"], "check"), _words(finding))
        for finding in findings if finding["kind"] != "traces"
    ]
    if traces:
        tone = "ok" if all(finding["weight"] == "ok" for finding in traces) else "warn"
        taken = " ".join(dict.fromkeys(map(_words, traces)))
        others.append(values.Check(tone, _ICONS["traces"], gettext("Taken out of the picture"), taken))
    return tuple(sorted(others, key=lambda one: one.tone == "ok"))


def held_back(post: Post, *, at: datetime) -> tuple[values.Check, ...]:
    """The accounts from which this would be held, were it to go out now, each with the reason."""
    accounts = [variant.account for variant in post.variants.select_related("account")]
    lacking = conditions.lacking(Right.POST_RELEASE, [account.pk for account in accounts], at)
    return tuple(
        values.Check("warn", "shield-check", gettext("Held back from {handle}, as it stands").format(handle=account.handle), gettext(lacking[account.pk].why))
        for account in accounts if account.pk in lacking
    )


def open_checks(post: Post) -> tuple[values.Check, ...]:
    """The checks of a post that waits for a signature which somebody should still look at."""
    if post.state != PostState.SUBMITTED:
        return ()
    revision = Revision.objects.get(post=post, number=post.revision)
    return tuple(check for check in checks(revision.findings) if check.tone != "ok")


def _words(finding: dict[str, Any]) -> str:
    return gettext(finding["what"]).format(**finding["facts"])


def remarks(post: Post) -> tuple[values.Remark, ...]:
    """The discussion under a post, oldest first."""
    chips = {
        "signed": (gettext("signed"), "ok"), "changes": (gettext("asked for changes"), "warn"),
        "rejected": (gettext("rejected"), "bad"), "withdrawn": (gettext("took it back"), "warn"),
        "recalled": (gettext("recalled"), "warn"), "voided": (gettext("was locked: the signature is void"), "bad"),
        "handed_over": (gettext("took it over from somebody who has left"), ""),
    }
    found = post.remarks.select_related("person").order_by("pk")
    return tuple(
        values.Remark(values.Who(r.person.name), r.said_at, r.text, *chips.get(r.kind, ("", "ok"))) for r in found
    )


def signatures(post: Post) -> tuple[values.Signature, ...]:
    """The countersignatures over the revision as it is."""
    found = Countersignature.objects.filter(matter=post.matter).select_related("signer").order_by("signed_at")
    digest = Revision.objects.filter(post=post, number=post.revision).values_list("digest", flat=True).first() or ""
    return tuple(
        values.Signature(values.Who(s.signer.name), s.signed_at, post.revision, Digest(digest).fingerprint) for s in found
    )


def told(actor: PersonActor, post: Post, deed: str) -> values.Notice | None:
    """What this person has just done about a post, and the next one that waits for them; None if they did not do it."""
    mine = post.remarks.filter(person__uid=actor.uid, kind=deed) if deed in _TOLD else post.remarks.none()
    if not mine.exists():
        return None
    text = gettext(_TOLD[deed][1])
    if deed == "signed":
        text = _what_follows(post)
    following = next((other for other in waits_for(actor) if other.pk != post.pk), None)
    if following is None:
        url, link = reverse("home"), gettext("Nothing else waits for your signature. My work")
    else:
        url, link = review_url(following.uid), gettext("Next: {title}").format(title=title_of(following))
    return values.Notice("ok", gettext(_TOLD[deed][0]), text, url, link)


_TOLD = {
    "signed": (_("Signed with your passkey"), ""),
    "changes": (_("Sent back with your words"), _("It is its author's draft again, and comes back when they submit it.")),
    "rejected": (_("Rejected, with your words"), _("Its author reads them, and may take it up again as a draft.")),
}


def _what_follows(post: Post) -> str:
    if post.state == PostState.SUBMITTED:
        return gettext("Another person's signature is needed before it goes out.")
    due = post.deliveries.filter(state=DeliveryState.DUE).order_by("due_at").first()
    if due is None:
        return ""
    moment = localtime(due.due_at)
    is_today = moment.date() == localtime().date()
    template = gettext("It goes out at {at}; until then it can be taken back.") if is_today else gettext("It goes out on {at}; until then it can be taken back.")
    return template.format(at=date_format(moment, "H:i" if is_today else "j F, H:i"))


def waits_for(actor: PersonActor) -> list[Post]:
    """The submitted posts this person may sign and has not signed, oldest first."""
    accounts = gate.accounts(actor, Right.POST_COUNTERSIGN)
    posts = with_parts(Post.objects.on(accounts).submitted().filter(variants__isnull=False).distinct())
    mine = list(posts.order_by("state_since", "pk")[:100])
    revisions = {(r.post_id, r.number): r for r in Revision.objects.filter(post__in=mine)}
    return [
        post for post in mine
        if actor.uid not in revisions[(post.pk, post.revision)].authors
        and not Countersignature.objects.filter(matter=post.matter, signer__uid=actor.uid).exists()
    ]



