"""What was to be expected of hundreds of series at once (every product's week), each judged with what all of them teach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
HALF_LIVES = (np.inf, 26.0, 10.0)
FEWEST_BLOCKS = 4


@dataclass(frozen=True, slots=True)
class Expectations:
    """Arrays (series,) with the meaning of :class:`~zhanggui.methods.expectation.Expectation`; ``scale`` is the relative spread
    of a block around its expectation, ``half_life`` how fast the past was forgotten (blocks)."""

    expected: Floats
    low: Floats
    high: Floats
    p_two_sided: Floats
    p_low: Floats
    p_high: Floats
    scale: Floats
    half_life: float
    method: str
    level: float


def expect_many(
    history: npt.ArrayLike,
    observed: npt.ArrayLike,
    *,
    exposure: npt.ArrayLike | None = None,
    kind: Literal["count", "money"] = "count",
    level: float = 0.9,
    half_lives: Sequence[float] = HALF_LIVES,
) -> Expectations | Refusal:
    """What each series' next block was to be, and how surprising ``observed`` (series,) is.

    ``history`` (series, blocks) ≥ 0. ``exposure`` (blocks + 1,) or (series, blocks + 1): what all series move with (the shop's
    orders), the last for the next block; only its proportions matter. ``kind``: ``count`` is judged by a negative binomial
    (gamma-Poisson) with dispersion by moments, shrunk over the series; ``money`` by a Student-t on the log scale with a shrunk spread.
    ``half_lives`` are tried on one-step-ahead errors of all series together. p-values of counts are mid-p,
    averaged (geometrically) with the rank among the series' own past where the value lies within it.

    Refuses ``empty`` without series, ``too_short`` below 4 blocks, ``constant`` if nothing was ever sold, ``no_exposure`` if there
    never was anything to sell to. A block without exposure says nothing of a series.
    """
    values, seen = np.asarray(history, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    if values.ndim != 2 or seen.shape != (values.shape[0],):
        raise ValueError(f"history {values.shape} is (series, blocks) and observed {seen.shape} is (series,)")
    if values.shape[0] == 0:
        return Refusal("empty", needed=1, have=0)
    if values.shape[1] < FEWEST_BLOCKS:
        return Refusal("too_short", needed=FEWEST_BLOCKS, have=values.shape[1])
    if not values.max() > 0:
        return Refusal("constant", needed=2, have=1)
    share = (
        np.ones((1, values.shape[1] + 1)) if exposure is None else np.atleast_2d(np.asarray(exposure, dtype=np.float64))
    )
    if share.shape[1] != values.shape[1] + 1:
        raise ValueError(
            f"exposure has one value a block and one for the next: {values.shape[1] + 1}, not {share.shape[1]}"
        )
    usual = share[:, :-1].mean(axis=1, keepdims=True)
    if not usual.min() > 0:
        return Refusal("no_exposure", needed=1, have=0)
    share = share / usual
    judge = _counts if kind == "count" else _money
    return judge(values, seen, share, level, _half_life(values, share, half_lives, kind))


def _weights(blocks: int, half_life: float) -> Floats:
    age = np.arange(blocks - 1, -1, -1)
    return np.asarray(0.5 ** (age / half_life))


def _half_life(values: Floats, share: Floats, half_lives: Sequence[float], kind: str) -> float:
    """The half-life whose one-step-ahead misses over the later half of all series are smallest; longer ones unless 1 % better."""
    best, least = half_lives[0], np.inf
    if len(half_lives) == 1:
        return best
    blocks = values.shape[1]
    for half_life in half_lives:
        keep = 0.5 ** (1 / half_life)
        sold, at = np.zeros(values.shape[0]), np.zeros(share.shape[0])
        loss = 0.0
        for t in range(blocks):
            if t >= blocks // 2:
                rate = (sold + 0.5) / np.maximum(at, 1e-12) * share[:, t]
                # Square roots make small and large, calm and bursty series count alike.
                loss += float(np.abs(np.sqrt(values[:, t]) - np.sqrt(rate)).mean()) if kind == "count" else 0.0
                if kind == "money":
                    loss += float(np.abs(np.log1p(values[:, t] / rate.clip(1e-12)) - np.log(2)).mean())
            sold, at = keep * sold + values[:, t], keep * at + share[:, t]
        if loss < 0.99 * least:
            best, least = half_life, loss
    return best


def _counts(values: Floats, seen: Floats, share: Floats, level: float, half_life: float) -> Expectations:
    blocks = values.shape[1]
    weights = _weights(blocks, half_life)
    past, ahead = share[:, :-1], share[:, -1]
    at = (weights * past).sum(axis=1)
    # Half a unit in all the history: a product never sold is not impossible.
    rate = (values @ weights + 0.5 * weights.mean()) / at
    spread = _dispersion(values, rate[:, None] * past)
    mean = np.maximum(rate * ahead, 1e-9)
    known = weights.sum() ** 2 / np.square(weights).sum()
    variance = mean + spread * mean**2 + mean * mean * (1 / np.maximum(rate, 1e-9) + spread) / known
    size = mean**2 / np.maximum(variance - mean, 1e-12 * mean)
    by_shape = negative_binomial_tails(seen, mean, size)
    by_rank = _ranks(values, rate[:, None] * past, seen, mean, spread)
    opened = (past > 0).sum(axis=1)
    p_low, p_high = (_blend(shape, rank, opened) for shape, rank in zip(by_shape, by_rank, strict=True))
    low, high = negative_binomial_ends(mean, size, level)
    return Expectations(
        mean,
        low,
        high,
        np.minimum(1.0, 2 * np.minimum(p_low, p_high)),
        p_low,
        p_high,
        np.sqrt(variance) / mean,
        half_life,
        "negative_binomial",
        level,
    )


def _ranks(values: Floats, mean: Floats, seen: Floats, ahead: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Conformal p-values (low, high) of what was seen among each series' own past blocks with exposure, as standardised misses."""
    open_blocks = np.broadcast_to(mean > 0, values.shape)
    deviation = np.sqrt(mean + spread[:, None] * mean**2)
    past = np.divide(values - mean, deviation, out=np.full(values.shape, np.nan), where=open_blocks)
    now = ((seen - ahead) / np.sqrt(ahead + spread * ahead**2))[:, None]
    below = ((past < now).sum(axis=1) + 0.5 * (past == now).sum(axis=1) + 0.5) / (open_blocks.sum(axis=1) + 1)
    return below, 1 - below


def _blend(by_shape: Floats, by_rank: Floats, blocks: npt.NDArray[np.int64]) -> Floats:
    """Within the range of the past the shape and the rank speak together, beyond it the shape alone."""
    inside = np.sqrt(by_shape * by_rank)
    return np.where(by_rank < 1 / (blocks + 1), np.minimum(by_shape, 1 / (blocks + 1)), inside)


def _dispersion(values: Floats, mean: Floats) -> Floats:
    """Variance beyond Poisson as a share of mean² (series,): each series' moment estimate, drawn to that of all by how little it knows."""
    blocks = values.shape[1]
    square = np.square(mean).sum(axis=1)
    excess = np.square(values - mean) * blocks / max(blocks - 1, 1) - mean
    own = excess.sum(axis=1) / np.maximum(square, 1e-12)
    common = max(float(excess.sum() / max(square.sum(), 1e-12)), 0.0)
    # Var of the moment estimate: 2 (μ + φμ²)² and the Poisson's fourth moment μ, summed over blocks.
    noise = (2 * np.square(mean + common * mean**2) + mean).sum(axis=1) / np.maximum(np.square(square), 1e-12)
    weight = 1 / np.maximum(noise, 1e-12)
    between = max(float((weight**2 * (np.square(own - common) - noise)).sum() / (weight**2).sum()), 0.0)
    shrunk = common + between / np.maximum(between + noise, 1e-12) * (own - common)
    return np.asarray(np.clip(shrunk, 0.25 * common, 25.0))


def negative_binomial_tails(seen: npt.ArrayLike, mean: npt.ArrayLike, size: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Mid-p of a count as low and as high as ``seen`` under a negative binomial with variance mean + mean² / size; NaN stays NaN."""
    from scipy.special import betainc

    x, m, k = (np.asarray(a, dtype=np.float64) for a in (seen, mean, size))
    success = k / (k + m)
    known = np.where(np.isnan(x), 0.0, np.floor(x))
    up_to = betainc(k, known + 1, success)
    below = np.where(known > 0, betainc(k, np.maximum(known, 1.0), success), 0.0)
    p_low = np.where(np.isnan(x), np.nan, (up_to + below) / 2)
    return p_low, 1 - p_low


def negative_binomial_ends(mean: Floats, size: Floats, level: float) -> tuple[Floats, Floats]:
    """The smallest counts with at least (1 − level)/2 and (1 + level)/2 of the negative binomial at or below them."""
    from scipy.special import betainc

    success = size / (size + mean)
    ends = []
    for share in ((1 - level) / 2, (1 + level) / 2):
        low, high = np.full_like(mean, -1.0), np.ceil(mean + 20 * np.sqrt(mean + mean**2 / size) + 20)
        for _ in range(int(np.ceil(np.log2(float(high.max()) + 2)))):
            middle = np.floor((low + high) / 2)
            enough = betainc(size, np.maximum(middle, 0) + 1, success) >= share
            enough &= middle >= 0
            high, low = np.where(enough, middle, high), np.where(enough, low, middle)
        ends.append(high)
    return ends[0], ends[1]


def _money(values: Floats, seen: Floats, share: Floats, level: float, half_life: float) -> Expectations:
    from scipy.special import stdtr, stdtrit

    blocks = values.shape[1]
    weights = _weights(blocks, half_life)
    past = np.broadcast_to(share[:, :-1], values.shape)
    opened = np.maximum((past > 0).sum(axis=1), 1)
    rate = np.divide(values, past, out=np.full(values.shape, np.nan), where=past > 0)
    unit = np.array([0.1 * float(row[row > 0].mean()) if row.any() else 1.0 for row in rate])
    logs = np.log1p(rate / unit[:, None])
    centre, spread = np.nanmedian(logs, axis=1), np.zeros(values.shape[0])
    for _ in range(3):
        miss = logs - centre[:, None]
        spread = np.maximum(
            1.482602218505602 * np.nanmedian(np.abs(miss), axis=1), 0.05 * np.sqrt(np.nanmean(np.square(miss), axis=1))
        )
        held = np.nan_to_num(np.clip(miss, -2.5 * spread[:, None], 2.5 * spread[:, None]))
        centre = centre + held @ weights / ((past > 0) @ weights)
    miss = np.nan_to_num(logs - centre[:, None])  # a block without exposure misses nothing
    own = np.square(miss).sum(axis=1) / np.maximum(opened - 1, 1)
    common = float(np.median(own[own > 0])) if (own > 0).any() else 1.0
    # As if each series came with eight more blocks of the usual spread (limma's moderated variance with 8 prior degrees).
    variance = ((opened - 1) * own + 8 * common) / (opened + 7)
    freedom = _freedom(miss / np.sqrt(variance)[:, None], blocks + 7)
    known = weights.sum() ** 2 / np.square(weights).sum()
    reach = np.sqrt(variance * (1 + 1 / known) * (freedom - 2) / freedom)
    ahead = np.broadcast_to(share[:, -1], centre.shape)
    with np.errstate(invalid="ignore"):
        p_low = stdtr(freedom, (np.log1p(seen / ahead / unit) - centre) / reach)
    quantile = float(stdtrit(freedom, 0.5 + level / 2))
    low, middle, high = (
        np.expm1(np.maximum(centre + k * quantile * reach, 0.0)) * unit * ahead for k in (-1.0, 0.0, 1.0)
    )
    p_high = 1 - p_low
    both = np.minimum(1.0, 2 * np.minimum(p_low, p_high))
    return Expectations(middle, low, high, both, p_low, p_high, np.sqrt(variance), half_life, "log_student", level)


def _freedom(z: Floats, most: float) -> float:
    """Degrees of freedom whose kurtosis the standardised misses of all series have: 4 + 6 / excess, at most ``most``."""
    square = float(np.square(z).mean())
    excess = float((z**4).mean()) / max(square**2, 1e-12) - 3
    return float(min(most, 4 + 6 / excess)) if excess > 1e-6 else float(most)
