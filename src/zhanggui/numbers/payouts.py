"""What platforms paid out against what the orders let expect, order by order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import polars as pl

from zhanggui.numbers.frames.grid import MONEY
from zhanggui.numbers.moments import AS_OF, END, START, put
from zhanggui.units import Period

if TYPE_CHECKING:
    from datetime import date

    from zhanggui.store import Warehouse

KINDS = ("agrees", "short", "kept", "over", "missing", "transit")
ASKED = ("short", "missing", "over")
"""What a person should ask the platform about."""
DUE_DAYS = 21
"""After so many days since delivery, or since the sale where that is not told, a payout is late."""
CENTS, SHARE = 0.05, 0.001
"""A gap is one from so much on, and so large a share of what was expected: roundings of parts are none."""
MOST = 200
ORDER = ("channel", "order_id")


@dataclass(frozen=True, slots=True)
class Payouts:
    """The orders of ``period`` as they stand on ``as_of``. ``sums``: channel · kind · orders · expected · paid; ``rows``: channel ·
    order_id · day · kind · expected · paid · gap of what is short, missing or too much, the largest gaps first (``MOST`` at most).
    ``silent`` are channels whose files tell no payout at all: nothing is expected of them.

    Kinds: ``agrees``; ``short`` (less than expected); ``kept`` (less, and no file says which fees were taken); ``over``; ``missing`` (no
    payout though it is due); ``transit`` (not due yet).
    """

    period: Period
    as_of: date
    sums: pl.DataFrame
    rows: pl.DataFrame
    silent: tuple[str, ...] = ()


def payouts(warehouse: Warehouse, period: Period, as_of: date) -> Payouts:
    """Hold what was paid out against goods + freight + tax + other lines − booked fees − refunds so far. Two questions."""
    moments = {START: period.start, END: period.end, AS_OF: as_of}
    sums = put(warehouse, "payouts by kind", lambda: _sums(_judged(warehouse)), moments).sort("channel", "kind")
    rows = put(warehouse, "payouts in question", lambda: _asked(_judged(warehouse)), moments)
    told = set(sums.filter(pl.col("payouts") > 0)["channel"])
    silent = tuple(sorted(set(sums["channel"]) - told))
    known = sums.filter(pl.col("channel").is_in(sorted(told)))
    kept = rows.filter(pl.col("channel").is_in(sorted(told)))
    return Payouts(period, as_of, known.drop("payouts"), kept, silent)


def _judged(warehouse: Warehouse) -> Any:
    """Each counted order with what was to be expected of its payout."""
    orders = warehouse.table("order_facts")
    orders = orders.filter(orders.counted & (orders.day >= START) & (orders.day <= END))
    back = warehouse.table("refund_facts")
    back = back.filter((back.status.isnull() | (back.status == "finished")) & (back.day <= AS_OF))
    back = back.group_by(*ORDER).agg(back=back.amount.sum().cast(MONEY))
    both = orders.left_join(back, list(ORDER)).drop("channel_right", "order_id_right")
    parts = [both[name].cast(MONEY).fill_null(0.0) for name in ("goods", "non_goods", "shipping", "tax")]
    whole = parts[0] + parts[1] + parts[2] + parts[3]
    expected = ibis.greatest(whole - both.back.fill_null(0.0), 0.0) - both.fees.cast(MONEY).fill_null(0.0)
    since = AS_OF.delta(ibis.coalesce(both.delivered_at.date(), both.day), unit="day")
    judged = both.select(
        *ORDER, "day", expected=expected, paid=both.payout.cast(MONEY), told=both.fees.notnull(), age=since
    )
    gap = judged.paid.fill_null(0.0) - judged.expected
    limit = ibis.greatest(CENTS, SHARE * judged.expected.abs())
    kind = ibis.cases(
        (gap.abs() <= limit, "agrees"),
        (judged.paid.isnull() & (judged.age < DUE_DAYS), "transit"),
        (judged.paid.isnull() & (judged.expected > 0), "missing"),
        (gap > 0, "over"),
        (judged.told, "short"),
        else_="kept",
    )
    return judged.mutate(gap=gap, kind=kind)


def _sums(judged: Any) -> Any:
    return judged.group_by("channel", "kind").agg(
        orders=judged.count(),
        expected=judged.expected.sum(),
        paid=judged.paid.sum().fill_null(0.0),
        payouts=judged.paid.count(),
    )


def _asked(judged: Any) -> Any:
    found = judged.filter(judged.kind.isin(ASKED))
    found = found.order_by([found.gap.abs().desc(), found.channel, found.order_id]).limit(MOST)
    return found.select(*ORDER, "day", "kind", "expected", "paid", "gap")
