"""Break-glass: a secret for one person alone, after a wait that stands in our own file, unless an officer says no.

Neither the caller nor the database is believed: who asked, for what and since when is read from our file, and every
signature is checked against our own roster.
"""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from countersign.access.glass import rules
from countersign.access.glass.rules import Pane, Standing
from countersign.access.vault.states import SHOWABLE
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.base.words import _
from countersign.calls import messages
from countersign.processes.broker.journal import Line
from countersign.processes.broker.office import Office
from countersign.processes.broker.revealing import REVEAL, opened_together
from countersign.processes.broker.vault import current, kind_of, now, require_at_work, sealed_lines, uid_of
from countersign.review.roster import OFFICER, REVIEWER, Signer
from countersign.review.statement import challenge, iso, moment
from countersign.review.verifying import Assertion, require_good

LINE = "glass"  # the kind of line in our file; `step` is asked or vetoed, and a line of REVEAL says that it was broken
_SHOWN_FOR = timedelta(days=30)
_CLOCKS_DIFFER = timedelta(minutes=2)


def read(office: Office, _call: messages.ReadGlass) -> messages.Glasses:
    """What was asked for alone within the last month."""
    return _told(office)


def ask(office: Office, call: messages.AskGlass) -> messages.Glasses:
    """Let somebody on the roster ask alone for the newest version of a secret that may be shown at all."""
    pane = Pane(
        uid_of(call.case), uid_of(call.account), uid_of(call.secret), kind_of(call.kind), tuple(call.versions), call.reason
    )
    with office.guard:
        signer = _signed(office, rules.ASK, pane, call.signed_at, call.assertion, roles=(OFFICER, REVIEWER))
        require_at_work(office, pane.account, [signer.person])
        _require_showable(office, pane)
        rules.require_may_ask([_standing(office, line) for line in _asked(office)], pane, signer.person, at=now())
        office.journal.append(LINE, {
            "step": "asked", "case": pane.case, "account": pane.account, "secret": pane.secret, "kind": pane.kind,
            "versions": list(pane.versions), "reason": pane.reason, "person": signer.person, "signed_at": call.signed_at,
            "assertion": Assertion.of(call.assertion).parts(), "at": iso(now()),
        })  # fmt: skip
    return _told(office)


def veto(office: Office, call: messages.VetoGlass) -> messages.Glasses:
    """End what somebody asks for. Any officer of the roster may, also one who cools off, and whoever asked."""
    with office.guard:
        one = _found(office, call.case)
        signer = _signed(office, rules.VETO, one.pane, call.signed_at, call.assertion, roles=())
        if OFFICER not in signer.roles and signer.person != one.person:
            raise Refused(_("Only an officer can say no to this."))
        rules.require_open(one, at=now())
        office.journal.append(LINE, {
            "step": "vetoed", "case": one.pane.case, "person": signer.person, "signed_at": call.signed_at,
            "assertion": Assertion.of(call.assertion).parts(), "at": iso(now()),
        })  # fmt: skip
    return _told(office)


def break_open(office: Office, call: messages.BreakGlass) -> messages.Revealed:
    """Show it once to whoever asked. A lock on that person, the account or its network refuses, as everywhere."""
    with office.guard:
        one = _found(office, call.case)
        signer = _signed(office, rules.BREAK, one.pane, call.signed_at, call.assertion, roles=(OFFICER, REVIEWER))
        rules.require_may_break(one, signer.person, at=now())
        require_at_work(office, one.pane.account, [signer.person])
        asked = [(uid_of(str(part.get("secret"))), part.get("kind"), part.get("version")) for part in call.versions]
        if asked != [(one.pane.secret, one.pane.kind, version) for version in one.pane.versions]:
            raise Refused(_("This is not what was asked for."))
        texts = [text.reveal() for text in opened_together(office, one.pane.account, call.versions)]
        office.journal.append(REVEAL, {
            "proposal": one.pane.case, "account": one.pane.account, "secret": one.pane.secret, "versions": list(one.pane.versions),
            "persons": [signer.person], "shown_to": signer.person, "nonces": [], "at": iso(now()),
        })  # fmt: skip
    return messages.Revealed(texts)


# --- what our file says ----------------------------------------------------------------------------------------------


def _asked(office: Office) -> list[Line]:
    return [line for line in office.journal.lines(LINE) if line.body["step"] == "asked"]


def _found(office: Office, case: str) -> Standing:
    name = uid_of(case)
    for line in office.journal.lines_where(LINE, "case", name):
        if line.body["step"] == "asked":
            return _standing(office, line)
    raise Conflict(_("Nobody asked for this here."))


def _standing(office: Office, line: Line) -> Standing:
    body = line.body
    pane = Pane(body["case"], body["account"], body["secret"], body["kind"], tuple(body["versions"]), body["reason"])
    return Standing(
        pane, body["person"], datetime.fromisoformat(body["at"]), is_vetoed=bool(_vetoed_by(office, body["case"])),
        is_broken=bool(office.journal.lines_where(REVEAL, "proposal", body["case"])),
    )  # fmt: skip


def _vetoed_by(office: Office, case: str) -> str:
    lines = office.journal.lines_where(LINE, "case", case)
    return next((str(line.body["person"]) for line in lines if line.body["step"] == "vetoed"), "")


def _told(office: Office) -> messages.Glasses:
    at = now()
    found = (_standing(office, line) for line in _asked(office))
    return messages.Glasses([_row(office, one, at) for one in found if at - one.asked_at < _SHOWN_FOR])


def _row(office: Office, one: Standing, at: datetime) -> dict[str, Any]:
    pane = one.pane
    return {
        "case": pane.case, "account": pane.account, "secret": pane.secret, "kind": pane.kind, "versions": list(pane.versions),
        "reason": pane.reason, "person": one.person, "asked_at": iso(one.asked_at), "ripe_at": iso(one.ripe_at),
        "ends_at": iso(one.ends_at), "state": one.state(at).value, "by": _vetoed_by(office, pane.case),
    }  # fmt: skip


# --- what is believed ------------------------------------------------------------------------------------------------


def _require_showable(office: Office, pane: Pane) -> None:
    if pane.kind not in SHOWABLE:
        raise Refused(_("Seeds and tokens are shown by no call."))
    kept = {(line.body["account"], line.body["kind"]) for line in sealed_lines(office, pane.secret)}
    if kept != {(pane.account, pane.kind)} or current(office, pane.secret) not in pane.versions:
        raise Refused(_("This is not the newest version of this secret that the broker has sealed."))


def _signed(
    office: Office, act: str, pane: Pane, signed_at: str, parts: dict[str, str], *, roles: tuple[str, ...]
) -> Signer:
    """Who signed this act over this pane, just now; without `roles` a passkey that does not count yet serves as well."""
    try:
        signed = moment(signed_at)
    except ValueError as error:
        raise Invalid(_("That is no statement of ours.")) from error
    if not now() - rules.SIGNED_WITHIN <= signed <= now() + _CLOCKS_DIFFER:
        raise Refused(_("That signature is not from now."), remedy=_("Sign again."))
    assertion = Assertion.of(parts)
    signer = _counting(office, assertion.credential_id, roles) if roles else office.roster.signers.get(assertion.credential_id)
    if signer is None:
        raise Refused(_("That passkey is not on the roster."))
    asked_for = challenge(rules.statement(act, pane, signed_at=signed_at), domain=rules.DOMAIN)
    require_good(assertion, challenge=asked_for, public_key=signer.public_key, party=office.party)
    return signer


def _counting(office: Office, credential: str, roles: tuple[str, ...]) -> Signer:
    *first, last = roles
    for role in first:
        try:
            return office.roster.signer(credential, role=role, at=now())
        except Refused:
            continue
    return office.roster.signer(credential, role=last, at=now())
