"""Refunds still to come of a period's sales, from the development of earlier cohorts."""

from __future__ import annotations

import numpy as np
import polars as pl

from zhanggui.methods.development import Development, ToCome, develop, to_come
from zhanggui.numbers.frames import View
from zhanggui.units import Estimate

MOST_AGES = 17
FEWEST_AGES = 4
KEPT_COHORTS = 60


def expected_net(ages: pl.DataFrame, view: View, *, gross: float) -> Estimate | str:
    """What will remain of the ``gross`` sales of block 0 after refunds seen and still to come, or the code of the refusal.

    ``ages`` is the frame ``refund_ages``. Cohorts are blocks, ages are whole blocks since the sale.
    """
    answer = _forecast(ages, view)
    if isinstance(answer, str):
        return answer
    coming, partial, seen = answer
    rest = [max(value - partial, 0.0) for value in (coming.refunds.value, coming.refunds.low, coming.refunds.high)]
    return Estimate(gross - seen - rest[0], gross - seen - rest[2], gross - seen - rest[1], coming.net.level)


def _forecast(ages: pl.DataFrame, view: View) -> tuple[ToCome, float, float] | str:
    """What is still to come of block 0, what of it was seen at an age not yet complete, and all that was seen of it."""
    sales = ages.filter((pl.col("age") < 0) & (pl.col("cohort") < KEPT_COHORTS)).sort("cohort")
    if sales.is_empty() or sales["cohort"][0] != 0:
        return "empty"
    cohorts = int(sales["cohort"].max()) + 1  # type: ignore[arg-type]
    width = int(np.clip(cohorts - 8, FEWEST_AGES, MOST_AGES))
    sold = np.zeros(cohorts)
    sold[sales["cohort"].to_numpy()] = sales["amount"].to_numpy()
    money = np.zeros((cohorts, width))
    partial = seen = 0.0
    rows = ages.filter((pl.col("age") >= 0) & (pl.col("cohort") < cohorts))
    for cohort, age, amount in rows.select("cohort", "age", "amount").iter_rows():
        place = age // view.days
        if cohort == 0:
            seen += amount
            partial += amount  # no age of the running block is complete
        if place < width:
            money[cohort, place] += amount
    reached = np.minimum(np.arange(cohorts), width)
    # The oldest block may be cut by where the data begins; it would look like a cohort that sold little.
    development = develop(money[:-1], sold[:-1], reached[:-1])
    if not isinstance(development, Development):
        return development.code
    answer = to_come(development, np.zeros(1), sold[:1], np.zeros(1, dtype=np.int64))
    return answer.code if not isinstance(answer, ToCome) else (answer, partial, seen)
