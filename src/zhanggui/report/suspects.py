"""Orders and reviews that may not be real: for a terminal, for programs, and as cells of a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from zhanggui.i18n import text
from zhanggui.i18n.columns import shorten, table, wrap
from zhanggui.i18n.writing import day, money, percent, printable, say, write
from zhanggui.numbers.suspects import Bar, Sign, Suspects
from zhanggui.units import Quantity, Words

MOST = 20
NAME = 24
TABLES = (
    ("signs", ("sign", "weight", "usual", "suspected"), "weights"),
    ("bars", ("level", "listed", "money", "wrong"), "bars_note"),
)


def suspects_text(
    found: Suspects, as_of: date, names: Mapping[str, str], locale: str, currency: str, width: int = 120
) -> str:
    """What was found, each order with its signs, what the signs say, and what every threshold would list."""
    cells, semicolon = suspect_cells(found, as_of, names, locale, currency), text("today.semicolon", locale)
    lines = [cells["title"], *wrap(cells["about"], width), *wrap(cells["found"], width)]
    for kind in ("orders", "reviews"):
        if not cells[kind]:
            continue
        lines += ["", _t(f"{kind}_heading", locale)]
        for row in cells[kind][:MOST]:
            head = " · ".join(filter(None, (row["day"], row["id"], row["product"], row["money"], row["chance"])))
            lines += wrap(f"{head} · {semicolon.join(row['signs'])}", width, " ", "   ")
        beyond = len(cells[kind]) - MOST
        lines += wrap(_t("more", locale, n=beyond), width, " ") if beyond > 0 else []
    for kind, names_of, note in TABLES:
        if cells[kind]:
            titles = [_t(f"column.{name}", locale) for name in names_of]
            lines += ["", *table([titles, *([row[name] for name in names_of] for row in cells[kind])], "<>>>")]
            lines += wrap(cells[note], width, " ")
    return "\n".join(lines) + "\n"


def suspects_json(found: Suspects, as_of: date) -> dict[str, Any]:
    """The same for programs; weights are log-likelihood ratios."""
    return {
        "as_of": as_of.isoformat(),
        "days": found.days,
        "looked": {"orders": found.looked[0], "reviews": found.looked[1]},
        "level": found.level,
        "by_chance": found.by_chance,
        "refusal": found.refusal.code if found.refusal else None,
        "orders": [_plain(row) for row in found.orders.iter_rows(named=True)],
        "reviews": [_plain(row) for row in found.reviews.iter_rows(named=True)],
        "signs": {
            kind: [{"sign": s.name, "usual": s.usual, "suspected": s.suspected, "weight": s.weight} for s in signs]
            for kind, signs in (("orders", found.signs), ("reviews", found.review_signs))
        },
        "thresholds": [
            {"level": bar.level, "orders": bar.found, "money": bar.money, "by_chance": bar.wrong} for bar in found.bars
        ],
    }


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "day": row["day"].isoformat() if row["day"] else None}


def suspect_cells(found: Suspects, as_of: date, names: Mapping[str, str], locale: str, currency: str) -> dict[str, Any]:
    """Everything as written cells."""
    looked, reviews = (write(n, locale) for n in found.looked)
    return {
        "title": _t("title", locale, days=day(as_of, locale, year=True)),
        "about": _t("about", locale, days=found.days, looked=looked, reviews=reviews),
        "found": _found(found, locale, currency),
        "orders": [_row(row, "order_id", names, locale, currency) for row in found.orders.iter_rows(named=True)],
        "reviews": [_row(row, "review_id", names, locale, currency) for row in found.reviews.iter_rows(named=True)],
        "signs": [_sign(sign, locale) for sign in found.signs if sign.weight],
        "weights": _t("weights", locale),
        "bars": [_bar(bar, locale, currency) for bar in found.bars],
        "bars_note": _t("bars_note", locale, level=percent(found.level, locale)),
    }


def _found(found: Suspects, locale: str, currency: str) -> str:
    if found.refusal is not None:
        return _t(found.refusal.code, locale, needed=found.refusal.needed, have=found.refusal.have)
    if not found:
        return _t("none", locale)
    params = {
        "orders": Quantity(found.orders.height, "count"),
        "reviews": Quantity(found.reviews.height, "count"),
        "money": Quantity(found.money, "money"),
        "wrong": Quantity(round(found.by_chance, 1), "count"),
    }
    return say(Words("suspects.found", params), locale, currency)


def _row(row: Mapping[str, Any], key: str, names: Mapping[str, str], locale: str, currency: str) -> dict[str, Any]:
    name = names.get(row["product_id"] or "", row["product_id"] or "")
    seen = sorted((part for part in row["parts"] if part["weight"] > 0), key=lambda part: -part["weight"])
    return {
        "id": printable(row[key]),
        "product_id": row["product_id"] or "",
        "product": shorten(printable(name), NAME),
        "day": row["day"].isoformat() if row["day"] else _t("unknown_day", locale),
        "money": money(row["money"], currency, locale) if "money" in row else "",
        "chance": percent(min(row["chance"], 0.99), locale, 0),
        "signs": [
            _t("sign_line", locale, sign=_t(f"sign.{p['sign']}", locale), weight=f"+{p['weight']:.1f}") for p in seen
        ],
    }


def _sign(sign: Sign, locale: str) -> dict[str, str]:
    return {
        "sign": _t(f"sign.{sign.name}", locale),
        "weight": f"+{sign.weight:.1f}",
        "usual": percent(sign.usual, locale),
        "suspected": percent(sign.suspected, locale),
    }


def _bar(bar: Bar, locale: str, currency: str) -> dict[str, str]:
    return {
        "level": percent(bar.level, locale),
        "listed": write(bar.found, locale),
        "money": money(bar.money, currency, locale),
        "wrong": write(round(bar.wrong, 1), locale),
    }


def _t(key: str, locale: str, **params: object) -> str:
    return text(f"suspects.{key}", locale, **params)
