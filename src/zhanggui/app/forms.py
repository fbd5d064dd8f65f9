"""What a request that changes something must carry, made from the browser's own cookie: the same for pages and programs."""

from __future__ import annotations

import hmac
from hashlib import sha256

VISITOR = "zhanggui_visitor"
"""The cookie that names a browser."""


def form_token(secret: bytes, visitor: str) -> str:
    """What a form of this browser must carry."""
    return hmac.new(secret, f"form:{visitor}".encode(), sha256).hexdigest()


def is_own_form(secret: bytes, visitor: str | None, token: str | None) -> bool:
    """Whether a posted form was rendered by us for this very browser."""
    return bool(visitor and token) and hmac.compare_digest(form_token(secret, visitor or ""), token or "")
