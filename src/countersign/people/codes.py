"""Recovery codes: how they are made, hashed and recognised. Plain Python."""
from __future__ import annotations

import hashlib
import hmac
import secrets

HOW_MANY = 10
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's 32: nothing that is read as something else
LENGTH = 16  # 80 bits


def make() -> str:
    """One code, in four groups of four."""
    text = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    return "-".join(text[start : start + 4] for start in range(0, LENGTH, 4))


def normal(typed: str) -> str:
    """What a person meant: letters' case, blanks and hyphens do not matter, o is 0, i and l are 1."""
    text = "".join(one for one in typed.lower() if one.isalnum())
    return text.translate(str.maketrans("oil", "011"))


def looks_like_one(typed: str) -> bool:
    """Whether this could be a recovery code rather than six digits."""
    text = normal(typed)
    return len(text) == LENGTH and set(text) <= set(ALPHABET)


def hashed(code: str, salt: str) -> str:
    """The salted hash that is kept; 80 random bits need no slow one."""
    return hashlib.sha256(f"{salt}:{normal(code)}".encode()).hexdigest()


def is_right(code: str, salt: str, code_hash: str) -> bool:
    """Whether a typed code is the one of this hash."""
    return hmac.compare_digest(hashed(code, salt), code_hash)
