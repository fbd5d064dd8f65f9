"""Many questions at once: which p-values survive when the share of false discoveries is held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Control = Literal["bh", "by", "bonferroni"]


@dataclass(frozen=True, slots=True)
class Discoveries:
    """``rejected`` (tests,) says which are discoveries at ``level``; ``adjusted`` (tests,) the level at which each would become one."""

    rejected: npt.NDArray[np.bool_]
    adjusted: Floats
    level: float
    family: int
    control: Control


def adjust(
    p: npt.ArrayLike, control: Control = "bh", *, weights: npt.ArrayLike | None = None, family: int | None = None
) -> Floats:
    """Adjusted p-values (tests,), so that ``adjusted <= level`` is the decision; NaN stays NaN and is not counted as a test.

    ``bh`` holds the false discovery rate for independent or positively dependent tests, ``by`` for any, ``bonferroni`` the chance of one
    false discovery. ``weights`` (tests,), mean 1 after scaling, say beforehand where more is expected; ``family`` counts
    tests that were made but are not in ``p`` (taken as p = 1). Raises ``ValueError`` on p outside 0…1.
    Sources: Benjamini & Hochberg, JRSS B 57 (1995) 289; Benjamini & Yekutieli, Annals 29 (2001) 1165;
    Genovese, Roeder & Wasserman, Biometrika 93 (2006) 509.

    >>> [round(float(q), 4) for q in adjust([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    """
    values = np.asarray(p, dtype=np.float64)
    tested = ~np.isnan(values)
    shown = values[tested]
    if shown.size and not (shown.min() >= 0 and shown.max() <= 1):
        raise ValueError("a p-value lies between 0 and 1")
    adjusted = np.full(values.shape, np.nan)
    if not shown.size:
        return adjusted
    if weights is not None:
        given = np.asarray(weights, dtype=np.float64)[tested]
        if not (given.min() >= 0 and given.sum() > 0):
            raise ValueError("weights are not negative and not all zero")
        with np.errstate(divide="ignore", invalid="ignore"):
            shown = np.where(given > 0, np.minimum(shown / (given / given.mean()), 1.0), 1.0)
    tests = max(family or 0, shown.size)
    if control == "bonferroni":
        adjusted[tested] = np.minimum(shown * tests, 1.0)
        return adjusted
    order = np.argsort(shown, kind="stable")
    scaled = shown[order] * tests / np.arange(1, shown.size + 1)
    if control == "by":
        scaled = scaled * (1 / np.arange(1, tests + 1)).sum()
    stepped = np.empty(shown.size)
    stepped[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    adjusted[tested] = stepped
    return adjusted


def discover(
    p: npt.ArrayLike,
    level: float = 0.05,
    control: Control = "bh",
    *,
    weights: npt.ArrayLike | None = None,
    family: int | None = None,
) -> Discoveries:
    """Which of the tests are discoveries at ``level``; parameters as in :func:`adjust`."""
    adjusted = adjust(p, control, weights=weights, family=family)
    tested = int((~np.isnan(adjusted)).sum())
    with np.errstate(invalid="ignore"):
        # An adjusted value equal to the level up to its last bit is on the level.
        rejected = adjusted <= level * (1 + 1e-12)
    return Discoveries(rejected, adjusted, level, max(family or 0, tested), control)


def two_sided(p_low: npt.ArrayLike, p_high: npt.ArrayLike) -> Floats:
    """The p-value for a change in either direction out of the two one-sided ones: twice the smaller, at most 1."""
    doubled = 2 * np.minimum(np.asarray(p_low, dtype=np.float64), np.asarray(p_high, dtype=np.float64))
    return np.asarray(np.minimum(doubled, 1.0))


def one_sided(p_two_sided: npt.ArrayLike, change: npt.ArrayLike, direction: Literal[-1, 1]) -> Floats:
    """The p-value for a change in ``direction`` out of a two-sided one and the sign of the change seen."""
    both = np.asarray(p_two_sided, dtype=np.float64)
    return np.where(np.sign(np.asarray(change, dtype=np.float64)) == direction, both / 2, 1 - both / 2)


def all_hold(*p: npt.ArrayLike) -> Floats:
    """The p-value for "every one of these is true" (both halves of a window, both of two definitions): the largest of them."""
    return np.asarray(np.maximum.reduce([np.asarray(each, dtype=np.float64) for each in p]))
