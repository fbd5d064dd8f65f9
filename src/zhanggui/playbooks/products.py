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
from zhanggui.playbooks.shelves import on_shelves
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
            "names": [_decided(situation, p) for p in top],
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


def _decided(situation: Situation, product: str) -> Words:
    """What is to become of a product without sales: retired where none is left, sold with what it was bought with, sampled where nobody
    has reviewed it lately, shown otherwise."""
    said: dict[str, str] = {"product": name_of(situation, product)}
    left = on_shelves(situation).get(product) if "stock" in situation.frames else None
    if left is not None and sum(left.values()) <= 0:
        return Words("rules_goods.unsold.retire", said)
    partner = _bought_with(situation, product)
    if partner is not None:
        return Words("rules_goods.unsold.bundle", {**said, "other": name_of(situation, partner)})
    diary = situation.frames.get("product_diary")
    told = diary is not None and bool((diary["reviews"] > 0).any())
    if diary is not None and told and column_sum(diary.filter(pl.col("product_id") == product), "reviews") <= 0:
        return Words("rules_goods.unsold.sample", said)
    return Words("rules_goods.unsold.show", said)


def _bought_with(situation: Situation, product: str) -> str | None:
    """The product that was in most orders with it, within half a year."""
    pairs = situation.frames.get("basket_pairs")
    if pairs is None:
        return None
    own = pairs.filter((pl.col("other") != "") & ((pl.col("product_id") == product) | (pl.col("other") == product)))
    if own.is_empty():
        return None
    row = own.sort("orders", "product_id", "other", descending=[True, False, False]).row(0, named=True)
    return str(row["other"] if row["product_id"] == product else row["product_id"])


RULES = (
    Rule(
        "concentration",
        "products",
        concentration,
        frames=("product_last_sales",),
        needs=("order_lines",),
        reads=("concentration_share",),
    ),
    Rule(
        "stopped_selling",
        "products",
        stopped_selling,
        frames=("product_last_sales", "product_names"),
        needs=("order_lines",),
        reads=("zero_sale_days", "money_floor_share"),
    ),
)
