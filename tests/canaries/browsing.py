"""Somebody at a browser without scripts: real requests to the running product, everything that came back kept."""
from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx

from tests.soft_authenticator import SoftAuthenticator


class Visitor:
    """One person's browser and passkey. `seen` holds every answer under the name of what was done."""

    def __init__(self, origin: str, seen: list[tuple[str, bytes]]) -> None:
        self.origin, self.seen = origin, seen
        self.http = httpx.Client(base_url=origin, timeout=60, trust_env=False, follow_redirects=True)
        self.key = SoftAuthenticator("localhost", origin)
        self.token = ""

    def get(self, path: str, name: str = "", **query: str) -> str:
        return self._kept(self.http.get(path, params=query or None), name or path)

    def post(self, path: str, data: dict[str, Any], name: str = "", *, files: Any = None) -> str:
        headers = {"X-CSRFToken": self.token, "Origin": self.origin}
        return self._kept(self.http.post(path, data=data, files=files, headers=headers), name or path)

    def send(self, path: str, body: Any = None, name: str = "") -> dict[str, Any]:
        """What a script of ours would send."""
        headers = {"X-CSRFToken": self.token, "Origin": self.origin, "Accept": "application/json"}
        answer = self.http.post(path, json=body or {}, headers=headers)
        self._kept(answer, name or path)
        return dict(answer.json())

    def enrol(self, link: str, name: str, email: str = "") -> None:
        """Come in by a link with a passkey."""
        self.get(link, f"{name} opens the link")
        path = re.sub(r"^.*?//[^/]+", "", str(self.http.get(link).url))
        answer = self.key.register(self.send(f"{path}passkey/options/"))
        done = self.send(f"{path}passkey/", answer | {"fields": {"name": name, "email": email}})
        assert done["ok"], done
        self.get("/")

    @property
    def cookie(self) -> str:
        return str(self.http.cookies["countersign-session"])

    def _kept(self, answer: httpx.Response, name: str) -> str:
        for one in [*answer.history, answer]:
            headers = "\n".join(f"{k}: {v}" for k, v in one.headers.items() if k != "set-cookie")
            self.seen.append((name, headers.encode() + b"\n\n" + one.content))
        text = answer.text
        if found := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text):
            self.token = unescape(found[1])
        self.status = answer.status_code
        return text
