"""Who a buyer is, without knowing who: the workspace's key and the keyed hash (HMAC-SHA-256) made with it."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from zhanggui.errors import WorkspaceError

FILE = "key"
_MASK = re.compile(r"[*＊•●]")
_CHINESE_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})$")


def create_key(folder: Path) -> bytes:
    """Make the workspace's key file, readable by its owner only."""
    key = secrets.token_bytes(32)
    handle = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key


def fingerprint(key: bytes) -> str:
    """What the warehouse keeps of the key, to notice a wrong one."""
    return hmac.new(key, b"zhanggui key fingerprint", hashlib.sha256).hexdigest()[:16]


def read_key(folder: Path, expected: str) -> bytes:
    """The workspace's key. Raises WorkspaceError where it is missing or is not the one the warehouse was made with."""
    path = folder / FILE
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        raise WorkspaceError("store.key_missing", file=str(path)) from None
    except (OSError, ValueError, UnicodeDecodeError):
        raise WorkspaceError("store.key_wrong", file=str(path)) from None
    if fingerprint(key) != expected:
        raise WorkspaceError("store.key_wrong", file=str(path))
    return key


def normalise(identity: str) -> str | None:
    """The one spelling of an account, phone or e-mail; None for a masked name, which is no identity.

    >>> normalise("  Anna@Example.COM "), normalise("+86 138-1234-5678"), normalise("张**")
    ('anna@example.com', '13812345678', None)
    """
    text = unicodedata.normalize("NFKC", identity).strip().casefold()
    if not text or _MASK.search(text):
        return None
    digits = re.sub(r"[\s\-()]", "", text)
    mobile = _CHINESE_MOBILE.match(digits)
    return mobile.group(1) if mobile else text


def keyed_hash(key: bytes, identity: str) -> str | None:
    """The first 32 hexadecimal digits of HMAC-SHA-256 over the normalised identity, or None for a masked one."""
    text = normalise(identity)
    if text is None:
        return None
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


def keyed_hashes(key: bytes, identities: Iterable[str]) -> dict[str, str | None]:
    """The keyed hash of each identity."""
    return {identity: keyed_hash(key, identity) for identity in identities}
