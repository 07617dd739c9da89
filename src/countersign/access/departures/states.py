"""The life of a departure, how it came about, what a person must look at by hand, and what they answer. Plain Python."""
from __future__ import annotations

from enum import StrEnum

from countersign.base.lifecycle import Lifecycle
from countersign.base.words import _


class DepartureState(StrEnum):
    """Where a departure stands."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


D = DepartureState

DEPARTURE = Lifecycle(
    start=D.PLANNED,
    moves={D.PLANNED: {D.OPEN, D.CANCELLED}, D.OPEN: {D.CLOSED}},
)


class Way(StrEnum):
    """How a departure came about."""

    DIRECTORY = "directory"
    FILE = "file"
    GUEST = "guest"
    OFFICER = "officer"


WAY_WORDS: dict[Way, str] = {
    Way.DIRECTORY: _("by the directory"),
    Way.FILE: _("by a file from personnel"),
    Way.GUEST: _("a guest, whose end was planned from the start"),
    Way.OFFICER: _("by a security officer"),
}


class TaskKind(StrEnum):
    """What a person must look at, in the order in which it is shown."""

    ADMINISTRATOR = "administrator"  # at the network: may they act there past us
    RECOVERY = "recovery"  # the account's recovery address or phone number is theirs
    DEVICE = "device"  # in their hands: the company's, or of which nobody has said whose


class Answer(StrEnum):
    """What somebody found."""

    NOT_THERE = "not_there"
    REMOVED = "removed"
    GIVEN_BACK = "given_back"
    WRITTEN_OFF = "written_off"
    THEIRS = "theirs"


ANSWERS: dict[TaskKind, tuple[Answer, ...]] = {
    TaskKind.ADMINISTRATOR: (Answer.NOT_THERE, Answer.REMOVED),
    TaskKind.RECOVERY: (Answer.NOT_THERE, Answer.REMOVED),
    TaskKind.DEVICE: (Answer.GIVEN_BACK, Answer.WRITTEN_OFF),
}


def answers(kind: TaskKind, *, is_ours: bool = True) -> tuple[Answer, ...]:
    """What may be answered; of a device of which nobody has said whose it is, also that it is their own."""
    return ANSWERS[kind] if is_ours or kind != TaskKind.DEVICE else (*ANSWERS[kind], Answer.THEIRS)


ANSWER_WORDS: dict[Answer, str] = {
    Answer.NOT_THERE: _("Looked: not there"),
    Answer.REMOVED: _("Was there, removed"),
    Answer.GIVEN_BACK: _("Given back"),
    Answer.WRITTEN_OFF: _("Not to be had, written off"),
    Answer.THEIRS: _("It is their own"),
}
TASK_WORDS: dict[TaskKind, str] = {
    TaskKind.ADMINISTRATOR: _("Administrators of {name}"),
    TaskKind.RECOVERY: _("Recovery address and phone of {name}"),
    TaskKind.DEVICE: _("A device: {name}"),
}
TASK_HELP: dict[TaskKind, str] = {
    TaskKind.ADMINISTRATOR: _("Sign in at the network and look through its list of administrators, page roles and partners for this person."),
    TaskKind.RECOVERY: _("Look in the network's settings whether the recovery address or phone number is theirs."),
    TaskKind.DEVICE: _("Have it handed over, or write it off: here it opens nothing any more."),
}

# Where a network lists who else may act for an account, as its own help says it.
WHERE: dict[str, str] = {
    "bluesky": _("Bluesky knows no administrators: it is whoever has the password, so look at its app passwords under Settings, Privacy and security."),
    "facebook": _("Page, Settings, Page access; and Meta Business Suite, Settings, People and Partners."),
    "instagram": _("Meta Business Suite, Settings, People and Partners."),
    "linkedin": _("Page, Admin tools, Manage admins: page admins and paid media admins."),
    "mastodon": _("Mastodon knows no administrators of an account: look at Preferences, Account, Authorised apps and Sessions."),
    "practice": _("The practice network: Settings, Apps."),
    "threads": _("It goes with the Instagram account."),
    "x": _("Settings and privacy, Your account, Delegate: members."),
    "youtube": _("YouTube Studio, Settings, Permissions."),
}
