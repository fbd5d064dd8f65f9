"""Text in columns: how wide it looks on a terminal, tables that align, lines that break at the right places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_BRACKETED = re.compile(r"\[[^\[\]]*\]")
_GLUE = "\ue000"  # stands for a space that must not break, inside brackets
_NOT_FIRST = "，。、；：！？）」』》”’%,.;:!?)]…"
_NOT_LAST = "（「『《“‘([¥£$€+−"


def width(text: str) -> int:
    """How many columns ``text`` takes: East Asian wide characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200b\u2060\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def pad(text: str, columns: int, align: str = "<") -> str:
    """``text`` filled with spaces to ``columns``; ``align`` is ``<`` or ``>``."""
    space = " " * max(0, columns - width(text))
    return space + text if align == ">" else text + space


def shorten(text: str, columns: int) -> str:
    """``text`` cut to ``columns``, the cut marked with an ellipsis."""
    if width(text) <= columns:
        return text
    kept, taken = [], 0
    for character in text:
        taken += _columns(character)
        if taken > columns - 1:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"


def table(rows: Sequence[Sequence[str]], align: str = "", gap: int = 2, indent: int = 1) -> list[str]:
    """Lines with aligned columns. ``align`` has one of ``<`` and ``>`` for each column (default: all left)."""
    if not rows:
        return []
    many = max(len(row) for row in rows)
    sides = align.ljust(many, "<")
    full = [[*row, *[""] * (many - len(row))] for row in rows]
    widths = [max(width(row[i]) for row in full) for i in range(many)]
    kept = [i for i in range(many) if widths[i]]
    return [(" " * indent + (" " * gap).join(pad(row[i], widths[i], sides[i]) for i in kept)).rstrip() for row in full]


def wrap(text: str, columns: int, first: str = "", later: str | None = None) -> list[str]:
    """``text`` in lines of at most ``columns``. ``first`` opens the first line and ``later`` the others (default: as wide a blank).

    A line breaks at a space or between two wide characters, never inside a number or a bracketed range, and no line starts with
    closing punctuation.
    """
    later = " " * width(first) if later is None else later
    lines, line, room = [], first, columns
    for piece in _pieces(text):
        if width(line) + width(piece.rstrip()) > room and line.strip() != first.strip() and line.strip():
            lines.append(line.rstrip())
            line = later
            piece = piece.lstrip()
        line += piece
    return [done.replace(_GLUE, " ") for done in [*lines, line.rstrip()]]


def _pieces(text: str) -> list[str]:
    glued = _BRACKETED.sub(lambda found: found.group().replace(" ", _GLUE), text)
    pieces: list[str] = []
    for character in glued:
        if pieces and not _may_break(pieces[-1], character):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _may_break(before: str, character: str) -> bool:
    last = before[-1]
    if character == " " or character in _NOT_FIRST or last in _NOT_LAST:
        return False
    return last == " " or _wide(last) or _wide(character)


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
