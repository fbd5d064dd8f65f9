"""The header line: which row it is, and its names normalised."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence

SEARCHED_ROWS = 20
_NUMBER_OR_DAY = re.compile(r"[-+(]?[￥¥$£€]?\s*[\d.,\s]+[%)元]?|\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}.*|\d{4}-\d{2}")


def normalised(name: str) -> str:
    """A header name as sources compare it: NFKC (full-width brackets and letters become half-width), no white space, no BOM.

    >>> normalised(" 收货地址 （省） ")
    '收货地址(省)'
    """
    return re.sub(r"[\s\ufeff\u200b]+", "", unicodedata.normalize("NFKC", name))


def unique_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Header cells as column names: empty ones become ``column_3``, a repeated one ``name (2)``."""
    names: list[str] = []
    for position, cell in enumerate(cells, start=1):
        name = cell.lstrip("\ufeff") if cell.strip("\ufeff \t\r\n") else f"column_{position}"
        number, wanted = 2, name
        while name in names:
            name, number = f"{wanted} ({number})", number + 1
        names.append(name)
    return tuple(names)


def find_header(rows: Sequence[Sequence[str]], known: Collection[str]) -> int:
    """The number of the header row counted from 1, or 0 where the rows start at once.

    It is the row of the first 20 with most ``known`` names (at least two), else the first row as wide as the rows usually
    are whose cells are all text.
    """
    counts = [sum(normalised(cell) in known for cell in row if cell) for row in rows[:SEARCHED_ROWS]]
    if counts and max(counts) >= 2:
        return counts.index(max(counts)) + 1
    widths = [_width(row) for row in rows if _width(row)]
    usual = max(sorted(set(widths)), key=widths.count) if widths else 0
    for number, row in enumerate(rows[:SEARCHED_ROWS], start=1):
        cells = [cell.strip() for cell in row[: max(usual, _width(row))]]
        if len(cells) >= usual and _all_text(cells):
            return number
    return 0


def _width(row: Sequence[str]) -> int:
    """The row's cells without the empty ones at its end."""
    return next((i for i in range(len(row), 0, -1) if row[i - 1].strip()), 0)


def _all_text(cells: Sequence[str]) -> bool:
    """Whether the cells are text. One in five may be empty: exports leave an index column or a spare one unnamed."""
    filled = [cell for cell in cells if cell]
    return len(filled) * 5 >= len(cells) * 4 and bool(filled) and not any(_NUMBER_OR_DAY.fullmatch(c) for c in filled)


def split_blank(line: str) -> list[str]:
    """The cells of a line whose columns are aligned by blanks."""
    return line.split()
