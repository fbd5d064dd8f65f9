"""What the reading of an action would show, said before it is done: rehearsed on the shop's own last weeks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from zhanggui.actions.kinds import CAUTION, Action
from zhanggui.methods.against_donors import visible_for_all
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.worth import catalogue
from zhanggui.units import Refusal

WEEK = 7
WEEKS = 24
REHEARSED = ("synthetic_control", "regression", "before_after")
CONTRIBUTION = "contribution_profit"


def rehearsed(actions: Iterable[Action], situation: Situation) -> list[Action]:
    """The same actions, those read on their products' contribution with the smallest effect a week that this reading shows here four
    times in five; a rule's own estimate stays where the shop is too small to rehearse on, or its costs are unknown."""
    known = _Weeks(situation)
    return [known.told(action) for action in actions]


class _Weeks:
    """Net sales of the largest products by week, and what every one of them would show; ``margins`` of each, where costs are known."""

    def __init__(self, situation: Situation) -> None:
        blocks = situation.frames.get("product_blocks")
        self.products: list[str] = []
        self.sales = np.zeros((0, 0))
        self.margins: Mapping[str, float] = {}
        if blocks is not None and situation.period.days == WEEK:
            self.products, self.sales = _by_week(blocks)
            self.margins = _margins(blocks, situation)
        self.visible = lru_cache(maxsize=8)(self._visible)

    def _visible(self, after: int) -> dict[str, float]:
        """Smallest visible contribution a week by product, after so many weeks."""
        found = visible_for_all(self.sales, after, caution=CAUTION["synthetic_control"])
        if isinstance(found, Refusal):
            return {}
        told = zip(self.products, found, strict=True)
        return {
            name: float(value) * self.margins[name]
            for name, value in told
            if np.isfinite(value) and name in self.margins
        }

    def told(self, action: Action) -> Action:
        read = action.measure
        if read is None or read.metric != CONTRIBUTION or read.design not in REHEARSED:
            return action
        after = read.days // WEEK
        each = [self.visible(after).get(name) for name in _targets(action)] if after else []
        shown = [value for value in each if value is not None]
        if not shown or len(shown) < len(each):
            return action
        money = float(np.sqrt(np.square(shown).sum()))
        return replace(action, measure=replace(read, smallest_visible=money))


def _targets(action: Action) -> Sequence[str]:
    named = [*action.touches, action.where.get("product_id", ""), action.shift or ""]
    return tuple(dict.fromkeys(name for name in named if name))


def _margins(blocks: pl.DataFrame, situation: Situation) -> dict[str, float]:
    """What a product keeps of its net sales, parcels not taken off: by its own cost, else by the sheet's share of its category."""
    sums = (
        blocks.filter(pl.col("block") < WEEKS).group_by("product_id").agg(pl.col("gross", "units").fill_null(0).sum())
    )
    found = {}
    for name, gross, units in sums.iter_rows():
        listed = catalogue(situation).get(name, {})
        known = situation.costs.goods_share(str(listed.get("category") or "*"))
        share = listed["cost"] * units / gross if listed.get("cost") and gross > 0 else known and known.middle
        if share is not None and share + situation.costs.sales_share < 1:
            found[name] = 1 - share - situation.costs.sales_share
    return found


def _by_week(blocks: pl.DataFrame) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Products and their net sales (products, weeks), the oldest first; a product is whole from its first sale on."""
    recent = blocks.filter(pl.col("block") < WEEKS)
    products = recent.get_column("product_id").unique().sort().to_list()
    place = {name: row for row, name in enumerate(products)}
    found = np.zeros((len(products), WEEKS))
    for name, block, gross, back in recent.select("product_id", "block", "gross", "refunds").iter_rows():
        found[place[name], WEEKS - 1 - block] = (gross or 0.0) - (back or 0.0)
    begun = blocks.group_by("product_id").agg(first=pl.col("block").max())
    for name, first in begun.iter_rows():
        if name in place and first < WEEKS - 1:
            found[place[name], : WEEKS - 1 - first] = np.nan
    return products, found[:, ~np.isnan(found).all(axis=0)]
