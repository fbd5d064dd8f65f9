"""How far a query has been read, as JSON: (time of change, key) of the last row.

Each value keeps its own type, so that the database compares it as it stands there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

_KINDS: dict[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "Decimal": Decimal,
}


def to_json(mark: tuple[Any, Any]) -> dict[str, Any]:
    """A mark that JSON can hold.

    >>> to_json((datetime(2026, 11, 1, 10), 7))
    {'updated': ['datetime', '2026-11-01T10:00:00'], 'key': ['int', 7]}
    """
    return {"updated": _told(mark[0]), "key": _told(mark[1])}


def from_json(told: Any) -> tuple[Any, Any] | None:
    """The mark again; None where nothing was read yet.

    >>> from_json(to_json((datetime(2026, 11, 1, 10), 7)))
    (datetime.datetime(2026, 11, 1, 10, 0), 7)
    """
    if not isinstance(told, dict) or "updated" not in told:
        return None
    return _value(told["updated"]), _value(told["key"])


def earlier(told: Any, minutes: float) -> Any:
    """A mark so much before another, at whatever key: for changes that were written late. A number or a text that is no time stays.

    >>> earlier(to_json(("2026-11-01 10:00:00", 7)), 60)
    {'updated': ['str', '2026-11-01 09:00:00'], 'key': ['NoneType', None]}
    """
    mark = from_json(told)
    if mark is None:
        return told
    return to_json((_before(mark[0], timedelta(minutes=minutes)), None))


def _before(moment: Any, span: timedelta) -> Any:
    if isinstance(moment, datetime):
        return moment - span
    if isinstance(moment, date):
        return moment - timedelta(days=max(1, span.days))
    if not isinstance(moment, str):
        return moment
    try:
        found = datetime.fromisoformat(moment) - span
    except ValueError:
        return moment
    # Written as the others are: texts are compared sign by sign.
    return found.isoformat(moment[10] if len(moment) > 10 else "T", "auto" if "." in moment else "seconds")[
        : len(moment)
    ]


def _told(value: Any) -> list[Any]:
    kind = type(value).__name__
    return [
        kind,
        value
        if isinstance(value, int | float | str | None)
        else str(value)
        if kind == "Decimal"
        else value.isoformat(),
    ]


def _value(told: list[Any]) -> Any:
    kind, value = told
    return _KINDS[kind](value) if kind in _KINDS else value
