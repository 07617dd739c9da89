"""Small tags that keep the hand of every page the same: icons, avatars, states, moments, refused buttons."""
from __future__ import annotations

import re
from datetime import datetime

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from countersign.web.values import Face, FramePerson, Verdict, Who

register = template.Library()

# state: (tone, icon, name). The words are those of the lifecycles in architecture.md.
STATES: dict[str, tuple[str, str, object]] = {
    "active": ("ok", "circle-check", _("Active")),
    "announced": ("info", "hourglass", _("Announced")),
    "asked": ("warn", "hourglass", _("Asked for")),
    "approved": ("ok", "stamp", _("Signed, goes out")),
    "by_hand": ("warn", "hand", _("To do by hand")),
    "cancelled": ("", "ban", _("Cancelled")),
    "changed": ("info", "refresh-cw", _("Changed, not yet proven")),
    "changing": ("info", "hourglass", _("Being changed")),
    "closed": ("ok", "circle-check", _("Closed")),
    "compliant": ("ok", "shield-check", _("Compliant")),
    "confirmed": ("ok", "circle-check", _("Confirmed")),
    "connected": ("ok", "plug", _("Connected")),
    "connecting": ("", "hourglass", _("Being connected")),
    "deleted": ("", "trash-2", _("Deleted")),
    "deleting": ("info", "hourglass", _("Being deleted")),
    "disconnected": ("bad", "unplug", _("Disconnected")),
    "done": ("ok", "circle-check", _("Published")),
    "draft": ("", "pencil-line", _("Draft")),
    "due": ("info", "clock", _("Due")),
    "ended": ("", "archive", _("Ended")),
    "enrolled": ("ok", "circle-check", _("Enrolled")),
    "escalated": ("warn", "flag", _("Escalated")),
    "expired": ("", "clock", _("Too old")),
    "failed": ("bad", "circle-x", _("Not published")),
    "gone": ("", "trash-2", _("Deleted by its writer")),
    "granted": ("ok", "stamp", _("Granted")),
    "held": ("warn", "pause", _("Held")),
    "hidden": ("", "eye-off", _("Hidden")),
    "hiding": ("info", "hourglass", _("Being hidden")),
    "invited": ("info", "mail", _("Invited")),
    "kept": ("ok", "check", _("Kept")),
    "left": ("", "log-out", _("Left")),
    "lifted": ("", "lock-open", _("Lifted")),
    "lifting": ("warn", "hourglass", _("Being lifted")),
    "locked": ("bad", "lock", _("Locked")),
    "not_compliant": ("bad", "octagon-alert", _("Not compliant")),
    "not_ours": ("bad", "octagon-alert", _("Not ours")),
    "open": ("warn", "circle-dot", _("Open")),
    "ours": ("ok", "check", _("Ours")),
    "partly": ("warn", "circle-dashed", _("Published in part")),
    "passed": ("ok", "circle-check", _("Passed")),
    "planned": ("info", "calendar", _("Planned")),
    "published": ("ok", "circle-check", _("Published")),
    "recalled": ("", "undo-2", _("Taken back")),
    "refused": ("bad", "ban", _("Refused")),
    "rejected": ("bad", "circle-x", _("Rejected")),
    "retired": ("", "archive", _("Retired")),
    "sending": ("info", "send", _("Being sent")),
    "sent_back": ("warn", "undo-2", _("Changes asked")),
    "shut": ("bad", "lock", _("Refuses us")),
    "silent": ("bad", "clock-alert", _("Not read")),
    "submitted": ("warn", "clock", _("Waits for signature")),
    "suspended": ("warn", "pause", _("Suspended")),
    "unknown": ("", "circle-dashed", _("Not known")),
    "unconfirmed": ("warn", "circle-dashed", _("Not yet confirmed")),
    "used": ("", "check", _("Done")),
    "waiting": ("warn", "inbox", _("Waiting")),
    "watched": ("ok", "eye", _("Read")),
    "withdrawn": ("", "undo-2", _("Taken back")),
}
_LINK = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)\]'\"]|(?<![\w/])[@#][\w][\w.@-]*\w")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A Lucide icon of the sprite; silent to screen readers unless it has a label."""
    href = f"{static('vendor/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="i" role="img" aria-label="{}"><use href="{}"/></svg>', label, href)
    return format_html('<svg class="i" aria-hidden="true"><use href="{}"/></svg>', href)


@register.simple_tag
def avatar(of: Who | Face | FramePerson, size: str = "") -> SafeString:
    """The round sign of a person or an account; a name always stands beside it, so it is silent."""
    classes = " ".join(filter(None, ["avatar", "brandish" if isinstance(of, Face) else "", size]))
    return format_html(
        '<span class="{}" data-tone="{}" aria-hidden="true">{}</span>', classes, of.tone, of.initials
    )


@register.simple_tag
def state(word: str, prefix: str = "") -> SafeString:
    """A chip with the state's name, colour and icon. An unknown word is shown as it is."""
    tone, name, label = STATES.get(word, ("", "circle-dot", word))
    return chip(f"{prefix}{label}", tone, name)


@register.simple_tag
def chip(label: object, tone: str = "", name: str = "") -> SafeString:
    """A chip of a tone (`ok`, `warn`, `bad`, `info`, `seal` or none) with an icon."""
    drawing = icon(name) if name else ""
    return format_html('<span class="{}">{}{}</span>', f"chip {tone}".strip(), drawing, label)


@register.simple_tag
def signatures(given: int, needed: int) -> SafeString:
    """How many signatures a post has, of how many."""
    if given >= needed:
        return chip(ngettext("%(n)s signature", "%(n)s signatures", given) % {"n": given}, "ok", "stamp")
    words = ngettext("%(given)s of %(n)s signature", "%(given)s of %(n)s signatures", needed)
    return chip(words % {"given": given, "n": needed}, "warn", "stamp")


@register.simple_tag
def moment(at: datetime | None, form: str = "") -> SafeString:
    """A time element: today by its hour, this year by day and hour, else with the year. `form="ago"` says how long ago.

    The page shows the server's time zone; `page.js` rewrites it in the reader's own, naming that zone
    where its clock shows another hour, and keeps the server's in the title.
    """
    if at is None:
        return mark_safe("")
    local = timezone.localtime(at)
    shown = ago(local) if form == "ago" else clock(local)
    style = "ago" if form == "ago" else "clock"
    title = f"{date_format(local, 'j F Y, H:i')} {local.tzname() or ''}".strip()
    return format_html(
        '<time datetime="{}" data-moment="{}" title="{}">{}</time>', at.isoformat(), style, title, shown
    )


def clock(local: datetime) -> str:
    """A moment as short as it can be told."""
    now = timezone.localtime()
    if local.date() == now.date():
        return date_format(local, "H:i")
    return date_format(local, "D j M, H:i" if local.year == now.year else "j M Y, H:i")


def ago(local: datetime) -> str:
    """How long ago, or how long until, in the largest whole unit."""
    seconds = (timezone.now() - local).total_seconds()  # in UTC: two clocks of one zone are subtracted as if it had no summer
    amount, is_past = abs(seconds), seconds >= 0
    if amount < 60:
        return gettext("just now") if is_past else gettext("in a moment")
    for size, one, many in (
        (86400, "%(n)s day", "%(n)s days"),
        (3600, "%(n)s hour", "%(n)s hours"),
        (60, "%(n)s minute", "%(n)s minutes"),
    ):
        if amount >= size:
            number = int(amount // size)
            length = ngettext(one, many, number) % {"n": number}
            return (gettext("%(length)s ago") if is_past else gettext("in %(length)s")) % {"length": length}
    return ""


def _counted_lengths() -> tuple[str, ...]:
    """The words of `ago`, written out so that makemessages finds them."""
    return (
        ngettext("%(n)s day", "%(n)s days", 1),
        ngettext("%(n)s hour", "%(n)s hours", 1),
        ngettext("%(n)s minute", "%(n)s minutes", 1),
    )


@register.filter
def quoted(text: object) -> SafeString:
    """Somebody's own words, in the quotation marks of the reader's language."""
    return format_html(gettext("“{text}”"), text=text)


@register.filter
def words(text: str) -> SafeString:
    """A post's words as readers see them: lines kept, links and names coloured, nothing followed."""
    pieces, end = [], 0
    for match in _LINK.finditer(text):
        pieces.append(conditional_escape(text[end : match.start()]))
        pieces.append(format_html('<span class="link">{}</span>', match.group()))
        end = match.end()
    pieces.append(conditional_escape(text[end:]))
    return mark_safe("".join(pieces).replace("\r\n", "\n").replace("\n", "<br>"))  # noqa: S308  # every piece is escaped


@register.inclusion_tag("web/refused.html")
def refused(label: str, verdict: Verdict, icon_name: str = "", size: str = "") -> dict[str, object]:
    """A button that may not be used: visible, disabled, with its reason and what to do beside it."""
    return {"label": label, "verdict": verdict, "icon_name": icon_name, "size": size}


@register.inclusion_tag("web/action.html", takes_context=True)
def action(context: template.Context, deed: object, size: str = "") -> dict[str, object]:
    """A form of one button for an `Action`, or the same button refused."""
    return {"deed": deed, "size": size, "csrf_token": context.get("csrf_token", "")}


@register.inclusion_tag("web/field.html")
def field(name: str, label: str, value: str = "", **extra: object) -> dict[str, object]:
    """A labelled input. Extras: `type`, `help`, `mistake`, `required`, `optional`, `autocomplete`, `placeholder`, `css`, `rows`."""
    return {"name": name, "label": label, "value": value, "type": "text", **extra}


@register.inclusion_tag("web/select.html")
def select(name: str, label: str, choices: object, **extra: object) -> dict[str, object]:
    """A labelled select over `Choice` values. Extras: `help`, `mistake`."""
    return {"name": name, "label": label, "choices": choices, **extra}


@register.inclusion_tag("web/notice.html")
def notice(box: object) -> dict[str, object]:
    """A `Notice` in the page."""
    return {"box": box}


@register.inclusion_tag("web/timeline.html")
def timeline(events: object) -> dict[str, object]:
    """A diary of `Event` values."""
    return {"events": events}


@register.simple_tag
def duration(seconds: int) -> str:
    """A number of seconds in words."""
    if seconds >= 120 and seconds % 60 == 0:
        return ngettext("%(n)s minute", "%(n)s minutes", seconds // 60) % {"n": seconds // 60}
    return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}


@register.simple_tag
def product_languages() -> list[tuple[str, str]]:
    """The languages the product speaks."""
    return list(settings.LANGUAGES)
