"""What networks sign is believed, whatever the network, and the account it is about is found."""
from __future__ import annotations

import pytest

from countersign.inspection.mails.kinds import Kind
from countersign.inspection.mails.reasons import Reason, Verdict
from tests.inspection.letters import FROM, LINKS, SENDERS, Post, from_network, judged

TEXT = "Hello @{handle},\n\nThe password of your account was changed just now. If this was not you, go to {link}\n"


@pytest.mark.parametrize("network", FROM)
def test_a_mail_that_its_network_signed_is_genuine(network: str) -> None:
    post = Post()
    ours = next(sender for sender in SENDERS if sender["network"] == network)
    text = TEXT.format(link=LINKS[network], handle=ours["handle"])
    found = judged(post, from_network(post, network, "Your password was changed", text))
    assert (found.network, found.kind, found.verdict, found.reasons) == (network, Kind.PASSWORD_CHANGED, Verdict.GENUINE, (Reason.SIGNED,))
    assert (found.account, found.signed_by, found.from_domain) == (ours["account"], FROM[network][1], FROM[network][1])
