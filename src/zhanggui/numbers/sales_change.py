"""The exact split of a change in sales: over factors (visitors × conversion × spend; orders × units × price − discount − refunds) and
over places (products, countries, sources …), with noise bands from the place's own earlier weeks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import polars as pl

from zhanggui.methods.decomposition import Split, split, to_the_cent
from zhanggui.numbers.frames import goods, refunds, stacked, total
from zhanggui.numbers.kinds import Part, Place
from zhanggui.numbers.moments import END, START, THEN_END, THEN_START, days_before, put
from zhanggui.units import Period

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

HISTORY = 12
"""Earlier blocks of the same length that give the noise band of a change."""
MEASURES = ("orders", "units", "gross", "listed", "buyers", "known", "refunds", "unlisted")
PRODUCT_DIMENSIONS = ("category", "brand", "item_key")
LEVEL = 0.9
CRUMB = 0.01


@dataclass(frozen=True, slots=True)
class Cell:
    """One place in one window. ``unlisted`` is the part of ``gross`` whose lines have no list value (orders without lines).
    ``visitors`` and ``pay_buyers`` are NaN where there is no traffic for it."""

    orders: float = 0.0
    units: float = 0.0
    gross: float = 0.0
    listed: float = 0.0
    buyers: float = 0.0
    known: float = 0.0
    refunds: float = 0.0
    unlisted: float = 0.0
    visitors: float = float("nan")
    pay_buyers: float = float("nan")

    def value(self, metric: str) -> float:
        return self.gross - self.refunds if metric == "net_sales" else self.gross


@dataclass(frozen=True, slots=True)
class Windows:
    """The cells of every place: now, before, and in earlier blocks (oldest last)."""

    now: Mapping[tuple[str, ...], Cell]
    before: Mapping[tuple[str, ...], Cell]
    earlier: Mapping[tuple[str, ...], Sequence[Cell]] = field(default_factory=dict)


def read(
    warehouse: Warehouse,
    by: Sequence[str],
    period: Period,
    against: Period,
    where: Mapping[str, Sequence[str]] | None = None,
) -> Windows:
    """Sales and refunds of both periods and of up to twelve earlier blocks, by place, in one engine query."""
    places = {name: tuple(values) for name, values in (where or {}).items()}
    shape = (read, tuple(by), tuple(places.items()), against.days)
    days = {START: period.start, END: period.end, THEN_START: against.start, THEN_END: against.end}
    found = put(warehouse, shape, lambda: _windowed_sums(warehouse, by, places, against.days), days, common=not places)
    return _windows(found, by)


def _windowed_sums(warehouse: Warehouse, by: Sequence[str], where: Mapping[str, Sequence[str]], block_days: int) -> Any:
    """Sales and refunds by place and window."""
    lines, back = goods(warehouse), refunds(warehouse)
    lines = lines.filter(lines.amount.notnull())  # an order without a rate has no money to move
    names = [name for name in {**dict.fromkeys(by), **where} if name in PRODUCT_DIMENSIONS]
    if names:
        lines, back = (_with_product(warehouse, rows, names) for rows in (lines, back))
    for name, values in where.items():
        lines, back = (rows.filter(rows[name].isin(list(values))) for rows in (lines, back))
    lines, back = (_windowed(rows, block_days) for rows in (lines, back))
    keys = (*by, "window")
    return stacked(
        keys,
        lines.group_by(*keys).agg(
            orders=lines.order_id.nunique(),
            units=lines.units.sum(where=lines.kind == "goods"),
            gross=total(lines.amount),
            listed=total(lines.listed),
            unlisted=total(lines.amount, lines.listed.isnull()),
            buyers=lines.customer_key.nunique(),
            known=lines.order_id.nunique(where=lines.customer_key.notnull()),
        ),
        back.group_by(*keys).agg(refunds=total(back.amount)),
    )


def _with_product(warehouse: Warehouse, rows: Any, names: Sequence[str]) -> Any:
    products = warehouse.table("products").select("channel", "product_id", *names)
    joined = rows.left_join(products, ["channel", "product_id"])
    return joined.mutate(**{name: joined[name].fill_null("") for name in names})


def _windowed(rows: Any, block_days: int) -> Any:
    """0 = the period, 1 = the period before, 2 … = earlier blocks of ``block_days``, the length of the period before."""
    day = rows.day
    oldest = days_before(THEN_START, block_days * HISTORY)
    rows = rows.filter((day >= oldest) & (day <= END))
    earlier = 2 + days_before(THEN_START, 1).delta(day, unit="day") // block_days
    window = ibis.cases(
        ((day >= START) & (day <= END), ibis.literal(0)),
        ((day >= THEN_START) & (day <= THEN_END), ibis.literal(1)),
        (day < THEN_START, earlier.cast("int32")),
        else_=ibis.literal(-1),
    ).cast("int32")
    rows = rows.mutate(window=window)
    return rows.filter(rows.window >= 0)


def _windows(frame: pl.DataFrame, by: Sequence[str]) -> Windows:
    frame = frame.fill_null(0.0).with_columns(pl.col(by).cast(pl.String).fill_null("")) if by else frame.fill_null(0.0)
    now, before = (_cells(frame.filter(pl.col("window") == window), by) for window in (0, 1))
    return Windows(now, before, _Earlier(frame.filter(pl.col("window") >= 2), by))


def _cells(rows: pl.DataFrame, by: Sequence[str]) -> dict[tuple[str, ...], Cell]:
    measures = rows.select(pl.col(MEASURES).cast(pl.Float64)).iter_rows()
    places = rows.select(by).iter_rows() if by else iter([()] * rows.height)
    return {tuple(place): Cell(*values) for place, values in zip(places, measures, strict=True)}


class _Earlier(Mapping[tuple[str, ...], Sequence[Cell]]):
    """The earlier blocks of each place. Few places are asked for, so a place's cells are made when it is."""

    def __init__(self, frame: pl.DataFrame, by: Sequence[str]) -> None:
        self._frame, self._by = frame, by
        self._blocks = int(frame["window"].to_numpy().max(initial=1)) - 1

    def __getitem__(self, place: tuple[str, ...]) -> Sequence[Cell]:
        here = (pl.col(name) == value for name, value in zip(self._by, place, strict=True))
        rows = self._frame.filter(*here)
        if not rows.height:
            raise KeyError(place)
        cells = [Cell()] * self._blocks
        for window, *values in rows.select("window", pl.col(MEASURES).cast(pl.Float64)).iter_rows():
            cells[int(window) - 2] = Cell(*values)
        return cells

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        return (
            self._frame.select(self._by).unique(maintain_order=True).iter_rows()
            if self._by
            else iter([()][: len(self)])
        )

    def __len__(self) -> int:
        return self._frame.select(self._by).n_unique() if self._by else int(self._frame.height > 0)


# ---- factors


def factors(now: Cell, before: Cell, metric: str) -> list[Part]:
    """The factors of one cell's change, exact: they sum to it.

    With traffic: visitors × conversion × spend per buyer (``source_gap`` where the platform's buyers and the orders' buyers differ).
    Without: orders × units per order × unit price − discount; where the orders came without lines, orders × order value.
    Refunds come last, for net sales.
    """
    parts = _with_traffic(now, before) or _with_lines(now, before) or _with_orders(now, before)
    if metric == "net_sales":
        parts.append(("refunds", before.refunds - now.refunds))
    change = now.value(metric) - before.value(metric)
    # What float arithmetic leaves over goes to the largest part, so that the parts are the change and not nearly.
    largest = max(range(len(parts)), key=lambda i: abs(parts[i][1]))
    rest = change - sum(value for _, value in parts)
    parts[largest] = (parts[largest][0], parts[largest][1] + rest)
    return [Part(name, value) for name, value in parts]


def _ratio(top: float, bottom: float) -> float:
    return top / bottom if bottom else float("nan")


def _multiplied(names: Sequence[str], before: Sequence[float], now: Sequence[float]) -> list[tuple[str, float]]:
    answer = split([list(before)], [list(now)])
    if not isinstance(answer, Split):
        return []
    effects = answer.effects.copy()
    effects[0] += answer.entered.sum() + answer.left.sum()
    return list(zip(names, (float(e) for e in effects), strict=True))


def _with_traffic(now: Cell, before: Cell) -> list[tuple[str, float]]:
    cells = (before, now)
    if not all(c.visitors > 0 and c.pay_buyers > 0 and c.orders > 0 for c in cells):
        return []
    known = all(c.known >= 0.8 * c.orders and c.buyers > 0 for c in cells)
    base = [[c.visitors, _ratio(c.pay_buyers, c.visitors)] for c in cells]
    if known:
        names = ("visitors", "conversion_rate", "source_gap", "spend_per_buyer")
        rows = [
            [*row, _ratio(c.buyers, c.pay_buyers), _ratio(c.gross, c.buyers)]
            for row, c in zip(base, cells, strict=True)
        ]
    else:
        names = ("visitors", "conversion_rate", "source_gap", "average_order_value")
        rows = [
            [*row, _ratio(c.orders, c.pay_buyers), _ratio(c.gross, c.orders)]
            for row, c in zip(base, cells, strict=True)
        ]
    return _multiplied(names, *rows)


def _with_lines(now: Cell, before: Cell) -> list[tuple[str, float]]:
    cells = (before, now)
    # Units and list prices of a part of the money would be taken for those of all; a crumb without them is as if sold at list.
    if any(abs(c.unlisted) > CRUMB * abs(c.gross) for c in cells):
        return []
    if any(c.gross > 0 and not (c.units > 0 and c.listed > 0) for c in cells) or not any(c.units for c in cells):
        return []
    rows = [[c.orders, _ratio(c.units, c.orders), _ratio(c.listed + c.unlisted, c.units)] for c in cells]
    parts = _multiplied(("orders", "units_per_order", "unit_price"), *rows)
    if not parts:
        return []
    discount, earlier = (c.listed + c.unlisted - c.gross for c in (now, before))
    discount -= earlier
    return [*parts, ("discount", -discount)] if abs(discount) >= 0.005 else parts


def _with_orders(now: Cell, before: Cell) -> list[tuple[str, float]]:
    rows = [[c.orders, _ratio(c.gross, c.orders)] for c in (before, now)]
    return _multiplied(("orders", "average_order_value"), *rows) or [("orders", now.gross - before.gross)]


def with_noise(parts: Sequence[Part], earlier: Sequence[Cell], metric: str) -> list[Part]:
    """The parts with a 90 % band each: how much the same factor moves from one block to the next in ordinary times.

    The band is the part ± how far the same factor's part went in nine of ten changes between earlier neighbouring blocks; parts
    keep no band with fewer than six such changes.
    """
    usual: dict[str, list[float]] = {}
    for newer, older in pairwise(earlier):
        if newer.orders and older.orders:
            for part in factors(newer, older, metric):
                usual.setdefault(part.name, []).append(part.change)
    return [_banded(part, usual.get(part.name, [])) for part in parts]


def _banded(part: Part, changes: Sequence[float]) -> Part:
    if len(changes) < 6:
        return part
    reach = usual_reach(changes)
    return Part(part.name, part.change, part.change - reach, part.change + reach)


def usual_reach(changes: Sequence[float]) -> float:
    """How far nine in ten earlier changes went either way: their 90 % quantile of |change|, so that heavy tails count and one wild
    week in twelve does not.

    >>> usual_reach([1.0, -2.0, 3.0, -4.0, 5.0, -6.0, 7.0, -8.0, 9.0, -10.0, 500.0])
    10.0
    """
    return float(np.quantile(np.abs(np.asarray(changes, dtype=np.float64)), LEVEL, method="higher"))


# ---- places


def places(windows: Windows, by: Sequence[str], metric: str, *, keep: int = 20) -> list[Place]:
    """Every place's exact share of the change, the largest first; what is small is one place ``rest``. They sum to the change.

    ``rate`` is the change of value per order (per visitor where every place has visitors) at the mean number of them, ``mix`` the change
    of their number at the mean value. A place with nothing on one side entered or left, and its whole change is mix.
    """
    keys = sorted(set(windows.now) | set(windows.before))
    everything = [(key, windows.now.get(key, Cell()), windows.before.get(key, Cell())) for key in keys]
    changes = {key: now.value(metric) - before.value(metric) for key, now, before in everything}
    total_change = sum(changes.values())
    floor = 0.005 * max(abs(total_change), sum(abs(c) for c in changes.values()) / max(len(changes), 1))
    ranked = sorted(keys, key=lambda key: (-abs(changes[key]), key))
    chosen = [key for key in ranked if abs(changes[key]) >= floor][:keep]
    apart = set(chosen)
    rest = [(now, before) for key, now, before in everything if key not in apart]
    found = [_place(dict(zip(by, key, strict=True)), key, windows, metric) for key in chosen]
    if len(chosen) < len(keys):
        rest_now, rest_before = (_summed(side) for side in zip(*rest, strict=True))
        found.append(_make({}, rest_now, rest_before, (), metric, "rest"))
    return _cents(found)


def _summed(cells: Sequence[Cell]) -> Cell:
    """All places as one; what has visitors has none here, since places share them."""
    return Cell(*(sum(getattr(cell, name) for cell in cells) for name in MEASURES))


def _place(by: Mapping[str, str], key: tuple[str, ...], windows: Windows, metric: str) -> Place:
    return _make(
        by,
        windows.now.get(key, Cell()),
        windows.before.get(key, Cell()),
        windows.earlier.get(key, ()),
        metric,
        "both",
    )


def _make(by: Mapping[str, str], now: Cell, before: Cell, earlier: Sequence[Cell], metric: str, kind: str) -> Place:
    value, previous = now.value(metric), before.value(metric)
    change = value - previous
    exposed = now.visitors > 0 and before.visitors > 0
    e1, e0 = (now.visitors, before.visitors) if exposed else (now.orders, before.orders)
    if kind == "both" and not (now.orders and before.orders):
        kind = "entered" if now.orders else "left" if before.orders else "both"
    rate = (value / e1 - previous / e0) * (e1 + e0) / 2 if e1 and e0 and kind in ("both", "rest") else 0.0
    parts = factors(now, before, metric)
    low = high = None
    if earlier:
        known = [*earlier]
        steps = [a.value(metric) - b.value(metric) for a, b in pairwise(known)]
        if len(steps) >= 6:
            reach = usual_reach(steps)
            low, high = change - reach, change + reach
        parts = with_noise(parts, known, metric)
    return Place(by, change, rate, change - rate, low, high, kind, value, previous, tuple(parts))


def _cents(found: Sequence[Place]) -> list[Place]:
    """Changes, rates and mixes in whole cents that still add up."""
    if not found:
        return []
    changes = to_the_cent([place.change for place in found])
    rounded = []
    for place, change in zip(found, changes, strict=True):
        rate = round(place.rate, 2)
        rounded.append(
            Place(
                place.by,
                float(change),
                rate,
                round(float(change) - rate, 2),
                place.low,
                place.high,
                place.kind,
                place.value,
                place.previous,
                place.parts,
            )
        )
    return rounded
