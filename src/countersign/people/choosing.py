"""What a form about a device offers to choose from, in the reader's words."""
from __future__ import annotations

from django.utils.translation import gettext

from countersign.base.words import _
from countersign.people.states import DeviceKind, Owner
from countersign.web.values import Choice

KINDS = {
    DeviceKind.COMPUTER: _("Computer"), DeviceKind.PHONE: _("Phone"), DeviceKind.TABLET: _("Tablet"),
    DeviceKind.KEY: _("Security key"),
}
OWNERS = {Owner.COMPANY: _("The company's"), Owner.PRIVATE: _("Private")}


def kind_choices(chosen: str) -> tuple[Choice, ...]:
    """What a device can be."""
    return tuple(Choice(kind.value, gettext(word), is_chosen=kind == chosen) for kind, word in KINDS.items())


def owner_choices(chosen: str = Owner.COMPANY) -> tuple[Choice, ...]:
    """Whose a device can be."""
    return tuple(Choice(owner.value, gettext(word), is_chosen=owner == chosen) for owner, word in OWNERS.items())


def kind_in_words(kind: str) -> str:
    """A kind of device in the reader's words."""
    return gettext(KINDS[DeviceKind(kind)])


def owner_in_words(owner: str) -> str:
    """Whose a device is, in the reader's words."""
    return gettext(OWNERS[Owner(owner)]) if owner else gettext("not said whose")
