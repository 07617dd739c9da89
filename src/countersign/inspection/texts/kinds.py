"""What can be given away by words, how sure a finding is, and the sentence that people read about it."""
from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from countersign.base.words import _


class Kind(StrEnum):
    """What was found. Of two that overlap, the one that stands first here is kept."""

    KEY = "key"
    PASSWORD = "password"  # noqa: S105  # a kind of finding
    IBAN = "iban"
    CARD = "card"
    NATIONAL = "national"
    MAIL = "mail"
    PHONE = "phone"
    STREET = "street"
    PLATE = "plate"
    CONFIDENTIAL = "confidential"
    NAME = "name"
    WHEREABOUTS = "whereabouts"


class Certainty(StrEnum):
    """How sure: check digits or a vendor's form; a form and words beside it; a form alone."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


LABELS: dict[Kind, str] = {
    Kind.KEY: _("Key"),
    Kind.PASSWORD: _("Password"),
    Kind.IBAN: _("Bank account"),
    Kind.CARD: _("Payment card"),
    Kind.NATIONAL: _("National number"),
    Kind.MAIL: _("E-mail address"),
    Kind.PHONE: _("Phone number"),
    Kind.STREET: _("Street address"),
    Kind.PLATE: _("Number plate"),
    Kind.CONFIDENTIAL: _("Confidential date or price"),
    Kind.NAME: _("Name from the company's list"),
    Kind.WHEREABOUTS: _("Where people will be"),
}

VENDORS_KEY = _("It has the form of a vendor's key. Whoever reads it can use it.")
RANDOM_KEY = _("It looks like a random key.")
PASSWORD_SAID = _("It stands beside a word for a password.")
ACCOUNT_HOLDS = _("Its check digits are those of a bank account.")
CARD_HOLDS = _("Its check digit is that of a payment card.")
NATIONAL_HOLDS = _("Its check digits are those of a Belgian national number.")
A_MAIL = _("It is an e-mail address.")
A_PHONE = _("It is written like a phone number.")
A_STREET = _("It is a street with a number.")
A_PLATE = _("It is written like a number plate.")
NEAR_CONFIDENCE = _("It stands near words that ask for confidence.")
OWN_NAME = _("It is on the company's own list.")
OWN_NAME_MISTYPED = _("It is one letter away from a name on the company's own list.")
TIME_AND_PLACE = _("It tells when somebody will be where, or away.")


@dataclass(frozen=True, slots=True)
class OwnList:
    """What a company knows about itself: names that are not for everybody, and what it publishes itself and is no finding."""

    customers: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    published: tuple[str, ...] = field(default=())  # phone numbers, e-mail addresses, streets and bank accounts

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that is found as a name."""
        return (*self.customers, *self.projects, *self.people)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that words give away. `words` are the text from `start` to `end`; `reason` is to be translated where it is shown."""

    kind: Kind
    start: int
    end: int
    words: str
    certainty: Certainty
    reason: str


@dataclass(frozen=True, slots=True)
class Span:
    """What a rule found, in places of a reading (`reading.py`)."""

    kind: Kind
    start: int
    end: int
    certainty: Certainty
    reason: str
