"""The warehouse as if some orders and reviews had never been: the same tables, read through temporary views of one connection.

Nothing is written to the file, so a warehouse that is open for reading alone has it too, and other readers see nothing of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhanggui.store.schema import literal, quote

if TYPE_CHECKING:
    import polars as pl
    from duckdb import DuckDBPyConnection

OF_ORDERS = ("order_facts", "sales", "refund_facts", "orders", "order_lines", "order_fees", "refunds")
TAKEN = ("visitors", "order_buyers", "pay_buyers")


def leave_out(connection: DuckDBPyConnection, orders: pl.DataFrame, reviews: pl.DataFrame) -> None:
    """Put views in the place of the tables for this connection. ``orders`` are channel · order_id, ``reviews`` channel · review_id.

    Of visits, each order left out takes a buyer and a visitor away from its product and from the shop on its day, over the rows of one
    level by their share of the buyers.
    """
    (own,) = connection.execute("SELECT current_database()").fetchone() or ("",)
    main = f"{quote(own)}.main"
    _rows(connection, "_out_orders", "order_id", orders)
    _rows(connection, "_out_reviews", "review_id", reviews)
    for name in OF_ORDERS:
        _view(connection, name, f"SELECT * FROM {main}.{name} ANTI JOIN _out_orders USING (channel, order_id)")
    _view(
        connection,
        "reviews",
        f"""SELECT * FROM {main}.reviews ANTI JOIN _out_reviews USING (channel, review_id)
        ANTI JOIN _out_orders USING (channel, order_id)""",
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE _out_visits AS {_visits(main)}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE _fewer_visits AS {_fewer(main)}")
    _view(
        connection,
        "traffic_days",
        f"""SELECT * FROM {main}.traffic_days ANTI JOIN _out_visits USING (channel, day, product_id)
        UNION ALL BY NAME SELECT * FROM _fewer_visits""",
    )


def _rows(connection: DuckDBPyConnection, name: str, key: str, rows: pl.DataFrame) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} (channel VARCHAR, {key} VARCHAR)")
    for start in range(0, rows.height, 500):
        part = rows.slice(start, 500).select("channel", key).rows()
        values = ", ".join(f"({literal(channel)}, {literal(name)})" for channel, name in part)
        connection.execute(f"INSERT INTO {name} VALUES {values}")


def _view(connection: DuckDBPyConnection, name: str, query: str) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")


def _visits(main: str) -> str:
    """channel · day · product_id (``*``: the shop) · n orders left out."""
    sold = f"{main}.sales SEMI JOIN _out_orders USING (channel, order_id) WHERE day IS NOT NULL AND kind <> 'non_goods'"
    return f"""
        SELECT channel, day, product_id, count(DISTINCT order_id) AS n FROM {sold} AND product_id <> '' GROUP BY ALL
        UNION ALL SELECT channel, day, '*', count(DISTINCT order_id) FROM {sold} GROUP BY ALL"""


def _fewer(main: str) -> str:
    """The rows of visits that the orders left out have a part in, with that part taken away."""
    fewer = ", ".join(f"greatest({name} - taken, 0) AS {name}" for name in TAKEN)
    level = "PARTITION BY channel, day, product_id, source = '*', device = '*'"
    share = f"coalesce(pay_buyers / nullif(sum(pay_buyers) OVER ({level}), 0), 0)"
    return f"""
        WITH parts AS (
            SELECT t.*, CAST(least(round(n * {share}), pay_buyers) AS BIGINT) AS taken
            FROM {main}.traffic_days t JOIN _out_visits USING (channel, day, product_id)
        )
        SELECT * EXCLUDE (taken) REPLACE ({fewer},
            CAST(pay_amount * (1 - coalesce(taken / nullif(pay_buyers, 0), 0)) AS DECIMAL(18,4)) AS pay_amount)
        FROM (SELECT * REPLACE (coalesce(taken, 0) AS taken) FROM parts)"""
