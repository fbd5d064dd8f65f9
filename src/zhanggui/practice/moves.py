"""What a move does to the shop: one function a kind of action. Rows of a draft may say how much; where they do not, the trade's
usual step is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from zhanggui.practice.chance import Purpose, uniforms
from zhanggui.practice.doing import BY, Doing, number
from zhanggui.practice.kinds import SIZES, Move
from zhanggui.practice.occasions import ANSWERS
from zhanggui.practice.state import Change, Ending, Parcel
from zhanggui.practice.troubles import alter, restored

FEED_DAYS = 14
VARIED_DAYS = 28
STEP = 0.05
PACKING_COST, PACKING_GAIN, PACKING_LEAST = 0.9, 0.4, 0.9
CHART_GAIN, DESCRIPTION_GAIN = 0.7, 0.75
LED = 0.3
FED = 0.2
BUDGET_CUT, BUDGET_RAISE = 0.75, 1.2
AUDITED_SHARE = 0.8


def _order_stock(doing: Doing, move: Move) -> bool:
    """Goods ordered by size (``sku`` … -L) or by product, on the shelf after the supplier's days."""
    ordered: dict[int, Any] = {}
    for p, row in doing.targets(move):
        units = number(row, "units", "quantity", "order")
        if units is None or units <= 0:
            continue
        lot = ordered.setdefault(p, np.zeros(doing.state.stock.shape[1]))
        size = _size_of(row.get("sku"))
        if size is None or size >= len(lot):
            lot += np.round(units * doing.assortment.sizes[p])
        else:
            lot[size] += np.round(units)
    for p, lot in ordered.items():
        doing.state.inbound.append(Parcel(doing.day + int(doing.assortment.lead[p]), p, lot))
        doing.cost += float(lot.sum() * doing.state.cost[p])
    return bool(ordered)


def _size_of(sku: Any) -> int | None:
    tail = str(sku or "").rpartition("-")[2]
    return SIZES.index(tail) if tail in SIZES else None


def _leave_offer(doing: Doing, move: Move) -> bool:
    """No second coupon on it any more; where none stacks, no coupon at all."""
    taken = False
    for p, _ in doing.targets(move):
        stacked = doing.state.stacked[p] > 0
        taken = taken or bool(stacked or doing.state.offer[p] > 0)
        if not stacked:
            doing.state.offer[p] = 0.0
        doing.state.stacked[p] = 0.0
    return taken


def _smallest_quantity(doing: Doing, move: Move) -> bool:
    for p, row in doing.targets(move):
        doing.state.least[p] = max(number(row, "least_units", "minimum_quantity", "quantity") or 2, 1)
    return bool(doing.targets(move))


def _step_price(doing: Doing, move: Move) -> bool:
    """The price of the row, else the step of the row, else a twentieth up; ``after``/``new_price`` win over ``step``."""
    targets = doing.targets(move)
    for p, row in targets:
        old = float(doing.state.price[p])
        new = number(row, "new_price", "price_after", "price", "after", "to")
        if new is None:
            new = old * (1 + (number(row, "step", "change") or STEP))
        new = float(np.clip(new, 0.5 * old, 2 * old))
        _set_price(doing, p, new)
        _until(doing, row, p, "price", times=old / float(doing.state.price[p]))
    return bool(targets)


def _clear_stock(doing: Doing, move: Move) -> bool:
    """The first step of a ladder: its price beside the one the draft stood on, so that a coupon on top stays what it was."""
    for p, row in doing.targets(move)[:1]:
        now, then = number(row, "price_now"), number(row, "price")
        if not now or not then:
            return False
        _set_price(doing, p, float(doing.state.price[p]) * float(np.clip(then / now, 0.5, 1.0)))
        return True
    return False


def _set_price(doing: Doing, p: int, new: float) -> None:
    old = float(doing.state.price[p])
    doing.state.price[p] = round(new, 2)
    factors = (("price", round(new, 2) / old),)
    made = Change(
        f"C{doing.day:04d}-{len(doing.state.changes):04d}",
        doing.day,
        p,
        "price",
        f"{old:.2f}",
        f"{new:.2f}",
        BY,
        factors,
        logged=False,
    )
    doing.state.changes.append(made)


def _until(doing: Doing, row: Mapping[str, Any], p: int, name: str, *, more: float = 0.0, times: float = 1.0) -> None:
    """What a draft does for so many ``days`` only ends by itself: "until it arrives"."""
    days = number(row, "days")
    if days is not None and days > 0:
        doing.state.endings.append(Ending(doing.day + max(round(days), 1), p, name, more, times))


def _stop_advertising(doing: Doing, move: Move) -> bool:
    before = doing.state.budget.copy()
    taken = _budgets(doing, move, lambda old, row: 0.0)
    for p, row in doing.targets(move):
        _until(doing, row, p, "budget", more=float(before[p] - doing.state.budget[p]))
    return taken


def _change_budget(doing: Doing, move: Move) -> bool:
    """The new budget of the row, else the old one times the row's factor, else a quarter less."""

    def new(old: float, row: Mapping[str, Any]) -> float:
        stated = number(row, "daily_budget", "new_budget", "budget", "budget_after", "after", "to")
        if stated is not None:
            return max(stated, 0.0)
        return old * (1 + (number(row, "step", "change") or BUDGET_CUT - 1))

    return _budgets(doing, move, new)


def _budgets(doing: Doing, move: Move, new: Callable[[float, Mapping[str, Any]], float]) -> bool:
    """Set budgets: of the campaigns that rows name, else of the products. A campaign that feeds a product buys its extra visitors."""
    plans = [(str(row.get("campaign") or move.where.get("campaign") or ""), row) for row in move.rows or ({},)]
    named = [(plan, p, row) for plan, row in plans if (p := doing.product(plan.partition("-")[2])) is not None]
    found = named or [("", p, row) for p, row in doing.targets(move)]
    taken = False
    for plan, p, row in found:
        if plan.startswith("feed-"):
            before = number(row, "before") or 0.0
            doing.state.feed[p] *= min(new(before, row) / before, 2.0) if before > 0 else 0.0
            taken = True
            continue
        old = float(doing.state.budget[p])
        doing.state.budget[p] = round(new(old, row), 2)
        taken = taken or old != doing.state.budget[p]
    return taken


def _vary_budget(doing: Doing, move: Move) -> bool:
    """A fifth more and a fifth less by pairs of days, four weeks long: cheap, and it shows what the last unit spent brings."""
    plans = [str(row.get("campaign") or move.where.get("campaign") or "") for row in move.rows] or [""]
    found = {p for plan in plans if (p := doing.product(plan.partition("-")[2])) is not None}
    for p in found or {p for p, _ in doing.targets(move)}:
        doing.state.varied_until[p] = doing.day + VARIED_DAYS
    return bool(found or doing.targets(move))


def _shift_advertising(doing: Doing, move: Move) -> bool:
    """Money of one product's advertising to another's: the whole of it where no amount is said."""
    giver = doing.product(move.product)
    taker = next(
        (p for row in move.rows if (p := doing.product(row.get("to_product_id") or row.get("to"))) is not None), None
    )
    if taker is None:
        taker = next((p for p, _ in doing.targets(move) if p != giver), None)
    if giver is None or taker is None or giver == taker:
        return False
    moved = next((amount for row in move.rows if (amount := number(row, "amount", "daily_budget"))), None)
    share = float(min(moved if moved is not None else doing.state.budget[giver], doing.state.budget[giver]))
    doing.state.budget[giver] -= share
    doing.state.budget[taker] += share
    row = next((row for row in move.rows if number(row, "days")), {})
    _until(doing, row, giver, "budget", more=share)
    _until(doing, row, taker, "budget", more=-share)
    return share > 0


def _stop_selling(doing: Doing, move: Move) -> bool:
    for p, _ in doing.targets(move):
        doing.state.selling[p] = False
        doing.state.budget[p] = 0.0
    return bool(doing.targets(move))


def _change_packing(doing: Doing, move: Move) -> bool:
    """Bubble wrap and a stiffer box: most of the damage goes, each parcel costs a little more."""
    for p, _ in doing.targets(move):
        state = doing.state
        state.packed[p] = min(state.packed[p], max(PACKING_GAIN * state.packed[p], min(PACKING_LEAST, state.packed[p])))
        state.box[p] += PACKING_COST
        alter(state, doing.day, p, "packing", [], BY, logged=False)
    return bool(doing.targets(move))


def _add_size_chart(doing: Doing, move: Move) -> bool:
    return _mend(doing, move, "chart", CHART_GAIN)


def _correct_description(doing: Doing, move: Move) -> bool:
    return _mend(doing, move, "described", DESCRIPTION_GAIN)


def _mend(doing: Doing, move: Move, name: str, gain: float) -> bool:
    """A wrong chart or description is put right; one that was right already gets a little better, once."""
    values = getattr(doing.state, name)
    for p, _ in doing.targets(move):
        values[p] = 1.0 if values[p] > 1 else max(values[p] * gain, gain)
        alter(doing.state, doing.day, p, "description", [], BY, logged=False)
    return bool(doing.targets(move))


def _hold_batch(doing: Doing, move: Move) -> bool:
    """A bad batch goes back to the supplier, half of the shelf is of it; a good one is sold on."""
    targets = doing.targets(move)
    for p, _ in targets:
        if doing.state.batch[p] > 1:
            held = np.floor(doing.state.stock[p] * 0.5)
            doing.state.stock[p] -= held
            doing.state.batch[p] = 1.0
            doing.state.inbound.append(Parcel(doing.day + int(doing.assortment.lead[p]), p, held))
    return bool(targets)


def _restore_change(doing: Doing, move: Move) -> bool:
    """Put back the change the draft names by id; without one, the latest of the product that the log or the ledger knows."""
    wanted = {str(row[name]) for row in move.rows for name in ("change_id", "change") if row.get(name)}
    what = {str(row["what"]) for row in move.rows if row.get("what")}
    for p, _ in doing.targets(move):
        mine = [c for c in doing.state.changes if c.product == p and (c.logged or c.by == BY)]
        named = [c for c in mine if c.id in wanted]
        like = [c for c in mine if c.what in what] if what else mine
        chosen = named or like[-1:]
        if chosen:
            restored(doing.state, chosen[-1], doing.day, BY)
            return True
    return False


def _repeat_change(doing: Doing, move: Move) -> bool:
    """Do elsewhere what lifted one product. How much of it carries over is each product's own; half on average."""
    sources = [doing.product(row.get("from_product_id") or row.get("like")) for row in move.rows]
    model = next((p for p in sources if p is not None), doing.product(move.product))
    made = [c for c in doing.state.changes if c.product == model and c.factors and c.what != "price"]
    targets = [p for p, _ in doing.targets(move) if p != model]
    for p in targets:
        lift = dict(made[-1].factors).get("page", 1.0) if made else 1.0
        carried = float(uniforms(doing.seed, Purpose.TRANSFER, p)[0])
        alter(
            doing.state,
            doing.day,
            p,
            made[-1].what if made else "image",
            [("page", 1 + carried * (lift - 1))],
            BY,
            logged=False,
        )
    return bool(targets)


def _feed_traffic(doing: Doing, move: Move) -> bool:
    """A fifth more visitors for a fortnight, each at what the next click costs."""
    for p, row in doing.targets(move):
        share = number(row, "share", "step")
        doing.state.feed[p] = FED if share is None else float(np.clip(share, 0, 1))
        doing.state.feed_price[p] = _next_click(doing, p)
        doing.state.fed_until[p] = doing.day + FEED_DAYS
    return bool(doing.targets(move))


def _next_click(doing: Doing, p: int) -> float:
    """What one more visit of the product costs in advertising: dearer than those bought so far. The shop's mean where it has none."""
    assortment, budget = doing.assortment, doing.state.budget
    own = assortment.bought > 0
    last = assortment.half / (budget + assortment.half)
    spent = np.where(budget > 0, budget, assortment.budget)
    most = np.where(
        own, assortment.bought * (assortment.budget + assortment.half) / np.maximum(assortment.budget, 1e-9), 1
    )
    each = (spent + assortment.half) / most / np.maximum(last, 0.1)
    return float(each[p] if own[p] else np.median(each[own]))


def _reroute_traffic(doing: Doing, move: Move) -> bool:
    """Slots, advertising and shows of one product show another to a part of their visitors."""
    giver = doing.product(move.product)
    names = [row.get(name) for row in move.rows for name in ("to_product_id", "to", "shift", "product_id")]
    taker = next((p for name in names if (p := doing.product(name)) is not None and p != giver), None)
    share = next((value for row in move.rows if (value := number(row, "share")) is not None), LED)
    if giver is None or taker is None:
        return False
    doing.state.moved.append((giver, taker, float(np.clip(share, 0, 1))))
    return True


def _audit_listing(doing: Doing, move: Move) -> bool:
    """Most of what is wrong with the listing is found and mended: its own faults, and four fifths of what a bad page, chart or
    description takes away."""
    state = doing.state
    for p, _ in doing.targets(move):
        if not state.audited[p]:
            state.page[p] *= 1 + doing.assortment.hidden[p]
            state.audited[p] = True
        for change in [c for c in state.changes if c.product == p and c.what in ("title", "image") and not c.logged]:
            for name, factor in change.factors:
                getattr(state, name)[p] /= factor**AUDITED_SHARE if factor < 1 else 1
    return bool(doing.targets(move))


KINDS: Mapping[str, Callable[[Doing, Move], bool]] = {
    "order_stock": _order_stock,
    "take_out_of_offer": _leave_offer,
    "minimum_quantity": _smallest_quantity,
    "step_price": _step_price,
    "clear_stock": _clear_stock,
    "stop_advertising": _stop_advertising,
    "change_budget": _change_budget,
    "vary_budget": _vary_budget,
    "shift_advertising": _shift_advertising,
    "stop_selling": _stop_selling,
    "change_packing": _change_packing,
    "correct_description": _correct_description,
    "add_size_chart": _add_size_chart,
    "hold_batch": _hold_batch,
    "restore_change": _restore_change,
    "repeat_change": _repeat_change,
    "feed_traffic": _feed_traffic,
    "reroute_traffic": _reroute_traffic,
    "audit_listing": _audit_listing,
    **ANSWERS,
}
"""What the practice shop answers to, by kind of action."""
