"""Buying from oneself: once a quarter, the products most of whose visitors leave where those of their siblings buy.

Reads: visits and buyers of products and of their siblings, what was gone through before.
Says: nothing by itself.
Does: the product is bought once and gone through by a list of eight; each "no" becomes a task.
Source: docs/rules.md, "Positioning".
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft
from zhanggui.methods.shrinkage import Beta, probability_below
from zhanggui.playbooks.gains import Floats, even_cases, gain, of_amount, of_rate
from zhanggui.playbooks.kinds import Rule, Situation, Verdict
from zhanggui.playbooks.readable import measure
from zhanggui.playbooks.repairs import AUDIT
from zhanggui.playbooks.terms import money, name_of, share
from zhanggui.playbooks.visits import Visits, kind_of, usual_rates, visits
from zhanggui.playbooks.worth import Worth, order_worth, pays_above
from zhanggui.units import Words

MOST_PRODUCTS = 5
FEWEST_VISITORS = 400
FEWEST_SIBLINGS = 3
SURE = 0.8
SETTLED_DAYS, QUARTER_DAYS = 60, 91
LIFT = Beta(2.0, 3.0)
MOST_LIFT = 0.1
"""What a mended "no" lifts a product's contribution by: 4 % in the mean, 0 to 10 %. Before anything is found one is counted."""
MOST_COUNTED = 3


def lifted(contribution: float, mended: int, lift: float = 0.04) -> float:
    """What mended faults are believed to bring a week before the rule's record; more than three are counted as three.

    >>> [lifted(500, mended) for mended in (1, 3, 5)]
    [20.0, 60.0, 60.0]
    """
    return contribution * lift * min(mended, MOST_COUNTED)


def self_purchase_audit(situation: Situation) -> Verdict:
    """The five products with most visitors × shortfall to their siblings, if nobody went through them lately."""
    found: list[tuple[float, Visits, Worth, float]] = []
    for v in visits(situation).values():
        worth = order_worth(situation, v.product)
        siblings = None if v.flag or worth is None else _siblings(situation, v)
        if worth is None or siblings is None or worth.value <= 0 or _lately(situation, v.product):
            continue
        own = usual_rates(situation)[v.product].after(v.now.buyers, v.now.visitors)
        lost = v.weekly * (siblings.mean - own.mean) * worth.value
        if lost >= situation.floor and probability_below(own, siblings) >= SURE:
            found.append((lost, v, worth, siblings.mean))
    worst = sorted(found, key=lambda each: (-each[0], each[1].product))[:MOST_PRODUCTS]
    return Verdict(actions=[_action(situation, *each) for each in worst])


def _siblings(situation: Situation, v: Visits) -> Beta | None:
    """The rate of the other products of its category; None with fewer than three, or too few visitors of its own."""
    kind = kind_of(situation, v.product)
    if not kind or v.now.visitors < FEWEST_VISITORS or v.product not in usual_rates(situation):
        return None
    others = [mean for product, mean in _of_kind(situation).get(kind, ()) if product != v.product]
    if len(others) < FEWEST_SIBLINGS:
        return None
    # Siblings differ by themselves: each counts alike, and their spread is part of what is not known.
    rates = np.array(others)
    mean, error = float(rates.mean()), float(rates.std(ddof=1)) / len(rates) ** 0.5
    size = mean * (1 - mean) / max(error, 1e-6) ** 2 - 1
    return Beta(mean * size, (1 - mean) * size) if size > 1 else None


def _of_kind(situation: Situation) -> dict[str, list[tuple[str, float]]]:
    """Category → its products that can be judged, with their rates."""
    if "rates_of_kind" not in situation.workings:
        found: dict[str, list[tuple[str, float]]] = {}
        for u in visits(situation).values():
            prior = usual_rates(situation).get(u.product)
            if prior is not None and not u.flag and u.now.visitors > 0:
                rate = prior.after(u.now.buyers, u.now.visitors).mean
                found.setdefault(kind_of(situation, u.product), []).append((u.product, rate))
        situation.workings["rates_of_kind"] = found
    kept: dict[str, list[tuple[str, float]]] = situation.workings["rates_of_kind"]
    return kept


def _lately(situation: Situation, product: str) -> bool:
    """Whether it was gone through in sixty days by any rule, or in a quarter by this one, or is to be."""
    for past in situation.standing.past:
        if past.kind != "audit_listing" or past.where.get("product_id") != product:
            continue
        days = QUARTER_DAYS if past.rule == "self_purchase_audit" else SETTLED_DAYS
        if past.state == "approved" or (past.done_on and past.done_on > situation.as_of - timedelta(days=days)):
            return True
    return False


def _action(situation: Situation, lost: float, v: Visits, worth: Worth, siblings: float) -> Action:
    kind, even = kind_named("audit_listing"), even_cases(3)
    belief = usual_rates(situation)[v.product].after(v.now.buyers, v.now.visitors)
    weekly = v.weekly * of_rate(belief, even[:, 0]) * of_amount(worth.value, worth.spread, even[:, 1])
    profits: Floats = np.asarray(MOST_LIFT * of_rate(LIFT, even[:, 2]) * weekly)
    said = {"product": name_of(situation, v.product), "own": share(belief.mean), "others": share(siblings)}
    return Action(
        "positioning",
        "self_purchase_audit",
        kind.name,
        Words("rules_positioning.audit.do", said),
        {"product_id": v.product},
        gain=gain(profits) if worth.known else None,
        break_even=None if worth.known else pays_above(situation.floor / max(float(profits.mean()), 1e-9)),
        minutes=kind.minutes,
        reason=Words("rules_positioning.audit.because", {**said, "money": money(lost)}),
        draft=Draft("checklist", [Words(f"rules_analysis.audit.{step}") for step in AUDIT]),
        measure=measure(situation, v, belief.mean, worth.value, kind.days),
        touches=(v.product,),
    )


RULES = (
    Rule(
        "self_purchase_audit",
        "positioning",
        self_purchase_audit,
        frames=("product_diary", "product_refunds", "below_cash", "happenings", "refund_ages"),
        needs=("traffic_days", "order_lines"),
        proposes=("audit_listing",),
        reads=("money_floor_share",),
    ),
)
