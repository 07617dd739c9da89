"""Asking name servers: the keys of signatures, and what a domain says about its mail."""
from __future__ import annotations

import re
from functools import cache
from ipaddress import ip_address
from typing import Any

import dns.exception
import dns.name
import dns.resolver
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from countersign.base.errors import Invalid
from countersign.base.words import _
from countersign.calls import messages
from countersign.inspection.mails.signatures import NotLookedUp
from countersign.processes.broker.office import Office

SECONDS = 5.0  # for one question, all servers and repetitions together
_MOST, _LONGEST = 20, 4_000  # records of one answer, and characters of one
_DOMAIN = re.compile(r"(?=.{3,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


@cache
def resolver() -> dns.resolver.Resolver:
    """The system's resolver, or those that COUNTERSIGN_RESOLVERS names. Nothing is remembered: a withdrawn key is seen at once."""
    found = dns.resolver.Resolver(configure=not settings.RESOLVERS)
    if settings.RESOLVERS:
        servers = dict(_server(word) for word in settings.RESOLVERS)
        found.nameservers, found.nameserver_ports = list(servers), servers
    found.use_edns(0, 0, 1232)  # a key of 2048 bits does not fit the 512 bytes that are meant without it
    return found


def _server(word: str) -> tuple[str, int]:
    host, _colon, port = word.rpartition(":") if word.count(":") == 1 else (word.strip("[]"), "", "53")
    try:
        return str(ip_address(host)), int(port)
    except ValueError as error:
        raise ImproperlyConfigured(f"COUNTERSIGN_RESOLVERS holds {word!r}; it must be an address such as 192.0.2.53 or 192.0.2.53:53.") from error


def texts(name: str) -> list[str]:
    """The TXT records of a name, each put together; none when there is no such name. Raises NotLookedUp."""
    return ["".join(part.decode("latin-1") for part in record.strings)[:_LONGEST] for record in _ask(name, "TXT")]


def _ask(name: str, kind: str) -> list[Any]:
    try:
        answer = resolver().resolve(dns.name.from_text(name), kind, raise_on_no_answer=False, lifetime=SECONDS, search=False)
    except dns.resolver.NXDOMAIN:
        return []
    except (dns.exception.DNSException, OSError, ValueError) as error:
        raise NotLookedUp(name) from error
    return list(answer.rrset or ())[:_MOST]


def check(_office: Office, call: messages.CheckDomain) -> messages.DomainFacts:
    """What the name servers say about a domain's mail; the rule about forged mail is looked for above it too, as RFC 7489 has it."""
    domain = call.domain.strip().rstrip(".").lower()
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise Invalid(_("This is no domain."), field="domain") from error
    if not _DOMAIN.fullmatch(domain):
        raise Invalid(_("This is no domain."), field="domain")
    try:
        return messages.DomainFacts(_mail_servers(domain), _first(domain, "v=spf1"), _dmarc(domain), True)
    except NotLookedUp:
        return messages.DomainFacts([], "", "", False)


def _mail_servers(domain: str) -> list[str]:
    """Most preferred first; none for a domain that takes no mail (a null MX, RFC 7505)."""
    found = sorted((record.preference, record.exchange.to_text(omit_final_dot=True).lower()) for record in _ask(domain, "MX"))
    return [host for _preference, host in found if host not in {"", "."}]


def _first(name: str, start: str) -> str:
    found = [text for text in texts(name) if re.match(rf"{re.escape(start)}(?![^ ;])", text, re.IGNORECASE)]
    return found[0] if len(found) == 1 else ""  # two of them count as none, in SPF and in DMARC alike


def _dmarc(domain: str) -> str:
    labels = domain.split(".")
    for skipped in range(min(len(labels) - 1, 5)):
        if found := _first("_dmarc." + ".".join(labels[skipped:]), "v=DMARC1"):
            return found
    return ""
