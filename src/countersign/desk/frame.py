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

from countersign.access.devices.queries import waiting_count as devices_waiting
from countersign.access.glass import queries as glass
from countersign.access.grants import gate
from countersign.access.grants.models import Account, Grant
from countersign.access.grants.rights import Right
from countersign.access.grants.roles import role_name
from countersign.access.grants.roster_queries import alone_notice
from countersign.access.recovery.queries import waiting_count as events_waiting
from countersign.base.actor import PersonActor
from countersign.content.comments.queries import waiting_count
from countersign.content.posts.queries.reviewing import waits_for
from countersign.desk.signon.queries import button
from countersign.people.models import Person
from countersign.people.states import PersonState
from countersign.web.values import ALLOWED, Frame, FrameOrganisation, FramePerson, NavItem, Notice, Verdict

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
    ("recovery:list", _("Recovery"), "life-buoy", _SAFETY, Right.RECOVERY_READ, lambda _actor: events_waiting()),
    ("grants:people", _("People"), "users", _SAFETY, Right.PERSON_READ, _NOTHING),
    ("devices:register", _("Devices"), "monitor-smartphone", _SAFETY, Right.DEVICE_READ, lambda _actor: devices_waiting()),
    ("lockout:locks", _("Locks"), "lock", _SAFETY, Right.LOCK_READ, _NOTHING),
    ("departures:list", _("Departures"), "user-minus", _SAFETY, Right.DEPARTURE_READ, _NOTHING),
    ("grants:roster", _("Roster"), "fingerprint", _SAFETY, Right.PERSON_READ, _NOTHING),
    ("sessions", _("Sessions"), "smartphone", _SAFETY, None, _NOTHING),
    ("charter:charter", _("Charter"), "scroll-text", _SAFETY, None, _NOTHING),
    ("audit", _("Audit log"), "history", _SAFETY, Right.LOG_READ, _NOTHING),
    ("settings", _("Settings"), "settings", _SAFETY, None, _NOTHING),
)
# What is about the whole house: whoever holds such a right on single accounts sees the item closed, with the reason.
_OF_THE_HOUSE = frozenset(
    {Right.DEPARTURE_READ, Right.DEVICE_READ, Right.LOCK_READ, Right.LOG_READ, Right.PERSON_READ, Right.RECOVERY_READ}
)
# Pages that belong to an item though their address does not begin with its own.
_WITHIN = {"posts:review": "review", "security": "settings"}


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `frame`, and the button of sign-on, each made only when a page asks for it."""
    return {"frame": SimpleLazyObject(lambda: _frame(request)), "sign_on_button": button}


def _frame(request: HttpRequest) -> Frame:
    actor = getattr(request, "actor", None)
    if not isinstance(actor, PersonActor):  # who is not signed in is told no figures, even where the database is gone
        return Frame(FrameOrganisation(settings.ORGANISATION, 0, 0), (), FramePerson(gettext("Nobody")))
    organisation = FrameOrganisation(
        settings.ORGANISATION, Account.objects.count(), Person.objects.filter(state=PersonState.ACTIVE).count()
    )
    roles = sorted({role_name(role) for role in Grant.objects.filter(person__uid=actor.uid).values_list("role", flat=True)})
    person = FramePerson(actor.name, ", ".join(roles), reverse("security"))
    return Frame(organisation, tuple(_items(request, actor)), person, _warning(actor))


def _warning(actor: PersonActor) -> Notice | None:
    """The most urgent thing that every page says."""
    if (alone := alone_notice(actor) or glass.notice(actor)) is not None:
        return alone
    if not settings.IS_DEMONSTRATION:
        return None
    text = gettext("Its officers' keys lie on this disk and sign whatever comes. Never connect a real account here.")
    return Notice("warn", gettext("This is a demonstration"), text)


def _items(request: HttpRequest, actor: PersonActor) -> list[NavItem]:
    held = gate.rights_anywhere(actor)
    house = gate.rights_in_house(actor) if held & _OF_THE_HOUSE else frozenset[Right]()
    shown_items = [item for item in _ITEMS if item[4] is None or item[4] in held]
    here = _here(request, {item[0]: reverse(item[0]) for item in shown_items})
    return [
        NavItem(reverse(name), str(label), icon, count(actor), name == here, str(group), _may_follow(right, house))
        for name, label, icon, group, right, count in shown_items
    ]


def _may_follow(right: Right | None, house: frozenset[Right]) -> Verdict:
    is_open = right not in _OF_THE_HOUSE or right in house
    return ALLOWED if is_open else Verdict(False, gettext("Takes a role for the whole house."))


def _here(request: HttpRequest, urls: dict[str, str]) -> str:
    """The item that this page belongs to: the one named for it, or the longest address that its own begins with."""
    match = request.resolver_match
    within = _WITHIN.get(match.view_name, "") if match else ""
    above = [name for name, url in urls.items() if request.path == url or (url != "/" and request.path.startswith(url))]
    return within if within in urls else max(above, key=lambda name: len(urls[name]), default="")
