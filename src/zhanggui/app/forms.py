"""What a request that changes something must carry, made from the browser's own cookie: the same for pages and programs."""

from __future__ import annotations

import hmac
import re
from hashlib import sha256
from secrets import token_bytes

_LENGTH = sha256().digest_size
_SHAPE = re.compile(f"[0-9a-f]{{{4 * _LENGTH}}}")
VISITOR = "zhanggui_visitor"
"""The cookie that names a browser."""


def form_token(secret: bytes, visitor: str) -> str:
    """What a form of this browser must carry. It looks different each time, so that the length of a compressed page that also holds a
    stranger's text tells nothing of it."""
    mask = token_bytes(_LENGTH)
    return (mask + _crossed(mask, _own(secret, visitor))).hex()


def is_own_form(secret: bytes, visitor: str | None, token: str | None) -> bool:
    """Whether a posted form was rendered by us for this very browser."""
    if not visitor or not token or not _SHAPE.fullmatch(token):
        return False
    told = bytes.fromhex(token)
    return hmac.compare_digest(_own(secret, visitor), _crossed(told[:_LENGTH], told[_LENGTH:]))


def _own(secret: bytes, visitor: str) -> bytes:
    return hmac.new(secret, f"form:{visitor}".encode(), sha256).digest()


def _crossed(mask: bytes, token: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(mask, token, strict=True))
