"""The numbers of a brief with pandas, from tables that are in memory already: one group-by after another."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

MONEY = ("amount", "goods", "listed", "discount", "cost")
PLACES = ("product_id", "new_or_returning", "country", "source")
Tables = dict[str, pd.DataFrame]


def loaded(folder: Path, as_of: date) -> Tables:
    """The fact tables up to the day, money as float64; before the clock starts."""
    last = pd.Timestamp(as_of)
    tables = {
        name: pd.read_parquet(folder / f"{name}.parquet")
        for name in ("order_facts", "sales", "refund_facts", "products", "orders")
    }
    for name in ("order_facts", "sales", "refund_facts"):
        table = tables[name]
        for column in ("day", "sale_day", "placed_day"):
            if column in table:
                table[column] = pd.to_datetime(table[column])
        for column in MONEY:
            if column in table:
                table[column] = table[column].astype("float64")
        tables[name] = table[table.day <= last]
    return tables


def gathered(tables: Tables, as_of: date) -> dict[str, pd.DataFrame]:
    """The frames of a brief by name."""
    last = pd.Timestamp(as_of)
    orders, sales, refunds = (_aged(tables[name], last) for name in ("order_facts", "sales", "refund_facts"))
    counted, goods = orders[orders.counted], sales[sales.kind != "non_goods"]
    back = refunds[~refunds.non_goods.fillna(False).astype(bool)]
    top = goods[goods.age < 364].groupby("product_id").amount.sum().nlargest(300).index
    return {
        "shop_blocks": _blocks(counted, orders[orders.placed], goods, back),
        "shop_days": _days(counted, back),
        **_products(goods, back, top),
        "product_names": tables["products"]
        .groupby("product_id")
        .agg(name=("title", "max"), category=("category", "max")),
        "refund_ages": _refund_ages(goods, back, last),
        "product_refunds": _product_refunds(goods, back, last),
        "large_orders": _large_orders(goods[goods.age < 56]),
        "order_sizes": _sizes(counted[(counted.age < 84) & (counted.goods > 0)]),
        "non_goods": sales[sales.kind == "non_goods"].groupby("sku").amount.agg(["sum", "size"]),
        "set_apart": orders.groupby(["kind", "status", "counted"]).agg(
            orders=("order_id", "size"), goods=("goods", "sum")
        ),
        "below_cash": _below_cash(goods[(goods.age < 28) & (goods.product_id != "")], orders[orders.age < 28]),
        "price_days": _price_days(goods, top),
        "basket_pairs": _basket_pairs(goods, top),
        "buyer_parts": _buyer_parts(goods, back),
        "refund_places": _refund_places(goods, back, tables["orders"], top, last),
        "places": counted[counted.age < 56][["country", "region", "city", "source", "channel", "campaign"]]
        .nunique()
        .to_frame()
        .T,
        "change": _change([], goods, back),
        **{f"change {place}": _change([place], goods, back) for place in PLACES},
    }


def _aged(table: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    age = (last - table.day).dt.days
    return table.assign(age=age, block=age // 7)


def _blocks(counted: pd.DataFrame, placed: pd.DataFrame, goods: pd.DataFrame, back: pd.DataFrame) -> pd.DataFrame:
    by = counted.groupby("block")
    whole = by.agg(orders=("order_id", "size"), buyers=("customer_key", "nunique"), known_orders=("customer_key", "count"),
                   days=("day", "nunique"))  # fmt: skip
    for kind in ("new", "returning"):
        some = counted[counted.new_or_returning == kind]
        whole[f"{kind}_buyers"] = some.groupby("block").customer_key.nunique()
    whole["placed"] = placed.groupby("block").size()
    lines = goods.groupby("block")[["units", "amount", "listed", "discount", "cost"]].sum()
    whole = whole.join(lines.rename(columns={"amount": "gross"}))
    whole["costed"] = goods[goods.cost.notna()].groupby("block").amount.sum()
    return whole.join(back.groupby("block").agg(refunds=("amount", "sum"), refund_rows=("amount", "size")))


def _days(counted: pd.DataFrame, back: pd.DataFrame) -> pd.DataFrame:
    days = counted.groupby("day").agg(orders=("order_id", "size"), gross=("goods", "sum"), units=("units", "sum"))
    return days.join(back.groupby("day").amount.sum().rename("refunds"), how="outer")


def _products(goods: pd.DataFrame, back: pd.DataFrame, top: Any) -> dict[str, pd.DataFrame]:
    year = goods[goods.age < 364]
    best, heroes = goods[goods.product_id.isin(top)], goods[goods.product_id.isin(top[:4])]
    measures: dict[str, Any] = {"orders": ("order_id", "nunique"), "units": ("units", "sum")}
    money: dict[str, Any] = {**measures, "gross": ("amount", "sum"), "listed": ("listed", "sum")}
    weeks = best.groupby(["product_id", "block"]).agg(**money, largest=("amount", "max"))
    returned = back[back.product_id.isin(top)].groupby(["product_id", "block"]).amount.sum().rename("refunds")
    ever = goods.groupby("product_id").agg(
        first_day=("day", "min"), last_day=("day", "max"), orders=("order_id", "nunique"), gross=("amount", "sum")
    )
    ever["gross_year"] = year.groupby("product_id").amount.sum()
    late = goods[(goods.age < 56) & (goods.units > 0)]
    late = late.assign(price=late.amount / late.units, window=late.age // 28)
    followed = best[best.age < 224]
    followed = followed.assign(age=followed.age.where(followed.age < 112, 112 + (followed.age - 112) // 28 * 28))
    lines = heroes[heroes.age < 182]
    lines = lines.assign(price=(lines.amount / lines.units).round(2))
    return {
        "product_blocks": weeks.join(returned, how="outer"),
        "product_diary": followed.groupby(["product_id", "age"]).agg(**measures, gross=("amount", "sum")),
        "product_last_sales": ever,
        "paid_prices": late.groupby(["product_id", "window"]).agg(**money, price=("price", "median")),
        "hero_lines": lines.groupby(["product_id", "age", "price", "units"]).size().rename("lines").reset_index(),
    }


def _refund_ages(goods: pd.DataFrame, back: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    sold = (
        goods.groupby("block")
        .agg(amount=("amount", "sum"), refunds=("order_id", "nunique"))
        .assign(age=-1)
        .reset_index(names="cohort")
    )
    dated = back[back.dated.astype(bool) & back.sale_day.notna()]
    dated = dated.assign(cohort=(last - dated.sale_day).dt.days // 7, age=dated.age_days.clip(upper=180))
    came = dated.groupby(["cohort", "age"]).agg(amount=("amount", "sum"), refunds=("order_id", "nunique"))
    return pd.concat([sold, came.reset_index()])


def _product_refunds(goods: pd.DataFrame, back: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    seen = goods[goods.age.between(7, 62)]
    sold = seen.assign(window=(seen.age - 7) // 28).groupby(["product_id", "window"])
    since = (last - back.sale_day).dt.days
    came = back[since.between(7, 62) & (back.age_days <= 7) & back.dated.astype(bool)]
    came = came.assign(window=(since - 7) // 28).groupby(["product_id", "window"])
    return sold.agg(orders=("order_id", "nunique"), gross=("amount", "sum")).join(
        came.agg(refunded=("order_id", "nunique"), refunds=("amount", "sum")), how="outer"
    )


def _large_orders(late: pd.DataFrame) -> pd.DataFrame:
    orders = late.groupby(["channel", "order_id"]).agg(
        day=("day", "min"), goods=("amount", "sum"), units=("units", "sum"), lines=("amount", "size"), largest=("amount", "max"),
        country=("country", "max"), customer_key=("customer_key", "max"),
    )  # fmt: skip
    return orders.sort_values(["goods", "order_id"], ascending=[False, True]).head(40)


def _sizes(sized: pd.DataFrame) -> pd.DataFrame:
    bucket = np.floor(np.log2(sized.goods) * 4).rename("bucket")
    return sized.groupby(bucket).agg(orders=("goods", "size"), goods=("goods", "sum"))


def _below_cash(lines: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    by = ["channel", "order_id"]
    own = lines[lines.kind == "goods"]
    bought = own.groupby([*by, "product_id"], as_index=False).agg(
        units=("units", "sum"), amount=("amount", "sum"), listed=("listed", "sum"), cost=("cost", "sum"),
        costs=("cost", "count"), lines=("amount", "size"), sku=("sku", "max"),
    )  # fmt: skip
    bought = bought.merge(lines.groupby(by).amount.sum().rename("paid").reset_index(), on=by)
    bought = bought.merge(orders[[*by, "shipping"]], on=by, how="left")
    bought["known"], bought["rest"] = bought.costs == bought.lines, bought.paid - bought.amount
    part = (bought.amount / bought.paid.where(bought.paid > 0)).fillna(1.0)
    freight = part * (-bought.shipping.astype("float64").fillna(0)).clip(lower=0)
    kinds = {
        "": bought,
        "costed_": bought[bought.known],
        "loss_": bought[bought.known & (bought.amount < bought.cost + freight)],
        "others_": bought[bought.rest > 0],
    }
    sums = {
        kind: some.groupby("product_id").agg(
            orders=("order_id", "size"), units=("units", "sum"), gross=("amount", "sum"), listed=("listed", "sum"),
            cost=("cost", "sum"), rest=("rest", "sum"), skus=("sku", "nunique"), sku=("sku", "max"),
        ).add_prefix(kind)
        for kind, some in kinds.items()
    }  # fmt: skip
    found = pd.concat(sums.values(), axis=1)
    return found.assign(others_gross=found.others_rest)


def _price_days(goods: pd.DataFrame, top: Any) -> pd.DataFrame:
    lines = goods[(goods.age < 112) & (goods.kind == "goods") & (goods.units > 0) & (goods.amount > 0)]
    lines = lines[lines.product_id.isin(top)]
    lines = lines.assign(paid=lines.amount / lines.units, sku=lines.sku.fillna(""))
    usual = lines.groupby(["product_id", "sku"])
    lines["relative"] = lines.paid / usual.paid.transform("median")
    lines["relative"] = lines.relative.where(lines.units <= usual.units.transform("median"))
    return lines.groupby(["product_id", "age"]).agg(units=("units", "sum"), price=("relative", "median"))


def _basket_pairs(goods: pd.DataFrame, top: Any) -> pd.DataFrame:
    by = ["channel", "order_id"]
    lines = goods[(goods.age < 182) & (goods.kind == "goods") & (goods.amount > 0) & (goods.product_id != "")]
    held = lines[[*by, "product_id"]].drop_duplicates()
    held = held.assign(products=held.groupby(by).product_id.transform("size"))
    held = held[held.products <= 30]
    baskets = len(held[by].drop_duplicates())
    held = held[held.product_id.isin(top)]
    both = held.merge(held, on=by, suffixes=("", "_other"))
    both = both[both.product_id < both.product_id_other]
    pairs = both.groupby(["product_id", "product_id_other"]).size()
    alone = held.groupby("product_id").size()
    return pd.concat([pairs[pairs >= 5].rename("orders").reset_index(), alone.rename("orders").reset_index(),
                      pd.DataFrame({"orders": [baskets]})])  # fmt: skip


def _buyer_parts(goods: pd.DataFrame, back: pd.DataFrame) -> pd.DataFrame:
    known = goods[goods.customer_key.notna()]
    days = known.groupby("customer_key").day.agg(["min", "max"])
    oldest = known.groupby("customer_key").age.max()
    grown = oldest[oldest.between(90, 269)]
    lines = known[known.customer_key.isin(grown.index)].sort_values(["amount", "product_id"])
    sold = lines.groupby(["customer_key", "channel", "order_id"], as_index=False).agg(
        day=("day", "min"), net=("amount", "sum"), country=("country", "max"), region=("region", "max"),
        source=("source", "max"), device=("device", "max"), product_id=("product_id", "last"),
    )  # fmt: skip
    parts = ["country", "region", "source", "device", "product_id"]
    begun = sold.sort_values(["day", "order_id"]).groupby("customer_key")[parts].first()
    begun["first"], begun["cohort"] = days["min"], grown // 90 - 1
    came = back[back.customer_key.notna() & back.sale_day.notna()]
    given = pd.DataFrame({"customer_key": came.customer_key, "day": came.sale_day, "net": -came.amount, "orders": 0})
    moved = pd.concat([sold.assign(orders=1)[["customer_key", "day", "net", "orders"]], given])
    moved = moved.merge(begun, left_on="customer_key", right_index=True)
    moved = moved[moved.day < moved["first"] + pd.Timedelta(days=90)]
    each = moved.groupby("customer_key").agg(net=("net", "sum"), orders=("orders", "sum")).join(begun)
    each = each.assign(net2=each.net**2, orders2=each.orders**2, both=each.net * each.orders)
    sums: dict[str, Any] = {"buyers": ("net", "size")}
    sums |= {name: (name, "sum") for name in ("net", "net2", "orders", "orders2", "both")}
    found = {name: each[each[name] != ""].groupby([name, "cohort"]).agg(**sums) for name in parts}
    active = pd.DataFrame({"buyers": [int((days["max"] > goods.day.max() - pd.Timedelta(days=182)).sum())]})
    large = {name: part[part.buyers >= 100] for name, part in found.items()}
    return pd.concat([each.groupby("cohort").agg(**sums), active, *large.values()])


def _refund_places(
    goods: pd.DataFrame, back: pd.DataFrame, orders: pd.DataFrame, top: Any, last: pd.Timestamp
) -> pd.DataFrame:
    by = ["channel", "order_id"]
    carried = orders[[*by, "carrier"]]
    sold = goods[goods.age.between(7, 62) & goods.product_id.isin(top)].merge(carried, on=by, how="left")
    sold["window"] = (sold.age - 7) // 28
    since = (last - back.sale_day).dt.days
    came = back.assign(window=(since - 7) // 28)[since.between(7, 62) & (back.age_days <= 7) & back.dated.astype(bool)]
    came = came[came.product_id.isin(top)].merge(carried, on=by, how="left")
    of_sale = ["sku", "country", "region", "source", "carrier"]

    def told(table: pd.DataFrame, name: str) -> Any:
        some = table[table[name].notna() & (table[name] != "")]
        return some.rename(columns={name: "value"}).assign(by=name).groupby(["product_id", "by", "value", "window"])

    parts = [told(sold, name).order_id.nunique().rename("orders") for name in of_sale]
    again = told(came, "customer_key").agg(refunded=("order_id", "nunique"), refunds=("amount", "sum"))
    parts += [
        told(came, name).agg(refunded=("order_id", "nunique"), refunds=("amount", "sum"))
        for name in (*of_sale, "phase", "reason")
    ]
    rows = pd.concat([part.reset_index() for part in (*parts, again[again.refunded >= 2])])
    return rows.groupby(["product_id", "by", "value", "window"], as_index=False).sum()


def _change(place: list[str], goods: pd.DataFrame, back: pd.DataFrame) -> pd.DataFrame:
    lately = goods[goods.age < 98]
    by = [*place, "block"]
    sold = lately.groupby(by).agg(
        orders=("order_id", "nunique"), units=("units", "sum"), gross=("amount", "sum"), listed=("listed", "sum"),
        buyers=("customer_key", "nunique"),
    )  # fmt: skip
    sold["known"] = lately[lately.customer_key.notna()].groupby(by).order_id.nunique()
    return sold.join(back[back.age < 98].groupby(by).amount.sum().rename("refunds"), how="outer")
