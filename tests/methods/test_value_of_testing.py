"""What knowing more is worth before deciding."""

import numpy as np
import pytest

from zhanggui.methods.value_of_testing import knowledge_gradient, unit_normal_loss, value_of_knowing


@pytest.mark.parametrize(("z", "loss"), [(0, 0.39894), (0.5, 0.1978), (1, 0.08332), (1.5, 0.02931), (2, 0.00849)])
def test_the_table_of_unit_normal_loss(z, loss):
    assert unit_normal_loss(z) == pytest.approx(loss, abs=5e-6)


def test_the_knowledge_gradient_of_five_alternatives():
    value = knowledge_gradient([1, 1.5, 2, 2, 2.5], [8] * 5, [1] * 5)
    published = [0.4778486987950009, 0.6377833503254411] + [0.8324919060848072] * 3
    assert value == pytest.approx(published, abs=1e-12)


def test_knowing_is_worth_what_it_changes_on_average():
    truth = np.random.default_rng(0).normal(30, 80, 400_000)
    informed, blind = np.maximum(truth, 0).mean(), max(truth.mean(), 0)
    assert value_of_knowing(30, 80) == pytest.approx(informed - blind, rel=0.02)


def test_one_measurement_is_worth_less_than_knowing_and_nothing_where_nothing_is_open():
    gradient = knowledge_gradient([30.0, 0.0], [6400.0, 0.0], [900.0, 1.0])
    assert 0 < gradient[0] < value_of_knowing(30, 80)
    assert gradient[1] == 0
    assert value_of_knowing(30, 0) == 0


def test_what_is_nearly_sure_is_not_worth_a_test():
    assert value_of_knowing(300, 60) < 0.001 * value_of_knowing(0, 60)


def test_senseless_input_is_refused():
    assert value_of_knowing(3, -1).code == "negative"
    assert knowledge_gradient([1.0], [1.0], [1.0]).code == "too_few"
    with pytest.raises(ValueError):
        knowledge_gradient([1.0, 2.0], [1.0, -1.0], [1.0, 1.0])
