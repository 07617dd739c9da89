"""What may be asked of the broker, and what it answers: plain frozen values, one pair a call.

Accounts, deliveries, persons and posts go by their UUID as text. Bytes go as base64url text. Times are ISO 8601 in UTC.
A sealed value is opaque text that only the broker can open. A file is a matter; callers name `messages.Publish`.
"""
from __future__ import annotations

from countersign.calls.messages.base import Call, Done
from countersign.calls.messages.comments import ActOnComment, Collect, Threads
from countersign.calls.messages.connecting import (
    BeginConnection,
    Begun,
    ClientKeys,
    ConnectByAppPassword,
    Connected,
    FinishConnection,
    PublicKeys,
    Refresh,
    Refreshed,
    Revoke,
)
from countersign.calls.messages.glass import AskGlass, BreakGlass, Glasses, ReadGlass, VetoGlass
from countersign.calls.messages.mailbox import CheckDomain, DomainFacts, Mails, OpenMailbox, ReadMails, SealedMailbox
from countersign.calls.messages.publishing import (
    AwaitLocks,
    Gap,
    Looked,
    Outcome,
    Publish,
    ReadGap,
    Recall,
    Settle,
    Withdraw,
)
from countersign.calls.messages.roster import (
    AppendRoster,
    AskAlone,
    BeginRoster,
    EnterAlone,
    Health,
    Ping,
    ReadRoster,
    Roster,
    VetoAlone,
)
from countersign.calls.messages.secrets import (
    CheckHmac,
    CheckTotp,
    HmacVerdict,
    KeyState,
    ReloadKeys,
    Rewrap,
    Rewrapped,
    Seal,
    Sealed,
    TotpVerdict,
)
from countersign.calls.messages.security import Opened, OpenPicture, ReadSecurity, Security
from countersign.calls.messages.signon import (
    AskProvider,
    BeginSignOn,
    FinishSignOn,
    LogoutSaid,
    ProviderFacts,
    ReadLogoutToken,
    SealClientSecret,
    SignedOn,
    SignOnBegun,
    provider_owner,
)
from countersign.calls.messages.vault import (
    AskForCode,
    Changed,
    ChangedByHand,
    ChangeSecret,
    Code,
    GiveCode,
    PrepareRotation,
    Proven,
    ProveSecret,
    ProveTokens,
    Replaced,
    ReplaceTokens,
    Reveal,
    Revealed,
    SealedSecret,
    SealSecret,
)

CALLS: dict[str, type[Call]] = {
    kind.__name__: kind
    for kind in (
        ActOnComment, AppendRoster, AskAlone, AskForCode, AskGlass, AskProvider, AwaitLocks, BeginConnection, BeginRoster,
        BeginSignOn, BreakGlass, ChangeSecret, ChangedByHand, CheckDomain, CheckHmac, CheckTotp, ClientKeys, Collect,
        ConnectByAppPassword, EnterAlone, FinishConnection, FinishSignOn, GiveCode, Looked, OpenMailbox, OpenPicture, Ping,
        PrepareRotation, ProveSecret, ProveTokens, Publish, ReadGap, ReadGlass, ReadLogoutToken, ReadMails, ReadRoster,
        ReadSecurity, Recall, Refresh, ReloadKeys, ReplaceTokens, Reveal, Revoke, Rewrap, Seal, SealClientSecret,
        SealSecret, Settle, VetoAlone, VetoGlass, Withdraw,
    )
}

__all__ = [  # noqa: RUF022
    "ActOnComment", "AppendRoster", "AskAlone", "AskForCode", "AskGlass", "AskProvider", "AwaitLocks", "BeginConnection",
    "BeginRoster", "BeginSignOn", "Begun", "BreakGlass", "CALLS", "Call", "ChangeSecret", "Changed", "ChangedByHand",
    "CheckDomain", "CheckHmac", "CheckTotp", "ClientKeys", "Code", "Collect", "ConnectByAppPassword", "Connected",
    "DomainFacts", "Done", "EnterAlone", "FinishConnection", "FinishSignOn", "Gap", "GiveCode", "Glasses", "Health",
    "HmacVerdict", "KeyState", "LogoutSaid", "Looked", "Mails", "OpenMailbox", "OpenPicture", "Opened", "Outcome", "Ping",
    "PrepareRotation", "ProveSecret", "ProveTokens", "Proven", "ProviderFacts", "PublicKeys", "Publish", "ReadGap",
    "ReadGlass", "ReadLogoutToken", "ReadMails", "ReadRoster", "ReadSecurity", "Recall", "Refresh", "Refreshed",
    "ReloadKeys", "ReplaceTokens", "Replaced", "Reveal", "Revealed", "Revoke", "Rewrap", "Rewrapped", "Roster", "Seal",
    "SealClientSecret", "SealSecret", "Sealed", "SealedMailbox", "SealedSecret", "Security", "Settle", "SignOnBegun",
    "SignedOn", "Threads", "TotpVerdict", "VetoAlone", "VetoGlass", "Withdraw", "provider_owner",
]
