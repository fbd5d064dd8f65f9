"""Practice shops for the proof: workspaces in a temporary folder, led week by week through the product itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zhanggui.app.practice import Course, Practice, write
from zhanggui.app.shop import Shop
from zhanggui.config import Config
from zhanggui.practice import World, character
from zhanggui.practice.world import HISTORY_DAYS

FOLDER_PREFIX = "zhanggui-decisions-"


@contextmanager
def practised(
    name: str,
    seed: int,
    *,
    history: int = HISTORY_DAYS,
    world: World | None = None,
) -> Iterator[Practice]:
    """A practice shop after ``history`` days; ``world`` is the simulated shop behind it where it is not the plain one."""
    made = world or World(character(name), seed, history=history)
    with tempfile.TemporaryDirectory(prefix=FOLDER_PREFIX) as place:
        folder = Path(place) / "shop"
        Shop.create(
            folder, Config(name=f"{name} {seed}", currency="CNY", timezone="Asia/Shanghai", locale="en")
        ).close()
        write(folder, Course(name, seed, history, 0))
        shop = Shop.open(folder)
        practice = Practice(shop, world=made)
        practice.settle()
        if made.day < history:
            made.live(history - made.day)
        practice.catch_up()
        try:
            yield practice
        finally:
            shop.close()
