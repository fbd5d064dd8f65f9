"""Actions and outcomes as plain values that JSON holds, and back: the ledger keeps them as they were proposed, whatever the rules say
later."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from zhanggui.actions.kinds import Action, Draft, Gain, Measure, Outcome
from zhanggui.units import Estimate, Money, Period, Quantity, Refusal, Words

_TAG = "~"
_NOUNS: Mapping[str, type] = {
    kind.__name__: kind
    for kind in (Action, Draft, Gain, Measure, Outcome, Estimate, Money, Period, Quantity, Refusal, Words)
}


def plain(value: Any) -> Any:
    """A value as JSON holds it; a noun of the trade carries its name under ``~``.

    >>> plain(Words("topic.name", {"day": date(2026, 9, 1)}))
    {'~': 'Words', 'key': 'topic.name', 'params': {'day': {'~': 'date', 'value': '2026-09-01'}}}
    """
    match value:
        case None | bool() | str():
            return value
        case int():
            return int(value)
        case float():
            number = float(value)
            return number if math.isfinite(number) else {_TAG: "float", "value": repr(number)}
        case datetime():
            return {_TAG: "datetime", "value": value.isoformat()}
        case date():
            return {_TAG: "date", "value": value.isoformat()}
        case Decimal():
            return {_TAG: "Decimal", "value": str(value)}
        case Mapping():
            return {str(name): plain(item) for name, item in value.items()}
        case Sequence():
            return [plain(item) for item in value]
    if is_dataclass(value) and type(value).__name__ in _NOUNS:
        return {_TAG: type(value).__name__} | {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if hasattr(value, "item"):  # a number of an array
        return plain(value.item())
    raise TypeError(type(value).__name__)


def whole(value: Any) -> Any:
    """What :func:`plain` made plain, whole again. A field that this version does not know is passed over."""
    if isinstance(value, list):
        return tuple(whole(item) for item in value)
    if not isinstance(value, dict):
        return value
    tag = value.get(_TAG)
    if tag is None:
        return {name: whole(item) for name, item in value.items()}
    if tag in _NOUNS:
        noun = _NOUNS[tag]
        known = {f.name for f in fields(noun)}
        return noun(**{name: whole(item) for name, item in value.items() if name in known})
    return _VALUES[tag](value["value"])


_VALUES: Mapping[str, Any] = {
    "float": float,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "Decimal": Decimal,
}
