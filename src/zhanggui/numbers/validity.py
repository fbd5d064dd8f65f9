"""When a number is not what it seems: flags beside every answer, from one small engine query per version of the data."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis
import polars as pl

from zhanggui import i18n
from zhanggui.metrics import MEASURES, METRICS
from zhanggui.metrics.kinds import Metric
from zhanggui.numbers.coverage import Coverage
from zhanggui.numbers.development import ENOUGH_REFUNDS
from zhanggui.numbers.kinds import TIME, Flag, Question
from zhanggui.numbers.moments import put
from zhanggui.units import Clock, Period, Words

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

TINY = 30
"""A share of fewer than this many says little."""
REFUND_DAYS = 30
"""Days after a sale within which most of its refunds come."""
DELIVERY_DAYS = 14
"""Days after a sale within which most orders have left and arrived."""
YEAR_DAYS = 365
MASKED_SHARE = 0.01
USUAL_SHARE = 0.8
"""A weekday on which sales fall on at least this share of its days is a day of business; without any sale it is a gap."""
ENOUGH_WEEKS = 4

_ORDERS = ("orders", "unknown_buyers", "presales", "unrated", "unrated_money", "currencies", "last_second")
_REFUNDS = ("undated", "undated_money", "unlinked", "unlinked_money", "unrated_refunds")
_COLUMNS = (*_ORDERS, *_REFUNDS, "traffic_rows")


@dataclass(frozen=True)
class Daily:
    """The counts by day (see :func:`by_day`), and what is the same in them for every question."""

    frame: pl.DataFrame

    @cached_property
    def sales(self) -> pl.DataFrame:
        """The days with a sale, oldest first."""
        return self.frame.filter(pl.col("orders") > 0).sort("day")

    @cached_property
    def reported(self) -> tuple[date, ...]:
        """The days with traffic, oldest first."""
        return tuple(self.frame.filter(pl.col("traffic_rows") > 0).sort("day").get_column("day"))

    @cached_property
    def _columns(self) -> tuple[list[date], dict[str, Any]]:
        """The days, oldest first, and the numbers beside them."""
        days = self.frame.sort("day")
        return days.get_column("day").to_list(), {name: days.get_column(name).to_numpy() for name in _COLUMNS}

    def sum(self, column: str, period: Period) -> float:
        """The total of a column over a period."""
        days, columns = self._columns
        return float(columns[column][_between(days, period)].sum())

    def unreported(self, period: Period) -> list[date]:
        """The days of a period without traffic."""
        held = self.reported[_between(self.reported, period)]
        return sorted(set(period.each()) - set(held)) if len(held) < period.days else []

    @cached_property
    def last(self) -> date | None:
        """The last day with a sale."""
        return self.sales.get_column("day")[-1] if self.sales.height else None

    @cached_property
    def last_open(self) -> bool:
        """Whether the last day with a sale breaks off earlier than those before it."""
        return self.last is not None and _breaks_off(self.sales, self.last)

    @cached_property
    def gaps(self) -> tuple[date, ...]:
        """Days without any sale on a weekday that has sales nearly always, oldest first."""
        sold: set[date] = set(self.sales.get_column("day"))
        if not sold:
            return ()
        span = Period(min(sold), max(sold))
        weeks = (span.end - span.start).days // 7
        if weeks < ENOUGH_WEEKS:
            return ()
        often = Counter(day.weekday() for day in sold)
        usual = {weekday for weekday, times in often.items() if times >= USUAL_SHARE * weeks}
        return tuple(day for day in span.each() if day not in sold and day.weekday() in usual)

    @cached_property
    def currencies(self) -> float:
        """The most currencies without a rate on one day."""
        most: Any = self.frame.get_column("currencies").max()
        return float(most or 0)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a flag is judged by."""

    question: Question
    period: Period
    held: Coverage
    daily: Daily
    measured: pl.DataFrame
    gaps: Mapping[str, Any]
    today: date

    def sum(self, column: str) -> float:
        """The total of a daily column over the period."""
        return self.daily.sum(column, self.period)

    def total(self, measure: str) -> float:
        """The total of a measure over the answer's rows."""
        return float(self.measured.get_column(measure).sum() or 0) if measure in self.measured.columns else 0.0

    def last(self) -> date:
        """The last day of orders."""
        span = self.held.span(("order_facts", "refund_facts"))
        return span[1] if span else self.period.end


@dataclass
class Validity:
    """The counts by day behind the flags, kept per version of the data."""

    daily: Daily | None = None
    with_traffic: bool = False

    def counts(self, warehouse: Warehouse, held: Coverage) -> Daily:
        traffic = held.rows("traffic_days") > 0
        if self.daily is None or (traffic and not self.with_traffic):
            self.daily, self.with_traffic = Daily(by_day(warehouse, traffic=traffic)), traffic
        return self.daily


def _between(days: Sequence[date], period: Period) -> slice:
    """Where the days of a period stand among ``days``, which are in order."""
    return slice(bisect_left(days, period.start), bisect_right(days, period.end))


def by_day(warehouse: Warehouse, *, traffic: bool) -> pl.DataFrame:
    """day · one float64 column for each of the counts that flags need; those of traffic only where it is asked."""
    frame = put(warehouse, ("validity", traffic), lambda: _by_day(warehouse, traffic=traffic))
    return frame.with_columns(pl.col("day").cast(pl.Date), pl.exclude("day", "last_second").fill_null(0.0)).sort("day")


def _by_day(warehouse: Warehouse, *, traffic: bool) -> Any:
    o, r, t = (warehouse.table(name) for name in ("order_facts", "refund_facts", "traffic_days"))
    sold = o.filter(o.counted & o.day.notnull())
    open_presales = o.filter(o.placed & ~o.counted & (o.kind == "presale") & o.placed_day.notnull())
    back = r.filter((r.status.isnull() | (r.status == "finished")) & ~r.non_goods.fill_null(False) & r.day.notnull())
    seconds = sold.paid_at.coalesce(sold.created_at).epoch_seconds()
    blocks = [
        sold.group_by(day=sold.day).aggregate(
            orders=sold.count(),
            unknown_buyers=sold.count(where=sold.customer_key.isnull()),
            presales=sold.count(where=sold.kind == "presale"),
            unrated=sold.count(where=sold.goods.isnull() & sold.goods_own.notnull()),
            unrated_money=sold.goods_own.sum(where=sold.goods.isnull()),
            currencies=sold.currency.nunique(where=sold.goods.isnull()),
            last_second=seconds.max(),
        ),
        open_presales.group_by(day=open_presales.placed_day).aggregate(presales=open_presales.count()),
        back.group_by(day=back.day).aggregate(
            undated=back.count(where=~back.dated),
            undated_money=back.amount.sum(where=~back.dated),
            unlinked=back.count(where=back.sale_day.isnull()),
            unlinked_money=back.amount.sum(where=back.sale_day.isnull()),
            unrated_refunds=back.count(where=back.amount.isnull()),
        ),
    ]
    if traffic:
        blocks.append(t.group_by(day=t.day).aggregate(traffic_rows=t.count()))
    shaped = [
        block.select(
            "day",
            **{
                name: block[name].cast("float64") if name in block.columns else ibis.null("float64")
                for name in _COLUMNS
            },
        )
        for block in blocks
    ]
    union = ibis.union(*shaped, distinct=False)
    return union.group_by("day").aggregate(**{name: union[name].sum() for name in _COLUMNS})


def last_full_day(daily: Daily, held: Coverage, clock: Clock) -> date:
    """The last day the data covers whole: before the clock's today, and not one whose sales break off earlier than on any other day.

    Assumes that a file exported in the middle of a day ends with that day; told from the last sale of each of the 28 days before
    (at least seven of them with three sales or more). Data without times of day is taken as whole.
    """
    yesterday = clock.today() - timedelta(days=1)
    days = daily.sales.filter(pl.col("day") <= yesterday)
    if not days.height:
        span = held.span(("traffic_days", "ad_days", "order_facts"))
        return min(span[1], yesterday) if span else yesterday
    last: date = days.get_column("day")[-1]
    return last - timedelta(days=1) if _breaks_off(days, last) else last


def _breaks_off(days: pl.DataFrame, last: date) -> bool:
    moment = (pl.col("last_second") - pl.col("day").cast(pl.Datetime("ms")).dt.epoch("s")).alias("moment")
    recent = days.filter(pl.col("day") > last - timedelta(days=29)).select("day", "orders", moment)
    before = recent.filter((pl.col("day") < last) & (pl.col("orders") >= 3)).get_column("moment").drop_nulls()
    now = recent.filter(pl.col("day") == last).get_column("moment")[0]
    return now is not None and before.len() >= 7 and now < before.min()


def flags(metrics: Sequence[Metric], seen: Seen) -> list[Flag]:
    """The flags of an answer, metric by metric, in the order of each metric's caveats."""
    found: list[Flag] = []
    for one in metrics:
        for caveat in dict.fromkeys(("table_missing", *one.caveats, "source_unknown")):
            check = CHECKS.get(caveat)
            flag = check(one, seen) if check else None
            if flag is not None:
                found.append(flag)
    return found


def said(flag: Flag) -> Words:
    """The flag as a sentence: with its numbers where there are words for them, else the caveat as the catalogue has it."""
    key = f"metrics.flag.{flag.caveat}"
    if not i18n.has(key):
        return Words(f"metrics.caveat.{flag.caveat}")
    return Words(key, {"rows": flag.rows, **flag.params})


def _flag(one: Metric, caveat: str, rows: float = 0, money: float | None = None, **params: Any) -> Flag:
    return Flag(one.name, caveat, rows=int(rows), money=money, instead=_instead(one, caveat), params=params)


def _instead(one: Metric, caveat: str) -> str | None:
    """The metric's substitute, where it has not the same caveat: what is doubtful for the same reason is no way out."""
    if one.substitute is None or (caveat != "table_missing" and caveat in METRICS[one.substitute].caveats):
        return None
    return one.substitute


def _presale(one: Metric, seen: Seen) -> Flag | None:
    rows = seen.sum("presales")
    return _flag(one, "presale", rows) if rows else None


def _running_day(one: Metric, seen: Seen) -> Flag | None:
    end = seen.question.end
    cut = seen.today <= end if end else any((level.last or seen.today) >= seen.today for level in _read(one, seen))
    if cut:
        return _flag(one, "running_day", day=seen.today.isoformat())
    open_end = seen.daily.last == seen.period.end and seen.daily.last_open
    return _flag(one, "last_day_open", day=seen.period.end.isoformat()) if open_end else None


def _read(one: Metric, seen: Seen) -> list[Any]:
    return [level for name in one.measures for level in seen.held.of(MEASURES[name].table)]


def _refunds_to_come(one: Metric, seen: Seen) -> Flag | None:
    since = max(seen.period.start, seen.last() - timedelta(days=REFUND_DAYS - 1))
    if not seen.held.rows("refund_facts") or seen.period.end < since:
        return None
    return _flag(one, "refunds_to_come", (seen.period.end - since).days + 1, since=since.isoformat())


def _fx_missing(one: Metric, seen: Seen) -> Flag | None:
    rows = seen.sum("unrated") + seen.sum("unrated_refunds")
    if not rows:
        return None
    single = seen.sum("unrated_refunds") == 0 and seen.daily.currencies == 1
    return _flag(one, "fx_missing", rows, seen.sum("unrated_money") if single else None)


def _days_missing(one: Metric, seen: Seen) -> Flag | None:
    tables = {MEASURES[name].table for name in one.measures}
    days: set[date] = set()
    if tables & {"order_facts", "sales"}:
        days.update(seen.daily.gaps[_between(seen.daily.gaps, seen.period)])
    if "traffic_days" in tables and seen.held.rows("traffic_days"):
        days.update(seen.daily.unreported(seen.period))
    if not days:
        return None
    return _flag(one, "days_missing", len(days), first=min(days).isoformat(), last=max(days).isoformat())


def _level_missing(one: Metric, seen: Seen) -> Flag | None:
    choices = [seen.gaps[name] for name in one.measures if name in seen.gaps]
    if not choices:
        return None
    return _flag(
        one,
        "level_missing",
        table=choices[0].table,
        split=" × ".join(choices[0].wanted) or "*",
        channels=", ".join(choices[0].missing),
    )


def _tiny_denominator(one: Metric, seen: Seen) -> Flag | None:
    name = one.measures[-1] + (f"__{one.window_days}" if one.window_days else "")
    if one.kind == "simple" or MEASURES[one.measures[-1]].unit != "count" or name not in seen.measured.columns:
        return None
    column = seen.measured.get_column(name)
    rows = int(((column < TINY) & (column >= 0)).sum())
    return _flag(one, "tiny_denominator", rows, least=TINY) if rows else None


def _masked_names(one: Metric, seen: Seen) -> Flag | None:
    rows, orders = seen.sum("unknown_buyers"), seen.sum("orders")
    if not orders or rows / orders < MASKED_SHARE:
        return None
    return _flag(one, "masked_names", rows, share=round(rows / orders, 4))


def _cost_missing(one: Metric, seen: Seen) -> Flag | None:
    gross = seen.total("gross_sales")
    lacking = gross - seen.total("costed_sales")
    if lacking <= 0.005:
        return None
    return _flag(one, "cost_missing", money=lacking, share=round(lacking / gross, 4))


def _cost_sheet(one: Metric, seen: Seen) -> Flag | None:
    money = seen.total("sheet_costed_sales")
    shares = seen.total("order_costs") if "order_costs" in one.measures else 0.0
    if money <= 0 and shares <= 0:
        return None
    gross = seen.total("gross_sales")
    return _flag(one, "cost_sheet", money=money, share=round(money / gross, 4) if gross else 0.0)


def _refund_undated(one: Metric, seen: Seen) -> Flag | None:
    rows = seen.sum("undated")
    return _flag(one, "refund_undated", rows, seen.sum("undated_money")) if rows else None


def _refund_unlinked(one: Metric, seen: Seen) -> Flag | None:
    rows = seen.sum("unlinked")
    return _flag(one, "refund_unlinked", rows, seen.sum("unlinked_money")) if rows else None


def _history_short(one: Metric, seen: Seen) -> Flag | None:
    span = seen.held.span(("order_facts",))
    if span is None or (seen.period.start - span[0]).days >= YEAR_DAYS:
        return None
    return _flag(one, "history_short", days=max(0, (seen.period.start - span[0]).days), first=span[0].isoformat())


def _visitor_days(one: Metric, seen: Seen) -> Flag | None:
    grains = [name for name in seen.question.by if name in TIME]
    return _flag(one, "visitor_days") if seen.period.days > 1 and "day" not in grains else None


def _still_open(one: Metric, seen: Seen) -> Flag | None:
    recent = seen.period.end > seen.last() - timedelta(days=DELIVERY_DAYS)
    return _flag(one, "still_open", days=DELIVERY_DAYS) if recent and seen.held.rows("order_facts") else None


def _score_mixed(one: Metric, seen: Seen) -> Flag | None:
    fixed = {*seen.question.by, *(name for name, values in seen.question.where.items() if len(values) == 1)}
    return None if {"system", "name"} <= fixed or not seen.held.rows("scores") else _flag(one, "score_mixed")


def _whole_months(one: Metric, seen: Seen) -> Flag | None:
    whole = seen.period.start.day == 1 and (seen.period.end + timedelta(days=1)).day == 1
    return None if whole else _flag(one, "whole_months")


def _development_unknown(one: Metric, seen: Seen) -> Flag | None:
    column = "refunds_to_come"
    unknown = column in seen.measured.columns and seen.measured.get_column(column).null_count() > 0
    return _flag(one, "development_unknown", least=ENOUGH_REFUNDS) if unknown and seen.total("gross_sales") else None


def _claimed(one: Metric, seen: Seen) -> Flag | None:
    return _flag(one, "claimed") if seen.held.rows("ad_days") else None


def _source_unknown(one: Metric, seen: Seen) -> Flag | None:
    """Of a split by source, the share of what nobody knows the source of; told by the metric's own first measure."""
    name = one.measures[0] + (f"__{one.window_days}" if one.window_days else "")
    if "source" not in seen.question.by or name not in seen.measured.columns or MEASURES[one.measures[0]].levels:
        return None
    whole = seen.total(name)
    lost = float(seen.measured.filter(pl.col("source").fill_null("") == "").get_column(name).sum() or 0)
    if not lost or not whole:
        return None
    share = lost / whole
    return Flag(one.name, "source_unknown", params={"share": round(share, 4), "percent": round(100 * share, 1)})


def _table_missing(one: Metric, seen: Seen) -> Flag | None:
    """The table a metric needs has no row; no refund at all is possible, so refunds are missing only where orders are."""
    empty = [
        table
        for table in dict.fromkeys(MEASURES[name].table for name in one.measures if name not in one.optional)
        if table != "calendar" and not seen.held.rows("order_facts" if table == "refund_facts" else table)
    ]
    if not empty:
        return None
    needs = [table for table in one.needs if not seen.held.rows(_FACT_OF.get(table, table))]
    return _flag(one, "table_missing", tables=", ".join(needs or one.needs))


_FACT_OF = {"orders": "order_facts", "order_lines": "sales", "refunds": "refund_facts"}

CHECKS: Mapping[str, Callable[[Metric, Seen], Flag | None]] = {
    "presale": _presale,
    "running_day": _running_day,
    "refunds_to_come": _refunds_to_come,
    "fx_missing": _fx_missing,
    "days_missing": _days_missing,
    "level_missing": _level_missing,
    "tiny_denominator": _tiny_denominator,
    "masked_names": _masked_names,
    "cost_missing": _cost_missing,
    "cost_sheet": _cost_sheet,
    "refund_undated": _refund_undated,
    "refund_unlinked": _refund_unlinked,
    "history_short": _history_short,
    "visitor_days": _visitor_days,
    "still_open": _still_open,
    "score_mixed": _score_mixed,
    "whole_months": _whole_months,
    "claimed": _claimed,
    "development_unknown": _development_unknown,
    "source_unknown": _source_unknown,
    "table_missing": _table_missing,
}
"""One check per caveat that a metric may carry; two are asked of every metric."""
