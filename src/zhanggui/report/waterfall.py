"""What is left of a price, written: for a terminal, for programs, and as cells of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zhanggui.i18n import text
from zhanggui.i18n.columns import shorten, table, wrap
from zhanggui.i18n.writing import days, money, percent, printable, say, write
from zhanggui.numbers.waterfall import Even, Step, Waterfall
from zhanggui.units import Period, Quantity, Refusal, Words

MOST = 50
NAME = 32
TENTH = 0.1
WEEK = 7
DAYS_A_MONTH = 365.25 / 12


def cells(found: Waterfall, period: Period, locale: str, currency: str, what: str = "") -> dict[str, Any]:
    """One waterfall: its title, its steps, its levers."""
    params = {
        "what": what or _t("shop", locale),
        "days": days(period, locale, year=True),
        "orders": Quantity(found.orders, "count"),
    }
    paid = found.step("paid")
    price = next((lever for lever in found.levers if lever.name == "price"), None)
    weeks = period.days / WEEK
    return {
        "title": say(Words("waterfall.title", params), locale, currency),
        "about": _t("about", locale),
        "steps": [_step(step, paid.money if paid else 0.0, found.units, locale, currency) for step in found.steps],
        "unknown": "" if found.known else _t("unknown", locale),
        "levers": [
            {
                "name": _t(f"lever.{lever.name}", locale),
                "worth": money(lever.worth / weeks, currency, locale, signed=True),
            }
            for lever in found.levers
        ],
        "levers_about": _t(
            "levers_about",
            locale,
            worth=money(price.worth / weeks, currency, locale, signed=True),
            answered=money((price.answered or 0.0) / weeks, currency, locale, signed=True),
        )
        if price
        else "",
    }


def _step(step: Step, paid: float, units: float, locale: str, currency: str) -> dict[str, Any]:
    written = money(step.money, currency, locale, whole=True)
    if step.low != step.high:
        low, high = (money(end, currency, locale, whole=True) for end in (step.low, step.high))
        written = _t("half", locale, money=written, low=low, high=high)
    return {
        "name": _t(f"step.{step.name}", locale),
        "level": step.level,
        "money": written,
        "share": percent(step.money / paid, locale) if paid else "",
        "unit": money(step.money / units, currency, locale, exact=True) if units else "",
    }


def waterfall_text(found: Waterfall, period: Period, locale: str, currency: str, what: str, width: int) -> str:
    """One waterfall for a terminal."""
    one = cells(found, period, locale, currency, what)
    head = [_t(f"column.{name}", locale) for name in ("step", "money", "share", "unit")]
    rows = [[step[name] for name in ("name", "money", "share", "unit")] for step in one["steps"]]
    lines = [*wrap(one["title"], width), *table([head, *rows], "<>>>")]
    lines += wrap(one["unknown"], width, " ") if one["unknown"] else []
    lines += wrap(one["about"], width, " ")
    if one["levers"]:
        lines += ["", _t("levers", locale), *table([[row["name"], row["worth"]] for row in one["levers"]], "<>")]
        lines += wrap(one["levers_about"], width, " ")
    return "\n".join(lines) + "\n"


def each_text(
    found: Sequence[Waterfall], period: Period, each: str, names: Mapping[str, str], locale: str, currency: str
) -> str:
    """One line for each product, SKU or order."""
    keys = [name for name in ("product_id", "sku", "order_id") if found and name in found[0].key]
    head = [_t(f"column.{name.removesuffix('_id')}", locale) for name in keys]
    head += [_t(f"column.{name}", locale) for name in ("orders", "paid", "contribution", "margin")]
    rows = [[*(_name(one.key[key], names) for key in keys), *_line(one, locale, currency)] for one in found[:MOST]]
    lines = [f"{_t('each_title', locale)} · {days(period, locale, year=True)}"]
    lines += table([head, *rows], "<" * len(keys) + ">>>>")
    if len(found) > MOST:
        lines.append(" " + _t("more", locale, n=len(found) - MOST))
    return "\n".join([*lines, " " + _t("export", locale, each=each)]) + "\n"


def _name(key: str, names: Mapping[str, str]) -> str:
    return shorten(printable(names.get(key, key)), NAME)


def _line(one: Waterfall, locale: str, currency: str) -> list[str]:
    paid, left = one.step("paid"), one.contribution
    known = paid is not None and paid.money and left is not None
    return [
        write(int(one.orders), locale),
        money(paid.money if paid else None, currency, locale, whole=True),
        money(left, currency, locale, whole=True),
        percent((left or 0.0) / paid.money if known and paid else None, locale),
    ]


def as_json(found: Sequence[Waterfall], period: Period) -> dict[str, Any]:
    """Every step for programs; worth of levers is of the whole period."""
    return {
        "period": {"from": period.start.isoformat(), "to": period.end.isoformat()},
        "waterfalls": [
            {
                **one.key,
                "orders": one.orders,
                "units": one.units,
                "known": one.known,
                "steps": [
                    {"name": s.name, "money": s.money, "low": s.low, "high": s.high, "level": s.level}
                    for s in one.steps
                ],
                "levers": [{"name": v.name, "worth": v.worth, "answered": v.answered} for v in one.levers],
            }
            for one in found
        ],
    }


# ---- fixed costs


def even_json(even: Even) -> dict[str, Any]:
    """Break-even for programs."""
    found = even.found
    told = {"fixed": dict(even.fixed), "now": even.now, "refusal": found.code if isinstance(found, Refusal) else None}
    if found is None or isinstance(found, Refusal):
        return {**told, "orders": None}
    names = ("orders", "low", "high", "each", "each_low", "each_high", "level")
    return {**told, **{name: getattr(found, name) for name in names}}


def even_cells(even: Even, locale: str, currency: str) -> dict[str, Any]:
    """Break-even as sentences, and how many orders a day each fixed cost takes."""
    return {
        "title": _t("even.title", locale),
        "said": _even(even, locale, currency),
        "rows": _fixed(even, locale, currency),
    }


def _even(even: Even, locale: str, currency: str) -> list[str]:
    found = even.found
    if found is None:
        return [_t("even.none", locale)]
    if isinstance(found, Refusal):
        return [_t(f"even.{found.code}", locale, needed=found.needed, have=found.have)]
    params = {
        "fixed": Quantity(even.month, "money"),
        "orders": Quantity(found.orders, "count", found.low, found.high),
        "low": Quantity(found.low, "count"),
        "now": Quantity(even.now, "count"),
        "each": Quantity(found.each, "money", found.each_low, found.each_high),
    }
    gap = (even.now - found.orders) * found.each * DAYS_A_MONTH
    said = [
        say(Words("waterfall.even.open" if found.high is None else "waterfall.even.found", params), locale, currency)
    ]
    said.append(_t("even.above" if gap >= 0 else "even.below", locale, gap=money(abs(gap), currency, locale)))
    name, largest = max(even.fixed.items(), key=lambda row: (row[1], row[0]))
    less = Quantity(TENTH * largest / DAYS_A_MONTH / found.each, "count")
    return [*said, say(Words("waterfall.even.lever", {"name": printable(name), "orders": less}), locale, currency)]


def _fixed(even: Even, locale: str, currency: str) -> list[dict[str, str]]:
    found = even.found
    each = None if found is None or isinstance(found, Refusal) else found.each
    return [
        {
            "name": printable(name),
            "month": money(month, currency, locale, whole=True),
            "needs": write(Quantity(month / DAYS_A_MONTH / each, "count"), locale, currency) if each else "",
        }
        for name, month in sorted(even.fixed.items(), key=lambda row: (-row[1], row[0]))
    ]


def even_text(even: Even, locale: str, currency: str, width: int) -> str:
    """Break-even for a terminal."""
    told = even_cells(even, locale, currency)
    lines = [told["title"], *(line for said in told["said"] for line in wrap(said, width, " "))]
    if told["rows"]:
        head = [_t(f"column.{name}", locale) for name in ("fixed", "month", "needs")]
        lines += table([head, *([row[name] for name in ("name", "month", "needs")] for row in told["rows"])], "<>>")
    return "\n".join(lines) + "\n"


def _t(key: str, locale: str, **params: object) -> str:
    return text(f"waterfall.{key}", locale, **params)
