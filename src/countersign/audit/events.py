"""Every event the log knows, alphabetically, once, with the words the diary uses for it.

The sentence goes on from the actor's name. `{matter}` is what the entry is about, `{account}` the account's name; other
names in braces are details of the entry. An event is `subject.past_participle`; a retired one stays here, marked so.
Plain Python.
"""
from __future__ import annotations

from countersign.base.words import _

SENTENCES: dict[str, str] = {
    "account.connected": _("connected the account {account}"),
    "account.connection_begun": _("began to connect an account on {network}"),
    "account.connection_returned": _("came back from {network} to connect an account"),
    "account.disconnected": _("disconnected the account {account}"),
    "account.key_refused": _("found that the network no longer takes the key of {account}"),
    "account.reconnected": _("connected the account {account} anew"),
    "act.refused": _("was refused, on {matter}: {why}"),
    "charter.adopted": _("adopted {matter}"),
    "comment.by_hand": _("could not act on {matter}: it is to be done by hand"),
    "comment.decided": _("decided {matter}: {decision}"),
    "comment.done_by_hand": _("did by hand what was decided about {matter}"),
    "comment.hidden": _("hid {matter}"),
    "comment.unconfirmed": _("does not know whether {matter} is hidden"),
    "comments.collected": _("collected comments: {count}"),
    "comments.read": _("read comments: {count}"),
    "delivery.claimed": _("began to send {matter}"),
    "delivery.failed": _("could not send {matter}"),
    "delivery.held": _("held {matter}"),
    "delivery.looked_at": _("looked for {matter} at the network"),
    "delivery.published": _("published {matter}"),
    "delivery.put_off": _("put off {matter}: nothing happened at the network"),
    "delivery.recalled": _("called back {matter}"),
    "delivery.resumed": _("resumed {matter}"),
    "delivery.unconfirmed": _("does not know whether {matter} went out"),
    "delivery.withdrawal_begun": _("began to withdraw {matter} from the network"),
    "delivery.withdrawn": _("withdrew {matter} from the network"),
    "factor.added": _("added a second factor: {kind}"),
    "factor.removed": _("removed a second factor: {kind}"),
    "factor.used": _("showed a second factor: {kind}"),
    "file.taken_in": _("took in {matter}"),
    "grant.given": _("gave {matter} the role {role}"),
    "grant.taken": _("took from {matter} the role {role}"),
    "invitation.accepted": _("accepted {matter}"),
    "invitation.sent": _("sent {matter}"),
    "log.exported": _("exported the audit log"),
    "notice.sent": _("told {matter} what waits"),
    "password.set": _("set a password"),
    "person.invited": _("invited {matter}"),
    "person.locked": _("locked {matter}"),
    "person.password_given": _("gave the password of {matter}, and still owes the second factor"),
    "person.resumed": _("let {matter} work again"),
    "person.sign_in_failed": _("could not sign in"),
    "person.signed_in": _("signed in"),
    "person.signed_out": _("signed out"),
    "person.suspended": _("suspended {matter}"),
    "person.verified": _("showed a second factor again: {by}"),
    "personal.erased": _("erased the personal data of entries: {count}"),
    "post.approved": _("countersigned {matter}"),
    "post.changes_asked": _("asked for changes to {matter}"),
    "post.discussed": _("wrote about {matter}"),
    "post.drafted": _("drafted {matter}"),
    "post.edited": _("edited {matter}"),
    "post.rejected": _("rejected {matter}"),
    "post.signed": _("signed {matter}"),
    "post.submitted": _("submitted {matter}"),
    "post.withdrawn": _("took back {matter}"),
    "proposal.granted": _("gave {matter} its last signature: {act}"),
    "proposal.made": _("proposed {matter}: {act}"),
    "proposal.refused": _("refused {matter}: {act}"),
    "proposal.signed": _("signed {matter}: {act}"),
    "proposal.withdrawn": _("took back {matter}: {act}"),
    "recovery_codes.made": _("made new recovery codes"),
    "roster.entry_added": _("entered {matter} in the roster of signers"),
    "roster.entry_proposed": _("proposed {matter} for the roster of signers"),
    "roster.entry_signed": _("signed {matter} for the roster of signers"),
    "roster.started": _("started the roster of signers"),
    "secret.refreshed": _("had the key of {account} refreshed"),
    "session.ended": _("ended a session"),
    "settings.changed": _("changed the settings"),
}


def require_known(event: str) -> None:
    """Raise RuntimeError for an event that is not listed here."""
    if event not in SENTENCES:
        raise RuntimeError(f"The event {event!r} is not listed in countersign.audit.events.")
