"""Chance without a state: the same draw for the same thing, whatever else is drawn."""

from __future__ import annotations

import numpy as np

from zhanggui.practice.chance import Purpose, choice, gammas, normals, poisson, uniforms


def test_a_draw_is_the_same_alone_and_among_others() -> None:
    together = uniforms(5, Purpose.BUY, 3, np.arange(100))
    alone = [uniforms(5, Purpose.BUY, 3, n)[0] for n in range(100)]
    assert together.tolist() == alone


def test_draws_for_two_purposes_or_seeds_have_nothing_to_do_with_each_other() -> None:
    each = np.arange(20_000)
    one, other, third = uniforms(5, Purpose.BUY, each), uniforms(5, Purpose.SIZE, each), uniforms(6, Purpose.BUY, each)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03
    assert abs(np.corrcoef(one, third)[0, 1]) < 0.03
    assert abs(one.mean() - 0.5) < 0.01
    assert abs(one.var() - 1 / 12) < 0.002


def test_counts_have_their_mean_and_rise_with_it_draw_by_draw() -> None:
    draws = uniforms(1, Purpose.VISITORS, np.arange(40_000))
    for mean in (0.3, 7.0, 450.0):
        few, more = poisson(draws, np.full(40_000, mean)), poisson(draws, np.full(40_000, 1.1 * mean))
        assert abs(few.mean() / mean - 1) < 0.02
        assert abs(few.var() / mean - 1) < 0.05
        assert (more >= few).all()


def test_nobody_comes_where_nobody_is_expected() -> None:
    assert poisson(uniforms(1, Purpose.VISITORS, np.arange(50)), np.zeros(50)).sum() == 0


def test_factors_have_mean_one_and_the_spread_asked_for() -> None:
    found = gammas(uniforms(1, Purpose.NOISE, np.arange(40_000)), 0.2)
    assert abs(found.mean() - 1) < 0.01
    assert abs(found.std() - 0.2) < 0.01
    assert gammas(uniforms(1, Purpose.NOISE, np.arange(3)), 0.0).tolist() == [1.0, 1.0, 1.0]


def test_choices_follow_their_weights() -> None:
    taken = choice(uniforms(1, Purpose.SIZE, np.arange(40_000)), np.array([1.0, 0.0, 3.0]))
    assert abs((taken == 2).mean() - 0.75) < 0.01
    assert not (taken == 1).any()


def test_normal_draws_are_normal() -> None:
    found = normals(1, Purpose.DRIFT, np.arange(40_000))
    assert abs(found.mean()) < 0.02
    assert abs(found.std() - 1) < 0.02
