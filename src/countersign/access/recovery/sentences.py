"""Small pieces of the pages of recovery: what the API told, why a mailbox is not read, what spoke against a mail."""
from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext

from countersign.access.grants.models import Account
from countersign.access.grants.queries import may
from countersign.access.grants.rights import Right
from countersign.access.grants.states import AccountState
from countersign.access.recovery.models import Mail, Mailbox, Recovery
from countersign.access.recovery.states import MailboxState, Outcome
from countersign.base.actor import PersonActor
from countersign.inspection.mails.reasons import SENTENCES, Reason
from countersign.networks.contract import ReadsSecurity
from countersign.networks.registry import CONNECTORS
from countersign.people.models import Lock
from countersign.people.states import LockKind
from countersign.web import values


def is_frozen(account: Account) -> bool:
    """Whether a lock stands on this very account."""
    return Lock.objects.filter(kind=LockKind.ACCOUNT, target=account.uid, lifted_at=None).exists()


def ask_action(actor: PersonActor, account: Account) -> values.Action | None:
    """The button that asks the network's API, where it has one that tells."""
    if not isinstance(CONNECTORS.get(account.network), ReadsSecurity) or account.state == AccountState.DISCONNECTED:
        return None
    url = reverse("recovery:compare", args=[account.uid])
    return values.Action(gettext("Ask the network now"), url, may=may(actor, Right.RECOVERY_LOOK, on=None))


def told(row: Recovery | None) -> str:
    """What the network's API said last."""
    if row is None or row.told_at is None:
        return ""
    if not row.told_address:
        return gettext("The network tells us no address with the key that we hold.")
    if row.is_told_confirmed is False:
        return gettext("{address}, which it has not confirmed").format(address=row.told_address)
    return row.told_address


def reason(code: str) -> str:
    """What spoke against a mail, or for it."""
    return gettext(SENTENCES[Reason(code)]) if code in set(Reason) else code


def event_url(mail: Mail) -> str:
    """The event that a mail raised."""
    return reverse("recovery:event", args=[mail.event.uid]) if mail.outcome == Outcome.UNEXPLAINED and hasattr(mail, "event") else ""


def mailbox_notice(mailbox: Mailbox) -> values.Notice | None:
    """Why a mailbox is not read: the two troubles want different people."""
    text = gettext(mailbox.trouble) if mailbox.trouble else ""
    match mailbox.state:
        case MailboxState.SHUT:
            return values.Notice("bad", gettext("The server takes this password or token no longer"), text)
        case MailboxState.SILENT:
            return values.Notice("bad", gettext("It has not been read for a quarter of an hour"), text)
        case MailboxState.WATCHED if text:
            return values.Notice("warn", gettext("The server could not be reached just now; it is tried again"), text)
    return None
