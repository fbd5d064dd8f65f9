"""Launches: several new products beside each other, which of them is worth going on with, and what it still lacks.

Reads: what was listed lately with its visitors, carts and orders, who bought here before, costs, stock, reviews, price of a click.
Says: which of them leads and how sure that is; which are not worth their clicks; which may go on to events and advertising.
Does: shares of the next visitors by what is believed of each, none below a tenth; stops when waiting costs more than it tells.
Source: docs/rules.md, "Operations" (測款).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft, Measure
from zhanggui.methods.best_arm import Normal, Standing, best_arm, shares_of_next
from zhanggui.methods.shrinkage import Beta
from zhanggui.playbooks.gains import HORIZON_WEEKS, Floats, even_cases, gain, of_amount
from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.shelves import on_shelves
from zhanggui.playbooks.supply import SAFE_DAYS, cost_per_click
from zhanggui.playbooks.terms import UnitCosts, asked, column_sum, contribution_after_refunds, count, name_of, share
from zhanggui.playbooks.worth import catalogue, early_share, order_worth, refund_share
from zhanggui.units import Quantity, Words

RULE = "launch_test"
CANDIDATE_DAYS, TEST_DAYS = 30, 14
FEWEST_A_DAY = 100.0
MOST_ARMS = 8
OWN_MOST = 50.0
"""As many visitors of its own what is usual in the shop, or what its carts let expect, counts."""
FEWEST_VISITORS = 300.0
UNWORTHY = 0.1
FLOOR = 0.1
FEWEST_ORDERS, MATURE_DAYS, SURE = 30.0, 14, 0.9
FEWEST_REVIEWS = 5.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A new product: days since it was ``listed``, visitors and orders of those who did not buy here before, ``rate`` at which they buy,
    ``value`` of an order after refunds, its stock on hand (None: not told)."""

    product: str
    listed: int
    visitors: float
    orders: float
    old_orders: float
    rate: Beta
    value: float
    on_hand: float | None
    row: Mapping[str, Any]

    @property
    def worth(self) -> Normal:
        """Contribution of a cold visitor."""
        error = (self.rate.mean * (1 - self.rate.mean) / (self.rate.size + 1)) ** 0.5
        return Normal(self.rate.mean * self.value, max(error * abs(self.value), 1e-9))

    def above(self, cost: float) -> float:
        """P(contribution of a visitor > ``cost``)."""
        return 1 - self.rate.below(cost / self.value) if self.value > 0 else 0.0


def choosing(beliefs: Sequence[Normal], visitors: float, cost: float) -> Floats:
    """(max u − mean u) × visitors to come − what the test costs, over what is believed of each: their mean is E[max u] − E[mean u].

    >>> float(round(choosing([Normal(0.8, 0.3), Normal(0.8, 0.3)], 1000, 20).mean()))
    149.0
    """
    even = even_cases(len(beliefs))
    worth = np.stack([of_amount(b.mean, b.error, even[:, i]) for i, b in enumerate(beliefs)])
    return np.asarray((worth.max(axis=0) - worth.mean(axis=0)) * visitors - cost)


def launch_test(situation: Situation) -> Verdict:
    """The new products beside each other: shares of the next visitors while that pays, the one to go on with when it no longer does."""
    known = _candidates(situation)
    findings = [f for c in known if (f := _gate(situation, c)) is not None]
    arms = [c for c in known if c.listed <= CANDIDATE_DAYS][:MOST_ARMS]
    daily = _daily_visitors(arms)
    if len(arms) < 2 or _visitors_a_day(situation) < FEWEST_A_DAY or daily <= 0:
        return Verdict(findings=findings)
    standing = best_arm([c.worth for c in arms])
    shares = shares_of_next([c.worth for c in arms], floor=FLOOR)
    if not isinstance(standing, Standing) or not isinstance(shares, tuple):
        return Verdict(findings=findings)
    found = _leader(situation, arms, standing)
    if _over(arms, standing, shares, daily):
        return Verdict(findings=[found, *findings])
    return Verdict(findings=[found, *findings], actions=[_action(situation, arms, shares, daily, found)])


def _candidates(situation: Situation) -> list[Candidate]:
    """What was listed within sixty days and is visited, of known costs, the youngest first."""
    prior, per_cart = _usual(situation)
    found = []
    for row in situation.frames["launches"].fill_null(0).iter_rows(named=True):
        product = str(row["product_id"])
        told = catalogue(situation).get(product, {})
        value = _value(situation, product, told)
        if value is None or not told.get("listed_day") or row["visitors"] <= 0 or told.get("status") == "archived":
            continue
        cold = max(row["orders"] - row["old_orders"], 0.0)
        visitors = max(row["visitors"] - row["old_orders"], cold, 1.0)
        before = prior
        if per_cart is not None and row["carts"] > 0:
            expected = min(max(row["carts"] / row["visitors"] * per_cart, 1e-4), 0.5)
            before = Beta(expected * prior.size, (1 - expected) * prior.size)
        shelf = on_shelves(situation).get(product) if "stock" in situation.frames else None
        found.append(
            Candidate(
                product,
                (situation.as_of - told["listed_day"]).days,
                visitors,
                cold,
                row["old_orders"],
                before.after(cold, visitors),
                value,
                None if shelf is None else sum(shelf.values()),
                row,
            )
        )
    return sorted(found, key=lambda c: (c.listed, c.product))


def _usual(situation: Situation) -> tuple[Beta, float | None]:
    """How many visitors of a product buy in this shop, and how many of those who put something into the cart (None: not told)."""
    diary = situation.frames["product_diary"]
    visitors, buyers = column_sum(diary, "visitors"), column_sum(diary, "pay_buyers")
    rate = min(max((buyers + 0.5) / (visitors + 20), 1e-4), 0.5)
    base, carts = column_sum(diary, "cart_base"), column_sum(diary, "cart_visitors")
    per_cart = min(buyers / visitors * base / carts, 1.0) if carts > 0 and visitors > 0 else None
    return Beta(rate * OWN_MOST, (1 - rate) * OWN_MOST), per_cart


def _value(situation: Situation, product: str, told: Mapping[str, Any]) -> float | None:
    """What an order of it brings after refunds: of its own orders, else of its listed price; None where costs are unknown."""
    worth = order_worth(situation, product)
    if worth is not None:
        return worth.value if worth.known else None
    sheet, price = situation.costs, float(told.get("price") or 0.0)
    part = sheet.goods_share(str(told.get("category") or "*"))
    goods = float(told.get("cost") or 0.0) or (part.middle * price if part else 0.0)
    if price <= 0 or goods <= 0:
        return None
    costs = UnitCosts(
        goods, sheet.per_order, sheet.sales_share, return_freight=sheet.per_return, unsellable=sheet.unsellable
    )
    back = refund_share(situation, product)
    early = back * early_share(situation)
    return contribution_after_refunds(price, costs, early, back - early)


def _visitors_a_day(situation: Situation) -> float:
    """Visitors of products a day, of the last four weeks."""
    recent = situation.frames["product_diary"].filter(situation.frames["product_diary"]["age"] < 28)
    young = column_sum(situation.frames["launches"], "visitors")
    return column_sum(recent, "visitors") / 28 + young / 60


def _daily_visitors(arms: Sequence[Candidate]) -> float:
    return sum(c.visitors / max(c.listed, 1) for c in arms)


def _over(arms: Sequence[Candidate], standing: Standing, shares: Sequence[float], daily: float) -> bool:
    """Whether two weeks have passed, or taking the leader now is expected to lose less than one more day of testing costs."""
    if min(c.listed for c in arms) >= TEST_DAYS:
        return True
    at_stake = standing.loss[standing.leader] * daily * 7 * HORIZON_WEEKS
    return at_stake < _a_day(arms, standing, shares, daily)


def _a_day(arms: Sequence[Candidate], standing: Standing, shares: Sequence[float], daily: float) -> float:
    """What a day of the test costs beside sending all to the leader."""
    best = arms[standing.leader].worth.mean
    return daily * sum(part * max(best - c.worth.mean, 0.0) for part, c in zip(shares, arms, strict=True))


# ---- what is said


def _leader(situation: Situation, arms: Sequence[Candidate], standing: Standing) -> Finding:
    """Who leads, how sure that is, and who is not worth the clicks."""
    first = arms[standing.leader]
    expected = Quantity(first.rate.mean * FEWEST_VISITORS, "count")
    said: dict[str, Any] = {
        "products": count(len(arms)),
        "product": name_of(situation, first.product),
        "sure": share(standing.best[standing.leader]),
        "orders": count(first.orders),
        "old": count(first.old_orders),
        "visitors": count(first.visitors),
    }
    poor = [c for c in arms if _unworthy(situation, c)]
    because = Words("rules_events.launch.noise", {"visitors": count(FEWEST_VISITORS), "orders": expected})
    if poor:
        because = Words("rules_events.launch.drop", {"names": [name_of(situation, c.product) for c in poor[:3]]})
    words = Words("rules_events.launch.leader", said)
    worth = first.worth.mean * _daily_visitors(arms) * 7
    return _said(situation, first.product, words, worth, because)


def _unworthy(situation: Situation, candidate: Candidate) -> bool:
    """Whether after three hundred visitors it is unlikely to be worth its clicks."""
    cost = cost_per_click(situation, candidate.product) if "ad_plans" in situation.frames else None
    return cost is not None and candidate.visitors >= FEWEST_VISITORS and candidate.above(cost) < UNWORTHY


def _gate(situation: Situation, candidate: Candidate) -> Finding | None:
    """What went through the first gate (thirty paid orders) and may go on to events and advertising; or what it still lacks."""
    row = candidate.row
    if row["orders"] < FEWEST_ORDERS:
        return None
    lacks = []
    if candidate.listed < MATURE_DAYS:
        lacks.append("refunds")
    if candidate.value <= 0 or candidate.above(0.0) < SURE:
        lacks.append("margin")
    pace = row["units"] / max(candidate.listed, 1)
    if candidate.on_hand is None or candidate.on_hand < SAFE_DAYS * pace:
        lacks.append("stock")
    diary = situation.frames["product_diary"]
    reviews, low = column_sum(diary, "reviews"), column_sum(diary, "low_reviews")
    if (
        row["reviews"] >= FEWEST_REVIEWS
        and reviews > 0
        and row["low_reviews"] / row["reviews"] > max(low / reviews, 0.1)
    ):
        lacks.append("rating")
    said: dict[str, Any] = {"product": name_of(situation, candidate.product), "orders": count(row["orders"])}
    if lacks:
        said["lacks"] = [Words(f"rules_events.launch.lacks.{each}") for each in lacks]
    words = Words(f"rules_events.launch.{'waits' if lacks else 'next'}", said)
    return _said(situation, candidate.product, words, row["gross"] / max(candidate.listed, 1) * 7, None)


def _said(situation: Situation, product: str, words: Words, size: float, because: Words | None) -> Finding:
    return Finding(
        "operations",
        RULE,
        "state",
        words,
        "orders",
        {"product_id": product, "step": words.key.rpartition(".")[2]},
        size,
        evidence=(Evidence(words, asked("orders", situation, ("product_id",), product_id=product)),),
        because=because,
        cause=f"launch:{product}:{words.key}",
    )


def _action(
    situation: Situation, arms: Sequence[Candidate], shares: Sequence[float], daily: float, found: Finding
) -> Action:
    kind = kind_named("test_launch")
    beliefs = [c.worth for c in arms]
    standing = best_arm(beliefs)
    days = max(TEST_DAYS - min(c.listed for c in arms), 1)
    cost = days * _a_day(arms, standing, shares, daily) if isinstance(standing, Standing) else 0.0
    brought = gain(choosing(beliefs, daily * 7 * HORIZON_WEEKS, cost) / HORIZON_WEEKS)
    rows = [{"product_id": c.product, "share": round(part, 2)} for c, part in zip(arms, shares, strict=True)]
    return Action(
        "operations",
        RULE,
        kind.name,
        Words("rules_events.launch.do", {"products": count(len(arms)), "days": count(days)}),
        gain=brought,
        minutes=kind.minutes,
        because=(found.id,),
        reason=found.words,
        draft=Draft("table", (Words("rules_events.launch.price"), Words("rules_events.launch.cold")), rows),
        measure=Measure(kind.metric, kind.design, kind.days),
        touches=tuple(c.product for c in arms),
    )


RULES = (
    Rule(
        RULE,
        "operations",
        launch_test,
        frames=("launches", "product_diary", "product_names", "product_refunds", "refund_ages", "below_cash"),
        needs=("products", "traffic_days", "order_lines"),
        proposes=("test_launch",),
    ),
)
