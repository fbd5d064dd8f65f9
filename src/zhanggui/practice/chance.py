"""Chance without a state: every draw is a function of the seed, its purpose and what it is for.

A draw for (product, source, day, visitor) is the same number in two worlds that differ by an action, and drawing more in one place
moves nothing in another. So two worlds differ only by what the action causes (common random numbers).
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


class Purpose(IntEnum):
    """What a draw is for. Values are part of a seed's meaning and never change."""

    OPENING = 1
    TREND = 2
    DRIFT = 3
    NOISE = 4
    VISITORS = 5
    BUY = 6
    SIZE = 7
    UNITS = 8
    ADD_ON = 9
    ADD_ON_SIZE = 10
    MINUTE = 11
    REGION = 12
    BUYER = 13
    PAST = 14
    UNPAID = 15
    SUBSTITUTE = 16
    COURIER = 17
    DELIVERY = 18
    REFUND = 19
    REFUND_AGE = 20
    REASON = 21
    REVIEW = 22
    STARS = 23
    FAVOURITE = 24
    BUDGET = 25
    RIVAL = 26
    BULK = 27
    HABIT = 28
    TROUBLE = 29
    TRANSFER = 30
    WILLING = 31
    PEERS = 32
    BRUSHING = 33
    DEVICE = 34
    HIDDEN = 35
    CLICKS = 36
    KEYWORDS = 37
    DEPOSIT = 38
    EVENT = 39
    CLIMB = 40
    REACH = 41
    HABITS = 42


def _mixed(bits: Any) -> Any:
    """The finaliser of SplitMix64 (Steele, Lea & Flood 2014): every bit of the result depends on every bit of ``bits``."""
    bits = (bits ^ (bits >> np.uint64(30))) * _FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * _SECOND
    return bits ^ (bits >> np.uint64(31))


def uniforms(seed: int, purpose: Purpose, *keys: Any) -> Floats:
    """Even draws in (0, 1), one for each broadcast combination of integer keys.

    >>> bool(uniforms(1, Purpose.BUY, 5, 3)[0] == uniforms(1, Purpose.BUY, 5, np.arange(9))[3])
    True
    """
    with np.errstate(over="ignore"):
        bits = _mixed(np.asarray([seed * 1_000_003 + int(purpose)], dtype=np.uint64) * _GOLDEN)
        for key in keys:
            bits = _mixed(bits + (np.asarray(key).astype(np.uint64) + np.uint64(1)) * _GOLDEN)
    return np.asarray((bits >> np.uint64(11)).astype(np.float64) * 2.0**-53 + 2.0**-54, dtype=np.float64)


def normals(seed: int, purpose: Purpose, *keys: Any) -> Floats:
    """Standard normal draws."""
    return np.asarray(special.ndtri(uniforms(seed, purpose, *keys)), dtype=np.float64)


def poisson(draws: Floats, mean: Floats) -> Ints:
    """Counts with the given means, rising with the mean for the same draw (inverse distribution function)."""
    found = np.zeros(np.broadcast(draws, mean).shape)
    mean = np.broadcast_to(mean, found.shape)
    draws = np.broadcast_to(draws, found.shape)
    few = (mean > 0) & (mean < 200)
    many = mean >= 200
    found[few] = np.ceil(np.nan_to_num(special.pdtrik(draws[few], mean[few]), nan=0.0))
    found[many] = np.round(mean[many] + np.sqrt(mean[many]) * special.ndtri(draws[many]))
    return np.asarray(np.maximum(found, 0), dtype=np.int64)


def gammas(draws: Floats, spread: float) -> Floats:
    """Factors of mean 1 and coefficient of variation ``spread``."""
    if spread <= 0:
        return np.ones_like(draws)
    shape = 1.0 / spread**2
    return np.asarray(special.gammaincinv(shape, draws) / shape, dtype=np.float64)


def choice(draws: Floats, weights: Floats) -> Ints:
    """Which of the weighted items each draw takes; ``weights`` is (items) or (draws, items)."""
    ends = np.cumsum(weights, axis=-1)
    ends = ends / ends[..., -1:]
    if ends.ndim == 1:
        return np.asarray(np.searchsorted(ends, draws, side="right").clip(0, len(ends) - 1), dtype=np.int64)
    return np.asarray((draws[:, None] > ends).sum(axis=1).clip(0, ends.shape[1] - 1), dtype=np.int64)
