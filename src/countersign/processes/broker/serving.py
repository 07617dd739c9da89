"""The broker as a process: it opens its file and its key, listens on a socket that only its user may open, and answers."""
from __future__ import annotations

import argparse
import hashlib
import logging
import os
import signal
import socket
import socketserver
import stat
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import close_old_connections

from countersign.base.errors import CountersignError, Invalid, Unreachable
from countersign.base.words import _
from countersign.calls import messages, wire
from countersign.content.posts.protocol import Timings
from countersign.networks.bluesky import metadata as bluesky
from countersign.networks.bluesky.connector import PLC, Bluesky
from countersign.networks.registry import CONNECTORS
from countersign.outbound import guard
from countersign.processes.broker import (
    comments,
    deliveries,
    glass,
    keys,
    locks,
    mailbox,
    names,
    protection,
    restoring,
    revealing,
    rewrapping,
    rosters,
    rotations,
    secrets,
    signon,
    tokens,
    vault,
)
from countersign.processes.broker.delivery_book import DeliveryBook
from countersign.processes.broker.journal import Journal
from countersign.processes.broker.mark import Mark
from countersign.processes.broker.office import Office
from countersign.review.countersigning import party

log = logging.getLogger("countersign.broker")
_PATIENCE = 30  # seconds between two bytes of a message

HANDLERS: dict[type[messages.Call], Callable[[Office, Any], object]] = {
    messages.ActOnComment: comments.act,
    messages.AppendRoster: rosters.append,
    messages.AskAlone: rosters.ask_alone,
    messages.AskForCode: rotations.ask_for_code,
    messages.AskGlass: glass.ask,
    messages.AskProvider: signon.ask_provider,
    messages.AwaitLocks: locks.wait,
    messages.BeginConnection: secrets.begin_connection,
    messages.BeginRoster: rosters.begin,
    messages.BeginSignOn: signon.begin,
    messages.BreakGlass: glass.break_open,
    messages.ChangeSecret: rotations.change,
    messages.ChangedByHand: rotations.changed_by_hand,
    messages.CheckDomain: names.check,
    messages.CheckHmac: secrets.check_hmac,
    messages.CheckTotp: secrets.check_totp,
    messages.ClientKeys: secrets.client_keys,
    messages.Collect: comments.collect,
    messages.ConnectByAppPassword: secrets.connect_by_app_password,
    messages.EnterAlone: rosters.enter_alone,
    messages.FinishConnection: secrets.finish_connection,
    messages.FinishSignOn: signon.finish,
    messages.GiveCode: vault.give_code,
    messages.Looked: deliveries.looked,
    messages.OpenMailbox: mailbox.open_mailbox,
    messages.OpenPicture: protection.open_picture,
    messages.PrepareRotation: rotations.prepare,
    messages.ProveSecret: rotations.prove,
    messages.ProveTokens: tokens.prove_tokens,
    messages.Publish: deliveries.publish,
    messages.ReadGap: restoring.read,
    messages.ReadGlass: glass.read,
    messages.ReadLogoutToken: signon.read_logout_token,
    messages.ReadMails: mailbox.read,
    messages.ReadRoster: rosters.read,
    messages.ReadSecurity: protection.read,
    messages.Recall: deliveries.recall,
    messages.Refresh: secrets.refresh,
    messages.ReloadKeys: rewrapping.reload,
    messages.ReplaceTokens: tokens.replace_tokens,
    messages.Reveal: revealing.reveal,
    messages.Revoke: secrets.revoke,
    messages.Rewrap: rewrapping.rewrap,
    messages.Seal: secrets.seal,
    messages.SealClientSecret: signon.seal_client_secret,
    messages.SealSecret: vault.seal,
    messages.Settle: deliveries.settle,
    messages.VetoAlone: rosters.veto_alone,
    messages.VetoGlass: glass.veto,
    messages.Withdraw: deliveries.withdraw,
}


def answer(office: Office, message: dict[str, Any]) -> dict[str, Any]:
    """The answer to one message, a named error included. Anything else is a fault: logged by its type, told as such."""
    try:
        call = wire.unpack(message)
        if isinstance(call, messages.Ping):
            return wire.pack_answer(_health(office))
        try:
            return wire.pack_answer(HANDLERS[type(call)](office, call))
        finally:
            office.book.mark(at=datetime.now(UTC))  # whatever was acknowledged is in the mark
    except CountersignError as error:
        return wire.pack_error(error)
    except Exception as fault:  # noqa: BLE001  # a fault in one call must not end the only process that holds the key
        where = fault.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        place = f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where else "?"
        log.error("fault in %s: %s at %s", message.get("call"), type(fault).__name__, place)
        return wire.pack_error(Unreachable(_("The broker failed at this. It is in its log.")))


def _health(office: Office) -> messages.Health:
    return messages.Health(
        office.started_at.isoformat(), office.journal.head.number, office.roster.length > 0, office.key.id
    )


class _Server(socketserver.UnixStreamServer):
    """Answers in a fixed crew of threads: each keeps its connection to the database, which costs more than a call.

    Its socket is for its own user; for the group as well where its folder was opened to a group, as separate users need.
    """

    request_queue_size = 64
    crew = ThreadPoolExecutor(32, thread_name_prefix="call")

    def __init__(self, path: Path, office: Office) -> None:
        self.office = office
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.unlink(missing_ok=True)
        before = os.umask(0o117 if path.parent.stat().st_mode & stat.S_IWGRP else 0o177)
        try:
            super().__init__(str(path), _Handler)
        finally:
            os.umask(before)


    def process_request(self, request: Any, client_address: Any) -> None:
        """Hand a call to the crew."""
        self.crew.submit(self._answer, request, client_address)

    def _answer(self, request: Any, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        finally:
            self.shutdown_request(request)


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        server, connection = self.server, self.request
        if not isinstance(server, _Server) or not isinstance(connection, socket.socket):
            raise TypeError("This handler belongs to the broker's own server.")
        close_old_connections()
        try:
            connection.settimeout(_PATIENCE)  # a caller who says nothing must not keep one of the crew for ever
            wire.send(connection, _heard(server.office, connection))
        except (EOFError, OSError) as error:
            log.warning("a caller went away: %s", type(error).__name__)
        finally:
            close_old_connections()


def _heard(office: Office, connection: socket.socket) -> dict[str, Any]:
    """The answer to whatever was written; Invalid when it was no message."""
    try:
        message = wire.receive(connection)
    except ValueError as error:
        log.warning("no message: %s", type(error).__name__)
        return wire.pack_error(Invalid(_("That is no message of ours.")))
    return answer(office, message)


def open_office(directory: Path, key_path: Path, mark_path: Path, allowed: Sequence[str], timings: Timings) -> Office:
    """Open the broker's file and key. `allowed` are origins on loopback that `./start` or a test adds to the file;
    `mark_path` is where the mark lies that shows when the file was put back from an older copy."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    journal = Journal(directory / "journal")
    for origin in allowed:
        if urlsplit(origin).hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise ValueError(f"{origin} is not on loopback; two officers must sign it.")
        if all(line.body["origin"] != origin for line in journal.lines("origin")):
            journal.append("origin", {"origin": origin})
    key = keys.open_keyring(key_path, has_sealed_before=journal.lines_at_opening > 0)
    origins = frozenset(line.body["origin"] for line in journal.lines("origin"))
    mark, at = Mark(mark_path), datetime.now(UTC)
    if gap := restoring.begin_life(journal, mark, at=at):
        log.warning("a backup was put back: what may have gone out from %s to %s is read back first", gap.since, gap.until)
    office = Office(
        organisation=_organisation(journal), key=key, key_path=key_path, journal=journal,
        http=guard.client(allowed=origins, timeout=0.8 * timings.deadline.total_seconds()), party=party(), redirect_uri=_redirect_uri(), client_id=_client_id(),
        started_at=datetime.now(UTC), book=DeliveryBook(journal, opened_at=at, mark=mark), timings=timings, allowed=origins,
    )
    office.read_roster()
    return office


def _organisation(journal: Journal) -> str:
    """A random name of this installation, bound into every sealed value; made once."""
    for line in journal.lines("organisation"):
        return str(line.body["id"])
    name = os.urandom(16).hex()
    journal.append("organisation", {"id": name})
    return name


def _redirect_uri() -> str:
    """Where networks send the browser back."""
    return f"{settings.ORIGIN}/connect/return/"


def _client_id() -> str:
    return bluesky.client_id(str(settings.ORIGIN))


def _timings(text: str) -> Timings:
    pairs = (pair.split("=") for pair in text.split(",") if pair)
    return Timings(**{name: timedelta(seconds=float(seconds)) for name, seconds in pairs})


def expect_first_officer(journal: Journal, token: str) -> None:
    """Leave the hash of the one-time token in the file, so that the first officer can be pinned with it."""
    journal.append("genesis_token", {"sha256": hashlib.sha256(token.encode()).hexdigest()})


def main(argv: Sequence[str]) -> int:
    """Run until told to stop. A token for the first officer may come in COUNTERSIGN_GENESIS_TOKEN."""
    parser = argparse.ArgumentParser(prog="countersign broker")
    parser.add_argument("--allow", action="append", default=[], metavar="ORIGIN", help="an origin on loopback")
    parser.add_argument("--plc", default="", metavar="ORIGIN", help="the directory of AT Protocol identities")
    parser.add_argument("--timings", default="", metavar="NAME=SECONDS,...", help="of the release protocol; for tests")
    options = parser.parse_args(argv)
    try:
        office = open_office(
            settings.BROKER_DIRECTORY, settings.WRAPPING_KEY, settings.MARK, options.allow, _timings(options.timings)
        )
    except (OSError, ValueError, CountersignError) as error:
        print(f"The broker does not start. {error}", file=sys.stderr)
        return 1
    CONNECTORS["bluesky"] = Bluesky(options.plc or PLC, client_key=secrets.client_key(office) if settings.IS_HTTPS else None)
    if token := os.environ.pop("COUNTERSIGN_GENESIS_TOKEN", ""):
        expect_first_officer(office.journal, token)
    server = _Server(settings.BROKER_SOCKET, office)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: threading.Thread(target=server.shutdown).start())
    try:
        server.serve_forever(poll_interval=0.2)
    finally:
        server.server_close()
        office.lines.close()
        office.journal.close()
    return 0
