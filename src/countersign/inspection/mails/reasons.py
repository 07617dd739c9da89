"""Why a mail is taken for genuine, forged or neither: a code for each, and the sentence people read."""
from __future__ import annotations

from enum import StrEnum

from countersign.base.words import _


class Verdict(StrEnum):
    """What is thought of a mail."""

    GENUINE = "genuine"
    FORGED = "forged"
    UNSURE = "unsure"


class Reason(StrEnum):
    """What was seen. A mail that passes has `SIGNED` alone."""

    ALGORITHM_WEAK = "algorithm_weak"
    ATTACHMENT = "attachment"
    DATE_AHEAD = "date_ahead"
    DATE_MISSING = "date_missing"
    DATE_PAST = "date_past"
    DISGUISED_LINK = "disguised_link"
    DISGUISED_TEXT = "disguised_text"
    DISPLAY_NAME = "display_name"
    HEADERS_DOUBLE = "headers_double"
    HEADERS_UNSIGNED = "headers_unsigned"
    KEY_MISSING = "key_missing"
    KEY_REVOKED = "key_revoked"
    KEY_UNREAD = "key_unread"
    KEY_WEAK = "key_weak"
    LENGTH_LIMITED = "length_limited"
    LINKS_ELSEWHERE = "links_elsewhere"
    LOOKALIKE = "lookalike"
    MALFORMED = "malformed"
    NOT_A_NETWORK = "not_a_network"
    OTHER_ACCOUNT = "other_account"
    OTHER_RECIPIENT = "other_recipient"
    OTHER_SENDER = "other_sender"
    PARTS_DIFFER = "parts_differ"
    PHONE_NUMBER = "phone_number"
    REPLY_ELSEWHERE = "reply_elsewhere"
    SIGNATURE_BROKEN = "signature_broken"
    SIGNATURE_EXPIRED = "signature_expired"
    SIGNATURE_IN_FUTURE = "signature_in_future"
    SIGNATURE_MISSING = "signature_missing"
    SIGNED = "signed"
    SIGNED_BY_OTHERS = "signed_by_others"
    STRUCTURE_UNSIGNED = "structure_unsigned"
    TOO_LARGE = "too_large"
    URGENCY = "urgency"


SENTENCES: dict[Reason, str] = {
    Reason.ALGORITHM_WEAK: _("Its signature uses a method that has been broken or that we cannot check."),
    Reason.ATTACHMENT: _("It carries a file, which such mails do not."),
    Reason.DATE_AHEAD: _("It says that it was written after it arrived."),
    Reason.DATE_MISSING: _("It does not say when it was written."),
    Reason.DATE_PAST: _("It was written more than a day before it arrived: it may be an old mail sent again."),
    Reason.DISGUISED_LINK: _("A link shows another address than the one it leads to."),
    Reason.DISGUISED_TEXT: _("It holds invisible or look-alike letters."),
    Reason.DISPLAY_NAME: _("It carries the network's name, and comes from another address."),
    Reason.HEADERS_DOUBLE: _("It names its sender, subject, date or recipient twice."),
    Reason.HEADERS_UNSIGNED: _("Its signature leaves out the sender, the subject, the date or the recipient."),
    Reason.KEY_MISSING: _("The domain that it says signed it has no such key."),
    Reason.KEY_REVOKED: _("The key of its signature has been withdrawn, or is not for mail."),
    Reason.KEY_UNREAD: _("The key of its signature could not be looked up."),
    Reason.KEY_WEAK: _("The key of its signature is too short to prove anything."),
    Reason.LENGTH_LIMITED: _("Its signature covers only the beginning of the text."),
    Reason.LINKS_ELSEWHERE: _("It links to a place that is not the network's."),
    Reason.LOOKALIKE: _("It comes from a domain that looks like the network's and is not."),
    Reason.MALFORMED: _("It is not put together as mails are."),
    Reason.NOT_A_NETWORK: _("No network wrote it."),
    Reason.OTHER_ACCOUNT: _("It is about an account that is not ours."),
    Reason.OTHER_RECIPIENT: _("It was written to another address than this mailbox."),
    Reason.OTHER_SENDER: _("It speaks of a network, and comes from elsewhere."),
    Reason.PARTS_DIFFER: _("It says one thing as plain text and another as a page."),
    Reason.PHONE_NUMBER: _("It gives a phone number to call."),
    Reason.REPLY_ELSEWHERE: _("An answer would go to an address that is not the network's."),
    Reason.SIGNATURE_BROKEN: _("Its signature does not hold: it was changed, or never signed by that domain."),
    Reason.SIGNATURE_EXPIRED: _("Its signature had ended before it arrived."),
    Reason.SIGNATURE_IN_FUTURE: _("Its signature is dated after it arrived."),
    Reason.SIGNATURE_MISSING: _("It carries no signature."),
    Reason.SIGNED: _("The network's own signature holds."),
    Reason.SIGNED_BY_OTHERS: _("It is signed by another domain than the one it says it comes from."),
    Reason.STRUCTURE_UNSIGNED: _("Its signature leaves out how the text is to be read."),
    Reason.TOO_LARGE: _("It is too large to be read whole."),
    Reason.URGENCY: _("It threatens or hurries."),
}
