"""An A/B test without any difference, looked at every day for four weeks: how often each reading claims one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zhanggui.experiments.outlook import END_LEVEL
from zhanggui.methods.ab_reading import FEW, Arm, Reading, compare_conversions, fisher_p, of_rate, of_values, welch
from zhanggui.methods.always_valid import FEW_VALUES, always_valid, always_valid_conversions
from zhanggui.units import Refusal

DAYS = 28
ALPHA = 0.05
END_ALPHA = 1 - END_LEVEL
"""The level of the planned end where the test was looked at every day before: both together err at most one time in twenty."""


@dataclass(frozen=True, slots=True)
class Case:
    """A shop's test: ``visitors`` a day over both variants, the ``rate`` that buys, and what is read: ``conversion`` by the exact
    sequence, ``rate`` or ``money`` (log-normal orders, heavy-tailed) by the asymptotic one."""

    name: str
    kind: str
    visitors: int
    rate: float


CASES = (
    Case("100 visitors a day, 2 % buy", "conversion", 100, 0.02),
    Case("2,000 visitors a day, 5 % buy", "conversion", 2000, 0.05),
    Case("200 visitors a day, 30 % come back", "rate", 200, 0.30),
    Case("2,000 visitors a day, money a visitor", "money", 2000, 0.03),
)


@dataclass(frozen=True, slots=True)
class Looks:
    """The share of tests in which a difference was claimed on some day: by the always-valid reading and by the one for a fixed end;
    ``at_end`` is the latter read once, at the end; ``either``: by the always-valid one on some day or by the other
    at the end, at its own level then."""

    always_valid: float
    fixed: float
    at_end: float
    either: float


@dataclass(frozen=True, slots=True)
class _Day:
    n: tuple[int, int]
    hits: tuple[int, int]
    money: tuple[float, float]
    squares: tuple[float, float]


def _days(case: Case, lift: float, rng: np.random.Generator) -> Iterator[_Day]:
    """The running sums of both variants after each day; ``lift`` is the treatment's relative effect on the rate."""
    n, hits, money, squares = (np.zeros(2) for _ in range(4))
    rates = case.rate * np.array([1.0, 1.0 + lift])
    for _ in range(DAYS):
        treated = rng.binomial(case.visitors, 0.5)
        today = np.array([case.visitors - treated, treated])
        bought = rng.binomial(today, rates)
        spent = [rng.lognormal(4.0, 1.2, k) if case.kind == "money" else np.zeros(0) for k in bought]
        n, hits = n + today, hits + bought
        money = money + [float(x.sum()) for x in spent]
        squares = squares + [float(np.square(x).sum()) for x in spent]
        yield _Day(_both(n), _both(hits), (float(money[0]), float(money[1])), (float(squares[0]), float(squares[1])))


def _both(values: npt.NDArray[np.float64]) -> tuple[int, int]:
    return int(values[0]), int(values[1])


def _ps(case: Case, day: _Day) -> tuple[float, float]:
    """The p of a day's always-valid reading and of the one for a fixed end; 1 where there is too little for either."""
    planned = case.visitors * DAYS
    (hits, treated_hits), (n, treated_n) = day.hits, day.n
    if case.kind == "conversion":
        valid = always_valid_conversions(hits, n, treated_hits, treated_n, planned_hits=planned * case.rate)
        if min(day.hits) < FEW:  # the p of ``compare_conversions``, without its intervals
            return _p(valid), fisher_p(hits, n, treated_hits, treated_n)
        return _p(valid), _p(compare_conversions(hits, n, treated_hits, treated_n))
    if min(day.hits) < (FEW if case.kind == "rate" else FEW_VALUES):
        return 1.0, 1.0
    control, treatment = (
        of_rate(day.hits[i], day.n[i]) if case.kind == "rate" else of_values(day.n[i], day.money[i], day.squares[i])
        for i in (0, 1)
    )
    assert isinstance(control, Arm)
    assert isinstance(treatment, Arm)
    return _p(always_valid(control, treatment, planned=planned)), _p(welch(control, treatment))


def _p(found: Reading | Refusal) -> float:
    return 1.0 if isinstance(found, Refusal) else found.p


def looks(case: Case, *, runs: int, seed: int, lift: float = 0.0) -> Looks:
    """``runs`` tests of a case: how often a difference is claimed on any of 28 days. With ``lift`` 0 every claim is false."""
    claimed = np.zeros(4)
    for run_seed in np.random.SeedSequence(seed).spawn(runs):
        any_day = np.zeros(2, dtype=bool)
        last = 1.0
        for day in _days(case, lift, np.random.default_rng(run_seed)):
            valid, fixed = _ps(case, day)
            last = fixed
            any_day |= [valid <= ALPHA, fixed <= ALPHA]
        claimed += [*any_day, last <= ALPHA, any_day[0] or last <= END_ALPHA]
    return Looks(*(claimed / runs).tolist())


def run(seeds: Sequence[int]) -> dict[str, Any]:
    """250 tests of each case for each seed: false claims over 28 daily looks, and how often a true + 20 % is seen."""
    found: dict[str, Any] = {}
    for case in CASES:
        idle = [looks(case, runs=250, seed=seed) for seed in seeds]
        true = [looks(case, runs=50, seed=seed, lift=0.2) for seed in seeds]
        found[case.name] = {
            "runs": 250 * len(seeds),
            "false_always_valid": float(np.mean([each.always_valid for each in idle])),
            "false_fixed_every_day": float(np.mean([each.fixed for each in idle])),
            "false_fixed_at_end": float(np.mean([each.at_end for each in idle])),
            "false_either": float(np.mean([each.either for each in idle])),
            "seen_always_valid": float(np.mean([each.always_valid for each in true])),
            "seen_fixed_at_end": float(np.mean([each.at_end for each in true])),
        }
    found["worst_false_always_valid"] = max(each["false_always_valid"] for each in found.values())
    return found
