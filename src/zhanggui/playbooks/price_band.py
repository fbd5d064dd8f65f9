"""Price bands: what a visitor brings at each fifth of the prices that buyers pay, and how much of the range stands there.

Reads: visits and sales of products over ninety days, paid prices, costs, refunds, what a click costs.
Says: a band whose visitor is worth clearly more and that holds few products; a band whose visitor is not worth a click.
Does: one or two more products in the first; the second is named and left to a person.
Source: docs/rules.md, "Positioning".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft, Measure
from zhanggui.methods.shrinkage import Beta
from zhanggui.playbooks.gains import ADDED_TRAFFIC, Floats, even_cases, gain, of_amount, of_rate, of_share
from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.per_visitor import BASKETS
from zhanggui.playbooks.supply import cost_per_click
from zhanggui.playbooks.terms import asked, count, exact, share
from zhanggui.playbooks.visits import PRIOR_VISITORS, kind_of
from zhanggui.playbooks.worth import order_worth, pays_above
from zhanggui.units import Quantity, Words

DAYS = 90
FEWEST_ORDERS = 200
FEWEST_VISITORS, FEWEST_BUYERS = 300, 10
FEWEST_PRODUCTS = 10
BANDS = 5
BETTER = 1.3
FEW = 0.15
TAIL = 0.1
LOSES = 0.9
FIRST_UNITS = 30


@dataclass(frozen=True, slots=True)
class Sold:
    """A product over ninety days: paid ``price`` of a unit, visitors and buyers (0 = not told), orders, ``value`` of an order with its
    standard deviation, whether costs are known, days on which its shelf was empty, goods cost of a unit."""

    product: str
    price: float
    units: float
    visitors: float
    buyers: float
    orders: float
    value: float
    spread: float
    known: bool
    empty: float
    cost: float


@dataclass(frozen=True, slots=True)
class Band:
    """Products between two paid prices: ``worth`` is the cases of u, contribution of a visitor (of an order, where no visits are told)."""

    low: float
    high: float
    products: tuple[Sold, ...]
    worth: Floats

    @property
    def mean(self) -> float:
        return float(self.worth.mean())

    def total(self, name: str) -> float:
        return float(sum(getattr(p, name) for p in self.products))


def price_band(situation: Situation) -> Verdict:
    """Of every category that is large enough, else of the shop as a whole: the bands to add to and to thin."""
    findings: list[Finding] = []
    actions: list[Action] = []
    for kind, sold in _groups(situation):
        visited = sum(p.visitors for p in sold) > 0
        bands = _bands(sold, visited)
        if len(bands) < 2:
            continue
        everything = _worth(sold, sold, visited)
        for band in bands:
            found, proposed = _judged(situation, kind, band, len(sold), everything, visited)
            findings += found
            actions += proposed
    return Verdict(findings=findings, actions=actions)


def _groups(situation: Situation) -> Iterator[tuple[str, list[Sold]]]:
    """Categories with 200 orders of ten products; what is in none of these, all together, if there are any such."""
    sold = [p for p in _sold(situation) if p.value > 0]
    kinds: dict[str, list[Sold]] = {}
    for product in sold:
        kinds.setdefault(kind_of(situation, product.product), []).append(product)
    large = {kind: own for kind, own in kinds.items() if kind and _enough(own)}
    if not large and _enough(sold):
        large = {"": sold}
    yield from sorted(large.items())


def _enough(sold: list[Sold]) -> bool:
    return len(sold) >= FEWEST_PRODUCTS and sum(p.orders for p in sold) >= FEWEST_ORDERS


def _sold(situation: Situation) -> list[Sold]:
    rows = situation.frames["product_diary"].filter(pl.col("age") < DAYS)
    names = ("visitors", "pay_buyers", "orders", "units", "gross", "empty")
    sums = rows.group_by("product_id").agg(pl.col(name).fill_null(0).sum().cast(pl.Float64) for name in names)
    found = []
    for product, visitors, buyers, orders, units, gross, empty in sums.sort("product_id").iter_rows():
        worth = order_worth(situation, product)
        if worth is None or units <= 0 or gross <= 0:
            continue
        cost = worth.costs.goods / worth.units if worth.costs else 0.0
        found.append(
            Sold(
                product,
                gross / units,
                units,
                visitors,
                min(buyers, visitors),
                orders,
                worth.value,
                worth.spread,
                worth.known,
                empty,
                cost,
            )
        )
    return found


def _bands(sold: list[Sold], visited: bool) -> list[Band]:
    """Fifths of the prices that buyers paid; a band with too few visitors or buyers is compared with nothing."""
    by_price = sorted(sold, key=lambda p: (p.price, p.product))
    units = np.array([p.units for p in by_price])
    levels, level = np.unique([round(p.price, 2) for p in by_price], return_inverse=True)
    at_level = np.bincount(level, weights=units, minlength=levels.size)
    middle = (np.cumsum(at_level) - at_level / 2) / units.sum()
    place = np.minimum((middle * BANDS).astype(int), BANDS - 1)[level]
    found = []
    for nth in range(BANDS):
        own = [p for p, at in zip(by_price, place, strict=True) if at == nth]
        if own and _comparable(own, visited):
            found.append(Band(own[0].price, own[-1].price, tuple(own), _worth(own, sold, visited)))
    return found


def _comparable(own: list[Sold], visited: bool) -> bool:
    if not visited:
        return sum(p.orders for p in own) >= FEWEST_BUYERS
    return sum(p.visitors for p in own) >= FEWEST_VISITORS and sum(p.buyers for p in own) >= FEWEST_BUYERS


def _worth(own: list[Sold], sold: list[Sold], visited: bool) -> Floats:
    """The cases of what a visitor (an order) of these products brings, the rate drawn to that of all."""
    even = even_cases(2)
    orders = sum(p.orders for p in own)
    value = sum(p.orders * p.value for p in own) / orders
    known = sum(p.orders * p.spread for p in own) / orders
    amount = of_amount(value, float(np.hypot(known, BASKETS * value / orders**0.5)), even[:, 1])
    if not visited:
        return np.asarray(amount)
    usual = sum(p.buyers for p in sold) / sum(p.visitors for p in sold)
    prior = Beta(max(usual, 1e-6) * PRIOR_VISITORS, (1 - usual) * PRIOR_VISITORS)
    rate = prior.after(sum(p.buyers for p in own), sum(p.visitors for p in own))
    return np.asarray(of_rate(rate, even[:, 0]) * amount)


def _judged(
    situation: Situation, kind: str, band: Band, products: int, everything: Floats, visited: bool
) -> tuple[list[Finding], list[Action]]:
    shop = float(everything.mean())
    if float(np.quantile(band.worth, TAIL)) >= BETTER * shop and len(band.products) < FEW * products:
        return _add(situation, kind, band, products, everything, visited)
    price = cost_per_click(situation, "") if visited else None
    if price is not None and float((band.worth < price).mean()) >= LOSES and all(p.known for p in band.products):
        lost = band.total("visitors") * 7 / DAYS * (price - band.mean)
        if lost >= situation.floor:
            said = {**_said(kind, band, products, shop), "price": exact(price)}
            return [_finding(situation, kind, band, Words("rules_positioning.band.thin", said), -lost)], []
    return [], []


def added(visitors: float, there: float, shop: float) -> float:
    """ΔV · (κ·u of the band − u of the shop): what a new product's visitors bring a week before the rule's record.

    >>> round(added(150, 1.5, 0.8), 2)
    37.5
    """
    return visitors * (ADDED_TRAFFIC * there - shop)


def _add(
    situation: Situation, kind: str, band: Band, products: int, everything: Floats, visited: bool
) -> tuple[list[Finding], list[Action]]:
    """One more product, which brings as many visitors as one of the band does now."""
    said = _said(kind, band, products, float(everything.mean()))
    if not visited:
        words = Words("rules_positioning.band.orders", said)
        weekly = band.total("orders") * 7 / DAYS * (band.mean - float(everything.mean()))
        return [_finding(situation, kind, band, words, weekly)], []
    visitors = band.total("visitors") * 7 / DAYS / len(band.products)
    # Chances of both sides move together where costs do: what is compared is the difference, case by case.
    profits = visitors * (of_share(ADDED_TRAFFIC, even_cases(3)[:, 2]) * band.worth - float(everything.mean()))
    if float(profits.mean()) <= 0:
        return [], []
    known = all(p.known for p in band.products)
    finding = _finding(situation, kind, band, Words("rules_positioning.band.add", said), float(profits.mean()), profits)
    deed = kind_named("add_products")
    steps = tuple(Words(f"rules_positioning.band.step.{step}", said) for step in ("source", "test", "gate"))
    action = Action(
        "positioning",
        "price_band",
        deed.name,
        Words("rules_positioning.band.do", said),
        {"category": kind} if kind else {},
        gain=gain(profits) if known else None,
        break_even=None if known else pays_above(situation.floor / float(profits.mean())),
        minutes=deed.minutes,
        cost=FIRST_UNITS * band.total("cost") / len(band.products),
        because=(finding.id,),
        reason=Words("rules_positioning.band.because", said),
        draft=Draft("checklist", steps),
        measure=Measure(deed.metric, deed.design, deed.days),
    )
    return [finding], [action]


def _said(kind: str, band: Band, products: int, shop: float) -> dict[str, Any]:
    return {
        "kind": kind or "*",
        "band": _between(band),
        "here": exact(band.mean),
        "shop": exact(shop),
        "products": count(len(band.products)),
        "share": share(len(band.products) / products),
        "units": count(FIRST_UNITS),
    }


def _between(band: Band) -> Words | Quantity:
    """The band's prices; one alone where all its products cost the same."""
    if round(band.low, 2) == round(band.high, 2):
        return exact(band.low)
    return Words("rules_positioning.band.between", {"low": exact(band.low), "high": exact(band.high)})


def _finding(
    situation: Situation, kind: str, band: Band, words: Words, size: float, cases: Floats | None = None
) -> Finding:
    low, high = (None, None) if cases is None else (float(end) for end in np.quantile(cases, [TAIL, 1 - TAIL]))
    return Finding(
        "positioning",
        "price_band",
        "state",
        words,
        "conversion_rate",
        {"band": f"{kind}:{band.low:.0f}-{band.high:.0f}"},
        size,
        low,
        high,
        evidence=(Evidence(words, asked("gross_sales", situation, ("product_id",))),),
        cause=f"band:{kind}:{band.low:.0f}",
    )


RULES = (
    Rule(
        "price_band",
        "positioning",
        price_band,
        frames=("product_diary", "product_refunds", "below_cash", "refund_ages", "ad_plans"),
        needs=("order_lines",),
        proposes=("add_products",),
        reads=("money_floor_share",),
    ),
)
