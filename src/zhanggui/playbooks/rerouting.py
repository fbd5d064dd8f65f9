"""Rerouting: where repairs of a product failed, its steerable visitors are led to another of the same need that earns more of each.

Reads: visits and sources of products, stock, refunds, and what was done about a fall before and what came of it.
Says: which product was repaired without success, and which other earns more of a visitor.
Does: leads three tenths of the visitors that can be steered (slots in the shop, recommendations, ads) to the other one.
Source: docs/rules.md, "Analysis".
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache

import numpy as np
import polars as pl

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft, Measure
from zhanggui.i18n import LOCALES, text
from zhanggui.methods.shrinkage import Beta
from zhanggui.playbooks.conversion import FEWEST_VISITORS, TWICE, failures
from zhanggui.playbooks.gains import ADDED_TRAFFIC, Floats, even_cases, gain, of_amount, of_rate, of_share
from zhanggui.playbooks.kinds import Evidence, Finding, Locked, Rule, Situation, Verdict
from zhanggui.playbooks.product_windows import FORTNIGHT
from zhanggui.playbooks.readable import measure
from zhanggui.playbooks.supply import lasts
from zhanggui.playbooks.terms import asked, column_sum, count, exact, money, name_of
from zhanggui.playbooks.visits import Visits, kind_of, usual_rates, visits, window_days
from zhanggui.playbooks.worth import Worth, order_worth, pays_above
from zhanggui.units import Words

OPEN_DAYS = 56
SURE = 0.9
FEWEST_BUYERS = 20
PRICE_BAND = 0.4
MATURED_DAYS = 56
FROM_ITS_PAGE = 0.2
MOVED = 0.3


def reroute_traffic(situation: Situation) -> Verdict:
    """Products whose repairs failed twice, or that are open for eight weeks, and the best product to lead their visitors to."""
    findings: list[Finding] = []
    actions: list[Action] = []
    locked: list[Locked] = []
    for v in visits(situation).values():
        worth = order_worth(situation, v.product)
        if v.flag or v.now.visitors < FEWEST_VISITORS or worth is None or not _given_up(situation, v.product):
            continue
        weekly = steerable(situation, v.product)
        if weekly is None:
            locked = [Locked("reroute_traffic", "traffic_days", Words("rules_analysis.reroute.sources"))]
            continue
        best = _best(situation, v, worth, weekly)
        if best is not None:
            finding, action = _said(situation, v, worth, weekly, *best)
            findings.append(finding)
            actions.append(action)
    return Verdict(findings=findings, actions=actions, locked=locked)


def _given_up(situation: Situation, product: str) -> bool:
    """Two measured repairs without success, or one that stands open for eight weeks."""
    since = situation.as_of - timedelta(days=OPEN_DAYS)
    waiting = any(
        past.rule == "falling_conversion"
        and past.where.get("product_id") == product
        and past.state in ("proposed", "approved")
        and past.since <= since
        for past in situation.standing.past
    )
    return waiting or failures(situation, product) >= TWICE


def steerable(situation: Situation, product: str) -> float | None:
    """Visitors a week of the sources that the shop itself steers; None where the sources of this product are not told."""
    fortnights = window_days(situation) // FORTNIGHT
    own = situation.frames["product_sources"].filter(
        (pl.col("product_id") == product) & (pl.col("fortnight") < fortnights)
    )
    if own.is_empty():
        return None
    steered = own.filter(pl.col("source").map_elements(is_steered, return_dtype=pl.Boolean))
    return column_sum(steered, "visitors") / (2 * fortnights)


def is_steered(source: str) -> bool:
    """Whether a source is one that the shop steers: its slots, recommendations, ads.

    >>> is_steered("recommend"), is_steered("search")
    (True, False)
    """
    words, parts = re.findall(r"[a-z]+", source.lower()), _steered()
    return any(part in words if part.isascii() else part in source for part in parts)


@cache
def _steered() -> tuple[str, ...]:
    """Names of such sources in all languages: English ones as whole words."""
    return tuple(part for locale in LOCALES for part in text("rules_analysis.reroute.steered", locale).split(";"))


def _best(
    situation: Situation, giver: Visits, worth: Worth, weekly: float
) -> tuple[Visits, Worth, Floats, tuple[float, float]] | None:
    """The product that brings most of the led visitors: (it, its worth, profit's cases, a visitor's worth there and here)."""
    found = None
    even = even_cases(5)
    here = _visitor(situation, giver, worth, even[:, 0], even[:, 1])
    for v in visits(situation).values():
        own = order_worth(situation, v.product)
        if own is None or not _fits(situation, giver, worth, v, own):
            continue
        there = _visitor(situation, v, own, even[:, 2], even[:, 3])
        profits = MOVED * weekly * (of_share(ADDED_TRAFFIC, even[:, 4]) * there - here)
        if float((there > here).mean()) < SURE or float(profits.mean()) <= 0:
            continue
        if found is None or float(profits.mean()) > float(found[2].mean()):
            found = v, own, profits, (float(there.mean()), float(here.mean()))
    return found


def _belief(situation: Situation, v: Visits) -> Beta:
    return usual_rates(situation)[v.product].after(v.now.buyers, v.now.visitors)


def _visitor(situation: Situation, v: Visits, worth: Worth, even: Floats, other: Floats) -> Floats:
    """The cases of u: contribution of a visitor, sales where costs are unknown."""
    return of_rate(_belief(situation, v), even) * of_amount(worth.value, worth.spread, other)


def _fits(situation: Situation, giver: Visits, worth: Worth, v: Visits, own: Worth) -> bool:
    """The same need and price band, enough buyers, stock for three weeks, refunds that have had their time, visitors of its own."""
    kind = kind_of(situation, giver.product)
    if v.product == giver.product or v.flag or not kind or kind_of(situation, v.product) != kind:
        return False
    if v.now.visitors < FEWEST_VISITORS or v.now.buyers < FEWEST_BUYERS or own.known != worth.known:
        return False
    if abs(own.price / worth.price - 1) > PRICE_BAND or lasts(situation, v) is not True:
        return False
    first = situation.frames["product_last_sales"].filter(pl.col("product_id") == v.product)["first_day"].to_list()
    old = bool(first) and (situation.as_of - first[0]).days >= MATURED_DAYS
    return old and not _lives_on(situation, giver.product, v.product)


def _lives_on(situation: Situation, giver: str, product: str) -> bool:
    """Whether a fifth of its visitors come from the giver's own page."""
    fortnights = window_days(situation) // FORTNIGHT
    own = situation.frames["product_sources"].filter(
        (pl.col("product_id") == product) & (pl.col("fortnight") < fortnights)
    )
    from_it = own.filter(pl.col("source").str.contains(giver, literal=True))
    return column_sum(from_it, "visitors") > FROM_ITS_PAGE * column_sum(own, "visitors")


def led(visitors: float, there: float, here: float) -> float:
    """ΔV · (κ·u_j − u_i): what led visitors bring a week before the rule's record.

    >>> round(led(0.3 * 2000, 1.10, 0.42), 6)
    210.0
    """
    return visitors * (ADDED_TRAFFIC * there - here)


def _said(
    situation: Situation,
    v: Visits,
    worth: Worth,
    weekly: float,
    taker: Visits,
    own: Worth,
    profits: Floats,
    visitor: tuple[float, float],
) -> tuple[Finding, Action]:
    kind = kind_named("reroute_traffic")
    low, high = (float(end) for end in np.quantile(profits, [0.1, 0.9]))
    size = float(profits.mean())
    names = {"product": name_of(situation, v.product), "other": name_of(situation, taker.product)}
    words = Words(
        "rules_analysis.reroute.state",
        {**names, "here": exact(visitor[1]), "there": exact(visitor[0]), "money": money(size, low, high, signed=True)},
    )
    finding = Finding(
        "analysis",
        "reroute_traffic",
        "state",
        words,
        "conversion_rate",
        {"product_id": v.product},
        size,
        low,
        high,
        evidence=(
            Evidence(words, asked("conversion_rate", situation, ("product_id",), product_id=v.product)),
            Evidence(words, asked("conversion_rate", situation, ("product_id",), product_id=taker.product)),
        ),
        cause=f"product:{v.product}",
    )
    row = {
        "product_id": v.product,
        "to_product_id": taker.product,
        "share": MOVED,
        "visitors_a_week": round(MOVED * weekly, 1),
    }
    action = Action(
        "analysis",
        "reroute_traffic",
        "reroute_traffic",
        Words("rules_analysis.do.reroute", {**names, "visitors": count(MOVED * weekly)}),
        {"product_id": v.product},
        gain=gain(profits) if worth.known else None,
        break_even=None if worth.known else pays_above(situation.floor / size),
        minutes=kind.minutes,
        because=(finding.id,),
        reason=Words("rules_analysis.reroute.because"),
        draft=Draft("table", rows=[row]),
        measure=_pair(situation, (v, worth), (taker, own), kind.days),
        touches=(v.product, taker.product),
        shift=taker.product,
    )
    return finding, action


def _pair(situation: Situation, one: tuple[Visits, Worth], other: tuple[Visits, Worth], days: int) -> Measure:
    """Contribution of both together: what shows of the pair is as coarse as both are."""
    reads = [
        measure(situation, v, _belief(situation, v).mean, worth.value, days, early=False) for v, worth in (one, other)
    ]
    seen = [read.smallest_visible for read in reads]
    both = None if seen[0] is None or seen[1] is None else (seen[0] ** 2 + seen[1] ** 2) ** 0.5
    return Measure("contribution_profit", reads[0].design, days, both)


RULES = (
    Rule(
        "reroute_traffic",
        "analysis",
        reroute_traffic,
        frames=(
            "product_diary",
            "product_sources",
            "happenings",
            "stock",
            "product_refunds",
            "product_last_sales",
        ),
        needs=("traffic_days",),
        proposes=("reroute_traffic",),
        reads=("money_floor_share",),
    ),
)
