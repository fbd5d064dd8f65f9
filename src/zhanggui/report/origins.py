"""Where orders came from, and what ad platforms claim beside it, written: for a terminal, for programs, and as cells of a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from zhanggui.i18n import text
from zhanggui.i18n.columns import shorten, table, wrap
from zhanggui.i18n.writing import days, money, percent, printable, write
from zhanggui.numbers.origins import Origins
from zhanggui.units import Period

SHOWN, LONGEST = 15, 36
SOURCES = ("source", "orders", "gross", "net", "share")
WITNESSES = ("by", "orders", "gross", "net", "share")
CLAIMS = ("cost", "claimed_orders", "claimed", "own_orders", "own", "gap")
PLATFORMS = ("platform", "days", *CLAIMS, "unknown", "beyond")
CAMPAIGNS = ("platform", "campaign", *CLAIMS)
HEARD = ("by", "says", "campaign", "seen_in", "decides")
_COUNTS = ("orders", "claimed_orders", "own_orders")
_LEFT = {"source", "by", "platform", "campaign", "days", *HEARD}
PARTS = {"sources": SOURCES, "witnesses": WITNESSES, "platforms": PLATFORMS, "campaigns": CAMPAIGNS}
"""The tables of a page, with their columns."""


def cells(found: Origins, locale: str, currency: str) -> dict[str, Any]:
    """Everything as written cells; of each table the columns, how many of them are texts, and the rows."""
    rows = {name: getattr(found, name).to_dicts() for name in PARTS}
    return {
        "title": _t("title", locale, days=days(found.period, locale, year=True)),
        "verdict": _verdict(found, locale, currency),
        "claims": _t("claims" if rows["platforms"] else "no_claims", locale),
        "claimed": bool(rows["platforms"]),
        "parts": [
            {
                "id": name,
                "columns": names,
                "left": sum(column in _LEFT for column in names),
                "rows": [_row(row, names, found.gross, locale, currency) for row in rows[name]],
            }
            for name, names in PARTS.items()
            if rows[name]
        ],
    }


def _verdict(found: Origins, locale: str, currency: str) -> str:
    share = found.unknown
    if share is None:
        return _t("none", locale)
    gross = money(found.gross, currency, locale, exact=True)
    if not share:
        return _t("known", locale, gross=gross)
    lost = money(found.gross * share, currency, locale, exact=True)
    return _t("unknown", locale, gross=gross, share=percent(share, locale, 1), money=lost)


def _row(row: dict[str, Any], names: Sequence[str], gross: float, locale: str, currency: str) -> dict[str, str]:
    told = {
        "source": lambda: printable(row["source"]) or _t("by.unknown", locale),
        "by": lambda: _t(f"by.{row['source_by'] or 'unknown'}", locale),
        "platform": lambda: printable(row["platform"]),
        "campaign": lambda: printable(row["campaign"]) or _t("page.no_campaign", locale),
        "days": lambda: days(Period(row["first"], row["last"]), locale),
        "share": lambda: percent(row["gross"] / gross if gross else None, locale, 1),
    }

    def cell(name: str) -> str:
        if name in told:
            return told[name]()
        if name in _COUNTS:
            return write(round(row[name], 2), locale)
        return money(row[name], currency, locale, exact=True, signed=name == "gap")

    return {name: cell(name) for name in names}


def origins_text(found: Origins, locale: str, currency: str, width: int) -> str:
    """The same for a terminal; the largest rows only."""
    one = cells(found, locale, currency)
    lines = [one["title"], *wrap(one["verdict"], width)]
    for part in one["parts"]:
        if part["id"] == "platforms":
            lines += ["", *wrap(one["claims"], width)]
        lines += ["", _t(f"page.{part['id']}", locale), *_columns(part["columns"], part["rows"][:SHOWN], locale)]
        if len(part["rows"]) > SHOWN:
            lines.append(" " + _t("more", locale, n=len(part["rows"]) - SHOWN))
    if not one["claimed"]:
        lines += ["", *wrap(one["claims"], width)]
    return "\n".join(lines) + "\n"


def _columns(names: Sequence[str], rows: Sequence[dict[str, str]], locale: str) -> list[str]:
    head = [_t(f"column.{name}", locale) for name in names]
    sides = "".join("<" if name in _LEFT else ">" for name in names)
    return list(table([head, *([shorten(row[name], LONGEST) for name in names] for row in rows)], sides))


def heard_text(found: Sequence[dict[str, Any]], locale: str) -> str:
    """What each witness says of an order, the one that decides marked."""
    lines: list[str] = []
    for channel, order in dict.fromkeys((row["channel"], row["order_id"]) for row in found):
        rows = [
            {
                "by": _t(f"by.{row['witness']}", locale),
                "says": printable(row["source"]) or _t("nothing", locale),
                "campaign": printable(row["campaign"]),
                "seen_in": printable(row["seen_in"]),
                "decides": _t("decides", locale) if row["decides"] else "",
            }
            for row in found
            if (row["channel"], row["order_id"]) == (channel, order)
        ]
        lines += [f"{printable(order)} · {printable(channel)}", *_columns(HEARD, rows, locale)]
    return "\n".join(lines) + "\n"


def as_json(found: Origins) -> dict[str, Any]:
    """The same for programs."""
    platforms = found.platforms.with_columns(pl.col("first", "last").dt.to_string("%Y-%m-%d"))
    return {
        "period": {"from": found.period.start.isoformat(), "to": found.period.end.isoformat()},
        "gross": found.gross,
        "unknown_share": found.unknown,
        "sources": found.sources.to_dicts(),
        "witnesses": found.witnesses.to_dicts(),
        "platforms": platforms.to_dicts(),
        "campaigns": found.campaigns.to_dicts(),
    }


def _t(key: str, locale: str, **params: object) -> str:
    return text(f"origins.{key}", locale, **params)
