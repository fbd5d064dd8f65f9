"""The nouns of a practice shop: its character, what stands fixed in it, its trouble, a move, a day's reckoning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

SOURCES = ("search", "recommend", "direct", "ads", "live")
SEARCH, RECOMMEND, DIRECT, ADS, LIVE = range(5)
SIZES = ("XS", "S", "M", "L", "XL", "XXL", "3XL")
COURIERS = ("north", "east", "south")
REASONS = ("mind", "size", "described", "broken", "quality")
MIND, SIZE, DESCRIBED, BROKEN, QUALITY = range(5)

Cause = Literal[
    "broken_sizes",
    "price_raised",
    "bad_reviews",
    "bad_title",
    "bad_image",
    "worse_packing",
    "wrong_chart",
    "wrong_description",
    "stacked_coupons",
    "forgotten_reorder",
    "mispriced",
    "ads_over",
    "ads_under",
    "good_image",
    "weak_hero",
    "slow_delivery",
    "outbid",
    "niche",
    "companions",
    "dear_gift",
    "launch",
]
"""Why a planted trouble is there, or where a planted opportunity lies."""


@dataclass(frozen=True, slots=True)
class Character:
    """What kind of shop it is. Shares are of one, money in the shop's currency, ``visitors`` come a day
    and ``conversion`` of them buy.

    ``breaks`` names the assumptions of common methods that do not hold in it. ``refund_before`` and ``refund_after`` are the shares of
    orders refunded before and after shipment; ``drift`` is the weekly standard deviation of a product's log interest, ``noise`` the day's
    coefficient of variation beyond counting; ``substitution`` the share of lost buyers who take a sibling; ``halo`` the mean of organic
    visitors gained per paid one (negative: paid takes from organic); ``claims`` the share of organic buyers that the ad report claims;
    ``rival_sales`` the chance that a product's rival is on sale in a fortnight; ``willing`` the chance that the owner does an action of
    half an hour. ``events`` is
    after how many weeks the platform offers the next event (0 = never), ``waiting`` how many products outside the range could be added,
    and ``cases`` are planted beside the troubles that come to every shop.
    """

    name: str
    visitors: float
    products: int
    price: float
    conversion: float
    sized: bool = False
    categories: int = 3
    refund_before: float = 0.05
    refund_after: float = 0.10
    drift: float = 0.01
    noise: float = 0.12
    substitution: float = 0.15
    bulk: float = 0.0
    halo: float = 0.1
    claims: float = 0.2
    seen: float = 1.5
    attach: float = 0.25
    live_share: float = 0.05
    masked: bool = False
    presale: bool = False
    festival: bool = False
    brushed: bool = False
    rival_sales: float = 0.03
    season: float = 0.0
    two_at_once: bool = False
    willing: float = 1.0
    troubles: float = 1.0
    minutes: int = 120
    events: int = 0
    waiting: int = 0
    cases: tuple[Cause, ...] = ()
    breaks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """An action as the shop does it: a kind of the closed set, its target, and the rows of its draft."""

    kind: str
    where: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()
    id: str = ""

    @property
    def product(self) -> str:
        """The product it aims at; empty for the whole shop."""
        return self.where.get("product_id", "")


@dataclass(frozen=True, slots=True)
class Made:
    """A move as it was taken up: on which day of the world, and whether the shop could do anything with it."""

    day: int
    move: Move
    taken: bool
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """A planted trouble or opportunity: what, where, from which day of the world, and how strong."""

    cause: Cause
    product: int
    day: int
    strength: float
    other: int = -1


LINES = (
    "sales",
    "refunds",
    "goods",
    "goods_back",
    "unsellable",
    "freight",
    "packing",
    "fees",
    "ads",
    "return_freight",
    "handling",
    "holding",
    "offers",
)
"""The lines of the books, in cents, all positive; contribution adds ``sales`` and ``goods_back`` and takes off the rest."""
GAINS = ("sales", "goods_back")


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Contribution profit over a span of days. ``lines`` are booked amounts on their own days; ``contribution`` is their balance.
    ``expected`` is the same by order day, with refunds still to come, unsold excess stock and no luck of the draw in it."""

    start: date
    end: date
    lines: Mapping[str, float]
    contribution: float
    expected: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What a move truly does to contribution profit: money a week over ``days``, with its standard error over replays."""

    per_week: float
    error: float
    days: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What one order costs and brings beside its goods; known to the owner (the cost sheet)."""

    freight: float = 6.0
    packing: float = 1.0
    fee: float = 0.036
    live_commission: float = 0.20
    return_freight: float = 6.0
    handling: float = 2.0
    unsellable: float = 0.10
    lead_days: int = 9
    salvage: float = 0.3
    holding_per_week: float = 0.004
    provision_days: int = 70
