"""What the day's actions cost: a brief of all rules against the same brief without the rules that propose, and with the first rules only.

A drawn shop of one million order lines and five million rows of traffic (products × sources × days), with stock, advertising, changes,
reviews and a cost sheet, so that every rule has something to read. Each brief is made three times in one process with nothing
remembered; the best of the last two counts. Bars: at most 3 × the brief without actions, at most 4 × the brief of the first rules
(what happened, why, and what is due), and at most 60 questions to the engine.
"""

from __future__ import annotations

import argparse
import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.brief_bench import timed
from benchmarks.brief_shop import DAYS, PRODUCTS, draw
from zhanggui.app import Shop
from zhanggui.config import Config

KEPT = Path(__file__).resolve().parent.parent / ".bench" / "actions"
LINES, TRAFFIC = 1_000_000, 5_000_000
SOURCES = ("*", "search", "mail", "direct", "words")
AS_OF = date(2011, 7, 19)
"""Far from every event, so that prices may be moved too."""
MOST = {"without": 3.0, "first": 4.0}
MOST_QUESTIONS = 60
COSTS = (("goods", "*", (0.42, 0.5)), ("per_order", "freight", 2.5), ("share", "fees", 0.05), ("lead_days", "*", 10.0))

_BRIEF = """
from zhanggui import playbooks
from zhanggui.app import Shop
FIRST = set(
    "sells_below_cash refund_jump stock_out sold_out falling_conversion falling_product rising_product concentration stopped_selling"
    " product_terms ship_by missing_days bulk_orders presale paid_price_drift".split()
)
rules = playbooks.rules()
known = {rule.name for rule in rules}
assert FIRST <= known, f"no rule is called {FIRST - known}"
keep = {"all": lambda rule: True, "without": lambda rule: not rule.proposes, "first": lambda rule: rule.name in FIRST}[MODE]
kept = tuple(rule for rule in rules if keep(rule))
playbooks.rules = lambda: kept
with Shop.open(folder / "shop") as shop:
    before = shop.warehouse.queries
    said, brief = timed(lambda: shop.brief(as_of, remember=False))
    said["questions"] = (shop.warehouse.queries - before) // 3
said["actions"] = len(brief.actions)
said["findings"] = len(brief.findings)
said["rules"] = len(kept)
if MODE != "first":
    assert bool(brief.actions) == (MODE == "all"), f"{len(brief.actions)} actions in the brief of {MODE} rules"
print(json.dumps(said))
"""


def folder_of(lines: int, traffic: int) -> Path:
    """The folder of the shop, drawn and imported where it is not there yet."""
    folder = KEPT / f"{lines}-{traffic}"
    if not (folder / "drawn").exists():
        shutil.rmtree(folder, ignore_errors=True)
        files = folder / "files"
        files.mkdir(parents=True)
        draw(files, lines)
        draw_rest(files, traffic, lines)
        with Shop.create(folder / "shop", Config(name="drawn", currency="GBP", timezone="Europe/London")) as shop:
            shop.import_files([files])
            for section, name, value in COSTS:
                shop.set_cost(section, name, value)
        shutil.rmtree(files)
        (folder / "drawn").touch()
    return folder


def draw_rest(files: Path, traffic: int, lines: int) -> None:
    """Traffic of every product by source and day, stock of ten weeks, twenty advertising plans, changes and reviews."""
    run = duckdb.connect().execute
    run("SET enable_progress_bar = false")
    days = min(max(traffic // (PRODUCTS * len(SOURCES)), 1), DAYS)
    last = f"DATE '{AS_OF + timedelta(days=1)}'"
    share = f"4 * pow(1 - (p + .5) / {PRODUCTS}, 3) / {PRODUCTS}"
    visits = f"1 + floor({lines / DAYS * 14} * {share} * w * (.7 + (hash(p, d, s) % 600) / 1000.0))"
    sources = ", ".join(f"('{name}', {1.0 if name == '*' else 0.25})" for name in SOURCES)
    # One product in twenty sells half as well for four weeks; one in ten runs low.
    rate = "CASE WHEN p % 20 = 7 AND d < 28 THEN .015 ELSE .03 END * (.8 + (hash(p, s) % 400) / 1000.0)"
    run(f"""COPY (SELECT 'shop:main' AS channel, strftime({last} - d::INT, '%Y-%m-%d') AS day, s AS source, 'P' || p AS product_id,
            '*' AS device, v::BIGINT AS visitors, (v * .09)::BIGINT AS cart_visitors,
            least(v, floor(v * r + (hash(p, d, s, 2) % 1000) / 1000.0))::BIGINT AS pay_buyers
        FROM (SELECT *, {visits} AS v, {rate} AS r
            FROM range({PRODUCTS}) a(p), range(1, {days} + 1) b(d), (VALUES {sources}) c(s, w))) TO '{files}/traffic_days.csv' (HEADER)""")
    run(f"""COPY (SELECT 'shop:main' AS channel, strftime({last} - d::INT, '%Y-%m-%d') AS day, 'P' || p AS product_id, '*' AS sku,
            '*' AS location,
            greatest(0, CASE WHEN p % 10 = 3 THEN hash(p) % 300 ELSE 3000 END - (70 - d) * (1 + hash(p, 1) % 5)) AS on_hand
        FROM range({PRODUCTS}) a(p), range(1, 70) b(d)) TO '{files}/stock_days.csv' (HEADER)""")
    run(f"""COPY (SELECT 'shop:main' AS channel, strftime({last} - d::INT, '%Y-%m-%d') AS day, 'words' AS platform,
            'plan ' || c AS campaign, '*' AS ad_group, '*' AS keyword, '*' AS creative,
            'P' || (c * 13) AS product_id, (x * 40)::BIGINT AS impressions,
            x::BIGINT AS clicks, round(x * .8, 2) AS cost, 'GBP' AS currency, round(x * .03, 1) AS orders, round(x * .03 * 40, 2) AS revenue
        FROM (SELECT *, 100 + hash(c) % 200 + hash(c, d) % 80 AS x FROM range(20) a(c), range(1, 180) b(d)))
        TO '{files}/ad_days.csv' (HEADER)""")
    run(f"""COPY (SELECT 'shop:main' AS channel, 'c' || i AS change_id,
            strftime({last} - (5 + hash(i) % 150)::INT, '%Y-%m-%dT09:00:00Z') AS at, 'P' || (i * 7) AS product_id,
            ['title', 'image', 'price'][(1 + hash(i, 1) % 3)::BIGINT] AS what, 'old' AS before, 'new' AS after
        FROM range(200) t(i)) TO '{files}/changes.csv' (HEADER)""")
    run(f"""COPY (SELECT 'shop:main' AS channel, 'v' || i AS review_id,
            'P' || floor({PRODUCTS} * pow((hash(i) % 1000) / 1000.0, 3))::BIGINT AS product_id,
            strftime({last} - (1 + hash(i, 1) % 300)::INT, '%Y-%m-%dT09:00:00Z') AS created_at, 3 + hash(i, 2) % 3 AS stars
        FROM range(20000) t(i)) TO '{files}/reviews.csv' (HEADER)""")


def run(scale: float = 1.0) -> dict[str, Any]:
    """All briefs of the shop, at most the sizes that the bars name. Raises AssertionError where a bar is not held."""
    share = min(scale, 1.0)
    folder = folder_of(int(LINES * share), int(TRAFFIC * share))
    found = {mode: timed(f"MODE = {mode!r}\n{_BRIEF}", folder, AS_OF) for mode in ("all", *MOST)}
    if found["all"]["questions"] > MOST_QUESTIONS:
        raise AssertionError(f"the brief of all rules asked the engine {found['all']['questions']} times")
    ratios = {
        f"{unit}_of_{mode}": found["all"][unit] / found[mode][unit] for mode in MOST for unit in ("seconds", "cpu")
    }
    for mode, most in MOST.items():
        if share == 1 and ratios[f"cpu_of_{mode}"] > most:  # a small shop's brief is mostly what every brief costs once
            raise AssertionError(
                f"the brief of all rules takes {ratios[f'cpu_of_{mode}']:.2f} × the one {mode}: {found}"
            )
    return {**found, **ratios, "bars": str(MOST)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    print(json.dumps(run(parser.parse_args().scale), indent=2))
