"""A rival who lowered his price: whether to hold or to answer.

Reads: dated prices of items that a person matched, paid prices, sales by day, what an order brings.
Says: how far the gap moved, which share of its units the product keeps, and below which share a lower price would pay.
Does: nothing while holding earns more; else half or all of the cut, for 14 days.
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
from zhanggui.methods.smallest_visible import smallest_visible_count_change
from zhanggui.playbooks.gains import Floats, even_cases, gain, of_amount
from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.terms import asked, exact, money, name_of, share
from zhanggui.playbooks.visits import DAILY, changes_of, days_left_out, near_event
from zhanggui.playbooks.worth import Worth, order_worth, pays_above
from zhanggui.units import Quantity, Refusal, Words

MOVED = 0.05
FEWEST_BUYERS = 8.0
LATEST_DAYS = 14
BEFORE_DAYS = 56
FEWEST_BEFORE = 2
FLASH_DAYS = 3
"""A price that lower than this many days is a sale of theirs and no new price."""
SAME = 0.02
FELL, SURE = 0.8, 0.8
ANSWERED, ANSWERED_SPREAD = 1.0, 1.0
"""Units lost for a rival's cut, as a share of it: an assumption that the product's own days correct."""
DAYS_BEFORE = 28
FEWEST_DAYS = 4
SETTLING_DAYS = 14
STOP_DAYS = 14


@dataclass(frozen=True, slots=True)
class Undercut:
    """A rival item's new price: ``began`` so many days ago, ``gap`` = by how much of our own price the distance moved (negative)."""

    item: str
    price: float
    usual: float
    began: int
    gap: float


@dataclass(frozen=True, slots=True)
class Kept:
    """Which share of its orders a product keeps at the old price, on the log scale; ``weekly`` orders were to be expected; ``fell`` is
    P(fewer than expected) by its own days alone."""

    log: float
    error: float
    weekly: float
    fell: float

    @property
    def share(self) -> float:
        return float(np.exp(self.log))

    def below(self, value: float) -> float:
        """P(kept share < value)."""
        from scipy.special import ndtr

        return float(ndtr((np.log(value) - self.log) / self.error)) if value > 0 else 0.0

    def cases(self, even: Floats) -> Floats:
        return np.asarray(np.minimum(np.exp(of_amount(self.log, self.error, even)), 1.0))


def matched(units: float, contribution: float, cut: float) -> float:
    """Q · (cm − cut): a week in which the whole cut is matched.

    >>> matched(50, 35, 10)
    1250
    """
    return units * (contribution - cut)


def held(units: float, kept: float, contribution: float) -> float:
    """Q · x · cm: a week in which the price is held and a share ``kept`` of the units stays.

    >>> [round(held(50, x, 35)) for x in (0.8, 0.7, 0.6)]
    [1400, 1225, 1050]
    """
    return units * kept * contribution


def indifferent(contribution: float, cut: float) -> float:
    """The kept share at which holding and matching earn the same.

    >>> round(indifferent(35, 10), 3)
    0.714
    """
    return 1 - cut / contribution if contribution > 0 else 0.0


def rival_price(situation: Situation) -> Verdict:
    """Products whose matched rival went clearly below the old distance and that lose orders since: hold, or answer."""
    findings: list[Finding] = []
    actions: list[Action] = []
    for product, cut in _undercuts(situation):
        worth, kept = order_worth(situation, product), _kept(situation, product, cut)
        if worth is None or kept is None or worth.value <= 0 or not _quiet(situation, product):
            continue
        if kept.fell < FELL or held(kept.weekly, 1 - kept.share, worth.value) < situation.floor:
            continue
        finding = _finding(situation, product, cut, kept, worth)
        findings.append(finding)
        actions += _answer(situation, product, cut, kept, worth, finding)
    return Verdict(findings=findings, actions=actions)


def _undercuts(situation: Situation) -> Iterator[tuple[str, Undercut]]:
    """Of every product the matched item whose price went down most against ours."""
    own = {(str(p), w): price for p, w, price in _own_prices(situation) if price}
    for (product,), rows in situation.frames["rivals"].sort("age").group_by("product_id", maintain_order=True):
        now, before = own.get((str(product), 0)), own.get((str(product), 1))
        if not now or not before:
            continue
        found = [_undercut(str(item), notes, now, before) for (item,), notes in rows.group_by("rival_item")]
        best = min((cut for cut in found if cut), key=lambda cut: (cut.gap, cut.item), default=None)
        if best is not None and best.gap <= -MOVED:
            yield str(product), best


def _own_prices(situation: Situation) -> list[tuple[Any, ...]]:
    return situation.frames["paid_prices"].select("product_id", "window", "price").rows()


def _undercut(item: str, notes: pl.DataFrame, now: float, before: float) -> Undercut | None:
    """The latest price against what was usual of this item before; None of one that did not fall, or only for a few days."""
    ages, prices = notes["age"].to_list(), notes["price"].to_list()
    if ages[0] >= LATEST_DAYS:
        return None
    run = 1
    while run < len(ages) and prices[run] <= prices[0] * (1 + SAME):
        run += 1
    earlier = [p for age, p in zip(ages[run:], prices[run:], strict=True) if age - ages[run - 1] <= BEFORE_DAYS]
    if ages[run - 1] - ages[0] < FLASH_DAYS or len(earlier) < FEWEST_BEFORE:
        return None
    usual = float(np.median(earlier))
    if prices[0] >= usual * (1 - SAME):
        return None
    return Undercut(item, prices[0], usual, int(ages[run - 1]), prices[0] / now - usual / before)


def _quiet(situation: Situation, product: str) -> bool:
    """No event near, and nothing of its own changed lately."""
    lately = any((situation.as_of - c.day).days < SETTLING_DAYS for c in changes_of(situation, product))
    return not (lately or near_event(situation, product))


def _kept(situation: Situation, product: str, cut: Undercut) -> Kept | None:
    """The share of orders kept since the cut: orders a day against the four weeks before, by how all other products went over the same
    days; drawn to what a cut usually takes away. None below eight orders before, or four days since."""
    own, others = _daily(situation, product)
    out = days_left_out(product, situation) | _empty(situation, product)
    since, before = np.zeros(DAILY, dtype=bool), np.zeros(DAILY, dtype=bool)
    since[: cut.began + 1], before[cut.began + 1 : cut.began + 1 + DAYS_BEFORE] = True, True
    since, before = since & ~out, before & ~out
    if since.sum() < FEWEST_DAYS or own[before].sum() < FEWEST_BUYERS:
        return None
    usual = float(own[before].mean())
    uneven = max(float(own[before].var(ddof=1)) / usual, 1.0)
    variance = uneven / own[before].sum()
    moved = 1.0
    if min(others[since].sum(), others[before].sum()) > 0:
        moved = float(others[since].mean() / others[before].mean())
        variance += 1 / others[since].sum() + 1 / others[before].sum()
    expected = usual * moved
    seen = (own[since].sum() + 0.5) / (expected * since.sum() + 0.5)
    variance += uneven / max(expected * since.sum(), 0.5)
    prior, spread = ANSWERED * cut.gap, max(ANSWERED_SPREAD * -cut.gap, 1e-6)
    weight = spread**2 / (spread**2 + variance)
    mean = prior + weight * (float(np.log(seen)) - prior)
    from scipy.special import ndtr

    fell = float(ndtr(-np.log(seen) / np.sqrt(variance)))
    return Kept(mean, float(np.sqrt(1 - weight) * spread), 7 * expected, fell)


def _daily(situation: Situation, product: str) -> tuple[Floats, Floats]:
    """Orders by age of a product, and of all the others followed."""
    diary = situation.frames["product_diary"].filter(pl.col("age") < DAILY)
    found = []
    for rows in (diary.filter(pl.col("product_id") == product), diary.filter(pl.col("product_id") != product)):
        days = np.zeros(DAILY)
        np.add.at(days, rows["age"].to_numpy(), rows["orders"].fill_null(0).cast(pl.Float64).to_numpy())
        found.append(days)
    return found[0], found[1]


def _empty(situation: Situation, product: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    diary = situation.frames["product_diary"]
    gone = diary.filter((pl.col("product_id") == product) & (pl.col("empty") > 0) & (pl.col("age") < DAILY))
    days = np.zeros(DAILY, dtype=bool)
    days[gone["age"].to_numpy()] = True
    return days


def _cut(worth: Worth, cut: Undercut) -> float:
    """What the old distance would cost an order, after what fees and refunds leave of a price."""
    fees = worth.costs.fee_share if worth.costs else 0.0
    return -cut.gap * worth.price * (1 - fees) * (1 - worth.refunds)


def _finding(situation: Situation, product: str, cut: Undercut, kept: Kept, worth: Worth) -> Finding:
    lost = -held(kept.weekly, 1 - kept.share, worth.value)
    pays = indifferent(worth.value, _cut(worth, cut))
    answer = worth.known and kept.below(pays) >= SURE
    words = Words(
        f"rules_competition.rival.{'answer' if answer else 'hold' if worth.known else 'unknown'}",
        {
            "product": name_of(situation, product),
            "rival": exact(cut.price),
            "before": exact(cut.usual),
            "kept": share(min(kept.share, 1.0)),
            "pays": share(max(pays, 0.0)),
            "money": money(lost, signed=True),
        },
    )
    return Finding(
        "competition",
        "rival_price",
        "state",
        words,
        "orders",
        {"product_id": product},
        lost,
        evidence=(Evidence(words, asked("orders", situation, ("product_id",), product_id=product)),),
        because=Words("rules_competition.rival.because"),
        cause=f"product:{product}",
    )


def _answer(
    situation: Situation, product: str, cut: Undercut, kept: Kept, worth: Worth, finding: Finding
) -> list[Action]:
    """Half or all of the cut, whichever brings more, where holding likely keeps too few; without costs from which margin on it pays."""
    full = _cut(worth, cut)
    if not worth.known:
        fewer = 1 - min(kept.share, 1 - 1e-9)
        below = pays_above(-cut.gap / fewer)
        return [_step(situation, product, cut, worth, 1.0, finding, None, below)] if -cut.gap < fewer else []
    if kept.below(indifferent(worth.value, full)) < SURE:
        return []
    even = even_cases(2)
    x, value = kept.cases(even[:, 0]), of_amount(worth.value, worth.spread, even[:, 1])
    best = None
    for part in (0.5, 1.0):
        # Between holding and matching, units come back in proportion to the distance made good.
        profits = kept.weekly * ((x + part * (1 - x)) * (value - part * full) - x * value)
        if best is None or profits.mean() > best[1].mean():
            best = part, profits
    if best is None or best[1].mean() <= 0:
        return []
    return [_step(situation, product, cut, worth, best[0], finding, best[1], None)]


def _step(
    situation: Situation,
    product: str,
    cut: Undercut,
    worth: Worth,
    part: float,
    finding: Finding,
    profits: Floats | None,
    break_even: Words | None,
) -> Action:
    kind = kind_named("step_price")
    now = worth.price / worth.units
    new = round(now * (1 + part * cut.gap), 1 if now >= 10 else 2)
    visible = smallest_visible_count_change(worth.weekly * kind.days / 7)
    said = {"product": name_of(situation, product), "price": exact(new), "change": share(new / now - 1, signed=True)}
    row = {"product_id": product, "price_now": round(now, 2), "price": new, "days": float(STOP_DAYS)}
    return Action(
        "competition",
        "rival_price",
        kind.name,
        Words("rules_competition.rival.do", said),
        {"product_id": product},
        gain=None if profits is None else gain(profits),
        break_even=break_even,
        minutes=kind.minutes,
        because=(finding.id,),
        reason=Words("rules_competition.rival.why", {"kept": Quantity(finding.words.params["kept"].value, "share")}),
        draft=Draft("table", (Words("rules_competition.rival.first"), Words("rules_competition.rival.stop")), [row]),
        measure=Measure(
            kind.metric,
            kind.design,
            kind.days,
            None if isinstance(visible, Refusal) else visible * worth.weekly * worth.value,
        ),
        touches=(product,),
    )


RULES = (
    Rule(
        "rival_price",
        "competition",
        rival_price,
        frames=("rivals", "paid_prices", "product_diary", "product_refunds", "below_cash", "happenings", "refund_ages"),
        needs=("rival_prices", "order_lines"),
        proposes=("step_price",),
        reads=("money_floor_share",),
    ),
)
