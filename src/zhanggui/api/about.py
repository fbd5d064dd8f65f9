"""What the OpenAPI says of a parameter: from the words, in English."""

from __future__ import annotations

from zhanggui.i18n import text


def about(name: str) -> str:
    """The sentence ``api.about.<name>``."""
    return text(f"api.about.{name}", "en")
