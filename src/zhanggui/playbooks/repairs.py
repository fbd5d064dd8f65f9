"""What is done about a fall of conversion: the repair of its cause, what it should bring, and how that will be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft
from zhanggui.methods.shrinkage import Beta
from zhanggui.playbooks.causes import Cause, Shift
from zhanggui.playbooks.gains import even_cases, gain, of_amount, of_rate, of_share
from zhanggui.playbooks.kinds import Finding, Situation
from zhanggui.playbooks.product_windows import size_windows
from zhanggui.playbooks.readable import measure
from zhanggui.playbooks.terms import column_sum, count, name_of
from zhanggui.playbooks.visits import window_days
from zhanggui.playbooks.worth import Worth, catalogue, pays_above
from zhanggui.units import Words

LEAD_DAYS, REVIEW_DAYS = 10, 7
AUDIT = ("found", "screen", "price", "sizes", "delivery", "answer", "unpacking", "returned")
"""What is gone through when buying one's own product: search, first screen, price, sizes, promise, a question, the parcel, a return."""


def repair(
    situation: Situation, fall: Shift, cause: Cause, settled: Beta, worth: Worth | None, finding: Finding
) -> list[Action]:
    """The action that a cause asks for; none where a price put back would cost more than it brings, or the goods are on their way."""
    product = fall.visits.product
    kind = kind_named(cause.kind)
    rows, cost = list(cause.rows), 0.0
    if cause.name == "sizes":
        rows, cost = _order(situation, product, cause.rows)
        if not rows:
            return []
    draft = _draft(cause, rows, product)
    value = worth.value if worth else 0.0
    known = worth is not None and worth.known
    profits = _profit(fall, cause, settled, worth) if worth is not None else None
    if known and profits is not None and float(profits.mean()) <= 0:
        return []
    sales = (settled.mean - fall.now.mean) * fall.visits.weekly * (worth.price if worth else 0.0)
    gained = sales * (cause.recoverable or 0.0)
    return [
        Action(
            "analysis",
            "falling_conversion",
            cause.kind,
            Words(f"rules_analysis.do.{_deed(cause)}", {"product": name_of(situation, product), **_said(cause, rows)}),
            {"product_id": product},
            gain=gain(profits) if known and profits is not None else None,
            break_even=None if known else pays_above(situation.floor / gained if gained > 0 else 1.0),
            minutes=kind.minutes,
            cost=cost,
            because=(finding.id,),
            reason=cause.because,
            draft=draft,
            measure=measure(situation, fall.visits, fall.now.mean, value, kind.days) if value > 0 else None,
            touches=(product,),
        )
    ]


def _profit(fall: Shift, cause: Cause, settled: Beta, worth: Worth) -> Any:
    """φ · (r_B − r_W) · visitors a week · contribution of an order, over what is known of each. Where a price goes back every order brings
    its difference less: φ of r_B · (contribution − difference) − r_W · contribution."""
    even = even_cases(4)
    value = of_amount(worth.value, worth.spread, even[:, 3])
    less = 0.0
    if cause.name in ("price", "offer"):
        row = cause.rows[0]
        less = (float(row["before"]) - float(row["after"])) * (1 - worth.refunds)
    gained = of_rate(settled, even[:, 0]) * (value - less) - of_rate(fall.now, even[:, 1]) * value
    return of_share(cause.recoverable or 0.0, even[:, 2]) * gained * fall.visits.weekly


def _order(
    situation: Situation, product: str, missing: Sequence[Mapping[str, Any]]
) -> tuple[list[Mapping[str, Any]], float]:
    """How many of each missing size: its pace before over lead time and a week, less what is on hand and on its way."""
    told = catalogue(situation).get(product, {})
    sheet = situation.costs.get("lead_days", str(told.get("category") or "*"))
    lead = float(told.get("lead_days") or (sheet.middle if sheet else LEAD_DAYS))
    stock = situation.frames["stock"].filter(pl.col("product_id") == product)
    pace = {s.sku: max(s.units_before, s.units) / window_days(situation) for s in size_windows(situation, product)}
    rows: list[Mapping[str, Any]] = []
    for row in missing:
        own = stock.filter(pl.col("sku") == row["sku"])
        have = max(column_sum(own, "on_hand"), 0.0) + column_sum(own, "inbound")
        quantity = round(pace.get(row["sku"], 0.0) * (lead + REVIEW_DAYS) - have)
        if quantity < 1:
            continue
        rows.append({"product_id": product, "sku": row["sku"], "quantity": float(quantity), "share": row["share"]})
    return rows, sum(row["quantity"] for row in rows) * float(told.get("cost") or 0.0)


def _deed(cause: Cause) -> str:
    """Which sentence says it: poor reviews are mended by what they are about."""
    return cause.kind if cause.name == "reviews" else cause.name


def _said(cause: Cause, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the sentence of an action names beside the product."""
    if cause.name == "sizes":
        return {"quantity": count(sum(row["quantity"] for row in rows)), "sizes": [row["sku"] for row in rows[:4]]}
    if cause.name == "change":
        return {"what": cause.because.params["what"], "day": cause.because.params["day"]}
    return {}


def _draft(cause: Cause, rows: Sequence[Mapping[str, Any]], product: str) -> Draft:
    if cause.kind == "audit_listing":
        return Draft("checklist", [Words(f"rules_analysis.audit.{step}") for step in AUDIT])
    if cause.kind in ("correct_description", "hold_batch", "change_packing", "add_size_chart"):
        return Draft("text", (Words("rules_analysis.draft.reviews", {"product": product}),))
    return Draft("table", rows=[{"product_id": product, **row} for row in rows])
