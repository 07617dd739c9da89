"""Calls about comments: reading threads, hiding, showing and deleting."""
from __future__ import annotations

from dataclasses import asdict
from typing import Any

from countersign.access.grants.models import Account
from countersign.base.errors import (
    CountersignError,
    Invalid,
    KeyRefused,
    NetworkError,
    OutcomeUnknown,
    Refused,
    Rejected,
)
from countersign.base.values import RemoteId, known_uuids
from countersign.base.words import _
from countersign.calls import messages
from countersign.networks.contract import DeletesComments, HidesComments, Identity, Thread
from countersign.processes.broker import locks
from countersign.processes.broker.office import Office
from countersign.review.statement import iso


def collect(office: Office, call: messages.Collect) -> messages.Threads:
    """Read the threads asked for, and those with news. One thread that cannot be read does not stop the others."""
    connector, client = office.client(call.account)
    news = connector.mentions(client, cursor=call.cursor)
    threads, failures = [], list[NetworkError]()
    roots = list(dict.fromkeys([*call.roots, *news.roots]))
    for root in roots:
        try:
            threads.append(thread_content(connector.thread(client, RemoteId(root))))
        except KeyRefused:
            raise
        except NetworkError as error:
            failures.append(error)
    if failures and not threads:
        raise failures[0]
    return messages.Threads(threads, call.cursor if failures else news.cursor)


def thread_content(thread: Thread) -> dict[str, Any]:
    """A thread as JSON: times as ISO 8601 in UTC."""
    comments = [
        {**asdict(c), "at": iso(c.at), "edited_at": iso(c.edited_at) if c.edited_at else ""} for c in thread.comments
    ]
    return {"on": thread.on, "is_whole": thread.is_whole, "root_is_gone": thread.root_is_gone, "comments": comments}


def act(office: Office, call: messages.ActOnComment) -> messages.Outcome:
    """Hide, show or delete a reader's comment where the network can; else `by_hand`, never a false success. Refused while
    a lock stands on the account or on whoever decided it."""
    comment, root, by, account = RemoteId(call.comment), RemoteId(call.root), locks.person(call.by), _account(call.account)

    def require_free(_identity: Identity) -> None:
        locks.require_free(account, by=by)

    try:
        connector, keyed = office.client(str(account.uid))
        client = keyed.behind(lambda inner: locks.Guarded(inner, office.barrier, require_free))
        match call.deed:
            case "hide" if isinstance(connector, HidesComments):
                connector.hide(client, comment, root=root)
                return messages.Outcome("hidden")
            case "show" if isinstance(connector, HidesComments):
                connector.show(client, comment, root=root)
                return messages.Outcome("kept")
            case "delete" if isinstance(connector, DeletesComments):
                connector.delete_comment(client, comment)
                return messages.Outcome("hidden")
            case _:
                return messages.Outcome("by_hand", why=_("This network does not let us do that."))
    except OutcomeUnknown as error:
        return messages.Outcome("unconfirmed", why=error.what)
    except (Rejected, KeyRefused) as error:
        return messages.Outcome("by_hand", why=error.what, key_refused=isinstance(error, KeyRefused))
    except Refused:
        raise  # nothing was done, and whoever asked is told why
    except CountersignError as error:
        return messages.Outcome("unconfirmed", why=error.what)


def _account(name: str) -> Account:
    account = Account.objects.filter(uid__in=known_uuids([name])).first()
    if account is None:
        raise Invalid(_("There is no such account."))
    return account
