"""Which of our languages a program or browser asks for."""

from __future__ import annotations

from collections.abc import Sequence

TRADITIONAL = ("hant", "-tw", "-hk", "-mo")


def accepted(header: str, known: Sequence[str]) -> str | None:
    """The best of an Accept-Language header (RFC 9110, section 12.5.4); None where none of ours is in it.

    >>> accepted("de, zh-TW;q=0.8, en;q=0.9", ("zh-Hant", "zh-Hans", "en")), accepted("fr", ("en",))
    ('en', None)
    """
    asked = []
    for place, part in enumerate(header.split(",")[:50]):
        tag, *params = (piece.strip() for piece in part.split(";"))
        name = _named(tag)
        weight = _weight(params)
        if name in known and weight > 0:
            asked.append((-weight, place, name))
    return min(asked)[2] if asked else None


def _named(tag: str) -> str | None:
    low = tag.casefold()
    if low == "zh" or low.startswith("zh-"):
        return "zh-Hant" if any(part in low for part in TRADITIONAL) else "zh-Hans"
    return "en" if low == "en" or low.startswith("en-") else None


def _weight(params: Sequence[str]) -> float:
    for param in params:
        if param.startswith("q="):
            try:
                return min(1.0, max(0.0, float(param[2:])))
            except ValueError:
                return 0.0
    return 1.0
