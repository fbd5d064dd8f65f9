"""Validity: what in the data itself would mislead, and is said before any number is believed.

Reads: days with and without sales, the largest orders, presales, paid prices.
Says: missing days, orders so large that they make the week, presale days whose conversion is void, drift of paid prices.
Does: names the days, orders and products, so that a person can look.
Source: docs/rules.md, "Analysis", "What orders alone can tell"; docs/data-model.md, "Facts". Evidence only: nothing is removed by itself.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.terms import asked, count, money, share
from zhanggui.units import Words

USUAL_WEEKS = 8
FEWEST_PRODUCTS = 20
CANDIDATE = 0.05
BULK_SHARE = 0.05
"""An order that is a twentieth of the period's sales makes the week look better than it was."""


def missing_days(situation: Situation) -> Verdict:
    """Days of the last four weeks without any order on weekdays that had orders in at least seven of the eight weeks around them."""
    days = situation.frames["shop_days"].filter(pl.col("orders") > 0)
    if days.is_empty():
        return Verdict()
    sold = set(days["day"].to_list())
    first = min(sold)
    explained = set(situation.frames["annotated_days"]["day"].to_list())
    gaps = []
    for back in range(28):
        day = situation.as_of - timedelta(days=back)
        past = [day - timedelta(days=7 * k) for k in range(1, USUAL_WEEKS + 1)]
        if day in sold or day in explained or past[-1] < first:
            continue
        if sum(p in sold for p in past) >= USUAL_WEEKS - 1:
            gaps.append(day)
    if not gaps:
        return Verdict()
    words = Words(
        "rules.missing_days.some",
        {"days": count(len(gaps)), "which": " · ".join(day.isoformat() for day in sorted(gaps))},
    )
    lost = situation.weekly_money / 7 * len(gaps)
    return Verdict(
        findings=[
            Finding(
                "analysis",
                "missing_days",
                "question",
                words,
                "orders",
                {"day": sorted(gaps)[0].isoformat()},
                -lost,
                per="once",
                evidence=(Evidence(words, asked("orders", situation, ("day",))),),
            )
        ]
    )


def bulk_orders(situation: Situation) -> Verdict:
    """Single orders of this period or the one before that are a large part of its sales and far beyond the usual order."""
    orders = situation.frames["large_orders"]
    sizes = situation.frames["order_sizes"]
    blocks = dict(situation.frames["shop_blocks"].select("block", "gross").iter_rows())
    if orders.is_empty() or sizes.is_empty():
        return Verdict()
    usual = median_size(sizes)
    findings = []
    for row in orders.filter(pl.col("block") <= 1).iter_rows(named=True):
        week = float(blocks.get(row["block"]) or 0.0)
        if row["goods"] < situation.config["bulk_order_multiple"] * usual or row["goods"] < BULK_SHARE * week:
            continue
        key = "rules.bulk_orders.now" if row["block"] == 0 else "rules.bulk_orders.before"
        words = Words(
            key,
            {
                "order": row["order_id"],
                "money": money(row["goods"]),
                "share": share(row["goods"] / week),
                "times": count(round(row["goods"] / usual)),
                "lines": count(row["lines"]),
                "day": row["day"],
            },
        )
        query = {
            "metrics": ["gross_sales", "orders"],
            "by": ["day"],
            "where": {"country": row["country"] or ""},
            "from": row["day"].isoformat(),
            "to": row["day"].isoformat(),
        }
        findings.append(
            Finding(
                "analysis",
                "bulk_orders",
                "arithmetic" if row["block"] == 0 else "state",
                words,
                "gross_sales",
                {"order_id": row["order_id"]},
                row["goods"] if row["block"] == 0 else -row["goods"],
                per="once",
                evidence=(Evidence(words, query),),
                cause=f"order:{row['order_id']}",
            )
        )
    return Verdict(findings=findings)


def median_size(sizes: pl.DataFrame) -> float:
    """The median order out of counts in quarter powers of two."""
    rows = sizes.sort("bucket")
    half = float(rows["orders"].sum()) / 2
    place = int(np.searchsorted(np.cumsum(rows["orders"].to_numpy()), half))
    row = rows.row(min(place, rows.height - 1), named=True)
    return float(row["goods"]) / float(row["orders"])


def presale(situation: Situation) -> Verdict:
    """Presale orders waiting for their balance: the conversion of their products is void until it is paid."""
    waiting = situation.frames["set_apart"].filter((pl.col("kind") == "presale") & ~pl.col("counted"))
    orders = float(waiting["orders_now"].fill_null(0).sum())
    if not orders:
        return Verdict()
    words = Words("rules.presale.waiting", {"orders": count(orders)})
    finding = Finding(
        "analysis",
        "presale",
        "state",
        words,
        "conversion_rate",
        evidence=(Evidence(words, asked("order_rate", situation)),),
    )
    return Verdict(findings=[finding])


def paid_price_drift(situation: Situation) -> Verdict:
    """The same products paid cheaper or dearer than in the 28 days before, at the units of now: a claim by the spread over products."""
    prices = situation.frames["paid_prices"].filter(pl.col("units") > 0)
    if prices.is_empty() or not situation.weekly:
        return Verdict()
    wide = prices.pivot("window", index="product_id", values=["price", "units", "gross"])
    if "price_0" not in wide.columns or "price_1" not in wide.columns:
        return Verdict()
    both = wide.drop_nulls(["price_0", "price_1"]).filter((pl.col("price_0") > 0) & (pl.col("price_1") > 0))
    if both.height < FEWEST_PRODUCTS:
        return Verdict()
    logs = np.log(both["price_0"].to_numpy() / both["price_1"].to_numpy())
    # Weights of both windows: by the later alone, what got dearer would weigh more and look like a drift.
    worth = (both["gross_0"].fill_null(0) + both["gross_1"].fill_null(0)).to_numpy()
    worth = np.minimum(worth, np.quantile(worth, 0.98))
    weight = worth / worth.sum()
    drift = float(weight @ logs)
    error = float(np.sqrt((weight**2 * (logs - drift) ** 2).sum()))
    if error <= 0 or abs(np.expm1(drift)) < situation.config["price_drift_share"]:
        return Verdict(family=1)
    from scipy.special import ndtr

    p = float(2 * ndtr(-abs(drift) / error))
    if p >= CANDIDATE:
        return Verdict(family=1)
    weekly = float(both["gross_0"].sum()) / 4
    size = weekly * (1 - np.exp(-drift))
    low, high = (weekly * (1 - np.exp(-(drift + sign * 1.645 * error))) for sign in (-1, 1))
    words = Words(
        "rules.paid_price_drift.dearer" if drift > 0 else "rules.paid_price_drift.cheaper",
        {
            "share": share(np.expm1(drift), signed=True),
            "products": count(both.height),
            "money": money(size, low, high, signed=True),
        },
    )
    finding = Finding(
        "analysis",
        "paid_price_drift",
        "claim",
        words,
        "unit_price",
        {},
        float(size),
        float(low),
        float(high),
        p=p,
        evidence=(Evidence(words, asked("unit_price", situation, ("product_id",))),),
        cause="prices",
    )
    return Verdict(findings=[finding], family=1)


RULES = (
    Rule("missing_days", "analysis", missing_days, frames=("shop_days", "annotated_days"), needs=("orders",)),
    Rule(
        "bulk_orders",
        "analysis",
        bulk_orders,
        frames=("large_orders", "order_sizes", "shop_blocks"),
        needs=("orders",),
        reads=("bulk_order_multiple",),
    ),
    Rule("presale", "analysis", presale, frames=("set_apart",), needs=("orders",)),
    Rule(
        "paid_price_drift",
        "analysis",
        paid_price_drift,
        frames=("paid_prices",),
        needs=("order_lines",),
        reads=("price_drift_share",),
    ),
)
