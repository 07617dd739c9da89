"""A directory with its key, against the product."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from countersign.access.grants.models import Grant
from countersign.access.grants.rights import Role
from countersign.access.lockout import keeping_keys
from countersign.base.actor import PersonActor
from countersign.people.models import Person
from tests.house import SOURCE, now
from tests.servers.loopback import free_port
from tests.signing_in import EARLIER, given_passkey, made

USER, GROUP = "urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def officer(name: str) -> PersonActor:
    person = made(name)
    given_passkey(person)
    Grant.objects.create(person=person, role=Role.OFFICER, given_at=EARLIER)
    return person.as_actor(verified_at=now())


@pytest.fixture
def kim(transactional_db: None) -> PersonActor:
    return officer("Kim")


@pytest.fixture
def token(kim: PersonActor) -> str:
    """The key that Kim made for the directory."""
    _key, text = keeping_keys.make_key(kim, name="Directory", purpose="scim", days=30, at=now())
    return text.reveal()


class Directory:
    """The company's directory, which speaks SCIM."""

    def __init__(self, token: str) -> None:
        self.token, self.client = token, Client()

    def ask(self, method: str, path: str, content: Any = None, **headers: str) -> HttpResponse:
        body = content if isinstance(content, bytes) else json.dumps(content).encode() if content is not None else b""
        given = {"Authorization": f"Bearer {self.token}", **headers}
        return self.client.generic(method, f"/scim/v2{path}", body, content_type="application/scim+json", headers=given)  # type: ignore[return-value]

    def said(self, method: str, path: str, content: Any = None, status: int = 200, **headers: str) -> dict[str, Any]:
        answer = self.ask(method, path, content, **headers)
        assert answer.status_code == status, (answer.status_code, answer.content[:500])
        assert answer["Content-Type"] == "application/scim+json"
        found: dict[str, Any] = json.loads(answer.content)
        return found

    def user(self, who: str, **more: Any) -> dict[str, Any]:
        mail = f"{who.lower()}@delinde.example"
        content = {
            "schemas": [USER], "userName": mail, "displayName": who, "active": True,
            "emails": [{"value": mail, "type": "work", "primary": True}], **more,
        }  # fmt: skip
        return self.said("POST", "/Users", content, 201)

    def group(self, name: str, *members: str) -> dict[str, Any]:
        return self.said("POST", "/Groups", {"schemas": [GROUP], "displayName": name, "members": [{"value": one} for one in members]}, 201)

    def patch(self, path: str, *operations: dict[str, Any], status: int = 200, **headers: str) -> dict[str, Any]:
        return self.said("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)}, status, **headers)


@pytest.fixture
def directory(token: str) -> Directory:
    return Directory(token)


def person(name: str) -> Person:
    return Person.objects.get(email=f"{name.lower()}@delinde.example")


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """The product's own web process over the test's database; its origin."""
    port = free_port()
    environment = {
        **os.environ, "PYTHONPATH": str(SOURCE), "DJANGO_SETTINGS_MODULE": "countersign.config.settings",
        "COUNTERSIGN_SQLITE": str(connection.settings_dict["NAME"]), "COUNTERSIGN_LISTEN_PORT": str(port),
        "COUNTERSIGN_ORIGIN": f"http://localhost:{port}", "COUNTERSIGN_RUN": str(settings.RUN),
        "COUNTERSIGN_PG_NAME": str(connection.settings_dict["NAME"]),
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "countersign.config.command", "web"], env=environment)
    try:
        for _try in range(300):
            try:
                httpx.get(f"http://localhost:{port}/scim/v2/Users", trust_env=False)
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(20)
