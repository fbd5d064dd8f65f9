"""Refunds still to come of a period's sales, from the development of earlier cohorts."""

from __future__ import annotations

import numpy as np
import polars as pl

from zhanggui.methods.development import Development as Ladder
from zhanggui.methods.development import ToCome, develop, to_come
from zhanggui.numbers.development import MATURE_DAYS, Development, from_ages
from zhanggui.numbers.frames import View
from zhanggui.units import Estimate

MOST_AGES = 17
FEWEST_AGES = 4
KEPT_COHORTS = 60


def expected_net(ages: pl.DataFrame, days: pl.DataFrame, view: View, *, gross: float) -> Estimate | str:
    """What will remain of the ``gross`` sales of block 0 after refunds seen and still to come, or the code of the refusal.

    ``ages`` is the frame ``refund_ages``, ``days`` the frame ``shop_days``. The value is the catalogue's ``net_sales_expected`` as known on
    the view's day (:mod:`zhanggui.numbers.development`); its interval is as wide, in proportion to what is to come, as the chain ladder's
    over weekly cohorts.
    """
    answer = _forecast(ages, view)
    learnt = _learnt(ages, view)
    if isinstance(answer, str):
        return answer
    if learnt is None:
        return "few_matured"
    ladder, seen = answer
    open_share = learnt.to_come(view.as_of)
    period = days.filter(pl.col("day").is_between(view.period.start, view.period.end))
    coming = sum(
        float(money or 0) * open_share.get(day, 0.0) for day, money in period.select("day", "gross").iter_rows()
    )
    scale = coming / ladder.refunds.value if ladder.refunds.value > 0 else 0.0
    low, high = ladder.refunds.low * scale, ladder.refunds.high * scale
    kept = gross - seen
    return Estimate(kept - coming, kept - max(high, coming), kept - min(low, coming), ladder.net.level)


def _learnt(ages: pl.DataFrame, view: View) -> Development | None:
    """The development the catalogue uses, from cohorts that are wholly mature on the view's day."""
    mature = ages.filter((pl.col("cohort") * view.days >= MATURE_DAYS) & (pl.col("age") <= MATURE_DAYS))
    rows = mature.group_by("age").agg(pl.col("amount").sum(), rows=pl.col("refunds").sum())
    return from_ages(rows)


def _forecast(ages: pl.DataFrame, view: View) -> tuple[ToCome, float] | str:
    """What is still to come of block 0 by the chain ladder, and what was seen of it."""
    sales = ages.filter((pl.col("age") < 0) & (pl.col("cohort") < KEPT_COHORTS)).sort("cohort")
    if sales.is_empty() or sales["cohort"][0] != 0:
        return "empty"
    cohorts = int(sales["cohort"].max()) + 1  # type: ignore[arg-type]
    width = int(np.clip(cohorts - 8, FEWEST_AGES, MOST_AGES))
    sold = np.zeros(cohorts)
    sold[sales["cohort"].to_numpy()] = sales["amount"].to_numpy()
    money = np.zeros((cohorts, width))
    seen = 0.0
    rows = ages.filter((pl.col("age") >= 0) & (pl.col("cohort") < cohorts))
    for cohort, age, amount in rows.select("cohort", "age", "amount").iter_rows():
        place = age // view.days
        if cohort == 0:
            seen += amount
        if place < width:
            money[cohort, place] += amount
    reached = np.minimum(np.arange(cohorts), width)
    # The oldest block may be cut by where the data begins; it would look like a cohort that sold little.
    development = develop(money[:-1], sold[:-1], reached[:-1])
    if not isinstance(development, Ladder):
        return development.code
    answer = to_come(development, np.zeros(1), sold[:1], np.zeros(1, dtype=np.int64))
    return answer.code if not isinstance(answer, ToCome) else (answer, seen)
