"""How long a whole brief takes, against the same numbers as hand-written SQL one after another, and in pandas.

A drawn shop is imported with its refunds; then the brief is made in a process of its own, with nothing cached but the disk. The SQL
gathers the same tables of numbers (shop and products by week, buyers, refunds by age, prices, sizes, what changed by product); it makes no
statement of what is unusual. Pandas reads the same facts from Parquet and does the same. Bars: at most 3 × the SQL and 2 s more, at
most 40 questions to the engine, faster than pandas; growth no worse than linear; below 3 GB.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LINES = 1_000_000
STEPS = (0.1, 1.0, 10.0)
AS_OF = "2011-12-20"
LAST = f"DATE '{AS_OF}'"
BLOCK = f"(date_diff('day', day, {LAST}) // 7)"
GOODS = f"kind <> 'non_goods' AND day <= {LAST}"
BACK = f"NOT coalesce(non_goods, false) AND coalesce(status, 'finished') = 'finished' AND day <= {LAST}"
YEAR = f"day > {LAST} - 364"
TOP = f"(SELECT product_id FROM sales WHERE {GOODS} AND {YEAR} GROUP BY ALL ORDER BY sum(amount) DESC, product_id LIMIT 300)"

SQL: dict[str, str] = {
    "weeks of orders": f"""SELECT {BLOCK} AS block, count(*) AS orders, count(DISTINCT customer_key) AS buyers,
        count(DISTINCT CASE WHEN new_or_returning = 'new' THEN customer_key END) AS new_buyers
        FROM order_facts WHERE counted AND day <= {LAST} GROUP BY ALL ORDER BY 1""",
    "weeks of goods": f"""SELECT {BLOCK} AS block, sum(amount) AS gross, sum(units) AS units, sum(listed) AS listed, sum(discount) AS off,
        sum(cost) AS cost FROM sales WHERE {GOODS} GROUP BY ALL ORDER BY 1""",
    "weeks of refunds": f"""SELECT {BLOCK} AS block, sum(amount) AS refunds, count(*) AS n FROM refund_facts
        WHERE {BACK} GROUP BY ALL ORDER BY 1""",
    "days": f"""SELECT day, count(*) AS orders, sum(goods) AS gross, sum(units) AS units FROM order_facts
        WHERE counted AND day <= {LAST} GROUP BY ALL""",
    "products by week": f"""SELECT product_id, {BLOCK} AS block, count(DISTINCT order_id) AS orders, sum(units) AS units,
        sum(amount) AS gross, max(amount) AS largest FROM sales WHERE {GOODS} AND product_id IN {TOP} GROUP BY ALL""",
    "products by day": f"""SELECT product_id, day, count(DISTINCT order_id) AS orders, sum(units) AS units FROM sales
        WHERE {GOODS} AND day > {LAST} - 84 AND product_id IN {TOP} GROUP BY ALL""",
    "last sales": f"""SELECT product_id, min(day) AS first_day, max(day) AS last_day, count(DISTINCT order_id) AS orders,
        sum(amount) AS gross, sum(amount) FILTER ({YEAR}) AS year FROM sales WHERE {GOODS} GROUP BY ALL""",
    "names": "SELECT product_id, max(title) AS name, max(category) AS category FROM products GROUP BY ALL",
    "refunds by age": f"""SELECT date_diff('day', sale_day, {LAST}) // 7 AS cohort, least(age_days, 180) AS age, sum(amount) AS amount,
        count(DISTINCT order_id) AS orders FROM refund_facts WHERE {BACK} AND dated GROUP BY ALL""",
    "refunds by product": f"""SELECT product_id, date_diff('day', sale_day, {LAST}) // 28 AS half, count(DISTINCT order_id) AS refunded,
        sum(amount) AS amount FROM refund_facts WHERE {BACK} AND sale_day > {LAST} - 63 GROUP BY ALL""",
    "prices": f"""SELECT product_id, date_diff('day', day, {LAST}) // 28 AS half, sum(units) AS units, sum(amount) AS gross,
        median(amount / units) AS price FROM sales WHERE {GOODS} AND day > {LAST} - 56 AND units > 0 GROUP BY ALL""",
    "large orders": f"""SELECT order_id, min(day) AS day, sum(amount) AS goods, count(*) AS lines, max(amount) AS largest FROM sales
        WHERE {GOODS} AND day > {LAST} - 56 GROUP BY ALL ORDER BY goods DESC, order_id LIMIT 40""",
    "sizes": f"""SELECT floor(log2(goods::DOUBLE) * 4) AS bucket, count(*) AS orders, sum(goods) AS goods FROM order_facts
        WHERE counted AND goods > 0 AND day > {LAST} - 84 AND day <= {LAST} GROUP BY ALL""",
    "not goods": f"SELECT sku, sum(amount) AS amount, count(*) AS n FROM sales WHERE kind = 'non_goods' AND day <= {LAST} GROUP BY ALL",
    "set apart": "SELECT kind, status, counted, count(*) AS orders, sum(goods) AS goods FROM order_facts GROUP BY ALL",
    "why by product": f"""SELECT product_id, {BLOCK} AS block, count(DISTINCT order_id) AS orders, sum(units) AS units, sum(amount) AS gross
        FROM sales WHERE {GOODS} AND day > {LAST} - 70 GROUP BY ALL""",
    "why by place": f"""SELECT country, source, {BLOCK} AS block, count(*) AS orders, sum(goods) AS gross FROM order_facts
        WHERE counted AND day > {LAST} - 70 AND day <= {LAST} GROUP BY ALL""",
}
"""What the brief's numbers come to when written by hand."""

_DRAW = """
import sys
from pathlib import Path
from benchmarks.import_bench import generate
from zhanggui.app import Shop
from zhanggui.config import Config
import duckdb
folder, lines = Path(sys.argv[1]), int(sys.argv[2])
files = folder / "files"
files.mkdir()
generate(files, lines)
orders = lines // 5
duckdb.connect().execute(f\"\"\"COPY (
    SELECT 'shop:main' AS channel, 'r' || i AS refund_id, (100000000 + i * 20)::VARCHAR AS order_id, '1' AS line_id,
        round(1 + hash(i) % 40, 2) AS amount, 'GBP' AS currency, 'finished' AS status,
        strftime(TIMESTAMP '2010-01-01' + INTERVAL (i * 20 * 63072000 // {orders} + (hash(i, 7) % 20) * 86400) SECOND,
            '%Y-%m-%dT%H:%M:%SZ') AS finished_at FROM range({orders // 20}) t(i)) TO '{files}/refunds.csv' (HEADER)\"\"\")
with Shop.create(folder / "shop", Config(name="drawn", currency="GBP", timezone="Europe/London")) as shop:
    shop.import_files([files])
    for name in ("sales", "order_facts", "refund_facts", "products"):
        shop.warehouse.copy_table(name, folder / f"{name}.parquet")
"""

_BRIEF = """
import json, resource, sys, time
from datetime import date
from pathlib import Path
from zhanggui.app import Shop
folder, as_of = Path(sys.argv[1]), date.fromisoformat(sys.argv[2])
taken, worked = [], []
for _ in range(3):
    with Shop.open(folder / "shop") as shop:
        shop.warehouse.rows()
        before, start, work = shop.warehouse.queries, time.perf_counter(), time.process_time()
        brief = shop.brief(as_of, remember=False)
        taken.append(time.perf_counter() - start)
        worked.append(time.process_time() - work)
        questions = shop.warehouse.queries - before
values = {line.name: line.value for line in brief.metrics}
print(json.dumps({"seconds": min(taken), "first": taken[0], "processor": min(worked), "questions": questions,
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "orders": values["orders"], "gross": values["gross_sales"]}))
"""

_SQL = """
import json, sys, time
from pathlib import Path
from benchmarks.brief_bench import SQL
from zhanggui.app import Shop
with Shop.open(Path(sys.argv[1]) / "shop") as shop:
    run = shop.warehouse._connection.execute
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        found = {name: run(query).to_arrow_table() for name, query in SQL.items()}
        taken.append(time.perf_counter() - start)
week = found["weeks of orders"].to_pylist()[0], found["weeks of goods"].to_pylist()[0]
print(json.dumps({"seconds": min(taken), "orders": week[0]["orders"], "gross": float(week[1]["gross"])}))
"""

_PANDAS = """
import json, sys, time
from pathlib import Path
from benchmarks.brief_pandas import gathered
folder = Path(sys.argv[1])
start = time.perf_counter()
found = gathered(folder, sys.argv[2])
print(json.dumps({"seconds": time.perf_counter() - start, "orders": int(found["orders"]), "gross": float(found["gross"])}))
"""


def _timed(program: str, *arguments: str) -> dict[str, Any]:
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    said = [line for line in done.stdout.splitlines() if line.startswith("{")]  # the engine may draw a progress bar
    measured: dict[str, Any] = json.loads(said[-1]) if said else {}
    return measured


def measure(lines: int, *, peers: bool) -> dict[str, Any]:
    """One size of the shop; the answers of all must be equal."""
    with tempfile.TemporaryDirectory() as folder:
        _timed(_DRAW, folder, str(lines))
        ours = _timed(_BRIEF, folder, AS_OF)
        if ours["questions"] > 40:
            raise AssertionError(f"the brief asked the engine {ours['questions']} times")
        found: dict[str, Any] = {"lines": lines, "ours": ours}
        if peers:
            found["sql"], found["pandas"] = _timed(_SQL, folder), _timed(_PANDAS, folder, AS_OF)
            for peer in ("sql", "pandas"):
                if found[peer]["orders"] != ours["orders"] or abs(found[peer]["gross"] - ours["gross"]) > 0.01:
                    raise AssertionError(f"{peer} does not agree: {found[peer]} against {ours}")
            found["bar_seconds"] = 3 * found["sql"]["seconds"] + 2
            found["of_bar"] = ours["seconds"] / found["bar_seconds"]
            found["of_pandas"] = ours["seconds"] / found["pandas"]["seconds"]
    return found


def run(scale: float = 1.0) -> dict[str, Any]:
    """A tenth of, one and ten million order lines at scale 1; the peers stand beside the middle one."""
    sizes = {f"x{step:g}": measure(int(LINES * step * scale), peers=step == 1.0) for step in STEPS}
    seconds = [sizes[f"x{step:g}"]["ours"]["seconds"] for step in STEPS]
    return {**sizes, "growth_to_1": seconds[1] / seconds[0], "growth_to_10": seconds[2] / seconds[1]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    print(json.dumps(run(parser.parse_args().scale), indent=2))
