"""Products: what hangs on too few, what no longer sells.

Reads: sales by product, last sales, costs.
Says: how much hangs on one product, which products stopped selling.
Does: names the product, the money and the query that shows it.
Source: docs/rules.md, "Products".
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.terms import asked, column_sum, count, margin_per_sale, money, name_of, share
from zhanggui.units import Words

FEWEST_ORDERS = 50
"""Of fewer orders, one product's share is as much chance as risk."""


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


RULES = (
    Rule("concentration", "products", concentration, frames=("product_last_sales",), needs=("order_lines",)),
    Rule(
        "stopped_selling",
        "products",
        stopped_selling,
        frames=("product_last_sales", "product_names"),
        needs=("order_lines",),
    ),
)
