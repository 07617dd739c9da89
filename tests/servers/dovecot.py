"""A real IMAP server (Debian's Dovecot) on loopback with certificates of its own, fed over SMTP by aiosmtpd.

Everything lies in one folder; the server is stopped by its own pid and group. Any user is let in with `PASSWORD`, each with a mailbox of
their own; whoever comes with a token (OAUTHBEARER, XOAUTH2) needs one that `token` made.
"""
from __future__ import annotations

import asyncio
import base64
import datetime as dates
import grp
import os
import pwd
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import jwt
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers.loopback import free_ports

USER, PASSWORD = "security@delinde.example", "hop-en-gerst-7719-é"
_TOKEN_KEY = b"the key of Dovecot's tokens in tests"


@dataclass
class Dovecot:
    """A running server: where it listens, its authority's certificate, and where its mail lies."""

    folder: Path
    imap: int
    imaps: int
    smtp: int
    ca: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def origins(self) -> list[str]:
        """What the broker must be allowed to connect to."""
        return [f"https://localhost:{port}" for port in (self.imap, self.imaps)]

    def deliver(self, raw: bytes, *, to: str = USER) -> None:
        """Send a mail over SMTP, as the network's server would."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=10) as server:
            server.sendmail("bounce@network.example", [to], raw)

    def inbox(self, user: str = USER) -> Path:
        """The folder of a mailbox."""
        return self.folder / "mail" / user

    def fill(self, number: int, *, user: str = USER) -> None:
        """Put so many old mails into a mailbox, as links to a few files."""
        place = made_inbox(self, user) / "cur"
        for count in range(number):
            path = place / f"1000000000.{count:06}.old:2,S"
            if count % 10_000 == 0:
                first = path
                first.write_bytes(b"From: old@elsewhere.example\r\nSubject: Your password was changed\r\n\r\nYour X password was changed.\r\n")
                _owned(first)
            else:
                os.link(first, path)

    def number_anew(self, user: str = USER) -> None:
        """Forget the numbers that mails had, as after a restored backup of the server."""
        for file in self.inbox(user).glob("dovecot*"):
            file.unlink()

    def token(self, user: str = USER, *, seconds: int = 300) -> str:
        """A token as the company's identity provider would give it."""
        now = int(time.time())
        return jwt.encode(
            {"sub": user, "username": user, "iss": "https://id.delinde.example", "iat": now, "nbf": now - 5, "exp": now + seconds},
            _TOKEN_KEY, algorithm="HS256", headers={"kid": "default"},
        )  # fmt: skip

    def start(self) -> None:
        """Start and wait until it greets."""
        command = [shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin") or "dovecot", "-F", "-c", str(self.folder / "dovecot.conf")]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
        until = time.monotonic() + 20
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.imap), timeout=2) as connection:
                    if connection.recv(200).startswith(b"* OK"):
                        return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError((self.folder / "dovecot.log").read_text()[-3000:])

    def stop(self) -> None:
        """Stop it, and what it started for those who are signed in, which would live on."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process = None


@contextmanager
def dovecot(*, without_idle: bool = False) -> Iterator[Dovecot]:
    """A running server, stopped with the block. Its folder is not among pytest's, which are closed to its mail user."""
    imap, imaps, smtp = free_ports(3)
    folder = Path(tempfile.mkdtemp(prefix="countersign-mail-"))
    folder.chmod(0o755)
    server = Dovecot(folder, imap, imaps, smtp, folder / "ca.pem")
    certificates(folder)
    _write_configuration(server, without_idle=without_idle)
    controller = Controller(_Delivers(server), hostname="127.0.0.1", port=smtp)
    try:
        server.start()
        controller.start()
        yield server
    finally:
        controller.stop(no_assert=True)
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


class _Delivers:
    """Puts what comes over SMTP into the mailbox of whom it is for, whole or not at all, as a Maildir wants."""

    def __init__(self, server: Dovecot) -> None:
        self.server, self.count = server, 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802  # the library's name
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        await asyncio.to_thread(self._put, envelope.rcpt_tos, content)
        return "250 OK"

    def _put(self, recipients: list[str], content: bytes) -> None:
        for user in recipients:
            self.count += 1
            name = f"{int(time.time())}.{self.count:06}P{os.getpid()}.here"
            inbox = made_inbox(self.server, user)
            (inbox / "tmp" / name).write_bytes(content)
            _owned(inbox / "tmp" / name)
            (inbox / "tmp" / name).rename(inbox / "new" / name)


def made_inbox(server: Dovecot, user: str) -> Path:
    """The folder of a mailbox, made when it is not there."""
    inbox = server.inbox(user)
    for place in (inbox, inbox / "tmp", inbox / "new", inbox / "cur"):
        if not place.exists():
            place.mkdir(parents=True)
            _owned(place)
    return inbox


def _mail_user() -> pwd.struct_passwd:
    return pwd.getpwnam("mail") if os.getuid() == 0 else pwd.getpwuid(os.getuid())


def _owned(path: Path) -> None:
    if os.getuid() == 0:
        os.chown(path, _mail_user().pw_uid, _mail_user().pw_gid)


def certificates(folder: Path, *, name: str = "localhost") -> None:
    """An authority of our own (`ca.pem`), and a certificate by it for one name (`cert.pem`, `key.pem`)."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "De Linde's authority")])
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == "localhost":
        names.append(x509.IPAddress(ip_address("127.0.0.1")))
    ca = _certificate(issuer, issuer, authority, authority, [(x509.BasicConstraints(ca=True, path_length=0), True), (_USE_OF_CA, True)])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = _certificate(subject, issuer, key, authority, [(x509.SubjectAlternativeName(names), False)])
    (folder / "ca.pem").write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


_USE_OF_CA = x509.KeyUsage(
    digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
    key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
)  # fmt: skip


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey,
    extensions: list[tuple[x509.ExtensionType, bool]],
) -> x509.Certificate:  # fmt: skip
    now = dates.datetime.now(dates.UTC)
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dates.timedelta(days=1)).not_valid_after(now + dates.timedelta(days=2))
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )  # fmt: skip
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(by, hashes.SHA256())


def server_context(folder: Path) -> ssl.SSLContext:
    """What a server of one's own (a proxy that stalls, say) serves its certificate with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def _write_configuration(server: Dovecot, *, without_idle: bool) -> None:
    folder, user = server.folder, _mail_user()
    for place in ("mail", "run", "keys/default/HS256"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    _owned(folder / "mail")
    for path in (folder / "keys", folder / "keys/default", folder / "keys/default/HS256"):
        path.chmod(0o755)
    (folder / "keys/default/HS256/default").write_text(base64.b64encode(_TOKEN_KEY).decode())
    (folder / "oauth2.conf.ext").write_text(
        f"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={folder}/keys/\nusername_attribute = username\n"
        "issuers = https://id.delinde.example\n"
    )
    as_oneself = f"default_internal_user = {user.pw_name}\ndefault_internal_group = {_group(user)}\ndefault_login_user = {user.pw_name}\n" + "".join(
        f"service {name} {{\n  chroot =\n}}\n" for name in ("anvil", "imap-login", "stats")
    )
    (folder / "dovecot.conf").write_text(
        ("" if os.getuid() == 0 else as_oneself)
        + _CONFIGURATION.format(
            folder=folder, imap=server.imap, imaps=server.imaps, uid=user.pw_uid, gid=user.pw_gid, password=PASSWORD,
            capability="imap_capability = IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE LITERAL+ AUTH=PLAIN" if without_idle else "",
        )
    )


def _group(user: pwd.struct_passwd) -> str:
    return grp.getgrgid(user.pw_gid).gr_name


_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:{folder}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
mail_max_userip_connections = 100
first_valid_uid = 1
auth_mechanisms = plain login oauthbearer xoauth2
auth_failure_delay = 0
{capability}
passdb {{
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = {folder}/oauth2.conf.ext
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
namespace inbox {{
  inbox = yes
}}
"""
