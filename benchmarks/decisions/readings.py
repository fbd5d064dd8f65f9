"""Actions carried out in practice shops and read as the ledger has them read: shared by the proofs of what did nothing and what did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from zhanggui.actions.kinds import Action, Measure, Outcome, Past
from zhanggui.app.practice import Practice
from zhanggui.brief.make import situate
from zhanggui.brief.rehearsal import rehearsed
from zhanggui.numbers.frames import FRAMES, View
from zhanggui.outcomes import read
from zhanggui.practice import World
from zhanggui.units import Words

DAYS, SETTLE = 28, 14
KIND = "change_image"
"""A kind that is read against other products; what it did is the proof's own affair."""


def carried_out(world: World, product: int, day: int) -> Past:
    """An action on a product, done on a day of the world, as the ledger knows it."""
    name, done = world.names[product], world.date_of(day)
    stop = done + timedelta(days=DAYS)
    return Past(
        id=f"{name}-{day}",
        playbook="by_hand",
        rule="by_hand",
        kind=KIND,
        where={"product_id": name},
        state="done",
        since=done,
        touches=(name,),
        changed=(name,),
        done_on=done,
        stop_on=stop,
        read_on=stop + timedelta(days=SETTLE),
    )


def outcomes_of(practice: Practice, past: Sequence[Past]) -> list[Outcome]:
    """Read actions on the day they are due."""
    shop = practice.shop
    day = max(each.read_on for each in past if each.read_on is not None)
    return read(shop.warehouse, past, as_of=day, config=shop.config, costs=shop.costs, clock=shop.clock)


def smallest_visible(practice: Practice, days: int) -> dict[str, float]:
    """What the program says, before a change, that its reading would show of each product, in money a week; products of which it says
    nothing are not there."""
    shop = practice.shop
    view = View(practice.world.date_of(practice.world.day - 1), 7)
    frames = {name: FRAMES[name](shop.warehouse, view) for name in ("shop_blocks", "product_names", "product_blocks")}
    situation = situate(view, frames, shop.warehouse.rows(), shop.config, shop.costs)
    measure = Measure("contribution_profit", "synthetic_control", days)
    actions = [
        Action("by_hand", "by_hand", KIND, Words(""), {"product_id": name}, touches=(name,), measure=measure)
        for name in practice.world.names
    ]
    told = {action.where["product_id"]: action.measure for action in rehearsed(actions, situation)}
    return {name: each.smallest_visible for name, each in told.items() if each and each.smallest_visible is not None}
