"""A drawn shop for the load on the desk: orders of two years with their lines, refunds and products, and five rows of visits an order."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from benchmarks.brief_shop import DAYS, LINES_PER_ORDER, PRODUCTS, draw
from zhanggui.app import Shop
from zhanggui.config import Config

KEPT = Path(__file__).resolve().parent.parent / ".bench" / "desk"
VISITS_PER_ORDER = 5
SOURCES = ("search", "mail", "direct")


def folder_of(orders: int) -> Path:
    """The workspace of the shop of ``orders`` orders, drawn and imported where it is not there yet."""
    folder = KEPT / str(orders)
    if not (folder / "drawn").exists():
        shutil.rmtree(folder, ignore_errors=True)
        files = folder / "files"
        files.mkdir(parents=True)
        draw(files, orders * LINES_PER_ORDER)
        draw_visits(files, orders * VISITS_PER_ORDER)
        config = Config(name="Drawn", currency="GBP", timezone="Europe/London", locale="en")
        with Shop.create(folder / "shop", config) as shop:
            shop.import_files([files])
            shop.set_cost("goods", "*", 0.55)
        shutil.rmtree(files)
        (folder / "drawn").touch()
    return folder / "shop"


def draw_visits(files: Path, rows: int) -> None:
    """Visits a day by product and source, as many products as ``rows`` allow, and of the whole shop by source; who paid is counted from
    the orders drawn before."""
    run = duckdb.connect().execute
    run("SET enable_progress_bar = false")
    products = min(max(rows // (DAYS * (len(SOURCES) + 1)), 1), PRODUCTS)
    run(f"""CREATE TABLE paid AS SELECT CAST(o.created_at[:10] AS DATE) AS day, l.product_id, o.source, count(DISTINCT o.order_id) AS buyers
        FROM read_csv('{files}/orders.csv', all_varchar = true) o
        JOIN read_csv('{files}/order_lines.csv', all_varchar = true) l USING (order_id) GROUP BY ALL""")
    run(f"""CREATE TABLE seen AS SELECT DATE '2010-01-01' + CAST(d AS INTEGER) AS day, 'P' || p AS product_id, s AS source
        FROM range({DAYS}) d(d), range({products}) p(p), (SELECT unnest({list(SOURCES)}) AS s)""")
    run("""CREATE TABLE visits AS SELECT day, source, product_id, coalesce(buyers, 0) AS buyers,
            coalesce(buyers, 0) * 15 + hash(day, product_id, source) % 25 AS visitors
        FROM seen LEFT JOIN paid USING (day, product_id, source)""")
    run(f"""COPY (SELECT 'shop:main' AS channel, day, coalesce(source, '*') AS source,
            coalesce(product_id, '*') AS product_id, '*' AS device,
            sum(visitors) AS visitors, sum(visitors) * 3 AS page_views, sum(buyers) AS pay_buyers
        FROM visits GROUP BY GROUPING SETS ((day, source, product_id), (day, product_id), (day, source), (day)))
        TO '{files}/traffic_days.csv' (HEADER)""")
