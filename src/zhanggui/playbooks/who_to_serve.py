"""Whom to serve: groups of buyers that bring clearly more in their first ninety days, in two periods.

Reads: what buyers brought in the ninety days after their first order, by where they came from and what they bought first.
Says: which group is worth more.
Does: writes it into the positioning, which creatives, gifts and the range then cite.
Source: docs/rules.md, "Positioning".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft, Measure
from zhanggui.methods.multiplicity import adjust
from zhanggui.playbooks.gains import UNIT, even_cases, gain, of_amount
from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.terms import asked, column_sum, count, exact, margin_per_sale, money, name_of
from zhanggui.playbooks.worth import pays_above
from zhanggui.units import Words

FEWEST_BUYERS = 100
BETTER = 1.25
DISCOVERY = 0.05
SHIFTED = 0.1
WEEKS = 90 / 7
KNOWN_ORDERS = 0.5
MOST_SAID = 2
EVERYBODY = "*"


@dataclass(frozen=True, slots=True)
class Value:
    """What a buyer brings in ninety days, the error of that mean, and of how many."""

    mean: float
    error: float
    buyers: float

    @property
    def low(self) -> float:
        """The lower tenth."""
        return self.mean - UNIT * self.error


def shifted(buyers: float, group: float, shop: float) -> float:
    """ΔN · (value of the group − value of the shop): a tenth of a week's new buyers won from the group instead.

    >>> shifted(4, 80, 50)
    120
    """
    return buyers * (group - shop)


def who_to_serve(situation: Situation) -> Verdict:
    """Groups whose buyers bring a quarter more: found among first orders of half a year ago, confirmed in those of the quarter after."""
    blocks = situation.frames["shop_blocks"].filter(pl.col("block") < 26)
    if column_sum(blocks, "known_orders") < KNOWN_ORDERS * max(column_sum(blocks, "orders"), 1.0):
        return Verdict()
    values = _values(situation)
    shop = [values.get((EVERYBODY, "", cohort)) for cohort in (0, 1)]
    if shop[0] is None or shop[1] is None or min(shop[0].mean, shop[1].mean) <= 0:
        return Verdict()
    both = [key[:2] for key in values if key[0] != EVERYBODY and key[2] == 1 and (*key[:2], 0) in values]
    found = [
        part
        for part, p in zip(both, _p(values, both, shop[1]), strict=True)
        if p <= DISCOVERY
        and values[(*part, 1)].low >= BETTER * shop[1].mean
        and values[(*part, 0)].low >= BETTER * shop[0].mean
    ]
    said = [_said(situation, part, values[(*part, 0)], shop[0]) for part in found]
    best = sorted((each for each in said if each), key=lambda each: (-each[0].size, each[0].id))[:MOST_SAID]
    actions = [] if _read_still(situation) else [action for _, action in best[:1]]
    return Verdict(findings=[finding for finding, _ in best], actions=actions)


def _read_still(situation: Situation) -> bool:
    """Whether one group was written in and its ninety days are not over: what a second did could not be told from it."""
    since = situation.as_of - timedelta(days=kind_named("record_positioning").days)
    return any(
        past.rule == "who_to_serve" and past.done_on is not None and past.done_on > since
        for past in situation.standing.past
    )


def _p(values: dict[tuple[str, str, int], Value], parts: list[tuple[str, str]], shop: Value) -> list[float]:
    """The chance of such a mean in the older cohort if the group were like the shop, corrected for how many were looked through."""
    from scipy.special import ndtr

    found = [values[(*part, 1)] for part in parts]
    p = [float(ndtr((shop.mean - v.mean) / max(np.hypot(v.error, shop.error), 1e-9))) for v in found]
    return adjust(p).tolist() if p else []


def _values(situation: Situation) -> dict[tuple[str, str, int], Value]:
    """(by, part, cohort) → contribution of a buyer in ninety days (sales, where costs are unknown)."""
    margin = margin_per_sale(situation.costs)
    m, f = (1.0, 0.0) if margin is None else (margin, situation.costs.per_order)
    found = {}
    rows = situation.frames["buyer_parts"].filter((pl.col("by") != "active") & (pl.col("buyers") >= FEWEST_BUYERS))
    for row in rows.iter_rows(named=True):
        n = float(row["buyers"])
        mean = (m * row["net"] - f * row["orders"]) / n
        square = (m * m * row["net2"] - 2 * m * f * row["both"] + f * f * row["orders2"]) / n
        error = (max(square - mean * mean, 0.0) / n) ** 0.5
        found[str(row["by"]), str(row["part"]), int(row["cohort"])] = Value(mean, error, n)
    return found


def _said(situation: Situation, part: tuple[str, str], own: Value, shop: Value) -> tuple[Finding, Action] | None:
    by, value = part
    kind = kind_named("record_positioning")
    even = even_cases(2)
    won = SHIFTED * shop.buyers / WEEKS
    here, there = (of_amount(v.mean, v.error, even[:, i]) for i, v in enumerate((own, shop)))
    profits = won * (here - there)
    if float(profits.mean()) <= 0:
        return None
    low, high = (float(end) for end in np.quantile(profits, [0.1, 0.9]))
    group = name_of(situation, value) if by == "product_id" else value
    said: dict[str, Any] = {
        "by": Words(f"rules_positioning.serve.by.{by}"),
        "group": group,
        "here": exact(own.mean),
        "shop": exact(shop.mean),
        "buyers": count(own.buyers),
        "money": money(float(profits.mean()), low, high, signed=True),
    }
    known = margin_per_sale(situation.costs) is not None
    words = Words("rules_positioning.serve.state", said)
    where = {by: value}
    finding = Finding(
        "positioning",
        "who_to_serve",
        "state",
        words,
        "net_sales",
        where,
        float(profits.mean()),
        low,
        high,
        evidence=(Evidence(words, asked("net_sales", situation, (by,), **where)),),
        because=Words("rules_positioning.serve.because"),
        cause=f"serve:{by}:{value}",
    )
    steps = tuple(Words(f"rules_positioning.serve.step.{step}", said) for step in ("creative", "gift", "range"))
    action = Action(
        "positioning",
        "who_to_serve",
        kind.name,
        Words("rules_positioning.serve.do", said),
        where if by in kind.targets else {"segment": f"{by}={value}"},
        gain=gain(profits) if known else None,
        break_even=None if known else pays_above(situation.floor / float(profits.mean())),
        minutes=kind.minutes,
        because=(finding.id,),
        reason=Words("rules_positioning.serve.because"),
        draft=Draft("text", steps),
        measure=Measure(kind.metric, kind.design, kind.days),
    )
    return finding, action


RULES = (
    Rule(
        "who_to_serve",
        "positioning",
        who_to_serve,
        frames=("buyer_parts", "shop_blocks"),
        needs=("orders", "order_lines"),
        proposes=("record_positioning",),
        reads=("money_floor_share",),
    ),
)
