"""Which of many things to take when minutes, money and number are limited and some exclude each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
EQUAL = 1e-7
"""Sums that differ by less than this share of the largest value are equal; among those the items named first are taken."""


def choose(
    values: npt.ArrayLike,
    uses: npt.ArrayLike,
    limits: npt.ArrayLike,
    conflicts: Sequence[tuple[int, int]] = (),
) -> tuple[int, ...] | Refusal:
    """The places, in order, of the items whose ``values`` (items,) sum to the most.

    ``uses`` (resources, items) is what each takes of each resource, ``limits`` (resources,) what there is of it; of a pair of ``conflicts``
    at most one is taken. Exact (branch and bound of HiGHS, no gap). An item without a positive value is left. The same items in the same
    order give the same choice. Refuses ``empty`` without items. Raises ``ValueError`` on negative uses or limits.

    >>> choose([24, 13, 23, 15, 16], [[12, 7, 11, 8, 9]], [26])
    (1, 2, 3)
    """
    worth = np.asarray(values, dtype=np.float64)
    if not worth.size:
        return Refusal("empty", needed=1, have=0)
    taken = np.asarray(uses, dtype=np.float64).reshape(-1, worth.size)
    there = np.asarray(limits, dtype=np.float64).ravel()
    if taken.shape[0] != there.size:
        raise ValueError(f"uses of {taken.shape[0]} resources and limits of {there.size}")
    if bool((taken < 0).any() or (there < 0).any()):
        raise ValueError("nothing uses less than none of a resource")
    wanted = np.flatnonzero((worth > 0) & (taken <= there[:, None]).all(axis=0))
    at = {int(item): place for place, item in enumerate(wanted)}
    pairs = [(at[a], at[b]) for a, b in conflicts if a in at and b in at and a != b]
    if bool((taken[:, wanted].sum(axis=1) <= there).all()) and not pairs:
        return tuple(int(item) for item in wanted)
    return tuple(int(wanted[place]) for place in _best(worth[wanted], taken[:, wanted], there, pairs))


def _best(worth: Floats, taken: Floats, there: Floats, pairs: Sequence[tuple[int, int]]) -> list[int]:
    from scipy.optimize import Bounds, LinearConstraint, milp

    items = worth.size
    rows, ends = [taken], [there]
    for pair in pairs:
        rows.append(np.isin(np.arange(items), pair).astype(np.float64)[None, :])
        ends.append(np.ones(1))
    first = EQUAL * (items - np.arange(items)) / items**2
    finer = 1e6  # the solver's own gap is absolute
    found = milp(
        -finer * (worth / float(worth.max()) + first),
        constraints=LinearConstraint(np.vstack(rows), ub=np.concatenate(ends)),
        integrality=np.ones(items),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    assert found.x is not None, "taking nothing is always possible"
    return [place for place in range(items) if found.x[place] > 0.5]
