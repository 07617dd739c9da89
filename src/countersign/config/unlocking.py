"""`countersign locks`: what is locked, and lifting at the server where nobody can sign in any more, by two officers' codes."""
from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from countersign.access.lockout import lifting
from countersign.access.lockout.models import Case
from countersign.access.lockout.words import what
from countersign.access.vault.keykeeping import OPERATOR
from countersign.base.errors import CountersignError
from countersign.base.values import known_uuids
from countersign.people import proving
from countersign.people.models import Lock, Person
from countersign.people.states import PersonState

HELP = """countersign locks              what is locked
countersign locks lift CASE    lift a case here: two officers type a code of their app, or a recovery code"""


def main(words: Sequence[str]) -> int:
    """Do what the words say about locks."""
    if not words:
        return _show()
    if words[0] == "lift" and len(words) == 2:
        try:
            return _lift(words[1])
        except CountersignError as error:
            print(f"{error.what} {error.remedy}".strip(), file=sys.stderr)
            return 1
    print(HELP)
    return 2


def _show() -> int:
    locks = Lock.objects.filter(lifted_at=None).select_related("hold__case").order_by("since")
    for lock in locks:
        case = lock.hold.case.uid if hasattr(lock, "hold") else "-"
        print(f"{case}  {lock.since:%Y-%m-%d %H:%M}  {what(lock)}: {lock.reason}")
    if not locks:
        print("Nothing is locked.")
    return 0


def _lift(name: str) -> int:
    case = Case.objects.filter(uid__in=known_uuids([name])).first()
    if case is None:
        print("There is no such case. See: countersign locks", file=sys.stderr)
        return 1
    officers = [_officer("First officer"), _officer("Second officer (empty if there is only one)")]
    shown = [officer for officer in officers if officer is not None]
    count = lifting.lift_at_server(OPERATOR, case, shown, reason=input("Why it may be lifted: "), at=datetime.now(UTC))
    print(f"Lifted: {count}. Sessions, keys and signatures that ended stay ended.")
    return 0


def _officer(label: str) -> Person | None:
    """Somebody who types their mail address and a code, which is spent; None for an empty line."""
    email = input(f"{label}, mail address: ").strip().lower()
    if not email:
        return None
    person = Person.objects.filter(email=email, state=PersonState.ACTIVE).first()
    code = getpass.getpass("A code of their app, or a recovery code: ")
    if person is None:
        print("Nobody active has that mail address.", file=sys.stderr)
        return None
    proving.use_code(OPERATOR, person, code, at=datetime.now(UTC))
    return person
