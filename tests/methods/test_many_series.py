"""Many series at once: weeks in which nothing could be sold say nothing of any of them."""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np
import pytest

from zhanggui.methods.many_series import Expectations, expect_many
from zhanggui.units import Refusal


def expected(kind: Literal["count", "money"], exposure: np.ndarray) -> Expectations:
    chance = np.random.default_rng(5)
    history = chance.poisson(12, (6, 20)) * (exposure[:-1] > 0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = expect_many(history, np.full(6, 2.0), exposure=exposure, kind=kind)
    assert isinstance(answer, Expectations)
    return answer


@pytest.mark.parametrize("kind", ["count", "money"])
def test_a_closed_week_is_not_learnt_from(kind: Literal["count", "money"]) -> None:
    exposure = np.ones(21)
    exposure[[4, 11]] = 0.0
    answer = expected(kind, exposure)
    assert np.all((answer.expected > 9) & (answer.expected < 15))
    assert np.all(answer.p_low < 0.02)


@pytest.mark.parametrize("kind", ["count", "money"])
def test_closed_weeks_of_zeros_do_not_hide_a_fall(kind: Literal["count", "money"]) -> None:
    half_closed = np.ones(21)
    half_closed[5:14] = 0.0
    assert np.all(expected(kind, half_closed).p_low < 0.05)


def test_without_any_exposure_nothing_is_expected() -> None:
    assert expect_many(np.ones((2, 6)), np.ones(2), exposure=np.array([0, 0, 0, 0, 0, 0, 1.0])) == Refusal(
        "no_exposure", needed=1, have=0
    )
