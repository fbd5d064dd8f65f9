"""What is bought together: pairs by a lower bound of their lift, and rules over baskets, counted in whole numbers throughout."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
HELD = 5.0
"""As many orders, as often as chance lets expect, are added to every pair: a pair seen twice says little."""
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Lifts:
    """Of each pair: how many times as often as by chance it is bought together, drawn to 1 (``mean``), and its ``lower`` 5 % bound."""

    mean: Floats
    lower: Floats


def pair_lifts(
    together: npt.ArrayLike, first: npt.ArrayLike, second: npt.ArrayLike, baskets: float, *, held: float = HELD
) -> Lifts | Refusal:
    """Lift of pairs: ``together`` (pairs,) baskets hold both, ``first`` and ``second`` hold each, of ``baskets`` in all.

    (c + k) ÷ (e + k) with e = n_i·n_j ÷ N, the posterior mean of a gamma-Poisson; the bound is its 5 % quantile. Refuses ``empty`` without
    pairs or baskets. Assumes both were to be had all the time, and no promotion sold them as one. Source: DuMouchel, The American
    Statistician 53 (1999) 177, with a fixed prior.

    >>> found = pair_lifts([40, 2], [100, 10], [200, 10], 2000)
    >>> found.mean.round(3).tolist(), (found.lower > 1.5).tolist()
    ([3.0, 1.386], [True, False])
    """
    from scipy.special import gammaincinv

    both, one, other = (np.asarray(each, dtype=np.float64) for each in (together, first, second))
    if not (both.size and baskets > 0):
        return Refusal("empty", needed=1, have=int(both.size))
    expected = one * other / baskets
    return Lifts((both + held) / (expected + held), gammaincinv(both + held, LEVEL) / (expected + held))


@dataclass(frozen=True, slots=True)
class BasketRule:
    """Baskets that hold ``given`` also hold ``then``: ``together`` of ``of`` do; ``lift`` against how often all hold it."""

    given: tuple[Hashable, ...]
    then: Hashable
    together: int
    of: int
    lift: float

    @property
    def confidence(self) -> Fraction:
        return Fraction(self.together, self.of)


def frequent_sets(baskets: Sequence[Iterable[Hashable]], support: float) -> dict[frozenset[Hashable], int]:
    """Every set of items that at least the share ``support`` of baskets hold, and how many do."""
    least = ceil(Fraction(str(support)) * len(baskets))
    holds: dict[Hashable, int] = {}
    for number, basket in enumerate(baskets):
        for item in basket:
            holds[item] = holds.get(item, 0) | (1 << number)
    items = sorted(((item, bits) for item, bits in holds.items() if bits.bit_count() >= max(least, 1)), key=_name)
    return dict(_grown(frozenset(), items, max(least, 1)))


def _name(item: tuple[Hashable, int]) -> str:
    return str(item[0])


def _grown(
    held: frozenset[Hashable], items: Sequence[tuple[Hashable, int]], least: int
) -> Iterator[tuple[frozenset[Hashable], int]]:
    """Sets that hold ``held`` and some of ``items``, each with the baskets that hold it as bits."""
    for place, (item, bits) in enumerate(items):
        grown = held | {item}
        yield grown, bits.bit_count()
        rest = [(name, both) for name, more in items[place + 1 :] if (both := bits & more).bit_count() >= least]
        yield from _grown(grown, rest, least)


def basket_rules(baskets: Sequence[Iterable[Hashable]], support: float, confidence: float) -> list[BasketRule]:
    """Rules of one consequence: sets frequent enough of which, without it, at least the share ``confidence`` hold it too.

    Whole numbers are compared: a confidence of exactly .8 passes at .8, which a quotient of two rounded shares may not.

    >>> basket_rules([["tea", "cup"], ["tea", "cup"], ["tea"], ["pot"]], 0.5, 1.0)
    [BasketRule(given=('cup',), then='tea', together=2, of=2, lift=1.3333333333333333)]
    """
    counts = frequent_sets(baskets, support)
    least = Fraction(str(confidence))
    found = []
    for items, together in counts.items():
        for then in items if len(items) > 1 else ():
            given = items - {then}
            if together >= least * counts[given]:
                lift = together * len(baskets) / (counts[given] * counts[frozenset((then,))])
                found.append(BasketRule(tuple(sorted(given, key=str)), then, together, counts[given], lift))
    return sorted(found, key=lambda rule: (-rule.lift, rule.given, str(rule.then)))
