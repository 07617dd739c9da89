"""Two people at the same moment. PostgreSQL runs these as well: there two transactions really are open side by side."""
from __future__ import annotations

import threading
from dataclasses import dataclass

import httpx
from django.db import connection

from countersign.access.grants.models import Account
from countersign.access.grants.rights import Role
from countersign.audit.recording import recorded
from countersign.base.errors import Refused
from countersign.base.values import RemoteId
from countersign.content.posts import submitting
from countersign.networks.contract import Identity
from countersign.processes.broker.barrier import Barrier
from countersign.processes.broker.locks import Guarded
from tests.house import House, now


def test_two_last_signatures_at_the_same_moment_approve_the_post(brewery: House) -> None:
    ann, ben, tom = brewery.actor("Ann"), brewery.actor("Ben"), brewery.person("Tom", Role.REVIEWER)
    Account.objects.update(signatures=2)
    post = brewery.write(ann, "Zaterdag open dag.", brewery.account)
    submitting.submit(ann, post, at=now())
    bens_is_in, toms_is_done = threading.Event(), threading.Event()
    complete: dict[str, bool] = {}

    def ben_signs() -> None:
        with recorded(ben, at=now()) as record:
            complete["Ben"] = brewery.sign(ben, type(post).objects.get(pk=post.pk))
            record("post.discussed", post)
            bens_is_in.set()
            toms_is_done.wait(2)  # his transaction stays open while Tom signs
        connection.close()

    def tom_signs() -> None:
        bens_is_in.wait(10)
        complete["Tom"] = brewery.sign(tom, type(post).objects.get(pk=post.pk))
        toms_is_done.set()
        connection.close()

    threads = [threading.Thread(target=ben_signs), threading.Thread(target=tom_signs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    post.refresh_from_db()
    assert (complete, post.state) == ({"Ben": False, "Tom": True}, "approved")


@dataclass
class _Client:
    """A client of some account, as far as a guard looks."""

    identity: Identity

    def request(self, method: str, path: str, **_more: object) -> httpx.Response:
        return httpx.Response(200, request=httpx.Request(method, f"{self.identity.origin}{path}"))


def test_it_is_the_account_whose_key_writes_that_must_have_been_signed() -> None:
    """An account may be connected anew while a picture goes up; what is checked is then the key that is used."""
    signed = Identity("practice", "http://127.0.0.1:1", RemoteId("1"), "delinde", "De Linde", "", "")
    other = Identity("practice", "http://127.0.0.1:1", RemoteId("2"), "elsewhere", "Elsewhere", "", "")

    def require_signed(identity: Identity) -> None:
        if identity != signed:
            raise Refused("not what was signed")

    assert Guarded(_Client(signed), Barrier(), require_signed).request("POST", "/", changes=True).status_code == 200
    try:
        Guarded(_Client(other), Barrier(), require_signed).request("POST", "/", changes=True)
    except Refused:
        return
    raise AssertionError("It was written with a key of another account.")
