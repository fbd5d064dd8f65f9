"""Signs added up: how much more likely what is seen of a thing is among suspect ones than among usual ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import log

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
CAP = 3.0
"""What a sign may say for suspicion at most, unless asked otherwise: a factor of twenty. No sign is known so well that it may say more."""
FEWEST = 100
FEWEST_SIGNS = 2
ROUNDS = 200
PRIOR = 0.01
PRIOR_WORTH = 100.0
"""Before anything is seen one in a hundred is suspect, as if that were known of a hundred."""
STILL = 1e-9
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the signs say of each pattern. ``parts`` (pattern, sign) are log-likelihood ratios, 0 where a sign is unknown; ``score`` their
    sum; ``chance`` the probability of being suspect; ``suspect`` which patterns are taken as such; ``usual`` how often each sign is seen
    among usual ones; ``share`` how many are suspect; ``by_chance`` how many usual ones would be among the suspect, were their signs
    independent of each other; ``chances`` (scores, how many) is the same for every score that they can have."""

    parts: Floats
    score: Floats
    chance: Floats
    suspect: npt.NDArray[np.bool_]
    usual: Floats
    share: float
    by_chance: float
    chances: tuple[Floats, Floats]

    def reaching(self, level: float) -> npt.NDArray[np.bool_]:
        """The patterns with two signs or more whose probability is ``level`` at least."""
        return (self.chance >= level) & _several(self.parts)

    def chance_at(self, level: float) -> float:
        """How many usual ones would have a probability of ``level`` or more, their signs being independent."""
        scores, weights = self.chances
        return float(weights[scores >= _odds(level) - _odds(self.share)].sum())


def weigh(
    patterns: Sequence[Sequence[int]],
    counts: Sequence[float],
    suspected: Sequence[float],
    *,
    level: float = 0.9,
    most_false: float = 0.1,
    cap: float = CAP,
) -> Evidence | Refusal:
    """Add up what the signs say of each pattern.

    ``patterns`` (pattern, sign) hold 1 seen, 0 not seen, −1 unknown; ``counts`` how many things have each; ``suspected`` how often each
    sign is seen among suspect ones, which is assumed, not fitted. How often it is seen among usual ones, and how many are suspect, follows
    from the counts (EM of two classes, the prior worth a hundred things). A pattern is suspect with two signs or more and a probability of
    ``level``; the bar is raised until chance alone would bring at most the share ``most_false`` of what it lets through, and nothing is
    suspect where no bar does. No sign says more than ``cap``. Assumes that signs are independent within each class. Refuses ``too_few``
    below 100 things and ``no_signs``.
    Source: Good (1950), Probability and the Weighing of Evidence; Dempster, Laird & Rubin, JRSS B 39 (1977) 1.

    >>> found = weigh([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)], [900, 30, 30, 30, 10], (0.6, 0.6, 0.6))
    >>> found.suspect.tolist(), round(found.by_chance, 2)
    ([False, False, False, False, True], 0.03)
    """
    seen, n = np.array(patterns, dtype=np.int8).reshape(-1, len(suspected)), np.array(counts, dtype=np.float64)
    if n.sum() < FEWEST:
        return Refusal("too_few", needed=FEWEST, have=int(n.sum()))
    if not seen.size or not (seen == 1).any():
        return Refusal("no_signs")
    assumed = np.array(suspected, dtype=np.float64)
    usual, share = _fitted(seen, n, assumed, cap)
    parts = _parts(seen, usual, assumed, cap)
    score = parts.sum(axis=1)
    chance = _chance(score, share)
    chances = _of_chance(seen, n, usual, assumed, cap)
    bar, by_chance = _bar(score, _several(parts), n, chances, _odds(level) - _odds(share), most_false)
    return Evidence(parts, score, chance, (score >= bar) & _several(parts), usual, share, by_chance, chances)


def weight_of(suspected: float, usual: float, cap: float = CAP) -> float:
    """What a sign says where it is seen, if it is seen so often among suspect and among usual ones.

    >>> round(weight_of(0.4, 0.1), 2), weight_of(0.4, 0.001), weight_of(0.2, 0.3)
    (1.39, 3.0, 0.0)
    """
    return min(log(suspected / usual), cap) if suspected > usual else 0.0


def _odds(chance: float) -> float:
    return log(chance / (1 - chance))


def _fitted(seen: npt.NDArray[np.int8], n: Floats, assumed: Floats, cap: float) -> tuple[Floats, float]:
    """How often each sign is seen among usual ones, and the share of suspect ones."""
    there, known = (seen == 1).astype(float), (seen != UNKNOWN).astype(float)
    usual, share = _rates(there, known, n), PRIOR
    for _ in range(ROUNDS):
        chance = _chance(_parts(seen, usual, assumed, cap).sum(axis=1), share)
        before, share = share, (float(n @ chance) + PRIOR * PRIOR_WORTH) / (float(n.sum()) + PRIOR_WORTH)
        usual = _rates(there, known, n * (1 - chance))
        if abs(share - before) < STILL:
            break
    return usual, share


def _rates(there: Floats, known: Floats, n: Floats) -> Floats:
    rates: Floats = (n @ there + 0.5) / (n @ known + 1.0)
    return rates


def _parts(seen: npt.NDArray[np.int8], usual: Floats, assumed: Floats, cap: float) -> Floats:
    """What each sign says; a sign that is as common among usual ones says nothing either way."""
    telling = assumed > usual
    with np.errstate(divide="ignore", invalid="ignore"):
        seen_says = np.where(telling, np.minimum(np.log(assumed / usual), cap), 0.0)
        missing_says = np.where(telling, np.log((1 - assumed) / (1 - usual)), 0.0)
    parts: Floats = np.where(seen == 1, seen_says, np.where(seen == 0, missing_says, 0.0))
    return parts


def _chance(score: Floats, share: float) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-(score + _odds(share))))
    return chance


def _several(parts: Floats) -> npt.NDArray[np.bool_]:
    several: npt.NDArray[np.bool_] = (parts > 0).sum(axis=1) >= FEWEST_SIGNS
    return several


def _bar(
    score: Floats,
    several: npt.NDArray[np.bool_],
    n: Floats,
    chances: tuple[Floats, Floats],
    least: float,
    most_false: float,
) -> tuple[float, float]:
    """The lowest score from ``least`` on that chance alone reaches seldom enough, and how many usual ones reach it; infinite where no
    score does."""
    for bar in np.unique(score[several & (score >= least)]):
        reached = float(n[several & (score >= bar)].sum())
        by_chance = float(chances[1][chances[0] >= bar].sum())
        if by_chance <= most_false * reached:
            return float(bar), by_chance
    return float("inf"), 0.0


def _of_chance(
    seen: npt.NDArray[np.int8], n: Floats, usual: Floats, assumed: Floats, cap: float
) -> tuple[Floats, Floats]:
    """Every score with two signs or more that usual things can have, and how many have it, their signs being independent."""
    scores: list[Floats] = []
    weights: list[Floats] = []
    masks, which = np.unique(seen != UNKNOWN, axis=0, return_inverse=True)
    for at, mask in enumerate(masks):
        places = np.flatnonzero(mask)
        every = np.full((2 ** len(places), seen.shape[1]), UNKNOWN, dtype=np.int8)
        every[:, places] = list(product((0, 1), repeat=len(places)))
        parts = _parts(every, usual, assumed, cap)
        odds = np.where(every[:, places] == 1, usual[places], 1 - usual[places]).prod(axis=1)
        several = _several(parts)
        scores.append(parts.sum(axis=1)[several])
        weights.append(odds[several] * float(n[which.ravel() == at].sum()))
    return np.concatenate(scores), np.concatenate(weights)
