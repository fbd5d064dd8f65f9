"""How long an import of canonical CSV files takes, against DuckDB's own ``read_csv`` of the same files into plain tables.

Ours types, checks, versions, folds, derives the facts and reconciles; the peer only parses. Both run in processes of their own,
one after the other; on a busy machine the ratio of the processor times is the steadier one. ``retail`` is the bundled real shop as its
publisher's CSV file, recognised and read without being told what it is, in a process that has read it before; the peer as often.
Bars: 4 × at five million lines within 2 GB, 10 × for the real file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LINES_PER_ORDER = 5

_PEER = """
import duckdb, json, resource, sys, time
from pathlib import Path
folder = Path(sys.argv[1])
start = time.perf_counter()
connection = duckdb.connect(str(folder / "peer.duckdb"), config={"memory_limit": "1500MB", "temp_directory": str(folder)})
for name in ("orders", "order_lines"):
    connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv('{folder}/{name}.csv')")
connection.close()
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"seconds": seconds, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}))
"""

_OURS = """
import json, resource, sys, time
from pathlib import Path
from zhanggui.config import Config
from zhanggui.store import Warehouse
from zhanggui.tables.loading import CsvFile, Piece, Reading, Recognition, Sheet
folder = Path(sys.argv[1])
config = Config(currency="GBP", timezone="Europe/London")
Warehouse.create(folder / "shop", config)
readings = []
for name in ("orders", "order_lines"):
    path = folder / f"{name}.csv"
    columns = tuple(path.open(encoding="utf-8").readline().strip().split(","))
    sheet = Sheet(path, "csv", columns, columns, (), byte_size=path.stat().st_size)
    piece = Piece(name, CsvFile(path, {column: column for column in columns}), path.name, layout=40)
    readings.append(Reading(sheet, Recognition("canonical", name, 1.0), [piece], "shop:main", 0))
start = time.perf_counter()
with Warehouse.open(folder / "shop", config) as warehouse:
    result = warehouse.load(readings)
    rows = warehouse.rows()
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "seconds": seconds, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024,
    "lines": rows["order_lines"], "orders": rows["orders"], "rejected": result.rejected,
    "warehouse_mb": (folder / "shop" / "warehouse.duckdb").stat().st_size / 1e6,
}))
"""

_RETAIL = """
import json, sys, tempfile, time
from pathlib import Path
import duckdb
from zhanggui.app import Shop
from zhanggui.config import Config
file = Path(sys.argv[1]) / "data.csv"
taken, read = [], []
for _ in range(4):
    with tempfile.TemporaryDirectory() as name:
        start = time.perf_counter()
        with duckdb.connect(f"{name}/peer.duckdb") as connection:
            connection.execute(f"CREATE TABLE lines AS SELECT * FROM read_csv('{file}')")
        read.append(time.perf_counter() - start)
        with Shop.create(Path(name) / "shop", Config(currency="GBP", timezone="Europe/London")) as shop:
            start = time.perf_counter()
            shop.import_files([file])
            taken.append(time.perf_counter() - start)
            rows = shop.warehouse.rows()["order_lines"]
ours, peer = sorted(taken[1:])[1], sorted(read[1:])[1]
print(json.dumps({"ours": ours, "ours_first": taken[0], "peer": peer, "peer_first": read[0], "lines": rows, "ratio": ours / peer}))
"""


def retail(folder: Path) -> None:
    """Write the bundled real shop as ``data.csv``, as it was published: American dates, one line a row."""
    import polars as pl

    from zhanggui.demo import demo_file

    rows = pl.read_parquet(demo_file())
    dates = pl.col("InvoiceDate").str.to_datetime("%Y-%m-%d %H:%M:%S").dt.strftime("%-m/%-d/%Y %-H:%M")
    rows.with_columns(dates, pl.col("CustomerID").cast(pl.Int64)).write_csv(folder / "data.csv")


def generate(folder: Path, lines: int) -> None:
    """Write ``orders.csv`` and ``order_lines.csv``: five lines an order, two years, 20,000 products."""
    import duckdb

    orders = max(lines // LINES_PER_ORDER, 1)
    connection = duckdb.connect()
    connection.execute(f"""COPY (
        SELECT 'shop:main' AS channel, (100000000 + i)::VARCHAR AS order_id, substr(md5((hash(i) % {orders // 3 + 1})::VARCHAR), 1, 32)
            AS customer_key, strftime(TIMESTAMP '2010-01-01' + INTERVAL (i * 63072000 // {orders}) SECOND, '%Y-%m-%dT%H:%M:%SZ')
            AS created_at, 'paid' AS status, 'GBP' AS currency, ['gb', 'fr', 'de', 'ie'][(1 + hash(i, 1) % 4)::BIGINT] AS country,
            ['search', 'mail', 'direct'][(1 + hash(i, 2) % 3)::BIGINT] AS source
        FROM range({orders}) t(i)) TO '{folder}/orders.csv' (HEADER)""")
    connection.execute(f"""COPY (
        SELECT 'shop:main' AS channel, (100000000 + i // {LINES_PER_ORDER})::VARCHAR AS order_id, (1 + i % {LINES_PER_ORDER})::VARCHAR
            AS line_id, 'P' || (hash(i, 3) % 20000) AS product_id, 'S' || (hash(i, 4) % 60000) AS sku,
            'A product of the shop, number ' || (hash(i, 3) % 20000) AS title, 1 + hash(i, 5) % 9 AS quantity,
            round(1 + (hash(i, 3) % 5000) / 100, 2) AS unit_price,
            round((1 + hash(i, 5) % 9) * round(1 + (hash(i, 3) % 5000) / 100, 2), 2) AS line_total
        FROM range({lines}) t(i)) TO '{folder}/order_lines.csv' (HEADER)""")
    connection.close()


def _timed(program: str, folder: Path) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def run(scale: float = 1.0) -> dict[str, Any]:
    """Measure ``scale`` × 5 million order lines. Returns seconds and peak memory of both, and the ratio of the times."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = int(5_000_000 * scale)
        generate(folder, lines)
        megabytes = sum((folder / f"{table}.csv").stat().st_size for table in ("orders", "order_lines")) / 1e6
        for table in ("orders", "order_lines"):
            (folder / f"{table}.csv").read_bytes()
        peer = _timed(_PEER, folder)
        ours = _timed(_OURS, folder)
    with tempfile.TemporaryDirectory() as name:
        retail(Path(name))
        real = _timed(_RETAIL, Path(name))
    for what, ratio, most in (
        ("five million lines", ours["seconds"] / peer["seconds"], 4),
        ("retail", real["ratio"], 10),
    ):
        if scale >= 1 and ratio > most:
            raise AssertionError(f"{what}: {ratio:.2f} × the peer, bar {most}")
    return {
        "lines": lines,
        "megabytes": megabytes,
        "peer": peer,
        "ours": ours,
        "ratio": ours["seconds"] / peer["seconds"],
        "retail": real,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    print(json.dumps(run(parser.parse_args().scale), indent=2))
