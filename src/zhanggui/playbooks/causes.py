"""Why a product's conversion fell: the causes that data can show, in a fixed order; the first that explains half of the fall is named.

What is named coincides with the fall; nothing here proves that it made it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from zhanggui.methods.change_point import ChangePoint, rate_change_point
from zhanggui.methods.counts import poisson_tails
from zhanggui.methods.shrinkage import Beta
from zhanggui.playbooks import refund_causes
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.product_windows import price_change, size_windows, source_split
from zhanggui.playbooks.terms import column_sum, count, share
from zhanggui.playbooks.visits import EVENT_DAYS, Change, Visits, changes_of, events, ids, kind_of, visits, window_days
from zhanggui.units import Quantity, Words

HALF = 0.5
ELASTICITY, CUT_ELASTICITY = -2.62, -3.63
"""Of lasting prices and of temporary cuts (Bijmolt, van Heerde & Pieters 2005): how far a price explains a fall."""
BEFORE_DAYS, AFTER_DAYS = 7, 1
SURE_DAYS = 21
"""A change point known worse than this names nothing by its whole range, only by its likeliest day."""
FEWEST_LOW = 2
ODD = 0.05
DESCRIPTION = "correct_description"
MENDED = frozenset({"change_packing", "hold_batch", "add_size_chart", DESCRIPTION})
USUAL_REFUNDS = Beta(1.0, 19.0)
"""Before a product's own refunds are looked at: one in twenty, as twenty orders tell."""
FEWEST_PROMISES = 10
LONGER_HOURS, LONGER_SHARE = 12.0, 0.2
FEWEST_SIBLINGS = 5
SIBLING_VISITORS = 200
SEASON_SHARE = 0.6
RECOVERABLE = {
    "sizes": 0.8,
    "price": 0.6,
    "offer": 0.6,
    "reviews": 0.3,
    "image": 0.4,
    "title": 0.4,
    "delivery": 0.3,
    "change": 0.3,
    "unknown": 0.3,
}
"""φ: the share of a fall that a repair brings back, by cause."""
NO_CHANGE = frozenset({"audit", "data", "positioning", "report", "supplier"})
"""Lines of the log that leave the page as it was."""
BESIDE = NO_CHANGE | {"advertising"}
"""More or less money brings other visitors, which is looked for where visitors come from; what they see is the same."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A product whose rate went from ``before`` to ``now``; ``point`` is the likeliest day of it, None where days cannot tell."""

    visits: Visits
    now: Beta
    before: Beta
    point: ChangePoint | None
    first_day: date

    @property
    def relative(self) -> float:
        """By which share of itself the rate fell."""
        return 1 - self.now.mean / self.before.mean

    def day(self, index: int) -> date:
        return self.first_day + timedelta(days=index)

    @property
    def began(self) -> date | None:
        """The likeliest first day of the new rate."""
        return self.day(self.point.day) if self.point else None

    def coincides(self, day: date, after: int = AFTER_DAYS) -> bool:
        """Whether a day lies from seven days before to ``after`` days after the likeliest one, or among days as likely."""
        if self.point is None:
            return False
        away = (day - self.day(self.point.day)).days
        if -BEFORE_DAYS <= away <= after:
            return True
        narrow = self.point.high - self.point.low <= SURE_DAYS
        return narrow and self.day(self.point.low) <= day <= self.day(self.point.high)


@dataclass(frozen=True, slots=True)
class Cause:
    """What coincides with a fall. ``explains`` is the share of it, None where only the time speaks; ``recoverable`` (φ) is None where
    nothing is to be repaired; ``rows`` say what would be put back."""

    name: str
    because: Words
    recoverable: float | None
    explains: float | None = None
    rows: Sequence[Mapping[str, Any]] = field(default=())
    kind: str = ""


def shift_of(situation: Situation, v: Visits, now: Beta, before: Beta) -> Shift:
    """A change of rate with its likeliest day."""
    visitors, buyers = v.daily
    point = rate_change_point(buyers, visitors)
    first = situation.as_of - timedelta(days=len(visitors) - 1)
    return Shift(v, now, before, point if isinstance(point, ChangePoint) else None, first)


def cause_of(situation: Situation, fall: Shift) -> Cause:
    """The first cause in the order of ``ORDER`` that explains at least half of the fall; ``unknown`` if none does."""
    for look in ORDER:
        found = look(situation, fall)
        if found is not None and (found.explains is None or found.explains >= HALF):
            return found
    return Cause("unknown", Words("rules_analysis.because.unknown"), RECOVERABLE["unknown"], kind="audit_listing")


def _validity(situation: Situation, fall: Shift) -> Cause | None:
    """The shop's own orders did not fall as the platform's buyers did: the two files disagree, the product did nothing."""
    now, before = fall.visits.now, fall.visits.before
    if before.orders < 8 or abs(before.orders - before.buyers) > 0.3 * before.buyers or not now.visitors:
        return None
    orders = 1 - (now.orders / now.visitors) / (before.orders / before.visitors)
    explains = 1 - orders / fall.relative
    words = Words("rules_analysis.because.validity", {"orders": share(-orders, signed=True)})
    return Cause("validity", words, None, explains)


def _sizes(situation: Situation, fall: Shift) -> Cause | None:
    """Sizes out of stock, weighted by what they sold before."""
    windows = size_windows(situation, fall.visits.product)
    told = [s for s in windows if s.reported and s.units_before > 0]
    total = sum(s.units_before for s in windows)
    if len(windows) < 2 or not told or total <= 0:
        return None
    out = sorted(told, key=lambda s: -s.units_before * (s.out - s.out_before))
    lost = sum(s.units_before * (s.out - s.out_before) for s in told) / total
    missing = [s for s in out if s.out - s.out_before > 0.1]
    if not missing or lost <= 0:
        return None
    weight = sum(s.units_before for s in missing) / total
    words = Words(
        "rules_analysis.because.sizes",
        {"sizes": [s.sku for s in missing[:4]], "share": share(weight), "days": share(lost)},
    )
    rows = [{"sku": s.sku, "share": s.units_before / total, "units_before": s.units_before} for s in missing]
    return Cause("sizes", words, RECOVERABLE["sizes"], lost / fall.relative, rows, "order_stock")


def _mix(situation: Situation, fall: Shift) -> Cause | None:
    """Other visitors came: the mix of sources makes the difference, not the rates within them."""
    answer = source_split(situation, fall.visits.product)
    if answer is None or answer.gap >= 0:
        return None
    mix = float(answer.mix.sum())
    words = Words("rules_analysis.because.mix", {"share": share(mix / answer.gap)})
    return Cause("mix", words, None, mix / answer.gap)


def _price(situation: Situation, fall: Shift) -> Cause | None:
    """Paid dearer by the settings' share, at the sizes' own prices: the list price rose, or an offer ended."""
    moved = price_change(situation, fall.visits.product)
    if moved is None or moved.paid < situation.config["price_drift_share"]:
        return None
    ended = _ended_offer(situation, fall)
    cut = ended is not None or moved.listed < moved.paid / 2
    explains = (1 - (1 + moved.paid) ** (CUT_ELASTICITY if cut else ELASTICITY)) / fall.relative
    key = "offer" if cut else "price"
    words = Words(
        f"rules_analysis.because.{key}",
        {
            "share": share(moved.paid, signed=True),
            "now": Quantity(moved.now, "money", exact=True),
            "before": Quantity(moved.before, "money", exact=True),
        },
    )
    row: dict[str, Any] = {"what": "price", "before": moved.now, "after": moved.before, "offer": ended or ""}
    logged = [c for c in changes_of(situation, fall.visits.product) if c.what == "price" and fall.coincides(c.day)]
    if logged:
        row["change_id"] = logged[-1].id
    return Cause(key, words, RECOVERABLE[key], explains, [row], "restore_change")


def _ended_offer(situation: Situation, fall: Shift) -> str | None:
    """A long promotion of this product that ended when the rate changed."""
    offers = situation.frames["happenings"].filter((pl.col("kind") == "promotion") & pl.col("until").is_not_null())
    for row in offers.iter_rows(named=True):
        products = ids(row["products"])
        long = (row["until"] - row["day"]).days >= EVENT_DAYS
        if long and (products is None or fall.visits.product in products) and fall.coincides(row["until"]):
            return str(row["what"] or row["name"])
    return None


def _reviews(situation: Situation, fall: Shift) -> Cause | None:
    """More reviews of three stars or fewer than before could make by chance, and they came before the fall or with it."""
    length = window_days(situation)
    own = situation.frames["product_diary"].filter(pl.col("product_id") == fall.visits.product)
    now, before = (own.filter((pl.col("age") // length) == window) for window in (0, 1))
    low, all_now = column_sum(now, "low_reviews"), column_sum(now, "reviews")
    usual, all_before = column_sum(before, "low_reviews"), column_sum(before, "reviews")
    # Of as many reviews as before, half a low one is granted to a product that had none.
    expected = (usual + 0.5) / max(all_before + 1, 1) * all_now
    if low < FEWEST_LOW or low <= expected or poisson_tails(low, expected)[1] > ODD:
        return None
    ages = own.filter((pl.col("low_reviews") > 0) & (pl.col("age") < length))["age"].to_list()
    started = situation.as_of - timedelta(days=max(ages))
    if fall.began is None or (started - fall.began).days > BEFORE_DAYS:
        return None
    words = Words(
        "rules_analysis.because.reviews", {"low": count(low), "reviews": count(all_now), "before": count(usual)}
    )
    return Cause("reviews", words, RECOVERABLE["reviews"], kind=_mended_by(situation, fall.visits.product))


def _mended_by(situation: Situation, product: str) -> str:
    """What mends what poor reviews are about: where more comes back too, the reasons of those refunds say it; else the description."""
    rows = situation.frames["product_refunds"].filter(pl.col("product_id") == product)
    sold, back = (
        [column_sum(rows.filter(pl.col("window") == window), name) for window in (0, 1)]
        for name in ("orders", "refunded")
    )
    if min(sold) <= 0:
        return DESCRIPTION
    now, before = (USUAL_REFUNDS.after(min(b, s), s) for b, s in zip(back, sold, strict=True))
    if now.mean <= situation.config["refund_ratio"] * before.mean:
        return DESCRIPTION
    gross = column_sum(rows.filter(pl.col("window") == 0), "gross")
    rise = refund_causes.Rise(product, now, before, sold[0], sold[1], back[0], back[1], gross)
    found = refund_causes.cause_of(situation, rise).kind
    return found if found in MENDED else DESCRIPTION


def _change(situation: Situation, fall: Shift) -> Cause | None:
    """A logged change of the product at the time of the fall; of several the one nearest to it."""
    log = changes_of(situation, fall.visits.product)
    near = [c for c in log if c.what not in BESIDE and fall.coincides(c.day)]
    if not near or fall.began is None:
        return None
    began = fall.began
    change = min(near, key=lambda c: abs((c.day - began).days))
    words = Words("rules_analysis.because.change", {"what": what_words(change.what), "day": change.day})
    rows = [
        {"change_id": c.id, "what": c.what, "before": c.after, "after": c.before, "changed_on": c.day.isoformat()}
        for c in near
        if c.day == change.day
    ]
    return Cause("change", words, recoverable_of(change), None, rows, "restore_change")


def recoverable_of(change: Change) -> float:
    """φ of a logged change: of an image or title, a price, or anything else."""
    return RECOVERABLE.get(change.what, RECOVERABLE["change"])


def what_words(what: str) -> Words | str:
    """What was changed, in the reader's language where the log uses the closed set's name."""
    known = {"price", "promotion", "title", "image", "category", "description", "listing", "advertising", "stock"}
    return Words(f"actions.change.{what}") if what in known else what


def _delivery(situation: Situation, fall: Shift) -> Cause | None:
    """Shipment is promised later than before."""
    length = window_days(situation)
    own = situation.frames["product_diary"].filter(pl.col("product_id") == fall.visits.product)
    hours = []
    for window in (0, 1):
        rows = own.filter((pl.col("age") // length) == window)
        orders = column_sum(rows, "promised")
        if orders < FEWEST_PROMISES:
            return None
        hours.append(column_sum(rows, "promised_hours") / orders)
    if hours[0] - hours[1] < LONGER_HOURS or hours[0] < (1 + LONGER_SHARE) * hours[1]:
        return None
    words = Words(
        "rules_analysis.because.delivery", {"now": Quantity(hours[0], "hours"), "before": Quantity(hours[1], "hours")}
    )
    row = {"what": "delivery", "before": hours[0], "after": hours[1]}
    return Cause("delivery", words, RECOVERABLE["delivery"], None, [row], "restore_change")


def _hangover(situation: Situation, fall: Shift) -> Cause | None:
    """An event of other products, or a festival, ended in the two weeks before."""
    if fall.began is None:
        return None
    for event in events(situation):
        away = (fall.began - event.days.end).days
        if 0 <= away <= EVENT_DAYS:
            return Cause("hangover", Words("rules_analysis.because.hangover", {"day": event.days.end}), None)
    return None


def _season(situation: Situation, fall: Shift) -> Cause | None:
    """Most siblings fell too, and together by at least half as much."""
    kind = kind_of(situation, fall.visits.product)
    siblings = [
        v
        for v in visits(situation).values()
        if v.product != fall.visits.product
        and kind_of(situation, v.product) == kind
        and min(v.now.visitors, v.before.visitors) >= SIBLING_VISITORS
    ]
    if len(siblings) < FEWEST_SIBLINGS:
        return None
    fell = sum(v.now.rate < v.before.rate for v in siblings) / len(siblings)
    rates = [
        sum(getattr(v, window).buyers for v in siblings) / sum(getattr(v, window).visitors for v in siblings)
        for window in ("now", "before")
    ]
    if fell < SEASON_SHARE or rates[1] <= 0:
        return None
    together = 1 - rates[0] / rates[1]
    words = Words("rules_analysis.because.season", {"share": share(fell), "change": share(-together, signed=True)})
    return Cause("season", words, None, together / fall.relative)


ORDER: tuple[Callable[[Situation, Shift], Cause | None], ...] = (
    _validity,
    _sizes,
    _mix,
    _price,
    _reviews,
    _change,
    _delivery,
    _hangover,
    _season,
)
