"""Which roles somebody has, in words and as a question. Light enough for every process: no page's values are loaded."""
from __future__ import annotations

from django.utils.translation import gettext

from countersign.access.grants.rights import ROLE_WORDS, Role
from countersign.people.models import Person


def role_name(role: str) -> str:
    """A role in the reader's words."""
    return gettext(ROLE_WORDS[Role(role)][0])


def is_signer(person: Person) -> bool:
    """Whether a person may sign anything: their sessions idle for a shorter time."""
    return person.grants.filter(role__in=[Role.REVIEWER, Role.OFFICER]).exists()


def roles_in_words(person: Person) -> str:
    """A person's roles in one line: *author, reviewer*."""
    roles = sorted(set(person.grants.values_list("role", flat=True)))
    return ", ".join(role_name(role).lower() for role in roles)
