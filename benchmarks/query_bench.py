"""How long one question over two fact tables takes: ours, the same as hand-written SQL, and a general semantic layer on Ibis.

The shop has ``orders`` orders with one line each, a refund on every tenth, and five rows of traffic per order. These are either days
by source of many channels, all of which the answer needs (``channels``), or days by source and, in the same table, by source and
product, which it must keep apart (``levels``). The question is net sales, visitors and conversion rate by source and week over two
years less a few days: every round asks for other days, so that no answer is remembered, only how the question is put. ``engine`` is the
part of our time in which the engine works. All run in one process after another and are given as ratios, so they hold on a busy machine
too. The semantic layer (boring-semantic-layer) runs in an environment of its own under ``.bench``, joined as its own documentation says,
asks for the whole two years, once to warm up and then at most three times, of which the fastest counts, and is stopped after a minute. It
is asked the same (``net``: three tables) and, as less work, for sales without their refunds (``gross``: two tables).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from zhanggui.config import Config
from zhanggui.numbers.kinds import Question
from zhanggui.numbers.query import ask
from zhanggui.store import Warehouse
from zhanggui.units import Clock

SOURCES, DAYS = 12, 728
FIRST = date(2024, 1, 1)
LAST = FIRST + timedelta(days=DAYS - 1)
ROUNDS = 11
PEER = "boring-semantic-layer==0.3.18"
PEER_FOLDER = Path(__file__).resolve().parent.parent / ".bench" / "layer"
PEER_SECONDS = 60
QUESTION = Question(("net_sales", "visitors", "conversion_rate"), by=("week", "source"))

BY_HAND = """
WITH sold AS (
    SELECT date_trunc('week', day) AS week, source, sum(amount) AS gross FROM sales
    WHERE kind <> 'non_goods' AND day BETWEEN $1 AND $2 GROUP BY ALL
), back AS (
    SELECT date_trunc('week', day) AS week, source, sum(amount) AS refunds FROM refund_facts
    WHERE coalesce(status, 'finished') = 'finished' AND NOT coalesce(non_goods, false)
        AND day BETWEEN $1 AND $2 GROUP BY ALL
), seen AS (
    SELECT date_trunc('week', day) AS week, source, sum(visitors) AS visitors, sum(pay_buyers) AS buyers FROM traffic_days
    WHERE source <> '*' AND product_id = '*' AND device = '*' AND day BETWEEN $1 AND $2 GROUP BY ALL
)
SELECT strftime(week, '%Y-%m-%d') AS week, source, CAST(coalesce(gross, 0) - coalesce(refunds, 0) AS DOUBLE) AS net_sales,
    CAST(visitors AS DOUBLE) AS visitors, buyers / nullif(visitors, 0) AS conversion_rate
FROM sold FULL JOIN back USING (week, source) FULL JOIN seen USING (week, source) ORDER BY week, source
"""

_PEER = """
import sys, time
import ibis
from boring_semantic_layer import to_semantic_table
folder = sys.argv[1]
connection = ibis.duckdb.connect()
def table(name):
    raw = connection.read_parquet(f"{folder}/{name}.parquet", table_name=name)
    return connection.create_table(name + "_kept", raw.mutate(week=raw.day.truncate("W")))
sold = to_semantic_table(table("sales"), name="sold").with_dimensions(week=lambda t: t.week, source=lambda t: t.source)
sold = sold.with_measures(gross=lambda t: t.amount.sum())
seen = to_semantic_table(table("traffic_days").filter(ibis._.product_id == "*"), name="seen")
seen = seen.with_dimensions(week=lambda t: t.week, source=lambda t: t.source)
seen = seen.with_measures(visitors=lambda t: t.visitors.sum(), buyers=lambda t: t.pay_buyers.sum())
back = to_semantic_table(table("refund_facts").filter(~ibis._.non_goods), name="back")
back = back.with_dimensions(week=lambda t: t.week, source=lambda t: t.source)
back = back.with_measures(refunds=lambda t: t.amount.sum())
both = sold.join_many(back, on=["week", "source"]) if sys.argv[2] == "net" else sold
both = both.join_many(seen, on=["week", "source"])
asked = ("sold.gross", *(["back.refunds"] if sys.argv[2] == "net" else []), "seen.visitors", "seen.buyers")
taken = []
for _ in range(4):
    start = time.perf_counter()
    rows = both.group_by("sold.week", "sold.source").aggregate(*asked).execute()
    taken.append(time.perf_counter() - start)
    print("took", taken[0], min(taken[1:] or taken), flush=True)
"""


def fill(warehouse: Warehouse, orders: int, layout: str) -> None:
    """Draw the shop straight into the warehouse's tables."""
    run = warehouse._connection.execute
    many = max(2, 5 * orders // (SOURCES * DAYS))
    channel = f"'shop:' || (i % {many if layout == 'channels' else 1})"
    place = "'*'" if layout == "channels" else "CASE WHEN p = 0 THEN '*' ELSE 'p' || p END"
    seen_in = "'shop:' || p" if layout == "channels" else "'shop:0'"
    day = f"DATE '2024-01-01' + CAST(hash(i) % {DAYS} AS INTEGER)"
    source = f"'source ' || (hash(i + 7) % {SOURCES})"
    run(f"""INSERT INTO sales BY NAME SELECT {channel} AS channel, 'o' || i AS order_id, '1' AS line_id, {day} AS day, 'goods' AS kind,
        'c' || (i % 100000) AS customer_key, 'p' || (i % 500) AS product_id, {source} AS source, '' AS country, 1.0 AS units,
        CAST(5 + i % 90 AS DECIMAL(18,4)) AS amount FROM range({orders}) r(i)""")
    run("""INSERT INTO order_facts BY NAME SELECT channel, order_id, customer_key, day, day AS placed_day, true AS counted, true AS placed,
        source, country, amount AS goods, amount AS goods_own, 'normal' AS kind FROM sales""")
    run(f"""INSERT INTO refund_facts BY NAME SELECT {channel} AS channel, 'r' || i AS refund_id, {day} AS day, {day} AS sale_day,
        0 AS age_days, true AS dated, {source} AS source, '' AS country, CAST(3 AS DECIMAL(18,4)) AS amount, 'finished' AS status,
        false AS non_goods FROM range({orders // 10}) r(i)""")
    run(f"""INSERT INTO traffic_days BY NAME SELECT {seen_in} AS channel, DATE '2024-01-01' + CAST(d AS INTEGER) AS day,
        'source ' || s AS source, {place} AS product_id, '*' AS device,
        200 + hash(d, s, p) % 300 AS visitors, hash(d, s, p) % 12 AS pay_buyers
        FROM range({DAYS}) d(d), range({SOURCES}) s(s), range({many}) p(p)""")


def seconds(work: Callable[[date], Any], rounds: int = ROUNDS) -> float:
    """The median of several runs, each from another day on, after one that warms up."""
    work(FIRST)
    taken = []
    for index in range(1, rounds + 1):
        start = time.perf_counter()
        work(FIRST + timedelta(days=index))
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def against_sql(orders: int, layout: str) -> dict[str, Any]:
    """Ours and hand-written SQL over the same tables; the answers must be equal."""
    with _shop(orders, layout) as (warehouse, _):
        found = {"orders": orders, "traffic_rows": warehouse.rows()["traffic_days"], **_timed(warehouse)}
        sql = seconds(lambda start: _by_hand(warehouse, start))
        for start in (FIRST, FIRST + timedelta(days=5)):
            answer, expected = _ours(warehouse, start).rows, _by_hand(warehouse, start)
            assert answer.equals(expected.select(answer.columns)), "the two do not agree"
    return {**found, "sql": sql, "ratio": found["ours"] / sql}


def _timed(warehouse: Warehouse) -> dict[str, Any]:
    """The seconds of a question of ours, and of them the engine's."""
    inside: list[float] = []
    fetch = warehouse._fetch

    def watched(statement: Any) -> Any:
        start = time.perf_counter()
        rows = fetch(statement)
        inside.append(time.perf_counter() - start)
        return rows

    warehouse._fetch = watched  # type: ignore[method-assign]
    ours = seconds(lambda start: _ours(warehouse, start))
    warehouse._fetch = fetch  # type: ignore[method-assign]
    return {"ours": ours, "engine": statistics.median(inside[-ROUNDS:])}


def against_peer(orders: int, layout: str, sales: str) -> dict[str, Any]:
    """Ours and the semantic layer over the same tables, asked for ``net`` sales as we are, or only for the ``gross`` ones without refunds;
    where it does not end in a minute the ratio is a lower bound."""
    python = _peer_python()
    with _shop(orders, layout) as (warehouse, folder):
        found = {"orders": orders, **_timed(warehouse)}
        for name in ("sales", "refund_facts", "traffic_days"):
            warehouse.copy_table(name, folder / f"{name}.parquet")
        command = [str(python), "-c", _PEER, str(folder), sales]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PEER_SECONDS, check=False)
            said, failure = done.stdout, done.stderr.strip() if done.returncode else ""
        except subprocess.TimeoutExpired as stopped:
            said, failure = (stopped.stdout or b"").decode(), ""
    if failure:
        return {**found, "failed": failure.splitlines()[-1]}
    took = [line.split("took")[1].split() for line in said.splitlines() if "took" in line]
    if not took:
        return {**found, "peer": PEER_SECONDS, "ratio": PEER_SECONDS / found["ours"], "stopped": True}
    first, peer = (float(figure) for figure in took[-1])  # a progress bar may stand before it
    return {**found, "peer": peer, "peer_first": first, "ratio": peer / found["ours"], "stopped": False}


def run(scale: float = 1.0) -> dict[str, Any]:
    """Both comparisons for both layouts; ``scale`` 1 is a million orders against SQL, a hundred thousand against the peer."""
    found: dict[str, Any] = {}
    for layout in ("channels", "levels"):
        found[f"sql_{layout}"] = against_sql(int(1_000_000 * scale), layout)
        for sales in ("net", "gross"):
            found[f"peer_{layout}_{sales}"] = against_peer(int(100_000 * scale), layout, sales)
    return found


def _by_hand(warehouse: Warehouse, start: date) -> pl.DataFrame:
    return pl.DataFrame(warehouse._connection.sql(BY_HAND, params=[start, LAST]).to_arrow_table())


def _ours(warehouse: Warehouse, start: date) -> Any:
    question = replace(QUESTION, start=start, end=LAST)
    return ask(warehouse, question, config=warehouse.config, clock=Clock("UTC"), fresh=True)


class _shop:  # noqa: N801
    """A workspace with the drawn shop, gone afterwards."""

    def __init__(self, orders: int, layout: str) -> None:
        self.orders, self.layout = orders, layout

    def __enter__(self) -> tuple[Warehouse, Path]:
        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        config = Config(currency="GBP", timezone="UTC")
        Warehouse.create(folder / "shop", config)
        self.warehouse = Warehouse.open(folder / "shop", config)
        fill(self.warehouse, self.orders, self.layout)
        return self.warehouse, folder

    def __exit__(self, *_: object) -> None:
        self.warehouse.close()
        self.folder.cleanup()


def _peer_python() -> Path:
    """The peer's own environment, made once."""
    python = PEER_FOLDER / "bin" / "python"
    if not (PEER_FOLDER / "lib").exists() or not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEER_FOLDER)], check=True)
        packages = [PEER, "ibis-framework[duckdb]==11.0.0", "pandas"]
        subprocess.run([str(python), "-m", "pip", "install", "-q", *packages], check=True)
    return python


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    print(json.dumps(run(parser.parse_args().scale), indent=2))
