"""Calls about secrets: sealing, TOTP codes, connecting, refreshing and revoking an account's key."""
from __future__ import annotations

import hashlib
import hmac
import json
import time
from base64 import b64decode, b64encode
from dataclasses import asdict
from typing import Any

from countersign.base.errors import Invalid, Refused
from countersign.base.values import Secret, canonical
from countersign.base.words import _
from countersign.calls import messages
from countersign.networks.bluesky import proof
from countersign.networks.contract import Credentials, Publishes, SignsInByAppPassword
from countersign.processes.broker import seeds
from countersign.processes.broker.office import Office, connector, identity_content, signs_in
from countersign.review.statement import iso

_ONE_STEP_EITHER_WAY = (0, -1, 1)
_SEALABLE = {"person": {"totp"}, "evidence": {"picture"}, "file": {"original"}, "posture": {"hmac"}}  # what the web process may have sealed, by kind of owner


def seal(office: Office, call: messages.Seal) -> messages.Sealed:
    """Seal a text for an owner the web process may name; an account's credentials are not among them."""
    if call.field not in _SEALABLE.get(call.owner.partition(":")[0], set()):
        raise Invalid(_("That cannot be sealed from outside."))
    context = office.context(call.owner, call.field, call.version)
    return messages.Sealed(office.key.seal(Secret(call.text), context))


def check_totp(office: Office, call: messages.CheckTotp) -> messages.TotpVerdict:
    """Compare a code with a sealed seed (RFC 6238: SHA-1, 30 s, six digits), in constant time."""
    seed = office.key.open(call.sealed, office.context(call.owner, "totp", call.version))
    now = int(time.time()) // seeds.STEP
    for offset in _ONE_STEP_EITHER_WAY:
        step = now + offset
        if step > call.after_step and hmac.compare_digest(seeds.code(seed, step), call.code):
            return messages.TotpVerdict(True, step)
    return messages.TotpVerdict(False, call.after_step)


def check_hmac(office: Office, call: messages.CheckHmac) -> messages.HmacVerdict:
    """Compare a signature of a report about devices, in constant time. No other sealed value can be tried by this call."""
    if not call.owner.startswith("posture:"):
        raise Invalid(_("There is no such key."))
    key = b64decode(office.key.open(call.sealed, office.context(call.owner, "hmac", 1)).reveal())
    right = b64encode(hmac.new(key, b64decode(call.content), hashlib.sha256).digest())
    return messages.HmacVerdict(hmac.compare_digest(right, call.signature.encode()))


def begin_connection(office: Office, call: messages.BeginConnection) -> messages.Begun:
    """Find the server and say where the browser must go; the other half goes back sealed for this very account."""
    beginning = signs_in(connector_name(call.network)).begin(
        office.http, server=call.server, handle=call.handle, redirect_uri=redirect_uri(office, call.network),
        client_id=office.client_id, state=call.state,
    )
    context = office.context(f"account:{call.account}", "pending", 1)
    return messages.Begun(beginning.authorize_url, office.key.seal(beginning.pending, context))


def redirect_uri(office: Office, network: str) -> str:
    """Where the network sends the browser back. On loopback the AT Protocol wants 127.0.0.1 rather than a name."""
    return office.redirect_uri.replace("//localhost", "//127.0.0.1") if network == "bluesky" else office.redirect_uri


def finish_connection(office: Office, call: messages.FinishConnection) -> messages.Connected:
    """Exchange the code, find out who it is, and hand the credentials back sealed."""
    pending = office.key.open(call.pending, office.context(f"account:{call.account}", "pending", 1))
    credentials = signs_in(call.network).finish(office.http, pending=pending, query=call.query)
    return _connected(office, call.account, credentials, call.version, call.expected)


def connect_by_app_password(office: Office, call: messages.ConnectByAppPassword) -> messages.Connected:
    """Sign in with an app password, and hand the credentials back sealed."""
    found = connector(call.network)
    if not isinstance(found, SignsInByAppPassword):
        raise Invalid(_("This network has no app passwords."))
    credentials = found.sign_in(
        office.http, server=call.server, handle=call.handle, app_password=Secret(call.app_password)
    )
    return _connected(office, call.account, credentials, call.version, call.expected)


def connector_name(network: str) -> str:
    """The name, if there is such a network; Invalid otherwise."""
    connector(network)
    return network


def _connected(
    office: Office, account: str, credentials: Credentials, version: int, expected: dict[str, Any]
) -> messages.Connected:
    identity = credentials.identity
    if expected and (expected["origin"], expected["remote_id"]) != (identity.origin, identity.remote_id):
        signs_in(identity.network).revoke(office.http, credentials)
        raise Refused(
            _("You signed in there as {handle}, which is another account."), handle=identity.handle,
            remedy=_("Sign out at the network, then reconnect as the account itself."),
        )
    publisher = connector(identity.network)
    client = signs_in(identity.network).client(office.http, credentials)
    limits = asdict(publisher.limits(client)) if isinstance(publisher, Publishes) else {}
    version = office.next_version(account, version)
    return messages.Connected(
        identity_content(identity), json.loads(json.dumps(limits)), office.seal_credentials(account, credentials, version),
        iso(credentials.expires_at) if credentials.expires_at else "", list(credentials.scopes), version,
    )


def refresh(office: Office, call: messages.Refresh) -> messages.Refreshed:
    """Renew an account's key in good time, and hand back what our file holds when the database is behind it."""
    held = office.fresh(call.account, now=call.now)
    kept = office.kept_secret(call.account)
    if kept is None or kept.body["version"] != held.version:
        return messages.Refreshed("", held.version, "")
    expires_at = held.credentials.expires_at
    return messages.Refreshed(str(kept.body["sealed"]), held.version, iso(expires_at) if expires_at else "")


def client_key(office: Office) -> Secret:
    """The private key by which this installation proves itself to Bluesky's servers, which then keep a sign-in for two
    years instead of two weeks. Made once and kept sealed in our own file."""
    context = office.context("installation", "client_key", 1)
    for line in office.journal.lines("client_key")[-1:]:
        return office.key.open(line.body["sealed"], context)
    key = proof.new_key()
    key["kid"] = proof.b64(hashlib.sha256(canonical(proof.public(key))).digest())
    sealed = office.key.seal(Secret(json.dumps(key)), context)
    office.journal.append("client_key", {"sealed": sealed, "public": {**proof.public(key), "kid": key["kid"]}})
    return Secret(json.dumps(key))


def client_keys(office: Office, _call: messages.ClientKeys) -> messages.PublicKeys:
    """The public half, for the document that tells networks who we are."""
    made = office.journal.lines("client_key")
    return messages.PublicKeys({"bluesky": made[0].body["public"]} if made else {})


def revoke(office: Office, call: messages.Revoke) -> messages.Done:
    """End an account's key at the network."""
    with office.key_barrier(call.account).exclusive():
        credentials = office.credentials(call.account).credentials
        signs_in(credentials.identity.network).revoke(office.http, credentials)
    return messages.Done()
