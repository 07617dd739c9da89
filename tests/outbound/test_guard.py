"""Where the guarded client connects, and where it does not."""
from __future__ import annotations

import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from countersign.base.errors import Invalid
from countersign.outbound import guard
from tests.outbound.conftest import Door
from tests.servers.loopback import serving

# Every way of writing loopback or a private address that some resolver or parser takes.
_SPELLINGS = """
127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7F000001 0x7f.1 0x7f.0.0.1 0x7f.0x0.0x0.0x1 0177.0.0.1 0177.1 017700000001
00000177.0.0.1 127.0.0.1. 127.000.000.001 localhost localhost. LOCALHOST ip6-localhost 0 0.0.0.0 0x0 00
[::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::127.0.0.1] [2002:7f00:1::]
[fe80::1] [fe80::1%25eth0] [fe80::1%eth0] [::1%25lo] [fd00::1] [ff02::1] [2001:db8::1] [2001:0:7f00:1::1]
10.0.0.1 10.1 167772161 0xa000001 012.0.0.1 172.16.0.1 192.168.1.1 192.168.257 3232235777 169.254.169.254 2852039166
0xa9fea9fe 0251.0376.0251.0376 169.254.43518 100.100.100.200 100.64.0.1 198.18.0.1 224.0.0.1 255.255.255.255
127.0.0.1%00 127.0.0.1%2e ①②⑦.⓪.⓪.① １２７.0.0.1 127。0。0。1 127．0．0．1 127｡0｡0｡1 ⓛⓞⓒⓐⓛⓗⓞⓢⓣ 0x7f.0x1 1.0x7f 256 1.2.3 1.2.3.4.5 1.2.3.0x4
"""
SPELLINGS = _SPELLINGS.split()


@pytest.fixture(scope="module")
def context() -> ssl.SSLContext:
    """One TLS context for many clients: making one takes 40 ms."""
    return httpx.create_ssl_context(trust_env=False)


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every address a socket was to be connected to; none is."""
    tried: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *more: object, **named: object) -> socket.socket:
        tried.append(address)
        raise OSError("This test goes nowhere.")

    monkeypatch.setattr(socket, "create_connection", connect)
    return tried


@pytest.mark.parametrize("host", SPELLINGS)
@pytest.mark.parametrize("form", ["https://{}/", "https://{}:443/", "https://example.com@{}/"])
def test_no_spelling_of_a_private_address_is_opened(
    host: str, form: str, context: ssl.SSLContext, connections: list[tuple[str, int]]
) -> None:
    def resolver(name: str, port: int) -> Sequence[str]:
        return guard.resolve(name, port) if name[0] in "0123456789" else ["127.0.0.1"]

    with guard.client(resolver=resolver, tls=context) as client, pytest.raises(Invalid):
        client.get(form.format(host))
    assert not connections


@pytest.mark.parametrize("url", [
    "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "//example.com/", "example.com", "",
    "javascript:alert(1)", "https://", "https:///x", "https://:443/", "https://ann@example.com/", "https://ann:pw@example.com/",
    "https://@example.com/", "https://example.com:22/", "https://example.com:8443/", "https://example.com:99999/",
    "https://example.com:x/", "https://example.com\\@127.0.0.1/", "https:\\\\example.com/", "https://example.com\t.test/",
    "https://exa\nmple.com/", "https://example.com\r\nHost: x/", " https://example.com/", "https://example.com/\x00", "https://exa mple.com/",
    "https://example.com\u2028/", "https://example.com\xa0/", "https://[::1/", "https://::1/", "https://[127.0.0.1]/", "https://-a.example/",
    "https://a..example/", "https://.example/", "https://example.com./", "https://exam%70le.com/", "https://[v1.fe80::a]/",
    "https://" + "a" * 64 + ".example/", "https://" + "a." * 130 + "example/", "https://example.com/" + "x" * 5000, "HTTPS://user@EXAMPLE.com/",
])  # fmt: skip
def test_a_strange_address_is_refused_before_anything_is_resolved(url: str, context: ssl.SSLContext) -> None:
    def resolver(name: str, port: int) -> Sequence[str]:
        raise AssertionError(f"{name} was resolved.")

    with guard.client(resolver=resolver, tls=context) as client, pytest.raises(Invalid):
        client.get(url)


def test_an_address_that_two_parsers_read_differently_is_refused() -> None:
    with guard.client() as client, pytest.raises(Invalid, match="two ways"):
        client.get("https://exam^ple.com/")


def test_a_name_that_leads_inside_is_refused_with_a_sentence() -> None:
    with guard.client(resolver=lambda name, port: ["10.0.0.7"]) as client, pytest.raises(Invalid) as refusal:
        client.get("https://mastodon.example/")
    assert refusal.value.what == "mastodon.example leads to 10.0.0.7, which is an address inside a private network or a reserved one."
    assert refusal.value.remedy


def test_one_private_answer_among_public_ones_is_enough() -> None:
    answers = ["1.1.1.1", "2606:4700:4700::1111", "169.254.169.254"]
    with guard.client(resolver=lambda name, port: answers) as client, pytest.raises(Invalid):
        client.get("https://mastodon.example/")


def test_a_public_address_is_tried_and_nothing_else(connections: list[tuple[str, int]]) -> None:
    with guard.client(resolver=lambda name, port: ["1.1.1.1", "2606:4700::1111"]) as client, pytest.raises(httpx.ConnectError):
        client.get("https://mastodon.example/")
    assert connections == [("1.1.1.1", 443), ("2606:4700::1111", 443)]


def test_a_name_is_resolved_once_so_rebinding_leads_nowhere(connections: list[tuple[str, int]]) -> None:
    answers = iter([["1.1.1.1"], ["127.0.0.1"]])
    with guard.client(resolver=lambda name, port: next(answers)) as client:
        with pytest.raises(httpx.ConnectError):
            client.get("https://mastodon.example/")
        with pytest.raises(Invalid):
            client.get("https://mastodon.example/")
    assert connections == [("1.1.1.1", 443)]


def test_loopback_is_opened_by_its_exact_origin(door: Door) -> None:
    with guard.client(allowed=frozenset({door.origin})) as client:
        assert client.get(door.origin + "/").text == "ok"


@pytest.mark.parametrize("url", [
    "http://localhost:{port}/", "http://127.0.0.2:{port}/", "https://127.0.0.1:{port}/", "http://127.1:{port}/", "http://[::1]:{port}/",
    "http://127.0.0.1:{other}/", "http://127.0.0.1/", "http://2130706433:{port}/", "http://[::ffff:127.0.0.1]:{port}/",
])  # fmt: skip
def test_an_allowed_origin_opens_no_other(door: Door, vault: Door, url: str) -> None:
    with guard.client(allowed=frozenset({door.origin})) as client, pytest.raises(Invalid):
        client.get(url.format(port=door.port, other=vault.port))
    assert door.connections == vault.connections == 0


def test_a_public_name_on_an_allowed_host_and_port_is_still_checked(door: Door) -> None:
    allowed = frozenset({f"http://crm.example:{door.port}"})
    with guard.client(allowed=allowed, resolver=lambda name, port: ["127.0.0.1"]) as client:
        assert client.get(f"http://crm.example:{door.port}/").text == "ok"
        with pytest.raises(Invalid):
            client.get("https://crm.example/")


def test_a_redirect_to_a_private_address_is_handed_back_and_not_followed(door: Door, vault: Door) -> None:
    door.elsewhere = vault.origin + "/"
    with guard.client(allowed=frozenset({door.origin})) as client:
        assert client.get(door.origin + "/redirect").status_code == 302
    assert vault.connections == 0


def test_a_redirect_that_a_caller_follows_is_checked_again(door: Door, vault: Door) -> None:
    door.elsewhere = vault.origin + "/"
    with guard.client(allowed=frozenset({door.origin})) as client, pytest.raises(Invalid):
        client.get(door.origin + "/redirect", follow_redirects=True)
    assert vault.connections == 0


def test_no_proxy_and_no_password_file_of_the_environment_is_used(
    door: Door, vault: Door, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ann password pw\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, vault.origin)
    with guard.client(allowed=frozenset({door.origin})) as client:
        client.get(door.origin + "/")
    assert vault.connections == 0
    assert "authorization" not in {name.lower() for name in door.requests[0][1]}


def test_no_cookie_is_kept(door: Door) -> None:
    with guard.client(allowed=frozenset({door.origin})) as client:
        client.get(door.origin + "/cookie")
        client.get(door.origin + "/")
        assert not list(client.cookies.jar)
    assert "cookie" not in {name.lower() for name in door.requests[1][1]}


def test_a_packed_answer_is_unpacked(door: Door) -> None:
    with guard.client(allowed=frozenset({door.origin})) as client:
        assert client.get(door.origin + "/packed").text == "plain words"


@pytest.mark.parametrize("path", ["/large", "/bomb", "/cut", "/brotli"])
def test_an_answer_that_is_too_large_or_badly_packed_is_an_error_of_the_way(door: Door, path: str) -> None:
    allowed = frozenset({door.origin})
    with guard.client(allowed=allowed, largest_answer=1_000_000) as client, pytest.raises(httpx.HTTPError):
        client.get(door.origin + path)


def test_a_bomb_is_not_unpacked_further_than_allowed(door: Door) -> None:
    with guard.client(allowed=frozenset({door.origin}), largest_answer=100_000) as client:
        client.get(door.origin + "/packed")
        tracemalloc.start()
        with pytest.raises(httpx.ReadError):
            client.get(door.origin + "/bomb")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 5_000_000


def test_a_dripping_answer_ends_with_the_time_for_the_whole_request(door: Door) -> None:
    began = time.monotonic()
    with guard.client(allowed=frozenset({door.origin}), timeout=0.5) as client, pytest.raises(httpx.ReadTimeout):
        client.get(door.origin + "/drip")
    assert time.monotonic() - began < 8  # the whole answer takes ten


def test_a_resolver_that_hangs_ends_with_the_time_for_connecting() -> None:
    release = threading.Event()

    def resolver(name: str, port: int) -> Sequence[str]:
        release.wait(60)
        return []

    began = time.monotonic()
    with guard.client(resolver=resolver, timeout=0.3) as client, pytest.raises(httpx.ConnectTimeout):
        client.get("https://mastodon.example/")
    took = time.monotonic() - began
    release.set()
    assert took < 15


def test_a_name_that_does_not_resolve_is_a_connection_error() -> None:
    def resolver(name: str, port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with guard.client(resolver=resolver) as client, pytest.raises(httpx.ConnectError):
        client.get("https://mastodon.example/")


def test_nobody_listening_is_a_connection_error(closed_port: int) -> None:
    origin = f"http://127.0.0.1:{closed_port}"
    with guard.client(allowed=frozenset({origin})) as client, pytest.raises(httpx.ConnectError):
        client.get(origin)


@pytest.fixture
def certified(tmp_path: Path) -> Callable[[str], tuple[ssl.SSLContext, ssl.SSLContext]]:
    """A server's and a client's TLS context, for a certificate that is good for one name."""

    def made(name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
        key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
        )  # fmt: skip
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (tmp_path / "both.pem").write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(tmp_path / "both.pem")
        client = ssl.create_default_context(cadata=certificate.public_bytes(serialization.Encoding.PEM).decode())
        return server, client

    return made


@pytest.fixture
def secure(certified: Callable[[str], tuple[ssl.SSLContext, ssl.SSLContext]]) -> Iterator[tuple[Door, ssl.SSLContext, list[str]]]:
    """A TLS server for mastodon.example on loopback, the context that trusts it, and the names it was asked for."""
    door, names = Door(), list[str]()
    server, client = certified("mastodon.example")
    server.sni_callback = lambda connection, name, context: names.append(name)
    door.server.handle_error = lambda *about: None  # type: ignore[method-assign]  # a handshake that is to fail is no news
    door.server.socket = server.wrap_socket(door.server.socket, server_side=True)
    with serving(door.server):
        yield door, client, names


def test_the_checked_address_is_used_with_the_name_for_tls_and_host(
    secure: tuple[Door, ssl.SSLContext, list[str]],
) -> None:
    door, context, names = secure
    origin = f"https://mastodon.example:{door.port}"
    with guard.client(allowed=frozenset({origin}), resolver=lambda name, port: ["127.0.0.1"], tls=context) as client:
        assert client.get(origin + "/").text == "ok"
    assert names == ["mastodon.example"]
    assert door.requests[0][1]["Host"] == f"mastodon.example:{door.port}"


def test_a_certificate_for_another_name_is_refused(secure: tuple[Door, ssl.SSLContext, list[str]]) -> None:
    door, context, _names = secure
    origin = f"https://other.example:{door.port}"
    with (
        guard.client(allowed=frozenset({origin}), resolver=lambda name, port: ["127.0.0.1"], tls=context) as client,
        pytest.raises(httpx.ConnectError),
    ):
        client.get(origin + "/")
    assert not door.requests
