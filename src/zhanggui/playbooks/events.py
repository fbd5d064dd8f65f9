"""Events: whether to take part in one whose terms are known, and under which terms it would pay.

Reads: promotions with their terms, units by day, what earlier events did, contribution after refunds, stock, price protection.
Says: how many times its normal units an event needs, and how many earlier ones made.
Does: join, decline, or the price that would turn it; what must be ready before it begins. Three and six weeks after: what it brought.
Source: docs/rules.md, "Operations" (活動報名).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft, Gain, Measure
from zhanggui.playbooks.event_history import PULLED, Belief, Terms, answered, belief, event_terms, ordinary_pace
from zhanggui.playbooks.event_money import (
    JOIN,
    Side,
    counter_terms,
    event_profit,
    multiple_needed,
    sides_of,
    taken_together,
)
from zhanggui.playbooks.event_ready import ready
from zhanggui.playbooks.event_review import reviews
from zhanggui.playbooks.gains import HORIZON_WEEKS, UNIT, gain
from zhanggui.playbooks.kinds import Due, Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.reachable import lowest
from zhanggui.playbooks.terms import asked, exact, money, share
from zhanggui.playbooks.worth import catalogue, order_worth
from zhanggui.units import Quantity, Words

RULE = "event_go_no_go"
DUE_DAYS = 1
MOST_TOUCHED = 20
TWICE, BEYOND = 2.0, 20.0
"""Of an event of unknown effect it is said what twice the normal units need; no event makes twenty times as many."""


def event_go_no_go(situation: Situation) -> Verdict:
    """Every event whose answer is due: its break-even, and where own events or costs allow it, the answer. Then what past ones brought."""
    findings: list[Finding] = []
    actions: list[Action] = []
    due: list[Due] = []
    for terms in _open(situation):
        known, products = sides_of(situation, terms)
        found = _finding(situation, terms, known, products)
        findings.append(found)
        action = _action(situation, terms, known, found)
        actions.append(action)
        if terms.answer_by is not None and terms.answer_by <= situation.as_of + timedelta(days=DUE_DAYS):
            words = Words("rules_events.due", {"event": terms.offer.name})
            loss = action.gain.profit * HORIZON_WEEKS if action.gain else 0.0
            due.append(Due(RULE, words, terms.answer_by.isoformat(), {"campaign": terms.id}, max(loss, 0.0)))
    return Verdict(findings=[*findings, *reviews(situation)], actions=actions, due=due)


def _open(situation: Situation) -> Iterator[Terms]:
    """Events to come whose day of answer has not passed and that nobody answered."""
    for terms in event_terms(situation):
        by = terms.answer_by
        ahead = by is not None and by > situation.as_of and terms.offer.start > situation.as_of
        if ahead and not answered(situation, terms.id):
            yield terms


# ---- what is said


def _finding(situation: Situation, terms: Terms, sides: Sequence[Side], products: Sequence[str]) -> Finding:
    believed = belief(situation, terms)
    pulled = believed.pulled if believed else PULLED
    said: dict[str, Any] = {"event": terms.offer.name, "pulled": share(pulled)}
    if not sides:
        words = _without_costs(situation, terms, products, believed)
    elif (needed := multiple_needed(sides, terms, pulled)) is None or needed > BEYOND:
        words = Words("rules_events.never", said)
    elif believed is None:
        words = Words("rules_events.needs", {**said, "needed": Quantity(needed, "ratio")})
    else:
        low, high = (float(np.exp(believed.log + sign * UNIT * believed.spread)) for sign in (-1, 1))
        made = Quantity(believed.multiple, "ratio", low, high)
        events = Quantity(believed.events, "count")
        words = Words(
            "rules_events.needs_made", {**said, "needed": Quantity(needed, "ratio"), "made": made, "events": events}
        )
    size = float(event_profit(taken_together(sides), believed, terms.fee).mean()) if sides and believed else -terms.fee
    only = products[0] if len(products) == 1 else ""
    where = {"product_id": only} if only else {}
    return Finding(
        "operations",
        RULE,
        "state",
        words,
        "units",
        {"campaign": terms.id},
        size / HORIZON_WEEKS,
        evidence=(Evidence(words, asked("units", situation, ("product_id",), **where)),),
        cause=f"event:{terms.id}",
    )


def _without_costs(situation: Situation, terms: Terms, products: Sequence[str], believed: Belief | None) -> Words:
    """From which margin on it pays, at the multiple own events made or at twice the normal units."""
    multiple = believed.multiple if believed else TWICE
    pulled = believed.pulled if believed else PULLED
    units, usual, cut = 0.0, 0.0, 0.0
    for product in products:
        worth = order_worth(situation, product)
        sold, days, paid = ordinary_pace(situation, product)
        listed = catalogue(situation).get(product, {}).get("price")
        price = paid or (worth.price / worth.units if worth is not None else float(listed or 0.0))
        if price > 0 and sold > 0 and days > 0:
            normal = sold / days * terms.days
            reached = min(lowest(price, [terms.offer], terms.offer.start).price, price)
            units, usual, cut = units + normal, usual + normal * price, cut + normal * (price - reached)
    said = {"event": terms.offer.name, "multiple": Quantity(multiple, "ratio")}
    if units <= 0 or multiple <= 1:
        return Words("rules_events.no_sales", said)
    margin = (multiple * cut + terms.fee) / (usual * (multiple - 1) * (1 - pulled))
    if margin >= 1:
        return Words("rules_events.never_at", said)
    return Words("rules_events.margin", {**said, "margin": share(margin)})


def _action(situation: Situation, terms: Terms, sides: Sequence[Side], found: Finding) -> Action:
    """The answer: join where it pays likely enough, else decline with the terms that would turn it; without own events the break-even."""
    kind = kind_named("answer_event")
    believed = belief(situation, terms)
    said: dict[str, Any] = {"event": terms.offer.name}
    brought: Gain | None = None
    row: dict[str, Any] = {"promotion_id": terms.id}
    if not sides or believed is None:
        words, break_even = Words("rules_events.decide", said), found.words
    else:
        profit, break_even = event_profit(taken_together(sides), believed, terms.fee), None
        joins = bool((profit > 0).mean() >= JOIN and profit.mean() > 0)
        brought = gain((profit if joins else -profit) / HORIZON_WEEKS)
        row["answer"] = "join" if joins else "decline"
        counter = None if joins else counter_terms(sides, terms, believed)
        words = Words(f"rules_events.{row['answer']}", {**said, "profit": money(float(profit.mean()), signed=True)})
        if counter is not None:
            more = {"price": exact(counter[0]), "now": exact(sides[0].event_price)}
            words = Words("rules_events.counter", {**words.params, **more, "needed": Quantity(counter[1], "ratio")})
            row["price"] = counter[0]
    products = tuple(side.product for side in sides)
    notes = ready(situation, terms, products, believed)
    return Action(
        "operations",
        RULE,
        kind.name,
        words,
        {"campaign": terms.id},
        gain=brought,
        break_even=break_even,
        minutes=kind.minutes,
        do_by=terms.answer_by.isoformat() if terms.answer_by else None,
        because=(found.id,),
        reason=found.words if break_even is None else None,
        draft=Draft("table", notes, [row]),
        measure=Measure(kind.metric, kind.design, kind.days),
        touches=products if len(products) <= MOST_TOUCHED else (),
    )


RULES = (
    Rule(
        RULE,
        "operations",
        event_go_no_go,
        frames=(
            "happenings",
            "product_diary",
            "product_names",
            "product_refunds",
            "refund_ages",
            "below_cash",
            "price_days",
        ),
        needs=("promotions", "order_lines"),
        proposes=("answer_event",),
    ),
)
