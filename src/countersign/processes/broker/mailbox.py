"""Calls about the role mailbox: signing in, and reading what arrived since.

The password is sealed together with the server it is for, so that whoever owns the web process cannot have it sent to another.
"""
from __future__ import annotations

import imaplib
import json
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from imapclient.exceptions import LoginError

from countersign.base.errors import Conflict, CountersignError, Invalid, KeyRefused, Refused, Rejected, Unreachable
from countersign.base.values import Secret
from countersign.base.words import _
from countersign.calls import messages
from countersign.inspection.mails import judging
from countersign.inspection.mails.letters import LARGEST
from countersign.processes.broker import mail_lines, names
from countersign.processes.broker.mail_lines import Address, Line, Place
from countersign.processes.broker.office import Office
from countersign.processes.broker.vault import uid_of

FIELD = "mailbox"  # what a sealed mailbox is bound to, with `mailbox:<uid>` and its version
STEP = 50  # mails of one answer
SPAN = 10_000  # UIDs that are looked through at once; numbers may have gaps
LONGEST_WAIT = 1_500  # seconds of one call
RENEWED = 240  # seconds after which waiting begins anew; RFC 2177 wants less than 29 minutes, and routers forget sooner
WITHOUT_IDLE = 15  # seconds between two looks at a server that cannot wait
_LONGEST_TEXT = 8_000


def open_mailbox(office: Office, call: messages.OpenMailbox) -> messages.SealedMailbox:
    """Sign in once and look at the inbox; only what opened is sealed."""
    mailbox, address = uid_of(call.mailbox), _address(call)
    if not call.text or len(call.text) > _LONGEST_TEXT or "\0" in call.text:
        raise Invalid(_("Enter the password of the mailbox."), field="text")
    place = Place()
    try:
        with _in_our_words(address.host):
            line = Line(address, call.version, mail_lines.connect(address, Secret(call.text), allowed=office.allowed, wake=place.read_end))
            try:
                with line.bounded(mail_lines.COMMAND_SECONDS):
                    folder = mail_lines.opened_folder(line.client)
            finally:
                line.close()
    finally:
        place.end()
    content = json.dumps({**asdict(address), "text": call.text})
    sealed = office.key.seal(Secret(content), office.context(f"mailbox:{mailbox}", FIELD, call.version))
    return messages.SealedMailbox(sealed, call.version, int(folder[b"UIDVALIDITY"]), int(folder[b"UIDNEXT"]))


def read(office: Office, call: messages.ReadMails) -> messages.Mails:
    """What arrived since. Who asks last is answered: whoever waits on the same mailbox is sent away with nothing."""
    mailbox, address = uid_of(call.mailbox), _address(call)
    text = _opened(office, mailbox, address, call)
    place = office.lines.place(mailbox)
    if not place.turn.acquire(blocking=False):
        place.wake()
        if not place.turn.acquire(timeout=mail_lines.READ_SECONDS):
            raise Conflict(_("This mailbox is being read already."))
    try:
        place.settle()
        with _in_our_words(address.host):
            return _read(office, call, place, address, text)
    except BaseException:
        place.drop()
        raise
    finally:
        place.keep()
        place.turn.release()


def _read(office: Office, call: messages.ReadMails, place: Place, address: Address, text: Secret) -> messages.Mails:
    until = time.monotonic() + min(max(call.wait_seconds, 0), LONGEST_WAIT)
    found = _first_look(office, call, place, address, text)
    if found.mails or found.more or found.uid_validity != call.uid_validity or not office.lines.waiting.acquire(blocking=False):
        return found
    try:
        while not found.mails and not found.more and (left := until - time.monotonic()) > 0 and not office.lines.is_closing:
            if _waited(_line(place), min(left, RENEWED), place):
                break
            found = _look(_line(place), call, found.last)
    finally:
        office.lines.waiting.release()
    return found


def _first_look(office: Office, call: messages.ReadMails, place: Place, address: Address, text: Secret) -> messages.Mails:
    """Over the line that was kept, or over a new one when that one has died meanwhile."""
    if place.line and (place.line.address, place.line.version) == (address, call.version):
        if place.line.closer:
            place.line.closer.cancel()
        try:
            return _look(place.line, call, call.after)
        except (OSError, imaplib.IMAP4.error, ValueError):
            pass
    place.drop()
    client = mail_lines.connect(address, text, allowed=office.allowed, wake=place.read_end)
    place.line = Line(address, call.version, client)
    return _look(place.line, call, call.after)


def _line(place: Place) -> Line:
    if place.line is None:
        raise Unreachable(_("The connection to the mail server was closed."))
    return place.line


def _waited(line: Line, seconds: float, place: Place) -> bool:
    """Wait until the server says something, or for so long. Whether somebody else wants to read meanwhile."""
    client = line.client
    if client.has_capability("IDLE"):
        with line.bounded(mail_lines.READ_SECONDS):
            client.idle()
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            with line.bounded(left + mail_lines.READ_SECONDS):
                said = client.idle_check(timeout=left)
            if place.is_woken or any(len(one) > 1 and one[1] == b"EXISTS" for one in said) or not said:
                break
        with line.bounded(mail_lines.READ_SECONDS):
            client.idle_done()
    else:
        place.wait(min(seconds, WITHOUT_IDLE))
    return place.is_woken


def _look(line: Line, call: messages.ReadMails, after: int) -> messages.Mails:
    """The next mails after a UID, oldest first. A server that numbers anew is begun anew from its newest mail."""
    with line.bounded(mail_lines.COMMAND_SECONDS):
        folder = mail_lines.opened_folder(line.client)
        validity, newest = int(folder[b"UIDVALIDITY"]), int(folder[b"UIDNEXT"]) - 1
        if validity != call.uid_validity:
            return messages.Mails([], validity, newest, False)
        if newest <= after:
            return messages.Mails([], validity, after, False)
        end = min(after + SPAN, newest)
        uids = sorted(uid for uid in line.client.search(["UID", f"{after + 1}:{end}"]) if after < uid <= end)
    if not uids:
        return messages.Mails([], validity, end, end < newest)
    batch = uids[:STEP]
    mails = list[dict[str, Any]]()
    for uid in batch:
        with line.bounded(mail_lines.COMMAND_SECONDS):
            fetched = _fetched(line, uid)
        if fetched is not None:
            mails.append(_judged(fetched, uid, call))
    last = batch[-1] if len(uids) > STEP else end
    return messages.Mails(mails, validity, last, last < newest)


def _fetched(line: Line, uid: int) -> tuple[bytes, datetime, bool] | None:
    """A mail's bytes, up to the largest that is read; when it arrived; whether that is all of it. None when it was deleted."""
    about = line.client.fetch([uid], ["RFC822.SIZE", "INTERNALDATE"]).get(uid)
    if about is None:
        return None
    is_whole = int(about[b"RFC822.SIZE"]) <= LARGEST
    answer = line.client.fetch([uid], ["BODY.PEEK[]" if is_whole else f"BODY.PEEK[]<0.{LARGEST}>"]).get(uid, {})
    raw = next((value for name, value in answer.items() if name.startswith(b"BODY[]")), None)
    if not isinstance(raw, bytes):
        return None
    received_at = about[b"INTERNALDATE"]
    return raw[:LARGEST], received_at.astimezone(UTC), is_whole and len(raw) <= LARGEST


def _judged(fetched: tuple[bytes, datetime, bool], uid: int, call: messages.ReadMails) -> dict[str, Any]:
    raw, received_at, is_whole = fetched
    judgement = judging.judge(raw, at=received_at, senders=call.senders, addresses=[call.user], lookup=names.texts, is_whole=is_whole)
    return judging.as_dict(judgement, uid=uid, received_at=received_at)


# --- addresses and errors --------------------------------------------------------------------------------------------


def _address(call: messages.OpenMailbox | messages.ReadMails) -> Address:
    if call.security not in {"tls", "starttls"}:
        raise Invalid(_("A mailbox is read over an encrypted connection only."), field="security")
    if call.way not in {"password", "oauth"}:
        raise Invalid(_("There is no such way to sign in."), field="way")
    if not call.host or not 0 < call.port < 65_536:
        raise Invalid(_("Enter the mail server and its port."), field="host")
    if not call.user or any(ord(letter) < 32 or ord(letter) == 127 for letter in call.user):
        raise Invalid(_("Enter the user of the mailbox."), field="user")
    return Address(call.host.strip().lower(), call.port, call.security, call.user, call.way)


def _opened(office: Office, mailbox: str, address: Address, call: messages.ReadMails) -> Secret:
    """The sealed password, for the very server it was sealed for."""
    content = json.loads(office.key.open(call.sealed, office.context(f"mailbox:{mailbox}", FIELD, call.version)).reveal())
    text = Secret(content.pop("text"))
    if content != asdict(address):
        raise Refused(_("This password was entered for another mail server or another user."), remedy=_("Enter the mailbox again."))
    return text


@contextmanager
def _in_our_words(host: str) -> Iterator[None]:
    """What goes wrong with a mail server, as an error of ours; nothing was changed there in any case."""
    try:
        yield
    except mail_lines.NotEncrypted as error:
        raise Rejected(_("The mail server offers no encryption, so nothing was said to it.")) from error
    except ssl.SSLCertVerificationError as error:
        raise Rejected(
            _("The certificate of the mail server is not for {host}, has ended, or is signed by nobody known here."), host=host,
            remedy=_("Correct the name of the server. A certificate of your own goes into the file that COUNTERSIGN_MAILBOX_CA names."),
        ) from error
    except LoginError as error:
        raise _not_signed_in(str(error)) from error
    except UnicodeEncodeError as error:
        raise KeyRefused(_("This mail server takes no password with such letters.")) from error
    except (OSError, imaplib.IMAP4.error, ValueError, LookupError) as error:
        raise Unreachable(_("The mail server does not answer as it should."), remedy=_("It is tried again.")) from error


def _not_signed_in(said: str) -> CountersignError:
    """A server that has a bad moment says so by a code (RFC 5530); without one, no is no."""
    if any(code in said.upper() for code in ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[CONTACTADMIN]")):
        return Unreachable(_("The mail server lets nobody in at this moment."), remedy=_("It is tried again."))
    return KeyRefused(_("The mail server does not take this user with this password."), remedy=_("Enter the mailbox again."))
