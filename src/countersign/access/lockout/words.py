"""What is locked, in words for people."""
from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext

from countersign.access.grants.models import Account
from countersign.access.lockout.states import NETWORKS
from countersign.people.models import Device, Lock, Person, Session
from countersign.people.states import LockKind

NOBODY = UUID(int=0)


def what(lock: Lock) -> str:
    """What a lock denies: a name and what kind of thing it is."""
    target = lock.target or NOBODY
    match lock.kind:
        case LockKind.EVERYTHING:
            return gettext("everything and everybody")
        case LockKind.NETWORK:
            return gettext("the network {name}").format(name=gettext(NETWORKS.get(lock.network, lock.network)))
        case LockKind.ACCOUNT:
            account = Account.objects.filter(uid=target).first()
            return gettext("the account {name}").format(name=account.handle if account else "?")
        case LockKind.DEVICE:
            device = Device.objects.select_related("person").filter(uid=target).first()
            return gettext("{device}, a device of {name}").format(
                device=device.name if device else "?", name=device.person.name if device else "?"
            )
        case LockKind.SESSION:
            session = Session.objects.select_related("person").filter(uid=target).first()
            return gettext("a session of {name}").format(name=session.person.name if session and session.person else "?")
    person = Person.objects.filter(uid=target).first()
    return person.name if person else "?"
