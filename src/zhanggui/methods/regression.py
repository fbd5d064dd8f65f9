"""Straight lines through points, in closed form: least squares, the same within groups, and with instruments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
SINGULAR = 1e-10
"""A column that the others explain but for this share of itself brings nothing of its own."""


@dataclass(frozen=True, slots=True)
class Line:
    """``slopes`` (columns,) with standard ``errors`` if all residuals are alike and ``robust`` ones if they are not (White's, no
    correction of degrees of freedom); ``freedom`` is points minus what was estimated."""

    slopes: Floats
    errors: Floats
    robust: Floats
    freedom: int


def least_squares(y: npt.ArrayLike, x: npt.ArrayLike, *, absorbed: int = 0) -> Line | Refusal:
    """Slopes of ``y`` (points,) on the columns of ``x`` (points, columns): (X'X)⁻¹X'y.

    An intercept is a column of ones that the caller gives. ``absorbed`` counts what was estimated before (means of groups), for the
    degrees of freedom. Refuses ``too_few_points`` and ``collinear``. Source: White, Econometrica 48 (1980) 817 (robust errors).

    >>> line = least_squares([1.0, 3.0, 5.1, 6.9], [[1, 0], [1, 1], [1, 2], [1, 3]])
    >>> [round(float(slope), 2) for slope in line.slopes]
    [1.03, 1.98]
    """
    return two_stage(y, x, x, absorbed=absorbed)


def two_stage(y: npt.ArrayLike, x: npt.ArrayLike, instruments: npt.ArrayLike, *, absorbed: int = 0) -> Line | Refusal:
    """Slopes of ``y`` on ``x`` where ``x`` moves with what is unseen: only what ``instruments`` (points, at least as many columns) move of
    ``x`` counts. b = (X'PX)⁻¹X'Py with P the projection on the instruments; residuals are y − Xb.

    Refuses ``too_few_points``, ``few_instruments`` and ``collinear``. Source: Theil, Economic Forecasts and Policy (1958), 6.2;
    White, Econometrica 50 (1982) 483 (robust errors).
    """
    values = np.asarray(y, dtype=np.float64)
    columns, moved = np.atleast_2d(np.asarray(x, dtype=np.float64)), np.asarray(instruments, dtype=np.float64)
    if values.ndim != 1 or columns.shape[:1] != values.shape or moved.shape[:1] != values.shape:
        raise ValueError(f"y {values.shape}, x {columns.shape} and instruments {moved.shape} must have one row a point")
    points, wanted = columns.shape
    freedom = points - wanted - absorbed
    if freedom < 1:
        return Refusal("too_few_points", needed=wanted + absorbed + 1, have=points)
    if moved.shape[1] < wanted:
        return Refusal("few_instruments", needed=wanted, have=moved.shape[1])
    fitted = columns if moved is columns else moved @ np.linalg.lstsq(moved, columns, rcond=None)[0]
    if not _full(fitted):
        return Refusal("collinear", needed=wanted, have=int(np.linalg.matrix_rank(fitted)))
    slopes = np.asarray(np.linalg.lstsq(fitted, values, rcond=None)[0], dtype=np.float64)
    missed = values - columns @ slopes
    inner = np.linalg.inv(fitted.T @ fitted)
    spread = inner @ (fitted.T * missed**2 @ fitted) @ inner
    alike = np.diag(inner) * float(missed @ missed) / freedom
    return Line(slopes, np.sqrt(alike), np.sqrt(np.diag(spread)), freedom)


def within(values: npt.ArrayLike, groups: npt.ArrayLike) -> Floats:
    """``values`` (points,) or (points, columns) less the mean of their group: what is left varies within groups only.

    Least squares on it equals one with an intercept for every group; give ``absorbed`` the number of groups.
    Source: Frisch & Waugh, Econometrica 1 (1933) 387.

    >>> within([1.0, 3.0, 10.0, 14.0], ["a", "a", "b", "b"]).tolist()
    [-1.0, 1.0, -2.0, 2.0]
    """
    table = np.asarray(values, dtype=np.float64)
    _, place, sizes = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    flat = table.reshape(table.shape[0], -1)
    sums = np.zeros((sizes.size, flat.shape[1]))
    np.add.at(sums, place, flat)
    return (flat - (sums / sizes[:, None])[place]).reshape(table.shape)


def _full(columns: Floats) -> bool:
    """Whether no column is explained by the others, whatever their units."""
    lengths = np.linalg.norm(columns, axis=0)
    if not bool((lengths > 0).all()):
        return False
    return bool(np.linalg.svd(columns / lengths, compute_uv=False)[-1] > SINGULAR)
