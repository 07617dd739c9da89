"""The case of HMV: in January 2013 sixty people were dismissed at one meeting, and one of them told it live on the company's account.

Sixty who are signed in, each with something of theirs about to go out, leave in one act.
"""
from __future__ import annotations

from time import perf_counter

import pytest
from django.test import Client

from countersign.access.departures import departing
from countersign.access.departures.departing import Leaving
from countersign.access.departures.models import Departure
from countersign.access.departures.states import Way
from countersign.access.grants.rights import Role
from countersign.access.lockout.models import Case
from countersign.access.vault.models import Exposure, Rotation, SealedVersion, Secret
from countersign.content.posts import submitting
from countersign.people.models import Person
from tests.house import House, now
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 60


def test_sixty_people_leave_at_once_and_nothing_of_theirs_goes_out(brewery: House, capsys: pytest.CaptureFixture[str]) -> None:
    brewery.person("Tom", Role.OFFICER)
    clients = {name: Client() for name in (f"Leo-{number}" for number in range(MANY))}
    secret = Secret.objects.create(account=brewery.account, kind="password", made_at=now())  # type: ignore[attr-defined]
    version = SealedVersion.objects.create(secret=secret, version=1, sealed="sealed", made_at=now(), current_from=now())
    for name, client in clients.items():
        leo = brewery.person(name, Role.AUTHOR)
        post = brewery.write(leo, f"Van {name}", brewery.account)  # type: ignore[attr-defined]
        submitting.submit(leo, post, at=now())
        brewery.sign(brewery.actor("Ben"), post)
        Exposure.objects.create(person=brewery.people[name], version=version, way="checked_out", at=now())
        sign_in(client, brewery.people[name])
    assert clients["Leo-0"].get("/me/sessions/").status_code == 200
    leaving = [Leaving(brewery.people[name]) for name in clients]
    begun = perf_counter()
    departing.depart_all(brewery.actor("Kim"), leaving, why="The shops close.", way=Way.OFFICER, at=now())
    took = perf_counter() - begun
    refused = [client.get("/me/sessions/").status_code for client in clients.values()]
    whole = perf_counter() - begun
    with capsys.disabled():
        print(f"\n{MANY} people left in {took:.2f} s, broker's answer included; each was refused once within {whole:.2f} s.")
    assert refused == [302] * MANY
    brewery.release()
    assert not any(entry["path"] == "/api/v1/posts" for entry in brewery.network.ledger())
    assert set(Person.objects.filter(name__startswith="Leo-").values_list("state", flat=True)) == {"left"}
    assert (Departure.objects.filter(state="open").count(), Case.objects.count(), Rotation.objects.count()) == (MANY, 1, 1)
    assert whole < 10


