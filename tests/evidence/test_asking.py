"""The broker asks the network how an account is protected."""
from __future__ import annotations

from uuid import uuid4

import pytest

from countersign.base.errors import Refused
from countersign.calls import client, messages
from tests.house import House


def test_the_broker_tells_what_the_network_says(brewery: House) -> None:
    account = str(brewery.account.uid)  # type: ignore[attr-defined]
    assert client.ask(messages.ReadSecurity(account)) == messages.Security(
        is_told=True, email="social@delinde.example", email_confirmed=True, second_factor="on"
    )
    brewery.network.protect(second_factor=False, email="leo@home.example")
    told = client.ask(messages.ReadSecurity(account))
    assert (told.second_factor, told.email) == ("off", "leo@home.example")


def test_an_account_that_is_not_connected_is_not_asked(brewery: House) -> None:
    with pytest.raises(Refused, match="not connected"):
        client.ask(messages.ReadSecurity(str(uuid4())))
