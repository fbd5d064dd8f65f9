"""Values written by the habits of a locale: money, counts, shares, ranges, days, lists, and the texts they fill."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from zhanggui.i18n import text
from zhanggui.units import Money, Period, Quantity, Words

UNKNOWN = "—"
_MINUS = "−"
_BABEL = {"zh-Hant": "zh_Hant", "zh-Hans": "zh_Hans", "en": "en_GB"}
_SYMBOLS = {"CNY": "¥", "JPY": "¥", "GBP": "£", "USD": "$", "EUR": "€", "TWD": "NT$", "HKD": "HK$", "KRW": "₩"}
_SCALES: dict[str, tuple[tuple[float, str], ...]] = {
    "zh": ((1e8, "units.scale.huge"), (1e4, "units.scale.large")),
    "en": ((1e9, "units.scale.huge"), (1e6, "units.scale.large")),
}
_SCALED_FROM = {"zh": 1e5, "en": 1e6}


class Counted(str):
    """A written number that knows whether it is one: ``{rows:row|rows}`` gives ``1 row`` or ``2 rows``."""

    __slots__ = ("one",)

    one: bool

    def __new__(cls, written: str, one: bool) -> Counted:
        self = super().__new__(cls, written)
        self.one = one
        return self

    def __format__(self, spec: str) -> str:
        if "|" not in spec:
            return format(str(self), spec)
        singular, plural = spec.split("|", 1)
        return f"{self} {singular if self.one else plural}"


def say(words: Words, locale: str, currency: str, names: Mapping[str, str] | None = None) -> str:
    """The sentence of ``words`` in ``locale``.

    Parameters are filled by their type: text (a product_id found in ``names`` becomes its short name), int, float, date, Period,
    Money, Quantity, lists of these, and Words within Words. ``currency`` is the one that a Quantity of money has unless it says another.
    Raises KeyError for a key no catalogue has.
    """
    filled = {name: write(value, locale, currency, names) for name, value in words.params.items()}
    return text(words.key, locale, **filled)


def write(value: Any, locale: str, currency: str = "", names: Mapping[str, str] | None = None) -> str:
    """One value by the habits of ``locale``; a long dash for None and for what is no number."""
    match value:
        case None:
            return UNKNOWN
        case Words():
            return say(value, locale, currency, names)
        case Quantity():
            return quantity(value, locale, currency)
        case Money():
            return money(float(value.amount), value.currency, locale, exact=True)
        case Period():
            return days(value, locale)
        case bool():
            return str(value).lower()
        case int():
            return Counted(count(value, locale), abs(value) == 1)
        case float():
            return Counted(_plain(value, locale), abs(value) == 1)
        case datetime():
            return f"{day(value.date(), locale)} {value:%H:%M}"
        case date():
            return day(value, locale)
        case str() | PurePath():
            return printable((names or {}).get(str(value), str(value)))
        case Sequence():
            return joined([write(item, locale, currency, names) for item in value], locale)
    return printable(str(value))


def printable(value: str) -> str:
    """``value`` without control characters: a title from a file must not steer a terminal."""
    return value if value.isprintable() else "".join(c if c.isprintable() else " " for c in value)


def quantity(q: Quantity, locale: str, currency: str) -> str:
    """A number with its unit and, where it has one, its interval: ``¥6,610 [4,810–8,560]``."""
    own = q.currency or currency
    if q.unit == "money":
        return money(q.value, own, locale, low=q.low, high=q.high, exact=q.exact, signed=q.signed)
    known = [number for number in (q.value, q.low, q.high) if number is not None and math.isfinite(number)]
    if q.unit == "share":
        decimals = _share_decimals(known, q.exact)
        ends = _each((q.value, q.low, q.high), lambda number: _percent(number, decimals, locale))
    else:
        decimals = _decimals(known, countable=q.unit == "count")
        ends = _each((q.value, q.low, q.high), lambda number: _fixed(number, decimals, locale))
    written = _with_range(ends, q)
    key = f"units.of.{q.unit}"
    if q.unit in ("days", "hours", "seconds"):
        return text(key, locale, n=Counted(written, _fixed(abs(q.value), decimals, locale) == "1"))
    return Counted(written, ends[0] == "1")


def money(
    value: float | None,
    currency: str,
    locale: str,
    *,
    low: float | None = None,
    high: float | None = None,
    exact: bool = False,
    signed: bool = False,
    whole: bool = False,
) -> str:
    """An amount, its interval behind it. Two or three figures; ``whole`` keeps every unit below the scale, ``exact`` the cents too.

    Large amounts take the scale of the locale: from 100,000 on in Chinese (萬, 億), from 1,000,000 on in English (M, B).
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    known = [number for number in (value, low, high) if number is not None and math.isfinite(number)]
    factor, suffix = (1.0, "") if exact else _scale(max(abs(number) for number in known), locale)
    cents = _cents(currency)
    ranged, most = len(known) == 3, max(map(abs, known)) / factor

    def amount(number: float) -> str:
        if exact:
            return _fixed(number, cents, locale)
        if whole and factor == 1:
            return _fixed(number, cents if abs(number) < 100 and number != round(number) else 0, locale)
        if ranged and factor > 1:
            return _fixed(number / factor, 0 if most >= 100 else 1 if most >= 10 else 2, locale)
        if ranged:
            return _fixed(_to_figures(number, 3), 0 if most >= 10 else min(cents, 2), locale)
        return _figures(number / factor, 4 if whole else 3, locale, scaled=factor > 1, cents=cents)

    ends = _each((value, low, high), amount)
    q = Quantity(value, "money", low, high, signed=signed)
    symbol = _SYMBOLS.get(currency) or _symbol(currency, locale)
    if low is None or high is None:
        return _signed(str(ends[0]), value, signed, symbol) + suffix
    return f"{_signed(str(ends[0]), value, signed, symbol)}{suffix} {_range(str(ends[1]), str(ends[2]), q, suffix)}"


def normal_range(low: float | None, high: float | None, unit: str, locale: str, currency: str) -> str:
    """An interval alone, without the currency's sign: ``4,810–8,560``; empty where there is none."""
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return ""
    middle = Quantity((low + high) / 2, unit, low, high, exact=unit == "share")
    written = (
        money(middle.value, currency, locale, low=low, high=high) if unit == "money" else _with_interval(middle, locale)
    )
    return written[written.rindex("[") + 1 : written.rindex("]")]


def _with_interval(q: Quantity, locale: str) -> str:
    bare = Quantity(q.value, q.unit if q.unit in ("share", "count", "ratio") else "ratio", q.low, q.high, exact=q.exact)
    return quantity(bare, locale, "")


def measured(value: float | None, unit: str, locale: str, currency: str, *, signed: bool = False) -> str:
    """A number that was counted, not estimated: money in whole units, shares with three figures, counts whole."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if unit == "money":
        return money(value, currency, locale, signed=signed, whole=True)
    return quantity(Quantity(value, unit, exact=unit == "share", signed=signed), locale, currency)


def count(value: float, locale: str) -> str:
    """A whole number with thousands separators and a real minus."""
    return _fixed(value, 0, locale)


def percent(value: float | None, locale: str, decimals: int | None = None) -> str:
    """A share of one as percent, with as many decimals as its size deserves."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    return _percent(value, _share_decimals([value], False) if decimals is None else decimals, locale)


def day(value: date, locale: str, *, weekday: bool = False, year: bool = False) -> str:
    """A day: ``9/14`` or ``14 Sep``; with ``year`` as ISO text; with ``weekday`` its short name."""
    name = _format_date(value, "EEE", locale) if weekday else ""
    if year:
        written = value.isoformat()
    elif locale == "en":
        written = _format_date(value, "d MMM", locale)
    else:
        written = f"{value.month}/{value.day}"
    return text("units.day_named", locale, day=written, weekday=name) if name else written


def days(period: Period, locale: str, *, year: bool = False) -> str:
    """A span of days: ``9/8–14``, ``8–14 Sep``, ``29 Nov–5 Dec``; with ``year`` both ends as ISO text."""
    first, last = period.start, period.end
    if first == last:
        return day(first, locale, year=year)
    if year:
        return f"{first.isoformat()} – {last.isoformat()}"
    if (first.year, first.month) != (last.year, last.month):
        return f"{day(first, locale)}–{day(last, locale)}"
    if locale == "en":
        return f"{first.day}–{day(last, locale)}"
    return f"{first.month}/{first.day}–{last.day}"


def month(name: str, locale: str) -> str:
    """A month given as ``2011-12``."""
    first = date.fromisoformat(f"{name}-01")
    return _format_date(first, "MMMM y" if locale == "en" else "y年M月", locale)


def joined(items: Sequence[str], locale: str) -> str:
    """A list in one line, with the locale's comma."""
    return text("units.comma", locale).join(items)


def currency_symbol(currency: str, locale: str) -> str:
    """The sign an amount of ``currency`` carries."""
    return _SYMBOLS.get(currency) or _symbol(currency, locale)


def axis_scale(magnitude: float, locale: str) -> tuple[float, str]:
    """By what to divide the numbers of an axis that reaches ``magnitude``, and the suffix they then carry."""
    if locale == "en" and 1e4 <= magnitude < _SCALED_FROM["en"]:
        return 1e3, "k"
    return _scale(magnitude, locale)


# ---- how numbers are rounded


def _each(numbers: Sequence[float | None], written: Callable[[float], str]) -> list[str | None]:
    return [None if number is None or not math.isfinite(number) else written(number) for number in numbers]


def _scale(magnitude: float, locale: str) -> tuple[float, str]:
    family = locale[:2]
    if magnitude < _SCALED_FROM[family]:
        return 1.0, ""
    factor, key = next(pair for pair in _SCALES[family] if magnitude >= pair[0])
    return factor, text(key, locale)


def _figures(value: float, figures: int, locale: str, *, scaled: bool, cents: int) -> str:
    rounded = _to_figures(value, figures)
    if rounded == 0:
        return "0"
    if scaled:
        return _fixed(rounded, max(figures - 1 - math.floor(math.log10(abs(rounded))), 0), locale)
    if abs(value) >= 10 or rounded == round(rounded):
        return _fixed(value if abs(value) < 100 else rounded, 0, locale)
    return _fixed(rounded, min(cents, 2), locale)


def _to_figures(value: float, figures: int) -> float:
    return round(value, figures - 1 - math.floor(math.log10(abs(value)))) if value else 0.0


def _decimals(values: Sequence[float], *, countable: bool) -> int:
    magnitude = max((abs(value) for value in values), default=0)
    if magnitude >= (10 if countable else 100) or all(value == round(value) for value in values):
        return 0
    return 1 if magnitude >= (1 if countable else 10) else 2


def _share_decimals(values: Sequence[float], exact: bool) -> int:
    magnitude = max((abs(value) for value in values), default=0)
    if exact:
        return 2 if magnitude < 0.1 else 1
    if 0.99 < magnitude < 1:
        return 1
    return 0 if magnitude >= 0.1 or magnitude == 0 else 1 if magnitude >= 0.01 else 2


def _percent(value: float, decimals: int, locale: str) -> str:
    return f"{_fixed(value * 100, decimals, locale)}%"


def _fixed(value: float, decimals: int, locale: str) -> str:
    from babel.numbers import format_decimal

    rounded = round(Decimal(repr(float(value))), decimals) if decimals else Decimal(round(value))
    pattern = "#,##0" + (f".{'0' * decimals}" if decimals else "")
    written: str = format_decimal(abs(rounded), pattern, locale=_BABEL[locale])
    return _MINUS + written if rounded < 0 else written


def _plain(value: float, locale: str) -> str:
    from babel.numbers import format_decimal

    if not math.isfinite(value):
        return UNKNOWN
    written: str = format_decimal(abs(value), "#,##0.####", locale=_BABEL[locale])
    return _MINUS + written if value < 0 else written


# ---- how they are put together


def _signed(number: str, value: float, signed: bool, symbol: str = "") -> str:
    if number.startswith(_MINUS):
        return f"{_MINUS}{symbol}{number[1:]}"
    return f"{'+' if signed and value > 0 else ''}{symbol}{number}"


def _with_range(ends: Sequence[str | None], q: Quantity) -> str:
    value, low, high = ends
    if value is None:
        return UNKNOWN
    value = _signed(value, q.value, q.signed)
    if low is None or high is None:
        return value
    if low.endswith("%"):
        low = low[:-1]
    return f"{value} {_range(low, high, q, '')}"


def _range(low: str, high: str, q: Quantity, suffix: str) -> str:
    """``[4,810–8,560]``; where an end is negative the ends stand apart, so that no minus looks like a dash."""
    if not low.startswith(_MINUS):
        return f"[{low}–{high}{suffix}]"
    return f"[{low} … {'' if high.startswith(_MINUS) else '+'}{high}{suffix}]"


# ---- what Babel knows


def _symbol(currency: str, locale: str) -> str:
    from babel.numbers import get_currency_symbol

    if not currency:
        return ""
    symbol: str = get_currency_symbol(currency, locale=_BABEL[locale])
    return f"{symbol} " if symbol == currency else symbol


def _cents(currency: str) -> int:
    from babel.numbers import get_currency_precision

    precision: int = get_currency_precision(currency)
    return precision


def _format_date(value: date, pattern: str, locale: str) -> str:
    from babel.dates import format_date

    written: str = format_date(value, pattern, locale=_BABEL[locale].removesuffix("_GB"))
    return written
