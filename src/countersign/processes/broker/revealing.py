"""A secret shown to one person, once: believed only with two persons' passkeys over exactly this, and written down first.

Both statements are rebuilt from nothing but themselves: they say the same, name this account and this secret, and come from
two different persons of our own roster, at least one of them an officer. A proposal is good for one reveal in a life.
"""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from countersign.access.vault.states import SHOWABLE
from countersign.base.errors import Conflict, Refused
from countersign.base.values import Secret, canonical
from countersign.base.words import _
from countersign.calls import messages
from countersign.processes.broker.office import Office
from countersign.processes.broker.vault import current, kind_of, now, opened, require_at_work, uid_of
from countersign.review.roster import OFFICER, REVIEWER, Roster, Signer
from countersign.review.statement import challenge, iso, moment
from countersign.review.verifying import Assertion, require_good

ACT = "secret.check_out"
REVEAL = "reveal"  # the kind of line in our file
_PARTS = {
    "v": int, "act": str, "signer": str, "proposed_by": str, "proposal": str, "matter": str, "account": str,
    "content": dict, "reason": str, "nonce": str, "signed_at": str, "expires_at": str,
}
_OWN = {"signer", "nonce", "signed_at"}  # what two signers' statements differ in
_CLOCKS_DIFFER = timedelta(minutes=2)


def reveal(office: Office, call: messages.Reveal) -> messages.Revealed:
    """Open what two people signed for. Conflict when it was shown before: with the line in our file it counts as shown."""
    account = uid_of(call.account)
    statement = _agreed(call.statements)
    with office.guard:
        persons = _signers(office, call)
        _require_over(statement, account, call.versions, persons)
        require_at_work(office, account, sorted(persons))
        proposal = uid_of(statement["proposal"])
        if office.journal.lines_where(REVEAL, "proposal", proposal):
            raise Conflict(_("This was shown once already."), remedy=_("Propose another check-out."))
        texts = [text.reveal() for text in opened_together(office, account, call.versions)]
        office.journal.append(REVEAL, {
            "proposal": proposal, "account": account, "secret": statement["content"]["secret"],
            "versions": statement["content"]["versions"], "persons": sorted(persons), "shown_to": statement["proposed_by"],
            "nonces": [one["nonce"] for one in call.statements], "at": iso(now()),
        })  # fmt: skip
    return messages.Revealed(texts)


def opened_together(office: Office, account: str, versions: list[dict[str, Any]]) -> list[Secret]:
    """Older versions only beside the one that counts: where somebody changes it by hand, who signs in with the old one."""
    secret = uid_of(str(versions[0].get("secret"))) if versions else ""
    has_newest = any(part.get("version") == current(office, secret) for part in versions)
    return [opened(office, account, part, older=has_newest, pending=True) for part in versions]


def _agreed(statements: list[dict[str, Any]]) -> dict[str, Any]:
    """What both say, if both are statements of ours about this act, and say the same."""
    if len(statements) != 2:
        raise Refused(_("This takes two signatures."))
    for one in statements:
        if set(one) != set(_PARTS) or any(type(one[name]) is not kind for name, kind in _PARTS.items()):
            raise Refused(_("That is no statement of ours."))
        if one["v"] != 1 or one["act"] != ACT:
            raise Refused(_("That statement lets nothing be shown."))
        _require_current(one, now())
    first, second = ({name: value for name, value in one.items() if name not in _OWN} for one in statements)
    if first != second or statements[0]["nonce"] == statements[1]["nonce"]:
        raise Refused(_("The signatures are over different things."))
    return statements[0]


def _require_current(statement: dict[str, Any], at: datetime) -> None:
    try:
        canonical(statement)
        signed_at, expires_at = moment(statement["signed_at"]), moment(statement["expires_at"])
    except ValueError as error:
        raise Refused(_("That is no statement of ours.")) from error
    if signed_at > at + _CLOCKS_DIFFER:
        raise Refused(_("That was signed in the future."))
    if at >= expires_at:
        raise Refused(_("What was signed has expired."), remedy=_("Propose it again."))


def _signers(office: Office, call: messages.Reveal) -> set[str]:
    """The two persons whose passkeys signed, by our own roster; one of them is an officer."""
    if len(call.assertions) != 2:
        raise Refused(_("This takes two signatures."))
    persons, has_officer = set[str](), False
    for statement, parts in zip(call.statements, call.assertions, strict=True):
        assertion = Assertion.of(parts)
        signer, role = _on_roster(office.roster, assertion.credential_id, min(now(), moment(statement["signed_at"])))
        if signer.person != statement["signer"]:
            raise Refused(_("That passkey is another person's."))
        require_good(assertion, challenge=challenge(statement), public_key=signer.public_key, party=office.party)
        persons.add(signer.person)
        has_officer = has_officer or role == OFFICER
    if len(persons) != 2:
        raise Refused(_("Nobody countersigns their own."))
    if not has_officer:
        raise Refused(_("One of the two must be a security officer."))
    return persons


def _on_roster(roster: Roster, credential: str, at: datetime) -> tuple[Signer, str]:
    try:
        return roster.signer(credential, role=OFFICER, at=at), OFFICER
    except Refused:
        return roster.signer(credential, role=REVIEWER, at=at), REVIEWER


def _require_over(statement: dict[str, Any], account: str, versions: list[dict[str, Any]], persons: set[str]) -> None:
    content = statement["content"]
    asked = {(str(part.get("secret")), str(part.get("kind"))) for part in versions}
    if statement["account"] != account or asked != {(content.get("secret"), content.get("kind"))}:
        raise Refused(_("This is not what was signed."))
    if [part.get("version") for part in versions] != content.get("versions"):
        raise Refused(_("This is not the version that was signed."), remedy=_("Propose it again."))
    if statement["proposed_by"] not in persons:
        raise Refused(_("Who proposed this has not signed it."))
    if kind_of(str(content.get("kind"))) not in SHOWABLE:
        raise Refused(_("Seeds and tokens are shown by no call."))
