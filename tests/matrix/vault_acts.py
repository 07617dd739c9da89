"""The vault's actions, with who may carry them out."""
from __future__ import annotations

from collections.abc import Callable

from countersign.access.vault import checking_out, entering, exposing, rotating, stating, telling
from countersign.base.actor import Actor
from countersign.base.values import Secret as Text
from countersign.people.models import Device
from tests.house import now
from tests.matrix.acts import HELPERS, act
from tests.matrix.vault_doors import SEED, by_hand, granted, kept, opened
from tests.matrix.world import World

HELPERS |= {
    "countersign.access.vault.exposing.expose": "adds a line to the ledger inside the record of an action that asked",
    "countersign.access.vault.rotating.connected_anew": "joins the change that connected the account, which asked",
    "countersign.access.vault.rotating.settle": "moves a rotation to where its evidence leads, for an action that asked",
    "countersign.access.vault.rotating.entered": "joins the change that entered the secret, which asked",
}
ROTATORS = "depart officer lock rotate watch"


@act(entering.enter, "officer")
def _(w: World) -> Callable[[Actor], object]:
    label = kept(w).label
    return lambda a: entering.enter(a, w.account, "password", Text("nieuw-geheim"), label=label, at=now())  # type: ignore[arg-type]


@act(entering.retire, "officer")
def _(w: World) -> Callable[[Actor], object]:
    secret = kept(w)
    return lambda a: entering.retire(a, secret, at=now())  # type: ignore[arg-type]


@act(exposing.on_device, "officer")
def _(w: World) -> Callable[[Actor], object]:
    secret, device = kept(w), Device.objects.filter(person__name="Leo").earliest("pk")
    return lambda a: exposing.on_device(a, secret, device, at=now())


@act(checking_out.give_code, "officer reviewer")
def _(w: World) -> Callable[[Actor], object]:
    secret = kept(w, "totp_seed", SEED)
    return lambda a: checking_out.give_code(a, secret, "Signing in", at=now())  # type: ignore[arg-type]


@act(checking_out.propose, "officer reviewer")
def _(w: World) -> Callable[[Actor], object]:
    secret = kept(w)
    return lambda a: checking_out.propose(a, secret, "The network asks", minutes=60, at=now())  # type: ignore[arg-type]


@act(checking_out.take, "officer")
def _(w: World) -> Callable[[Actor], object]:
    """Nobody but who asked, whatever their roles: here Tom."""
    proposal = granted(w, kept(w), "Tom")
    return lambda a: checking_out.take(a, proposal, at=now())  # type: ignore[arg-type]


@act(rotating.open, ROTATORS)
def _(w: World) -> Callable[[Actor], object]:
    secret = kept(w)
    return lambda a: rotating.open(a, secret, "Leo leaves", at=now())


@act(rotating.begin, ROTATORS)
def _(w: World) -> Callable[[Actor], object]:
    rotation = opened(w)
    return lambda a: rotating.begin(a, rotation, at=now())


@act(rotating.carry_on, ROTATORS)
def _(w: World) -> Callable[[Actor], object]:
    rotation = opened(w)
    rotation.move(rotating.RotationState.CHANGING, at=now(), way="by_hand")
    return lambda a: rotating.carry_on(a, rotation, at=now())


@act(rotating.done_by_hand, ROTATORS)
def _(w: World) -> Callable[[Actor], object]:
    rotation = by_hand(w)
    return lambda a: rotating.done_by_hand(a, rotation, at=now())


@act(rotating.prove, ROTATORS)
def _(w: World) -> Callable[[Actor], object]:
    rotation = rotating.done_by_hand(rotating.ROTATE, by_hand(w), at=now())
    return lambda a: rotating.prove(a, rotation, at=now())


@act(stating.propose, "officer")
def _(w: World) -> Callable[[Actor], object]:
    rotation = rotating.done_by_hand(rotating.ROTATE, by_hand(w), at=now())
    return lambda a: stating.propose(a, rotation, "Tried, and refused.", at=now())  # type: ignore[arg-type]


@act(rotating.confirm_by_mail, ROTATORS)
def _(w: World) -> Callable[[Actor], object]:
    rotating.done_by_hand(rotating.ROTATE, by_hand(w), at=now())
    mail = {"kind": "password_changed", "message_id": "<1@network>", "received_at": now().isoformat()}
    return lambda a: rotating.confirm_by_mail(a, w.account, mail, at=now())


@act(rotating.replace_tokens, ROTATORS)
def _(w: World) -> Callable[[Actor], object]:
    account = w.fresh_account()
    return lambda a: rotating.replace_tokens(a, account, "A phone lost", at=now())


@act(telling.tell, "notify rotate watch")
def _(w: World) -> Callable[[Actor], object]:
    rotation = opened(w)
    return lambda a: telling.tell(a, rotation, is_late=False, at=now())  # type: ignore[arg-type]
