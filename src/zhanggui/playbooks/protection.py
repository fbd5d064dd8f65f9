"""What a lower price pays back to buyers whose price is still protected (價保)."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.terms import column_sum


def protected_days(situation: Situation, product: str) -> int:
    """How far back sales are protected against a lower price: of promotions whose protection has not run out."""
    reach = 0
    rows = situation.frames["happenings"].filter((pl.col("kind") == "promotion") & (pl.col("protection_days") > 0))
    for row in rows.iter_rows(named=True):
        products = {name for name in (row["products"] or "").split(";") if name}
        until = (row["until"] or date.max - timedelta(days=400)) + timedelta(days=int(row["protection_days"]))
        if (not products or product in products) and until > situation.as_of:
            reach = max(reach, int(row["protection_days"]))
    return reach


def paid_back(situation: Situation, product: str, price: float, cut: float) -> float:
    """What a cut of a unit's ``price`` by the share ``cut`` gives back to those who bought within their protection."""
    if cut <= 0:
        return 0.0
    days = protected_days(situation, product)
    rows = situation.frames["price_days"].filter((pl.col("product_id") == product) & (pl.col("age") < days))
    return cut * price * column_sum(rows, "units")
