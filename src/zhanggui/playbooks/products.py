"""Products: what hangs on too few, what no longer sells, what lies too long.

Reads: sales by product, last sales, stock, costs.
Says: how much hangs on one product, which products stopped selling, where cash lies in stock.
Does: names the product, the money and the query that shows it.
Source: docs/rules.md, "Products".
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.terms import asked, column_sum, count, margin_per_sale, money, name_of, share, sold_days
from zhanggui.units import Words

FEWEST_ORDERS = 50
"""Of fewer orders, one product's share is as much chance as risk."""
PACE_DAYS = 84
SETTLED_DAYS = 60
"""What is to be had for less time than this is new, not slow."""


def concentration(situation: Situation) -> Verdict:
    """One product that carries more than its share of a year's sales: the shop's largest strength and its largest risk."""
    sold = situation.frames["product_last_sales"]
    total = float(sold["gross_year"].fill_null(0).sum()) if sold.height else 0.0
    if total <= 0 or sold.height < 2 or column_sum(sold, "orders") < FEWEST_ORDERS:
        return Verdict()
    top = sold.sort("gross_year", "product_id", descending=[True, False]).row(0, named=True)
    part = float(top["gross_year"]) / total
    if part < situation.config["concentration_share"]:
        return Verdict()
    product = str(top["product_id"])
    words = Words("rules.concentration.one", {"product": name_of(situation, product), "share": share(part)})
    margin = margin_per_sale(situation.costs) or 1.0
    weekly = float(top["gross_year"]) / 52 * margin
    return Verdict(
        findings=[
            Finding(
                "products",
                "concentration",
                "state",
                words,
                "gross_sales",
                {"product_id": product},
                weekly,
                evidence=(Evidence(words, asked("gross_sales", situation, ("product_id",), product_id=product)),),
                cause=f"product:{product}",
            )
        ]
    )


def stopped_selling(situation: Situation) -> Verdict:
    """Products that sold for at least as long as the limit and have had no sale for that long: show, bundle, sample or retire them."""
    sold = situation.frames["product_last_sales"]
    days = int(situation.config["zero_sale_days"])
    limit = situation.as_of - timedelta(days=days)
    if sold.is_empty() or sold["first_day"].min() > limit:  # type: ignore[operator]
        return Verdict()
    quiet = sold.filter((pl.col("last_day") <= limit) & (pl.col("orders") >= 3) & (pl.col("gross_year") > 0))
    if quiet.is_empty():
        return Verdict()
    listed = situation.frames["product_names"].filter(pl.col("status") == "archived")["product_id"].to_list()
    quiet = quiet.filter(~pl.col("product_id").is_in(listed))
    worth = float(quiet["gross_year"].sum()) / 52
    if quiet.is_empty() or worth < situation.floor:
        return Verdict()
    top = quiet.sort("gross_year", "product_id", descending=[True, False]).head(3)["product_id"].to_list()
    words = Words(
        "rules.stopped_selling.some",
        {
            "products": count(quiet.height),
            "days": count(days),
            "all": count(sold.height),
            "worth": money(worth),
            "names": " · ".join(name_of(situation, p) for p in top),
        },
    )
    query = {
        "metrics": ["gross_sales", "units"],
        "by": ["product_id"],
        "where": {"product_id": top},
        "to": situation.as_of.isoformat(),
    }
    return Verdict(
        findings=[
            Finding(
                "products",
                "stopped_selling",
                "state",
                words,
                "gross_sales",
                {},
                worth,
                evidence=(Evidence(words, query),),
            )
        ]
    )


def _pace(situation: Situation) -> pl.DataFrame:
    """product_id · first_day · last_day · units a day, over the last 84 days or since the first sale; NULL of a product not followed."""
    sold = sold_days(situation, PACE_DAYS).group_by("product_id").agg(pl.col("units").sum())
    age = (pl.lit(situation.as_of) - pl.col("first_day")).dt.total_days() + 1
    known = situation.frames["product_last_sales"].select("product_id", "first_day", "last_day")
    return known.join(sold, on="product_id", how="left").with_columns(
        units=pl.col("units") / pl.min_horizontal(age, pl.lit(PACE_DAYS))
    )


def _long_enough(situation: Situation) -> pl.Expr:
    """Whether a product was to be had long enough to be called slow, and its pace is known."""
    since = situation.as_of - timedelta(days=SETTLED_DAYS)
    shop = situation.frames["product_last_sales"]["first_day"].min()
    begun = pl.coalesce("first_day", "listed_day", pl.lit(shop, dtype=pl.Date))
    followed = pl.col("units").is_not_null() | pl.col("last_day").is_null()
    quiet = pl.col("last_day") <= situation.as_of - timedelta(days=PACE_DAYS)
    return (begun <= since) & (followed | quiet)


def slow_stock(situation: Situation) -> Verdict:
    """Stock that lasts longer than the limit at its present pace, by the cash that lies in it."""
    stock = situation.frames["stock"]
    if stock.is_empty():
        return Verdict()
    names = situation.frames["product_names"].select("product_id", "cost", "price", "listed_day")
    goods = situation.costs.goods_share()
    rows = (
        stock.group_by("product_id")
        .agg(pl.col("on_hand").sum())
        .join(names, on="product_id", how="left")
        .join(_pace(situation), on="product_id", how="left")
        .filter(_long_enough(situation))
        .with_columns(pl.col("units").fill_null(0.0))
        .with_columns(
            unit_cost=pl.coalesce("cost", pl.col("price") * (goods.middle if goods else None)),
            days=pl.when(pl.col("units") > 0).then(pl.col("on_hand") / pl.col("units")).otherwise(float("inf")),
        )
        .with_columns(cash=pl.col("on_hand") * pl.col("unit_cost"))
        .filter((pl.col("on_hand") > 0) & (pl.col("days") > situation.config["slow_stock_days"]))
        .sort("cash", "product_id", descending=[True, False], nulls_last=True)
    )
    findings = []
    for row in rows.head(5).iter_rows(named=True):
        if row["cash"] is None or row["cash"] < 4 * situation.floor:
            continue
        product = str(row["product_id"])
        words = Words(
            "rules.slow_stock.one" if row["days"] != float("inf") else "rules.slow_stock.none",
            {
                "product": name_of(situation, product),
                "units": count(row["on_hand"]),
                "days": count(round(row["days"]) if row["days"] != float("inf") else PACE_DAYS),
                "cash": money(row["cash"]),
            },
        )
        findings.append(
            Finding(
                "products",
                "slow_stock",
                "state",
                words,
                "days_of_stock",
                {"product_id": product},
                float(row["cash"]) / 52,
                evidence=(Evidence(words, asked("on_hand", situation, ("product_id",), product_id=product)),),
                cause=f"product:{product}",
            )
        )
    return Verdict(findings=findings)


RULES = (
    Rule("concentration", "products", concentration, frames=("product_last_sales",), needs=("order_lines",)),
    Rule(
        "stopped_selling",
        "products",
        stopped_selling,
        frames=("product_last_sales", "product_names"),
        needs=("order_lines",),
    ),
    Rule(
        "slow_stock",
        "products",
        slow_stock,
        frames=("stock", "product_names", "product_diary", "product_last_sales"),
        needs=("stock_days",),
    ),
)
