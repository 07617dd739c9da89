"""The actions of sign-on and of the directory, with who may carry them out.

What only a program with the directory's key may do is refused here to everybody else; that it is done is in tests/scim.
"""
from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from countersign.access.grants import grouping
from countersign.access.grants.rights import Role
from countersign.access.grants.states import GroupSource
from countersign.base.actor import Actor
from countersign.base.values import Secret
from countersign.calls.messages import LogoutSaid, SignedOn
from countersign.desk.scim import keeping_groups, provisioning
from countersign.desk.scim.resources import Group, User
from countersign.desk.signon import configuring, joining
from tests.house import now
from tests.matrix.acts import HELPERS, OWN_FACTOR, act
from tests.matrix.signon_doors import group_of, link_of, mapped_of, provider_of, user_of
from tests.matrix.world import World

HELPERS |= {
    "countersign.desk.signon.joining.link_own": OWN_FACTOR,
    "countersign.desk.scim.provisioning.follow_groups": "a part of what a directory's program does, whose gate was asked",
}
PROGRAM = "program"  # no duty is called so: whoever has the directory's key


@act(grouping.map_group, "officer")
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: grouping.map_group(a, uuid4().hex, Role.AUTHOR, on=None, at=now())  # type: ignore[arg-type]


@act(grouping.unmap_group, "officer")
def _(w: World) -> Callable[[Actor], object]:
    mapped = mapped_of(w)
    return lambda a: grouping.unmap_group(a, mapped, at=now())  # type: ignore[arg-type]


@act(grouping.follow, "sign-on")
def _(w: World) -> Callable[[Actor], object]:
    person = w.colleague()
    return lambda a: grouping.follow(a, person, ["Brewers"], source=GroupSource.SIGN_ON, at=now())


@act(configuring.describe, "officer")
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: configuring.describe(
        a, name="x", issuer="https://login.delinde.example", client_id="c", secret=Secret(""), at=now()  # type: ignore[arg-type]
    )


@act(configuring.ask_to_turn_on, "officer")
def _(w: World) -> Callable[[Actor], object]:
    provider = provider_of(w)
    return lambda a: configuring.ask_to_turn_on(a, provider, reason="Everybody has it.", at=now())  # type: ignore[arg-type]


@act(configuring.turn_on, "officer")
def _(w: World) -> Callable[[Actor], object]:
    provider = provider_of(w)
    return lambda a: configuring.turn_on(a, provider, at=now())  # type: ignore[arg-type]


@act(configuring.turn_off, "officer")
def _(w: World) -> Callable[[Actor], object]:
    provider = provider_of(w, "on")
    return lambda a: configuring.turn_off(a, provider, at=now())  # type: ignore[arg-type]


@act(joining.recognise, "sign-on")
def _(w: World) -> Callable[[Actor], object]:
    link = link_of(w)
    provider = provider_of(w, "on")
    said = SignedOn(link.subject, "", "", False, "", [], False, ["mfa"], "", int(now().timestamp()))
    return lambda a: joining.recognise(a, provider, said, at=now())  # type: ignore[arg-type]


@act(joining.end_sessions, "sign-on")
def _(w: World) -> Callable[[Actor], object]:
    link, provider = link_of(w), provider_of(w, "on")
    said = LogoutSaid(link.subject, "", uuid4().hex, int(now().timestamp()))
    return lambda a: joining.end_sessions(a, provider, said, at=now())  # type: ignore[arg-type]


@act(joining.unlink, "officer")
def _(w: World) -> Callable[[Actor], object]:
    link = link_of(w)
    return lambda a: joining.unlink(a, link, at=now())  # type: ignore[arg-type]


@act(provisioning.create, PROGRAM)
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: provisioning.create(a, User(user_name=uuid4().hex), at=now())  # type: ignore[arg-type]


@act(provisioning.change, PROGRAM)
def _(w: World) -> Callable[[Actor], object]:
    user = user_of(w)
    return lambda a: provisioning.change(a, str(user.uid), lambda now_: now_, at=now())  # type: ignore[arg-type]


@act(provisioning.delete, PROGRAM)
def _(w: World) -> Callable[[Actor], object]:
    user = user_of(w)
    return lambda a: provisioning.delete(a, str(user.uid), at=now())  # type: ignore[arg-type]


@act(keeping_groups.create, PROGRAM)
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: keeping_groups.create(a, Group(display_name=uuid4().hex), at=now())  # type: ignore[arg-type]


@act(keeping_groups.change, PROGRAM)
def _(w: World) -> Callable[[Actor], object]:
    group = group_of(w)
    return lambda a: keeping_groups.change(a, str(group.uid), lambda now_: now_, at=now())  # type: ignore[arg-type]


@act(keeping_groups.delete, PROGRAM)
def _(w: World) -> Callable[[Actor], object]:
    group = group_of(w)
    return lambda a: keeping_groups.delete(a, str(group.uid), at=now())  # type: ignore[arg-type]
