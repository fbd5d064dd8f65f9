"""What else happened around an action: other actions and changes on its products, promotions, days explained away, empty shelves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Past
from zhanggui.numbers.festivals import festivals
from zhanggui.outcomes.books import Books, Mask
from zhanggui.units import Period

HANGOVER = 14
"""Days after a promotion that its products' sales still pay for it."""
WHOLE_SHOP = "*"
UNSEEN = frozenset({"data", "shipping", "report", "audit", "supplier", "positioning"})
"""What actions change without any buyer seeing it."""


@dataclass(frozen=True, slots=True)
class Around:
    """Dated things of the whole shop: ``happenings`` as the frame of that name has them, and ``annotations``: day · target · text."""

    happenings: pl.DataFrame
    annotations: pl.DataFrame


def targets(past: Past) -> tuple[str, ...]:
    """The products whose numbers an action moves; none where it aims at the whole shop or another place."""
    named = [*past.touches, past.where.get("product_id", ""), past.shift or "", *past.changed]
    return tuple(dict.fromkeys(name for name in named if name))


def alike(first: Past, second: Past) -> bool:
    """Whether two actions move the same products, or both no product of their own. What moves the whole shop moves the products beside
    as well, so it disturbs no reading of one product; what no buyer sees disturbs nothing."""
    mine, theirs = set(targets(first)), set(targets(second))
    if kind_named(second.kind).changes in UNSEEN:
        return False
    return bool(mine & theirs) if mine and theirs else not mine and not theirs


def together(past: Past, others: Iterable[Past]) -> tuple[str, ...]:
    """Ids of other actions on the same target of which one began while the other was read: their effects cannot be told apart."""
    return tuple(
        other.id
        for other in others
        if other.id != past.id and other.done_on is not None and alike(past, other) and _overlap(past, other)
    )


def _overlap(first: Past, second: Past) -> bool:
    return not (_last(first) < _first(second) or _last(second) < _first(first))


def _first(past: Past) -> date:
    if past.done_on is None:
        raise ValueError(f"{past.id} was not done")
    return past.done_on


def _last(past: Past) -> date:
    return past.stop_on or _first(past)


def disturbed_by(past: Past, around: Around) -> list[tuple[date, str]]:
    """Logged changes on the target while the action was read, its own and other actions' lines aside: day and what was changed."""
    own, products = kind_named(past.kind).changes, set(targets(past))
    found = []
    for row in _of_kind(around, "change"):
        told = _named(row["products"])
        on_target = bool(products & told) if products else not told
        within = _first(past) <= row["day"] <= _last(past)
        itself = row["day"] == past.done_on and (row["what"] or "") == own
        if on_target and within and not itself and not str(row["name"]).startswith("ledger:"):
            found.append((row["day"], str(row["what"] or "")))
    return sorted(found)


def settled_since(past: Past, others: Iterable[Past], around: Around) -> date:
    """The day of the last earlier change of the target: what lies before it was another state. ``date.min`` where none is known."""
    products = set(targets(past))
    days = [_first(other) for other in others if other.id != past.id and other.done_on and alike(past, other)]
    days += [row["day"] for row in _of_kind(around, "change") if products & _named(row["products"])]
    return max((day for day in days if day < _first(past)), default=date.min)


def busy(period: Period, others: Iterable[Past], around: Around) -> set[str]:
    """Products on which something was done or changed in ``period``, or that alone were in a promotion: none of them stands beside."""
    found: set[str] = set()
    for other in others:
        if other.done_on in period and kind_named(other.kind).changes not in UNSEEN:
            found |= set(targets(other))
    for row in _of_kind(around, "change"):
        if row["day"] in period:
            found |= _named(row["products"])
    for row in _of_kind(around, "promotion"):
        if any(day in period for day in (row["day"], row["until"] or row["day"])):
            found |= _named(row["products"])
    return found


def left_out(products: Sequence[str], books: Books, around: Around) -> Mask:
    """Days that say nothing of demand for the target: promotions of its own with their hangover, empty shelves, days explained away."""
    mask: Mask = np.zeros(books.period.days, dtype=bool)
    mask |= books.empty[books.rows(products)].any(axis=0)
    wanted = {*products, WHOLE_SHOP}
    for day, target, _ in around.annotations.select("day", "target", "text").iter_rows():
        if (target or WHOLE_SHOP) in wanted:
            _mark(mask, books, day, day)
    for row in _of_kind(around, "promotion"):
        told = _named(row["products"])
        if told & set(products):
            _mark(mask, books, row["day"], (row["until"] or books.period.end) + timedelta(days=HANGOVER))
    return mask


def festive(period: Period, zone: str) -> Mask:
    """Days (days,) of ``period`` on which trade is not ordinary where the shop is."""
    mask: Mask = np.zeros(period.days, dtype=bool)
    for year in range(period.start.year - 1, period.end.year + 1):
        for _, days in festivals(year, zone):
            for day in days.each():
                if day in period:
                    mask[(day - period.start).days] = True
    return mask


def _mark(mask: Mask, books: Books, first: date, last: date) -> None:
    start, end = max(books.day(first), 0), min(books.day(last), books.period.days - 1)
    mask[start : end + 1] = True


def _of_kind(around: Around, kind: str) -> Iterator[Mapping[str, Any]]:
    return around.happenings.filter(pl.col("kind") == kind).iter_rows(named=True)


def _named(products: str | None) -> set[str]:
    """Products of a list joined by ``;``; none = the whole shop."""
    return {name.strip() for name in (products or "").split(";") if name.strip()}
