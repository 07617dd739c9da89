"""What a roster cannot promise yet, said plainly, and what to do about it: for the officers' page and the doctor."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from countersign.people.models import Person
from countersign.people.states import PersonState
from countersign.review.roster import OFFICER, REVIEWER, Roster
from countersign.web.values import Step, Unsafe


@dataclass(frozen=True, slots=True)
class Hands:
    """How many hands there are: the passkeys of each active person who may sign, or may change who may."""

    signers: frozenset[str]
    officers: Mapping[str, int]
    active: int
    is_begun: bool
    threshold: int
    can_one_alone: bool

    @classmethod
    def of(cls, known: Roster, people: Mapping[str, Person]) -> Hands:
        """Those on a roster who are active here."""
        active = {uid for uid, person in people.items() if person.state == PersonState.ACTIVE}
        here = [one for one in known.signers.values() if one.person in active]
        officers = Counter(one.person for one in here if OFFICER in one.roles)
        signers = frozenset(one.person for one in here if REVIEWER in one.roles)
        return cls(signers, officers, len(active), known.length > 0, known.threshold, bool(known.wait_hours))

    @property
    def has_spares(self) -> bool:
        """Whether every officer has a second passkey."""
        return bool(self.officers) and min(self.officers.values()) > 1

    @property
    def survives_a_loss(self) -> bool:
        """Whether the roster can still be changed after any one passkey is lost."""
        return len(self.officers) > self.threshold or (len(self.officers) == self.threshold and self.has_spares)

    @property
    def is_safe(self) -> bool:
        """Whether nothing is left to say: two sign, and three can change who does."""
        return len(self.signers) > 1 and len(self.officers) > 2


def unsafe(known: Roster, people: Mapping[str, Person], *, may_act: bool) -> Unsafe | None:
    """What cannot be promised and the steps that mend it; None when all of them are taken. Links for those who may act."""
    hands = Hands.of(known, people)
    return None if hands.is_safe else Unsafe(tuple(cannot(hands)), tuple(_steps(hands, may_act=may_act)))


def cannot(hands: Hands) -> Iterator[str]:
    """Each thing this roster cannot promise, as a sentence."""
    if not hands.is_begun:
        yield gettext("That anything can go out. Nobody is on the roster yet, so no signature counts.")
        return
    if len(hands.signers) < 2:
        yield gettext(
            "That somebody else looks at everything. Only one person may sign, and nobody countersigns their own: what that "
            "person writes cannot go out, and nobody can stand in for them."
        )
    if hands.threshold < 2:
        yield gettext(
            "That two people stand behind every post. One officer alone decides who may sign: whoever takes over that one "
            "officer's device can make signers of their own."
        )
    if not hands.survives_a_loss:
        yield _lost(hands)
    if hands.threshold > 1 and len(hands.officers) < 3:
        yield gettext(
            "That somebody can be taken off at once. Every change takes two officers, and there are no more than two: while one "
            "of them cannot be reached, nothing changes. Suspending a person still works at once, and holds what they signed."
        )


def _lost(hands: Hands) -> str:
    if hands.threshold < 2:
        return gettext(
            "That the roster can be changed next month. There is one officer with one passkey: if it is lost, nobody can be put "
            "on the roster or taken off it ever again."
        )
    if hands.can_one_alone:
        return gettext(
            "That the roster can be changed next month. If one officer loses their only passkey, the other one has to ask alone "
            "and wait."
        )
    return gettext(
        "That the roster can be changed next month. If one officer loses their only passkey, nobody can be put on the roster or "
        "taken off it ever again."
    )


def _steps(hands: Hands, *, may_act: bool) -> Iterator[Step]:
    security, invite, page = reverse("security"), reverse("grants:invite"), reverse("grants:roster")
    rows = [
        (gettext("Sign the first entry"), gettext("Your passkey becomes the first that counts."), f"{page}#begin",
         gettext("Sign it"), hands.is_begun),
        (gettext("Invite a second person"), gettext("Nobody countersigns their own: it takes two."), invite,
         gettext("Invite"), hands.active > 1),
        (gettext("Put a second person's passkey on the roster"), gettext("Only what a passkey on the roster signed can go out."),
         f"{page}#add", gettext("Add"), len(hands.signers) > 1),
        (gettext("Make a second person security officer"),
         gettext("From then on every change of the roster takes two."), f"{page}#add", gettext("Add"),
         len(hands.officers) > 1),
        (gettext("Give every officer a spare passkey"),
         gettext("On a security key that is kept elsewhere. Make it on your own page, then put it on the roster."), security,
         gettext("Make one"), hands.has_spares),
        (gettext("Make a third person security officer"),
         gettext("Then one of them may lose everything, or be on a mountain, and the other two go on."), f"{page}#add",
         gettext("Add"), len(hands.officers) > 2),
    ]
    yield from (Step(label, text, url if may_act else "", link, is_done) for label, text, url, link, is_done in rows)
