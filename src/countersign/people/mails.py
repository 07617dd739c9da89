"""Mails that tell a person about their own sign-in, in their own language. A mail that cannot be sent stops nothing."""
from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from countersign.people import rules
from countersign.people.models import Person

logger = logging.getLogger(__name__)


def tell_code_used(person: Person, *, left: int, at: datetime) -> None:
    """A recovery code was used."""
    with translation.override(person.language):
        _send(
            person,
            gettext("A recovery code was used for your sign-in"),
            gettext("A recovery code was used to sign in as you on {when}. {left} are left."),
            at=at,
            left=left,
        )


def tell_halves(person: Person, *, at: datetime) -> None:
    """The right password came several times within an hour, without a second factor."""
    with translation.override(person.language):
        _send(
            person,
            gettext("Somebody knows your password"),
            gettext(
                "The right password for your sign-in was given {times} times within an hour, last on {when}, each time "
                "without finishing the second step. Nobody came in."
            ),
            at=at,
            times=rules.HALVES_TOLD,
        )


def tell_strange(person: Person, *, at: datetime) -> None:
    """A session was used in another browser than the one that signed in; it was ended."""
    with translation.override(person.language):
        _send(
            person,
            gettext("Your sign-in was used in another browser"),
            gettext("On {when} something was asked in your name from another browser than yours. Nothing was done, and that sign-in was ended."),
            at=at,
        )


def tell_factors_changed(person: Person, *, at: datetime) -> None:
    """A passkey, a code generator, the password or the recovery codes changed."""
    with translation.override(person.language):
        _send(
            person,
            gettext("Your ways to sign in changed"),
            gettext("What you sign in with was changed on {when}."),
            at=at,
        )


def tell_device_approved(person: Person, *, device: str, by: str, at: datetime) -> None:
    """A device that the person asked for may be used."""
    with translation.override(person.language):
        _send(
            person, gettext("Your device was approved"),
            gettext("{by} approved the device “{device}” on {when}. You can work in it now."), at=at, device=device, by=by,
        )


def tell_device_refused(person: Person, *, device: str, by: str, words: str, at: datetime) -> None:
    """A device that the person asked for may not be used."""
    with translation.override(person.language):
        _send(
            person, gettext("Your device was refused"),
            gettext("{by} refused the device “{device}” on {when}: {words}"), at=at, device=device, by=by, words=words,
        )


def tell_device_retired(person: Person, *, device: str, by: str, at: datetime) -> None:
    """An officer retired a device."""
    with translation.override(person.language):
        _send(
            person, gettext("A device of yours was retired"),
            gettext("{by} retired the device “{device}” on {when}. Its sessions have ended."), at=at, device=device, by=by,
        )


def tell_device_locked(person: Person, *, device: str, why: str, at: datetime) -> None:
    """A device was locked by a rule; `why` is an English sentence that is marked for translation."""
    with translation.override(person.language):
        _send(
            person, gettext("A device of yours is locked"),
            gettext("The device “{device}” was locked on {when}. {why} Two people can lift that."), at=at, device=device,
            why=gettext(why),
        )


def _send(person: Person, subject: str, sentence: str, *, at: datetime, **facts: object) -> None:
    when = date_format(timezone.localtime(at), "DATETIME_FORMAT")
    advice = gettext("If that was you, there is nothing to do. If not, tell a security officer at once and open {address}")
    lines = [
        sentence.format(when=when, **facts), "", advice.format(address=f"{settings.ORIGIN}/me/security/"),
    ]  # fmt: skip
    try:
        send_mail(subject, "\n".join(lines), settings.DEFAULT_FROM_EMAIL, [person.email])
    except OSError as error:  # every error of SMTP is one
        logger.warning("A mail about a sign-in could not be sent: %s", type(error).__name__)
