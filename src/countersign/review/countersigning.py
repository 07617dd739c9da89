"""Countersigning: a second person puts their passkey to a statement. The caller has an open record and asked the gate."""
from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from typing import Any

from django.conf import settings
from fido2.webauthn import AuthenticatorData

from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Refused
from countersign.base.values import Digest
from countersign.base.words import _
from countersign.people import hooks
from countersign.people.models import Credential, Person
from countersign.review import rules
from countersign.review.models import Countersignature
from countersign.review.statement import STATEMENT, challenge
from countersign.review.verifying import Assertion, RelyingParty, b64, require_good


def party() -> RelyingParty:
    """Ourselves, as every passkey must have seen us."""
    return RelyingParty(settings.RP_ID, str(settings.ORIGIN))


def question(
    actor: PersonActor, statement: dict[str, Any], *, domain: str = STATEMENT, among: Set[str] | None = None
) -> dict[str, Any]:
    """What the browser hands to the passkey (PublicKeyCredentialRequestOptionsJSON), for all of the actor's passkeys or
    those `among` these. Refused without one."""
    credentials = Credential.objects.filter(person__uid=actor.uid, retired_at__isnull=True)
    if among is not None:
        credentials = credentials.filter(credential_id__in=among)
    if not credentials:
        raise Refused(_("You have no passkey, so you cannot sign."), remedy=_("Add one on your security page."))
    return {
        "challenge": b64(challenge(statement, domain=domain)),
        "rpId": settings.RP_ID,
        "timeout": 120_000,
        "userVerification": "required",
        "allowCredentials": [{"type": "public-key", "id": c.credential_id, "transports": c.transports} for c in credentials],
    }


def answered(response: dict[str, Any]) -> Assertion:
    """The assertion in a browser's answer (AuthenticationResponseJSON); Refused when it is none."""
    parts = response.get("response")
    if not isinstance(parts, dict):
        raise Refused(_("That is no answer of a passkey."))
    return Assertion.of(
        {
            "credential_id": str(response.get("id", "")),
            "authenticator_data": str(parts.get("authenticatorData", "")),
            "client_data_json": str(parts.get("clientDataJSON", "")),
            "signature": str(parts.get("signature", "")),
        }
    )


def require_own(actor: PersonActor, assertion: Assertion, statement: dict[str, Any], *, domain: str) -> Credential:
    """The actor's own passkey that answered this statement; Refused when it is not theirs, not good, or may not sign: its
    device is not enrolled or is locked, or its maker copies it (`hooks.require_may_sign_with`)."""
    credential = Credential.objects.filter(
        person__uid=actor.uid, retired_at__isnull=True, credential_id=assertion.credential_id
    ).first()
    if credential is None:
        raise Refused(_("That passkey is not yours."))
    key = bytes(credential.public_key)
    require_good(assertion, challenge=challenge(statement, domain=domain), public_key=key, party=party())
    is_synced = AuthenticatorData(assertion.authenticator_data).is_backup_eligible()
    hooks.require_may_sign_with(credential, is_synced=is_synced, act=str(statement.get("act", "")))
    return credential


def countersign(
    actor: PersonActor, matter: str, statement: dict[str, Any], assertion: Assertion, *, authors: Set[str], at: datetime
) -> Countersignature:
    """Keep a second person's signature over a statement. Conflict when this person has signed it already."""
    rules.require_second_person(authors=authors, signer=actor.uid)
    if statement["signer"] != actor.uid:
        raise Refused(_("That statement is for somebody else to sign."))
    credential = require_own(actor, assertion, statement, domain=STATEMENT)
    author = Person.objects.get(uid=min(authors))
    digest = subject(statement)
    if Countersignature.objects.filter(matter=matter, digest=digest, signer=credential.person).exists():
        raise Conflict(_("You have signed this already."))
    return Countersignature.objects.create(
        matter=matter, digest=digest, author=author, signer=credential.person, statement=statement,
        credential_id=assertion.credential_id, public_key=bytes(credential.public_key),
        authenticator_data=assertion.authenticator_data, client_data_json=assertion.client_data_json,
        signature=assertion.signature, signed_at=at,
    )


def subject(statement: dict[str, Any]) -> str:
    """The digest of what several signers sign alike: the statement without who signs, when and under which nonce."""
    own = {"signer", "nonce", "signed_at", "expires_at"}
    return Digest.of("countersign/subject/v1", {k: v for k, v in statement.items() if k not in own}).hex
