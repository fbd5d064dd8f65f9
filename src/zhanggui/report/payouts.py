"""Payouts against orders, written: for a terminal, for programs, and as cells of a page."""

from __future__ import annotations

from typing import Any

import polars as pl

from zhanggui.i18n import text
from zhanggui.i18n.columns import table, wrap
from zhanggui.i18n.writing import days, money, printable, write
from zhanggui.numbers.payouts import ASKED, DUE_DAYS, KINDS, Payouts

SHOWN = 20
SUMS = ("channel", "kind", "orders", "expected", "paid", "gap")
ROWS = ("order", "day", "channel", "kind", "expected", "paid", "gap")


def cells(found: Payouts, locale: str, currency: str) -> dict[str, Any]:
    """Everything as written cells."""
    return {
        "title": _t("title", locale, days=days(found.period, locale, year=True)),
        "about": _t("about", locale, n=DUE_DAYS),
        "verdict": _verdict(found, locale, currency),
        "silent": _t("silent", locale, names=", ".join(map(printable, found.silent))) if found.silent else "",
        "sums": [_sum(row, locale, currency) for row in _ordered(found.sums)],
        "rows": [_row(row, locale, currency) for row in found.rows.iter_rows(named=True)],
    }


def _ordered(sums: pl.DataFrame) -> list[dict[str, Any]]:
    return sorted(sums.iter_rows(named=True), key=lambda row: (row["channel"], KINDS.index(row["kind"])))


def _verdict(found: Payouts, locale: str, currency: str) -> str:
    if found.sums.is_empty():
        return _t("none", locale)
    asked = found.sums.filter(pl.col("kind").is_in(ASKED))
    short = asked.filter(pl.col("kind") != "over")
    gap = float((short["expected"] - short["paid"]).sum())
    if asked.is_empty():
        return _t("all_agree", locale, orders=write(int(found.sums["orders"].sum()), locale))
    over = asked.filter(pl.col("kind") == "over")
    return _t(
        "asked",
        locale,
        orders=write(int(short["orders"].sum()), locale),
        gap=money(gap, currency, locale, exact=True),
        over=write(int(over["orders"].sum()), locale),
        more=money(float((over["paid"] - over["expected"]).sum()), currency, locale, exact=True),
    )


def _sum(row: dict[str, Any], locale: str, currency: str) -> dict[str, str]:
    return {
        "channel": printable(row["channel"]),
        "kind": _t(f"kind.{row['kind']}", locale),
        "orders": write(int(row["orders"]), locale),
        **_amounts(row["expected"], row["paid"], row["paid"] - row["expected"], locale, currency),
    }


def _row(row: dict[str, Any], locale: str, currency: str) -> dict[str, str]:
    return {
        "order": printable(row["order_id"]),
        "day": row["day"].isoformat() if row["day"] else "",
        "channel": printable(row["channel"]),
        "kind": _t(f"kind.{row['kind']}", locale),
        **_amounts(row["expected"], row["paid"], row["gap"], locale, currency),
    }


def _amounts(expected: float, paid: float | None, gap: float, locale: str, currency: str) -> dict[str, str]:
    return {
        "expected": money(expected, currency, locale, exact=True),
        "paid": money(paid, currency, locale, exact=True),
        "gap": money(gap, currency, locale, exact=True, signed=True),
    }


def payouts_text(found: Payouts, locale: str, currency: str, width: int) -> str:
    """The same for a terminal; the largest gaps only."""
    one = cells(found, locale, currency)
    lines = [one["title"], *wrap(one["verdict"], width), *wrap(one["about"], width)]
    for names, rows in ((SUMS, one["sums"]), (ROWS, one["rows"][:SHOWN])):
        if rows:
            head = [_t(f"column.{name}", locale) for name in names]
            left = sum(name in ("channel", "kind", "order", "day") for name in names)
            lines += ["", *table([head, *([row[name] for name in names] for row in rows)], "<" * left + ">" * 4)]
    if len(one["rows"]) > SHOWN:
        lines.append(" " + _t("more", locale, n=len(one["rows"]) - SHOWN))
    lines += wrap(one["silent"], width) if one["silent"] else []
    return "\n".join(lines) + "\n"


def as_json(found: Payouts) -> dict[str, Any]:
    """The same for programs."""
    rows = [{**row, "day": row["day"].isoformat() if row["day"] else None} for row in found.rows.iter_rows(named=True)]
    return {
        "period": {"from": found.period.start.isoformat(), "to": found.period.end.isoformat()},
        "as_of": found.as_of.isoformat(),
        "sums": found.sums.to_dicts(),
        "rows": rows,
        "silent": list(found.silent),
    }


def _t(key: str, locale: str, **params: object) -> str:
    return text(f"payouts.{key}", locale, **params)
