"""Calls about an account's secrets: sealed, opened in the one place where they belong, used for a code.

The database is not believed about which version is the newest: our own file says so, and an older one put back is refused.
"""
from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from countersign.access.vault.states import SecretKind
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.base.values import Secret, known_uuids
from countersign.base.words import _
from countersign.calls import messages
from countersign.people.models import Person
from countersign.people.queries import locks_on
from countersign.people.states import PersonState
from countersign.processes.broker import seeds
from countersign.processes.broker.office import Office
from countersign.review.statement import iso

SEALED, ROTATION, CODE = "sealed", "rotation", "code"  # kinds of lines in our file
_LONGEST = 4000  # characters of a secret


# --- sealing and opening ---------------------------------------------------------------------------------------------


def seal(office: Office, call: messages.SealSecret) -> messages.SealedSecret:
    """Seal what somebody entered. Invalid when it cannot be what it is said to be."""
    account, secret, kind = uid_of(call.account), uid_of(call.secret), kind_of(call.kind)
    text = seeds.clean(call.text) if kind == SecretKind.TOTP_SEED else call.text
    if not text or len(text) > _LONGEST:
        raise Invalid(_("Enter the secret."), field="value")
    with office.one_at_a_time(secret):
        return kept_as_new(office, account, secret, kind, call.version, Secret(text), rotation="")


def kept_as_new(
    office: Office, account: str, secret: str, kind: str, version: int, text: Secret, *, rotation: str
) -> messages.SealedSecret:
    """Seal it under the next free number, and write that number down first. What a person entered is in the database
    alone; what nobody knows yet is kept whole in our file."""
    version = max(version, 1 + max((line.body["version"] for line in sealed_lines(office, secret)), default=0))
    sealed = office.key.seal(text, office.context(owner_of(account, secret), kind, version))
    kept = sealed if rotation else ""
    office.journal.append(SEALED, {
        "account": account, "secret": secret, "kind": kind, "version": version, "sealed": kept, "rotation": rotation,
        "at": iso(now()),
    })  # fmt: skip
    return messages.SealedSecret(sealed, version)


def opened(office: Office, account: str, part: Mapping[str, Any], *, older: bool = False, pending: bool = False) -> Secret:
    """Open a version of a secret of this account.

    Refused when it belongs elsewhere, was changed, or is not the newest; `pending` lets in one that a rotation has made and
    no network has yet, `older` one that is only tried to show that it is dead.
    """
    account, secret, kind = uid_of(account), uid_of(str(part.get("secret"))), kind_of(str(part.get("kind")))
    version = part.get("version")
    if type(version) is not int:
        raise Invalid(_("That is no version of a secret."))
    newest = current(office, secret)
    is_pending = any(line.body["version"] == version for line in _pending(office, secret))
    if not (version == newest or (pending and is_pending) or (older and version < newest)):
        raise Refused(
            _("This is not the newest version of this secret that the broker has sealed."),
            remedy=_("Somebody put an older one back, or the newest never arrived: enter it again."),
        )
    return office.key.open(str(part.get("sealed")), office.context(owner_of(account, secret), kind, version))


def current(office: Office, secret: str) -> int:
    """The newest version of a secret that counts, by our own file; 0 when there is none."""
    pending = {line.number for line in _pending(office, secret)}
    return max((line.body["version"] for line in sealed_lines(office, secret) if line.number not in pending), default=0)


def sealed_lines(office: Office, secret: str) -> tuple[Any, ...]:
    return office.journal.lines_where(SEALED, "secret", secret)


def _pending(office: Office, secret: str) -> list[Any]:
    """What rotations have made and no network was given yet."""
    done = {line.body["rotation"] for line in office.journal.lines_where(ROTATION, "secret", secret) if line.body["step"] == "changed"}
    return [line for line in sealed_lines(office, secret) if line.body["rotation"] and line.body["rotation"] not in done]


def owner_of(account: str, secret: str) -> str:
    return f"account:{account}/secret:{secret}"


# --- a code of thirty seconds ----------------------------------------------------------------------------------------


def give_code(office: Office, call: messages.GiveCode) -> messages.Code:
    """The code of now, once, for somebody who is at work here and not locked. The seed stays where it is."""
    account, person, secret = uid_of(call.account), uid_of(call.person), uid_of(str(call.seed.get("secret")))
    require_at_work(office, account, [person])
    if kind_of(str(call.seed.get("kind"))) != SecretKind.TOTP_SEED:
        raise Refused(_("Only a TOTP seed makes codes."))
    seed = opened(office, account, call.seed)
    step = int(time.time()) // seeds.STEP
    with office.one_at_a_time(secret):
        if any(line.body["step"] == step for line in office.journal.lines_where(CODE, "secret", secret)[-1:]):
            raise Conflict(_("The code of this half minute was given already."), remedy=_("Wait for the next one."))
        office.journal.append(CODE, {"secret": secret, "person": person, "step": step})
    ends_at = datetime.fromtimestamp((step + 1) * seeds.STEP, UTC)
    return messages.Code(seeds.code(seed, step), iso(ends_at))


def require_at_work(office: Office, account: str, persons: list[str]) -> None:
    """Raise Refused unless all of them are active here, and no lock stands on them, the account or its network."""
    network = office.credentials(account).credentials.identity.network if is_connected(office, account) else ""
    if locks_on(persons=persons, accounts=[account], networks=[network] if network else []):
        raise Refused(_("A lock stands on the account, or on whoever asks for this."))
    if Person.objects.filter(uid__in=persons, state=PersonState.ACTIVE).count() < len(set(persons)):
        raise Refused(_("Whoever asks for this is not at work here."))


# --- small things ----------------------------------------------------------------------------------------------------


def is_connected(office: Office, account: str) -> bool:
    try:
        office.credentials(account)
    except Refused:
        return False
    return True


def uid_of(text: str) -> str:
    """A UUID in the one spelling there is: the log and our file go by one name. Invalid for what is none."""
    found = known_uuids([text])
    if not found:
        raise Invalid(_("That names nothing here."))
    return str(found[0])


def kind_of(text: str) -> str:
    if text not in set(SecretKind):
        raise Invalid(_("There is no such kind of secret."))
    return text


def now() -> datetime:
    return datetime.now(UTC)
