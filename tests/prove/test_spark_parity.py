"""The same expressions on an engine of many machines: every metric on PySpark (local mode) equals DuckDB to 1e-9."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import polars as pl
import pytest

from drawn.shop import drawn_shop
from drawn.warehouse import DrawnWarehouse, query
from zhanggui import costs
from zhanggui.errors import Unanswerable
from zhanggui.metrics import METRICS
from zhanggui.tables import FACTS, TABLES

pytestmark = pytest.mark.prove
SHEET = costs.parse({"goods": {"*": 0.5, "cups": 0.3}, "per_order": {"freight": 2}, "share": {"fees": 0.05}})
QUESTIONS: tuple[tuple[str, ...], ...] = ((), ("month",), ("country",), ("source",), ("product_id",))


class SparkWarehouse:
    """The drawn tables as Parquet, read by Spark."""

    def __init__(self, drawn: DrawnWarehouse, folder: Path, session: Any) -> None:
        self.version, self.queries = 1, 0
        self._connection = ibis.pyspark.connect(session)
        for name in (*TABLES, *FACTS):
            path = folder / f"{name}.parquet"
            drawn.raw.execute(f"COPY \"{name}\" TO '{path}' (FORMAT parquet)")
            session.read.parquet(str(path)).createOrReplaceTempView(name)

    def table(self, name: str) -> Any:
        return self._connection.table(name)

    def run(self, expression: Any, moments: Any = None) -> pl.DataFrame:
        self.queries += 1
        return pl.from_arrow(expression.to_pyarrow(params=moments))  # type: ignore[return-value]

    def ask(self, shape: Any, build: Any, moments: Any = None, *, common: bool = False) -> pl.DataFrame:
        return self.run(build(), moments)


@pytest.fixture(scope="module")
def drawn() -> DrawnWarehouse:
    return drawn_shop()


@pytest.fixture(scope="module")
def spark(drawn: DrawnWarehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkWarehouse]:
    from pyspark.sql import SparkSession

    folder = tmp_path_factory.mktemp("spark")
    builder = SparkSession.builder.master("local[2]").appName("parity")
    options = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.ui.enabled": "false",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.ansi.enabled": "false",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
    }
    for name, value in options.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield SparkWarehouse(drawn, folder, session)
    session.stop()


PERIOD = {"start": "2025-01-01", "end": "2025-03-31"}
TOGETHER = 15
"""Metrics asked in one question: Spark plans are slow, not their answers."""


def answerable(drawn: DrawnWarehouse, by: tuple[str, ...]) -> list[str]:
    names = []
    for name in METRICS:
        try:
            query(drawn, name, by, costs=SHEET, **PERIOD)
        except Unanswerable:
            continue
        names.append(name)
    return names


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == other)


@pytest.mark.parametrize("by", QUESTIONS, ids=lambda by: "-".join(by) or "total")
def test_every_metric_is_the_same_on_both_engines(
    drawn: DrawnWarehouse, spark: SparkWarehouse, by: tuple[str, ...]
) -> None:
    names = answerable(drawn, by)
    assert len(names) > 25
    for first in range(0, len(names), TOGETHER):
        metrics = names[first : first + TOGETHER]
        here = query(drawn, metrics, by, costs=SHEET, **PERIOD).rows
        there = query(spark, metrics, by, costs=SHEET, **PERIOD).rows
        assert here.columns == there.columns
        assert here.height == there.height
        for one, other in zip(here.rows(), there.rows(), strict=True):
            assert all(same(a, b) for a, b in zip(one, other, strict=True)), (metrics, one, other)
