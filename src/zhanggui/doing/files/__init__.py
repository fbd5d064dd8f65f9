"""Files and tables by which other programs are told of approved actions: one a file, found by presence, a module with a ``FILE``."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from zhanggui import presence
from zhanggui.doing.files.kinds import Known, OtherPlace, Rows
from zhanggui.errors import BadValue, Unanswerable
from zhanggui.ledger.kinds import Entry

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so would be reckoned by a spreadsheet."""


@lru_cache(maxsize=1)
def files() -> dict[str, OtherPlace]:
    """Every file by its name."""
    return {file.name: file for file in presence.declared(__name__, __path__, "FILE")}


def written(name: str, entries: Sequence[Entry], known: Known) -> str:
    """A file of all approved actions that have something for it, as CSV text with a mark for spreadsheets at its beginning.

    Raises BadValue for an unknown file or a product of which the data lacks what the file needs, Unanswerable where there is nothing.
    """
    if name not in files():
        raise BadValue("doing.no_file", name=name, known=", ".join(files()))
    file = files()[name]
    rows: Rows = [row for entry in entries if entry.state == "approved" for row in file.rows(entry, known)]
    if not rows:
        raise Unanswerable("doing.nothing_for_file", name=name)
    return _csv(file.columns, rows)


def _csv(columns: Sequence[str], rows: Rows) -> str:
    text = io.StringIO()
    out = csv.DictWriter(text, columns, restval="", lineterminator="\r\n")
    out.writeheader()
    out.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return "\ufeff" + text.getvalue()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def known_products(rows: Sequence[Mapping[str, Any]]) -> Known:
    """What the data knows of products, by their id."""
    return {str(row["product_id"]): row for row in rows}
