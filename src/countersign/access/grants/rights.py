"""Every right there is, and which role carries which. Keep alphabetical."""
from __future__ import annotations

from enum import StrEnum

from countersign.base.words import _


class Right(StrEnum):
    """Something an actor may be allowed to do. Value: what, dot, deed."""

    ACCOUNT_CONNECT = "account.connect"
    ACCOUNT_DISCONNECT = "account.disconnect"
    ACCOUNT_READ = "account.read"
    API_KEY_MAKE = "api_key.make"
    CHARTER_ADOPT = "charter.adopt"
    COMMENT_CARRY_OUT = "comment.carry_out"
    COMMENT_COLLECT = "comment.collect"
    COMMENT_DECIDE = "comment.decide"
    COMMENT_READ = "comment.read"
    DEPARTURE_CARRY_OUT = "departure.carry_out"
    DEPARTURE_FOLLOW = "departure.follow"
    DEPARTURE_PLAN = "departure.plan"
    DEPARTURE_READ = "departure.read"
    DEVICE_APPROVE = "device.approve"
    DEVICE_EXCEPT = "device.except"
    DEVICE_LOCK = "device.lock"
    DEVICE_READ = "device.read"
    DEVICE_RETIRE = "device.retire"
    EVIDENCE_ASK = "evidence.ask"
    EVIDENCE_EXCEPT = "evidence.except"
    EVIDENCE_NOTE = "evidence.note"
    EVIDENCE_STATE = "evidence.state"
    GLASS_FOLLOW = "glass.follow"
    GLASS_VETO = "glass.veto"
    GRANT_FOLLOW = "grant.follow"
    GRANT_GIVE = "grant.give"
    GRANT_MAP = "grant.map"
    LOCK_CARRY_OUT = "lock.carry_out"
    LOCK_FOLLOW = "lock.follow"
    LOCK_LIFT = "lock.lift"
    LOCK_LIFT_AT_SERVER = "lock.lift_at_server"
    LOCK_READ = "lock.read"
    LOCK_SET = "lock.set"
    KEY_KEEP = "key.keep"
    LOG_EXPORT = "log.export"
    LOG_READ = "log.read"
    NOTICE_SEND = "notice.send"
    PERSON_INVITE = "person.invite"
    PERSON_LINK = "person.link"
    PERSON_PROVISION = "person.provision"
    PERSON_READ = "person.read"
    PERSON_SUSPEND = "person.suspend"
    POST_COUNTERSIGN = "post.countersign"
    POST_DISCUSS = "post.discuss"
    POST_DRAFT = "post.draft"
    POST_HAND_OVER = "post.hand_over"
    POST_READ = "post.read"
    POST_RECALL = "post.recall"
    POST_RELEASE = "post.release"
    POST_WITHDRAW = "post.withdraw"
    POSTURE_MANAGE = "posture.manage"
    POSTURE_REPORT = "posture.report"
    RECOVERY_KEEP = "recovery.keep"
    RECOVERY_LOOK = "recovery.look"
    RECOVERY_READ = "recovery.read"
    RECOVERY_WATCH = "recovery.watch"
    ROSTER_COPY = "roster.copy"
    ROSTER_SIGN = "roster.sign"
    SECRET_CHECK_OUT = "secret.check_out"  # noqa: S105
    SECRET_KEEP = "secret.keep"  # noqa: S105
    SECRET_READ = "secret.read"  # noqa: S105
    SECRET_REFRESH = "secret.refresh"  # noqa: S105
    SECRET_ROTATE = "secret.rotate"  # noqa: S105
    SECRET_STATE = "secret.state"  # noqa: S105
    SECRET_USE_CODE = "secret.use_code"  # noqa: S105
    SETTINGS_READ = "settings.read"
    SIGN_ON_CONFIGURE = "sign_on.configure"


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
        {
            R.ACCOUNT_READ, R.COMMENT_READ, R.DEPARTURE_READ, R.DEVICE_READ, R.LOCK_READ, R.LOG_EXPORT, R.LOG_READ,
            R.PERSON_READ, R.POST_READ, R.RECOVERY_READ, R.SECRET_READ, R.SETTINGS_READ,
        }
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
            R.ACCOUNT_CONNECT, R.ACCOUNT_DISCONNECT, R.ACCOUNT_READ, R.API_KEY_MAKE, R.COMMENT_READ, R.DEPARTURE_FOLLOW,
            R.DEPARTURE_PLAN, R.DEPARTURE_READ, R.DEVICE_APPROVE, R.DEVICE_EXCEPT, R.DEVICE_READ, R.DEVICE_RETIRE,
            R.EVIDENCE_ASK, R.EVIDENCE_EXCEPT, R.EVIDENCE_STATE, R.GLASS_VETO, R.GRANT_GIVE, R.GRANT_MAP, R.LOCK_FOLLOW, R.LOCK_LIFT,
            R.LOCK_READ, R.LOCK_SET, R.LOG_EXPORT, R.LOG_READ, R.PERSON_INVITE, R.PERSON_READ, R.PERSON_SUSPEND,
            R.POSTURE_MANAGE, R.POST_READ, R.POST_RECALL, R.POST_WITHDRAW, R.RECOVERY_KEEP, R.RECOVERY_LOOK,
            R.RECOVERY_READ, R.ROSTER_SIGN, R.SECRET_CHECK_OUT, R.SECRET_KEEP, R.SECRET_READ, R.SECRET_ROTATE,
            R.SECRET_STATE, R.SECRET_USE_CODE, R.SETTINGS_READ, R.SIGN_ON_CONFIGURE,
        }
    ),
    Role.REVIEWER: frozenset(
        {
            R.ACCOUNT_READ, R.EVIDENCE_STATE, R.POST_COUNTERSIGN, R.POST_DISCUSS, R.POST_DRAFT, R.POST_READ, R.POST_RECALL,
            R.POST_WITHDRAW, R.SECRET_CHECK_OUT, R.SECRET_READ, R.SECRET_STATE, R.SECRET_USE_CODE,
        }
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
    "depart": frozenset({R.DEPARTURE_CARRY_OUT, R.LOCK_SET, R.POST_HAND_OVER, R.SECRET_ROTATE}),
    "devices": frozenset({R.DEVICE_LOCK, R.LOCK_SET, R.POSTURE_REPORT}),
    "evidence": frozenset({R.EVIDENCE_ASK, R.EVIDENCE_NOTE}),
    "glass": frozenset({R.GLASS_FOLLOW}),
    "keep": frozenset({R.LOG_EXPORT, R.ROSTER_COPY}),
    "lock": frozenset({R.LOCK_CARRY_OUT, R.SECRET_ROTATE}),
    "notify": frozenset({R.NOTICE_SEND}),
    "operator": frozenset({R.KEY_KEEP, R.LOCK_LIFT_AT_SERVER}),
    "refresh": frozenset({R.SECRET_REFRESH}),
    "release": frozenset({R.POST_RELEASE}),
    "rotate": frozenset({R.NOTICE_SEND, R.SECRET_ROTATE}),
    "sign-on": frozenset({R.GRANT_FOLLOW, R.PERSON_LINK}),
    "start": frozenset({R.CHARTER_ADOPT, R.GRANT_GIVE, R.PERSON_INVITE}),
    "watch": frozenset({R.EVIDENCE_NOTE, R.LOCK_SET, R.NOTICE_SEND, R.RECOVERY_LOOK, R.RECOVERY_WATCH, R.SECRET_ROTATE}),
}

# What a program of the company's may do, by the purpose of its key.
PURPOSES: dict[str, frozenset[Right]] = {
    "scim": frozenset({R.DEPARTURE_PLAN, R.GRANT_FOLLOW, R.PERSON_PROVISION}),
}
