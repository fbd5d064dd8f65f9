"""A drawn shop for the benches: orders, lines, refunds and products, the same every time, imported once and kept under ``.bench``."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb

from zhanggui.app import Shop
from zhanggui.config import Config

KEPT = Path(__file__).resolve().parent.parent / ".bench" / "brief"
LINES_PER_ORDER = 3
PRODUCTS = 2_000
DAYS = 730
AS_OF = date(2011, 12, 20)
FACTS = ("order_facts", "sales", "refund_facts", "products", "orders")


def folder_of(lines: int) -> Path:
    """The folder of the shop of ``lines`` order lines, drawn and imported where it is not there yet."""
    folder = KEPT / str(lines)
    if not (folder / "drawn").exists():
        shutil.rmtree(folder, ignore_errors=True)
        files = folder / "files"
        files.mkdir(parents=True)
        draw(files, lines)
        with Shop.create(folder / "shop", Config(name="drawn", currency="GBP", timezone="Europe/London")) as shop:
            shop.import_files([files])
            for name in FACTS:
                shop.warehouse.copy_table(name, folder / f"{name}.parquet")
        shutil.rmtree(files)
        (folder / "drawn").touch()
    return folder


def draw(files: Path, lines: int) -> None:
    """Canonical CSV files: three lines an order, two years, 2,000 products of which few sell most, one line in thirty refunded."""
    run = duckdb.connect().execute
    run("SET enable_progress_bar = false")
    orders = max(lines // LINES_PER_ORDER, 1)
    moment = f"TIMESTAMP '2010-01-01' + INTERVAL (i * {DAYS * 86400} // {orders}) SECOND"
    # Rank by a power of an even draw: the first hundredth of the products takes about a third of the lines.
    rank = f"CAST(floor({PRODUCTS} * pow((hash(i, 3) % 1000003) / 1000003.0, 4)) AS BIGINT)"
    price = f"round(2 + (hash({rank}) % 4800) / 100, 2)"
    units = "1 + hash(i, 5) % 4"
    run(f"""COPY (SELECT 'shop:main' AS channel, 'P' || i AS product_id, 'Product ' || i AS title, 'Kind ' || i % 25 AS category
        FROM range({PRODUCTS}) t(i)) TO '{files}/products.csv' (HEADER)""")
    run(f"""COPY (SELECT 'shop:main' AS channel, (100000000 + i)::VARCHAR AS order_id,
            substr(md5((hash(i) % {orders // 3 + 1})::VARCHAR), 1, 32) AS customer_key,
            strftime({moment}, '%Y-%m-%dT%H:%M:%SZ') AS created_at, 'paid' AS status, 'GBP' AS currency,
            ['gb', 'fr', 'de', 'ie'][(1 + hash(i, 1) % 4)::BIGINT] AS country,
            ['search', 'mail', 'direct'][(1 + hash(i, 2) % 3)::BIGINT] AS source
        FROM range({orders}) t(i)) TO '{files}/orders.csv' (HEADER)""")
    run(f"""COPY (SELECT 'shop:main' AS channel, (100000000 + i // {LINES_PER_ORDER})::VARCHAR AS order_id,
            (1 + i % {LINES_PER_ORDER})::VARCHAR AS line_id, 'P' || {rank} AS product_id, 'Product ' || {rank} AS title,
            {units} AS quantity, {price} AS unit_price, round(({units}) * {price}, 2) AS line_total
        FROM range({orders * LINES_PER_ORDER}) t(i)) TO '{files}/order_lines.csv' (HEADER)""")
    run(f"""COPY (SELECT 'shop:main' AS channel, 'r' || i AS refund_id, (100000000 + i * 10)::VARCHAR AS order_id, '1' AS line_id,
            round(1 + hash(i) % 40, 2) AS amount, 'GBP' AS currency, 'finished' AS status,
            strftime(TIMESTAMP '2010-01-01' + INTERVAL (i * 10 * {DAYS * 86400} // {orders} + (hash(i, 7) % 20) * 86400) SECOND,
                '%Y-%m-%dT%H:%M:%SZ') AS finished_at
        FROM range({orders // 10}) t(i)) TO '{files}/refunds.csv' (HEADER)""")
