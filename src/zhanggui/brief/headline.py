"""The numbers of the brief against what was to be expected of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from zhanggui.brief.kinds import MetricLine
from zhanggui.config import Config
from zhanggui.methods.expectation import Expectation, expect
from zhanggui.metrics import METRICS
from zhanggui.numbers.festivals import festival_in
from zhanggui.numbers.frames import View
from zhanggui.numbers.kinds import Answer, Question
from zhanggui.numbers.query import ask
from zhanggui.playbooks.terms import first_day
from zhanggui.units import Clock, Period

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

Floats = npt.NDArray[np.float64]
ALWAYS = ("orders", "gross_sales", "net_sales", "units", "average_order_value", "refund_amount")
WITH_TRAFFIC = ("visitors", "conversion_rate")
TESTED = ("orders", "gross_sales", "average_order_value", "visitors", "conversion_rate", "discount_rate")
"""The headline tests of a morning; net sales and units move with these and would be the same cause twice."""
COUNTS = ("orders", "visitors", "units", "new_buyers", "returning_buyers")
YEAR_DAYS = 364
SAME_WEEKDAYS = 26
STEADY_ORDERS = 6.0
"""A weekday with so many orders is empty by chance once in four hundred times: without a sale it was closed."""
TOO_WIDE = 10.0
"""A range that reaches so many times beyond what is expected says only that too little is known."""
BY_OPEN_DAYS = ("orders", "gross_sales", "net_sales", "units", "refund_amount", "new_buyers", "returning_buyers")


@dataclass(frozen=True, slots=True)
class Headline:
    """The lines, and the weekly series behind them for the charts."""

    lines: Sequence[MetricLine]
    yesterday: Sequence[MetricLine]
    series: Mapping[str, Any]


def headline(
    warehouse: Warehouse,
    view: View,
    frames: Mapping[str, pl.DataFrame],
    config: Config,
    clock: Clock,
    *,
    daily: bool,
    begins: date,
) -> Headline:
    """Ask for the numbers of the period, and set each against its own past blocks. ``begins`` is the first day of the data."""
    names = [name for name in _names(frames, warehouse) if name in METRICS]
    answer = ask(
        warehouse,
        Question(tuple(names), start=view.period.start, end=view.period.end, against=view.period.aligned_before()),
        config=config,
        clock=clock,
    )
    days = _traffic_days(warehouse, view, config, clock)
    history = {name: _history(name, frames, days, view) for name in names}
    festive = [festival_in(_block(view, i), config.timezone) for i in range(len(history["orders"]))]
    level = config["normal_level"]
    opened = open_share(frames["shop_days"], view, len(history["orders"]))
    lines = [_line(name, answer, history[name], festive, level, opened, view.days) for name in names]
    lines = [line for line in lines if line.value is not None and not _without_data(line)]
    if view.period.aligned_before().start < begins:
        lines = [replace(line, previous=None) for line in lines]  # what is not in the data was not nought
    yesterday = _yesterday(warehouse, view, frames, days, config) if daily else []
    return Headline(lines, yesterday, _series(history, lines, festive, level, opened, view))


def _without_data(line: MetricLine) -> bool:
    """Whether the tables behind a number are empty: its nought would be read as an answer."""
    return any(flag.caveat == "table_missing" for flag in line.flags)


def _names(frames: Mapping[str, pl.DataFrame], warehouse: Warehouse) -> list[str]:
    rows = warehouse.rows()
    of_table = {"refund_amount": "refunds", "units": "order_lines"}
    names = [name for name in ALWAYS if name not in of_table or rows.get(of_table[name])]
    blocks = frames["shop_blocks"]
    if blocks.height and float(blocks["known_orders"].fill_null(0).sum()) > 0:
        names += ["new_buyers", "returning_buyers"]
    if blocks.height and float(blocks["discount"].fill_null(0).sum()) > 0:
        names.append("discount_rate")
    if rows.get("traffic_days"):
        names = [*WITH_TRAFFIC, *names]
    return names


def _block(view: View, index: int) -> Period:
    return view.period.shift(-view.days * index)


def _traffic_days(warehouse: Warehouse, view: View, config: Config, clock: Clock) -> pl.DataFrame:
    if not warehouse.rows().get("traffic_days"):
        return pl.DataFrame(schema={"day": pl.Date, "visitors": pl.Float64, "pay_buyers": pl.Float64})
    question = Question(("visitors", "conversion_rate"), ("day",), start=view.start, end=view.as_of)
    rows = ask(warehouse, question, config=config, clock=clock).rows
    # The buyers that the platform counts, as its conversion does: those of the orders are fewer where names are masked.
    buyers = (pl.col("visitors") * pl.col("conversion_rate")).alias("pay_buyers")
    return rows.select(pl.col("day").str.to_date(), "visitors", buyers)


def _history(name: str, frames: Mapping[str, pl.DataFrame], traffic: pl.DataFrame, view: View) -> Floats:
    """The metric in block 0, 1, 2 …, as far back as blocks are whole; NaN where a block has no sale at all."""
    if name in WITH_TRAFFIC:
        return _traffic_history(name, traffic, view)
    days = frames["shop_days"]
    first = first_day(days.filter(pl.col("orders") > 0))
    if first is None:
        return np.full(1, np.nan)
    whole = min(((view.as_of - first).days + 1) // view.days, view.blocks)
    columns = {
        column: _blocks(frames["shop_blocks"], column, whole)
        for column in (
            "orders",
            "valued",
            "gross",
            "refunds",
            "units",
            "discount",
            "listed",
            "new_buyers",
            "returning_buyers",
        )
    }
    orders, gross, refunds = columns["orders"], columns["gross"], columns["refunds"]
    with np.errstate(divide="ignore", invalid="ignore"):
        values = {
            "orders": orders,
            "gross_sales": gross,
            "net_sales": gross - refunds,
            "units": columns["units"],
            "average_order_value": (gross - refunds) / columns["valued"],
            "refund_amount": refunds,
            "discount_rate": columns["discount"] / columns["listed"],
            "new_buyers": columns["new_buyers"],
            "returning_buyers": columns["returning_buyers"],
        }[name]
    return np.where(orders > 0, values, np.nan)


def _blocks(frame: pl.DataFrame, column: str, blocks: int) -> Floats:
    values = np.zeros(max(blocks, 1))
    for block, value in frame.select("block", column).iter_rows():
        if 0 <= block < blocks:
            values[int(block)] = value or 0.0
    return values


def _traffic_history(name: str, traffic: pl.DataFrame, view: View) -> Floats:
    days = traffic.drop_nulls("visitors")
    if days.is_empty():
        return np.full(1, np.nan)
    block = (pl.lit(view.as_of) - pl.col("day")).dt.total_days() // view.days
    sums = days.group_by(block.alias("block")).agg(
        visitors=pl.col("visitors").sum(),
        pay_buyers=pl.col("pay_buyers").sum(),
        days=pl.len(),
        counted=pl.col("pay_buyers").count(),
    )
    values = np.full(int(sums["block"].max()) + 1, np.nan)  # type: ignore[arg-type]
    for index, visitors, buyers, covered, counted in sums.iter_rows():
        if covered < view.days or visitors <= 0:
            continue
        if name == "visitors":
            values[int(index)] = visitors
        elif counted == view.days:
            values[int(index)] = buyers / visitors
    return values


def open_share(days: pl.DataFrame, view: View, blocks: int) -> Floats:
    """How much of each block the shop was open, 1 = as usual: a day without a sale counts as closed where its weekday sells so
    steadily that chance cannot empty it (bank holidays, stock takes); weighted by what the weekday usually sells."""
    shares = np.ones(blocks)
    sold = dict(days.filter(pl.col("orders") > 0).select("day", "orders").iter_rows())
    if not sold:
        return shares
    first = min(sold)
    reach = [view.as_of - timedelta(days=i) for i in range(view.days * blocks)]
    orders = np.array([float(sold.get(day, 0.0)) if day >= first else np.nan for day in reach])
    for block in range(blocks):
        here = slice(block * view.days, (block + 1) * view.days)
        usual = np.array([_usual_weekday(orders, i) for i in range(here.start, here.stop)])
        closed = (orders[here] == 0) & (usual >= STEADY_ORDERS)
        if closed.any() and usual.sum() > 0:
            shares[block] = 1 - usual[closed].sum() / usual.sum()
    return shares


def _usual_weekday(orders: Floats, i: int) -> float:
    """The median of the same weekday in the eight weeks before and after."""
    near = orders[max(i % 7, i - 56) : i + 57 : 7]
    near = near[~np.isnan(near)]
    return float(np.median(near)) if near.size else 0.0


def expected_of(
    history: Floats,
    observed: float | None,
    festive: Sequence[str | None],
    level: float,
    *,
    counts: bool,
    days: int = 7,
    opened: Floats | None = None,
) -> Expectation | str:
    """Expectation of block 0 from the others (blocks of ``days`` days), or the key of the refusal."""
    past = history[1:][::-1].copy()
    known = past[~np.isnan(past)]
    if past.size == 0 or (not counts and known.size > 0 and np.count_nonzero(known) * 2 < known.size):
        return "constant"  # where most blocks had none of it, the few that had say little of what is usual
    exposure = None if opened is None else np.append(opened[1 : history.size][::-1], opened[0])
    names = [*festive[: history.size], *[None] * (history.size - len(festive))]
    marks = np.array([name is not None for name in names])
    if names[0] is not None:
        # What a new year takes away says nothing of what a shopping day brings: only its own kind teaches a festival.
        past[[name not in (None, names[0]) for name in names[1:]][::-1]] = np.nan
    events = np.append(marks[1:][::-1], marks[0])
    year = max(round(YEAR_DAYS / days), 2)
    answer = expect(past, observed, period=year, events=events, exposure=exposure, level=level, counts=counts)
    if not isinstance(answer, Expectation):
        return answer.code
    return "too_short" if answer.high > TOO_WIDE * max(answer.expected, 1.0) else answer


def _line(
    name: str,
    answer: Answer,
    history: Floats,
    festive: Sequence[str | None],
    level: float,
    opened: Floats,
    days: int,
) -> MetricLine:
    row = answer.rows.row(0, named=True)
    value, previous = row[name], row[f"{name}_previous"]
    unit = METRICS[name].unit
    flags = tuple(flag for flag in answer.flags if flag.metric == name)
    line = MetricLine(name, unit, value, previous, None, None, None, False, level=level, flags=flags)
    instead = next((flag.instead for flag in flags if flag.instead), None)
    line = replace(line, instead=instead)
    if value is None or np.isnan(history[0]):
        return replace(line, refusal="too_short" if history.size == 1 else "no_value")
    shares = opened if name in BY_OPEN_DAYS else None
    seen = float(history[0])
    expected = expected_of(history, seen, festive, level, counts=name in COUNTS, days=days, opened=shares)
    if isinstance(expected, str):
        return replace(line, refusal=expected)
    p = expected.p_two_sided if name in TESTED else None
    return replace(line, expected=expected.expected, low=expected.low, high=expected.high, p=p)


def _yesterday(
    warehouse: Warehouse, view: View, frames: Mapping[str, pl.DataFrame], traffic: pl.DataFrame, config: Config
) -> list[MetricLine]:
    """The last day against the same weekday of the half year before, for shops large enough to be read by the day."""
    days = frames["shop_days"].select("day", "orders", "gross")
    lines = []
    for name, frame, column in (
        ("orders", days, "orders"),
        ("gross_sales", days, "gross"),
        ("visitors", traffic, "visitors"),
    ):
        known = dict(frame.select("day", column).iter_rows()) if frame.height else {}
        if view.as_of not in known:
            continue
        past = [view.as_of - timedelta(days=7 * k) for k in range(1, SAME_WEEKDAYS + 1)]
        values = np.array([_value(known, day) for day in past])
        history = np.append(_value(known, view.as_of), values)
        festive = [festival_in(Period(day, day), config.timezone) for day in [view.as_of, *past]]
        expected = expected_of(
            _trimmed(history), float(history[0]), festive, config["normal_level"], counts=name in COUNTS
        )
        line = MetricLine(name, METRICS[name].unit, float(history[0]), float(values[0]), None, None, None, False)
        if isinstance(expected, str):
            lines.append(replace(line, refusal=expected))
            continue
        outside = not expected.low <= history[0] <= expected.high
        lines.append(
            replace(
                line,
                expected=expected.expected,
                low=expected.low,
                high=expected.high,
                p=expected.p_two_sided,
                unusual=outside and expected.p_two_sided <= config["alarm_false_discovery"] / 3,
            )
        )
    return lines


def _value(known: Mapping[date, float | None], day: date) -> float:
    value = known.get(day)
    return float("nan") if value is None else float(value)


def _trimmed(history: Floats) -> Floats:
    """Without the unknown weeks before the data begins."""
    known = np.flatnonzero(~np.isnan(history))
    return history[: known[-1] + 1] if known.size else history[:1]


def _series(
    history: Mapping[str, Floats],
    lines: Sequence[MetricLine],
    festive: Sequence[str | None],
    level: float,
    opened: Floats,
    view: View,
) -> dict[str, Any]:
    """The last 13 blocks of the tested headline metrics with what was to be expected of each at its time."""
    shown = 13
    metrics: dict[str, Any] = {}
    for line in lines:
        if line.name not in ("orders", "gross_sales", "visitors", "conversion_rate"):
            continue
        values = history[line.name]
        points = [i for i in range(shown) if i < values.size and not np.isnan(values[i])][::-1]
        shares = opened if line.name in BY_OPEN_DAYS else None
        bands = [
            expected_of(
                values[i:],
                None,  # a band needs no p-value
                festive[i:],
                level,
                counts=line.name in COUNTS,
                days=view.days,
                opened=None if shares is None else shares[i:],
            )
            for i in points
        ]
        metrics[line.name] = {
            "weeks": [_block(view, i).end.isoformat() for i in points],
            "values": [float(values[i]) for i in points],
            "low": [b.low if isinstance(b, Expectation) else None for b in bands],
            "high": [b.high if isinstance(b, Expectation) else None for b in bands],
            "expected": [b.expected if isinstance(b, Expectation) else None for b in bands],
        }
    weeks = [_block(view, i).end.isoformat() for i in range(shown)][::-1]
    return {"weeks": weeks, "metrics": metrics}
