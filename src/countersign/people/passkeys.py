"""Asking a passkey, and checking what it answers. Nothing here is written; actions keep the result.

The relying party is the host of `settings.ORIGIN` and the origin must be exactly that, whatever the request says.
A challenge serves once, for one purpose, for five minutes.
"""
from __future__ import annotations

import hmac
import json
import struct
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from countersign.base.errors import Invalid, Refused
from countersign.base.words import _
from countersign.people import queries
from countersign.people.models import Credential, Device, Person

ALGORITHMS = (-7, -8, -257)  # ES256, EdDSA, RS256: what both libraries that check signatures know
SECONDS = 300  # how long a question stands
GARBAGE = (TypeError, ValueError, KeyError, IndexError, AttributeError, struct.error)  # what unparsable answers raise

type Store = MutableMapping[str, Any]  # the session's data


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey that was just made and has proved that it verifies its user."""

    credential_id: str
    public_key: bytes
    aaguid: UUID
    sign_count: int
    is_backup_eligible: bool
    is_backed_up: bool
    transports: list[str]


@dataclass(frozen=True, slots=True)
class Proof:
    """A passkey answered: whose it is, and its counter now."""

    credential: Credential
    sign_count: int
    is_backed_up: bool


def ask_new(store: Store, person: Person, *, purpose: str) -> dict[str, Any]:
    """PublicKeyCredentialCreationOptionsJSON for a new passkey of this person; those they have are excluded."""
    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(id=person.uid.bytes, name=person.email, display_name=person.name),
        credentials=[_attested(one) for one in queries.passkeys_of(person)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
        extensions={"credProps": True},
    )
    _keep(store, purpose, state)
    return _plain(options["publicKey"])


def accept_new(store: Store, answer: Mapping[str, Any], *, purpose: str) -> NewPasskey:
    """Check what a new passkey answered. Refused for another origin, an old question, or an unverified user."""
    state = _take(store, purpose)
    try:
        response = RegistrationResponse.from_dict(answer).response
        _require_our_page(response.client_data)
        _require_verified(response.attestation_object.auth_data)
        data = _server().register_complete(state, answer)
    except GARBAGE as error:
        raise _unusable() from error
    return _new(data, [str(one) for one in answer["response"].get("transports") or []][:8])


def ask(store: Store, person: Person | None, *, purpose: str) -> dict[str, Any]:
    """PublicKeyCredentialRequestOptionsJSON: for one person's passkeys, or for whichever the browser knows."""
    known = [_attested(one) for one in queries.passkeys_of(person)] if person else []
    options, state = _server().authenticate_begin(known, user_verification=UserVerificationRequirement.REQUIRED)
    _keep(store, purpose, state)
    return _plain(options["publicKey"])


def accept(store: Store, answer: Mapping[str, Any], person: Person | None, *, purpose: str) -> Proof:
    """Check what a passkey answered; `person` None takes the passkey's own. Refused as `accept_new`, and if copied."""
    state = _take(store, purpose)
    try:
        parsed = AuthenticationResponse.from_dict(answer)
        response = parsed.response
        _require_our_page(response.client_data)
        _require_verified(response.authenticator_data)
        credential = _credential(parsed, person)
        _server().authenticate_complete(state, [_attested(credential)], answer)
    except GARBAGE as error:
        raise _unusable() from error
    _require_counting(credential, response.authenticator_data.counter)
    _require_unlocked(credential)
    return Proof(credential, response.authenticator_data.counter, response.authenticator_data.is_backed_up())


def _server() -> Fido2Server:
    rp = PublicKeyCredentialRpEntity(id=settings.RP_ID, name=settings.ORGANISATION)
    server = Fido2Server(rp, verify_origin=lambda origin: origin == str(settings.ORIGIN))
    server.allowed_algorithms = [one for one in server.allowed_algorithms if one.alg in ALGORITHMS]
    return server


def _attested(credential: Credential) -> AttestedCredentialData:
    key = CoseKey.parse(cast("Mapping[int, Any]", cbor.decode(bytes(credential.public_key))))
    return AttestedCredentialData.create(credential.aaguid.bytes, websafe_decode(credential.credential_id), key)


def _credential(answer: AuthenticationResponse, person: Person | None) -> Credential:
    rows = Credential.objects.select_related("person").filter(retired_at=None)
    found = rows.filter(credential_id=websafe_encode(answer.raw_id)).first()
    handle = answer.response.user_handle
    owned = found is not None and (person is None or found.person_id == person.pk)
    if found is None or not owned or (handle and not hmac.compare_digest(handle, found.person.uid.bytes)):
        raise Refused(
            _("This passkey is not known here."), remedy=_("Use another one, or ask a security officer for a new link.")
        )
    return found


def _new(data: AuthenticatorData, transports: list[str]) -> NewPasskey:
    attested = data.credential_data
    if attested is None or attested.public_key.get(3) not in ALGORITHMS:
        raise _unusable()
    return NewPasskey(
        credential_id=websafe_encode(attested.credential_id),
        public_key=cbor.encode(attested.public_key),
        aaguid=UUID(bytes=bytes(attested.aaguid)),
        sign_count=data.counter,
        is_backup_eligible=data.is_backup_eligible(),
        is_backed_up=data.is_backed_up(),
        transports=transports,
    )


def _require_our_page(client_data: CollectedClientData) -> None:
    if client_data.origin != str(settings.ORIGIN) or client_data.cross_origin:
        raise Refused(
            _("The passkey was used on {origin}, which is not this product's address."),
            remedy=_("Do not sign in there. Open {address} yourself and tell a security officer."),
            origin=client_data.origin, address=str(settings.ORIGIN),
        )  # fmt: skip


def _require_verified(data: AuthenticatorData) -> None:
    if not data.is_user_verified():
        raise Refused(
            _("The passkey did not check that it was you."),
            remedy=_("Set a PIN, a fingerprint or a face on it, then try again."),
        )


def _require_counting(credential: Credential, count: int) -> None:
    # A counter that does not grow means that two devices hold this key; 0 means that it does not count.
    if (count or credential.sign_count) and count <= credential.sign_count:
        raise Refused(
            _("This passkey may have been copied: its counter went back."),
            remedy=_("Tell a security officer, and use another passkey."),
        )


def _require_unlocked(credential: Credential) -> None:
    device = Device.objects.filter(credential=credential).first()
    if device is not None and queries.is_locked(device=str(device.uid)):
        raise Refused(
            _("The device of this passkey is locked."), remedy=_("Use another one, or ask a security officer.")
        )


def _keep(store: Store, purpose: str, state: Any) -> None:
    store[f"passkey:{purpose}"] = {
        "challenge": state["challenge"], "user_verification": "required", "at": timezone.now().timestamp(),
    }  # fmt: skip


def _take(store: Store, purpose: str) -> dict[str, Any]:
    state: dict[str, Any] | None = store.pop(f"passkey:{purpose}", None)
    if state is None or timezone.now().timestamp() - state["at"] > SECONDS:
        raise Refused(_("That took too long, or was answered already."), remedy=_("Reload the page and try again."))
    return state


def _unusable() -> Invalid:
    return Invalid(_("The passkey's answer could not be checked."), remedy=_("Reload the page and try again."))


def _plain(options: Any) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(options))  # fido2's enumerations become plain text
    return content
