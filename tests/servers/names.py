"""A name server on loopback: it answers from a table that a test fills, and keeps what it was asked."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import DatagramRequestHandler, ThreadingUDPServer

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from tests.servers.loopback import serving


@dataclass
class Names:
    """What it knows: per name and kind of record the texts of its records, as a zone file has them. `silent` names get no answer."""

    address: str
    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def say(self, name: str, kind: str, *texts: str) -> None:
        """From now on answer so."""
        self.records[name, kind] = [_quoted(text) if kind == "TXT" else text for text in texts]


def _quoted(text: str) -> str:
    return " ".join(f'"{text[start : start + 200]}"' for start in range(0, len(text), 200))


@contextmanager
def name_server() -> Iterator[Names]:
    """A running server, stopped with the block."""
    server = ThreadingUDPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    names = Names(f"127.0.0.1:{server.server_address[1]}")
    server.names = names  # type: ignore[attr-defined]
    with serving(server):
        yield names


class _Handler(DatagramRequestHandler):
    def handle(self) -> None:
        names: Names = self.server.names  # type: ignore[attr-defined]
        query = dns.message.from_wire(self.rfile.read())
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        names.asked.append(name)
        if name in names.silent:
            return
        answer = dns.message.make_response(query, recursion_available=True)
        found = names.records.get((name, kind), [])
        if name in names.broken:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif found:
            answer.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, found))
        elif not any(known == name for known, _kind in names.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self.wfile.write(answer.to_wire(max_size=4096))
