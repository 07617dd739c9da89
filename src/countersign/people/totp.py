"""Setting up a code generator. The seed is shown once and sealed by the broker; this process cannot open it again."""
from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.core import signing

from countersign.base.errors import Invalid
from countersign.base.values import Secret
from countersign.base.words import _
from countersign.calls import client
from countersign.calls.messages import CheckTotp, Seal, Sealed, TotpVerdict
from countersign.people.models import Person, Totp

_SALT = "countersign.people.totp"
_LASTS = 1800  # seconds in which a shown seed may be confirmed


@dataclass(frozen=True, slots=True)
class Offer:
    """What the page shows for setting up a code generator. `ticket` comes back with the code; it holds the seed."""

    seed: Secret
    uri: Secret
    ticket: Secret

    @property
    def spelled(self) -> str:
        """The seed in groups of four, for typing."""
        text = self.seed.reveal()
        return " ".join(text[start : start + 4] for start in range(0, len(text), 4))

    @property
    def picture(self) -> str:
        """The seed as a QR code, in a `data:` address."""
        return str(segno.make(self.uri.reveal(), error="m").svg_data_uri(scale=4, dark="#000", light="#fff"))

    @property
    def hidden(self) -> str:
        """The ticket, for the hidden field of the form."""
        return self.ticket.reveal()


@dataclass(frozen=True, slots=True)
class NewTotp:
    """A seed that is sealed, and the step of the code that proved that the person has it."""

    sealed: str
    version: int
    step: int


def offer(person: Person) -> Offer:
    """Make a seed of 160 bits for this person."""
    seed = base64.b32encode(secrets.token_bytes(20)).decode()
    query = urlencode({"secret": seed, "issuer": settings.ORGANISATION}, quote_via=quote)
    uri = f"otpauth://totp/{quote(settings.ORGANISATION)}:{quote(person.email)}?{query}"
    return Offer(Secret(seed), Secret(uri), Secret(signing.dumps([person.label, seed], salt=_SALT)))


def offer_again(person: Person, ticket: str) -> Offer:
    """The offer that a page already showed, after a wrong code; a fresh one when it ran out."""
    try:
        seed = _opened(person, ticket)
    except Invalid:
        return offer(person)
    query = urlencode({"secret": seed, "issuer": settings.ORGANISATION}, quote_via=quote)
    uri = f"otpauth://totp/{quote(settings.ORGANISATION)}:{quote(person.email)}?{query}"
    return Offer(Secret(seed), Secret(uri), Secret(ticket))


def confirm(person: Person, ticket: str, code: str) -> NewTotp:
    """Have the broker seal the seed and check the first code. Invalid for a wrong code; nothing is stored here."""
    seed = _opened(person, ticket)
    version = Totp.objects.filter(person=person).count() + 1
    sealed: Sealed = client.ask(Seal(owner=person.label, field="totp", version=version, text=seed))
    verdict = check(person, sealed.sealed, version, code, after_step=0)
    if not verdict.is_right:
        raise Invalid(
            _("That code is not right."),
            remedy=_("Type the six digits the app shows now; check that your phone's clock is set by the network."),
            field="code",
        )
    return NewTotp(sealed.sealed, version, verdict.step)


def check(person: Person, sealed: str, version: int, code: str, *, after_step: int) -> TotpVerdict:
    """Ask the broker whether a code is right; steps up to `after_step` are spent."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdecimal() and len(digits) == 6):
        return TotpVerdict(is_right=False, step=0)
    verdict: TotpVerdict = client.ask(
        CheckTotp(owner=person.label, version=version, sealed=sealed, code=digits, after_step=after_step)
    )
    return verdict


def _opened(person: Person, ticket: str) -> str:
    try:
        label, seed = signing.loads(ticket, salt=_SALT, max_age=_LASTS)
    except (signing.BadSignature, ValueError) as error:
        raise _stale() from error
    if label != person.label:
        raise _stale()
    return str(seed)


def _stale() -> Invalid:
    return Invalid(_("This code was shown too long ago."), remedy=_("Scan the new one below."), field="code")
