"""A drawn warehouse: the tables as declared, on an in-memory engine, filled row by row."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import ibis
import polars as pl

from zhanggui.config import Config
from zhanggui.numbers.kinds import Answer, Question
from zhanggui.numbers.query import ask
from zhanggui.tables import FACTS, TABLES, Table
from zhanggui.units import Clock

TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "money": "DECIMAL(18,4)",
    "instant": "TIMESTAMP",
    "day": "DATE",
    "flag": "BOOLEAN",
    "list": "VARCHAR",
}
CONFIG = Config(currency="GBP", timezone="UTC")
CLOCK = Clock("UTC", lambda: datetime.fromisoformat("2026-01-01T12:00:00+00:00"))


def columns(table: Table) -> dict[str, str]:
    named = {"channel": "VARCHAR"} if table.has_channel else {}
    for column in table.columns:
        named[column.name] = TYPES[column.kind]
        if column.day:
            named[column.day_name] = "DATE"
    return named


class DrawnWarehouse:
    """Real DuckDB in memory with every canonical and derived table."""

    def __init__(self) -> None:
        self.connection = ibis.duckdb.connect(":memory:")
        self.raw = self.connection.con
        self.version = 0
        self.queries = 0
        for table in (*TABLES.values(), *FACTS.values()):
            definition = ", ".join(f'"{name}" {kind}' for name, kind in columns(table).items())
            self.raw.execute(f'CREATE TABLE "{table.name}" ({definition})')

    def table(self, name: str) -> Any:
        return self.connection.table(name)

    def rows(self) -> dict[str, int]:
        """How many rows each canonical table has; one that only its facts were drawn of has theirs."""
        derived = {"orders": "order_facts", "order_lines": "sales", "refunds": "refund_facts"}

        def count(name: str) -> int:
            return int(self.raw.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0])

        return {name: count(name) or (count(derived[name]) if name in derived else 0) for name in TABLES}

    def run(self, expression: Any, moments: Mapping[Any, date] | None = None) -> pl.DataFrame:
        self.queries += 1
        return pl.from_arrow(expression.to_pyarrow(params=moments))  # type: ignore[return-value]

    def ask(
        self,
        shape: Hashable,
        build: Callable[[], Any],
        moments: Mapping[Any, date] | None = None,
        *,
        common: bool = False,
    ) -> pl.DataFrame:
        return self.run(build(), moments)

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        """Hand-written SQL, the twin to compare with."""
        return list(self.raw.execute(text).fetchall())

    def draw(self, into: str, rows: Sequence[Mapping[str, Any]], **same: Any) -> None:
        """Insert rows; what a row does not say is NULL, and ``same`` holds for all."""
        table = {**TABLES, **FACTS}[into]
        known = columns(table)
        full = [{**({"channel": "shop:main"} if table.has_channel else {}), **same, **row} for row in rows]
        names = list(dict.fromkeys(name for row in full for name in row))
        assert set(names) <= set(known), set(names) - set(known)
        quoted = ", ".join(f'"{name}"' for name in names)
        mark = f"({', '.join('?' for _ in names)})"
        for first in range(0, len(full), 100):
            part = full[first : first + 100]
            values = [row.get(name) for row in part for name in names]
            self.raw.execute(f'INSERT INTO "{into}" ({quoted}) VALUES {", ".join([mark] * len(part))}', values)
        self.version += 1


def query(
    warehouse: Any, metrics: Sequence[str] | str, by: Sequence[str] | str = (), *, costs: Any = None, **more: Any
) -> Answer:
    """Ask as the shell does."""
    question = Question(
        metrics=(metrics,) if isinstance(metrics, str) else tuple(metrics),
        by=(by,) if isinstance(by, str) else tuple(by),
        where={
            name: (value,) if isinstance(value, str) else tuple(value) for name, value in more.pop("where", {}).items()
        },
        start=_day(more.pop("start", None)),
        end=_day(more.pop("end", None)),
        **{name: more.pop(name) for name in ("against", "limit") if name in more},
    )
    return ask(
        warehouse, question, config=more.pop("config", CONFIG), clock=more.pop("clock", CLOCK), costs=costs, **more
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def value(warehouse: Any, metric: str, **more: Any) -> float | None:
    """One metric's total."""
    return query(warehouse, metric, **more).rows[metric][0]  # type: ignore[no-any-return]
