"""Days and periods as reports write them: a cell, a range in one cell, a line above the header, a file's name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

import polars as pl
from babel import Locale

from zhanggui.sources.values import date_order

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da")
"""Languages whose names of months are known; Chinese and Japanese write numbers."""

Period = tuple[date, date]

_ISO = re.compile(r"(?<!\d)(20\d\d)[-/.年]\s*(\d{1,2})[-/.月]\s*(\d{1,2})")
_NUMERIC = re.compile(r"^\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)")
_COMPACT = re.compile(r"^\s*(20\d\d)(\d\d)(\d\d)(?:$|\D)")
_WORD_FIRST = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(20\d\d)")
_NUMBER_FIRST = re.compile(r"(\d{1,2})\.?\s+(?:de\s+)?([^\W\d_]+)\.?,?\s+(?:de\s+)?(20\d\d)")
_MONTH = re.compile(r"^\s*(?:(20\d\d)[-/](\d{1,2})|([^\W\d_]+)\.?\s+(20\d\d))\s*$")
_NAMED = re.compile(r"(?<!\d)(20\d\d)-?([01]\d)-?([0-3]\d)(?!\d)")


def day(text: str | None, order: str = "mdy") -> date | None:
    """The day a text names, None where it names none. ``order`` settles ``3/4/2026``.

    >>> day("Aug 18, 2026"), day("18 août 2026"), day("20260301"), day("2026年9月1日"), day("--")
    (datetime.date(2026, 8, 18), datetime.date(2026, 8, 18), datetime.date(2026, 3, 1), datetime.date(2026, 9, 1), None)
    """
    if not text:
        return None
    if found := _ISO.search(text):
        return _made(found[1], found[2], found[3])
    if found := _COMPACT.match(text):
        return _made(found[1], found[2], found[3])
    if found := _NUMERIC.match(text):
        first, second = (found[1], found[2]) if order == "mdy" else (found[2], found[1])
        return _made(found[3], first, second)
    days = _worded(text)
    return days[0] if days else None


def period(text: str | None) -> Period | None:
    """The first and last day a text names: ``September 1, 2026 - September 30, 2026``; one day alone is both.

    >>> period("Date range,Jul 1 2026 - Jul 7 2026")
    (datetime.date(2026, 7, 1), datetime.date(2026, 7, 7))
    """
    if not text:
        return None
    days = [one for found in _ISO.finditer(text) if (one := _made(*found.groups()))] or _worded(text)
    return (days[0], days[-1]) if 1 <= len(days) <= 2 and days[0] <= days[-1] else None


def month(text: str | None) -> Period | None:
    """The days of a month written ``2026-09``, ``2026-09-01`` or ``September 2026``."""
    found = _MONTH.match(text or "")
    first = None
    if found and found[1]:
        first = _made(found[1], found[2], "1")
    elif found and found[3].lower() in _months():
        first = date(int(found[4]), _months()[found[3].lower()], 1)
    first = first or day(text)
    if first is None:
        return None
    first = first.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def in_name(name: str) -> Period | None:
    """The period in a file's name: one day (``2026-03-01``, ``20260301``) or two."""
    days = [one for found in _NAMED.finditer(name) if (one := _made(*found.groups()))]
    return (days[0], days[-1]) if 1 <= len(days) <= 2 and days[0] <= days[-1] else None


def above(lines: Iterable[str]) -> Period | None:
    """The period in the lines above a header, as Google's and Amazon's reports state it."""
    return next((found for line in lines if (found := period(line))), None)


def days(column: pl.Series, file: str) -> pl.Series:
    """A column of texts as days (NULL where a text names none); which of ``3/4/2026`` is the day is judged by the whole column.

    Raises BadFile where some cells can only be day first and others only month first.
    """
    column = column.str.replace(r"^\s*(\d{1,2}[/.-]\d{1,2}[/.-])(\d{2})\s*$", "${1}20$2")
    order = date_order(column, file)
    distinct = column.drop_nulls().unique()
    named = pl.Series([day(text, "mdy" if order == "mdy" else "dmy") for text in distinct.to_list()], dtype=pl.Date)
    return column.replace_strict(distinct, named, default=None, return_dtype=pl.Date)


def _made(year: str, month_: str, day_: str) -> date | None:
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month_), int(day_))
    except ValueError:
        return None


def _worded(text: str) -> list[date]:
    """The days written with the name of a month, in the order of the text."""
    months, found = _months(), []
    for pattern, number, word in ((_WORD_FIRST, 2, 1), (_NUMBER_FIRST, 1, 2)):
        for hit in pattern.finditer(text):
            at = months.get(hit[word].lower())
            one = _made(hit[3], str(at), hit[number]) if at else None
            if one:
                found.append((hit.start(), one))
        if found:
            break
    return [one for _, one in sorted(found)]


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """Names of months, long and short, in :data:`LANGUAGES`, to their number."""
    names: dict[str, int] = {}
    for language in LANGUAGES:
        for form in ("wide", "abbreviated"):
            for number, name in Locale.parse(language).months["format"][form].items():
                names.setdefault(str(name).lower().rstrip("."), int(number))
    return names | {"sept": 9}
