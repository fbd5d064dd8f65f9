"""Lines through points: the published cereal regressions, and the identities that hold whatever the data."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from zhanggui.methods.regression import Line, least_squares, two_stage, within

CEREAL = Path(__file__).parent / "golden" / "cereal.csv"


@cache
def cereal():
    """Logit demand of 24 cereals in 94 markets: y = ln share − ln share of buying none, price, product, twenty instruments, share."""
    with CEREAL.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    bought: dict[tuple[str, str], float] = {}
    for row in rows:
        market = (row["city"], row["quarter"])
        bought[market] = bought.get(market, 0.0) + float(row["share"])
    y = np.array([np.log(float(r["share"])) - np.log(1 - bought[r["city"], r["quarter"]]) for r in rows])
    moved = np.array([[float(r[f"z{i}"]) for i in range(1, 21)] for r in rows])
    price, share = (np.array([float(r[name]) for r in rows]) for name in ("price", "share"))
    return y, price, np.array([r["firmbr"] for r in rows]), moved, share


def test_the_cereal_data_is_whole():
    y, price, product, moved, _ = cereal()
    assert y.size == price.size == 2256
    assert len(set(product)) == 24
    assert moved.shape == (2256, 20)


def test_price_alone_hardly_tells_buyers_from_brands():
    y, price, *_ = cereal()
    line = least_squares(y, np.column_stack([np.ones_like(price), price]))
    assert line.slopes[1] == pytest.approx(-7.57086373, abs=5e-9)


def test_within_products_the_slope_is_four_times_steeper():
    y, price, product, *_ = cereal()
    line = least_squares(within(y, product), within(price[:, None], product), absorbed=24)
    assert line.slopes[0] == pytest.approx(-28.94741790523371, rel=1e-10)
    assert line.freedom == 2256 - 25


def test_what_costs_move_of_price_gives_the_published_slope_and_error():
    y, price, product, moved, share = cereal()
    line = two_stage(within(y, product), within(price[:, None], product), within(moved, product), absorbed=24)
    assert line.slopes[0] == pytest.approx(-30.154576397310294, rel=1e-10)
    assert line.robust[0] == pytest.approx(1.0218368970565086, rel=1e-9)
    assert f"{line.slopes[0]:.1E} {line.robust[0]:.1E}" == "-3.0E+01 1.0E+00"
    assert float((line.slopes[0] * price * (1 - share)).mean()) == pytest.approx(-3.719463225964264, rel=1e-10)


def test_means_of_groups_taken_off_are_an_intercept_for_every_group():
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(5), 8)
    x = rng.normal(size=(40, 2)) + group[:, None]
    y = x @ [1.5, -0.5] + group + rng.normal(size=40)
    inside = least_squares(within(y, group), within(x, group), absorbed=5)
    whole = least_squares(y, np.column_stack([x, group[:, None] == np.arange(5)]))
    assert inside.slopes == pytest.approx(whole.slopes[:2])
    assert inside.errors == pytest.approx(whole.errors[:2])


def test_instruments_find_the_slope_that_a_hidden_cause_bends():
    rng = np.random.default_rng(1)
    cost, rush = rng.normal(size=4000), rng.normal(size=4000)
    price = cost + rush
    sold = -2.0 * price + 3.0 * rush + rng.normal(size=4000)
    bent = least_squares(sold, price[:, None])
    straight = two_stage(sold, price[:, None], cost[:, None])
    assert bent.slopes[0] > -1
    assert abs(straight.slopes[0] + 2.0) < 3 * straight.robust[0] < 0.3


def test_a_robust_error_covers_the_slope_where_noise_grows_with_size():
    rng = np.random.default_rng(2)
    within_two = {"errors": 0, "robust": 0}
    for _ in range(400):
        x = np.column_stack([np.ones(200), rng.exponential(size=200)])
        line = least_squares(x[:, 1] + x[:, 1] * rng.normal(size=200), x)
        for kind in within_two:
            within_two[kind] += abs(line.slopes[1] - 1) < 1.96 * getattr(line, kind)[1]
    assert within_two["errors"] < 340 < 352 < within_two["robust"]


def test_what_cannot_be_told_apart_is_refused():
    x = np.arange(12.0)
    assert least_squares(x, np.column_stack([x, 1000 * x])).code == "collinear"
    assert least_squares([1.0, 2.0], [[1.0, 0.0], [1.0, 1.0]]).code == "too_few_points"
    assert two_stage(x, np.column_stack([x, x**2]), x[:, None]).code == "few_instruments"
    with pytest.raises(ValueError):
        least_squares(x, x[:5, None])


def test_slopes_follow_their_units():
    rng = np.random.default_rng(3)
    x, noise = rng.normal(size=(50, 2)), rng.normal(size=50)
    y = x @ [2.0, 3.0] + noise
    pounds, pence = least_squares(y, x), least_squares(100 * y, x * [1, 1e6])
    assert isinstance(pence, Line)
    assert pence.slopes == pytest.approx(pounds.slopes * [100, 1e-4])
    assert pence.robust == pytest.approx(pounds.robust * [100, 1e-4])
