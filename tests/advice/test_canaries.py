"""A2, P5: secrets are readable nowhere. Every kind goes through the whole running product, then every byte is looked at.

The processes are real (`countersign start`), their keys are their own. What is sealed is opened here with the wrapping
key, which the test may read and no process but the broker does, so that the very tokens are looked for.
"""
from __future__ import annotations

import base64
import io
import json
import os
import re
import secrets
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email import message_from_bytes
from email.header import decode_header, make_header
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import pytest
from django.core import signing
from PIL import Image

from countersign.access.vault import wrapping
from countersign.access.vault.sealing import Context, Keyring
from tests.canaries.browsing import Visitor
from tests.canaries.scanning import Canary, forms, found
from tests.matrix.codes import code_at, seed_and_ticket
from tests.path.browsing import Installation
from tests.servers.hostile_provider import CLIENT, hostile_provider
from tests.servers.practice import PracticeServer
from tests.waiting import until

KEYS = {"wrapping.key", "web.key", "log.key"}  # the homes of the keys themselves; nothing else is left out
NOBODY = 65534
FINGERPRINT = re.compile(rb"[0-9a-f]{8}\xe2\x80\xa6[0-9a-f]{6}")


class Story:
    """The main path with every kind of secret, and some trouble on the way."""

    def __init__(self, folder: Path) -> None:
        self.at = Installation(folder)
        self.seen: list[tuple[str, bytes]] = []
        self.canaries: list[Canary] = []
        self.folder = folder
        self.visitors: list[Visitor] = []

    def visitor(self) -> Visitor:
        self.visitors.append(Visitor(self.at.origin, self.seen))
        return self.visitors[-1]

    def canary(self, name: str, secret: str | bytes, *shown: str) -> str | bytes:
        raw = secret.encode() if isinstance(secret, str) else secret
        assert len(raw) >= 9, name
        self.canaries.append(Canary(name, raw, frozenset(shown)))
        return secret

    def run(self) -> None:
        with hostile_provider() as self.provider:
            self.at.environment["COUNTERSIGN_LOOPBACK_ORIGINS"] = self.provider.issuer
            self._told()
        self._opened()

    def _told(self) -> None:
        self.at.start()
        try:
            self._people()
            self._sign_on()
            self._account()
            self._post()
            self._trouble()
            self._live_secrets()
            self.said = self._commands()
            shutil.copytree(self.folder / "data", self.folder / "running")  # with the WAL of the running database
        finally:
            self.at.stop()
            for who in self.visitors:
                who.http.close()

    # --- people ----------------------------------------------------------------------------------------------------

    def _people(self) -> None:
        self.kim = self.visitor()
        self.canary("genesis token", self.at.link.rstrip("/").rpartition("/")[2], "Kim opens the link", "the line of ./start")
        self.kim.enrol(self.at.link, "Kim", "kim@delinde.example")
        self._codes(self.kim, "Kim")
        asked = self.kim.send("/roster/begin/options/")
        assert self.kim.send("/roster/begin/", self.kim.key.answer(asked))["ok"]
        self.ann = self.visitor()
        self._ann_comes()
        self.ben = self._invited("Ben", "reviewer")
        self.mia = self._invited("Mia", "moderator")
        self._on_the_roster("Ben")

    def _codes(self, who: Visitor, name: str) -> list[str]:
        password = str(self.canary(f"password of {name}", secrets.token_urlsafe(24)))
        who.get("/me/security/codes/")
        text = who.post("/me/security/codes/", {"password": password}, f"codes of {name}")
        codes = re.findall(r"<code>([0-9a-z-]{19})</code>", text)
        assert len(codes) == 10, text
        for code in codes:
            self.canary("recovery code", code, f"codes of {name}")
            self.canary("recovery code without hyphens", code.replace("-", ""), f"codes of {name}")
        return codes

    def _link(self, name: str, role: str) -> str:
        self.kim.get("/people/invite/")
        data = {"name": name, "email": f"{name.lower()}@delinde.example", "role": role, "account": "", "language": "nl"}
        text = self.kim.post("/people/invite/", data, f"invitation of {name}")
        found = re.search(r"<code>(http[^<]+/enrol/([^/<]+)/)</code>", text)
        assert found, text
        shown = (f"invitation of {name}", f"{name} opens the link", *(["Ann mistypes"] if name == "Ann" else []))
        self.canary(f"enrolment token of {name}", found[2], *shown)
        return found[1]

    def _invited(self, name: str, role: str) -> Visitor:
        who = self.visitor()
        who.enrol(self._link(name, role), name)
        return who

    def _ann_comes(self) -> None:
        """Ann has a password and a code generator, and comes in once more with a recovery code."""
        link = self._link("Ann", "author")
        password = str(self.canary("password of Ann", secrets.token_urlsafe(24)))
        spelled, ticket = seed_and_ticket(self.ann.get(link, "Ann opens the link"))
        seed = spelled.replace(" ", "")
        shown = ("Ann opens the link", "Ann mistypes")
        for name, form in (("TOTP seed", seed), ("TOTP seed as spelled", spelled), ("TOTP seed's bytes", base64.b32decode(seed))):
            self.canary(name, form, *shown)
        self.canary("TOTP ticket", ticket, *shown)
        data = {"password": password, "name": "Ann", "ticket": ticket, "code": "000000"}
        path = re.sub(r"^.*?//[^/]+", "", link)
        self.ann.post(f"{path}password/", data, "Ann mistypes")
        self.ann.post(f"{path}password/", data | {"code": code_at(seed)}, "Ann comes")
        codes = self._codes_of_ann()
        self.canary("session cookie of Ann's first browser", self.ann.cookie)
        self.ann.get("/accounts/logout/")
        self.ann.post("/accounts/logout/", {})
        self.ann.get("/accounts/login/")
        self.ann.post("/accounts/login/", {"login": "ann@delinde.example", "password": password + "x"})
        self.ann.post("/accounts/login/", {"login": "ann@delinde.example", "password": password}, "Ann's password")
        self.ann.post("/accounts/second-factor/", {"code": codes[0]}, "Ann's recovery code")
        assert "Ann" in self.ann.get("/")

    def _codes_of_ann(self) -> list[str]:
        self.ann.get("/me/security/codes/")
        text = self.ann.post("/me/security/codes/", {}, "codes of Ann")
        codes = re.findall(r"<code>([0-9a-z-]{19})</code>", text)
        assert len(codes) == 10, text
        for code in codes:
            self.canary("recovery code", code, "codes of Ann")
        return codes

    def _on_the_roster(self, name: str) -> None:
        page = self.kim.get("/roster/")
        option = re.search(rf'<option value="([0-9a-f-]+)"[^>]*>{name} ·', page)
        assert option, page
        self.kim.post("/roster/add/", {"person": option[1], "role": "signer"})
        head = re.search(r"/roster/([0-9a-f]{64})/options/", self.kim.get("/roster/"))
        assert head
        asked = self.kim.send(f"/roster/{head[1]}/options/")
        assert self.kim.send(f"/roster/{head[1]}/sign/", self.kim.key.answer(asked))["ok"]

    # --- the company's provider and directory (a stand-in signs whatever it is told) ---------------------------------------

    def _sign_on(self) -> None:
        secret = str(self.canary("client secret", secrets.token_urlsafe(32)))
        described = {
            "name": "De Linde", "issuer": self.provider.issuer, "client_id": CLIENT, "secret": secret, "acr_values": "",
            "groups_claim": "groups", "scopes": "openid email profile",
        }  # fmt: skip
        self.kim.get("/settings/sign-on/")
        self.kim.post("/settings/sign-on/", described | {"issuer": "http://127.0.0.1:9"}, "a secret for nobody")
        assert self.kim.status == 422
        self.kim.post("/settings/sign-on/", described, "a client secret")
        turn_on = re.search(r"/settings/sign-on/[0-9a-f-]{36}/on/", self.kim.get("/settings/sign-on/"))
        assert turn_on
        self.kim.post(turn_on[0], {"reason": "Everybody has it."})
        ann = self.visitor()
        asked = ann.http.get("/sign-on/", follow_redirects=False).headers["location"]
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked).query).items()}
        self.provider.access_token = str(self.canary("access token of a provider", secrets.token_urlsafe(32)))
        self.provider.token = self.provider.signer.sign(self.provider.claims(query["nonce"], sid=secrets.token_hex(8)))
        self.canary("ID token", self.provider.token.rpartition(".")[2])
        code = str(self.canary("code of a provider", secrets.token_urlsafe(32)))
        ann.get("/sign-on/return/", "back from the provider", state=query["state"], code=code)
        assert "not enrolled" in ann.get("/device/")
        self.canary("session cookie of somebody who signed on", ann.cookie)
        assert any(secret in unquote(_plain(said)) for _method, said in self.provider.asked), self.provider.asked
        self._directory()

    def _directory(self) -> None:
        self.kim.get("/locks/keys/")
        text = self.kim.post("/locks/keys/", {"name": "Directory", "purpose": "scim", "days": "30"}, "the directory's key")
        found = re.search(r"<code>(cs_scim_[^<]+)</code>", text)
        assert found, text
        key = str(self.canary("key of the directory", found[1], "the directory's key"))
        password = str(self.canary("password that a directory sends", secrets.token_urlsafe(24)))
        user = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "mia2@delinde.example", "password": password}
        for given in (key, f"{key}x"):
            answer = httpx.post(
                f"{self.at.origin}/scim/v2/Users", json=user, headers={"Authorization": f"Bearer {given}"}, trust_env=False
            )
            self.seen.append(("the directory makes somebody", answer.content))
            assert answer.status_code == (201 if given == key else 401), answer.text

    # --- the main path -----------------------------------------------------------------------------------------------

    def _account(self) -> None:
        network = PracticeServer(self.folder / "unused")
        network.origin = self.at.practice
        try:
            self.kim.get("/accounts/connect/")
            data = {"network": "practice", "server": self.at.practice, "handle": "delinde"}
            page = self.kim.post("/accounts/connect/", data, "on to the network")
            url = re.search(r'href="(http://127[^"]+/oauth/authorize[^"]+)"', page)
            assert url, page
            query = network.answer(unescape(url[1]), "delinde")
            self.canary("OAuth code", query["code"])
            page = self.kim.get("/connect/return/", "back from the network", **query)
            assert "delinde" in page, page
        finally:
            network.http.close()
            network.browser.close()

    def _post(self) -> None:
        account = re.search(r'name="accounts" value="([0-9a-f-]{36})"', self.ann.get("/posts/new/"))
        assert account
        uid = account[1]
        data = {"accounts": uid, f"text-{uid}": "De ketel staat.", f"language-{uid}": "nl", "title": "Ketel"}
        files = {"picture": ("IMG_0412.jpg", self._photo(), "image/jpeg")}
        self.ann.post("/posts/new/pictures/", data, "Ann adds a photo", files=files)
        post = re.search(r"/posts/([0-9a-f-]{36})/autosave/", self.ann.get("/posts/new/") + self._text("Ann adds a photo"))
        assert post
        self.ann.post(f"/posts/{post[1]}/edit/", data | {"do": "submit"}, "Ann submits")
        until(lambda: "told" if any(FINGERPRINT.search(mail) for mail in self._mails()) else "")
        asked = self.ben.send(f"/posts/{post[1]}/sign/options/")
        assert self.ben.send(f"/posts/{post[1]}/sign/", self.ben.key.answer(asked))["ok"]
        address = self._out(post[1])
        self._comment(address)

    def _mails(self) -> Iterator[bytes]:
        for path in sorted((self.folder / "data" / "mail").iterdir()):
            yield from _words_of_mails(path.read_bytes())

    def _text(self, name: str) -> str:
        return b"".join(content for seen, content in self.seen if seen == name).decode("utf-8", "replace")

    def _photo(self) -> bytes:
        """A photo that says things no trace we tell repeats: a maker's notes, bytes after the end, its very pixels."""
        noise = Image.frombytes("RGB", (64, 48), secrets.token_bytes(64 * 48 * 3))
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x927C] = b"Maker\0" + self._planted("maker notes of a photo")
        out = io.BytesIO()
        noise.save(out, "JPEG", exif=exif, quality=95)
        whole = out.getvalue() + self._planted("bytes after the end of a photo")
        self.canary("pixels of an original photo", whole[len(whole) // 2 : len(whole) // 2 + 48])
        return whole

    def _planted(self, name: str) -> bytes:
        secret = secrets.token_bytes(24)
        self.canary(name, secret)
        return secret

    def _out(self, post: str) -> str:
        def address() -> str:
            found = re.search(rf'href="({re.escape(self.at.practice)}/posts/[^"]+)"', self.ben.get(f"/posts/{post}/"))
            return found[1] if found else ""

        return until(address)

    def _comment(self, address: str) -> None:
        headers = {"Sec-Fetch-Site": "same-origin"}
        data = {"new_reader": "Greta Vogel", "text": "Wanneer open?"}
        httpx.post(f"{address}/replies", data=data, headers=headers, trust_env=False)

        def comment() -> str:
            found = re.search(r"/comments/([0-9a-f-]{36})/", self.mia.get("/comments/"))
            return found[1] if found else ""

        uid = until(comment)
        self.mia.get(f"/comments/{uid}/")
        self.mia.post(f"/comments/{uid}/decide/", {"deed": "keep", "clause": "K2"}, "Mia decides")

    # --- trouble -----------------------------------------------------------------------------------------------------

    def _trouble(self) -> None:
        app_password = str(self.canary("app password", "-".join(secrets.token_hex(2) for _part in range(4))))
        self.kim.get("/accounts/connect/?network=bluesky&way=app-password")
        for network in ("bluesky", "practice", "mastodon"):
            data = {"network": network, "server": self.at.practice, "handle": "delinde.example", "app_password": app_password}
            self.kim.post("/accounts/connect/", data, f"an app password for {network}")
            assert self.kim.status in {403, 422, 502}, (network, self.kim.status)
        self.kim.get("/connect/return/", "an old way back", state=secrets.token_urlsafe(32), code=self._typed("typed OAuth code"))
        self.kim.get(f"/enrol/{self._typed('typed enrolment token')}/", "a wrong link")
        self._faults()

    def _typed(self, name: str) -> str:
        return str(self.canary(name, secrets.token_urlsafe(32)))

    def _faults(self) -> None:
        """Tables are gone for a moment: what stands in the request must not reach the log or the page."""
        passwords = [str(self.canary(f"password typed into a fault, {n}", secrets.token_urlsafe(24))) for n in range(2)]
        with _without(self.folder, "people_attempt"):
            nobody = self.visitor()
            nobody.get("/accounts/login/")
            nobody.post("/accounts/login/", {"login": "ann@delinde.example", "password": passwords[0]}, "a fault at sign-in")
            assert nobody.status == 500
            self.ann.get("/me/verify/")
            self.ann.post("/me/verify/", {"code": self._unused()}, "a fault at a second factor")
            assert self.ann.status == 500
        with _without(self.folder, "audit_entry"):
            self.kim.get("/me/security/password/")
            self.kim.post("/me/security/password/", {"password": passwords[1]}, "a fault at a password")
            assert self.kim.status == 500
            data = {"network": "practice", "server": self.at.practice, "handle": "delinde_tweede"}
            self.kim.post("/accounts/connect/", data, "a fault at connecting")
            assert self.kim.status == 500

    def _unused(self) -> str:
        code = "-".join("".join(secrets.choice("0123456789abcdef") for _n in range(4)) for _group in range(4))
        return str(self.canary("recovery code typed into a fault", code))

    def _live_secrets(self) -> None:
        for name, who in (("Kim", self.kim), ("Ann", self.ann), ("Ben", self.ben), ("Mia", self.mia)):
            self.canary(f"session cookie of {name}", who.cookie)

    # --- what was sealed, opened here ----------------------------------------------------------------------------------

    def _commands(self) -> list[tuple[str, bytes]]:
        """What the commands say, and the log as it is exported."""
        said = []
        for words in (["audit", "export", str(self.folder / "export")], ["doctor"], ["manage", "check"], ["manage", "dumpdata"]):
            done = self.at.run(*words)
            said.append((f"countersign {words[0]} {words[-1].rpartition('/')[2]}", (done.stdout + done.stderr).encode()))
        said.append(("the exported log", (self.folder / "export").read_bytes()))
        return said

    def _opened(self) -> None:
        keys, data = self.folder / "keys", self.folder / "data"
        ring = Keyring(wrapping.load(keys / "wrapping.key"))
        self.canary("wrapping key", base64.b64decode((keys / "wrapping.key").read_text()))
        self.canary("web key", (keys / "web.key").read_text().strip())
        self.canary("log signing key", _seed((keys / "log.key").read_text().strip()))
        organisation = _organisation(self.folder)
        with closing(sqlite3.connect(data / "countersign.sqlite3")) as database:
            rows = database.execute(
                "SELECT a.uid, s.version, s.sealed FROM vault_secretversion s JOIN grants_account a ON a.id = s.account_id"
            ).fetchall()
            pending = database.execute("SELECT account_uid, pending FROM vault_connection").fetchall()
            self.sessions = [row[0] for row in database.execute("SELECT data FROM people_session WHERE data <> ''")]
        assert rows
        assert pending
        for uid, version, sealed in rows:
            content = json.loads(ring.open(sealed, Context(organisation, f"account:{_uid(uid)}", "credentials", version)).reveal())
            self._texts(f"token of an account, version {version}", content["secret"])
        for uid, sealed in pending:
            self._texts("half of an OAuth sign-in", ring.open(sealed, Context(organisation, f"account:{_uid(uid)}", "pending", 1)).reveal())

    def _texts(self, name: str, content: str) -> None:
        """Every secret in what was sealed; the program's name and the state are what the browser itself carries about."""
        kept = {key: value for key, value in json.loads(content).items() if key not in {"client_id", "state"}}
        for text in set(re.findall(r"[A-Za-z0-9_\-]{20,}", json.dumps(kept))):
            self.canary(name, text)


def _plain(said: str) -> str:
    """What the stand-in was sent, with the client's secret out of its Basic header."""
    found = re.search(r"Basic (\S+)", said)
    return base64.b64decode(found[1]).decode() if found else said


@contextmanager
def _without(folder: Path, table: str) -> Iterator[None]:
    """The product without one of its tables, for as long as it takes."""
    with closing(sqlite3.connect(folder / "data" / "countersign.sqlite3", timeout=30, autocommit=True)) as database:
        database.execute("PRAGMA legacy_alter_table=ON")
        database.execute(f"ALTER TABLE {table} RENAME TO mislaid")
        try:
            yield
        finally:
            database.execute(f"ALTER TABLE mislaid RENAME TO {table}")


def _seed(log_key: str) -> str:
    """What stands after `PRIVATE+KEY+name+id+`: base64, which may hold a plus sign of its own."""
    return log_key.removeprefix("PRIVATE+KEY+").split("+", 2)[2]


def _organisation(folder: Path) -> str:
    found = re.search(rb'"kind":"organisation".*?"id":"([0-9a-f]{32})"|"id":"([0-9a-f]{32})".*?"organisation"', (folder / "broker" / "journal").read_bytes())
    assert found
    return (found[1] or found[2]).decode()


def _uid(text: str) -> str:
    return text if "-" in text else f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


# --- the tests -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    """The whole path, once, in a folder that others on the machine could reach but for the product's own modes."""
    folder = Path(tempfile.mkdtemp(prefix="countersign-canaries-"))
    folder.chmod(0o755)
    story = Story(folder)
    try:
        story.run()
        yield story
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def files(story: Story) -> Iterator[tuple[str, bytes]]:
    """Every file the product wrote, but for the homes of its keys."""
    for path in sorted(story.folder.rglob("*")):
        name = str(path.relative_to(story.folder))
        if path.is_file() and not path.is_symlink() and not (name.startswith("keys/") and path.name in KEYS) and not name.startswith("run/static"):
            yield name, path.read_bytes()


def everything(story: Story) -> Iterator[tuple[str, bytes]]:
    yield from files(story)
    yield from story.said
    yield from story.seen
    for name, data in files(story):
        if "/mail/" in name:
            yield f"the words of {name}", b"\n".join(_words_of_mails(data))
    key = (story.folder / "keys" / "web.key").read_text().strip()
    for number, data in enumerate(story.sessions):
        content: Any = signing.loads(data, key=key, salt="django.contrib.sessions.SessionStore")
        yield f"session {number}, unpacked", json.dumps(content).encode()


def _words_of_mails(data: bytes) -> Iterator[bytes]:
    """A mail's body may be packed in lines of base64; each file may hold several mails."""
    for one in re.split(rb"\n-{70,}\n", data):
        mail = message_from_bytes(one)
        yield str(make_header(decode_header(mail.get("Subject", "")))).encode()
        yield from (part.get_payload(decode=True) or b"" for part in mail.walk() if not part.is_multipart())


def test_every_kind_of_secret_went_through_the_product(story: Story) -> None:
    kinds = {re.sub(r" of (Kim|Ann|Ben|Mia).*|,.*", "", canary.name) for canary in story.canaries}
    assert kinds >= {
        "app password", "bytes after the end of a photo", "enrolment token", "genesis token", "half of an OAuth sign-in", "log signing key",
        "maker notes of a photo", "OAuth code", "password", "recovery code", "session cookie", "token of an account", "TOTP seed", "web key",
        "wrapping key",
    }  # fmt: skip
    assert len(story.canaries) > 60


def test_no_secret_is_readable_anywhere(story: Story) -> None:
    hits, looked, size = [], 0, 0
    for place, data in everything(story):
        looked, size = looked + 1, size + len(data)
        for canary in story.canaries:
            if place in canary.shown:
                continue
            seen = _once_in_the_log(canary, data) if place == "log" else data
            if forms_found := found(canary, seen):
                hits.append((canary.name, place, forms_found))
    print(f"{len(story.canaries)} canaries in {sum(1 for _ in forms(b'123456789'))} forms, {looked} places, {size:,} bytes")
    assert hits == [], "\n".join(map(str, hits))


def _once_in_the_log(canary: Canary, data: bytes) -> bytes:
    """The printed link of the first officer may stand on its own line, and nowhere else."""
    if "the line of ./start" not in canary.shown:
        return data
    return re.sub(rb"First officer:[^\n]+\n", b"", data, count=1)


def test_what_is_shown_once_is_really_shown_there(story: Story) -> None:
    """The exceptions above are no more than the pages that must show a secret."""
    for canary in story.canaries:
        for place in canary.shown - {"the line of ./start", "Ann mistypes"}:
            pages = b"".join(content for name, content in story.seen if name == place)
            assert pages, place
    shown = {place for canary in story.canaries for place in canary.shown}
    assert len(shown) <= 12


def test_the_scan_finds_a_secret_in_every_form(tmp_path: Path) -> None:
    canary = Canary("planted", secrets.token_urlsafe(24).encode())
    for name, spelled in forms(canary.secret):
        assert name in found(canary, b"before" + spelled + b"after"), name
    assert "base64 after 1" in found(canary, base64.b64encode(b"x" + canary.secret + b"yz"))
    assert found(canary, b"something else") == []


def test_faults_were_told_without_their_request(story: Story) -> None:
    log = (story.folder / "log").read_text()
    assert log.count("Internal Server Error") >= 4
    assert "OperationalError" in log
    assert "Forbidden: /enrol/<str:token>/" in log
    fault = next(content for name, content in story.seen if name == "a fault at sign-in")
    assert b"Traceback" not in fault


def test_mails_were_written_and_hold_a_fingerprint(story: Story) -> None:
    mails = [data for place, data in everything(story) if place.startswith("the words of data/mail/")]
    assert len(mails) >= 2
    assert any(FINGERPRINT.search(mail) for mail in mails)


# --- for another user of the machine ---------------------------------------------------------------------------------


def test_folders_and_keys_are_their_owner_s_alone(story: Story) -> None:
    for name in ("broker", "data", "keys", "run"):
        assert stat.S_IMODE((story.folder / name).stat().st_mode) & 0o077 == 0, name
    for path in (story.folder / "keys").iterdir():
        is_written = path.name == "journal.mark"  # no key: how far the journal had come
        assert stat.S_IMODE(path.stat().st_mode) & (0o177 if is_written else 0o377) == 0, path.name


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try as another user of the machine")
def test_another_user_of_the_machine_opens_nothing_and_asks_the_broker_nothing(story: Story) -> None:
    """What a command needs (keys, database, journal, socket) is closed, so no command does anything for a stranger."""
    socket_path = story.folder / "run" / "listening.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        before = os.umask(0o177)
        listening.bind(str(socket_path))
        os.umask(before)
        listening.listen()
        places = [str(story.folder / name) for name in ("data/countersign.sqlite3", "keys/web.key", "keys/wrapping.key", "broker/journal")]
        code = (
            "import json, os, socket, sys\n"
            "os.setgroups([]); os.setgid(int(sys.argv[1])); os.setuid(int(sys.argv[1]))\n"
            "told = []\n"
            "def tried(do):\n"
            "    try: do(); told.append('opened')\n"
            "    except OSError as error: told.append(type(error).__name__)\n"
            "for path in sys.argv[3:]: tried(lambda: open(path, 'rb'))\n"
            "for path in sys.argv[3:]: tried(lambda: open(path, 'ab'))\n"
            "tried(lambda: socket.socket(socket.AF_UNIX).connect(sys.argv[2]))\n"
            "print(json.dumps(told))\n"
        )
        command = [sys.executable, "-c", code]
        stranger = subprocess.run([*command, str(NOBODY), str(socket_path), *places], capture_output=True, text=True, timeout=30, check=True)
        owner = subprocess.run([*command, "0", str(socket_path), *places], capture_output=True, text=True, timeout=30, check=True)
    assert set(json.loads(stranger.stdout)) == {"PermissionError"}
    assert set(json.loads(owner.stdout)) == {"opened"}
