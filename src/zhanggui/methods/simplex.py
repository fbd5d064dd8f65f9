"""Mixes (weights ≥ 0 that sum to 1) that come nearest to a target in least squares, many at once, by Frank-Wolfe steps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
FIRST_STEPS, MOST_STEPS = 100, 10_000
LEAST_SHARE = 0.25
"""After the first steps weights at most this share of the largest are dropped."""


def nearest_mixes(
    gram: Floats,
    target: Floats,
    square: Floats,
    *,
    rows: npt.NDArray[np.int64],
    ridge: Floats,
    gain: Floats,
    allowed: npt.NDArray[np.bool_] | None = None,
) -> Floats:
    """Weights (fits, parts) that minimise |A w − b|² / rows + ridge² |w|² over mixes, each fit by itself.

    ``gram`` is AᵀA, (parts, parts) where all fits share it, else (fits, parts, parts); ``target`` (fits, parts) is Aᵀb, ``square``
    (fits,) is |b|². ``allowed`` (fits, parts) marks the parts a fit may use. Hundred steps, small weights dropped, then at most 10,000;
    they end when one gains at most ``gain``² (fits,).
    Source: Arkhangelsky et al., American Economic Review 111 (2021) 4088, and the steps its authors publish.
    """
    fits, parts = target.shape
    open_to = np.ones((fits, parts), dtype=bool) if allowed is None else allowed
    start = open_to / open_to.sum(axis=1, keepdims=True)
    walk = _Walk(gram, target, square, rows, ridge, gain, open_to)
    rough = walk.go(start, FIRST_STEPS)
    kept = np.where(rough > LEAST_SHARE * rough.max(axis=1, keepdims=True), rough, 0.0)
    return walk.go(kept / kept.sum(axis=1, keepdims=True), MOST_STEPS)


class _Walk:
    """Frank-Wolfe on sums of products: a step costs as much as there are parts, whatever the number of rows."""

    def __init__(
        self,
        gram: Floats,
        target: Floats,
        square: Floats,
        rows: npt.NDArray[np.int64],
        ridge: Floats,
        gain: Floats,
        allowed: npt.NDArray[np.bool_],
    ) -> None:
        self.shared = gram.ndim == 2
        self.gram, self.target, self.square = gram, target, square
        self.rows, self.ridge, self.shut = rows.astype(np.float64), ridge**2, ~allowed
        self.gain = gain**2

    def go(self, start: Floats, steps: int) -> Floats:
        """At most ``steps`` steps from ``start``; a fit rests once a step gains too little."""
        found = start.copy()
        going = np.arange(start.shape[0])
        state = _State(self, going, start)
        for step in range(steps):
            gained = state.advance()
            if step < 1:
                continue
            resting = gained <= self.gain[going]
            if resting.any():
                found[going[resting]] = state.weights[resting]
                going = going[~resting]
                if not going.size:
                    return found
                state = _State(self, going, state.weights[~resting], state.value[~resting])
        found[going] = state.weights
        return found


class _State:
    """Where the fits ``going`` stand: weights w, G w, wᵀG w, wᵀAᵀb, |w|² and the value minimised."""

    def __init__(self, walk: _Walk, going: npt.NDArray[np.int64], weights: Floats, value: Floats | None = None) -> None:
        self.walk, self.rows, self.ridge = walk, walk.rows[going], walk.ridge[going]
        self.gram = walk.gram if walk.shared else walk.gram[going]
        self.target, self.square, self.shut = walk.target[going], walk.square[going], walk.shut[going]
        self.any_shut = bool(self.shut.any())
        self.line = np.arange(going.size)
        self.weights = weights.copy()
        self.image = weights @ self.gram if walk.shared else np.einsum("kij,kj->ki", self.gram, weights)
        self.quadratic = (self.image * weights).sum(axis=1)
        self.linear = (self.target * weights).sum(axis=1)
        self.norm = (weights * weights).sum(axis=1)
        self.value = np.full(going.size, np.inf) if value is None else value

    def advance(self) -> Floats:
        """One step of every fit; how much each gained."""
        k = self.line
        stiff = self.rows * self.ridge
        slope = self.image - self.target + stiff[:, None] * self.weights
        best = (np.where(self.shut, np.inf, slope) if self.any_shut else slope).argmin(axis=1)
        column = self.gram[best] if self.walk.shared else self.gram[k, best]
        own, at, weight = column[k, best], self.image[k, best], self.weights[k, best]
        down = self.quadratic - self.linear + stiff * self.norm - slope[k, best]
        bend = own - 2 * at + self.quadratic + stiff * (1 - 2 * weight + self.norm)
        size = np.divide(down, bend, out=np.zeros_like(down), where=bend > 0).clip(0.0, 1.0)
        rest = 1 - size
        self.quadratic = rest**2 * self.quadratic + 2 * size * rest * at + size**2 * own
        self.norm = rest**2 * self.norm + 2 * size * rest * weight + size**2
        self.linear = rest * self.linear + size * self.target[k, best]
        self.weights *= rest[:, None]
        self.weights[k, best] += size
        self.image *= rest[:, None]
        self.image += size[:, None] * column
        now = self.ridge * self.norm + (self.quadratic - 2 * self.linear + self.square) / self.rows
        gained = self.value - now
        self.value = now
        return np.asarray(gained)
