"""Passwords, tokens and keys: made unguessable, kept only as what they can be checked against."""

from __future__ import annotations

import secrets
from functools import lru_cache
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from zhanggui.errors import BadValue

SHORTEST, LONGEST = 10, 200
_HASHER = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)
"""Argon2id over 46 MiB in one pass: the first of the settings that the OWASP Password Storage Cheat Sheet counts as equally good."""


def new_secret() -> str:
    """256 random bits as text that fits an address."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of a random secret. It needs no salt: it cannot be guessed."""
    return sha256(secret.encode()).hexdigest()


def hashed(password: str, name: str = "") -> str:
    """What is stored of a password. Raises BadValue for one that is too short, too long, or the name itself."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadValue("people.password_length", least=SHORTEST, most=LONGEST)
    if name and name.casefold() in password.casefold() and len(password) < len(name) + SHORTEST:
        raise BadValue("people.password_is_name")
    return _HASHER.hash(password)


def fits(password: str, stored: str | None) -> bool:
    """Whether it is the password. An unknown name takes as long as a wrong password, so that names cannot be found out."""
    try:
        return _HASHER.verify(stored or _nobodys(), password[:LONGEST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _HASHER.hash(new_secret())
