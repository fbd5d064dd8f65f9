"""What it is worth to know before deciding: the unit normal loss, perfect information, and one more measurement of one of several."""

from __future__ import annotations

from math import exp, pi, sqrt

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]


def unit_normal_loss(z: float) -> float:
    """E[max(Z − z, 0)] of a standard normal: φ(z) − z(1 − Φ(z)).

    >>> [round(unit_normal_loss(z), 5) for z in (0, 0.5, 1, 1.5, 2)]
    [0.39894, 0.1978, 0.08332, 0.02931, 0.00849]
    """
    from scipy.special import ndtr

    return max(exp(-z * z / 2) / sqrt(2 * pi) - z * float(ndtr(-z)), 0.0)


def value_of_knowing(gain: float, error: float) -> float | Refusal:
    """What knowing the truth of N(``gain``, ``error``²) is worth to whom may also do nothing: error · L(|gain| / error).

    The most that any test can be worth. 0 where the error is 0; refuses ``negative`` errors.
    Source: Raiffa & Schlaifer, Applied Statistical Decision Theory (1961), 5.3.
    """
    if error < 0:
        return Refusal("negative", needed=0, have=error)
    return 0.0 if error == 0 else error * unit_normal_loss(abs(gain) / error)


def knowledge_gradient(means: npt.ArrayLike, variances: npt.ArrayLike, noise: npt.ArrayLike) -> Floats | Refusal:
    """By how much the best expectation rises, on average, after one measurement of each alternative (alternatives,).

    ``means`` and ``variances`` are beliefs, ``noise`` the variance of one measurement. With s = variance / √(variance + noise) and
    f(z) = zΦ(z) + φ(z): s · f(−|mean − best other| / s). Refuses ``too_few`` below two alternatives.
    Source: Frazier, Powell & Dayanik, SIAM J. Control Optim. 47 (2008) 2410, eq. 18.

    >>> [round(float(v), 6) for v in knowledge_gradient([1, 1.5, 2, 2, 2.5], [8] * 5, [1] * 5)]
    [0.477849, 0.637783, 0.832492, 0.832492, 0.832492]
    """
    from scipy.special import ndtr

    m, v, e = (np.asarray(each, dtype=np.float64) for each in (means, variances, noise))
    if not m.shape == v.shape == e.shape or m.ndim != 1:
        raise ValueError(f"means {m.shape}, variances {v.shape} and noise {e.shape} must be arrays of one length")
    if m.size < 2:
        return Refusal("too_few", needed=2, have=int(m.size))
    if not bool((v >= 0).all() and (e >= 0).all()):
        raise ValueError("a variance is not negative")
    first, second = np.sort(m)[::-1][:2]
    other = np.where(np.arange(m.size) == int(np.argmax(m)), second, first)
    with np.errstate(invalid="ignore", divide="ignore"):
        s = np.where(v > 0, v / np.sqrt(v + e), 0.0)
        z = np.where(s > 0, -np.abs(m - other) / s, -np.inf)
        value = s * (np.where(np.isfinite(z), z * ndtr(z), 0.0) + np.exp(-np.square(z) / 2) / sqrt(2 * pi))
    return np.where(s > 0, np.maximum(value, 0.0), 0.0)
