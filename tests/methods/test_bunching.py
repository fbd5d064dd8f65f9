"""Values that gather just above a threshold."""

from __future__ import annotations

import numpy as np
import pytest

from zhanggui.methods.bunching import Bunching, bunching
from zhanggui.units import Refusal

AT = np.arange(20, 600)
SMOOTH = 4000 / AT


def shifted(share: float) -> np.ndarray:
    """Of those from 150 to 199 this share went to 200 … 229 instead."""
    many = SMOOTH.copy()
    near = (AT >= 150) & (AT < 200)
    moved = share * many[near].sum()
    many[near] *= 1 - share
    many[(AT >= 200) & (AT < 230)] += moved / 30
    return many


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25])
def test_the_share_that_stretched_is_found(share: float) -> None:
    found = bunching(AT, shifted(share), 200)
    assert isinstance(found, Bunching)
    assert found.share == pytest.approx(share, abs=0.03)


def test_of_chance_alone_little_is_made() -> None:
    draws = np.random.default_rng(5).poisson(SMOOTH, (200, AT.size))
    shares = [found.share for row in draws if isinstance(found := bunching(AT, row, 200), Bunching)]
    assert np.mean(shares) < 0.04
    assert np.quantile(shares, 0.95) < 0.13


def test_a_handful_of_orders_says_nothing() -> None:
    refused = bunching([180, 199, 201], [10, 10, 10], 200)
    assert isinstance(refused, Refusal)
    assert refused.code == "too_few"
