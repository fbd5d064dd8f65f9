"""Readings of an A/B test that may be looked at every day: they err at most ``1 − level`` of the time over all looks together."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log, sqrt

from zhanggui.methods.ab_reading import FEW, Arm, Reading, of_rate, relative_error
from zhanggui.units import Estimate, Refusal

FEW_VALUES = 100
"""A mean of money is read only from so many units with any in each variant on: before, its normal curve is not to be trusted."""


def tuning(planned: float, alpha: float = 0.05) -> float:
    """ρ², the spread of effects (in standard deviations of a unit) for which the sequence is tightest at ``planned`` units.

    ρ² = (−2 ln α + ln(1 − 2 ln α)) ÷ planned. Source: Waudby-Smith et al., arXiv 2103.06476v7, eq. 161.
    """
    return (-2 * log(alpha) + log(1 - 2 * log(alpha))) / planned


def radius(n: float, *, planned: float, alpha: float = 0.05) -> float:
    """Half the width of the confidence sequence of a mean after ``n`` units of standard deviation 1.

    √(2 (nρ² + 1) ÷ (n²ρ²) · ln(√(nρ² + 1) ÷ α)). Source: Waudby-Smith et al., arXiv 2103.06476v7, eq. 9.

    >>> round(radius(1000, planned=5000), 6)
    0.106375
    """
    spread = tuning(planned, alpha)
    known = n * spread + 1
    return sqrt(2 * known / (n**2 * spread) * log(sqrt(known) / alpha))


def sequential_p(z: float, n: float, *, planned: float, alpha: float = 0.05) -> float:
    """The always-valid p of a standardised mean ``z`` after ``n`` units: one over the evidence against no difference, at most 1.

    The evidence is exp(ρ²n z² ÷ 2(nρ² + 1)) ÷ √(nρ² + 1), ρ² from ``planned`` and ``alpha``. Source: ibid., eq. 155.
    """
    spread = n * tuning(planned, alpha)
    return min(1.0, sqrt(spread + 1) * exp(-spread * z**2 / (2 * (spread + 1))))


def always_valid(control: Arm, treatment: Arm, *, planned: float, level: float = 0.95) -> Reading | Refusal:
    """Difference and ratio of two arms, valid at every look once the arms are large: an asymptotic confidence sequence.

    ``planned`` is the number of units of both arms at which the test is to end; there the interval is tightest. Refuses ``too_few``
    below twenty units in an arm, ``constant`` where no unit differs; raises where ``planned`` is not positive.
    Source: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, arXiv 2103.06476v7.

    >>> from zhanggui.methods.ab_reading import of_rate
    >>> found = always_valid(of_rate(100, 1000), of_rate(130, 1000), planned=5000)
    >>> f"{found.difference.low:.4f} {found.difference.high:.4f} p {found.p:.3f}"
    '-0.0145 0.0745 p 0.379'
    """
    if planned <= 0:
        raise ValueError(f"{planned} planned units")
    fewest = min(control.n, treatment.n)
    if fewest < FEW:
        return Refusal("too_few", needed=FEW, have=fewest)
    if control.variance + treatment.variance <= 1e-12 * max(control.mean**2, treatment.mean**2, 1e-300):
        return Refusal("constant", needed=2, have=1)
    n = control.n + treatment.n
    reach = radius(n, planned=planned, alpha=1 - level) * sqrt(n)

    def around(value: float, error: float) -> tuple[Estimate, float]:
        p = sequential_p(value / error, n, planned=planned, alpha=1 - level)
        return Estimate(value, value - reach * error, value + reach * error, level), p

    difference, p = around(treatment.mean - control.mean, sqrt(control.error**2 + treatment.error**2))
    ratio_error = relative_error(control, treatment)
    relative, relative_p = (
        (None, None) if ratio_error is None else around(treatment.mean / control.mean - 1, ratio_error)
    )
    return Reading(control.mean, treatment.mean, difference, relative, p, relative_p, "asymptotic_sequence")


def _evidence(hits: float, misses: float, a: float, b: float) -> Callable[[float], float]:
    """ln of the evidence against a rate: beta(a, b) mixture over the likelihood at that rate. Fair bets on it never gain by waiting."""
    from scipy.special import betaln, xlog1py, xlogy

    mixed = float(betaln(a + hits, b + misses) - betaln(a, b))
    return lambda rate: mixed - float(xlogy(hits, rate) + xlog1py(misses, -rate))


def rate_sequence(
    hits: float, n: float, *, level: float = 0.95, prior: tuple[float, float] = (0.5, 0.5)
) -> Estimate | Refusal:
    """A rate with an interval that holds at every look, exactly, for any number of units: betting with a beta(``prior``) mixture.

    It keeps the rates against which the bets have not gained 1 ÷ (1 − ``level``). Refuses ``empty`` without units.
    Source: Robbins, Annals of Math. Stat. 41 (1970) 1397; Waudby-Smith & Ramdas, JRSS B 86 (2024) 1.

    >>> found = rate_sequence(30, 1000)
    >>> f"{found.low:.4f} {found.value:.4f} {found.high:.4f}"
    '0.0143 0.0300 0.0540'
    """
    from scipy.optimize import brentq

    if n <= 0:
        return Refusal("empty", needed=1, have=0)
    evidence, limit, value = _evidence(hits, n - hits, *prior), -log(1 - level), hits / n

    def excess(rate: float) -> float:
        return evidence(rate) - limit

    low = float(brentq(excess, 1e-300, value)) if hits > 0 else 0.0
    high = float(brentq(excess, value, 1 - 1e-16)) if hits < n and excess(1 - 1e-16) > 0 else 1.0
    return Estimate(value, low, high, level)


def always_valid_conversions(
    hits: float,
    n: float,
    treated_hits: float,
    treated_n: float,
    *,
    share: float = 0.5,
    planned_hits: float = 100,
    level: float = 0.95,
) -> Reading | Refusal:
    """Two small rates, valid at every look and exactly, however few conversions there are.

    Of the units that convert, each is one of the treated with the same chance θ = s·r' ÷ (s·r' + (1 − s)·r), where ``share`` s is the
    treated variant's promised share of both. A sequence for θ is one for the ratio r' ÷ r; the difference takes the rate of both
    together as known. Units that do not convert teach nothing here, which costs little below a rate of a fifth. ``planned_hits`` are the
    conversions of both expected by the end, said beforehand.
    Refuses ``empty`` without units in a variant or without a conversion; raises where ``share`` is not between 0 and 1.
    Source: Robbins (1970) for the sequence; the conversion's own chance is Bayes' rule.

    >>> found = always_valid_conversions(4, 1000, 21, 1000)
    >>> f"{found.relative.low:.2f} … {found.relative.high:.2f}, p {found.p:.4f}"
    '0.08 … 57.27, p 0.0263'
    """
    if not 0 < share < 1:
        raise ValueError(f"a share of {share}")
    control, treatment = of_rate(hits, n), of_rate(treated_hits, treated_n)
    both = hits + treated_hits
    if isinstance(control, Refusal) or isinstance(treatment, Refusal) or both == 0:
        return Refusal("empty", needed=1, have=0)
    weight = max(planned_hits * (1 / tuning(1.0, 1 - level)) - 1, 1.0)
    prior = weight * share, weight * (1 - share)
    odds = rate_sequence(treated_hits, both, level=level, prior=prior)
    if isinstance(odds, Refusal):
        return odds
    p = min(1.0, exp(-_evidence(treated_hits, hits, *prior)(share)))
    rate = both / (n + treated_n)

    def apart(theta: float) -> float:
        """The difference of the rates where ``theta`` of the conversions are the treated's: both sides of ``rate``."""
        return rate * (theta / share - (1 - theta) / (1 - share))

    seen = treatment.mean - control.mean
    difference = Estimate(seen, min(apart(odds.low), seen), max(apart(odds.high), seen), level)
    relative = None
    if hits and odds.high < 1:
        ends = [theta / (1 - theta) * (1 - share) / share - 1 for theta in (odds.low, odds.high)]
        ratio = treatment.mean / control.mean - 1
        relative = Estimate(ratio, min(ends[0], ratio), max(ends[1], ratio), level)
    return Reading(
        control.mean, treatment.mean, difference, relative, p, p if relative else None, "conversion_sequence"
    )
