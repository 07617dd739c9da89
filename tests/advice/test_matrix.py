"""A3, P9: every address × role × membership state. Nobody sees or does what they may not, and every refusal is in the log.

For each door the same request is sent first by everybody who may not, with nothing changed and the refusal recorded, and
then by somebody of each role that may, with its effect: so what was refused was good but for who sent it.

A visitor is sent to sign in and leaves no entry: whoever is not signed in could fill the log at will. The doors that are
open to visitors (links, passkeys, the way back from a network) do record what they refuse.
"""
from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from countersign.audit.models import Entry
from countersign.base.actor import Actor, DutyActor, Visitor
from countersign.base.errors import Refused
from countersign.content.posts import approving, submitting
from countersign.people import hooks
from countersign.people.models import Session
from tests.house import now
from tests.matrix import (  # noqa: F401  # their rows
    departure_acts,
    departure_doors,
    device_acts,
    device_doors,
    evidence_acts,
    evidence_doors,
    glass_acts,
    glass_doors,
    key_acts,
    lock_acts,
    lock_doors,
    recovery_acts,
    recovery_doors,
    signon_acts,
    signon_doors,
    vault_acts,
    vault_doors,
)
from tests.matrix.acts import ACTS, HELPERS, Act, found
from tests.matrix.doors import DOORS, Ask, Door, send, some_uid
from tests.matrix.world import HOLDERS, STATES, WORDS, World, entries_after, log_size, snapshot

DUTIES = (
    "collect", "depart", "devices", "evidence", "glass", "keep", "lock", "notify", "operator", "refresh", "release", "sign-on", "start", "watch",
)  # fmt: skip
# What needs a server or a moment that this brewery does not have; the allowed case is proven where it has.
ALLOWED_ELSEWHERE = {
    "countersign.access.glass.breaking.take",  # after a wait of half an hour: tests/glass/test_breaking.py
    *(f"countersign.desk.scim.{room}.{deed}" for room in ("keeping_groups", "provisioning") for deed in ("change", "create", "delete")),
    "countersign.desk.signon.configuring.describe",  # asks the provider: tests/signon
    "countersign.desk.signon.configuring.turn_on",  # takes two officers: tests/signon/test_configuring.py
    "countersign.access.grants.asking_alone.enter",  # after a wait of days: tests/access/test_asking_alone.py
    "countersign.access.grants.rostering.begin",  # once in a life: by the door, before the roster began
    "countersign.access.recovery.listing.look_up",  # a name server: tests/recovery/test_looking_up.py
    "countersign.access.recovery.opening.open_again",  # an IMAP server, as the next two: tests/recovery/test_with_dovecot.py
    "countersign.access.recovery.opening.open_mailbox",
    "countersign.access.recovery.reading.read",
    "countersign.access.vault.connecting.connect_by_app_password",  # tests/networks/bluesky/test_app_password.py
}
# What opens all the same: whoever has not shown a second factor can show it; in a device that is not enrolled a person
# can ask for it, report a loss and sign out.
NOT_ENROLLED = frozenset(
    {"account_logout", "proof", "verify", "device", "device-ask", "lockout:lost", "lockout:lost-own", "lockout:lost-colleague", "lockout:live"}
)
OPEN_TO = {
    "no second factor shown": frozenset({"account_logout", "verify"}), "unknown device": NOT_ENROLLED,
    "device asked": NOT_ENROLLED, "device refused": NOT_ENROLLED, "device retired": NOT_ENROLLED,
}
BY_ID = {door.id: door for door in DOORS}
ROLED = [door for door in DOORS if door.where]
OWN = [door for door in DOORS if "own" in door.may]
EARLY: dict[str, BaseException | None] = {}
pytestmark = pytest.mark.django_db


@pytest.fixture
def _django_db_helper() -> None:
    """No test here is rolled back or flushed: the broker must see the rows, and one brewery serves all the rows."""


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One brewery for all the rows; what can be done once only, before the roster begins, is done here."""
    with django_db_blocker.unblock():
        made = World(tmp_path_factory.mktemp("matrix"))
        try:
            made.open()
            for door in DOORS:
                if door.is_early:
                    EARLY[door.id] = _outcome(lambda door=door: walk(made, door))  # type: ignore[misc]
            made.furnish()
            yield made
        finally:
            made.close()


def _outcome(do: Callable[[], None]) -> BaseException | None:
    try:
        do()
    except AssertionError as error:
        return error
    return None


def params(doors: list[Door]) -> list[Any]:
    return [pytest.param(door, id=door.id) for door in doors]


# --- what is expected ------------------------------------------------------------------------------------------------


def turned_away(response: HttpResponse) -> None:
    """Sent to sign in, to show a second factor, or to the page of an unknown device; or home, which sends there."""
    to = response.headers.get("Location", "")
    is_sent = response.status_code == 302 and (to.startswith(("/accounts/login/", "/me/verify/", "/device/")) or to == "/")
    assert is_sent or response.status_code == 403, (response.status_code, to)


def refused(response: HttpResponse, since: int, actor: str) -> None:
    """A sentence, and exactly one entry in the log that names whoever was refused."""
    assert response.status_code == 403, (response.status_code, response.content[:300])
    entries = entries_after(since)
    assert [(e.event, e.actor) for e in entries] == [("act.refused", actor)], [(e.event, e.actor) for e in entries]
    why = re.search(r'"why":"([^"{]+)', entries[0].leaf)
    assert why
    assert why[1].split("{")[0] in html.unescape(response.content.decode()), why[1]


def walk(world: World, door: Door) -> None:
    """Everybody who may not, then everybody who may."""
    allowed = [name for role, name in HOLDERS.items() if role in door.may][: 1 if door.is_early else None]
    ask = door.make(world, allowed[0])
    strangers = ["Olu", *(["Olu-next-door"] if door.where != "anywhere" and not door.is_early else [])]
    strangers += [name for role, name in HOLDERS.items() if role not in door.may]
    client = world.client(allowed[0])
    if ask.prepare:
        ask.prepare(client)
    before = snapshot()
    if door.name != "connect-return":
        since = log_size()
        turned_away(send(Client(), door, ask))
        assert (snapshot(), log_size()) == (before, since)
    for name in strangers:
        since = log_size()
        refused(send(world.client(name), door, ask), since, world.actor(name).label)
        assert snapshot() == before, name
    ask.effect(send(client, door, ask))
    for name in allowed[1:]:
        ask, client = door.make(world, name), world.client(name)
        if ask.prepare:
            ask.prepare(client)
        ask.effect(send(client, door, ask))


# --- the table is whole ----------------------------------------------------------------------------------------------


def addresses(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, space + (f"{pattern.namespace}:" if pattern.namespace else ""))
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"


def test_every_address_has_its_row() -> None:
    names = list(addresses(get_resolver()))
    assert len(names) == len(set(names))
    assert set(names) == {door.name for door in DOORS}
    assert len(BY_ID) == len(DOORS)


def test_the_roles_of_the_table_are_the_product_s() -> None:
    assert {word for door in ROLED for word in door.may} == set(HOLDERS)


# --- by role ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", params(ROLED))
def test_a_door_opens_to_its_roles_and_to_nobody_else(world: World, door: Door) -> None:
    if door.is_early:
        if (error := EARLY[door.id]) is not None:
            raise error
        return
    walk(world, door)


@pytest.mark.parametrize("door", params([door for door in ROLED if door.where == "anywhere" and door.method == "GET"]))
def test_a_list_shows_nothing_of_an_account_on_which_one_has_no_role(world: World, door: Door) -> None:
    response = send(world.client("Olu-next-door"), door, door.make(world, "Ann"))
    text = html.unescape(response.content.decode())
    assert response.status_code in {200, 302}
    assert WORDS not in text
    assert "Ketelgeheim" not in text
    assert str(world.account.uid) not in text


@pytest.mark.parametrize("door", params(OWN))
def test_what_is_one_s_own_is_open_to_oneself_alone(world: World, door: Door) -> None:
    ask = door.make(world, "Olu")
    before, since = snapshot(), log_size()
    turned_away(send(Client(), door, ask))
    assert (snapshot(), log_size()) == (before, since)
    client = world.client("Olu")
    if ask.prepare:
        ask.prepare(client)
    ask.effect(send(client, door, ask))


@pytest.mark.parametrize("name", ["passkey_remove", "session_end"])
def test_what_is_somebody_else_s_own_is_refused(world: World, name: str) -> None:
    door = BY_ID[f"POST {name}"]
    ask = door.make(world, "Ann")
    before, since = snapshot(), log_size()
    refused(send(world.client("Olu"), door, ask), since, world.actor("Olu").label)
    assert snapshot() == before


@pytest.mark.parametrize("door", params([door for door in DOORS if "everybody" in door.may]))
def test_a_public_door_is_open_and_changes_nothing(world: World, door: Door) -> None:
    ask = door.make(world, "")
    before = snapshot()
    ask.effect(send(Client(), door, ask))
    assert snapshot() == before


@pytest.mark.parametrize("door", params([door for door in DOORS if "link" in door.may]))
@pytest.mark.parametrize("name", ["", "Olu"])
def test_a_link_opens_to_whoever_holds_it_and_to_nobody_else(world: World, door: Door, name: str) -> None:
    ask = door.make(world, "")
    before, since = snapshot(), log_size()
    response = send(world.client(name), door, ask, url=ask.refused_url)
    refused(response, since, "visitor")
    assert snapshot() == before
    client = Client()
    if ask.prepare:
        ask.prepare(client)
    ask.effect(send(client, door, ask))


@pytest.mark.parametrize("door", params([door for door in DOORS if "proof" in door.may]))
def test_whoever_cannot_prove_who_they_are_does_not_come_in(world: World, door: Door) -> None:
    ask, client = door.make(world, ""), Client()
    before = snapshot()
    turned_away(send(client, door, ask, body={} if ask.body is not None else None)) if ask.prepare is None else None
    stranger = Client()
    if ask.refused_body is not None and ask.prepare:
        ask.prepare(stranger)
        since = log_size()
        assert send(stranger, door, ask, body=ask.refused_body).status_code == 403
        assert [e.event for e in entries_after(since)] == ["act.refused", "person.sign_in_failed"]
    else:
        turned_away(send(stranger, door, ask))
    turned_away(stranger.get("/"))
    assert snapshot() == before
    if ask.prepare:
        ask.prepare(client)
    ask.effect(send(client, door, ask))


@pytest.mark.parametrize("door", params([door for door in DOORS if "code" in door.may]))
@pytest.mark.parametrize("name", ["", "Olu"])
def test_a_code_locks_for_whoever_types_it_and_a_wrong_one_does_nothing(world: World, door: Door, name: str) -> None:
    ask = door.make(world, "")
    before = snapshot()
    assert send(world.client(name), door, replace(ask, data=ask.refused_data)).status_code == 422
    assert snapshot() == before
    ask.effect(send(world.client(name), door, ask))


@pytest.mark.parametrize("door", params([door for door in DOORS if "key" in door.may]))
def test_a_program_s_key_opens_its_door_and_no_sign_in_does(world: World, door: Door) -> None:
    ask = door.make(world, "")
    before, since = snapshot(), log_size()
    for client in (Client(), world.client("Leo")):
        assert send(client, door, replace(ask, headers={})).status_code == 401
        assert send(client, door, replace(ask, headers={"Authorization": "Bearer guessed"})).status_code == 401
    assert (snapshot(), log_size()) == (before, since)
    ask.effect(send(Client(), door, ask))


def test_a_visitor_at_the_way_back_from_a_network_is_refused_and_recorded(world: World) -> None:
    door = BY_ID["GET connect-return"]
    ask = door.make(world, "Tom")
    before, since = snapshot(), log_size()
    refused(send(Client(), door, ask), since, "visitor")
    assert snapshot() == before


def test_somebody_else_cannot_finish_a_connection_that_an_officer_began(world: World) -> None:
    door = BY_ID["GET connect-return"]
    ask = door.make(world, "Tom")
    before, since = snapshot(), log_size()
    refused(send(world.client("Kim"), door, ask), since, world.actor("Kim").label)
    assert snapshot() == before


# --- by membership state ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_whoever_is_not_active_and_verified_is_turned_away_everywhere(world: World, state: str) -> None:
    """Leo has every role; only his state stands between him and each door."""
    asks, wrong = _asks(world), []
    before = snapshot()
    with world.leo(state) as (client, stand):
        standing = snapshot()
        for door, ask in asks:
            is_way_in = door.name in OPEN_TO.get(state, frozenset())
            if (not door.where and "own" not in door.may) or is_way_in:
                continue
            stand()
            response = send(client, door, ask)
            error = _outcome(lambda response=response: turned_away(response))  # type: ignore[misc]
            if error or snapshot() != standing:
                wrong.append((door.id, response.status_code))
    assert wrong == []
    assert snapshot() == before


def _asks(world: World) -> list[tuple[Door, Ask]]:
    """One good request a door, made once for all the tests below; nothing of them is ever done."""
    if not world.asks:
        world.asks.extend((door, door.make(world, _holder(door))) for door in DOORS if not door.is_early)
    return [(door, ask) for door, ask in world.asks if door.name != "connect-return"]


def _holder(door: Door) -> str:
    return next((name for role, name in HOLDERS.items() if role in door.may), "Leo")


@pytest.mark.parametrize("door", params([door for door in OWN if door.is_fresh]))
def test_a_second_factor_shown_six_minutes_ago_does_not_change_how_one_signs_in(world: World, door: Door) -> None:
    ask = door.make(world, "Leo")
    with world.leo("stale step-up") as (client, _stand):
        before = snapshot()
        turned_away(send(client, door, ask))
        assert snapshot() == before


def test_what_decides_takes_a_browsers_proof_or_a_second_factor_of_now(world: World) -> None:
    """In a browser without scripts a session has no key: six minutes after its second factor it reads, drafts, and nothing else."""
    guarded = [
        (door, ask) for door, ask in _asks(world)
        if door.method == "POST" and (door.where or "own" in door.may) and not hooks.is_open_without_proof(door.name)
        and door.name not in NOT_ENROLLED
    ]  # fmt: skip
    wrong = []
    with world.leo("stale step-up") as (client, stand):
        standing = snapshot()
        for door, ask in guarded:
            stand()
            error = _outcome(lambda: turned_away(send(client, door, ask)))  # noqa: B023  # called at once
            if error or snapshot() != standing:
                wrong.append((door.id, str(error)))
    assert wrong == []
    assert len(guarded) > 60


@pytest.mark.parametrize("door", params([door for door in ROLED if door.is_act_on_account and not door.is_early]))
def test_a_lock_on_an_account_stops_every_act_on_it(world: World, door: Door) -> None:
    ask = door.make(world, "Leo")
    with world.leo("account locked") as (client, _stand):
        before, since = snapshot(), log_size()
        refused(send(client, door, ask), since, world.actor("Leo").label)
        assert snapshot() == before


# --- by method and by origin -----------------------------------------------------------------------------------------


def test_what_has_no_row_for_a_method_does_not_answer_to_it(world: World) -> None:
    asks, wrong = _asks(world), []
    urls = {door.name: ask.url for door, ask in asks}
    before = snapshot()
    for name, url in urls.items():
        for method in {"GET", "POST", "DELETE", "PATCH"} - {door.method for door in DOORS if door.name == name}:
            response = world.client("Leo").generic(method, url)
            is_elsewhere = response.status_code == 302 and name in {"account_login", "mfa_authenticate"}
            if response.status_code != 405 and not is_elsewhere:
                wrong.append((method, name, response.status_code))
    assert wrong == []
    assert snapshot() == before


SIGNED = {"posture-report", "sign-on-logout"}  # what comes is signed or carries a key: no cookie is believed, so no page can forge it
FORGED = {
    "without a token": ({}, False),
    "from another site": ({"Origin": "https://evil.example"}, True),
    "from another port of this machine": ({"Origin": "http://localhost:1"}, True),
    "from a sandboxed frame": ({"Origin": "null"}, True),
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_request_that_another_page_sent_in_one_s_name_does_nothing(world: World, kind: str) -> None:
    headers, has_token = FORGED[kind]
    asks = [(door, ask) for door, ask in _asks(world) if door.method == "POST" and "key" not in door.may and door.name not in SIGNED]
    browsers = {name: _careful(world, name, has_token=has_token) for name in {_holder(door) for door, _ask in asks}}
    wrong, before = [], snapshot()
    for door, ask in asks:
        client, token = browsers[_holder(door)]
        since = log_size()
        response = send(client, door, ask, **headers, **token)
        recorded = [(e.event, e.actor) for e in entries_after(since)]
        is_right = response.status_code == 403 and recorded == [("act.refused", world.actor(_holder(door)).label)]
        if not is_right or snapshot() != before:
            wrong.append((door.id, response.status_code, recorded))
    assert wrong == []


def _careful(world: World, name: str, *, has_token: bool) -> tuple[Client, dict[str, str]]:
    """The same person's browser with the check of forgeries switched on as it is in earnest, and a page's own token."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = world.client(name).cookies.copy()
    if not has_token:
        return client, {}
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get("/settings/").content.decode())
    assert found
    assert send(client, BY_ID["POST theme"], Ask("/settings/theme", lambda r: None), **{"X-CSRFToken": found[1]}).status_code == 302
    return client, {"X-CSRFToken": found[1]}


# --- by action -------------------------------------------------------------------------------------------------------


def test_every_action_has_its_row() -> None:
    names = list(found())
    assert set(names) == {one.name for one in ACTS} | set(HELPERS)
    assert len(ACTS) == len({one.name for one in ACTS})


def acts(which: list[Act]) -> list[Any]:
    return [pytest.param(one, id=one.name.removeprefix("countersign.")) for one in which]


@pytest.mark.parametrize("one", acts(ACTS))
def test_an_action_is_done_for_those_who_may_and_refused_to_everybody_else(world: World, one: Act) -> None:
    """The action itself asks and records, whoever calls it: a page, a command, a job or somebody with a shell."""
    do = one.make(world)
    before, arrived = snapshot(), len(world.house.network.ledger())
    for actor in _strangers(world, one):
        _refused(do, actor)
        assert snapshot() == before, actor
    assert len(world.house.network.ledger()) == arrived
    if one.name in ALLOWED_ELSEWHERE:
        return
    word = min(one.may)
    since = log_size()
    do(world.actor(HOLDERS[word]) if word in HOLDERS else world.actor("Ann") if word == "own" else DutyActor(word))
    is_quiet = one.name.endswith((".adopt_default", ".statement_for", ".refresh", ".keep"))
    assert (log_size() > since) is not is_quiet


def _strangers(world: World, one: Act) -> list[Actor]:
    people = ["Olu", *([] if one.is_anywhere else ["Olu-next-door"])]
    if "own" in one.may:
        return [world.actor(name) for name in [*people, "Kim", "Leo"]]
    people += [name for role, name in HOLDERS.items() if role not in one.may]
    duties = [duty for duty in (*DUTIES, "sweep") if duty not in one.may]
    return [Visitor(), *(world.actor(name) for name in people), *(DutyActor(duty) for duty in duties)]


def _refused(do: Callable[[Actor], object], actor: Actor) -> None:
    since = log_size()
    with pytest.raises(Refused):
        do(actor)
    assert [(e.event, e.actor) for e in entries_after(since)] == [("act.refused", actor.label)], actor


@pytest.mark.parametrize("state", ["invited", "suspended", "left", "person locked", "everything locked"])
def test_no_action_is_done_for_whoever_is_not_active(world: World, state: str) -> None:
    deeds = [(one, one.make(world)) for one in ACTS if one.may & set(HOLDERS)]
    with world.leo(state):
        before = snapshot()
        for one, do in deeds:
            _refused(do, world.actor("Leo"))
            assert snapshot() == before, one.name


def test_a_lock_on_a_session_stops_what_is_done_in_it(world: World) -> None:
    do = next(one for one in ACTS if one.name.endswith("drafting.draft")).make(world)
    with world.leo("session locked"):
        session = Session.objects.filter(person__name="Leo").latest("pk")
        _refused(do, world.person("Leo").as_actor(session=str(session.uid), verified_at=now()))


def test_the_author_may_not_countersign_whatever_their_roles(world: World) -> None:
    leo, post = world.actor("Leo"), world.draft("Leo")
    submitting.submit(leo, post, at=now())
    before = snapshot()
    _refused(lambda actor: approving.statement_for(actor, post, at=now()), leo)  # type: ignore[arg-type]
    assert snapshot() == before


# --- unknown things --------------------------------------------------------------------------------------------------


def test_an_unknown_thing_is_not_there(world: World) -> None:
    asks, wrong = _asks(world), []
    before = snapshot()
    for door, ask in asks:
        if (url := some_uid(ask.url)) and "link" not in door.may:
            status = send(world.client("Leo"), door, ask, url=url).status_code
            if status != (403 if door.name in {"passkey_remove", "session_end"} else 404):
                wrong.append((door.id, status))
    assert wrong == []
    assert snapshot() == before


def test_nothing_refused_was_missing_from_the_log(world: World) -> None:
    """The log of all of the above is whole: each entry follows the one before."""
    numbers = list(Entry.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
