"""The practice network as its own process, for tests: started on a free port, stopped at the end.

    with PracticeServer(tmp_path) as network:
        credentials = network.connect("delinde")        # walks the real OAuth pages
        network.control(silent_next=1)                   # accepts the next post and says nothing
        network.reply_as("Joke Peeters", post_id, "Proost!")
        assert network.arrived("published") == 1         # from its own ledger
"""
from __future__ import annotations

import os
import re
import signal
from html.parser import HTMLParser
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import httpx

from countersign.networks.contract import Beginning, Client, Credentials
from countersign.networks.practice.connector import Practice
from tests.servers.forking import Forked, forked

RETURN_TO = "http://localhost:8765/accounts/back"
STATE = "state-of-this-connection"
PATIENCE, IMPATIENCE = 20.0, 2.0  # seconds


class PracticeServer:
    """One practice network over one folder. It may be killed and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "practice"
        self.http = httpx.Client(timeout=PATIENCE, trust_env=False)
        self.browser = httpx.Client(timeout=PATIENCE, trust_env=False, headers={"Sec-Fetch-Site": "same-origin"})
        self.origin = ""
        self._process: Forked | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
        self.http.close()
        self.browser.close()

    def start(self) -> None:
        """Start the process and wait for the line that says its address; the second start takes the same port."""
        port = urlsplit(self.origin).port or 0
        said, says = os.pipe()
        self._process = forked("practice", ["--data", str(self.data), "--port", str(port)], dict(os.environ), stdout=says)
        os.close(says)
        with os.fdopen(said) as output:
            line = output.readline()
        if "http" not in line:
            raise AssertionError(f"The practice network did not start; its exit code is {self._process.wait(10)}.")
        self.origin = line.split()[-1]

    def stop(self) -> None:
        """Tell the process to end, and wait for it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the process as a power cut would."""
        self._end(signal.SIGKILL)

    @property
    def pid(self) -> int:
        """The process, for tests that kill it themselves."""
        assert self._process is not None
        return self._process.pid

    def control(self, **settings: object) -> dict[str, Any]:
        """Change how it behaves; see `countersign.practice.behaviour.Behaviour` for the names.

        Once it was told to say nothing, or late, the connector's client waits no longer than two seconds.
        """
        self.http.timeout = IMPATIENCE if settings.keys() & {"silent_next", "late_seconds"} else PATIENCE
        answer = self.browser.post(f"{self.origin}/control.json", json=settings)
        answer.raise_for_status()
        return dict(answer.json())

    def behave(self) -> None:
        """Behave well again."""
        self.control(reset=True)

    def protect(self, handle: str = "delinde", **given: object) -> None:
        """Say how a company's account is protected; see `countersign.practice.protecting.Protection` for the names."""
        self.browser.post(f"{self.origin}/protection.json", json={"handle": handle, **given}).raise_for_status()

    def ledger(self, *, after: int = 0) -> list[dict[str, Any]]:
        """Every API request that arrived, as the network itself noted it."""
        answer = self.browser.get(f"{self.origin}/ledger.json", params={"after": after})
        answer.raise_for_status()
        return list(answer.json()["entries"])

    def arrived(self, outcome: str) -> int:
        """How many requests to create a post had this outcome: published, repeated, lost, refused or arrived."""
        return sum(e["outcome"] == outcome and e["path"] == "/api/v1/posts" for e in self.ledger())

    def begin(self, *, redirect_uri: str = RETURN_TO, state: str = STATE, handle: str = "") -> Beginning:
        """Begin an OAuth sign-in through the connector."""
        return Practice().begin(
            self.http, server=self.origin, handle=handle, redirect_uri=redirect_uri, client_id="", state=state
        )

    def answer(self, authorize_url: str, handle: str, *, name: str = "", decision: str = "allow") -> dict[str, str]:
        """Answer the authorize page as a person would; returns the query the browser brings back.

        An account that is not on the page is created with this handle.
        """
        page = self.browser.get(authorize_url)
        page.raise_for_status()
        form = _Form(page.text)
        account = form.accounts.get(handle, "new")
        filled = {**form.hidden, "account": account, "handle": handle, "name": name or handle, "decision": decision}
        answer = self.browser.post(f"{self.origin}/oauth/authorize", data=filled)
        assert answer.status_code == 303, answer.text
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))

    def connect(self, handle: str = "delinde", *, name: str = "") -> Credentials:
        """Real tokens for the company account of this handle, by walking the OAuth pages."""
        begun = self.begin(handle=handle)
        query = self.answer(begun.authorize_url, handle, name=name)
        return Practice().finish(self.http, pending=begun.pending, query=query)

    def client(self, credentials: Credentials) -> Client:
        """The connector's client for these credentials, with this server's short time limit."""
        return Practice().client(self.http, credentials)

    def disconnect(self, handle: str) -> int:
        """End every program's access on the account's profile page; returns how many there were."""
        page = self.browser.get(f"{self.origin}/@{handle}").text
        ends = re.findall(r'action="(/@[^"]+/programs/\d+/end)"', page)
        for end in ends:
            assert self.browser.post(self.origin + end).status_code == 303
        return len(ends)

    def reply_as(self, reader: str, post_id: str, text: str) -> str:
        """Reply under a post or a reply as this invented reader, through the page's form; returns the reply's id."""
        answer = self.browser.post(f"{self.origin}/posts/{post_id}/replies", data={"new_reader": reader, "text": text})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].rpartition("#p")[2]

    def edit_as(self, reader: str, reply_id: str, text: str) -> None:
        """Edit a reply as the reader who wrote it."""
        self._as(reader, f"/replies/{reply_id}/edit", text=text)

    def delete_as(self, reader: str, reply_id: str) -> None:
        """Delete a reply as the reader who wrote it."""
        self._as(reader, f"/replies/{reply_id}/delete")

    def page(self, path: str = "/") -> str:
        """A page as readers see it."""
        answer = self.browser.get(self.origin + path)
        answer.raise_for_status()
        return answer.text

    def _as(self, reader: str, path: str, **fields: str) -> None:
        answer = self.browser.post(self.origin + path, data={"reader": _handle_of(reader), **fields})
        assert answer.status_code == 303, answer.text

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        self._process.wait(10)
        self._process = None


def _handle_of(reader: str) -> str:
    known = {"Joke Peeters": "joke", "Émile Fontaine": "emile", "Greta Vogel": "greta", "Harper Quinn": "harper", "Noor Haddad": "noor"}
    return known.get(reader) or re.sub(r"[^a-z0-9]+", "_", reader.lower()).strip("_")


class _Form(HTMLParser):
    """The fields of the authorize page: hidden ones, and the accounts by handle."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.accounts: dict[str, str] = {}
        self._account = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep hidden fields; remember the account whose label is being read."""
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"]] = given["value"]
        if tag == "input" and given.get("name") == "account":
            self._account = given["value"]

    def handle_data(self, data: str) -> None:
        """The handle in the label belongs to the account above it."""
        if data.strip().startswith("@") and self._account not in {"", "new"}:
            self.accounts[data.strip().removeprefix("@")] = self._account
