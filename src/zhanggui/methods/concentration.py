"""How much of a whole hangs on few: shares, the largest k, and the Herfindahl index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal


@dataclass(frozen=True, slots=True)
class Concentration:
    """``shares`` (members,) in the order given; ``largest`` index and share of the largest; ``herfindahl`` Σ share²;
    ``alike`` = 1 / herfindahl: as many equal members would be as concentrated."""

    shares: npt.NDArray[np.float64]
    largest: int
    largest_share: float
    herfindahl: float
    alike: float

    def top(self, k: int) -> float:
        """The share of the ``k`` largest."""
        return float(np.sort(self.shares)[::-1][:k].sum())

    def needed_for(self, share: float) -> int:
        """How many of the largest make up ``share`` of the whole."""
        cumulated = np.cumsum(np.sort(self.shares)[::-1])
        return int(np.searchsorted(cumulated, share - 1e-12) + 1)


def concentration(amounts: npt.ArrayLike) -> Concentration | Refusal:
    """Shares of ``amounts`` (members,); negative ones (more refunds than sales) count as 0. Refuses ``empty`` if nothing is positive.

    >>> concentration([50, 30, 20]).herfindahl
    0.38
    """
    values = np.maximum(np.nan_to_num(np.asarray(amounts, dtype=np.float64)), 0.0)
    if values.size == 0 or not values.sum() > 0:
        return Refusal("empty", needed=1, have=0)
    shares = values / values.sum()
    index = float(np.square(shares).sum())
    largest = int(shares.argmax())
    return Concentration(shares, largest, float(shares[largest]), index, 1 / index)
