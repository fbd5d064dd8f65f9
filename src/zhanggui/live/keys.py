"""A connection's secrets: from the environment, else from the system's keyring, never from a file of the workspace."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from zhanggui.errors import BadValue, Unreached

HIDDEN = "***"
SERVICE = "zhanggui-sync"
_SHORTEST = 4
"""Shorter texts are no secrets, and hiding each of their occurrences would make nonsense of a message."""


class Keys:
    """The secrets of one connection, looked up when they are asked for. What they were is in no ``repr`` and in no message."""

    __slots__ = ("_connection", "_environment", "_seen")

    def __init__(self, connection: str, environment: Mapping[str, str] | None = None) -> None:
        self._connection = connection
        self._environment = os.environ if environment is None else environment
        self._seen: set[str] = set()

    def __repr__(self) -> str:
        return f"Keys({self._connection!r})"

    def __getitem__(self, name: str) -> str:
        """A secret. Raises BadValue where it is nowhere: its words say where it may stand."""
        found = self.find(name)
        if found is None:
            raise BadValue(
                "live.no_secret", connection=self._connection, secret=name, variable=variable(self._connection, name)
            )
        return found

    def find(self, name: str) -> str | None:
        """A secret, or None where it is nowhere."""
        found = self._environment.get(variable(self._connection, name)) or _of_keyring(self._connection, name)
        if found:
            self._seen.add(found)
        return found or None

    def hide(self, text: str) -> str:
        """A text without the secrets that were asked for: what others wrote may repeat them."""
        for secret in sorted(self._seen, key=len, reverse=True):
            if len(secret) >= _SHORTEST:
                text = text.replace(secret, HIDDEN)
        return text


def variable(connection: str, name: str) -> str:
    """The variable of the environment that holds a secret.

    >>> variable("tea-house", "secret")
    'ZHANGGUI_TEA_HOUSE_SECRET'
    """
    return re.sub(r"[^A-Z0-9]", "_", f"zhanggui_{connection}_{name}".upper())


def keyring_there() -> bool:
    """Whether this machine has a keyring that keeps secrets."""
    ring = _keyring()
    return ring is not None and ring.get_keyring().priority >= 1


def keep(connection: str, name: str, secret: str) -> None:
    """Keep a secret in the system's keyring. Raises Unreached where there is none or it does not take it."""
    ring = _keyring()
    if ring is None:
        raise Unreached("live.no_keyring", variable=variable(connection, name))
    try:
        ring.set_password(SERVICE, f"{connection}:{name}", secret)
    except ring.errors.KeyringError:
        raise Unreached("live.no_keyring", variable=variable(connection, name)) from None


def forget(connection: str, name: str) -> None:
    """Take a secret out of the system's keyring, if it is there."""
    ring = _keyring()
    if ring is not None and _of_keyring(connection, name):
        ring.delete_password(SERVICE, f"{connection}:{name}")


def _of_keyring(connection: str, name: str) -> str | None:
    ring = _keyring()
    if ring is None:
        return None
    try:
        found: str | None = ring.get_password(SERVICE, f"{connection}:{name}")
    except ring.errors.KeyringError:  # locked, or none that works here
        return None
    return found


def _keyring() -> Any:
    """The library, which is optional; None where it is not installed."""
    if find_spec("keyring") is None:
        return None
    import keyring
    import keyring.errors

    return keyring
