"""The software passkey agrees with the two libraries that verify passkeys in the product."""
from __future__ import annotations

import json
from typing import Any

import pytest
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    UserVerificationRequirement,
)
from webauthn import verify_authentication_response
from webauthn.helpers import bytes_to_base64url

from tests.soft_authenticator import SoftAuthenticator

ORIGIN = "http://localhost:8765"
CHALLENGE = b"a challenge of thirty-two bytes!"


@pytest.fixture
def server() -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(id="localhost", name="C"), verify_origin=lambda o: o == ORIGIN)


@pytest.fixture
def authenticator() -> SoftAuthenticator:
    return SoftAuthenticator("localhost", ORIGIN)


def registered(server: Fido2Server, authenticator: SoftAuthenticator, **knobs: Any) -> AttestedCredentialData:
    options, state = server.register_begin(
        PublicKeyCredentialUserEntity(id=b"1", name="ann", display_name="Ann"),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    found = server.register_complete(state, authenticator.register(dict(options), **knobs)).credential_data
    assert found is not None
    return found


def answered(server: Fido2Server, authenticator: SoftAuthenticator, **knobs: Any) -> bytes:
    known = registered(server, authenticator)
    options, state = server.authenticate_begin([known], user_verification=UserVerificationRequirement.REQUIRED)
    return server.authenticate_complete(state, [known], authenticator.answer(dict(options), **knobs)).credential_id


def test_it_registers_and_answers(server: Fido2Server, authenticator: SoftAuthenticator) -> None:
    assert answered(server, authenticator) == authenticator.credential_id


@pytest.mark.parametrize("knobs", [{"origin": "http://evil.example"}, {"rp_id": "evil"}, {"user_verified": False}])
def test_its_lies_are_noticed_when_answering(
    server: Fido2Server, authenticator: SoftAuthenticator, knobs: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"origin|RP ID|verif"):
        answered(server, authenticator, **knobs)


@pytest.mark.parametrize("knobs", [{"origin": "http://evil.example"}, {"rp_id": "evil"}, {"user_verified": False}])
def test_its_lies_are_noticed_when_registering(
    server: Fido2Server, authenticator: SoftAuthenticator, knobs: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"origin|RP ID|Verif"):
        registered(server, authenticator, **knobs)


def test_a_second_library_accepts_what_it_signs(authenticator: SoftAuthenticator) -> None:
    signed = authenticator.sign(CHALLENGE)
    credential = {
        "id": signed["credential_id"], "rawId": signed["credential_id"], "type": "public-key",
        "response": {
            "authenticatorData": signed["authenticator_data"], "clientDataJSON": signed["client_data_json"],
            "signature": signed["signature"],
        },
        "clientExtensionResults": {},
    }  # fmt: skip
    verified = verify_authentication_response(
        credential=json.dumps(credential), expected_challenge=CHALLENGE, expected_rp_id="localhost",
        expected_origin=ORIGIN, credential_public_key=authenticator.public_key_cose,
        credential_current_sign_count=0, require_user_verification=True,
    )  # fmt: skip
    assert verified.credential_id == authenticator.credential_id
    assert bytes_to_base64url(authenticator.credential_id) == authenticator.credential_id_text


def test_a_security_key_counts_its_signatures() -> None:
    key = SoftAuthenticator("localhost", ORIGIN, is_counting=True)
    assert key.sign(CHALLENGE) != key.sign(CHALLENGE)
    assert key.sign_count == 2
