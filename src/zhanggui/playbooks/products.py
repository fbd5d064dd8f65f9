"""Products: what earns, what leaks, what hangs on too few.

Reads: sales by product, costs, paid prices, last sales, refunds at equal age, stock.
Says: what is sold below cash cost, how much hangs on one product, which products stopped selling.
Does: names the product, the loss by arithmetic and the query that shows it.
Source: docs/rules.md, "Products".
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from zhanggui.playbooks.kinds import Evidence, Finding, Locked, Rule, Situation, Verdict
from zhanggui.playbooks.terms import asked, column_sum, count, exact, margin_per_sale, money, name_of, share
from zhanggui.units import Words

WINDOW_WEEKS = 4
FEWEST_ORDERS = 50
"""Of fewer orders, one product's share is as much chance as risk."""
PACE_DAYS = 84
SETTLED_DAYS = 60
"""What is to be had for less time than this is new, not slow."""


def sells_below_cash(situation: Situation) -> Verdict:
    """Lines paid below what the goods themselves cost: certain, no statistics. Where costs are unknown, the break-even is said."""
    lines = situation.frames["below_cost"]
    if lines.is_empty():
        return Verdict(locked=_break_even(situation))
    sheet = situation.costs
    losing = lines.filter(pl.col("loss_lines") > 0).with_columns(
        loss=(pl.col("loss_cost") - pl.col("loss_gross") * (1 - sheet.sales_share)) / WINDOW_WEEKS
    )
    findings = [_below_cash(row, situation) for row in losing.sort("loss", descending=True).iter_rows(named=True)]
    return Verdict(findings=findings)


def _below_cash(row: dict[str, float | str], situation: Situation) -> Finding:
    product = str(row["product_id"])
    units, gross, cost = (float(row[name]) for name in ("loss_units", "loss_gross", "loss_cost"))
    loss = float(row["loss"])
    words = Words(
        "rules.sells_below_cash.goods",
        {
            "product": name_of(situation, product),
            "paid": exact(gross / units if units else 0.0),
            "cost": exact(cost / units if units else 0.0),
            "orders": count(float(row["loss_orders"])),
            "loss": money(loss),
        },
    )
    return Finding(
        "products",
        "sells_below_cash",
        "arithmetic",
        words,
        "gross_profit",
        {"product_id": product},
        -loss,
        -loss,
        -loss,
        evidence=(
            Evidence(words, asked("gross_profit", situation, ("product_id",), product_id=product)),
            Evidence(words, asked("cost_of_goods", situation, ("product_id",), product_id=product)),
        ),
        cause=f"product:{product}",
        alert="urgent",
    )


def _break_even(situation: Situation) -> list[Locked]:
    """Without costs: how low the paid price goes below list, and up to which goods cost that still pays."""
    if situation.costs.goods_share() is not None:
        return []
    prices = situation.frames["paid_prices"].filter((pl.col("window") == 0) & (pl.col("listed") > 0))
    margin_point = situation.weekly_money / 100
    if prices.is_empty():
        return [
            Locked("sells_below_cash", "costs", Words("rules.sells_below_cash.costs", {"point": money(margin_point)}))
        ]
    deepest = prices.with_columns(kept=pl.col("gross") / pl.col("listed")).sort("kept", "product_id").row(0, named=True)
    if deepest["kept"] > 0.97:
        return [
            Locked("sells_below_cash", "costs", Words("rules.sells_below_cash.costs", {"point": money(margin_point)}))
        ]
    words = Words(
        "rules.sells_below_cash.break_even",
        {
            "product": name_of(situation, deepest["product_id"]),
            "off": share(1 - deepest["kept"]),
            "kept": share(deepest["kept"]),
            "point": money(margin_point),
        },
    )
    return [Locked("sells_below_cash", "costs", words)]


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
    sold = situation.frames["product_days"].group_by("product_id").agg(pl.col("units").sum())
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
    Rule(
        "sells_below_cash", "products", sells_below_cash, frames=("below_cost", "paid_prices"), needs=("order_lines",)
    ),
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
        frames=("stock", "product_names", "product_days", "product_last_sales"),
        needs=("stock_days",),
    ),
)
