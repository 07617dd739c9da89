"""What the page shows on which a post is written."""
from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from countersign.access.grants import conditions, gate, rules
from countersign.access.grants.models import Account
from countersign.access.grants.queries import face, shown
from countersign.access.grants.rights import Right
from countersign.base.actor import PersonActor
from countersign.base.errors import CountersignError
from countersign.base.values import known_uuids
from countersign.base.words import _
from countersign.content.media import queries as media
from countersign.content.posts.models import Post
from countersign.content.posts.queries.given_away import given_away
from countersign.content.posts.queries.visible import may_be_discarded, picture_url, replying_to
from countersign.content.posts.states import PostState
from countersign.networks.contract import Counts
from countersign.networks.registry import CONNECTORS
from countersign.web import values
from countersign.web.errors import said

LANGUAGES = [("nl", "Nederlands"), ("fr", "Français"), ("en", "English"), ("de", "Deutsch")]
ZONES = ["Europe/Brussels", "Europe/Paris", "Europe/Berlin", "Europe/London", "UTC", "America/New_York", "Asia/Tokyo"]


def may_compose(actor: PersonActor) -> values.Verdict:
    """Whether this person may write posts at all; if not, which roles can, and whom to ask."""
    return shown(_writer(actor))


def require_writer(actor: PersonActor) -> None:
    """Raise Refused, in the same words, unless this person may write posts at all."""
    _writer(actor).require()


def _writer(actor: PersonActor) -> rules.Verdict:
    verdict = gate.may_anywhere(actor, Right.POST_DRAFT)
    if verdict != rules.WITHOUT_ROLE:
        return verdict
    is_officer = gate.may_anywhere(actor, Right.GRANT_GIVE).allowed
    return rules.Verdict(False, _NOT_A_WRITER, _GIVE_IT if is_officer else _ASK_FOR_IT)


_NOT_A_WRITER = _("Writing posts takes the role of author, moderator or reviewer on an account.")
_GIVE_IT = _("You can give it on the account's page, to yourself as well; the log shows it.")
_ASK_FOR_IT = _("Ask a security officer for it.")


def counted(account: Account, text: str) -> int:
    """Characters as the account's network counts them."""
    connector = CONNECTORS[account.network]
    return connector.count(text) if isinstance(connector, Counts) else len(text)


def compose(
    actor: PersonActor, post: Post | None, typed: dict[str, Any] | None = None, mistake: CountersignError | None = None
) -> values.Compose:
    """`posts/compose.html`: what is stored, or with a mistake what was typed."""
    at = [post.uid] if post else []
    names = ("posts:edit", "posts:autosave", "posts:pictures", "posts:preview")
    save, autosave, pictures, preview = (reverse(name if post else f"{name}-new", args=at) for name in names)
    release = post.release_at.astimezone(ZoneInfo(post.zone)) if post and post.release_at else None
    zone = post.zone if post else settings.TIME_ZONE
    typed = typed or {}
    previews = previews_typed(actor, post, typed) if typed else previews_of_draft(post) if post else ()
    return values.Compose(
        heading=gettext("Change this draft") if post else gettext("Write a post"),
        title=typed.get("title", post.title if post else ""),
        save_url=save, autosave_url=autosave, count_url=reverse("posts:count"), upload_url=pictures, preview_url=preview,
        wordings=_wordings(actor, post, typed, mistake), nowhere=_nowhere(actor),
        languages=tuple(values.Choice(code, name) for code, name in LANGUAGES),
        time_zones=tuple(values.Choice(z, z.replace("_", " "), is_chosen=z == zone) for z in dict.fromkeys([zone, *ZONES])),
        previews=previews, given_away=given_away(preview.text for preview in previews),
        pictures=_pictures(post) if post else (),
        release=typed.get("release", "at" if release else "approved"),
        release_date=typed.get("release_date", f"{release:%Y-%m-%d}" if release else ""),
        release_time=typed.get("release_time", f"{release:%H:%M}" if release else ""),
        saved_at=post.edited_at if post else None, seen=post.edited_at.isoformat() if post else "", revision=post.revision if post else 0,
        mistakes={mistake.field or "all": sentence(mistake)} if mistake else {},
        sent_back=sent_back(post) if post else None, reply=_reply(post) if post else None,
        picture_rules=gettext("JPEG, PNG, WebP, GIF, AVIF or TIFF, up to 18 MB. Everything but the picture is taken out."),
        recall_seconds=settings.RECALL_SECONDS,
        delete_url=reverse("posts:discard", args=at) if post and may_be_discarded(post) else "",
    )


def _nowhere(actor: PersonActor) -> values.Notice:
    """What stands where accounts would, when there is none to write for, and what to do about it."""
    mine = gate.accounts(actor, Right.POST_DRAFT)
    if gate.may_anywhere(actor, Right.ACCOUNT_CONNECT).allowed:
        title = gettext("Your accounts are not connected") if mine.exists() else gettext("No account is connected yet")
        text = gettext("Connect one: a practice account does for a beginning.")
        return values.Notice("info", title, text, reverse("grants:accounts"), gettext("Accounts"))
    if mine.exists():
        return values.Notice("info", gettext("Your accounts are not connected"), gettext("Ask a security officer to connect them again."))
    return values.Notice("info", gettext("No account is connected yet"), gettext("Ask a security officer to connect one."))


def sentence(error: CountersignError) -> str:
    """What went wrong and what to do, in the reader's language."""
    return f"{said(error.template, error.facts)} {said(error.remedy_template, error.facts)}".strip()


def _wordings(
    actor: PersonActor, post: Post | None, typed: dict[str, Any], mistake: CountersignError | None
) -> tuple[values.Wording, ...]:
    written = {v.account_id: v for v in post.variants.all()} if post else {}
    ticked = set(typed.get("accounts", [str(v.account.uid) for v in written.values()]))
    accounts = list(gate.accounts(actor, Right.POST_DRAFT).connected().order_by("network", "handle"))
    lacking = conditions.lacking(Right.POST_RELEASE, [account.pk for account in accounts], timezone.now())
    if post and post.answers and "account" in post.answers:  # only the account that was spoken to can answer
        accounts = [account for account in accounts if str(account.uid) == post.answers["account"]]
    found = []
    for account in accounts:
        uid, variant = str(account.uid), written.get(account.pk)
        text = typed.get(f"text-{uid}", variant.text if variant else "")
        wrong = mistake and mistake.facts.get("handle") == account.handle
        found.append(
            values.Wording(
                face(account), uid in ticked or len(accounts) == 1, text, counted(account, text),
                int(account.limits.get("characters", 500)),
                typed.get(f"language-{uid}", variant.language if variant else "nl"),
                mistake=sentence(mistake) if mistake and wrong else "",
                warning=gettext(lacking[account.pk].why) if account.pk in lacking else "",
            )
        )
    return tuple(found)


def _pictures(post: Post) -> tuple[values.ComposePicture, ...]:
    return tuple(
        values.ComposePicture(
            str(a.file.uid), picture_url(a.file), a.file.width, a.file.height, a.alt,
            reverse("posts:remove-picture", args=[post.uid, a.file.uid]),
            removed=tuple(values.Removed(words.rstrip(".")) for words in media.removed(a.file)),
            place=next((values.Place(*place) for place in media.places(a.file)), None),
        )
        for a in post.attachments.all()
    )


def sent_back(post: Post) -> values.Notice | None:
    """Why a draft came back, or was rejected, in the words of whoever sent it back."""
    last = post.remarks.filter(kind__in=["changes", "rejected"]).select_related("person").order_by("-pk").first()
    if last is None or post.state not in {PostState.DRAFT, PostState.REJECTED}:
        return None
    is_rejected = post.state == PostState.REJECTED
    template = gettext("{name} has rejected it") if is_rejected else gettext("{name} asks for changes")
    return values.Notice("bad" if is_rejected else "warn", template.format(name=last.person.name), gettext("“{text}”").format(text=last.text))


def _reply(post: Post) -> values.SaidWords | None:
    quoted = (post.answers or {}).get("quoted")
    if not quoted:
        return None
    return values.SaidWords(
        values.Who(quoted["name"], quoted["handle"]), quoted["text"], datetime.fromisoformat(quoted["at"]), quoted["url"]
    )


def previews_typed(actor: PersonActor, post: Post | None, typed: dict[str, Any]) -> tuple[values.Preview, ...]:
    """What readers would see of what is typed, saved or not."""
    accounts = gate.accounts(actor, Right.POST_DRAFT).filter(uid__in=known_uuids(typed.get("accounts", [])))
    files = [(a.file, typed.get(f"alt-{a.file.uid}", a.alt)) for a in post.attachments.all()] if post else []
    pictures = tuple(values.Shown(picture_url(file), file.width, file.height, alt) for file, alt in files)
    return tuple(
        values.Preview(
            face(account), text := typed.get(f"text-{account.uid}", ""), pictures, typed.get(f"language-{account.uid}", ""),
            counted(account, text), int(account.limits.get("characters", 500)), replying_to(post) if post else "",
        )
        for account in accounts.order_by("network", "handle")
    )


def previews_of_draft(post: Post) -> tuple[values.Preview, ...]:
    """What readers would see of a draft as it is stored."""
    shown_pictures = tuple(
        values.Shown(picture_url(a.file), a.file.width, a.file.height, a.alt) for a in post.attachments.all()
    )
    return tuple(
        values.Preview(
            face(v.account), v.text, shown_pictures, v.language, counted(v.account, v.text),
            int(v.account.limits.get("characters", 500)), replying_to=replying_to(post),
        )
        for v in post.variants.all()
    )
