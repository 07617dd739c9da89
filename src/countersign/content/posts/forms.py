"""Reading what was typed on the compose page."""
from __future__ import annotations

from datetime import MINYEAR, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import QueryDict

from countersign.base.errors import Invalid
from countersign.base.words import _
from countersign.content.posts.drafting import Content, Described
from countersign.content.posts.models import Post

_LANGUAGES = {"nl", "fr", "en", "de"}
_LAST_YEAR = 2100


def read(data: QueryDict, post: Post | None) -> Content:
    """The content of the form. Invalid when the zone or the release time is none, or is skipped by the change of the clocks."""
    uids = data.getlist("accounts")
    languages = {uid: data.get(f"language-{uid}", "nl") for uid in uids}
    pictures = list(post.attachments.select_related("file").order_by("position")) if post else []
    zone = _zone(data.get("time_zone", "Europe/Brussels"))
    return Content(
        texts={uid: _typed(data, f"text-{uid}").replace("\r\n", "\n") for uid in uids},
        languages={uid: language if language in _LANGUAGES else "nl" for uid, language in languages.items()},
        pictures=[Described(str(a.file.uid), _typed(data, f"alt-{a.file.uid}", a.alt)) for a in pictures],
        title=_typed(data, "title"),
        release_at=release_time(data, zone) if data.get("release") == "at" else None,
        zone=zone,
        answers=post.answers if post else None,
    )


def _typed(data: QueryDict, name: str, otherwise: str = "") -> str:
    """What was typed, without NUL, which no text holds and PostgreSQL does not take."""
    return str(data.get(name, otherwise)).replace("\x00", "")


def _zone(name: str) -> str:
    """The name, if there is such a time zone: whoever opens the post later needs it."""
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise Invalid(_("There is no such time zone."), field="time_zone") from error


def release_time(data: QueryDict, zone: str) -> datetime:
    """The moment that a day and a time on the wall mean in a time zone."""
    try:
        place = ZoneInfo(zone)
        wall = datetime.fromisoformat(f"{data.get('release_date', '')}T{data.get('release_time', '')}")
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise Invalid(_("Choose a day and a time."), field="release_date") from error
    if not MINYEAR < wall.year <= _LAST_YEAR:
        raise Invalid(_("Choose a day and a time."), field="release_date")
    moment = wall.replace(tzinfo=place)
    if moment.astimezone(ZoneInfo("UTC")).astimezone(place).replace(tzinfo=None) != wall:
        raise Invalid(_("The clocks are changed then; that time does not exist."), field="release_date")
    return moment
