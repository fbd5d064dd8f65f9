"""What is done about refunds that rose: the repair of where the rise lies, and what it should bring."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft, Measure
from zhanggui.methods.smallest_visible import smallest_visible_change
from zhanggui.playbooks.gains import even_cases, gain, of_amount, of_rate, of_share
from zhanggui.playbooks.kinds import Finding, Situation
from zhanggui.playbooks.refund_causes import NATURES, WEEKS, Cause, Rise
from zhanggui.playbooks.terms import (
    column_sum,
    contribution,
    contribution_after_refunds,
    count,
    exact,
    name_of,
    refund_loss,
    share,
)
from zhanggui.playbooks.worth import Worth, order_worth, pays_above
from zhanggui.units import Refusal, Words

AGE = 7
FEWEST_SEEN = 30
EXTRA_PACKING = 0.5
"""Better packing costs half of what packing costs now; a hundredth of the price where that is not stated."""
EXTRA_OF_PRICE = 0.01
DEARER_CARRIER = 0.1


def repair(
    situation: Situation, rise: Rise, cause: Cause, finding: Finding | None, *, said: Words | None = None
) -> list[Action]:
    """The action for where the rise lies. Without a finding the rise is not proved: the action says so, in the words of ``said``."""
    worth = order_worth(situation, rise.product)
    if not cause.kind or worth is None:
        return []
    profit = (
        _paused(situation, rise, cause, worth)
        if cause.kind == "pause_source"
        else _repaired(situation, rise, cause, worth)
    )
    if worth.known and float(profit.mean()) <= 0:
        return []
    kind = kind_named(cause.kind)
    weekly = rise.orders / WEEKS
    sales = (
        cause.recoverable
        * cause.explains
        * (rise.now.mean - rise.before.mean)
        * seen_factor(situation)
        * weekly
        * worth.price
    )
    if not worth.known and cause.kind == "pause_source":
        return []
    return [
        Action(
            "products",
            "refund_jump",
            cause.kind,
            Words(f"rules_products.refunds.do.{_deed(cause)}", _said(situation, rise, cause)),
            _where(rise, cause),
            gain=gain(profit) if worth.known else None,
            break_even=None if worth.known else pays_above(situation.floor / sales if sales > 0 else 1.0),
            minutes=kind.minutes,
            because=(finding.id,) if finding else (),
            reason=cause.because if finding else said or _not_proved(situation, rise, cause),
            draft=_draft(rise, cause, worth, situation),
            measure=_measure(situation, rise, worth, cause.kind),
            touches=(rise.product,),
        )
    ]


def seen_factor(situation: Situation, *, sent: bool = False) -> float:
    """How many refunds there are in the end for each seen within seven days, of sales that are old enough; 1 where that is not known.
    ``sent``: only of refunds after shipment, by money, which come later than the others."""
    name = "sent_refunds_in_the_end" if sent else "refunds_in_the_end"
    if name not in situation.workings:
        rows = situation.frames["refund_ages"].filter(pl.col("age") >= 0)
        old = rows.filter(pl.col("cohort") * situation.period.days >= 90)
        soon = old.filter(pl.col("age") <= AGE)
        seen, ended = column_sum(soon, "refunds"), column_sum(old, "refunds")
        enough = seen >= FEWEST_SEEN
        if sent:
            seen, ended = (column_sum(some, "amount") - column_sum(some, "early") for some in (soon, old))
        situation.workings[name] = ended / seen if enough and seen > 0 else 1.0
    return float(situation.workings[name])


def _repaired(situation: Situation, rise: Rise, cause: Cause, worth: Worth) -> np.ndarray[Any, np.dtype[np.float64]]:
    """φ · explained share · (ρ_W − ρ_B) · orders a week · (loss of a refund + contribution forgone) − what the repair costs."""
    even = even_cases(4)
    now, before = of_rate(rise.now, even[:, 0]), of_rate(rise.before, even[:, 1])
    recovered = of_share(cause.recoverable, even[:, 2]) * cause.explains
    each = of_amount(_refund_costs(worth, cause), worth.spread, even[:, 3])
    weekly = rise.orders / WEEKS
    saved = recovered * (now - before) * seen_factor(situation, sent=cause.name in NATURES) * weekly * each
    return np.asarray(saved - weekly * _extra(situation, cause, worth))


def _refund_costs(worth: Worth, cause: Cause) -> float:
    """What a refund of this kind loses: the contribution, and after shipment parcels, handling and goods too."""
    if worth.costs is None:
        return worth.price
    forgone = contribution(worth.price, worth.costs)
    return forgone if cause.name == "early" else forgone + refund_loss(worth.costs)


def _extra(situation: Situation, cause: Cause, worth: Worth) -> float:
    """What the repair costs with every order."""
    if cause.kind == "change_packing":
        packing = situation.costs.get("per_order", "packing")
        return EXTRA_PACKING * packing.middle if packing else EXTRA_OF_PRICE * worth.price
    if cause.kind == "change_carrier":
        freight = situation.costs.get("per_order", "freight")
        return DEARER_CARRIER * freight.middle if freight else EXTRA_OF_PRICE * worth.price
    return 0.0


def _paused(situation: Situation, rise: Rise, cause: Cause, worth: Worth) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Without a source its refunds end and its sales too: it pays only where its orders lose."""
    rows = situation.frames["refund_places"].filter(
        (pl.col("product_id") == rise.product)
        & (pl.col("by") == "source")
        & (pl.col("value") == cause.value)
        & (pl.col("window") == 0)
    )
    orders, refunded = column_sum(rows, "orders"), column_sum(rows, "refunded")
    if worth.costs is None or not orders:
        return np.zeros(1)
    belief = rise.before.held(20.0).after(min(refunded, orders), orders)
    rates = np.minimum(of_rate(belief, even_cases(1)[:, 0]) * seen_factor(situation), 0.98)
    ends = [contribution_after_refunds(worth.price, worth.costs, 0.0, r) for r in (0.0, 1.0)]
    return np.asarray(-(ends[0] + rates * (ends[1] - ends[0])) * orders / WEEKS)


# ---- what is said


def _deed(cause: Cause) -> str:
    return "hold_size" if cause.kind == "hold_batch" and cause.by == "sku" else cause.kind


def _said(situation: Situation, rise: Rise, cause: Cause) -> dict[str, Any]:
    named: dict[str, Any] = {"product": name_of(situation, rise.product)}
    if cause.change is not None:
        return {**named, "day": cause.change.day}
    valued = cause.kind in ("change_carrier", "pause_source") or _deed(cause) == "hold_size"
    return {**named, "value": cause.value} if valued else named


def _where(rise: Rise, cause: Cause) -> dict[str, str]:
    aimed = cause.by in kind_named(cause.kind).targets if cause.by else False
    return {"product_id": rise.product, **({cause.by: cause.value} if aimed else {})}


def _not_proved(situation: Situation, rise: Rise, cause: Cause) -> Words:
    return Words(
        "rules_products.refunds.cheap",
        {
            "product": name_of(situation, rise.product),
            "now": share(rise.refunded / rise.orders),
            "before": share(rise.refunded_before / rise.orders_before),
            "refunded": count(rise.refunded),
            "orders": count(rise.orders),
            "because": cause.because,
        },
    )


def _draft(rise: Rise, cause: Cause, worth: Worth, situation: Situation) -> Draft:
    row: dict[str, Any] = {"product_id": rise.product, "cause": cause.name}
    if cause.by:
        row |= {cause.by: cause.value}
    if cause.change is not None:
        row |= {"change_id": cause.change.id, "what": cause.change.what}
        row |= {"before": cause.change.after, "after": cause.change.before}
    words: tuple[Words, ...] = (cause.because,)
    if cause.kind in ("change_packing", "change_carrier"):
        rose = max(rise.now.mean - rise.before.mean, 0.0) * seen_factor(situation)
        most = cause.recoverable * cause.explains * rose * _refund_costs(worth, cause)
        words += (Words("rules_products.refunds.pays_under", {"cost": exact(most)}),)
    return Draft(kind_named(cause.kind).draft, words, [row])


def _measure(situation: Situation, rise: Rise, worth: Worth, kind: str) -> Measure:
    known = kind_named(kind)
    weekly = rise.orders / WEEKS
    visible = smallest_visible_change(rise.now.mean, weekly * known.days / 7)
    money = None if isinstance(visible, Refusal) else visible * rise.now.mean * weekly * worth.price
    return Measure(known.metric, known.design, known.days, money, "refund_rate")
