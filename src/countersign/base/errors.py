"""Why something did not happen.

CountersignError
├── Refused             the actor may not do this; recorded in the audit log      (403)
├── Invalid             what was given breaks a rule the actor can mend           (422)
│   └── OffLimits         it leads where this server never goes; recorded as a refusal is
├── Conflict            the matter moved on while the actor was looking           (409)
└── NetworkError        a social network did not do what was asked                (502)
    ├── Unreachable       nothing happened there; safe to try again
    │   └── Throttled       nothing happened there; try again after `retry_at`
    ├── Rejected          the network said no, and will keep saying no
    ├── KeyRefused        the network definitely no longer accepts our key
    └── OutcomeUnknown    it may have happened; only reading there settles it

Anything else that is raised is a fault in Countersign (500).
"""
from __future__ import annotations

from datetime import datetime


class CountersignError(Exception):
    """Something did not happen, for a reason we can name to the person who asked.

    `what` and `remedy` are English sentences, marked with `words._` where they are written. They may hold
    `{names}` that `facts` fills in, so that a page can translate the sentence first and fill it afterwards.
    """

    def __init__(self, what: str, *, remedy: str = "", field: str = "", **facts: object) -> None:
        self.template, self.remedy_template, self.field, self.facts = what, remedy, field, facts
        super().__init__(self.what)

    @property
    def what(self) -> str:
        """What happened, in English."""
        return self.template.format(**self.facts) if self.facts else self.template

    @property
    def remedy(self) -> str:
        """What to do now, in English; may be empty."""
        return self.remedy_template.format(**self.facts) if self.facts else self.remedy_template


class Refused(CountersignError):
    """The actor may not do this."""


class Invalid(CountersignError):
    """What was given breaks a rule the actor can mend; `field` names the form field, if one is to blame."""


class OffLimits(Invalid):
    """What was given leads where this server never goes, as into its own network; recorded in the audit log."""


class Conflict(CountersignError):
    """The matter moved on while the actor was looking."""


class NetworkError(CountersignError):
    """A social network did not do what was asked."""


class Unreachable(NetworkError):
    """Nothing happened there; safe to try again."""


class Throttled(Unreachable):
    """Nothing happened there; try again after `retry_at` (aware, UTC)."""

    def __init__(self, what: str, *, retry_at: datetime, remedy: str = "", **facts: object) -> None:
        super().__init__(what, remedy=remedy, field="", **facts)
        self.retry_at = retry_at


class Rejected(NetworkError):
    """The network said no, and will keep saying no."""


class KeyRefused(NetworkError):
    """The network definitely no longer accepts our key; a timeout or a 5xx never means this."""


class OutcomeUnknown(NetworkError):
    """It may have happened there; never tried again before reading has proved that it did not."""
