"""P6: what speaks no HTTP goes through the same guard, and comes out at the address that was checked."""
from __future__ import annotations

import socket
from collections.abc import Sequence

import pytest

from countersign.base.errors import Invalid
from countersign.outbound import guard
from countersign.outbound.guard import Resolver

USUAL = frozenset({143, 993})


def leading_to(*addresses: str) -> Resolver:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


def connect(host: str, port: int = 993, *, allowed: Sequence[str] = (), resolver: Resolver = guard.resolve) -> socket.socket:
    return guard.connect(host, port, allowed=frozenset(allowed), usual_ports=USUAL, seconds=2.0, resolver=resolver)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "0.0.0.0", "127.1", "0x7f000001", "2130706433", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "fe80::1", "a b", "a@b", "user:x@127.0.0.1", "x.example/", "[::1", ""],
)  # fmt: skip
def test_an_address_inside_or_in_an_unusual_spelling_is_not_opened(host: str) -> None:
    with pytest.raises(Invalid):
        connect(host)


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::1", "93.184.215.14"]])
def test_one_private_answer_of_the_resolver_is_enough_to_refuse(answers: list[str]) -> None:
    with pytest.raises(Invalid, match="private network"):
        connect("mail.delinde.example", resolver=leading_to(*answers))


@pytest.mark.parametrize("port", [25, 80, 443, 6379])
def test_no_other_port_is_opened(port: int) -> None:
    with pytest.raises(Invalid, match="no such port"):
        connect("mail.delinde.example", port, resolver=leading_to("93.184.215.14"))


def test_an_exact_origin_that_is_allowed_is_opened_and_no_other_port_of_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with connect("localhost", port, allowed=[f"https://localhost:{port}"], resolver=leading_to("127.0.0.1")) as made:
            assert made.getpeername() == ("127.0.0.1", port)
        with pytest.raises(Invalid):
            connect("localhost", port, allowed=[f"https://localhost:{port + 1}"], resolver=leading_to("127.0.0.1"))
        with pytest.raises(Invalid):
            connect("other.example", port, allowed=[f"https://localhost:{port}"], resolver=leading_to("127.0.0.1"))


def test_a_server_that_does_not_answer_is_an_ordinary_error_of_connections() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(OSError, match=r".+"):
        connect("localhost", port, allowed=[f"https://localhost:{port}"], resolver=leading_to("127.0.0.1"))
