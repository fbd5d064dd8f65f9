"""Everything the warehouse says has words in every language."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import zhanggui.store
from zhanggui.i18n import LOCALES, catalogue
from zhanggui.store import cells

ROOM = Path(zhanggui.store.__file__).parent
SOURCE = "".join(path.read_text(encoding="utf-8") for path in ROOM.glob("*.py"))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_error_note_and_reason_has_words(locale: str) -> None:
    words = catalogue(locale, "store")
    raised = set(re.findall(r'(?:WorkspaceError|Busy|BadFile|BadValue|Broken)\(\s*"store\.(\w+)"', SOURCE))
    noted = set(re.findall(r'"store\.note\.(\w+)"', SOURCE))
    cell_reasons = Path(cells.__file__).read_text(encoding="utf-8")
    reasons = set(re.findall(r'"((?:not|too)_\w+|missing|unknown_currency|negative_quantity)"', cell_reasons))
    assert len(raised) > 10
    assert {f"error.{name}" for name in raised | {"ids_destroyed", "personal_key", "personal_unit"}} <= set(words)
    assert {f"note.{name}" for name in noted} <= set(words)
    assert {f"reject.{name}" for name in reasons} <= set(words)
    source = catalogue("zh-Hant", "store")
    assert set(words) == set(source)
    assert all(placeholders(words[key]) == placeholders(source[key]) for key in source)
