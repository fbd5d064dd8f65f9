"""Why a sum moved: exact shares of a change for each factor (LMDI, Shapley), for each cell, and for mix against rate (Kitagawa)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
Effects = Callable[[Floats, Floats], Floats]
MOST_FACTORS = 8


@dataclass(frozen=True, slots=True)
class Split:
    """The exact shares of a change: ``effects.sum() + entered.sum() + left.sum() == total``.

    ``effects`` (factors,) are the column sums of ``cells`` (cells, factors). ``entered`` and ``left`` (cells,) hold the whole value
    of cells that exist on one side only; their row of ``cells`` is zero. ``effects_error`` and ``cells_error`` are standard
    errors by the delta method, NaN where no variances were given.
    """

    total: float
    effects: Floats
    cells: Floats
    entered: Floats
    left: Floats
    method: str
    effects_error: Floats
    cells_error: Floats

    def interval(self, level: float = 0.9) -> tuple[Floats, Floats]:
        """Ends of the ``level`` interval of ``effects``."""
        return _ends(self.effects, self.effects_error, level)

    def cell_interval(self, level: float = 0.9) -> tuple[Floats, Floats]:
        """Ends of the ``level`` interval of ``cells``."""
        return _ends(self.cells, self.cells_error, level)


def _ends(value: Floats, error: Floats, level: float) -> tuple[Floats, Floats]:
    from scipy.special import ndtri

    reach = float(ndtri(0.5 + level / 2)) * error
    return value - reach, value + reach


def log_mean(a: Floats, b: Floats) -> Floats:
    """Logarithmic mean L(a, b) = (a − b) / ln(a / b) of two positive arrays, L(a, a) = a; 0 where either is 0.

    Near a = b the quotient loses its digits, so its series in the half log-ratio is used there: L = √(ab) · sinh(h) / h.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        half = 0.5 * (np.log(a) - np.log(b))
        ratio = np.where(np.abs(half) < 1e-4, 1 + half * half / 6, np.sinh(half) / half)
        mean = np.sqrt(a) * np.sqrt(b) * ratio
    far = np.abs(half) > 300
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(far, (a - b) / (2 * half), mean)
    return np.where((a > 0) & (b > 0), mean, 0.0)


def lmdi(before: npt.ArrayLike, after: npt.ArrayLike) -> Split | Refusal:
    """How much of the change of Σ_cells Π_factors each factor made, by the logarithmic mean Divisia index (LMDI-I).

    ``before`` and ``after``: (cells, factors), none negative; the first factor is the volume (visitors, orders). A cell whose volume
    is 0 or NaN on one side entered or left as a whole. A later factor at 0 takes its cell's whole change (the analytic limit,
    shared equally if several are at 0); a later factor that is NaN (a ratio over 0) counts as unchanged.

    Refuses ``empty`` without cells, ``negative`` if a factor is negative.
    Source: Ang, Energy Policy 33 (2005) 867, eq. 3-5; limits: Wood & Lenzen, Energy Policy 34 (2006) 1326.

    >>> visitors_rate_value = lmdi([[10000, 0.02, 150]], [[12000, 0.018, 160]])
    >>> [round(float(e), 4) for e in visitors_rate_value.effects]
    [5875.5397, -3395.3741, 2079.8344]
    """
    return _apart(before, after, None, None, "lmdi", _lmdi_cells)


def split(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    *,
    variance_before: npt.ArrayLike | None = None,
    variance_after: npt.ArrayLike | None = None,
) -> Split | Refusal:
    """As :func:`lmdi`, but a zero or negative factor (refunds, margin) in a lasting cell makes it the Shapley value of the product.

    ``variance_before`` and ``variance_after`` (cells, factors) are the sampling variances of the factors; given both, standard
    errors follow by the delta method, cells and factors taken as independent. Refuses ``empty`` and ``too_many_factors``
    (more than 8 for Shapley).
    """
    rows, later = _pair(before, after)
    lasting = _volume(rows) & _volume(later)
    both = np.stack([rows[lasting], later[lasting]])
    if bool(np.all(both > 0)):
        return _apart(rows, later, variance_before, variance_after, "lmdi", _lmdi_cells)
    if rows.shape[1] > MOST_FACTORS:
        return Refusal("too_many_factors", needed=MOST_FACTORS, have=rows.shape[1])
    return _apart(rows, later, variance_before, variance_after, "shapley", _shapley_product)


def shapley(before: npt.ArrayLike, after: npt.ArrayLike, combine: Callable[[Floats], Floats]) -> Split | Refusal:
    """How much of the change of Σ_cells combine(factors) each factor made, averaged over all orders in which factors can change.

    ``combine`` maps (cells, factors) to (cells,), any function (sums, differences, ratios, signs). A factor NaN on one side takes the
    other side's value. Nothing enters or leaves: the function decides what a zero means.

    Refuses ``empty`` and ``too_many_factors`` above 8. Source: Shapley (1953); exact over the 2ⁿ subsets.
    """
    rows, later = _pair(before, after)
    if rows.shape[0] == 0 or rows.shape[1] == 0:
        return Refusal("empty", needed=1, have=0)
    if rows.shape[1] > MOST_FACTORS:
        return Refusal("too_many_factors", needed=MOST_FACTORS, have=rows.shape[1])
    rows, later = _known(rows, later)
    cells = _shapley_cells(rows, later, combine)
    none = np.zeros(rows.shape[0])
    total = float(combine(later).sum() - combine(rows).sum())
    return _whole(total, cells, none, none, "shapley", np.full_like(cells, np.nan))


def _pair(before: npt.ArrayLike, after: npt.ArrayLike) -> tuple[Floats, Floats]:
    rows, later = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if rows.ndim != 2 or rows.shape != later.shape:
        raise ValueError(f"before {rows.shape} and after {later.shape} must be equal (cells, factors) arrays")
    return rows, later


def _volume(rows: Floats) -> npt.NDArray[np.bool_]:
    return np.nan_to_num(rows[:, 0]) != 0 if rows.shape[1] else np.zeros(rows.shape[0], dtype=bool)


def _known(rows: Floats, later: Floats) -> tuple[Floats, Floats]:
    """A ratio over nothing is unknown: it counts as unchanged, so that the factor which is 0 takes the change."""
    rows, later = np.where(np.isnan(rows), later, rows), np.where(np.isnan(later), rows, later)
    if bool(np.isnan(rows).any()):
        # A ratio unknown on both sides is harmless only where another factor makes the cell 0 on both sides.
        dead = (np.nanmin(np.abs(np.nan_to_num(rows, nan=1.0)), axis=1) == 0) & (
            np.nanmin(np.abs(np.nan_to_num(later, nan=1.0)), axis=1) == 0
        )
        if not bool(np.all(dead[np.isnan(rows).any(axis=1)])):
            raise ValueError("a factor is NaN on both sides of a cell that has value")
        rows, later = np.nan_to_num(rows, nan=1.0), np.nan_to_num(later, nan=1.0)
    return rows, later


def _apart(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    variance_before: npt.ArrayLike | None,
    variance_after: npt.ArrayLike | None,
    method: str,
    effects_of: Effects,
) -> Split | Refusal:
    """Split the lasting cells by ``effects_of``; the others enter or leave whole."""
    rows, later = _pair(before, after)
    if rows.shape[0] == 0 or rows.shape[1] == 0:
        return Refusal("empty", needed=1, have=0)
    there, stays = _volume(rows), _volume(later)
    lasting = there & stays
    entered = np.where(stays & ~there, _value(later), 0.0)
    left = np.where(there & ~stays, -_value(rows), 0.0)
    old, new = _known(rows[lasting], later[lasting])
    if method == "lmdi" and bool((np.minimum(old, new) < 0).any()):
        return Refusal("negative", needed=0, have=float(np.minimum(old, new).min()))
    cells, error = np.zeros(rows.shape), np.full(rows.shape, np.nan)
    cells[lasting] = effects_of(old, new)
    if variance_before is not None and variance_after is not None:
        noise_old, noise_new = _pair(variance_before, variance_after)
        error[:] = 0.0
        error[lasting] = _delta(effects_of, old, new, noise_old[lasting], noise_new[lasting])
    total = float(new.prod(axis=1).sum() - old.prod(axis=1).sum() + entered.sum() + left.sum())
    return _whole(total, cells, entered, left, method, error)


def _value(rows: Floats) -> Floats:
    return np.asarray(np.nan_to_num(rows).prod(axis=1))


def _whole(total: float, cells: Floats, entered: Floats, left: Floats, method: str, error: Floats) -> Split:
    return Split(total, cells.sum(axis=0), cells, entered, left, method, np.sqrt(np.square(error).sum(axis=0)), error)


def _lmdi_cells(old: Floats, new: Floats) -> Floats:
    before, after = old.prod(axis=1), new.prod(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(new) - np.log(old)
        cells = log_mean(after, before)[:, None] * logs
    whole = (after > 0) & (before > 0)
    cells = np.where(whole[:, None], cells, 0.0)
    came = (after > 0) & (before == 0)
    gone = (after == 0) & (before > 0)
    zero = np.where(came[:, None], old == 0, np.where(gone[:, None], new == 0, False))
    shares = zero / np.maximum(zero.sum(axis=1, keepdims=True), 1)
    return np.where(whole[:, None], cells, shares * (after - before)[:, None])


def _shapley_product(old: Floats, new: Floats) -> Floats:
    return _shapley_cells(old, new, lambda rows: rows.prod(axis=1))


def _shapley_cells(old: Floats, new: Floats, combine: Callable[[Floats], Floats]) -> Floats:
    cells, factors = old.shape
    worth: dict[frozenset[int], Floats] = {}
    for size in range(factors + 1):
        for chosen in combinations(range(factors), size):
            moved = np.zeros(factors, dtype=bool)
            moved[list(chosen)] = True
            worth[frozenset(chosen)] = combine(np.where(moved, new, old))
    effects = np.zeros((cells, factors))
    for chosen_set, value in worth.items():
        size = len(chosen_set)
        for k in set(range(factors)) - chosen_set:
            weight = factorial(size) * factorial(factors - size - 1) / factorial(factors)
            effects[:, k] += weight * (worth[chosen_set | {k}] - value)
    return effects


def _delta(effects_of: Effects, old: Floats, new: Floats, noise_old: Floats, noise_new: Floats) -> Floats:
    """Standard errors (cells, factors): every effect of a cell depends on that cell's own factors alone."""
    variance = np.zeros_like(old)
    for j in range(old.shape[1]):
        for side, noise in ((old, noise_old), (new, noise_new)):
            step = np.maximum(np.abs(side[:, j]) * 1e-5, 1e-12)
            up, down = side.copy(), side.copy()
            up[:, j] += step
            down[:, j] = np.maximum(down[:, j] - step, 0.0) if bool(np.all(side >= 0)) else down[:, j] - step
            width = (up[:, j] - down[:, j])[:, None]
            pairs = ((up, new), (down, new)) if side is old else ((old, up), (old, down))
            slope = (effects_of(*pairs[0]) - effects_of(*pairs[1])) / width
            variance += slope**2 * np.nan_to_num(noise[:, [j]])
    return np.sqrt(variance)


@dataclass(frozen=True, slots=True)
class MixRate:
    """A difference of two weighted mean rates: ``mix.sum() + rate.sum() == gap``, cell by cell, with standard errors (NaN = unknown)."""

    gap: float
    mix: Floats
    rate: Floats
    mix_error: Floats
    rate_error: Floats
    mix_total_error: float
    rate_total_error: float


def kitagawa(
    weights0: npt.ArrayLike,
    rates0: npt.ArrayLike,
    weights1: npt.ArrayLike,
    rates1: npt.ArrayLike,
    *,
    variance0: npt.ArrayLike | None = None,
    variance1: npt.ArrayLike | None = None,
) -> MixRate | Refusal:
    """How much of the change of Σ w·r from state 0 to state 1 is mix (more weight on some cells) and how much is rate, per cell.

    All arrays are (cells,); weights ≥ 0 are normalised to shares; a rate NaN (no weight there) takes the other state's.
    ``variance0`` and ``variance1`` are the rates' sampling variances, weights taken as known. Mix is centred on the mean of both
    overall rates, so more weight on a bad cell counts as bad. Refuses ``empty`` where a state has no weight.
    Source: Kitagawa, JASA 50 (1955) 1168, symmetric form.
    """
    w0, r0, w1, r1 = (np.asarray(a, dtype=np.float64) for a in (weights0, rates0, weights1, rates1))
    if not (w0.shape == r0.shape == w1.shape == r1.shape and w0.ndim == 1):
        raise ValueError("weights and rates must be four arrays of one length")
    if not (w0.sum() > 0 and w1.sum() > 0):
        return Refusal("empty", needed=1, have=0)
    w0, w1 = w0 / w0.sum(), w1 / w1.sum()
    r0, r1 = np.where(np.isnan(r0), r1, r0), np.where(np.isnan(r1), r0, r1)
    r0, r1 = np.nan_to_num(r0), np.nan_to_num(r1)  # no weight in either state
    overall0, overall1 = float(w0 @ r0), float(w1 @ r1)
    mix = (w1 - w0) * ((r0 + r1) / 2 - (overall0 + overall1) / 2)
    rate = (r1 - r0) * (w0 + w1) / 2
    unknown = np.full(w0.shape, np.nan)
    v0 = unknown if variance0 is None else np.asarray(variance0, dtype=np.float64)
    v1 = unknown if variance1 is None else np.asarray(variance1, dtype=np.float64)
    if variance0 is not None and variance1 is not None:
        v0, v1 = np.nan_to_num(v0), np.nan_to_num(v1)
    centre = (w0**2 * v0).sum() + (w1**2 * v1).sum()
    own = (1 - 2 * w0) * v0 + (1 - 2 * w1) * v1
    return MixRate(
        overall1 - overall0,
        mix,
        rate,
        np.abs(w1 - w0) / 2 * np.sqrt(np.maximum(own + centre, 0.0)),
        (w0 + w1) / 2 * np.sqrt(v0 + v1),
        float(np.sqrt(((w1 - w0) ** 2 / 4 * (v0 + v1)).sum())),
        float(np.sqrt(((w0 + w1) ** 2 / 4 * (v0 + v1)).sum())),
    )


@dataclass(frozen=True, slots=True)
class ShopRate:
    """The shop's conversion out of its products': ``shop = products × seen_per_visitor ÷ bought_per_buyer``."""

    products: float
    seen_per_visitor: float
    bought_per_buyer: float
    shop: float


def products_to_shop(
    product_visitors: float, visitors: float, product_buyers: float, buyers: float
) -> ShopRate | Refusal:
    """Join conversion over products (Σ buyers ÷ Σ visitors of the products) to the shop's own, which product sums cannot give.

    Refuses ``empty`` if one of the four is not positive.

    >>> products_to_shop(2400, 1600, 60, 48)
    ShopRate(products=0.025, seen_per_visitor=1.5, bought_per_buyer=1.25, shop=0.03)
    """
    if not min(product_visitors, visitors, product_buyers, buyers) > 0:
        return Refusal("empty", needed=1, have=0)
    return ShopRate(
        product_buyers / product_visitors, product_visitors / visitors, product_buyers / buyers, buyers / visitors
    )


def to_the_cent(parts: npt.ArrayLike, total: float | None = None, unit: float = 0.01) -> Floats:
    """Round ``parts`` to whole ``unit`` so that they sum to the rounded ``total`` (default: their own sum), by largest remainder.

    Raises ``ValueError`` if ``total`` differs from the sum of the parts by more than rounding can bridge.

    >>> to_the_cent([1 / 3, 1 / 3, 1 / 3], 1.0).tolist()
    [0.34, 0.33, 0.33]
    """
    exact = np.asarray(parts, dtype=np.float64) / unit
    goal = int(np.rint((float(np.sum(exact)) if total is None else total / unit) + 0.0))
    # Parts like 0.29 are stored a hair below their cent: take them as the cent they mean.
    snapped = np.where(np.abs(exact - np.rint(exact)) < 1e-6, np.rint(exact), exact)
    whole = np.floor(snapped)
    missing = goal - int(whole.sum())
    if not 0 <= missing <= exact.size:
        raise ValueError(f"parts sum to {float(np.sum(exact)) * unit}, not to {total}")
    first = np.argsort(-(snapped - whole), kind="stable")[:missing]
    whole[first] += 1
    per_unit = round(1 / unit)
    return whole / per_unit if np.isclose(per_unit * unit, 1.0) else whole * unit
