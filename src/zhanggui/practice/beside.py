"""What goes into a parcel beside what was wanted: a second product shown with the first, a gift of a member day, more for a threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhanggui.practice.chance import Flags, Floats, Ints
from zhanggui.practice.kinds import DIRECT

if TYPE_CHECKING:
    from zhanggui.practice.opening import Assortment
    from zhanggui.practice.state import State

NEAR = 0.25
"""Who lacks less than a quarter of a threshold may stretch to it."""
STRETCH = 0.5
"""Draws of a second line: lowest lies the usual share of add-ons, then what is shown beside the product; from here on who stretches to a
threshold; and highest who takes a gift."""
SHIFT_DAYS = 6


@dataclass(frozen=True, slots=True)
class Threshold:
    """From ``at`` on an order gets a gift that costs ``gift``; since a day, until one (-1: it stands)."""

    since: int
    at: float
    gift: float
    until: int = -1


def standing(state: State) -> Threshold | None:
    """The threshold of today."""
    return next((one for one in state.thresholds if one.until < 0), None)


def near(value: Floats, threshold: Threshold | None) -> Flags:
    """Which order values lie just below the threshold."""
    if threshold is None:
        return np.zeros(len(value), dtype=bool)
    return np.asarray((value >= (1 - NEAR) * threshold.at) & (value < threshold.at))


def taken(
    assortment: Assortment,
    state: State,
    day: int,
    attach: float,
    draws: Floats,
    product: Ints,
    source: Ints,
    value: Floats,
) -> tuple[Ints, Flags, Flags]:
    """Of orders with these draws and values (money): the product shown beside that each takes (-1: none), who takes today's gift, and who
    stretches to the threshold with whatever else there is."""
    extra = np.full(len(draws), -1)
    shown = state.beside[product]
    ends = attach + np.cumsum(shown, axis=1)
    inside = (draws >= attach) & (draws < np.minimum(ends[:, -1] if len(draws) else 0.0, STRETCH))
    extra[inside] = (draws[inside, None] >= ends[inside]).sum(axis=1)
    gift = state.member.get(day, -1)
    free = (source == DIRECT) & (draws >= 1 - assortment.taking) if gift >= 0 else np.zeros(len(draws), dtype=bool)
    extra[free] = gift
    stretch = near(value, standing(state)) & (draws >= STRETCH) & (draws < STRETCH + assortment.stretching)
    return extra, free, stretch & (extra < 0)


def past_buyers(assortment: Assortment, member: dict[int, int], day: int) -> float:
    """Factor on the visits of past buyers: more on a member day, half of them out of the days after."""
    if not member:
        return 1.0
    if day in member:
        return 1 + assortment.member_more
    lately = sum(day - SHIFT_DAYS <= other < day for other in member)
    return 1 - lately * assortment.member_more * assortment.member_later / SHIFT_DAYS


def mean_beside(
    assortment: Assortment,
    state: State,
    day: int,
    attach: float,
    orders: Floats,
    paid: Floats,
    worth: Floats,
    cost: Floats,
    shares: Floats,
) -> tuple[Floats, Floats]:
    """The same by means, of ``orders`` (P, S): what it brings by product of the first line (P), and units of each product taken (P).
    ``worth`` (P) is what a second line of a unit brings, ``shares`` (P) which products second lines are of."""
    whole = orders.sum(axis=1)
    there = state.stock.sum(axis=1) > 0
    units = (whole @ state.beside) * there
    brings = whole * (state.beside @ (worth * there))
    gift = state.member.get(day, -1)
    if gift >= 0 and there[gift]:
        given = orders[:, DIRECT] * assortment.taking
        brings = brings - given * cost[gift]
        units = units.copy()
        units[gift] += given.sum()
    threshold = standing(state)
    if threshold is not None:
        stretch = near(paid, threshold) * assortment.stretching
        reach = ((paid[:, None] + paid) >= threshold.at) @ shares
        above = np.where(paid >= threshold.at, 1.0, (attach + stretch) * reach)
        brings = brings + whole * (stretch * float(shares @ worth) - above * threshold.gift)
        units = units + float(whole @ stretch) * shares
    return brings, units
