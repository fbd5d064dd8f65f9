"""The rows behind a number, written: days and money by the locale, everything else as it stands in the data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from zhanggui.i18n import text
from zhanggui.i18n.writing import UNKNOWN, count, money, printable, write
from zhanggui.numbers.behind import Behind
from zhanggui.report import naming

MONEY = {"listed", "discount", "amount", "goods", "shipping", "cost", "revenue"}


def written(found: Behind, locale: str, currency: str, names: Mapping[str, str]) -> dict[str, Any]:
    """One table: its words, heads, cells, how many rows there are; columns that say nothing are left out."""
    rows = found.rows
    columns = [name for name in rows.columns if any(_says(value) for value in rows[name])]
    return {
        "table": found.table,
        "period": found.period,
        "said": text(f"web_why.table.{found.table}", locale),
        "heads": [
            {"said": text(f"web_why.column.{name}", locale), "n": rows[name].dtype.is_numeric()} for name in columns
        ],
        "rows": [
            [_cell(name, value, locale, currency, names) for name, value in row.items() if name in columns]
            for row in rows.iter_rows(named=True)
        ],
        "count": count(found.count, locale),
    }


def _says(value: Any) -> bool:
    return value is not None and value not in ("", "*")


def _cell(name: str, value: Any, locale: str, currency: str, names: Mapping[str, str]) -> dict[str, Any]:
    match value:
        case None:
            return {"said": UNKNOWN, "n": False}
        case bool():
            return {"said": str(value).lower(), "n": False}
        case int() | float() if name in MONEY:
            return {"said": money(float(value), currency, locale, exact=True), "n": True}
        case int() | float():
            return {
                "said": write(int(value) if float(value).is_integer() else round(float(value), 2), locale),
                "n": True,
            }
        case datetime() | date():
            return {"said": value.isoformat(), "n": False}
    if name == "product_id" and value:
        return {"said": naming.where({name: value}, locale, names), "n": False, "product": value}
    return {"said": printable(str(value)), "n": False}
