"""The actions of break-glass, with who may carry them out."""
from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from countersign.access.glass import breaking, following, rules
from countersign.base.actor import Actor
from tests.house import now
from tests.matrix.acts import act
from tests.matrix.glass_doors import WHY, asked, signed, statement_of
from tests.matrix.vault_doors import kept
from tests.matrix.world import World


@act(breaking.statement_for, "officer reviewer")
def _(w: World) -> Callable[[Actor], object]:
    secret = kept(w)
    return lambda a: breaking.statement_for(a, secret, case=uuid4(), reason=WHY, at=now())  # type: ignore[arg-type]


@act(breaking.ask, "officer reviewer")
def _(w: World) -> Callable[[Actor], object]:
    secret = kept(w)
    statement = statement_of(w, "Tom", secret)
    said = signed(w, "Tom", statement)
    return lambda a: breaking.ask(a, secret, statement, said, reason=WHY, at=now())  # type: ignore[arg-type]


@act(breaking.say_no, "officer")
def _(w: World) -> Callable[[Actor], object]:
    glass = asked(w)
    statement = breaking.question_about(glass, rules.VETO, at=now())
    said = signed(w, "Tom", statement)
    return lambda a: breaking.say_no(a, glass, statement, said, at=now())  # type: ignore[arg-type]


@act(breaking.take, "officer reviewer")
def _(w: World) -> Callable[[Actor], object]:
    glass = asked(w)
    statement = breaking.question_about(glass, rules.BREAK, at=now())
    said = signed(w, "Kim", statement)
    return lambda a: breaking.take(a, glass, statement, said, at=now())  # type: ignore[arg-type]


@act(following.agree, "glass")
def _(w: World) -> Callable[[Actor], object]:
    asked(w).delete()  # as where the web process wrote nothing down
    return lambda a: following.agree(a, at=now())  # type: ignore[arg-type]
