"""Niches: search words and kinds of goods whose visitors are worth clearly more than the shop's, and grow.

Reads: visitors and buyers by search word and by category, week by week; the shop's own; costs and refunds.
Says: which of them is worth more, found in odd weeks and confirmed in even ones.
Does: titles, a landing page and two or three products of its own, written into the positioning.
Source: docs/rules.md, "Competition".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft, Measure
from zhanggui.methods.multiplicity import adjust
from zhanggui.playbooks.gains import ADDED_TRAFFIC, Floats, even_cases, gain, of_share
from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.per_visitor import Visitor, part_visitor, shop_visitor
from zhanggui.playbooks.terms import asked, count, exact, money, own_name
from zhanggui.playbooks.visits import DAILY, kind_of
from zhanggui.playbooks.worth import order_worth, pays_above, refund_share
from zhanggui.units import Words

WEEKS = 13
ODD, EVEN = tuple(range(1, WEEKS, 2)), tuple(range(0, WEEKS, 2))
FEWEST_BUYERS = 60
BETTER = 1.25
TAIL = 0.1
GROWING = 0.8
DISCOVERY = 0.05
MOST_TRAFFIC = 0.1
MORE_REFUNDS = 1.1
READ_DAYS = 56
MOST_SAID = 2


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the shop's visitors: by which ``dimension``, its ``name``, a ``product`` it leads to, and by week (13, the latest first)
    visitors, buyers, sales, and searches of the market (0 = not told)."""

    dimension: str
    name: str
    product: str
    visitors: Floats
    buyers: Floats
    sales: Floats
    searches: Floats


def niche(situation: Situation) -> Verdict:
    """Segments whose visitor is worth a quarter more than the shop's in both halves of the weeks, growing, with no more refunds."""
    if not situation.weekly:
        return Verdict()
    halves = shop_visitor(situation, ODD), shop_visitor(situation, EVEN)
    if halves[0] is None or halves[1] is None:
        return Verdict()
    segments = [s for s in _segments(situation) if s.buyers.sum() >= FEWEST_BUYERS]
    discovered = _discovered(situation, segments, halves[0])
    found = [
        segment
        for segment in discovered
        if _better(situation, segment, EVEN, halves[1]) and _grows(situation, segment) and _kept(situation, segment)
    ]
    said = [_said(situation, segment) for segment in found]
    best = sorted((each for each in said if each), key=lambda each: (-each[0].size, each[0].id))[:MOST_SAID]
    return Verdict(findings=[finding for finding, _ in best], actions=[action for _, action in best])


def _segments(situation: Situation) -> Iterator[Segment]:
    """Search words without the shop's own name, and the categories of products."""
    own = own_name(situation)
    words = situation.frames["search_words"].filter(pl.col("week") < WEEKS)
    for (word,), rows in words.group_by("keyword", maintain_order=True):
        if own and own in str(word).casefold():
            continue
        product = next((p for p in rows["product_id"].to_list() if p and p != "*"), "")
        yield Segment(
            "keyword", str(word), product, *_weekly(rows, ("visitors", "pay_buyers", "pay_amount", "searches"))
        )
    diary = situation.frames["product_diary"].filter((pl.col("age") < min(7 * WEEKS, DAILY)) & (pl.col("visitors") > 0))
    kinds: dict[str, list[str]] = {}
    for product in diary["product_id"].unique(maintain_order=True).to_list():
        kinds.setdefault(kind_of(situation, product), []).append(product)
    for kind, products in kinds.items():
        if not kind or len(kinds) < 2:
            continue
        rows = diary.filter(pl.col("product_id").is_in(products)).with_columns(week=pl.col("age") // 7, searches=0.0)
        top = (
            rows.group_by("product_id").agg(pl.col("gross").sum()).sort("gross", "product_id", descending=[True, False])
        )
        yield Segment(
            "category", kind, str(top["product_id"][0]), *_weekly(rows, ("visitors", "pay_buyers", "gross", "searches"))
        )


def _weekly(rows: pl.DataFrame, columns: tuple[str, ...]) -> tuple[Floats, Floats, Floats, Floats]:
    found = []
    for name in columns:
        weeks = np.zeros(WEEKS)
        np.add.at(weeks, rows["week"].to_numpy(), rows[name].fill_null(0).cast(pl.Float64).to_numpy())
        found.append(weeks)
    return found[0], found[1], found[2], found[3]


def _visitor(situation: Situation, segment: Segment, weeks: tuple[int, ...], shop: Visitor) -> Visitor | None:
    """A visitor of a segment in these weeks: what its buyers pay, at the contribution rate of a product it leads to."""
    chosen = list(weeks)
    visitors, buyers, sales = (float(x[chosen].sum()) for x in (segment.visitors, segment.buyers, segment.sales))
    worth = order_worth(situation, segment.product)
    if visitors <= 0 or buyers <= 0 or worth is None or worth.value <= 0:
        return None
    per_buyer = sales / buyers if sales > 0 else worth.price
    return part_visitor(shop, visitors, buyers, worth.value * per_buyer / worth.price, worth.spread)


def _better(situation: Situation, segment: Segment, weeks: tuple[int, ...], shop: Visitor) -> bool:
    """Whether the lower tenth of what its visitor is worth lies a quarter above the shop's."""
    own = _visitor(situation, segment, weeks, shop)
    return own is not None and float(np.quantile(own.cases(even_cases(2)), TAIL)) >= BETTER * shop.mean


def _discovered(situation: Situation, segments: list[Segment], shop: Visitor) -> list[Segment]:
    """Those that stand out in odd weeks, corrected for how many were looked through."""
    p = []
    for segment in segments:
        own = _visitor(situation, segment, ODD, shop)
        p.append(1.0 if own is None else float((own.cases(even_cases(2)) <= shop.mean).mean()))
    adjusted = adjust(p).tolist() if p else []
    return [
        segment
        for segment, q in zip(segments, adjusted, strict=True)
        if q <= DISCOVERY and _better(situation, segment, ODD, shop)
    ]


def _grows(situation: Situation, segment: Segment) -> bool:
    """Whether its share of the shop's visitors is likely larger in the later weeks than in the earlier ones."""
    from scipy.special import stdtr

    days = situation.frames["shop_visits"].filter(pl.col("age") < 7 * WEEKS)
    shop = np.zeros(WEEKS)
    np.add.at(shop, days["age"].to_numpy() // 7, days["visitors"].fill_null(0).cast(pl.Float64).to_numpy())
    if shop.min() <= 0:
        return False
    part = segment.visitors / shop
    later, earlier = part[: WEEKS // 2], part[WEEKS // 2 :]
    error = float(np.sqrt(later.var(ddof=1) / later.size + earlier.var(ddof=1) / earlier.size))
    return bool(stdtr(WEEKS - 2, (later.mean() - earlier.mean()) / max(error, 1e-12)) >= GROWING)


def _kept(situation: Situation, segment: Segment) -> bool:
    return refund_share(situation, segment.product) <= MORE_REFUNDS * refund_share(situation, "")


def steered(visitors: float, there: float, shop: float) -> float:
    """ΔV · (κ·u − u of the shop): what visitors led into a part bring a week before the rule's record.

    >>> round(steered(200, 1.9, 0.9), 1)
    86.0
    """
    return visitors * (ADDED_TRAFFIC * there - shop)


def _more(segment: Segment, shop: Visitor) -> float:
    """Visitors a week that can be won: as many again, not more than searches leave, and a tenth of the shop's at most."""
    now = float(segment.visitors[:4].mean())
    searches = float(segment.searches[:4].mean())
    left = max(searches - now, 0.0) if searches > 0 else now
    return min(now, left, MOST_TRAFFIC * shop.visitors / WEEKS)


def _said(situation: Situation, segment: Segment) -> tuple[Finding, Action] | None:
    everywhere = tuple(range(WEEKS))
    shop = shop_visitor(situation, everywhere)
    own = None if shop is None else _visitor(situation, segment, everywhere, shop)
    worth = order_worth(situation, segment.product)
    if shop is None or own is None or worth is None:
        return None
    even = even_cases(5)
    more = _more(segment, shop)
    profits = more * (of_share(ADDED_TRAFFIC, even[:, 4]) * own.cases(even[:, :2]) - shop.cases(even[:, 2:4]))
    if float(profits.mean()) <= 0:
        return None
    low, high = (float(end) for end in np.quantile(profits, [TAIL, 1 - TAIL]))
    where = {segment.dimension: segment.name}
    said: dict[str, Any] = {
        "name": segment.name,
        "here": exact(own.mean),
        "shop": exact(shop.mean),
        "buyers": count(own.buyers),
        "money": money(float(profits.mean()), low, high, signed=True),
    }
    words = Words(f"rules_competition.niche.{segment.dimension}", said)
    metric = "keyword_visitors" if segment.dimension == "keyword" else "conversion_rate"
    by = (segment.dimension,)
    finding = Finding(
        "competition",
        "niche",
        "state",
        words,
        metric,
        where,
        float(profits.mean()),
        low,
        high,
        evidence=(Evidence(words, asked(metric, situation, by, **where)),),
        because=Words("rules_competition.niche.because"),
        cause=f"niche:{segment.name}",
    )
    return finding, _action(situation, segment, profits, worth.known, more, finding)


def _action(
    situation: Situation, segment: Segment, profits: Floats, known: bool, more: float, finding: Finding
) -> Action:
    kind = kind_named("record_positioning")
    said = {"name": segment.name, "visitors": count(more)}
    steps = tuple(Words(f"rules_competition.niche.step.{step}", said) for step in ("titles", "landing", "products"))
    return Action(
        "competition",
        "niche",
        kind.name,
        Words("rules_competition.niche.do", said),
        dict(finding.where),
        gain=gain(profits) if known else None,
        break_even=None if known else pays_above(situation.floor / max(float(profits.mean()), 1e-9)),
        minutes=kind.minutes,
        because=(finding.id,),
        reason=Words("rules_competition.niche.because"),
        draft=Draft("text", steps),
        measure=Measure(kind.metric, kind.design, READ_DAYS),
    )


RULES = (
    Rule(
        "niche",
        "competition",
        niche,
        frames=("search_words", "shop_visits", "shop_blocks", "product_diary", "product_refunds", "below_cash"),
        needs=("keyword_days", "traffic_days", "order_lines"),
        proposes=("record_positioning",),
        reads=("money_floor_share",),
    ),
)
