"""Click rate, conversion and margin against peers: which gap is worth most, where the comparison can be trusted at all.

Reads: what the platform says of shops alike, the shop's own visits and clicks by day, costs.
Says: the one rate below peers whose gap is worth most, and what half of it would bring at most.
Does: hands over to the rules of that rate; a peer's number is never a goal.
Source: docs/rules.md, "Competition".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from zhanggui.playbooks.gains import Floats
from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.terms import asked, column_sum, count, margin_per_sale, money, share
from zhanggui.playbooks.worth import mean_order
from zhanggui.units import Words

FEWEST_DAYS = 14
RECENT_DAYS = 28
BELOW_DAYS = 10
HALF = 0.5
PRICE_BAND = 0.3
TAIL = 0.05
"""A day's own rate lies within its interval nine times in ten."""
DENOMINATORS = {"click_through_rate": "impressions", "conversion_rate": "visitors", "gross_margin": "net_sales"}
"""The rates that are compared, and what they must be counted over, there as here."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A rate below peers: ``own``, ``theirs`` (their mean), of how many ``members``, and what half of the gap brings a week at most."""

    metric: str
    own: float
    theirs: float
    members: int
    worth: float


def worth_of_clicks(gap: float, impressions: float, visitor: float) -> float:
    """Half the gap of the click rate × impressions a week × contribution of a visitor.

    >>> round(worth_of_clicks(0.01, 20000, 0.96), 1)
    96.0
    """
    return HALF * gap * impressions * visitor


def worth_of_conversion(gap: float, visitors: float, order: float) -> float:
    """Half the gap of conversion × visitors a week × contribution of an order.

    >>> round(worth_of_conversion(0.005, 2100, 36), 1)
    189.0
    """
    return HALF * gap * visitors * order


def worth_of_margin(gap: float, net_sales: float) -> float:
    """Half the gap of the margin × net sales a week.

    >>> round(worth_of_margin(0.04, 6600), 1)
    132.0
    """
    return HALF * gap * net_sales


def three_rates(situation: Situation) -> Verdict:
    """The rate whose gap is worth most; silent where the peers' number cannot be trusted or ours is not clearly below it."""
    if _other_prices(situation):
        return Verdict()
    best = max(_gaps(situation), key=lambda gap: (gap.worth, gap.metric), default=None)
    if best is None:
        return Verdict()
    worth = best.worth * situation.standing.record("three_rates").factor
    return Verdict(findings=[_finding(situation, best, worth)]) if worth >= situation.floor else Verdict()


def _gaps(situation: Situation) -> Iterator[Gap]:
    week = _week(situation)
    order = mean_order(situation)
    for metric, denominator in DENOMINATORS.items():
        told = _told(situation, metric, denominator)
        if told is None:
            continue
        ages, theirs, members = told
        own = _own(situation, metric, ages)
        if own is None or int((own[1] < theirs).sum()) < BELOW_DAYS:
            continue
        gap = float(theirs.mean()) - own[0]
        rate = week["pay_buyers"] / week["visitors"] if week["visitors"] else 0.0
        worth = {
            "click_through_rate": worth_of_clicks(gap, week["impressions"], rate * order),
            "conversion_rate": worth_of_conversion(gap, week["visitors"], order),
            "gross_margin": worth_of_margin(gap, _net_sales(situation)),
        }[metric]
        if gap > 0 and worth > 0:
            yield Gap(metric, own[0], float(theirs.mean()), members, worth)


def _told(situation: Situation, metric: str, denominator: str) -> tuple[list[int], Floats, int] | None:
    """The last fourteen days of peers: their ages, means, and how many shops they are. None where the group changed, shops or denominator
    are not told or another, or the mean lies above the excellent."""
    rows = situation.frames["peers"].filter(pl.col("metric") == metric).sort("age")
    recent = rows.filter(pl.col("age") < RECENT_DAYS).head(FEWEST_DAYS)
    if recent.height < FEWEST_DAYS or rows["peer_group"].n_unique() != 1:
        return None
    if recent["members"].null_count() or set(recent["denominator"].to_list()) != {denominator}:
        return None
    if recent.filter(pl.col("value") > pl.col("high")).height:
        return None
    members = int(recent["members"].to_numpy().min())
    return recent["age"].to_list(), recent["value"].to_numpy().astype(np.float64), members


def _own(situation: Situation, metric: str, ages: list[int]) -> tuple[float, Floats] | None:
    """The shop's own rate over these days, and the upper end of each day's interval; None where a day is not told."""
    if metric == "gross_margin":
        goods = situation.costs.goods_share()
        return None if goods is None else (1 - goods.middle, np.full(len(ages), 1 - goods.low))
    hits, trials = ("clicks", "impressions") if metric == "click_through_rate" else ("pay_buyers", "visitors")
    days = situation.frames["shop_visits"].filter(pl.col("age").is_in(ages)).sort("age")
    if days.height < len(ages) or days[hits].null_count() or days[trials].null_count():
        return None
    from scipy.special import betaincinv

    k, n = (np.asarray(days[name].to_numpy(), dtype=np.float64) for name in (hits, trials))
    if n.min() <= 0:
        return None
    k = np.minimum(k, n)
    return float(k.sum() / n.sum()), np.asarray(betaincinv(k + 0.5, n - k + 0.5, 1 - TAIL))


def _week(situation: Situation) -> dict[str, float]:
    """What a week of the last four has of visitors, buyers, impressions and clicks."""
    days = situation.frames["shop_visits"].filter(pl.col("age") < RECENT_DAYS)
    return {name: column_sum(days, name) * 7 / RECENT_DAYS for name in ("visitors", "pay_buyers", "impressions")}


def _net_sales(situation: Situation) -> float:
    blocks = situation.frames["shop_blocks"].filter(pl.col("block") < 4)
    span = max(blocks.height, 1) * situation.period.days
    return (column_sum(blocks, "gross") - column_sum(blocks, "refunds")) * 7 / span


def _other_prices(situation: Situation) -> bool:
    """Whether peers sell in another price band: their order value, where it is told, is 30 % off ours."""
    told = situation.frames["peers"].filter(
        pl.col("metric").is_in(["average_order_value", "spend_per_buyer"]) & (pl.col("age") < RECENT_DAYS)
    )
    blocks = situation.frames["shop_blocks"].filter(pl.col("block") < 4)
    orders = column_sum(blocks, "orders")
    if told.is_empty() or not orders:
        return False
    own = column_sum(blocks, "gross") / orders
    theirs = column_sum(told, "value") / told.height
    return abs(theirs / own - 1) > PRICE_BAND if own > 0 else False


def _finding(situation: Situation, gap: Gap, worth: float) -> Finding:
    known = margin_per_sale(situation.costs) is not None
    words = Words(
        f"rules_competition.rates.{gap.metric}",
        {"own": share(gap.own), "theirs": share(gap.theirs), "members": count(gap.members), "money": money(worth)},
    )
    return Finding(
        "competition",
        "three_rates",
        "state",
        words,
        gap.metric,
        {},
        -worth,
        evidence=(Evidence(words, asked(gap.metric, situation)),),
        because=Words(f"rules_competition.rates.{'because' if known else 'of_sales'}"),
        cause="peers",
    )


RULES = (
    Rule(
        "three_rates",
        "competition",
        three_rates,
        frames=("peers", "shop_visits", "shop_blocks"),
        needs=("benchmarks", "traffic_days"),
        reads=("money_floor_share",),
    ),
)
