"""Products written for a page: the table, the picture of visitors and what each leaves over, and one product's own page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from zhanggui import charts
from zhanggui.i18n import has, text
from zhanggui.i18n.columns import shorten
from zhanggui.i18n.writing import UNKNOWN, axis_scale, currency_symbol, day, measured, money, printable, write
from zhanggui.metrics import METRICS
from zhanggui.numbers.kinds import Answer
from zhanggui.numbers.product_table import COLUMNS, ProductRecords
from zhanggui.report import naming
from zhanggui.report.answers import chart_caption, cut_short
from zhanggui.report.page import safe

UNITS = {
    "sales": "money",
    "units": "count",
    "visitors": "count",
    "conversion_rate": "share",
    "contribution": "money",
    "refund_rate": "share",
    "on_hand": "count",
    "visitor_value": "money",
}
MOST_DOTS, MOST_NAMED, NAME_WIDTH = 300, 6, 20
FEWEST_VISITORS = 30
"""Below this a contribution per visitor says more about luck than about the product."""


def table(rows: pl.DataFrame, locale: str, currency: str) -> list[dict[str, Any]]:
    """The rows as written cells."""
    return [
        {
            "id": row["product_id"],
            "name": printable(row["name"]),
            "category": printable(row["category"] or ""),
            "cells": [
                {
                    "said": measured(row[name], UNITS[name], locale, currency),
                    "tone": "bad" if name in ("contribution", "visitor_value") and (row[name] or 0) < 0 else "",
                }
                for name in COLUMNS
            ],
        }
        for row in rows.iter_rows(named=True)
    ]


def picture(rows: pl.DataFrame, locale: str, currency: str) -> dict[str, Any] | None:
    """Visitors against contribution per visitor, the products with the most contribution named; None where neither is known."""
    known = rows.filter(pl.col("visitor_value").is_finite() & (pl.col("visitors") >= FEWEST_VISITORS))
    if known.height < 2:
        return None
    known = known.sort(pl.col("contribution").abs(), descending=True).head(MOST_DOTS)
    named = _named(known)
    found = [
        charts.Dot(
            shorten(printable(name), NAME_WIDTH),
            visitors,
            value,
            _dot(left, visitors, value, locale, currency),
            index in named,
        )
        for index, (name, visitors, value, left) in enumerate(
            known.select("name", "visitors", "visitor_value", "contribution").iter_rows()
        )
    ]
    levels = [(level, money(level, currency, locale)) for level in _round_levels(*_ends(known["contribution"]))]
    symbol = currency_symbol(currency, locale).strip()
    titles = (text("web_products.axis.visitors", locale), text("web_products.axis.value", locale, currency=symbol))
    scales = tuple(
        axis_scale(max(abs(value) for value in known[name]), locale) for name in ("visitors", "visitor_value")
    )
    spec = charts.dots(found, levels=levels, titles=titles, scales=(scales[0], scales[1]))
    caption = text("web_products.picture", locale)
    return {"caption": caption, "svg": safe(charts.svg(spec, caption)), "spec": charts.with_variables(spec)}


def _dot(left: float, visitors: float, value: float, locale: str, currency: str) -> str:
    return text(
        "web_products.dot",
        locale,
        contribution=money(left, currency, locale),
        visitors=measured(visitors, "count", locale, currency),
        value=measured(value, "money", locale, currency),
    )


def _named(known: pl.DataFrame) -> set[int]:
    """The dots that carry their name: those with the most at stake, as long as no other name or dot is in the way."""
    xs, ys = known["visitors"].to_list(), known["visitor_value"].to_list()
    wide, high = (max(ends) - min(ends) or 1.0 for ends in (xs, ys))
    taken: list[int] = []
    worst = known["visitor_value"].arg_min()
    for index in dict.fromkeys([*([worst] if worst is not None else []), *range(known.height)]):
        free = all(abs(xs[index] - xs[at]) > 0.3 * wide or abs(ys[index] - ys[at]) > 0.06 * high for at in taken)
        free = free and not any(
            0 < xs[at] - xs[index] < 0.25 * wide and abs(ys[at] - ys[index]) < 0.05 * high for at in range(known.height)
        )
        if free and len(taken) < MOST_NAMED:
            taken.append(index)
    return set(taken)


def _ends(values: pl.Series) -> tuple[float, float]:
    gains = [value for value in values if value > 0]
    return (min(gains), max(gains)) if gains else (0.0, 0.0)


def _round_levels(least: float, largest: float) -> list[float]:
    """Up to four round amounts between the least and the largest, for curves of equal contribution.

    >>> _round_levels(700, 4321)
    [1000.0, 2000.0]
    """
    if largest <= 0:
        return []
    powers = range(math.floor(math.log10(least)), math.ceil(math.log10(largest)) + 1)
    found = [step * 10.0**power for power in powers for step in (1, 2, 5)]
    inside = [level for level in found if least <= level <= largest]
    return inside[:: max(1, -(-len(inside) // 4))]


# ---- one product


def product_page(records: ProductRecords, product: str, locale: str, currency: str) -> dict[str, Any]:
    """Its listing, changes, reviews and stock as written cells."""
    first = records.facts.row(0, named=True) if records.facts.height else {}
    name = first.get("short_name") or first.get("title") or product
    return {
        "id": product,
        "name": printable(str(name)),
        "facts": _facts(first, locale, currency),
        "page": _web(first.get("url")),
        "pictures": [address for address in map(_web, _list(first.get("image_urls"))) if address],
        "changes": [_change(row, locale) for row in records.changes.iter_rows(named=True)],
        "reviews": [_review(row, locale) for row in records.reviews.iter_rows(named=True)],
        "stock": [_stock(row, locale) for row in records.stock.iter_rows(named=True)],
    }


def history(answer: Answer, changes: pl.DataFrame, locale: str, currency: str) -> dict[str, Any] | None:
    """One metric of a product by week, with the weeks in which something was changed; None where it is never known."""
    name, cut = answer.question.metrics[0], cut_short(answer)
    rows = answer.rows.filter(~pl.col("week").cast(pl.String).is_in(list(cut)))
    values = rows[name].to_list()
    finite = [abs(value) for value in values if value is not None and math.isfinite(value)]
    if len(finite) < 2:
        return None
    unit, head = METRICS[name].unit, naming.metric(name, locale)
    weeks = [str(week) for week in rows["week"]]
    written = [measured(value, unit, locale, currency) for value in values]
    scale = axis_scale(max(finite), locale)
    marks = _changed(changes, locale)
    spec = charts.lines(weeks, [charts.Series(head, values, written)], share=unit == "share", scale=scale, marks=marks)
    caption = chart_caption(name, text("metrics.dimension.week", locale), locale, currency)
    return {
        "caption": caption,
        "svg": safe(charts.svg(spec, caption)),
        "spec": charts.with_variables(spec),
        "head": head,
        "rows": [(week, said, marks.get(week, "")) for week, said in zip(weeks, written, strict=True)],
    }


def _changed(changes: pl.DataFrame, locale: str) -> dict[str, str]:
    """What was changed, by the Monday of its week."""
    found: dict[str, list[str]] = {}
    for row in changes.filter(pl.col("at_day").is_not_null()).iter_rows(named=True):
        monday = row["at_day"] - timedelta(days=row["at_day"].weekday())
        found.setdefault(monday.isoformat(), []).append(_change(row, locale)["what"])
    comma = text("units.comma", locale)
    return {week: comma.join(dict.fromkeys(whats)) for week, whats in found.items()}


def tile(answer: Answer, locale: str, currency: str) -> dict[str, str] | None:
    """One metric of a product, with what it was before; None where neither is known."""
    name = answer.question.metrics[0]
    row = answer.rows.row(0, named=True) if answer.rows.height else {}
    if row.get(name) is None and row.get(f"{name}_previous") is None:
        return None
    unit = METRICS[name].unit
    return {
        "name": name,
        "said": naming.metric(name, locale),
        "value": measured(row[name], unit, locale, currency),
        "before": measured(row[f"{name}_previous"], unit, locale, currency),
    }


def _facts(row: Mapping[str, Any], locale: str, currency: str) -> list[dict[str, str]]:
    own = row.get("currency") or currency
    found: dict[str, str] = {}
    for name in ("title", "category", "brand", "supplier"):
        if row.get(name):
            found[name] = printable(str(row[name]))
    for name in ("price", "cost"):
        if row.get(name) is not None:
            found[name] = money(float(row[name]), own, locale, exact=True)
    if row.get("listed_day"):
        found["listed"] = day(row["listed_day"], locale, year=True)
    if row.get("status"):
        key = f"web_products.status.{row['status']}"
        found["status"] = text(key, locale) if has(key, locale) else printable(str(row["status"]))
    return [{"head": text(f"web_products.fact.{name}", locale), "said": said} for name, said in found.items()]


def _list(value: Any) -> Sequence[str]:
    if value is None:
        return ()
    return [part.strip() for part in str(value).split(";")] if isinstance(value, str) else [str(part) for part in value]


def _web(address: Any) -> str:
    """An address that a page may link to: of the web, and nothing that a browser would run.

    >>> _web("https://shop.example/1"), _web("javascript:alert(1)")
    ('https://shop.example/1', '')
    """
    try:
        parts = urlsplit(str(address or "").strip())
    except ValueError:
        return ""
    return parts.geturl() if parts.scheme in ("http", "https") and parts.netloc else ""


def _change(row: Mapping[str, Any], locale: str) -> dict[str, str]:
    key = f"web_products.what.{row['what']}"
    return {
        "day": day(row["at_day"], locale, year=True) if row["at_day"] else UNKNOWN,
        "what": text(key, locale) if has(key, locale) else printable(str(row["what"] or "")),
        "before": printable(str(row["before"] or "")),
        "after": printable(str(row["after"] or "")),
        "by": printable(str(row["by"] or "")),
    }


def _review(row: Mapping[str, Any], locale: str) -> dict[str, Any]:
    stars = row["stars"]
    return {
        "day": day(row["created_day"], locale, year=True) if row["created_day"] else "",
        "stars": text("web_products.stars", locale, n=write(round(stars, 1) if stars % 1 else int(stars), locale))
        if stars is not None
        else "",
        "bad": stars is not None and stars <= 3,
        "text": printable(str(row["text"])),
        "reply": printable(str(row["reply"] or "")),
    }


def _stock(row: Mapping[str, Any], locale: str) -> dict[str, str]:
    def said(value: float | None) -> str:
        return UNKNOWN if value is None else write(int(value), locale)

    shown = {
        name: printable(str(row[name])) if row[name] not in (None, "", "*") else "" for name in ("sku", "location")
    }
    inbound = f" ({day(row['inbound_day'], locale)})" if row["inbound_day"] and row["inbound"] else ""
    return {
        **shown,
        "day": day(row["day"], locale, year=True),
        "on_hand": said(row["on_hand"]),
        "inbound": said(row["inbound"]) + inbound,
    }
