"""What one changed unit did against a weighted mean of unchanged ones: synthetic difference-in-differences and its three relatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from zhanggui.methods.simplex import nearest_mixes
from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
Estimator = Literal["sdid", "did", "sc", "difp"]
PUBLISHED, ENOUGH = 1e-5, 3e-3
"""Steps towards the weights end when one gains less than this share of the noise: as published, and enough for a shop's weeks."""
SLIGHT = 1e-6
"""Ridge, in units of noise, where weights are meant to be free."""


@dataclass(frozen=True, slots=True)
class Synthetic:
    """``effect``: mean of the changed unit after the change minus what the unchanged ones let expect, in the unit of the panel.

    ``units`` (donors,) and ``times`` (before,) are the weights, each summing to 1. ``noise`` is the standard deviation of the donors'
    steps before the change. ``placebos`` (donors,) is the effect found for each donor in turn as if it had been changed, the others being
    its donors; empty where they were not asked for or there are fewer than three donors.
    """

    effect: float
    units: Floats
    times: Floats
    noise: float
    placebos: Floats

    @property
    def placebo_sd(self) -> float:
        """Spread of the placebo effects: root of their mean squared distance from their mean (donors − 1)."""
        return float(np.std(self.placebos, ddof=1)) if self.placebos.size > 1 else float("nan")

    @property
    def rank(self) -> tuple[int, int]:
        """Place of the effect among itself and the placebos by absolute size (1 = largest), and of how many."""
        return 1 + int((np.abs(self.placebos) >= abs(self.effect)).sum()), self.placebos.size + 1


def synthetic_did(
    changed: npt.ArrayLike,
    donors: npt.ArrayLike,
    before: int,
    *,
    estimator: Estimator = "sdid",
    placebos: bool = True,
    time_ridge: float = SLIGHT,
    precision: float = PUBLISHED,
) -> Synthetic | Refusal:
    """The effect of a change on one unit, seen against ``donors`` that were not changed.

    ``changed`` (times,) and ``donors`` (donors, times) are equal blocks of time, oldest first; the first ``before`` lie before the change.
    ``did`` weighs all donors and times alike; ``sc`` (synthetic control) fits unit weights without a constant; ``difp`` with one; ``sdid``
    fits unit weights with a ridge (N₁T₁)^¼ · noise and time weights besides. ``time_ridge``, in units of noise, keeps the time
    weights apart: where series are mostly chance, free ones follow it. Weights are found by Frank-Wolfe steps to ``precision``.

    Refuses ``few_donors`` below 2, ``too_short`` below 2 times before or none after, ``constant`` where no donor ever moved.
    Assumes: donors untouched by the change, noise alike in all units. Source: Arkhangelsky, Athey, Hirshberg, Imbens & Wager, American
    Economic Review 111 (2021) 4088, algorithm 1; placebo variance: its algorithm 4 over all donors.
    """
    own, others = np.asarray(changed, dtype=np.float64), np.atleast_2d(np.asarray(donors, dtype=np.float64))
    if others.ndim != 2 or (others.size and own.shape != others.shape[1:]):
        raise ValueError(f"changed {own.shape} and donors {others.shape} must have the same times")
    count = others.shape[0] if others.size else 0
    if count < 2:
        return Refusal("few_donors", needed=2, have=count)
    if before < 2 or before >= own.size:
        return Refusal("too_short", needed=2, have=min(before, own.size - before + 1))
    if not np.ptp(others[:, :before], axis=1).any():
        return Refusal("constant", needed=2, have=1)
    panel = np.vstack([others, own])
    # Each row of ``used`` is one fit: the donors that unit may use. The last is the changed unit's own.
    used = np.ones((count + 1, count), dtype=bool)
    used[np.arange(count), np.arange(count)] = False
    asked = slice(None) if placebos and count >= 3 else slice(count, None)
    fits = _Fits(panel, before, used[asked], np.arange(count + 1)[asked], precision)
    units, times = fits.weights(estimator, time_ridge)
    gaps = panel[fits.which] - units @ others
    effects = gaps[:, before:].mean(axis=1) - (gaps[:, :before] * times).sum(axis=1)
    return Synthetic(float(effects[-1]), units[-1], times[-1], float(fits.noise[-1]), effects[:-1])


class _Fits:
    """Several fits of one panel (units, times) side by side, whose last unit is the changed one: fit k is of unit ``which[k]`` with the
    donors that ``used[k]`` (donors,) marks."""

    def __init__(
        self,
        panel: Floats,
        before: int,
        used: npt.NDArray[np.bool_],
        which: npt.NDArray[np.int64],
        precision: float,
    ) -> None:
        self.panel, self.before, self.used, self.which = panel, before, used, which
        self.donors = panel[:-1]
        self.share = used / used.sum(axis=1, keepdims=True)
        self.noise = _noise(self.donors[:, :before], used)
        self.gain = precision * self.noise

    def weights(self, estimator: Estimator, time_ridge: float) -> tuple[Floats, Floats]:
        """Unit weights (fits, donors) and time weights (fits, before)."""
        fits, before = self.which.size, self.before
        even = np.full((fits, before), 1 / before)
        if estimator == "did":
            return self.share, even
        if estimator == "sc":
            return self._units(SLIGHT, centred=False), np.zeros((fits, before))
        if estimator == "difp":
            return self._units(SLIGHT, centred=True), even
        after = self.panel.shape[1] - before
        return self._units(after**0.25, centred=True), self._times(time_ridge)

    def _units(self, ridge: float, *, centred: bool) -> Floats:
        """Mixes of donors that follow the unit before the change."""
        early = self.panel[:, : self.before]
        if centred:
            early = early - early.mean(axis=1, keepdims=True)
        gram = early @ early.T
        own = gram[self.which]
        return nearest_mixes(
            gram[:-1, :-1],
            own[:, :-1],
            own[np.arange(self.which.size), self.which],
            rows=np.full(self.which.size, self.before),
            ridge=ridge * self.noise,
            allowed=self.used,
            gain=self.gain,
        )

    def _times(self, ridge: float) -> Floats:
        """Mixes of the times before the change that resemble the times after it, as the donors of each fit see them."""
        early, late = self.donors[:, : self.before], self.donors[:, self.before :].mean(axis=1)
        both = np.column_stack([early, late])
        rows = self.used.sum(axis=1)
        sums = self.used @ both
        # Sums of products over each fit's donors, about the mean of these donors.
        products = np.einsum("kn,ni,nj->kij", self.used.astype(np.float64), both, both, optimize=True)
        products -= sums[:, :, None] * sums[:, None, :] / rows[:, None, None]
        return nearest_mixes(
            products[:, :-1, :-1],
            products[:, :-1, -1],
            products[:, -1, -1],
            rows=rows,
            ridge=ridge * self.noise,
            gain=self.gain,
        )


def _noise(early: Floats, used: npt.NDArray[np.bool_]) -> Floats:
    """Standard deviation (fits,) of the steps from time to time of each fit's donors."""
    steps = np.diff(early, axis=1)
    n = used.sum(axis=1) * steps.shape[1]
    total, squares = used @ steps.sum(axis=1), used @ (steps**2).sum(axis=1)
    variance = np.maximum(squares - total**2 / n, 0.0) / np.maximum(n - 1, 1)
    return np.asarray(np.sqrt(variance))
