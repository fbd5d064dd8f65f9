"""What the goods, their packing and their description lead to: refunds by reason, reviews by stars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhanggui.practice.chance import Floats
from zhanggui.practice.kinds import Character, Terms
from zhanggui.practice.opening import REASON_SHARES, Assortment
from zhanggui.practice.state import State

LIVE_REFUNDS = 1.7
"""Buyers of a live show send back more often."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a day is drawn."""

    seed: int
    day: int
    character: Character
    assortment: Assortment
    terms: Terms
    waiting: int = 0  # days until the festival for which a presale runs


def refund_shares(assortment: Assortment, state: State) -> tuple[Floats, Floats]:
    """Share of orders refunded after shipment (P), and how it divides by reason (P, reasons)."""
    factors = np.stack([state.haste, state.chart, state.described, state.packed, state.batch], axis=1)
    weights = factors * np.array(REASON_SHARES)
    return np.minimum(assortment.after * weights.sum(axis=1), 0.85 - assortment.before), weights


def bad_share(assortment: Assortment, state: State) -> Floats:
    """Share of reviews of three stars or less, where the parcel is in time."""
    usual = np.clip((4.85 - assortment.stars) / 2.75, 0.02, 0.6)
    worse = 0.06 * (state.batch - 1) + 0.012 * (state.chart + state.packed - 2) + 0.02 * (state.described - 1)
    return np.asarray(np.clip(usual + np.maximum(worse, -0.5 * usual), 0.01, 0.9), dtype=np.float64)
