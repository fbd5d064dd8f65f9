"""Where orders came from, and what ad platforms claim."""

from __future__ import annotations

from datetime import date

from zhanggui.api.told.common import Span, Told


class Sold(Told):
    """Counted orders and their money; an empty source or witness is unknown."""

    orders: float
    gross: float
    net: float


class OfSource(Sold):
    """Those of one source."""

    source: str


class OfWitness(Sold):
    """Those whose source one witness told."""

    source_by: str


class Claim(Told):
    """What a platform claims, beside the orders that name it as their paid source; never to be added."""

    platform: str
    cost: float
    claimed_orders: float
    claimed: float
    own_orders: float
    own: float
    gap: float


class OfPlatform(Claim):
    """``first`` … ``last`` are the days its reports cover; ``beyond`` is what it claims above its own and all unknown sales of them."""

    first: date
    last: date
    unknown: float
    beyond: float


class OfCampaign(Claim):
    """The claim of one campaign; an empty one is that of paid orders which name none of the report's."""

    campaign: str


class Origins(Told):
    """Sources of orders and claims on them."""

    period: Span
    gross: float
    unknown_share: float | None
    sources: list[OfSource]
    witnesses: list[OfWitness]
    platforms: list[OfPlatform]
    campaigns: list[OfCampaign]


class Heard(Told):
    """What one witness says of an order's source; empty where it knows nothing."""

    channel: str
    order_id: str
    witness: str
    source: str
    campaign: str
    seen_in: str
    decides: bool


class Witnesses(Told):
    """All of them, in the order in which they are heard."""

    heard: list[Heard]
