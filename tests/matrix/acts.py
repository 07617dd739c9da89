"""Every action with who may do it, written by hand; and every helper beside them, with why it asks nobody.

An action is a public function that takes the actor first, in a module that opens `recorded`.
"""
from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import countersign
from countersign.access.grants import alarming, asking_alone, following, inviting, rostering
from countersign.access.grants.models import Grant
from countersign.access.grants.rights import Role
from countersign.access.vault import connecting, keeping
from countersign.base.actor import Actor
from countersign.base.values import Secret
from countersign.content.comments import collecting, deciding
from countersign.content.comments.models import Comment
from countersign.content.media import taking_in
from countersign.content.posts import approving, drafting, releasing, submitting
from countersign.content.posts.drafting import Content
from countersign.content.posts.models import Delivery
from countersign.desk import telling, telling_everybody
from countersign.people import entering, equipping
from countersign.people.models import Credential
from countersign.policy.charter import adopting
from countersign.policy.charter.models import Clause
from countersign.review import alone
from countersign.review.models import RosterEntry
from countersign.review.statement import ROSTER_ENTRY
from countersign.review.verifying import Assertion
from tests.house import now
from tests.matrix.world import World, photo

_NO_PASSKEY = Assertion("none", b"", b"{}", b"")


@dataclass(frozen=True)
class Act:
    """One action: `make` arranges what it is about and returns what does it, given an actor."""

    name: str
    may: frozenset[str]  # roles, or duties
    make: Callable[[World], Callable[[Actor], object]]
    is_anywhere: bool = False  # a role on any account serves


ACTS: list[Act] = []

# What takes an actor and asks nobody, and why that is right.
OWN_FACTOR = "a person's own; it reads and changes what belongs to the actor alone"
HELPERS = {
    "countersign.access.grants.rostering.first_entry": "writes nothing: the words of an entry about the actor's own passkey",
    "countersign.access.vault.keeping.mark_refused": "writes down what the broker met during an act whose gate was asked",
    "countersign.audit.recording.recorded": "opens a change; the action in it asks",
    "countersign.audit.restoring.note_restored": "the command line's alone: it is for whoever runs the machine",
    "countersign.audit.recording.refusals_recorded": "records a refusal and passes it on",
    "countersign.audit.recording.refuse": "records a refusal",
    "countersign.content.posts.drafting.remark": "adds a line inside the record of an action that asked",
    "countersign.content.posts.drafting.require_accounts": "is how actions ask the gate",
    "countersign.content.posts.drafting.require_on_all": "is how actions ask the gate",
    "countersign.desk.choosing.choose_language": OWN_FACTOR,
    "countersign.people.binding.bind": OWN_FACTOR,
    "countersign.people.binding.end_if_elsewhere": "ends the session that the request came with, after a refusal",
    "countersign.people.binding.require": "is how the middleware asks for the proof of a session's browser",
    "countersign.people.enrolling.issue": "stands below the gate; inviting, which calls it, asked",
    "countersign.people.entering.end_others": OWN_FACTOR,
    "countersign.people.entering.sign_out": OWN_FACTOR,
    "countersign.people.entering.verify": OWN_FACTOR,
    "countersign.people.equipping.add_passkey": OWN_FACTOR,
    "countersign.people.equipping.add_totp": OWN_FACTOR,
    "countersign.people.equipping.change_password": OWN_FACTOR,
    "countersign.people.equipping.make_recovery_codes": OWN_FACTOR,
    "countersign.people.equipping.remove_totp": OWN_FACTOR,
    "countersign.people.equipping.require_fresh": "is how actions ask for a fresh second factor",
    "countersign.people.proving.use_code": "a factor shown is itself the proof",
    "countersign.people.proving.use_passkey": "a factor shown is itself the proof",
}


def act(
    function: Callable[..., object], may: str, *, is_anywhere: bool = False
) -> Callable[[Callable[[World], Callable[[Actor], object]]], None]:
    """Add a row to the table."""

    def add(make: Callable[[World], Callable[[Actor], object]]) -> None:
        ACTS.append(Act(f"{function.__module__}.{function.__name__}", frozenset(may.split()), make, is_anywhere))

    return add


def found() -> Iterator[str]:
    """The name of every action there is."""
    for module in pkgutil.walk_packages(countersign.__path__, "countersign."):
        if any(part in module.name for part in ("__main__", "migrations", "config.asgi", "config.settings")):
            continue
        content = importlib.import_module(module.name)
        if hasattr(content, "recorded"):
            yield from (f"{module.name}.{name}" for name, value in vars(content).items() if _takes_actor(value, name, module.name))


def _takes_actor(value: object, name: str, module: str) -> bool:
    if not inspect.isfunction(value) or name.startswith("_") or value.__module__ != module:
        return False
    return next(iter(inspect.signature(value).parameters), "") == "actor"


# --- people and accounts ---------------------------------------------------------------------------------------------


@act(inviting.invite, "officer start")
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: inviting.invite(a, email="joke@delinde.example", name="Joke", grants=[], at=now())


@act(inviting.invite_again, "officer start")
def _(w: World) -> Callable[[Actor], object]:
    person, _token = w.newcomer()
    return lambda a: inviting.invite_again(a, person, at=now())  # type: ignore[arg-type]


@act(inviting.give, "officer start")
def _(w: World) -> Callable[[Actor], object]:
    person = w.colleague()
    return lambda a: inviting.give(a, person, Role.MODERATOR, on=w.account, at=now())


@act(inviting.take, "officer start")
def _(w: World) -> Callable[[Actor], object]:
    grant = Grant.objects.get(person=w.colleague())
    return lambda a: inviting.take(a, grant, at=now())  # type: ignore[arg-type]


@act(inviting.suspend, "officer")
def _(w: World) -> Callable[[Actor], object]:
    person = w.colleague()
    return lambda a: inviting.suspend(a, person, at=now())  # type: ignore[arg-type]


@act(inviting.resume, "officer")
def _(w: World) -> Callable[[Actor], object]:
    person = w.colleague("suspended")
    return lambda a: inviting.resume(a, person, at=now())  # type: ignore[arg-type]


@act(rostering.begin, "officer")
def _(w: World) -> Callable[[Actor], object]:
    entry = rostering.first_entry(w.actor("Tom"), at=now())
    return lambda a: rostering.begin(a, entry, _NO_PASSKEY, token=w.house.token, at=now())  # type: ignore[arg-type]


@act(rostering.propose_adding, "officer")
def _(w: World) -> Callable[[Actor], object]:
    credential = Credential.objects.filter(person__name="Mia", retired_at=None).latest("pk")
    return lambda a: rostering.propose_adding(a, credential, ["reviewer"], at=now())  # type: ignore[arg-type]


@act(rostering.propose_removing, "officer")
def _(w: World) -> Callable[[Actor], object]:
    credential = Credential.objects.filter(person__name="Ben").earliest("pk")
    return lambda a: rostering.propose_removing(a, credential.credential_id, at=now())  # type: ignore[arg-type]


@act(rostering.propose_requiring, "officer")
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: rostering.propose_requiring(a, w.account, 2, at=now())  # type: ignore[arg-type]


@act(rostering.sign, "officer")
def _(w: World) -> Callable[[Actor], object]:
    proposal = w.proposal()
    tom = w.house.assertion(w.actor("Tom"), proposal.content, ROSTER_ENTRY)
    return lambda a: rostering.sign(a, proposal, tom, at=now())  # type: ignore[arg-type]


@act(rostering.propose_waiting, "officer")
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: rostering.propose_waiting(a, 336, at=now())  # type: ignore[arg-type]


@act(rostering.propose_again, "officer")
def _(w: World) -> Callable[[Actor], object]:
    found = w.overtaken()
    return lambda a: rostering.propose_again(a, found, at=now())  # type: ignore[arg-type]


@act(rostering.withdraw, "officer")
def _(w: World) -> Callable[[Actor], object]:
    found = w.proposal()
    return lambda a: rostering.withdraw(a, found, at=now())  # type: ignore[arg-type]


@act(asking_alone.ask, "officer")
def _(w: World) -> Callable[[Actor], object]:
    found = w.wanted()
    said = w.said("Tom", alone.ASK, found)
    return lambda a: asking_alone.ask(a, found, *said, at=now())  # type: ignore[arg-type]


@act(asking_alone.enter, "officer")
def _(w: World) -> Callable[[Actor], object]:
    found = w.asked_alone()
    said = w.said("Tom", alone.ENTER, found)
    return lambda a: asking_alone.enter(a, found, *said, at=now())  # type: ignore[arg-type]


@act(asking_alone.say_no, "officer")
def _(w: World) -> Callable[[Actor], object]:
    found = w.asked_alone()
    said = w.said("Tom", alone.VETO, found)
    return lambda a: asking_alone.say_no(a, found, *said, at=now())  # type: ignore[arg-type]


@act(alarming.tell_everybody, "notify watch")
def _(w: World) -> Callable[[Actor], object]:
    found = w.asked_alone()
    found.refresh_from_db()
    return lambda a: telling_everybody.tell_everybody(a, found, at=now())  # type: ignore[arg-type]


@act(following.agree, "keep")
def _(w: World) -> Callable[[Actor], object]:
    RosterEntry.objects.order_by("-number")[0].delete()  # as after a crash
    return lambda a: following.agree(a, at=now())  # type: ignore[arg-type]


@act(connecting.begin, "officer")
def _(w: World) -> Callable[[Actor], object]:
    place = connecting.Place("practice", w.house.network.origin, "delinde")
    return lambda a: connecting.begin(a, place, at=now())  # type: ignore[arg-type]


@act(connecting.finish, "officer")
def _(w: World) -> Callable[[Actor], object]:
    w.counter += 1
    handle = f"linde_klaar_{w.counter}"
    url = connecting.begin(w.actor("Tom"), connecting.Place("practice", w.house.network.origin, handle), at=now())
    query = w.house.network.answer(url, handle)
    return lambda a: connecting.finish(a, query, at=now())  # type: ignore[arg-type]


@act(connecting.connect_by_app_password, "officer")
def _(w: World) -> Callable[[Actor], object]:
    place = connecting.Place("bluesky", w.house.network.origin, "delinde")
    return lambda a: connecting.connect_by_app_password(a, place, Secret("abcd-efgh"), at=now())  # type: ignore[arg-type]


@act(keeping.refresh, "refresh")
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: keeping.refresh(a, w.account, at=now())


@act(keeping.disconnect, "officer")
def _(w: World) -> Callable[[Actor], object]:
    account = w.fresh_account()
    return lambda a: keeping.disconnect(a, account, at=now())  # type: ignore[arg-type]


@act(adopting.adopt_default, "start")
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: adopting.adopt_default(a, at=now())


# --- posts -----------------------------------------------------------------------------------------------------------


@act(drafting.draft, "author moderator reviewer")
def _(w: World) -> Callable[[Actor], object]:
    content = Content(texts={str(w.account.uid): "Een begin"})
    return lambda a: drafting.draft(a, content, at=now())  # type: ignore[arg-type]


@act(drafting.edit, "author moderator reviewer")
def _(w: World) -> Callable[[Actor], object]:
    post, content = w.draft(), Content(texts={str(w.account.uid): "Anders"})
    return lambda a: drafting.edit(a, post, content, seen=post.edited_at, at=now())  # type: ignore[arg-type]


@act(drafting.discard, "author moderator reviewer")
def _(w: World) -> Callable[[Actor], object]:
    post = w.draft()
    return lambda a: drafting.discard(a, post, at=now())  # type: ignore[arg-type]


@act(drafting.discuss, "author moderator reviewer")
def _(w: World) -> Callable[[Actor], object]:
    post = w.submitted()
    return lambda a: drafting.discuss(a, post, "Klopt dat?", at=now())  # type: ignore[arg-type]


@act(submitting.submit, "author moderator reviewer")
def _(w: World) -> Callable[[Actor], object]:
    post = w.draft()
    return lambda a: submitting.submit(a, post, at=now())  # type: ignore[arg-type]


@act(submitting.withdraw, "author moderator reviewer")
def _(w: World) -> Callable[[Actor], object]:
    post = w.submitted()
    return lambda a: submitting.withdraw(a, post, at=now())  # type: ignore[arg-type]


@act(approving.statement_for, "reviewer")
def _(w: World) -> Callable[[Actor], object]:
    post = w.submitted()
    return lambda a: approving.statement_for(a, post, at=now())  # type: ignore[arg-type]


@act(approving.approve, "reviewer")
def _(w: World) -> Callable[[Actor], object]:
    post, ben = w.submitted(), w.actor("Ben")
    statement = approving.statement_for(ben, post, at=now())
    signed = w.house.assertion(ben, statement)
    return lambda a: approving.approve(a, post, statement, signed, at=now())  # type: ignore[arg-type]


@act(approving.ask_for_changes, "reviewer")
def _(w: World) -> Callable[[Actor], object]:
    post = w.submitted()
    return lambda a: approving.ask_for_changes(a, post, "Noem het jaar.", at=now())  # type: ignore[arg-type]


@act(approving.reject, "reviewer")
def _(w: World) -> Callable[[Actor], object]:
    post = w.submitted()
    return lambda a: approving.reject(a, post, "Noem het jaar.", at=now())  # type: ignore[arg-type]


@act(releasing.release, "release")
def _(w: World) -> Callable[[Actor], object]:
    delivery = w.approved()
    return lambda a: releasing.release(a, delivery, at=now())  # type: ignore[arg-type]


@act(releasing.release_many, "release")
def _(w: World) -> Callable[[Actor], object]:
    delivery = w.approved()
    return lambda a: releasing.release_many(a, [], [delivery], at=now())  # type: ignore[arg-type]


@act(releasing.settle, "release")
def _(w: World) -> Callable[[Actor], object]:
    delivery = w.approved()
    Delivery.objects.filter(pk=delivery.pk).update(state="unconfirmed")
    delivery.refresh_from_db()
    return lambda a: releasing.settle(a, delivery, at=now())  # type: ignore[arg-type]


@act(releasing.recall, "author moderator reviewer officer")
def _(w: World) -> Callable[[Actor], object]:
    delivery = w.approved()
    return lambda a: releasing.recall(a, delivery.post, at=now())  # type: ignore[arg-type]


@act(releasing.resume, "author moderator reviewer officer")
def _(w: World) -> Callable[[Actor], object]:
    delivery = w.approved()
    Delivery.objects.filter(pk=delivery.pk).update(state="held")
    delivery.refresh_from_db()
    return lambda a: releasing.resume(a, delivery, at=now())  # type: ignore[arg-type]


@act(releasing.withdraw, "author reviewer officer")
def _(w: World) -> Callable[[Actor], object]:
    delivery = w.published()
    return lambda a: releasing.withdraw(a, delivery, at=now())  # type: ignore[arg-type]


@act(releasing.say_what_is_there, "author reviewer officer")
def _(w: World) -> Callable[[Actor], object]:
    delivery = w.unconfirmed()
    return lambda a: releasing.say_what_is_there(a, delivery, remote_id="4711", url="", at=now())  # type: ignore[arg-type]


@act(taking_in.take_in, "author moderator reviewer", is_anywhere=True)
def _(w: World) -> Callable[[Actor], object]:
    data = photo()
    return lambda a: taking_in.take_in(a, data, at=now())


@act(telling.tell_reviewers, "notify watch")
def _(w: World) -> Callable[[Actor], object]:
    post = w.submitted()
    return lambda a: telling.tell_reviewers(a, post, at=now())  # type: ignore[arg-type]


# --- comments --------------------------------------------------------------------------------------------------------


def _clause(w: World, code: str = "K2") -> Clause:
    clause = w.clause(code)
    assert isinstance(clause, Clause)
    return clause


@act(deciding.decide, "moderator")
def _(w: World) -> Callable[[Actor], object]:
    comment = w.comment()
    return lambda a: deciding.decide(a, comment, "hide", _clause(w, "R1"), at=now())  # type: ignore[arg-type]


@act(deciding.answer, "moderator")
def _(w: World) -> Callable[[Actor], object]:
    comment = w.comment()
    return lambda a: deciding.answer(a, comment, _clause(w), text="Om tien uur.", at=now())  # type: ignore[arg-type]


@act(deciding.mark_read, "moderator")
def _(w: World) -> Callable[[Actor], object]:
    comment = w.comment()
    return lambda a: deciding.mark_read(a, [comment], at=now())  # type: ignore[arg-type]


@act(deciding.done_by_hand, "moderator")
def _(w: World) -> Callable[[Actor], object]:
    comment = w.comment()
    Comment.objects.filter(pk=comment.pk).update(state="by_hand")
    comment.refresh_from_db()
    return lambda a: deciding.done_by_hand(a, comment, at=now())  # type: ignore[arg-type]


@act(deciding.show_again, "moderator")
def _(w: World) -> Callable[[Actor], object]:
    comment = w.comment()
    deciding.decide(w.actor("Mia"), comment, "hide", _clause(w, "R1"), at=now())
    comment.refresh_from_db()
    return lambda a: deciding.show_again(a, comment, _clause(w), at=now())  # type: ignore[arg-type]


@act(deciding.act, "collect moderator")
def _(w: World) -> Callable[[Actor], object]:
    """Whoever could call this alone would hide a comment at the network, whatever was written down afterwards."""
    comment = w.comment()
    Comment.objects.filter(pk=comment.pk).update(state="hiding")
    comment.refresh_from_db()
    return lambda a: deciding.act(a, comment, "hide", at=now())


@act(collecting.collect, "collect")
def _(w: World) -> Callable[[Actor], object]:
    w.house.network.reply_as("Joke Peeters", w.out.remote_id, "Komt er muziek?")
    return lambda a: collecting.collect(a, w.account, [w.out], at=now())  # type: ignore[arg-type]


@act(collecting.keep, "collect")
def _(w: World) -> Callable[[Actor], object]:
    thread = {"on": w.out.remote_id, "comments": [], "is_whole": False}
    return lambda a: collecting.keep(a, w.account, [thread], at=now())  # type: ignore[arg-type]


# --- what belongs to somebody else -------------------------------------------------------------------------------------


@act(entering.end_session, "own")
def _(w: World) -> Callable[[Actor], object]:
    w.client("Ann")
    session = w.person("Ann").sessions.filter(ended_at=None).latest("pk")
    return lambda a: entering.end_session(a, str(session.uid), at=now())  # type: ignore[arg-type]


@act(equipping.remove_passkey, "own")
def _(w: World) -> Callable[[Actor], object]:
    credential = w.passkey_of(w.person("Ann"))
    return lambda a: equipping.remove_passkey(a, str(credential.uid), at=now())  # type: ignore[arg-type]
