"""Erasing: take somebody's personal data out of the log and leave the log whole.

What is erased stands outside the leaves, so the tree does not change. An entry says which parts were erased; a part that
is missing without one is reported as tampering.
"""
from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from countersign.audit.models import Entry
from countersign.audit.recording import Record

_AT_ONCE = 500


def erase(record: Record, numbers: Iterable[int], *, matter: object) -> int:
    """Erase the personal parts of these entries inside an open record; return how many there were.

    `matter` is whom it is about. Whoever opened the record has asked the gate. Nothing is noted when nothing was there.
    """
    wanted = sorted(set(numbers))
    erased = [number for start in range(0, len(wanted), _AT_ONCE) for number in _erase(wanted[start : start + _AT_ONCE])]
    if erased:
        record("personal.erased", matter, entries=erased, count=len(erased))
    return len(erased)


def about(person: str) -> list[int]:
    """The numbers of the entries with personal data that `person:<uid>` made or that are about them."""
    rows = Entry.objects.filter(Q(actor=person) | Q(matter=person), personal__isnull=False)
    return list(rows.order_by("number").values_list("number", flat=True))


def _erase(numbers: list[int]) -> list[int]:
    rows = Entry.objects.filter(number__in=numbers, personal__isnull=False)
    found = list(rows.order_by("number").values_list("number", flat=True))
    rows.update(personal=None, salt=None)
    return found
