"""A stand-in for a provider of sign-on that lies: it signs whatever a test wants, with keys of its own. Not a real server."""
from __future__ import annotations

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

CLIENT = "countersign"


class Signer:
    """A key, and what it signs; `kid` is its name in the provider's list."""

    def __init__(self, algorithm: str = "RS256", kid: str = "one") -> None:
        self.algorithm, self.kid = algorithm, kid
        if algorithm == "ES256":
            self.key: Any = ec.generate_private_key(ec.SECP256R1())
            self.public = json.loads(ECAlgorithm.to_jwk(self.key.public_key()))
        elif algorithm == "EdDSA":
            self.key = ed25519.Ed25519PrivateKey.generate()
            self.public = json.loads(OKPAlgorithm.to_jwk(self.key.public_key()))
        else:
            self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            self.public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        self.public |= {"kid": kid, "use": "sig"}
        self.public.pop("key_ops", None)

    def sign(self, claims: dict[str, Any], *, algorithm: str = "", **header: Any) -> str:
        return jwt.encode(claims, self.key, algorithm=algorithm or self.algorithm, headers={"kid": self.kid, **header})

    @property
    def pem(self) -> bytes:
        return bytes(
            self.key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )


def unsigned(claims: dict[str, Any]) -> str:
    """A token with `alg` none."""
    parts = [_part({"alg": "none", "typ": "JWT"}), _part(claims), ""]
    return ".".join(parts)


def with_shared_secret(claims: dict[str, Any], secret: bytes, **header: Any) -> str:
    """A token signed with a text that everybody knows: the provider's public key."""
    body = f"{_part({'alg': 'HS256', 'typ': 'JWT', **header})}.{_part(claims)}"
    return f"{body}.{urlsafe_b64encode(hmac.new(secret, body.encode(), hashlib.sha256).digest()).rstrip(b'=').decode()}"


def _part(content: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


class HostileProvider(ThreadingHTTPServer):
    """It says what `token` is at its token address, and lists `keys`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.signer = Signer()
        self.keys = [self.signer.public]
        self.token, self.named, self.names_itself, self.asked = "", self.issuer, False, list[tuple[str, str]]()
        self.about: dict[str, Any] = {}
        self.access_token = "anything"

    def claims(self, at: str = "", **other: Any) -> dict[str, Any]:
        now = int(time.time())
        return {
            "iss": self.issuer, "aud": CLIENT, "sub": "ann", "iat": now, "exp": now + 300, "auth_time": now, "nonce": at,
            "email": "ann@delinde.example", "email_verified": True, "name": "Ann", "groups": [], "amr": ["mfa"], **other,
        }  # fmt: skip

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.named, "authorization_endpoint": f"{self.issuer}/auth", "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys", "userinfo_endpoint": f"{self.issuer}/me",
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": self.names_itself,
        }  # fmt: skip


class _Answer(BaseHTTPRequestHandler):
    server: HostileProvider

    def do_GET(self) -> None:
        self.server.asked.append(("GET", self.path))
        match self.path:
            case "/.well-known/openid-configuration":
                self._say(self.server.document())
            case "/keys":
                self._say({"keys": self.server.keys})
            case "/me":
                self._say(self.server.about)
            case _:
                self._say({}, 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append(("POST", f"{self.path} {self.headers.get('Authorization', '')} {body}"))
        self._say({"access_token": self.server.access_token, "token_type": "Bearer", "id_token": self.server.token})

    def _say(self, content: dict[str, Any], status: int = 200) -> None:
        raw = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_words: object) -> None:
        pass


@contextmanager
def hostile_provider() -> Iterator[HostileProvider]:
    """Runs for as long as the block lasts."""
    server = HostileProvider()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
