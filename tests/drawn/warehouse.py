"""A drawn warehouse: the tables as declared, on an in-memory engine, filled row by row."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import ibis
import polars as pl
from ibis.expr.operations import InMemoryTable, ScalarParameter

from zhanggui.config import Config
from zhanggui.numbers.kinds import Answer, Question
from zhanggui.numbers.query import ask
from zhanggui.store.questions import Compiled, Questions
from zhanggui.store.warehouse import _reading, _variable
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

COMPILED = Questions(lambda: None)
"""All drawn warehouses have the same tables: a shape is compiled once for them all."""


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

        names = (*TABLES, *derived.values())
        counts = ", ".join(f'(SELECT count(*) FROM "{name}")' for name in names)
        found = dict(zip(names, self.raw.execute(f"SELECT {counts}").fetchall()[0], strict=True))
        return {name: found[name] or found.get(derived.get(name, ""), 0) for name in TABLES}

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
        found = COMPILED.get(shape)
        if found is None:
            expression = build()
            if expression.op().find(InMemoryTable):
                return self.run(expression, moments)
            found = COMPILED.keep(shape, self._compiled(expression))
        self.queries += 1
        for parameter, moment in (moments or {}).items():
            self.raw.execute(f"SET VARIABLE {_variable(parameter.op())} = $1", [moment])
        rows = self.raw.sql(found.sql).to_arrow_table()
        return pl.from_arrow(rows.cast(ibis.schema(dict(found.types)).to_pyarrow()))  # type: ignore[return-value]

    def _compiled(self, expression: Any) -> Compiled:
        """As the product's own door, but for money, which stays exact."""
        variables = {found: _reading(found) for found in expression.op().find(ScalarParameter)}
        ready = expression.op().replace(variables).to_expr() if variables else expression
        types = tuple((name, str(kind)) for name, kind in expression.schema().items())
        return Compiled(self.connection.compile(ready), types)

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
