"""What changes from day to day in a practice shop, small enough to copy for a world in which something else was done."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace

import numpy as np

from zhanggui.practice.beside import Threshold
from zhanggui.practice.chance import Flags, Floats, Ints
from zhanggui.practice.events import Event
from zhanggui.practice.kinds import Terms
from zhanggui.practice.opening import Assortment, paid_orders

STAR_MEMORY = 0.5 ** (1 / 45)
"""A review weighs half after 45 days."""
STAR_PRIOR = 12.0
OPENING_DAYS_OF_STOCK = 55
LISTED_BEFORE, NOT_LISTED = -90, 1_000_000
"""Days of the world on which products were listed that were there at the opening, and on which those outside the range will be."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Goods on their way from a supplier."""

    arrives: int
    product: int
    units: Floats  # by size


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was altered in a listing or a plan. ``factors`` are what it multiplied in the state, so that it can be put back."""

    id: str
    day: int
    product: int
    what: str
    before: str
    after: str
    by: str
    factors: tuple[tuple[str, float], ...] = ()
    logged: bool = True


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that was done until a day: then ``name`` of the product goes up by ``more`` and is multiplied by ``times``."""

    day: int
    product: int
    name: str
    more: float = 0.0
    times: float = 1.0


@dataclass(slots=True)
class State:
    """Arrays over products (P), sizes (Z); everything an action or a trouble can move."""

    price: Floats
    offer: Floats  # ordinary shop coupon, share of the price
    stacked: Floats  # second coupon that stacks on the first
    cost: Floats
    least: Floats  # smallest quantity per order
    image: Floats  # click-through, against the opening
    title: Floats  # search visitors, against the opening
    page: Floats  # conversion, against the opening
    chart: Floats  # size refunds, against the opening
    described: Floats
    packed: Floats  # damage
    batch: Floats  # quality refunds of what the supplier sends now
    box: Floats  # packing per order
    promise: Floats
    budget: Floats
    feed: Floats  # extra visitors bought, share of the product's own
    feed_price: Floats  # per extra visitor
    fed_until: Floats
    varied_until: Floats  # until when the budget goes up and down by pairs of days
    selling: Flags
    stock: Floats  # (P, Z)
    forgotten: Floats  # (P, Z) 1 where the owner's habit does not reorder
    stars: Floats  # weighted sum of stars
    reviews: Floats  # weighted number of reviews
    drift: Floats  # log interest
    fans: float  # past buyers, weighted by age, against the opening
    common: float  # the shop's own slow luck, log
    audited: Flags
    haste: Floats  # how often buyers change their mind today, against the opening
    place: Floats  # search visitors that a place in search brings, against the opening
    outbid: Floats  # what rivals that bid more left of the place
    fond: Floats  # how often those who search for it buy, against the opening
    tide: Floats  # how many search for it, against the opening
    fresh: Floats  # visitors a day of a new listing
    listed: Ints  # day of the world on which it was listed
    beside: Floats  # (P, P) share of the orders of one that take another along because it is shown beside it
    inbound: list[Parcel] = field(default_factory=list)
    moved: list[tuple[int, int, float]] = field(default_factory=list)  # visitors led from one product to another
    lately: Floats = field(default_factory=lambda: np.zeros((0, 0, 0)))  # (28, P, Z) units sold on the last days
    pace: Floats = field(default_factory=lambda: np.zeros((0, 0)))  # (P, Z) units wanted a day, half-life two weeks
    back: dict[int, Floats] = field(default_factory=dict)  # day → (P, Z) units that come back on the shelf
    said: dict[int, tuple[Floats, Floats]] = field(
        default_factory=dict
    )  # day → (P) stars and number of the day's reviews
    changes: list[Change] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    early: dict[int, Floats] = field(default_factory=dict)  # day → (P) orders bought already in an event
    member: dict[int, int] = field(default_factory=dict)  # member day → product that is given
    thresholds: list[Threshold] = field(default_factory=list)
    aimed: list[tuple[int, float]] = field(default_factory=list)  # visitors a day led to a niche
    shown: list[tuple[int, int]] = field(default_factory=list)  # pairs that the shop shows together
    endings: list[Ending] = field(default_factory=list)
    provision: float = 0.0  # written off for stock beyond what will sell

    def copy(self) -> State:
        """A state that can go its own way."""
        made = copy(self)
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if isinstance(value, np.ndarray):
                setattr(made, name, value.copy())
        made.inbound = [replace(parcel, units=parcel.units.copy()) for parcel in self.inbound]
        made.moved, made.changes, made.said = list(self.moved), list(self.changes), dict(self.said)
        made.events, made.thresholds, made.aimed = list(self.events), list(self.thresholds), list(self.aimed)
        made.early = {day: orders.copy() for day, orders in self.early.items()}
        made.member, made.shown = dict(self.member), list(self.shown)
        made.endings = list(self.endings)
        made.back = {day: units.copy() for day, units in self.back.items()}
        return made

    def rating(self) -> Floats:
        """Stars as a visitor sees them."""
        return self.stars / self.reviews


def opening_state(assortment: Assortment, terms: Terms) -> State:
    """The shop on its first morning: stock for eight weeks, reviews of the past behind it."""
    count, sizes = assortment.sizes.shape
    ones = np.ones(count)
    daily = (paid_orders(assortment) * assortment.units)[:, None] * assortment.sizes
    there = assortment.base.sum(axis=1) > 0
    return State(
        price=assortment.price.copy(),
        offer=0.0 * ones,
        stacked=0.0 * ones,
        cost=assortment.cost.copy(),
        least=ones.copy(),
        image=ones.copy(),
        title=ones.copy(),
        page=ones.copy(),
        chart=ones.copy(),
        described=ones.copy(),
        packed=ones.copy(),
        batch=ones.copy(),
        box=np.full(count, terms.packing),
        promise=assortment.promise.copy(),
        budget=assortment.budget.copy(),
        feed=0.0 * ones,
        feed_price=0.0 * ones,
        fed_until=0.0 * ones,
        varied_until=0.0 * ones,
        selling=there,
        stock=np.ceil(daily * OPENING_DAYS_OF_STOCK),
        forgotten=np.zeros((count, sizes)),
        stars=assortment.stars * STAR_PRIOR * 4,
        reviews=np.full(count, STAR_PRIOR * 4),
        drift=0.0 * ones,
        fans=1.0,
        common=0.0,
        audited=np.zeros(count, dtype=bool),
        haste=ones.copy(),
        place=ones.copy(),
        outbid=ones.copy(),
        fond=ones.copy(),
        tide=ones.copy(),
        fresh=0.0 * ones,
        listed=np.where(there, LISTED_BEFORE, NOT_LISTED),
        beside=np.zeros((count, count)),
        lately=np.repeat(daily[None], 28, axis=0),
        pace=daily.copy(),
    )
