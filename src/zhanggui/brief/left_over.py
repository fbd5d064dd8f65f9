"""What the period left after goods, refunds, fees, parcels and promotion, as sure as the cost sheet is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from zhanggui.brief.kinds import MetricLine
from zhanggui.config import Config
from zhanggui.costs import CostSheet
from zhanggui.numbers.frames import View
from zhanggui.numbers.kinds import Question
from zhanggui.numbers.query import ask
from zhanggui.playbooks.terms import column_sum
from zhanggui.units import Clock, Quantity

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

NAME = "contribution_profit"
AFTER = ("net_sales_expected", "net_sales")


def with_contribution(
    lines: Sequence[MetricLine],
    warehouse: Warehouse,
    blocks: pl.DataFrame,
    view: View,
    config: Config,
    clock: Clock,
    costs: CostSheet,
) -> list[MetricLine]:
    """The lines with the catalogue's contribution of the period, and how far it reaches over the ranges of the cost sheet; as they are
    where costs are unknown. ``blocks`` is the frame ``shop_blocks``."""
    goods, now = costs.goods_share(), blocks.filter(pl.col("block") == 0)
    if goods is None and not column_sum(now, "costed"):
        return list(lines)
    before = view.period.aligned_before()
    question = Question((NAME,), start=view.period.start, end=view.period.end, against=before)
    answer = ask(warehouse, question, config=config, clock=clock, costs=costs)
    row = answer.rows.row(0, named=True)
    value = row[NAME]
    if value is None:
        return list(lines)
    gross = column_sum(now, "gross")
    reach = (costs.per_order - costs.least_per_order) * column_sum(now, "orders")
    reach += (costs.sales_share - costs.least_sales_share) * gross
    if goods is not None:
        reach += (goods.middle - goods.low) * max(gross - column_sum(now, "costed"), 0.0)
    estimate = Quantity(value, "money", value - reach, value + reach) if reach > 0 else None
    flags = tuple(flag for flag in answer.flags if flag.caveat != "refunds_to_come")
    known = any(line.previous is not None for line in lines)
    line = MetricLine(
        NAME,
        "money",
        value,
        row[f"{NAME}_previous"] if known else None,
        None,
        None,
        None,
        False,
        flags=flags,
        estimate=estimate,
    )
    place = next((i for name in AFTER for i, each in enumerate(lines) if each.name == name), len(lines) - 1)
    return [*lines[: place + 1], line, *lines[place + 1 :]]
