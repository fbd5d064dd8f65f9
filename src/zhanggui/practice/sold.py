"""Orders of one day as arrays: what was bought, by whom, how it was sent, what came back, what was said of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhanggui.practice.chance import Flags, Floats, Ints


@dataclass(frozen=True, slots=True)
class Sold:
    """One day's orders (N). Times are minutes since the world's first midnight; ``-1`` = never. Amounts are cents."""

    day: int
    source: Ints
    product: Ints
    size: Ints
    units: Ints
    price: Ints  # list price of a unit
    paid: Ints  # for the main line
    cost: Ints  # of a unit
    extra: Ints  # product of the second line, -1 = none
    extra_size: Ints
    extra_price: Ints
    extra_paid: Ints
    extra_cost: Ints
    placed: Ints
    minute: Ints  # of payment; of a presale, of its balance
    deposit: Ints  # paid when a presale was placed
    buyer: Ints  # number of the customer
    fresh: Flags  # first order
    place: Ints  # region
    courier: Ints
    due: Ints  # until when shipment is promised
    shipped: Ints
    delivered: Ints
    fee: Ints
    commission: Ints
    refund_day: Ints
    refund_minute: Ints
    before: Flags  # refunded before shipment
    kept_goods: Flags  # refunded without the goods coming back
    unsellable: Flags  # came back but cannot be sold again
    reason: Ints
    review_minute: Ints
    stars: Ints
    unpaid: Ints  # (U) minutes at which orders were placed and never paid
    unpaid_product: Ints
    unpaid_amount: Ints
    box: Ints  # packing of this order
    fake: Flags  # placed by a rival to spoil the figures

    @property
    def count(self) -> int:
        return len(self.product)


@dataclass(frozen=True, slots=True)
class Seen:
    """One day's traffic: integers by product and source (P, S), and the shop's own."""

    day: int
    visitors: Ints
    impressions: Ints
    carts: Ints
    favourites: Ints
    ordered: Ints
    paid: Ints
    amount: Ints  # cents
    by_product: tuple[Ints, Ints, Ints]  # (P) unique visitors, buyers, cart visitors
    by_source: tuple[Ints, Ints]  # (S) unique visitors, buyers
    shop: tuple[int, int, int]  # unique visitors, paying buyers, ordering buyers
    ad_cost: Ints  # (P) cents
    ad_impressions: Ints
    ad_orders: Floats  # claimed
    ad_revenue: Ints  # claimed, cents
    budget: Floats
    quality: Floats
    feed_cost: Ints
    feed_visitors: Ints


def cents(amount: Floats | float) -> Ints:
    """Money as whole cents."""
    return np.asarray(np.round(np.asarray(amount, dtype=np.float64) * 100), dtype=np.int64)
