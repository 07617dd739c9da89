"""What must be true before a right may be used. No I/O here."""
from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from countersign.access.grants.rights import ROLES, Right, Role
from countersign.access.grants.states import ConditionKind
from countersign.base.errors import Refused
from countersign.base.words import _


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something is allowed and, if not, why, in words for the person who asked."""

    allowed: bool
    why: str = ""
    remedy: str = ""

    def require(self) -> None:
        """Raise Refused unless it is allowed."""
        if not self.allowed:
            raise Refused(self.why, remedy=self.remedy)


ALLOWED = Verdict(True)
WITHOUT_ROLE = Verdict(False, _("None of your roles allows this."), _("Ask a security officer for one that does."))
ELSEWHERE_ONLY = Verdict(
    False, _("Your role is for single accounts; this is about the whole house."), _("Ask an officer of the whole house.")
)

BY_GROUP = _("This role comes from a group of the company's directory.")
LEAVES_BY_GROUP = _("Take the person out of the group there, or the role from the group in the settings of sign-on.")

# Which conditions of the account a right depends on, whoever uses it.
NEEDS: dict[Right, frozenset[ConditionKind]] = {Right.POST_RELEASE: frozenset({ConditionKind.SECOND_FACTOR})}

MISSING: dict[ConditionKind, tuple[str, str]] = {
    ConditionKind.SECOND_FACTOR: (
        _("There is no fresh evidence that the network's own second factor is on for this account."),
        _("Show it on the page of its second factor, or have two officers except it for a while."),
    ),
}


def require_conditions(right: Right, met: Set[ConditionKind]) -> Verdict:
    """Decide whether the conditions of an account that are met are enough for a right."""
    missing = sorted(NEEDS.get(right, frozenset()) - met)
    return unmet(missing[0]) if missing else ALLOWED


def unmet(kind: ConditionKind) -> Verdict:
    """The no that a condition stands for, with what to do about it."""
    return Verdict(False, *MISSING[kind])


def judge(right: Right, *, roles: Set[Role], is_active: bool, is_locked: bool) -> Verdict:
    """Decide whether a person with these roles may use a right. Without a role nothing is allowed."""
    if is_locked:
        return Verdict(False, _("Your access is locked."), _("Ask a security officer to lift the lock."))
    if not is_active:
        return Verdict(False, _("You are not active here."), _("Ask a security officer."))
    if not any(right in ROLES[role] for role in roles):
        return WITHOUT_ROLE
    return ALLOWED
