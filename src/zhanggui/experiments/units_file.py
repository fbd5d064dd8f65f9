"""The units to be dealt out, from a file: one id a line, or the column of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from zhanggui.errors import BadFile, BadValue
from zhanggui.sources import reading
from zhanggui.store.personal import KEY_EMAIL, KEY_PHONE
from zhanggui.tables.loading import Sheet

ID_COLUMNS = (
    "unit_id",
    "id",
    "customer_key",
    "customer_id",
    "email",
    "phone",
    "visitor_id",
    "session_id",
    "order_id",
    "product_id",
    "day",
)
"""Columns taken for the ids where none is named, the first that is there."""
_DESTROYED = re.compile(r"\d(?:\.\d+)?E\+?\d{2}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UnitList:
    """The ids in the order they came, each once; ``repeated`` ids came again, ``blank`` rows had none."""

    ids: tuple[str, ...]
    repeated: int = 0
    blank: int = 0


def unit_list(ids: Iterable[str | None]) -> UnitList:
    """Ids without surrounding blanks, each once."""
    given = [(each or "").strip() for each in ids]
    named = [each for each in given if each]
    once = tuple(dict.fromkeys(named))
    return UnitList(once, repeated=len(named) - len(once), blank=len(given) - len(named))


def units_of(path: Path, column: str | None = None) -> UnitList:
    """The ids in a file: of ``column``, of the first column that is named like an id, or of the only one, with or without a header.

    Raises BadValue where the file is not there or several columns might be meant, BadFile where it cannot be read or a spreadsheet has
    rounded its ids, and what looking at a file raises.
    """
    if not path.is_file():
        raise BadValue("experiments.no_file", file=str(path))
    sheet = reading.sheets(path, ID_COLUMNS)[0]
    name = _column(sheet, column)
    cells = reading.frame(sheet)[name].to_list()
    headless = column is None and len(sheet.columns) == 1 and name.strip().casefold() not in ID_COLUMNS
    if headless and sheet.header_row:  # a bare list: what looked like a header is its first id
        cells = [name, *cells]
    found = unit_list(cells)
    if spoilt := next((each for each in found.ids if _DESTROYED.fullmatch(each)), None):
        raise BadFile("experiments.ids_rounded", file=path.name, value=spoilt)
    return found


def _column(sheet: Sheet, column: str | None) -> str:
    by_name = {name.strip().casefold(): name for name in sheet.columns}
    if column is not None:
        if column.strip().casefold() not in by_name:
            raise BadValue("experiments.no_column", name=column, file=sheet.name, known=", ".join(sheet.columns))
        return by_name[column.strip().casefold()]
    known = next((by_name[name] for name in ID_COLUMNS if name in by_name), None)
    if known is None and len(sheet.columns) == 1:
        known = sheet.columns[0]
    if known is None:
        raise BadValue("experiments.which_column", file=sheet.name, known=", ".join(sheet.columns))
    return known


def names_a_person(id: str) -> bool:
    """Whether an id is an e-mail address or looks like a telephone number: neither is kept.

    >>> names_a_person("ann@example.com"), names_a_person("138 1234 5678"), names_a_person("v-10482")
    (True, True, False)
    """
    return bool(re.match(KEY_EMAIL, id) or re.match(KEY_PHONE, id))
