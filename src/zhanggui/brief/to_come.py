"""Refunds still to come: what will remain of the period's sales, from how earlier cohorts' refunds developed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from zhanggui.brief.kinds import MetricLine
from zhanggui.numbers.frames import View
from zhanggui.numbers.to_come import expected_net
from zhanggui.units import Quantity


def with_refunds_to_come(
    lines: Sequence[MetricLine], ages: pl.DataFrame, days: pl.DataFrame, view: View
) -> list[MetricLine]:
    """The lines with ``net_sales_expected`` of the period: paid goods less refunds seen and still to come, with its interval."""
    kept = [line for line in lines if line.name != "net_sales_expected"]
    sales = next((line for line in kept if line.name == "gross_sales"), None)
    if sales is None or sales.value is None:
        return list(lines)
    answer = expected_net(ages, days, view, gross=sales.value)
    line = MetricLine("net_sales_expected", "money", None, None, None, None, None, False)
    if isinstance(answer, str):
        return [*kept, replace(line, refusal=answer)]
    estimate = Quantity(answer.value, "money", answer.low, answer.high)
    place = next((i for i, known in enumerate(kept) if known.name == "net_sales"), len(kept) - 1)
    return [*kept[: place + 1], replace(line, value=answer.value, estimate=estimate), *kept[place + 1 :]]
