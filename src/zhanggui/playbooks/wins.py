"""Wins: a product that converts better since one logged change, fed with visitors and tried on products like it.

Reads: visits, sizes and sources of products, logged changes and promotions, stock, plans of paid promotion.
Says: which product rose when exactly one thing was changed on it, and how rarely a date shows as much by chance.
Does: a fifth more visitors for two weeks; the same change on up to three products of its kind, the others kept as they are.
Source: docs/rules.md, "Analysis".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft
from zhanggui.methods.shrinkage import Beta, probability_below
from zhanggui.playbooks.causes import NO_CHANGE, Shift, shift_of, what_words
from zhanggui.playbooks.gains import ADDED_TRAFFIC, CONTROLS, even_cases, gain, of_amount, of_rate, of_share
from zhanggui.playbooks.kinds import Evidence, Finding, Locked, Rule, Situation, Verdict
from zhanggui.playbooks.product_windows import price_change, source_split
from zhanggui.playbooks.put_back import SURE
from zhanggui.playbooks.readable import measure, untouched
from zhanggui.playbooks.since_change import held_against, the_page_change
from zhanggui.playbooks.supply import cost_per_click, lasts
from zhanggui.playbooks.terms import asked, count, exact, money, name_of, reach, share
from zhanggui.playbooks.visits import (
    EVENT_DAYS,
    WINDOW,
    Change,
    Visits,
    changes_of,
    events,
    kind_of,
    settled_before,
    usual_rates,
    visits,
    window_days,
)
from zhanggui.playbooks.worth import Worth, order_worth, pays_above
from zhanggui.units import Quantity, Words

FEWEST_VISITORS = 400
CANDIDATE = 0.05
AFTER_DAYS = 3
SPAN = 14
APART = 7
PLACEBO_RANK = 0.1
MORE = 0.2
FEED_WEEKS = 2
HALF_CARRIES = 0.5
"""Of what a change brought one product, half is expected of another."""
TARGETS = 3
TARGET_VISITORS = 200
PRICE_BAND = 0.3
ELSEWHERE = NO_CHANGE | {"price", "promotion", "advertising", "stock", "status", "launch", "range", "data", "contact"}
"""What is no property of a page, so that repeating it elsewhere repeats nothing."""


def replicate_win(situation: Situation) -> Verdict:
    """Products whose rate rose when exactly one thing was logged as changed: what to feed and where to try the same."""
    if not situation.weekly:
        return Verdict()
    judged = [v for v in visits(situation).values() if _judgeable(situation, v)]
    findings: list[Finding] = []
    actions: list[Action] = []
    locked: list[Locked] = []
    for v in judged:
        prior = usual_rates(situation)[v.product]
        now, before = (prior.after(w.buyers, w.visitors) for w in (v.now, v.before))
        worth = order_worth(situation, v.product)
        if worth is None:
            continue
        if not all(half.visitors and half.rate > before.mean for half in v.halves):
            actions += _tried(situation, v, worth)
            continue
        p = 1 - probability_below(before, now)
        gained = (now.mean - before.mean) * v.weekly * worth.value
        shift = shift_of(situation, v, now, before)
        change = the_change(situation, shift)
        if p >= CANDIDATE or gained < situation.floor or change is None or not _clean(situation, shift):
            actions += _tried(situation, v, worth)
            continue
        rank = placebo_rank(situation, v, change.day)
        if rank is None or rank[0] > PLACEBO_RANK * rank[1]:
            continue
        finding = _finding(situation, shift, change, p, gained, worth, rank)
        findings.append(finding)
        stocked = lasts(situation, v)
        if stocked is None:
            locked = [Locked("replicate_win", "stock_days", Words("rules_analysis.win.stock"), gained)]
        elif stocked and p <= 1 - situation.config["claim_posterior"]:
            actions += _feed(situation, shift, worth, finding)
            because = finding.because or finding.words
            actions += _repeat(situation, shift, change, settled_before(prior, v), worth, because, (finding.id,))
    return Verdict(findings=findings, actions=actions, locked=locked, family=len(judged))


def _tried(situation: Situation, v: Visits, worth: Worth) -> list[Action]:
    """Where the windows do not show a rise yet, but clearly more buy since one change of the page: the same change on siblings, as a trial.
    Nothing is claimed of it, and no visitors are bought for it."""
    change = the_page_change(situation, v)
    since = held_against(situation, v, change) if change is not None else None
    if change is None or since is None or since.rose < SURE or since.now <= since.expected or worth.value <= 0:
        return []
    rank = placebo_rank(situation, v, change.day)
    if rank is None or rank[0] > PLACEBO_RANK * rank[1]:
        return []
    visitors, buyers = v.daily
    at = len(visitors) - 1 - (situation.as_of - change.day).days
    prior = usual_rates(situation)[v.product]
    now = prior.after(float(buyers[at:].sum()), float(visitors[at:].sum()))
    before = prior.after(float(buyers[:at].sum()), float(visitors[:at].sum()))
    if now.mean <= before.mean:
        return []
    first = situation.as_of - timedelta(days=len(visitors) - 1)
    said = {
        "what": what_words(change.what),
        "day": change.day,
        "now": Quantity(since.now, "ratio"),
        "expected": Quantity(since.expected, "ratio"),
    }
    because = Words("rules_analysis.because.rose", said)
    return _repeat(situation, Shift(v, now, before, None, first), change, before, worth, because, ())


def _judgeable(situation: Situation, v: Visits) -> bool:
    """Enough visitors, nothing that voids the numbers, and something logged in the two windows: without it there is nothing to repeat."""
    if v.flag or min(v.now.visitors, v.before.visitors) < FEWEST_VISITORS:
        return False
    since = situation.as_of - timedelta(days=2 * window_days(situation))
    return any(change.day > since and change.what not in NO_CHANGE for change in changes_of(situation, v.product))


def the_change(situation: Situation, shift: Shift) -> Change | None:
    """The one change logged at the time of a rise; None where there is none, or where two cannot be told apart."""
    near = [
        c
        for c in changes_of(situation, shift.visits.product)
        if c.what not in NO_CHANGE and shift.coincides(c.day, AFTER_DAYS)
    ]
    return near[0] if len(near) == 1 else None


def _clean(situation: Situation, shift: Shift) -> bool:
    """Not other visitors, not a lower price, no event near it."""
    v, began = shift.visits, shift.began
    mix = source_split(situation, v.product)
    if mix is not None and mix.gap > 0 and float(mix.mix.sum()) >= mix.gap / 2:
        return False
    price = price_change(situation, v.product)
    if price is not None and price.paid <= -situation.config["price_drift_share"]:
        return False
    reach_days = timedelta(days=EVENT_DAYS)
    return began is not None and not any(
        e.touches(v.product) and e.days.start - reach_days <= began <= e.days.end + reach_days
        for e in events(situation)
    )


def placebo_rank(situation: Situation, v: Visits, day: date) -> tuple[int, int] | None:
    """How the rise at ``day`` ranks among as long spans around other dates of this product and of untouched ones: (rank, of how many)."""
    length = len(v.daily[0])
    at = length - 1 - (situation.as_of - day).days
    own = _rise(v, at)
    if own is None:
        return None
    others = [_rise(u, i) for u in untouched(situation, v.product) for i in range(SPAN, length - SPAN + 1, APART)]
    others += [_rise(v, i) for i in range(SPAN, at - SPAN + 1, APART)]
    placebos = [rise for rise in others if rise is not None]
    return 1 + sum(rise >= own for rise in placebos), 1 + len(placebos)


def _rise(v: Visits, at: int) -> float | None:
    """How many standard errors the rate of the two weeks from day ``at`` on lies above that of the two weeks before."""
    visitors, buyers = v.daily
    spans = ((max(at - SPAN, 0), at), (at, at + SPAN))
    n = [float(visitors[a:b].sum()) for a, b in spans]
    k = [float(buyers[a:b].sum()) for a, b in spans]
    if min(n) <= 0 or sum(k) <= 0:
        return None
    pooled = sum(k) / sum(n)
    error = (pooled * (1 - pooled) * (1 / n[0] + 1 / n[1])) ** 0.5
    return (k[1] / n[1] - k[0] / n[0]) / error if error > 0 else None


def _finding(
    situation: Situation, shift: Shift, change: Change, p: float, gained: float, worth: Worth, rank: tuple[int, int]
) -> Finding:
    v = shift.visits
    spread = reach(shift.now, shift.before) * v.weekly * worth.value
    words = Words(
        "rules_analysis.win.claim",
        {
            "product": name_of(situation, v.product),
            "now": share(v.now.rate),
            "before": share(v.before.rate),
            "money": money(gained, gained - spread, gained + spread, signed=True),
        },
    )
    because = Words(
        "rules_analysis.win.because",
        {"what": what_words(change.what), "day": change.day, "rank": count(rank[0]), "dates": count(rank[1])},
    )
    return Finding(
        "analysis",
        "replicate_win",
        "claim",
        words,
        "conversion_rate",
        {"product_id": v.product},
        gained,
        gained - spread,
        gained + spread,
        p=p,
        evidence=(Evidence(words, asked("conversion_rate", situation, ("product_id",), product_id=v.product)),),
        because=because,
        cause=f"product:{v.product}",
    )


def fed(visitors: float, worth_of_visitor: float, price: float) -> float:
    """ΔV · (κ·u − cpc): what bought visitors bring a week before the rule's record.

    >>> round(fed(400, 0.034 * 36, 0.45), 1)
    162.7
    """
    return visitors * (ADDED_TRAFFIC * worth_of_visitor - price)


def _feed(situation: Situation, shift: Shift, worth: Worth, finding: Finding) -> list[Action]:
    """A fifth more visitors for two weeks, where a visitor's price is known and below what one brings."""
    v, kind = shift.visits, kind_named("feed_traffic")
    price = cost_per_click(situation, v.product)
    if price is None:
        return []
    more = MORE * v.weekly
    even = even_cases(3)
    visitor = of_rate(shift.now, even[:, 0]) * of_amount(worth.value, worth.spread, even[:, 1])
    profits = more * (of_share(ADDED_TRAFFIC, even[:, 2]) * visitor - price)
    if worth.known and float(profits.mean()) <= 0:
        return []
    needed = price / (ADDED_TRAFFIC * shift.now.mean * worth.price * (1 - worth.refunds))
    words = {"product": name_of(situation, v.product), "visitors": count(more), "price": exact(price)}
    return [
        Action(
            "analysis",
            "replicate_win",
            "feed_traffic",
            Words("rules_analysis.do.feed", words),
            {"product_id": v.product},
            gain=gain(profits) if worth.known else None,
            break_even=None if worth.known else pays_above(needed),
            minutes=kind.minutes,
            cost=more * price * FEED_WEEKS,
            because=(finding.id,),
            reason=finding.because,
            draft=Draft("table", rows=[{"product_id": v.product, "share": MORE, "cost_per_click": round(price, 4)}]),
            measure=measure(situation, v, shift.now.mean, worth.value, kind.days, early=False),
            touches=(v.product,),
        )
    ]


def _repeat(
    situation: Situation,
    shift: Shift,
    change: Change,
    settled: Beta,
    worth: Worth,
    reason: Words,
    because: tuple[str, ...],
) -> list[Action]:
    """The same change on up to three products like it, the other siblings kept as controls."""
    if change.what in ELSEWHERE:
        return []
    kind = kind_named("repeat_change")
    found: list[Action] = []
    targets = _targets(situation, shift.visits, change, worth)
    controls = len(untouched(situation, shift.visits.product)) - len(targets)
    even = even_cases(4)
    lift = of_rate(shift.now, even[:, 0]) / of_rate(settled, even[:, 1]) - 1
    for v, own in targets:
        rate = usual_rates(situation)[v.product].after(v.now.buyers, v.now.visitors)
        value = of_amount(own.value, own.spread, even[:, 3])
        profits = HALF_CARRIES * v.weekly * of_rate(rate, even[:, 2]) * lift * value
        read = measure(situation, v, rate.mean, own.value, kind.days)
        small = read.smallest_visible is None or read.smallest_visible > 2 * float(profits.mean())
        if controls < CONTROLS and small:
            continue
        sales = float(profits.mean()) / own.value * own.price * (1 - own.refunds) if own.value > 0 else 0.0
        words = {
            "product": name_of(situation, v.product),
            "model": name_of(situation, shift.visits.product),
            "what": what_words(change.what),
        }
        row = {
            "product_id": v.product,
            "from_product_id": shift.visits.product,
            "change_id": change.id,
            "what": change.what,
            "like": change.after,
        }
        found.append(
            Action(
                "analysis",
                "replicate_win",
                "repeat_change",
                Words("rules_analysis.do.repeat", words),
                {"product_id": v.product},
                gain=gain(profits) if own.known else None,
                break_even=None if own.known else pays_above(situation.floor / sales if sales > 0 else 1.0),
                minutes=kind.minutes,
                because=because,
                reason=reason,
                draft=Draft("table", rows=[row]),
                measure=read,
                touches=(v.product,),
            )
        )
    return found


def _targets(situation: Situation, model: Visits, change: Change, worth: Worth) -> Sequence[tuple[Visits, Worth]]:
    """Products of the same kind and price, visited enough, left alone for four weeks and without a change of this sort, those on which
    it would bring most first."""
    kind = kind_of(situation, model.product)
    if not kind:
        return []
    found = []
    since = situation.as_of - timedelta(days=WINDOW)
    for v in untouched(situation, model.product):
        own = order_worth(situation, v.product)
        log = changes_of(situation, v.product)
        if v.flag or own is None or kind_of(situation, v.product) != kind or v.weekly < TARGET_VISITORS:
            continue
        if abs(own.price / worth.price - 1) > PRICE_BAND or any(c.what == change.what or c.day > since for c in log):
            continue
        found.append((v, own))
    worth_of = {v.product: v.weekly * v.now.rate * own.value for v, own in found}
    order = np.argsort([-worth_of[v.product] for v, _ in found], kind="stable")
    return [found[int(i)] for i in order[:TARGETS]]


RULES = (
    Rule(
        "replicate_win",
        "analysis",
        replicate_win,
        frames=(
            "product_diary",
            "product_sizes",
            "product_sources",
            "happenings",
            "stock",
            "ad_plans",
            "product_refunds",
        ),
        needs=("traffic_days", "changes"),
        proposes=("feed_traffic", "repeat_change"),
        reads=("claim_posterior", "price_drift_share", "money_floor_share"),
    ),
)
