"""Which things to take within limits: published optima, conflicts, ties, and brute force on small cases."""

from itertools import combinations

import numpy as np
import pytest

from zhanggui.methods.knapsack import choose

BURKARDT = {
    "p01": (165, [23, 31, 29, 44, 53, 38, 63, 85, 89, 82], [92, 57, 49, 68, 60, 43, 67, 84, 87, 72], 309),
    "p02": (26, [12, 7, 11, 8, 9], [24, 13, 23, 15, 16], 51),
    "p03": (190, [56, 59, 80, 64, 75, 17], [50, 50, 64, 46, 50, 5], 150),
    "p04": (50, [31, 10, 20, 19, 4, 3, 6], [70, 20, 39, 37, 7, 5, 10], 107),
    "p05": (104, [25, 35, 45, 5, 25, 3, 2, 2], [350, 400, 450, 20, 70, 8, 5, 5], 900),
    "p06": (170, [41, 50, 49, 59, 55, 57, 60], [442, 525, 511, 593, 546, 564, 617], 1735),
    "p07": (
        750,
        [70, 73, 77, 80, 82, 87, 90, 94, 98, 106, 110, 113, 115, 118, 120],
        [135, 139, 149, 150, 156, 163, 173, 184, 192, 201, 210, 214, 221, 229, 240],
        1458,
    ),
    "p08": (
        6404180,
        [382745, 799601, 909247, 729069, 467902, 44328, 34610, 698150, 823460, 903959, 853665, 551830]  # noqa: RUF005
        + [610856, 670702, 488960, 951111, 323046, 446298, 931161, 31385, 496951, 264724, 224916, 169684],
        [825594, 1677009, 1676628, 1523970, 943972, 97426, 69666, 1296457, 1679693, 1902996, 1844992, 1049289]  # noqa: RUF005
        + [1252836, 1319836, 953277, 2067538, 675367, 853655, 1826027, 65731, 901489, 577243, 466257, 369261],
        13549094,
    ),
}
"""J. Burkardt's data set KNAPSACK_01: capacity, weights, profits, optimum."""


@pytest.mark.parametrize("name", BURKARDT)
def test_the_published_optima(name):
    capacity, weights, profits, optimum = BURKARDT[name]
    taken = choose(profits, [weights], [capacity])
    assert sum(profits[item] for item in taken) == optimum
    assert sum(weights[item] for item in taken) <= capacity


def brute(values, uses, limits, conflicts):
    best = 0.0
    for size in range(len(values) + 1):
        for items in combinations(range(len(values)), size):
            if any(a in items and b in items for a, b in conflicts):
                continue
            if all(sum(row[i] for i in items) <= limit + 1e-9 for row, limit in zip(uses, limits, strict=True)):
                best = max(best, sum(values[i] for i in items))
    return best


def test_with_number_minutes_money_and_conflicts_it_is_as_good_as_trying_everything():
    rng = np.random.default_rng(0)
    for _ in range(40):
        items = int(rng.integers(1, 10))
        values = np.round(rng.normal(40, 40, items), 2)
        uses = np.vstack([np.ones(items), rng.integers(1, 30, items), np.round(rng.exponential(300, items), 2)])
        limits = [3, 45, 600.0]
        conflicts = [(a, b) for a, b in combinations(range(items), 2) if rng.random() < 0.2]
        taken = choose(values, uses, limits, conflicts)
        assert sum(values[list(taken)]) == pytest.approx(brute(values, uses, limits, conflicts), abs=1e-4)
        assert (uses[:, list(taken)].sum(axis=1) <= np.array(limits) + 1e-9).all()
        assert not [pair for pair in conflicts if set(pair) <= set(taken)]


def test_of_equals_the_first_named_is_taken():
    assert choose([5.0, 5, 5, 5], [[10.0, 10, 10, 10]], [20]) == (0, 1)
    assert choose([5.0, 5, 5], [[1.0, 1, 1]], [3], [(0, 1), (1, 2), (0, 2)]) == (0,)


def test_a_tie_never_costs_money():
    assert choose([4.99, 5.0], [[1.0, 1.0]], [1]) == (1,)


def test_what_brings_nothing_or_is_too_large_is_left():
    assert choose([5.0, 0.0, -3.0, 9.0], [[1.0, 0, 0, 50]], [10]) == (0,)
    assert choose([5.0], [[1.0]], [0]) == ()


def test_without_limits_everything_is_taken_that_does_not_conflict():
    assert choose([1.0, 2, 3], np.zeros((0, 3)), [], [(0, 2)]) == (1, 2)


def test_senseless_input_is_refused():
    assert choose([], np.zeros((1, 0)), [5]).code == "empty"
    with pytest.raises(ValueError):
        choose([1.0], [[-1.0]], [5])
    with pytest.raises(ValueError):
        choose([1.0], [[1.0]], [5, 6])
