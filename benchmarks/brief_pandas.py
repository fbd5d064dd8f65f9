"""The numbers of a brief gathered with pandas: the facts read from Parquet, then one group-by after another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def gathered(folder: Path, as_of: str) -> dict[str, Any]:
    """The tables of ``brief_bench.SQL``; gives the last week's orders and gross sales, to be compared."""
    last = pd.Timestamp(as_of)
    orders, sales, refunds = (_read(folder, name, last) for name in ("order_facts", "sales", "refund_facts"))
    products = pd.read_parquet(folder / "products.parquet")
    orders = orders[orders.counted]
    goods = sales[sales.kind != "non_goods"]
    back = refunds[~refunds.non_goods.fillna(False).astype(bool) & refunds.status.fillna("finished").eq("finished")]
    by_week = orders.groupby("block").agg(orders=("order_id", "size"), buyers=("customer_key", "nunique"))
    orders[orders.new_or_returning == "new"].groupby("block").customer_key.nunique()
    goods_by_week = goods.groupby("block")[["amount", "units", "listed", "discount", "cost"]].sum()
    back.groupby("block").amount.agg(["sum", "size"])
    orders.groupby("day").agg(orders=("order_id", "size"), gross=("goods", "sum"), units=("units", "sum"))
    _products(goods, last)
    products.groupby("product_id").agg(name=("title", "max"), category=("category", "max"))
    _refunds(back, last)
    _orders(orders, goods, last)
    sales[sales.kind == "non_goods"].groupby("sku").amount.agg(["sum", "size"])
    return {"orders": by_week.orders.loc[0], "gross": goods_by_week.amount.loc[0]}


def _read(folder: Path, name: str, last: pd.Timestamp) -> pd.DataFrame:
    frame = pd.read_parquet(folder / f"{name}.parquet")
    frame["day"] = pd.to_datetime(frame.day)
    for column in ("amount", "goods", "listed", "discount", "cost"):
        if column in frame:
            frame[column] = frame[column].astype("float64")
    frame = frame[frame.day <= last]
    return frame.assign(age=(last - frame.day).dt.days, block=(last - frame.day).dt.days // 7)


def _products(goods: pd.DataFrame, last: pd.Timestamp) -> None:
    recent = goods[goods.age < 364]
    top = recent.groupby("product_id").amount.sum().nlargest(300).index
    best = goods[goods.product_id.isin(top)]
    measures: dict[str, Any] = {
        "orders": ("order_id", "nunique"),
        "units": ("units", "sum"),
        "gross": ("amount", "sum"),
    }
    best.groupby(["product_id", "block"]).agg(**measures, largest=("amount", "max"))
    best[best.age < 84].groupby(["product_id", "day"]).agg(orders=("order_id", "nunique"), units=("units", "sum"))
    goods.groupby("product_id").agg(first=("day", "min"), last=("day", "max"), **measures)
    recent.groupby("product_id").amount.sum()
    late = goods[(goods.age < 56) & (goods.units > 0)]
    late = late.assign(price=late.amount / late.units, half=late.age // 28)
    late.groupby(["product_id", "half"]).agg(units=("units", "sum"), gross=("amount", "sum"), price=("price", "median"))
    goods[goods.age < 70].groupby(["product_id", "block"]).agg(**measures)


def _refunds(back: pd.DataFrame, last: pd.Timestamp) -> None:
    dated = back[back.dated.astype(bool)]
    sold = (last - pd.to_datetime(dated.sale_day)).dt.days
    dated = dated.assign(cohort=sold // 7, half=sold // 28, capped=dated.age_days.clip(upper=180))
    dated.groupby(["cohort", "capped"]).agg(amount=("amount", "sum"), orders=("order_id", "nunique"))
    dated[sold < 63].groupby(["product_id", "half"]).agg(refunded=("order_id", "nunique"), amount=("amount", "sum"))


def _orders(orders: pd.DataFrame, goods: pd.DataFrame, last: pd.Timestamp) -> None:
    late = (
        goods[goods.age < 56]
        .groupby("order_id")
        .agg(day=("day", "min"), goods=("amount", "sum"), lines=("amount", "size"))
    )
    late.nlargest(40, "goods")
    sized = orders[(orders.goods > 0) & (orders.age < 84)]
    sized.groupby(np.floor(np.log2(sized.goods) * 4)).goods.agg(["size", "sum"])
    orders.groupby(["kind", "status"]).goods.agg(["size", "sum"])
    orders[orders.age < 70].groupby(["country", "source", "block"]).goods.agg(["size", "sum"])
