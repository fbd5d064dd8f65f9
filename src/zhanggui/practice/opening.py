"""The shop as it opens: its products and what they are worth, drawn from the seed by the character's measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from zhanggui.practice.chance import Flags, Floats, Ints, Purpose, normals, uniforms
from zhanggui.practice.kinds import ADS, DIRECT, LIVE, RECOMMEND, SEARCH, SIZES, SOURCES, Character, Terms

SIZE_SHARES = (0.082, 0.131, 0.173, 0.167, 0.163, 0.155, 0.129)
"""Share of each size among apparel orders (docs/practice.md: XS to 3XL of a seller's order report)."""
SOURCE_SHARES = {SEARCH: 0.40, RECOMMEND: 0.25, DIRECT: 0.15}
SOURCE_RATES = {SEARCH: 1.15, RECOMMEND: 0.75, DIRECT: 1.7, ADS: 0.85, LIVE: 1.1}
PAID_SHARE = 0.28
"""Share of all visitors that advertising brings."""
REACHED = (0.2, 0.8)
HABITS = {
    "stretching": (0.05, 0.25),
    "taking": (0.1, 0.25),
    "member_more": (0.1, 0.4),
    "member_later": (0.3, 0.7),
    "takes_new": (0.005, 0.035),
    "takes_shown": (0.005, 0.04),
}
"""Shares of a shop's buyers, drawn evenly between these ends once for its life (docs/practice.md: trade)."""
REASON_SHARES = (0.34, 0.20, 0.16, 0.12, 0.18)
"""Change of mind, size, not as described, broken, quality: how refunds after shipment divide where nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Assortment:
    """What stands fixed: arrays over products (P), sources (S), sizes (Z)."""

    category: Ints  # (P)
    base: Floats  # (P, S) visitors a day before season, events, drift
    rate: Floats  # (P, S) chance that a visitor wants to buy at the opening price
    elasticity: Floats  # (P)
    price: Floats  # (P) at the opening
    cost: Floats  # (P)
    sizes: Floats  # (P, Z) share of buyers by size
    units: Floats  # (P) mean units an order takes
    before: Floats  # (P) share refunded before shipment
    after: Floats  # (P) share refunded after shipment
    stars: Floats  # (P) mean stars where nothing is wrong
    click: Floats  # (P) click-through
    budget: Floats  # (P) advertising a day at the opening
    bought: Floats  # (P) visits a day that the opening budget buys
    half: Floats  # (P) budget at which half of all visits there are to buy are bought
    halo: Floats  # (P) organic visitors gained per paid one
    promise: Floats  # (P) days until delivery promised
    hidden: Floats  # (P) what an audit of the listing would find to mend, as a lift
    lead: Ints  # (P) days from order to shelf
    minimum: Ints  # (P) smallest order
    chasing: Flags  # (P) whether the owner's habit of ordering goods covers it
    climb: Floats  # (P) share of a lost place in search that bought visits win back
    reach: Floats  # (P) visitors that can be led to it by its own titles and slots, of those who search for it
    stretching: float  # share of those just below a threshold who take more to reach it
    taking: float  # share of past buyers who take the gift of a member day
    member_more: float  # by which share more of them come on it
    member_later: float  # which part of these would have come in the days after
    takes_new: float  # share of orders that take something of a new category along
    takes_shown: float  # share of a product's orders that take what is shown beside it

    @property
    def products(self) -> int:
        return len(self.price)


def paid_orders(assortment: Assortment) -> Floats:
    """Orders a day by product at the opening, of all sources."""
    return np.asarray((visits(assortment) * assortment.rate).sum(axis=1), dtype=np.float64)


def visits(assortment: Assortment) -> Floats:
    """Visitors a day (P, S) at the opening, paid ones included."""
    base = assortment.base.copy()
    base[:, ADS] += assortment.bought
    return base


def opened(character: Character, seed: int, terms: Terms) -> Assortment:
    """Draw a shop of this character."""
    count = character.products + character.waiting
    each = np.arange(count)

    def normal(what: int) -> Floats:
        return normals(seed, Purpose.OPENING, what, each)

    def even(what: int) -> Floats:
        return uniforms(seed, Purpose.OPENING, what, each)

    liked = np.exp(0.75 * normal(1)) * (each < character.products)
    liked /= liked.sum()
    shares = np.zeros(len(SOURCES))
    for source, share in SOURCE_SHARES.items():
        shares[source] = share
    shares[LIVE] = character.live_share
    organic = character.visitors * character.seen * (1 - PAID_SHARE)
    mix = (
        shares / shares.sum() * np.exp(0.2 * normals(seed, Purpose.OPENING, 2, each[:, None], np.arange(len(SOURCES))))
    )
    mix[:, ADS] = 0
    base = organic * liked[:, None] * mix / mix.sum(axis=1, keepdims=True)
    own_rate = character.conversion / character.seen * np.exp(0.22 * normal(3))
    rate = own_rate[:, None] * np.array([SOURCE_RATES[source] for source in range(len(SOURCES))])
    elasticity = -np.clip(2.62 + 0.6 * normal(4), 1.4, 4.5)
    drawn = np.clip(character.price * np.exp(0.35 * normal(5)), 25, 2000)
    price: Floats = np.asarray(np.round(drawn), dtype=np.float64) - 0.1
    before = np.clip(character.refund_before * np.exp(0.15 * normal(6)), 0.005, 0.4)
    after = np.clip(character.refund_after * np.exp(0.2 * normal(7)), 0.01, 0.5)
    units = 1.0 + 0.15 * even(8)
    kept = 1 - before - after
    # Priced near the best price, as shops that live by their prices are: what a unit leaves is what is kept of its price ÷ |elasticity|,
    # give or take a fourteenth.
    wanted = (kept - terms.fee) * price / -elasticity * np.exp(0.07 * normal(9))
    lost = 0.9 * after * (terms.return_freight + terms.handling) + (1 - before) * (terms.freight + terms.packing)
    cost = (price * (kept - terms.fee) - lost - wanted) / (kept + after * (0.1 + 0.9 * terms.unsellable))
    cost = np.asarray(np.round(np.clip(cost, 0.12 * price, 0.72 * price), 2), dtype=np.float64)
    sizes = np.zeros((count, len(SIZES) if character.sized else 1))
    if character.sized:
        grid = np.arange(len(SIZES))
        sizes[:] = np.array(SIZE_SHARES) * np.exp(0.15 * normals(seed, Purpose.OPENING, 10, each[:, None], grid))
        sizes /= sizes.sum(axis=1, keepdims=True)
    else:
        sizes[:] = 1.0
    budget, bought, half = _advertising(character, base, rate, price, cost, terms, before, after, normal(11), even(12))
    promised = np.round(3 + 2 * even(13))
    return Assortment(
        category=np.where(each < character.products, each % character.categories, character.categories),
        base=base,
        rate=rate,
        elasticity=elasticity,
        price=price,
        cost=cost,
        sizes=sizes,
        units=units,
        before=before,
        after=after,
        stars=4.55 + 0.12 * np.clip(normal(14), -2, 2),
        click=0.045 * np.exp(0.2 * normal(15)),
        budget=budget,
        bought=bought,
        half=half,
        halo=np.clip(character.halo + 0.2 * normal(16), -0.6, 0.6),
        promise=promised,
        hidden=np.clip(0.08 * even(17) - 0.02, 0, 0.06),
        lead=np.full(count, terms.lead_days) + np.floor(4 * even(18)).astype(np.int64),
        minimum=np.full(count, 10),
        chasing=even(19) > 0.12,
        climb=uniforms(seed, Purpose.CLIMB, each),
        reach=between(REACHED, uniforms(seed, Purpose.REACH, each)),
        **{
            name: float(between(ends, uniforms(seed, Purpose.HABITS, nth))[0])
            for nth, (name, ends) in enumerate(HABITS.items())
        },
    )


def between(ends: tuple[float, float], draws: Any) -> Any:
    """Even draws as numbers between two ends."""
    low, high = ends
    return low + (high - low) * draws


def _advertising(
    character: Character,
    base: Floats,
    rate: Floats,
    price: Floats,
    cost: Floats,
    terms: Terms,
    before: Floats,
    after: Floats,
    luck: Floats,
    bend: Floats,
) -> tuple[Floats, Floats, Floats]:
    """Budgets of the products that are advertised (the more visited half), spread around where the last yuan just comes back."""
    from zhanggui.practice.margin import order_margin

    organic = base.sum(axis=1)
    advertised = organic >= np.median(organic[organic > 0])
    bought = np.where(
        advertised, organic * character.visitors * character.seen * PAID_SHARE / organic[advertised].sum(), 0.0
    )
    worth = rate[:, ADS] * order_margin(price, cost, np.ones_like(price), before, after, terms)
    last = 0.4 + 0.35 * bend  # share of a click that the last yuan still buys, of what the mean yuan buys
    paid = np.maximum(worth * last / np.exp(0.3 * luck), 0.05)  # per click
    budget = np.round(bought * paid, 2)
    half = np.where(budget > 0, budget * last / (1 - last), 1.0)
    return budget, bought, half
