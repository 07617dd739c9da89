"""Every right there is, and which role carries which. Keep alphabetical."""
from __future__ import annotations

from enum import StrEnum

from countersign.base.words import _


class Right(StrEnum):
    """Something an actor may be allowed to do. Value: what, dot, deed."""

    ACCOUNT_CONNECT = "account.connect"
    ACCOUNT_DISCONNECT = "account.disconnect"
    ACCOUNT_READ = "account.read"
    CHARTER_ADOPT = "charter.adopt"
    COMMENT_CARRY_OUT = "comment.carry_out"
    COMMENT_COLLECT = "comment.collect"
    COMMENT_DECIDE = "comment.decide"
    COMMENT_READ = "comment.read"
    GRANT_GIVE = "grant.give"
    LOG_EXPORT = "log.export"
    LOG_READ = "log.read"
    NOTICE_SEND = "notice.send"
    PERSON_INVITE = "person.invite"
    PERSON_READ = "person.read"
    PERSON_SUSPEND = "person.suspend"
    POST_COUNTERSIGN = "post.countersign"
    POST_DISCUSS = "post.discuss"
    POST_DRAFT = "post.draft"
    POST_READ = "post.read"
    POST_RECALL = "post.recall"
    POST_RELEASE = "post.release"
    POST_WITHDRAW = "post.withdraw"
    ROSTER_COPY = "roster.copy"
    ROSTER_SIGN = "roster.sign"
    SECRET_REFRESH = "secret.refresh"  # noqa: S105
    SETTINGS_READ = "settings.read"


class Role(StrEnum):
    """What a person is to one account, or to every account."""

    AUDITOR = "auditor"
    AUTHOR = "author"
    MODERATOR = "moderator"
    OFFICER = "officer"
    REVIEWER = "reviewer"


R = Right

ROLES: dict[Role, frozenset[Right]] = {
    Role.AUDITOR: frozenset(
        {R.ACCOUNT_READ, R.COMMENT_READ, R.LOG_EXPORT, R.LOG_READ, R.PERSON_READ, R.POST_READ, R.SETTINGS_READ}
    ),
    Role.AUTHOR: frozenset({R.ACCOUNT_READ, R.POST_DISCUSS, R.POST_DRAFT, R.POST_READ, R.POST_RECALL, R.POST_WITHDRAW}),
    Role.MODERATOR: frozenset(
        {
            R.ACCOUNT_READ, R.COMMENT_CARRY_OUT, R.COMMENT_DECIDE, R.COMMENT_READ, R.POST_DISCUSS, R.POST_DRAFT, R.POST_READ,
            R.POST_RECALL,
        }
    ),
    Role.OFFICER: frozenset(
        {
            R.ACCOUNT_CONNECT, R.ACCOUNT_DISCONNECT, R.ACCOUNT_READ, R.COMMENT_READ, R.GRANT_GIVE, R.LOG_EXPORT,
            R.LOG_READ, R.PERSON_INVITE, R.PERSON_READ, R.PERSON_SUSPEND, R.POST_READ, R.POST_RECALL, R.POST_WITHDRAW,
            R.ROSTER_SIGN, R.SETTINGS_READ,
        }
    ),
    Role.REVIEWER: frozenset(
        {R.ACCOUNT_READ, R.POST_COUNTERSIGN, R.POST_DISCUSS, R.POST_DRAFT, R.POST_READ, R.POST_RECALL, R.POST_WITHDRAW}
    ),
}

ROLE_WORDS: dict[Role, tuple[str, str]] = {
    Role.AUDITOR: (_("Auditor"), _("reads and exports everything, changes nothing")),
    Role.AUTHOR: (_("Author"), _("drafts posts and replies")),
    Role.MODERATOR: (_("Moderator"), _("reads comments and decides by the charter")),
    Role.OFFICER: (_("Security officer"), _("accounts, people, roles and the roster")),
    Role.REVIEWER: (_("Reviewer"), _("countersigns what others wrote")),
}

DUTIES: dict[str, frozenset[Right]] = {
    "collect": frozenset({R.COMMENT_CARRY_OUT, R.COMMENT_COLLECT}),
    "demonstration": frozenset(Right),
    "keep": frozenset({R.LOG_EXPORT, R.ROSTER_COPY}),
    "notify": frozenset({R.NOTICE_SEND}),
    "refresh": frozenset({R.SECRET_REFRESH}),
    "release": frozenset({R.POST_RELEASE}),
    "start": frozenset({R.CHARTER_ADOPT, R.GRANT_GIVE, R.PERSON_INVITE}),
}
