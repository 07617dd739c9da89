"""Reset drills: announced by an officer, passed by the network's own mail within ten minutes, failed without it."""
from __future__ import annotations

from datetime import datetime

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.recovery import rules
from countersign.access.recovery.models import Drill, Mail, Mailbox
from countersign.access.recovery.states import DrillState, MailboxState
from countersign.audit.recording import recorded
from countersign.base.actor import DutyActor, PersonActor
from countersign.base.errors import Conflict
from countersign.base.words import _
from countersign.people.models import Person

NOT_READ = _("No role mailbox could be read meanwhile: look at its page first.")
FORGED_CAME = _("A mail came that says it is the network's, and whose signature does not hold: look at it in the mailbox. The network's own sender may be missing from this account's settings.")
ELSEWHERE = _("A reset mail of this network came, for another account or for one that could not be told: look at it in the mailbox.")
NOTHING_CAME = _("No reset mail came. Look in the mailbox's folder for unwanted mail; then, at the network, which address and phone stand there: it may have gone to somebody.")


def announce(actor: PersonActor, account: Account, *, at: datetime) -> Drill:
    """Announce a drill; from now on the network's reset mail is awaited. Conflict without a mailbox that is read, or while
    another drill of this account is under way."""
    with recorded(actor, at=at, matter=account, account=account) as record:
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
        if not Mailbox.objects.filter(state=MailboxState.WATCHED).exists():
            raise Conflict(_("No role mailbox is read now, so no mail would be seen."), remedy=_("Connect it first."))
        if Drill.objects.under_way().filter(account=account).exists():
            raise Conflict(_("A drill of this account is under way."), remedy=_("Wait for it, or cancel it."))
        drill = Drill.objects.create(
            account=account, announced_by=Person.objects.get(uid=actor.uid), announced_at=at, until=at + rules.DRILL_LASTS,
            state=DrillState.ANNOUNCED, state_since=at,
        )
        record("reset_drill.announced", drill, account=account)
        return drill


def cancel(actor: PersonActor, drill: Drill, *, at: datetime) -> None:
    """Call a drill off. A reset mail that comes all the same is unexplained. Conflict once it is over."""
    with recorded(actor, at=at, matter=drill, account=drill.account) as record:
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
        drill.move(DrillState.CANCELLED, at=at)
        record("reset_drill.cancelled", drill, account=drill.account)


def pass_by(actor: DutyActor, drill: Drill, mail: Mail, *, at: datetime) -> None:
    """The network's own mail arrived in time: the drill is passed, and its figure kept."""
    with recorded(actor, at=at, matter=drill, account=drill.account) as record:
        gate.require(actor, Right.RECOVERY_WATCH, on=None)
        seconds = max(0.0, (mail.received_at - drill.announced_at).total_seconds())
        drill.move(DrillState.PASSED, at=at, mail=mail, seconds=seconds)
        record("reset_drill.passed", drill, account=drill.account, seconds=round(seconds))


def fail(actor: DutyActor, drill: Drill, *, at: datetime) -> None:
    """No genuine mail came within ten minutes; says where to look. Conflict when it came after all, or was called off."""
    with recorded(actor, at=at, matter=drill, account=drill.account) as record:
        gate.require(actor, Right.RECOVERY_WATCH, on=None)
        drill.move(DrillState.FAILED, at=at, why=_where_to_look(drill))
        record("reset_drill.failed", drill, account=drill.account)


def _where_to_look(drill: Drill) -> str:
    if not Mailbox.objects.filter(state=MailboxState.WATCHED, read_at__gt=drill.until).exists():
        return NOT_READ
    came = Mail.objects.filter(received_at__gte=drill.announced_at, received_at__lte=drill.until, network=drill.account.network)
    if came.filter(kind="reset", verdict="genuine").exclude(account=drill.account).exists():
        return ELSEWHERE
    return FORGED_CAME if came.exclude(verdict="genuine").exists() else NOTHING_CAME
