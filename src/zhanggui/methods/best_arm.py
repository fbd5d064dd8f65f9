"""Which of several variants is the best, what choosing now is expected to cost, and how the next units should be dealt out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from zhanggui.methods.shrinkage import Beta
from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
EDGES = (0, 1e-8, 1e-5, 1e-3, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 0.999, 1 - 1e-5, 1 - 1e-8, 1)
"""Panels of the probability scale on which expectations are taken: narrow where tails are."""


@dataclass(frozen=True, slots=True)
class Normal:
    """What is believed of a mean (money a visitor): ``mean`` with standard deviation ``error`` > 0."""

    mean: float
    error: float


Belief = Beta | Normal


class _Curve(Protocol):
    def below(self, at: Floats) -> Floats: ...

    def quantile(self, share: Floats) -> Floats: ...


@dataclass(frozen=True, slots=True)
class _OfBeta:
    belief: Beta

    def below(self, at: Floats) -> Floats:
        from scipy.special import betainc

        found: Floats = betainc(self.belief.hits, self.belief.misses, np.clip(at, 0, 1))
        return found

    def quantile(self, share: Floats) -> Floats:
        from scipy.special import betaincinv

        found: Floats = betaincinv(self.belief.hits, self.belief.misses, share)
        return found


@dataclass(frozen=True, slots=True)
class _OfNormal:
    belief: Normal

    def below(self, at: Floats) -> Floats:
        from scipy.special import ndtr

        found: Floats = ndtr((at - self.belief.mean) / self.belief.error)
        return found

    def quantile(self, share: Floats) -> Floats:
        from scipy.special import ndtri

        found: Floats = self.belief.mean + self.belief.error * ndtri(share)
        return found


def _curve(belief: Belief) -> _Curve:
    return _OfBeta(belief) if isinstance(belief, Beta) else _OfNormal(belief)


def _nodes(own: _Curve, others: Sequence[_Curve]) -> tuple[Floats, Floats]:
    """Nodes and weights on the probability scale of ``own``, 0 … 1, in panels that resolve where the others' beliefs lie."""
    edges = np.asarray(EDGES, dtype=np.float64)
    marks = np.unique(np.concatenate([edges, *(own.below(other.quantile(edges[1:-1])) for other in others)]))
    nodes, weights = np.polynomial.legendre.leggauss(20)
    half, middle = np.diff(marks)[:, None] / 2, (marks[1:] + marks[:-1])[:, None] / 2
    # The ends themselves have no quantile.
    return np.clip(middle + half * nodes, 1e-300, 1 - 2**-53).ravel(), (half * weights).ravel()


@dataclass(frozen=True, slots=True)
class Standing:
    """Of each variant: ``best``, the probability that it is the best (they sum to 1); ``loss``, what is expected to be lost a unit by
    choosing it now, in the outcome's unit. ``leader`` is the one with the smallest loss."""

    best: tuple[float, ...]
    loss: tuple[float, ...]
    leader: int


def best_arm(beliefs: Sequence[Belief]) -> Standing | Refusal:
    """Where variants stand, from independent ``beliefs`` of their rates (Beta) or means (Normal). By quadrature: nothing is drawn.

    Refuses ``too_few_groups`` below two; raises on an error that is not positive.

    >>> found = best_arm([Beta(101, 901), Beta(131, 871)])
    >>> [round(share, 6) for share in found.best]
    [0.017835, 0.982165]
    """
    if len(beliefs) < 2:
        return Refusal("too_few_groups", needed=2, have=len(beliefs))
    if any(isinstance(belief, Normal) and not belief.error > 0 for belief in beliefs):
        raise ValueError("a belief has a standard deviation above 0")
    curves = [_curve(belief) for belief in beliefs]
    best, greatest = np.zeros(len(beliefs)), 0.0
    for i, own in enumerate(curves):
        rivals = curves[:i] + curves[i + 1 :]
        shares, weights = _nodes(own, rivals)
        at = own.quantile(shares)
        others = np.prod([rival.below(at) for rival in rivals], axis=0)
        best[i] = float((weights * others).sum())
        greatest += float((weights * others * at).sum())  # E[θ, and it is the best]: summed over variants, E[the best]
    loss = [max(0.0, greatest - belief.mean) for belief in beliefs]
    best /= best.sum()
    return Standing(tuple(best.tolist()), tuple(loss), int(np.argmin(loss)))


def shares_of_next(
    beliefs: Sequence[Belief],
    *,
    rule: Literal["thompson", "top_two"] = "top_two",
    floor: float = 0.1,
    leader_share: float = 0.5,
) -> tuple[float, ...] | Refusal:
    """What share of the next units each variant gets, each at least ``floor`` (at most an equal share).

    ``thompson`` gives each its probability of being the best, for when the units' outcomes matter; ``top_two`` gives the leader
    ``leader_share`` and the rest to its challengers, for when the answer matters. Refuses as :func:`best_arm`.
    Source: Russo, Simple Bayesian Algorithms for Best Arm Identification, COLT 2016, section 3.
    """
    found = best_arm(beliefs)
    if isinstance(found, Refusal):
        return found
    best = np.asarray(found.best)
    if rule == "top_two":
        # Drawn anew until another variant comes out best: chance best_j ÷ (1 − best_i), written without the 1 − 1 of a sure leader.
        rest = np.array([np.delete(best, i).sum() for i in range(best.size)])
        second = np.array(
            [sum(best[i] * _part(best, rest, j, i) for i in range(best.size) if i != j) for j in range(best.size)]
        )
        best = leader_share * best + (1 - leader_share) * second
    least = min(floor, 1 / best.size)
    return tuple((least + (1 - least * best.size) * best / best.sum()).tolist())


def _part(best: Floats, rest: Floats, j: int, i: int) -> float:
    """The chance that ``j`` challenges a leader ``i``; equal for all where no other has any chance left."""
    return float(best[j] / rest[i]) if rest[i] > 0 else 1 / (best.size - 1)


def dealt(shares: Sequence[float], units: int, seed: int) -> tuple[int, ...]:
    """``units`` dealt out in whole numbers by ``shares``: each gets its share rounded down or up, by systematic sampling from ``seed``.

    >>> dealt([0.5, 0.3, 0.2], 10, seed=1)
    (5, 3, 2)
    """
    if units < 0 or min(shares) < 0 or sum(shares) <= 0:
        raise ValueError(f"{units} units cannot be dealt out by {list(shares)}")
    start = float(np.random.default_rng(seed).uniform())
    ends = np.cumsum(np.asarray(shares, dtype=np.float64)) / sum(shares) * units
    # Rounding must not move an end that is a whole number.
    marks = np.floor(np.round(ends, 9) + start)
    marks[-1] = units
    return tuple(int(x) for x in np.diff(np.concatenate([[0.0], marks])))


def expected_loss(mean: float, error: float) -> float:
    """E[max(0, −δ)] of a normal belief about a difference: what taking it is expected to lose. ``error`` > 0.

    >>> round(expected_loss(0.3, 0.162852), 6)
    0.002089
    """
    from scipy.special import ndtr

    z = mean / error
    return float(error * (np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) - z * ndtr(-z)))
