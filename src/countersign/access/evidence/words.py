"""The words of this package's pages."""
from __future__ import annotations

from countersign.access.evidence.states import Grounds, Source, Told
from countersign.base.words import _

SOURCES: dict[Source, str] = {
    Source.API: _("the network's own answer"),
    Source.MAIL: _("a mail of the network"),
    Source.DRILL: _("a drill"),
    Source.LEDGER: _("a code that was used"),
    Source.STATEMENT: _("a statement of two people"),
}
GROUNDS: dict[Grounds, str] = {
    Grounds.EXCEPTED: _("Two officers let it publish without evidence"),
    Grounds.FIRST_DAYS: _("The first days of a new account"),
    Grounds.UPGRADE: _("The first days after the upgrade"),
}
TOLD: dict[Told, str] = {
    Told.ON: _("It says that the second factor is on."),
    Told.OFF: _("It says that the second factor is off."),
    Told.SILENT: _("It does not tell, or our key may not ask. Two people state it instead."),
    Told.FAILED: _("It could not be asked; it is asked again within the hour."),
}
