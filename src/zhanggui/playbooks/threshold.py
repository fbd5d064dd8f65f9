"""Thresholds: what an offer from so much on brings, and whom it pays who would have spent as much anyway.

Reads: values of orders of eight weeks, promotions with a threshold, the cost sheet.
Says: nothing by itself; a threshold that pays the wrong orders is an action with its reason.
Does: raises, lowers or drops the threshold; read by weeks with and without, drawn by chance.
Source: docs/rules.md, "Products" (滿贈/滿減門檻).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft, Gain, Measure
from zhanggui.methods.bunching import Bunching, bunching
from zhanggui.methods.shrinkage import Beta
from zhanggui.playbooks.gains import UNIT, even_cases, gain, of_amount, of_rate
from zhanggui.playbooks.kinds import Rule, Situation, Verdict
from zhanggui.playbooks.terms import column_sum, count, exact, money, share
from zhanggui.units import Words

Floats = npt.NDArray[np.float64]
FEWEST_ORDERS = 300
DAYS = 56
RAN_DAYS = 28
"""A threshold that stood for less than half of the weeks says nothing of its orders."""
PRIOR = Beta(3.75, 21.27)
"""How many of those just below stretch to a threshold: mean .15, standard deviation .07 (trade)."""
OWN_MOST = 200.0
"""As many orders the shop's own bunching counts at most: what would have been without it is itself a guess."""
GAP = 0.25
"""Just below: within a quarter of the threshold."""
STEPS = (-0.4, -0.3, -0.2, -0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)
IMPLAUSIBLE = 0.6
"""A margin from which on an unknown one is not taken to be."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """An offer from ``at`` on that costs ``gift`` an order: a gift, or money off."""

    id: str
    name: str
    at: float
    gift: float


def pays(near: float, stretch: npt.ArrayLike, more: float, margin: npt.ArrayLike, gift: float, above: float) -> Floats:
    """What a threshold brings: π·N_near·Δ·m − g·(N_above + π·N_near). ``near`` orders lie just below, of which the share ``stretch``
    spends ``more`` at ``margin``; ``above`` get the gift without stretching.

    >>> round(float(pays(420, 0.15, 42, 0.46, 1.8, 1900)))
    -2316
    """
    stretched = np.asarray(stretch) * near
    return np.asarray(stretched * more * np.asarray(margin) - gift * (above + stretched))


def gift_threshold(situation: Situation) -> Verdict:
    """The threshold among higher, lower and none that brings most, where it clearly beats the present one."""
    values = situation.frames["basket_values"]
    if column_sum(values, "orders") < FEWEST_ORDERS:
        return Verdict()
    return Verdict(actions=[a for t in _standing(situation) if (a := _action(situation, t, values)) is not None][:1])


def _standing(situation: Situation) -> Iterator[Threshold]:
    """Thresholds for the whole shop that may be changed now: without an announced end, or just over; and stood half of the weeks."""
    rows = situation.frames["happenings"].filter((pl.col("kind") == "promotion") & (pl.col("threshold") > 0))
    first = situation.as_of - timedelta(days=DAYS - 1)
    for row in rows.sort("day", "name").iter_rows(named=True):
        until: date = row["until"] or situation.as_of
        ran = (min(until, situation.as_of) - max(row["day"], first)).days + 1
        frozen = row["until"] is not None and row["until"] > situation.as_of
        cost = float(row["gift_cost"] or 0.0) + float(row["discount"] or 0.0)
        if ran >= RAN_DAYS and not frozen and not row["products"] and cost > 0:
            yield Threshold(str(row["name"]), str(row["what"] or row["name"]), float(row["threshold"]), cost)


# ---- what each threshold brings


@dataclass(frozen=True, slots=True)
class Orders:
    """Values of orders as they would be without the threshold: ``at`` (values,) and how ``many`` a week."""

    at: Floats
    many: Floats

    def around(self, threshold: float) -> tuple[float, float, float]:
        """Orders just below, what those lack of it on the mean, and orders above."""
        near = (self.at >= threshold * (1 - GAP)) & (self.at < threshold)
        below = float(self.many[near].sum())
        lacking = threshold - float(self.many[near] @ self.at[near]) / below if below > 0 else 0.0
        return below, lacking, float(self.many[self.at >= threshold].sum())


def without(values: pl.DataFrame, threshold: float, found: Bunching | None, stretch: float) -> Orders:
    """The orders with those that stretched put back to where they came from."""
    at = values["value"].to_numpy().astype(np.float64)
    many = values["orders"].to_numpy().astype(np.float64) * 7 / DAYS
    near = (at >= threshold * (1 - GAP)) & (at < threshold)
    reach = (at >= threshold) & (at < threshold * (1 + GAP))
    lost = float(many[near].sum()) * stretch / (1 - stretch)
    there = float(many[reach].sum())
    if found is None or near.sum() == 0 or there <= lost:
        return Orders(at, many)
    back = many.copy()
    back[near] *= 1 / (1 - stretch)
    back[reach] *= 1 - lost / there
    return Orders(at, back)


def _stretch(found: Bunching | None) -> Beta:
    """How many stretch: what is usual, and what the shop's own orders show."""
    if found is None:
        return PRIOR
    trials = min(PRIOR.mean * (1 - PRIOR.mean) / max(found.error, 1e-3) ** 2, OWN_MOST)
    return PRIOR.after(found.share * trials, trials)


def _action(situation: Situation, present: Threshold, values: pl.DataFrame) -> Action | None:
    at, many = values["value"].to_numpy().astype(np.float64), values["orders"].to_numpy().astype(np.float64)
    seen = bunching(at, many, present.at, gap=GAP)
    found = seen if isinstance(seen, Bunching) else None
    belief = _stretch(found)
    orders = without(values, present.at, found, belief.mean)
    goods = situation.costs.goods_share()
    even = even_cases(2)
    stretch = of_rate(belief, even[:, 0])
    if goods is None:
        return _unknown(situation, present, orders, belief)
    margin = 1 - goods.middle - situation.costs.sales_share
    margins = of_amount(margin, (goods.high - goods.low) / 2 / UNIT, even[:, 1])
    now = _worth(orders, present, stretch, margins)
    grid = [Threshold(present.id, present.name, level, present.gift) for level in levels(present.at)]
    ways: list[tuple[Threshold | None, Floats]] = [(None, -now)]
    ways += [(other, _worth(orders, other, stretch, margins) - now) for other in grid]
    best, profit = max(ways, key=lambda way: float(way[1].mean()))
    brought = gain(profit)
    if brought.profit <= 0:
        return None
    return _made(situation, present, best, orders, brought, None, margin, belief)


def _worth(orders: Orders, threshold: Threshold, stretch: Floats, margin: Floats) -> Floats:
    near, lacking, above = orders.around(threshold.at)
    return pays(near, stretch, lacking, margin, threshold.gift, above)


def levels(present: float) -> list[float]:
    """Other thresholds that end as the present one does: 199 becomes 179, 219, 239 …

    >>> levels(199.0)[4:7]
    [219.0, 239.0, 259.0]
    """
    step = 10.0 ** max(round(np.log10(max(present, 1.0))) - 1, 0)
    moved = {round(present * size / step) * step for size in STEPS} - {0.0}
    return [present + each for each in sorted(moved) if present + each > 0]


def _unknown(situation: Situation, present: Threshold, orders: Orders, belief: Beta) -> Action | None:
    """Without costs: up to which margin ending it pays; nothing where that lies within what shops have."""
    near, lacking, above = orders.around(present.at)
    more = belief.mean * near * lacking
    most = present.gift * (above + belief.mean * near) / more if more > 0 else 1.0
    if most < IMPLAUSIBLE:
        return None
    words = Words("rules_goods.threshold.pays_always")
    if most < 1:
        words = Words("rules_goods.threshold.pays_below", {"margin": share(most)})
    return _made(situation, present, None, orders, None, words, None, belief)


# ---- what is said


def _made(
    situation: Situation,
    present: Threshold,
    best: Threshold | None,
    orders: Orders,
    brought: Gain | None,
    break_even: Words | None,
    margin: float | None,
    belief: Beta,
) -> Action:
    kind = kind_named("gift_threshold")
    near, _, above = orders.around(present.at)
    key = "drop" if best is None else "raise" if best.at > present.at else "lower"
    said = {"offer": present.name, "now": exact(present.at), **({"then": exact(best.at)} if best else {})}
    why = Words(
        "rules_goods.threshold.why",
        {
            "above": count(above),
            "cost": money(present.gift * above),
            "near": count(near),
            "stretch": share(belief.mean),
        },
    )
    row = {"promotion_id": present.id, "before": present.at, "after": best.at if best else None, "cost": present.gift}
    weekly = float(orders.at @ orders.many)
    # Eight weeks, four of them with it: orders' money a week moves by its own chance, spread as the values of orders are.
    noise = float(np.sqrt(orders.many @ orders.at**2)) * (margin if margin is not None else 1.0)
    return Action(
        "products",
        "gift_threshold",
        kind.name,
        Words(f"rules_goods.threshold.{key}", said),
        gain=brought,
        break_even=break_even,
        minutes=kind.minutes,
        reason=why,
        draft=Draft("table", (Words("rules_goods.threshold.weeks"),), [row]),
        measure=Measure(
            kind.metric, kind.design, kind.days, 2.8 * noise * (2 / (DAYS / 14)) ** 0.5 if weekly else None
        ),
    )


RULES = (
    Rule(
        "gift_threshold",
        "products",
        gift_threshold,
        frames=("basket_values", "happenings"),
        needs=("orders", "promotions"),
        proposes=("gift_threshold",),
    ),
)
