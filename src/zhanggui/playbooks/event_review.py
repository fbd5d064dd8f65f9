"""What an event brought, read three weeks after and again after six, when its refunds and reviews have come in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from zhanggui.playbooks.contribution import cases
from zhanggui.playbooks.event_history import Ran, events_ran, pulled_belief
from zhanggui.playbooks.gains import ADDED_TRAFFIC, UNIT, even_cases, of_amount
from zhanggui.playbooks.kinds import Evidence, Finding, Situation
from zhanggui.playbooks.terms import asked, column_sum, contribution, money, refund_loss, share
from zhanggui.playbooks.worth import Worth, order_worth, rest_of_order
from zhanggui.units import Quantity, Words

STAGES = ((21, 45), (45, 73))
"""Days since its end in which an event is read first, and again."""
MORE_RETURNED, MORE_POOR = 0.03, 0.05
"""By how much refunds or poor reviews must be higher than before to be named."""


def reviews(situation: Situation) -> Iterator[Finding]:
    """The events that were over three or six weeks ago, each with its units, what was only bought earlier, and what it brought."""
    for read in events_ran(situation):
        age = (situation.as_of - read.terms.offer.end).days
        stage = next((first for first, last in STAGES if first <= age < last), None)
        if stage is not None:
            yield _finding(situation, read, stage)


def profit(situation: Situation, read: Ran) -> tuple[float, float, float] | None:
    """What an event brought beside none (mean, 10 %, 90 %): units, what the weeks after lacked, its paid price, its own refunds, fee and
    additional advertising. None where costs are unknown."""
    products = sorted(read.terms.offer.products or ())
    sides = [
        (p, w, cases(situation, p, w)) for p in products if (w := order_worth(situation, p)) is not None and w.known
    ]
    if not sides:
        return None
    weights = np.array([worth.weekly * worth.units for _, worth, _ in sides])
    weights = weights / weights.sum()
    normal = sum(
        (part * spread.value / worth.units for part, (_, worth, spread) in zip(weights, sides, strict=True)),
        np.zeros(1),
    )
    usual = sum(part * spread.unit_price for part, (_, _, spread) in zip(weights, sides, strict=True))
    kept = sum(part * spread.kept for part, (_, _, spread) in zip(weights, sides, strict=True))
    even = even_cases(6)[:, 3:]  # those before them are of costs and refunds
    mean, spread = pulled_belief([read])
    pulled = np.clip(of_amount(mean, spread, even[:, 0]), -0.5, 1.5)
    multiple = np.maximum(of_amount(read.multiple, read.multiple * read.multiple_error, even[:, 1]), 0.0)
    rest = sum(part * rest_of_order(situation, p, w) / w.units for part, (p, w, _) in zip(weights, sides, strict=True))
    normal = normal + (read.paid_before - usual) * kept + rest
    returned = of_amount(read.back - read.back_before, _back_error(read), even[:, 2])
    lost = sum(part * _taken_back(worth, read.paid) for part, (_, worth, _) in zip(weights, sides, strict=True))
    event = normal + (read.paid - read.paid_before) * kept - returned * lost - (1 - ADDED_TRAFFIC) * rest
    days = read.terms.days
    units = read.usual * days
    found = (
        units * (multiple * event - normal - pulled * (multiple - 1) * normal) - read.terms.fee - _ads(situation, read)
    )
    low, high = np.quantile(found, [0.1, 0.9])
    return float(found.mean()), float(low), float(high)


def _taken_back(worth: Worth, paid: float) -> float:
    """What a unit of the event that comes back loses: what it would have brought, and what its return costs; the goods come back."""
    if worth.costs is None:
        return paid
    unit = contribution(worth.price, worth.costs) / worth.units + (paid - worth.price / worth.units) * (
        1 - worth.costs.fee_share
    )
    return float(unit + refund_loss(worth.costs) / worth.units)


def _back_error(read: Ran) -> float:
    """How far the refunded share of the event's units and of those before may be off by chance."""
    before = max(min(read.back_before, 0.9), 0.02)
    return float(np.sqrt(before * (1 - before) * (1 / max(read.units, 1.0) + 1 / max(28 * read.usual, 1.0))))


def _ads(situation: Situation, read: Ran) -> float:
    """Advertising of its days beyond that of as many days before."""
    plans = situation.frames.get("ad_plans")
    if plans is None or plans.is_empty() or not read.terms.offer.products:
        return 0.0
    offer, days = read.terms.offer, read.terms.days
    own = plans.filter(pl.col("product_id").is_in(sorted(read.terms.offer.products)))
    last = (situation.as_of - offer.end).days
    inside = own.filter((pl.col("age") >= last) & (pl.col("age") < last + days))
    before = own.filter((pl.col("age") >= last + days) & (pl.col("age") < last + days + 28))
    return column_sum(inside, "cost") - column_sum(before, "cost") / 28 * days


def _finding(situation: Situation, read: Ran, stage: int) -> Finding:
    error = UNIT * read.multiple * read.multiple_error
    made = Quantity(read.multiple, "ratio", read.multiple - error, read.multiple + error)
    said: dict[str, Any] = {"event": read.terms.offer.name, "made": made, "days": Quantity(stage, "count")}
    brought = profit(situation, read)
    if read.pulled is None:
        said["pulled"] = Words("rules_events.review.pulled_unknown")
    else:
        off = UNIT * read.pulled_error
        said["pulled"] = Words(
            "rules_events.review.pulled", {"pulled": share(read.pulled, read.pulled - off, read.pulled + off)}
        )
    key = "units"
    if brought is not None:
        key, said["profit"] = "money", money(*brought, signed=True)
    words = Words(f"rules_events.review.{key}", said)
    return Finding(
        "operations",
        "event_go_no_go",
        "state",
        words,
        "units",
        {"campaign": read.terms.id, "stage": str(stage)},
        brought[0] / 4 if brought else 0.0,
        brought[1] / 4 if brought else None,
        brought[2] / 4 if brought else None,
        evidence=(Evidence(words, asked("units", situation, ("product_id",))),),
        because=_harm(read),
        cause=f"event:{read.terms.id}:{stage}",
    )


def _harm(read: Ran) -> Words | None:
    """Refunds or poor reviews above what they were before: coincides, and is said as that."""
    if read.back > read.back_before + MORE_RETURNED:
        return Words("rules_events.review.returns", {"now": share(read.back), "before": share(read.back_before)})
    if read.low is not None and read.low_before is not None and read.low > read.low_before + MORE_POOR:
        return Words("rules_events.review.poor", {"now": share(read.low), "before": share(read.low_before)})
    return None
