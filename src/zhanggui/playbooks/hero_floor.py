"""The place of the products that carry the shop: search visitors that go to others, seen within days.

Reads: search visitors of the largest products by day beside those of all others, sales, stock, prices, reviews, the log of changes.
Says: which of them loses its place in search, what coincides with it, and what that costs a week.
Does: puts a change back; buys visitors in the meantime, for no more than they protect.
Source: docs/rules.md, "Competition".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import numpy as np
import polars as pl

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft
from zhanggui.i18n import LOCALES, text
from zhanggui.methods.shrinkage import Beta
from zhanggui.playbooks.causes import NO_CHANGE, what_words
from zhanggui.playbooks.gains import Floats, even_cases, gain, of_amount, of_rate, of_share
from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.product_windows import price_change
from zhanggui.playbooks.readable import measure
from zhanggui.playbooks.rerouting import is_steered
from zhanggui.playbooks.supply import cost_per_click
from zhanggui.playbooks.terms import asked, column_sum, count, exact, money, name_of, share
from zhanggui.playbooks.visits import Change, Visits, changes_of, near_event, usual_rates, visits
from zhanggui.playbooks.worth import Worth, order_worth
from zhanggui.units import Words

LARGE = 0.2
DAYS = 70
WEEK = 7
MEDIAN_DAYS = 56
FLOOR = 0.8
SURE = 0.95
LOOKS, SEEN = 3, 2
RECOVERY = 0.5
CHANGED_DAYS = 21
FEWEST_LOW, POOR = 2, 0.3
RIVAL_CUT = 0.05
EMPTY = frozenset({"stock"})


@dataclass(frozen=True, slots=True)
class Fall:
    """A product's search visitors ÷ those of all others: ``index`` of the last seven days, ``usual`` the median of eight weeks, ``p`` the
    chance of such a fall by how it waxes and wanes, ``missing`` visitors a week with standard deviation ``error``."""

    index: float
    usual: float
    p: float
    missing: float
    error: float


@dataclass(frozen=True, slots=True)
class Cause:
    """What coincides with it; ``change`` is the line of the log that can be put back."""

    name: str
    words: Words
    change: Change | None = None


def most_spend(lost: float, record: float, recovery: float = RECOVERY) -> float:
    """s · lost contribution a week · P(recovery): more than this a week protects less than it costs.

    >>> most_spend(800, 0.5)
    200.0
    """
    return record * lost * recovery


def hero_floor(situation: Situation) -> Verdict:
    """Products of a fifth of the contribution or more whose place in search is lost, on two of the last three days."""
    found: list[Finding] = []
    actions: list[Action] = []
    tested = 0
    for product, v, worth in _heroes(situation):
        own, others = _search(situation, product)
        fall = fallen(own, others)
        tested += own.sum() > 0
        if fall is None:
            continue
        cause = _cause(situation, product)
        belief = usual_rates(situation)[product].after(v.now.buyers, v.now.visitors)
        lost = fall.missing * belief.mean * worth.value
        finding = _finding(situation, product, fall, cause, lost, fall.error * belief.mean * worth.value)
        found.append(finding)
        if lost >= situation.floor and worth.known:
            actions += _repair(situation, v, worth, fall, cause, belief, finding)
            actions += _bridge(situation, v, worth, fall, cause, belief, finding)
    return Verdict(findings=found, actions=actions, family=int(tested))


def _heroes(situation: Situation) -> list[tuple[str, Visits, Worth]]:
    """Products of a fifth of the shop's contribution whose numbers can be judged, by id."""
    known = {v.product: (v, worth) for v in visits(situation).values() if (worth := order_worth(situation, v.product))}
    weekly = {product: max(worth.weekly * worth.value, 0.0) for product, (_, worth) in known.items()}
    total = sum(weekly.values())
    return [
        (product, *known[product])
        for product in sorted(known)
        if total > 0
        and weekly[product] >= LARGE * total
        and not known[product][0].flag
        and not near_event(situation, product)
    ]


def _search(situation: Situation, product: str) -> tuple[Floats, Floats]:
    """Search visitors by age of a product, and of all others."""
    rows = situation.frames["hero_sources"]
    rows = rows.filter(pl.col("source").map_elements(is_search, return_dtype=pl.Boolean))
    found = []
    for own in (rows.filter(pl.col("product_id") == product), rows.filter(pl.col("product_id") != product)):
        days = np.zeros(DAYS)
        np.add.at(days, own["age"].to_numpy(), own["visitors"].fill_null(0).cast(pl.Float64).to_numpy())
        found.append(days)
    return found[0], found[1]


def is_search(source: str) -> bool:
    """Whether visitors of a source came by search that is not paid.

    >>> is_search("手淘搜索"), is_search("搜索推廣"), is_search("organic search"), is_search("direct")
    (True, False, True, False)
    """
    return any(part in source.lower() for part in _names()) and not is_steered(source)


@cache
def _names() -> tuple[str, ...]:
    return tuple(part for locale in LOCALES for part in text("rules_competition.hero.search", locale).split(";"))


def fallen(own: Floats, others: Floats) -> Fall | None:
    """Whether the index of the last days lies below four fifths of its median with a chance of .95, on two of three days; ``own`` and
    ``others`` are visitors by age. None also where search as a whole fell, or a week of the eight is not told."""
    from scipy.special import stdtr

    x, y = (np.convolve(days, np.ones(WEEK), "valid")[: LOOKS + MEDIAN_DAYS] for days in (own, others))
    if min(x.min(), y.min()) <= 0:
        return None
    index = x / y
    if y[0] < FLOOR * float(np.median(y[1 : 1 + MEDIAN_DAYS])):
        return None
    seen = []
    for age in range(LOOKS):
        usual = float(np.median(index[age + 1 : age + 1 + MEDIAN_DAYS]))
        weeks = np.log(index[age + WEEK : age + MEDIAN_DAYS + 1 : WEEK])
        spread = max(float(weeks.var(ddof=1)) * (1 + 1 / weeks.size), 1 / x[age] + 1 / y[age])
        free = weeks.size - 1
        now, error = float(np.log(index[age])), float(np.sqrt(spread))
        below = float(stdtr(free, (np.log(FLOOR * usual) - now) / error))
        p = float(stdtr(free, (now - np.log(usual)) / error))
        seen.append((below >= SURE, usual, p, error))
    if sum(each[0] for each in seen) < SEEN:
        return None
    _, usual, p, error = seen[0]
    return Fall(float(index[0]), usual, p, float(usual * y[0] - x[0]), float(x[0] * error))


def _cause(situation: Situation, product: str) -> Cause:
    """Stock, price, rating, a change of the listing, a note on the product, a rival: the first that the days around it show."""
    diary = situation.frames["product_diary"].filter(pl.col("product_id") == product)
    empty = diary.filter((pl.col("age") < 2 * WEEK) & (pl.col("empty") > 0)).height
    if empty:
        return Cause("stock", Words("rules_competition.hero.stock", {"days": count(empty)}))
    moved = price_change(situation, product)
    if moved is not None and moved.paid >= situation.config["price_drift_share"]:
        return Cause("price", Words("rules_competition.hero.price", {"change": share(moved.paid, signed=True)}))
    recent = diary.filter(pl.col("age") < CHANGED_DAYS)
    low, told = column_sum(recent, "low_reviews"), column_sum(recent, "reviews")
    if low >= FEWEST_LOW and low >= POOR * told:
        return Cause("rating", Words("rules_competition.hero.rating", {"low": count(low), "reviews": count(told)}))
    since = situation.as_of - timedelta(days=CHANGED_DAYS)
    changes = [c for c in changes_of(situation, product) if c.what not in NO_CHANGE and c.day > since]
    if changes:
        last = changes[-1]
        said = {"what": what_words(last.what), "day": last.day}
        return Cause("change", Words("rules_competition.hero.change", said), last if len(changes) == 1 else None)
    notes = situation.frames["annotated_days"].filter((pl.col("target") == product) & (pl.col("day") > since))
    if notes.height:
        return Cause("notice", Words("rules_competition.hero.notice", {"text": str(notes["text"][-1])[:60]}))
    if _cheaper_rival(situation, product):
        return Cause("rival", Words("rules_competition.hero.rival"))
    return Cause("unknown", Words("rules_competition.hero.unknown"))


def _cheaper_rival(situation: Situation, product: str) -> bool:
    rows = situation.frames["rivals"].filter(pl.col("product_id") == product)
    now, before = (rows.filter(test)["price"] for test in (pl.col("age") < CHANGED_DAYS, pl.col("age") >= CHANGED_DAYS))
    if now.is_empty() or before.is_empty():
        return False
    return float(now.to_numpy().min()) < (1 - RIVAL_CUT) * float(np.median(before.to_numpy()))


def _finding(situation: Situation, product: str, fall: Fall, cause: Cause, lost: float, error: float) -> Finding:
    words = Words(
        "rules_competition.hero.claim",
        {
            "product": name_of(situation, product),
            "fall": share(fall.index / fall.usual - 1, signed=True),
            "visitors": count(fall.missing),
            "money": money(-lost, -lost - 1.96 * error, -lost + 1.96 * error, signed=True),
        },
    )
    return Finding(
        "competition",
        "hero_floor",
        "claim",
        words,
        "visitors",
        {"product_id": product},
        -lost,
        -lost - 1.96 * error,
        -lost + 1.96 * error,
        p=fall.p,
        evidence=(Evidence(words, asked("visitors", situation, ("product_id", "source"), product_id=product)),),
        because=cause.words,
        cause=f"product:{product}",
    )


def _lost(fall: Fall, belief: Beta, worth: Worth, even: Floats) -> Floats:
    """The cases of the contribution that the missing visitors would bring."""
    missing = of_amount(fall.missing, fall.error, even[:, 0])
    return np.asarray(missing * of_rate(belief, even[:, 1]) * of_amount(worth.value, worth.spread, even[:, 2]))


def _repair(
    situation: Situation, v: Visits, worth: Worth, fall: Fall, cause: Cause, belief: Beta, finding: Finding
) -> list[Action]:
    """The one change of the last three weeks is put back."""
    change = cause.change
    if change is None or change.what in ("price", "promotion", "advertising", "stock", "status"):
        return []
    kind, even = kind_named("restore_change"), even_cases(4)
    profits = of_share(RECOVERY, even[:, 3]) * _lost(fall, belief, worth, even)
    row = {
        "product_id": v.product,
        "change_id": change.id,
        "what": change.what,
        "before": change.after,
        "after": change.before,
        "changed_on": change.day.isoformat(),
    }
    named = {"product": name_of(situation, v.product), "what": what_words(change.what), "day": change.day}
    return [
        Action(
            "competition",
            "hero_floor",
            kind.name,
            Words("rules_analysis.do.change", named),
            {"product_id": v.product},
            gain=gain(profits),
            minutes=kind.minutes,
            because=(finding.id,),
            reason=cause.words,
            draft=Draft("table", rows=[row]),
            measure=measure(situation, v, belief.mean, worth.value, kind.days, early=False),
            touches=(v.product,),
        )
    ]


def _bridge(
    situation: Situation, v: Visits, worth: Worth, fall: Fall, cause: Cause, belief: Beta, finding: Finding
) -> list[Action]:
    """Visitors bought in the meantime: as many as are missing, for at most what they protect. Not to an empty shelf."""
    price = cost_per_click(situation, v.product)
    if price is None or cause.name in EMPTY:
        return []
    kind, even = kind_named("feed_traffic"), even_cases(4)
    lost = _lost(fall, belief, worth, even)
    cap = most_spend(float(lost.mean()), situation.standing.record("hero_floor").factor)
    spend = min(fall.missing * price, cap)
    profits = of_share(RECOVERY, even[:, 3]) * lost - spend
    if spend <= 0 or float(profits.mean()) <= 0:
        return []
    said = {
        "product": name_of(situation, v.product),
        "visitors": count(spend / price),
        "price": exact(price),
        "spend": money(spend),
    }
    row = {
        "product_id": v.product,
        "share": round(spend / price / v.weekly, 4) if v.weekly else 0.0,
        "cost_per_click": round(price, 4),
        "most_a_week": round(spend, 2),
    }
    return [
        Action(
            "competition",
            "hero_floor",
            kind.name,
            Words("rules_competition.hero.do", said),
            {"product_id": v.product},
            gain=gain(profits),
            minutes=kind.minutes,
            cost=2 * spend,
            because=(finding.id,),
            reason=Words("rules_competition.hero.why"),
            draft=Draft("table", rows=[row]),
            measure=measure(situation, v, belief.mean, worth.value, kind.days, early=False),
            touches=(v.product,),
        )
    ]


RULES = (
    Rule(
        "hero_floor",
        "competition",
        hero_floor,
        frames=(
            "hero_sources",
            "product_diary",
            "product_sizes",
            "product_refunds",
            "below_cash",
            "happenings",
            "rivals",
            "ad_plans",
        ),
        needs=("traffic_days", "order_lines"),
        proposes=("restore_change", "feed_traffic"),
        reads=("price_drift_share", "money_floor_share"),
    ),
)
