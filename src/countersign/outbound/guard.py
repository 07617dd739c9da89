"""The only HTTP client this server has: it checks where it is asked to go, and goes exactly there.

A name is resolved once, every answer must be public, and the connection is made to a checked address itself, so that a
second answer of the resolver cannot lead elsewhere. The certificate is still checked against the name. Servers on
private addresses are reached only where their exact origin is named in the broker's own file.
"""
from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore
import httpx

from countersign.base.errors import Invalid, OffLimits
from countersign.base.words import _
from countersign.outbound.addresses import is_public
from countersign.outbound.urls import Origin, origin_of

type Resolver = Callable[[str, int], Sequence[str]]

CONNECT_SECONDS = 3.0
LARGEST_ANSWER = 8 * 1024 * 1024
_MOST_ADDRESSES = 8
_deadline: ContextVar[float] = ContextVar("when_this_request_must_be_over")


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses the system's resolver gives for a name, as text, each once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def client(
    *,
    allowed: frozenset[str] = frozenset(),
    timeout: float = 10.0,
    largest_answer: int = LARGEST_ANSWER,
    resolver: Resolver = resolve,
    tls: ssl.SSLContext | None = None,
) -> httpx.Client:
    """An HTTP client that never connects where it should not.

    `allowed` are exact origins (`http://127.0.0.1:8788`) that may be private, may speak plain http and may use any port;
    everything else is https on port 443 and a public address. `timeout` is for a whole request, in seconds, 3 of them
    for connecting; `largest_answer` in bytes, after unpacking. No redirect is followed unless the caller asks for it,
    and then each step is checked anew. Nothing is taken from the environment and no cookie is kept. Raises Invalid for
    an address it will not open, httpx's errors for everything that goes wrong on the way.
    """
    context = tls or httpx.create_ssl_context(trust_env=False)
    transport = _GuardedTransport(
        allowed=frozenset(origin_of(origin) for origin in allowed),
        resolver=resolver, tls=context, seconds=timeout, largest_answer=largest_answer,
    )  # fmt: skip
    return _GuardedClient(
        transport=transport, trust_env=False, follow_redirects=False,
        timeout=httpx.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout)),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        headers={"accept-encoding": "gzip", "user-agent": "Countersign"},
    )  # fmt: skip


def connect(
    host: str, port: int, *, allowed: frozenset[str], usual_ports: frozenset[int], seconds: float, resolver: Resolver = resolve
) -> socket.socket:
    """A plain connection for what is no HTTP, such as a mail server, through the same checks.

    `allowed` are exact origins as above (`https://127.0.0.1:1993` allows that host and port); everything else must be a public address
    and one of the `usual_ports`. Raises Invalid for what it will not open, OSError when nothing answers in time.
    """
    if set(host) & set("/?#@[]"):
        raise Invalid(_("This is not the name of a server."), remedy=_("Write it as mail.example.com."))
    origin = origin_of(f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}")
    is_allowed = origin in {origin_of(one) for one in allowed}
    if not is_allowed and port not in usual_ports:
        raise Invalid(_("This server opens no such port there."), remedy=_("Use the port that is meant for this."))
    token = _deadline.set(time.monotonic() + seconds)
    try:
        stream = _Backend(resolver, must_be_public=not is_allowed).connect_tcp(origin.host, port, timeout=seconds)
    except (httpcore.TimeoutException, httpcore.NetworkError) as error:
        raise OSError(str(error)) from error
    finally:
        _deadline.reset(token)
    connection: socket.socket = stream.get_extra_info("socket")
    return connection


class _GuardedClient(httpx.Client):
    """httpx's client, which reads every address as it was written before httpx tidies it up."""

    def build_request(self, method: str, url: httpx.URL | str, **more: Any) -> httpx.Request:
        origin_of(str(url))
        return super().build_request(method, url, **more)


class _GuardedTransport(httpx.BaseTransport):
    """Checks each request, sends it through the pool that may go there, and reads the answer within its limits."""

    def __init__(
        self, *, allowed: frozenset[Origin], resolver: Resolver, tls: ssl.SSLContext, seconds: float, largest_answer: int
    ) -> None:
        self._allowed, self._seconds, self._largest = allowed, seconds, largest_answer
        self._public = _pool(tls, _Backend(resolver, must_be_public=True))
        self._private = _pool(tls, _Backend(resolver, must_be_public=False))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, or raise Invalid before anything is resolved or connected."""
        origin = origin_of(str(request.url))
        pool = self._private if origin in self._allowed else self._public
        if pool is self._public:
            _require_usual(origin)
        token = _deadline.set(time.monotonic() + self._seconds)
        try:
            return self._exchange(pool, request)
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise _as_httpx(error, request) from error
        finally:
            _deadline.reset(token)

    def _exchange(self, pool: httpcore.ConnectionPool, request: httpx.Request) -> httpx.Response:
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        answer = pool.handle_request(
            httpcore.Request(
                request.method, target, headers=request.headers.raw, content=request.stream, extensions=request.extensions
            )
        )
        try:
            headers = httpx.Headers(answer.headers)
            content = _read(answer.iter_stream(), headers, self._largest, request)
        finally:
            answer.close()
        for gone in ("content-encoding", "content-length", "transfer-encoding"):
            headers.pop(gone, None)
        return httpx.Response(answer.status, headers=headers, content=content, extensions=answer.extensions)

    def close(self) -> None:
        """Close every connection."""
        self._public.close()
        self._private.close()


def _pool(tls: ssl.SSLContext, backend: httpcore.NetworkBackend) -> httpcore.ConnectionPool:
    return httpcore.ConnectionPool(
        ssl_context=tls, max_connections=20, max_keepalive_connections=10, keepalive_expiry=5.0, network_backend=backend
    )


def _require_usual(origin: Origin) -> None:
    if origin.scheme != "https":
        raise Invalid(_("Only addresses that begin with https:// can be opened."))
    if origin.port not in {80, 443}:
        raise Invalid(_("This server opens no other port than 443."), remedy=_("Use the address without a port."))


def _read(stream: Iterable[bytes], headers: httpx.Headers, largest: int, request: httpx.Request) -> bytes:
    """The whole answer, unpacked; httpx.ReadError as soon as it is larger than `largest`, packed or unpacked."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", "x-gzip", ""}:
        raise httpx.DecodingError("The answer is packed in a way that was not asked for.", request=request)
    unpack = None if encoding in {"identity", ""} else zlib.decompressobj(wbits=31)
    packed, content = 0, bytearray()
    try:
        for part in stream:
            packed += len(part)
            content += part if unpack is None else unpack.decompress(part, largest + 1 - len(content))
            if max(packed, len(content)) > largest:
                raise httpx.ReadError("The answer is larger than allowed.", request=request)
    except zlib.error as error:
        raise httpx.DecodingError("The answer cannot be unpacked.", request=request) from error
    if unpack is not None and packed and not unpack.eof:
        raise httpx.DecodingError("The answer ends in the middle.", request=request)
    return bytes(content)


def _as_httpx(error: Exception, request: httpx.Request) -> httpx.TransportError:
    """httpx's error of the same name: both libraries name them alike."""
    kind: type[httpx.TransportError] = getattr(httpx, type(error).__name__, httpx.NetworkError)
    return kind(str(error), request=request)


class _Backend(httpcore.NetworkBackend):
    """Resolves a name once, checks every answer, and connects to a checked address."""

    def __init__(self, resolver: Resolver, *, must_be_public: bool) -> None:
        self._resolver, self._must_be_public = resolver, must_be_public
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        """Connect to the first address that answers. Raises Invalid if one single answer is not public."""
        until = time.monotonic() + (CONNECT_SECONDS if timeout is None else timeout)
        addresses = _answers(self._resolver, host, port, until)
        if self._must_be_public:
            for address in addresses:
                _require_public(host, address)
        return _Stream(self._first(addresses, port, until))

    def _first(self, addresses: Sequence[str], port: int, until: float) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("The name leads to no address.")
        for address in addresses[:_MOST_ADDRESSES]:
            try:
                return self._sockets.connect_tcp(address, port, timeout=_left(until, httpcore.ConnectTimeout))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


def _require_public(host: str, address: str) -> None:
    if is_public(address):
        return
    remedy = _("Use the server's public address. A server of your own can be allowed in the broker's file.")
    if host == address:
        raise OffLimits(_("{address} is an address inside a private network or a reserved one."), remedy=remedy, address=address)
    raise OffLimits(
        _("{host} leads to {address}, which is an address inside a private network or a reserved one."),
        remedy=remedy, host=host, address=address,
    )  # fmt: skip


def _answers(resolver: Resolver, host: str, port: int, until: float) -> Sequence[str]:
    """The resolver's answers in time: it takes no deadline of its own, so it runs in a thread that may be left behind."""
    box: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()
    threading.Thread(target=_resolve_into, args=(box, resolver, host, port), daemon=True).start()
    try:
        answers = box.get(timeout=_left(until, httpcore.ConnectTimeout))
    except queue.Empty as error:
        raise httpcore.ConnectTimeout("The name was not resolved in time.") from error
    if isinstance(answers, OSError):
        raise httpcore.ConnectError(str(answers)) from answers
    return answers


def _resolve_into(box: queue.SimpleQueue[Sequence[str] | OSError], resolver: Resolver, host: str, port: int) -> None:
    try:
        box.put(resolver(host, port))
    except (OSError, UnicodeError) as error:
        box.put(error if isinstance(error, OSError) else OSError(str(error)))


def _left(until: float, late: type[Exception]) -> float:
    """Seconds until then or until the request's own deadline, whichever is sooner; raises `late` if there are none."""
    seconds = min(until, _deadline.get()) - time.monotonic()
    if seconds <= 0:
        raise late("The request took too long.")
    return seconds


class _Stream(httpcore.NetworkStream):
    """A connection whose every step is bounded by the deadline of the request under way."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there."""
        return self._inner.read(max_bytes, _bounded(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write it all, in pieces, so that a slow reader cannot stretch the time."""
        for start in range(0, len(buffer), 65536):
            self._inner.write(buffer[start : start + 65536], _bounded(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Speak TLS from here on; the certificate must be the name's."""
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _bounded(timeout, httpcore.ConnectTimeout)))

    def get_extra_info(self, info: str) -> Any:
        """What the connection underneath knows."""
        return self._inner.get_extra_info(info)


def _bounded(timeout: float | None, late: type[Exception]) -> float:
    return _left(time.monotonic() + (60.0 if timeout is None else timeout), late)
