"""Slow stock: where cash lies too long, and a ladder of prices that frees it.

Reads: the latest stock, units by day, last sales, paid prices, costs and salvage, promotions with price protection.
Says: which products last too long, and how much cash lies in them.
Does: a ladder of price cuts, a step a fortnight until the pace clears the shelf; below the goods' cost only if the owner agrees.
Source: docs/rules.md, "Products" (滯銷清庫).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.earlier import read_still
from zhanggui.actions.kinds import Action, Draft, Gain, Measure
from zhanggui.playbooks.answers_to_price import answer_to_price
from zhanggui.playbooks.gains import even_cases, gain, of_amount
from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.pricing import rounded
from zhanggui.playbooks.protection import paid_back
from zhanggui.playbooks.slow_shelves import PACE_DAYS, SlowShelf, slow_shelves
from zhanggui.playbooks.terms import UnitCosts, asked, count, exact, money, name_of, refund_loss, share
from zhanggui.playbooks.visits import kind_of, near_event
from zhanggui.playbooks.worth import early_share, order_worth, refund_share
from zhanggui.units import Quantity, Words

Floats = npt.NDArray[np.float64]
MOST_NAMED = 5
CUTS = (0.1, 0.2, 0.3, 0.4)
STEP_WEEKS = 2
WEEKS = 8.0
HOLDING = 0.005
"""Of a unit's cost a week: capital, space and ageing, about a quarter of it a year."""
BEFORE_DATA = 0.5
"""Units that a shelf without a sale is taken to have sold: a rate is never nothing."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a shelf can bring. ``units`` on it, ``price`` of one, ``cash_out`` money spent to sell one for good (freight, packing, its share
    of refund losses; what its goods cost is spent already), ``fee`` share of the price, ``salvage`` what one left over fetches,
    ``holding`` of one a week, ``cost`` that was paid for one."""

    units: float
    price: float
    cash_out: float
    fee: float = 0.0
    salvage: float = 0.0
    holding: float = 0.0
    cost: float = 0.0

    @property
    def lowest(self) -> float:
        """The lowest sensible price: below it, leaving a unit over brings more than selling it."""
        return (self.salvage + self.cash_out) / (1 - self.fee)


def clears(shelf: Shelf, cut: float, weekly: npt.ArrayLike, answer: npt.ArrayLike, weeks: float = WEEKS) -> Floats:
    """What a shelf brings within ``weeks`` at a price lower by the share ``cut``: Σ q(p)·(p − cash out) + salvage·rest − holding.

    ``weekly`` units sell at the full price, ``answer`` is the elasticity.

    >>> shelf = Shelf(120, 80, 14, salvage=10, holding=0.3)
    >>> [round(float(clears(shelf, cut, 3, -3.63))) for cut in (0, 0.1, 0.2, 0.3, 0.4)]
    [2285, 2643, 3135, 3820, 3936]
    """
    brought, left = _weeks(shelf, cut, np.asarray(shelf.units), np.asarray(weekly), np.asarray(answer), weeks)
    return brought + shelf.salvage * left


def steps_down(
    shelf: Shelf, cuts: Sequence[float], weekly: npt.ArrayLike, answer: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """What the shelf brings in eight weeks on a ladder of ``cuts``, and how many units are left: a step every fortnight, none once the
    pace clears what is left in time."""
    pace, power = np.broadcast_arrays(np.asarray(weekly, dtype=np.float64), np.asarray(answer, dtype=np.float64))
    left, brought = np.full(pace.shape, float(shelf.units)), np.zeros(pace.shape)
    at = np.zeros(pace.shape, dtype=np.int64)
    ladder = np.asarray(cuts)
    for week in np.arange(0.0, WEEKS, STEP_WEEKS):
        if week > 0:
            in_time = pace * (1 - ladder[at]) ** power * (WEEKS - week) >= left
            at = np.where(in_time, at, np.minimum(at + 1, ladder.size - 1))
        part, left = _weeks(shelf, ladder[at], left, pace, power, STEP_WEEKS)
        brought = brought + part
    return brought + shelf.salvage * left, left


def _weeks(
    shelf: Shelf, cut: npt.ArrayLike, units: Floats, weekly: Floats, answer: Floats, weeks: float
) -> tuple[Floats, Floats]:
    """Money of ``weeks`` at one price, and the units left."""
    kept = 1 - np.asarray(cut)
    sold = np.minimum(units, weekly * kept**answer * weeks)
    left = units - sold
    unit = shelf.price * kept * (1 - shelf.fee) - shelf.cash_out
    return sold * unit - shelf.holding * weeks * (units + left) / 2, left


# ---- the rule


def clear_slow_stock(situation: Situation) -> Verdict:
    """Stock that lasts longer than the limit, by the cash in it; a ladder of prices for the one of each category that it pays most for."""
    slow = slow_shelves(situation)
    findings = [_finding(situation, shelf) for shelf in slow[:MOST_NAMED]]
    best: dict[str, Action] = {}
    for shelf, finding in zip(slow, findings, strict=False):
        kind = kind_of(situation, shelf.product) or f"={shelf.product}"
        if near_event(situation, shelf.product) or _clearing(situation, kind, shelf.product):
            continue
        action = _action(situation, shelf, finding)
        if action is not None and (kind not in best or _brings(action) > _brings(best[kind])):
            best[kind] = action
    return Verdict(findings=findings, actions=list(best.values()))


def _brings(action: Action) -> float:
    return action.gain.profit if action.gain else 0.0


def _clearing(situation: Situation, kind: str, product: str) -> bool:
    """Whether another product of the category is being cleared: two at once take each other's buyers."""
    today = situation.as_of + timedelta(days=1)
    for past in situation.standing.past:
        other = past.where.get("product_id", "")
        going = past.state == "approved" or (past.state == "done" and read_still(past, today))
        if past.kind == "clear_stock" and going and other != product and kind_of(situation, other) == kind:
            return True
    return False


def _shelf(situation: Situation, slow: SlowShelf) -> tuple[Shelf, bool] | None:
    """The shelf in money, and whether what is left over is known to fetch anything; None where no price is known."""
    worth = order_worth(situation, slow.product)
    price = worth.price / worth.units if worth is not None else slow.price
    if not price:
        return None
    sheet, salvage = situation.costs, situation.costs.get("salvage", slow.category or "*")
    fetched = salvage.middle * slow.unit_cost if salvage else 0.0
    units = worth.units if worth is not None else 1.0
    costs = UnitCosts(
        fetched,
        sheet.per_order / units,
        sheet.sales_share,
        return_freight=sheet.per_return / units,
        unsellable=sheet.unsellable,
    )
    back = refund_share(situation, slow.product)
    late = back * (1 - early_share(situation))
    cash_out = costs.freight + late / max(1 - back, 0.05) * refund_loss(costs)
    made = Shelf(slow.units, price, cash_out, costs.fee_share, fetched, HOLDING * slow.unit_cost, slow.unit_cost)
    return made, salvage is not None


def _cases(situation: Situation, slow: SlowShelf) -> tuple[Floats, Floats]:
    """Equally likely cases of the units that sell for good in a week at the full price, and of how they answer to a lower one."""
    from scipy.special import gammaincinv

    even = even_cases(2)
    rate = gammaincinv(slow.sold + BEFORE_DATA, even[:, 0]) / max(slow.followed, 1.0)
    belief = answer_to_price(situation, slow.product)
    answer = np.minimum(of_amount(belief.mean, belief.sd, even[:, 1]), 0.0)
    return 7 * rate * (1 - refund_share(situation, slow.product)), answer


def _action(situation: Situation, slow: SlowShelf, finding: Finding) -> Action | None:
    told = _shelf(situation, slow)
    if told is None:
        return None
    shelf, salvage_known = told
    cuts = [cut for cut in CUTS if shelf.price * (1 - cut) >= shelf.lowest]
    if not cuts:
        return None
    weekly, answer = _cases(situation, slow)
    back = paid_back(situation, slow.product, shelf.price, cuts[-1])
    if salvage_known:
        ladder, left = steps_down(shelf, cuts, weekly, answer)
        profit = (ladder - clears(shelf, 0.0, weekly, answer) - back) / WEEKS
        return _made(situation, slow, shelf, cuts, finding, gain(profit), None, float(left.mean()))
    most = _pays_below(replace(shelf, salvage=0.0), cuts, weekly, answer, back)
    if most <= 0:
        return None
    words = Words("rules_goods.clear.pays_below", {"value": exact(most)})
    return _made(situation, slow, shelf, cuts, finding, None, words, None)


def _pays_below(shelf: Shelf, cuts: Sequence[float], weekly: Floats, answer: Floats, back: float) -> float:
    """Where nobody knows what a unit left over fetches: below which value of it the ladder pays."""
    ladder, left = steps_down(shelf, cuts, weekly, answer)
    held = clears(shelf, 0.0, weekly, answer)
    kept = clears(replace(shelf, salvage=1.0), 0.0, weekly, answer) - held
    fewer = float((kept - left).mean())
    return float((ladder - held - back).mean()) / fewer if fewer > 0 else 0.0


# ---- what is said


def _finding(situation: Situation, slow: SlowShelf) -> Finding:
    said = {
        "product": name_of(situation, slow.product),
        "units": count(slow.units),
        "days": count(round(slow.days) if slow.days is not None else PACE_DAYS),
        "cash": money(slow.cash),
    }
    words = Words(f"rules_goods.clear.{'none' if slow.days is None else 'slow'}", said)
    return Finding(
        "products",
        "clear_slow_stock",
        "state",
        words,
        "days_of_stock",
        {"product_id": slow.product},
        slow.cash / 52,
        evidence=(Evidence(words, asked("on_hand", situation, ("product_id",), product_id=slow.product)),),
        cause=f"product:{slow.product}",
    )


def _made(
    situation: Situation,
    slow: SlowShelf,
    shelf: Shelf,
    cuts: Sequence[float],
    finding: Finding,
    brought: Gain | None,
    break_even: Words | None,
    left: float | None,
) -> Action:
    kind = kind_named("clear_stock")
    first = rounded(shelf.price * (1 - cuts[0]))
    said = {"product": name_of(situation, slow.product), "price": exact(first), "lowest": exact(rounded(shelf.lowest))}
    notes = [Words("rules_goods.clear.stop", {"pace": Quantity(shelf.units / WEEKS, "ratio")})]
    if shelf.price * (1 - cuts[-1]) < shelf.cost:
        notes.append(Words("rules_goods.clear.below_cost", {"cost": exact(shelf.cost)}))
    known = {"cash": money(slow.cash), "off": share(cuts[-1])}
    reason = Words("rules_goods.clear.why_unknown", known)
    if left is not None:
        reason = Words("rules_goods.clear.why", {**known, "left": count(left), "units": count(slow.units)})
    return Action(
        "products",
        "clear_slow_stock",
        kind.name,
        Words("rules_goods.clear.do", said),
        {"product_id": slow.product},
        gain=brought,
        break_even=break_even,
        minutes=kind.minutes,
        because=(finding.id,),
        reason=reason,
        draft=Draft("table", tuple(notes), _ladder_rows(situation, slow.product, shelf, cuts)),
        measure=Measure(kind.metric, kind.design, kind.days),
        touches=(slow.product,),
    )


def _ladder_rows(
    situation: Situation, product: str, shelf: Shelf, cuts: Sequence[float]
) -> list[dict[str, str | float]]:
    """The steps with their days: the first one tomorrow."""
    start = situation.as_of + timedelta(days=1)
    return [
        {
            "product_id": product,
            "day": (start + timedelta(weeks=STEP_WEEKS * step)).isoformat(),
            "price_now": round(shelf.price, 2),
            "price": rounded(shelf.price * (1 - cut)),
        }
        for step, cut in enumerate(cuts)
    ]


RULES = (
    Rule(
        "clear_slow_stock",
        "products",
        clear_slow_stock,
        frames=(
            "stock",
            "product_names",
            "product_diary",
            "product_last_sales",
            "price_days",
            "product_refunds",
            "below_cash",
            "happenings",
            "refund_ages",
        ),
        needs=("stock_days",),
        proposes=("clear_stock",),
        reads=("slow_stock_days", "money_floor_share"),
    ),
)
