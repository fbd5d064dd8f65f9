"""Who decides what in a practice shop: nobody, rules of thumb, or an oracle that knows what every move truly brings.

All of them have the same kinds of action, the same length of list, the same minutes, the same cash and the same owner, who does what
takes long less often.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.guards import BETWEEN_CHANGES_DAYS, MAY_NOT_WAIT, PAGE
from zhanggui.practice.chance import Purpose, uniforms
from zhanggui.practice.chances import LATER, ONCE, offered_moves
from zhanggui.practice.doing import BY
from zhanggui.practice.kinds import SIZES, Move
from zhanggui.practice.moves import BUDGET_CUT, BUDGET_RAISE, KINDS, STEP
from zhanggui.practice.troubles import LOGGED
from zhanggui.practice.world import World

Adviser = Literal["nothing", "thumb", "oracle"]
ADVISERS: tuple[Adviser, ...] = ("nothing", "thumb", "oracle")
FORESIGHT_DAYS = 21
WEIGHED = 16
STOCK_DAYS = 42
STOCK_TO_DAYS = 30


@dataclass(frozen=True, slots=True)
class Option:
    """A move that could be made today: minutes of work, cash bound, and what it brings until the end."""

    move: Move
    minutes: int
    cost: float = 0.0
    gain: float = 0.0


def willing(world: World, week: int, move: Move) -> bool:
    """Whether the owner gets round to it: the longer it takes, the less often."""
    minutes = kind_named(move.kind).minutes
    place = sum(map(ord, move.kind)) * 1000 + sum(map(ord, move.product))
    return bool(uniforms(world.luck, Purpose.WILLING, week, place)[0] < world.character.willing ** (minutes / 30))


def let_in(world: World, move: Move) -> bool:
    """Whether the ledger would let it in: of a product's page one thing is changed in two weeks, but for what puts a change back or mends
    an untruth. Everybody's actions go through that door."""
    if kind_named(move.kind).changes not in PAGE or move.kind in MAY_NOT_WAIT:
        return True
    since = world.day - BETWEEN_CHANGES_DAYS
    touched = {move.product, *(str(row.get("product_id")) for row in move.rows)}
    return not any(
        change.day > since and change.what in PAGE and world.names[change.product] in touched
        for change in world.state.changes
        if change.logged or change.by == BY
    )


def affordable(world: World, move: Move, cost: float) -> bool:
    """Whether the cash it binds is within what its kind may bind, in weeks of the shop's contribution."""
    weeks = 4
    weekly = max(world.books.worth(max(world.day - 7 * weeks, 0), world.day - 1) / weeks, 1.0)
    return cost <= kind_named(move.kind).largest_cost * weekly


def most_moves(world: World) -> int:
    """How many actions a shop of this size is given at a time: three below 50 orders a day, five up to 300, seven above."""
    orders = np.mean([day.count for day in world.sold[-28:]]) if world.sold else 0.0
    return 3 if orders < 50 else 5 if orders <= 300 else 7


def options(world: World) -> list[Option]:
    """Every move that makes sense to somebody who sees the whole state of the shop."""
    state, assortment, names = world.state, world.assortment, world.names
    worth = (assortment.base * assortment.rate).sum(axis=1) * assortment.price
    found: list[Move] = []

    def of(kind: str, p: int, **row: Any) -> None:
        found.append(Move(kind, {"product_id": names[p]}, ({"product_id": names[p], **row},)))

    for p in np.argsort(-worth, kind="stable"):
        if not state.selling[p]:
            continue
        if state.stacked[p] > 0 or state.offer[p] > 0:
            of("take_out_of_offer", p)
        of("step_price", p, step=STEP)
        of("step_price", p, step=-STEP)
        if state.budget[p] > 0:
            of("change_budget", p, step=BUDGET_CUT - 1)
            of("change_budget", p, step=BUDGET_RAISE - 1)
            of("stop_advertising", p)
        if state.batch[p] > 1:
            of("hold_batch", p)
        if state.packed[p] > 1:
            of("change_packing", p)
        if state.chart[p] > 1:
            of("add_size_chart", p)
        if state.described[p] > 1:
            of("correct_description", p)
        if not state.audited[p]:
            of("audit_listing", p)
        of("feed_traffic", p)
        _goods(world, int(p), found)
    found += _changes(world) + _led(world) + offered_moves(world)
    return [Option(move, kind_named(move.kind).minutes) for move in found if move.kind in KINDS and let_in(world, move)]


def _goods(world: World, p: int, found: list[Move]) -> None:
    """Goods for six weeks where less than the supplier needs is there."""
    state = world.state
    coming = sum((parcel.units for parcel in state.inbound if parcel.product == p), np.zeros(state.stock.shape[1]))
    pace = state.pace[p]
    lead = float(world.assortment.lead[p])
    have = state.stock[p] + coming
    short = np.ceil(np.maximum(pace * (lead + STOCK_TO_DAYS) - have, 0)) * (have < pace * (lead + 10))
    if short.sum() > 0:
        name = world.names[p]
        rows = [
            {
                "product_id": name,
                "sku": f"{name}-{SIZES[z]}" if world.character.sized else f"{name}-1",
                "quantity": float(units),
            }
            for z, units in enumerate(short)
            if units > 0
        ]
        found.append(Move("order_stock", {"product_id": name}, tuple(rows)))


def _changes(world: World) -> list[Move]:
    """Changes that did harm, to be put back; changes that did good, to be repeated on siblings."""
    state, names = world.state, world.names
    found = []
    undone = {(c.product, name) for c in state.changes if c.by == "ledger" for name, _ in c.factors}
    for change in state.changes:
        if change.by != "owner" or not change.factors or change.what not in LOGGED.values():
            continue
        where = {"product_id": names[change.product]}
        row = {"product_id": names[change.product], "change_id": change.id, "what": change.what}
        if (change.product, change.factors[0][0]) not in undone and change.logged:
            found.append(Move("restore_change", where, (row,)))
        if dict(change.factors).get("page", 1.0) > 1:
            kin = np.nonzero(world.assortment.category == world.assortment.category[change.product])[0]
            repeated = {c.product for c in state.changes if c.by == "ledger" and c.what == change.what}
            for p in kin:
                if p != change.product and p not in repeated:
                    target = {"product_id": names[p], "from_product_id": names[change.product]}
                    found.append(Move("repeat_change", {"product_id": names[p]}, (target,)))
    return found


def _led(world: World) -> list[Move]:
    """From products whose page fell far to the best of their category."""
    state, assortment, names = world.state, world.assortment, world.names
    worth = assortment.rate.mean(axis=1) * state.page * assortment.price
    given = {giver for giver, _, _ in state.moved}
    found = []
    for p in np.nonzero((state.page < 0.75) & state.selling)[0]:
        kin = np.nonzero((assortment.category == assortment.category[p]) & state.selling)[0]
        best = int(kin[np.argmax(worth[kin])])
        if best != p and int(p) not in given:
            rows = ({"product_id": names[p], "to_product_id": names[best]},)
            found.append(Move("reroute_traffic", {"product_id": names[p]}, rows))
    return found


class Oracle:
    """Chooses greedily by what every move truly brings until the last day, weighed on the shop's own means. ``minutes`` are its
    limit each week."""

    def __init__(self, last_day: int, minutes: int) -> None:
        self.last_day = last_day
        self.minutes = minutes

    def choose(self, world: World, week: int) -> list[Move]:
        """The moves of this week, best first a minute; one a product."""
        weighed = self._weighed(world, [option for option in options(world) if willing(world, week, option.move)])
        good = sorted((o for o in weighed if o.gain > 0), key=lambda o: -o.gain / o.minutes)
        left, touched = self.minutes, set[str]()
        chosen: list[Move] = []
        for option in good:
            if len(chosen) < most_moves(world) and option.minutes <= left and option.move.product not in touched:
                if not affordable(world, option.move, option.cost):
                    continue
                chosen.append(option.move)
                touched.add(option.move.product)
                left -= option.minutes
        return chosen

    def _weighed(self, world: World, found: Sequence[Option]) -> list[Option]:
        """Gain until the last day. All moves are looked at by what they bring on one day; those that look best, and all orders of
        goods, by what they bring in the coming weeks."""
        days = max(self.last_day - world.day + 1, 7)
        usual, *ways = world.at_once([None, *(option.move for option in found)])
        at_sight = [(way - usual) * days for way in ways]
        goods = [n for n, option in enumerate(found) if option.move.kind in LATER]
        others = sorted(set(range(len(found))) - set(goods), key=lambda n: -at_sight[n] / found[n].minutes)
        others = [n for n in others[:WEIGHED] if at_sight[n] > 0]
        made = []
        for near, numbers in ((FORESIGHT_DAYS, others), (STOCK_DAYS, goods)):
            near = max(min(near, days), 7)
            usual = world.outlook(near) if numbers else 0.0
            for n in numbers:
                option = found[n]
                gain = world.outlook_with(option.move, near) - usual
                if option.move.kind not in ONCE:
                    gain *= days / near
                made.append(Option(option.move, option.minutes, _cash(world, option.move), gain))
        return made


def _cash(world: World, move: Move) -> float:
    if move.kind != "order_stock":
        return 0.0
    p = world.names.index(move.product)
    return float(sum(row["quantity"] for row in move.rows) * world.state.cost[p])


def rules_of_thumb(world: World, week: int, minutes: int) -> list[Move]:
    """What common advice does with the same figures: goods again below a fortnight's stock, more advertising where the reported return
    looks good and less where it does not, a lower price and less traffic where conversion fell, more traffic where it rose."""
    names = world.names
    seen, before = world.seen[-7:], world.seen[-14:-7]
    visitors = np.sum([day.by_product[0] for day in seen], axis=0)
    visitors_before = np.sum([day.by_product[0] for day in before], axis=0)
    buyers = np.sum([day.by_product[1] for day in seen], axis=0)
    buyers_before = np.sum([day.by_product[1] for day in before], axis=0)
    moved = buyers / np.maximum(visitors, 1) / np.maximum(buyers_before / np.maximum(visitors_before, 1), 1e-9)
    enough = (visitors >= 50) & (buyers_before >= 3)
    found: list[Move] = []

    def of(kind: str, p: int, **row: Any) -> None:
        found.append(Move(kind, {"product_id": names[p]}, ({"product_id": names[p], **row},)))

    stock = world.state.stock.sum(axis=1) + sum(
        (_total(world, p.product, p.units) for p in world.state.inbound), np.zeros(len(names))
    )
    daily = world.state.lately.mean(axis=0).sum(axis=1)
    for p in np.argsort(-daily, kind="stable"):
        if daily[p] > 0 and stock[p] < 14 * daily[p]:
            of("order_stock", p, quantity=float(np.ceil(30 * daily[p])))
    cost = np.sum([day.ad_cost for day in seen], axis=0)
    claimed = np.sum([day.ad_revenue for day in seen], axis=0)
    for p in np.argsort(-cost, kind="stable"):
        if cost[p] > 0 and claimed[p] / cost[p] >= 3:
            of("change_budget", p, step=BUDGET_RAISE - 1)
        elif cost[p] > 0 and claimed[p] / cost[p] < 2:
            of("change_budget", p, step=BUDGET_CUT - 1)
    fell = [p for p in np.argsort(moved, kind="stable") if enough[p] and moved[p] < 0.8]
    rose = [p for p in np.argsort(-moved, kind="stable") if enough[p] and moved[p] > 1.25]
    for p in fell[:2]:
        of("step_price", p, step=-STEP)
    for p in rose[:2]:
        of("feed_traffic", p)
    return within(world, week, found, minutes)


def _total(world: World, product: int, units: Any) -> Any:
    found = np.zeros(len(world.names))
    found[product] = units.sum()
    return found


def within(world: World, week: int, moves: Sequence[Move], minutes: int) -> list[Move]:
    """Those moves, in their order, that the owner gets round to within the minutes; one a product."""
    left, touched = minutes, set[str]()
    chosen: list[Move] = []
    for move in moves:
        need = kind_named(move.kind).minutes
        fits = len(chosen) < most_moves(world) and need <= left and move.product not in touched
        if fits and willing(world, week, move) and let_in(world, move) and affordable(world, move, _spent(world, move)):
            chosen.append(move)
            touched.add(move.product)
            left -= need
    return chosen


def _spent(world: World, move: Move) -> float:
    if move.kind != "order_stock" or not move.product:
        return 0.0
    cost = world.state.cost[world.names.index(move.product)]
    return float(sum(float(row.get("quantity") or row.get("units") or 0) for row in move.rows) * cost)


def decided(world: World, adviser: Adviser, weeks: int, minutes: int) -> World:
    """The shop after ``weeks`` weekly decisions of an adviser."""
    other = world.copy()
    oracle = Oracle(other.day + 7 * weeks - 1, minutes)
    for week in range(weeks):
        moves: Sequence[Move] = ()
        if adviser == "thumb":
            moves = rules_of_thumb(other, week, minutes)
        elif adviser == "oracle":
            moves = oracle.choose(other, week)
        for move in moves:
            other.apply(move)
        other.live(7)
    return other
