"""What moves scores: everything that may do so estimated at once, for one score or for several that move together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
FEWEST = 100
"""So many reviews, and half as many clusters, are the least from which anything is told."""
PER_FACTOR = 10
"""Clusters for each factor: with fewer, errors by clusters come out too small."""
ROUNDS, SETTLED = 200, 1e-4
SINGULAR = 1e-8


@dataclass(frozen=True, slots=True)
class Group:
    """One kind of place (products, cities …): what each level adds to each score (levels, scores) with its posterior standard deviation,
    and how unlike levels truly are (scores,), 0 where their differences are no more than chance makes."""

    effects: Floats
    errors: Floats
    spread: Floats


@dataclass(frozen=True, slots=True)
class ScoreDrivers:
    """``effects`` (factors, scores): what one unit of a factor adds to a score, all else alike, with ``errors`` that allow reviews of a
    cluster to go together. ``together`` (scores, scores) is how the scores correlate, ``left`` what of it the drivers leave: the mood in
    which all are given. ``explained`` (scores,) is the share of a score's spread that the drivers account for."""

    effects: Floats
    errors: Floats
    groups: tuple[Group, ...]
    together: Floats
    left: Floats
    explained: Floats
    reviews: int
    clusters: int


def score_drivers(
    scores: npt.ArrayLike, factors: npt.ArrayLike, groups: Sequence[npt.ArrayLike], clusters: npt.ArrayLike
) -> ScoreDrivers | Refusal:
    """Effects on ``scores`` (reviews, scores) of ``factors`` (reviews, factors) and of places, jointly.

    ``groups`` gives for each kind of place the number of each review's level, −1 for none; levels are drawn towards each other by how much
    of their spread is noise (their variance by EM on Henderson's equations). ``clusters`` numbers what reviews belong together (orders,
    buyers). The scores share one design, so each is estimated by itself and what is left tells how they go together (Zellner).
    Refuses ``too_few`` below 100 reviews, 50 clusters or 10 clusters a factor, ``constant`` where a score never differs, ``collinear``
    where a factor follows from the others. Sources: Henderson, Biometrics 31 (1975) 423; Zellner, JASA 57 (1962) 348; Liang & Zeger,
    Biometrika 73 (1986) 13.

    >>> late = np.tile([0.0, 1.0], 100)
    >>> found = score_drivers(4.5 - 2 * late + np.tile([-0.5, 0.5, 0.5, -0.5], 50), late, [], np.arange(200))
    >>> round(float(found.effects[0, 0]), 2)
    -2.0
    """
    y, x = _columns(scores), _columns(factors)
    places = [np.asarray(group, dtype=np.int64) for group in groups]
    _, cluster = np.unique(np.asarray(clusters), return_inverse=True)
    if any(len(each) != len(y) for each in (x, cluster, *places)):
        raise ValueError("scores, factors, groups and clusters must have one row a review")
    number = int(cluster.max()) + 1 if cluster.size else 0
    for needed, have in ((FEWEST, len(y)), (FEWEST // 2, number), (PER_FACTOR * (x.shape[1] + 1), number)):
        if have < needed:
            return Refusal("too_few", needed=needed, have=have)
    if bool((y.max(axis=0) == y.min(axis=0)).any()):
        return Refusal("constant", needed=2, have=1)
    fixed = np.column_stack([np.ones(len(y)), x])
    scaled = fixed / np.maximum(np.linalg.norm(fixed, axis=0), 1e-300)
    if np.linalg.svd(scaled, compute_uv=False)[-1] < SINGULAR:
        return Refusal("collinear", needed=fixed.shape[1], have=int(np.linalg.matrix_rank(scaled)))
    design = _Design(fixed, places)
    found = [_one(design, y[:, at], cluster, number) for at in range(y.shape[1])]
    rest = np.column_stack([one.rest for one in found])
    beta = np.column_stack([one.solved for one in found])
    error = np.column_stack([one.errors for one in found])
    spread = np.array([one.spread for one in found]).reshape(y.shape[1], len(places))
    kinds = tuple(Group(beta[span], error[span], spread[:, at]) for at, span in enumerate(design.spans))
    return ScoreDrivers(
        beta[1 : fixed.shape[1]],
        error[1 : fixed.shape[1]],
        kinds,
        _correlation(y),
        _correlation(rest),
        1 - np.square(rest).sum(axis=0) / np.square(y - y.mean(axis=0)).sum(axis=0),
        len(y),
        number,
    )


class _Design:
    """Fixed columns, then a column of ones for each level; the sums that every score needs."""

    def __init__(self, fixed: Floats, places: Sequence[Ints]) -> None:
        self.width = fixed.shape[1]
        self.spans: list[slice] = []
        blocks, at = [fixed], self.width
        for place in places:
            levels = int(place.max(initial=-1)) + 1
            blocks.append((place[:, None] == np.arange(levels)).astype(np.float64))
            self.spans.append(slice(at, at + levels))
            at += levels
        self.columns = np.hstack(blocks)
        self.inner = self.columns.T @ self.columns


@dataclass(frozen=True, slots=True)
class _One:
    solved: Floats
    errors: Floats
    spread: list[float]
    rest: Floats


def _one(design: _Design, y: Floats, cluster: Any, number: int) -> _One:
    """One score: variances of the kinds of places by EM, effects by the mixed model's equations, errors of factors by clusters."""
    cross, whole, width = design.columns.T @ y, float(y @ y), design.width
    noise = float(y.var())
    between = [0.1 * noise for _ in design.spans]
    for _ in range(ROUNDS):
        inverse, solved = _solve(design, cross, noise, between)
        fresh = [
            float(solved[span] @ solved[span] + noise * np.trace(inverse[span, span])) / max(span.stop - span.start, 1)
            for span in design.spans
        ]
        was, noise = noise, max((whole - float(solved @ cross)) / (len(y) - width), 1e-12)
        moved = max([abs(new - old) / noise for new, old in zip(fresh, between, strict=True)], default=0.0)
        between = [max(new, 1e-9 * noise) for new in fresh]
        if moved < SETTLED and abs(noise - was) < SETTLED * noise:
            break
    inverse, solved = _solve(design, cross, noise, between)
    rest = y - design.columns @ solved
    summed = np.zeros((number, design.columns.shape[1]))
    np.add.at(summed, cluster, design.columns * rest[:, None])
    half = summed @ inverse
    robust = np.square(half).sum(axis=0) * number / (number - 1)
    posterior = noise * np.diag(inverse)
    errors = np.sqrt(np.concatenate([robust[:width], posterior[width:]]))
    # EM comes near nothing but never to it: a spread below a fiftieth of the noise is none that could be told.
    spread = [float(np.sqrt(each)) if each > 4e-4 * noise else 0.0 for each in between]
    return _One(solved, errors, spread, rest)


def _solve(design: _Design, cross: Floats, noise: float, between: Sequence[float]) -> tuple[Floats, Floats]:
    penalty = np.zeros(len(cross))
    for span, each in zip(design.spans, between, strict=True):
        penalty[span] = noise / each
    inverse = np.asarray(np.linalg.inv(design.inner + np.diag(penalty)), dtype=np.float64)
    return inverse, inverse @ cross


def _columns(values: npt.ArrayLike) -> Floats:
    table = np.asarray(values, dtype=np.float64)
    return table[:, None] if table.ndim == 1 else table


def _correlation(table: Floats) -> Floats:
    return np.atleast_2d(np.corrcoef(table, rowvar=False))
