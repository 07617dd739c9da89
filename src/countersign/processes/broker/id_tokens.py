"""What a provider signs: ID tokens and logout tokens, believed only when everything about them is right.

Plain: keys and expectations in, claims or a refusal out. Signatures are checked by PyJWT; which algorithms may be used, which
key, and what has to be inside is decided here. `none` and whatever is made with a shared secret (HS256 …) is never taken: a
public key is no secret, so anybody could make those.
"""
from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from countersign.base.errors import Refused
from countersign.base.words import _

ALGORITHMS = ("EdDSA", "ES256", "PS256", "RS256")
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
SKEW = timedelta(minutes=1)  # between two clocks
OLDEST = timedelta(minutes=10)  # how long ago a token may have been made
LONGEST = 32_768  # characters of one token
_KINDS = {"EdDSA": "OKP", "ES256": "EC", "PS256": "RSA", "RS256": "RSA"}
_TYPES = {"", "jwt", "logout+jwt", "application/logout+jwt"}


class UnknownKey(Refused):
    """The token names a key that is not among those that are known: they may have been replaced since."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Whose token it must be, and for whom."""

    issuer: str
    client_id: str
    at: datetime


def id_claims(token: str, keys: Sequence[Mapping[str, Any]], expected: Expected, *, nonce: str) -> dict[str, Any]:
    """What an ID token says (OpenID Connect Core 3.1.3.7), once it was verified. Refused otherwise.

    How long ago somebody showed there who they are is not judged here: where it is long ago or not told, the provider's
    second factor does not count, and ours is asked (`rules.shown_factor` of the desk's sign-on).
    """
    claims = _verified(token, keys, expected, ["aud", "exp", "iat", "iss", "sub"])
    said = claims.get("nonce")
    if not isinstance(said, str) or not hmac.compare_digest(said.encode(), nonce.encode()):
        raise Refused(_("The provider's answer belongs to another sign-in."), remedy=_("Begin again."))
    _require_subject(claims)
    if "auth_time" in claims and _number(claims, "auth_time") > expected.at.timestamp() + SKEW.total_seconds():
        raise Refused(_("The provider's answer is from the future."), remedy=_("Compare its clock with ours."))
    return claims


def logout_claims(token: str, keys: Sequence[Mapping[str, Any]], expected: Expected) -> dict[str, Any]:
    """What a logout token says (OpenID Connect Back-Channel Logout 2.6), once it was verified. Refused otherwise."""
    claims = _verified(token, keys, expected, ["aud", "iat", "iss", "jti", "events"])
    events = claims["events"]
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise Refused(_("That is no logout token."))
    if "nonce" in claims:
        raise Refused(_("That is an ID token, not a logout token."))
    if not isinstance(claims["jti"], str) or not claims["jti"]:
        raise Refused(_("That logout token has no number of its own."))
    if not any(isinstance(claims.get(name), str) and claims[name] for name in ("sub", "sid")):
        raise Refused(_("That logout token does not say whom it is about."))
    return claims


def _verified(token: str, keys: Sequence[Mapping[str, Any]], expected: Expected, wanted: list[str]) -> dict[str, Any]:
    if not 0 < len(token) <= LONGEST:
        raise Refused(_("That is no signed token."))
    try:
        header = jwt.get_unverified_header(token)
        algorithm = _algorithm(header)
        key = jwt.PyJWK(dict(_key(header, algorithm, keys)), algorithm=algorithm)
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=[algorithm], audience=expected.client_id, issuer=expected.issuer,
            options={"require": wanted, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )  # fmt: skip
    except (jwt.InvalidAudienceError, jwt.InvalidIssuerError) as error:
        raise Refused(_("The provider's answer is for somebody else, or from somebody else."), remedy=_("Begin again.")) from error
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise Refused(_("The provider's signature does not hold."), remedy=_("Begin again.")) from error
    _require_times(claims, expected.at)
    _require_party(claims, expected.client_id)
    return claims


def _algorithm(header: Mapping[str, Any]) -> str:
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS or str(header.get("typ", "")).lower() not in _TYPES or "crit" in header:
        raise Refused(_("The provider signed in a way that is not taken here."), remedy=_("Ask whoever runs it for RS256 or ES256."))
    return str(algorithm)


def _key(header: Mapping[str, Any], algorithm: str, keys: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The one key the token names; without a name the only one there is of its kind."""
    usable = [
        key for key in keys
        if key.get("kty") == _KINDS[algorithm] and key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm
    ]
    named = [key for key in usable if key.get("kid") == header["kid"]] if "kid" in header else usable
    if len(named) != 1:
        raise UnknownKey(_("The provider signed with a key that it does not show."), remedy=_("Begin again."))
    return named[0]


def _require_times(claims: Mapping[str, Any], at: datetime) -> None:
    now = at.timestamp()
    made, ends = _number(claims, "iat"), _number(claims, "exp") if "exp" in claims else None
    if ends is not None and now >= ends + SKEW.total_seconds():
        raise Refused(_("The provider's answer has run out."), remedy=_("Begin again; look at both clocks if it stays so."))
    begins = _number(claims, "nbf") if "nbf" in claims else made
    if max(made, begins) > now + SKEW.total_seconds():
        raise Refused(_("The provider's answer is from the future."), remedy=_("Compare its clock with ours."))
    if now - made > (OLDEST + SKEW).total_seconds():
        raise Refused(_("The provider's answer is too old."), remedy=_("Begin again."))


def _require_party(claims: Mapping[str, Any], client_id: str) -> None:
    """Where a token is for several, or says whom it was issued to, that must be us."""
    audience = claims["aud"]
    is_for_several = isinstance(audience, list) and len(audience) > 1
    if (is_for_several or "azp" in claims) and claims.get("azp") != client_id:
        raise Refused(_("The provider's answer was given to another program."), remedy=_("Begin again."))


def _require_subject(claims: Mapping[str, Any]) -> None:
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise Refused(_("The provider does not say who it is."))


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**11:
        raise Refused(_("The provider's answer tells no time."))
    return float(value)
