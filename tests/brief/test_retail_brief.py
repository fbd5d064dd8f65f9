"""The brief of the real shop on three days of 2011: what it says is checked by SQL written by hand over the published lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from zhanggui.app import Shop
from zhanggui.brief import Brief
from zhanggui.demo import demo_file

DAYS = ("2011-09-12", "2011-11-21", "2011-12-05")
NO_GOODS = (
    "upper(StockCode) IN ('POST','DOT','M','D','S','B','C2','AMAZONFEE','BANK CHARGES','CRUK') "
    "OR StockCode ILIKE 'gift_%' OR StockCode = '23444'"
)


@pytest.fixture(scope="module")
def lines() -> Iterator[duckdb.DuckDBPyConnection]:
    """The published lines: ``sold`` and ``returned`` goods with their day and money."""
    connection = duckdb.connect()
    connection.execute(
        f"""CREATE TABLE all_lines AS SELECT *, CAST(CAST(InvoiceDate AS TIMESTAMP) AS DATE) AS on_day,
            round(Quantity * CAST(UnitPrice AS DECIMAL(18,4)), 4) AS money, ({NO_GOODS}) AS no_goods
            FROM '{demo_file()}'"""
    )
    connection.execute(
        "CREATE VIEW sold AS SELECT * FROM all_lines WHERE Quantity > 0 AND UnitPrice > 0 AND NOT no_goods "
        "AND InvoiceNo NOT LIKE 'C%' AND InvoiceNo NOT LIKE 'A%'"
    )
    connection.execute("CREATE VIEW returned AS SELECT * FROM all_lines WHERE InvoiceNo LIKE 'C%' AND NOT no_goods")
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def briefs(retail: Shop) -> dict[str, Brief]:
    return {day: retail.brief(day, remember=False) for day in DAYS}


def between(days: Any) -> str:
    return f"on_day BETWEEN DATE '{days.start}' AND DATE '{days.end}'"


@pytest.mark.parametrize("day", DAYS)
def test_the_headline_equals_a_plain_count(
    day: str, briefs: dict[str, Brief], lines: duckdb.DuckDBPyConnection
) -> None:
    brief = briefs[day]
    values = {line.name: line for line in brief.metrics}
    for period, attribute in ((brief.period, "value"), (brief.against, "previous")):
        sql = f"SELECT CAST(sum(money) AS DOUBLE), count(DISTINCT InvoiceNo), sum(Quantity) FROM sold WHERE {between(period)}"
        gross, orders, units = lines.execute(sql).fetchone() or ()
        back = (
            lines.execute(f"SELECT -CAST(sum(money) AS DOUBLE) FROM returned WHERE {between(period)}").fetchone() or ()
        )
        assert getattr(values["gross_sales"], attribute) == pytest.approx(gross, abs=0.01)
        assert getattr(values["units"], attribute) == pytest.approx(units, rel=0.001)
        assert getattr(values["orders"], attribute) == orders
        assert getattr(values["refund_amount"], attribute) == pytest.approx(back[0], abs=0.01)
        assert getattr(values["net_sales"], attribute) == pytest.approx(gross - back[0], abs=0.01)


@pytest.mark.parametrize("day", DAYS)
def test_the_reasons_are_the_change_to_the_cent(day: str, briefs: dict[str, Brief]) -> None:
    for driver in briefs[day].drivers:
        assert round(sum(p.change for p in driver.parts), 2) == driver.change
        if driver.where:
            assert round(sum(p.change for p in driver.where), 2) == pytest.approx(driver.change, abs=0.011)


@pytest.mark.parametrize("day", DAYS)
def test_every_product_named_as_a_reason_moved_by_just_that(
    day: str, briefs: dict[str, Brief], lines: duckdb.DuckDBPyConnection
) -> None:
    brief = briefs[day]
    driver = next(d for d in brief.drivers if d.where and "product_id" in d.where[0].by)
    for place in [p for p in driver.where if p.by][:10]:
        product = place.by["product_id"]
        change = 0.0
        for period, sign in ((brief.period, 1), (brief.against, -1)):
            for view in ("sold", "returned"):
                row = lines.execute(
                    f"SELECT coalesce(CAST(sum(money) AS DOUBLE), 0) FROM {view} WHERE StockCode = ? AND {between(period)}",
                    [product],
                ).fetchone()
                change += sign * float((row or (0,))[0])
        assert place.change == pytest.approx(change, abs=0.02), product


def test_on_21_november_the_missing_bulk_order_of_the_week_before_is_named(
    briefs: dict[str, Brief], lines: duckdb.DuckDBPyConnection
) -> None:
    brief = briefs["2011-11-21"]
    sql = f"SELECT InvoiceNo, CAST(sum(money) AS DOUBLE) AS m FROM sold WHERE {between(brief.against)} GROUP BY 1 ORDER BY m DESC LIMIT 1"
    order, money = lines.execute(sql).fetchone() or ()
    gross = {line.name: line for line in brief.metrics}["gross_sales"]
    assert gross.value is not None
    assert gross.previous is not None
    assert money > 0.6 * (gross.previous - gross.value), "the order is most of the fall"
    said = {s.finding.where.get("order_id"): s.finding for s in brief.findings if s.finding.rule == "bulk_orders"}
    assert order in said
    assert said[order].size == pytest.approx(-money, abs=0.01)


def test_an_ordinary_week_explains_nothing_but_keeps_the_numbers(briefs: dict[str, Brief]) -> None:
    brief = briefs["2011-12-05"]
    assert not any(line.unusual for line in brief.metrics)
    assert brief.verdict[0].key == "rules.verdict.normal"


def test_every_finding_can_be_asked_for_again(briefs: dict[str, Brief], retail: Shop) -> None:
    asked = 0
    for brief in briefs.values():
        for said in brief.findings:
            for evidence in said.finding.evidence:
                query = dict(evidence.query)
                where = query.get("where", {})
                answer = retail.query(
                    query["metrics"], query["by"], where=where, start=query.get("from"), end=query.get("to")
                )
                assert answer.rows.width == len(query["metrics"]) + len(query["by"])
                asked += 1
    assert asked


def test_the_brief_takes_at_most_forty_questions_to_the_engine(retail: Shop) -> None:
    before = retail.warehouse.queries
    retail.brief("2011-10-10", remember=False)
    assert retail.warehouse.queries - before <= 40


def test_the_last_day_of_the_file_was_cut_at_noon_and_is_left_out(retail: Shop) -> None:
    brief = retail.brief(remember=False)
    assert brief.as_of == date(2011, 12, 8)
    assert brief.period.start == brief.as_of - timedelta(days=6)


def test_what_is_no_goods_is_said_with_its_sum(briefs: dict[str, Brief], lines: duckdb.DuckDBPyConnection) -> None:
    brief = briefs["2011-12-05"]
    (words,) = [w for w in brief.left_out if w.key == "rules.left_out.non_goods"]
    sql = f"SELECT CAST(sum(money) AS DOUBLE) FROM all_lines WHERE no_goods AND {between(brief.period)}"
    (money,) = lines.execute(sql).fetchone() or ()
    assert words.params["now"].value == pytest.approx(money, abs=0.01)


def test_what_more_data_would_unlock_is_offered(briefs: dict[str, Brief]) -> None:
    needs = [locked.needs for locked in briefs["2011-12-05"].missing]
    assert {"traffic_days", "stock_days", "costs"} <= set(needs)


def test_expected_net_sales_are_the_catalogues_with_an_interval(retail: Shop) -> None:
    brief = retail.brief("2011-12-09", remember=False)
    line = next(m for m in brief.metrics if m.name == "net_sales_expected")
    asked = retail.query(["net_sales_expected"], start=brief.period.start, end=brief.period.end)
    assert line.value == pytest.approx(asked.rows["net_sales_expected"][0], abs=0.01)
    assert line.estimate is not None
    assert line.estimate.low is not None
    assert line.estimate.high is not None
    assert line.estimate.low < line.value < line.estimate.high
