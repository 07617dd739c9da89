"""Asking a network how an account is protected there."""
from __future__ import annotations

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
