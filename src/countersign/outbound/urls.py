"""Reading an address that somebody typed or sent, with two parsers that must agree."""
from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from countersign.base.errors import Invalid
from countersign.base.words import _

_PORTS = {"http": 80, "https": 443}
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ufeff\\]")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_IPV4 = re.compile(r"(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}")
_IPV6 = re.compile(r"[0-9a-f:]+(:[0-9.]+)?")


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: the part of an address that says which server is meant. `host` has no brackets."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")


def origin_of(url: str) -> Origin:
    """Which server this address means. Raises Invalid unless it is a plain http or https address with no user info.

    `urllib` and httpx read it separately and must agree. Backslashes, spaces, control characters, zones, a host in an
    unusual spelling of numbers (`127.1`, `0x7f000001`) and a dot after the host are refused.
    """
    if _FORBIDDEN.search(url) or len(url) > 4096:
        raise Invalid(_("This address holds characters that do not belong in one."), remedy=_("Copy it again."))
    first, second = _by_urllib(url), _by_httpx(url)
    if first != second:
        raise Invalid(_("This address can be read in two ways."), remedy=_("Write it plainly, as https://example.com."))
    _require_plain_host(first.host)
    return first


def _by_urllib(url: str) -> Origin:
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
        if not host.isascii():
            host = httpx.URL(f"https://{host}").raw_host.decode("ascii")
    except (ValueError, httpx.InvalidURL) as error:
        raise _not_an_address() from error
    _require_web(scheme, has_user="@" in parts.netloc)
    return Origin(scheme, host, _PORTS[scheme] if port is None else port)


def _by_httpx(url: str) -> Origin:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise _not_an_address() from error
    _require_web(parsed.scheme, has_user=bool(parsed.userinfo))
    host = parsed.raw_host.decode("ascii")
    return Origin(parsed.scheme, host, _PORTS[parsed.scheme] if parsed.port is None else parsed.port)


def _not_an_address() -> Invalid:
    return Invalid(_("This is not a web address."), remedy=_("Write it as https://example.com."))


def _require_web(scheme: str, *, has_user: bool) -> None:
    if scheme not in _PORTS:
        raise Invalid(_("Only addresses that begin with https:// can be opened."))
    if has_user:
        raise Invalid(_("This address holds a user name."), remedy=_("Leave out everything up to the @."))


def _require_plain_host(host: str) -> None:
    if ":" in host:
        plain = _IPV6.fullmatch(host) is not None
    elif re.fullmatch(r"[0-9]+|0x[0-9a-f]*", host.rpartition(".")[2]):
        plain = _IPV4.fullmatch(host) is not None
    else:
        plain = len(host) <= 253 and _HOST.fullmatch(host) is not None
    if not plain:
        raise _not_an_address()
