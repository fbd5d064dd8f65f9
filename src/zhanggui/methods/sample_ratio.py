"""Did the variants of a test get the shares they were promised? Asked before anything else is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from zhanggui.units import Refusal

BROKEN = 0.001
"""Below this p the split itself is at fault, and no difference between the variants means anything."""
DOUBTFUL = 0.01
"""Below this p a difference is shown and no conclusion drawn: one sound split in a hundred looks like this."""


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """``chi2`` with ``free`` degrees of freedom and its ``p``; ``expected`` are the units each variant should have had."""

    chi2: float
    free: int
    p: float
    expected: tuple[float, ...]

    @property
    def verdict(self) -> Literal["fine", "doubtful", "broken"]:
        if self.p < BROKEN:
            return "broken"
        return "doubtful" if self.p < DOUBTFUL else "fine"


def sample_ratio(counts: Sequence[float], shares: Sequence[float]) -> SampleRatio | Refusal:
    """Pearson's chi-square of the units each variant got, ``counts`` (variants,), against its ``shares`` (variants,) of all.

    ``shares`` need not sum to one. Refuses ``too_few_groups`` below two variants and ``empty`` below five units expected in one of
    them; raises on a share that is not positive. Source: Kohavi, Tang & Xu, Trustworthy Online Controlled Experiments (2020), ch. 21.

    >>> found = sample_ratio([821_588, 815_482], [0.5, 0.5])
    >>> f"{found.chi2:.4f} {found.p:.4g} {found.verdict}"
    '22.7744 1.822e-06 broken'
    """
    from scipy.special import chdtrc

    seen, planned = np.asarray(counts, dtype=np.float64), np.asarray(shares, dtype=np.float64)
    if seen.shape != planned.shape or bool((planned <= 0).any()) or bool((seen < 0).any()):
        raise ValueError(f"counts {seen.tolist()} and shares {planned.tolist()} do not belong together")
    if seen.size < 2:
        return Refusal("too_few_groups", needed=2, have=int(seen.size))
    expected = seen.sum() * planned / planned.sum()
    if expected.min() < 5:
        return Refusal("empty", needed=5, have=float(expected.min()))
    chi2 = float((np.square(seen - expected) / expected).sum())
    free = int(seen.size - 1)
    return SampleRatio(chi2, free, float(chdtrc(free, chi2)), tuple(expected.tolist()))
