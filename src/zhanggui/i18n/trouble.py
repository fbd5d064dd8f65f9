"""An error in words: what happened, where, what to do."""

from __future__ import annotations

from typing import Any

from zhanggui.errors import ZhangguiError
from zhanggui.i18n import has
from zhanggui.i18n.columns import shorten
from zhanggui.i18n.writing import say
from zhanggui.units import Quantity, Words

LONGEST_VALUE = 300


def said_error(error: ZhangguiError, locale: str, currency: str = "") -> str:
    """The words of an error; its code where the catalogue lacks them, which is better than nothing."""
    topic, _, name = error.code.partition(".")
    key = f"{topic}.error.{name}"
    if not has(key, locale):
        return str(error)
    try:
        return say(Words(key, {name: _short(value) for name, value in error.params.items()}), locale, currency)
    except (KeyError, IndexError):
        return str(error)


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return shorten(value, LONGEST_VALUE)
    return value if isinstance(value, int | float | Words | Quantity) else shorten(str(value), LONGEST_VALUE)
