"""Where a series stands: robust one-step-ahead walks (mean, exponential smoothing, Theta, damped trend) with a reset at level shifts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, sqrt

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
CLIP = 2.5  # Huber: an error counts for the level up to this many scales
ALLOWANCE, ALARM, REACH = 0.75, 6.0, 3.0  # two-sided CUSUM on errors held to ±3 scales
WARM = 3  # steps after a start whose errors say more about the start than about the series
GAIN_TO_SWITCH = 0.97  # a richer walk must err at least 3 % less


@dataclass(frozen=True, slots=True)
class Walk:
    """One way of walking through a series. ``forecast`` is the next value, ``errors`` (n,) are the one-step errors divided by
    √(1 + variance of the level), NaN where not usable; ``loss`` their clipped mean size, those
    of a level shift included; ``widening`` is that root for the next step; ``restarted`` is the index of the
    last level shift (0 = none)."""

    name: str
    forecast: float
    errors: Floats
    loss: float
    widening: float
    restarted: int


@dataclass(frozen=True, slots=True)
class Gait:
    """How a walk moves: ``alpha`` is the least weight of the newest value, ``drift`` its trend."""

    name: str
    alpha: float
    drift: str = "none"


GAITS = (
    Gait("mean", 0.0),
    Gait("smooth", 0.15),
    Gait("smooth", 0.35),
    Gait("theta", 0.2, "theta"),
    Gait("damped", 0.2, "damped"),
)
BETA, PHI = 0.1, 0.9


def difference_scale(values: Floats) -> float:
    """Spread of a series around its level, from its steps: no level shift or trend inflates it."""
    steps = np.diff(values[~np.isnan(values)])
    if not steps.size:
        return 0.0
    middle = 1.482602218505602 * float(np.median(np.abs(steps))) / sqrt(2)
    return middle if middle > 0 else float(np.sqrt(np.mean(steps**2) / 2))


def follow(values: Floats, gaits: Sequence[Gait] = GAITS) -> Walk:
    """The walk through ``values`` (n,), NaN = not to be learnt from, that erred least one step ahead, in doubt the simpler one.

    Sources: simple exponential smoothing with Huber's clipped error; Theta: Assimakopoulos & Nikolopoulos, Int. J. Forecasting 16
    (2000) 521, as smoothing plus half the linear trend (Hyndman & Billah 2003); damped trend: Gardner & McKenzie (1985).
    """
    scale = difference_scale(values)
    best = walk(values, gaits[0], scale)
    for gait in gaits[1:]:
        found = walk(values, gait, scale)
        if found.loss < GAIN_TO_SWITCH * best.loss:
            best = found
    return best


def walk(values: Floats, gait: Gait, scale: float) -> Walk:
    """Go through ``values`` once: forecast, compare, learn; start again from a level shift."""
    state = _State(gait, scale)
    errors = np.full(values.size, np.nan)
    seen: list[float] = values.tolist()
    restarted, loss, steps = 0, 0.0, 0
    for t, value in enumerate(seen):
        if isnan(value):
            state.pass_by()
            continue
        if state.count >= WARM:
            error = (value - state.forecast()) / state.widening
            errors[t] = error
            # Clipped: one bulk order shall not choose the walk.
            loss, steps = loss + min(abs(error), 2 * CLIP * scale), steps + 1
        shift = state.learn(value, t)
        if shift is not None:
            restarted = shift
            # What led to the alarm measures the shift, not the noise.
            errors[shift : t + 1] = np.nan
            state = _State(gait, scale)
            for later in seen[shift : t + 1]:
                if not isnan(later):
                    state.learn(later, t)
            state.rise = state.fall = 0.0
    return Walk(gait.name, state.forecast(), errors, loss / steps if steps else np.inf, state.widening, restarted)


class _State:
    """The level, its trend, how much it is known, and the two sums of the CUSUM. ``widening`` is how much wider than one step's
    noise the next error is to be expected, √(1 + variance of the level)."""

    __slots__ = (
        "count",
        "damped",
        "fall",
        "fall_from",
        "gait",
        "level",
        "rise",
        "rise_from",
        "scale",
        "steps",
        "sums",
        "theta",
        "trend",
        "variance",
        "widening",
    )

    def __init__(self, gait: Gait, scale: float) -> None:
        self.gait, self.scale = gait, scale
        self.theta, self.damped = gait.drift == "theta", gait.drift == "damped"
        self.count, self.level, self.trend, self.variance, self.widening = 0, 0.0, 0.0, 1.0, sqrt(2.0)
        self.steps, self.rise, self.fall, self.rise_from, self.fall_from = 0, 0.0, 0.0, 0, 0
        self.sums = (0.0, 0.0, 0.0, 0.0)

    def forecast(self) -> float:
        if self.theta and self.count > WARM:
            return self.level + 0.5 * self._slope() / max(self.gait.alpha, 1 / self.count)
        if self.damped:
            return self.level + PHI * self.trend
        return self.level

    def pass_by(self) -> None:
        self.steps += 1

    def learn(self, value: float, t: int) -> int | None:
        """Take in ``value``; the index where a level shift began, if this value proves one."""
        first = self.count == 0
        base = value if first else self.level + (PHI * self.trend if self.damped else 0.0)
        error = value - (base if first else self.forecast())
        self.count += 1
        shift = None if self.count <= WARM else self._cusum(error, t)
        gain = max(self.gait.alpha, 1 / self.count)
        # The first values are all there is: clipping them would anchor the level on whichever came first.
        bound = CLIP * self.scale * self.widening if self.count > WARM else np.inf
        step = min(max(value - base, -bound), bound)
        self.level = base + gain * step
        if self.damped:
            self.trend = PHI * self.trend + (BETA * gain * step if self.count > WARM else 0.0)
        self.variance = (1 - gain) ** 2 * self.variance + gain**2
        self.widening = sqrt(1 + self.variance)
        self.steps += 1
        if self.theta:
            self._sum(self.level if self.count > WARM and abs(error) > bound else value)
        return shift

    def _sum(self, value: float) -> None:
        """Take ``value`` into the sums of the straight line that Theta drifts along."""
        x = float(self.steps)
        sx, sy, sxx, sxy = self.sums
        self.sums = (sx + x, sy + value, sxx + x * x, sxy + x * value)

    def _slope(self) -> float:
        sx, sy, sxx, sxy = self.sums
        n = self.count
        return (n * sxy - sx * sy) / (n * sxx - sx * sx)

    def _cusum(self, error: float, t: int) -> int | None:
        if self.scale <= 0:
            return None
        z = min(max(error / (self.scale * self.widening), -REACH), REACH)
        if self.rise == 0:
            self.rise_from = t
        if self.fall == 0:
            self.fall_from = t
        self.rise = max(0.0, self.rise + z - ALLOWANCE)
        self.fall = max(0.0, self.fall - z - ALLOWANCE)
        if self.rise > ALARM:
            return self.rise_from
        return self.fall_from if self.fall > ALARM else None
