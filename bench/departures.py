"""The case of HMV: sixty people leave at once. How long the act takes, and how much more it is than one alone.

The target is ten seconds from the press of the button until each of the sixty has been refused. Printed as well: sixty
acts of one person each, extrapolated from ten, which is what one transaction for all of them saves.
"""
from __future__ import annotations

import sys
from datetime import UTC, datetime
from statistics import median
from time import perf_counter
from typing import Any

from bench._brewery import brewery

MANY, ALONE, TARGET = 60, 10, 10.0


def main() -> int:
    """Run it; 0 when it could be measured, whatever the figures."""
    from django.test import Client

    from countersign.access.departures import departing
    from countersign.access.departures.departing import Leaving
    from countersign.access.departures.states import Way
    from countersign.access.grants.rights import Role
    from tests.signing_in import sign_in

    with brewery(rate_limit=100_000) as house:
        kim = house.actor("Kim")
        house.person("Tom", Role.OFFICER)
        for handle in ("delinde", "delinde_fr"):
            house.connect(kim, handle)
        clients = {f"Leo-{number}": Client(SERVER_NAME="localhost") for number in range(MANY + ALONE)}
        for name, client in clients.items():
            house.person(name, Role.AUTHOR)
            sign_in(client, house.people[name])
        at_work = sum(client.get("/me/sessions/").status_code == 200 for client in clients.values())
        singly = [_timed(lambda name=name: departing.depart(kim, house.people[name], why="A bench.", at=datetime.now(UTC))) for name in list(clients)[MANY:]]
        leaving = [Leaving(house.people[name]) for name in list(clients)[:MANY]]
        together = _timed(lambda: departing.depart_all(kim, leaving, why="The shops close.", way=Way.OFFICER, at=datetime.now(UTC)))
        refused, asked = 0, perf_counter()
        for name in list(clients)[:MANY]:
            refused += clients[name].get("/me/sessions/").status_code == 302
        whole = together + perf_counter() - asked
    print(f"   {MANY} people at once, with the broker's answer: {together:.2f} s; each refused at the next request within {whole:.2f} s (target {TARGET:.0f} s): {refused} of {MANY}; {at_work} of {MANY + ALONE} were at work before")
    print(f"   one person alone, median of {ALONE}: {median(singly):.3f} s; {MANY} one after the other would be {MANY * median(singly):.1f} s: {MANY * median(singly) / together:.1f} x")
    return 0


def _timed(do: Any) -> float:
    begun = perf_counter()
    do()
    return perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
