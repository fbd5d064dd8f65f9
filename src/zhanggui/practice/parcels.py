"""What happens to a parcel: sent, late or in time, taken back, spoken of. All of it is settled on the day of the order, by that
day's packing, goods and description."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhanggui.practice.after_sale import LIVE_REFUNDS, Place, bad_share, refund_shares
from zhanggui.practice.chance import Flags, Floats, Ints, Purpose, choice, normals, uniforms
from zhanggui.practice.kinds import BROKEN, COURIERS, LIVE, MIND, QUALITY
from zhanggui.practice.margin import LOST
from zhanggui.practice.state import State

REGIONS = (
    ("Shanghai", 0.14),
    ("Guangdong", 0.12),
    ("Jiangsu", 0.11),
    ("Zhejiang", 0.11),
    ("Beijing", 0.11),
    ("Sichuan", 0.10),
    ("Shandong", 0.09),
    ("Liaoning", 0.07),
    ("Hubei", 0.05),
    ("Hunan", 0.05),
    ("Henan", 0.05),
)
"""Where buyers live (docs/practice.md)."""
LATE_BAD, REVIEWED = 0.66, 0.30
REFUND_AGE_DAYS, REFUND_AGE_SPREAD, REFUND_AGE_MOST = 9.0, 0.75, 60
BEFORE_HOURS = 20.0
MINUTES = 1440
DELIVERY_SPREAD = 0.30
SHIP_BY_DAYS = 2
LATE_BY_DAYS = 1.7


@dataclass(frozen=True, slots=True)
class Sent:
    """The parcels of a day's orders; fields as in :class:`~zhanggui.practice.sold.Sold`."""

    place: Ints
    courier: Ints
    due: Ints
    shipped: Ints
    delivered: Ints
    refund_day: Ints
    refund_minute: Ints
    before: Flags
    kept_goods: Flags
    unsellable: Flags
    reason: Ints
    review_minute: Ints
    stars: Ints
    fake: Flags


def send(
    place: Place, state: State, cells: Ints, turn: Ints, product: Ints, source: Ints, minute: Ints, *, brushed: Flags
) -> Sent:
    """Settle the parcels of a day's orders."""
    seed, day, assortment = place.seed, place.day, place.assortment

    def even(purpose: Purpose, *more: int) -> Floats:
        return uniforms(seed, purpose, day, cells, turn, *more)

    region = choice(even(Purpose.REGION), np.array([share for _, share in REGIONS]))
    courier = region % len(COURIERS)
    paid_at = day * MINUTES + minute
    slower = np.maximum(state.promise - assortment.promise, 0)[product]
    shipped = paid_at + ((0.25 + 1.5 * even(Purpose.COURIER) + 0.6 * slower) * MINUTES).astype(np.int64)
    promise = state.promise[product]
    travel = promise * np.exp(DELIVERY_SPREAD * normals(seed, Purpose.DELIVERY, day, cells, turn))
    delivered = shipped + (travel * MINUTES).astype(np.int64)
    late = travel > promise + LATE_BY_DAYS
    before = (even(Purpose.REFUND) < assortment.before[product]) | brushed
    share, weights = refund_shares(assortment, state)
    after_share = np.minimum(
        share[product] * np.where(source == LIVE, LIVE_REFUNDS, 1.0), 0.9 - assortment.before[product]
    )
    # The chance is of all orders: those not taken back before shipment bear it.
    after = ~before & (even(Purpose.REFUND, 1) < after_share / (1 - assortment.before[product]))
    reason = choice(even(Purpose.REASON), weights[product])
    reason = np.where(before, MIND, reason)
    age = REFUND_AGE_DAYS * np.exp(REFUND_AGE_SPREAD * normals(seed, Purpose.REFUND_AGE, day, cells, turn))
    soon = paid_at + np.minimum((BEFORE_HOURS * 60 * even(Purpose.REFUND_AGE, 2)), shipped - paid_at - 5).astype(
        np.int64
    )
    asked = np.maximum(paid_at + (np.minimum(age, REFUND_AGE_MOST) * MINUTES).astype(np.int64), delivered + 600)
    refund_minute = np.where(before, np.maximum(soon, paid_at + 1), np.where(after, asked, -1))
    refunded = before | after
    kept = after & (even(Purpose.REFUND, 3) < LOST)
    spoiled = after & ~kept & (even(Purpose.REFUND, 4) < place.terms.unsellable)
    bad = np.where(
        late, np.maximum(LATE_BAD, bad_share(assortment, state)[product]), bad_share(assortment, state)[product]
    )
    bad = np.where(after & ((reason == QUALITY) | (reason == BROKEN)), np.maximum(bad, 0.6), bad)
    speaks = ~before & (even(Purpose.REVIEW) < REVIEWED)
    grade = even(Purpose.STARS)
    low = 1 + np.minimum((grade / np.maximum(bad, 1e-9) * 3).astype(np.int64), 2)
    stars = np.where(grade < bad, low, np.where(grade > 1 - 0.15 * (1 - bad), 4, 5))
    spoken = delivered + ((0.5 + 4 * even(Purpose.REVIEW, 1)) * MINUTES).astype(np.int64)
    return Sent(
        place=region,
        courier=courier,
        due=paid_at
        + np.round(SHIP_BY_DAYS * MINUTES + (state.promise - assortment.promise)[product] * MINUTES).astype(np.int64),
        shipped=np.where(before, -1, shipped),
        delivered=np.where(before, -1, delivered),
        refund_day=np.where(refunded, refund_minute // MINUTES, -1),
        refund_minute=refund_minute,
        before=before,
        kept_goods=kept,
        unsellable=spoiled,
        reason=np.where(refunded, reason, -1),
        review_minute=np.where(speaks, spoken, -1),
        stars=np.where(speaks, stars, 0),
        fake=brushed,
    )
