"""A practice shop that was lived as a workspace, what its rules judge by, and what an action of theirs truly brings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from zhanggui.actions.kinds import Action
from zhanggui.app import Shop
from zhanggui.app.practice import Course, Practice, write
from zhanggui.brief.make import OWN_FRAMES, situate
from zhanggui.config import Config
from zhanggui.numbers.frames import FRAMES, View
from zhanggui.playbooks.kinds import Rule, Situation
from zhanggui.practice import Move, World


@contextmanager
def lived_shop(folder: Path, world: World) -> Iterator[Shop]:
    """The files of a world that has lived, imported, with its costs entered."""
    name = world.character.name
    Shop.create(folder, Config(name="Lived", currency="CNY", timezone="Asia/Shanghai", locale="en")).close()
    write(folder, Course(name, world.seed, world.day, 0))
    with Shop.open(folder) as shop:
        practice = Practice(shop, world=world)
        practice.settle()
        practice.catch_up()
        yield shop


def situation_of(shop: Shop, world: World, day: int, rules: Iterable[Rule]) -> Situation:
    """What these rules judge by on the morning after a day of the world."""
    sheet = shop.costs
    view = View(world.date_of(day), per_order=sheet.least_per_order, sales_share=sheet.least_sales_share)
    wanted = dict.fromkeys([*OWN_FRAMES, *(name for rule in rules for name in rule.frames)])
    frames = {name: FRAMES[name](shop.warehouse, view) for name in wanted}
    return situate(view, frames, shop.warehouse.rows(), shop.config, sheet)


def moved(action: Action) -> Move:
    """An action as the world does it."""
    rows = [dict(row) for row in action.draft.rows] if action.draft else []
    if action.shift:
        rows.append({"to_product_id": action.shift})
    return Move(action.kind, dict(action.where), tuple(rows))


def truth(world: World, move: Move, days: int = 42) -> float:
    """What a move truly brings over so many days, as money a week of four."""
    return world.effect(move, days).per_week * days / 28
