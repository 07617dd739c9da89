"""Proof that a token is used by the one it was given to (DPoP, RFC 9449): each request is signed with a key of its own."""
from __future__ import annotations

import hashlib
import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Generator
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm


def new_key() -> dict[str, str]:
    """A new P-256 key, as a private JWK."""
    told = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()), as_dict=True)
    return {name: str(told[name]) for name in ("kty", "crv", "x", "y", "d")}


def public(key: dict[str, str]) -> dict[str, str]:
    """The half of a key that may be shown."""
    return {name: key[name] for name in ("kty", "crv", "x", "y")}


def b64(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(key: dict[str, str], claims: dict[str, Any], headers: dict[str, Any]) -> str:
    """A JWT signed with ES256."""
    private = ECAlgorithm.from_jwk(json.dumps(key))
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise TypeError("Only the private half of a key signs.")
    return jwt.encode(claims, private, "ES256", headers=headers)


class Proof(httpx.Auth):
    """Signs every request; with a `token` also carries it.

    A server may ask for a nonce of its own first. That refusal says the request was not looked at, so it is signed anew
    and sent once more, with the nonce; the nonce serves the requests that follow as well. Nothing else is sent again.
    """

    requires_response_body = True

    def __init__(self, key: dict[str, str], token: str = "") -> None:
        self._key, self._token = key, token
        self._nonces: dict[str, str] = {}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """See httpx.Auth."""
        self._sign(request)
        response = yield request
        nonce = self._learn(request, response)
        if nonce and _asks_for_a_nonce(response):
            self._sign(request)
            response = yield request
            self._learn(request, response)

    def _learn(self, request: httpx.Request, response: httpx.Response) -> str:
        nonce = str(response.headers.get("dpop-nonce", ""))
        if nonce:
            self._nonces[_origin(request)] = nonce
        return nonce

    def _sign(self, request: httpx.Request) -> None:
        claims = {"jti": secrets.token_urlsafe(16), "htm": request.method, "iat": int(time.time())}
        claims["htu"] = str(request.url.copy_with(query=None, fragment=None))
        if nonce := self._nonces.get(_origin(request)):
            claims["nonce"] = nonce
        if self._token:
            claims["ath"] = b64(hashlib.sha256(self._token.encode()).digest())
            request.headers["Authorization"] = f"DPoP {self._token}"
        request.headers["DPoP"] = sign(self._key, claims, {"typ": "dpop+jwt", "jwk": public(self._key)})


def _origin(request: httpx.Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc.decode()}"


def _asks_for_a_nonce(response: httpx.Response) -> bool:
    if response.status_code == 401 and "use_dpop_nonce" in response.headers.get("www-authenticate", ""):
        return True
    try:
        said = response.json() if response.status_code in {400, 401} else None
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("error") == "use_dpop_nonce"
