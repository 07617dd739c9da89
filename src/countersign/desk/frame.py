"""What surrounds every page: the organisation, where one can go, who is signed in."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from countersign.access.grants import gate
from countersign.access.grants.models import Account, Grant
from countersign.access.grants.queries import role_name
from countersign.access.grants.rights import Right
from countersign.base.actor import PersonActor
from countersign.content.comments.queries import waiting_count
from countersign.content.posts.queries.reviewing import waits_for
from countersign.people.models import Person
from countersign.people.states import PersonState
from countersign.web.values import Frame, FrameOrganisation, FramePerson, NavItem, Notice

_NOTHING: Callable[[PersonActor], int] = lambda _actor: 0  # noqa: E731  # a name for *no count*
_SAFETY = _("Safety")

# name of the address, label, icon, group, the right without which it is not shown, what is counted beside it
_ITEMS: tuple[tuple[str, Any, str, Any, Right | None, Callable[[PersonActor], int]], ...] = (
    ("home", _("My work"), "house", "", None, _NOTHING),
    ("posts:list", _("Posts"), "layers", "", Right.POST_READ, _NOTHING),
    ("posts:new", _("Write a post"), "pencil-line", "", Right.POST_DRAFT, _NOTHING),
    ("review", _("Review"), "stamp", "", Right.POST_COUNTERSIGN, lambda actor: len(waits_for(actor))),
    ("comments:queue", _("Comments"), "message-square", "", Right.COMMENT_READ, lambda actor: waiting_count(actor)),
    ("grants:accounts", _("Accounts"), "key-round", _SAFETY, Right.ACCOUNT_READ, _NOTHING),
    ("grants:people", _("People"), "users", _SAFETY, Right.PERSON_READ, _NOTHING),
    ("grants:roster", _("Roster"), "fingerprint", _SAFETY, Right.PERSON_READ, _NOTHING),
    ("sessions", _("Sessions"), "smartphone", _SAFETY, None, _NOTHING),
    ("charter:charter", _("Charter"), "scroll-text", _SAFETY, None, _NOTHING),
    ("audit", _("Audit log"), "history", _SAFETY, Right.LOG_READ, _NOTHING),
    ("settings", _("Settings"), "settings", _SAFETY, None, _NOTHING),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `frame`, made only when a page asks for it."""
    return {"frame": SimpleLazyObject(lambda: _frame(request))}


def _frame(request: HttpRequest) -> Frame:
    organisation = FrameOrganisation(
        settings.ORGANISATION, Account.objects.count(), Person.objects.filter(state=PersonState.ACTIVE).count()
    )
    actor = getattr(request, "actor", None)
    if not isinstance(actor, PersonActor):
        return Frame(organisation, (), FramePerson(gettext("Nobody")))
    roles = sorted({role_name(role) for role in Grant.objects.filter(person__uid=actor.uid).values_list("role", flat=True)})
    person = FramePerson(actor.name, ", ".join(roles), reverse("security"))
    return Frame(organisation, tuple(_items(request, actor)), person, _warning())


def _warning() -> Notice | None:
    if not settings.IS_DEMONSTRATION:
        return None
    text = gettext("Its officers' keys lie on this disk and sign whatever comes. Never connect a real account here.")
    return Notice("warn", gettext("This is a demonstration"), text)


def _items(request: HttpRequest, actor: PersonActor) -> list[NavItem]:
    found, held = [], gate.rights_anywhere(actor)
    here = max((url for url in (reverse(item[0]) for item in _ITEMS) if request.path.startswith(url)), key=len, default="/")
    for name, label, icon, group, right, count in _ITEMS:
        if right is None or right in held:
            url = reverse(name)
            found.append(NavItem(url, str(label), icon, count(actor), url == here, str(group)))
    return found
