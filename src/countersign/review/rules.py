"""What makes a countersignature good. Plain Python."""
from __future__ import annotations

from collections.abc import Set

from countersign.base.errors import Refused
from countersign.base.words import _


def require_second_person(*, authors: Set[str], signer: str) -> None:
    """Raise Refused if the signer wrote or edited what is signed. Nobody known to have written it: refused as well."""
    if not authors:
        raise Refused(_("Nobody is known to have written this."))
    if signer in authors:
        raise Refused(_("You wrote or edited this."), remedy=_("Ask a second person to countersign it."))
