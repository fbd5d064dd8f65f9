"""What metrics, factors, places and tables are called in a locale."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from zhanggui.i18n import has, text
from zhanggui.i18n.columns import shorten
from zhanggui.i18n.writing import printable, say
from zhanggui.numbers.kinds import Flag, Place
from zhanggui.units import Quantity, Words

_DIMENSIONS_OF_TIME = ("day", "week", "month")
LONGEST_NAME = 44


def metric(name: str, locale: str) -> str:
    """The name of a metric or of a factor of one."""
    for key in (f"metrics.name.{name}", f"report.part.{name}"):
        if has(key, locale):
            return text(key, locale)
    return name.replace("_", " ")


def inside(name: str, locale: str) -> str:
    """The name of a metric as it stands inside a sentence: in English without its capital, unless it is an abbreviation."""
    named = metric(name, locale)
    return named[:1].lower() + named[1:] if locale == "en" and not named[1:2].isupper() else named


def heading(name: str) -> str:
    """A name as it stands at the head of a column or row: with a capital where the script has any."""
    return name[:1].upper() + name[1:]


def dimension(name: str, locale: str) -> str:
    """The name of a dimension; its own name where the catalogue has none."""
    key = f"report.dimension.{name}"
    return text(key, locale) if has(key, locale) else name


def column(name: str, locale: str) -> str:
    """The name of a draft's column, or of what a product has."""
    key = f"drafts.column.{name}"
    return text(key, locale) if has(key, locale) else dimension(name, locale).replace("_", " ")


def table(name: str, locale: str) -> str:
    """The name of a canonical table, or of what the owner enters (costs, target)."""
    key = f"report.table.{name}"
    return text(key, locale) if has(key, locale) else name


def place(at: Place, locale: str, names: Mapping[str, str]) -> str:
    """The name of a place: a product's short name, otherwise the value itself."""
    if at.kind == "rest":
        return text("report.place.rest", locale)
    return shorten(where(at.by, locale, names), LONGEST_NAME)


def where(by: Mapping[str, str], locale: str, names: Mapping[str, str]) -> str:
    """Several dimensions' values in one name: ``白瓷杯 · 搜索``."""
    return " · ".join(_value(name, str(value), locale, names) for name, value in by.items())


def _value(name: str, value: str, locale: str, names: Mapping[str, str]) -> str:
    if name == "product_id" and names.get(value, value) != value:
        return printable(f"{names[value]} ({value})")
    if not value:
        return text("report.place.unknown", locale, dimension=dimension(name, locale))
    if name == "new_or_returning" and has(f"report.place.{value}", locale):
        return text(f"report.place.{value}", locale)
    return printable(value)


def caveat(flag: Flag, locale: str, currency: str) -> str:
    """Why a number may not be what it seems, and what to look at instead."""
    said = say(
        Words(
            f"metrics.caveat.{flag.caveat}",
            {"rows": flag.rows, "money": Quantity(flag.money or 0.0, currency=currency), **flag.params},
        ),
        locale,
        currency,
    )
    if not flag.instead:
        return said
    gap = " " if locale == "en" else ""
    return said + gap + text("report.instead", locale, metric=inside(flag.instead, locale))


def deadline(by: str, as_of: date, locale: str) -> str:
    """When something is due: the time where it is within a day of the brief, otherwise the day too; what is late, since when."""
    from zhanggui.i18n.writing import day

    on = date.fromisoformat(by[:10])
    clock = by[11:16]
    if on <= as_of:
        return text("report.late_since", locale, since=f"{day(on, locale)} {clock}".rstrip())
    if not clock:
        return day(on, locale)
    return clock if (on - as_of).days <= 1 else f"{day(on, locale)} {clock}"
