"""The actions of recovery, with who may carry them out."""
from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from countersign.access.recovery import (
    announcing,
    answering,
    comparing,
    describing,
    drilling,
    listing,
    opening,
    reading,
)
from countersign.base.actor import Actor
from countersign.base.errors import Refused
from countersign.base.values import Secret
from countersign.calls import messages
from tests.house import now
from tests.matrix.acts import HELPERS, act
from tests.matrix.recovery_doors import contact_of, domain_of, drill_of, event_of, login, mailbox_of, name
from tests.matrix.world import World

HELPERS |= {
    "countersign.access.recovery.telling.tell_of_drill": "tells of what `fail` found; each notice asks the gate",
    "countersign.access.recovery.telling.tell_of_event": "tells of what `keep` found; each notice asks the gate",
    "countersign.access.recovery.telling.tell_of_silence": "tells of what `notice_silence` found; each notice asks the gate",
}


@act(describing.add, "officer")
def _(w: World) -> Callable[[Actor], object]:
    value = f"social@{name()}"
    return lambda a: describing.add(a, w.account, "mail", value, at=now())  # type: ignore[arg-type]


@act(describing.name_receivers, "officer")
def _(w: World) -> Callable[[Actor], object]:
    contact = contact_of(w)
    return lambda a: describing.name_receivers(a, contact, [w.person("Ann")], at=now())  # type: ignore[arg-type]


@act(describing.state_second_factor, "officer")
def _(w: World) -> Callable[[Actor], object]:
    contact = contact_of(w)
    return lambda a: describing.state_second_factor(a, contact, at=now())  # type: ignore[arg-type]


@act(describing.end, "officer")
def _(w: World) -> Callable[[Actor], object]:
    contact = contact_of(w)
    return lambda a: describing.end(a, contact, at=now())  # type: ignore[arg-type]


@act(describing.decide, "officer")
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: describing.decide(a, w.account, freezes=True, sender_domains=[], at=now())  # type: ignore[arg-type]


@act(announcing.announce, "officer")
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: announcing.announce(a, w.account, "phone_changed", "A new number", at=now())  # type: ignore[arg-type]


@act(comparing.compare, "officer watch")
def _(w: World) -> Callable[[Actor], object]:
    account = w.fresh_account()
    return lambda a: comparing.compare(a, account, at=now())


@act(listing.add, "officer")
def _(w: World) -> Callable[[Actor], object]:
    domain = name()
    return lambda a: listing.add(a, domain, at=now())  # type: ignore[arg-type]


@act(listing.register, "officer")
def _(w: World) -> Callable[[Actor], object]:
    domain = domain_of(w)
    return lambda a: listing.register(a, domain, date(2028, 1, 31), at=now())  # type: ignore[arg-type]


@act(listing.end, "officer")
def _(w: World) -> Callable[[Actor], object]:
    domain = domain_of(w)
    return lambda a: listing.end(a, domain, at=now())  # type: ignore[arg-type]


@act(listing.look_up, "officer watch")
def _(w: World) -> Callable[[Actor], object]:
    domain = domain_of(w)
    return lambda a: listing.look_up(a, domain, at=now())


@act(opening.open_mailbox, "officer")
def _(w: World) -> Callable[[Actor], object]:
    place = opening.Place("social@delinde.example", "127.0.0.1", 9, "tls", "social", "password")
    return lambda a: opening.open_mailbox(a, place, Secret("nooit-goed"), at=now())  # type: ignore[arg-type]


@act(opening.open_again, "officer")
def _(w: World) -> Callable[[Actor], object]:
    mailbox = mailbox_of(w)
    return lambda a: opening.open_again(a, mailbox, Secret("nooit-goed"), at=now())  # type: ignore[arg-type]


@act(opening.end, "officer")
def _(w: World) -> Callable[[Actor], object]:
    mailbox = mailbox_of(w)
    return lambda a: opening.end(a, mailbox, at=now())  # type: ignore[arg-type]


@act(reading.read, "watch")
def _(w: World) -> Callable[[Actor], object]:
    mailbox = mailbox_of(w)
    return lambda a: reading.read(a, mailbox, wait_seconds=0, at=now())  # type: ignore[arg-type]


@act(reading.keep_mails, "watch")
def _(w: World) -> Callable[[Actor], object]:
    mailbox, told = mailbox_of(w), messages.Mails([login()], 7, 1, more=False)
    return lambda a: reading.keep_mails(a, mailbox, told, at=now())  # type: ignore[arg-type]


@act(reading.shut, "watch")
def _(w: World) -> Callable[[Actor], object]:
    mailbox, error = mailbox_of(w), Refused("This password was entered for another mail server or another user.")
    return lambda a: reading.shut(a, mailbox, error, at=now())  # type: ignore[arg-type]


@act(reading.notice_silence, "watch")
def _(w: World) -> Callable[[Actor], object]:
    mailbox = mailbox_of(w)
    return lambda a: reading.notice_silence(a, mailbox, at=now() + timedelta(minutes=16))  # type: ignore[arg-type]


@act(drilling.announce, "officer")
def _(w: World) -> Callable[[Actor], object]:
    mailbox_of(w)
    account = w.fresh_account()
    return lambda a: drilling.announce(a, account, at=now())  # type: ignore[arg-type]


@act(drilling.cancel, "officer")
def _(w: World) -> Callable[[Actor], object]:
    drill = drill_of(w)
    return lambda a: drilling.cancel(a, drill, at=now())  # type: ignore[arg-type]


@act(drilling.pass_by, "watch")
def _(w: World) -> Callable[[Actor], object]:
    drill = drill_of(w)
    mail = event_of(w).mail
    assert mail is not None
    return lambda a: drilling.pass_by(a, drill, mail, at=now())  # type: ignore[arg-type]


@act(drilling.fail, "watch")
def _(w: World) -> Callable[[Actor], object]:
    drill = drill_of(w)
    return lambda a: drilling.fail(a, drill, at=now())  # type: ignore[arg-type]


@act(answering.that_was_us, "officer")
def _(w: World) -> Callable[[Actor], object]:
    event = event_of(w)
    return lambda a: answering.that_was_us(a, event, "Ann, from the train", at=now())  # type: ignore[arg-type]


@act(answering.not_us, "officer")
def _(w: World) -> Callable[[Actor], object]:
    event = event_of(w)
    return lambda a: answering.not_us(a, event, "Nobody here", at=now())  # type: ignore[arg-type]
