"""What an A/B test shows at its planned end: difference and ratio of two variants, from sums alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from zhanggui.methods.shrinkage import Beta
from zhanggui.methods.two_windows import compare_rates
from zhanggui.units import Estimate, Refusal

Floats = npt.NDArray[np.float64]
FEW = 20
"""Below so many conversions (or so many without one) in a variant, the normal curve does not hold for a rate."""
JEFFREYS = Beta(0.5, 0.5)
SURE_OF_BASE = 3.0
"""A ratio to a mean less than so many standard errors from zero has no interval by the delta method."""


@dataclass(frozen=True, slots=True)
class Arm:
    """A variant: ``n`` units, their ``mean``, and the ``variance`` of one unit about it."""

    n: float
    mean: float
    variance: float

    @property
    def error(self) -> float:
        """Standard error of the mean."""
        return sqrt(self.variance / self.n) if self.n else float("inf")


@dataclass(frozen=True, slots=True)
class Joint:
    """Sums over ``n`` units of an outcome ``y`` and a second figure ``x``: y, y², x, x² and x·y."""

    n: float
    y: float
    yy: float
    x: float
    xx: float
    xy: float

    def moments(self) -> tuple[float, float, float]:
        """Variance of y, variance of x and covariance, with n − 1."""
        free = self.n - 1
        return (
            max(self.yy - self.y**2 / self.n, 0.0) / free,
            max(self.xx - self.x**2 / self.n, 0.0) / free,
            (self.xy - self.x * self.y / self.n) / free,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """``difference`` = treatment − control; ``relative`` = treatment ÷ control − 1, None where the control's mean is too near zero.
    ``p`` is two-sided and belongs to the difference, ``relative_p`` to the ratio. They differ: show one, fixed beforehand."""

    control: float
    treatment: float
    difference: Estimate
    relative: Estimate | None
    p: float
    relative_p: float | None
    method: str


def of_rate(hits: float, n: float) -> Arm | Refusal:
    """The arm of ``hits`` among ``n`` units. Refuses ``empty`` without units; raises where hits are not among them."""
    if n <= 0:
        return Refusal("empty", needed=1, have=0)
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} hits are not among {n} units")
    return Arm(n, hits / n, hits / n * (1 - hits / n))


def of_values(n: float, total: float, squares: float) -> Arm | Refusal:
    """The arm of ``n`` units with sum ``total`` and sum of squares ``squares``. Refuses ``too_few`` below two units."""
    if n < 2:
        return Refusal("too_few", needed=2, have=n)
    return Arm(n, total / n, max(squares - total**2 / n, 0.0) / (n - 1))


def of_ratio(sums: Joint) -> Arm | Refusal:
    """The arm of Σy ÷ Σx, where units hold several of both (orders per session, by visitor): delta method.

    variance = (var y − 2 R cov + R² var x) ÷ (mean x)². Refuses ``too_few`` below two units, ``not_positive`` where Σx is not above 0.

    >>> round(of_ratio(Joint(100, 500, 4000, 1000, 12000, 5200)).variance, 6)
    0.181818
    """
    if sums.n < 2:
        return Refusal("too_few", needed=2, have=sums.n)
    if sums.x <= 0:
        return Refusal("not_positive", needed=0, have=sums.x)
    of_y, of_x, both = sums.moments()
    ratio = sums.y / sums.x
    return Arm(sums.n, ratio, max(of_y - 2 * ratio * both + ratio**2 * of_x, 0.0) / (sums.x / sums.n) ** 2)


def with_before(control: Joint, treatment: Joint) -> tuple[Arm, Arm] | Refusal:
    """Two arms of y relieved of what x, known before the test began, already explained (CUPED).

    θ = cov(y, x) ÷ var(x) over both arms; each mean loses θ (x̄ − x̄ of all), each variance becomes that of y − θx, smaller by 1 − ρ².
    Refuses ``too_few`` below two units in an arm, ``constant`` where x does not vary.
    Source: Deng, Xu, Kohavi & Walker, WSDM 2013.
    """
    fewest = min(control.n, treatment.n)
    if fewest < 2:
        return Refusal("too_few", needed=2, have=fewest)
    moments = [(arm, arm.moments()) for arm in (control, treatment)]
    spread = sum((arm.n - 1) * of_x for arm, (_, of_x, _) in moments)
    # What rounding leaves of a constant is no spread.
    if spread <= 1e-12 * sum(arm.xx for arm in (control, treatment)):
        return Refusal("constant", needed=2, have=1)
    theta = sum((arm.n - 1) * both for arm, (_, _, both) in moments) / spread
    centre = (control.x + treatment.x) / (control.n + treatment.n)

    def relieved(arm: Joint, of_y: float, of_x: float, both: float) -> Arm:
        mean = arm.y / arm.n - theta * (arm.x / arm.n - centre)
        return Arm(arm.n, mean, max(of_y - 2 * theta * both + theta**2 * of_x, 0.0))

    first, second = (relieved(arm, *each) for arm, each in moments)
    return first, second


def relative_error(control: Arm, treatment: Arm) -> float | None:
    """Standard error of treatment ÷ control by the delta method, None where the control's mean is too near zero for it."""
    if control.mean <= 0 or control.mean < SURE_OF_BASE * control.error:
        return None
    return sqrt(treatment.error**2 + (treatment.mean / control.mean) ** 2 * control.error**2) / control.mean


def _comparable(control: Arm, treatment: Arm) -> Refusal | None:
    fewest = min(control.n, treatment.n)
    if fewest < 2:
        return Refusal("too_few", needed=2, have=fewest)
    scale = max(control.mean**2, treatment.mean**2)
    if control.variance + treatment.variance <= 1e-12 * scale or control.variance + treatment.variance <= 0:
        return Refusal("constant", needed=2, have=1)
    return None


def welch(control: Arm, treatment: Arm, *, level: float = 0.95) -> Reading | Refusal:
    """The difference of two arms with Welch's t interval, and their ratio by the delta method. For one look, at the planned end.

    Refuses ``too_few`` below two units in an arm, ``constant`` where no unit differs.

    >>> found = welch(of_rate(100, 1000), of_rate(130, 1000))
    >>> f"{found.difference.low:.5f} {found.difference.high:.5f} p {found.p:.4f}"
    '0.00205 0.05795 p 0.0354'
    """
    from scipy.special import stdtr, stdtrit

    refused = _comparable(control, treatment)
    if refused is not None:
        return refused
    parts = control.error**2, treatment.error**2
    error = sqrt(sum(parts))
    free = sum(parts) ** 2 / (parts[0] ** 2 / (control.n - 1) + parts[1] ** 2 / (treatment.n - 1))
    reach = float(stdtrit(free, (1 + level) / 2))

    def around(value: float, own: float) -> tuple[Estimate, float]:
        return Estimate(value, value - reach * own, value + reach * own, level), 2 * float(
            stdtr(free, -abs(value) / own)
        )

    difference, p = around(treatment.mean - control.mean, error)
    ratio_error = relative_error(control, treatment)
    relative, relative_p = (
        (None, None) if ratio_error is None else around(treatment.mean / control.mean - 1, ratio_error)
    )
    return Reading(control.mean, treatment.mean, difference, relative, p, relative_p, "welch")


def fisher_p(hits: int, n: int, other_hits: int, other_n: int) -> float:
    """Fisher's exact two-sided p: the chance of all tables as likely as this one or less.

    >>> round(fisher_p(3, 20, 9, 20), 4)
    0.0824
    """
    from scipy.special import gammaln

    together, everyone = hits + other_hits, n + other_n
    k = np.arange(max(0, together - other_n), min(together, n) + 1, dtype=np.float64)

    def ways(of: float, chosen: Floats) -> Floats:
        found: Floats = gammaln(of + 1) - gammaln(chosen + 1) - gammaln(of - chosen + 1)
        return found

    logs = ways(n, k) + ways(other_n, together - k) - ways(everyone, np.asarray(float(together)))
    chances = np.exp(logs)
    seen = chances[int(hits - k[0])]
    return min(1.0, float(chances[chances <= seen * (1 + 1e-7)].sum()))


def _holding(values: Sequence[float], low: float, high: float, level: float) -> Estimate:
    """An interval about the first of ``values`` that holds them all: a posterior stays off the edge on which nobody bought."""
    return Estimate(values[0], min(low, *values), max(high, *values), level)


def compare_conversions(
    hits: int, n: int, treated_hits: int, treated_n: int, *, level: float = 0.95
) -> Reading | Refusal:
    """Two rates at the planned end: Welch from twenty conversions (and twenty without) in each variant on, else exact.

    Below that p is Fisher's and the intervals are those of two beta posteriors from Jeffreys' prior, holding no difference where p does
    not refute it. Refuses ``empty`` without
    units in a variant or without any conversion, and as :func:`welch`.
    """
    control, treatment = of_rate(hits, n), of_rate(treated_hits, treated_n)
    if isinstance(control, Refusal) or isinstance(treatment, Refusal):
        return Refusal("empty", needed=1, have=0)
    if hits + treated_hits == 0:
        return Refusal("empty", needed=1, have=0)
    if min(hits, n - hits, treated_hits, treated_n - treated_hits) >= FEW:
        return welch(control, treatment, level=level)
    found = compare_rates(treated_hits, treated_n, hits, n, prior=JEFFREYS, level=level)
    if isinstance(found, Refusal):
        return found
    p = fisher_p(hits, n, treated_hits, treated_n)
    # Where the exact test shows nothing, neither does the interval.
    none = [] if p < 1 - level else [0.0]
    difference = _holding([treatment.mean - control.mean, *none], found.change.low, found.change.high, level)
    relative = None
    if hits:
        ratio = treatment.mean / control.mean - 1
        relative = _holding([ratio, *none], found.ratio.low - 1, found.ratio.high - 1, level)
    return Reading(control.mean, treatment.mean, difference, relative, p, p if relative else None, "beta")
