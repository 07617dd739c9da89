"""Asking a network how an account is protected there."""
from __future__ import annotations

import hashlib
from base64 import b64decode

from countersign.base.errors import Refused
from countersign.base.words import _
from countersign.calls import messages
from countersign.networks.contract import ReadsSecurity
from countersign.processes.broker.office import Office
from countersign.processes.broker.vault import uid_of


def read(office: Office, call: messages.ReadSecurity) -> messages.Security:
    """What the network tells of an account, with the account's own key. KeyRefused or Unreachable when it tells nothing."""
    connector, client = office.client(uid_of(call.account))
    if not isinstance(connector, ReadsSecurity):
        return messages.Security(is_told=False, email="", email_confirmed=False, second_factor="")
    told = connector.security(client)
    return messages.Security(
        is_told=bool(told.email or told.second_factor), email=told.email[:300], email_confirmed=told.email_confirmed,
        second_factor=told.second_factor,
    )  # fmt: skip


def open_picture(office: Office, call: messages.OpenPicture) -> messages.Opened:
    """The picture of a statement. It may show addresses and numbers, but opens no account: no signature is asked for it."""
    context = office.context(f"evidence:{uid_of(call.account)}", "picture", 1)
    content = office.key.open(call.sealed, context).reveal()
    if hashlib.sha256(b64decode(content)).hexdigest() != call.sha256:
        raise Refused(_("This is not the picture of that statement."))
    return messages.Opened(content)
