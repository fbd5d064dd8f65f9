"""What a reader asks of the numbers, from the address of a page and back into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from zhanggui.app.numbers import Ask
from zhanggui.errors import BadValue

GRAINS = ("day", "week", "month")
AGAINST = ("previous", "year")
MOST_METRICS, MOST_DIMENSIONS, MOST_FILTERS = 6, 3, 12
LONGEST = 300


def asked(request: Request) -> Ask:
    """The question in the address. Raises BadValue for what is no day, no filter, no comparison, or too much at once."""
    given = request.query_params
    ask = Ask(
        metrics=_names(given.getlist("metric")),
        by=_names(given.getlist("by")),
        grain=_one_of("grain", given.get("grain", ""), GRAINS),
        where=_where(given.getlist("where")),
        start=_day(given.get("from", "")),
        end=_day(given.get("to", "")),
        against=_one_of("against", given.get("against", ""), AGAINST),
        shape=_one_of("shape", given.get("shape", ""), ("line", "bar", "heat")),
    )
    for name, found, most in (
        ("metrics", ask.metrics, MOST_METRICS),
        ("dimensions", ask.by, MOST_DIMENSIONS),
        ("filters", given.getlist("where"), MOST_FILTERS),
    ):
        if len(found) > most:
            raise BadValue(f"web_metrics.too_many_{name}", n=len(found), most=most)
    return ask


def _names(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value[:LONGEST] for value in values if value))


def _one_of(name: str, value: str, known: Sequence[str]) -> str:
    if value and value not in known:
        raise BadValue("web_metrics.unknown_choice", name=name, value=value[:LONGEST], known=", ".join(known))
    return value


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise BadValue("config.bad_day", value=value[:LONGEST]) from None


def _where(pairs: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise BadValue("web_metrics.bad_filter", value=pair[:LONGEST])
        found[name] = (*found.get(name, ()), value)
    return found


def address(path: str, ask: Ask, **more: Any) -> str:
    """The page at ``path`` that answers ``ask``; ``more`` are further fields of the address."""
    fields: list[tuple[str, str]] = [
        *(("metric", name) for name in ask.metrics),
        *(("by", name) for name in ask.by),
        *(("where", f"{name}={value}") for name, values in ask.where.items() for value in values),
    ]
    single = {
        "grain": ask.grain,
        "from": ask.start.isoformat() if ask.start else "",
        "to": ask.end.isoformat() if ask.end else "",
        "against": ask.against,
        "shape": ask.shape,
        **more,
    }
    fields += [(name, str(value)) for name, value in single.items() if value != ""]
    return f"{path}?{urlencode(fields)}" if fields else path


def inside(ask: Ask, place: Mapping[str, str], by: Sequence[str] | None = None) -> Ask:
    """The same question of one place within what is asked; ``by`` splits it anew."""
    where = {**ask.where, **{name: (value,) for name, value in place.items()}}
    return replace(ask, where=where, by=ask.by if by is None else tuple(by))


def outside(ask: Ask, name: str, value: str) -> Ask:
    """The same question without one filter."""
    kept = {each: tuple(v for v in values if (each, v) != (name, value)) for each, values in ask.where.items()}
    return replace(ask, where={each: values for each, values in kept.items() if values})
