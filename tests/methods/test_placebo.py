"""Effects judged beside effects where nothing was changed; several read as one; promises held against what came."""

import numpy as np
import pytest

from zhanggui.methods.moderated import moderated_variances
from zhanggui.methods.placebo import (
    Calibrated,
    calibrate,
    more_chance,
    smallest_visible_effect,
    visible_as_it_grows,
)
from zhanggui.methods.pooling import Pooled, pool
from zhanggui.methods.record import Kept, kept
from zhanggui.units import Refusal


def drawn(n: int = 40, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    scales = np.exp(chance.normal(0, 1, n))
    return chance.normal(0, 1, n) * scales, scales


def test_a_loud_product_is_judged_by_its_own_noise():
    placebos, scales = drawn()
    quiet, loud = (calibrate(5.0, scale, placebos, scales) for scale in (1.0, 10.0))
    assert quiet.low > 0
    assert loud.low < 0
    assert loud.error == pytest.approx(10 * quiet.error)
    assert loud.rank[0] > quiet.rank[0] == 1


def test_what_a_bad_month_foretells_by_itself_is_taken_off():
    chance = np.random.default_rng(2)
    spells = chance.normal(0, 1, 60)
    comebacks = -0.6 * spells + chance.normal(0, 0.3, 60)
    plain = calibrate(1.8, 1.0, comebacks, np.ones(60))
    judged = calibrate(1.8, 1.0, comebacks, np.ones(60), contrast=-3.0, contrasts=spells)
    assert plain.low > 0
    assert judged.persistence == pytest.approx(-0.6, abs=0.1)
    assert judged.low < 0 < judged.high
    assert abs(judged.effect) < 0.3


def test_four_placebos_are_too_few_and_silent_ones_say_nothing():
    assert calibrate(1.0, 1.0, [1, 2, 3, 4], [1, 1, 1, 1]) == Refusal("few_placebos", needed=5, have=4)
    assert isinstance(calibrate(1.0, 1.0, np.zeros(9), np.ones(9)), Refusal)


def test_the_smallest_visible_effect_grows_where_the_spread_is_little_known():
    assert smallest_visible_effect(10.0, 1e9) == pytest.approx(28.02, abs=0.01)
    assert smallest_visible_effect(10.0, 5) > 34


def test_what_a_large_effect_sells_more_is_told_in_its_own_noise():
    assert smallest_visible_effect(10.0, 1e9, caution=1.1) == pytest.approx(28.02 + 1.96, abs=0.01)
    small, large = (float(visible_as_it_grows(seen, 100.0, 12, 4)) for seen in (5.0, 80.0))
    assert 5 < small < 5.1
    assert large == pytest.approx(80 * more_chance(1 + large / 100, 12, 4))
    assert large > 105


def test_a_variance_is_drawn_to_what_units_of_its_size_have():
    chance = np.random.default_rng(5)
    sizes = np.exp(chance.normal(0, 1, 40))
    seen = 3 / sizes * chance.chisquare(7, 40) / 7
    found = moderated_variances(seen, 7, sizes)
    truth = 3 / sizes
    assert found.freedom > 20
    assert np.abs(np.log(found.variances / truth)).mean() < 0.6 * np.abs(np.log(seen / truth)).mean()


def test_variances_that_truly_differ_are_drawn_less():
    chance = np.random.default_rng(6)
    truth = np.exp(chance.normal(0, 1.5, 60))
    found = moderated_variances(truth * chance.chisquare(7, 60) / 7, 7, np.ones(60))
    assert found.freedom < 3


def test_twelve_effects_none_of_which_is_seen_are_seen_together():
    chance = np.random.default_rng(7)
    effects = 50 + chance.normal(0, 45, 12)
    found = pool(effects, np.full(12, 45.0))
    assert isinstance(found, Pooled)
    assert (np.abs(effects) < 1.96 * 45).sum() >= 9
    assert found.low > 0
    assert found.low < 50 < found.high


def test_effects_that_differ_by_more_than_chance_widen_the_interval_of_their_mean():
    alike, unlike = pool([9, 10, 11, 10], [1, 1, 1, 1]), pool([0, 20, 5, 15], [1, 1, 1, 1])
    assert alike.between == 0
    assert unlike.between == pytest.approx(np.sqrt(np.var([0, 20, 5, 15], ddof=1) - 1), rel=1e-6)
    assert unlike.error > 5 * alike.error
    assert pool([3.0], [1.0]) == Refusal("few_readings", needed=2, have=1)


def test_a_rule_without_a_record_is_believed_by_half_and_evidence_moves_it():
    exact = kept([100.0], [100.0], [100.0], [80.0], [1e-3])
    assert isinstance(exact, Kept)
    assert exact.factor == pytest.approx(0.8, abs=1e-3)
    vague = kept([100.0], [0.0], [200.0], [80.0], [300.0])
    assert vague.factor == pytest.approx(0.5, abs=0.05)
    assert vague.spread == pytest.approx(0.3, abs=0.03)


def test_the_factor_stays_between_nothing_and_a_fifth_more():
    assert kept([100.0] * 9, [90.0] * 9, [110.0] * 9, [-80.0] * 9, [1.0] * 9).factor == 0
    assert kept([100.0] * 9, [90.0] * 9, [110.0] * 9, [300.0] * 9, [1.0] * 9).factor == 1.2


def test_four_of_five_promises_hold_where_they_were_made_as_they_said():
    chance = np.random.default_rng(8)
    promised = chance.uniform(20, 200, 4000)
    truth = promised + chance.normal(0, 40, 4000)
    found = kept(promised, promised - 51.26, promised + 51.26, truth + chance.normal(0, 60, 4000), np.full(4000, 60.0))
    assert found.coverage == pytest.approx(0.8, abs=0.02)
    assert found.bias == pytest.approx(0, abs=3)
    assert found.factor == pytest.approx(1.0, abs=0.02)


def test_an_answer_holds_its_interval():
    placebos, scales = drawn()
    found = calibrate(5.0, 1.0, placebos, scales)
    assert isinstance(found, Calibrated)
    assert found.low < found.effect < found.high
    assert found.p == found.rank[0] / 41
