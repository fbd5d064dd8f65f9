"""Product moves: products that sold fewer or more orders than their own past and the shop's week let expect.

Reads: orders of each product by block, its last days, paid prices, the largest orders.
Says: which product fell or rose beyond noise, by how much money, and the likely reason, worded as what it is.
Does: asks whether a product is sold out or delisted where its days without a sale cannot be chance.
Source: docs/rules.md, "Analysis", "Products" (sold out); docs/methods.md, "Methods of the brief".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from zhanggui.methods.alike import Alike, expect_alike
from zhanggui.methods.counts import zero_run as chance_of_zero_run
from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.terms import asked, count, first_day, money, name_of, share, sold_days
from zhanggui.units import Refusal, Words

Floats = npt.NDArray[np.float64]
FEWEST_BLOCKS = 8
RECENT_BLOCKS = 30
"""Products live by seasons: what one sold before the last half year says little of its level now."""
FEWEST_EXPECTED = 5.0
"""Fewer expected orders a block cannot tell a fall from chance."""
MOST_WATCHED = 80
"""Products walked to learn what is noise; only the large ones are judged, each more would take error budget from the others."""
FEWEST_TO_COMPARE = 6
SOLD_OUT = 0.01
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Moves:
    """The products judged this morning: orders seen and expected, what an order of each brings, and the weight of each one's test (by its
    usual money, 1 on average)."""

    products: tuple[str, ...]
    seen: Floats
    expected: Alike
    order_value: Floats
    weight: Floats

    def money(self, i: int) -> tuple[float, float, float]:
        """The product's money a block beyond expectation with its 90 % range: (seen − expected) orders × what an order usually brings."""
        value, wanted = float(self.order_value[i]), self.expected
        change, low, high = ((self.seen[i] - e[i]) * value for e in (wanted.expected, wanted.high, wanted.low))
        return float(change), float(low), float(high)


def moves(situation: Situation) -> Moves | None:
    """Judge the large products' orders of the last block, each by its own earlier blocks relative to the shop's orders."""
    blocks = situation.frames["product_blocks"]
    shop = situation.frames["shop_blocks"].filter(pl.col("orders") > 0)
    if blocks.is_empty() or shop.height < FEWEST_BLOCKS + 1 or shop["block"][0] != 0:
        return None
    whole = _whole_blocks(situation, shop)
    if whole < FEWEST_BLOCKS + 1:
        return None
    shop_orders = _row(shop, "orders", whole)
    products = blocks["product_id"].unique().sort().to_list()
    orders, gross = (_matrix(blocks, products, name, whole) for name in ("orders", "gross"))
    order_value = gross[:, 1:27].sum(axis=1) / np.maximum(orders[:, 1:27].sum(axis=1), 1.0)
    usual = np.maximum(orders[:, 1:9].mean(axis=1), orders[:, 1:3].mean(axis=1))
    usual = usual * shop_orders[0] / max(shop_orders[1:9].mean(), 1e-9)
    weekly = np.maximum(usual, orders[:, 0]) * order_value * 7 / situation.period.days
    watched = np.argsort(-weekly, kind="stable")[:MOST_WATCHED]
    past = orders[watched, 1 : RECENT_BLOCKS + 1][:, ::-1].copy()
    past[np.cumsum(past, axis=1) == 0] = np.nan  # before its first sale a product was not there to be bought
    exposure = np.append(shop_orders[1 : RECENT_BLOCKS + 1][::-1], _shop_week(orders[watched], shop_orders))
    expected = expect_alike(past, orders[watched, 0], exposure=exposure)
    if not isinstance(expected, Alike):
        return None
    large = (np.maximum(usual, orders[:, 0] / 4) >= FEWEST_EXPECTED) & (weekly >= situation.floor)
    judged = large[watched] & ~np.isnan(expected.expected)
    chosen = watched[judged]
    if not chosen.size:
        return None
    worth = np.maximum((usual * order_value)[chosen], 1e-9)
    return Moves(
        tuple(products[i] for i in chosen),
        orders[chosen, 0],
        expected.of(judged),
        order_value[chosen],
        worth / worth.mean(),
    )


def _shop_week(orders: Floats, shop_orders: Floats) -> float:
    """The shop's orders of block 0 as the middle product saw them: one product that doubles must not make all others look poor."""
    usual = orders[:, 1:5].mean(axis=1)
    known = usual > 0
    if known.sum() < FEWEST_TO_COMPARE:
        return float(shop_orders[0])
    ratio, weight = orders[known, 0] / usual[known], usual[known]
    order = np.argsort(ratio)
    middle = ratio[order][np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)]
    return float(middle * shop_orders[1:5].mean())


def _whole_blocks(situation: Situation, shop: pl.DataFrame) -> int:
    """Blocks (0 included) that lie wholly after the shop's first sale."""
    first = first_day(situation.frames["shop_days"])
    if first is None:
        return 0
    return min(((situation.as_of - first).days + 1) // situation.period.days, int(shop["block"].to_numpy().max()) + 1)


def _row(frame: pl.DataFrame, name: str, blocks: int) -> Floats:
    values = np.zeros(blocks)
    for block, value in frame.select("block", name).iter_rows():
        if block < blocks:
            values[int(block)] = value or 0.0
    return values


def _matrix(frame: pl.DataFrame, products: list[str], name: str, blocks: int) -> Floats:
    values = np.zeros((len(products), blocks))
    place = {product: i for i, product in enumerate(products)}
    for product, block, value in frame.select("product_id", "block", name).iter_rows():
        if 0 <= block < blocks:
            values[place[product], int(block)] = value or 0.0
    return values


def falling_product(situation: Situation) -> Verdict:
    """Products whose orders fell below what was to be expected: candidates for a claim, the brief controls the family."""
    return _moved(situation, falling=True)


def rising_product(situation: Situation) -> Verdict:
    """Products whose orders rose above what was to be expected: find out why, perhaps it can be repeated."""
    return _moved(situation, falling=False)


def _moved(situation: Situation, *, falling: bool) -> Verdict:
    if "moves" not in situation.workings:
        situation.workings["moves"] = moves(situation)
    found: Moves | None = situation.workings["moves"]
    if found is None:
        return Verdict()
    p = np.nan_to_num(found.expected.p_low if falling else found.expected.p_high, nan=1.0)
    rule = "falling_product" if falling else "rising_product"
    findings = [
        _finding(found, i, float(p[i]), rule, situation)
        for i in np.argsort(p)
        if p[i] < 0.05 and abs(found.money(int(i))[0]) * 7 / situation.period.days >= situation.floor
    ]
    return Verdict(findings=findings, family=len(found.products))


def _finding(found: Moves, i: int, p: float, rule: str, situation: Situation) -> Finding:
    product = found.products[i]
    change, low, high = (value * 7 / situation.period.days for value in found.money(i))
    words = Words(
        f"rules.{rule}.orders",
        {
            "product": name_of(situation, product),
            "orders": count(found.seen[i]),
            "normal": count(found.expected.expected[i], found.expected.low[i], found.expected.high[i]),
            "money": money(change, low, high, signed=True),
        },
    )
    return Finding(
        "analysis",
        rule,
        "claim",
        words,
        "orders",
        {"product_id": product},
        change,
        low,
        high,
        p=p,
        weight=float(found.weight[i]),
        evidence=(
            Evidence(words, asked("orders", situation, ("product_id",), product_id=product)),
            Evidence(words, asked("gross_sales", situation, ("product_id",), product_id=product)),
        ),
        because=_because(product, situation, falling=rule == "falling_product"),
        cause=f"product:{product}",
    )


# ---- likely reasons, the first that fits


def _because(product: str, situation: Situation, *, falling: bool) -> Words | None:
    if falling:
        run = zero_run(product, situation)
        if run is not None and run[1] <= SOLD_OUT:
            return Words("rules.because.no_sale", {"days": count(run[0])})
    drift = _price_drift(product, situation)
    if drift is not None and (drift > 0) == falling and abs(drift) >= situation.config["price_drift_share"]:
        return Words(
            "rules.because.dearer" if falling else "rules.because.cheaper", {"share": share(drift, signed=True)}
        )
    if not falling:
        order = _bulk_part(product, situation)
        if order is not None:
            return Words("rules.because.one_order", {"order": order["order_id"], "money": money(order["goods"])})
    return None


def zero_run(product: str, situation: Situation) -> tuple[int, float] | None:
    """Selling days at the end of the data without this product, and how likely such a run is at its pace of the 56 days before."""
    days = sold_days(situation).filter(pl.col("product_id") == product)
    shop = situation.frames["shop_days"].filter(
        (pl.col("day") > situation.as_of - pl.duration(days=84)) & (pl.col("orders") > 0)
    )
    if days.is_empty() or shop.height < 28:
        return None
    ages = shop.select(((pl.lit(situation.as_of) - pl.col("day")).dt.total_days()).alias("age"), "orders").sort("age")
    last = int(days.filter(pl.col("orders") > 0)["age"].min())  # type: ignore[arg-type]
    quiet = ages.filter(pl.col("age") < last)
    before = ages.filter((pl.col("age") >= last) & (pl.col("age") < last + 56))
    if quiet.is_empty() or before["orders"].sum() <= 0:
        return None
    sold = float(days.filter(pl.col("age") < last + 56)["orders"].sum())
    # Time is counted in the shop's own orders, so that a quiet week of the whole shop does not look like an empty shelf.
    chance = chance_of_zero_run(sold, float(before["orders"].sum()), float(quiet["orders"].sum()))
    return None if isinstance(chance, Refusal) else (quiet.height, chance)


def _price_drift(product: str, situation: Situation) -> float | None:
    rows = situation.frames["paid_prices"].filter(pl.col("product_id") == product)
    prices = dict(rows.select("window", "price").iter_rows())
    if not prices.get(0) or not prices.get(1):
        return None
    return float(prices[0] / prices[1] - 1)


def _bulk_part(product: str, situation: Situation) -> Mapping[str, Any] | None:
    rows = situation.frames["large_orders"].filter((pl.col("block") == 0) & (pl.col("product_id") == product))
    rows = rows.filter(pl.col("largest") >= HALF * pl.col("goods"))
    return rows.row(0, named=True) if rows.height else None


def sold_out(situation: Situation) -> Verdict:
    """Products that sold steadily and whose days without a sale can hardly be chance: sold out or delisted? A question, not a claim."""
    if situation.tables.get("stock_days"):
        return Verdict()
    blocks = situation.frames["product_blocks"].filter((pl.col("block") >= 1) & (pl.col("block") <= 8))
    steady = blocks.group_by("product_id").agg(
        orders=pl.col("orders").sum(), gross=pl.col("gross").sum(), weeks=pl.len()
    )
    steady = steady.filter((pl.col("weeks") >= 6) & (pl.col("orders") >= 8 * FEWEST_EXPECTED)).sort(
        "gross", "product_id", descending=[True, False]
    )
    findings = []
    limit = SOLD_OUT / max(steady.height, 1)  # over all products looked at
    for product, gross in steady.select("product_id", "gross").iter_rows():
        weekly = gross / 8 * 7 / situation.period.days
        if weekly < situation.floor:
            continue
        run = zero_run(product, situation)
        if run is None or run[1] > limit:
            continue
        words = Words(
            "rules.sold_out.question",
            {"product": name_of(situation, product), "days": count(run[0]), "worth": money(weekly)},
        )
        findings.append(
            Finding(
                "products",
                "sold_out",
                "question",
                words,
                "units",
                {"product_id": product},
                -weekly,
                evidence=(Evidence(words, asked("units", situation, ("day",), product_id=product)),),
                cause=f"product:{product}",
                alert="today",
            )
        )
    return Verdict(findings=findings)


_FRAMES = ("product_blocks", "shop_blocks", "shop_days", "product_diary", "paid_prices", "large_orders")
RULES = (
    Rule(
        "falling_product",
        "analysis",
        falling_product,
        frames=_FRAMES,
        needs=("order_lines",),
        reads=("price_drift_share", "money_floor_share"),
    ),
    Rule(
        "rising_product",
        "analysis",
        rising_product,
        frames=_FRAMES,
        needs=("order_lines",),
        reads=("price_drift_share", "money_floor_share"),
    ),
    Rule(
        "sold_out",
        "products",
        sold_out,
        frames=("product_blocks", "product_diary", "shop_days"),
        needs=("order_lines",),
        reads=("money_floor_share",),
    ),
)
