"""A house with a password in its vault, and what people do alone about it."""
from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from countersign.access.glass import breaking, jobs, rules
from countersign.access.glass.models import Glass
from countersign.access.glass.rules import Pane
from countersign.access.vault import entering, parts
from countersign.access.vault.models import Secret
from countersign.base.actor import PersonActor
from countersign.base.values import Secret as Text
from countersign.processes.broker.journal import Journal
from countersign.review.statement import challenge, iso
from countersign.review.verifying import Assertion
from tests.house import House, now

PASSWORD, WHY = "de-oude-ketel-van-1894", "The network asks for it, and Kim does not answer."


def kept(house: House, kind: str = "password", value: str = PASSWORD) -> Secret:
    account = house.account  # type: ignore[attr-defined]
    return entering.enter(house.actor("Kim"), account, kind, Text(value), label=uuid4().hex[:8], at=now())


def asked(house: House, secret: Secret, name: str = "Ben", *, case: UUID | None = None) -> Glass:
    """Somebody asks for it alone, now."""
    actor = house.actor(name)
    statement = breaking.statement_for(actor, secret, case=case or uuid4(), reason=WHY, at=now())
    return breaking.ask(actor, secret, statement, signed(house, actor, statement), reason=WHY, at=now())


def asked_ago(house: House, secret: Secret, ago: timedelta, name: str = "Ben") -> Glass:
    """The same, that long ago: the broker's file is given the line it would have written then. The words never came here."""
    actor, at = house.actor(name), now() - ago
    pane = Pane(str(uuid4()), str(secret.account.uid), str(secret.uid), secret.kind, (parts.current_of(secret).version,), rules.digest_of(WHY))
    assertion = signed(house, actor, rules.statement(rules.ASK, pane, signed_at=iso(at)))
    house.broker.end()
    with Journal(house.broker.journal) as journal:
        journal.append("glass", {
            "step": "asked", "case": pane.case, "account": pane.account, "secret": pane.secret, "kind": pane.kind,
            "versions": list(pane.versions), "reason": pane.reason, "person": actor.uid, "signed_at": iso(at),
            "assertion": assertion.parts(), "at": iso(at),
        })  # fmt: skip
    house.broker.start()
    jobs.follow(now())
    return Glass.objects.select_related("secret__account", "asked_by").get(uid=pane.case)


def signed(house: House, actor: PersonActor, statement: dict[str, object]) -> Assertion:
    return Assertion.of(house.keys[actor.uid].sign(challenge(statement, domain=rules.DOMAIN)))


def no(house: House, name: str, glass: Glass) -> None:
    actor, statement = house.actor(name), breaking.question_about(glass, rules.VETO, at=now())
    breaking.say_no(actor, glass, statement, signed(house, actor, statement), at=now())


def broken(house: House, name: str, glass: Glass, *, at: datetime | None = None) -> list[str]:
    """What is shown to somebody who breaks it."""
    actor, statement = house.actor(name), breaking.question_about(glass, rules.BREAK, at=now())
    shown = breaking.take(actor, glass, statement, signed(house, actor, statement), at=at or now())
    return [text.reveal() for _number, text in shown]
