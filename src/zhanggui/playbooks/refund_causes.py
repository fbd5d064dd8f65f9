"""Where a rise of refunds lies: before or after shipment, in which reason, size, carrier, place or source, or with which buyers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from importlib.resources import files
from tomllib import loads

import polars as pl

from zhanggui.methods.shrinkage import Beta, probability_below
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.terms import column_sum, count, share
from zhanggui.playbooks.visits import Change, changes_of
from zhanggui.units import Words

WEEKS = 4.0
HALF = 0.5
FEWEST = 3
"""Refunds that a reason or place must have now: two say nothing."""
MOST_SHARE = 0.8
"""A place that has more of the orders than this is no place of its own."""
STANDS_OUT = 0.95
"""How likely a place must have a higher share of its orders back than the other places."""
AGAIN = 2
EVEN = Beta(0.5, 0.5)
NATURES = {"damage": 0.5, "size": 0.3, "quality": 0.8, "unlike": 0.3, "late": 0.3}
"""φ: the share of the rise that a repair takes back, by what the reasons are about."""
REPAIRS = {
    "damage": "change_packing",
    "size": "add_size_chart",
    "quality": "hold_batch",
    "unlike": "correct_description",
    "late": "show_arrival_date",
}
"""What mends what the reasons are about."""
CARRIER, EARLY, SIZE_HELD, UNKNOWN = 0.5, 0.3, 0.8, 0.3
RESTORED, CHANGE_DAYS = 0.7, 56
"""φ of the packing of before, where it was changed within so many days."""


@dataclass(frozen=True, slots=True)
class Rise:
    """A product's refunded share of orders now and before, at equal age; orders and refunded orders of both windows, gross of now."""

    product: str
    now: Beta
    before: Beta
    orders: float
    orders_before: float
    refunded: float
    refunded_before: float
    gross: float

    @property
    def loss(self) -> float:
        """Sales a week that the rise takes."""
        return (self.now.mean - self.before.mean) * self.gross / WEEKS

    @property
    def excess(self) -> float:
        """Refunded orders now beyond those of the rate before."""
        return self.refunded - self.before.mean * self.orders

    @property
    def scale(self) -> float:
        return self.orders / self.orders_before


@dataclass(frozen=True, slots=True)
class Cause:
    """What most of a rise lies in. ``explains`` is its share of the rise (0 … 1), ``recoverable`` (φ) what a repair takes back, ``kind``
    the repair (empty: none); ``by`` and ``value`` name the place, ``rose`` how likely refunds rose there."""

    name: str
    because: Words
    kind: str = ""
    recoverable: float = 0.0
    explains: float = 1.0
    by: str = ""
    value: str = ""
    rose: float = 0.0
    change: Change | None = None  # the logged change that the repair puts back


def cause_of(situation: Situation, rise: Rise) -> Cause:
    """The first in the order of ``ORDER`` in which at least half of the rise lies."""
    if rise.excess > 0:
        places = situation.frames["refund_places"].filter(pl.col("product_id") == rise.product)
        for look in ORDER:
            found = look(places, rise)
            if found is not None:
                return _of_a_change(situation, rise, found)
    return Cause("unknown", Words("rules_products.refunds.unknown"), "audit_listing", UNKNOWN)


def _of_a_change(situation: Situation, rise: Rise, cause: Cause) -> Cause:
    """Damage since the packing was changed is mended by the packing of before, rather than by a better one of now."""
    since = situation.as_of - timedelta(days=CHANGE_DAYS)
    logged = [c for c in changes_of(situation, rise.product) if c.what == "packing" and c.day > since]
    if cause.name != "damage" or not logged:
        return cause
    said = {"day": logged[-1].day, "because": cause.because}
    because = Words("rules_products.refunds.packing", said)
    return replace(cause, because=because, kind="restore_change", recoverable=RESTORED, change=logged[-1])


def _phase(places: pl.DataFrame, rise: Rise) -> Cause | None:
    """Before shipment: the sale is lost, no parcel is."""
    early = places.filter((pl.col("by") == "phase") & (pl.col("value") == "before_shipment"))
    more = _refunded(early, 0) - rise.scale * _refunded(early, 1)
    if more < HALF * rise.excess or _refunded(early, 0) < FEWEST:
        return None
    explains = min(more / rise.excess, 1.0)
    rose = _rose(_refunded(early, 0), rise.orders, _refunded(early, 1), rise.orders_before)
    return Cause("early", Words("rules_products.refunds.phase"), "show_arrival_date", EARLY, explains, rose=rose)


def _nature(places: pl.DataFrame, rise: Rise) -> Cause | None:
    """What the reasons are about; damage and delay that one carrier has are the carrier's."""
    reasons = places.filter(pl.col("by") == "reason")
    sums: dict[str, list[float]] = {}
    for value, window, refunded in reasons.select("value", "window", "refunded").iter_rows():
        nature = nature_of(str(value))
        if nature in NATURES:
            sums.setdefault(nature, [0.0, 0.0])[int(window)] += float(refunded or 0)
    if not sums:
        return None
    nature = max(sums, key=lambda name: sums[name][0] - rise.scale * sums[name][1])
    now, before = sums[nature]
    more = now - rise.scale * before
    if more < HALF * rise.excess or now < FEWEST:
        return None
    explains, rose = min(more / rise.excess, 1.0), _rose(now, rise.orders, before, rise.orders_before)
    said = {"n": count(now), "before": count(before), "nature": Words(f"rules_products.refunds.nature.{nature}")}
    because = Words("rules_products.refunds.reason", said)
    if nature in ("damage", "late") and (carrier := _place("carrier", places, rise)) is not None:
        return carrier
    if nature == "quality" and (size := _place("sku", places, rise)) is not None:
        return Cause("quality", because, "hold_batch", SIZE_HELD, explains, "sku", size.value, rose)
    return Cause(nature, because, REPAIRS[nature], NATURES[nature], explains, rose=rose)


def _place(by: str, places: pl.DataFrame, rise: Rise) -> Cause | None:
    """One value of a dimension in which most of the rise lies, though most orders are elsewhere."""
    rows = places.filter(pl.col("by") == by)
    now = rows.filter((pl.col("window") == 0) & (pl.col("refunded") >= FEWEST))
    now = now.filter(pl.col("orders") <= MOST_SHARE * rise.orders)
    if now.is_empty():
        return None
    worst = now.with_columns(more=pl.col("refunded") - rise.before.mean * pl.col("orders")).sort(
        "more", "value", descending=[True, False]
    )
    row = worst.row(0, named=True)
    if row["more"] < HALF * rise.excess or not _stands_out(row["refunded"], row["orders"], rise):
        return None
    earlier = rows.filter((pl.col("window") == 1) & (pl.col("value") == row["value"]))
    orders_before = column_sum(earlier, "orders")
    said = {
        "by": Words(f"rules_products.refunds.by.{by}"),
        "value": str(row["value"]),
        "n": count(row["refunded"]),
        "orders": count(row["orders"]),
        "before": share(column_sum(earlier, "refunded") / orders_before if orders_before else 0.0),
    }
    kind, phi = _OF_PLACE[by]
    explains = min(row["more"] / rise.excess, 1.0)
    rose = _rose(row["refunded"], row["orders"], column_sum(earlier, "refunded"), orders_before)
    return Cause(by, Words("rules_products.refunds.place", said), kind, phi, explains, by, str(row["value"]), rose)


def _stands_out(refunded: float, orders: float, rise: Rise) -> bool:
    """Whether more of its orders come back than of those elsewhere: a carrier of six orders in ten has six tenths of any rise."""
    here = EVEN.after(min(refunded, orders), orders)
    away = max(rise.orders - orders, 0.0)
    elsewhere = EVEN.after(min(max(rise.refunded - refunded, 0.0), away), away)
    return probability_below(elsewhere, here) >= STANDS_OUT


_OF_PLACE = {
    "sku": ("hold_batch", SIZE_HELD),
    "carrier": ("change_carrier", CARRIER),
    "region": ("change_carrier", CARRIER),
    "country": ("change_carrier", CARRIER),
    "source": ("pause_source", 1.0),
}


def _buyers(places: pl.DataFrame, rise: Rise) -> Cause | None:
    """The same few buyers: evidence for a person, never an action against them."""
    rows = places.filter((pl.col("by") == "customer_key") & (pl.col("window") == 0) & (pl.col("refunded") >= AGAIN))
    refunded = column_sum(rows, "refunded")
    if refunded - rows.height < HALF * rise.excess or refunded < FEWEST:
        return None
    said = {"buyers": count(rows.height), "n": count(refunded)}
    return Cause("buyers", Words("rules_products.refunds.buyers", said))


def _rose(refunded: float, orders: float, refunded_before: float, orders_before: float) -> float:
    """How likely refunds per order of a part rose, of its own counts alone."""
    now = EVEN.after(min(refunded, orders), orders)
    before = EVEN.after(min(refunded_before, orders_before), orders_before)
    return probability_below(before, now)


def _refunded(rows: pl.DataFrame, window: int) -> float:
    return column_sum(rows.filter(pl.col("window") == window), "refunded")


def _place_of(by: str) -> Callable[[pl.DataFrame, Rise], Cause | None]:
    return lambda places, rise: _place(by, places, rise)


ORDER: tuple[Callable[[pl.DataFrame, Rise], Cause | None], ...] = (
    _phase,
    _nature,
    _place_of("sku"),
    _place_of("carrier"),
    _place_of("region"),
    _place_of("country"),
    _place_of("source"),
    _buyers,
)


def nature_of(reason: str) -> str:
    """What a stated reason is about; empty where no listed word is in it.

    >>> nature_of("Arrived broken"), nature_of("7 days no reason"), nature_of("")
    ('damage', '', '')
    """
    said = reason.casefold()
    return next((nature for nature, words in _reasons().items() if any(word in said for word in words)), "")


@cache
def _reasons() -> dict[str, list[str]]:
    text = (files("zhanggui.playbooks") / "words" / "refund_reasons.toml").read_text(encoding="utf-8")
    return {nature: list(words) for nature, words in loads(text).items()}
