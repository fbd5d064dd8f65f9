"""What the warehouse holds: rows, days and levels of every table that metrics read, in one engine query per version and set of tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.dimensions import WILDCARD
from zhanggui.numbers.moments import put
from zhanggui.units import Period

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

DAY: dict[str, str] = {
    "order_facts": "day",
    "sales": "day",
    "refund_facts": "day",
    "traffic_days": "day",
    "ad_days": "day",
    "keyword_days": "day",
    "stock_days": "day",
    "reviews": "created_day",
    "chats": "started_day",
    "scores": "day",
    "costs": "day",
}
STATED: dict[str, tuple[str, ...]] = {
    "traffic_days": (
        "visitors",
        "sessions",
        "impressions",
        "clicks",
        "page_views",
        "bounces",
        "favourites",
        "cart_visitors",
        "order_buyers",
        "pay_buyers",
        "pay_amount",
    ),
    "ad_days": ("impressions", "clicks", "cost", "orders", "revenue", "carts"),
    "keyword_days": ("market_searches", "impressions", "clicks", "visitors", "pay_buyers"),
    "stock_days": ("on_hand", "inbound"),
    "scores": ("value",),
    "sales": ("cost",),
}
"""Columns whose presence differs by level or source, and so is counted."""

_WIDTH = max(len(columns) for columns in STATED.values())
SCOPE = {"ad_days": "platform"}
"""Beside the channel, what may come from a file of its own and so have levels of its own."""


@dataclass(frozen=True, slots=True)
class Level:
    """The rows of one table, channel (and ad platform) with the same ``*`` pattern. ``split`` are the dimensions that are not ``*``."""

    table: str
    channel: str
    scope: str
    split: frozenset[str]
    rows: int
    first: date | None
    last: date | None
    stated: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Coverage:
    """All levels of the tables looked at."""

    levels: Sequence[Level] = ()
    foreign: int = 0  # ad and cost rows in another currency than the workspace's
    looked: frozenset[str] = frozenset()  # tables that were counted

    @cached_property
    def _by_table(self) -> dict[str, list[Level]]:
        found: dict[str, list[Level]] = {}
        for level in self.levels:
            found.setdefault(level.table, []).append(level)
        return found

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {table: sum(level.rows for level in levels) for table, levels in self._by_table.items()}

    def of(self, table: str) -> Sequence[Level]:
        return self._by_table.get(table, ())

    def rows(self, table: str) -> int:
        return self._rows.get(table, 0)

    @cached_property
    def _edges(self) -> dict[str, tuple[date, date]]:
        """Of each table the latest first day of a level and the earliest last one: a period that meets both meets every level."""
        return {
            table: (
                max((level.first for level in levels if level.first), default=date.min),
                min((level.last for level in levels if level.last), default=date.max),
            )
            for table, levels in self._by_table.items()
        }

    def reaches(self, table: str, period: Period) -> bool:
        """Whether a period meets the days of every level of the table."""
        first, last = self._edges.get(table, (date.min, date.max))
        return first <= period.end and last >= period.start

    def stated(self, table: str, column: str) -> int:
        return sum(level.stated.get(column, 0) for level in self.of(table))

    def span(self, tables: Sequence[str]) -> tuple[date, date] | None:
        """First and last day of any of the tables, None where they are empty."""
        levels = [level for table in tables for level in self.of(table)]
        first = [level.first for level in levels if level.first]
        last = [level.last for level in levels if level.last]
        return (min(first), max(last)) if first and last else None


def look(warehouse: Warehouse, tables: Collection[str], currency: str, known: Coverage) -> Coverage:
    """Count the levels of those of ``tables`` that are not ``known`` yet, in one engine query."""
    wanted = [table for table in DAY if table in tables and table not in known.looked]
    if not wanted:
        return known
    rows = put(warehouse, ("coverage", *wanted, currency), lambda: _levels(warehouse, wanted, currency)).to_dicts()
    levels = [level for level in map(_level, rows) if level.rows]
    foreign = sum(int(row["foreign"] or 0) for row in rows)
    return Coverage((*known.levels, *levels), known.foreign + foreign, known.looked | set(wanted))


def _levels(warehouse: Warehouse, tables: Sequence[str], currency: str) -> Any:
    blocks = [_block(warehouse, table, currency) for table in tables]
    return ibis.union(*blocks, distinct=False) if len(blocks) > 1 else blocks[0]


def _block(warehouse: Warehouse, name: str, currency: str) -> Any:
    t = warehouse.table(name)
    day = t[DAY[name]]
    also = t.placed_day if name == "order_facts" else day
    marks = {f"p{index}": t[column] != "*" for index, column in enumerate(WILDCARD.get(name, ()))}
    scope = t[SCOPE[name]] if name in SCOPE else ibis.literal("")
    foreign = (
        t.count(where=t.currency != currency) if name in ("ad_days", "costs") else t.count(where=t.channel.isnull())
    )
    stated = STATED.get(name, ())
    counted = t.group_by(channel=t.channel, scope=scope, **marks).aggregate(
        rows=t.count(),
        first=ibis.least(day.min(), also.min()),
        last=ibis.greatest(day.max(), also.max()),
        foreign=foreign,
        **{f"c{index}": t[column].count() for index, column in enumerate(stated)},
    )
    pattern = reduce(lambda text, mark: text + counted[mark].ifelse("1", "0"), marks, ibis.literal(""))
    return counted.select(
        table=ibis.literal(name),
        channel=counted.channel,
        scope=counted.scope,
        pattern=pattern,
        rows=counted.rows.cast("int64"),
        first=counted["first"].cast("date"),
        last=counted["last"].cast("date"),
        foreign=counted.foreign.cast("int64"),
        **{
            f"c{index}": counted[f"c{index}"].cast("int64") if index < len(stated) else ibis.null("int64")
            for index in range(_WIDTH)
        },
    )


def _level(row: Mapping[str, Any]) -> Level:
    table = row["table"]
    wildcard = WILDCARD.get(table, ())
    return Level(
        table=table,
        channel=row["channel"],
        scope=row["scope"],
        split=frozenset(name for name, mark in zip(wildcard, row["pattern"], strict=True) if mark == "1"),
        rows=int(row["rows"]),
        first=row["first"],
        last=row["last"],
        stated={column: int(row[f"c{index}"] or 0) for index, column in enumerate(STATED.get(table, ()))},
    )
