"""What is done about a shelf that will end: the order, and what is done until it arrives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np
import polars as pl

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft, Gain, Measure
from zhanggui.methods.replenishment import Arrival, arrival, rates, sold_while_short
from zhanggui.playbooks.answers_to_price import answer_to_price
from zhanggui.playbooks.gains import HORIZON_WEEKS, gain
from zhanggui.playbooks.kinds import Finding, Situation
from zhanggui.playbooks.reordering import days_until_ordered, left_out
from zhanggui.playbooks.shelves import Product, Shortage, on_shelves, sold_sizes
from zhanggui.playbooks.terms import column_sum, count, exact, money, name_of, share, sold_days
from zhanggui.playbooks.visits import kind_of
from zhanggui.playbooks.worth import order_worth, pays_above
from zhanggui.units import Words

DEFAULT_MARGIN = 0.3
"""Of sales, where no cost is known: only for the quantity, never for what it brings."""
HOLDING = 0.17
WAITS = 0.2
"""Of buyers who find a product gone, how many wait if they see when it comes; a guess until a shop has measured it."""
STEPS = (0.03, 0.05)
ANSWERS = 9
SURE = 0.8
RECENT_DAYS = 28
DAYS_OF_STOCK = 21


def until_then(situation: Situation, product: Product, short: Shortage, finding: Finding) -> list[Action]:
    """The order; and, because it cannot arrive in time, what saves the days until then. Of these the day's list picks."""
    found = [_order(situation, product, short, finding)]
    if not short.sizes:
        found += _advertising(situation, product, short, finding)
        found += _arrival_date(situation, product, short, finding) + _dearer(situation, product, short, finding)
    return [action for action in found if action is not None]


def _order(situation: Situation, product: Product, short: Shortage, finding: Finding) -> Action | None:
    """CM · E[units it sells more] − Co · E[units it leaves over], over the horizon of four weeks or of lead time and review."""
    review = _until_the_owners_own(situation, product, short)
    known = [
        (shelf, answer, what)
        for shelf, answer in short.orders
        if isinstance(what := arrival(shelf.demand, shelf.have, answer.order, short.lead, review), Arrival)
    ]
    if not known or review <= 0:
        return None
    sold = known[0][2].sold
    for _, _, what in known[1:]:
        sold = np.convolve(sold, what.sold)
    units, over = np.arange(sold.size), product.cost * HOLDING
    quantity = sold.size - 1
    weeks = max(float(HORIZON_WEEKS), (short.lead + short.review) / 7)
    mean = float(units @ sold)
    rows = [
        {"product_id": product.id, "sku": "" if shelf.sku == "*" else shelf.sku, "quantity": float(answer.order)}
        for shelf, answer, _ in known
    ]
    sizes = [Words("rules_products.stock.size", {"size": s.sku, "quantity": count(a.order)}) for s, a, _ in known]
    said: dict[str, Any] = {"product": name_of(situation, product.id), "quantity": count(quantity)}
    key = "order_sizes" if short.sizes else "order"
    before = sum(what.lost_before for _, _, what in known)
    why = Words("rules_products.stock.why", {"lost": count(before), "sold": count(mean)})
    needed = (HORIZON_WEEKS * situation.floor + over * (quantity - mean)) / max(product.price * mean, 1e-9)
    return _action(
        product.id,
        "order_stock",
        Words(f"rules_products.stock.{key}", {**said, **({"sizes": sizes} if short.sizes else {})}),
        finding,
        brings=_of_units(sold, product.unit, over, weeks) if product.known else None,
        break_even=None if product.known else pays_above(needed),
        reason=why if product.known else Words("rules_products.stock.assumed", {"margin": share(DEFAULT_MARGIN)}),
        rows=rows,
        cost=quantity * product.cost if product.known else 0.0,
    )


def _until_the_owners_own(situation: Situation, product: Product, short: Shortage) -> float:
    """For how many days an order of today is there alone: until the next one could come, or that which the owner is used to making; he
    does not make it of a size that he left out when he last ordered the product."""
    sizes = sold_sizes(situation).get(product.id, {})
    for shelf, _ in short.orders if short.sizes else ():
        if left_out(situation, product.id, shelf.sku, shelf.have, sizes.get(shelf.sku, (0.0, 0.0))[1]):
            return short.review
    have = sum(on_shelves(situation).get(product.id, {}).values())
    own = days_until_ordered(situation, product.id, have, short.pace.daily)
    return short.review if own is None else min(short.review, own)


def _of_units(sold: np.ndarray, unit: float, over: float, weeks: float) -> Gain:
    """The gain a week where the number of units that an order sells has this distribution: exact, nothing drawn."""
    units = np.arange(sold.size)
    profit = (unit * units - over * (sold.size - 1 - units)) / weeks
    reached = np.cumsum(sold)
    low, high = (float(profit[int(np.searchsorted(reached, s - 1e-12))]) for s in (0.1, 0.9))
    return Gain(float(profit @ sold), low, high, float(sold[profit > 0].sum()))


def _advertising(situation: Situation, product: Product, short: Shortage, finding: Finding) -> list[Action]:
    """What advertising costs on days on which there is nothing to sell, saved or moved to another product of its kind."""
    plans = situation.frames.get("ad_plans")
    if plans is None or plans.is_empty():
        return []
    own = plans.filter((pl.col("product_id") == product.id) & (pl.col("age") < RECENT_DAYS))
    daily = column_sum(own, "cost") / RECENT_DAYS
    if daily <= 0:
        return []
    out = np.maximum(short.lead - short.have / rates(short.pace), 0.0)
    brings = gain(daily * out / HORIZON_WEEKS)
    if brings.profit < situation.floor:
        return []  # a few days without stock are not worth teaching two plans anew
    other = _substitute(situation, product.id)
    said = {"product": name_of(situation, product.id), **({"other": name_of(situation, other)} if other else {})}
    days = float(ceil(short.lead))
    rows = [
        {"product_id": product.id, "campaign": str(c), "to": other or "", "days": days}
        for c in own["campaign"].unique().sort()
    ]
    return [
        _action(
            product.id,
            "shift_advertising" if other else "stop_advertising",
            Words("rules_products.stock.ads" if other else "rules_products.stock.ads_off", said),
            finding,
            brings=brings,
            reason=Words("rules_products.stock.ads_why", {"spent": money(float((daily * out).mean()))}),
            rows=rows,
            touches=(other,) if other else (),
        )
    ]


def _substitute(situation: Situation, product: str) -> str | None:
    """The product of the same kind that sells most and lasts three weeks."""
    kind = kind_of(situation, product)
    if not kind:
        return None
    stock = situation.frames["stock"].group_by("product_id").agg(pl.col("on_hand").fill_null(0).sum())
    recent = sold_days(situation, RECENT_DAYS)
    pace = recent.group_by("product_id").agg(units=pl.col("units").sum() / RECENT_DAYS)
    lasting = stock.join(pace, on="product_id").filter(pl.col("on_hand") >= DAYS_OF_STOCK * pl.col("units"))
    for name in lasting.sort("units", "product_id", descending=[True, False])["product_id"]:
        if name != product and kind_of(situation, str(name)) == kind:
            return str(name)
    return None


def _arrival_date(situation: Situation, product: Product, short: Shortage, finding: Finding) -> list[Action]:
    """Buyers who can see when it comes back, and wait."""
    if not product.known:
        return []
    wanted = rates(short.pace) * short.lead
    lost = wanted - sold_while_short(short.pace, short.have, short.lead, [1.0])[:, 0]
    said = {"product": name_of(situation, product.id)}
    return [
        _action(
            product.id,
            "show_arrival_date",
            Words("rules_products.stock.arrival", said),
            finding,
            brings=gain(WAITS * product.unit * lost / HORIZON_WEEKS),
            reason=Words("rules_products.stock.arrival_why", {"lost": count(float(lost.mean()))}),
            rows=[{"product_id": product.id, "days": short.lead}],
        )
    ]


def _dearer(situation: Situation, product: Product, short: Shortage, finding: Finding) -> list[Action]:
    """A price step until it arrives: too little is there, so that hardly fewer are sold. Only where it pays four times in five."""
    worth = order_worth(situation, product.id)
    if not product.known or worth is None or worth.costs is None:
        return []
    belief = answer_to_price(situation, product.id)
    answers = np.array([belief.quantile((i + 0.5) / ANSWERS) for i in range(ANSWERS)])
    now = sold_while_short(short.pace, short.have, short.lead, [1.0])
    kept = (1 - worth.costs.fee_share) * (1 - worth.refunds)
    best: tuple[float, Gain] | None = None
    for step in STEPS:
        then = sold_while_short(short.pace, short.have, short.lead, (1 + step) ** answers)
        brings = gain(
            (then * (product.unit + step * product.price * kept) - now * product.unit).ravel() / HORIZON_WEEKS
        )
        if brings.chance >= SURE and (best is None or brings.profit > best[1].profit):
            best = step, brings
    if best is None:
        return []
    step, brings = best
    price = round(product.price * (1 + step), 1 if product.price >= 10 else 2)
    said = {"product": name_of(situation, product.id), "change": share(step), "price": exact(price)}
    return [
        _action(
            product.id,
            "step_price",
            Words("rules_products.stock.dearer", said),
            finding,
            brings=brings,
            reason=Words("rules_products.stock.dearer_why"),
            rows=[
                {
                    "product_id": product.id,
                    "price_now": round(product.price, 2),
                    "price": price,
                    "days": float(ceil(short.lead)),
                }
            ],
        )
    ]


def _action(
    product: str,
    kind: str,
    words: Words,
    finding: Finding,
    *,
    brings: Gain | None,
    reason: Words,
    rows: Sequence[Mapping[str, Any]],
    break_even: Words | None = None,
    cost: float = 0.0,
    touches: tuple[str, ...] = (),
) -> Action:
    known = kind_named(kind)
    return Action(
        "products",
        "stock_out",
        kind,
        words,
        {"product_id": product},
        gain=brings,
        break_even=break_even,
        minutes=known.minutes,
        cost=cost,
        because=(finding.id,),
        reason=reason,
        draft=Draft("table", rows=rows),
        measure=Measure(known.metric, known.design, known.days),
        touches=(product, *touches),
    )
