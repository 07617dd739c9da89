"""The actions on evidence, with who may carry them out."""
from __future__ import annotations

from collections.abc import Callable

from countersign.access.evidence import asking, excepting, noting, stating, telling
from countersign.access.evidence.models import Allowance
from countersign.access.evidence.states import Source
from countersign.access.grants import rules
from countersign.access.grants.states import ConditionKind
from countersign.base.actor import Actor
from countersign.content.posts import releasing
from countersign.content.posts.models import Delivery
from tests.house import now
from tests.matrix.acts import HELPERS, act
from tests.matrix.evidence_doors import PNG, stated
from tests.matrix.world import World

HELPERS |= {
    "countersign.access.evidence.beginning.begin": "joins the change that connected the account, which asked",
    "countersign.access.evidence.noting.keep": "adds a look inside the record of an action that asked",
}


@act(noting.note, "evidence watch")
def _(w: World) -> Callable[[Actor], object]:
    account = w.fresh_account()
    return lambda a: noting.note(a, account, Source.DRILL, seen_at=now(), at=now())


@act(noting.contradict, "evidence watch")
def _(w: World) -> Callable[[Actor], object]:
    account = w.fresh_account()
    return lambda a: noting.contradict(a, account, Source.MAIL, seen_at=now(), at=now())


@act(asking.ask, "officer evidence")
def _(w: World) -> Callable[[Actor], object]:
    account = w.fresh_account()
    return lambda a: asking.ask(a, account, at=now())


@act(stating.propose, "officer reviewer")
def _(w: World) -> Callable[[Actor], object]:
    account = w.fresh_account()
    return lambda a: stating.propose(a, account, seen_at=now(), words="On, in its settings.", picture=PNG, at=now())  # type: ignore[arg-type]


@act(stating.open_picture, "officer reviewer auditor")
def _(w: World) -> Callable[[Actor], object]:
    picture = stated(w).picture
    assert picture is not None
    return lambda a: stating.open_picture(a, picture, at=now())  # type: ignore[arg-type]


@act(excepting.propose, "officer")
def _(w: World) -> Callable[[Actor], object]:
    account = w.fresh_account()
    return lambda a: excepting.propose(a, account, days="7", reason="The phone is in the post.", at=now())  # type: ignore[arg-type]


@act(telling.tell, "notify watch")
def _(w: World) -> Callable[[Actor], object]:
    account = w.fresh_account()
    Allowance.objects.filter(account=account).delete()
    return lambda a: telling.tell(a, account, at=now())  # type: ignore[arg-type]


@act(releasing.let_go, "release")
def _(w: World) -> Callable[[Actor], object]:
    account = w.fresh_account()
    delivery = w.house.approved(w.actor("Ann"), w.actor("Ben"), "Even geduld", account)
    Delivery.objects.filter(pk=delivery.pk).update(state="held", why=rules.unmet(ConditionKind.SECOND_FACTOR).why)
    return lambda a: releasing.let_go(a, account, at=now())  # type: ignore[arg-type]
